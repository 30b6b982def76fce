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
 */

#include <ddf/log.h>
#include <inttypes.h>
#include <mem.h>
#include "../private/pci_caps.h"

#define PCI_STATUS_REG		0x06
#define PCI_STATUS_CAPS		0x10
#define PCI_CAP_POINTER		0x34
#define PCI_HEADER_SIZE		0x40
#define PCI_CAP_VENDOR		0x09

/** Fields of struct virtio_pci_cap and virtio_pci_notify_cap (4.1.4) */
enum {
	CAP_VNDR = 0,
	CAP_NEXT = 1,
	CAP_LEN = 2,
	CAP_CFG_TYPE = 3,
	CAP_BAR = 4,
	CAP_OFFSET = 8,
	CAP_LENGTH = 12,
	CAP_SIZE = 16,
	CAP_NOTIFY_MULT = 16,
	CAP_NOTIFY_SIZE = 20
};

/** What each structure must offer: bytes, and alignment of its offset */
static const struct {
	const char *name;
	uint32_t min_length;
	uint32_t align;
} structures[VIRTIO_PCI_CAP_USED] = {
	[VIRTIO_PCI_CAP_COMMON] = { "common configuration", 56, 4 },
	[VIRTIO_PCI_CAP_NOTIFY] = { "notification", 2, 2 },
	[VIRTIO_PCI_CAP_ISR] = { "ISR status", 1, 1 },
	[VIRTIO_PCI_CAP_DEVICE] = { "device configuration", 1, 4 }
};

static uint32_t get_32(const uint8_t *p)
{
	return p[0] | (uint32_t) p[1] << 8 | (uint32_t) p[2] << 16 |
	    (uint32_t) p[3] << 24;
}

/** Does a range of a BAR share bytes with a structure that was taken? */
static bool overlaps(const virtio_pci_caps_t *caps, uint8_t bar,
    uint32_t offset, uint32_t length)
{
	for (size_t i = 0; i < VIRTIO_PCI_CAP_USED; i++) {
		const virtio_pci_cap_t *other = &caps->cap[i];

		if (other->present && other->bar == bar &&
		    offset < (uint64_t) other->offset + other->length &&
		    other->offset < (uint64_t) offset + length)
			return true;
	}

	return false;
}

/** Is a structure where it says, whole, and apart from those taken so far?
 *
 * If not, a log line says why.
 */
static bool place_is_sound(const char *name, virtio_pci_cap_type_t type,
    const virtio_pci_cap_t *cap, const virtio_bar_t *bar,
    const virtio_pci_caps_t *caps)
{
	const char *what = structures[type].name;

	if (bar->base == 0 || bar->size == 0) {
		ddf_msg(LVL_WARN, "%s: %s structure in BAR %u, which is not "
		    "usable; skipped", name, what, cap->bar);
		return false;
	}

	if (cap->length < structures[type].min_length ||
	    cap->offset % structures[type].align != 0 ||
	    (uint64_t) cap->offset + cap->length > bar->size) {
		ddf_msg(LVL_WARN, "%s: %s structure at 0x%" PRIx32 " of 0x%"
		    PRIx32 " bytes does not fit BAR %u of 0x%" PRIx64
		    " bytes; skipped", name, what, cap->offset, cap->length,
		    cap->bar, bar->size);
		return false;
	}

	if (overlaps(caps, cap->bar, cap->offset, cap->length)) {
		ddf_msg(LVL_WARN, "%s: %s structure at 0x%" PRIx32 " overlaps "
		    "another one; skipped", name, what, cap->offset);
		return false;
	}

	return true;
}

/** Read the multiplier that follows a notification capability (4.1.4.4).
 *
 * There are devices whose capabilities all say that they are as long as one
 * without a multiplier; it is there all the same. A wrong one does no harm:
 * where it leads is checked against the structure's length.
 */
static bool take_multiplier(const char *name, const uint8_t *c, size_t room,
    uint32_t *rmult)
{
	if (room < CAP_NOTIFY_SIZE) {
		ddf_msg(LVL_WARN, "%s: notification capability of %zu bytes "
		    "skipped", name, room);
		return false;
	}

	uint32_t mult = get_32(&c[CAP_NOTIFY_MULT]);
	/* 4.1.4.4.1: 0, or an even power of 2 */
	if ((mult & (mult - 1)) != 0 || mult == 1) {
		ddf_msg(LVL_WARN, "%s: notification multiplier %" PRIu32
		    " skipped", name, mult);
		return false;
	}

	*rmult = mult;
	return true;
}

