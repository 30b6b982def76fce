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
 * What a device is, and that one does not harm another
 */

#include <host/model.h>
#include <stdio.h>
#include <string.h>
#include "life.h"

#define SPEED  20

/** Whether there is a card, and its address ends with this */
static bool card_is(uint8_t last)
{
	nic_address_t mac = { 0 };

	if (rig_card == NULL || rig_connect() != EOK)
		return false;
	errno_t rc = rig_client->iface->get_address(rig_client->fun, &mac);
	if (rc != EOK || mac.address[5] != last) {
		rig_disconnect();
		return false;
	}
	return true;
}

/** xenbus has all that it wants. */
static bool bus_is_there(void)
{
	model_lock();
	bool is = store_watches() == 2;
	model_unlock();
	return is;
}

typedef struct {
	const char *name;
	uint16_t domid;
	const char *mac;
	uint8_t last;
} row_t;

static const row_t rows[] = {
	{ "with another address", 0, "00:16:3e:01:02:04", 4 },
	{ "of another domain", 7, "00:16:3e:01:02:03", 3 },
	{ "of the highest domain", 0x7fef, "00:16:3e:01:02:05", 5 }
};

TEST_ROWS(a_device_that_was_replaced_while_nobody_looked_is_another, row_t,
    rows)
{
	rig_start_up(true);
	unsigned int before = netback_connects();
	rig_disconnect();
	netback_replace(row->domid, row->mac, false);
	WAIT_FOR(netback_connects() > before);
	WAIT_FOR(card_is(row->last));
	WAIT_FOR(rig_link_is_up());
	EXPECT_EQ(netback_connects(), before + 1);
	/* Nothing was waited for in vain. */
	EXPECT_EQ(rig_unclosed, 0);
	rig_mac_end = row->last;
	rig_expect_traffic();
	rig_finish();
}

TEST(a_device_that_was_replaced_by_its_like_is_connected_to)
{
	rig_start_up(true);
	for (int i = 0; i < 5; i++) {
		unsigned int before = netback_connects();
		netback_replace(0, "00:16:3e:01:02:03", i % 2 == 0);
		WAIT_FOR(netback_connects() > before);
		WAIT_FOR(rig_link_is_up());
	}
	rig_expect_traffic();
	rig_finish();
}

TEST(the_old_device_writes_nothing_into_the_directory_of_the_new)
{
	rig_start_up(true);
	rig_disconnect();
	netback_is_late = true;
	netback_replace(0, "00:16:3e:01:02:04", true);
	WAIT_FOR(card_is(4));
	WAIT_FOR(rig_front_state() == 4);
	/* Nobody has said that it closes. */
	EXPECT_EQ(netback_announced & (1 << 5 | 1 << 6), 0);
	netback_is_late = false;
	netback_act();
	WAIT_FOR(rig_link_is_up());
	rig_mac_end = 4;
	rig_expect_traffic();
	rig_finish();
}

typedef struct {
	const char *name;
	uint32_t type;
	const char *path;
	const char *key;
} bad_row_t;

static const bad_row_t bad_rows[] = {
	{ "type", XS_DIRECTORY, "device/aaa", "device/aaa/0/backend" },
	{ "back end", XS_READ, "device/vif/7/backend", "device/vif/7/backend" },
	{ "address", XS_READ, "device/vif/7/mac", "device/vif/7/mac" }
};

TEST_ROWS(a_directory_that_may_not_be_read_harms_nobody_else, bad_row_t,
    bad_rows)
{
	host_time_set_speed(SPEED);
	rig_power_on();
	model_lock();
	store_refusal = (store_refusal_t) {
		row->type, row->path, "EACCES", 1000000
	};
	store_set("device/vif/7/backend-id", "0");
	store_set("device/vif/7/backend",
	    "/local/domain/0/backend/vif/1/7");
	store_set(row->key, "x");
	model_unlock();
	EXPECT_EQ(rig_add(), EOK);
	netback_plug(true);
	WAIT_FOR(rig_card != NULL);
	rig_bring_up();
	rig_expect_traffic();
	EXPECT(store_refusal.count < 1000000);
	netback_unplug();
	WAIT_FOR(rig_card == NULL);
	rig_finish();
}

TEST(a_device_of_a_type_that_may_not_be_read_any_more_stays)
{
	host_time_set_speed(SPEED);
	rig_start_up(true);
	model_lock();
	store_refusal = (store_refusal_t) {
		XS_DIRECTORY, "device/vif", "EACCES", 5
	};
	store_set("device/vif/9/x", "");
	model_unlock();
	WAIT_FOR(store_refusal.count == 0);
	rig_expect_traffic();
	rig_finish();
}

TEST(a_device_that_went_leaves_no_directory)
{
	rig_start_up(true);
	netback_destroy();
	WAIT_FOR(rig_card == NULL);
	EXPECT_EQ(rig_front_state(), 0);
	rig_finish();
}

TEST(events_before_there_was_an_interrupt_do_not_delay_those_after)
{
	rig_power_on();
	model_lock();
	model_event(MODEL_STORE_PORT);
	model_unlock();
	EXPECT_EQ(rig_add(), EOK);
	/* Nothing that looks now and then does. */
	host_time_set_speed(0);
	netback_plug(true);
	WAIT_FOR(rig_card != NULL && rig_front_state() == 4);
	host_time_set_speed(1);
	rig_finish();
}

TEST(a_driver_starts_from_the_state_that_the_back_end_is_in)
{
	rig_start();
	WAIT_FOR(bus_is_there());
	/* Nothing that looks now and then does. */
	host_time_set_speed(0);
	netback_plug(true);
	WAIT_FOR(rig_card != NULL && rig_front_state() == 4);
	ddf_fun_t *bus = host_dev_get_fun(rig_platform, "xenbus");
	for (int i = 0; i < 3; i++) {
		EXPECT_EQ(host_fun_offline(bus), EOK);
		EXPECT_EQ(host_fun_online(bus), EOK);
		WAIT_FOR(rig_front_state() == 4);
	}
	host_fun_put(bus);
	host_time_set_speed(1);
	rig_finish();
}

TEST(a_back_end_that_does_not_say_so_is_to_stay)
{
	rig_start_up(true);
	model_lock();
	store_remove(BACK "/online");
	model_unlock();
	netback_restart();
	WAIT_FOR(netback_connects() == 2 && rig_link_is_up());
	rig_expect_traffic();
	rig_finish();
}

TEST(a_device_whose_back_end_key_goes_is_gone)
{
	rig_start_up(true);
	model_lock();
	store_remove(FRONT "/backend");
	model_unlock();
	WAIT_FOR(rig_card == NULL);
	rig_disconnect();
	netback_destroy();
	netback_plug(true);
	rig_bring_up();
	rig_expect_traffic();
	rig_finish();
}

/** @}
 */
