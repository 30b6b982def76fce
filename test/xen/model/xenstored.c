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
 * A xenstored that lies
 */

#include <stdio.h>
#include <string.h>
#include "life.h"

static bool always(void)
{
	return true;
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
	store_skew(0, 5000);
	model_unlock();
	rig_expect_traffic();
}


typedef struct {
	const char *name;
	uint32_t type;
} type_row_t;

static const type_row_t types[] = {
	{ "directories", XS_DIRECTORY },
	{ "reads", XS_READ },
	{ "watches", XS_WATCH },
	{ "ends of watches", XS_UNWATCH },
	{ "beginnings of transactions", XS_TRANSACTION_START },
	{ "ends of transactions", XS_TRANSACTION_END },
	{ "writes", XS_WRITE },
	{ "removals", XS_RM },
	{ "resets of watches", XS_RESET_WATCHES },
	{ "watch events", XS_WATCH_EVENT },
	{ "errors", XS_ERROR }
};

static const struct {
	const char *name;
	store_spoil_how_t how;
} ways[] = {
	{ "of another type", SPOIL_TYPE },
	{ "to nobody", SPOIL_ID },
	{ "twice", SPOIL_TWICE },
	{ "empty", SPOIL_EMPTY },
	{ "binary", SPOIL_BINARY },
	{ "as long as may be", SPOIL_LONG },
	{ "longer than may be", SPOIL_TOO_LONG },
	{ "an error that there is not", SPOIL_ERROR },
	{ "missing", SPOIL_SILENT }
};

static void spoil(uint32_t type, store_spoil_how_t how)
{
	model_lock();
	store_spoil.type = type;
	store_spoil.how = how;
	model_unlock();
}

TEST_ROWS(answers_that_are_not_true_do_no_harm, type_row_t, types)
{
	life_prepare(always);
	/* Nobody waits out what limits there are for an answer. */
	host_time_set_speed(500);
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		fprintf(stderr, "== %s: %s\n", row->name, ways[i].name);
		life_may_leak = true;
		spoil(row->type, ways[i].how);
		life_live();
		spoil(0, SPOIL_NOT);
		life_may_leak = false;
		host_time_set_speed(1);
		life_live_well();
		host_time_set_speed(500);
	}
}

static void be_honest(void)
{
	EXPECT_EQ(model_unplugs(), 0);
	spoil(0, SPOIL_NOT);
}

TEST(untrue_answers_to_the_first_question_of_all_do_no_harm)
{
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		/* As good as the truth: there is something in the directory. */
		if (ways[i].how == SPOIL_TWICE || ways[i].how == SPOIL_BINARY ||
		    ways[i].how == SPOIL_LONG)
			continue;

		fprintf(stderr, "== %s\n", ways[i].name);
		host_time_set_speed(100);
		rig_power_on();
		netback_plug(true);
		spoil(XS_DIRECTORY, ways[i].how);
		rig_before_bus = be_honest;
		EXPECT_EQ(rig_add(), EOK);
		host_time_set_speed(1);
		rig_bring_up();
		EXPECT_EQ(model_unplugs(), 1);
		rig_expect_traffic();
		rig_finish();
	}
}

TEST(a_listing_that_was_not_answered_is_asked_for_again)
{
	rig_start();
	unsigned int before = store_silences;
	host_time_set_speed(200);
	spoil(XS_DIRECTORY, SPOIL_SILENT);
	netback_plug(true);
	/* One for what changed, one for what changed meanwhile */
	WAIT_FOR(store_silences >= before + 2);
	spoil(0, SPOIL_NOT);
	WAIT_FOR(rig_card != NULL);
	host_time_set_speed(1);
	rig_bring_up();
	rig_expect_traffic();
	rig_finish();
}

typedef struct {
	const char *name;
	uint32_t type;
	uint32_t req;
	const char *payload;
	uint32_t len;
	/** Length in the header, if another */
	uint32_t claim;
	/** The stream is over. */
	bool breaks;
} message_row_t;

