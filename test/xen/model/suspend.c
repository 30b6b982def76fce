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

/** @file A domain that is suspended: saved and restored, or not after all
 */

#include <abi/xen.h>
#include <string.h>
#include <unistd.h>
#include "life.h"

static bool always(void)
{
	return true;
}

static void ask(void)
{
	model_lock();
	store_set("control/shutdown", "suspend");
	model_unlock();
}

static unsigned int suspends(void)
{
	return model_shutdowns(SHUTDOWN_SUSPEND);
}

static bool has(const char *path, const char *value)
{
	model_lock();
	const char *is = store_get(path);
	bool same = is != NULL && strcmp(is, value) == 0;
	model_unlock();
	return same;
}

/** Suspend, and wait until the card is back. */
static void suspend(void)
{
	unsigned int before = suspends();
	unsigned int connects = netback_connects();

	ask();
	WAIT_FOR(suspends() == before + 1);
	WAIT_FOR(netback_connects() == connects + 1 && rig_link_is_up());
}

/** The card, its client and its address are those of before. */
static void expect_same(ddf_fun_t *card)
{
	nic_address_t addr;

	EXPECT(rig_card == card);
	EXPECT_EQ(rig_client->iface->get_address(rig_client->fun, &addr), EOK);
	EXPECT_EQ(addr.address[5], 3);
	EXPECT_EQ(rig_front_state(), 4);
	rig_expect_traffic();
}

typedef struct {
	const char *name;
	model_suspend_t how;
} how_row_t;

static const how_row_t hows[] = {
	{ "restored", SUSPEND_RESTORED },
	{ "goes on where it was", SUSPEND_RESUMED },
	{ "goes on where it was and is told", SUSPEND_CANCELLED },
	{ "refused by Xen", SUSPEND_FAILS }
};

TEST_ROWS(a_system_that_is_suspended_goes_on_with_its_card, how_row_t, hows)
{
	/* With an emulated twin, too, which a new device model has again */
	rig_power_on();
	netback_plug(true);
	EXPECT_EQ(rig_add(), EOK);
	rig_bring_up();
	ddf_fun_t *card = rig_card;
	rig_expect_traffic();
	model_suspend = row->how;
	for (unsigned int i = 1; i <= 3; i++) {
		suspend();
		EXPECT_EQ(model_unplugs(), i + 1);
		EXPECT(has("control/feature-suspend", "1"));
		EXPECT(has("control/shutdown", ""));
		EXPECT_EQ(model_open_ports(), 2);
		expect_same(card);
	}
	rig_finish();
}

/** Lengths of frames go up by one, from frame to frame, and begin anew. */
#define LENGTHS  1400

static unsigned int numbered;
/** Frames that the back end had room for */
static unsigned int accepted;

/** Send and receive until the suspend is over. */
static void load(unsigned int before)
{
	for (unsigned int i = 0; suspends() == before || i < 50; i++) {
		rig_send(60 + numbered++ % LENGTHS, 1);
		accepted += rig_receive(100, 1);
		usleep(100);
	}
}

TEST_ROWS(under_load_no_frame_is_reported_twice, how_row_t, hows)
{
	uint8_t frame[RIG_FRAME_MAX];

	numbered = accepted = 0;
	rig_start_up(true);
	ddf_fun_t *card = rig_card;
	model_suspend = row->how;
	for (unsigned int i = 0; i < 5; i++) {
		unsigned int before = suspends();
		ask();
		load(before);
		WAIT_FOR(rig_link_is_up() && netback_is_connected());
	}

	size_t sent = netback_sent();
	EXPECT(sent > 0 && sent <= numbered && rig_received <= accepted);
	size_t last = netback_sent_frame(0, frame);
	for (size_t i = 1; i < sent; i++) {
		size_t size = netback_sent_frame(i, frame);
		size_t ahead = (size + LENGTHS - last) % LENGTHS;
		EXPECT(ahead > 0 && ahead < LENGTHS / 2);
		last = size;
	}
	expect_same(card);
	rig_finish();
}

TEST_ROWS(what_was_not_sent_is_counted_as_lost, how_row_t, hows)
{
	nic_device_stats_t before, after;

	rig_start_up(true);
	model_suspend = row->how;
	netback_is_stalled = true;
	rig_client->iface->get_stats(rig_client->fun, &before);
	for (unsigned int i = 0; i < 10; i++)
		rig_send(100, i);
	netback_next.split = false;
	suspend();
	netback_is_stalled = false;
	rig_client->iface->get_stats(rig_client->fun, &after);
	EXPECT_EQ(after.send_errors + after.send_packets,
	    before.send_errors + before.send_packets + 10);
	rig_expect_traffic();
	rig_finish();
}

TEST(another_back_end_in_another_domain_is_connected_to)
{
	rig_start_up(true);
	ddf_fun_t *card = rig_card;
	netback_next.domid = 7;
	netback_next.split = false;
	suspend();
	EXPECT_EQ(model_open_ports(), 1);
	expect_same(card);
	rig_finish();
}

