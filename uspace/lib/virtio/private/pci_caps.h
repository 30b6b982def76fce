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
 * @brief Virtio structures on the PCI bus: where they are (4.1.4)
 *
 * Pure: a copy of the configuration space goes in, places that were checked
 * come out.
 */

#ifndef LIBVIRTIO_PRIVATE_PCI_CAPS_H_
#define LIBVIRTIO_PRIVATE_PCI_CAPS_H_

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Size in bytes of the configuration space that the bus driver reads */
#define PCI_CONFIG_SIZE	256

#define PCI_BARS	6

/** Types of structures that the library uses (cfg_type - 1, 4.1.4) */
typedef enum {
	VIRTIO_PCI_CAP_COMMON,
	VIRTIO_PCI_CAP_NOTIFY,
	VIRTIO_PCI_CAP_ISR,
	VIRTIO_PCI_CAP_DEVICE,
	VIRTIO_PCI_CAP_USED
} virtio_pci_cap_type_t;

/** What is behind a base address register */
typedef struct {
	/** Physical address or I/O port; 0 if nothing usable is there */
	uint64_t base;
	/** Size in bytes */
	uint64_t size;
	/** Ports, not memory */
	bool io;
} virtio_bar_t;

/** A structure's place; the range lies within its BAR */
typedef struct {
	bool present;
	uint8_t bar;
	uint32_t offset;
	/** Length in bytes, not 0 */
	uint32_t length;
} virtio_pci_cap_t;

/** All structures of a device */
typedef struct {
	virtio_pci_cap_t cap[VIRTIO_PCI_CAP_USED];
	uint32_t notify_mult;
} virtio_pci_caps_t;

extern size_t virtio_pci_find_cap(const uint8_t *, uint8_t);
extern bool virtio_pci_find_caps(const char *, const uint8_t *,
    const virtio_bar_t *, virtio_pci_caps_t *);

#endif

/** @}
 */
