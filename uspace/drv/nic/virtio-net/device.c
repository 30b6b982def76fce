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
 * @brief Starting and stopping the device
 *
 * There is one way to bring the device into a state: vnet_start() resets it
 * and sets it up for what is wanted, from whatever state it is in. Activation,
 * stop and recovery are that same thing.
 */

#include <ddf/log.h>
#include <errno.h>
#include <limits.h>
#include <macros.h>
#include <mem.h>
#include "virtio-net.h"

/** Most entries of the control queue that are of use: one command of four */
#define CTRL_QUEUE_SIZE	16

/** How often the device is set up in a row */
#define START_TRIES	4

/** Most segments of a frame, and of a command */
#define FRAME_SEGS	2
#define CTRL_SEGS	4

/** Features that the driver can use */
#define FEATURES \
	(VIRTIO_NET_F_MTU | VIRTIO_NET_F_MAC | VIRTIO_NET_F_MRG_RXBUF | \
	VIRTIO_NET_F_STATUS | VIRTIO_NET_F_CTRL_VQ | VIRTIO_NET_F_CTRL_RX | \
	VIRTIO_NET_F_CTRL_RX_EXTRA | VIRTIO_NET_F_GUEST_ANNOUNCE | \
	VIRTIO_NET_F_CTRL_MAC_ADDR | VIRTIO_NET_F_SPEED_DUPLEX)

/** What features of the control queue need (5.1.3.1) */
static const virtio_need_t needs[] = {
	{ VIRTIO_NET_F_CTRL_RX, VIRTIO_NET_F_CTRL_VQ },
	{ VIRTIO_NET_F_CTRL_RX_EXTRA, VIRTIO_NET_F_CTRL_VQ },
	{ VIRTIO_NET_F_CTRL_VLAN, VIRTIO_NET_F_CTRL_VQ },
	{ VIRTIO_NET_F_GUEST_ANNOUNCE, VIRTIO_NET_F_CTRL_VQ },
	{ VIRTIO_NET_F_CTRL_MAC_ADDR, VIRTIO_NET_F_CTRL_VQ }
};

/** Read the device's address.
 *
 * @return EOK, ENOENT if it has none, EINVAL if no card can have it, or another
 *         error code
 */
errno_t vnet_read_mac(vnet_t *net, nic_address_t *mac)
{
	if (!virtio_has(net->vdev, VIRTIO_NET_F_MAC))
		return ENOENT;

	errno_t rc = virtio_config_read(net->vdev, VIRTIO_NET_CONFIG_MAC,
	    sizeof(uint8_t), ETH_ADDR, mac->address);
	if (rc != EOK)
		return rc;

	if ((mac->address[0] & 1) != 0 || MAC_IS_ZERO(mac->address))
		return EINVAL;

	return EOK;
}

/** Read the status field; without the feature the link is always up. */
uint16_t vnet_read_status(vnet_t *net)
{
	uint16_t status;

	if (!virtio_has(net->vdev, VIRTIO_NET_F_STATUS) ||
	    virtio_config_read(net->vdev, VIRTIO_NET_CONFIG_STATUS,
	    sizeof(status), 1, &status) != EOK)
		return VIRTIO_NET_S_LINK_UP;

	return status;
}

/** Read what the device says of its speed. rn.lock is held. */
void vnet_read_speed(vnet_t *net)
{
	uint32_t speed;
	uint8_t duplex;

	/* A virtual link has no collisions, unless the device insists */
	net->rn.speed = 0;
	net->rn.duplex = NIC_CM_FULL_DUPLEX;

	if (!virtio_has(net->vdev, VIRTIO_NET_F_SPEED_DUPLEX))
		return;

	/* 5.1.4: above INT_MAX it is unknown */
	if (virtio_config_read(net->vdev, VIRTIO_NET_CONFIG_SPEED,
	    sizeof(speed), 1, &speed) == EOK && speed <= INT_MAX)
		net->rn.speed = speed;

	if (virtio_config_read(net->vdev, VIRTIO_NET_CONFIG_DUPLEX,
	    sizeof(duplex), 1, &duplex) != EOK)
		return;
	if (duplex == VIRTIO_NET_DUPLEX_HALF)
		net->rn.duplex = NIC_CM_HALF_DUPLEX;
}

/** Find out how long frames may be.
 *
 * 5.1.4.2: with MTU negotiated, the driver "MUST supply enough receive buffers
 * to receive at least one receive packet of size mtu [...] with gso_type NONE"
 * and must not send longer ones.
 *
 * @return True if the device's MTU can be obeyed, or it has none
 */
