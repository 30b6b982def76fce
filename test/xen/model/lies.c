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
 * A back end that lies in its rings
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

/** What a response comes to */
typedef enum {
	/** The device is closed. */
	CLOSES,
	/** An error is counted, and frames flow. */
	COUNTS,
	/** Nothing, and frames flow. */
	PASSES
} effect_t;

typedef struct {
	const char *name;
	xen_netif_rx_response_t rsp;
	/** The number is that of a request that was taken. */
	bool known;
	effect_t effect;
} rx_row_t;

#define KNOWN(name, offset, flags, status, effect) \
	{ name, { 0, offset, flags, status }, true, effect }
#define UNKNOWN(name, id) \
	{ name, { id, 0, 0, 60 }, false, CLOSES }

static const rx_row_t rx_rows[] = {
	UNKNOWN("number past the ring", 256),
	UNKNOWN("number far past the ring", 32768),
	UNKNOWN("largest number", 65535),
	KNOWN("data past the buffer", 4000, 0, 97, CLOSES),
	KNOWN("data at the end of the buffer", 4096, 0, 1, CLOSES),
	KNOWN("data longer than the buffer", 0, 0, 4097, CLOSES),
	KNOWN("data one too long", 1, 0, 4096, CLOSES),
	KNOWN("offset that wraps", 65535, 0, 1, CLOSES),
	KNOWN("longest data", 0, 0, 32767, CLOSES),
	KNOWN("data up to the end of the buffer", 4036, 0, 60, PASSES),
	KNOWN("one byte at the end", 4095, 0, 1, COUNTS),
	KNOWN("no data", 0, 0, 0, COUNTS),
	KNOWN("no data, mad offset", 65535, 0, 0, COUNTS),
	KNOWN("header only", 0, 0, 14, PASSES),
	KNOWN("less than a header", 0, 0, 13, COUNTS),
	KNOWN("a page", 0, 0, 4096, COUNTS),
	KNOWN("status error", 0, 0, XEN_NETIF_RSP_ERROR, COUNTS),
	KNOWN("status dropped", 0, 0, XEN_NETIF_RSP_DROPPED, COUNTS),
	KNOWN("status lowest", 0, 0, -32768, COUNTS),
	KNOWN("status error, mad offset", 65535, 0, -1, COUNTS),
	KNOWN("flag of an extra segment", 0, XEN_NETRXF_EXTRA_INFO, 60, CLOSES),
	KNOWN("flag of more data", 0, XEN_NETRXF_MORE_DATA, 60, CLOSES),
	KNOWN("error and more data", 0, XEN_NETRXF_MORE_DATA, -1, CLOSES),
	KNOWN("flag of a blank checksum", 0, XEN_NETRXF_CSUM_BLANK, 60, COUNTS),
	KNOWN("flag of checked data", 0, XEN_NETRXF_DATA_VALIDATED, 60, PASSES),
	KNOWN("flags that there are not", 0, 0xfff0, 60, PASSES),
	KNOWN("all flags", 0, 0xffff, 60, CLOSES)
};

static uint64_t rx_errors(void)
{
	nic_device_stats_t stats;

	rig_client->iface->get_stats(rig_client->fun, &stats);
	return stats.receive_errors;
}

TEST_ROWS(a_receive_response_is_judged_by_each_field, rx_row_t, rx_rows)
{
	xen_netif_rx_response_t rsp = row->rsp;

	rig_start_up(true);
	uint16_t id = netback_take_rx_id();
	if (row->known)
		rsp.id = id;
	if (rsp.offset + 60 <= 4096) {
		uint8_t frame[60];
		rig_make_frame(frame, sizeof(frame), 1);
		netback_fill(id, rsp.offset, frame, sizeof(frame));
	}
	(void) netback_respond_rx(&rsp);
	if (row->effect == CLOSES) {
		expect_closed();
		return;
	}

	if (row->effect == COUNTS) {
		WAIT_FOR(rx_errors() == 1);
		EXPECT_EQ(rig_received, 0);
	} else {
		WAIT_FOR(rig_received == 1);
		EXPECT_EQ(rx_errors(), 0);
	}
	rig_expect_traffic();
	rig_finish();
}

typedef struct {
	const char *name;
	xen_netif_tx_response_t rsp;
	/** The number is that of a request that was taken. */
	bool known;
	effect_t effect;
} tx_row_t;

static const tx_row_t tx_rows[] = {
	{ "number past the ring", { 256, 0 }, false, CLOSES },
	{ "number far past the ring", { 60000, 0 }, false, CLOSES },
	{ "largest number", { 65535, 0 }, false, CLOSES },
	{ "number of nobody", { 3, 0 }, false, CLOSES },
	{ "number of nobody, and an error", { 3, -1 }, false, CLOSES },
	{ "status null for nothing", { 0, XEN_NETIF_RSP_NULL }, true, CLOSES },
	{ "status error", { 0, XEN_NETIF_RSP_ERROR }, true, COUNTS },
	{ "status dropped", { 0, XEN_NETIF_RSP_DROPPED }, true, COUNTS },
	{ "status unknown", { 0, 2 }, true, COUNTS },
	{ "status highest", { 0, 32767 }, true, COUNTS },
	{ "status lowest", { 0, -32768 }, true, COUNTS },
	{ "status okay", { 0, 0 }, true, PASSES }
};

