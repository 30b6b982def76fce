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
/** @file virtio-net and a device that lies in its rings and frames
 *
 * After each lie the queue counts as broken, the device is reset, and frames
 * flow again; nothing is delivered that is not a frame.
 */

#include <errno.h>
#include <string.h>
#include <unistd.h>
#include "rig.h"

typedef struct {
	const char *name;
	vm_kind_t kind;
	uint64_t features;
	uint64_t less;
	void (*lie)(rig_t *);
	/** What the driver must say */
	const char *said;
} lie_t;

static vm_queue_t *queue(rig_t *rig, unsigned int index)
{
	return &rig->vm->queue[index];
}

/** Put an element into the used ring and interrupt. */
static void put_used(rig_t *rig, unsigned int index, uint32_t id,
    uint32_t len)
{
	vm_lock(rig->vm);
	vm_queue_put_used(rig->vm, queue(rig, index), id, len);
	vm_interrupt(rig->vm, VM_ISR_QUEUE);
	vm_unlock(rig->vm);
}

/** Move the used index and interrupt. */
static void move_idx(rig_t *rig, unsigned int index, int by)
{
	vm_queue_t *vq = queue(rig, index);

	vm_lock(rig->vm);
	vm_queue_set_used_idx(rig->vm, vq, vq->used_idx + by);
	vm_interrupt(rig->vm, VM_ISR_QUEUE);
	vm_unlock(rig->vm);
}

static void id_is_size(rig_t *rig)
{
	put_used(rig, NET_RX, 256, 72);
}

static void id_is_max(rig_t *rig)
{
	put_used(rig, NET_RX, UINT32_MAX, 72);
}

static void id_wraps(rig_t *rig)
{
	put_used(rig, NET_RX, 0x10000, 72);
}

static void id_used_twice(rig_t *rig)
{
	static const uint8_t data[24] = { [10] = 1 };

	vm_lock(rig->vm);
	vm_chain_t *chain = vm_queue_first(rig->vm, queue(rig, NET_RX));
	uint16_t head = chain->head;
	vm_chain_write(chain, 0, data, sizeof(data));
	vm_queue_use(rig->vm, queue(rig, NET_RX), chain, sizeof(data));
	put_used(rig, NET_RX, head, 72);
	vm_unlock(rig->vm);
}

/** A descriptor that is in flight, but not as the first of its chain */
static void id_is_no_head(rig_t *rig)
{
	vm_lock(rig->vm);
	vm_chain_t *chain = vm_queue_first(rig->vm, queue(rig, NET_RX));
	EXPECT(chain->count > 1 && chain->table_len == 0);
	put_used(rig, NET_RX, chain->d[0].desc.next, 72);
	vm_unlock(rig->vm);
}

static void idx_past_flight(rig_t *rig)
{
	move_idx(rig, NET_RX, 257);
}

static void idx_far(rig_t *rig)
{
	move_idx(rig, NET_RX, 0x8000);
}

static void idx_back(rig_t *rig)
{
	move_idx(rig, NET_RX, -1);
}

static void idx_without_elements(rig_t *rig)
{
	move_idx(rig, NET_RX, 100);
}

/** The driver takes back what was sent. */
static void reclaim(rig_t *rig)
{
	nic_device_stats_t stats;

	rig_stats(rig, &stats);
}

/** The driver looks at the transmit queue when it is asked what was sent, and
 * sends one more.
 */
static void look_at_tx(rig_t *rig)
{
	uint8_t frame[FRAME_MIN];

	reclaim(rig);
	rig_make_frame(rig, frame, sizeof(frame), 0, true);
	(void) rig_send_raw(rig, frame, sizeof(frame));
}

static void tx_id_not_in_flight(rig_t *rig)
{
	reclaim(rig);
	put_used(rig, NET_TX, 7, 0);
	look_at_tx(rig);
}

static void tx_idx_back(rig_t *rig)
{
	reclaim(rig);
	move_idx(rig, NET_TX, -1);
	look_at_tx(rig);
}

