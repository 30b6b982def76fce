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

/** @addtogroup test_model
 * @{
 */
/** @file virtio-net and a device that lies in its configuration space and its
 * registers
 */

#include <errno.h>
#include <host/model.h>
#include <string.h>
#include "rig.h"

/** What becomes of the device */
typedef enum {
	/** dev_add fails, and nothing is left behind */
	REFUSED,
	/** It works */
	WORKS,
	/** It works by its legacy interface */
	FALLS_BACK,
	/** Either is good: the lie is one that may go unnoticed */
	EITHER
} outcome_t;

typedef struct {
	const char *name;
	vm_kind_t kind;
	outcome_t outcome;
	void (*lie)(rig_t *, uint8_t *);
} pci_lie_t;

enum {
	CAP_VENDOR,
	CAP_NEXT,
	CAP_LEN,
	CAP_TYPE,
	CAP_BAR,
	CAP_OFFSET = 8,
	CAP_LENGTH = 12,
	CAP_MULT = 16
};

static void put_32(uint8_t *p, uint32_t val)
{
	for (unsigned int i = 0; i < 4; i++)
		p[i] = val >> (8 * i);
}

static uint8_t *cap(rig_t *rig, uint8_t *config, vm_struct_t s)
{
	return &config[rig->vm->at[s].cap];
}

#define CAP_LIE(name, s, at, value) \
	static void name(rig_t *rig, uint8_t *config) \
	{ \
		cap(rig, config, s)[at] = value; \
	}

#define CAP_LIE_32(name, s, at, value) \
	static void name(rig_t *rig, uint8_t *config) \
	{ \
		put_32(&cap(rig, config, s)[at], value); \
	}

CAP_LIE(len_15, VM_COMMON, CAP_LEN, 15)
CAP_LIE(len_0, VM_COMMON, CAP_LEN, 0)
CAP_LIE(len_255, VM_COMMON, CAP_LEN, 255)
CAP_LIE(len_32, VM_COMMON, CAP_LEN, 32)
CAP_LIE(notify_len_16, VM_NOTIFY, CAP_LEN, 16)
CAP_LIE(notify_len_24, VM_NOTIFY, CAP_LEN, 24)
CAP_LIE(bar_6, VM_COMMON, CAP_BAR, 6)
CAP_LIE(bar_255, VM_ISR, CAP_BAR, 255)
CAP_LIE(bar_unused, VM_COMMON, CAP_BAR, 1)
CAP_LIE(bar_upper_half, VM_COMMON, CAP_BAR, 5)
CAP_LIE(type_0, VM_NOTIFY, CAP_TYPE, 0)
CAP_LIE(type_9, VM_ISR, CAP_TYPE, 9)
CAP_LIE(no_common, VM_COMMON, CAP_TYPE, 0x55)
CAP_LIE(no_notify, VM_NOTIFY, CAP_TYPE, 0x55)
CAP_LIE(no_isr, VM_ISR, CAP_TYPE, 0x55)
CAP_LIE(no_device, VM_DEVICE, CAP_TYPE, 0x55)
CAP_LIE(loop_to_itself, VM_COMMON, CAP_NEXT, 0x40)
CAP_LIE(loop_back, VM_ISR, CAP_NEXT, 0x40)
CAP_LIE(loop_of_all, VM_DEVICE, CAP_NEXT, 0x40)
CAP_LIE(next_in_header, VM_COMMON, CAP_NEXT, 0x10)
CAP_LIE(next_at_end, VM_DEVICE, CAP_NEXT, 0xfc)
CAP_LIE(next_low_bits, VM_COMMON, CAP_NEXT, 0x53)
CAP_LIE_32(offset_past_bar, VM_COMMON, CAP_OFFSET, 0x4000)
CAP_LIE_32(offset_far, VM_NOTIFY, CAP_OFFSET, 0x80000000)
CAP_LIE_32(length_past_bar, VM_NOTIFY, CAP_LENGTH, 0x1001)
CAP_LIE_32(length_huge, VM_COMMON, CAP_LENGTH, 0xffffffff)
CAP_LIE_32(length_0, VM_COMMON, CAP_LENGTH, 0)
CAP_LIE_32(length_55, VM_COMMON, CAP_LENGTH, 55)
CAP_LIE_32(isr_length_0, VM_ISR, CAP_LENGTH, 0)
CAP_LIE_32(notify_length_1, VM_NOTIFY, CAP_LENGTH, 1)
CAP_LIE_32(notify_length_2, VM_NOTIFY, CAP_LENGTH, 2)
CAP_LIE_32(device_length_0, VM_DEVICE, CAP_LENGTH, 0)
CAP_LIE_32(device_length_5, VM_DEVICE, CAP_LENGTH, 5)
CAP_LIE_32(device_length_7, VM_DEVICE, CAP_LENGTH, 7)
CAP_LIE_32(common_misaligned, VM_COMMON, CAP_OFFSET, 2)
CAP_LIE_32(device_misaligned, VM_DEVICE, CAP_OFFSET, 0x2001)
CAP_LIE_32(notify_misaligned, VM_NOTIFY, CAP_OFFSET, 0x2fff)
CAP_LIE_32(overlap_common, VM_NOTIFY, CAP_OFFSET, 0)
CAP_LIE_32(overlap_isr, VM_DEVICE, CAP_OFFSET, 0x1ffc)
CAP_LIE_32(mult_1, VM_NOTIFY, CAP_MULT, 1)
CAP_LIE_32(mult_3, VM_NOTIFY, CAP_MULT, 3)
CAP_LIE_32(mult_6, VM_NOTIFY, CAP_MULT, 6)
CAP_LIE_32(mult_huge, VM_NOTIFY, CAP_MULT, 0x80000000)
CAP_LIE_32(mult_max, VM_NOTIFY, CAP_MULT, 0xffffffff)

