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
 * Sending frames
 *
 * A frame is copied into a buffer, and the buffer is offered to the back end.
 * Its response costs no event: buffers are taken back when the next frame is
 * sent, or by the watchdog. Only a sender that finds the ring full asks for an
 * event, and waits for it.
 */

#include <ddf/log.h>
#include <errno.h>
#include <mem.h>
#include <xen/hypercall.h>

#include "xen-netfront.h"

/** How often a waiting sender looks at the ring in case no event comes */
#define TX_WAIT_SLICE_MS  50

/** How long a sender waits for room at most */
#define TX_WAIT_MS  2000

/** Instead of a frame's length: the buffer's number is that of a request with
 * an extra segment, and there is no frame. */
#define TX_CONTROL  UINT16_MAX

/** Put all buffers on the stack. The lock is held. */
void xn_tx_init(xn_t *net)
{
	net->tx_free_count = XN_RING_SIZE;
	for (size_t i = 0; i < XN_RING_SIZE; i++) {
		net->tx_free[i] = i;
		net->tx_len[i] = 0;
	}
	net->tx_stalled = false;
	net->tx_extras = 0;
	net->tx_control = -1;
}

/** A request with an extra segment was answered. */
static void tx_control_done(xn_t *net, size_t i, int status)
{
	if (net->tx_control != (int) i)
		return;

	net->tx_control = -1;
	net->tx_control_rc = status == XEN_NETIF_RSP_OKAY ? EOK : EREFUSED;
}

/** Take a response.
 *
 * @param net    Device with a response that was counted
 * @param frames Increased if it is for a frame that was sent
 * @param bytes  Increased by its length
 *
 * @return True, or false if the device was given up
 */
static bool tx_take(xn_t *net, size_t *frames, size_t *bytes)
{
	xen_netif_tx_response_t rsp;
	xen_ring_response(&net->tx, &rsp, sizeof(rsp));

	/*
	 * An extra segment takes a slot, so it has a response of its own, which
	 * says no more than that: its number is what was in the slot before.
	 */
	if (rsp.status == XEN_NETIF_RSP_NULL) {
		if (net->tx_extras == 0) {
			xn_lied(net, "a response to nothing", rsp.id);
			return false;
		}
		net->tx_extras--;
		return true;
	}

	if (rsp.id >= XN_RING_SIZE || net->tx_len[rsp.id] == 0) {
		xn_lied(net, "a transmit buffer that it does not have",
		    rsp.id);
		return false;
	}

	if (net->tx_len[rsp.id] == TX_CONTROL) {
		tx_control_done(net, rsp.id, rsp.status);
	} else if (rsp.status == XEN_NETIF_RSP_OKAY) {
		(*frames)++;
		*bytes += net->tx_len[rsp.id];
	} else {
		nic_report_send_error(net->nic, NIC_SEC_OTHER, 1);
	}

	net->tx_len[rsp.id] = 0;
	net->tx_free[net->tx_free_count++] = rsp.id;
	return true;
}

/** Take back the buffers that the back end is done with. The lock is held. */
void xn_tx_reclaim(xn_t *net)
{
	size_t frames = 0;
	size_t bytes = 0;
	uint32_t left;

	if (net->phase != XN_UP)
		return;

	if (xen_ring_pending(&net->tx, &left) != EOK) {
		xn_lied(net, "more responses than requests", left);
		return;
	}

	if (left == 0)
		return;

	while (left > 0 && tx_take(net, &frames, &bytes))
		left--;

	net->tx_stalled = false;
	if (frames > 0)
		nic_report_send_ok(net->nic, frames, bytes);
	fibril_condvar_broadcast(&net->tx_cv);
}

/** Count the frames that will not be answered. The lock is held. */
void xn_tx_abort(xn_t *net)
{
	size_t lost = 0;
	for (size_t i = 0; i < XN_RING_SIZE; i++) {
		if (net->tx_len[i] != 0 && net->tx_len[i] != TX_CONTROL)
			lost++;
	}

	if (lost > 0)
		nic_report_send_error(net->nic, NIC_SEC_ABORTED, lost);
	xn_tx_init(net);
}

/** Look for a free buffer and slots, without waiting.
 *
 * @param net   Device
 * @param extra The request has an extra segment, and no frame.
 *
 * @return EOK, EAGAIN if it is worth waiting, EBUSY if it is not, EIO if the
 *         frame cannot be sent
 */
static errno_t tx_try_reserve(xn_t *net, bool extra)
{
	if ((!net->active && !extra) || net->phase != XN_UP)
		return EIO;

	xn_tx_reclaim(net);
	if (net->phase != XN_UP)
		return EIO;

	/* Transmit only once the back end is connected. */
	if (net->link_up && net->tx_free_count > 0 &&
	    xen_ring_free(&net->tx) >= (extra ? 2 : 1))
		return EOK;

	return net->tx_stalled ? EBUSY : EAGAIN;
}

