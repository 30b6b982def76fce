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
 * @brief Frames in the rings: the library's operations
 */

#include <byteorder.h>
#include <ddf/log.h>
#include <errno.h>
#include <macros.h>
#include <mem.h>
#include "virtio-net.h"

/** Most buffers of a frame that is not too long: one of the largest MTU has 33
 */
#define PIECES_MAX	34

/** Put one buffer into the ring; published by the next kick. */
static void rx_add(vnet_t *net, size_t i)
{
	uintptr_t phys = vnet_pool_phys(&net->rx, i);

	/*
	 * 5.1.6.6: without ANY_LAYOUT the header has a descriptor of its
	 * own (legacy); else the whole buffer is one.
	 */
	if (net->any_layout) {
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

/** Give the device all receive buffers. rn.lock is held. */
void vnet_rx_fill(vnet_t *net)
{
	for (size_t i = 0; i < net->rx.count; i++)
		rx_add(net, i);
	virtq_kick(net->rxq);
}

/** The ring makes no sense from here on: it needs a reset. */
static errno_t rx_broken(vnet_t *net)
{
	ringnic_post(&net->rn, VNET_EV_RESTART);
	return EIO;
}

/** A frame that cannot be */
static errno_t rx_lied(vnet_t *net, const char *what, unsigned int val)
{
	ddf_msg(LVL_ERROR, "%s: device received a frame of %u %s",
	    net->rn.name, val, what);
	return rx_broken(net);
}

/** Take the further buffers of a frame.
 *
 * @param count   Buffers of the frame, the first one included
 * @param piece   Its pieces; the first one is there already
 * @param too_big Set if they are not all there, as it is too long
 *
 * @return EOK or EIO
 */
static errno_t rx_take_more(vnet_t *net, unsigned int count,
    ringnic_piece_t *piece, bool *too_big)
{
	size_t i;
	uint32_t used;

	if (count == 0 || count > net->rx.count)
		return rx_lied(net, "buffers", count);

	for (unsigned int n = 1; n < count; n++) {
		/*
		 * 5.1.6.4.1: the device makes all buffers of a frame used at
		 * once. Less than all: there is no telling where the next
		 * frame begins.
		 */
		if (virtq_pop(net->rxq, &i, &used) != EOK) {
			return rx_lied(net, "buffers, but not used as many",
			    count);
		}
		if (n < PIECES_MAX) {
			piece[n].data = vnet_pool_virt(&net->rx, i);
			piece[n].len = used;
		}
		rx_add(net, i);
	}

	*too_big = count > PIECES_MAX;
	return EOK;
}

/** Take a received frame: the library's operation.
 *
 * Buffers are put back before they are copied: the device sees them after the
 * next kick.
 */
errno_t vnet_rx_take(ringnic_t *rn, nic_frame_t **frame)
{
	vnet_t *net = vnet_of(rn);
	ringnic_piece_t piece[PIECES_MAX];
	virtio_net_hdr_t hdr;
	unsigned int count = 1;
	bool too_big = false;
	size_t i;
	uint32_t used;

	errno_t rc = virtq_pop(net->rxq, &i, &used);
	if (rc == EIO)
		return rx_broken(net);
	if (rc != EOK)
		return rc;

	uint8_t *buf = vnet_pool_virt(&net->rx, i);
	rx_add(net, i);
	/* A frame that was dropped; what the buffer has is not its header */
	if (used < net->hdr_len) {
		nic_report_receive_error(rn->nic, NIC_REC_LENGTH, 1);
		return EOK;
	}

	/* Copied once, as the device can change the buffer under our eyes */
	memcpy(&hdr, buf, net->hdr_len);
	piece[0].data = buf + net->hdr_len;
	piece[0].len = used - net->hdr_len;

	/* 5.1.6.4: num_buffers says how many buffers the frame takes */
	if (net->mergeable) {
		count = net->legacy ? hdr.num_buffers :
		    uint16_t_le2host(hdr.num_buffers);
	}
	if (count != 1) {
		rc = rx_take_more(net, count, piece, &too_big);
		if (rc != EOK)
			return rc;
	}

	/* No offload was negotiated, so no frame may need one (5.1.6.4) */
	if (too_big)
		nic_report_receive_error(rn->nic, NIC_REC_LENGTH, 1);
	else if (hdr.gso_type != VIRTIO_NET_HDR_GSO_NONE ||
	    (hdr.flags & VIRTIO_NET_HDR_F_NEEDS_CSUM) != 0)
		nic_report_receive_error(rn->nic, NIC_REC_OTHER, 1);
	else
		*frame = ringnic_make_frame(rn, piece, count);
	return virtq_has_used(net->rxq) ? EOK : ENOENT;
}

void vnet_rx_push(ringnic_t *rn)
{
	virtq_kick(vnet_of(rn)->rxq);
}

void vnet_rx_events_off(ringnic_t *rn)
{
	virtq_disable_irq(vnet_of(rn)->rxq);
}

bool vnet_rx_events_on(ringnic_t *rn)
{
	return virtq_enable_irq(vnet_of(rn)->rxq);
}

errno_t vnet_tx_put(ringnic_t *rn, size_t i, const void *data, size_t size)
{
	vnet_t *net = vnet_of(rn);
	uint8_t *buf = vnet_pool_virt(&net->tx, i);
	uintptr_t phys = vnet_pool_phys(&net->tx, i);

	/*
	 * 5.1.6.2: with no offload negotiated the header is all zeroes
	 * (num_buffers too), as it was when the memory came.
	 */
	memcpy(buf + net->hdr_len, data, size);

	errno_t rc;
	if (net->any_layout) {
		virtq_seg_t seg = { .phys = phys, .len = net->hdr_len + size };
		rc = virtq_add(net->txq, &seg, 1, 0, i);
	} else {
		/* 5.1.6.6: the header has a descriptor of its own */
		virtq_seg_t segs[] = {
			{ .phys = phys, .len = net->hdr_len },
			{ .phys = phys + net->hdr_len, .len = size }
		};
		rc = virtq_add(net->txq, segs, ARRAY_SIZE(segs), 0, i);
	}

	virtq_kick(net->txq);
	return rc;
}

void vnet_tx_reclaim(ringnic_t *rn)
{
	vnet_t *net = vnet_of(rn);
	errno_t rc = ENOENT;
	size_t i;
	uint32_t used;

	while (net->txq != NULL &&
	    (rc = virtq_pop(net->txq, &i, &used)) == EOK)
		ringnic_tx_sent(rn, i);

	if (rc == EIO)
		ringnic_post(rn, VNET_EV_RESTART);
}

bool vnet_tx_events_on(ringnic_t *rn, size_t after)
{
	return virtq_enable_irq_after(vnet_of(rn)->txq, after);
}

void vnet_tx_events_off(ringnic_t *rn)
{
	virtq_disable_irq(vnet_of(rn)->txq);
}

/** @}
 */
