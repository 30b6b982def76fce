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
 * The three Xen drivers against the model
 *
 * Each test runs in a process of its own and waits for states, with a limit
 * that only a failure reaches.
 */

#include <host/ddf.h>
#include <host/model.h>
#include <host/nic_client.h>
#include <pcut/pcut.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "xen.h"

PCUT_INIT;

PCUT_TEST_SUITE(xen);

#define LIMIT_US  60000000
#define STEP_US   1000
#define FRONT     "device/vif/0"

extern int xen_platform_main(int, char *[]);
extern int xenbus_main(int, char *[]);
extern int xen_netfront_main(int, char *[]);

static async_sess_t *sess;
static ddf_dev_t *platform;
/** The card that is bound, with a reference, or NULL */
static _Atomic(ddf_fun_t *) card;
static host_nic_client_t *client;
static atomic_uint received;
static uint8_t last[4096];
static atomic_size_t last_size;

#define WAIT_FOR(cond) \
	do { \
		unsigned int waited_us = 0; \
		while (!(cond) && waited_us < LIMIT_US) { \
			usleep(STEP_US); \
			waited_us += STEP_US; \
		} \
		PCUT_ASSERT_TRUE(cond); \
	} while (0)

static void on_frame(void *arg, const void *data, size_t size)
{
	memcpy(last, data, size);
	last_size = size;
	received++;
}

static const host_nic_client_ops_t client_ops = {
	.received = on_frame
};

static void on_fun(ddf_fun_t *fun, bool bound, void *arg)
{
	if (host_fun_iface(fun, NIC_DEV_IFACE) == NULL)
		return;
	if (bound) {
		host_fun_get(fun);
		card = fun;
	} else if (card == fun) {
		card = NULL;
		host_fun_put(fun);
	}
}

static unsigned int front_state(void)
{
	model_lock();
	const char *value = store_get(FRONT "/state");
	unsigned int state = value == NULL ? 0 : value[0] - '0';
	model_unlock();
	return state;
}

/** Start the drivers, with a device in xenstore or without. */
static void start(void)
{
	sess = model_xen_start();
	(void) host_driver_add_match("xenbus", "xen/xenbus");
	(void) host_driver_add_match("xen-netfront", "xen/vif");
	host_fun_set_cb(on_fun, NULL);
	PCUT_ASSERT_INT_EQUALS(EOK,
	    host_driver_start(xen_platform_main, "xen-platform"));
	PCUT_ASSERT_INT_EQUALS(EOK, host_driver_start(xenbus_main, "xenbus"));
	PCUT_ASSERT_INT_EQUALS(EOK,
	    host_driver_start(xen_netfront_main, "xen-netfront"));
	PCUT_ASSERT_INT_EQUALS(EOK,
	    host_dev_add("xen-platform", "00:02.0", sess, &platform));
}

static bool link_is_up(void)
{
	nic_cable_state_t state;
	return client->iface->get_cable_state(client->fun, &state) == EOK &&
	    state == NIC_CS_PLUGGED;
}

/** Wait for the card and do what an IP stack does. */
static void bring_up(void)
{
	nic_address_t mac;

	WAIT_FOR(card != NULL);
	PCUT_ASSERT_INT_EQUALS(EOK,
	    host_nic_connect(card, &client_ops, NULL, &client));
	PCUT_ASSERT_INT_EQUALS(EOK, host_nic_bring_up(client, &mac));
	PCUT_ASSERT_INT_EQUALS(0x3e, mac.address[2]);
	WAIT_FOR(link_is_up());
}

static void start_up(bool split)
{
	start();
	netback_plug(split);
	bring_up();
}

