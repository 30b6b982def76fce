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
 * @brief The card's own fibril
 *
 * It delivers frames, a batch at a time, and does the driver's other duties in
 * between. It sleeps until something is posted, or until the clock says that
 * it is time for a look: at the ring, if the NIC is polled, and once a second
 * after all that no event has told.
 */

#include <errno.h>
#include <fibril.h>
#include <macros.h>
#include <mem.h>
#include <ringnic.h>

/** Most frames that are taken from the ring before they are delivered */
#define RX_BATCH	64

/** How often the watchdog looks, in ms */
#define WATCHDOG_MS	1000

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
static bool rx_batch(ringnic_t *rn)
{
	nic_poll_mode_t mode = rn->poll_mode;
	nic_frame_t *frame[RX_BATCH];
	size_t count = 0;
	errno_t rc = EOK;

	rn->ops->rx_events_off(rn);
	for (size_t i = 0; i < RX_BATCH && rc == EOK; i++) {
		frame[count] = NULL;
		rc = rn->ops->rx_take(rn, &frame[count]);
		if (frame[count] != NULL)
			count++;
	}
	rn->ops->rx_push(rn);

	fibril_mutex_unlock(&rn->lock);
	for (size_t i = 0; i < count; i++)
		nic_received_frame(rn->nic, frame[i]);
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

/** Poll in a mode from now on. Locked.
 *
 * @param period Time between looks with NIC_POLL_PERIODIC, in nanoseconds
 */
void ringnic_set_poll(ringnic_t *rn, nic_poll_mode_t mode, nsec_t period)
{
	if (mode == NIC_POLL_IMMEDIATE)
		period = MSEC2NSEC(rn->look_ms);
	else if (mode != NIC_POLL_PERIODIC)
		period = 0;

	rn->poll_mode = mode;
	rn->period = period;
	rn->look_due = ringnic_now() + period;
	if (rn->phase == RINGNIC_UP)
		rn->ops->rx_events_off(rn);
	/*
	 * Immediate: take what is there and ask for events from then on.
	 * Otherwise only what the new mode says is done.
	 */
	rn->events &= ~RINGNIC_EV_RECEIVE;
	ringnic_post(rn, mode == NIC_POLL_IMMEDIATE ? RINGNIC_EV_RECEIVE : 0);
}

/** Look after what no event has told. Locked. */
static void watchdog(ringnic_t *rn)
{
	rn->events |= RINGNIC_EV_WATCHDOG;
	if (rn->poll_mode == NIC_POLL_IMMEDIATE)
		rn->events |= RINGNIC_EV_RECEIVE;
	if (rn->phase == RINGNIC_UP)
		ringnic_tx_reclaim(rn);
}

/** Find out what it is time for. Locked.
 *
 * @return Time until the next look, in nanoseconds
 */
static nsec_t look_at_clock(ringnic_t *rn)
{
	nsec_t now = ringnic_now();

	if (now >= rn->watchdog_due) {
		rn->watchdog_due = now + MSEC2NSEC(WATCHDOG_MS);
		watchdog(rn);
	}
	if (rn->period == 0)
		return rn->watchdog_due - now;

	if (now >= rn->look_due) {
		rn->look_due = now + rn->period;
		rn->events |= RINGNIC_EV_RECEIVE;
	}
	return min(rn->look_due, rn->watchdog_due) - now;
}

static errno_t worker(void *arg)
{
	ringnic_t *rn = arg;
	bool woken = false;

	fibril_mutex_lock(&rn->lock);
	while ((rn->events & RINGNIC_EV_QUIT) == 0) {
		/* Before each sleep, and between batches without one */
		nsec_t left = woken && rn->events != 0 ? 0 : look_at_clock(rn);
		woken = rn->events == 0;
		if (woken) {
			(void) fibril_condvar_wait_timeout(&rn->worker_cv,
			    &rn->lock, NSEC2USEC(left) + 1);
			continue;
		}

		unsigned int events = rn->events;
		rn->events = 0;
		if ((events & ~RINGNIC_EV_RECEIVE) != 0) {
			fibril_mutex_unlock(&rn->lock);
			rn->ops->duty(rn, events & ~RINGNIC_EV_RECEIVE);
			fibril_mutex_lock(&rn->lock);
		}
		if ((events & RINGNIC_EV_RECEIVE) != 0 &&
		    rn->phase == RINGNIC_UP && rx_batch(rn))
			rn->events |= RINGNIC_EV_RECEIVE;
	}

	rn->worker_running = false;
	fibril_condvar_broadcast(&rn->worker_cv);
	fibril_mutex_unlock(&rn->lock);
	return EOK;
}

/** Start the worker.
 *
 * @return EOK or ENOMEM
 */
errno_t ringnic_worker_start(ringnic_t *rn)
{
	fid_t fid = fibril_create(worker, rn);
	if (fid == 0)
		return ENOMEM;

	rn->watchdog_due = ringnic_now() + MSEC2NSEC(WATCHDOG_MS);
	rn->worker_running = true;
	fibril_add_ready(fid);
	return EOK;
}

/** End the worker and wait until it has ended; it delivers nothing then. */
void ringnic_worker_stop(ringnic_t *rn)
{
	fibril_mutex_lock(&rn->lock);
	ringnic_post(rn, RINGNIC_EV_QUIT);
	while (rn->worker_running)
		fibril_condvar_wait(&rn->worker_cv, &rn->lock);
	fibril_mutex_unlock(&rn->lock);
}

/** @}
 */
