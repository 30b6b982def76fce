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
/** @file virtio-net: waits are measured by the clock, nobody starves, and
 * nothing is left to the watchdog
 *
 * In most of these the fibrils' clock stands: what happens, no watchdog and no
 * time-out has done, and what would wait for one is never done.
 */

#include <errno.h>
#include <host/model.h>
#include <pthread.h>
#include <ringnic.h>
#include <string.h>
#include <unistd.h>
#include "rig.h"

typedef struct {
	const char *name;
	vm_kind_t kind;
	uint64_t features;
	uint64_t less;
} kind_t;

static const kind_t kinds[] = {
	{ "with event index", VM_MODERN, NET_F_ALL, 0 },
	{ "with flags", VM_MODERN, NET_F_ALL, VM_F_EVENT_IDX },
	{ "legacy", VM_LEGACY, NET_F_ALL, VM_F_EVENT_IDX }
};

static rig_t *start(const kind_t *row)
{
	rig_t *rig = rig_create(row->kind, row->features);

	rig->vm->cfg.features &= ~row->less;
	rig->vm->cfg.queue_size[NET_TX] = 16;
	EXPECT_EQ(rig_add(rig), EOK);
	rig_up(rig);
	return rig;
}

/** Something that a client does in a fibril of its own */
typedef struct {
	rig_t *rig;
	errno_t (*what)(rig_t *);
	errno_t rc;
	atomic_bool done;
	pthread_t thread;
} deed_t;

static void *deed_main(void *arg)
{
	deed_t *deed = arg;

	deed->rc = deed->what(deed->rig);
	deed->done = true;
	return NULL;
}

static void deed_start(deed_t *deed, rig_t *rig, errno_t (*what)(rig_t *))
{
	*deed = (deed_t) { .rig = rig, .what = what };
	EXPECT(pthread_create(&deed->thread, NULL, deed_main, deed) == 0);
}

static errno_t deed_end(deed_t *deed)
{
	pthread_join(deed->thread, NULL);
	return deed->rc;
}

static errno_t send_one(rig_t *rig)
{
	return rig_send(rig, 60);
}

/** Send a frame that has the number of many. */
static errno_t send_same(rig_t *rig)
{
	uint8_t frame[FRAME_MIN];

	rig_make_frame(rig, frame, sizeof(frame), 0, true);
	return rig_send_raw(rig, frame, sizeof(frame));
}

static errno_t block_broadcasts(rig_t *rig)
{
	return rig->client->iface->broadcast_set_mode(rig->fun,
	    NIC_BROADCAST_BLOCKED);
}

/** Set the address that it has, which libnic holds no lock for. */
static errno_t set_address(rig_t *rig)
{
	return rig->client->iface->set_address(rig->fun, &rig->mac);
}

static errno_t remove_device(rig_t *rig)
{
	return host_dev_remove(rig->dev);
}

/** Frames come, each with an interrupt that wakes who waits. */
static void receive_many(rig_t *rig, unsigned int count)
{
	for (unsigned int i = 0; i < count; i++) {
		unsigned long received = rig->received;

		EXPECT(rig_receive(rig, 60));
		WAIT_FOR(rig->received == received + 1);
	}
}

/** A reset is the only thing that needs the clock. */
TEST_ROWS(a_card_that_works_needs_no_watchdog, kind_t, kinds)
{
	rig_t *rig = start(row);

	for (unsigned int i = 0; i < 5; i++) {
		host_time_set_speed(0);
		rig_expect_traffic(rig);
		net_set_link(rig->net, false);
		WAIT_FOR(rig_cable(rig) == NIC_CS_UNPLUGGED);
		net_set_link(rig->net, true);
		WAIT_FOR(rig_cable(rig) == NIC_CS_PLUGGED);
		unsigned long starts = rig->vm->starts;
		host_time_set_speed(1);
		vm_lock(rig->vm);
		vm_need_reset(rig->vm);
		vm_unlock(rig->vm);
		WAIT_FOR(rig->vm->starts == starts + 1);
		rig_resync(rig);
	}
	rig_end(rig);
}

