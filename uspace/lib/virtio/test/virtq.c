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

#include <barrier.h>
#include <byteorder.h>
#include <macros.h>
#include <mem.h>
#include <pcut/pcut.h>
#include "../private/ring.h"

PCUT_INIT;

PCUT_TEST_SUITE(virtq);

/*
 * The device is this file: a transport that answers from variables, and
 * functions that write the used ring as a device would.
 */

static uint16_t device_size;
static unsigned int notifications;
static errno_t enable_result;
static ioport16_t doorbell;

static uint16_t get_queue_size(virtio_dev_t *vdev, uint16_t index)
{
	return index == 0 ? device_size : 0;
}

static errno_t enable_queue(virtio_dev_t *vdev,
    const virtio_queue_addr_t *queue, ioport16_t **notify)
{
	*notify = &doorbell;
	return enable_result;
}

static void notify(ioport16_t *reg, uint16_t index)
{
	notifications++;
}

static const virtio_transport_t fake_modern = {
	.get_queue_size = get_queue_size,
	.enable_queue = enable_queue,
	.notify = notify,
	.size_negotiable = true
};

static const virtio_transport_t fake_legacy = {
	.get_queue_size = get_queue_size,
	.enable_queue = enable_queue,
	.notify = notify,
	.native_endian = true
};

static virtio_dev_t dev;
static virtq_t *vq;

static const virtq_seg_t seg_in = { .phys = 0x10000, .len = 2048 };
static const virtq_seg_t segs3[] = {
	{ .phys = 0x10000, .len = 16 },
	{ .phys = 0x20000, .len = 512 },
	{ .phys = 0x30000, .len = 1 }
};

static void create(uint16_t size, uint16_t max_segs, uint64_t features)
{
	device_size = size;
	dev.features = features;
	PCUT_ASSERT_ERRNO_VAL(EOK, virtq_create(&dev, 0, size, max_segs, &vq));
}

/** The device uses a buffer. */
static void use(uint32_t id, uint32_t len)
{
	uint16_t idx = uint16_t_le2host(vq->used->idx);
	virtq_used_elem_t *elem = &vq->used->ring[idx & (vq->size - 1)];

	elem->id = host2uint32_t_le(id);
	elem->len = host2uint32_t_le(len);
	write_barrier();
	vq->used->idx = host2uint16_t_le(idx + 1);
}

/** Head of the n-th buffer that was ever published */
static uint16_t head(uint16_t n)
{
	return uint16_t_le2host(vq->avail->ring[n & (vq->size - 1)]);
}

static errno_t pop(void)
{
	size_t cookie;
	uint32_t len;
	return virtq_pop(vq, &cookie, &len);
}

PCUT_TEST_BEFORE
{
	memset(&dev, 0, sizeof(dev));
	dev.name = "test";
	dev.transport = &fake_modern;
	dev.still = true;
	notifications = 0;
	enable_result = EOK;
	vq = NULL;
}

PCUT_TEST_AFTER
{
	virtq_destroy(vq);
}

PCUT_TEST(size_that_is_no_power_of_2_is_refused)
{
	static const uint16_t bad[] = { 0, 3, 255, 32769, 65535 };

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		device_size = bad[i];
		PCUT_ASSERT_ERRNO_VAL(ENOENT,
		    virtq_create(&dev, 0, 256, 1, &vq));
	}
	PCUT_ASSERT_NULL(vq);
}

PCUT_TEST(modern_queue_is_made_smaller_than_the_device_offers)
{
	device_size = 1024;
	PCUT_ASSERT_ERRNO_VAL(EOK, virtq_create(&dev, 0, 100, 1, &vq));
	PCUT_ASSERT_INT_EQUALS(64, virtq_capacity(vq));
}

PCUT_TEST(legacy_queue_has_the_size_of_the_device)
{
	dev.transport = &fake_legacy;
	device_size = 1024;
	PCUT_ASSERT_ERRNO_VAL(EOK, virtq_create(&dev, 0, 100, 1, &vq));
	PCUT_ASSERT_INT_EQUALS(1024, virtq_capacity(vq));
}

