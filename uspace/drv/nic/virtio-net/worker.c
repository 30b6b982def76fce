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

/** @addtogroup virtio-net
 * @{
 */
/**
 * @file
 * @brief The device's own fibril, and the interrupt that wakes it
 *
 * The interrupt's notification only wakes others: there is one notification
 * fibril for all devices of the driver, and delivering a frame takes as long
 * as the receiver likes.
 */

#include <ddf/log.h>
#include <errno.h>
#include <fibril.h>
#include <mem.h>
#include <str_error.h>
#include "virtio-net.h"

/**
 * Restarts in a row after which the device is given up; each watchdog period
 * forgives one.
 */
#define RESTARTS_MAX	8

/** A frame that tells switches where an address is now: reverse ARP */
typedef struct {
	uint8_t dest[ETH_ADDR];
	uint8_t src[ETH_ADDR];
	/** Ethertype and all of the header that is the same in every frame */
	uint8_t fixed[10];
	uint8_t sender_hw[ETH_ADDR];
	uint8_t sender_proto[4];
	uint8_t target_hw[ETH_ADDR];
	uint8_t target_proto[4];
	uint8_t padding[18];
} rarp_frame_t;

_Static_assert(sizeof(rarp_frame_t) == ETH_FRAME_MIN, "RFC 903");

/** Give the worker something to do. The lock is held. */
void vnet_post(vnet_t *net, unsigned int events)
{
	net->events |= events;
	fibril_condvar_broadcast(&net->worker_cv);
}

/** Interrupt, in the notification fibril. */
void vnet_irq(void *arg, bool queue, bool config)
{
	vnet_t *net = arg;

	fibril_mutex_lock(&net->lock);
	if (queue) {
		if (net->poll_mode == NIC_POLL_IMMEDIATE)
			vnet_post(net, VNET_EV_RECEIVE);
		fibril_condvar_broadcast(&net->tx_cv);
		fibril_condvar_broadcast(&net->ctrl_cv);
	}
	if (config)
		vnet_post(net, VNET_EV_CONFIG);
	fibril_mutex_unlock(&net->lock);
}

/** Make the network learn the address anew, and confirm (5.1.6.5.4).
 *
 * The driver knows no IP address to announce; a reverse ARP request, which
 * hypervisors send themselves for guests that cannot, moves the address in
 * every switch.
 */
static void announce(vnet_t *net)
{
	static const uint8_t rarp[] = {
		0x80, 0x35,	/* Ethertype */
		0x00, 0x01,	/* Ethernet */
		0x08, 0x00,	/* IPv4 */
		ETH_ADDR, 4,
		0x00, 0x03	/* Request reverse */
	};
	rarp_frame_t frame;

	fibril_mutex_lock(&net->dev_lock);

	memset(&frame, 0, sizeof(frame));
	memset(frame.dest, 0xff, ETH_ADDR);
	memcpy(frame.src, net->mac.address, ETH_ADDR);
	memcpy(frame.fixed, rarp, sizeof(frame.fixed));
	memcpy(frame.sender_hw, net->mac.address, ETH_ADDR);
	memcpy(frame.target_hw, net->mac.address, ETH_ADDR);

	vnet_send(net->nic, &frame, sizeof(frame));
	(void) vnet_ctrl(net, VIRTIO_NET_CTRL_ANNOUNCE,
	    VIRTIO_NET_CTRL_ANNOUNCE_ACK, NULL, 0, NULL, 0);

	fibril_mutex_unlock(&net->dev_lock);
}

/** The configuration may have changed. The lock is held. */
static void config_changed(vnet_t *net)
{
	if (net->phase != VNET_RUNNING)
		return;

	if (virtio_needs_reset(net->vdev)) {
		ddf_msg(LVL_WARN, "%s: device needs a reset", net->name);
		vnet_post(net, VNET_EV_RESTART);
		return;
	}

	vnet_read_speed(net);
	uint16_t status = vnet_read_status(net);
	bool up = (status & VIRTIO_NET_S_LINK_UP) != 0;
	if (up != net->link_up) {
		net->link_up = up;
		ddf_msg(LVL_NOTE, "%s: link is %s", net->name,
		    up ? "up" : "down");
	}

	if (net->active && (status & VIRTIO_NET_S_ANNOUNCE) != 0 &&
	    vnet_can(net, VIRTIO_NET_F_GUEST_ANNOUNCE)) {
		fibril_mutex_unlock(&net->lock);
		announce(net);
		fibril_mutex_lock(&net->lock);
	}
}

/** Reset the device and set it up anew. No lock is held.
 *
 * @param fault The device is to blame
 */