/** Sleep until something may have been taken from the ring. The lock is held.
 */
static void tx_wait(xn_t *net)
{
	/* Ask for an event, and look again before the wait. */
	if (!xen_ring_final_check(&net->tx, 0)) {
		(void) fibril_condvar_wait_timeout(&net->tx_cv, &net->lock,
		    MSEC2USEC(TX_WAIT_SLICE_MS));
	}
}

/** Wait for a free buffer and slots, for a bounded time. The lock is held.
 *
 * @param net   Device
 * @param extra The request has an extra segment, and no frame.
 *
 * @return EOK, or why there is none
 */
static errno_t tx_reserve(xn_t *net, bool extra)
{
	errno_t rc = tx_try_reserve(net, extra);

	for (unsigned int ms = 0; rc == EAGAIN && ms < TX_WAIT_MS;
	    ms += TX_WAIT_SLICE_MS) {
		tx_wait(net);
		rc = tx_try_reserve(net, extra);
	}

	if (rc == EAGAIN && !net->tx_stalled) {
		net->tx_stalled = true;
		ddf_msg(LVL_WARN, "%s: back end has sent nothing for %d ms; "
		    "frames are dropped until it does", net->name, TX_WAIT_MS);
	}

	return rc;
}

/** Put a request into the ring; published by the next push.
 *
 * The lock is held, a buffer is free.
 *
 * @param net   Device
 * @param len   Length of the frame that is to be put into the buffer, or
 *              TX_CONTROL for a request without one
 * @param flags XEN_NETTXF_*
 *
 * @return Number of the request and of its buffer
 */
static size_t tx_request(xn_t *net, uint16_t len, uint16_t flags)
{
	size_t i = net->tx_free[--net->tx_free_count];
	net->tx_len[i] = len;

	xen_netif_tx_request_t *req = xen_ring_request(&net->tx);
	req->gref = xn_tx_page(net, i)->gref;
	req->offset = 0;
	req->flags = flags;
	req->id = i;
	req->size = len == TX_CONTROL ? 0 : len;
	return i;
}

/** Publish what was put into the ring. */
static void tx_push(xn_t *net)
{
	if (xen_ring_push(&net->tx))
		(void) xen_evtchn_send(net->tx_port);
}

/** Offer a frame to the back end. The lock is held, a buffer is free. */
static void tx_put(xn_t *net, const void *data, size_t size)
{
	size_t i = tx_request(net, size, 0);

	memcpy(xn_tx_page(net, i)->virt, data, size);
	tx_push(net);
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
	fibril_mutex_lock(&net->lock);

	errno_t rc = tx_reserve(net, true);
	if (rc != EOK)
		goto out;

	net->tx_control = tx_request(net, TX_CONTROL, XEN_NETTXF_EXTRA_INFO);
	net->tx_extras++;
	memcpy(xen_ring_request(&net->tx), extra, sizeof(*extra));
	tx_push(net);

	for (unsigned int ms = 0; net->phase == XN_UP && net->tx_control >= 0 &&
	    ms < TX_WAIT_MS; ms += TX_WAIT_SLICE_MS) {
		tx_wait(net);
		xn_tx_reclaim(net);
	}

	if (net->phase != XN_UP)
		rc = EIO;
	else if (net->tx_control >= 0)
		rc = ETIMEOUT;
	else
		rc = net->tx_control_rc;
	net->tx_control = -1;
out:
	fibril_mutex_unlock(&net->lock);
	return rc;
}

/** Send a frame: libnic's send_frame handler.
 *
 * libnic holds its main_lock for reading. A frame that cannot be sent is
 * counted, whatever the cause.
 */
void xn_send(nic_t *nic, void *data, size_t size)
{
	xn_t *net = nic_get_specific(nic);

	fibril_mutex_lock(&net->lock);

	errno_t rc = EINVAL;
	if (size >= ETH_HEADER_LEN && size <= net->frame_max)
		rc = tx_reserve(net, false);
	if (rc == EOK)
		tx_put(net, data, size);

	fibril_mutex_unlock(&net->lock);

	switch (rc) {
	case EOK:
		break;
	case EAGAIN:
	case EBUSY:
		nic_report_send_error(nic, NIC_SEC_BUFFER_FULL, 1);
		break;
	case EIO:
		nic_report_send_error(nic, NIC_SEC_ABORTED, 1);
		break;
	default:
		nic_report_send_error(nic, NIC_SEC_OTHER, 1);
		break;
	}
}

/** @}
 */
