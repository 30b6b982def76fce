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
 * The network back end of the model
 *
 * It is strict: what a front end grants, publishes and puts into its rings is
 * checked as it is used. It answers at once, unless it is told otherwise.
 */

#include <barrier.h>
#include <host/model.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "mcast.h"
#include "xen.h"

#define FRONT      "device/vif/0"
#define BACK       "/local/domain/0/backend/vif/1/0"
#define SLOTS      256
#define FRAME_MAX  4096
#define SENT_MAX   4096

atomic_bool netback_is_stalled;
bool netback_forgives;
netback_mood_t netback_mood;
unsigned int netback_keeps;

static unsigned int complaints;
/** It has lied by a try function, so that its own view of the rings is wrong,
 * and does no more with them but lie, until it connects anew. */
static bool mad;
/** The front end asked for the filter when it connected. */
static bool mcast_sampled;
static bool connected;
/** Hand-shakes that came to an end, all ever */
static unsigned int connects;
static bool online;
static unsigned int port_rx;
static unsigned int port_tx;
static uint32_t ref_rx;
static uint32_t ref_tx;
static uint32_t tx_cons;
static uint32_t rx_cons;
static uint32_t rx_gref[SLOTS];
static uint32_t kept[SLOTS];
static unsigned int kept_count;

static struct {
	uint8_t data[FRAME_MAX];
	size_t size;
} *sent;
static size_t sent_count;