static void offset_wraps(rig_t *rig, uint8_t *config)
{
	put_32(&cap(rig, config, VM_NOTIFY)[CAP_OFFSET], 0xfffff000);
	put_32(&cap(rig, config, VM_NOTIFY)[CAP_LENGTH], 0x2000);
}

static void no_list(rig_t *rig, uint8_t *config)
{
	(void) rig;
	config[0x06] = 0;
}

static void list_in_header(rig_t *rig, uint8_t *config)
{
	(void) rig;
	config[0x34] = 0x04;
}

static void list_is_empty(rig_t *rig, uint8_t *config)
{
	(void) rig;
	config[0x34] = 0;
}

static void all_ones(rig_t *rig, uint8_t *config)
{
	(void) rig;
	memset(&config[0x40], 0xff, 0xc0);
}

/** A first instance that cannot be, before the one that can */
static void bad_one_first(rig_t *rig, uint8_t *config)
{
	uint8_t *first = &config[0xe0];

	memcpy(first, cap(rig, config, VM_COMMON), 16);
	first[CAP_BAR] = 3;
	first[CAP_NEXT] = config[0x34];
	config[0x34] = 0xe0;
}

/** Two that can be: the first is to be used. */
static void good_one_twice(rig_t *rig, uint8_t *config)
{
	uint8_t *last = &config[0xe0];

	memcpy(last, cap(rig, config, VM_ISR), 16);
	put_32(&last[CAP_OFFSET], 0x1800);
	put_32(&cap(rig, config, VM_ISR)[CAP_LENGTH], 0x10);
	last[CAP_NEXT] = 0;
	cap(rig, config, VM_DEVICE)[CAP_NEXT] = 0xe0;
}

static void bar_unassigned(rig_t *rig, uint8_t *config)
{
	(void) config;
	rig->vm->desc.bar[4].unassigned = true;
}

static void bar_too_small(rig_t *rig, uint8_t *config)
{
	(void) config;
	rig->vm->desc.bar[4].size = 0x1000;
}

static void bar_missing(rig_t *rig, uint8_t *config)
{
	(void) config;
	rig->vm->desc.bar[4].size = 0;
}

static void legacy_bar_unassigned(rig_t *rig, uint8_t *config)
{
	(void) config;
	rig->vm->desc.bar[0].unassigned = true;
}