/** One frame is in flight: give it back in some way. */
static void tx_lie(rig_t *rig, uint32_t id, uint32_t len, bool twice)
{
	vm_queue_t *vq = queue(rig, NET_TX);

	reclaim(rig);
	vq->hold = true;
	look_at_tx(rig);
	vm_lock(rig->vm);
	vm_chain_t *chain = vm_queue_first(rig->vm, vq);
	EXPECT(chain != NULL);
	if (id == 0)
		id = chain->head;
	vm_queue_put_used(rig->vm, vq, id, len);
	if (twice)
		vm_queue_put_used(rig->vm, vq, id, len);
	vm_unlock(rig->vm);
	vq->hold = false;
	look_at_tx(rig);
}

static void tx_id_past_ring(rig_t *rig)
{
	tx_lie(rig, 256, 0, false);
}

static void tx_id_of_another(rig_t *rig)
{
	tx_lie(rig, 200, 0, false);
}

static void tx_id_twice(rig_t *rig)
{
	tx_lie(rig, 0, 0, true);
}

static void ctrl_id(rig_t *rig)
{
	rig->net->lie.ctrl_silent = true;
	put_used(rig, NET_CTRL, 300, 1);
	rig->net->lie.ctrl_silent = false;
	(void) rig->client->iface->broadcast_set_mode(rig->fun,
	    NIC_BROADCAST_ACCEPTED);
}

/** A frame of one buffer whose header says something else */
static void num_buffers(rig_t *rig, uint16_t count)
{
	uint8_t data[12 + FRAME_MIN] = { 0 };

	rig_make_frame(rig, data + 12, FRAME_MIN, 0, false);
	count = vm_16(rig->vm, count);
	memcpy(&data[10], &count, sizeof(count));
	EXPECT(net_receive_raw(rig->net, data, sizeof(data), sizeof(data)));
}

static void num_buffers_0(rig_t *rig)
{
	num_buffers(rig, 0);
}

static void num_buffers_2(rig_t *rig)
{
	num_buffers(rig, 2);
}

static void num_buffers_257(rig_t *rig)
{
	num_buffers(rig, 257);
}

static void num_buffers_max(rig_t *rig)
{
	num_buffers(rig, 65535);
}

#define LIE(text, fn, said) \
	{ text, VM_MODERN, NET_F_ALL, 0, fn, said }, \
	{ text ", flags", VM_MODERN, NET_F_ALL, VM_F_EVENT_IDX, fn, said }, \
	{ text ", legacy", VM_LEGACY, NET_F_ALL, 0, fn, said }

static const lie_t ring_lies[] = {
	LIE("used id is the queue's size", id_is_size, "used id 256"),
	LIE("used id is the largest", id_is_max, "used id"),
	LIE("used id wraps in 16 bits", id_wraps, "used id"),
	LIE("used id twice", id_used_twice, "not in flight"),
	{ "used id is no head", VM_LEGACY, 0, VM_F_ANY_LAYOUT |
	    VM_F_INDIRECT_DESC, id_is_no_head, "not in flight" },
	LIE("used index past what is in flight", idx_past_flight,
	    "used buffers 257"),
	LIE("used index far away", idx_far, "used buffers"),
	LIE("used index goes back", idx_back, "used buffers"),
	LIE("used index without elements", idx_without_elements, ""),
	LIE("sent id that is not in flight", tx_id_not_in_flight,
	    "used buffers 1"),
	LIE("sent id past the ring", tx_id_past_ring, "used id 256"),
	LIE("sent id of another buffer", tx_id_of_another, "not in flight"),
	LIE("sent id twice", tx_id_twice, "used buffers 2"),
	LIE("sent index goes back", tx_idx_back, "used buffers"),
	LIE("command's id past the ring", ctrl_id, ""),
	LIE("no buffers in a frame", num_buffers_0, "of 0 buffers"),
	LIE("more buffers in a frame than were used", num_buffers_2,
	    "of 2 buffers"),
	LIE("more buffers in a frame than there are", num_buffers_257,
	    "of 257 buffers"),
	LIE("65535 buffers in a frame", num_buffers_max, "of 65535 buffers")
};