TEST_ROWS(a_sender_waits_by_the_clock_while_frames_arrive, kind_t, kinds)
{
	rig_t *rig = start(row);
	nic_device_stats_t stats;
	deed_t sender;

	rig->vm->queue[NET_TX].hold = true;
	for (unsigned int i = 0; i < 16; i++)
		EXPECT_EQ(rig_send(rig, 60), EOK);
	host_time_set_speed(0);
	deed_start(&sender, rig, send_one);
	/* Each of them woke it, and counted as 50 ms of 2 s */
	receive_many(rig, 500);
	EXPECT(!sender.done);
	rig->vm->queue[NET_TX].hold = false;
	EXPECT(net_transmit(rig->net, SIZE_MAX) > 0);
	EXPECT_EQ(deed_end(&sender), EOK);
	host_time_set_speed(1);

	WAIT_FOR(rig->sent == 17);
	rig_stats(rig, &stats);
	EXPECT_EQ(stats.send_errors, 0);
	EXPECT(!rig_logged("sent nothing"));
	rig_end(rig);
}

#define WAITERS	8

/** One of them gets the room that there is; the others waited for nothing, but
 * not for a device that does nothing.
 */
TEST(a_device_that_is_slow_does_not_count_as_stuck)
{
	rig_t *rig = start(&kinds[0]);
	ringnic_t *rn = nic_get_specific(nic_get_from_ddf_dev(rig->dev));
	nic_device_stats_t stats;
	deed_t sender[WAITERS];
	unsigned int waiters = 0;

	rig->vm->queue[NET_TX].hold = true;
	for (unsigned int i = 0; i < 16; i++)
		EXPECT_EQ(rig_send(rig, 60), EOK);
	host_time_set_speed(0);
	for (unsigned int i = 0; i < WAITERS; i++)
		deed_start(&sender[i], rig, send_same);
	while (waiters < WAITERS) {
		usleep(500);
		fibril_mutex_lock(&rn->lock);
		waiters = rn->tx_waiters;
		fibril_mutex_unlock(&rn->lock);
	}
	EXPECT_EQ(net_transmit(rig->net, 1), 1);
	host_time_set_speed(50);
	for (unsigned int i = 0; i < WAITERS; i++)
		EXPECT_EQ(deed_end(&sender[i]), EOK);
	host_time_set_speed(1);
	rig_stats(rig, &stats);
	EXPECT_EQ(stats.send_packets, 1);
	EXPECT_EQ(stats.send_errors, WAITERS - 1);
	EXPECT(!rig_logged("sent nothing"));
	rig->vm->queue[NET_TX].hold = false;
	EXPECT_EQ(net_transmit(rig->net, SIZE_MAX), 16);
	rig_resync(rig);
	rig_end(rig);
}

/** Each frame takes two descriptors. */
TEST(a_ring_is_full_when_it_has_no_room_for_another_frame)
{
	rig_t *rig = rig_create(VM_LEGACY, NET_F_ALL);
	nic_device_stats_t stats;
	deed_t sender;

	rig->vm->cfg.features &= ~(VM_F_ANY_LAYOUT | VM_F_INDIRECT_DESC);
	rig->vm->cfg.queue_size[NET_TX] = 16;
	EXPECT_EQ(rig_add(rig), EOK);
	rig_up(rig);
	rig->vm->queue[NET_TX].hold = true;
	for (unsigned int i = 0; i < 8; i++)
		EXPECT_EQ(rig_send(rig, 60), EOK);
	host_time_set_speed(0);
	deed_start(&sender, rig, send_one);
	receive_many(rig, 10);
	EXPECT(!sender.done);
	rig->vm->queue[NET_TX].hold = false;
	EXPECT(net_transmit(rig->net, SIZE_MAX) > 0);
	EXPECT_EQ(deed_end(&sender), EOK);
	host_time_set_speed(1);
	WAIT_FOR(rig->sent == 9);
	rig_stats(rig, &stats);
	EXPECT_EQ(stats.send_errors, 0);
	rig_end(rig);
}