static bool read_mtu(vnet_t *net)
{
	size_t room = VNET_BUF_SIZE - VIRTIO_NET_HDR_LEN - ETH_HEADER_LEN -
	    ETH_VLAN_LEN;
	uint16_t mtu = ETH_MTU;

	if (virtio_has(net->vdev, VIRTIO_NET_F_MTU)) {
		if (virtio_config_read(net->vdev, VIRTIO_NET_CONFIG_MTU,
		    sizeof(mtu), 1, &mtu) != EOK || mtu < VIRTIO_NET_MTU_MIN)
			return false;

		if (mtu > room &&
		    !virtio_has(net->vdev, VIRTIO_NET_F_MRG_RXBUF))
			return false;
	}

	fibril_mutex_lock(&net->rn.lock);
	net->rn.tx_max = min((size_t) mtu, room) + ETH_HEADER_LEN;
	net->rn.rx_max = max(mtu, ETH_MTU) + ETH_HEADER_LEN + ETH_VLAN_LEN;
	fibril_mutex_unlock(&net->rn.lock);
	return true;
}

/** Bring the device to where its queues can be created. dev_lock is held, or
 * nobody else knows the device yet.
 *
 * There are devices that keep the features of the first time for good, so the
 * set is the same whatever it is done for.
 *
 * @return As virtio_negotiate()
 */
errno_t vnet_negotiate(vnet_t *net)
{
	uint64_t wanted = FEATURES;

	if (net->no_ctrl)
		wanted &= ~VIRTIO_NET_F_CTRL_VQ;
	if (net->no_mtu)
		wanted &= ~VIRTIO_NET_F_MTU;

	/* See vnet_set_vlans() */
	fibril_mutex_lock(&net->rn.lock);
	if (net->filter.vlan_filter)
		wanted |= VIRTIO_NET_F_CTRL_VLAN;
	fibril_mutex_unlock(&net->rn.lock);

	errno_t rc = virtio_negotiate(net->vdev, wanted, 0, needs,
	    ARRAY_SIZE(needs));
	if (rc == EOK && !read_mtu(net)) {
		ddf_msg(LVL_WARN, "%s: device's MTU is not usable, it is "
		    "ignored", net->rn.name);
		net->no_mtu = true;
		rc = virtio_negotiate(net->vdev, wanted & ~VIRTIO_NET_F_MTU,
		    0, needs, ARRAY_SIZE(needs));
		if (rc == EOK)
			(void) read_mtu(net);
	}
	if (rc != EOK)
		return rc;

	net->legacy = virtio_is_legacy(net->vdev);
	net->any_layout = virtio_has(net->vdev, VIRTIO_F_ANY_LAYOUT);
	net->mergeable = virtio_has(net->vdev, VIRTIO_NET_F_MRG_RXBUF);
	net->hdr_len = net->mergeable ||
	    virtio_has(net->vdev, VIRTIO_F_VERSION_1) ?
	    VIRTIO_NET_HDR_LEN : VIRTIO_NET_HDR_LEN_LEGACY;

	fibril_mutex_lock(&net->rn.lock);
	vnet_read_speed(net);
	fibril_mutex_unlock(&net->rn.lock);
	return EOK;
}

/** How many frames fit a queue at once */
static size_t frames_in(vnet_t *net, const virtq_t *vq)
{
	size_t frames = virtq_capacity(vq);

	if (!net->any_layout && frames < FRAME_SEGS)
		return 0;
	if (!net->any_layout && !virtio_has(net->vdev, VIRTIO_F_INDIRECT_DESC))
		frames /= FRAME_SEGS;
	return min(frames, (size_t) VNET_BUFS_MAX);
}

/** Create the control queue, if the device has one.
 *
 * @return EOK; EAGAIN if it is to be done without, from the negotiation on;
 *         ENOMEM
 */
static errno_t create_ctrl_queue(vnet_t *net)
{
	if (!virtio_has(net->vdev, VIRTIO_NET_F_CTRL_VQ))
		return EOK;

	/* 5.1.2: without MQ it is the third */
	errno_t rc = virtq_create(net->vdev, VIRTIO_NET_QUEUE_CTRL,
	    CTRL_QUEUE_SIZE, CTRL_SEGS, &net->ctrlq);
	if (rc == ENOMEM ||
	    (rc == EOK && virtq_capacity(net->ctrlq) >= CTRL_SEGS))
		return rc;

	ddf_msg(LVL_WARN, "%s: device has no control queue that can be used; "
	    "the card works without commands", net->rn.name);
	net->no_ctrl = true;
	return EAGAIN;
}

/** Create the queues, with buffers for them. */
static errno_t create_queues(vnet_t *net)
{
	size_t segs = net->any_layout ? 1 : FRAME_SEGS;

	errno_t rc = virtq_create(net->vdev, VIRTIO_NET_QUEUE_RX,
	    VNET_BUFS_MAX, segs, &net->rxq);
	if (rc == EOK) {
		rc = virtq_create(net->vdev, VIRTIO_NET_QUEUE_TX,
		    VNET_BUFS_MAX, segs, &net->txq);
	}
	if (rc == EOK) {
		rc = vnet_pool_resize(net, &net->rx,
		    frames_in(net, net->rxq));
	}
	if (rc == EOK) {
		rc = vnet_pool_resize(net, &net->tx,
		    frames_in(net, net->txq));
	}
	if (rc != EOK)
		return rc;

	if (net->rx.count == 0 || net->tx.count == 0) {
		ddf_msg(LVL_ERROR, "%s: device's queues are too small",
		    net->rn.name);
		return ENOTSUP;
	}

	return create_ctrl_queue(net);
}

