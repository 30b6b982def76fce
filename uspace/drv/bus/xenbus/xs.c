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

/** @addtogroup xenbus
 * @{
 */
/** @file
 * Xenstore client
 *
 * A request is a message in the ring and an entry in the list of requests.
 * The event handler takes the answers out of the ring, finds their requests
 * by number, and wakes who waits. Watch events mark their watch; see
 * xs_watch.c.
 */

#include <as.h>
#include <ddf/log.h>
#include <ddi.h>
#include <fibril.h>
#include <macros.h>
#include <mem.h>
#include <stdio.h>
#include <stdlib.h>
#include <str.h>
#include <str_error.h>
#include <time.h>
#include <xen/hypercall.h>

#include "xs.h"

/** How long xenstored may take to answer, in microseconds */
#define ANSWER_TIMEOUT_US  30000000

/** How long to trust the event channel before looking at the ring */
#define POLL_US  1000000

/** How often to look whether xenstored has connected, in microseconds, and how
 * often to try to connect to it after a suspend
 */
#define CONNECT_POLL_US  100000
#define RESUME_TRIES     100

/** A request that waits for its answer */
typedef struct {
	/** Link to xs_t.requests */
	link_t link;
	uint32_t id;
	xs_type_t type;
	bool done;
	/** Result, if done */
	errno_t rc;
	/** Place for the longest payload and a zero after it, or NULL if only
	 * the result is wanted
	 */
	char *payload;
	size_t len;
} xs_request_t;

/** Microseconds since a moment */
usec_t xs_since(const struct timespec *start)
{
	struct timespec now;

	getuptime(&now);
	return NSEC2USEC(ts_sub_diff(&now, start));
}

/** End all requests, now and from now on; xs->lock is held. */
static void xs_shut(xs_t *xs)
{
	xs->broken = true;
	list_foreach(xs->requests, link, xs_request_t, req) {
		if (!req->done) {
			req->done = true;
			req->rc = EIO;
		}
	}
	fibril_condvar_broadcast(&xs->cv);
}

/** Nothing works any more; xs->lock is held. */
static void xs_break(xs_t *xs)
{
	if (xs->broken)
		return;

	ddf_msg(LVL_ERROR, "Xenstored broke the protocol; no device will come "
	    "or go any more.");
	xs_shut(xs);
}

/** Give an answer to the request that it is for; xs->lock is held. */
static void xs_answer(xs_t *xs, const xs_reader_t *msg)
{
	list_foreach(xs->requests, link, xs_request_t, req) {
		if (req->id != msg->hdr.req_id || req->done)
			continue;

		if (msg->hdr.type == XS_ERROR) {
			req->rc = xs_error_to_errno(msg->payload,
			    msg->hdr.len);
		} else if (msg->hdr.type != (uint32_t) req->type) {
			req->rc = EIO;
		} else {
			if (req->payload != NULL) {
				memcpy(req->payload, msg->payload,
				    msg->hdr.len + 1);
			}
			req->len = msg->hdr.len;
			req->rc = EOK;
		}

		req->done = true;
		fibril_condvar_broadcast(&xs->cv);
		return;
	}

	/* The answer to a request that nobody waits for any more */
}

/** Take everything out of the response ring; xs->lock is held. */
static void xs_receive(xs_t *xs)
{
	bool progress = false;

	while (!xs->broken) {
		bool complete;
		errno_t rc = xs_reader_step(&xs->reader, xs->intf, &complete);
		if (rc != EOK) {
			xs_break(xs);
			return;
		}

		if (!complete)
			break;

		progress = true;
		if (xs->reader.hdr.type == XS_WATCH_EVENT)
			xs_watch_event(xs, &xs->reader);
		else
			xs_answer(xs, &xs->reader);
	}

	/* Xenstored waits for room if it could not write all it had. */
	if (progress)
		(void) xen_evtchn_send(xs->port);

	/* Somebody may wait for room in the request ring. */
	fibril_condvar_broadcast(&xs->cv);
}

/** Handle an event of xenstore's channel. */
void xs_event(xs_t *xs)
{
	fibril_mutex_lock(&xs->lock);
	/*
	 * One that was on its way when the system was suspended is of a channel
	 * that is not there any more.
	 */
	if (xs->intf == NULL) {
		fibril_mutex_unlock(&xs->lock);
		return;
	}

	xs_receive(xs);

	/*
	 * What comes from here on makes an event again; and what came between
	 * the last look and this makes one at once, as the port is pending.
	 */
	if (!xs->quiet)
		(void) xen_evtchn_unmask(xs->port);
	fibril_mutex_unlock(&xs->lock);
}

/** Let no event through any more.
 *
 * When this returns, a handler that was under way has unmasked the port, and
 * none will. Requests are still answered, but the waiting looks for that only
 * once in POLL_US.
 */
void xs_quiesce(xs_t *xs)
{
	fibril_mutex_lock(&xs->lock);
	xs->quiet = true;
	fibril_mutex_unlock(&xs->lock);
}

