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

#include <mem.h>
#include <pcut/pcut.h>
#include "../private/pci_caps.h"

PCUT_INIT;

PCUT_TEST_SUITE(pci_caps);

#define BAR_SIZE	0x4000
#define NOTIFY_MULT	4

static uint8_t config[PCI_CONFIG_SIZE];
static virtio_bar_t bars[PCI_BARS];
static virtio_pci_caps_t caps;

/** Where the next capability goes, and where its address is noted */
static size_t next_cap;
static size_t next_link;

static void put_32(size_t at, uint32_t val)
{
	for (size_t i = 0; i < 4; i++)
		config[at + i] = val >> (8 * i);
}

/** Append a capability; cfg_type as in the specification (from 1). */
static size_t add_cap(uint8_t cfg_type, uint8_t bar, uint32_t offset,
    uint32_t length)
{
	size_t at = next_cap;
	size_t len = cfg_type == 2 ? 20 : 16;

	config[next_link] = at;
	config[at] = 0x09;
	config[at + 2] = len;
	config[at + 3] = cfg_type;
	config[at + 4] = bar;
	put_32(at + 8, offset);
	put_32(at + 12, length);
	if (cfg_type == 2)
		put_32(at + 16, NOTIFY_MULT);

	next_link = at + 1;
	next_cap += len;
	return at;
}

static bool find(void)
{
	return virtio_pci_find_caps("test", config, bars, &caps);
}

PCUT_TEST_BEFORE
{
	memset(config, 0, sizeof(config));
	memset(bars, 0, sizeof(bars));
	bars[4].base = 0xfe000000;
	bars[4].size = BAR_SIZE;
	config[0x06] = 0x10;
	next_link = 0x34;
	next_cap = 0x40;
}

PCUT_TEST(all_structures_are_found)
{
	add_cap(1, 4, 0x0000, 56);
	add_cap(3, 4, 0x1000, 1);
	add_cap(4, 4, 0x2000, 0x1000);
	add_cap(2, 4, 0x3000, 0x1000);

	PCUT_ASSERT_TRUE(find());
	PCUT_ASSERT_INT_EQUALS(0x1000, caps.cap[VIRTIO_PCI_CAP_ISR].offset);
	PCUT_ASSERT_INT_EQUALS(0x2000, caps.cap[VIRTIO_PCI_CAP_DEVICE].offset);
	PCUT_ASSERT_INT_EQUALS(0x1000, caps.cap[VIRTIO_PCI_CAP_NOTIFY].length);
	PCUT_ASSERT_INT_EQUALS(NOTIFY_MULT, caps.notify_mult);
}

PCUT_TEST(device_configuration_may_be_missing)
{
	add_cap(1, 4, 0x0000, 56);
	add_cap(3, 4, 0x1000, 1);
	add_cap(2, 4, 0x3000, 0x1000);

	PCUT_ASSERT_TRUE(find());
	PCUT_ASSERT_FALSE(caps.cap[VIRTIO_PCI_CAP_DEVICE].present);
}

PCUT_TEST(no_capability_list_is_no_modern_device)
{
	add_cap(1, 4, 0x0000, 56);
	add_cap(3, 4, 0x1000, 1);
	add_cap(2, 4, 0x3000, 0x1000);
	config[0x06] = 0;

	PCUT_ASSERT_FALSE(find());
}

PCUT_TEST(missing_mandatory_structure_is_no_modern_device)
{
	add_cap(1, 4, 0x0000, 56);
	add_cap(2, 4, 0x3000, 0x1000);

	PCUT_ASSERT_FALSE(find());
}

PCUT_TEST(first_usable_instance_of_a_structure_is_taken)
{
	/* The first one is past its BAR, the third one is too late */
	add_cap(1, 4, BAR_SIZE - 8, 56);
	add_cap(1, 4, 0x0100, 56);
	add_cap(1, 4, 0x0200, 56);
	add_cap(3, 4, 0x1000, 1);
	add_cap(2, 4, 0x3000, 0x1000);

	PCUT_ASSERT_TRUE(find());
	PCUT_ASSERT_INT_EQUALS(0x0100, caps.cap[VIRTIO_PCI_CAP_COMMON].offset);
}

PCUT_TEST(reserved_bar_and_reserved_type_are_ignored)
{
	add_cap(1, 6, 0x0000, 56);
	add_cap(1, 255, 0x0000, 56);
	add_cap(0, 4, 0x0000, 56);
	add_cap(99, 4, 0x0000, 56);
	add_cap(3, 4, 0x1000, 1);
	add_cap(2, 4, 0x3000, 0x1000);

	PCUT_ASSERT_FALSE(find());
}

PCUT_TEST(structure_in_an_unassigned_bar_is_skipped)
{
	add_cap(1, 3, 0x0000, 56);
	add_cap(3, 4, 0x1000, 1);
	add_cap(2, 4, 0x3000, 0x1000);

	PCUT_ASSERT_FALSE(find());
	/* Its size alone does not make it one that can be used */
	bars[3].size = BAR_SIZE;
	PCUT_ASSERT_FALSE(find());
}

