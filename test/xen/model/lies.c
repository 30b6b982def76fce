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
 * A back end that lies, and a xenstored that does
 */

#include "rig.h"

/** The device was closed, and all the rest lives on. */
static void expect_closed(void)
{
	WAIT_FOR(rig_front_state() == 6);
	WAIT_FOR(model_grants_in_use() == 0);
	EXPECT(!rig_link_is_up());
	rig_send(60, 1);
	rig_finish();
}

TEST(rx_id_past_the_ring_closes_the_device)
{
	xen_netif_rx_response_t rsp = { .id = 256, .status = 60 };

	rig_start_up(true);
	(void) netback_take_rx_id();
	(void) netback_respond_rx(&rsp);
	expect_closed();
}

TEST(rx_id_twice_closes_the_device)
{
	rig_start_up(true);
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

TEST(rx_data_past_the_buffer_closes_the_device)
{
	rig_start_up(true);
	xen_netif_rx_response_t rsp = {
		.id = netback_take_rx_id(),
		.offset = 4000,
		.status = 97
	};

	(void) netback_respond_rx(&rsp);
	expect_closed();
}

TEST(rx_offset_that_wraps_closes_the_device)
{
	rig_start_up(true);
	xen_netif_rx_response_t rsp = {
		.id = netback_take_rx_id(),
		.offset = 65535,
		.status = 1
	};

	(void) netback_respond_rx(&rsp);
	expect_closed();
}

TEST(rx_frame_without_an_end_closes_the_device)
{
	rig_start_up(true);
	xen_netif_rx_response_t rsp = {
		.id = netback_take_rx_id(),
		.flags = XEN_NETRXF_MORE_DATA,
		.status = 60
	};

	(void) netback_respond_rx(&rsp);
	expect_closed();
}

TEST(rx_extra_segment_closes_the_device)
{
	rig_start_up(true);
	xen_netif_rx_response_t rsp = {
		.id = netback_take_rx_id(),
		.flags = XEN_NETRXF_EXTRA_INFO,
		.status = 60
	};

	(void) netback_respond_rx(&rsp);
	expect_closed();
}

TEST(rx_producer_past_the_requests_closes_the_device)
{
	rig_start_up(true);
	netback_set_rx_prod(257);
	expect_closed();
}

TEST(rx_producer_that_goes_back_closes_the_device)
{
	rig_start_up(true);
	netback_set_rx_prod(UINT32_MAX);
	expect_closed();
}

TEST(tx_id_that_is_not_in_the_ring_closes_the_device)
{
	rig_start_up(true);
	netback_is_stalled = true;
	rig_send(60, 1);
	(void) netback_respond_tx(3, 0);
	expect_closed();
}

TEST(tx_id_past_the_ring_closes_the_device)
{
	rig_start_up(true);
	netback_is_stalled = true;
	rig_send(60, 1);
	(void) netback_respond_tx(60000, 0);
	expect_closed();
}

TEST(tx_producer_past_the_requests_closes_the_device)
{
	rig_start_up(true);
	netback_set_tx_prod(1);
	expect_closed();
}

TEST(xenstored_that_is_mad_harms_nobody)
{
	rig_start_up(true);
	model_lock();
	store_is_mad = true;
	model_unlock();
	netback_restart();
	/* The event that tells of it is not answered truly: no reconnection. */
	rig_expect_traffic();
}

TEST(xenstored_that_breaks_the_ring_harms_nobody)
{
	rig_start_up(true);
	model_lock();
	model_store.rsp_prod = model_store.rsp_cons + 5000;
	model_event(MODEL_STORE_PORT);
	model_unlock();
	rig_expect_traffic();
}

