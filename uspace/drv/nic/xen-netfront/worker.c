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
 * The device's own fibril, and the events that wake it
 *
 * An event only wakes others: delivering a frame takes as long as the receiver
 * likes.
 */

#include <errno.h>
#include <fibril.h>
#include <time.h>
#include <xen/hypercall.h>

#include "xen-netfront.h"

/** Give the worker something to do. The lock is held. */
void xn_post(xn_t *net, unsigned int events)
{
	net->events |= events;
	fibril_condvar_broadcast(&net->worker_cv);
}

/** Event of one of the channels. */
void xn_event(void *arg, uint32_t port)
{
	xn_t *net = arg;

	fibril_mutex_lock(&net->lock);
	if (port == net->tx_port || port == net->rx_port) {
		xn_tx_reclaim(net);
		fibril_condvar_broadcast(&net->tx_cv);
	}

	if (port == net->rx_port) {
		/* The worker unmasks it when it has looked at the ring. */
		net->rx_masked = true;
		if (net->poll_mode == NIC_POLL_IMMEDIATE)
			xn_post(net, XN_EV_RECEIVE);
	} else if (port == net->tx_port && net->phase == XN_UP) {
		(void) xen_evtchn_unmask(port);
	}
	fibril_mutex_unlock(&net->lock);
}

/** How long the worker may sleep, in milliseconds. The lock is held. */
static msec_t worker_nap(xn_t *net)
{
	if (net->poll_mode == NIC_POLL_PERIODIC && net->active &&
	    net->poll_period < XN_WATCHDOG_MS)
		return net->poll_period;

	return XN_WATCHDOG_MS;
}

static errno_t worker(void *arg)
{
	xn_t *net = arg;

	fibril_mutex_lock(&net->lock);
	while ((net->events & XN_EV_QUIT) == 0) {
		if (net->events == 0) {
			errno_t rc = fibril_condvar_wait_timeout(
			    &net->worker_cv, &net->lock,
			    MSEC2USEC(worker_nap(net)));

			/* Look after what no event has told. */
			if (rc == ETIMEOUT) {
				xn_tx_reclaim(net);
				if (net->poll_mode != NIC_POLL_ON_DEMAND)
					net->events |= XN_EV_RECEIVE;
			}
			continue;
		}

		net->events &= ~XN_EV_RECEIVE;
		xn_rx_process(net);
	}

	net->worker_running = false;
	fibril_condvar_broadcast(&net->worker_cv);
	fibril_mutex_unlock(&net->lock);
	return EOK;
}

/** Start the worker. */
errno_t xn_worker_start(xn_t *net)
{
	fid_t fid = fibril_create(worker, net);
	if (fid == 0)
		return ENOMEM;

	net->worker_running = true;
	fibril_add_ready(fid);
	return EOK;
}

/** Stop the worker; when this returns, it delivers no frame any more. */
void xn_worker_stop(xn_t *net)
{
	fibril_mutex_lock(&net->lock);
	xn_post(net, XN_EV_QUIT);
	while (net->worker_running)
		fibril_condvar_wait(&net->worker_cv, &net->lock);
	fibril_mutex_unlock(&net->lock);
}

/** @}
 */
