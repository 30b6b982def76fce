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
 * The drivers with a back end that does its work
 */

#include <string.h>
#include <unistd.h>
#include "../../model/stale.h"
#include "rig.h"

TEST(a_card_connects_and_moves_frames_and_leaves_nothing_behind)
{
	rig_start_up(true);
	EXPECT_EQ(rig_front_state(), 4);
	rig_expect_traffic();
	rig_finish();
}

TEST(a_back_end_gets_nothing_that_was_in_memory_before)
{
	rig_start();
	stale_watch();
	netback_plug(true);
	rig_bring_up();
	stale_expect_none();
	rig_finish();
}

TEST(one_event_channel_does_for_both_rings)
{
	rig_start_up(false);
	EXPECT_EQ(model_open_ports(), 1);
	rig_expect_traffic();
	rig_finish();
}

TEST(a_card_that_comes_later_leaves_the_emulated_ones_alone)
{
	rig_start();
	EXPECT_EQ(model_unplugs(), 0);
	netback_plug(true);
	rig_bring_up();
	rig_expect_traffic();
	EXPECT_EQ(model_unplugs(), 0);
	rig_finish();
}

static unsigned int unplugs_before_bus;

static void note_unplugs(void)
{
	unplugs_before_bus = model_unplugs();
}

TEST(emulated_cards_go_before_xenbus_comes)
{
	rig_power_on();
	netback_plug(true);
	rig_before_bus = note_unplugs;
	EXPECT_EQ(rig_add(), EOK);
	EXPECT_EQ(unplugs_before_bus, 1);
	rig_bring_up();
	EXPECT_EQ(model_unplugs(), 1);
	rig_expect_traffic();
	rig_finish();
}

TEST(thousands_of_frames_go_both_ways_in_order)
{
	uint8_t frame[4096];

	rig_start_up(true);
	for (unsigned int i = 0; i < 2000; i++) {
		rig_send(60 + i % 1400, i & 0xff);
		while (!rig_receive(60 + i % 1400, i & 0xff))
			usleep(1000);
	}
	WAIT_FOR(rig_received == 2000);
	WAIT_FOR(netback_sent() == 2000);
	for (unsigned int i = 0; i < 2000; i++) {
		EXPECT_EQ(netback_sent_frame(i, frame), 60 + i % 1400);
		EXPECT_EQ(frame[59], i & 0xff);
	}
	rig_finish();
}

TEST(frames_of_all_lengths_arrive_as_they_were)
{
	uint8_t frame[1518];

	rig_start_up(true);
	for (size_t size = 14; size <= 1518; size += 47) {
		unsigned int got = rig_received;
		EXPECT(rig_receive(size, size & 0xff));
		WAIT_FOR(rig_received == got + 1);
		EXPECT(rig_got(frame, rig_make_frame(frame, size,
		    size & 0xff)));
	}
	rig_finish();
}

TEST(runts_and_giants_are_counted_and_not_delivered)
{
	nic_device_stats_t stats;

	rig_start_up(true);
	EXPECT(rig_receive(13, 1));
	EXPECT(rig_receive(1519, 1));
	EXPECT(rig_receive(4000, 1));
	rig_expect_traffic();
	EXPECT_EQ(rig_received, 1);
	rig_client->iface->get_stats(rig_client->fun, &stats);
	EXPECT_EQ(stats.receive_length_errors, 3);
	rig_finish();
}

TEST(a_full_ring_makes_the_sender_wait_and_then_count_an_error)
{
	nic_device_stats_t stats;

	rig_start_up(true);
	netback_is_stalled = true;
	for (int i = 0; i < 257; i++)
		rig_send(60, i & 0xff);
	rig_client->iface->get_stats(rig_client->fun, &stats);
	EXPECT_EQ(stats.send_errors, 1);

	netback_is_stalled = false;
	rig_send(60, 0);
	rig_finish();
}

