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
 * @brief Modern transport: structures found by capabilities (4.1.4)
 */

#include <ddf/log.h>
#include <ddi.h>
#include <errno.h>
#include <stddef.h>
#include "../private/transport.h"

/** struct virtio_pci_common_cfg (4.1.4.3), all fields little-endian */
typedef struct {
	ioport32_t device_feature_select;
	ioport32_t device_feature;
	ioport32_t driver_feature_select;
	ioport32_t driver_feature;
	ioport16_t config_msix_vector;
	ioport16_t num_queues;
	ioport8_t device_status;
	ioport8_t config_generation;

	ioport16_t queue_select;
	ioport16_t queue_size;
	ioport16_t queue_msix_vector;
	ioport16_t queue_enable;
	ioport16_t queue_notify_off;
	ioport32_t queue_desc[2];
	ioport32_t queue_driver[2];
	ioport32_t queue_device[2];
} virtio_pci_common_cfg_t;

_Static_assert(sizeof(virtio_pci_common_cfg_t) == 56, "4.1.4.3");
_Static_assert(offsetof(virtio_pci_common_cfg_t, device_status) == 20,
    "4.1.4.3");
_Static_assert(offsetof(virtio_pci_common_cfg_t, queue_desc) == 32,
    "4.1.4.3");

static virtio_pci_common_cfg_t *common(virtio_dev_t *vdev)
{
	return vdev->window[VIRTIO_PCI_CAP_COMMON].regs;
}

static uint8_t get_status(virtio_dev_t *vdev)
{
	return pio_read_8(&common(vdev)->device_status);
}

static void set_status(virtio_dev_t *vdev, uint8_t status)
{
	pio_write_8(&common(vdev)->device_status, status);
}

static uint64_t get_features(virtio_dev_t *vdev)
{
	virtio_pci_common_cfg_t *cfg = common(vdev);

	pio_write_le32(&cfg->device_feature_select, 0);
	uint64_t features = pio_read_le32(&cfg->device_feature);
	pio_write_le32(&cfg->device_feature_select, 1);
	features |= (uint64_t) pio_read_le32(&cfg->device_feature) << 32;
	return features;
}

static void set_features(virtio_dev_t *vdev, uint64_t features)
{
	virtio_pci_common_cfg_t *cfg = common(vdev);

	pio_write_le32(&cfg->driver_feature_select, 0);
	pio_write_le32(&cfg->driver_feature, (uint32_t) features);
	pio_write_le32(&cfg->driver_feature_select, 1);
	pio_write_le32(&cfg->driver_feature, (uint32_t) (features >> 32));
}

static uint8_t get_generation(virtio_dev_t *vdev)
{
	return pio_read_8(&common(vdev)->config_generation);
}

static uint32_t read_config(virtio_dev_t *vdev, size_t offset, size_t width)
{
	void *reg = (uint8_t *) vdev->window[VIRTIO_PCI_CAP_DEVICE].regs +
	    offset;

	switch (width) {
	case 1:
		return pio_read_8(reg);
	case 2:
		return pio_read_le16(reg);
	default:
		return pio_read_le32(reg);
	}
}

static uint16_t get_queue_size(virtio_dev_t *vdev, uint16_t index)
{
	virtio_pci_common_cfg_t *cfg = common(vdev);

	/* 4.1.4.3: num_queues bounds what may be selected */
	if (index >= pio_read_le16(&cfg->num_queues))
		return 0;

	pio_write_le16(&cfg->queue_select, index);
	return pio_read_le16(&cfg->queue_size);
}

/** Write a 64-bit field.
 *
 * 4.1.3.1: "the driver MUST use [...] 32-bit wide and aligned accesses for
 * 32-bit and 64-bit wide fields."
 */
static void write_64(ioport32_t *reg, uint64_t val)
{
	pio_write_le32(&reg[0], (uint32_t) val);
	pio_write_le32(&reg[1], (uint32_t) (val >> 32));
}

static errno_t enable_queue(virtio_dev_t *vdev,
    const virtio_queue_addr_t *queue, ioport16_t **notify)
{
	virtio_pci_common_cfg_t *cfg = common(vdev);
	virtio_window_t *window = &vdev->window[VIRTIO_PCI_CAP_NOTIFY];

	pio_write_le16(&cfg->queue_select, queue->index);

	/*
	 * 4.1.4.4: the register is at queue_notify_off times the multiplier,
	 * which may be 0: then all queues share one. The product of 16 and
	 * 32 bits cannot wrap in 64.
	 */
	uint16_t raw_off = pio_read_le16(&cfg->queue_notify_off);
	uint64_t offset = (uint64_t) raw_off * vdev->notify_mult;
	if (offset + sizeof(uint16_t) > window->size) {
		ddf_msg(LVL_ERROR, "%s: notification offset %u of queue %u is "
		    "outside its structure of %zu bytes", vdev->name, raw_off,
		    queue->index, window->size);
		return EIO;
	}
	*notify = (ioport16_t *) ((uint8_t *) window->regs + offset);

	pio_write_le16(&cfg->queue_size, queue->size);
	write_64(cfg->queue_desc, queue->desc);
	write_64(cfg->queue_driver, queue->avail);
	write_64(cfg->queue_device, queue->used);

	/*
	 * 4.1.4.3.2: "The driver MUST configure the other virtqueue fields
	 * before enabling the virtqueue with queue_enable."
	 */
	pio_write_le16(&cfg->queue_enable, 1);
	return EOK;
}

static void notify(ioport16_t *reg, uint16_t index)
{
	pio_write_le16(reg, index);
}

const virtio_transport_t virtio_modern = {
	.get_status = get_status,
	.set_status = set_status,
	.get_features = get_features,
	.set_features = set_features,
	.get_generation = get_generation,
	.read_config = read_config,
	.get_queue_size = get_queue_size,
	.enable_queue = enable_queue,
	.notify = notify,
	.size_negotiable = true,
	.native_endian = false,
	.dma_constraint = 0
};

/** @}
 */
