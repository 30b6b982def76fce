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

/** @addtogroup xen-netfront
 * @{
 */
/** @file
 * Frames in the rings: the library's operations
 */

#include <ddf/log.h>
#include <errno.h>
#include <mem.h>
#include <xen/hypercall.h>

#include "xen-netfront.h"

/** The back end does what it must not: give it up, and say why.
 *
 * ringnic_t.lock is held.
 */
static void lied(xn_t *net, const char *what, unsigned int value)
{
	if (net->rn.phase != RINGNIC_UP)
		return;

	ringnic_down(&net->rn, RINGNIC_FAILED);
	net->rn.link_up = false;
	xen_frontend_fail(net->frontend);
	ddf_msg(LVL_ERROR, "%s: back end sent %s (%u); the device is closed",
	    net->rn.name, what, value);
}

/** Put a buffer into the ring; published by the next push. */
static void rx_post(xn_t *net, size_t i)
{
	xen_netif_rx_request_t *req = xen_ring_request(&net->rx);

	req->id = i;
	req->pad = 0;
	req->gref = xn_rx_page(net, i)->gref;
	net->rx_new[net->rx_new_count++] = i;
}

/** Publish the buffers that were put into the ring: the library's operation.
 *
 * The back end has them from here on, and not before: it cannot answer one
 * twice in between.
 */
void xn_rx_push(ringnic_t *rn)
{
	xn_t *net = xn_of(rn);

	while (net->rx_new_count > 0)
		net->rx_posted[net->rx_new[--net->rx_new_count]] = true;
	if (xen_ring_push(&net->rx))
		(void) xen_evtchn_send(net->rx_port);
}

/** Put all buffers into a new ring. ringnic_t.lock is held. */
void xn_rx_fill(xn_t *net)
{
	net->rx_new_count = 0;
	for (size_t i = 0; i < XN_RING_SIZE; i++) {
		net->rx_posted[i] = false;
		rx_post(net, i);
	}
	xn_rx_push(&net->rn);
}

/** Take a response and look whether it can be true.
 *
 * @param net Device with a response that was counted
 * @param rsp Place for a copy
 *
 * @return True if so; else the device is given up
 */
static bool rx_take(xn_t *net, xen_netif_rx_response_t *rsp)
{
	xen_ring_response(&net->rx, rsp, sizeof(*rsp));

	if (rsp->id >= XN_RING_SIZE || !net->rx_posted[rsp->id]) {
		lied(net, "a receive buffer that it does not have",
		    rsp->id);
		return false;
	}

	if (rsp->status > 0 &&
	    (size_t) rsp->offset + (size_t) rsp->status > XN_BUF_SIZE) {
		lied(net, "more than fits into a buffer", rsp->status);
		return false;
	}

	/* Extra segments come with offloads, and none was offered. */
	if ((rsp->flags & XEN_NETRXF_EXTRA_INFO) != 0) {
		lied(net, "an extra segment", rsp->flags);
		return false;
	}

	net->rx_posted[rsp->id] = false;
	return true;
}

/** Take the responses of one frame.
 *
 * @param net  Device
 * @param left Number of responses that were counted, one at least
 * @param rsp  Place for them
 * @param n    Place for their number
 *
 * @return True, or false if the device was given up
 */
static bool rx_take_frame(xn_t *net, uint32_t left,
    xen_netif_rx_response_t *rsp, size_t *n)
{
	bool more;

	*n = 0;
	do {
		/* The back end publishes all slots of a frame at once. */
		if (*n == left || *n == XEN_NETIF_NR_SLOTS_MIN) {
			lied(net, "a frame without an end", *n);
			return false;
		}

		if (!rx_take(net, &rsp[*n]))
			return false;

		more = (rsp[*n].flags & XEN_NETRXF_MORE_DATA) != 0;
		(*n)++;
	} while (more);

	return true;
}

/** Make a frame out of its responses.
 *
 * @return The frame, or NULL if it is bad, which was counted
 */
