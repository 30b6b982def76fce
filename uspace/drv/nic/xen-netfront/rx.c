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
 * Frames in the receive ring
 */

#include <errno.h>
#include <xen/hypercall.h>

#include "xen-netfront.h"

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
		xn_lied(net, "a receive buffer that it does not have",
		    rsp->id);
		return false;
	}

	if (rsp->status > 0 &&
	    (size_t) rsp->offset + (size_t) rsp->status > XN_BUF_SIZE) {
		xn_lied(net, "more than fits into a buffer", rsp->status);
		return false;
	}

	/* Extra segments come with offloads, and none was offered. */
	if ((rsp->flags & XEN_NETRXF_EXTRA_INFO) != 0) {
		xn_lied(net, "an extra segment", rsp->flags);
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
			xn_lied(net, "a frame without an end", *n);
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
		xn_lied(net, "more responses than requests", left);
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
	return EOK;
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

/** @}
 */