static const message_row_t messages[] = {
	{ "longer than may be", XS_READ, 1, "", 1, XS_PAYLOAD_MAX + 1, true },
	{ "as long as a number can say", XS_READ, 1, "", 1, UINT32_MAX, true },
	{ "of a type that there is not", 77, 1, "x", 1, 0, false },
	{ "of the highest type", UINT32_MAX, 1, "x", 1, 0, false },
	{ "to a request of nobody", XS_READ, 0xfffffff0, "x", 1, 0, false },
	{ "an event without a token", XS_WATCH_EVENT, 0, "device", 7, 0,
	    false },
	{ "an event without an end", XS_WATCH_EVENT, 0, "device", 6, 0,
	    false },
	{ "an event of no length", XS_WATCH_EVENT, 0, "", 0, 0, false },
	{ "an event with a token of nobody", XS_WATCH_EVENT, 0,
	    "device\0" "4242", 12, 0, false },
	{ "an event with a token that is no number", XS_WATCH_EVENT, 0,
	    "device\0" "x", 9, 0, false },
	{ "an event with a huge token", XS_WATCH_EVENT, 0,
	    "device\0" "99999999999999999999999", 31, 0, false },
	{ "an event with a token without an end", XS_WATCH_EVENT, 0,
	    "device\0" "1", 8, 0, false },
	{ "an event with a binary path", XS_WATCH_EVENT, 0,
	    "\xff\xfe\x80\0" "1", 6, 0, false },
	{ "an error to nobody", XS_ERROR, 0, "EINVAL", 7, 0, false }
};

/** xenstored can be talked to, or not any more; the card does not mind. */
static void expect_after(bool breaks)
{
	rig_expect_traffic();
	if (!breaks) {
		netback_unplug();
		WAIT_FOR(rig_front_state() == 0 && rig_card == NULL);
		rig_finish();
		return;
	}

	/* It can be parted from, and a reboot, here, makes all well. */
	EXPECT_EQ(host_dev_remove(rig_platform), EOK);
	netback_destroy();
	WAIT_FOR(model_open_ports() == 0);
	rig_stop();
	life_live_well();
}

TEST_ROWS(a_message_that_was_not_asked_for_does_no_harm, message_row_t,
    messages)
{
	life_prepare(always);
	rig_start_up(true);
	model_lock();
	store_inject(row->type, row->req, row->payload, row->len,
	    row->claim != 0 ? row->claim : row->len);
	model_unlock();
	expect_after(row->breaks);
}

typedef struct {
	const char *name;
	/** What is added to the index that it should be */
	uint32_t req_cons;
	uint32_t rsp_prod;
} index_row_t;

static const index_row_t indices[] = {
	{ "responses: more than the ring", 0, XS_RING_SIZE + 1 },
	{ "responses: far more", 0, 5000 },
	{ "responses: half of all numbers", 0, 0x80000000 },
	{ "responses: back by one", 0, UINT32_MAX },
	{ "requests: ahead by one", 1, 0 },
	{ "requests: far ahead", 0x80000000, 0 },
	{ "requests: behind by more than the ring",
	    (uint32_t) -(XS_RING_SIZE + 1), 0 }
};

/** Spoil the indices, unless an answer is on its way: that would be lost, and
 * might be another one without its end. */
static bool skew(const index_row_t *row)
{
	model_lock();
	bool idle = store_is_read();
	if (idle)
		store_skew(row->req_cons, row->rsp_prod);
	model_unlock();
	return idle;
}

TEST_ROWS(an_index_of_xenstored_that_cannot_be_does_no_harm, index_row_t,
    indices)
{
	life_prepare(always);
	rig_start_up(true);
	WAIT_FOR(skew(row));
	rig_expect_traffic();

	/* A request finds it out, if the event did not. */
	netback_restart();
	expect_after(true);
}
