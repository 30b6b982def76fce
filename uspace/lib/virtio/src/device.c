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
 * @brief Life cycle of a virtio device
 */

#include <align.h>
#include <as.h>
#include <assert.h>
#include <byteorder.h>
#include <ddf/log.h>
#include <ddi.h>
#include <errno.h>
#include <fibril.h>
#include <inttypes.h>
#include <macros.h>
#include <mem.h>
#include <pci_dev_iface.h>
#include <stdlib.h>
#include <str_error.h>
#include <time.h>
#include "../private/transport.h"

/** How long a reset may take before the device counts as stuck */
#define RESET_TIMEOUT_MS	5000

/** How long the next one may take, of a device that is stuck */
#define RESET_AGAIN_MS		500

/** How often it is looked at at least: time passes also while the processor, or
 * the whole virtual machine, is away, and the device then, too
 */
#define RESET_LOOKS		50

/** How long a device may go on forgetting what it was told after a reset */
#define FORGET_TIMEOUT_MS	5000

/** How often a device is looked at that is waited for */
#define LOOK_MS			1

/** How often a configuration may change under a read before it is an error */
#define CONFIG_READ_TRIES	16

/** The most bytes that one configuration read returns */
#define CONFIG_READ_MAX		64

/** Features of the rings that the library uses */
#define VIRTIO_F_RING \
	(VIRTIO_F_EVENT_IDX | VIRTIO_F_INDIRECT_DESC)

/**
 * Features that ask nothing of this driver, accepted because there are devices
 * that insist on one of them. ACCESS_PLATFORM: addresses are the platform's,
 * and as long as HelenOS programs no IOMMU those are the physical ones.
 * ORDER_PLATFORM: the barriers are those that a device of hardware needs.
 * RING_RESET: a queue may be reset by itself, and never is.
 */
#define VIRTIO_F_FREE \
	(VIRTIO_F_ACCESS_PLATFORM | VIRTIO_F_ORDER_PLATFORM | \
	VIRTIO_F_RING_RESET)

/** What configuration space reads as when the device is not there */
#define PCI_VENDOR_NONE		0xffff

/** Find a device, reset it and leave it ready for virtio_negotiate().
 *
 * @param ddf_dev Device as dev_add got it; must outlive the result
 * @param type    Type that it shall have, VIRTIO_ID_*
 * @param rvdev   Place for the device; the caller owns it and calls
 *                virtio_close()
 *
 * @return EOK on success, ENOENT if this is no virtio device of that type
 *         (another driver may fit), ENOTSUP if it has no interface that can
 *         be driven, ETIMEOUT if it cannot be reset, or another error code
 */
errno_t virtio_open(ddf_dev_t *ddf_dev, uint16_t type, virtio_dev_t **rvdev)
{
	virtio_dev_t *vdev = calloc(1, sizeof(virtio_dev_t));
	if (vdev == NULL)
		return ENOMEM;

	vdev->name = ddf_dev_get_name(ddf_dev);
	vdev->ddf_dev = ddf_dev;
	vdev->irq = -1;
	link_initialize(&vdev->irq_link);

	errno_t rc = EIO;
	vdev->parent = ddf_dev_parent_sess_get(ddf_dev);
	if (vdev->parent == NULL)
		goto err_free;

	rc = virtio_pci_probe(vdev, type);
	if (rc != EOK)
		goto err_free;

	rc = virtio_reset(vdev);
	if (rc != EOK)
		goto err_release;

	*rvdev = vdev;
	return EOK;

err_release:
	virtio_pci_release(vdev);
err_free:
	free(vdev);
	return rc;
}

/** Release a device. Its interrupt is disabled, its queues are destroyed.
 *
 * The caller resets the device before it frees the memory that the device was
 * given; here it is done for a device that has none.
 */
void virtio_close(virtio_dev_t *vdev)
{
	assert(!link_in_use(&vdev->irq_link));

	if (vdev->lost > 0) {
		ddf_msg(LVL_ERROR, "%s: %zu bytes of memory are lost to a "
		    "device that was not reset", vdev->name, vdev->lost);
	}

	(void) virtio_reset(vdev);
	virtio_pci_release(vdev);
	free(vdev);
}

/** The device's name, for log lines. Valid as long as the device. */
const char *virtio_name(const virtio_dev_t *vdev)
{
	return vdev->name;
}

/** True if the device is driven by its legacy interface. */
bool virtio_is_legacy(const virtio_dev_t *vdev)
{
	return vdev->transport->native_endian;
}

/** The device's PCI device id. */
uint16_t virtio_pci_device_id(const virtio_dev_t *vdev)
{
	return vdev->pci_device_id;
}

