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
 * What is lost once, or fails for now: it is found, or tried again
 */

#include <abi/xen.h>
#include <host/model.h>
#include <host/system.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "life.h"

/** How much faster time goes: what looks now and then looks often. */
#define SPEED  20

/** The next requests of a type for a path are refused. */
static void refuse(uint32_t type, const char *path, const char *error,
    unsigned int count)
{
	model_lock();
	store_refusal.type = type;
	store_refusal.path = path;
	store_refusal.error = error;
	store_refusal.count = count;
	model_unlock();
}

static void lose_watch_events(unsigned int count)
{
	model_lock();
	store_lost_events = count;
	model_unlock();
}

TEST(a_state_that_is_not_passed_on_is_passed_on_later)
{
	host_time_set_speed(SPEED);
	rig_start_up(true);
	for (int i = 0; i < 3; i++) {
		unsigned int before = netback_connects();
		fault_lost_states = 1;
		netback_restart();
		WAIT_FOR(netback_connects() == before + 1);
		WAIT_FOR(rig_link_is_up());
		EXPECT_EQ(fault_lost_states, 0);
	}
	rig_expect_traffic();
	rig_finish();
}

TEST(a_watch_event_that_is_lost_is_made_up_for)
{
	host_time_set_speed(SPEED);
	host_system_set(HOST_SYSTEM_GOES_DOWN);
	rig_start();
	lose_watch_events(1000);
	netback_plug(true);
	WAIT_FOR(rig_card != NULL);
	rig_bring_up();
	netback_restart();
	WAIT_FOR(netback_connects() == 2 && rig_link_is_up());
	rig_expect_traffic();
	netback_unplug();
	WAIT_FOR(rig_card == NULL);

	model_lock();
	store_set("control/shutdown", "poweroff");
	model_unlock();
	WAIT_FOR(model_shutdowns(SHUTDOWN_POWEROFF) == 1);
	rig_finish();
}

typedef struct {
	const char *name;
	const char *error;
} error_row_t;

static const error_row_t errors[] = {
	{ "no memory", "ENOMEM" },
	{ "a conflict", "EAGAIN" },
	{ "too many", "EDQUOT" },
	{ "busy", "EBUSY" },
	{ "an input error", "EIO" },
	{ "an error that there is not", "EWHATEVER" }
};

TEST_ROWS(a_state_that_cannot_be_read_is_read_again, error_row_t, errors)
{
	host_time_set_speed(SPEED);
	rig_start_up(true);
	refuse(XS_READ, BACK "/state", row->error, 1);
	netback_restart();
	WAIT_FOR(netback_connects() == 2 && rig_link_is_up());
	EXPECT_EQ(store_refusal.count, 0);
	rig_expect_traffic();
	rig_finish();
}

TEST_ROWS(devices_that_cannot_be_listed_are_listed_again, error_row_t, errors)
{
	host_time_set_speed(SPEED);
	rig_start();
	refuse(XS_DIRECTORY, "device", row->error, 2);
	netback_plug(true);
	rig_bring_up();
	refuse(XS_DIRECTORY, "device", row->error, 1);
	model_lock();
	store_set("device/other", "");
	model_unlock();
	WAIT_FOR(store_refusal.count == 0);
	/* What could not be looked at is not gone. */
	rig_expect_traffic();
	netback_unplug();
	WAIT_FOR(rig_card == NULL);
	rig_finish();
}

TEST_ROWS(an_order_of_the_host_that_cannot_be_read_is_read_again, error_row_t,
    errors)
{
	host_time_set_speed(SPEED);
	host_system_set(HOST_SYSTEM_GOES_DOWN);
	rig_start();
	refuse(XS_READ, "control/shutdown", row->error, 1);
	model_lock();
	store_set("control/shutdown", "reboot");
	model_unlock();
	WAIT_FOR(model_shutdowns(SHUTDOWN_REBOOT) == 1);
	rig_finish();
}

TEST(a_watch_that_cannot_be_set_is_set_later)
{
	host_time_set_speed(SPEED);
	rig_power_on();
	refuse(XS_WATCH, "control/shutdown", "ENOMEM", 2);
	EXPECT_EQ(rig_add(), EOK);
	WAIT_FOR(store_refusal.count == 0);
	refuse(XS_WATCH, BACK, "EDQUOT", 2);
	netback_plug(true);
	rig_bring_up();
	WAIT_FOR(store_refusal.count == 0);
	/* The bus's own, what the host asks for, and the back end */
	WAIT_FOR(store_watches() == 3);
	rig_finish();
}

/** A row for each thing that making a device asks for */
static const error_row_t steps[] = {
	{ "no function", "ddf_fun_create" },
	{ "no memory for it", "ddf_fun_data_alloc" },
	{ "no match", "ddf_fun_add_match_id" },
	{ "no binding", "ddf_fun_bind" }
};

TEST_ROWS(a_device_that_cannot_be_made_is_made_later, error_row_t, steps)
{
	host_time_set_speed(SPEED);
	rig_start();
	fault_set_name(row->error);
	netback_plug(true);
	rig_bring_up();
	EXPECT(fault_hit());
	rig_expect_traffic();
	rig_finish();
}