PCUT_TEST(buffer_that_is_longer_than_its_queue_is_refused)
{
	create(2, 3, VIRTIO_F_INDIRECT_DESC);
	PCUT_ASSERT_ERRNO_VAL(ELIMIT, virtq_add(vq, segs3, 1, 2, 0));
	PCUT_ASSERT_ERRNO_VAL(EOK, virtq_add(vq, segs3, 1, 1, 0));
}

PCUT_TEST(queue_that_cannot_be_enabled_leaves_nothing_behind)
{
	device_size = 16;
	enable_result = EIO;
	PCUT_ASSERT_ERRNO_VAL(EIO, virtq_create(&dev, 0, 16, 1, &vq));
	PCUT_ASSERT_NULL(vq);
}

PCUT_TEST(buffer_is_not_seen_before_the_kick)
{
	create(16, 1, 0);
	PCUT_ASSERT_ERRNO_VAL(EOK, virtq_add(vq, &seg_in, 0, 1, 0));
	PCUT_ASSERT_INT_EQUALS(0, vq->avail->idx);
	virtq_kick(vq);
	PCUT_ASSERT_INT_EQUALS(1, uint16_t_le2host(vq->avail->idx));
}

PCUT_TEST(batch_is_notified_once)
{
	create(16, 1, 0);
	for (size_t i = 0; i < 16; i++)
		PCUT_ASSERT_ERRNO_VAL(EOK, virtq_add(vq, &seg_in, 0, 1, i));
	virtq_kick(vq);
	virtq_kick(vq);
	PCUT_ASSERT_INT_EQUALS(1, notifications);
}

PCUT_TEST(device_that_asks_for_no_notification_gets_none)
{
	create(16, 1, 0);
	vq->used->flags = host2uint16_t_le(VIRTQ_USED_F_NO_NOTIFY);
	PCUT_ASSERT_ERRNO_VAL(EOK, virtq_add(vq, &seg_in, 0, 1, 0));
	virtq_kick(vq);
	PCUT_ASSERT_INT_EQUALS(0, notifications);
}

PCUT_TEST(avail_event_says_which_buffer_is_notified)
{
	create(16, 1, VIRTIO_F_EVENT_IDX);
	/* With EVENT_IDX the flag means nothing */
	vq->used->flags = host2uint16_t_le(VIRTQ_USED_F_NO_NOTIFY);
	*vq->avail_event = host2uint16_t_le(2);

	for (size_t i = 0; i < 2; i++) {
		PCUT_ASSERT_ERRNO_VAL(EOK, virtq_add(vq, &seg_in, 0, 1, i));
		virtq_kick(vq);
	}
	PCUT_ASSERT_INT_EQUALS(0, notifications);

	PCUT_ASSERT_ERRNO_VAL(EOK, virtq_add(vq, &seg_in, 0, 1, 2));
	virtq_kick(vq);
	PCUT_ASSERT_INT_EQUALS(1, notifications);

	/* A batch that moves past the event is notified as well */
	*vq->avail_event = host2uint16_t_le(5);
	for (size_t i = 3; i < 10; i++)
		PCUT_ASSERT_ERRNO_VAL(EOK, virtq_add(vq, &seg_in, 0, 1, i));
	virtq_kick(vq);
	PCUT_ASSERT_INT_EQUALS(2, notifications);

	/* The one just before it was the last that the device asked for */
	*vq->avail_event = host2uint16_t_le(9);
	PCUT_ASSERT_ERRNO_VAL(EOK, virtq_add(vq, &seg_in, 0, 1, 10));
	virtq_kick(vq);
	PCUT_ASSERT_INT_EQUALS(2, notifications);
}

PCUT_TEST(full_queue_takes_no_more)
{
	create(4, 1, 0);
	for (size_t i = 0; i < 4; i++)
		PCUT_ASSERT_ERRNO_VAL(EOK, virtq_add(vq, &seg_in, 0, 1, i));
	PCUT_ASSERT_ERRNO_VAL(ELIMIT, virtq_add(vq, &seg_in, 0, 1, 4));
}