TEST_ROWS(a_lie_in_a_ring_costs_a_reset_and_nothing_else, lie_t, ring_lies)
{
	rig_t *rig = rig_create(row->kind, row->features);

	rig->vm->cfg.features &= ~row->less;
	EXPECT_EQ(rig_add(rig), EOK);
	rig_up(rig);
	for (unsigned int i = 0; i < 3; i++) {
		rig_expect_traffic(rig);
		unsigned long received = rig->received;
		unsigned long starts = rig->vm->starts;

		row->lie(rig);
		WAIT_FOR(rig->vm->starts > starts);
		EXPECT(rig_logged(row->said));
		EXPECT(rig_logged("resetting device"));
		EXPECT_EQ(rig->received, received);
		EXPECT_EQ(rig->strange, 0);
		rig_resync(rig);
		rig_expect_traffic(rig);
		EXPECT_EQ(rig->vm->starts, starts + 1);
	}
	EXPECT_EQ(rig_state(rig), NIC_STATE_ACTIVE);
	rig_end(rig);
}

typedef struct {
	const char *name;
	uint16_t queue;
} ring_row_t;

static const ring_row_t rings[] = {
	{ "of received frames", NET_RX },
	{ "of sent frames", NET_TX }
};

/** Lie in a ring, and have somebody look at it. */
static void lie_in(rig_t *rig, const ring_row_t *row)
{
	nic_device_stats_t stats;

	move_idx(rig, row->queue, 0x4000);
	rig_stats(rig, &stats);
}

TEST_ROWS(a_device_that_always_lies_is_given_up, ring_row_t, rings)
{
	rig_t *rig = rig_start(VM_MODERN, NET_F_ALL);
	uint8_t frame[FRAME_MIN];

	for (unsigned int i = 0; !rig_logged("given up"); i++) {
		unsigned long starts = rig->vm->starts;

		EXPECT(i < 50);
		WAIT_FOR(rig->vm->queue[NET_RX].enabled);
		lie_in(rig, row);
		WAIT_FOR(rig->vm->starts > starts || rig_logged("given up"));
	}
	/* The device is silent */
	WAIT_FOR(rig->vm->status == 0 && !rig->vm->resetting);
	EXPECT_EQ(rig_cable(rig), NIC_CS_UNKNOWN);
	rig_make_frame(rig, frame, sizeof(frame), 0, true);
	(void) rig_send_raw(rig, frame, sizeof(frame));
	EXPECT(!rig_receive(rig, 60));
	EXPECT_EQ(rig->strange, 0);

	/* It is tried as often as at first */
	rig_revive(rig);
	for (unsigned int i = 0; i < 4; i++) {
		unsigned long starts = rig->vm->starts;

		lie_in(rig, row);
		WAIT_FOR(rig->vm->starts == starts + 1);
		rig_resync(rig);
	}
	EXPECT_EQ(rig_count_logged("given up"), 1);
	rig_end(rig);
}

TEST(a_legacy_device_may_say_a_wrong_length)
{
	rig_t *rig = rig_start(VM_LEGACY, NET_F_MAC);
	unsigned long starts = rig->vm->starts;
	nic_device_stats_t stats;

	EXPECT(net_receive_raw(rig->net, "\0\0\0\0\0\0\0\0\0\0", 10, 3000));
	do {
		rig_stats(rig, &stats);
	} while (stats.receive_length_errors == 0);
	rig_expect_traffic(rig);
	EXPECT_EQ(rig->vm->starts, starts);
	rig_end(rig);
}

typedef struct {
	const char *name;
	vm_kind_t kind;
	uint64_t features;
	/** Used length, or what the header's length is less than */
	uint32_t used;
	uint32_t less;
} empty_t;

#define EMPTY(text, kind, features) \
	{ text ", nothing", kind, features, 0, 0 }, \
	{ text ", one byte", kind, features, 1, 0 }, \
	{ text ", less than a header", kind, features, 0, 1 }

static const empty_t empties[] = {
	EMPTY("modern", VM_MODERN, NET_F_ALL),
	EMPTY("without mergeable buffers", VM_MODERN, NET_F_MAC),
	EMPTY("legacy", VM_LEGACY, NET_F_ALL),
	EMPTY("legacy, bare", VM_LEGACY, 0)
};