/** Wait for progress; xs->lock is held.
 *
 * Looks at the ring now and then, by the clock: other requests, and watches,
 * may end the wait any number of times.
 *
 * @param xs     Connection
 * @param looked When this was called first, or has last looked
 */
static void xs_pause(xs_t *xs, struct timespec *looked)
{
	(void) fibril_condvar_wait_timeout(&xs->cv, &xs->lock, POLL_US);
	if (xs_since(looked) >= POLL_US) {
		getuptime(looked);
		(void) xen_evtchn_send(xs->port);
		xs_receive(xs);
	}
}

/** Put bytes into the request ring; xs->write_lock is held.
 *
 * @return EOK, EIO, or ETIMEOUT if xenstored does not read
 */
static errno_t xs_send_bytes(xs_t *xs, const void *data, size_t size)
{
	const uint8_t *p = data;
	struct timespec start;
	struct timespec looked;

	getuptime(&start);
	looked = start;
	while (size > 0) {
		fibril_mutex_lock(&xs->lock);
		size_t n = 0;
		errno_t rc = xs->broken ? EIO :
		    xs_ring_write(xs->intf, p, size, &n);
		if (rc == EOK && n == 0) {
			/* The ring is full; make sure that they know. */
			(void) xen_evtchn_send(xs->port);
			xs_pause(xs, &looked);
			if (xs_since(&start) > ANSWER_TIMEOUT_US)
				rc = ETIMEOUT;
		}
		/* A message that is half in the ring spoils all others. */
		if (rc != EOK)
			xs_break(xs);
		fibril_mutex_unlock(&xs->lock);

		if (rc != EOK)
			return rc;

		p += n;
		size -= n;
	}

	return EOK;
}

/** Send a request. */
static errno_t xs_send(xs_t *xs, const xs_request_t *req, uint32_t tx_id,
    const xs_part_t *parts, size_t nparts, size_t len)
{
	xs_msg_hdr_t hdr = {
		.type = req->type,
		.req_id = req->id,
		.tx_id = tx_id,
		.len = len
	};

	fibril_mutex_lock(&xs->write_lock);
	errno_t rc = xs_send_bytes(xs, &hdr, sizeof(hdr));
	for (size_t i = 0; i < nparts && rc == EOK; i++)
		rc = xs_send_bytes(xs, parts[i].data, parts[i].size);
	fibril_mutex_unlock(&xs->write_lock);

	/*
	 * What is in the ring will be read, so the request is made, whatever
	 * becomes of the event; who waits for the answer sends it again.
	 */
	if (rc == EOK)
		(void) xen_evtchn_send(xs->port);
	return rc;
}

/** Wait for the answer to a request; xs->lock is held. */
static void xs_wait(xs_t *xs, xs_request_t *req)
{
	struct timespec start;
	struct timespec looked;

	getuptime(&start);
	looked = start;
	while (!req->done && xs_since(&start) < ANSWER_TIMEOUT_US)
		xs_pause(xs, &looked);

	if (!req->done) {
		req->done = true;
		req->rc = ETIMEOUT;
	}
}

/** Make a request and wait for its answer.
 *
 * @param xs     Connection
 * @param type   Type of the message
 * @param tx_id  Transaction or XS_NO_TX
 * @param parts  Payload
 * @param nparts Number of its parts
 * @param answer Place for the answer's payload, to be freed, or NULL
 * @param len    Place for its length, or NULL
 *
 * @return EOK or an error code
 */
errno_t xs_talk(xs_t *xs, xs_type_t type, uint32_t tx_id,
    const xs_part_t *parts, size_t nparts, char **answer, size_t *len)
{
	size_t size = 0;
	for (size_t i = 0; i < nparts; i++)
		size += parts[i].size;
	if (size > XS_PAYLOAD_MAX)
		return ELIMIT;

	xs_request_t req = {
		.type = type
	};

	/*
	 * Before the question is asked: an answer for which there is no memory
	 * may be the name of a transaction that nobody could end.
	 */
	if (answer != NULL) {
		req.payload = malloc(XS_PAYLOAD_MAX + 1);
		if (req.payload == NULL)
			return ENOMEM;
	}

	fibril_mutex_lock(&xs->lock);
	while (xs->suspended)
		fibril_condvar_wait(&xs->cv, &xs->lock);
	req.id = xs->next_req_id++;
	list_append(&req.link, &xs->requests);
	fibril_mutex_unlock(&xs->lock);

	errno_t rc = xs_send(xs, &req, tx_id, parts, nparts, size);

	fibril_mutex_lock(&xs->lock);
	if (rc == EOK) {
		xs_wait(xs, &req);
		rc = req.rc;
	}
	list_remove(&req.link);
	/* Who suspends waits for that. */
	if (xs->suspended)
		fibril_condvar_broadcast(&xs->cv);
	fibril_mutex_unlock(&xs->lock);

	if (rc == EOK && answer != NULL) {
		*answer = req.payload;
		if (len != NULL)
			*len = req.len;
	} else {
		free(req.payload);
	}

	return rc;
}