PCUT_TEST(as_many_completions_as_entries_are_all_seen)
{
	create(8, 1, 0);
	for (size_t i = 0; i < 8; i++)
		PCUT_ASSERT_ERRNO_VAL(EOK, virtq_add(vq, &seg_in, 0, 1, i));
	virtq_kick(vq);
	for (uint16_t i = 0; i < 8; i++)
		use(head(i), 100 + i);

	PCUT_ASSERT_TRUE(virtq_has_used(vq));
	for (size_t i = 0; i < 8; i++) {
		size_t cookie;
		uint32_t len;
		PCUT_ASSERT_ERRNO_VAL(EOK, virtq_pop(vq, &cookie, &len));
		PCUT_ASSERT_INT_EQUALS(i, cookie);
		PCUT_ASSERT_INT_EQUALS(100 + i, len);
	}
	PCUT_ASSERT_ERRNO_VAL(ENOENT, pop());
}

PCUT_TEST(buffers_may_be_used_out_of_order)
{
	size_t cookie;
	uint32_t len;

	create(8, 3, 0);
	PCUT_ASSERT_ERRNO_VAL(EOK, virtq_add(vq, segs3, 1, 2, 7));
	PCUT_ASSERT_ERRNO_VAL(EOK, virtq_add(vq, segs3, 1, 2, 8));
	virtq_kick(vq);
	use(head(1), 0);
	use(head(0), 513);

	PCUT_ASSERT_ERRNO_VAL(EOK, virtq_pop(vq, &cookie, &len));
	PCUT_ASSERT_INT_EQUALS(8, cookie);
	PCUT_ASSERT_ERRNO_VAL(EOK, virtq_pop(vq, &cookie, &len));
	PCUT_ASSERT_INT_EQUALS(7, cookie);
	PCUT_ASSERT_INT_EQUALS(513, len);

	/* All descriptors are back */
	PCUT_ASSERT_ERRNO_VAL(EOK, virtq_add(vq, segs3, 1, 2, 0));
	PCUT_ASSERT_ERRNO_VAL(EOK, virtq_add(vq, segs3, 1, 2, 0));
	PCUT_ASSERT_ERRNO_VAL(ELIMIT, virtq_add(vq, segs3, 1, 2, 0));
}

PCUT_TEST(chain_is_linked_with_readable_part_first)
{
	create(8, 3, 0);
	PCUT_ASSERT_ERRNO_VAL(EOK, virtq_add(vq, segs3, 2, 1, 0));
	virtq_kick(vq);

	virtq_desc_t *desc = &vq->desc[head(0)];
	PCUT_ASSERT_INT_EQUALS(VIRTQ_DESC_F_NEXT,
	    uint16_t_le2host(desc->flags));
	desc = &vq->desc[uint16_t_le2host(desc->next)];
	PCUT_ASSERT_INT_EQUALS(VIRTQ_DESC_F_NEXT,
	    uint16_t_le2host(desc->flags));
	PCUT_ASSERT_INT_EQUALS(512, uint32_t_le2host(desc->len));
	desc = &vq->desc[uint16_t_le2host(desc->next)];
	PCUT_ASSERT_INT_EQUALS(VIRTQ_DESC_F_WRITE,
	    uint16_t_le2host(desc->flags));
}

PCUT_TEST(indirect_buffer_takes_one_descriptor)
{
	create(4, 3, VIRTIO_F_INDIRECT_DESC);
	for (size_t i = 0; i < 4; i++)
		PCUT_ASSERT_ERRNO_VAL(EOK, virtq_add(vq, segs3, 1, 2, i));
	PCUT_ASSERT_ERRNO_VAL(ELIMIT, virtq_add(vq, segs3, 1, 2, 4));
	virtq_kick(vq);

	virtq_desc_t *desc = &vq->desc[head(1)];
	PCUT_ASSERT_INT_EQUALS(VIRTQ_DESC_F_INDIRECT,
	    uint16_t_le2host(desc->flags));
	PCUT_ASSERT_INT_EQUALS(3 * sizeof(virtq_desc_t),
	    uint32_t_le2host(desc->len));

	use(head(1), 513);
	PCUT_ASSERT_ERRNO_VAL(EOK, pop());
}