static uint64_t tx_errors(void)
{
	nic_device_stats_t stats;

	rig_client->iface->get_stats(rig_client->fun, &stats);
	return stats.send_errors;
}

TEST_ROWS(a_transmit_response_is_judged_by_each_field, tx_row_t, tx_rows)
{
	rig_start_up(true);
	netback_is_stalled = true;
	rig_send(60, 1);
	uint16_t id = netback_take_tx_id();
	(void) netback_respond_tx(row->known ? id : row->rsp.id,
	    row->rsp.status);
	if (row->effect == CLOSES) {
		expect_closed();
		return;
	}
	WAIT_FOR(tx_errors() == (row->effect == COUNTS));
	netback_is_stalled = false;
	rig_expect_traffic();
	rig_finish();
}

typedef struct {
	const char *name;
	bool rx;
	/** What the producer of the responses goes to */
	uint32_t prod;
} prod_row_t;

static const prod_row_t prod_rows[] = {
	{ "receive: past the requests", true, 257 },
	{ "receive: half of all numbers", true, 0x80000000 },
	{ "receive: back by one", true, UINT32_MAX },
	{ "receive: back by a ring", true, (uint32_t) -256 },
	{ "transmit: one too many", false, 2 },
	{ "transmit: past the ring", false, 257 },
	{ "transmit: half of all numbers", false, 0x80000000 },
	{ "transmit: back by one", false, UINT32_MAX }
};

TEST_ROWS(a_producer_that_cannot_be_closes_the_device, prod_row_t, prod_rows)
{
	rig_start_up(true);
	netback_is_stalled = true;
	rig_send(60, 1);
	if (row->rx)
		netback_set_rx_prod(row->prod);
	else
		netback_set_tx_prod(row->prod);
	/* With the number of responses that it claims, which is never less than
	 * that of the requests */
	WAIT_FOR(rig_closed_for("more responses than requests"));
	EXPECT(!rig_closed_for("requests (0)"));
	expect_closed();
}

typedef struct {
	const char *name;
	/** Place in the ring's header */
	unsigned int offset;
	uint32_t value;
} header_row_t;

/* What the front end writes itself it does not read, and what tells it when to
 * send an event can do no more harm than that. */
static const header_row_t header_rows[] = {
	{ "req_prod 0", 0, 0 },
	{ "req_prod past all", 0, 0x80000000 },
	{ "req_event 0", 4, 0 },
	{ "req_event past all", 4, 0x80000000 },
	{ "rsp_event 0", 12, 0 },
	{ "rsp_event past all", 12, 0x80000000 },
	{ "bytes after it", 16, UINT32_MAX }
};

TEST_ROWS(a_ring_header_that_is_mad_does_no_harm, header_row_t, header_rows)
{
	rig_start_up(true);
	netback_is_stalled = true;
	netback_scribble(row->offset, row->value);
	for (int i = 0; i < 10; i++)
		rig_send(60, i);
	netback_unplug();
	WAIT_FOR(rig_card == NULL);
	rig_finish();
}

TEST(a_receive_buffer_that_is_answered_twice_closes_the_device)
{
	rig_start_up(true);
	xen_netif_rx_response_t rsp[2] = {
		{
			.id = netback_take_rx_id(),
			.flags = XEN_NETRXF_MORE_DATA,
			.status = 60
		}
	};

	(void) netback_take_rx_id();
	rsp[1] = rsp[0];
	rsp[1].flags = 0;
	netback_respond_rx_all(rsp, 2);
	WAIT_FOR(rig_closed_for("a receive buffer that it does not have"));
	expect_closed();
}

TEST(a_receive_buffer_that_is_answered_in_two_frames_closes_the_device)
{
	uint8_t frame[60];

	rig_start_up(true);
	xen_netif_rx_response_t rsp[2] = {
		{ .id = netback_take_rx_id(), .status = sizeof(frame) }
	};

	(void) netback_take_rx_id();
	rig_make_frame(frame, sizeof(frame), 1);
	netback_fill(rsp[0].id, 0, frame, sizeof(frame));
	rsp[1] = rsp[0];
	netback_respond_rx_all(rsp, 2);
	WAIT_FOR(rig_closed_for("a receive buffer that it does not have"));
	expect_closed();
}

TEST(a_transmit_buffer_that_is_answered_twice_closes_the_device)
{
	rig_start_up(true);
	netback_is_stalled = true;
	rig_send(60, 1);
	rig_send(60, 2);
	uint16_t id = netback_take_tx_id();
	(void) netback_respond_tx(id, 0);
	(void) netback_respond_tx(id, 0);
	expect_closed();
}

TEST(a_frame_in_too_many_pieces_closes_the_device)
{
	xen_netif_rx_response_t rsp[XEN_NETIF_NR_SLOTS_MIN + 1];

	rig_start_up(true);
	for (size_t i = 0; i < XEN_NETIF_NR_SLOTS_MIN + 1; i++) {
		rsp[i] = (xen_netif_rx_response_t) {
			.id = netback_take_rx_id(),
			.flags = i < XEN_NETIF_NR_SLOTS_MIN ?
			    XEN_NETRXF_MORE_DATA : 0,
			.status = 20
		};
	}
	netback_respond_rx_all(rsp, XEN_NETIF_NR_SLOTS_MIN + 1);
	expect_closed();
}
