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

/** @addtogroup test_xen_model
 * @{
 */
/** @file xen-netfront: poll modes, waits that are measured by the clock, and
 * what an earlier front end left
 *
 * While the fibrils' clock stands, no watchdog and no time-out does anything.
 */

#include <host/model.h>
#include <pthread.h>
#include <stdio.h>
#include <unistd.h>
#include "rig.h"

static errno_t set_poll(nic_poll_mode_t mode, long sec, long nsec)
{
	struct timespec period = { .tv_sec = sec, .tv_nsec = nsec };

	return rig_client->iface->poll_set_mode(rig_client->fun, mode, &period);
}

static void stats(nic_device_stats_t *stats)
{
	EXPECT_EQ(rig_client->iface->get_stats(rig_client->fun, stats), EOK);
}

TEST(a_card_that_works_needs_no_watchdog)
{
	rig_start_up(true);
	host_time_set_speed(0);
	for (int i = 0; i < 300; i++)
		rig_expect_traffic();
	host_time_set_speed(1);
	rig_finish();
}

TEST(polling_on_demand_delivers_on_demand)
{
	rig_start_up(true);
	EXPECT_EQ(set_poll(NIC_POLL_ON_DEMAND, 0, 0), EOK);
	host_time_set_speed(20);
	for (int i = 0; i < 10; i++)
		EXPECT(rig_receive(100, i));
	/* The watchdog leaves the ring alone */
	usleep(200000);
	EXPECT_EQ(rig_received, 0);
	host_time_set_speed(0);
	EXPECT_EQ(rig_client->iface->poll_now(rig_client->fun), EOK);
	WAIT_FOR(rig_received == 10);
	EXPECT(rig_receive(100, 1));
	EXPECT_EQ(rig_client->iface->poll_now(rig_client->fun), EOK);
	WAIT_FOR(rig_received == 11);

	EXPECT(rig_receive(100, 1));
	EXPECT_EQ(rig_client->iface->poll_set_mode(rig_client->fun,
	    NIC_POLL_IMMEDIATE, NULL), EOK);
	WAIT_FOR(rig_received == 12);
	rig_expect_traffic();
	host_time_set_speed(1);
	rig_finish();
}

typedef struct {
	const char *name;
	nic_poll_mode_t mode;
	long nsec;
} period_t;

static const period_t periods[] = {
	{ "5 ms", NIC_POLL_PERIODIC, 5000000 },
	{ "7 ms, by software", NIC_POLL_SOFTWARE_PERIODIC, 7000000 },
	{ "1 ns", NIC_POLL_PERIODIC, 1 }
};

TEST_ROWS(polling_periodically_delivers, period_t, periods)
{
	rig_start_up(true);
	EXPECT_EQ(set_poll(row->mode, 0, row->nsec), EOK);
	for (unsigned int i = 1; i <= 20; i++) {
		EXPECT(rig_receive(100, i));
		WAIT_FOR(rig_received == i);
	}
	/* A stop forgets it */
	EXPECT_EQ(rig_client->iface->set_state(rig_client->fun,
	    NIC_STATE_STOPPED), EOK);
	EXPECT_EQ(rig_client->iface->set_state(rig_client->fun,
	    NIC_STATE_ACTIVE), EOK);
	host_time_set_speed(0);
	rig_expect_traffic();
	host_time_set_speed(1);
	rig_finish();
}

TEST(a_long_poll_period_is_kept)
{
	rig_start_up(true);
	EXPECT_EQ(set_poll(NIC_POLL_PERIODIC, 100000, 0), EOK);
	host_time_set_speed(100);
	EXPECT(rig_receive(100, 1));
	/* The watchdog takes back what was sent, and leaves frames alone */
	usleep(200000);
	EXPECT_EQ(rig_received, 0);
	host_time_set_speed(1);
	EXPECT_EQ(rig_client->iface->poll_set_mode(rig_client->fun,
	    NIC_POLL_IMMEDIATE, NULL), EOK);
	WAIT_FOR(rig_received == 1);
	rig_finish();
}

static atomic_bool sent_one;

static void *send_one(void *arg)
{
	rig_send(60, 1);
	sent_one = true;
	return NULL;
}

