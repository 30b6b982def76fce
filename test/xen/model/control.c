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

/** @file What the host asks of the system: control/shutdown in xenstore
 */

#include <abi/xen.h>
#include <host/system.h>
#include <string.h>
#include "rig.h"

#define SHUTDOWN  "control/shutdown"

typedef struct {
	const char *name;
	const char *word;
	host_system_outcome_t outcome;
	/** The domain ends for this reason, or not if it is NOT. */
	int reason;
} row_t;

#define NOT  (-1)

static const row_t rows[] = {
	{ "poweroff", "poweroff", HOST_SYSTEM_GOES_DOWN, SHUTDOWN_POWEROFF },
	{ "halt", "halt", HOST_SYSTEM_GOES_DOWN, SHUTDOWN_POWEROFF },
	{ "reboot", "reboot", HOST_SYSTEM_GOES_DOWN, SHUTDOWN_REBOOT },
	{ "reboot that fails", "reboot", HOST_SYSTEM_FAILS, NOT },
	{ "reboot that is refused", "reboot", HOST_SYSTEM_REFUSES, NOT },
	{ "what nobody knows", "dance", HOST_SYSTEM_GOES_DOWN, NOT }
};

static void ask(const char *word)
{
	model_lock();
	store_set(SHUTDOWN, word);
	model_unlock();
}

static bool word_is(const char *word)
{
	model_lock();
	const char *value = store_get(SHUTDOWN);
	bool is = value != NULL && strcmp(value, word) == 0;
	model_unlock();
	return is;
}

/** Ask once more, as what was asked before may be under way. */
static bool ends_when_asked_again(void)
{
	if (word_is(""))
		ask("poweroff");
	return model_shutdowns(SHUTDOWN_POWEROFF) > 0;
}

TEST_ROWS(what_the_host_asks_for_is_done, row_t, rows)
{
	rig_start_up(true);
	host_system_set(row->outcome);
	ask(row->word);
	if (row->reason != NOT) {
		WAIT_FOR(model_shutdowns(row->reason) == 1);
		EXPECT(word_is(""));
	} else if (row->outcome != HOST_SYSTEM_GOES_DOWN) {
		WAIT_FOR(host_system_requests() == 1);
		EXPECT(word_is(""));
	}
	EXPECT_EQ(model_shutdowns(SHUTDOWN_POWEROFF),
	    row->reason == SHUTDOWN_POWEROFF);

	/* What was not done keeps nobody from asking for something else. */
	host_system_set(HOST_SYSTEM_GOES_DOWN);
	if (word_is("dance"))
		ask("");
	WAIT_FOR(ends_when_asked_again());
	EXPECT_EQ(model_shutdowns(SHUTDOWN_REBOOT),
	    row->reason == SHUTDOWN_REBOOT);
	rig_expect_traffic();
	rig_finish();
}

TEST(a_second_order_during_the_first_is_noted_and_not_obeyed)
{
	rig_start_up(true);
	host_system_set(HOST_SYSTEM_WAITS);
	ask("reboot");
	WAIT_FOR(host_system_requests() == 1 && word_is(""));
	ask("poweroff");
	WAIT_FOR(word_is(""));
	rig_expect_traffic();
	EXPECT_EQ(host_system_requests(), 1);
	host_system_set(HOST_SYSTEM_GOES_DOWN);
	WAIT_FOR(model_shutdowns(SHUTDOWN_REBOOT) == 1);
	EXPECT_EQ(model_shutdowns(SHUTDOWN_POWEROFF), 0);
	rig_finish();
}