/** Write a key of the back end. */
static void set(const char *key, const char *value)
{
	char path[128];
	snprintf(path, sizeof(path), BACK "/%s", key);
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
	snprintf(path, sizeof(path), BACK "/%s", key);
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

/** Put the device into xenstore. */
void netback_plug(bool split)
{
	model_lock();
	offer(split);
	set("state", "2");
	store_set(FRONT "/mac", "00:16:3e:01:02:03");
	store_set(FRONT "/mtu", "1500");
	store_set(FRONT "/backend-id", "0");
	store_set(FRONT "/state", "1");
	store_set(FRONT "/backend", BACK);
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

static uint64_t ring(uint32_t ref)
{
	return model_gref_phys(ref, true);
}

/** Whether a request's page is not to be had; the lock is held.
 *
 * A front end that could not say that it goes takes its pages back all the
 * same, but not the rings, which are in use: what is in them is stale.
 */
static bool is_taken_back(uint32_t ref)
{
	return netback_forgives && !model_gref_is_given(ref);
}

/** Whether the front end asks for the filter */
static bool mcast_key(void)
{
	const char *value = store_get(FRONT "/request-multicast-control");
	return value != NULL && atoi(value) != 0;
}

static bool mcast_is_on(void)
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
	stats.on = connected && mcast_is_on();
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

	ref_tx = number("tx-ring-ref");
	ref_rx = number("rx-ring-ref");
	/* Linux's back end takes the split channels if the keys are there. */
	if (store_get(FRONT "/event-channel-tx") != NULL) {
		port_tx = number("event-channel-tx");
		port_rx = number("event-channel-rx");
	} else {
		port_tx = port_rx = number("event-channel");
	}
	if (!model_port_is_open(port_tx) || !model_port_is_open(port_rx))
		complain("event channel is not open");
	if (port_tx != port_rx && !is_one("feature-split-event-channels"))
		complain("split event channels, which were not offered");
	if (complaints > 0) {
		set_state(5);
		return;
	}

	model_gref_use(ref_tx, true);
	model_gref_use(ref_rx, true);
	tx_cons = rx_cons = 0;
	mcast_sampled = mcast_key();
	mad = false;
	connects++;
	connected = true;
	set_state(4);
}

static void disconnect(void)
{
	if (!connected)
		return;

	for (; kept_count < netback_keeps; kept_count++) {
		xen_netif_rx_request_t req;
		host_dma_read(ring(ref_rx) + 64 + kept_count * 8, &req,
		    sizeof(req));
		kept[kept_count] = req.gref;
		model_gref_use(req.gref, true);
	}
	model_gref_use(ref_tx, false);
	model_gref_use(ref_rx, false);
	mcast_reset();
	connected = false;
}

/** Nothing was there before. */
void netback_reset(void)
{
	connected = false;
	memset(&mcast_stats, 0, sizeof(mcast_stats));
	netback_is_stalled = false;
	netback_keeps = 0;
	kept_count = 0;
	sent_count = 0;
	netback_mood.at = 0;
}

/** Be in a state, whatever it means; NULL is none: the directory goes. */
static void be_in(const char *state)
{
	/* With these it may use its rings, with others it does not. */
	if (state == NULL || strlen(state) != 1 ||
	    strchr("34578", state[0]) == NULL)
		disconnect();
	if (state == NULL)
		store_remove(BACK);
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
	disconnect();
	store_remove(FRONT);
	store_remove(BACK);
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

/** The front end has announced a state; the lock is held. */
void netback_frontend_state(unsigned int state)
{
	if (netback_mood.at == state) {
		be_in(netback_mood.state);
		return;
	}
	if (store_get(BACK "/state") == NULL)
		return;

	switch (state) {
	case 4:
		connect();
		break;
	case 6:
		disconnect();
		set_state(6);
		if (!online) {
			store_remove(FRONT);
			store_remove(BACK);
		}
		break;
	case 1:
		if (!connected && online)
			set_state(2);
		break;
	default:
		break;
	}
}

bool netback_is_connected(void)
{
	model_lock();
	bool is = connected;
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

/** Publish responses as RING_PUSH_RESPONSES_AND_CHECK_NOTIFY does. */
static void push(uint64_t phys, uint32_t new_prod, uint32_t port)
{
	uint32_t old_prod = host_dma_read_32(phys + 8);
	host_dma_write_32(phys + 8, new_prod);
	memory_barrier();
	if ((uint32_t) (new_prod - host_dma_read_32(phys + 12)) <
	    (uint32_t) (new_prod - old_prod))
		model_event(port);
}

static void respond_tx(uint16_t id, int16_t status)
{
	xen_netif_tx_response_t rsp = { .id = id, .status = status };
	uint64_t phys = ring(ref_tx);
	uint32_t prod = host_dma_read_32(phys + 8);

	host_dma_write(phys + 64 + prod % SLOTS * 12, &rsp, sizeof(rsp));
	push(phys, prod + 1, port_tx);
}

static void take_frame(const xen_netif_tx_request_t *req)
{
	if (req->flags != 0 || req->size < 14 ||
	    req->offset + req->size > FRAME_MAX)
		model_violation("frame of %u bytes, flags %x", req->size,
		    req->flags);

	if (sent == NULL)
		sent = calloc(SENT_MAX, sizeof(*sent));
	if (sent_count == SENT_MAX)
		model_violation("too many frames");
	sent[sent_count].size = req->size;
	host_dma_read(model_gref_phys(req->gref, false) + req->offset,
	    sent[sent_count++].data, req->size);
}

/** Take a request with an extra segment, which is in the next slot. */
static void take_extra(uint64_t phys, const xen_netif_tx_request_t *req)
{
	xen_netif_extra_info_t extra;

	if (req->flags != XEN_NETTXF_EXTRA_INFO || req->size != 0)
		model_violation("extra segment and %u bytes, flags %x",
		    req->size, req->flags);
	if (tx_cons == host_dma_read_32(phys))
		model_violation("the extra segment is missing");
	host_dma_read(phys + 64 + tx_cons % SLOTS * 12, &extra, sizeof(extra));
	tx_cons++;
	respond_tx(req->id, mcast_extra(&extra));
	/* The number is what is in the slot: here, nothing that there is. */
	respond_tx(0xdead, XEN_NETIF_RSP_NULL);
}

/** The guest has sent an event; the lock is held. */
void netback_kick(uint32_t port)
{
	if (!connected || mad || port != port_tx)
		return;

	uint64_t phys = ring(ref_tx);
	do {
		while (tx_cons != host_dma_read_32(phys) &&
		    !netback_is_stalled) {
			xen_netif_tx_request_t req;
			if (host_dma_read_32(phys) - tx_cons > SLOTS)
				model_violation("transmit ring overflows");
			host_dma_read(phys + 64 + tx_cons % SLOTS * 12, &req,
			    sizeof(req));
			tx_cons++;
			if (req.flags & XEN_NETTXF_EXTRA_INFO) {
				take_extra(phys, &req);
				continue;
			}
			if (is_taken_back(req.gref)) {
				respond_tx(req.id, XEN_NETIF_RSP_ERROR);
				continue;
			}
			take_frame(&req);
			respond_tx(req.id, XEN_NETIF_RSP_OKAY);
		}
		host_dma_write_32(phys + 4, tx_cons + 1);
		memory_barrier();
	} while (tx_cons != host_dma_read_32(phys) && !netback_is_stalled);
}

/** Look at the transmit ring, as if an event had come. */
void netback_look(void)
{
	model_lock();
	netback_kick(port_tx);
	model_unlock();
}

size_t netback_sent(void)
{
	model_lock();
	size_t n = sent_count;
	model_unlock();
	return n;
}

size_t netback_sent_frame(size_t i, uint8_t *data)
{
	model_lock();
	size_t size = sent[i].size;
	memcpy(data, sent[i].data, size);
	model_unlock();
	return size;
}

/** Take a receive request; the lock is held. */
static bool take_rx(xen_netif_rx_request_t *req)
{
	uint64_t phys = ring(ref_rx);

	if (mad)
		return false;
	if (host_dma_read_32(phys) - rx_cons > SLOTS)
		model_violation("receive ring overflows");
	if (rx_cons == host_dma_read_32(phys))
		return false;
	host_dma_read(phys + 64 + rx_cons % SLOTS * 8, req, sizeof(*req));
	rx_cons++;
	if (req->id >= SLOTS)
		model_violation("receive request %u", req->id);
	rx_gref[req->id] = req->gref;
	return true;
}

/** Take a transmit request, which is the test's to answer, and say its number.
 */
uint16_t netback_take_tx_id(void)
{
	xen_netif_tx_request_t req;

	model_lock();
	uint64_t phys = ring(ref_tx);
	if (tx_cons == host_dma_read_32(phys))
		model_violation("no transmit request");
	host_dma_read(phys + 64 + tx_cons % SLOTS * 12, &req, sizeof(req));
	tx_cons++;
	host_dma_write_32(phys + 4, tx_cons + 1);
	model_unlock();
	return req.id;
}

/** Write into the header of both rings. */
void netback_scribble(unsigned int offset, uint32_t value)
{
	model_lock();
	host_dma_write_32(ring(ref_tx) + offset, value);
	host_dma_write_32(ring(ref_rx) + offset, value);
	model_unlock();
}

static void put_rx(const xen_netif_rx_response_t *rsp)
{
	uint64_t phys = ring(ref_rx);
	uint32_t prod = host_dma_read_32(phys + 8);

	host_dma_write(phys + 64 + prod % SLOTS * 8, rsp, sizeof(*rsp));
	push(phys, prod + 1, port_rx);
}

/** Give the guest a frame.
 *
 * @return False if it has no buffer for it; true also if it was dropped
 */
bool netback_receive(const void *data, size_t size)
{
	xen_netif_rx_request_t req;
	bool ok;

	model_lock();
	if (connected && mcast_drops(data, mcast_is_on())) {
		model_unlock();
		return true;
	}
	ok = connected && take_rx(&req);
	if (ok) {
		xen_netif_rx_response_t rsp = {
			.id = req.id,
			.offset = 2,
			.status = (int16_t) size
		};
		if (is_taken_back(req.gref))
			rsp.status = XEN_NETIF_RSP_ERROR;
		else
			host_dma_write(model_gref_phys(req.gref, true) + 2,
			    data, size);
		put_rx(&rsp);
	}
	model_unlock();
	return ok;
}

/** Take a receive request and say its number. */
uint16_t netback_take_rx_id(void)
{
	xen_netif_rx_request_t req;

	model_lock();
	if (!take_rx(&req))
		model_violation("no receive request");
	model_unlock();
	return req.id;
}

/** Put any receive response into the ring. */
bool netback_respond_rx(const xen_netif_rx_response_t *rsp)
{
	model_lock();
	bool is = connected;
	if (is)
		put_rx(rsp);
	model_unlock();
	return is;
}

/** Put receive responses into the ring and publish them at once. */
void netback_respond_rx_all(const xen_netif_rx_response_t *rsp, size_t n)
{
	model_lock();
	uint64_t phys = ring(ref_rx);
	uint32_t prod = host_dma_read_32(phys + 8);

	for (size_t i = 0; i < n; i++) {
		host_dma_write(phys + 64 + (prod + i) % SLOTS * 8, &rsp[i],
		    sizeof(rsp[i]));
	}
	push(phys, prod + n, port_rx);
	model_unlock();
}

void netback_fill(uint16_t id, size_t offset, const void *data, size_t size)
{
	model_lock();
	host_dma_write(model_gref_phys(rx_gref[id], true) + offset, data, size);
	model_unlock();
}

void netback_event(void)
{
	model_lock();
	model_event(port_rx);
	model_event(port_tx);
	model_unlock();
}

/** Put any transmit response into the ring. */
bool netback_respond_tx(uint16_t id, int16_t status)
{
	model_lock();
	bool is = connected;
	if (is) {
		respond_tx(id, status);
		model_event(port_tx);
	}
	model_unlock();
	return is;
}

/** Claim any number of responses. */
static void set_prod(bool rx, uint32_t prod)
{
	model_lock();
	host_dma_write_32(ring(rx ? ref_rx : ref_tx) + 8, prod);
	model_event(rx ? port_rx : port_tx);
	model_unlock();
}

/** Put any response into a ring, if there is one. */
void netback_try_respond_rx(const xen_netif_rx_response_t *rsp)
{
	model_lock();
	mad = true;
	if (connected)
		put_rx(rsp);
	model_unlock();
}

void netback_try_respond_tx(uint16_t id, int16_t status)
{
	model_lock();
	mad = true;
	if (connected)
		respond_tx(id, status);
	model_unlock();
}

/** As netback_set_*_prod(), if there is a ring. */
void netback_try_prod(bool rx, uint32_t prod)
{
	model_lock();
	mad = true;
	if (connected) {
		host_dma_write_32(ring(rx ? ref_rx : ref_tx) + 8, prod);
		model_event(rx ? port_rx : port_tx);
	}
	model_unlock();
}

/** As netback_scribble(), if there is a ring. */
void netback_try_scribble(unsigned int offset, uint32_t value)
{
	model_lock();
	if (connected)
		host_dma_write_32(ring(value & 1 ? ref_tx : ref_rx) +
		    offset, value);
	model_unlock();
}

void netback_set_rx_prod(uint32_t prod)
{
	set_prod(true, prod);
}

void netback_set_tx_prod(uint32_t prod)
{
	set_prod(false, prod);
}