/** Check one virtio capability and take it if it is sound.
 *
 * @param name Device's name for log lines
 * @param c    The capability, @a room bytes of configuration space
 * @param room Bytes from @a c to the end of configuration space
 * @param bars The device's BARs
 * @param caps Structures taken so far
 */
static void take_cap(const char *name, const uint8_t *c, size_t room,
    const virtio_bar_t *bars, virtio_pci_caps_t *caps)
{
	size_t cap_len = c[CAP_LEN];
	if (cap_len < CAP_SIZE || cap_len > room) {
		ddf_msg(LVL_WARN, "%s: capability of %zu bytes skipped",
		    name, cap_len);
		return;
	}

	/*
	 * 4.1.4: "The driver MUST ignore any vendor-specific capability
	 * structure which has a reserved cfg_type value." The types that are
	 * known and not used here (PCI configuration access and later ones)
	 * go the same way.
	 */
	unsigned int type = c[CAP_CFG_TYPE] - 1U;
	if (type >= VIRTIO_PCI_CAP_USED)
		return;

	virtio_pci_cap_t cap = {
		.present = true,
		.bar = c[CAP_BAR],
		.offset = get_32(&c[CAP_OFFSET]),
		.length = get_32(&c[CAP_LENGTH])
	};

	/*
	 * 4.1.4.1: "The driver MUST ignore any vendor-specific capability
	 * structure which has a reserved bar value."
	 */
	if (cap.bar >= PCI_BARS)
		return;

	/*
	 * 4.1.4.1: "The driver SHOULD use the first instance of each virtio
	 * structure type they can support."
	 */
	if (caps->cap[type].present)
		return;

	if (!place_is_sound(name, type, &cap, &bars[cap.bar], caps))
		return;

	if (type == VIRTIO_PCI_CAP_NOTIFY &&
	    !take_multiplier(name, c, room, &caps->notify_mult))
		return;

	caps->cap[type] = cap;
}

/** Go on to the next capability in the list.
 *
 * @param config Copy of the configuration space
 * @param pos    Where the last one is, 0 to begin; then where the next one is
 * @param left   Set to 0 at the beginning by the caller
 *
 * @return False at the end of the list
 */
static bool next_cap(const uint8_t *config, size_t *pos, size_t *left)
{
	if (*pos == 0) {
		if ((config[PCI_STATUS_REG] & PCI_STATUS_CAPS) == 0)
			return false;

		/* A list without a loop has no more members than fit */
		*left = (PCI_CONFIG_SIZE - PCI_HEADER_SIZE) / 4;
		*pos = config[PCI_CAP_POINTER];
	} else {
		*pos = config[*pos + CAP_NEXT];
	}

	/* The lowest two bits are reserved (PCI 3.0, 6.7) */
	*pos &= ~3U;
	return *pos >= PCI_HEADER_SIZE && (*left)-- > 0;
}

/** Find a capability of PCI's own.
 *
 * @param config Copy of the configuration space, PCI_CONFIG_SIZE bytes
 * @param id     Its number
 *
 * @return Where it is, a multiple of 4; 0 if there is none
 */
size_t virtio_pci_find_cap(const uint8_t *config, uint8_t id)
{
	size_t pos = 0;
	size_t left = 0;

	while (next_cap(config, &pos, &left)) {
		if (config[pos + CAP_VNDR] == id)
			return pos;
	}

	return 0;
}

/** Find the structures of a modern device.
 *
 * A capability that cannot be true is skipped with a log line that says why.
 *
 * @param name   Device's name for log lines
 * @param config Copy of the configuration space, PCI_CONFIG_SIZE bytes
 * @param bars   The device's BARs, PCI_BARS of them
 * @param caps   Place for the result, written in any case
 *
 * @return True if all that a modern device needs was found: common
 *         configuration, notification, and ISR status
 */
bool virtio_pci_find_caps(const char *name, const uint8_t *config,
    const virtio_bar_t *bars, virtio_pci_caps_t *caps)
{
	size_t pos = 0;
	size_t left = 0;

	memset(caps, 0, sizeof(*caps));

	while (next_cap(config, &pos, &left)) {
		/* The shortest of ours ends within the configuration space */
		if (config[pos + CAP_VNDR] == PCI_CAP_VENDOR &&
		    pos + CAP_SIZE <= PCI_CONFIG_SIZE) {
			take_cap(name, &config[pos], PCI_CONFIG_SIZE - pos,
			    bars, caps);
		}
	}

	return caps->cap[VIRTIO_PCI_CAP_COMMON].present &&
	    caps->cap[VIRTIO_PCI_CAP_NOTIFY].present &&
	    caps->cap[VIRTIO_PCI_CAP_ISR].present;
}

/** @}
 */