/** Remove all drivers' devices; nothing may be left. */
static void finish(void)
{
	PCUT_ASSERT_INT_EQUALS(EOK, host_dev_remove(platform));
	if (client != NULL)
		host_nic_client_destroy(client);
	client = NULL;
	host_irq_drain();
	WAIT_FOR(model_open_ports() == 0);
	PCUT_ASSERT_INT_EQUALS(0, model_grants_in_use());
	model_lock();
	PCUT_ASSERT_INT_EQUALS(0, store_watches());
	model_unlock();
	host_pci_sess_destroy(sess);
	model_xen_stop();
	WAIT_FOR(host_ddf_objects() == 0);
}

static void send_frame(size_t size, uint8_t tag)
{
	uint8_t frame[4096];

	memset(frame, tag, size);
	PCUT_ASSERT_INT_EQUALS(EOK,
	    client->iface->send_frame(client->fun, frame, size));
}

/** A frame to the card's own address */
static size_t make_frame(uint8_t *frame, size_t size, uint8_t tag)
{
	static const uint8_t mac[] = { 0, 0x16, 0x3e, 1, 2, 3 };

	memset(frame, tag, size);
	memcpy(frame, mac, sizeof(mac));
	return size;
}

static bool receive(size_t size, uint8_t tag)
{
	uint8_t frame[4096];
	return netback_receive(frame, make_frame(frame, size, tag));
}

static void expect_traffic(void)
{
	size_t before = netback_sent();
	unsigned int got = received;

	send_frame(100, 0x55);
	WAIT_FOR(netback_sent() == before + 1);
	PCUT_ASSERT_TRUE(receive(100, 0x66));
	WAIT_FOR(received == got + 1);
	PCUT_ASSERT_INT_EQUALS(0x66, last[99]);
}

PCUT_TEST(a_card_connects_and_moves_frames_and_leaves_nothing_behind)
{
	start_up(true);
	PCUT_ASSERT_INT_EQUALS(4, front_state());
	PCUT_ASSERT_INT_EQUALS(1, model_unplugs());
	expect_traffic();
	finish();
}

PCUT_TEST(one_event_channel_does_for_both_rings)
{
	start_up(false);
	PCUT_ASSERT_INT_EQUALS(1, model_open_ports());
	expect_traffic();
	finish();
}

PCUT_TEST(without_a_device_nothing_is_unplugged)
{
	start();
	PCUT_ASSERT_INT_EQUALS(0, model_unplugs());
	finish();
}

PCUT_TEST(thousands_of_frames_go_both_ways_in_order)
{
	uint8_t frame[4096];

	start_up(true);
	for (unsigned int i = 0; i < 2000; i++) {
		send_frame(60 + i % 1400, i & 0xff);
		while (!receive(60 + i % 1400, i & 0xff))
			usleep(STEP_US);
	}
	WAIT_FOR(received == 2000);
	WAIT_FOR(netback_sent() == 2000);
	for (unsigned int i = 0; i < 2000; i++) {
		PCUT_ASSERT_INT_EQUALS(60 + i % 1400,
		    netback_sent_frame(i, frame));
		PCUT_ASSERT_INT_EQUALS(i & 0xff, frame[59]);
	}
	finish();
}

PCUT_TEST(frames_of_all_lengths_arrive_as_they_were)
{
	start_up(true);
	for (size_t size = 14; size <= 1518; size += 47) {
		unsigned int got = received;
		PCUT_ASSERT_TRUE(receive(size, size & 0xff));
		WAIT_FOR(received == got + 1);
		PCUT_ASSERT_INT_EQUALS(size, last_size);
		PCUT_ASSERT_INT_EQUALS(size & 0xff, last[size - 1]);
	}
	finish();
}

PCUT_TEST(runts_and_giants_are_counted_and_not_delivered)
{
	nic_device_stats_t stats;

	start_up(true);
	PCUT_ASSERT_TRUE(receive(13, 1));
	PCUT_ASSERT_TRUE(receive(1519, 1));
	PCUT_ASSERT_TRUE(receive(4000, 1));
	expect_traffic();
	PCUT_ASSERT_INT_EQUALS(1, received);
	client->iface->get_stats(client->fun, &stats);
	PCUT_ASSERT_INT_EQUALS(3, stats.receive_length_errors);
	finish();
}

