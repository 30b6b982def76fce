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
 * @brief Sending frames
 *
 * A frame is copied into a buffer and the buffer is given to the device. Its
 * completion costs no interrupt: buffers are taken back when the next frame is
 * sent, or by the watchdog. Only a sender that finds the ring full asks for
 * an interrupt, and waits for it.
 */

#include <ddf/log.h>
#include <errno.h>
#include <macros.h>
#include <mem.h>
#include "virtio-net.h"

/** How often a waiting sender looks at the ring in case no interrupt comes */
#define TX_WAIT_SLICE_MS	50

/** Where a frame has its type, or the mark of a VLAN tag before it */
#define ETH_TYPE	12

/** How long a sender waits for room at most */
#define TX_WAIT_MS		2000

/** Put all transmit buffers on the stack. The lock is held. */
void vnet_tx_init(vnet_t *net)
{
	net->tx_free_count = net->tx.count;
	for (size_t i = 0; i < net->tx.count; i++)
		net->tx_free[i] = i;
	net->tx_stalled = false;
}

/** Take back the buffers that the device is done with. The lock is held. */
void vnet_tx_reclaim(vnet_t *net)
{
	size_t frames = 0;
	size_t bytes = 0;
	size_t i;
	uint32_t used;
	errno_t rc;

	while ((rc = virtq_pop(net->txq, &i, &used)) == EOK) {
		frames++;
		bytes += net->tx_len[i];
		net->tx_free[net->tx_free_count++] = i;
	}

	if (rc == EIO)
		vnet_post(net, VNET_EV_RESTART);

	if (frames > 0) {
		net->tx_stalled = false;
		nic_report_send_ok(net->nic, frames, bytes);
		fibril_condvar_broadcast(&net->tx_cv);
	}
}

/** Count the frames that a reset took from the device. The lock is held. */
void vnet_tx_abort(vnet_t *net)
{
	nic_report_send_error(net->nic, NIC_SEC_ABORTED,
	    net->tx.count - net->tx_free_count);
	net->tx_free_count = net->tx.count;
}

/** Look for a free buffer, without waiting.
 *
 * @return EOK, EAGAIN if it is worth waiting, EBUSY if it is not, EIO if the
 *         device will not send anything any more
 */
static errno_t tx_try_reserve(vnet_t *net)
{
	if (!net->active || net->phase == VNET_FAILED ||
	    net->phase == VNET_GONE)
		return EIO;

	/* The worker is about to reset it, or is doing so */
	if (net->phase == VNET_STARTING || virtq_is_broken(net->txq))
		return EAGAIN;

	vnet_tx_reclaim(net);
	if (net->tx_free_count > 0)
		return EOK;

	return net->tx_stalled ? EBUSY : EAGAIN;
}

/** Wait for a free buffer, for a bounded time. The lock is held.
 *
 * @return EOK, or why there is none
 */
static errno_t tx_reserve(vnet_t *net)
{
	errno_t rc = tx_try_reserve(net);

	for (unsigned int ms = 0; rc == EAGAIN && ms < TX_WAIT_MS;
	    ms += TX_WAIT_SLICE_MS) {
		/* Ask for an interrupt, and look again before the wait */
		if (net->phase != VNET_RUNNING ||
		    !virtq_enable_irq(net->txq)) {
			(void) fibril_condvar_wait_timeout(&net->tx_cv,
			    &net->lock, MSEC2USEC(TX_WAIT_SLICE_MS));
		}
		rc = tx_try_reserve(net);
		if (rc == EOK)
			virtq_disable_irq(net->txq);
	}

	if (rc == EAGAIN && !net->tx_stalled) {
		net->tx_stalled = true;
		ddf_msg(LVL_WARN, "%s: device has sent nothing for %d ms; "
		    "frames are dropped until it does", net->name, TX_WAIT_MS);
	}

	return rc;
}

/** Give a frame to the device. The lock is held, a buffer is free. */
static void tx_put(vnet_t *net, const void *data, size_t size)
{
	size_t i = net->tx_free[--net->tx_free_count];
	uint8_t *buf = vnet_pool_virt(&net->tx, i);
	uintptr_t phys = vnet_pool_phys(&net->tx, i);

	/*
	 * 5.1.6.2: with no offload negotiated the header is all zeroes
	 * (num_buffers too), as it was when the memory came.
	 */
	memcpy(buf + net->hdr_len, data, size);
	net->tx_len[i] = size;

	if (virtio_has(net->vdev, VIRTIO_F_ANY_LAYOUT)) {
		virtq_seg_t seg = { .phys = phys, .len = net->hdr_len + size };
		(void) virtq_add(net->txq, &seg, 1, 0, i);
	} else {
		/* 5.1.6.6: the header has a descriptor of its own */
		virtq_seg_t segs[] = {
			{ .phys = phys, .len = net->hdr_len },
			{ .phys = phys + net->hdr_len, .len = size }
		};
		(void) virtq_add(net->txq, segs, ARRAY_SIZE(segs), 0, i);
	}

	virtq_kick(net->txq);
}

/** May the device be given a frame of this length? (5.1.4.2) */
static bool tx_fits(const vnet_t *net, const uint8_t *data, size_t size)
{
	if (size < ETH_HEADER_LEN)
		return false;

	bool tagged = data[ETH_TYPE] == 0x81 && data[ETH_TYPE + 1] == 0x00;
	return size <= net->tx_max + (tagged ? ETH_VLAN_LEN : 0);
}

/** Send a frame: libnic's send_frame handler.
 *
 * libnic holds its main_lock for reading. A frame that cannot be sent is
 * counted, whatever the cause.
 */
void vnet_send(nic_t *nic, void *data, size_t size)
{
	vnet_t *net = nic_get_specific(nic);

	fibril_mutex_lock(&net->lock);

	errno_t rc = EINVAL;
	if (tx_fits(net, data, size))
		rc = tx_reserve(net);
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
