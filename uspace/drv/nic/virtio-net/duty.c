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
 * @brief What the device has to say beside frames, and what the worker does
 *
 * The interrupt only wakes others: there is one notification fibril for all
 * devices of the driver.
 */

#include <ddf/log.h>
#include <errno.h>
#include <mem.h>
#include <str_error.h>
#include "virtio-net.h"

/**
 * Restarts in a row after which the device is given up; each watchdog period
 * forgives one.
 */
#define RESTARTS_MAX	8

/** What a user can do about a device that was given up; the device manager's
 * name for it follows
 */
#define TRY_AGAIN \
	"to try again, take it offline and online with devctl (path ends in %s)"

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

/** Interrupt, in the notification fibril. */
void vnet_irq(void *arg, bool queue, bool config)
{
	vnet_t *net = arg;

	fibril_mutex_lock(&net->rn.lock);
	if (queue && net->rn.phase == RINGNIC_UP) {
		ringnic_event(&net->rn, true, false);
		fibril_condvar_broadcast(&net->ctrl_cv);
	}
	if (config)
		ringnic_post(&net->rn, VNET_EV_CONFIG);
	fibril_mutex_unlock(&net->rn.lock);
}

/** Make the network learn the address anew, and confirm (5.1.6.5.4).
 *
 * The driver knows no IP address to announce; a reverse ARP request, which
 * hypervisors send themselves for guests that cannot, moves the address in
 * every switch. If there is no room for it, or somebody changes the device, it
 * is done when the watchdog finds the device still asking.
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

	if (!fibril_mutex_trylock(&net->dev_lock))
		return;

	memset(&frame, 0, sizeof(frame));
	memset(frame.dest, 0xff, ETH_ADDR);
	memcpy(frame.src, net->mac.address, ETH_ADDR);
	memcpy(frame.fixed, rarp, sizeof(frame.fixed));
	memcpy(frame.sender_hw, net->mac.address, ETH_ADDR);
	memcpy(frame.target_hw, net->mac.address, ETH_ADDR);

	if (ringnic_send(&net->rn, &frame, sizeof(frame), false) == EOK) {
		(void) vnet_ctrl(net, VIRTIO_NET_CTRL_ANNOUNCE,
		    VIRTIO_NET_CTRL_ANNOUNCE_ACK, NULL, 0, NULL, 0);
	}

	fibril_mutex_unlock(&net->dev_lock);
}

/** The configuration may have changed. */
static void config_changed(vnet_t *net)
{
	bool ask = false;

	fibril_mutex_lock(&net->rn.lock);
	if (net->rn.phase != RINGNIC_UP) {
		fibril_mutex_unlock(&net->rn.lock);
		return;
	}

	if (virtio_needs_reset(net->vdev)) {
		ddf_msg(LVL_WARN, "%s: device needs a reset", net->rn.name);
		ringnic_post(&net->rn, VNET_EV_RESTART);
	} else {
		uint16_t status = vnet_read_status(net);

		vnet_read_speed(net);
		ringnic_link(&net->rn, (status & VIRTIO_NET_S_LINK_UP) != 0);
		ask = net->rn.active && (status & VIRTIO_NET_S_ANNOUNCE) != 0 &&
		    vnet_can(net, VIRTIO_NET_F_GUEST_ANNOUNCE);
	}
	fibril_mutex_unlock(&net->rn.lock);

	if (ask)
		announce(net);
}

/** Reset the device and set it up anew.
 *
 * @param fault The device is to blame
 */
static void restart(vnet_t *net, bool fault)
{
	errno_t rc = EOK;

	fibril_mutex_lock(&net->dev_lock);

	fibril_mutex_lock(&net->rn.lock);
	/* Somebody else may have restarted or stopped it meanwhile */
	bool needed = net->rn.phase == RINGNIC_UP && !net->rn.closing;
	bool hopeless = fault && ++net->restarts > RESTARTS_MAX;
	fibril_mutex_unlock(&net->rn.lock);

	if (needed && hopeless) {
		ddf_msg(LVL_ERROR, "%s: given up after %d resets; " TRY_AGAIN,
		    net->rn.name, RESTARTS_MAX, net->rn.name);
		(void) vnet_stop(net, RINGNIC_FAILED);
	} else if (needed) {
		if (fault) {
			ddf_msg(LVL_WARN, "%s: resetting device",
			    net->rn.name);
		}
		/* One that lied while it was set up may do it once only */
		for (int i = 0; i < RESTARTS_MAX && (i == 0 || rc == EIO); i++)
			rc = vnet_start(net);
	}

	fibril_mutex_unlock(&net->dev_lock);

	if (rc != EOK) {
		ddf_msg(LVL_ERROR, "%s: reset failed: %s; " TRY_AGAIN,
		    net->rn.name, str_error(rc), net->rn.name);
	}
}

/** Once a second: make up for what was lost, either way. */
static void watchdog(vnet_t *net)
{
	ringnic_t *rn = &net->rn;

	fibril_mutex_lock(&rn->lock);
	if (net->restarts > 0)
		net->restarts--;
	if (rn->phase == RINGNIC_UP) {
		/* Frames for which no event came, as far as can be told here */
		if (rn->active && rn->poll_mode == NIC_POLL_IMMEDIATE &&
		    virtq_has_used(net->rxq))
			virtio_irq_missed(net->vdev);
		virtq_renotify(net->rxq);
		virtq_renotify(net->txq);
	}
	fibril_mutex_unlock(&rn->lock);
}

/** Do what was posted: the library's operation. */
void vnet_duty(ringnic_t *rn, unsigned int events)
{
	vnet_t *net = vnet_of(rn);

	if ((events & RINGNIC_EV_WATCHDOG) != 0)
		watchdog(net);
	if ((events & (VNET_EV_RESTART | VNET_EV_REFILTER)) != 0)
		restart(net, (events & VNET_EV_RESTART) != 0);
	if ((events & (VNET_EV_CONFIG | RINGNIC_EV_WATCHDOG)) != 0)
		config_changed(net);
}

/** @}
 */