TEST_ROWS(a_command_waits_by_the_clock_while_frames_arrive, kind_t, kinds)
{
	rig_t *rig = start(row);
	unsigned long starts = rig->vm->starts;
	deed_t command;

	host_time_set_speed(0);
	rig->vm->queue[NET_CTRL].hold = true;
	deed_start(&command, rig, set_address);
	receive_many(rig, 500);
	EXPECT(!command.done);
	rig->vm->queue[NET_CTRL].hold = false;
	while (!command.done) {
		vm_lock(rig->vm);
		net_ctrl_available(rig->net);
		vm_unlock(rig->vm);
		usleep(100);
	}
	EXPECT_EQ(deed_end(&command), EOK);
	host_time_set_speed(1);
	rig_expect_traffic(rig);
	EXPECT_EQ(rig->vm->starts, starts);
	rig_end(rig);
}

TEST_ROWS(a_card_that_goes_does_not_wait_for_a_command, kind_t, kinds)
{
	rig_t *rig = start(row);
	deed_t command;
	deed_t removal;

	rig->net->lie.ctrl_silent = true;
	unsigned long buffers = rig->vm->queue[NET_CTRL].buffers;
	host_time_set_speed(0);
	deed_start(&command, rig, block_broadcasts);
	WAIT_FOR(rig->vm->queue[NET_CTRL].buffers > buffers);
	deed_start(&removal, rig, remove_device);
	EXPECT(deed_end(&command) != EOK);
	host_time_set_speed(1);
	EXPECT_EQ(deed_end(&removal), EOK);
	rig_end_client(rig);
	rig_check_clean(rig);
	rig_destroy(rig);
}

TEST_ROWS(a_flood_of_frames_lets_other_duties_have_their_turn, kind_t, kinds)
{
	rig_t *rig = start(row);
	unsigned long starts = rig->vm->starts;

	/* Each frame that is delivered brings the next one */
	host_time_set_speed(0);
	rig->follow = UINT32_MAX;
	EXPECT(rig_receive(rig, 60));
	WAIT_FOR(rig->received > 1000);
	net_set_link(rig->net, false);
	WAIT_FOR(rig_cable(rig) == NIC_CS_UNPLUGGED);
	unsigned long received = rig->received;
	WAIT_FOR(rig->received > received);

	/* What breaks in the transmit ring is found by who looks there */
	vm_lock(rig->vm);
	vm_queue_set_used_idx(rig->vm, &rig->vm->queue[NET_TX], 77);
	vm_unlock(rig->vm);
	nic_device_stats_t stats;
	host_time_set_speed(1);
	rig_stats(rig, &stats);
	WAIT_FOR(rig->vm->starts == starts + 1);
	rig->follow = 0;
	rig_resync(rig);
	rig_end(rig);
}

TEST_ROWS(a_reset_that_takes_long_keeps_nobody_waiting, kind_t, kinds)
{
	rig_t *rig = start(row);
	unsigned long starts = rig->vm->starts;
	unsigned long resets = rig->vm->resets;
	nic_device_stats_t stats;

	/* A reset does not end while the clock stands */
	host_time_set_speed(0);
	rig->vm->lie.reset_stuck = true;
	vm_lock(rig->vm);
	vm_need_reset(rig->vm);
	vm_unlock(rig->vm);
	WAIT_FOR(rig->vm->resets > resets || rig->vm->resetting);
	for (unsigned int i = 0; i < 100; i++) {
		uint8_t frame[FRAME_MIN];
		rig_make_frame(rig, frame, sizeof(frame), 0, true);
		EXPECT_EQ(rig_send_raw(rig, frame, sizeof(frame)), EOK);
	}
	(void) rig_cable(rig);
	rig_stats(rig, &stats);
	EXPECT_EQ(stats.send_errors, 100);
	rig->vm->lie.reset_stuck = false;
	host_time_set_speed(1);
	WAIT_FOR(rig->vm->starts == starts + 1);
	rig_resync(rig);
	rig_end(rig);
}