TEST(another_card_after_a_restore_comes_as_another)
{
	rig_start_up(true);
	netback_next.mac = "00:16:3e:01:02:04";
	unsigned int connects = netback_connects();
	ask();
	WAIT_FOR(suspends() == 1);
	rig_disconnect();
	WAIT_FOR(netback_connects() > connects && rig_front_state() == 4 &&
	    rig_card != NULL);
	nic_address_t addr;
	EXPECT_EQ(rig_connect(), EOK);
	EXPECT_EQ(rig_client->iface->get_address(rig_client->fun, &addr), EOK);
	EXPECT_EQ(addr.address[5], 4);
	WAIT_FOR(rig_link_is_up());
	rig_finish();
}

typedef struct {
	const char *name;
	unsigned int at;
	model_suspend_t how;
} moment_row_t;

#define AT(what, at) \
	{ what ", restored", at, SUSPEND_RESTORED }, \
	{ what ", goes on", at, SUSPEND_RESUMED }, \
	{ what ", cancelled", at, SUSPEND_CANCELLED }

static const moment_row_t moments[] = {
	AT("at Initialising", 1),
	AT("at Connected", 4),
	AT("at Closing", 5),
	AT("at Closed", 6)
};

TEST_ROWS(a_suspend_while_the_card_connects_or_parts, moment_row_t, moments)
{
	rig_start();
	model_suspend = row->how;
	if (row->at == 1 || row->at == 4) {
		netback_suspends_at = row->at;
		netback_plug(true);
	} else {
		netback_plug(true);
		rig_bring_up();
		model_lock();
		netback_suspends_at = 6;
		model_unlock();
		if (row->at == 6)
			netback_restart();
		else
			ask();
	}
	WAIT_FOR(suspends() >= 1);
	if (rig_client == NULL)
		rig_bring_up();
	WAIT_FOR(rig_link_is_up() && netback_is_connected());
	WAIT_FOR(has("control/shutdown", ""));
	WAIT_FOR(rig_link_is_up() && netback_is_connected() &&
	    rig_front_state() == 4);
	rig_finish();
}

TEST_ROWS(a_suspend_while_a_card_comes_or_goes, how_row_t, hows)
{
	rig_start();
	model_suspend = row->how;
	for (unsigned int i = 0; i < 6; i++) {
		unsigned int before = suspends();

		if (i % 2 == 0)
			ask();
		netback_plug(i % 3 == 0);
		if (i % 2 != 0)
			ask();
		WAIT_FOR(suspends() == before + 1);
		WAIT_FOR(rig_card != NULL && rig_front_state() == 4);

		before = suspends();
		if (i % 2 == 0)
			ask();
		netback_unplug();
		if (i % 2 != 0)
			ask();
		WAIT_FOR(suspends() == before + 1);
		netback_destroy();
		WAIT_FOR(rig_card == NULL && model_open_ports() == 0);
	}
	WAIT_FOR(model_grants_in_use() == 0);
	rig_finish();
}

TEST(a_save_that_follows_a_save_is_done_as_well)
{
	rig_start_up(true);
	ddf_fun_t *card = rig_card;
	for (unsigned int i = 1; i <= 10; i++) {
		ask();
		WAIT_FOR(suspends() == i);
	}
	WAIT_FOR(netback_is_connected() && rig_link_is_up());
	expect_same(card);
	rig_finish();
}

TEST_ROWS(a_back_end_that_does_not_let_go_delays_a_suspend, how_row_t, hows)
{
	life_prepare(always);
	rig_start_up(true);
	model_suspend = row->how;
	host_time_set_speed(100);
	model_lock();
	netback_mood.at = 6;
	netback_mood.state = "4";
	model_unlock();
	ask();
	WAIT_FOR(suspends() == 1);
	model_lock();
	netback_mood.at = 0;
	model_unlock();
	host_time_set_speed(1);
	if (row->how != SUSPEND_RESTORED)
		netback_return(true);
	WAIT_FOR(netback_is_connected() && rig_link_is_up());
	rig_expect_traffic();
	EXPECT_EQ(host_dev_remove(rig_platform), EOK);
	rig_check_parted();
}

TEST(a_system_without_a_device_is_suspended_too)
{
	rig_start();
	ask();
	WAIT_FOR(suspends() == 1);
	netback_plug(true);
	rig_bring_up();
	rig_expect_traffic();
	rig_finish();
}

TEST(a_bus_that_is_removed_meanwhile_waits_for_the_suspend)
{
	for (unsigned int i = 0; i < 10; i++) {
		rig_start_up(true);
		ask();
		usleep(i * 500);
		rig_finish();
	}
}

/** A device that no driver is there for */
static void plug_keyboard(void)
{
	model_lock();
	store_set("/local/domain/0/backend/vkbd/1/0/state", "2");
	store_set("device/vkbd/0/backend-id", "0");
	store_set("device/vkbd/0/state", "1");
	store_set("device/vkbd/0/backend",
	    "/local/domain/0/backend/vkbd/1/0");
	model_unlock();
}

TEST_ROWS(devices_without_a_driver_delay_nothing, how_row_t, hows)
{
	rig_start_up(true);
	plug_keyboard();
	ddf_fun_t *card = rig_card;
	model_suspend = row->how;
	for (unsigned int i = 0; i < 3; i++) {
		suspend();
		expect_same(card);
		plug_keyboard();
	}
	rig_finish();
}
