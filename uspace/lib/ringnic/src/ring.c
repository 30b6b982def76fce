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
 * @brief Rings come and go, and something happens in them
 *
 * The order: ringnic_up(); any number of events; ringnic_down(), after which
 * no operation of the rings is called any more; ringnic_abort() once the device
 * has let go of them; then they may be freed.
 */

#include <ddf/log.h>
#include "../private/ringnic.h"

/** Give the worker something to do. Locked.
 *
 * @param events Bits, or 0 if only its sleep has to be measured anew
 */
void ringnic_post(ringnic_t *rn, unsigned int events)
{
	rn->events |= events;
	fibril_condvar_broadcast(&rn->worker_cv);
}

/** Something has happened in the rings. Locked, the phase is RINGNIC_UP.
 *
 * @param rx There is something in the receive ring, or may be
 */
void ringnic_event(ringnic_t *rn, bool rx)
{
	ringnic_tx_reclaim(rn);
	if (rx && rn->poll_mode == NIC_POLL_IMMEDIATE)
		ringnic_post(rn, RINGNIC_EV_RECEIVE);
}

/** The rings are new and empty, and may be used from now on. Locked.
 *
 * @param tx_count Transmit buffers, not more than RINGNIC_TX_MAX
 */
void ringnic_up(ringnic_t *rn, size_t tx_count)
{
	ringnic_tx_init(rn, tx_count);
	if (rn->phase == RINGNIC_DOWN)
		rn->phase = RINGNIC_UP;
	/* Frames may be there before the wish for an event */
	if (rn->poll_mode == NIC_POLL_IMMEDIATE)
		ringnic_post(rn, RINGNIC_EV_RECEIVE);
}

/** The rings are used no more. Locked.
 *
 * @param phase The new phase; one that is gone stays gone
 */
void ringnic_down(ringnic_t *rn, ringnic_phase_t phase)
{
	if (rn->phase != RINGNIC_GONE)
		rn->phase = phase;
	fibril_condvar_broadcast(&rn->tx_cv);
}

/** The device has let go of the rings: what it has not sent is lost. Locked.
 */
void ringnic_abort(ringnic_t *rn)
{
	ringnic_tx_reclaim(rn);

	size_t lost = ringnic_tx_lost(rn);
	if (lost > 0)
		nic_report_send_error(rn->nic, NIC_SEC_ABORTED, lost);
	ringnic_tx_init(rn, 0);
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

/** @}
 */