TEST(a_frame_in_pieces_is_put_together)
{
	rig_start_up(true);
	xen_netif_rx_response_t rsp[3] = {
		{
			.id = netback_take_rx_id(),
			.flags = XEN_NETRXF_MORE_DATA,
			.status = 700
		}, {
			.id = netback_take_rx_id(),
			.offset = 96,
			.flags = XEN_NETRXF_MORE_DATA,
			.status = 300
		}, {
			.id = netback_take_rx_id(),
			.status = 1
		}
	};
	uint8_t frame[1001];

	rig_make_frame(frame, sizeof(frame), 0x77);
	netback_fill(rsp[0].id, 0, frame, 700);
	netback_fill(rsp[1].id, 96, frame + 700, 300);
	netback_fill(rsp[2].id, 0, frame + 1000, 1);
	netback_respond_rx_all(rsp, 3);
	WAIT_FOR(rig_received == 1);
	EXPECT(rig_got(frame, sizeof(frame)));
	rig_expect_traffic();
	rig_finish();
}

/** The back end has a frame for the card, in buffers that are filled one after
 * the other.
 */
static void receive_in_buffers(const uint8_t *frame, size_t size)
{
	xen_netif_rx_response_t rsp[3] = { };
	size_t count = 0;

	while (size > 0) {
		size_t piece = size < 4096 ? size : 4096;
		size -= piece;
		rsp[count] = (xen_netif_rx_response_t) {
			.id = netback_take_rx_id(),
			.flags = size > 0 ? XEN_NETRXF_MORE_DATA : 0,
			.status = piece
		};
		netback_fill(rsp[count++].id, 0, frame, piece);
		frame += piece;
	}
	netback_respond_rx_all(rsp, count);
}

TEST(frames_as_long_as_the_mtu_arrive_and_those_that_fit_a_buffer_are_sent)
{
	static const size_t header = 14;
	static const size_t tag = 4;
	uint8_t frame[RIG_FRAME_MAX];
	nic_device_stats_t stats;

	rig_start();
	model_lock();
	store_override = (store_override_t) { FRONT "/mtu", "9001", 4 };
	model_unlock();
	netback_plug(true);
	rig_bring_up();

	(void) rig_make_frame(frame, sizeof(frame), 0x42);
	for (size_t i = 0; i < sizeof(frame); i += 100)
		frame[i + 6] = i / 100;
	receive_in_buffers(frame, 9001 + header + tag);
	WAIT_FOR(rig_received == 1);
	EXPECT(rig_got(frame, 9001 + header + tag));
	receive_in_buffers(frame, 9001 + header + tag + 1);
	rig_expect_traffic();
	EXPECT_EQ(rig_received, 2);

	size_t before = netback_sent();
	rig_send(4096 - tag, 0x43);
	WAIT_FOR(netback_sent() == before + 1);
	rig_send(4096 - tag + 1, 0x44);
	rig_expect_traffic();
	EXPECT_EQ(netback_sent(), before + 2);
	rig_client->iface->get_stats(rig_client->fun, &stats);
	EXPECT_EQ(stats.receive_length_errors, 1);
	EXPECT_EQ(stats.send_errors, 1);
	rig_finish();
}

TEST(a_conflict_makes_the_whole_transaction_happen_again)
{
	rig_start();
	store_conflicts = 3;
	netback_plug(true);
	rig_bring_up();
	EXPECT_EQ(store_conflicts, 0);
	rig_expect_traffic();
	rig_finish();
}

TEST(a_back_end_that_restarts_is_connected_to_again)
{
	rig_start_up(true);
	for (int i = 0; i < 20; i++) {
		unsigned int before = netback_connects();
		netback_restart();
		WAIT_FOR(netback_connects() == before + 1);
		WAIT_FOR(rig_link_is_up());
		EXPECT_EQ(model_open_ports(), 2);
	}
	rig_expect_traffic();
	rig_finish();
}

TEST(a_back_end_that_took_over_the_rings_is_waited_for)
{
	rig_start_up(true);
	for (int i = 0; i < 10; i++) {
		netback_mood.at = 6;
		netback_mood.state = "5";
		netback_rebind();
		WAIT_FOR(rig_front_state() == 6);
		netback_mood.at = 0;
		netback_do("6");
		WAIT_FOR(rig_front_state() == 4 && netback_is_connected());
		WAIT_FOR(rig_link_is_up());
	}
	rig_expect_traffic();
	rig_finish();
}