static nic_frame_t *rx_make_frame(xn_t *net, const xen_netif_rx_response_t *rsp,
    size_t n)
{
	ringnic_piece_t piece[XEN_NETIF_NR_SLOTS_MIN];

	for (size_t i = 0; i < n; i++) {
		if (rsp[i].status < 0) {
			nic_report_receive_error(net->rn.nic, NIC_REC_OTHER,
			    1);
			return NULL;
		}
		piece[i].data = (uint8_t *) xn_rx_page(net, rsp[i].id)->virt +
		    rsp[i].offset;
		piece[i].len = rsp[i].status;
	}

	/* No partial checksums were asked for. */
	if ((rsp[0].flags & XEN_NETRXF_CSUM_BLANK) != 0) {
		nic_report_receive_error(net->rn.nic, NIC_REC_CRC, 1);
		return NULL;
	}

	return ringnic_make_frame(&net->rn, piece, n);
}

/** Take a received frame: the library's operation.
 *
 * While the NIC is not active, frames are thrown away.
 */
errno_t xn_rx_take(ringnic_t *rn, nic_frame_t **frame)
{
	xn_t *net = xn_of(rn);
	xen_netif_rx_response_t rsp[XEN_NETIF_NR_SLOTS_MIN];
	uint32_t left;
	size_t n;

	if (xen_ring_pending(&net->rx, &left) != EOK) {
		lied(net, "more responses than requests", left);
		return EIO;
	}
	if (left == 0)
		return ENOENT;
	if (!rx_take_frame(net, left, rsp, &n))
		return EIO;

	if (rn->active)
		*frame = rx_make_frame(net, rsp, n);
	for (size_t s = 0; s < n; s++)
		rx_post(net, rsp[s].id);
	return left > n ? EOK : ENOENT;
}

/** As many responses as that will not come without a look at the ring. */
void xn_rx_events_off(ringnic_t *rn)
{
	(void) xen_ring_final_check(&xn_of(rn)->rx, XN_RING_SIZE);
}

bool xn_rx_events_on(ringnic_t *rn)
{
	xn_t *net = xn_of(rn);

	if (xen_ring_final_check(&net->rx, 0))
		return true;

	if (net->rx_masked) {
		net->rx_masked = false;
		(void) xen_evtchn_unmask(net->rx_port);
	}
	return false;
}

/** A request with an extra segment was answered. */
static void tx_control_done(xn_t *net, size_t i, int status)
{
	if (net->tx_control != (int) i)
		return;

	net->tx_control = -1;
	net->tx_control_rc = status == XEN_NETIF_RSP_OKAY ? EOK : EREFUSED;
}

/** Take a response that was counted.
 *
 * @return False if the device was given up
 */
static bool tx_take(xn_t *net)
{
	xen_netif_tx_response_t rsp;
	xen_ring_response(&net->tx, &rsp, sizeof(rsp));

	/*
	 * An extra segment takes a slot, so it has a response of its own, which
	 * says no more than that: its number is what was in the slot before.
	 */
	if (rsp.status == XEN_NETIF_RSP_NULL) {
		if (net->tx_extras == 0) {
			lied(net, "a response to nothing", rsp.id);
			return false;
		}
		net->tx_extras--;
		return true;
	}

	if (!ringnic_tx_busy(&net->rn, rsp.id)) {
		lied(net, "a transmit buffer that it does not have", rsp.id);
		return false;
	}

	if (net->rn.tx_len[rsp.id] == RINGNIC_NO_FRAME) {
		tx_control_done(net, rsp.id, rsp.status);
		ringnic_tx_give(&net->rn, rsp.id);
	} else if (rsp.status == XEN_NETIF_RSP_OKAY) {
		ringnic_tx_sent(&net->rn, rsp.id);
	} else {
		ringnic_tx_failed(&net->rn, rsp.id);
	}
	return true;
}

