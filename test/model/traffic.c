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
/** @file virtio-net: frames, bursts, full rings, notifications, interrupts
 */

#include <errno.h>
#include <host/model.h>
#include <pthread.h>
#include <string.h>
#include <unistd.h>
#include "rig.h"

typedef struct {
	const char *name;
	vm_kind_t kind;
	uint64_t features;
	uint64_t less;
	unsigned int count;
	uint16_t queue_size;
} burst_t;

static const burst_t bursts[] = {
	{ "8 of 256", VM_MODERN, NET_F_ALL, 0, 8, 256 },
	{ "256 of 256", VM_MODERN, NET_F_ALL, 0, 256, 256 },
	{ "512 of 512", VM_MODERN, NET_F_ALL, 0, 512, 512 },
	{ "512 of 1024", VM_MODERN, NET_F_ALL, 0, 512, 1024 },
	{ "1024 of 1024", VM_MODERN, NET_F_ALL, 0, 1024, 1024 },
	{ "8 of 8", VM_MODERN, NET_F_ALL, 0, 8, 8 },
	{ "256 of 256 without event index", VM_MODERN, NET_F_ALL,
	    VM_F_EVENT_IDX, 256, 256 },
	{ "256 of 256 without mergeable buffers", VM_MODERN,
	    NET_F_ALL & ~NET_F_MRG_RXBUF, 0, 256, 256 },
	{ "256 of 256 on a legacy device", VM_LEGACY, NET_F_ALL, 0, 256, 256 },
	{ "256 of 256 on a legacy device with indirect descriptors only",
	    VM_LEGACY, 0, VM_F_ANY_LAYOUT, 256, 256 },
	{ "128 of 256 on a legacy device with two descriptors a frame",
	    VM_LEGACY, 0, VM_F_ANY_LAYOUT | VM_F_INDIRECT_DESC, 128, 256 }
};

TEST_ROWS(a_burst_is_received_without_loss_ten_times, burst_t, bursts)
{
	rig_t *rig = rig_create(row->kind, row->features);
	nic_device_stats_t stats;

	rig->vm->cfg.features &= ~row->less;
	rig->vm->cfg.queue_size[NET_RX] = row->queue_size;
	EXPECT_EQ(rig_add(rig), EOK);
	rig_up(rig);
	for (unsigned int i = 1; i <= 10; i++) {
		WAIT_FOR(rig->vm->queue[NET_RX].seen -
		    rig->vm->queue[NET_RX].used_idx >= (int) row->count);
		EXPECT_EQ(rig_receive_burst(rig, row->count, 100), row->count);
		WAIT_FOR(rig->received == (unsigned long) i * row->count);
		rig_rest(rig);
	}
	rig_stats(rig, &stats);
	EXPECT_EQ(stats.receive_packets, 10 * row->count);
	EXPECT_EQ(stats.receive_bytes, 1000 * row->count);
	EXPECT_EQ(stats.receive_errors, 0);
	rig_expect_traffic(rig);
	rig_end(rig);
}

TEST_ROWS(every_frame_of_a_burst_is_answered_ten_times, burst_t, bursts)
{
	rig_t *rig = rig_create(row->kind, row->features);

	rig->vm->cfg.features &= ~row->less;
	rig->vm->cfg.queue_size[NET_RX] = row->queue_size;
	rig->vm->cfg.queue_size[NET_TX] = row->queue_size;
	EXPECT_EQ(rig_add(rig), EOK);
	rig_up(rig);
	rig->echo = true;
	for (unsigned int i = 1; i <= 10; i++) {
		EXPECT_EQ(rig_receive_burst(rig, row->count, 98), row->count);
		WAIT_FOR(rig->sent == (unsigned long) i * row->count);
		rig_rest(rig);
	}
	EXPECT_EQ(rig->sent_strange, 0);
	rig_end(rig);
}

typedef struct {
	const char *name;
	vm_kind_t kind;
	uint64_t features;
	uint64_t less;
	uint16_t size;
} size_row_t;

