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

/** @file
 * Group addresses: what of them the back end filters
 */

#include <errno.h>
#include <host/model.h>
#include <stdio.h>
#include <string.h>
#include "rig.h"

/** The address of a group by its number, as IPv6 has them */
static nic_address_t group(unsigned int n)
{
	return (nic_address_t) { { 0x33, 0x33, 0xff, 0, n >> 8, n & 0xff } };
}

static netback_mcast_stats_t stats(void)
{
	return netback_mcast_stats();
}

/** Want the groups from one number on. */
static void want_from(unsigned int first, unsigned int count)
{
	nic_address_t list[100];

	for (unsigned int i = 0; i < count; i++)
		list[i] = group(first + i);
	EXPECT_EQ(rig_client->iface->multicast_set_mode(rig_client->fun,
	    NIC_MULTICAST_LIST, list, count), EOK);
}

static void want(unsigned int count)
{
	want_from(0, count);
}

static void want_mode(nic_multicast_mode_t mode)
{
	EXPECT_EQ(rig_client->iface->multicast_set_mode(rig_client->fun, mode,
	    NULL, 0), EOK);
}

/** A frame to a group comes. */
static void send_to(unsigned int n)
{
	uint8_t frame[100];
	nic_address_t addr = group(n);

	rig_make_frame(frame, sizeof(frame), n);
	memcpy(frame, addr.address, sizeof(addr.address));
	EXPECT(netback_receive(frame, sizeof(frame)));
}

/** A frame to a group is delivered, or is not; dropped by the back end or not.
 */
static void expect_group(unsigned int n, bool delivered, bool dropped)
{
	unsigned int got = rig_received;
	unsigned int before = stats().dropped;

	send_to(n);
	EXPECT_EQ(stats().dropped - before, dropped);
	if (delivered)
		WAIT_FOR(rig_received == got + 1);
	rig_expect_traffic();
	EXPECT_EQ(rig_received, got + delivered + 1);
}

TEST(the_back_end_filters_by_the_list_of_groups)
{
	rig_start_up(true);
	want(3);
	WAIT_FOR(stats().count == 3 && stats().on);
	expect_group(0, true, false);
	expect_group(2, true, false);
	expect_group(3, false, true);
	rig_finish();
}

TEST(a_list_that_is_changed_is_changed_by_the_difference)
{
	rig_start_up(true);
	want_from(0, 60);
	WAIT_FOR(stats().count == 60 && stats().on);
	want_from(10, 60);
	WAIT_FOR(stats().added == 70 && stats().count == 60);
	EXPECT_EQ(stats().removed, 10);
	EXPECT_EQ(stats().refused, 0);
	expect_group(9, false, true);
	expect_group(69, true, false);
	want(0);
	WAIT_FOR(stats().count == 0);
	expect_group(10, false, true);
	rig_finish();
}

TEST(a_client_that_blocks_all_groups_gets_none)
{
	rig_start_up(true);
	/* The client has blocked them when it brought the card up. */
	WAIT_FOR(stats().on);
	EXPECT_EQ(stats().added, 0);
	expect_group(1, false, true);
	rig_finish();
}

TEST(without_a_client_that_says_what_it_wants_nothing_is_filtered)
{
	rig_start();
	netback_plug(true);
	WAIT_FOR(rig_card != NULL && rig_front_state() == 4);
	EXPECT_EQ(rig_connect_only(), EOK);
	WAIT_FOR(rig_link_is_up());
	rig_expect_traffic();
	EXPECT(!stats().on);
	send_to(1);
	EXPECT_EQ(stats().dropped, 0);
	rig_finish();
}

TEST(a_promiscuous_client_gets_all_groups)
{
	rig_start_up(true);
	want(2);
	WAIT_FOR(stats().count == 2 && stats().on);
	want_mode(NIC_MULTICAST_PROMISC);
	WAIT_FOR(!stats().on);
	expect_group(7, true, false);
	want(2);
	WAIT_FOR(stats().on);
	EXPECT_EQ(stats().added, 2);
	expect_group(7, false, true);
	rig_finish();
}

TEST(a_card_that_is_stopped_forgets_the_list)
{
	rig_start_up(true);
	want(2);
	WAIT_FOR(stats().on);
	EXPECT_EQ(rig_client->iface->set_state(rig_client->fun,
	    NIC_STATE_STOPPED), EOK);
	WAIT_FOR(!stats().on);
	rig_finish();
}

TEST(a_list_that_is_too_long_is_filtered_by_libnic)
{
	rig_start_up(true);
	want(64);
	WAIT_FOR(stats().count == 64 && stats().on);
	want(65);
	WAIT_FOR(!stats().on);
	expect_group(64, true, false);
	expect_group(65, false, false);
	rig_finish();
}

