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
 * Frames, and what else is told, in the transmit ring
 */

#include <errno.h>
#include <mem.h>
#include <xen/hypercall.h>

#include "xen-netfront.h"

/** A request with an extra segment was answered. */
static void tx_control_done(xn_t *net, size_t i, int status)
{
	if (net->tx_control != (int) i)
		return;

	net->tx_control = -1;
	net->tx_control_rc = status == XEN_NETIF_RSP_OKAY ? EOK : EREFUSED;
}

/** Learn of a buffer that the back end is done with: the library's operation.
 */
errno_t xn_tx_done(ringnic_t *rn, size_t *buf)
{
	xn_t *net = xn_of(rn);
	xen_netif_tx_response_t rsp;
	uint32_t left;

	if (rn->phase == RINGNIC_FAILED)
		return ENOENT;

	while (true) {
		if (xen_ring_pending(&net->tx, &left) != EOK) {
			xn_lied(net, "more responses than requests", left);
			return EIO;
		}
		if (left == 0)
			return ENOENT;
		xen_ring_response(&net->tx, &rsp, sizeof(rsp));

		/*
		 * An extra segment takes a slot, so it has a response of its
		 * own, which says no more than that: its number is what was in
		 * the slot before.
		 */
		if (rsp.status == XEN_NETIF_RSP_NULL) {
			if (net->tx_extras == 0) {
				xn_lied(net, "a response to nothing", rsp.id);
				return EIO;
			}
			net->tx_extras--;
			continue;
		}

		if (!ringnic_tx_busy(rn, rsp.id)) {
			xn_lied(net, "a transmit buffer that it does not have",
			    rsp.id);
			return EIO;
		}

		if (rn->tx_len[rsp.id] != RINGNIC_NO_FRAME)
			break;
		tx_control_done(net, rsp.id, rsp.status);
		ringnic_tx_give(rn, rsp.id);
	}

	*buf = rsp.id;
	return rsp.status == XEN_NETIF_RSP_OKAY ? EOK : EREFUSED;
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

void xn_tx_put(ringnic_t *rn, size_t i, const void *data, size_t size)
{
	xn_t *net = xn_of(rn);

	memcpy(xn_tx_page(net, i)->virt, data, size);
	tx_request(net, i, size, 0);
	tx_push(net);
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
