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
 * @brief Virtio over PCI: find the device's transport and map it (4.1)
 */

#include <ddf/log.h>
#include <ddi.h>
#include <device/hw_res_parsed.h>
#include <errno.h>
#include <macros.h>
#include <mem.h>
#include <pci_dev_iface.h>
#include <str_error.h>
#include "../private/transport.h"

#define PCI_VENDOR_VIRTIO	0x1af4

/** 4.1.2.1: transitional ids lie below, modern ones are this plus the type */
#define PCI_DEVICE_MODERN	0x1040
#define PCI_DEVICE_TRANSITIONAL	0x1000

#define PCI_REG_VENDOR		0x00
#define PCI_REG_DEVICE		0x02
#define PCI_REG_COMMAND		0x04
#define PCI_REG_REVISION	0x08
#define PCI_REG_BAR0		0x10
#define PCI_REG_SUBSYSTEM	0x2e

#define PCI_COMMAND_IO		0x0001
#define PCI_COMMAND_MEMORY	0x0002
#define PCI_COMMAND_MASTER	0x0004
#define PCI_COMMAND_NO_INTX	0x0400

/** Capabilities by which a device sends interrupts as messages */
#define PCI_CAP_MSI		0x05
#define PCI_CAP_MSIX		0x11
/** Their enable bits, in the dword that the capability begins with */
#define PCI_MSI_ENABLE		0x00010000U
#define PCI_MSIX_ENABLE		0x80000000U

#define PCI_BAR_IO		0x1U
#define PCI_BAR_TYPE_MASK	0x6U
#define PCI_BAR_TYPE_64		0x4U

/** There are 64 Ki I/O ports; memory of devices begins above their numbers */
#define IO_PORTS		0x10000

/**
 * Most bytes of a structure that are mapped. Enough for any queue's
 * notification register with the multipliers in use, and no more than a wrong
 * length may cost.
 */
#define WINDOW_MAX		0x100000

/** The legacy registers (4.1.4.10): common ones, ISR, device configuration */
#define LEGACY_COMMON_SIZE	19
#define LEGACY_ISR		19
#define LEGACY_CONFIG		20

static uint16_t config_16(const uint8_t *config, size_t reg)
{
	return config[reg] | config[reg + 1] << 8;
}

static uint32_t config_32(const uint8_t *config, size_t reg)
{
	return config_16(config, reg) |
	    (uint32_t) config_16(config, reg + 2) << 16;
}

/** Copy the configuration space, so that every check is on what is used */
static errno_t copy_config(async_sess_t *parent, uint8_t *config)
{
	for (size_t reg = 0; reg < PCI_CONFIG_SIZE; reg += sizeof(uint32_t)) {
		uint32_t val;
		errno_t rc = pci_config_space_read_32(parent, reg, &val);
		if (rc != EOK)
			return rc;

		for (size_t i = 0; i < sizeof(val); i++)
			config[reg + i] = val >> (8 * i);
	}

	return EOK;
}

/** Take a BAR's range from the bus driver's list, which knows its size.
 *
 * I/O BARs hold a port's number in the bus's window, memory BARs an address.
 */
static void find_range(const hw_res_list_parsed_t *res, uint64_t val,
    virtio_bar_t *bar)
{
	const addr_range_list_t *list = bar->io ? &res->io_ranges :
	    &res->mem_ranges;

	for (size_t i = 0; i < list->count; i++) {
		const addr_range_t *range = &list->ranges[i];

		if (val == (bar->io ? RNGREL(*range) : RNGABS(*range))) {
			bar->base = RNGABS(*range);
			bar->size = RNGSZ(*range);
			break;
		}
	}
}

/** Match the BARs with the ranges that the bus driver knows.
 *
 * The list of ranges does not say which BAR one belongs to, the capabilities
 * name BARs: the address ties the two together.
 */
