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
 * @brief Receiving frames
 */

#include <adt/list.h>
#include <byteorder.h>
#include <ddf/log.h>
#include <errno.h>
#include <macros.h>
#include <mem.h>
#include "virtio-net.h"

/** Most frames that are taken from the ring before they are delivered */
#define RX_BATCH	64

/** Put one buffer into the receive queue; published by the next kick. */
static void rx_add(vnet_t *net, size_t i)
{
	uintptr_t phys = vnet_pool_phys(&net->rx, i);

	/*
	 * 5.1.6.6: without ANY_LAYOUT the header has a descriptor of its
	 * own (legacy); else the whole buffer is one.
	 */
	if (virtio_has(net->vdev, VIRTIO_F_ANY_LAYOUT)) {
		virtq_seg_t seg = { .phys = phys, .len = VNET_BUF_SIZE };
		(void) virtq_add(net->rxq, &seg, 0, 1, i);
	} else {
		virtq_seg_t segs[] = {
			{ .phys = phys, .len = net->hdr_len },
			{
				.phys = phys + net->hdr_len,
				.len = VNET_BUF_SIZE - net->hdr_len
			}
		};
		(void) virtq_add(net->rxq, segs, 0, ARRAY_SIZE(segs), i);
	}
}

/** Give the device all receive buffers. The lock is held. */
void vnet_rx_fill(vnet_t *net)
{
	for (size_t i = 0; i < net->rx.count; i++)
		rx_add(net, i);
	virtq_kick(net->rxq);
}

/** Copy one buffer's part of a frame, as far as the frame has room.
 *
 * @return Bytes in the buffer, copied or not
 */
static size_t rx_copy(vnet_t *net, size_t i, size_t skip, size_t used,
    nic_frame_t *frame, size_t at)
{
	size_t len = used - skip;

	if (frame != NULL && at + len <= net->rx_max) {
		memcpy((uint8_t *) frame->data + at,
		    (uint8_t *) vnet_pool_virt(&net->rx, i) + skip, len);
	}

	return len;
}

/** A frame that cannot be: nothing in the queue makes sense from here on. */
static errno_t rx_lied(vnet_t *net, const char *what, unsigned int val)
{
	ddf_msg(LVL_ERROR, "%s: device received a frame of %u %s", net->name,
	    val, what);
	virtq_break(net->rxq);
	return EIO;
}

/** Take the frame that begins with a given buffer.
 *
 * @param net    Device
 * @param i      Its first buffer
 * @param used   Bytes that the device wrote there
 * @param frames List for the frame
 *
 * @return EOK if the buffers were dealt with, whether or not they made
 *         a frame, EIO if the queue is broken
 */
static errno_t rx_take(vnet_t *net, size_t i, uint32_t used,
    list_t *frames)
{
	virtio_net_hdr_t hdr = { 0 };
	unsigned int buffers = 1;

	/* Copied once, as the device can change the buffer under our eyes */
	memcpy(&hdr, vnet_pool_virt(&net->rx, i), net->hdr_len);

	/* 5.1.6.4: num_buffers says how many buffers the frame takes */
	if (virtio_has(net->vdev, VIRTIO_NET_F_MRG_RXBUF)) {
		buffers = virtio_is_legacy(net->vdev) ? hdr.num_buffers :
		    uint16_t_le2host(hdr.num_buffers);
		if (buffers == 0 || buffers > net->rx.count)
			return rx_lied(net, "buffers", buffers);
	}

	if (used < net->hdr_len)
		return rx_lied(net, "bytes with its header", used);

	/* A short frame leaves room for libnic's look at a VLAN tag */
	size_t room = buffers == 1 ?
	    max(used - net->hdr_len, (size_t) ETH_FRAME_MIN) : net->rx_max;
	nic_frame_t *frame = room <= net->rx_max ?
	    nic_alloc_frame(net->nic, room) : NULL;
	bool no_memory = frame == NULL && room <= net->rx_max;

	size_t len = rx_copy(net, i, net->hdr_len, used, frame, 0);
	rx_add(net, i);

	for (unsigned int n = 1; n < buffers; n++) {
		/*
		 * 5.1.6.4.1: the device makes all buffers of a frame used at
		 * once. Less than all: there is no telling where the next
		 * frame begins.
		 */
		if (virtq_pop(net->rxq, &i, &used) != EOK) {
			nic_release_frame(net->nic, frame);
			return rx_lied(net, "buffers, but not used as many",
			    buffers);
		}
		len += rx_copy(net, i, 0, used, frame, len);
		rx_add(net, i);
	}

	/* No offload was negotiated, so no frame may need one (5.1.6.4) */
	bool offload = hdr.gso_type != VIRTIO_NET_HDR_GSO_NONE ||
	    (hdr.flags & VIRTIO_NET_HDR_F_NEEDS_CSUM) != 0;

	if (no_memory) {
		nic_report_receive_error(net->nic, NIC_REC_BUFFER_FULL, 1);
	} else if (len < ETH_HEADER_LEN || len > net->rx_max) {
		nic_report_receive_error(net->nic, NIC_REC_LENGTH, 1);
		nic_release_frame(net->nic, frame);
	} else if (offload) {
		nic_report_receive_error(net->nic, NIC_REC_OTHER, 1);
		nic_release_frame(net->nic, frame);
	} else {
		frame->size = len;
		list_append(&frame->link, frames);
	}

	return EOK;
}

/** Take a batch of frames off the ring and give the device its buffers back.
 *
 * @return True if there may be more
 */
static bool rx_collect(vnet_t *net, list_t *frames)
{
	size_t i;
	uint32_t used;
	errno_t rc = EOK;
	unsigned int n;

	for (n = 0; n < RX_BATCH; n++) {
		rc = virtq_pop(net->rxq, &i, &used);
		if (rc == EOK)
			rc = rx_take(net, i, used, frames);
		if (rc != EOK)
			break;
	}

	virtq_kick(net->rxq);

	if (rc == EIO)
		vnet_post(net, VNET_EV_RESTART);
	return rc == EOK;
}

/** Receive what there is and ask for an interrupt for what is to come.
 *
 * Called by the worker alone, with the lock held; it is released while frames
 * are delivered, and the device may have been restarted or stopped meanwhile.
 */
void vnet_rx_process(vnet_t *net)
{
	nic_poll_mode_t mode = net->poll_mode;
	bool more = true;

	/* In another mode, frames are taken when that mode says so */
	while (more && net->phase == VNET_RUNNING && net->active &&
	    net->poll_mode == mode) {
		list_t frames;
		list_initialize(&frames);

		virtq_disable_irq(net->rxq);
		more = rx_collect(net, &frames);

		fibril_mutex_unlock(&net->lock);
		while (!list_empty(&frames)) {
			nic_frame_t *frame = list_get_instance(
			    list_first(&frames), nic_frame_t, link);
			list_remove(&frame->link);
			nic_received_frame(net->nic, frame);
		}
		fibril_mutex_lock(&net->lock);

		/* The ring looks empty: ask for an interrupt, look again */
		if (!more && net->phase == VNET_RUNNING && net->active &&
		    mode == NIC_POLL_IMMEDIATE && net->poll_mode == mode)
			more = virtq_enable_irq(net->rxq);
	}
}

/** @}
 */