/** As a device gives a buffer back whose frame it dropped. What is in the
 * buffer is of an earlier frame, or mad.
 */
TEST_ROWS(a_buffer_that_comes_back_without_a_frame_is_a_counted_error, empty_t,
    empties)
{
	rig_t *rig = rig_start(row->kind, row->features);
	unsigned long starts = rig->vm->starts;
	uint32_t used = row->less > 0 ? net_hdr_len(rig->net) - row->less :
	    row->used;
	nic_device_stats_t stats;

	for (unsigned int i = 1; i <= 1000; i++) {
		EXPECT(net_receive_raw(rig->net,
		    "\0\0\0\0\0\0\0\0\0\0\xff\xff", 12, used));
		do {
			rig_stats(rig, &stats);
		} while (stats.receive_length_errors < i);
	}
	EXPECT_EQ(stats.receive_errors, 1000);
	EXPECT_EQ(rig->received + rig->strange, 0);
	rig_expect_traffic(rig);
	EXPECT_EQ(rig->vm->starts, starts);
	rig_end(rig);
}

typedef struct {
	const char *name;
	vm_kind_t kind;
	uint64_t features;
	/** Header of a frame */
	uint8_t flags;
	uint8_t gso_type;
	bool received;
} header_t;

#define HEADER(text, flags, gso, received) \
	{ text, VM_MODERN, NET_F_ALL, flags, gso, received }, \
	{ text ", legacy", VM_LEGACY, NET_F_MAC, flags, gso, received }

static const header_t headers[] = {
	HEADER("nothing", 0, 0, true),
	HEADER("flags DATA_VALID", 2, 0, true),
	HEADER("flags that are not known", 0xf8, 0, true),
	HEADER("flags NEEDS_CSUM", 1, 0, false),
	HEADER("gso_type TCPV4", 0, 1, false),
	HEADER("gso_type UDP", 1, 3, false),
	HEADER("gso_type 255", 255, 255, false)
};

TEST_ROWS(a_frame_that_needs_an_offload_is_counted_and_dropped, header_t,
    headers)
{
	rig_t *rig = rig_start(row->kind, row->features);
	unsigned long starts = rig->vm->starts;
	nic_device_stats_t stats;

	rig->net->lie.header = (net_hdr_t) {
		.flags = row->flags,
		.gso_type = row->gso_type,
		.hdr_len = 0xffff,
		.gso_size = 0xffff,
		.csum_start = 0xffff,
		.csum_offset = 0xffff,
		.num_buffers = 1
	};
	rig->net->lie.bad_header = true;
	for (unsigned int i = 0; i < 300; i++) {
		EXPECT(rig_receive(rig, 600));
		do {
			rig_stats(rig, &stats);
		} while (stats.receive_packets + stats.receive_errors != i +
		    1);
	}
	EXPECT_EQ(stats.receive_packets, row->received ? 300 : 0);
	/* A frame is counted just before it is delivered */
	WAIT_FOR(rig->received == stats.receive_packets);
	rig->net->lie.bad_header = false;
	rig->last_number = rig->next_in - 1;
	rig_expect_traffic(rig);
	EXPECT_EQ(rig->vm->starts, starts);
	rig_end(rig);
}

static const header_t runt_kinds[] = {
	{ "modern", VM_MODERN, NET_F_ALL, 0, 0, false },
	{ "without mergeable buffers", VM_MODERN, NET_F_MAC, 0, 0, false },
	{ "legacy", VM_LEGACY, NET_F_MAC, 0, 0, false }
};

TEST_ROWS(runts_and_giants_are_counted_and_dropped, header_t, runt_kinds)
{
	static const size_t lengths[] = {
		0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13,
		1519, 1520, 1600, 2036
	};
	rig_t *rig = rig_start(row->kind, row->features);
	unsigned long starts = rig->vm->starts;
	static uint8_t frame[2048];
	nic_device_stats_t stats;
	unsigned int count = 0;

	memcpy(frame, rig->mac.address, 6);
	for (unsigned int i = 0; i < 20; i++) {
		for (size_t j = 0; j < sizeof(lengths) / sizeof(lengths[0]);
		    j++) {
			EXPECT(net_receive(rig->net, frame, lengths[j]));
			count++;
			do {
				rig_stats(rig, &stats);
			} while (stats.receive_length_errors != count);
		}
	}
	EXPECT_EQ(stats.receive_packets, 0);
	EXPECT_EQ(rig->received + rig->strange, 0);
	rig_expect_traffic(rig);
	EXPECT_EQ(rig->vm->starts, starts);
	rig_end(rig);
}