/** A sender waits for room in a full ring while frames arrive. */
static void fill_and_wait(void)
{
	pthread_t sender;

	sent_one = false;
	netback_is_stalled = true;
	for (int i = 0; i < 256; i++)
		rig_send(60, i);
	host_time_set_speed(0);
	EXPECT(pthread_create(&sender, NULL, send_one, NULL) == 0);
	/* Each is an event of the same channel */
	for (unsigned int i = 1; i <= 500; i++) {
		EXPECT(rig_receive(100, i));
		WAIT_FOR(rig_received == i);
	}
	EXPECT(!sent_one);
	netback_is_stalled = false;
	netback_look();
	pthread_join(sender, NULL);
	host_time_set_speed(1);
	WAIT_FOR(netback_sent() == 257);
}

TEST(a_sender_waits_by_the_clock_while_frames_arrive)
{
	nic_device_stats_t now;

	rig_start_up(false);
	fill_and_wait();
	stats(&now);
	EXPECT_EQ(now.send_errors, 0);
	rig_finish();
}

/** A sender gave up before the link came: what it knew of the back end is no
 * reason to drop frames after that. */
TEST(a_sender_that_gave_up_before_the_link_came_waits_after_it)
{
	nic_device_stats_t now;

	rig_start();
	netback_is_late = true;
	netback_plug(false);
	WAIT_FOR(rig_card != NULL && rig_front_state() == 4);
	EXPECT_EQ(rig_connect(), EOK);
	rig_send(60, 0);
	stats(&now);
	EXPECT_EQ(now.send_errors, 1);
	EXPECT(!rig_link_is_up());
	WAIT_FOR((netback_act(), rig_link_is_up()));
	netback_is_late = false;
	fill_and_wait();
	stats(&now);
	EXPECT_EQ(now.send_errors, 1);
	rig_finish();
}

TEST(frames_that_were_sent_before_the_back_end_went_are_no_errors)
{
	nic_device_stats_t now;

	rig_start_up(true);
	for (int i = 0; i < 10; i++)
		rig_send(60, i);
	netback_is_stalled = true;
	rig_send(60, 1);
	netback_restart();
	WAIT_FOR(netback_connects() == 2);
	netback_is_stalled = false;
	WAIT_FOR(rig_link_is_up());
	stats(&now);
	EXPECT_EQ(now.send_packets, 10);
	EXPECT_EQ(now.send_errors, 1);
	rig_expect_traffic();
	rig_finish();
}

static atomic_bool removed;

static void *remove_card(void *arg)
{
	EXPECT_EQ(host_dev_remove(rig_platform), EOK);
	removed = true;
	return NULL;
}

/** With the clock that stands, a wait for an answer has no end. */
TEST(a_card_that_goes_waits_for_no_multicast_request)
{
	nic_address_t list[8];
	pthread_t remover;

	rig_start_up(true);
	for (unsigned int i = 0; i < 8; i++)
		list[i] = (nic_address_t) { { 0x33, 0x33, 0xff, 0, 0, i } };
	netback_is_stalled = true;
	host_time_set_speed(0);
	EXPECT_EQ(rig_client->iface->multicast_set_mode(rig_client->fun,
	    NIC_MULTICAST_LIST, list, 8), EOK);
	EXPECT(pthread_create(&remover, NULL, remove_card, NULL) == 0);
	WAIT_FOR(removed);
	pthread_join(remover, NULL);
	host_time_set_speed(1);
	rig_check_clean();
	rig_stop();
}

/** Keys that some back end reads, as an earlier front end may have left them */
static const char *const left[] = {
	"multi-queue-num-queues", "queue-0/tx-ring-ref",
	"queue-0/event-channel",
	"queue-1/tx-ring-ref", "queue-3/rx-ring-ref", "feature-gso-tcpv4",
	"feature-gso-tcpv6", "feature-gso-tcpv4-prefix",
	"feature-gso-tcpv6-prefix", "feature-ipv6-csum-offload",
	"xdp-headroom", "ctrl-ring-ref", "event-channel-ctrl", "event-channel"
};

TEST(what_an_earlier_front_end_left_is_removed)
{
	char path[64];

	rig_start();
	model_lock();
	for (size_t i = 0; i < sizeof(left) / sizeof(left[0]); i++) {
		snprintf(path, sizeof(path), FRONT "/%s", left[i]);
		store_set(path, "2");
	}
	model_unlock();
	netback_plug(true);
	rig_bring_up();
	model_lock();
	for (size_t i = 0; i < sizeof(left) / sizeof(left[0]); i++) {
		snprintf(path, sizeof(path), FRONT "/%s", left[i]);
		if (store_get(path) != NULL)
			test_fail(__FILE__, __LINE__, "%s is left", path);
	}
	model_unlock();
	rig_expect_traffic();
	rig_finish();
}

/** @}
 */
