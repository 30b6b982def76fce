/*
 * Copyright (c) 2026 helenos-pv authors
 * All rights reserved.
 *
 * Redistribution and use in source and binary forms, with or without
 * modification, are permitted provided that the following conditions
 * are met:
 *
 * - Redistributions of source code must retain the above copyright
 *   notice, this list of conditions and the following disclaimer.
 * - Redistributions in binary form must reproduce the above copyright
 *   notice, this list of conditions and the following disclaimer in the
 *   documentation and/or other materials provided with the distribution.
 * - The name of the author may not be used to endorse or promote products
 *   derived from this software without specific prior written permission.
 *
 * THIS SOFTWARE IS PROVIDED BY THE AUTHOR ``AS IS'' AND ANY EXPRESS OR
 * IMPLIED WARRANTIES, INCLUDING, BUT NOT LIMITED TO, THE IMPLIED WARRANTIES
 * OF MERCHANTABILITY AND FITNESS FOR A PARTICULAR PURPOSE ARE DISCLAIMED.
 * IN NO EVENT SHALL THE AUTHOR BE LIABLE FOR ANY DIRECT, INDIRECT,
 * INCIDENTAL, SPECIAL, EXEMPLARY, OR CONSEQUENTIAL DAMAGES (INCLUDING, BUT
 * NOT LIMITED TO, PROCUREMENT OF SUBSTITUTE GOODS OR SERVICES; LOSS OF USE,
 * DATA, OR PROFITS; OR BUSINESS INTERRUPTION) HOWEVER CAUSED AND ON ANY
 * THEORY OF LIABILITY, WHETHER IN CONTRACT, STRICT LIABILITY, OR TORT
 * (INCLUDING NEGLIGENCE OR OTHERWISE) ARISING IN ANY WAY OUT OF THE USE OF
 * THIS SOFTWARE, EVEN IF ADVISED OF THE POSSIBILITY OF SUCH DAMAGE.
 */

/** @addtogroup host
 * @{
 */
/** @file Devices that live in the program: PCI functions for models
 */

#ifndef HOST_HOST_MODEL_H_
#define HOST_HOST_MODEL_H_

/*
 * A test that drives a driver against a model of a device does, in this order:
 *
 *   host_pci_add()          one call a device: configuration space, BARs, line
 *   host_driver_start()     (host/ddf.h) run the driver's main()
 *   host_dev_add()          (host/ddf.h) the driver's dev_add
 *   ...
 *   host_dev_remove()
 *   host_pci_remove()
 *
 * The driver's accesses to registers call the model's functions from the
 * fibril that makes them; no lock of the host library is held meanwhile, so
 * a model may raise interrupts and touch memory from there. What a driver must
 * not do (access a register that it did not enable, free memory twice, ...)
 * ends the program by host_violation(), and so does a model's access to memory
 * that is not live DMA memory: that is a driver's mistake (an address or
 * a length that it gave), or memory that it freed too early.
 */

#include <host/backend.h>

#define HOST_PCI_CONFIG_SIZE	256

/** A BAR of a model */
typedef struct {
	/** Size in bytes, 0 if there is none */
	uint64_t size;
	/** I/O ports, not memory */
	bool io;
	/** Takes two BAR registers; leave the next one at size 0. */
	bool is_64;
	/** Put it here; 0: the library finds a place. */
	uint64_t base;
	/** Tell the driver address 0, as for a BAR that nobody assigned. */
	bool unassigned;
} host_pci_bar_t;

/** What a model does on an access; size is 1, 2, 4 or 8 */
typedef struct {
	uint64_t (*bar_read)(void *arg, unsigned int bar, uint64_t offset,
	    unsigned int size);
	void (*bar_write)(void *arg, unsigned int bar, uint64_t offset,
	    unsigned int size, uint64_t value);
	/** May be NULL: reads come from the bytes given to host_pci_add(). */
	uint32_t (*config_read)(void *arg, uint32_t offset, unsigned int size);
	/** May be NULL: writes change the bytes. */
	void (*config_write)(void *arg, uint32_t offset, unsigned int size,
	    uint32_t value);
} host_pci_ops_t;