/** More than one of the largest MTU has */
TEST(a_frame_of_too_many_buffers_is_counted_and_dropped)
{
	rig_t *rig = rig_start(VM_MODERN, NET_F_ALL);
	static uint8_t frame[40 * 2048];
	nic_device_stats_t stats;

	memcpy(frame, rig->mac.address, 6);
	EXPECT(net_receive(rig->net, frame, sizeof(frame)));
	rig_expect_traffic(rig);
	rig_stats(rig, &stats);
	EXPECT_EQ(stats.receive_length_errors, 1);
	rig_end(rig);
}

TEST(the_shortest_frames_are_delivered)
{
	rig_t *rig = rig_start(VM_MODERN, NET_F_ALL);
	uint8_t frame[FRAME_MIN] = { 0 };

	memcpy(frame, rig->mac.address, 6);
	for (size_t size = 14; size < FRAME_MIN; size++) {
		EXPECT(net_receive(rig->net, frame, size));
		WAIT_FOR(rig->strange == size - 13);
	}
	rig->strange = 0;
	rig_end(rig);
}

/** Overwrite what a device has no business to write. */
static void scribble(rig_t *rig, unsigned int index, uint8_t byte)
{
	vm_queue_t *vq = queue(rig, index);

	for (uint32_t i = 0; i < 16U * vq->size; i++)
		host_dma_write_8(vq->desc + i, byte ^ i);
	for (uint32_t i = 0; i < 2U * vq->size + 6; i++)
		host_dma_write_8(vq->avail + i, byte ^ i);
}

static const header_t scribbles[] = {
	{ "modern", VM_MODERN, NET_F_ALL, 0, 0, false },
	{ "modern, flags", VM_MODERN, NET_F_MAC, 0, 0, false },
	{ "legacy", VM_LEGACY, NET_F_ALL, 0, 0, false }
};

TEST_ROWS(scribbles_in_the_driver_s_rings_do_not_lead_it_astray, header_t,
    scribbles)
{
	rig_t *rig = rig_create(row->kind, row->features);

	if (row->features == NET_F_MAC)
		rig->vm->cfg.features &= ~VM_F_EVENT_IDX;
	rig->vm->cfg.queue_size[NET_RX] = 64;
	rig->vm->cfg.queue_size[NET_TX] = 64;
	EXPECT_EQ(rig_add(rig), EOK);
	rig_up(rig);
	rig_expect_traffic(rig);
	rig->vm->lie.scribbles = true;
	for (unsigned int i = 0; i < 200; i++) {
		/* The device knows its buffers by heart, not by the rings */
		vm_lock(rig->vm);
		vm_queue_look(rig->vm, queue(rig, NET_RX));
		vm_queue_look(rig->vm, queue(rig, NET_TX));
		uint64_t idx = queue(rig, NET_RX)->avail + 2;
		scribble(rig, NET_RX, i);
		host_dma_write_16(idx, queue(rig, NET_RX)->seen);
		idx = queue(rig, NET_TX)->avail + 2;
		scribble(rig, NET_TX, i);
		host_dma_write_16(idx, queue(rig, NET_TX)->seen);
		EXPECT(rig_receive(rig, 60 + i));
		vm_interrupt(rig->vm, VM_ISR_QUEUE);
		vm_unlock(rig->vm);
		WAIT_FOR(rig->received == 8 + i);
		EXPECT_EQ(rig_send(rig, 60 + i), EOK);
		/* It may have missed the notification */
		net_transmit(rig->net, SIZE_MAX);
		WAIT_FOR(rig->sent == 8 + i);
	}
	rig_end(rig);
}

/** @}
 */