/** Is the device still there? Only asked when its status reads all ones. */
static bool device_gone(virtio_dev_t *vdev)
{
	uint16_t vendor;
	errno_t rc = pci_config_space_read_16(vdev->parent, PCI_VENDOR_ID,
	    &vendor);
	return rc != EOK || vendor == PCI_VENDOR_NONE;
}

/** Has the reset come to an end? */
static bool reset_done(virtio_dev_t *vdev)
{
	uint8_t status = vdev->transport->get_status(vdev);

	return status == 0 ||
	    (status == VIRTIO_STATUS_GONE && device_gone(vdev));
}

/** Has it been so long since then? */
static bool passed(const struct timespec *since, msec_t ms)
{
	struct timespec now;

	getuptime(&now);
	return ts_sub_diff(&now, since) >= MSEC2NSEC(ms);
}

/** Stop the device and wait until it has stopped.
 *
 * Afterwards the device uses no memory that it was given, until
 * virtio_driver_ok(). A device that is stuck is not waited for as long again.
 *
 * @return EOK if the device confirmed the reset, or is not there any more;
 *         ETIMEOUT if it did not within RESET_TIMEOUT_MS. Memory that it was
 *         given is then never freed.
 */
errno_t virtio_reset(virtio_dev_t *vdev)
{
	msec_t limit = vdev->stuck ? RESET_AGAIN_MS : RESET_TIMEOUT_MS;
	struct timespec start;

	getuptime(&start);
	vdev->transport->set_status(vdev, 0);
	vdev->status = 0;

	/*
	 * 4.1.4.3.2: "After writing 0 to device_status, the driver MUST wait
	 * for a read of device_status to return 0 before reinitializing the
	 * device."
	 */
	bool done = reset_done(vdev);
	for (int i = 1; !done && (i < RESET_LOOKS || !passed(&start, limit));
	    i++) {
		fibril_usleep(MSEC2USEC(LOOK_MS));
		done = reset_done(vdev);
	}

	if (!done && !vdev->stuck) {
		ddf_msg(LVL_ERROR, "%s: no end of reset after %d ms",
		    vdev->name, RESET_TIMEOUT_MS);
	}
	vdev->still = done;
	vdev->stuck = !done;
	return done ? EOK : ETIMEOUT;
}

/** Set a status bit. 2.1.1: the driver "MUST NOT clear a status bit".
 *
 * @return True if the device had forgotten none of those set before
 */
static bool add_status(virtio_dev_t *vdev, uint8_t bit)
{
	uint8_t raw_status = vdev->transport->get_status(vdev);
	bool knew = (vdev->status & ~raw_status) == 0;

	vdev->status |= bit;
	vdev->transport->set_status(vdev, raw_status | vdev->status);
	return knew;
}

/** Leave out what the device offers without the features that it needs.
 *
 * 2.2.1: the driver "MUST NOT accept a feature which requires another feature
 * which was not accepted".
 */
static uint64_t drop_lame(uint64_t features, const virtio_need_t *needs,
    size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if ((needs[i].needs & ~features) != 0)
			features &= ~needs[i].feature;
	}

	return features;
}

/** Features into the device and, where it can say so, its consent
 *
 * @return EOK, ENOTSUP if it does not consent, EAGAIN if it forgot
 */
static errno_t offer_features(virtio_dev_t *vdev, uint64_t offered)
{
	vdev->transport->set_features(vdev, vdev->features);

	/* 3.1.2: the legacy interface has no FEATURES_OK */
	uint8_t ok = virtio_is_legacy(vdev) ? 0 : VIRTIO_STATUS_FEATURES_OK;
	if (!add_status(vdev, ok))
		return EAGAIN;

	/*
	 * 3.1.1 step 6: "Re-read device status to ensure the FEATURES_OK bit
	 * is still set: otherwise, the device does not support our subset of
	 * features and the device is unusable."
	 */
	uint8_t lost = vdev->status & ~vdev->transport->get_status(vdev);
	if (lost == 0)
		return EOK;
	if (lost != VIRTIO_STATUS_FEATURES_OK)
		return EAGAIN;

	ddf_msg(LVL_ERROR, "%s: device refuses features 0x%" PRIx64 " of 0x%"
	    PRIx64, vdev->name, vdev->features, offered);
	return ENOTSUP;
}

/** From reset to where queues can be created, once.
 *
 * @return As virtio_negotiate(), or EAGAIN if the device forgot its status
 */
