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

/** @addtogroup hosttest
 * @{
 */
/** @file Fibrils, condition variables and timers
 */

#include <errno.h>
#include <fibril_synch.h>
#include <pcut/pcut.h>

PCUT_INIT;

PCUT_TEST_SUITE(fibrils);

static fibril_semaphore_t sem;

static void up(void *arg)
{
	fibril_semaphore_up(&sem);
}

PCUT_TEST(a_wait_with_a_limit_ends)
{
	FIBRIL_MUTEX_INITIALIZE(lock);
	FIBRIL_CONDVAR_INITIALIZE(cv);

	fibril_mutex_lock(&lock);
	PCUT_ASSERT_ERRNO_VAL(ETIMEOUT, fibril_condvar_wait_timeout(&cv, &lock,
	    1000));
	PCUT_ASSERT_ERRNO_VAL(ETIMEOUT, fibril_condvar_wait_timeout(&cv, &lock,
	    -1));
	fibril_mutex_unlock(&lock);
}

PCUT_TEST(a_timer_fires_once)
{
	fibril_semaphore_initialize(&sem, 0);
	fibril_timer_t *timer = fibril_timer_create(NULL);
	PCUT_ASSERT_NOT_NULL(timer);
	fibril_timer_set(timer, 1000, up, NULL);
	fibril_semaphore_down(&sem);
	PCUT_ASSERT_INT_EQUALS(fts_fired, fibril_timer_clear(timer));
	fibril_timer_set(timer, 3600 * 1000000ll, up, NULL);
	PCUT_ASSERT_INT_EQUALS(fts_active, fibril_timer_clear(timer));
	fibril_timer_destroy(timer);
}

PCUT_TEST(a_closed_semaphore_holds_nobody)
{
	fibril_semaphore_initialize(&sem, 0);
	PCUT_ASSERT_ERRNO_VAL(ETIMEOUT, fibril_semaphore_down_timeout(&sem,
	    1000));
	fibril_semaphore_close(&sem);
	fibril_semaphore_down(&sem);
}

PCUT_EXPORT(fibrils);

/** @}
 */