PCUT_TEST(indirect_tables_are_apart_and_in_their_memory)
{
	uintptr_t last_end;

	create(8, 3, VIRTIO_F_INDIRECT_DESC);
	last_end = vq->tables.phys;
	for (size_t i = 0; i < 8; i++)
		PCUT_ASSERT_ERRNO_VAL(EOK, virtq_add(vq, segs3, 1, 2, i));
	for (size_t i = 0; i < 8; i++) {
		uintptr_t addr = uint64_t_le2host(vq->desc[i].addr);

		PCUT_ASSERT_TRUE(addr >= last_end);
		last_end = addr + uint32_t_le2host(vq->desc[i].len);
	}
	PCUT_ASSERT_TRUE(last_end <= vq->tables.phys + vq->tables.size);
}

PCUT_TEST(descriptors_that_came_back_are_all_there_again)
{
	static const uint16_t order[] = { 2, 0, 3, 1 };
	bool taken[4] = { false };

	create(4, 1, 0);
	PCUT_ASSERT_ERRNO_VAL(EOK, virtq_add(vq, &seg_in, 0, 1, 0));
	virtq_kick(vq);
	use(head(0), 0);
	PCUT_ASSERT_ERRNO_VAL(EOK, pop());

	for (size_t round = 0; round < 2; round++) {
		for (size_t i = 0; i < 4; i++) {
			PCUT_ASSERT_ERRNO_VAL(EOK,
			    virtq_add(vq, &seg_in, 0, 1, i));
		}
		virtq_kick(vq);
		memset(taken, 0, sizeof(taken));
		for (size_t i = 0; i < 4; i++) {
			uint16_t id = head(1 + 4 * round + i);

			PCUT_ASSERT_TRUE(id < 4);
			PCUT_ASSERT_FALSE(taken[id]);
			taken[id] = true;
		}
		for (size_t i = 0; i < 4; i++) {
			use(order[i], 0);
			PCUT_ASSERT_ERRNO_VAL(EOK, pop());
		}
	}
}

PCUT_TEST(descriptors_in_flight_are_not_given_out)
{
	create(4, 1, 0);
	for (size_t i = 0; i < 4; i++)
		PCUT_ASSERT_ERRNO_VAL(EOK, virtq_add(vq, &seg_in, 0, 1, i));
	virtq_kick(vq);
	use(2, 0);
	use(0, 0);
	for (size_t i = 0; i < 2; i++)
		PCUT_ASSERT_ERRNO_VAL(EOK, pop());

	for (size_t i = 0; i < 2; i++)
		PCUT_ASSERT_ERRNO_VAL(EOK, virtq_add(vq, &seg_in, 0, 1, i));
	PCUT_ASSERT_INT_EQUALS(2, head(4) + head(5));
	PCUT_ASSERT_TRUE(head(4) == 0 || head(4) == 2);
}

PCUT_TEST(used_id_past_ring_breaks_queue)
{
	create(8, 1, 0);
	PCUT_ASSERT_ERRNO_VAL(EOK, virtq_add(vq, &seg_in, 0, 1, 0));
	virtq_kick(vq);
	use(8, 0);

	PCUT_ASSERT_ERRNO_VAL(EIO, pop());
	PCUT_ASSERT_TRUE(virtq_is_broken(vq));
	PCUT_ASSERT_ERRNO_VAL(EIO, virtq_add(vq, &seg_in, 0, 1, 0));
	PCUT_ASSERT_FALSE(virtq_has_used(vq));
}

PCUT_TEST(broken_queue_is_neither_filled_nor_notified)
{
	create(8, 1, 0);
	PCUT_ASSERT_ERRNO_VAL(EOK, virtq_add(vq, &seg_in, 0, 1, 0));
	virtq_break(vq);
	virtq_kick(vq);
	PCUT_ASSERT_INT_EQUALS(0, notifications);
	PCUT_ASSERT_INT_EQUALS(0, vq->avail->idx);
	PCUT_ASSERT_ERRNO_VAL(EIO, virtq_add(vq, &seg_in, 0, 1, 0));
	PCUT_ASSERT_ERRNO_VAL(EIO, pop());
	PCUT_ASSERT_FALSE(virtq_enable_irq(vq));
}