#define SIZE_ROWS(size) \
	{ "queues of " #size ", modern", VM_MODERN, NET_F_ALL, 0, size }, \
	{ "queues of " #size ", modern, bare", VM_MODERN, NET_F_MAC | \
	    NET_F_CTRL_VQ | NET_F_CTRL_RX, VM_F_INDIRECT_DESC | \
	    VM_F_EVENT_IDX, size }, \
	{ "queues of " #size ", legacy", VM_LEGACY, NET_F_ALL, 0, size }

static const size_row_t sizes[] = {
	SIZE_ROWS(32768), SIZE_ROWS(1024), SIZE_ROWS(256), SIZE_ROWS(16),
	SIZE_ROWS(4)
};

TEST_ROWS(queues_of_any_size_work, size_row_t, sizes)
{
	rig_t *rig = rig_create(row->kind, row->features);

	rig->vm->cfg.features &= ~row->less;
	for (unsigned int i = 0; i < NET_QUEUES; i++)
		rig->vm->cfg.queue_size[i] = row->size;
	EXPECT_EQ(rig_add(rig), EOK);
	rig_up(rig);
	for (unsigned int i = 0; i < 8; i++)
		rig_expect_traffic(rig);
	rig_end(rig);
}

/** Too small for a command of three or four descriptors, or for a frame */
static const size_row_t small_sizes[] = {
	SIZE_ROWS(2), SIZE_ROWS(1),
	{ "queues of 2, legacy without free layout", VM_LEGACY,
	    NET_F_CTRL_VQ | NET_F_CTRL_RX, VM_F_ANY_LAYOUT, 2 },
	{ "queues of 1, legacy without free layout", VM_LEGACY, 0,
	    VM_F_ANY_LAYOUT, 1 },
	{ "queues of 1, legacy without free layout, direct", VM_LEGACY, 0,
	    VM_F_ANY_LAYOUT | VM_F_INDIRECT_DESC, 1 }
};

TEST_ROWS(small_queues_work_or_are_refused, size_row_t, small_sizes)
{
	rig_t *rig = rig_create(row->kind, row->features);

	rig->vm->cfg.features &= ~row->less;
	for (unsigned int i = 0; i < NET_QUEUES; i++)
		rig->vm->cfg.queue_size[i] = row->size;
	errno_t rc = rig_add(rig);
	if (rc == EOK) {
		rig_up(rig);
		rig_expect_traffic(rig);
		rig_end(rig);
	} else {
		rig_check_clean(rig);
		rig_destroy(rig);
	}
}

static const size_row_t wishes[] = {
	{ "with event index", VM_MODERN, NET_F_ALL, 0, 512 },
	{ "with flags", VM_MODERN, NET_F_ALL, VM_F_EVENT_IDX, 512 },
	{ "legacy", VM_LEGACY, NET_F_ALL, VM_F_EVENT_IDX, 512 }
};

static rig_t *start_row(const size_row_t *row)
{
	rig_t *rig = rig_create(row->kind, row->features);

	rig->vm->cfg.features &= ~row->less;
	rig->vm->cfg.queue_size[NET_RX] = row->size;
	EXPECT_EQ(rig_add(rig), EOK);
	rig_up(rig);
	rig_rest(rig);
	return rig;
}

TEST_ROWS(receive_buffers_go_back_in_batches, size_row_t, wishes)
{
	rig_t *rig = start_row(row);
	vm_queue_t *vq = &rig->vm->queue[NET_RX];
	unsigned long kicks = vq->kicks;

	EXPECT_EQ(rig_receive_burst(rig, 512, 60), 512);
	WAIT_FOR(rig->received == 512);
	rig_rest(rig);
	WAIT_FOR(vq->in_flight == 512);
	/* Batches of 64, and one look too many */
	EXPECT(vq->kicks - kicks >= 1);
	EXPECT(vq->kicks - kicks <= 9);
	EXPECT_EQ(vq->kicks_idle, 0);
	rig_end(rig);
}

TEST_ROWS(a_device_that_is_awake_is_not_notified, size_row_t, wishes)
{
	rig_t *rig = start_row(row);
	vm_queue_t *vq = &rig->vm->queue[NET_TX];

	vq->hold = true;
	vm_lock(rig->vm);
	vm_queue_wish(rig->vm, vq, false);
	vm_unlock(rig->vm);
	unsigned long kicks = vq->kicks;
	for (unsigned int i = 0; i < 100; i++)
		EXPECT_EQ(rig_send(rig, 60), EOK);
	EXPECT_EQ(vq->kicks, kicks);
	EXPECT_EQ(net_transmit(rig->net, SIZE_MAX), 100);
	/* It has asked for notifications again */
	EXPECT_EQ(rig_send(rig, 60), EOK);
	EXPECT_EQ(vq->kicks, kicks + 1);
	vq->hold = false;
	net_transmit(rig->net, SIZE_MAX);
	rig_expect_traffic(rig);
	rig_end(rig);
}

TEST_ROWS(each_sent_frame_is_notified_of_once_at_most, size_row_t, wishes)
{
	rig_t *rig = start_row(row);
	vm_queue_t *vq = &rig->vm->queue[NET_TX];
	unsigned long kicks = vq->kicks;

	for (unsigned int i = 0; i < 1000; i++)
		EXPECT_EQ(rig_send(rig, 60), EOK);
	EXPECT_EQ(vq->kicks - kicks, 1000);
	EXPECT_EQ(vq->kicks_idle, 0);
	EXPECT_EQ(rig->sent, 1000);
	rig_end(rig);
}

TEST_ROWS(sending_costs_no_interrupt, size_row_t, wishes)
{
	rig_t *rig = start_row(row);
	unsigned long irqs = rig->vm->irqs;

	for (unsigned int i = 0; i < 2000; i++)
		EXPECT_EQ(rig_send(rig, 60), EOK);
	EXPECT_EQ(rig->sent, 2000);
	EXPECT_EQ(rig->vm->queue[NET_TX].irqs, 0);
	EXPECT_EQ(rig->vm->irqs, irqs);
	rig_end(rig);
}

TEST_ROWS(a_burst_costs_few_interrupts, size_row_t, wishes)
{
	rig_t *rig = start_row(row);
	unsigned long irqs = rig->vm->queue[NET_RX].irqs;

	/* The driver is busy with one frame while 400 come */
	rig->busy = true;
	EXPECT(rig_receive(rig, 60));
	WAIT_FOR(rig->vm->queue[NET_RX].in_flight == 512);
	for (unsigned int i = 0; i < 400; i++)
		EXPECT(rig_receive(rig, 60));
	rig->busy = false;
	WAIT_FOR(rig->received == 401);
	EXPECT(rig->vm->queue[NET_RX].irqs - irqs <= 3);
	rig_end(rig);
}

/** The watchdog, once a second, would take too long for so many. */
TEST_ROWS(a_frame_that_comes_while_the_last_is_delivered_is_not_left_lying,
    size_row_t, wishes)
{
	rig_t *rig = start_row(row);

	rig->follow = 500;
	EXPECT(rig_receive(rig, 60));
	WAIT_FOR(rig->received == 501);
	rig_expect_traffic(rig);
	rig_end(rig);
}

/** A sender in a fibril of its own */
typedef struct {
	rig_t *rig;
	unsigned int count;
	atomic_uint done;
	pthread_t thread;
} sender_t;

static void *sender_main(void *arg)
{
	sender_t *sender = arg;

	for (unsigned int i = 0; i < sender->count; i++) {
		EXPECT_EQ(rig_send(sender->rig, 60), EOK);
		sender->done++;
	}
	return NULL;
}

static void sender_start(sender_t *sender, rig_t *rig, unsigned int count)
{
	sender->rig = rig;
	sender->count = count;
	sender->done = 0;
	EXPECT(pthread_create(&sender->thread, NULL, sender_main, sender) ==
	    0);
}

/** Does the driver wish to hear when some more transmit buffers are used? */
static bool tx_irq_wished(rig_t *rig, uint16_t count)
{
	vm_queue_t *vq = &rig->vm->queue[NET_TX];

	vm_lock(rig->vm);
	/* As if they had been used */
	vq->used_idx += count;
	bool wished = vm_queue_wants_irq(rig->vm, vq);
	vq->used_idx -= count;
	vm_unlock(rig->vm);
	return wished;
}

/** With EVENT_IDX, when more than half of the ring is free; else, each one */
TEST_ROWS(a_full_ring_makes_the_sender_wait_for_an_interrupt, size_row_t,
    wishes)
{
	rig_t *rig = rig_create(row->kind, row->features);
	vm_queue_t *vq = &rig->vm->queue[NET_TX];
	bool event_idx = (row->less & VM_F_EVENT_IDX) == 0;
	unsigned int wake = event_idx ? 9 : 1;
	nic_device_stats_t stats;
	sender_t sender;

	rig->vm->cfg.features &= ~row->less;
	rig->vm->cfg.queue_size[NET_TX] = 16;
	EXPECT_EQ(rig_add(rig), EOK);
	rig_up(rig);
	vq->hold = true;
	for (unsigned int i = 0; i < 16; i++)
		EXPECT_EQ(rig_send(rig, 60), EOK);
	EXPECT(!tx_irq_wished(rig, 16));

	/* Nothing but the interrupt wakes the sender */
	host_time_set_speed(0);
	sender_start(&sender, rig, 16);
	WAIT_FOR(tx_irq_wished(rig, wake));
	EXPECT(!tx_irq_wished(rig, wake - 1));
	EXPECT_EQ(sender.done, 0);
	EXPECT_EQ(net_transmit(rig->net, wake - 1), wake - 1);
	host_irq_drain();
	EXPECT_EQ(vq->irqs, 0);
	EXPECT_EQ(sender.done, 0);
	EXPECT_EQ(net_transmit(rig->net, 1), 1);
	WAIT_FOR(sender.done == wake);
	EXPECT_EQ(vq->irqs, 1);
	WAIT_FOR(tx_irq_wished(rig, wake));
	EXPECT_EQ(sender.done, wake);
	vq->hold = false;
	EXPECT(net_transmit(rig->net, SIZE_MAX) > 0);
	pthread_join(sender.thread, NULL);
	WAIT_FOR(rig->sent == 32);
	host_time_set_speed(1);

	rig_stats(rig, &stats);
	EXPECT_EQ(stats.send_packets, 32);
	EXPECT_EQ(stats.send_errors, 0);
	/* Nobody waits any more, nor wishes to hear of anything */
	unsigned long irqs = vq->irqs;
	rig_expect_traffic(rig);
	EXPECT_EQ(vq->irqs, irqs);
	rig_end(rig);
}

TEST(a_sender_that_is_faster_than_the_device_costs_few_interrupts)
{
	rig_t *rig = rig_create(VM_MODERN, NET_F_ALL);
	vm_queue_t *vq = &rig->vm->queue[NET_TX];
	sender_t sender;

	rig->vm->cfg.queue_size[NET_TX] = 64;
	EXPECT_EQ(rig_add(rig), EOK);
	rig_up(rig);
	vq->hold = true;
	host_time_set_speed(0);
	sender_start(&sender, rig, 1000);
	/* One frame at a time, each of which the driver may ask to hear of */
	while (rig->sent < 1000) {
		if (vq->in_flight == 0 || sender.done - rig->sent < 32)
			usleep(10);
		(void) net_transmit(rig->net, 1);
	}
	pthread_join(sender.thread, NULL);
	host_time_set_speed(1);
	/* 32 frames an interrupt and more */
	EXPECT(vq->irqs > 0 && vq->irqs <= 1000 / 32 + 1);
	vq->hold = false;
	rig_expect_traffic(rig);
	rig_end(rig);
}

TEST(a_waiting_sender_goes_on_without_an_interrupt)
{
	rig_t *rig = rig_create(VM_MODERN, NET_F_ALL);
	sender_t sender;

	rig->vm->cfg.queue_size[NET_TX] = 16;
	EXPECT_EQ(rig_add(rig), EOK);
	rig_up(rig);
	rig->vm->queue[NET_TX].hold = true;
	sender_start(&sender, rig, 32);
	WAIT_FOR(tx_irq_wished(rig, 16));
	rig->vm->lie.mute = true;
	rig->vm->queue[NET_TX].hold = false;
	EXPECT(net_transmit(rig->net, SIZE_MAX) > 0);
	pthread_join(sender.thread, NULL);
	WAIT_FOR(rig->sent == 32);
	rig->vm->lie.mute = false;
	rig_end(rig);
}

TEST(a_stuck_ring_drops_frames_after_a_while_and_counts_them)
{
	rig_t *rig = rig_create(VM_MODERN, NET_F_ALL);
	nic_device_stats_t stats;
	sender_t sender;

	rig->vm->cfg.queue_size[NET_TX] = 16;
	EXPECT_EQ(rig_add(rig), EOK);
	rig_up(rig);
	rig->vm->queue[NET_TX].hold = true;
	for (unsigned int i = 0; i < 16; i++)
		EXPECT_EQ(rig_send(rig, 60), EOK);

	host_time_set_speed(50);
	for (unsigned int i = 0; i < 100; i++)
		EXPECT_EQ(rig_send(rig, 60), EOK);
	host_time_set_speed(1);
	rig->next_out -= 100;
	rig_stats(rig, &stats);
	EXPECT_EQ(stats.send_packets, 0);
	EXPECT_EQ(stats.send_errors, 100);
	EXPECT_EQ(stats.send_dropped, 100);
	EXPECT_EQ(rig_count_logged("sent nothing"), 1);

	rig->vm->queue[NET_TX].hold = false;
	EXPECT_EQ(net_transmit(rig->net, SIZE_MAX), 16);
	rig_expect_traffic(rig);
	rig_stats(rig, &stats);
	EXPECT_EQ(stats.send_packets, 16 + 7);
	EXPECT_EQ(stats.send_errors, 100);

	/* It has sent some, so it is waited for again */
	rig->vm->queue[NET_TX].hold = true;
	for (unsigned int i = 0; i < 16; i++)
		EXPECT_EQ(rig_send(rig, 60), EOK);
	host_time_set_speed(0);
	sender_start(&sender, rig, 1);
	WAIT_FOR(tx_irq_wished(rig, 16));
	rig->vm->queue[NET_TX].hold = false;
	EXPECT(net_transmit(rig->net, SIZE_MAX) > 0);
	pthread_join(sender.thread, NULL);
	host_time_set_speed(1);
	rig_end(rig);
}

TEST(statistics_are_exact)
{
	rig_t *rig = rig_start(VM_MODERN, NET_F_ALL);
	nic_device_stats_t stats;
	uint8_t frame[FRAME_MIN];
	unsigned long bytes = 0;

	EXPECT_EQ(rig->client->iface->multicast_set_mode(rig->fun,
	    NIC_MULTICAST_PROMISC, NULL, 0), EOK);
	for (unsigned int i = 0; i < 300; i++) {
		size_t size = 60 + i * 4;
		EXPECT_EQ(rig_send(rig, size), EOK);
		EXPECT(rig_receive(rig, size));
		bytes += size;
		WAIT_FOR(rig->received == i + 1);
	}
	memset(frame, 0, sizeof(frame));
	frame[0] = 0x01;
	EXPECT(net_receive(rig->net, frame, sizeof(frame)));
	memset(frame, 0xff, 6);
	EXPECT(net_receive(rig->net, frame, sizeof(frame)));
	WAIT_FOR(rig->strange == 2);
	rig->strange = 0;

	/* The second time they are the same */
	rig_stats(rig, &stats);
	rig_stats(rig, &stats);
	EXPECT_EQ(stats.send_packets, 300);
	EXPECT_EQ(stats.send_bytes, bytes);
	EXPECT_EQ(stats.send_errors, 0);
	EXPECT_EQ(stats.receive_packets, 302);
	EXPECT_EQ(stats.receive_bytes, bytes + 120);
	EXPECT_EQ(stats.receive_multicast, 1);
	EXPECT_EQ(stats.receive_broadcast, 1);
	EXPECT_EQ(stats.receive_errors, 0);
	EXPECT_EQ(stats.receive_dropped, 0);
	rig_end(rig);
}

typedef struct {
	const char *name;
	uint64_t features;
	uint16_t mtu;
	size_t size;
	/** Is it sent, is it received? */
	bool sent;
	bool received;
	/** Tagged with a VLAN */
	bool tagged;
} length_t;

static const length_t lengths[] = {
	{ "1514 bytes", NET_F_MTU, 1500, 1514, true, true, false },
	{ "1518 bytes with a tag", NET_F_MTU, 1500, 1518, true, true, true },
	{ "1518 bytes without a tag", NET_F_MTU, 1500, 1518, false, true,
	    false },
	{ "1519 bytes", NET_F_MTU, 1500, 1519, false, false, true },
	{ "1519 bytes without the MTU feature", 0, 0, 1519, false, false,
	    true },
	{ "82 bytes at an MTU of 68", NET_F_MTU, 68, 82, true, true, false },
	{ "86 bytes with a tag at an MTU of 68", NET_F_MTU, 68, 86, true,
	    true, true },
	{ "83 bytes at an MTU of 68", NET_F_MTU, 68, 83, false, true, false },
	{ "86 bytes without a tag at an MTU of 68", NET_F_MTU, 68, 86, false,
	    true, false },
	{ "87 bytes at an MTU of 68", NET_F_MTU, 68, 87, false, true, true },
	{ "9014 bytes at an MTU of 9000, in 5 buffers",
	    NET_F_MTU | NET_F_MRG_RXBUF, 9000, 9014, false, true, false },
	{ "9019 bytes at an MTU of 9000", NET_F_MTU | NET_F_MRG_RXBUF, 9000,
	    9019, false, false, true },
	{ "1528 bytes at an MTU of 1514", NET_F_MTU, 1514, 1528, true, true,
	    false }
};

TEST_ROWS(frames_have_the_length_that_the_device_allows, length_t, lengths)
{
	rig_t *rig = rig_create(VM_MODERN, row->features);
	static uint8_t frame[16384];
	nic_device_stats_t before, after;

	net_put_config(rig->net, NET_CONFIG_MTU, &row->mtu, 2);
	EXPECT_EQ(rig_add(rig), EOK);
	rig_up(rig);
	rig_stats(rig, &before);

	rig_make_frame(rig, frame, row->size, 1, true);
	if (row->tagged)
		memcpy(&frame[12], (uint8_t []) { 0x81, 0, 0, 5 }, 4);
	EXPECT_EQ(rig_send_raw(rig, frame, row->size), EOK);
	WAIT_FOR(rig->sent == (row->sent ? 1 : 0));
	rig_stats(rig, &after);
	EXPECT_EQ(after.send_packets - before.send_packets, row->sent);
	EXPECT_EQ(after.send_errors - before.send_errors, !row->sent);

	rig_make_frame(rig, frame, row->size, 1, false);
	EXPECT(net_receive(rig->net, frame, row->size));
	WAIT_FOR((rig_stats(rig, &after),
	    after.receive_packets + after.receive_errors != 0));
	/* It is counted just before it is delivered */
	WAIT_FOR(rig->received + rig->strange == after.receive_packets);
	EXPECT_EQ(rig->received, row->received);
	EXPECT_EQ(after.receive_length_errors, !row->received);
	rig->last_number = 0;
	rig->last_sent = 0;
	rig->sent_out_of_order = 0;
	rig_expect_no_strangers(rig);
	rig_remove(rig);
	rig_check_clean(rig);
	rig_destroy(rig);
}

/** @}
 */
