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
 * @brief Commands on the control queue (5.1.6.5)
 */

#include <assert.h>
#include <ddf/log.h>
#include <errno.h>
#include <mem.h>
#include "virtio-net.h"

/** How often the ring is looked at, and the device notified again, in case an
 * interrupt or a notification is lost
 */
#define CTRL_WAIT_SLICE_MS	20

/** How long a command may take before the device counts as stuck */
#define CTRL_WAIT_MS		5000

/** Where the parts of a command are in vnet_t.ctrl_mem */
enum {
	CTRL_HEADER = 0,
	CTRL_HEADER_LEN = 2,
	CTRL_ACK = 2,
	CTRL_DATA = 8
};

/** Wait for the one command in flight. The lock is held. */
static errno_t ctrl_wait(vnet_t *net)
{
	nsec_t deadline = ringnic_now() + MSEC2NSEC(CTRL_WAIT_MS);
	size_t cookie;
	uint32_t used;

	while (!net->rn.closing && net->rn.phase == RINGNIC_UP) {
		errno_t rc = virtq_pop(net->ctrlq, &cookie, &used);
		if (rc != ENOENT)
			return rc;

		if (ringnic_now() >= deadline)
			return ETIMEOUT;
		if (!virtq_enable_irq(net->ctrlq) &&
		    fibril_condvar_wait_timeout(&net->ctrl_cv, &net->rn.lock,
		    MSEC2USEC(CTRL_WAIT_SLICE_MS)) == ETIMEOUT &&
		    net->rn.phase == RINGNIC_UP)
			virtq_renotify(net->ctrlq);

		/* One that has failed, or is gone, will not answer */
		if (virtio_needs_reset(net->vdev))
			return EIO;
	}

	return EIO;
}

/** The device refuses a command: it is left out, which is said once. */
static errno_t refused(vnet_t *net, uint8_t cls, uint8_t cmd)
{
	if (!net->refused) {
		ddf_msg(LVL_NOTE, "%s: device refuses command %u/%u; what is "
		    "refused is done without", net->rn.name, cls, cmd);
	}
	net->refused = true;
	return EINVAL;
}

/** Add a part of a command to its buffers. */
static void put(vnet_t *net, virtq_seg_t *seg, size_t pos, const void *data,
    size_t size)
{
	memcpy((uint8_t *) net->ctrl_mem.virt + pos, data, size);
	seg->phys = net->ctrl_mem.phys + pos;
	seg->len = size;
}

/** Carry out a command. dev_lock is held, the lock is not.
 *
 * @param net   Device, with a control queue
 * @param cls   Class of the command
 * @param cmd   Command
 * @param data  Its data
 * @param size  Bytes of it, at least 1 unless there is no data
 * @param data2 A second part of the data, for commands that have two
 * @param size2 Bytes of it, or 0
 *
 * @return EOK on success, EINVAL if the device refuses the command, EIO or
 *         ETIMEOUT if it did not carry it out (and will be reset)
 */
errno_t vnet_ctrl(vnet_t *net, uint8_t cls, uint8_t cmd, const void *data,
    size_t size, const void *data2, size_t size2)
{
	assert(CTRL_DATA + size + size2 <= net->ctrl_mem.size);

	const uint8_t header[CTRL_HEADER_LEN] = { cls, cmd };
	/* Not an answer: seen if the device does not write one */
	const uint8_t no_ack = ~VIRTIO_NET_OK;
	const uint8_t *mem = net->ctrl_mem.virt;
	virtq_seg_t segs[4];
	size_t out = 0;

	fibril_mutex_lock(&net->rn.lock);

	if (net->rn.phase != RINGNIC_UP || net->ctrlq == NULL) {
		fibril_mutex_unlock(&net->rn.lock);
		return EIO;
	}

	put(net, &segs[out++], CTRL_HEADER, header, sizeof(header));
	if (size > 0)
		put(net, &segs[out++], CTRL_DATA, data, size);
	if (size2 > 0)
		put(net, &segs[out++], CTRL_DATA + size, data2, size2);
	put(net, &segs[out], CTRL_ACK, &no_ack, sizeof(no_ack));

	errno_t rc = virtq_add(net->ctrlq, segs, out, 1, 0);
	if (rc == EOK) {
		virtq_kick(net->ctrlq);
		rc = ctrl_wait(net);
	}

	if (rc == EOK) {
		/* The answer counts, not the used length: devices differ */
		if (mem[CTRL_ACK] != VIRTIO_NET_OK)
			rc = refused(net, cls, cmd);
	} else if (net->rn.phase == RINGNIC_UP) {
		/*
		 * The command's memory is the device's until a reset; no
		 * further command may use it. A queue that nobody serves
		 * is left out then; one that lies is the device's fault.
		 */
		ddf_msg(LVL_ERROR, "%s: command %u/%u was not carried out%s",
		    net->rn.name, cls, cmd, rc == ETIMEOUT ?
		    "; the card works without commands" : "");
		virtq_break(net->ctrlq);
		net->no_ctrl |= rc == ETIMEOUT;
		ringnic_post(&net->rn, rc == ETIMEOUT ? VNET_EV_REFILTER :
		    VNET_EV_RESTART);
	}

	fibril_mutex_unlock(&net->rn.lock);
	return rc;
}

/** Can the device do what features of the control queue stand for? */
bool vnet_can(const vnet_t *net, uint64_t features)
{
	return net->ctrlq != NULL && virtio_has(net->vdev, features);
}

/** Set the device's address (5.1.6.5.2). dev_lock is held, the lock is not.
 *
 * @return EOK, ENOTSUP if its address cannot be changed, or as vnet_ctrl()
 */
errno_t vnet_tell_mac(vnet_t *net, const nic_address_t *mac)
{
	/* 5.1.6.5.2.2: without CTRL_RX, no command of this class */
	if (!vnet_can(net, VIRTIO_NET_F_CTRL_MAC_ADDR | VIRTIO_NET_F_CTRL_RX))
		return ENOTSUP;

	errno_t rc = vnet_ctrl(net, VIRTIO_NET_CTRL_MAC,
	    VIRTIO_NET_CTRL_MAC_ADDR_SET, mac->address, ETH_ADDR, NULL, 0);
	if (rc == EOK)
		net->mac_known = true;
	return rc;
}

/** @}
 */