PCUT_TEST(used_id_that_was_never_published_breaks_queue)
{
	create(8, 1, 0);
	PCUT_ASSERT_ERRNO_VAL(EOK, virtq_add(vq, &seg_in, 0, 1, 0));
	virtq_kick(vq);
	/* Added, but not published */
	PCUT_ASSERT_ERRNO_VAL(EOK, virtq_add(vq, &seg_in, 0, 1, 1));
	use(head(1), 0);
	PCUT_ASSERT_ERRNO_VAL(EIO, pop());
}

PCUT_TEST(used_id_twice_breaks_queue)
{
	create(8, 1, 0);
	PCUT_ASSERT_ERRNO_VAL(EOK, virtq_add(vq, &seg_in, 0, 1, 0));
	PCUT_ASSERT_ERRNO_VAL(EOK, virtq_add(vq, &seg_in, 0, 1, 1));
	virtq_kick(vq);
	use(head(0), 0);
	use(head(0), 0);
	PCUT_ASSERT_ERRNO_VAL(EOK, pop());
	PCUT_ASSERT_ERRNO_VAL(EIO, pop());
}

PCUT_TEST(used_id_in_the_middle_of_a_chain_breaks_queue)
{
	create(8, 3, 0);
	PCUT_ASSERT_ERRNO_VAL(EOK, virtq_add(vq, segs3, 1, 2, 0));
	virtq_kick(vq);
	use(uint16_t_le2host(vq->desc[head(0)].next), 0);
	PCUT_ASSERT_ERRNO_VAL(EIO, pop());
}

PCUT_TEST(used_length_is_cut_to_the_writable_part)
{
	static const uint32_t raw[] = { 0, 513, 514, 100000, UINT32_MAX };
	static const uint32_t cut[] = { 0, 513, 513, 513, 513 };
	size_t cookie;
	uint32_t len;

	create(8, 3, 0);
	for (size_t i = 0; i < ARRAY_SIZE(raw); i++) {
		PCUT_ASSERT_ERRNO_VAL(EOK, virtq_add(vq, segs3, 1, 2, i));
		virtq_kick(vq);
		use(head(i), raw[i]);
		PCUT_ASSERT_ERRNO_VAL(EOK, virtq_pop(vq, &cookie, &len));
		PCUT_ASSERT_INT_EQUALS(i, cookie);
		PCUT_ASSERT_INT_EQUALS(cut[i], len);
	}
}

PCUT_TEST(used_length_of_a_buffer_that_is_only_read_is_0)
{
	size_t cookie;
	uint32_t len;

	create(8, 3, 0);
	PCUT_ASSERT_ERRNO_VAL(EOK, virtq_add(vq, segs3, 3, 0, 0));
	virtq_kick(vq);
	use(head(0), 529);
	PCUT_ASSERT_ERRNO_VAL(EOK, virtq_pop(vq, &cookie, &len));
	PCUT_ASSERT_INT_EQUALS(0, len);
}

PCUT_TEST(used_index_past_what_is_in_flight_breaks_queue)
{
	create(8, 1, 0);
	PCUT_ASSERT_ERRNO_VAL(EOK, virtq_add(vq, &seg_in, 0, 1, 0));
	virtq_kick(vq);
	vq->used->idx = host2uint16_t_le(2);
	PCUT_ASSERT_ERRNO_VAL(EIO, pop());
}

PCUT_TEST(used_index_that_goes_back_breaks_queue)
{
	create(8, 1, 0);
	for (size_t i = 0; i < 2; i++)
		PCUT_ASSERT_ERRNO_VAL(EOK, virtq_add(vq, &seg_in, 0, 1, i));
	virtq_kick(vq);
	use(head(0), 0);
	PCUT_ASSERT_ERRNO_VAL(EOK, pop());
	vq->used->idx = 0;
	PCUT_ASSERT_ERRNO_VAL(EIO, pop());
}

