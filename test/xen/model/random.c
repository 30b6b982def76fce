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
 * Anything happens at any time
 *
 * A seed, or a fuzzer (test/fuzz), gives the order of events, so that a run
 * that failed can be had again (as far as fibrils run alike). After them all is
 * well again, and another device comes: it must work. What the drivers had is
 * given back, but for pages that a back end kept, of which they must have told.
 */

#include <host/model.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "../../model/rnd.h"
#include "../../model/untimely.h"
#include "life.h"

#define EVENTS      40
#define ROW_SEEDS   25

/** The drivers' clock while a fuzzer waits for the next life: who was not told
 * of an event looks once a second, which would be most of it. Xenbus still
 * waits a second for an answer, and a good device's are much faster.
 */
#define FUZZ_SPEED  30

typedef struct {
	const char *name;
	uint32_t first;
} row_t;

static const row_t rows[] = {
	{ "seeds 1 to 25", 1 }, { "seeds 26 to 50", 26 },
	{ "seeds 51 to 75", 51 }, { "seeds 76 to 100", 76 },
	{ "seeds 101 to 125", 101 }, { "seeds 126 to 150", 126 },
	{ "seeds 151 to 175", 151 }, { "seeds 176 to 200", 176 },
	{ "seeds 201 to 225", 201 }, { "seeds 226 to 250", 226 },
	{ "seeds 251 to 275", 251 }, { "seeds 276 to 300", 276 }
};

/** xenstored did not say all that it did. */
static bool spoiled;

static bool always(void)
{
	return true;
}

/* What the back end does */

static void lie_in_rings(void)
{
	xen_netif_rx_response_t rx = {
		.id = chance(2) ? rnd(300) : rnd(0x10000),
		.offset = chance(2) ? 0 : rnd(0x10000),
		.flags = chance(2) ? 0 : rnd(16),
		.status = (int16_t) (chance(2) ? rnd(2000) : rnd(0x10000))
	};

	switch (rnd(6)) {
	case 0:
		netback_try_respond_rx(&rx);
		break;
	case 1:
		netback_try_respond_tx(rnd(300), (int16_t) rnd(4) - 2);
		break;
	case 2:
		netback_try_prod(chance(2), chance(2) ? rnd(600) : rnd(-1));
		break;
	case 3:
		/* Not where the back end itself looks */
		netback_try_scribble(chance(2) ? 4 : 12 + 4 * rnd(13), rnd(-1));
		break;
	default:
		netback_event();
		break;
	}
}

static void change_state(void)
{
	static const char *const states[] = {
		"0", "1", "2", "3", "4", "5", "6", "7", "8", "99", "", "x"
	};

	switch (rnd(8)) {
	case 0:
		netback_do(states[rnd(12)]);
		break;
	case 1:
		model_lock();
		netback_mood.state = states[rnd(12)];
		netback_mood.at = rnd(8);
		model_unlock();
		break;
	case 2:
		netback_return(chance(2));
		break;
	case 3:
		netback_unplug();
		break;
	case 4:
		netback_destroy();
		break;
	case 5:
		netback_plug(chance(2));
		break;
	default:
		netback_restart_as(chance(2));
		break;
	}
}

static void spoil_store(void)
{
	static const uint32_t types[] = {
		XS_DIRECTORY, XS_READ, XS_WATCH, XS_UNWATCH, XS_WRITE, XS_RM,
		XS_TRANSACTION_START, XS_TRANSACTION_END, XS_WATCH_EVENT
	};
	static const char *const paths[] = {
		FRONT "/mac", FRONT "/backend", FRONT "/backend-id",
		FRONT "/state", BACK "/state", BACK "/online",
		BACK "/feature-rx-copy", BACK "/feature-split-event-channels",
		BACK "/feature-multicast-control"
	};
	static const char *const values[] = {
		NULL, "", "x", "-1", "\xff", "99999999999"
	};

	model_lock();
	switch (rnd(4)) {
	case 0:
		store_spoil.type = types[rnd(9)];
		/* A stream that breaks takes a reboot; see xenstored.c. */
		store_spoil.how = SPOIL_TYPE + rnd(SPOIL_LONG - SPOIL_TYPE + 1);
		spoiled = true;
		break;
	case 1:
		store_spoil.how = SPOIL_NOT;
		break;
	case 2:
		store_override.path = paths[rnd(9)];
		store_override.value = values[rnd(6)];
		store_override.len = store_override.value == NULL ? 0 :
		    strlen(store_override.value);
		break;
	default:
		store_override.path = NULL;
		store_conflicts = rnd(5);
		break;
	}
	model_unlock();
}

static uint64_t any_word(void)
{
	switch (rnd(4)) {
	case 0:
		return 0;
	case 1:
		return UINT64_MAX;
	default:
		return (uint64_t) rnd(-1) << 32 | rnd(-1);
	}
}

/** Xen says of events what it likes. */
static void lie_of_events(void)
{
	switch (rnd(4)) {
	case 0:
		(void) model_event_everywhere();
		break;
	case 1:
		model_interrupt();
		break;
	default:
		model_scribble(rnd(MODEL_MASK + 1),
		    rnd(chance(2) ? MODEL_PORTS / 64 : 64), any_word());
		break;
	}
}

static void move_frames(void)
{
	for (unsigned int n = rnd(30); n > 0; n--)
		(void) rig_receive(rnd(1600), n);
	netback_is_stalled = chance(6);
}

/* What the machine and the client do */

static bool interrupt(void *arg)
{
	return model_event_everywhere();
}

/** From now on there are interrupts at any step, whose handlers are late. */
static void interrupt_late(void)
{
	untimely_begin(interrupt, NULL, rnd(16),
	    chance(2) ? UNTIMELY_LAST : (int) rnd(16));
}