TEST(a_list_that_the_back_end_refuses_is_filtered_by_libnic)
{
	netback_mcast_max = 3;
	rig_start_up(true);
	want(4);
	WAIT_FOR(stats().refused == 1 && !stats().on);
	expect_group(3, true, false);
	expect_group(4, false, false);

	/* A shorter one it takes. */
	want_from(2, 3);
	WAIT_FOR(stats().on && stats().count == 3);
	expect_group(4, true, false);
	expect_group(1, false, true);
	rig_finish();
}

TEST(a_list_that_nobody_answers_for_is_filtered_by_libnic)
{
	rig_start_up(true);
	WAIT_FOR(stats().on);
	host_time_set_speed(100);
	netback_is_stalled = true;
	want(2);
	WAIT_FOR(!stats().on);
	netback_is_stalled = false;
	netback_look();
	host_time_set_speed(1);
	expect_group(1, true, false);
	expect_group(2, false, false);

	/* Nobody knows this back end's list, but the next one's. */
	want(3);
	netback_restart();
	WAIT_FOR(stats().on && stats().count == 3);
	WAIT_FOR(rig_link_is_up());
	expect_group(2, true, false);
	rig_finish();
}

/** The key that switches the filter is not taken so many times. */
static void refuse_switch(unsigned int count)
{
	model_lock();
	store_refusal = (store_refusal_t) {
		XS_WRITE, FRONT "/request-multicast-control", "EACCES", count
	};
	model_unlock();
}

TEST(a_filter_that_cannot_be_switched_is_tried_again_and_said_once)
{
	rig_start_up(true);
	WAIT_FOR(stats().on);
	host_time_set_speed(100);
	refuse_switch(5);
	want_mode(NIC_MULTICAST_PROMISC);
	WAIT_FOR(!stats().on);
	EXPECT_EQ(store_refusal.count, 0);
	EXPECT_EQ(rig_unfiltered, 1);

	/* What works and fails again is said again. */
	refuse_switch(5);
	want(1);
	WAIT_FOR(stats().on);
	EXPECT_EQ(rig_unfiltered, 2);
	host_time_set_speed(1);
	rig_finish();
}

TEST(a_back_end_that_restarts_gets_the_list_again)
{
	rig_start_up(true);
	want(5);
	WAIT_FOR(stats().count == 5 && stats().on);
	for (unsigned int i = 2; i < 6; i++) {
		netback_restart();
		WAIT_FOR(stats().added == 5 * i && stats().on);
		WAIT_FOR(rig_link_is_up());
	}
	expect_group(4, true, false);
	expect_group(5, false, true);
	rig_finish();
}

typedef struct {
	const char *name;
	netback_mcast_t offered;
} offer_t;

static const offer_t offers[] = {
	{ "no control at all", MCAST_NONE },
	{ "control when it connects", MCAST_STATIC }
};

TEST_ROWS(a_filter_that_cannot_be_switched_is_not_used, offer_t, offers)
{
	netback_mcast = row->offered;
	rig_start_up(true);
	want(3);
	expect_group(2, true, false);
	expect_group(3, false, false);
	EXPECT_EQ(stats().added, 0);
	EXPECT(!stats().on);
	rig_finish();
}

TEST(lists_and_frames_share_the_ring)
{
	rig_start_up(true);
	size_t before = netback_sent();
	for (unsigned int i = 0; i < 1000; i++) {
		if (i % 50 == 0)
			want_from(i, 60);
		rig_send(60 + i % 1000, i & 0xff);
	}
	WAIT_FOR(netback_sent() == before + 1000);
	WAIT_FOR(stats().count == 60 && stats().on);
	nic_address_t first = group(950);
	WAIT_FOR(netback_mcast_has(first.address));
	rig_finish();
}

TEST(a_list_waits_for_room_in_a_full_ring)
{
	rig_start_up(true);
	WAIT_FOR(stats().on);
	netback_is_stalled = true;
	for (int i = 0; i < 256; i++)
		rig_send(60, i & 0xff);
	want(2);
	netback_is_stalled = false;
	netback_look();
	WAIT_FOR(stats().count == 2 && stats().on);
	EXPECT_EQ(netback_sent(), 256);
	rig_finish();
}

TEST(more_null_responses_than_extra_segments_close_the_device)
{
	rig_start_up(true);
	want(1);
	WAIT_FOR(stats().count == 1 && stats().on);
	netback_is_stalled = true;
	rig_send(60, 1);
	(void) netback_respond_tx(0, XEN_NETIF_RSP_NULL);
	WAIT_FOR(rig_front_state() == 6);
	WAIT_FOR(model_grants_in_use() == 0);
	rig_finish();
}