static errno_t negotiate(virtio_dev_t *vdev, uint64_t wanted,
    uint64_t required, const virtio_need_t *needs, size_t count)
{
	/* 3.1.1: the order of steps is the specification's */
	(void) add_status(vdev, VIRTIO_STATUS_ACKNOWLEDGE);
	if (!add_status(vdev, VIRTIO_STATUS_DRIVER))
		return EAGAIN;

	uint64_t offered = vdev->transport->get_features(vdev);

	wanted |= required | VIRTIO_F_RING;
	if (virtio_is_legacy(vdev)) {
		wanted |= VIRTIO_F_ANY_LAYOUT;
	} else {
		/* 6.1: "A driver MUST accept VIRTIO_F_VERSION_1" */
		wanted |= VIRTIO_F_VERSION_1 | VIRTIO_F_FREE;
		required |= VIRTIO_F_VERSION_1;
	}

	if ((required & ~offered) != 0) {
		ddf_msg(LVL_ERROR, "%s: device lacks features 0x%" PRIx64,
		    vdev->name, required & ~offered);
		return ENOTSUP;
	}

	vdev->features = drop_lame(offered & wanted, needs, count);
	return offer_features(vdev, offered);
}

/** Bring the device from reset to where its queues can be created (3.1.1).
 *
 * The features of the transport and the rings (VERSION_1, EVENT_IDX,
 * INDIRECT_DESC, ANY_LAYOUT, and those that cost a driver nothing) are looked
 * after here.
 *
 * There are devices that clear their status a second time, a moment after
 * a reset that read as done. What is written in between is lost, and tried
 * again.
 *
 * @param vdev     Device
 * @param wanted   Features of the device type that the driver can use
 * @param required Those of them that it cannot do without
 * @param needs    Which of them need others; one that others need comes
 *                 before those
 * @param count    Number of such needs
 *
 * @return EOK on success, ENOTSUP if the device lacks a required feature or
 *         refuses the chosen ones, ETIMEOUT if it cannot be reset, EIO if it
 *         does not stop forgetting its status. On error the device knows that
 *         the driver has given up.
 */
errno_t virtio_negotiate(virtio_dev_t *vdev, uint64_t wanted,
    uint64_t required, const virtio_need_t *needs, size_t count)
{
	struct timespec start;

	errno_t rc = virtio_reset(vdev);
	if (rc != EOK)
		return rc;

	getuptime(&start);
	rc = negotiate(vdev, wanted, required, needs, count);
	while (rc == EAGAIN && !passed(&start, FORGET_TIMEOUT_MS)) {
		fibril_usleep(MSEC2USEC(LOOK_MS));
		rc = virtio_reset(vdev);
		if (rc != EOK)
			return rc;
		rc = negotiate(vdev, wanted, required, needs, count);
	}

	if (rc == EAGAIN) {
		ddf_msg(LVL_ERROR, "%s: device does not keep its status",
		    vdev->name);
		rc = EIO;
	}
	if (rc != EOK)
		virtio_failed(vdev);
	return rc;
}

/** True if all the given features were negotiated.
 *
 * With VERSION_1 the driver is free in its layout, as with ANY_LAYOUT.
 */
bool virtio_has(const virtio_dev_t *vdev, uint64_t features)
{
	uint64_t have = vdev->features;

	if ((have & VIRTIO_F_VERSION_1) != 0)
		have |= VIRTIO_F_ANY_LAYOUT;
	return (features & ~have) == 0;
}

/** Tell the device that it may live (3.1.1 step 8).
 *
 * @return EOK; EIO if it has forgotten what it was told since
 *         virtio_negotiate(), which is to be done again
 */
errno_t virtio_driver_ok(virtio_dev_t *vdev)
{
	vdev->still = false;
	return add_status(vdev, VIRTIO_STATUS_DRIVER_OK) ? EOK : EIO;
}

/** Tell the device that the driver has given it up (2.1).
 *
 * Not one in a reset that does not end: until that is over, nothing may be
 * written (4.1.4.3.2).
 */
void virtio_failed(virtio_dev_t *vdev)
{
	if (vdev->stuck)
		return;

	(void) add_status(vdev, VIRTIO_STATUS_FAILED);
}

/** True if the device asks for a reset (2.1.2), has had one that nobody asked
 * for, or is not there any more.
 *
 * Reads a register of the device: not for the data path.
 */
bool virtio_needs_reset(virtio_dev_t *vdev)
{
	uint8_t raw_status = vdev->transport->get_status(vdev);

	return (raw_status & VIRTIO_STATUS_NEEDS_RESET) != 0 ||
	    (vdev->status & ~raw_status) != 0;
}