static void fail(void)
{
	if (chance(2))
		fault_set(rnd(30));
	else
		model_fail_hypercall(rnd(30));
	model_lose_interrupts(chance(3));
}

static void go_offline(void)
{
	ddf_fun_t *bus = host_dev_get_fun(rig_platform, "xenbus");
	if (bus == NULL)
		return;
	interrupt_late();
	if (chance(2))
		(void) host_fun_offline(bus);
	(void) host_fun_online(bus);
	untimely_end();
	host_fun_put(bus);
}

static void change_card(void)
{
	const nic_iface_t *iface = rig_client->iface;
	ddf_fun_t *fun = rig_client->fun;
	struct timespec period = { .tv_nsec = 1000000 * (rnd(20) + 1) };
	nic_address_t list[80] = { 0 };
	size_t count = chance(4) ? rnd(80) : rnd(4);
	nic_device_stats_t stats;
	nic_device_state_t now;

	/* libnic leaks the list of a card that is stopped when it goes. */
	if (iface->get_state(fun, &now) != EOK || now != NIC_STATE_ACTIVE)
		count = 0;
	for (size_t i = 0; i < count; i++) {
		list[i].address[0] = 0x33;
		list[i].address[5] = rnd(100);
	}
	switch (rnd(7)) {
	case 0:
		(void) iface->set_state(fun, rnd(NIC_STATE_MAX));
		break;
	case 1:
		(void) iface->poll_set_mode(fun, rnd(4), &period);
		break;
	case 2:
		(void) iface->poll_now(fun);
		break;
	case 3:
		(void) iface->get_stats(fun, &stats);
		break;
	case 4:
		(void) iface->multicast_set_mode(fun, NIC_MULTICAST_PROMISC,
		    NULL, 0);
		break;
	case 5:
		if (count > 0) {
			(void) iface->multicast_set_mode(fun,
			    NIC_MULTICAST_LIST, list, count);
		}
		break;
	default:
		(void) iface->set_state(fun, NIC_STATE_ACTIVE);
		break;
	}
}

static void client_step(void)
{
	static uint8_t frame[1600];

	if (rig_client == NULL || chance(10)) {
		rig_disconnect();
		(void) rig_connect();
	}
	if (rig_client == NULL)
		return;
	if (chance(2)) {
		change_card();
		return;
	}
	for (unsigned int n = rnd(30); n > 0; n--) {
		(void) rig_client->iface->send_frame(rig_client->fun, frame,
		    rnd(1600));
	}
}

/** Let the drivers go on, until they have a link or for some milliseconds: most
 * that can happen happens to a card that works.
 */
static void settle(void)
{
	for (unsigned int i = 0; i < 40; i++) {
		if (rig_client != NULL && netback_is_connected() &&
		    rig_link_is_up())
			return;
		if (rig_client == NULL)
			(void) rig_connect();
		usleep(500);
	}
}

static void step(void)
{
	switch (rnd(13)) {
	case 0:
		lie_in_rings();
		break;
	case 1:
	case 2:
		change_state();
		break;
	case 3:
		spoil_store();
		break;
	case 4:
		if (chance(3))
			fail();
		break;
	case 5:
		if (chance(4))
			go_offline();
		break;
	case 6:
		lie_of_events();
		break;
	case 7:
	case 8:
	case 9:
		move_frames();
		break;
	default:
		client_step();
		break;
	}
}

static void calm_down(void)
{
	fault_set(0);
	model_fail_hypercall(0);
	model_lose_interrupts(false);
	netback_is_stalled = false;
	model_lock();
	netback_mood.at = 0;
	store_spoil.how = SPOIL_NOT;
	store_override.path = NULL;
	store_conflicts = 0;
	model_unlock();
	model_calm_events();
}

/** A good device comes, and works. */
static void expect_good_device(void)
{
	netback_destroy();
	/* What a spoiled event did not tell, the next one does. */
	netback_plug(true);
	netback_destroy();
	WAIT_FOR(rig_card == NULL);
	rig_disconnect();
	netback_plug(true);
	rig_bring_up();
	rig_expect_traffic();
}

static void live(void)
{
	spoiled = false;
	interrupt_late();
	rig_start_up(chance(2));
	untimely_end();
	for (unsigned int i = 0; i < EVENTS && !rnd_ended(); i++) {
		step();
		if (chance(2))
			settle();
	}
	calm_down();

	/* A bus that lost its watch is made anew, as a user would do it. */
	ddf_fun_t *bus = host_dev_get_fun(rig_platform, "xenbus");
	EXPECT(bus != NULL);
	interrupt_late();
	EXPECT_EQ(host_fun_offline(bus), EOK);
	untimely_end();
	EXPECT_EQ(host_fun_online(bus), EOK);
	host_fun_put(bus);
	expect_good_device();

	interrupt_late();
	EXPECT_EQ(host_dev_remove(rig_platform), EOK);
	untimely_end();
	netback_destroy();
	if (spoiled || rig_lost_pages > 0)
		rig_check_parted();
	else
		rig_check_clean();
	rig_stop();
}

TEST_ROWS(whatever_happens_a_good_device_works_afterwards, row_t, rows)
{
	life_prepare(always);
	for (uint32_t seed = row->first; seed < row->first + ROW_SEEDS;
	    seed++) {
		fprintf(stderr, "== seed %u\n", seed);
		rnd_seed(seed * 2654435761u | 1);
		live();
	}
}

/** The same with the events that a fuzzer chooses */
int fuzz_xen(const uint8_t *data, size_t size)
{
	life_prepare(always);
	host_time_set_speed(FUZZ_SPEED);
	rnd_feed(data, size);
	live();
	return 0;
}