PCUT_TEST(range_that_wraps_is_skipped)
{
	add_cap(1, 4, 0xfffffff0, 56);
	add_cap(3, 4, 0x1000, 1);
	add_cap(2, 4, 0x3000, 0xffffffff);

	PCUT_ASSERT_FALSE(find());
	PCUT_ASSERT_FALSE(caps.cap[VIRTIO_PCI_CAP_COMMON].present);
	PCUT_ASSERT_FALSE(caps.cap[VIRTIO_PCI_CAP_NOTIFY].present);
}

PCUT_TEST(range_that_ends_with_its_bar_is_taken)
{
	add_cap(1, 4, 0x0000, 56);
	add_cap(3, 4, BAR_SIZE - 1, 1);
	add_cap(2, 4, 0x3000, 0x0fff);

	PCUT_ASSERT_TRUE(find());
}

PCUT_TEST(structure_that_is_too_short_or_misaligned_is_skipped)
{
	add_cap(1, 4, 0x0000, 55);
	add_cap(3, 4, 0x1000, 0);
	add_cap(2, 4, 0x3001, 0x0100);

	PCUT_ASSERT_FALSE(find());
	PCUT_ASSERT_FALSE(caps.cap[VIRTIO_PCI_CAP_COMMON].present);
	PCUT_ASSERT_FALSE(caps.cap[VIRTIO_PCI_CAP_ISR].present);
	PCUT_ASSERT_FALSE(caps.cap[VIRTIO_PCI_CAP_NOTIFY].present);
}

PCUT_TEST(structure_that_overlaps_another_is_skipped)
{
	add_cap(1, 4, 0x0000, 56);
	add_cap(3, 4, 0x0037, 1);
	add_cap(2, 4, 0x3000, 0x1000);

	PCUT_ASSERT_FALSE(find());
	PCUT_ASSERT_FALSE(caps.cap[VIRTIO_PCI_CAP_ISR].present);
}

PCUT_TEST(same_range_of_another_bar_is_no_overlap)
{
	bars[1] = bars[4];
	add_cap(1, 4, 0x0000, 56);
	add_cap(3, 1, 0x0000, 1);
	add_cap(2, 4, 0x3000, 0x1000);

	PCUT_ASSERT_TRUE(find());
}

PCUT_TEST(multiplier_0_is_taken)
{
	add_cap(1, 4, 0x0000, 56);
	add_cap(3, 4, 0x1000, 1);
	size_t at = add_cap(2, 4, 0x3000, 2);
	put_32(at + 16, 0);

	PCUT_ASSERT_TRUE(find());
	PCUT_ASSERT_INT_EQUALS(0, caps.notify_mult);
}

PCUT_TEST(multiplier_that_is_no_even_power_of_2_is_skipped)
{
	static const uint32_t bad[] = { 1, 3, 6, 0xffffffff };

	add_cap(1, 4, 0x0000, 56);
	add_cap(3, 4, 0x1000, 1);
	size_t at = add_cap(2, 4, 0x3000, 0x1000);

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		put_32(at + 16, bad[i]);
		PCUT_ASSERT_FALSE(find());
	}
}

PCUT_TEST(capability_list_with_a_loop_ends)
{
	add_cap(1, 4, 0x0000, 56);
	size_t last = add_cap(3, 4, 0x1000, 1);
	config[last + 1] = 0x40;

	PCUT_ASSERT_FALSE(find());
	PCUT_ASSERT_TRUE(caps.cap[VIRTIO_PCI_CAP_ISR].present);
}

PCUT_TEST(capability_list_that_points_into_the_header_ends)
{
	add_cap(1, 4, 0x0000, 56);
	size_t last = add_cap(3, 4, 0x1000, 1);
	config[last + 1] = 0x3c;

	PCUT_ASSERT_FALSE(find());
}

PCUT_TEST(capability_that_claims_to_be_shorter_or_longer_is_skipped)
{
	size_t at = add_cap(1, 4, 0x0000, 56);
	add_cap(3, 4, 0x1000, 1);
	add_cap(2, 4, 0x3000, 0x1000);

	config[at + 2] = 15;
	PCUT_ASSERT_FALSE(find());
	config[at + 2] = 255;
	PCUT_ASSERT_FALSE(find());
	config[at + 2] = 24;
	PCUT_ASSERT_TRUE(find());
}

PCUT_TEST(capability_at_the_end_of_configuration_space_is_not_read_past)
{
	add_cap(3, 4, 0x1000, 1);
	config[next_link] = 0xfc;
	config[0xfc] = 0x09;
	config[0xfe] = 0xff;
	config[0xff] = 1;

	PCUT_ASSERT_FALSE(find());
}

PCUT_TEST(multiplier_past_the_end_of_configuration_space_is_not_read)
{
	add_cap(1, 4, 0x0000, 56);
	add_cap(3, 4, 0x1000, 1);
	size_t at = 0xf0;
	config[next_link] = at;
	config[at] = 0x09;
	config[at + 2] = 16;
	config[at + 3] = 2;
	config[at + 4] = 4;
	put_32(at + 8, 0x3000);
	put_32(at + 12, 0x1000);

	PCUT_ASSERT_FALSE(find());
}

PCUT_EXPORT(pci_caps);