static void find_bars(const uint8_t *config, const hw_res_list_parsed_t *res,
    virtio_bar_t *bars)
{
	memset(bars, 0, PCI_BARS * sizeof(virtio_bar_t));

	for (size_t i = 0; i < PCI_BARS; i++) {
		virtio_bar_t *bar = &bars[i];
		size_t reg = PCI_REG_BAR0 + i * sizeof(uint32_t);
		uint64_t val = config_32(config, reg);

		bar->io = (val & PCI_BAR_IO) != 0;
		if (bar->io) {
			val &= ~(uint64_t) 0x3;
			if (val > 0 && val < IO_PORTS)
				find_range(res, val, bar);
			if (val + bar->size > IO_PORTS)
				bar->base = 0;
			continue;
		}

		bool is_64 = (val & PCI_BAR_TYPE_MASK) == PCI_BAR_TYPE_64;
		val &= ~(uint64_t) 0xf;
		if (is_64 && i + 1 < PCI_BARS) {
			/* The upper half is no BAR of its own */
			i++;
			val |= (uint64_t) config_32(config,
			    reg + sizeof(uint32_t)) << 32;
		}

		/* To pio_enable() all that is below is a port */
		if (val >= IO_PORTS && val <= UINTPTR_MAX)
			find_range(res, val, bar);
		if (bar->size > UINTPTR_MAX - bar->base)
			bar->base = 0;
	}
}

/** Let the device answer where its BAR is, reach memory and interrupt.
 *
 * The bus driver only switches bus mastering on, and leaves the rest to
 * firmware. What is not used stays as it was: a BAR that nobody assigned would
 * answer at address 0. The status half of the register clears what is written
 * as one: write zeroes there.
 */
static errno_t enable_decoding(virtio_dev_t *vdev, const virtio_bar_t *bar)
{
	uint16_t command;
	errno_t rc = pci_config_space_read_16(vdev->parent, PCI_REG_COMMAND,
	    &command);
	if (rc != EOK)
		return rc;

	command |= bar->io ? PCI_COMMAND_IO : PCI_COMMAND_MEMORY;
	command |= PCI_COMMAND_MASTER;
	command &= ~PCI_COMMAND_NO_INTX;
	return pci_config_space_write_32(vdev->parent, PCI_REG_COMMAND,
	    command);
}

/** Switch message-signalled interrupts off, of one kind. */
static errno_t disable_messages(virtio_dev_t *vdev, const uint8_t *config,
    uint8_t id, uint32_t enable)
{
	size_t pos = virtio_pci_find_cap(config, id);
	if (pos == 0)
		return EOK;

	uint32_t val = config_32(config, pos);
	if ((val & enable) == 0)
		return EOK;

	ddf_msg(LVL_NOTE, "%s: firmware left message-signalled interrupts "
	    "enabled; switched off", vdev->name);
	return pci_config_space_write_32(vdev->parent, pos, val & ~enable);
}

/** Have the device interrupt by its line, whatever firmware left.
 *
 * While messages are enabled the line is silent, and a legacy device's
 * configuration begins 4 bytes later (4.1.4.10). HelenOS takes no messages.
 */
static errno_t use_line(virtio_dev_t *vdev, const uint8_t *config)
{
	errno_t rc = disable_messages(vdev, config, PCI_CAP_MSIX,
	    PCI_MSIX_ENABLE);
	if (rc == EOK) {
		rc = disable_messages(vdev, config, PCI_CAP_MSI,
		    PCI_MSI_ENABLE);
	}
	return rc;
}

static errno_t map_window(virtio_dev_t *vdev, virtio_pci_cap_type_t type,
    uint64_t base, size_t size)
{
	virtio_window_t *window = &vdev->window[type];

	size = min(size, (size_t) WINDOW_MAX);
	errno_t rc = pio_enable((void *) (uintptr_t) base, size,
	    &window->regs);
	if (rc != EOK) {
		window->regs = NULL;
		ddf_msg(LVL_ERROR, "%s: cannot map %zu bytes of registers: %s",
		    vdev->name, size, str_error(rc));
		return rc;
	}

	window->phys = (uintptr_t) base;
	window->size = size;
	return EOK;
}

static errno_t map_modern(virtio_dev_t *vdev, const virtio_bar_t *bars,
    const virtio_pci_caps_t *caps)
{
	for (size_t i = 0; i < VIRTIO_PCI_CAP_USED; i++) {
		const virtio_pci_cap_t *cap = &caps->cap[i];
		if (!cap->present)
			continue;

		const virtio_bar_t *bar = &bars[cap->bar];
		errno_t rc = enable_decoding(vdev, bar);
		if (rc == EOK) {
			rc = map_window(vdev, i, bar->base + cap->offset,
			    cap->length);
		}
		if (rc != EOK)
			return rc;
	}

	vdev->notify_mult = caps->notify_mult;
	vdev->transport = &virtio_modern;
	return EOK;
}

