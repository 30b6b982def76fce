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
 * @brief Legacy transport: registers in the first I/O BAR (4.1.4.10)
 *
 * "Legacy Interfaces: A Note on PCI Device Layout". What differs from the
 * modern transport: rings are announced by page number and have the size that
 * the device says, there is no FEATURES_OK, no configuration generation, and
 * 32 feature bits only. Rings and the device's configuration are in the
 * guest's byte order, the registers in the bus's, which is little-endian.
 */

#include <ddi.h>
#include <errno.h>
#include <stddef.h>
#include "../private/transport.h"

/** The legacy registers, without the ISR and the device's configuration */
typedef struct {
	ioport32_t device_features;
	ioport32_t driver_features;
	ioport32_t queue_address;
	ioport16_t queue_size;
	ioport16_t queue_select;
	ioport16_t queue_notify;
	ioport8_t device_status;
} virtio_legacy_regs_t;

_Static_assert(offsetof(virtio_legacy_regs_t, queue_notify) == 16,
    "4.1.4.10");
_Static_assert(offsetof(virtio_legacy_regs_t, device_status) == 18,
    "4.1.4.10");

/** 4.1.5.1.3.1: queue_address is in units of 4096 bytes */
#define LEGACY_PAGE_SHIFT	12

static virtio_legacy_regs_t *regs(virtio_dev_t *vdev)
{
	return vdev->window[VIRTIO_PCI_CAP_COMMON].regs;
}

static uint8_t get_status(virtio_dev_t *vdev)
{
	return pio_read_8(&regs(vdev)->device_status);
}

static void set_status(virtio_dev_t *vdev, uint8_t status)
{
	pio_write_8(&regs(vdev)->device_status, status);
}

static uint64_t get_features(virtio_dev_t *vdev)
{
	return pio_read_le32(&regs(vdev)->device_features);
}

static void set_features(virtio_dev_t *vdev, uint64_t features)
{
	pio_write_le32(&regs(vdev)->driver_features, (uint32_t) features);
}

/** Not swapped: "the device-specific region is encoded in the native endian of
 * the guest" (4.1.4.10)
 */
static uint32_t read_config(virtio_dev_t *vdev, size_t offset, size_t width)
{
	void *reg = (uint8_t *) vdev->window[VIRTIO_PCI_CAP_DEVICE].regs +
	    offset;

	switch (width) {
	case 1:
		return pio_read_8(reg);
	case 2:
		return pio_read_16(reg);
	default:
		return pio_read_32(reg);
	}
}

static uint16_t get_queue_size(virtio_dev_t *vdev, uint16_t index)
{
	pio_write_le16(&regs(vdev)->queue_select, index);
	return pio_read_le16(&regs(vdev)->queue_size);
}

static errno_t enable_queue(virtio_dev_t *vdev,
    const virtio_queue_addr_t *queue, ioport16_t **notify)
{
	pio_write_le16(&regs(vdev)->queue_select, queue->index);
	pio_write_le32(&regs(vdev)->queue_address,
	    (uint32_t) (queue->desc >> LEGACY_PAGE_SHIFT));
	*notify = &regs(vdev)->queue_notify;
	return EOK;
}

static void notify(ioport16_t *reg, uint16_t index)
{
	pio_write_le16(reg, index);
}

const virtio_transport_t virtio_legacy = {
	.get_status = get_status,
	.set_status = set_status,
	.get_features = get_features,
	.set_features = set_features,
	.get_generation = NULL,
	.read_config = read_config,
	.get_queue_size = get_queue_size,
	.enable_queue = enable_queue,
	.notify = notify,
	.size_negotiable = false,
	.native_endian = true,
	/* A page number has 32 bits: 44 bits of address; be modest */
	.dma_constraint = DMAMEM_4GiB
};

/** @}
 */