static void legacy_bar_small(rig_t *rig, uint8_t *config)
{
	(void) config;
	rig->vm->desc.bar[0].size = 20;
}

static void legacy_bar_is_memory(rig_t *rig, uint8_t *config)
{
	(void) config;
	rig->vm->desc.bar[0].io = false;
	rig->vm->desc.bar[0].base = 0;
	rig->vm->desc.bar[0].size = 4096;
}

static void legacy_revision(rig_t *rig, uint8_t *config)
{
	(void) rig;
	config[0x08] = 1;
}

static void notify_off_far(rig_t *rig, uint8_t *config)
{
	(void) config;
	rig->vm->cfg.notify_off[NET_TX] = 0x400;
}

static void notify_off_max(rig_t *rig, uint8_t *config)
{
	(void) config;
	rig->vm->cfg.notify_off[NET_RX] = 0xffff;
}

static void mult_0(rig_t *rig, uint8_t *config)
{
	rig->vm->cfg.notify_mult = 0;
	put_32(&cap(rig, config, VM_NOTIFY)[CAP_MULT], 0);
}

static void mult_2(rig_t *rig, uint8_t *config)
{
	rig->vm->cfg.notify_mult = 2;
	put_32(&cap(rig, config, VM_NOTIFY)[CAP_MULT], 2);
}

static void mult_512(rig_t *rig, uint8_t *config)
{
	rig->vm->cfg.notify_mult = 512;
	put_32(&cap(rig, config, VM_NOTIFY)[CAP_MULT], 512);
}

#define SIZE_LIE(size) \
	static void size_##size(rig_t *rig, uint8_t *config) \
	{ \
		(void) config; \
		/* 0x10000 reads as 0 */ \
		rig->vm->lie.queue_size = (size) == 0 ? 0x10000 : (size); \
	}

SIZE_LIE(0)
SIZE_LIE(3)
SIZE_LIE(255)
SIZE_LIE(32769)
SIZE_LIE(65535)

static void no_queues(rig_t *rig, uint8_t *config)
{
	(void) config;
	rig->vm->lie.num_queues = 0x10000;
}

static void one_queue(rig_t *rig, uint8_t *config)
{
	(void) config;
	rig->vm->lie.num_queues = 1;
}

static void no_ctrl_queue(rig_t *rig, uint8_t *config)
{
	(void) config;
	rig->vm->lie.num_queues = 2;
	rig->vm->cfg.num_queues = 2;
}

static void many_queues(rig_t *rig, uint8_t *config)
{
	(void) config;
	rig->vm->lie.num_queues = 0xffff;
}

static void no_version_1(rig_t *rig, uint8_t *config)
{
	(void) config;
	rig->vm->cfg.features &= ~VM_F_VERSION_1;
}

static void features_refused(rig_t *rig, uint8_t *config)
{
	(void) config;
	rig->vm->lie.refuse_features = true;
}

static void generation_runs(rig_t *rig, uint8_t *config)
{
	(void) config;
	rig->vm->lie.generation_runs = true;
}

static void no_line(rig_t *rig, uint8_t *config)
{
	(void) config;
	rig->vm->desc.irq = -1;
	rig->vm->cfg.irq = -1;
}

static void other_type(rig_t *rig, uint8_t *config)
{
	(void) rig;
	config[0x02] = 0x42;
}

static void other_subsystem(rig_t *rig, uint8_t *config)
{
	(void) rig;
	config[0x2e] = 2;
}

static void other_vendor(rig_t *rig, uint8_t *config)
{
	(void) rig;
	config[0x00] = 0xf5;
}

#define BOTH(text, outcome, fn) \
	{ text ", modern", VM_MODERN, outcome, fn }, \
	{ text ", transitional", VM_TRANSITIONAL, \
	    (outcome) == REFUSED ? FALLS_BACK : (outcome), fn }

