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
 * A back end that goes, or is in a state that means nothing, at any time
 *
 * Afterwards a good back end is there, in two ways: it begins anew in its own
 * directory, or the device is taken away and another one comes. The front end
 * works with it.
 */

#include "life.h"

typedef struct {
	const char *name;
	/** Announcement of the front end at which it happens, 0: once all is
	 * connected */
	unsigned int at;
	/** State, NULL: the directory is gone */
	const char *state;
} row_t;

#define AT(when, at) \
	{ when ": it closes", at, "5" }, \
	{ when ": it is closed", at, "6" }, \
	{ when ": it is gone", at, NULL }, \
	{ when ": state 0", at, "0" }, \
	{ when ": state 1", at, "1" }, \
	{ when ": state 2", at, "2" }, \
	{ when ": state 3", at, "3" }, \
	{ when ": state 4", at, "4" }, \
	{ when ": state 7", at, "7" }, \
	{ when ": state 8", at, "8" }, \
	{ when ": state 99", at, "99" }, \
	{ when ": state -1", at, "-1" }, \
	{ when ": no state at all", at, "" }

static const row_t rows[] = {
	AT("at Initialising", 1),
	AT("at Connected", 4),
	AT("at Closing", 5),
	AT("at Closed", 6),
	AT("while frames flow", 0)
};

static bool always(void)
{
	return true;
}

/** Have the back end go into the row's state when it is at the row's moment. */
static void wait_for_moment(const row_t *row)
{
	model_lock();
	netback_mood.at = row->at;
	netback_mood.state = row->state;
	model_unlock();
}

/** Let it happen. */
static void happen(const row_t *row)
{
	if (row->at == 1 || row->at == 4)
		wait_for_moment(row);
	rig_start();
	netback_plug(true);
	WAIT_FOR(rig_card != NULL);
	EXPECT_EQ(rig_connect(), EOK);
	if (row->at != 1 && row->at != 4)
		WAIT_FOR(rig_link_is_up());
	if (row->at == 5 || row->at == 6) {
		wait_for_moment(row);
		netback_restart();
	}
	if (row->at == 0)
		netback_do(row->state);

	/* A moment for the front end to see it; what it sees does not matter */
	(void) REACHED(false);
	rig_send(60, 1);

	model_lock();
	netback_mood.at = 0;
	model_unlock();
}

TEST_ROWS(a_back_end_that_begins_anew_is_connected_to, row_t, rows)
{
	life_prepare(always);
	happen(row);
	netback_return(false);
	WAIT_FOR(netback_is_connected() && rig_link_is_up());
	rig_expect_traffic();
	rig_finish();
}

TEST_ROWS(a_device_that_comes_after_one_that_went_wrong_works, row_t, rows)
{
	life_prepare(always);
	happen(row);
	netback_destroy();
	WAIT_FOR(rig_card == NULL);
	rig_disconnect();
	netback_plug(false);
	rig_bring_up();
	rig_expect_traffic();
	rig_finish();
}

/** Connect to one back end and then to another. */
static void start_up_twice(bool first, bool second)
{
	rig_start_up(first);
	netback_restart_as(second);
	WAIT_FOR(model_open_ports() == (second ? 2 : 1));
	WAIT_FOR(netback_is_connected() && rig_link_is_up());
	rig_expect_traffic();
	rig_finish();
}

TEST(split_channels_that_are_offered_no_more_are_not_used)
{
	start_up_twice(true, false);
}

TEST(split_channels_that_are_offered_now_are_used)
{
	start_up_twice(false, true);
}

TEST(a_device_that_goes_while_a_state_is_announced_is_gone)
{
	rig_start_up(true);
	model_lock();
	store_detaches = true;
	model_unlock();
	/* The front end announces that it closes, and asks before whether there
	 * is a device still. */
	netback_restart();
	WAIT_FOR(rig_card == NULL);
	EXPECT_EQ(rig_front_state(), 0);
	rig_finish();
}