/** A model's side of a PCI function */
typedef struct {
	const host_pci_ops_t *ops;
	void *arg;
	/** BAR registers and the interrupt line are filled in. */
	uint8_t config[HOST_PCI_CONFIG_SIZE];
	host_pci_bar_t bar[6];
	/** Interrupt line, -1 if there is none; lines can be shared. */
	int irq;
} host_pci_desc_t;

/** The model carrier; in use unless host_backend says other */
extern const host_backend_t host_model_backend;

extern host_pci_fn_t *host_pci_add(const host_pci_desc_t *);
/** The device is unplugged: reads give all ones from now on. */
extern void host_pci_unplug(host_pci_fn_t *);
extern void host_pci_remove(host_pci_fn_t *);
extern uint64_t host_pci_bar_base(const host_pci_fn_t *, unsigned int);
/** Bytes of the configuration space, to look at or change */
extern uint8_t *host_pci_config(host_pci_fn_t *);

/** An interrupt arrives on a line.
 *
 * Programs of all subscribers run in the caller's thread, in the order of
 * subscription, until one accepts; its handler then runs in a notification
 * fibril. A line that was not enabled, or that nobody subscribed to, stays
 * silent.
 *
 * @return True if a program accepted the interrupt
 */
extern bool host_irq_raise(int irq);

/** Have handlers wait, as a fibril does that has not been run yet. One that is
 * on its way then is called afterwards, even if it was unregistered meanwhile.
 */
extern void host_irq_hold(bool);
/** A handler runs, or waits. */
extern bool host_irq_on_its_way(void);

/** Memory for devices. Addresses that are not live are violations. */
/** What fresh memory holds, in each byte: HelenOS does not zero it. */
#define HOST_DMA_FRESH	0xa5

extern void host_dma_read(uint64_t phys, void *buf, size_t size);
extern void host_dma_write(uint64_t phys, const void *buf, size_t size);
extern uint8_t host_dma_read_8(uint64_t phys);
extern uint16_t host_dma_read_16(uint64_t phys);
extern uint32_t host_dma_read_32(uint64_t phys);
extern uint64_t host_dma_read_64(uint64_t phys);
extern void host_dma_write_8(uint64_t phys, uint8_t value);
extern void host_dma_write_16(uint64_t phys, uint16_t value);
extern void host_dma_write_32(uint64_t phys, uint32_t value);
extern void host_dma_write_64(uint64_t phys, uint64_t value);
/** True if all the range lies within one live allocation */
extern bool host_dma_is_live(uint64_t phys, size_t size);

/** What a test may hook into; each may be NULL */
typedef struct {
	/** Before an allocation; other than EOK: it fails with this. */
	errno_t (*dma_before_alloc)(void *arg, size_t size);
	void (*dma_allocated)(void *arg, uint64_t phys, size_t size);
	/** Before memory is freed, while it is still live */
	void (*dma_before_free)(void *arg, uint64_t phys, size_t size);
	/** Before a fibril is created; false: the creation fails. */
	bool (*fibril_before_create)(void *arg);
	/** Before an interrupt is subscribed; other than EOK: fails so. */
	errno_t (*irq_before_subscribe)(void *arg, int irq);
	/** Before registers are mapped; other than EOK: fails so. */
	errno_t (*pio_before_enable)(void *arg, uintptr_t addr, size_t size);
	void *arg;
} host_hooks_t;

/** NULL: none. The structure must outlive its use. */
extern void host_set_hooks(const host_hooks_t *);

/** Let the fibrils' time run faster from now on, for tests of time-outs.
 *
 * getuptime() goes on without a jump; sleeps and waits with a limit take so
 * many times less. Those that are in progress take as long as they would have.
 *
 * With 0 the clock stands: no sleep and no wait ends by itself until it goes
 * again. What happens then, no watchdog has done.
 */
extern void host_time_set_speed(unsigned int factor);

#endif

/** @}
 */
