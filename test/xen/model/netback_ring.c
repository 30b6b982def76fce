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
 * The network back end of the model: its rings
 *
 * It is strict: what a front end puts into its rings is checked as it is used.
 * It answers at once, unless it is told otherwise.
 */

#include <barrier.h>
#include <host/model.h>
#include <stdlib.h>
#include <string.h>
#include "mcast.h"
#include "netback.h"
#include "xen.h"

#define FRAME_MAX  4096
#define SENT_MAX   4096

atomic_bool netback_is_stalled;
netback_rings_t nb;

static uint32_t rx_gref[NETBACK_SLOTS];

static struct {
	uint8_t data[FRAME_MAX];
	size_t size;
} *sent;
static size_t sent_count;

void netback_forget_frames(void)
{
	netback_is_stalled = false;
	sent_count = 0;
}

static uint64_t ring(uint32_t ref)
{
	return model_gref_phys(ref, true);
}

/** Address of a slot of the transmit ring */
static uint64_t tx_slot(uint32_t i)
{
	return ring(nb.ref_tx) + 64 + i % NETBACK_SLOTS * 12;
}

/** Address of a slot of the receive ring */
static uint64_t rx_slot(uint32_t i)
{
	return ring(nb.ref_rx) + 64 + i % NETBACK_SLOTS * 8;
}

uint32_t netback_rx_gref(uint32_t i)
{
	xen_netif_rx_request_t req;

	host_dma_read(rx_slot(i), &req, sizeof(req));
	return req.gref;
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
	uint64_t phys = ring(nb.ref_tx);
	uint32_t prod = host_dma_read_32(phys + 8);

	host_dma_write(tx_slot(prod), &rsp, sizeof(rsp));
	push(phys, prod + 1, nb.port_tx);
}

static void take_frame(const xen_netif_tx_request_t *req)
{
	if (req->flags != 0 || req->size < 14 ||
	    req->offset + req->size > FRAME_MAX)
		model_violation("frame of %u bytes, flags %x", req->size,
		    req->flags);

	if (!model_gref_is_readonly(req->gref))
		model_violation("a page that is sent may be written to");
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
	if (nb.tx_cons == host_dma_read_32(phys))
		model_violation("the extra segment is missing");
	host_dma_read(tx_slot(nb.tx_cons), &extra, sizeof(extra));
	nb.tx_cons++;
	respond_tx(req->id, mcast_extra(&extra));
	/* The number is what is in the slot: here, nothing that there is. */
	respond_tx(0xdead, XEN_NETIF_RSP_NULL);
}

