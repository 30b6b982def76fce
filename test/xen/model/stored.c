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
 * What xenstored may do and seldom does
 */

#include <host/model.h>
#include <pthread.h>
#include <stdio.h>
#include <unistd.h>
#include "life.h"

#define SPEED  20

/** Names under device/vif, beside that of the device, in the order in which
 * they are listed */
static const char *const names[] = {
	"1", "22", "333", "4444", "55555", "666666", "7777777", "88888888",
	"9", "a-", "b_c", "d@e", "last-of-all"
};
#define NAMES  (sizeof(names) / sizeof(names[0]))

/** Put nodes into xenstore that are no devices. */
static void add_names(void)
{
	char path[64];

	model_lock();
	for (size_t i = 0; i < NAMES; i++) {
		snprintf(path, sizeof(path), "device/vif/%s/x", names[i]);
		store_set(path, "");
	}
	model_unlock();
}

/** The bus asks for what is under each name. */
static void expect_all_are_looked_at(void)
{
	char path[64];

	for (size_t i = 0; i < NAMES; i++) {
		snprintf(path, sizeof(path), "device/vif/%s", names[i]);
		model_lock();
		store_refusal = (store_refusal_t) {
			XS_READ, path, "ENOENT", 1
		};
		model_unlock();
		WAIT_FOR(store_refusal.count == 0);
	}
}

typedef struct {
	const char *name;
	size_t size;
	unsigned int changes;
} part_row_t;

static const part_row_t parts[] = {
	{ "one name or so", 12, 0 },
	{ "some names", 20, 0 },
	{ "all but one", 60, 0 },
	{ "one that changes once", 20, 1 },
	{ "one that changes often", 20, 30 },
	{ "one that does not stand still for long", 20, 300 }
};

TEST_ROWS(a_directory_in_parts, part_row_t, parts)
{
	host_time_set_speed(SPEED);
	rig_start();
	store_part_size = row->size;
	store_part_changes = row->changes;
	add_names();
	netback_plug(true);
	rig_bring_up();
	expect_all_are_looked_at();
	/* Nothing that is in some part is gone. */
	rig_expect_traffic();
	netback_unplug();
	WAIT_FOR(rig_card == NULL);
	EXPECT_EQ(store_part_changes, 0);
	rig_finish();
}

typedef struct {
	const char *name;
	store_spoil_how_t how;
} spoil_row_t;

static const spoil_row_t spoils[] = {
	{ "empty", SPOIL_EMPTY },
	{ "without a name", SPOIL_FIRST },
	{ "binary", SPOIL_BINARY },
	{ "as long as may be", SPOIL_LONG },
	{ "of another type", SPOIL_TYPE },
	{ "an error", SPOIL_ERROR }
};

TEST_ROWS(a_device_is_not_gone_for_a_part_that_is, spoil_row_t, spoils)
{
	host_time_set_speed(SPEED);
	rig_start();
	store_part_size = 12;
	add_names();
	netback_plug(true);
	rig_bring_up();
	ddf_fun_t *card = rig_card;
	for (int i = 0; i < 3; i++) {
		unsigned int before = store_spoiled;
		model_lock();
		store_spoil.type = XS_DIRECTORY_PART;
		store_spoil.how = row->how;
		store_set("device/other/0/x", "");
		model_unlock();
		WAIT_FOR(store_spoiled >= before + 2);
		model_lock();
		store_spoil.how = SPOIL_NOT;
		model_unlock();
		expect_all_are_looked_at();
		EXPECT(rig_card == card);
	}
	rig_expect_traffic();
	rig_finish();
}

TEST(a_device_is_not_gone_for_a_list_without_an_end)
{
	host_time_set_speed(SPEED);
	rig_start();
	netback_plug(true);
	rig_bring_up();
	ddf_fun_t *card = rig_card;
	unsigned int before = store_spoiled;
	model_lock();
	store_spoil.type = XS_DIRECTORY;
	store_spoil.how = SPOIL_BINARY;
	store_set("device/other/0/x", "");
	model_unlock();
	WAIT_FOR(store_spoiled >= before + 3);
	model_lock();
	store_spoil.how = SPOIL_NOT;
	model_unlock();
	add_names();
	expect_all_are_looked_at();
	EXPECT(rig_card == card);
	rig_expect_traffic();
	rig_finish();
}

static atomic_bool added;

/** Connect when xen-platform has given up asking. */
static void *connect_late(void *arg)
{
	unsigned int polls = 0;

	while (!added)
		test_poll(&polls, __FILE__, __LINE__, "the platform");
	usleep(50000);
	model_lock();
	EXPECT(store_is_untouched());
	store_connect();
	model_unlock();
	return NULL;
}

TEST(a_connection_that_is_being_made_is_waited_for)
{
	pthread_t thread;

	rig_power_on();
	netback_plug(true);
	model_lock();
	store_part();
	model_unlock();
	EXPECT_EQ(pthread_create(&thread, NULL, connect_late, NULL), 0);
	EXPECT_EQ(rig_add(), EOK);
	added = true;
	rig_bring_up();
	/* Nobody knew before xenbus did. */
	EXPECT_EQ(model_unplugs(), 1);
	rig_expect_traffic();
	pthread_join(thread, NULL);
	rig_finish();
}

TEST(a_connection_that_is_never_made_is_given_up)
{
	host_time_set_speed(500);
	rig_power_on();
	model_lock();
	store_part();
	model_unlock();
	EXPECT_EQ(rig_add(), EOK);
	netback_plug(true);
	EXPECT_EQ(host_dev_remove(rig_platform), EOK);
	EXPECT(store_is_untouched());
	rig_check_parted();
	rig_stop();
}

/** @}
 */