static const pci_lie_t pci_lies[] = {
	BOTH("capability of 15 bytes", REFUSED, len_15),
	BOTH("capability of 0 bytes", REFUSED, len_0),
	BOTH("capability longer than the space", REFUSED, len_255),
	BOTH("capability longer than it must be", WORKS, len_32),
	{ "notification capability of 16 bytes, modern", VM_MODERN, WORKS,
	    notify_len_16 },
	{ "notification capability of 16 bytes, transitional",
	    VM_TRANSITIONAL, WORKS, notify_len_16 },
	BOTH("notification capability of 24 bytes", WORKS, notify_len_24),
	BOTH("BAR 6", REFUSED, bar_6),
	BOTH("BAR 255", REFUSED, bar_255),
	BOTH("BAR that does not exist", REFUSED, bar_unused),
	BOTH("BAR that is the upper half of one", REFUSED, bar_upper_half),
	BOTH("type 0", REFUSED, type_0),
	BOTH("reserved type", REFUSED, type_9),
	BOTH("no common configuration", REFUSED, no_common),
	BOTH("no notification structure", REFUSED, no_notify),
	BOTH("no ISR", REFUSED, no_isr),
	BOTH("no device configuration", WORKS, no_device),
	BOTH("list that loops to itself", REFUSED, loop_to_itself),
	BOTH("list that loops back", EITHER, loop_back),
	BOTH("list that loops at its end", WORKS, loop_of_all),
	BOTH("list that goes into the header", REFUSED, next_in_header),
	BOTH("list that goes to the end of the space", WORKS, next_at_end),
	BOTH("link with reserved bits", WORKS, next_low_bits),
	BOTH("offset past the BAR", REFUSED, offset_past_bar),
	BOTH("offset far past the BAR", REFUSED, offset_far),
	BOTH("offset and length that wrap", REFUSED, offset_wraps),
	BOTH("length past the BAR", REFUSED, length_past_bar),
	BOTH("length of 4 GiB", REFUSED, length_huge),
	BOTH("common configuration of 0 bytes", REFUSED, length_0),
	BOTH("common configuration of 55 bytes", REFUSED, length_55),
	BOTH("ISR of 0 bytes", REFUSED, isr_length_0),
	BOTH("notification structure of 1 byte", REFUSED, notify_length_1),
	{ "notification structure of 2 bytes", VM_MODERN, REFUSED,
	    notify_length_2 },
	BOTH("device configuration of 0 bytes", WORKS, device_length_0),
	BOTH("device configuration of 5 bytes", WORKS, device_length_5),
	BOTH("device configuration of 7 bytes", WORKS, device_length_7),
	BOTH("misaligned common configuration", REFUSED, common_misaligned),
	BOTH("misaligned notification structure", REFUSED,
	    notify_misaligned),
	BOTH("misaligned device configuration", WORKS, device_misaligned),
	BOTH("notification over common configuration", REFUSED,
	    overlap_common),
	BOTH("device configuration over ISR", WORKS, overlap_isr),
	{ "multiplier 0", VM_MODERN, WORKS, mult_0 },
	{ "multiplier 2", VM_MODERN, WORKS, mult_2 },
	{ "multiplier 512", VM_MODERN, WORKS, mult_512 },
	BOTH("multiplier 1", REFUSED, mult_1),
	BOTH("multiplier 3", REFUSED, mult_3),
	BOTH("multiplier 6", REFUSED, mult_6),
	BOTH("multiplier 4294967295", REFUSED, mult_max),
	{ "multiplier of 2 GiB", VM_MODERN, REFUSED, mult_huge },
	BOTH("no list of capabilities", REFUSED, no_list),
	BOTH("list in the header", REFUSED, list_in_header),
	BOTH("empty list", REFUSED, list_is_empty),
	BOTH("all ones for capabilities", REFUSED, all_ones),
	BOTH("first instance that cannot be", WORKS, bad_one_first),
	BOTH("second instance", WORKS, good_one_twice),
	BOTH("BAR that is not assigned", REFUSED, bar_unassigned),
	BOTH("BAR that is too small", REFUSED, bar_too_small),
	BOTH("BAR that is not there", REFUSED, bar_missing),
	{ "BAR that is not assigned, legacy", VM_LEGACY, REFUSED,
	    legacy_bar_unassigned },
	{ "BAR of 20 bytes, legacy", VM_LEGACY, REFUSED, legacy_bar_small },
	{ "BAR in memory, legacy", VM_LEGACY, REFUSED, legacy_bar_is_memory },
	{ "revision 1, legacy", VM_LEGACY, REFUSED, legacy_revision },
	{ "notification offset past the structure", VM_MODERN, REFUSED,
	    notify_off_far },
	{ "notification offset 65535", VM_MODERN, REFUSED, notify_off_max },
	{ "queue size 0", VM_MODERN, REFUSED, size_0 },
	{ "queue size 3", VM_MODERN, REFUSED, size_3 },
	{ "queue size 255", VM_MODERN, REFUSED, size_255 },
	{ "queue size 32769", VM_MODERN, REFUSED, size_32769 },
	{ "queue size 65535", VM_MODERN, REFUSED, size_65535 },
	{ "queue size 0, legacy", VM_LEGACY, REFUSED, size_0 },
	{ "queue size 3, legacy", VM_LEGACY, REFUSED, size_3 },
	{ "queue size 32769, legacy", VM_LEGACY, REFUSED, size_32769 },
	{ "queue size 65535, legacy", VM_LEGACY, REFUSED, size_65535 },
	{ "no queues", VM_MODERN, REFUSED, no_queues },
	{ "one queue", VM_MODERN, REFUSED, one_queue },
	{ "no control queue", VM_MODERN, WORKS, no_ctrl_queue },
	{ "no control queue, legacy", VM_LEGACY, WORKS, no_ctrl_queue },
	{ "65535 queues", VM_MODERN, WORKS, many_queues },
	{ "no VERSION_1", VM_MODERN, REFUSED, no_version_1 },
	{ "features refused", VM_MODERN, REFUSED, features_refused },
	{ "generation that never settles", VM_MODERN, EITHER,
	    generation_runs },
	{ "no interrupt line, modern", VM_MODERN, WORKS, no_line },
	{ "no interrupt line, legacy", VM_LEGACY, WORKS, no_line },
	{ "other type", VM_MODERN, REFUSED, other_type },
	{ "other type, transitional", VM_TRANSITIONAL, REFUSED,
	    other_subsystem },
	{ "other vendor", VM_MODERN, REFUSED, other_vendor }
};