TEST(a_device_that_cannot_be_removed_is_removed_later)
{
	host_time_set_speed(SPEED);
	rig_start_up(true);
	fault_set_name("ddf_fun_unbind");
	netback_unplug();
	WAIT_FOR(fault_hit());
	WAIT_FOR(rig_card == NULL);
	rig_finish();
}

/** A row for each thing that connecting asks for */
static const error_row_t needs[] = {
	{ "no fibril", "async_create_callback_port" },
	{ "no session", "devman_parent_device_connect" },
	{ "no memory for the rings", "dmamem_map_anonymous" },
	{ "no memory for the list of grants", "calloc" },
	{ "no memory for keys", "malloc" }
};

static const char *need;

static void let_it_fail(void)
{
	fault_set_name(need);
}

TEST_ROWS(a_connection_that_cannot_be_made_is_made_later, error_row_t, needs)
{
	host_time_set_speed(SPEED);
	rig_start();
	model_lock();
	store_hook = (store_hook_t) {
		BACK "/feature-rx-copy", let_it_fail, 5
	};
	need = row->error;
	model_unlock();
	/* A back end that saw what comes of it would begin anew. */
	netback_is_late = true;
	netback_plug(true);
	WAIT_FOR(rig_front_state() == 4);
	netback_is_late = false;
	netback_act();
	rig_bring_up();
	EXPECT(fault_hit());
	rig_expect_traffic();
	rig_finish();
}

TEST_ROWS(a_feature_that_cannot_be_read_is_read_again, error_row_t, errors)
{
	host_time_set_speed(SPEED);
	rig_start();
	refuse(XS_READ, BACK "/feature-rx-copy", row->error, 3);
	netback_is_late = true;
	netback_plug(true);
	WAIT_FOR(rig_front_state() == 4);
	EXPECT_EQ(store_refusal.count, 0);
	netback_is_late = false;
	netback_act();
	rig_bring_up();
	rig_expect_traffic();
	rig_finish();
}

TEST(a_state_that_many_conflicts_keep_from_being_written_is_written_later)
{
	host_time_set_speed(SPEED);
	rig_start_up(true);
	store_conflicts = 250;
	netback_restart();
	WAIT_FOR(netback_connects() == 2 && rig_link_is_up());
	EXPECT_EQ(store_conflicts, 0);
	rig_expect_traffic();
	rig_finish();
}

TEST(a_back_end_that_may_not_be_read_any_more_is_gone)
{
	host_time_set_speed(SPEED);
	rig_start_up(true);
	refuse(XS_READ, BACK, "EACCES", 1000000);
	WAIT_FOR(!rig_link_is_up());
	WAIT_FOR(rig_front_state() != 4);
	refuse(XS_READ, BACK, "EACCES", 0);
	netback_return(true);
	WAIT_FOR(netback_is_connected() && rig_link_is_up());
	rig_expect_traffic();
	rig_finish();
}

TEST(a_state_that_is_no_number_is_none)
{
	rig_start_up(true);
	model_lock();
	store_set(BACK "/state", "x");
	model_unlock();
	WAIT_FOR(!rig_link_is_up());
	netback_return(true);
	WAIT_FOR(netback_is_connected() && rig_link_is_up());
	rig_expect_traffic();
	rig_finish();
}

TEST(states_are_told_in_the_order_in_which_they_were)
{
	rig_start();
	for (int i = 0; i < 20; i++) {
		netback_plug(true);
		/* InitWait as soon as it was seen to be something else */
		model_lock();
		store_echo = (store_echo_t) { BACK "/state", "2" };
		store_set(BACK "/state", "1");
		model_unlock();
		WAIT_FOR(netback_is_connected());
		netback_unplug();
		WAIT_FOR(rig_card == NULL);
	}
	rig_finish();
}

static atomic_bool chatting;

/** Tell of a watch that nobody has set, without end. */
static void *chat(void *arg)
{
	while (chatting) {
		model_lock();
		store_inject(XS_WATCH_EVENT, 0, "device\0" "9999", 12, 12);
		model_unlock();
		usleep(1000);
	}
	return NULL;
}

TEST(events_without_end_do_not_make_a_wait_longer)
{
	pthread_t thread;

	host_time_set_speed(100);
	rig_start_up(true);
	model_lock();
	store_spoil.type = XS_READ;
	store_spoil.how = SPOIL_SILENT;
	model_unlock();
	chatting = true;
	EXPECT_EQ(pthread_create(&thread, NULL, chat, NULL), 0);
	/* Each is given up in its time, and asked again. */
	netback_restart();
	WAIT_FOR(store_silences >= 8);
	model_lock();
	store_spoil.how = SPOIL_NOT;
	model_unlock();
	chatting = false;
	pthread_join(thread, NULL);
	WAIT_FOR(netback_connects() == 2 && rig_link_is_up());
	rig_expect_traffic();
	rig_finish();
}

TEST(frames_are_sent_though_a_notification_is_lost)
{
	host_time_set_speed(SPEED);
	rig_start_up(true);
	rig_expect_traffic();
	for (unsigned int i = 0; i < 5; i++) {
		model_lock();
		model_lost_sends = 1;
		model_unlock();
		size_t sent = netback_sent();
		rig_send(60, i);
		WAIT_FOR(netback_sent() == sent + 1);
		EXPECT_EQ(model_lost_sends, 0);
	}
	rig_finish();
}

/** @}
 */
