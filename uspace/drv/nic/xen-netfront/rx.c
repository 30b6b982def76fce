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
 * Receiving frames
 */

#include <adt/list.h>
#include <errno.h>
#include <macros.h>
#include <mem.h>
#include <xen/hypercall.h>

#include "xen-netfront.h"

/** Most frames that are taken from the ring before they are delivered */
#define RX_BATCH  64

/** Put a buffer into the ring; published by the next push. */
static void rx_post(xn_t *net, size_t i)
{
	xen_netif_rx_request_t *req = xen_ring_request(&net->rx);

	req->id = i;
	req->pad = 0;
	req->gref = xn_rx_page(net, i)->gref;
	net->rx_posted[i] = true;
}

/** Publish the buffers that were put into the ring. */
static void rx_push(xn_t *net)
{
	if (xen_ring_push(&net->rx))
		(void) xen_evtchn_send(net->rx_port);
}

/** Put all buffers into a new ring. The lock is held. */
void xn_rx_fill(xn_t *net)
{
	for (size_t i = 0; i < XN_RING_SIZE; i++)
		rx_post(net, i);
	(void) xen_ring_push(&net->rx);
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
 * @param left Number of responses that were counted, one at least; lessened
 * @param rsp  Place for them
 * @param n    Place for their number
 *
 * @return True, or false if the device was given up
 */
static bool rx_take_frame(xn_t *net, uint32_t *left,
    xen_netif_rx_response_t *rsp, size_t *n)
{
	bool more;

	*n = 0;
	do {
		/* The back end publishes all slots of a frame at once. */
		if (*left == 0 || *n == XEN_NETIF_NR_SLOTS_MIN) {
			xn_lied(net, "a frame without an end", *n);
			return false;
		}

		if (!rx_take(net, &rsp[*n]))
			return false;

		more = (rsp[*n].flags & XEN_NETRXF_MORE_DATA) != 0;
		(*n)++;
		(*left)--;
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
	size_t size = 0;

	for (size_t i = 0; i < n; i++) {
		if (rsp[i].status < 0) {
			nic_report_receive_error(net->nic, NIC_REC_OTHER, 1);
			return NULL;
		}
		size += rsp[i].status;
	}

	if (size < ETH_HEADER_LEN || size > net->frame_max) {
		nic_report_receive_error(net->nic, NIC_REC_LENGTH, 1);
		return NULL;
	}

	/* No partial checksums were asked for. */
	if ((rsp[0].flags & XEN_NETRXF_CSUM_BLANK) != 0) {
		nic_report_receive_error(net->nic, NIC_REC_CRC, 1);
		return NULL;
	}

	/* A short frame leaves room for libnic's look at a VLAN tag. */
	nic_frame_t *frame = nic_alloc_frame(net->nic,
	    max(size, (size_t) ETH_FRAME_MIN));
	if (frame == NULL) {
		nic_report_receive_error(net->nic, NIC_REC_BUFFER_FULL, 1);
		return NULL;
	}

	uint8_t *to = frame->data;
	for (size_t i = 0; i < n; i++) {
		memcpy(to, (uint8_t *) xn_rx_page(net, rsp[i].id)->virt +
		    rsp[i].offset, rsp[i].status);
		to += rsp[i].status;
	}

	frame->size = size;
	return frame;
}

/** Take a batch of frames off the ring and give the buffers back.
 *
 * @param net    Device that is up
 * @param frames List for the frames
 *
 * @return True if there may be more
 */
static bool rx_collect(xn_t *net, list_t *frames)
{
	xen_netif_rx_response_t rsp[XEN_NETIF_NR_SLOTS_MIN];
	uint32_t left;

	if (xen_ring_pending(&net->rx, &left) != EOK) {
		xn_lied(net, "more responses than requests", left);
		return false;
	}

	for (unsigned int i = 0; i < RX_BATCH && left > 0; i++) {
		size_t n;
		if (!rx_take_frame(net, &left, rsp, &n))
			return false;

		nic_frame_t *frame = net->active ?
		    rx_make_frame(net, rsp, n) : NULL;
		if (frame != NULL)
			list_append(&frame->link, frames);

		for (size_t s = 0; s < n; s++)
			rx_post(net, rsp[s].id);
	}

	rx_push(net);
	return left > 0;
}

/** Receive what there is, and let the next event through.
 *
 * Called by the worker alone, with the lock held; it is released while frames
 * are delivered, and the back end may be another one afterwards. While the NIC
 * is not active, frames are taken and thrown away.
 */
void xn_rx_process(xn_t *net)
{
	bool more = true;

	while (more && net->phase == XN_UP) {
		list_t frames;
		list_initialize(&frames);

		more = rx_collect(net, &frames);

		fibril_mutex_unlock(&net->lock);
		while (!list_empty(&frames)) {
			nic_frame_t *frame = list_get_instance(
			    list_first(&frames), nic_frame_t, link);
			list_remove(&frame->link);
			nic_received_frame(net->nic, frame);
		}
		fibril_mutex_lock(&net->lock);

		if (!more && net->phase == XN_UP)
			more = xen_ring_final_check(&net->rx, 0);
	}

	/* The port stays masked while the NIC is polled. */
	if (net->phase == XN_UP && net->rx_masked &&
	    net->poll_mode == NIC_POLL_IMMEDIATE) {
		net->rx_masked = false;
		(void) xen_evtchn_unmask(net->rx_port);
	}
}

/** @}
 */