static void destroy_queues(vnet_t *net)
{
	virtq_destroy(net->ctrlq);
	virtq_destroy(net->txq);
	virtq_destroy(net->rxq);
	net->ctrlq = NULL;
	net->txq = NULL;
	net->rxq = NULL;
}

/** Take everything back from the device. dev_lock is held.
 *
 * @param phase What it is in from now on
 *
 * @return EOK, or ETIMEOUT if the device did not confirm the reset
 */
errno_t vnet_stop(vnet_t *net, ringnic_phase_t phase)
{
	fibril_mutex_lock(&net->rn.lock);
	ringnic_down(&net->rn, phase);
	fibril_condvar_broadcast(&net->ctrl_cv);
	fibril_mutex_unlock(&net->rn.lock);

	errno_t rc = virtio_reset(net->vdev);

	fibril_mutex_lock(&net->rn.lock);
	ringnic_abort(&net->rn);
	fibril_mutex_unlock(&net->rn.lock);
	destroy_queues(net);
	return rc;
}

/** Up to DRIVER_OK; from there on frames can be sent. dev_lock is held. */
static errno_t bring_up(vnet_t *net)
{
	errno_t rc = vnet_negotiate(net);
	if (rc == EOK)
		rc = create_queues(net);
	if (rc != EOK)
		return rc;

	nic_address_t own;
	net->mac_known = vnet_read_mac(net, &own) == EOK &&
	    memcmp(&own, &net->mac, sizeof(own)) == 0;

	virtq_disable_irq(net->txq);
	virtq_disable_irq(net->rxq);

	/* No frame before DRIVER_OK, each one after it */
	fibril_mutex_lock(&net->rn.lock);
	rc = virtio_driver_ok(net->vdev);
	if (rc == EOK)
		ringnic_up(&net->rn, net->tx.count);
	fibril_mutex_unlock(&net->rn.lock);
	return rc == EIO ? EAGAIN : rc;
}

/** The device forgets at a reset: tell it again. dev_lock is held.
 *
 * What it refuses is left out: libnic filters, too, and an address that it does
 * not know is one of its filters' list.
 *
 * @return EOK; EAGAIN if it is to be done without commands; EIO
 */
static errno_t configure(vnet_t *net)
{
	errno_t rc = EOK;

	if (!net->mac_known)
		rc = vnet_tell_mac(net, &net->mac);
	if (rc == EOK || rc == EINVAL || rc == ENOTSUP)
		rc = vnet_filter_apply(net);
	if (rc == EINVAL)
		rc = EOK;
	return rc == ETIMEOUT ? EAGAIN : rc;
}

/** Reset the device and set it up anew, once. dev_lock is held.
 *
 * @return As vnet_start(), or EAGAIN if it may work at the next try
 */
static errno_t start_once(vnet_t *net)
{
	ringnic_t *rn = &net->rn;

	errno_t rc = vnet_stop(net, RINGNIC_DOWN);

	fibril_mutex_lock(&rn->lock);
	/* What was to be mended is mended by what follows */
	rn->events &= ~(VNET_EV_RESTART | VNET_EV_REFILTER);
	if (rc != EOK)
		ringnic_down(rn, RINGNIC_FAILED);
	fibril_mutex_unlock(&rn->lock);
	if (rc != EOK)
		return rc;

	rc = bring_up(net);
	if (rc == EOK)
		rc = configure(net);
	if (rc != EOK) {
		/* 3.1.1: say so before the reset */
		virtio_failed(net->vdev);
		(void) vnet_stop(net, RINGNIC_FAILED);
	}
	return rc;
}

/** Bring the device from any state to a running one. dev_lock is held.
 *
 * Frames flow if ringnic_t.active.
 *
 * @return EOK on success; on error the device is RINGNIC_FAILED.
 *         EIO if the device is stopped for good.
 */
errno_t vnet_start(vnet_t *net)
{
	ringnic_t *rn = &net->rn;

	fibril_mutex_lock(&rn->lock);
	bool closing = rn->closing;
	fibril_mutex_unlock(&rn->lock);
	if (closing)
		return EIO;

	/* Without commands, or with a device that forgot what it was told */
	errno_t rc = start_once(net);
	for (int i = 1; rc == EAGAIN && i < START_TRIES; i++)
		rc = start_once(net);
	if (rc != EOK)
		return rc == EAGAIN ? EIO : rc;

	fibril_mutex_lock(&rn->lock);
	ringnic_link(rn, (vnet_read_status(net) & VIRTIO_NET_S_LINK_UP) != 0);
	if (rn->active)
		vnet_rx_fill(net);
	fibril_mutex_unlock(&rn->lock);
	return EOK;
}

/** @}
 */
