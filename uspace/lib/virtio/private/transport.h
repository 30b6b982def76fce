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
 * @brief What a transport does for the rest of the library
 */

#ifndef LIBVIRTIO_PRIVATE_TRANSPORT_H_
#define LIBVIRTIO_PRIVATE_TRANSPORT_H_

#include <async.h>
#include <ddf/driver.h>
#include <ddi.h>
#include <device/hw_res_parsed.h>
#include <errno.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <virtio/device.h>
#include <virtio/virtq.h>
#include "pci_caps.h"

/** Device status bits (2.1 Device Status Field) */
enum {
	VIRTIO_STATUS_ACKNOWLEDGE = 1,
	VIRTIO_STATUS_DRIVER = 2,
	VIRTIO_STATUS_DRIVER_OK = 4,
	VIRTIO_STATUS_FEATURES_OK = 8,
	VIRTIO_STATUS_NEEDS_RESET = 64,
	VIRTIO_STATUS_FAILED = 128,
	/** What a device reads as that is not there any more */
	VIRTIO_STATUS_GONE = 0xff
};

/** ISR status bits (4.1.4.5 ISR status capability) */
enum {
	VIRTIO_ISR_QUEUE = 1,
	VIRTIO_ISR_CONFIG = 2
};

/** A queue's memory, as a transport announces it to the device */
typedef struct {
	uint16_t index;
	uint16_t size;
	uintptr_t desc;
	uintptr_t avail;
	uintptr_t used;
} virtio_queue_addr_t;

/** One transport. Functions without a result cannot fail. */
typedef struct {
	uint8_t (*get_status)(virtio_dev_t *);
	void (*set_status)(virtio_dev_t *, uint8_t);
	uint64_t (*get_features)(virtio_dev_t *);
	void (*set_features)(virtio_dev_t *, uint64_t);
	/** Changes when the configuration does; NULL if there is none */
	uint8_t (*get_generation)(virtio_dev_t *);
	/** Read a field of 1, 2 or 4 bytes, in the host's byte order */
	uint32_t (*read_config)(virtio_dev_t *, size_t, size_t);
	/** The most entries that a queue may have, 0 if there is none */
	uint16_t (*get_queue_size)(virtio_dev_t *, uint16_t);
	/** Give the device a queue; find the register that notifies it */
	errno_t (*enable_queue)(virtio_dev_t *, const virtio_queue_addr_t *,
	    ioport16_t **);
	/** Write a queue's number to the register that notifies of it */
	void (*notify)(ioport16_t *, uint16_t);
	/** True if a queue may have fewer entries than get_queue_size() says */
	bool size_negotiable;
	/** True if rings and configuration are in the host's byte order */
	bool native_endian;
	/** Address bits that must be 0 in memory for the device */
	uintptr_t dma_constraint;
} virtio_transport_t;

/** A mapped window of registers */
typedef struct {
	/** Where pio_read_N() finds it, NULL if it is not mapped */
	void *regs;
	/** Physical address or I/O port */
	uintptr_t phys;
	/** Size in bytes */
	size_t size;
} virtio_window_t;

/** A virtio device */
struct virtio_dev {
	/** For log lines; belongs to DDF */
	const char *name;
	ddf_dev_t *ddf_dev;
	/** Session with the PCI bus driver; belongs to DDF */
	async_sess_t *parent;
	uint16_t pci_device_id;

	const virtio_transport_t *transport;
	/** The structures of 4.1.4; the legacy transport cuts its BAR alike */
	virtio_window_t window[VIRTIO_PCI_CAP_USED];
	/** Multiplier of the notification offset, in bytes (4.1.4.4) */
	uint32_t notify_mult;

	/** Features that device and driver agreed on */
	uint64_t features;
	/** Status bits that were set since the last reset */
	uint8_t status;
	/** True between a confirmed reset and the next DRIVER_OK */
	bool still;
	/** The last reset did not come to an end */
	bool stuck;
	/** Bytes of memory that could not be freed */
	size_t lost;

	/** Line of the interrupt, -1 if the device has none */
	int irq;
	cap_irq_handle_t irq_handle;
	/**
	 * The driver found what no interrupt told. Not beside what a lock
	 * guards: compilers read neighbours with one access.
	 */
	atomic_bool irq_missed;
	/** Set while the interrupt is subscribed */
	virtio_irq_cb_t irq_cb;
	void *irq_arg;
	/** Link in the list of devices whose interrupts are wanted */
	link_t irq_link;
	/** Quick looks that the watchdog still takes; guarded as the list */
	unsigned int irq_looks;
	/** An interrupt was seen; guarded as the list */
	bool irq_seen;
	/** None comes: quick looks for ever; guarded as the list */
	bool irq_blind;
};

extern const virtio_transport_t virtio_modern;
extern const virtio_transport_t virtio_legacy;

extern errno_t virtio_pci_probe(virtio_dev_t *, uint16_t);
extern void virtio_pci_release(virtio_dev_t *);

#endif

/** @}
 */
