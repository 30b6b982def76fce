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


/** @addtogroup libringnic
 * @{
 */
/**
 * @file
 * @brief Receiving frames
 */

#include <adt/list.h>
#include <macros.h>
#include <mem.h>
#include "../private/ringnic.h"

/** Most frames that are taken from the ring before they are delivered */
#define RX_BATCH	64

/** Make a frame of what the device wrote; the buffers are free afterwards.
 *
 * @param piece Its pieces, in order
 * @param count Number of them
 *
 * @return The frame, or NULL if there is none, which was counted
 */
nic_frame_t *ringnic_make_frame(ringnic_t *rn, const ringnic_piece_t *piece,
    size_t count)
{
	size_t size = 0;
	for (size_t i = 0; i < count; i++)
		size += piece[i].len;

	if (size < ETH_HEADER_LEN || size > rn->rx_max) {
		nic_report_receive_error(rn->nic, NIC_REC_LENGTH, 1);
		return NULL;
	}

	/* A short frame leaves room for libnic's look at a VLAN tag */
	nic_frame_t *frame = nic_alloc_frame(rn->nic,
	    max(size, (size_t) ETH_FRAME_MIN));
	if (frame == NULL) {
		nic_report_receive_error(rn->nic, NIC_REC_BUFFER_FULL, 1);
		return NULL;
	}

	uint8_t *to = frame->data;
	for (size_t i = 0; i < count; i++) {
		memcpy(to, piece[i].data, piece[i].len);
		to += piece[i].len;
	}
	frame->size = size;
	return frame;
}

/** Take a batch of frames off the ring, deliver it, and ask for an event for
 * what is to come.
 *
 * Called by the worker alone. Locked; the lock is released while frames are
 * delivered, and anything may be different afterwards.
 *
 * @return True if there may be more to take at once
 */
bool ringnic_rx_batch(ringnic_t *rn)
{
	nic_poll_mode_t mode = rn->poll_mode;
	errno_t rc = EOK;
	list_t frames;

	list_initialize(&frames);
	rn->ops->rx_events_off(rn);
	for (unsigned int i = 0; i < RX_BATCH && rc == EOK; i++) {
		nic_frame_t *frame = NULL;
		rc = rn->ops->rx_take(rn, &frame);
		if (frame != NULL)
			list_append(&frame->link, &frames);
	}
	rn->ops->rx_push(rn);

	fibril_mutex_unlock(&rn->lock);
	while (!list_empty(&frames)) {
		nic_frame_t *frame = list_get_instance(list_first(&frames),
		    nic_frame_t, link);
		list_remove(&frame->link);
		nic_received_frame(rn->nic, frame);
	}
	fibril_mutex_lock(&rn->lock);

	/* In another mode, frames are taken when that mode says so */
	if (rn->phase != RINGNIC_UP || rn->poll_mode != mode)
		return false;
	if (rc == EOK)
		return true;
	/* The ring looks empty: ask for an event, look again */
	return mode == NIC_POLL_IMMEDIATE && rc == ENOENT &&
	    rn->ops->rx_events_on(rn);
}

/** @}
 */