PCUT_TEST(a_full_ring_makes_the_sender_wait_and_then_count_an_error)
{
	nic_device_stats_t stats;

	start_up(true);
	netback_is_stalled = true;
	for (int i = 0; i < 257; i++)
		send_frame(60, i & 0xff);
	client->iface->get_stats(client->fun, &stats);
	PCUT_ASSERT_INT_EQUALS(1, stats.send_errors);

	netback_is_stalled = false;
	send_frame(60, 0);
	finish();
}

PCUT_TEST(a_frame_in_pieces_is_put_together)
{
	start_up(true);
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

	make_frame(frame, sizeof(frame), 0x77);
	netback_fill(rsp[0].id, 0, frame, 700);
	netback_fill(rsp[1].id, 96, frame + 700, 300);
	netback_fill(rsp[2].id, 0, frame + 1000, 1);
	netback_respond_rx_all(rsp, 3);
	WAIT_FOR(received == 1);
	PCUT_ASSERT_INT_EQUALS(1001, last_size);
	PCUT_ASSERT_INT_EQUALS(0, memcmp(frame, last, sizeof(frame)));
	expect_traffic();
	finish();
}

PCUT_TEST(a_conflict_makes_the_whole_transaction_happen_again)
{
	start();
	store_conflicts = 3;
	netback_plug(true);
	bring_up();
	PCUT_ASSERT_INT_EQUALS(0, store_conflicts);
	expect_traffic();
	finish();
}

PCUT_TEST(a_back_end_that_restarts_is_connected_to_again)
{
	start_up(true);
	for (int i = 0; i < 20; i++) {
		netback_restart();
		WAIT_FOR(front_state() != 4 || !netback_is_connected());
		WAIT_FOR(front_state() == 4 && netback_is_connected());
		WAIT_FOR(link_is_up());
		PCUT_ASSERT_INT_EQUALS(2, model_open_ports());
	}
	expect_traffic();
	finish();
}

PCUT_TEST(a_device_comes_and_goes_again_and_again)
{
	start();
	for (int i = 0; i < 20; i++) {
		netback_plug(i % 2 == 0);
		WAIT_FOR(card != NULL);
		WAIT_FOR(front_state() == 4);
		netback_unplug();
		WAIT_FOR(card == NULL);
		WAIT_FOR(model_open_ports() == 0);
		WAIT_FOR(model_grants_in_use() == 0);
	}
	finish();
}

PCUT_TEST(a_card_goes_offline_and_online)
{
	start_up(true);
	ddf_fun_t *bus = host_dev_get_fun(platform, "xenbus");
	for (int i = 0; i < 3; i++) {
		PCUT_ASSERT_INT_EQUALS(EOK, host_fun_offline(bus));
		PCUT_ASSERT_TRUE(card == NULL);
		PCUT_ASSERT_INT_EQUALS(0, model_open_ports());
		PCUT_ASSERT_INT_EQUALS(0, model_grants_in_use());
		PCUT_ASSERT_INT_EQUALS(EOK, host_fun_online(bus));
		WAIT_FOR(card != NULL);
		WAIT_FOR(front_state() == 4);
	}
	host_fun_put(bus);
	host_nic_client_destroy(client);
	client = NULL;
	bring_up();
	expect_traffic();
	finish();
}

static size_t live_dma(void)
{
	host_dma_stats_t stats;

	host_dma_get_stats(&stats);
	return stats.live;
}

