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
 * @brief Rings come and go, and frames are sent
 *
 * The order: ringnic_up(); any number of events; ringnic_down(), after which
 * no operation of the rings is called any more; ringnic_abort() once the device
 * has let go of them; then they may be freed.
 *
 * A frame is copied into a buffer and the buffer is given to the device. That
 * the device is done with it costs no event: buffers are taken back, many at
 * once, by who sends further frames, or by the watchdog. Only a sender that
 * finds the ring full asks for an event, and waits for it. libnic is told of
 * sent frames when somebody asks it.
 */

#include <ddf/log.h>
#include <macros.h>
#include <ringnic.h>

/** Buffers in flight that are worth a look at what the device has done */
#define TX_BATCH	32

/** How long a sender waits for room at most */
#define TX_WAIT_MS	2000

/** How often it looks at the ring in case no event comes */
#define TX_LOOK_MS	50

/** Where a frame has its type, or the mark of a VLAN tag before it */
#define ETH_TYPE	12

/** Time since the system was started */
nsec_t ringnic_now(void)
{
	struct timespec now;

	getuptime(&now);
	return SEC2NSEC((nsec_t) now.tv_sec) + now.tv_nsec;
}

/** All buffers are free. Locked. */
static void tx_init(ringnic_t *rn, size_t count)
{
	rn->tx_count = count;
	rn->tx_free_count = count;
	for (size_t i = 0; i < count; i++) {
		rn->tx_free[i] = i;
		rn->tx_len[i] = 0;
	}
	rn->tx_stalled = false;
}

/** Take back the buffers that the device is done with. Locked. */
void ringnic_tx_reclaim(ringnic_t *rn)
{
	size_t before = rn->tx_reclaimed;

	rn->ops->tx_reclaim(rn);
	if (rn->tx_reclaimed == before)
		return;
	rn->tx_stalled = false;
	if (rn->tx_waiters > 0)
		fibril_condvar_broadcast(&rn->tx_cv);
}

/** The device has not sent the frame in a buffer that it gave back. Locked. */
void ringnic_tx_failed(ringnic_t *rn, size_t buf)
{
	nic_report_send_error(rn->nic, NIC_SEC_OTHER, 1);
	ringnic_tx_give(rn, buf);
}

/** The rings are new and empty, and may be used from now on. Locked, in
 * RINGNIC_DOWN.
 *
 * @param tx_count Transmit buffers, not more than RINGNIC_TX_MAX
 */
void ringnic_up(ringnic_t *rn, size_t tx_count)
{
	tx_init(rn, tx_count);
	rn->phase = RINGNIC_UP;
	/* Frames may be there before the wish for an event */
	if (rn->poll_mode == NIC_POLL_IMMEDIATE)
		ringnic_post(rn, RINGNIC_EV_RECEIVE);
}

/** The rings are used no more. Locked.
 *
 * @param phase The new phase
 */
void ringnic_down(ringnic_t *rn, ringnic_phase_t phase)
{
	rn->phase = phase;
	fibril_condvar_broadcast(&rn->tx_cv);
}

/** The device has let go of the rings: what it has not sent is lost. Locked.
 */
void ringnic_abort(ringnic_t *rn)
{
	size_t lost = 0;

	ringnic_tx_reclaim(rn);
	for (size_t i = 0; i < rn->tx_count; i++) {
		if (rn->tx_len[i] != 0 && rn->tx_len[i] != RINGNIC_NO_FRAME)
			lost++;
	}
	if (lost > 0)
		nic_report_send_error(rn->nic, NIC_SEC_ABORTED, lost);
	tx_init(rn, 0);
}

/** The link is up or down. Locked. */
void ringnic_link(ringnic_t *rn, bool up)
{
	if (rn->link_up == up)
		return;

	rn->link_up = up;
	rn->tx_stalled = false;
	fibril_condvar_broadcast(&rn->tx_cv);
	ddf_msg(LVL_NOTE, "%s: link is %s", rn->name, up ? "up" : "down");
}

/** Tell libnic of the frames that were sent. Locked. */
void ringnic_tx_report(ringnic_t *rn)
{
	if (rn->tx_sent > 0)
		nic_report_send_ok(rn->nic, rn->tx_sent, rn->tx_sent_bytes);
	rn->tx_sent = 0;
	rn->tx_sent_bytes = 0;
}