static errno_t map_legacy(virtio_dev_t *vdev, const virtio_bar_t *bar)
{
	errno_t rc = enable_decoding(vdev, bar);
	if (rc == EOK) {
		rc = map_window(vdev, VIRTIO_PCI_CAP_COMMON, bar->base,
		    LEGACY_COMMON_SIZE);
	}
	if (rc == EOK) {
		rc = map_window(vdev, VIRTIO_PCI_CAP_ISR,
		    bar->base + LEGACY_ISR, 1);
	}
	if (rc == EOK) {
		rc = map_window(vdev, VIRTIO_PCI_CAP_DEVICE,
		    bar->base + LEGACY_CONFIG, bar->size - LEGACY_CONFIG);
	}

	vdev->transport = &virtio_legacy;
	return rc;
}

/** Is this a device of the given type, by any of its ids? (4.1.2) */
static bool is_type(const uint8_t *config, uint16_t type)
{
	if (config_16(config, PCI_REG_VENDOR) != PCI_VENDOR_VIRTIO)
		return false;

	uint16_t id = config_16(config, PCI_REG_DEVICE);
	if (id >= PCI_DEVICE_MODERN)
		return id == PCI_DEVICE_MODERN + type;

	/* 4.1.2.3: a transitional device has its type in the subsystem id */
	return id >= PCI_DEVICE_TRANSITIONAL &&
	    config_16(config, PCI_REG_SUBSYSTEM) == type;
}

/** Choose between the transports and map what the chosen one needs.
 *
 * 4.1.2.3: a transitional device is driven by its modern interface where it
 * has one that is sound.
 */
static errno_t map_transport(virtio_dev_t *vdev, const uint8_t *config,
    const hw_res_list_parsed_t *res)
{
	virtio_bar_t bars[PCI_BARS];
	virtio_pci_caps_t caps;

	find_bars(config, res, bars);

	if (virtio_pci_find_caps(vdev->name, config, bars, &caps))
		return map_modern(vdev, bars, &caps);

	/* 4.1.2.3: "Transitional devices MUST have a PCI Revision ID of 0" */
	if (vdev->pci_device_id < PCI_DEVICE_MODERN &&
	    config[PCI_REG_REVISION] == 0 &&
	    bars[0].io && bars[0].base != 0 && bars[0].size > LEGACY_CONFIG)
		return map_legacy(vdev, &bars[0]);

	ddf_msg(LVL_ERROR, "%s: neither a sound modern nor a legacy interface",
	    vdev->name);
	return ENOTSUP;
}

/** Find out how a device is driven and map its registers.
 *
 * @param vdev Device with its name, DDF device and parent session set
 * @param type Type that it shall have, VIRTIO_ID_*
 *
 * @return EOK on success, ENOENT if this is no virtio device of that type,
 *         ENOTSUP if it has no interface that can be driven, or another error
 *         code. On error nothing stays mapped.
 */
errno_t virtio_pci_probe(virtio_dev_t *vdev, uint16_t type)
{
	uint8_t config[PCI_CONFIG_SIZE];
	errno_t rc = copy_config(vdev->parent, config);
	if (rc != EOK) {
		ddf_msg(LVL_ERROR, "%s: cannot read configuration space: %s",
		    vdev->name, str_error(rc));
		return rc;
	}

	if (!is_type(config, type))
		return ENOENT;

	vdev->pci_device_id = config_16(config, PCI_REG_DEVICE);

	rc = use_line(vdev, config);
	if (rc != EOK) {
		ddf_msg(LVL_ERROR, "%s: cannot write configuration space: %s",
		    vdev->name, str_error(rc));
		return rc;
	}

	hw_res_list_parsed_t res;
	hw_res_list_parsed_init(&res);
	rc = hw_res_get_list_parsed(vdev->parent, &res, 0);
	if (rc != EOK) {
		ddf_msg(LVL_ERROR, "%s: cannot get resources: %s", vdev->name,
		    str_error(rc));
		return rc;
	}

	vdev->irq = res.irqs.count > 0 ? res.irqs.irqs[0] : -1;

	rc = map_transport(vdev, config, &res);
	hw_res_list_parsed_clean(&res);

	if (rc != EOK)
		virtio_pci_release(vdev);
	return rc;
}

/** Unmap a device's registers. */
void virtio_pci_release(virtio_dev_t *vdev)
{
	for (size_t i = 0; i < VIRTIO_PCI_CAP_USED; i++) {
		virtio_window_t *window = &vdev->window[i];
		if (window->regs != NULL)
			(void) pio_disable(window->regs, window->size);
		window->regs = NULL;
		window->size = 0;
	}
}

/** @}
 */
