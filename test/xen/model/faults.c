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
 * What the drivers ask for fails, at every step of a life
 *
 * A life is: start, a device, a link, frames, offline and online, the device
 * goes and another comes, the end. The n-th step of a kind fails in it, for
 * every n until there is no such step. Nothing may crash, hang, or be left; a
 * removal that failed is made to work by asking again; and the next life, for
 * which nothing fails, works.
 *
 * A test's row does every ROWS-th n, so that rows run side by side. Under
 * ThreadSanitizer, which finds nothing here that the other tests do not show
 * it, the first few steps of a row are enough (see run.sh).
 */

#include <host/model.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "rig.h"

#define ROWS  8

/** A life has more steps of a kind, and fewer. */
#define STEPS_MIN  200
#define STEPS_MAX  5000

/** How much faster time goes: nobody waits out what is limited. */
#define SPEED  20

/** How long a life waits for what may not come, as a step has failed */
#define FAILED_POLLS  150
#define POLL_US       1000

typedef struct {
	const char *name;
	unsigned int first;
} row_t;

static const row_t rows[ROWS] = {
	{ "steps 1, 9, 17 ...", 1 }, { "steps 2, 10, 18 ...", 2 },
	{ "steps 3, 11, 19 ...", 3 }, { "steps 4, 12, 20 ...", 4 },
	{ "steps 5, 13, 21 ...", 5 }, { "steps 6, 14, 22 ...", 6 },
	{ "steps 7, 15, 23 ...", 7 }, { "steps 8, 16, 24 ...", 8 }
};

/** Whether a step has failed in this life */
static bool (*has_failed)(void);

/** Wait until something is so, which need not happen once a step has failed.
 */
#define REACHED(cond) \
	({ \
		unsigned int polls_ = 0; \
		unsigned int failed_ = 0; \
		while (!(cond) && failed_ < FAILED_POLLS) { \
			test_poll(&polls_, __FILE__, __LINE__, #cond); \
			failed_ += has_failed(); \
		} \
		(bool) (cond); \
	})

/** The card does what it is there for, if it came. */
static void live_card(void)
{
	if (!REACHED(rig_card != NULL))
		return;
	if (rig_client == NULL && rig_connect() != EOK) {
		EXPECT(has_failed());
		return;
	}
	if (!REACHED(rig_link_is_up()))
		return;

	size_t sent = netback_sent();
	unsigned int got = rig_received;
	rig_send(100, 1);
	(void) REACHED(netback_sent() == sent + 1);
	(void) rig_receive(100, 2);
	(void) REACHED(rig_received == got + 1);
}

/** The card goes offline and online, as a user may want it. */
static void live_offline(void)
{
	ddf_fun_t *bus = host_dev_get_fun(rig_platform, "xenbus");
	if (bus == NULL)
		return;

	if (host_fun_offline(bus) == EOK) {
		EXPECT(rig_card == NULL);
		rig_disconnect();
		if (host_fun_online(bus) != EOK)
			EXPECT(has_failed());
	} else {
		EXPECT(has_failed());
	}
	host_fun_put(bus);
}

/** The device goes, be there a driver that parts from it or not. */
static void live_unplug(void)
{
	netback_unplug();
	if (!REACHED(rig_front_state() == 0))
		netback_destroy();
	(void) REACHED(rig_card == NULL);
	rig_disconnect();
}

/** A life, of which a step may fail */
static void live(void)
{
	if (rig_try_start() != EOK) {
		EXPECT(has_failed());
		rig_check_clean();
		rig_stop();
		return;
	}

	netback_plug(true);
	live_card();
	live_offline();
	live_card();
	live_unplug();
	netback_plug(false);
	live_card();

	if (host_dev_remove(rig_platform) != EOK) {
		EXPECT(has_failed());
		EXPECT_EQ(host_dev_remove(rig_platform), EOK);
	}
	/* A back end that nobody could tell has what it has. */
	netback_destroy();
	rig_check_clean();
	rig_stop();
}

/** A life as it should be */
static void live_well(void)
{
	rig_start_up(true);
	rig_expect_traffic();
	rig_finish();
}

TEST_ROWS(any_hypercall_of_a_life_fails, row_t, rows)
{
	has_failed = model_hypercall_failed;
	netback_forgives = true;
	host_time_set_speed(SPEED);
	for (unsigned int n = row->first;; n += ROWS) {
		EXPECT(n < STEPS_MAX);
		fprintf(stderr, "== hypercall %u\n", n);
		model_fail_hypercall(n);
		live();
		bool end = !model_hypercall_failed();
		model_fail_hypercall(0);
		live_well();
		if (end) {
			EXPECT(n > STEPS_MIN);
			break;
		}
	}
}

TEST_ROWS(anything_asked_for_in_a_life_fails, row_t, rows)
{
	has_failed = fault_hit;
	netback_forgives = true;
	host_time_set_speed(SPEED);
	for (unsigned int n = row->first;; n += ROWS) {
		EXPECT(n < STEPS_MAX);
		fprintf(stderr, "== request %u\n", n);
		fault_set(n);
		live();
		bool end = !fault_hit();
		fault_set(0);
		live_well();
		if (end) {
			EXPECT(n > STEPS_MIN);
			break;
		}
	}
}