static void restart(vnet_t *net, bool fault)
{
	errno_t rc = EOK;

	fibril_mutex_lock(&net->dev_lock);

	fibril_mutex_lock(&net->lock);
	/* Somebody else may have restarted or stopped it meanwhile */
	bool needed = net->phase == VNET_RUNNING;
	bool hopeless = fault && ++net->restarts > RESTARTS_MAX;
	fibril_mutex_unlock(&net->lock);

	if (needed && hopeless) {
		ddf_msg(LVL_ERROR, "%s: given up after %d resets; activate it "
		    "anew to try again", net->name, RESTARTS_MAX);
		vnet_shutdown(net, VNET_FAILED);
	} else if (needed) {
		if (fault)
			ddf_msg(LVL_WARN, "%s: resetting device", net->name);
		rc = vnet_start(net);
		/* One that lied while it was set up may do it once only */
		for (int i = 1; rc == EIO && i < RESTARTS_MAX; i++)
			rc = vnet_start(net);
	}

	fibril_mutex_unlock(&net->dev_lock);

	if (rc != EOK) {
		ddf_msg(LVL_ERROR, "%s: reset failed: %s; activate it anew to "
		    "try again", net->name, str_error(rc));
	}
}

/** Look after what no interrupt has told. The lock is held.
 *
 * The library makes up for interrupts that the line lost; a device without a
 * line has none, and one that lies may keep silent.
 */
static void watchdog(vnet_t *net)
{
	struct timespec now;

	if (net->phase != VNET_RUNNING)
		return;

	if (net->active && net->poll_mode == NIC_POLL_PERIODIC) {
		net->events |= VNET_EV_RECEIVE;
	} else if (net->active && net->poll_mode == NIC_POLL_IMMEDIATE &&
	    (net->events & VNET_EV_RECEIVE) == 0 &&
	    virtq_has_used(net->rxq)) {
		net->events |= VNET_EV_RECEIVE;
	}

	getuptime(&now);
	if (ts_sub_diff(&now, &net->watchdog_last) <
	    MSEC2NSEC(VNET_WATCHDOG_MS))
		return;

	net->watchdog_last = now;
	if (net->restarts > 0)
		net->restarts--;
	vnet_tx_reclaim(net);
	net->events |= VNET_EV_CONFIG;
}

/** How long the worker may sleep. The lock is held. */
static usec_t nap(vnet_t *net)
{
	if (net->poll_mode == NIC_POLL_PERIODIC)
		return MSEC2USEC(net->poll_period);
	if (!net->has_irq)
		return MSEC2USEC(VNET_NO_IRQ_POLL_MS);
	return MSEC2USEC(VNET_WATCHDOG_MS);
}

static errno_t worker(void *arg)
{
	vnet_t *net = arg;

	fibril_mutex_lock(&net->lock);
	while ((net->events & VNET_EV_QUIT) == 0) {
		if (net->events == 0) {
			(void) fibril_condvar_wait_timeout(&net->worker_cv,
			    &net->lock, nap(net));
		}
		watchdog(net);

		unsigned int events = net->events & ~VNET_EV_QUIT;
		net->events &= VNET_EV_QUIT;

		if ((events & (VNET_EV_RESTART | VNET_EV_REFILTER)) != 0) {
			fibril_mutex_unlock(&net->lock);
			restart(net, (events & VNET_EV_RESTART) != 0);
			fibril_mutex_lock(&net->lock);
			continue;
		}
		if ((events & VNET_EV_CONFIG) != 0)
			config_changed(net);
		if ((events & VNET_EV_RECEIVE) != 0)
			vnet_rx_process(net);
	}

	net->worker_running = false;
	fibril_condvar_broadcast(&net->worker_cv);
	fibril_mutex_unlock(&net->lock);
	return EOK;
}

/** Start the worker.
 *
 * @return EOK or ENOMEM
 */
errno_t vnet_worker_start(vnet_t *net)
{
	fid_t fid = fibril_create(worker, net);
	if (fid == 0)
		return ENOMEM;

	getuptime(&net->watchdog_last);
	net->worker_running = true;
	fibril_add_ready(fid);
	return EOK;
}

/** End the worker and wait until it has ended. No lock is held. */
void vnet_worker_stop(vnet_t *net)
{
	fibril_mutex_lock(&net->lock);
	vnet_post(net, VNET_EV_QUIT);
	while (net->worker_running)
		fibril_condvar_wait(&net->worker_cv, &net->lock);
	fibril_mutex_unlock(&net->lock);
}

/** @}
 */