TEST_ROWS(a_lie_about_itself_is_refused_or_stepped_round, pci_lie_t,
    pci_lies)
{
	rig_t *rig = rig_create(row->kind, NET_F_ALL);

	row->lie(rig, rig->vm->desc.config);
	errno_t rc = rig_add(rig);
	if (row->outcome == REFUSED)
		EXPECT(rc != EOK);
	else if (row->outcome != EITHER)
		EXPECT_EQ(rc, EOK);
	if (rc != EOK) {
		rig_check_clean(rig);
		/* Nor does the device live */
		EXPECT((rig->vm->driver_status & VM_DRIVER_OK) == 0);
		rig_destroy(rig);
		return;
	}
	if (row->outcome != EITHER)
		EXPECT_EQ(rig->vm->by_legacy, row->outcome == FALLS_BACK ||
		    row->kind == VM_LEGACY);
	rig_up(rig);
	rig_expect_traffic(rig);
	rig_end(rig);
}

TEST(a_device_that_is_given_up_is_told_so)
{
	rig_t *rig = rig_create(VM_MODERN, NET_F_ALL);

	rig->vm->lie.refuse_features = true;
	EXPECT(rig_add(rig) != EOK);
	EXPECT_EQ(rig->vm->failures, 1);
	rig_check_clean(rig);
	rig_destroy(rig);
}

TEST(a_device_of_another_type_is_left_to_another_driver)
{
	rig_t *rig = rig_create(VM_TRANSITIONAL, NET_F_ALL);

	other_subsystem(rig, rig->vm->desc.config);
	EXPECT_EQ(rig_add(rig), ENOENT);
	rig_check_clean(rig);
	rig_destroy(rig);
}

/** @}
 */