/** libnic holds a lock while it has a filter set. */
static errno_t set_filters(rig_t *rig)
{
	const nic_iface_t *iface = rig->client->iface;
	nic_vlan_mask_t mask = { .bitmap = { 1 << 5 } };

	EXPECT_EQ(iface->unicast_set_mode(rig->fun, NIC_UNICAST_PROMISC, NULL,
	    0), EOK);
	EXPECT_EQ(iface->multicast_set_mode(rig->fun, NIC_MULTICAST_PROMISC,
	    NULL, 0), EOK);
	EXPECT_EQ(iface->vlan_set_mask(rig->fun, &mask), EOK);
	return block_broadcasts(rig);
}

TEST_ROWS(a_filter_is_set_while_a_reset_takes_long, kind_t, kinds)
{
	rig_t *rig = start(row);
	net_filter_t *filter = &rig->net->filter;
	unsigned long starts = rig->vm->starts;
	deed_t setter;

	host_time_set_speed(0);
	rig->vm->lie.reset_stuck = true;
	vm_lock(rig->vm);
	vm_need_reset(rig->vm);
	vm_unlock(rig->vm);
	WAIT_FOR(rig->vm->resetting);
	deed_start(&setter, rig, set_filters);
	WAIT_FOR(setter.done);
	EXPECT_EQ(deed_end(&setter), EOK);

	/* The start that goes on tells the device */
	rig->vm->lie.reset_stuck = false;
	host_time_set_speed(1);
	rig_resync(rig);
	EXPECT_EQ(rig->vm->starts, starts + 1);
	EXPECT(filter->alluni && filter->allmulti && filter->nobcast);
	EXPECT_EQ(filter->vlans[0], 1 << 5);
	rig_end(rig);
}

TEST_ROWS(frames_that_were_sent_before_a_stop_are_no_errors, kind_t, kinds)
{
	rig_t *rig = start(row);
	nic_device_stats_t stats;

	for (unsigned int i = 0; i < 10; i++)
		EXPECT_EQ(rig_send(rig, 60), EOK);
	rig->vm->queue[NET_TX].hold = true;
	EXPECT_EQ(rig_send(rig, 60), EOK);
	EXPECT_EQ(rig->client->iface->set_state(rig->fun, NIC_STATE_DOWN),
	    EOK);
	rig_stats(rig, &stats);
	EXPECT_EQ(stats.send_packets, 10);
	EXPECT_EQ(stats.send_errors, 1);
	rig_end(rig);
}

TEST(a_restart_that_fails_with_smaller_queues_counts_nothing)
{
	for (unsigned int n = 1; n < 40; n++) {
		rig_t *rig = rig_start(VM_MODERN, NET_F_ALL);
		nic_device_stats_t stats;

		EXPECT_EQ(rig_send(rig, 60), EOK);
		rig->vm->lie.queue_size = 64;
		host_time_set_speed(100);
		fault_set(n);
		EXPECT_EQ(rig->client->iface->set_state(rig->fun,
		    NIC_STATE_DOWN), EOK);
		bool hit = fault_hit();
		fault_set(0);
		(void) rig->client->iface->set_state(rig->fun,
		    NIC_STATE_ACTIVE);
		host_time_set_speed(1);
		rig_stats(rig, &stats);
		EXPECT_EQ(stats.send_packets, 1);
		EXPECT_EQ(stats.send_errors, 0);
		rig_expect_no_strangers(rig);
		rig_remove(rig);
		rig_destroy(rig);
		if (!hit)
			return;
	}
	EXPECT(false);
}

static errno_t set_poll(rig_t *rig, nic_poll_mode_t mode, long sec, long nsec)
{
	struct timespec period = { .tv_sec = sec, .tv_nsec = nsec };

	return rig->client->iface->poll_set_mode(rig->fun, mode, &period);
}