/** Wait for the transmit ring, for TX_WAIT_MS at most. Locked.
 *
 * The lock is released meanwhile. An event is asked for when half of what is
 * in flight is done, as the ring then has room for many frames.
 *
 * @param look What is waited for: called each time something may have changed;
 *             EAGAIN goes on waiting. It looks at the phase itself.
 *
 * @return What look returned last
 */
errno_t ringnic_tx_await(ringnic_t *rn, errno_t (*look)(ringnic_t *))
{
	nsec_t deadline = ringnic_now() + MSEC2NSEC(TX_WAIT_MS);
	errno_t rc;

	rn->tx_waiters++;
	while ((rc = look(rn)) == EAGAIN) {
		nsec_t left = deadline - ringnic_now();
		if (left <= 0)
			break;

		/* Ask for an event, and look again before the wait */
		size_t in_flight = rn->tx_count - rn->tx_free_count;
		if (!rn->ops->tx_events_on(rn, in_flight / 2)) {
			left = min(left, MSEC2NSEC(TX_LOOK_MS));
			(void) fibril_condvar_wait_timeout(&rn->tx_cv,
			    &rn->lock, NSEC2USEC(left) + 1);
		}
		if (rn->phase == RINGNIC_UP)
			ringnic_tx_reclaim(rn);
	}
	rn->tx_waiters--;

	if (rn->tx_waiters == 0 && rn->phase == RINGNIC_UP)
		rn->ops->tx_events_off(rn);
	return rc;
}

/** Look for a free buffer, without waiting. Locked.
 *
 * @return EOK, EAGAIN if it is worth waiting, EBUSY if it is not, EIO if
 *         nothing will be sent any more
 */
static errno_t tx_look(ringnic_t *rn)
{
	if (rn->closing || rn->phase != RINGNIC_UP)
		return EIO;
	if (rn->tx_free_count > 0 &&
	    (rn->ops->tx_ready == NULL || rn->ops->tx_ready(rn)))
		return EOK;
	return rn->tx_stalled ? EBUSY : EAGAIN;
}

/** Find a free buffer, or wait for one if that is wished. Locked.
 *
 * @return As tx_look()
 */
static errno_t tx_reserve(ringnic_t *rn, bool wait)
{
	if (rn->phase == RINGNIC_UP && (rn->tx_free_count == 0 ||
	    rn->tx_count - rn->tx_free_count >= TX_BATCH))
		ringnic_tx_reclaim(rn);

	errno_t rc = tx_look(rn);
	if (rc != EAGAIN || !wait)
		return rc;

	size_t before = rn->tx_reclaimed;
	rc = ringnic_tx_await(rn, tx_look);
	if (rc == EAGAIN && rn->tx_reclaimed == before) {
		rn->tx_stalled = true;
		ddf_msg(LVL_WARN, "%s: device has sent nothing for %d ms; "
		    "frames are dropped until it does", rn->name, TX_WAIT_MS);
	}
	return rc;
}

/** May the device be given such a frame? Locked. */
static bool tx_fits(const ringnic_t *rn, const uint8_t *data, size_t size)
{
	if (size < ETH_HEADER_LEN)
		return false;

	bool tagged = data[ETH_TYPE] == 0x81 && data[ETH_TYPE + 1] == 0x00;
	return size <= rn->tx_max + (tagged ? ETH_VLAN_LEN : 0);
}

/** Count a frame that could not be sent. */
static void count_error(ringnic_t *rn, errno_t rc)
{
	nic_send_error_cause_t cause = NIC_SEC_OTHER;

	if (rc == EIO)
		cause = NIC_SEC_ABORTED;
	else if (rc == EAGAIN || rc == EBUSY)
		cause = NIC_SEC_BUFFER_FULL;
	nic_report_send_error(rn->nic, cause, 1);
}

/** Send a frame. One that cannot be sent is counted, whatever the cause.
 *
 * @param wait Wait for room in the ring, for two seconds at most
 *
 * @return EOK if the device was given the frame
 */
errno_t ringnic_send(ringnic_t *rn, const void *data, size_t size, bool wait)
{
	fibril_mutex_lock(&rn->lock);
	errno_t rc = tx_fits(rn, data, size) ? tx_reserve(rn, wait) : EINVAL;
	if (rc == EOK) {
		size_t buf = ringnic_tx_take(rn, size);
		rc = rn->ops->tx_put(rn, buf, data, size);
		if (rc != EOK)
			ringnic_tx_give(rn, buf);
	}
	fibril_mutex_unlock(&rn->lock);

	if (rc != EOK)
		count_error(rn, rc);
	return rc;
}

/** @}
 */
