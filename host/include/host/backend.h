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
/** @file What carries the hosted drivers: real hardware or a model
 */

#ifndef HOST_HOST_BACKEND_H_
#define HOST_HOST_BACKEND_H_

#include <abi/ddi/irq.h>
#include <async.h>
#include <device/hw_res.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** I/O ports are below, physical memory is above (as on amd64) */
#define HOST_PORT_END	0x10000

/** One PCI function, as its bus driver shows it to its driver */
typedef struct host_pci_fn host_pci_fn_t;

/** A carrier; all calls can come from any fibril */
typedef struct {
	const char *name;

	/** Contiguous memory; clear in phys are the bits of constraint */
	errno_t (*dma_alloc)(size_t size, uintptr_t constraint,
	    uintptr_t *phys, void **virt);
	errno_t (*dma_free)(void *virt);

	/** Registers or memory at a physical address, at virt afterwards */
	errno_t (*phys_map)(uintptr_t phys, size_t size, bool cached,
	    void **virt);
	errno_t (*phys_unmap)(void *virt);
	/** Make I/O ports accessible. */
	errno_t (*port_enable)(uintptr_t base, size_t size);
	errno_t (*port_disable)(uintptr_t base, size_t size);

	/** Access of 1, 2, 4 or 8 bytes to a port or mapped register */
	uint64_t (*read)(uintptr_t addr, unsigned int size);
	void (*write)(uintptr_t addr, unsigned int size, uint64_t value);

	/** Tell host_irq_notify() of id when code accepts an interrupt. */
	errno_t (*irq_subscribe)(int irq, const irq_code_t *code, unsigned id);
	void (*irq_unsubscribe)(unsigned id);

	errno_t (*pci_config_read)(host_pci_fn_t *, uint32_t offset,
	    unsigned int size, uint32_t *value);
	errno_t (*pci_config_write)(host_pci_fn_t *, uint32_t offset,
	    unsigned int size, uint32_t value);
	/** The list is the caller's to free. */
	errno_t (*pci_resources)(host_pci_fn_t *, hw_resource_list_t *);
	errno_t (*pci_irq_enable)(host_pci_fn_t *, int irq, bool enable);

	/** SYS_XEN_HYPERCALL; NULL: there is no Xen */
	errno_t (*hypercall)(sysarg_t op, sysarg_t cmd, void *arg, size_t size,
	    sysarg_t *result);
} host_backend_t;

/** The carrier in use; changed only before the first driver is started */
extern const host_backend_t *host_backend;

/** Queue a notification; scratch has 6 words, as irq_code left them. */
extern void host_irq_notify(unsigned int id, const uint32_t *scratch);
/** Wait until no notification is queued and no handler runs. */
extern void host_irq_drain(void);

/** The session that a driver of a PCI function has with its parent */
extern async_sess_t *host_pci_sess_create(host_pci_fn_t *);
extern void host_pci_sess_destroy(async_sess_t *);

/** Figures of dmamem_map_anonymous() */
typedef struct {
	/** Allocations that were not freed */
	size_t live;
	/** Their bytes */
	size_t live_bytes;
	/** Allocations ever made */
	size_t total;
} host_dma_stats_t;

extern void host_dma_get_stats(host_dma_stats_t *);
/** Calls of pio_enable() that no pio_disable() took back */
extern size_t host_pio_mapped(void);
/** Where the program sees live DMA memory; NULL if it is not all of one
 * allocation. For tests that want to spoil it.
 */
extern void *host_dma_find(uintptr_t, size_t);

#endif

/** @}
 */