TEST(a_long_poll_period_does_not_keep_other_duties_waiting)
{
	static const long secs[] = { 60, 100000, 0x7fffffff };

	for (size_t i = 0; i < 3; i++) {
		rig_t *rig = rig_start(VM_MODERN, NET_F_ALL);

		EXPECT_EQ(set_poll(rig, i == 0 ? NIC_POLL_SOFTWARE_PERIODIC :
		    NIC_POLL_PERIODIC, secs[i], 0), EOK);
		EXPECT(rig_receive(rig, 60));
		host_time_set_speed(20);
		rig->vm->lie.mute = true;
		net_set_link(rig->net, false);
		WAIT_FOR(rig_cable(rig) == NIC_CS_UNPLUGGED);
		rig->vm->lie.mute = false;
		EXPECT_EQ(rig->received, 0);
		host_time_set_speed(1);
		EXPECT_EQ(rig->client->iface->poll_set_mode(rig->fun,
		    NIC_POLL_IMMEDIATE, NULL), EOK);
		WAIT_FOR(rig->received == 1);
		rig_expect_traffic(rig);
		rig_end(rig);
	}
}

TEST(a_short_poll_period_is_kept)
{
	rig_t *rig = rig_start(VM_MODERN, NET_F_ALL);

	EXPECT_EQ(set_poll(rig, NIC_POLL_PERIODIC, 0, 1), EOK);
	for (unsigned int i = 0; i < 100; i++) {
		EXPECT(rig_receive(rig, 60));
		WAIT_FOR(rig->received == i + 1);
	}
	rig_expect_traffic(rig);
	rig_end(rig);
}

TEST(a_stop_makes_libnic_filter_again)
{
	static const uint8_t other[] = { 0x02, 0, 0, 0, 1, 0 };
	rig_t *rig = rig_start(VM_MODERN, NET_F_MAC);
	const nic_iface_t *iface = rig->client->iface;

	EXPECT_EQ(iface->unicast_set_mode(rig->fun, NIC_UNICAST_PROMISC, NULL,
	    0), EOK);
	EXPECT(rig_probe(rig, other, -1));
	EXPECT_EQ(iface->set_state(rig->fun, NIC_STATE_STOPPED), EOK);
	EXPECT_EQ(iface->set_state(rig->fun, NIC_STATE_ACTIVE), EOK);
	EXPECT(!rig_probe(rig, other, -1));
	EXPECT(rig_probe(rig, rig->mac.address, -1));
	rig_end(rig);
}

TEST(an_address_that_cannot_be_reported_is_taken_back)
{
	static const nic_address_t other = { { 0x02, 0, 0, 0, 1, 3 } };
	rig_t *rig = rig_start(VM_MODERN, NET_F_ALL);

	fault_set(1);
	EXPECT(rig->client->iface->set_address(rig->fun, &other) != EOK);
	EXPECT(fault_hit());
	fault_set(0);
	EXPECT(memcmp(rig->vm->config, rig->mac.address, 6) == 0);
	EXPECT(rig_probe(rig, rig->mac.address, -1));
	rig_end(rig);
}

TEST(a_device_that_is_given_up_is_said_with_what_helps)
{
	rig_t *rig = rig_start(VM_MODERN, NET_F_ALL);

	for (unsigned int i = 0; !rig_logged("given up"); i++) {
		unsigned long starts = rig->vm->starts;

		EXPECT(i < 50);
		WAIT_FOR(rig->vm->queue[NET_RX].enabled);
		vm_lock(rig->vm);
		vm_queue_set_used_idx(rig->vm, &rig->vm->queue[NET_RX], 0x4000);
		vm_interrupt(rig->vm, VM_ISR_QUEUE);
		vm_unlock(rig->vm);
		WAIT_FOR(rig->vm->starts > starts || rig_logged("given up"));
	}
	EXPECT_EQ(rig_count_logged("offline and online with devctl"), 1);

	/* That is what devctl does */
	rig_remove(rig);
	EXPECT_EQ(rig_add(rig), EOK);
	rig_up(rig);
	rig_resync(rig);
	rig_end(rig);
}

/** @}
 */
