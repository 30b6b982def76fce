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

/** @addtogroup libvirtio
 * @{
 */
/**
 * @file
 * @brief Virtio devices on PCI: life cycle, features, configuration, DMA
 *
 * A driver calls, in this order:
 *
 *   virtio_open()          find and map the device, leave it reset
 *   virtio_irq_enable()    interrupts from now on (once; survives resets)
 *   virtio_negotiate()     reset, ACKNOWLEDGE, DRIVER, features, FEATURES_OK
 *   virtio_config_read()   read what the device says of itself
 *   virtq_create()         one call a queue, see virtio/virtq.h
 *   virtio_driver_ok()     the device lives
 *   ...
 *   virtio_reset()         the device is still; nothing in memory is its own
 *   virtq_destroy()        one call a queue
 *   ...                    again from virtio_negotiate(), or
 *   virtio_irq_disable()
 *   virtio_close()
 *
 * The transport (modern or legacy, memory or I/O BARs) makes no difference to
 * a driver.
 *
 * Locking: the library has no lock of its own around a device. The caller
 * serialises calls for one device, except that calls for different virtqueues
 * of it may run at the same time. The interrupt callback comes from
 * a notification fibril.
 *
 * Clauses are those of the Virtual I/O Device (VIRTIO) specification,
 * version 1.2.
 */

#ifndef LIBVIRTIO_DEVICE_H_
#define LIBVIRTIO_DEVICE_H_

#include <ddf/driver.h>
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Device types (5 Device Types) */
#define VIRTIO_ID_NET	1
#define VIRTIO_ID_BLOCK	2

/*
 * Features that do not belong to a device type (6 Reserved Feature Bits).
 */
/** Legacy: no constraint on how a message is cut into descriptors */
#define VIRTIO_F_ANY_LAYOUT		(UINT64_C(1) << 27)
#define VIRTIO_F_INDIRECT_DESC		(UINT64_C(1) << 28)
#define VIRTIO_F_EVENT_IDX		(UINT64_C(1) << 29)
#define VIRTIO_F_VERSION_1		(UINT64_C(1) << 32)
#define VIRTIO_F_ACCESS_PLATFORM	(UINT64_C(1) << 33)
#define VIRTIO_F_ORDER_PLATFORM		(UINT64_C(1) << 36)
#define VIRTIO_F_RING_RESET		(UINT64_C(1) << 40)

/** A virtio device; created by virtio_open(), destroyed by virtio_close() */
typedef struct virtio_dev virtio_dev_t;

/** A feature that must not be accepted without others */
typedef struct {
	uint64_t feature;
	uint64_t needs;
} virtio_need_t;

/** Physically contiguous, cacheable memory that the device may be given */
typedef struct {
	/** Address in this task, NULL if there is no memory */
	void *virt;
	/** Address for the device */
	uintptr_t phys;
	/** Size in bytes */
	size_t size;
} virtio_dma_t;

/** Called when the device interrupts, from a notification fibril.
 *
 * Must not block for long and must not call virtio_irq_disable().
 *
 * @param arg    What virtio_irq_enable() was given
 * @param queue  Some queue may have used buffers
 * @param config The configuration may have changed, or the device needs
 *               a reset
 */
typedef void (*virtio_irq_cb_t)(void *arg, bool queue, bool config);

extern errno_t virtio_open(ddf_dev_t *, uint16_t, virtio_dev_t **);
extern void virtio_close(virtio_dev_t *);

extern const char *virtio_name(const virtio_dev_t *);
extern bool virtio_is_legacy(const virtio_dev_t *);
extern uint16_t virtio_pci_device_id(const virtio_dev_t *);

extern errno_t virtio_irq_enable(virtio_dev_t *, virtio_irq_cb_t, void *);
extern void virtio_irq_disable(virtio_dev_t *);
extern void virtio_irq_missed(virtio_dev_t *);

extern errno_t virtio_reset(virtio_dev_t *);
extern errno_t virtio_negotiate(virtio_dev_t *, uint64_t, uint64_t,
    const virtio_need_t *, size_t);
extern bool virtio_has(const virtio_dev_t *, uint64_t);
extern errno_t virtio_driver_ok(virtio_dev_t *);
extern void virtio_failed(virtio_dev_t *);
extern bool virtio_needs_reset(virtio_dev_t *);

extern errno_t virtio_config_read(virtio_dev_t *, size_t, size_t, size_t,
    void *);

extern errno_t virtio_dma_alloc(virtio_dev_t *, size_t, virtio_dma_t *);
extern void virtio_dma_free(virtio_dev_t *, virtio_dma_t *);

#endif

/** @}
 */
