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
 * The network back end of the model: its hand-shake
 *
 * It is strict: what a front end grants and publishes is checked as it is used.
 * It answers at once, unless it is told otherwise.
 */

#include <host/model.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "mcast.h"
#include "netback.h"
#include "xen.h"

#define FRONT  "device/vif/0"
#define MAC    "00:16:3e:01:02:03"

/** Directory of the back end, in the domain that it is in */
#define BACK_SIZE  64
static char back[BACK_SIZE] = "/local/domain/0/backend/vif/1/0";

uint16_t netback_domid;
bool netback_is_late;
atomic_uint netback_announced;
/** What the front end has announced and the back end not seen, 0 for nothing */
static unsigned int unseen;
bool netback_forgives;
netback_mood_t netback_mood;
unsigned int netback_keeps;

unsigned int netback_suspends_at;
netback_next_t netback_next;
/** There is a device, which a domain that is restored has as well. */
static bool plugged;
static unsigned int restores;
static unsigned int complaints;
/** The front end asked for the filter when it connected. */
static bool mcast_sampled;
/** Hand-shakes that came to an end, all ever */
static unsigned int connects;
static bool online;
static uint32_t kept[NETBACK_SLOTS];
static unsigned int kept_count;

/** Write a key of the back end. */
static void set(const char *key, const char *value)
{
	char path[128];
	snprintf(path, sizeof(path), "%s/%s", back, key);
	store_set(path, value);
}

static void set_state(unsigned int state)
{
	char value[2] = { '0' + state };
	set("state", value);
}

/** Whether a key of the back end is there and is 1 */
static bool is_one(const char *key)
{
	char path[128];
	snprintf(path, sizeof(path), "%s/%s", back, key);
	const char *value = store_get(path);
	return value != NULL && strcmp(value, "1") == 0;
}

/** What the back end offers */
static void offer(bool split)
{
	online = true;
	set("online", "1");
	set("feature-rx-copy", "1");
	set("feature-sg", "1");
	set("feature-split-event-channels", split ? "1" : "0");
	set("feature-multicast-control", netback_mcast != MCAST_NONE ? "1" :
	    "0");
	set("feature-dynamic-multicast-control",
	    netback_mcast == MCAST_DYNAMIC ? "1" : "0");
}

/** Put a device into xenstore; the lock is held. */
static void attach(const char *mac, bool split)
{
	char id[8];

	snprintf(back, sizeof(back), "/local/domain/%u/backend/vif/%u/0",
	    netback_domid, restores + 1);
	snprintf(id, sizeof(id), "%u", netback_domid);
	netback_announced = 0;
	plugged = true;
	offer(split);
	set("state", "2");
	store_set(FRONT "/mac", mac);
	store_set(FRONT "/mtu", "1500");
	store_set(FRONT "/backend-id", id);
	store_set(FRONT "/state", "1");
	store_set(FRONT "/backend", back);
}

/** The domain was restored: the toolstack makes its device, if it had one, with
 * another back end, which knows nothing of the one before. */
void netback_restore(void)
{
	nb.connected = false;
	kept_count = 0;
	unseen = 0;
	restores++;
	mcast_reset();
	netback_domid = netback_next.domid;
	if (plugged)
		attach(netback_next.mac, netback_next.split);
}

/** Put the device into xenstore. */
void netback_plug(bool split)
{
	model_lock();
	attach(MAC, split);
	model_unlock();
}

void netback_replace(uint16_t domid, const char *mac, bool split)
{
	model_lock();
	netback_detach();
	netback_domid = domid;
	attach(mac, split);
	model_unlock();
}

/** Take the device away, as xl network-detach does. */
void netback_unplug(void)
{
	model_lock();
	online = false;
	set("online", "0");
	set_state(5);
	model_unlock();
}

/** Let go of the front end and come back. */
void netback_restart(void)
{
	model_lock();
	set_state(5);
	model_unlock();
}

/** Let go of the front end and come back, with split event channels or not. */
void netback_restart_as(bool split)
{
	model_lock();
	set("feature-split-event-channels", split ? "1" : "0");
	set_state(5);
	model_unlock();
}

void netback_lie_and_close(void)
{
	model_lock();
	netback_lie();
	set_state(5);
	model_unlock();
}

/** The back end's driver is bound anew, and uses the rings that it finds before
 * it says that it is connected, as Linux's does. */
void netback_rebind(void)
{
	model_lock();
	set_state(2);
	model_unlock();
}

/** What a front end did must not be, or a back end that forgives gives up.
 *
 * A front end whose device was taken away and put back between two of its
 * steps cannot know; Linux's back end goes to Closing then.
 */
static void complain(const char *what)
{
	if (!netback_forgives)
		model_violation("%s", what);
	complaints++;
}

static unsigned int number(const char *key)
{
	char path[128];
	snprintf(path, sizeof(path), FRONT "/%s", key);
	const char *value = store_get(path);
	if (value == NULL) {
		complain("the front end did not publish all keys");
		return 0;
	}
	return atoi(value);
}

/** Whether the front end asks for the filter */
static bool mcast_key(void)
{
	const char *value = store_get(FRONT "/request-multicast-control");
	return value != NULL && atoi(value) != 0;
}