/** Wait, for a limited time, until xenstored is done with whoever used the
 * ring before (docs/misc/xenstore-ring: connection state).
 */
static bool xs_wait_connected(volatile xs_interface_t *intf)
{
	struct timespec start;

	getuptime(&start);
	while (intf->connection != XS_CONNECTION_CONNECTED) {
		if (xs_since(&start) > ANSWER_TIMEOUT_US)
			return false;
		fibril_usleep(CONNECT_POLL_US);
	}

	return true;
}

/** Connect to xenstored, or, after a suspend, to the one that there is now.
 *
 * @return EOK or an error code, and there is no connection
 */
static errno_t xs_connect(xs_t *xs)
{
	uint64_t frame;
	uint32_t port;
	errno_t rc = xen_platform_store_claim(xs->platform, &frame, &port);
	if (rc != EOK)
		return rc;

	void *virt = AS_AREA_ANY;
	rc = physmem_map(frame << PAGE_WIDTH, 1, AS_AREA_READ | AS_AREA_WRITE |
	    AS_AREA_CACHEABLE, &virt);
	if (rc != EOK)
		return rc;

	if (!xs_wait_connected(virt)) {
		ddf_msg(LVL_ERROR, "Xenstored does not connect.");
		rc = ETIMEOUT;
		goto err_map;
	}

	fibril_mutex_lock(&xs->lock);
	/* Firmware may have left answers. */
	xs_ring_drain(virt);
	xs_reader_init(&xs->reader);
	xs->intf = virt;
	xs->port = port;
	rc = xen_evtchn_unmask(port);
	if (rc != EOK)
		xs->intf = NULL;
	fibril_mutex_unlock(&xs->lock);
	if (rc != EOK)
		goto err_map;

	return EOK;

err_map:
	physmem_unmap(virt);
	return rc;
}

static void xs_disconnect(xs_t *xs)
{
	if (xs->intf != NULL)
		physmem_unmap((void *) xs->intf);
	xs->intf = NULL;
}

/** Connect to xenstored.
 *
 * @param xs       Connection, whose event handler is in place already
 * @param platform Connection with xen-platform
 *
 * @return EOK or an error code
 */
errno_t xs_init(xs_t *xs, xen_platform_t *platform)
{
	xs->platform = platform;
	fibril_mutex_initialize(&xs->write_lock);
	fibril_mutex_initialize(&xs->lock);
	fibril_condvar_initialize(&xs->cv);
	list_initialize(&xs->requests);
	list_initialize(&xs->watches);
	xs->next_req_id = 1;
	xs->next_watch_id = 1;

	fid_t fid = fibril_create(xs_watch_fibril, xs);
	if (fid == 0)
		return ENOMEM;

	errno_t rc = xs_connect(xs);
	if (rc != EOK) {
		fibril_destroy(fid);
		return rc;
	}

	fibril_add_ready(fid);
	/* Firmware may have left watches of its own. */
	xs_reset_watches(xs);
	return EOK;
}

/** Part from xenstored until xs_resume().
 *
 * Requests under way end first, and new ones wait.
 */
void xs_suspend(xs_t *xs)
{
	fibril_mutex_lock(&xs->lock);
	xs->suspended = true;
	while (!list_empty(&xs->requests))
		fibril_condvar_wait(&xs->cv, &xs->lock);
	xs_disconnect(xs);
	fibril_mutex_unlock(&xs->lock);
}

/** Connect to xenstored again, which knows nothing of us or all.
 *
 * All watches are set anew, and their handlers called.
 *
 * @return EOK or an error code, and requests fail from now on
 */
errno_t xs_resume(xs_t *xs)
{
	errno_t rc = xs_connect(xs);
	for (int tries = 1; rc != EOK && tries < RESUME_TRIES; tries++) {
		fibril_usleep(CONNECT_POLL_US);
		rc = xs_connect(xs);
	}

	fibril_mutex_lock(&xs->lock);
	if (rc != EOK)
		xs_shut(xs);
	list_foreach(xs->watches, link, xs_watch_t, watch) {
		watch->set = false;
		watch->due = true;
	}
	xs->life++;
	xs->suspended = false;
	fibril_condvar_broadcast(&xs->cv);
	fibril_mutex_unlock(&xs->lock);
	return rc;
}

/** Part from xenstored; its event handler must have ended.
 *
 * Requests that are made later fail, so that the connection may be known to
 * others for as long as its memory lasts.
 */
void xs_fini(xs_t *xs)
{
	fibril_mutex_lock(&xs->lock);
	xs->stopping = true;
	xs_shut(xs);
	fibril_condvar_broadcast(&xs->cv);
	while (!xs->stopped)
		fibril_condvar_wait(&xs->cv, &xs->lock);
	fibril_mutex_unlock(&xs->lock);

	xs_disconnect(xs);
}

/** @}
 */
