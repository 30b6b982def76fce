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

/** @addtogroup host
 * @{
 */
/** @file Polling of network cards
 */

#include <errno.h>
#include "nic_private.h"

nic_poll_mode_t nic_query_poll_mode(nic_t *nic, struct timespec *period)
{
	if (period != NULL)
		*period = nic->poll_period;
	return nic->poll_mode;
}

errno_t nic_report_poll_mode(nic_t *nic, nic_poll_mode_t mode,
    struct timespec *period)
{
	if (mode == NIC_POLL_PERIODIC && period == NULL)
		return EINVAL;
	fibril_rwlock_write_lock(&nic->main_lock);
	nic->poll_mode = mode;
	nic->default_poll_mode = mode;
	if (mode == NIC_POLL_PERIODIC) {
		nic->poll_period = *period;
		nic->default_poll_period = *period;
	}
	fibril_rwlock_write_unlock(&nic->main_lock);
	return EOK;
}

/** Poll the card once a period while polling runs. */
static errno_t poll_fibril(void *arg)
{
	nic_t *nic = arg;

	fibril_mutex_lock(&nic->poll_lock);
	while (!nic->poll_end) {
		if (!nic->poll_running) {
			fibril_condvar_wait(&nic->poll_cv, &nic->poll_lock);
			continue;
		}
		fibril_mutex_unlock(&nic->poll_lock);

		fibril_rwlock_read_lock(&nic->main_lock);
		usec_t period = SEC2USEC(nic->poll_period.tv_sec) +
		    NSEC2USEC(nic->poll_period.tv_nsec);
		fibril_rwlock_read_unlock(&nic->main_lock);

		fibril_mutex_lock(&nic->poll_lock);
		if (nic->poll_running)
			(void) fibril_condvar_wait_timeout(&nic->poll_cv,
			    &nic->poll_lock, period > 0 ? period : 1);
		if (!nic->poll_running)
			continue;
		fibril_mutex_unlock(&nic->poll_lock);

		fibril_rwlock_read_lock(&nic->main_lock);
		fibril_mutex_lock(&nic->poll_lock);
		bool running = nic->poll_running;
		fibril_mutex_unlock(&nic->poll_lock);
		if (running)
			nic->on_poll_request(nic);
		fibril_rwlock_read_unlock(&nic->main_lock);

		fibril_mutex_lock(&nic->poll_lock);
	}
	nic->poll_fibril = false;
	fibril_condvar_broadcast(&nic->poll_cv);
	fibril_mutex_unlock(&nic->poll_lock);
	return EOK;
}

void nic_sw_period_start(nic_t *nic)
{
	fibril_mutex_lock(&nic->poll_lock);
	if (!nic->poll_fibril) {
		fid_t fibril = fibril_create(poll_fibril, nic);
		if (fibril != NULL) {
			nic->poll_fibril = true;
			fibril_start(fibril);
		}
	}
	nic->poll_running = true;
	fibril_condvar_broadcast(&nic->poll_cv);
	fibril_mutex_unlock(&nic->poll_lock);
}

void nic_sw_period_stop(nic_t *nic)
{
	fibril_mutex_lock(&nic->poll_lock);
	nic->poll_running = false;
	fibril_condvar_broadcast(&nic->poll_cv);
	fibril_mutex_unlock(&nic->poll_lock);
}

/** The card goes: wait for the polling fibril to end. */
void nic_end_polling(nic_t *nic)
{
	fibril_mutex_lock(&nic->poll_lock);
	nic->poll_end = true;
	nic->poll_running = false;
	fibril_condvar_broadcast(&nic->poll_cv);
	while (nic->poll_fibril)
		fibril_condvar_wait(&nic->poll_cv, &nic->poll_lock);
	fibril_mutex_unlock(&nic->poll_lock);
}

/** @}
 */