PCUT_TEST(pages_that_the_back_end_keeps_are_never_freed)
{
	start_up(true);
	PCUT_ASSERT_TRUE(live_dma() > 1);
	netback_keeps = 1;
	netback_unplug();
	WAIT_FOR(model_grants_in_use() == 1);
	WAIT_FOR(live_dma() == 1);

	/* The reference is used again once it was let go of, the page not. */
	netback_keeps = 0;
	netback_release_kept();
	netback_plug(true);
	WAIT_FOR(front_state() == 4);
	PCUT_ASSERT_INT_EQUALS(EOK, host_dev_remove(platform));
	PCUT_ASSERT_INT_EQUALS(0, model_grants_in_use());
	PCUT_ASSERT_INT_EQUALS(1, live_dma());
}

PCUT_TEST(quiesce_leaves_nothing_granted)
{
	start_up(true);
	PCUT_ASSERT_INT_EQUALS(EOK, host_dev_quiesce(platform));
	PCUT_ASSERT_INT_EQUALS(0, model_callback_irq());
	PCUT_ASSERT_INT_EQUALS(0, model_grants_in_use());
}

/** The device was closed, and all the rest lives on. */
static void expect_closed(void)
{
	WAIT_FOR(front_state() == 6);
	WAIT_FOR(model_grants_in_use() == 0);
	PCUT_ASSERT_FALSE(link_is_up());
	send_frame(60, 1);
	finish();
}

PCUT_TEST(rx_id_past_the_ring_closes_the_device)
{
	xen_netif_rx_response_t rsp = { .id = 256, .status = 60 };

	start_up(true);
	(void) netback_take_rx_id();
	(void) netback_respond_rx(&rsp);
	expect_closed();
}

PCUT_TEST(rx_id_twice_closes_the_device)
{
	start_up(true);
	xen_netif_rx_response_t rsp = {
		.id = netback_take_rx_id(),
		.flags = XEN_NETRXF_MORE_DATA,
		.status = 60
	};

	(void) netback_take_rx_id();
	(void) netback_respond_rx(&rsp);
	(void) netback_respond_rx(&rsp);
	expect_closed();
}

PCUT_TEST(rx_data_past_the_buffer_closes_the_device)
{
	start_up(true);
	xen_netif_rx_response_t rsp = {
		.id = netback_take_rx_id(),
		.offset = 4000,
		.status = 97
	};

	(void) netback_respond_rx(&rsp);
	expect_closed();
}

PCUT_TEST(rx_offset_that_wraps_closes_the_device)
{
	start_up(true);
	xen_netif_rx_response_t rsp = {
		.id = netback_take_rx_id(),
		.offset = 65535,
		.status = 1
	};

	(void) netback_respond_rx(&rsp);
	expect_closed();
}

PCUT_TEST(rx_frame_without_an_end_closes_the_device)
{
	start_up(true);
	xen_netif_rx_response_t rsp = {
		.id = netback_take_rx_id(),
		.flags = XEN_NETRXF_MORE_DATA,
		.status = 60
	};

	(void) netback_respond_rx(&rsp);
	expect_closed();
}

PCUT_TEST(rx_extra_segment_closes_the_device)
{
	start_up(true);
	xen_netif_rx_response_t rsp = {
		.id = netback_take_rx_id(),
		.flags = XEN_NETRXF_EXTRA_INFO,
		.status = 60
	};

	(void) netback_respond_rx(&rsp);
	expect_closed();
}

PCUT_TEST(rx_producer_past_the_requests_closes_the_device)
{
	start_up(true);
	netback_set_rx_prod(257);
	expect_closed();
}

PCUT_TEST(rx_producer_that_goes_back_closes_the_device)
{
	start_up(true);
	netback_set_rx_prod(UINT32_MAX);
	expect_closed();
}

PCUT_TEST(tx_id_that_is_not_in_the_ring_closes_the_device)
{
	start_up(true);
	netback_is_stalled = true;
	send_frame(60, 1);
	(void) netback_respond_tx(3, 0);
	expect_closed();
}

PCUT_TEST(tx_id_past_the_ring_closes_the_device)
{
	start_up(true);
	netback_is_stalled = true;
	send_frame(60, 1);
	(void) netback_respond_tx(60000, 0);
	expect_closed();
}

