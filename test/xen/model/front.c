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

/** @addtogroup xenmodel
 * @{
 */
/** @file
 * The front end's state machine with a back end that takes its time
 */

#include <host/model.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "life.h"

#define SPEED  20

/** Have the back end see what is announced, one after the other, until all is
 * as it should be. */
#define ACT_UNTIL(cond) \
	do { \
		unsigned int polls_ = 0; \
		while (!(cond)) { \
			netback_act(); \
			test_poll(&polls_, __FILE__, __LINE__, #cond); \
		} \
	} while (0)

TEST(a_back_end_that_takes_its_time_is_waited_for)
{
	rig_start();
	netback_is_late = true;
	netback_plug(true);
	WAIT_FOR(rig_card != NULL && rig_front_state() == 4);
	EXPECT(!netback_is_connected());
	EXPECT_EQ(rig_connect(), EOK);
	ACT_UNTIL(rig_link_is_up());
	rig_expect_traffic();
	for (int i = 0; i < 3; i++) {
		netback_restart();
		WAIT_FOR(rig_front_state() == 6);
		ACT_UNTIL(rig_link_is_up());
		rig_expect_traffic();
	}
	netback_is_late = false;
	netback_act();
	rig_finish();
}

/** A device goes that the back end has not connected to yet: it may be about
 * to, so the rings go when it has seen that they are to. */
TEST(a_card_that_goes_before_the_back_end_came_is_not_connected)
{
	host_time_set_speed(1);
	rig_start();
	netback_is_late = true;
	netback_plug(true);
	WAIT_FOR(rig_card != NULL && rig_front_state() == 4);
	unsigned int ports = model_open_ports();

	model_lock();
	store_hook = (store_hook_t) { BACK "/feature-rx-copy", abort, 1 };
	model_unlock();
	ddf_fun_t *bus = host_dev_get_fun(rig_platform, "xenbus");
	rig_offline_begin(bus);
	WAIT_FOR(rig_front_state() == 6);
	/* Told, and not seen: nothing is taken away. */
	usleep(100000);
	EXPECT_EQ(model_open_ports(), ports);
	EXPECT(model_grants_in_use() > 0);
	netback_act();
	rig_offline_end();
	EXPECT_EQ(model_open_ports(), 0);
	EXPECT_EQ(netback_connects(), 0);
	netback_is_late = false;
	model_lock();
	store_hook.count = 0;
	model_unlock();
	EXPECT_EQ(host_fun_online(bus), EOK);
	host_fun_put(bus);
	rig_bring_up();
	rig_finish();
}

TEST(a_card_that_goes_while_the_back_end_begins_anew_is_not_connected_again)
{
	rig_start_up(true);
	unsigned int before = netback_connects();
	netback_is_late = true;
	netback_rebind();
	WAIT_FOR(rig_front_state() == 6);
	ddf_fun_t *bus = host_dev_get_fun(rig_platform, "xenbus");
	rig_offline_begin(bus);
	netback_act();
	rig_offline_end();
	host_fun_put(bus);
	EXPECT_EQ(netback_connects(), before);
	EXPECT_EQ(model_grants_in_use(), 0);
	netback_is_late = false;
	rig_finish();
}

typedef struct {
	const char *name;
	const char *value;
} copy_row_t;

static const copy_row_t copies[] = {
	{ "it does not copy", "0" },
	{ "it does not say", NULL },
	{ "it says nothing that there is", "x" }
};

TEST_ROWS(a_back_end_that_cannot_be_used_is_told_so, copy_row_t, copies)
{
	rig_start();
	model_lock();
	store_override = (store_override_t) {
		BACK "/feature-rx-copy", row->value, row->value != NULL
	};
	model_unlock();
	netback_is_late = true;
	netback_plug(true);
	WAIT_FOR(rig_front_state() == 6);
	EXPECT_EQ(netback_connects(), 0);
	netback_is_late = false;
	rig_finish();
}

TEST(a_back_end_that_does_not_close_is_left)
{
	host_time_set_speed(100);
	rig_start_up(true);
	/* It is told, and does nothing. */
	model_lock();
	netback_mood.at = 6;
	netback_mood.state = "5";
	model_unlock();
	EXPECT_EQ(host_dev_remove(rig_platform), EOK);
	netback_destroy();
	rig_check_parted();
	rig_stop();
}

static bool always(void)
{
	return true;
}

TEST(a_back_end_that_lied_is_not_started_again)
{
	life_prepare(always);
	rig_start_up(true);
	unsigned int before = netback_connects();
	netback_lie_and_close();
	WAIT_FOR(rig_front_state() == 6 && !rig_link_is_up());
	if (netback_connects() == before) {
		netback_return(true);
		EXPECT(!REACHED(netback_connects() > before));
	}
	rig_finish();
}

TEST(a_lie_that_is_told_while_the_back_end_closes_is_not_forgotten)
{
	rig_start();
	for (int i = 0; i < 30; i++) {
		netback_plug(true);
		WAIT_FOR(rig_card != NULL);
		rig_bring_up();
		unsigned int before = netback_connects();
		netback_lie_and_close();
		/* Closed for good, or it closed before the lie was seen. */
		WAIT_FOR((rig_front_state() == 6 && !rig_link_is_up()) ||
		    (netback_connects() > before && rig_link_is_up()));
		netback_destroy();
		WAIT_FOR(rig_card == NULL);
		rig_disconnect();
	}
	rig_finish();
}

/** @}
 */