/** Does the upper half of a 64-bit field come first?
 *
 * 2.5.3: a legacy device's configuration is in the guest's byte order.
 */
static bool upper_first(const virtio_dev_t *vdev)
{
	return vdev->transport->native_endian && host2uint16_t_le(1) != 1;
}

/** Read a field, as wide as it is; 64 bits are two of 32 (4.1.3.1) */
static void read_fields(virtio_dev_t *vdev, size_t offset, size_t width,
    size_t count, void *buf)
{
	for (size_t i = 0; i < count; i++, offset += width) {
		uint64_t val = vdev->transport->read_config(vdev, offset,
		    min(width, sizeof(uint32_t)));

		switch (width) {
		case 1:
			((uint8_t *) buf)[i] = val;
			break;
		case 2:
			((uint16_t *) buf)[i] = val;
			break;
		case 4:
			((uint32_t *) buf)[i] = val;
			break;
		default:
			val |= (uint64_t) vdev->transport->read_config(vdev,
			    offset + sizeof(uint32_t), sizeof(uint32_t)) << 32;
			if (upper_first(vdev))
				val = val << 32 | val >> 32;
			((uint64_t *) buf)[i] = val;
			break;
		}
	}
}

/** Read fields of the device's configuration, all of one moment (2.5.3).
 *
 * @param vdev   Device, past virtio_negotiate()
 * @param offset Where the first field begins, in bytes
 * @param width  Width of a field in bytes: 1, 2, 4 or 8
 * @param count  Number of consecutive fields, not more than 64 bytes in all
 * @param buf    Place for them, in the host's byte order, aligned for their
 *               width
 *
 * @return EOK on success, ENOENT if the device's configuration ends before,
 *         EIO if it does not stop changing
 */
errno_t virtio_config_read(virtio_dev_t *vdev, size_t offset, size_t width,
    size_t count, void *buf)
{
	size_t size = width * count;
	uint64_t again[CONFIG_READ_MAX / sizeof(uint64_t)];

	assert(width == 1 || width == 2 || width == 4 || width == 8);
	assert(size <= sizeof(again));

	if (offset + size > vdev->window[VIRTIO_PCI_CAP_DEVICE].size)
		return ENOENT;

	for (unsigned int i = 0; i < CONFIG_READ_TRIES; i++) {
		if (vdev->transport->get_generation != NULL) {
			uint8_t before = vdev->transport->get_generation(vdev);
			read_fields(vdev, offset, width, count, buf);
			if (vdev->transport->get_generation(vdev) == before)
				return EOK;
		} else {
			/* 2.5.4: until two reads are "consistent" */
			read_fields(vdev, offset, width, count, buf);
			read_fields(vdev, offset, width, count, again);
			if (memcmp(buf, again, size) == 0)
				return EOK;
		}
	}

	ddf_msg(LVL_ERROR, "%s: configuration at %zu does not stop changing",
	    vdev->name, offset);
	return EIO;
}

/** Get memory for the device.
 *
 * @param vdev Device
 * @param size Bytes, rounded up to whole pages by the kernel
 * @param dma  Place for the memory, all zeroes; the caller owns it and calls
 *             virtio_dma_free()
 *
 * @return EOK on success or an error code
 */
errno_t virtio_dma_alloc(virtio_dev_t *vdev, size_t size, virtio_dma_t *dma)
{
	void *virt = AS_AREA_ANY;
	uintptr_t phys;

	/* Coherent with the device like any memory: without CACHEABLE slow */
	errno_t rc = dmamem_map_anonymous(size, vdev->transport->dma_constraint,
	    AS_AREA_READ | AS_AREA_WRITE | AS_AREA_CACHEABLE, 0, &phys, &virt);
	if (rc != EOK) {
		ddf_msg(LVL_ERROR, "%s: no %zu bytes of memory for DMA: %s",
		    vdev->name, size, str_error(rc));
		return rc;
	}

	/* The kernel gives it as its last user left it, the last page whole */
	memset(virt, 0, ALIGN_UP(size, (size_t) PAGE_SIZE));

	dma->virt = virt;
	dma->phys = phys;
	dma->size = size;
	return EOK;
}

/** Give memory back; NULL memory is fine.
 *
 * Memory of a device that did not confirm its reset is not freed: the device
 * may write to it for ever.
 */
void virtio_dma_free(virtio_dev_t *vdev, virtio_dma_t *dma)
{
	if (dma->virt == NULL)
		return;

	if (vdev->still)
		(void) dmamem_unmap_anonymous(dma->virt);
	else
		vdev->lost += dma->size;

	dma->virt = NULL;
}

/** @}
 */