/** The guest has sent an event; the lock is held. */
void netback_kick(uint32_t port)
{
	if (!nb.connected || nb.mad || port != nb.port_tx)
		return;

	uint64_t phys = ring(nb.ref_tx);
	do {
		while (nb.tx_cons != host_dma_read_32(phys) &&
		    !netback_is_stalled) {
			xen_netif_tx_request_t req;
			if (host_dma_read_32(phys) - nb.tx_cons > NETBACK_SLOTS)
				model_violation("transmit ring overflows");
			host_dma_read(tx_slot(nb.tx_cons), &req, sizeof(req));
			nb.tx_cons++;
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
		host_dma_write_32(phys + 4, nb.tx_cons + 1);
		memory_barrier();
	} while (nb.tx_cons != host_dma_read_32(phys) && !netback_is_stalled);
}

/** Look at the transmit ring, as if an event had come. */
void netback_look(void)
{
	model_lock();
	netback_kick(nb.port_tx);
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
	uint64_t phys = ring(nb.ref_rx);

	if (nb.mad)
		return false;
	if (host_dma_read_32(phys) - nb.rx_cons > NETBACK_SLOTS)
		model_violation("receive ring overflows");
	if (nb.rx_cons == host_dma_read_32(phys))
		return false;
	host_dma_read(rx_slot(nb.rx_cons), req, sizeof(*req));
	nb.rx_cons++;
	if (req->id >= NETBACK_SLOTS)
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
	uint64_t phys = ring(nb.ref_tx);
	if (nb.tx_cons == host_dma_read_32(phys))
		model_violation("no transmit request");
	host_dma_read(tx_slot(nb.tx_cons), &req, sizeof(req));
	nb.tx_cons++;
	host_dma_write_32(phys + 4, nb.tx_cons + 1);
	model_unlock();
	return req.id;
}

/** Write into the header of both rings. */
void netback_scribble(unsigned int offset, uint32_t value)
{
	model_lock();
	host_dma_write_32(ring(nb.ref_tx) + offset, value);
	host_dma_write_32(ring(nb.ref_rx) + offset, value);
	model_unlock();
}

static void put_rx(const xen_netif_rx_response_t *rsp)
{
	uint64_t phys = ring(nb.ref_rx);
	uint32_t prod = host_dma_read_32(phys + 8);

	host_dma_write(rx_slot(prod), rsp, sizeof(*rsp));
	push(phys, prod + 1, nb.port_rx);
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
	if (nb.connected && mcast_drops(data, netback_mcast_is_on())) {
		model_unlock();
		return true;
	}
	ok = nb.connected && take_rx(&req);
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
	bool is = nb.connected;
	if (is)
		put_rx(rsp);
	model_unlock();
	return is;
}

/** Put receive responses into the ring and publish them at once. */
void netback_respond_rx_all(const xen_netif_rx_response_t *rsp, size_t n)
{
	model_lock();
	uint64_t phys = ring(nb.ref_rx);
	uint32_t prod = host_dma_read_32(phys + 8);

	for (size_t i = 0; i < n; i++) {
		host_dma_write(rx_slot(prod + i), &rsp[i],
		    sizeof(rsp[i]));
	}
	push(phys, prod + n, nb.port_rx);
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
	model_event(nb.port_rx);
	model_event(nb.port_tx);
	model_unlock();
}

/** Put any transmit response into the ring. */
bool netback_respond_tx(uint16_t id, int16_t status)
{
	model_lock();
	bool is = nb.connected;
	if (is) {
		respond_tx(id, status);
		model_event(nb.port_tx);
	}
	model_unlock();
	return is;
}

/** Claim any number of responses. */
static void set_prod(bool rx, uint32_t prod)
{
	model_lock();
	host_dma_write_32(ring(rx ? nb.ref_rx : nb.ref_tx) + 8, prod);
	model_event(rx ? nb.port_rx : nb.port_tx);
	model_unlock();
}

void netback_lie(void)
{
	const xen_netif_rx_response_t rsp = { .id = UINT16_MAX };

	nb.mad = true;
	put_rx(&rsp);
}

/** Put any response into a ring, if there is one. */
void netback_try_respond_rx(const xen_netif_rx_response_t *rsp)
{
	model_lock();
	nb.mad = true;
	if (nb.connected)
		put_rx(rsp);
	model_unlock();
}

void netback_try_respond_tx(uint16_t id, int16_t status)
{
	model_lock();
	nb.mad = true;
	if (nb.connected)
		respond_tx(id, status);
	model_unlock();
}

/** As netback_set_*_prod(), if there is a ring. */
void netback_try_prod(bool rx, uint32_t prod)
{
	model_lock();
	nb.mad = true;
	if (nb.connected) {
		host_dma_write_32(ring(rx ? nb.ref_rx : nb.ref_tx) + 8, prod);
		model_event(rx ? nb.port_rx : nb.port_tx);
	}
	model_unlock();
}

/** As netback_scribble(), if there is a ring. */
void netback_try_scribble(unsigned int offset, uint32_t value)
{
	model_lock();
	if (nb.connected)
		host_dma_write_32(ring(value & 1 ? nb.ref_tx : nb.ref_rx) +
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