/** Nothing is believed of a back end that has lied. */
void xn_tx_reclaim(ringnic_t *rn)
{
	xn_t *net = xn_of(rn);
	uint32_t left;

	if (rn->phase == RINGNIC_FAILED)
		return;
	if (xen_ring_pending(&net->tx, &left) != EOK) {
		lied(net, "more responses than requests", left);
		return;
	}
	while (left > 0 && tx_take(net))
		left--;
}

/** Transmit only once the back end is connected. */
bool xn_tx_ready(ringnic_t *rn)
{
	return rn->link_up && xen_ring_free(&xn_of(rn)->tx) > 0;
}

bool xn_tx_events_on(ringnic_t *rn, size_t after)
{
	return xen_ring_final_check(&xn_of(rn)->tx, after);
}

/** As many responses as that will not come without a look at the ring. */
void xn_tx_events_off(ringnic_t *rn)
{
	(void) xen_ring_final_check(&xn_of(rn)->tx, XN_RING_SIZE);
}

/** Put a request into the ring; published by the next push. */
static void tx_request(xn_t *net, size_t i, uint16_t size, uint16_t flags)
{
	xen_netif_tx_request_t *req = xen_ring_request(&net->tx);

	req->gref = xn_tx_page(net, i)->gref;
	req->offset = 0;
	req->flags = flags;
	req->id = i;
	req->size = size;
}

/** Publish what was put into the ring. */
static void tx_push(xn_t *net)
{
	if (xen_ring_push(&net->tx))
		(void) xen_evtchn_send(net->tx_port);
}

/** Notify the back end again of what it has not answered, if it asks.
 * ringnic_t.lock is held, in RINGNIC_UP.
 */
void xn_renotify(xn_t *net)
{
	if (xen_ring_overlooked(&net->rx))
		(void) xen_evtchn_send(net->rx_port);
	if (xen_ring_overlooked(&net->tx))
		(void) xen_evtchn_send(net->tx_port);
}

errno_t xn_tx_put(ringnic_t *rn, size_t i, const void *data, size_t size)
{
	xn_t *net = xn_of(rn);

	memcpy(xn_tx_page(net, i)->virt, data, size);
	tx_request(net, i, size, 0);
	tx_push(net);
	return EOK;
}

/** Look for slots for a request with an extra segment. */
static errno_t look_for_slots(ringnic_t *rn)
{
	if (rn->closing || rn->phase != RINGNIC_UP)
		return EIO;

	return rn->link_up && xen_ring_free(&xn_of(rn)->tx) >= 2 ? EOK :
	    EAGAIN;
}

/** Look for its answer. */
static errno_t look_for_answer(ringnic_t *rn)
{
	xn_t *net = xn_of(rn);

	if (rn->closing || rn->phase != RINGNIC_UP)
		return EIO;

	return net->tx_control < 0 ? net->tx_control_rc : EAGAIN;
}

/** Tell the back end something, and wait for its answer, for a bounded time.
 *
 * One at a time; the hand-shake's fibril does it.
 *
 * @param net   Device
 * @param extra What to tell; the last extra segment
 *
 * @return EOK, EREFUSED if the back end does not want it, or another error code
 *         if it is not known what it did
 */
errno_t xn_tx_extra(xn_t *net, const xen_netif_extra_info_t *extra)
{
	ringnic_t *rn = &net->rn;

	fibril_mutex_lock(&rn->lock);
	errno_t rc = ringnic_tx_await(rn, look_for_slots);
	if (rc == EOK) {
		net->tx_control = ringnic_tx_take(rn, RINGNIC_NO_FRAME);
		tx_request(net, net->tx_control, 0, XEN_NETTXF_EXTRA_INFO);
		memcpy(xen_ring_request(&net->tx), extra, sizeof(*extra));
		net->tx_extras++;
		tx_push(net);

		rc = ringnic_tx_await(rn, look_for_answer);
		net->tx_control = -1;
	}
	fibril_mutex_unlock(&rn->lock);

	return rc == EAGAIN ? ETIMEOUT : rc;
}

/** @}
 */