PCUT_TEST(tx_producer_past_the_requests_closes_the_device)
{
	start_up(true);
	netback_set_tx_prod(1);
	expect_closed();
}

PCUT_TEST(a_status_that_is_an_error_is_counted)
{
	nic_device_stats_t stats;

	start_up(true);
	xen_netif_rx_response_t rsp = {
		.id = netback_take_rx_id(),
		.status = XEN_NETIF_RSP_ERROR
	};

	(void) netback_respond_rx(&rsp);
	expect_traffic();
	client->iface->get_stats(client->fun, &stats);
	PCUT_ASSERT_INT_EQUALS(1, stats.receive_errors);
	finish();
}

PCUT_TEST(xenstored_that_is_mad_harms_nobody)
{
	start_up(true);
	model_lock();
	store_is_mad = true;
	model_unlock();
	netback_restart();
	/* The event that tells of it is not answered truly: no reconnection. */
	expect_traffic();
}

PCUT_TEST(xenstored_that_breaks_the_ring_harms_nobody)
{
	start_up(true);
	model_lock();
	model_store.rsp_prod = model_store.rsp_cons + 5000;
	model_event(MODEL_STORE_PORT);
	model_unlock();
	expect_traffic();
}

PCUT_TEST(a_port_of_nobody_is_masked_at_its_first_event)
{
	start_up(true);
	model_open_stray_port();
	for (int i = 0; i < 1000; i++) {
		model_lock();
		model_event(MODEL_STRAY_PORT);
		model_unlock();
	}
	host_irq_drain();
	PCUT_ASSERT_TRUE(model_stray_port_is_masked());
	expect_traffic();
	PCUT_ASSERT_INT_EQUALS(EOK, host_dev_remove(platform));
}

PCUT_TEST(an_event_without_an_interrupt_is_not_lost)
{
	start_up(true);
	for (int i = 0; i < 3; i++) {
		unsigned int got = received;
		model_lose_interrupts(true);
		PCUT_ASSERT_TRUE(receive(100, i));
		WAIT_FOR(received == got + 1);
		model_lose_interrupts(false);
	}
	/* xenstore has its own, and the drivers part without interrupts. */
	model_lose_interrupts(true);
	finish();
}

PCUT_TEST(a_storm_of_events_lets_the_card_go_on)
{
	start_up(true);
	for (int i = 0; i < 5000; i++) {
		netback_event();
		if (i % 1000 == 0)
			expect_traffic();
	}
	expect_traffic();
	finish();
}

/** Start with the hypercall of a number failing; what was begun is undone. */
static void start_with_fault(unsigned int n)
{
	sess = model_xen_start();
	PCUT_ASSERT_INT_EQUALS(EOK,
	    host_driver_start(xen_platform_main, "xen-platform"));
	model_fail_hypercall(n);
	errno_t rc = host_dev_add("xen-platform", "00:02.0", sess, &platform);
	model_fail_hypercall(0);
	if (rc == EOK)
		PCUT_ASSERT_INT_EQUALS(EOK, host_dev_remove(platform));
	host_pci_sess_destroy(sess);
	model_xen_stop();
	PCUT_ASSERT_INT_EQUALS(0, host_ddf_objects());
}

PCUT_TEST(version_cannot_be_asked)
{
	start_with_fault(1);
}

PCUT_TEST(shared_info_cannot_be_mapped)
{
	start_with_fault(2);
}

PCUT_TEST(grant_version_cannot_be_set)
{
	start_with_fault(3);
}

PCUT_TEST(grant_size_cannot_be_asked)
{
	start_with_fault(4);
}

PCUT_TEST(first_grant_page_cannot_be_mapped)
{
	start_with_fault(5);
}

PCUT_TEST(second_grant_page_cannot_be_mapped)
{
	start_with_fault(6);
}

PCUT_TEST(callback_cannot_be_set)
{
	start_with_fault(9);
}

PCUT_EXPORT(xen);