bool netback_mcast_is_on(void)
{
	switch (netback_mcast) {
	case MCAST_DYNAMIC:
		return mcast_key();
	case MCAST_STATIC:
		return mcast_sampled;
	default:
		return false;
	}
}

netback_mcast_stats_t netback_mcast_stats(void)
{
	model_lock();
	netback_mcast_stats_t stats = mcast_stats;
	stats.on = nb.connected && netback_mcast_is_on();
	model_unlock();
	return stats;
}

static void connect(void)
{
	complaints = 0;
	if (number("request-rx-copy") != 1)
		complain("no request-rx-copy");
	if (number("feature-no-csum-offload") != 1)
		complain("checksum offload is not refused");

	nb.ref_tx = number("tx-ring-ref");
	nb.ref_rx = number("rx-ring-ref");
	/* Linux's back end takes the split channels if the keys are there. */
	if (store_get(FRONT "/event-channel-tx") != NULL) {
		nb.port_tx = number("event-channel-tx");
		nb.port_rx = number("event-channel-rx");
	} else {
		nb.port_tx = nb.port_rx = number("event-channel");
	}
	if (!model_port_is_open(nb.port_tx) || !model_port_is_open(nb.port_rx))
		complain("event channel is not open");
	if (nb.port_tx != nb.port_rx && !is_one("feature-split-event-channels"))
		complain("split event channels, which were not offered");
	if (complaints > 0) {
		set_state(5);
		return;
	}

	model_gref_use(nb.ref_tx, true);
	model_gref_use(nb.ref_rx, true);
	nb.tx_cons = nb.rx_cons = 0;
	mcast_sampled = mcast_key();
	nb.mad = false;
	connects++;
	nb.connected = true;
	set_state(4);
}

static void disconnect(void)
{
	if (!nb.connected)
		return;

	for (; kept_count < netback_keeps; kept_count++) {
		kept[kept_count] = netback_rx_gref(kept_count);
		model_gref_use(kept[kept_count], true);
	}
	model_gref_use(nb.ref_tx, false);
	model_gref_use(nb.ref_rx, false);
	mcast_reset();
	nb.connected = false;
}

/** Nothing was there before. */
void netback_reset(void)
{
	nb.connected = false;
	memset(&mcast_stats, 0, sizeof(mcast_stats));
	netback_keeps = 0;
	kept_count = 0;
	netback_forget_frames();
	netback_mood.at = 0;
	netback_domid = 0;
	netback_is_late = false;
	unseen = 0;
	plugged = false;
	restores = 0;
	netback_suspends_at = 0;
	netback_next = (netback_next_t) { 0, MAC, true };
}

/** Be in a state, whatever it means; NULL is none: the directory goes. */
static void be_in(const char *state)
{
	/* With these it may use its rings, with others it does not. */
	if (state == NULL || strlen(state) != 1 ||
	    strchr("34578", state[0]) == NULL)
		disconnect();
	if (state == NULL)
		store_remove(back);
	else
		set("state", state);
}

void netback_do(const char *state)
{
	model_lock();
	be_in(state);
	model_unlock();
}

void netback_return(bool split)
{
	model_lock();
	disconnect();
	set_state(1);
	offer(split);
	set_state(2);
	model_unlock();
}

/** As netback_destroy(), with the lock held */
void netback_detach(void)
{
	online = false;
	plugged = false;
	disconnect();
	store_remove(FRONT);
	store_remove(back);
}

void netback_destroy(void)
{
	model_lock();
	netback_detach();
	model_unlock();
}

void netback_release_kept(void)
{
	model_lock();
	while (kept_count > 0)
		model_gref_use(kept[--kept_count], false);
	model_unlock();
}

/** The front end has announced a state, which the back end sees now. */
static void see(unsigned int state)
{
	if (netback_mood.at == state) {
		be_in(netback_mood.state);
		return;
	}
	char path[BACK_SIZE + 8];
	snprintf(path, sizeof(path), "%s/state", back);
	if (store_get(path) == NULL)
		return;

	switch (state) {
	case 4:
		connect();
		break;
	case 6:
		disconnect();
		set_state(6);
		if (!online) {
			plugged = false;
			store_remove(FRONT);
			store_remove(back);
		}
		break;
	case 1:
		if (!nb.connected && online)
			set_state(2);
		break;
	default:
		break;
	}
}

/** The front end has announced a state; the lock is held. */
void netback_frontend_state(unsigned int state)
{
	if (state < 32)
		netback_announced |= 1u << state;
	if (state == netback_suspends_at) {
		netback_suspends_at = 0;
		store_set("control/shutdown", "suspend");
	}
	if (netback_is_late)
		unseen = state;
	else
		see(state);
}

/** See what the front end has announced last. */
void netback_act(void)
{
	model_lock();
	unsigned int state = unseen;
	unseen = 0;
	if (state != 0)
		see(state);
	model_unlock();
}

bool netback_is_connected(void)
{
	model_lock();
	bool is = nb.connected;
	model_unlock();
	return is;
}

unsigned int netback_connects(void)
{
	model_lock();
	unsigned int n = connects;
	model_unlock();
	return n;
}