TEST(a_device_comes_and_goes_again_and_again)
{
	rig_start();
	for (int i = 0; i < 20; i++) {
		netback_plug(i % 2 == 0);
		WAIT_FOR(rig_card != NULL);
		WAIT_FOR(rig_front_state() == 4);
		netback_unplug();
		WAIT_FOR(rig_card == NULL);
		WAIT_FOR(model_open_ports() == 0);
		WAIT_FOR(model_grants_in_use() == 0);
	}
	rig_finish();
}

TEST(a_card_goes_offline_and_online)
{
	rig_start_up(true);
	ddf_fun_t *bus = host_dev_get_fun(rig_platform, "xenbus");
	for (int i = 0; i < 3; i++) {
		EXPECT_EQ(host_fun_offline(bus), EOK);
		EXPECT(rig_card == NULL);
		EXPECT_EQ(model_open_ports(), 0);
		EXPECT_EQ(model_grants_in_use(), 0);
		EXPECT_EQ(host_fun_online(bus), EOK);
		WAIT_FOR(rig_card != NULL);
		WAIT_FOR(rig_front_state() == 4);
	}
	host_fun_put(bus);
	rig_disconnect();
	rig_bring_up();
	rig_expect_traffic();
	rig_finish();
}

TEST(pages_that_the_back_end_keeps_are_never_freed)
{
	rig_start_up(true);
	EXPECT(rig_live_dma() > 1);
	netback_keeps = 1;
	netback_unplug();
	WAIT_FOR(model_grants_in_use() == 1);
	WAIT_FOR(rig_live_dma() == 1);

	/* The reference is used again once it was let go of, the page not. */
	netback_keeps = 0;
	netback_release_kept();
	netback_plug(true);
	WAIT_FOR(rig_front_state() == 4);
	EXPECT_EQ(host_dev_remove(rig_platform), EOK);
	EXPECT_EQ(model_grants_in_use(), 0);
	EXPECT_EQ(rig_live_dma(), 1);
}

TEST(quiesce_leaves_nothing_granted)
{
	rig_start_up(true);
	EXPECT_EQ(host_dev_quiesce(rig_platform), EOK);
	EXPECT_EQ(model_callback_irq(), 0);
	EXPECT_EQ(model_grants_in_use(), 0);
}

TEST(quiesce_waits_for_events_under_way)
{
	rig_start_up(true);
	model_be_busy();
	netback_event();
	EXPECT_EQ(host_dev_quiesce(rig_platform), EOK);
	EXPECT_EQ(model_callback_irq(), 0);
	EXPECT_EQ(model_grants_in_use(), 0);
	/* Which are in vain from now on */
	host_irq_drain();
}

TEST(a_status_that_is_an_error_is_counted)
{
	nic_device_stats_t stats;

	rig_start_up(true);
	xen_netif_rx_response_t rsp = {
		.id = netback_take_rx_id(),
		.status = XEN_NETIF_RSP_ERROR
	};

	(void) netback_respond_rx(&rsp);
	rig_expect_traffic();
	rig_client->iface->get_stats(rig_client->fun, &stats);
	EXPECT_EQ(stats.receive_errors, 1);
	rig_finish();
}

TEST(a_port_of_nobody_is_masked_at_its_first_event)
{
	rig_start_up(true);
	model_open_stray_port();
	for (int i = 0; i < 1000; i++) {
		model_lock();
		model_event(MODEL_STRAY_PORT);
		model_unlock();
	}
	host_irq_drain();
	EXPECT(model_stray_port_is_masked());
	rig_expect_traffic();
	EXPECT_EQ(host_dev_remove(rig_platform), EOK);
}

TEST(an_event_without_an_interrupt_is_not_lost)
{
	rig_start_up(true);
	for (int i = 0; i < 3; i++) {
		unsigned int got = rig_received;
		model_lose_interrupts(true);
		EXPECT(rig_receive(100, i));
		WAIT_FOR(rig_received == got + 1);
		model_lose_interrupts(false);
	}
	/* xenstore has its own, and the drivers part without interrupts. */
	model_lose_interrupts(true);
	rig_finish();
}

TEST(a_storm_of_events_lets_the_card_go_on)
{
	rig_start_up(true);
	for (int i = 0; i < 5000; i++) {
		netback_event();
		if (i % 1000 == 0)
			rig_expect_traffic();
	}
	rig_expect_traffic();
	rig_finish();
}

