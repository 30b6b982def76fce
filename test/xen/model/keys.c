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
 * Each key that the drivers read is missing, or is not what it should be
 */

#include <stdio.h>
#include <string.h>
#include "life.h"

/** What a key that is wrong is good for */
typedef enum {
	/** Nothing: there is no card. */
	NO_CARD,
	/** There is a card, and it has no link. */
	NO_LINK,
	/** The driver does without it. */
	WORKS,
	/** What comes of it depends on the value; no harm does. */
	NO_HARM
} effect_t;

typedef struct {
	const char *name;
	const char *path;
	effect_t effect;
} wrong_t;

static const wrong_t keys[] = {
	{ "backend", FRONT "/backend", NO_CARD },
	{ "backend-id", FRONT "/backend-id", NO_CARD },
	{ "mac", FRONT "/mac", NO_CARD },
	{ "mtu", FRONT "/mtu", WORKS },
	{ "front end's state", FRONT "/state", NO_HARM },
	{ "back end's state", BACK "/state", NO_HARM },
	{ "online", BACK "/online", WORKS },
	{ "feature-rx-copy", BACK "/feature-rx-copy", NO_LINK },
	{ "feature-sg", BACK "/feature-sg", WORKS },
	{ "feature-split-event-channels", BACK "/feature-split-event-channels",
	    WORKS },
	{ "control/shutdown", "control/shutdown", WORKS },
	{ "control/platform-feature-xs_reset_watches",
	    "control/platform-feature-xs_reset_watches", WORKS }
};

static char longest[4000];
static char long_path[2800];

static const struct {
	const char *name;
	const char *value;
	size_t len;
} values[] = {
	{ "missing", NULL, 0 },
	{ "empty", "", 0 },
	{ "a word", "x", 1 },
	{ "huge", "99999999999999999999999999", 26 },
	{ "past 64 bits", "18446744073709551616", 20 },
	{ "past 32 bits", "4294967296", 10 },
	{ "negative", "-1", 2 },
	{ "with a space", " 1", 2 },
	{ "with a fraction", "1.5", 3 },
	{ "hexadecimal", "0x1", 3 },
	{ "too long", longest, sizeof(longest) },
	{ "a long path", long_path, sizeof(long_path) },
	{ "binary", "\xff\xfe\x80\x01", 4 },
	{ "a zero and more", "\0" "1", 2 },
	{ "a line", "1\n", 2 },
	{ "a path that goes up", "../../../..", 11 },
	{ "a format", "%s%n", 4 }
};

static bool always(void)
{
	return true;
}

static void override(const wrong_t *key, size_t i)
{
	model_lock();
	store_override.path = key == NULL ? NULL : key->path;
	store_override.value = values[i].value;
	store_override.len = values[i].len;
	model_unlock();
}

/** The card is there with the key as it is, and works or does not. */
static void expect(const wrong_t *key, size_t i)
{
	rig_start();
	override(key, i);
	/* Those that nobody else writes */
	if (strncmp(key->path, "control/", 8) == 0) {
		model_lock();
		store_set(key->path, "1");
		model_unlock();
	}
	netback_plug(true);

	switch (key->effect) {
	case NO_CARD:
		EXPECT(!REACHED(rig_card != NULL));
		break;
	case NO_LINK:
		WAIT_FOR(rig_card != NULL);
		EXPECT_EQ(rig_connect(), EOK);
		EXPECT(!REACHED(rig_link_is_up()));
		EXPECT(!netback_is_connected());
		break;
	default:
		rig_bring_up();
		rig_expect_traffic();
		break;
	}
	override(NULL, 0);
	EXPECT_EQ(host_dev_remove(rig_platform), EOK);
	netback_destroy();
	rig_check_clean();
	rig_stop();
}

TEST_ROWS(a_key_that_is_not_as_it_should_be_does_no_harm, wrong_t, keys)
{
	life_prepare(always);
	memset(longest, '1', sizeof(longest));
	memset(long_path, '/', sizeof(long_path));
	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		fprintf(stderr, "== %s is %s\n", row->name, values[i].name);
		if (row->effect != NO_HARM)
			expect(row, i);
		override(row, i);
		life_live();
		override(NULL, 0);
		life_live_well();
	}
}

/** Keys that say more than they may, where a number is not the trouble */
typedef struct {
	const char *name;
	const char *mac;
} mac_t;

static const mac_t macs[] = {
	{ "a group's", "01:16:3e:01:02:03" },
	{ "all ones", "ff:ff:ff:ff:ff:ff" },
	{ "too short", "00:16:3e:01:02" },
	{ "one digit", "0:16:3e:01:02:03" },
	{ "with more after it", "00:16:3e:01:02:03:04" },
	{ "without colons", "00163e010203" }
};

TEST_ROWS(an_address_that_is_none_is_no_card, mac_t, macs)
{
	life_prepare(always);
	rig_start();
	model_lock();
	store_override = (store_override_t) {
		.path = FRONT "/mac",
		.value = row->mac,
		.len = strlen(row->mac)
	};
	model_unlock();
	netback_plug(true);
	EXPECT(!REACHED(rig_card != NULL));
	rig_finish();
}

/** Numbers that are 1, as long as the room for them and longer than that */
typedef struct {
	const char *name;
	const char *value;
	unsigned int ports;
} length_t;

static const length_t lengths[] = {
	{ "just fits", "00000000000000000000001", 2 },
	{ "fits but for its end", "000000000000000000000001", 1 },
	{ "is one longer", "0000000000000000000000001", 1 }
};

TEST_ROWS(a_number_that, length_t, lengths)
{
	rig_start();
	model_lock();
	store_override = (store_override_t) {
		.path = BACK "/feature-split-event-channels",
		.value = row->value,
		.len = strlen(row->value)
	};
	model_unlock();
	netback_forgives = true;
	netback_plug(true);
	WAIT_FOR(rig_card != NULL && rig_front_state() == 4);
	EXPECT_EQ(model_open_ports(), row->ports);
	rig_finish();
}

TEST(a_name_that_no_node_can_have_is_no_device)
{
	static const char escape[] = "device/vif/\033[1m";
	char key[64];

	life_prepare(always);
	rig_start();
	model_lock();
	snprintf(key, sizeof(key), "%s/backend", escape);
	store_set(key, BACK);
	snprintf(key, sizeof(key), "%s/backend-id", escape);
	store_set(key, "0");
	model_unlock();
	EXPECT(!REACHED(rig_card != NULL));

	/* It harms nobody else, and its own type may be as bad. */
	model_lock();
	store_set("device/\033[1m/0/backend-id", "0");
	store_set("device/\033[1m/0/backend", BACK);
	model_unlock();
	netback_plug(true);
	rig_bring_up();
	rig_expect_traffic();
	rig_finish();
}