PCUT_TEST(links_that_the_device_overwrites_are_not_followed)
{
	create(8, 3, 0);
	PCUT_ASSERT_ERRNO_VAL(EOK, virtq_add(vq, segs3, 1, 2, 0));
	virtq_kick(vq);
	uint16_t h = head(0);
	for (size_t i = 0; i < 8; i++)
		vq->desc[i].next = host2uint16_t_le(0xffff);
	use(h, 0);
	PCUT_ASSERT_ERRNO_VAL(EOK, pop());
	PCUT_ASSERT_ERRNO_VAL(EOK, virtq_add(vq, segs3, 1, 2, 0));
	PCUT_ASSERT_ERRNO_VAL(EOK, virtq_add(vq, segs3, 1, 2, 0));
	PCUT_ASSERT_ERRNO_VAL(ELIMIT, virtq_add(vq, segs3, 1, 2, 0));
}

PCUT_TEST(indices_wrap)
{
	create(8, 1, VIRTIO_F_EVENT_IDX);
	for (size_t i = 0; i < 70000; i++) {
		size_t cookie;
		uint32_t len;
		PCUT_ASSERT_ERRNO_VAL(EOK, virtq_add(vq, &seg_in, 0, 1, i));
		virtq_kick(vq);
		use(head((uint16_t) i), 1);
		PCUT_ASSERT_ERRNO_VAL(EOK, virtq_pop(vq, &cookie, &len));
		PCUT_ASSERT_INT_EQUALS(i, cookie);
	}
	PCUT_ASSERT_ERRNO_VAL(ENOENT, pop());
}

PCUT_TEST(queue_of_the_greatest_size_works)
{
	create(VIRTQ_SIZE_MAX, 1, 0);
	for (size_t i = 0; i < VIRTQ_SIZE_MAX; i++)
		PCUT_ASSERT_ERRNO_VAL(EOK, virtq_add(vq, &seg_in, 0, 1, i));
	virtq_kick(vq);
	for (uint32_t i = 0; i < VIRTQ_SIZE_MAX; i++)
		use(head(i), 0);
	for (size_t i = 0; i < VIRTQ_SIZE_MAX; i++)
		PCUT_ASSERT_ERRNO_VAL(EOK, pop());
	PCUT_ASSERT_ERRNO_VAL(ENOENT, pop());
}

PCUT_TEST(enabling_interrupts_sees_what_was_used_meanwhile)
{
	create(8, 1, 0);
	PCUT_ASSERT_ERRNO_VAL(EOK, virtq_add(vq, &seg_in, 0, 1, 0));
	virtq_kick(vq);

	virtq_disable_irq(vq);
	PCUT_ASSERT_INT_EQUALS(VIRTQ_AVAIL_F_NO_INTERRUPT,
	    uint16_t_le2host(vq->avail->flags));
	PCUT_ASSERT_FALSE(virtq_enable_irq(vq));
	PCUT_ASSERT_INT_EQUALS(0, vq->avail->flags);

	virtq_disable_irq(vq);
	use(head(0), 0);
	PCUT_ASSERT_TRUE(virtq_enable_irq(vq));
}

PCUT_TEST(used_event_asks_for_the_next_buffer)
{
	create(8, 1, VIRTIO_F_EVENT_IDX);
	PCUT_ASSERT_ERRNO_VAL(EOK, virtq_add(vq, &seg_in, 0, 1, 0));
	virtq_kick(vq);
	use(head(0), 0);
	PCUT_ASSERT_ERRNO_VAL(EOK, pop());

	PCUT_ASSERT_FALSE(virtq_enable_irq(vq));
	PCUT_ASSERT_INT_EQUALS(1, uint16_t_le2host(*vq->used_event));
	virtq_disable_irq(vq);
	PCUT_ASSERT_INT_EQUALS(0, uint16_t_le2host(*vq->used_event));
	PCUT_ASSERT_INT_EQUALS(0, vq->avail->flags);
}

PCUT_EXPORT(virtq);
