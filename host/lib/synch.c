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
/** @file Locks, condition variables, timers
 */

#include <errno.h>
#include <fibril_synch.h>
#include <host/violation.h>
#include <stdlib.h>
#include <str_error.h>
#include <time.h>
#include "private.h"

static void must(int rc, const char *what)
{
	if (rc != 0)
		host_violation("%s: %s", what, str_error(rc));
}

void fibril_mutex_initialize(fibril_mutex_t *mutex)
{
	*mutex = (fibril_mutex_t) FIBRIL_MUTEX_INITIALIZER(*mutex);
}

void fibril_mutex_lock(fibril_mutex_t *mutex)
{
	must(pthread_mutex_lock(&mutex->m), "fibril_mutex_lock");
}

bool fibril_mutex_trylock(fibril_mutex_t *mutex)
{
	return pthread_mutex_trylock(&mutex->m) == 0;
}

void fibril_mutex_unlock(fibril_mutex_t *mutex)
{
	must(pthread_mutex_unlock(&mutex->m), "fibril_mutex_unlock");
}

bool fibril_mutex_is_locked(fibril_mutex_t *mutex)
{
	if (pthread_mutex_trylock(&mutex->m) != 0)
		return true;
	pthread_mutex_unlock(&mutex->m);
	return false;
}

void fibril_rwlock_initialize(fibril_rwlock_t *lock)
{
	must(pthread_rwlock_init(&lock->l, NULL), "fibril_rwlock_initialize");
}

void fibril_rwlock_read_lock(fibril_rwlock_t *lock)
{
	must(pthread_rwlock_rdlock(&lock->l), "fibril_rwlock_read_lock");
}

void fibril_rwlock_write_lock(fibril_rwlock_t *lock)
{
	must(pthread_rwlock_wrlock(&lock->l), "fibril_rwlock_write_lock");
}

void fibril_rwlock_read_unlock(fibril_rwlock_t *lock)
{
	must(pthread_rwlock_unlock(&lock->l), "fibril_rwlock_read_unlock");
}

void fibril_rwlock_write_unlock(fibril_rwlock_t *lock)
{
	must(pthread_rwlock_unlock(&lock->l), "fibril_rwlock_write_unlock");
}

bool fibril_rwlock_is_write_locked(fibril_rwlock_t *lock)
{
	if (pthread_rwlock_tryrdlock(&lock->l) != 0)
		return true;
	pthread_rwlock_unlock(&lock->l);
	return false;
}

bool fibril_rwlock_is_locked(fibril_rwlock_t *lock)
{
	if (pthread_rwlock_trywrlock(&lock->l) != 0)
		return true;
	pthread_rwlock_unlock(&lock->l);
	return false;
}

bool fibril_rwlock_is_read_locked(fibril_rwlock_t *lock)
{
	return fibril_rwlock_is_locked(lock) &&
	    !fibril_rwlock_is_write_locked(lock);
}

void fibril_condvar_initialize(fibril_condvar_t *cv)
{
	*cv = (fibril_condvar_t) FIBRIL_CONDVAR_INITIALIZER(*cv);
}

void fibril_condvar_wait(fibril_condvar_t *cv, fibril_mutex_t *mutex)
{
	must(pthread_cond_wait(&cv->c, &mutex->m), "fibril_condvar_wait");
}

static errno_t wait_until(fibril_condvar_t *cv, fibril_mutex_t *mutex,
    const struct timespec *when)
{
	unsigned int told = __atomic_load_n(&cv->told, __ATOMIC_SEQ_CST);
	struct timespec real;

	/* A time-out of the machine's clock is none of the fibrils' if that
	 * stands. Who was told between it and the next wait was told. */
	do {
		host_uptime_to_real(when, &real);
		int rc = pthread_cond_clockwait(&cv->c, &mutex->m,
		    CLOCK_MONOTONIC, &real);
		if (rc != ETIMEDOUT) {
			must(rc, "fibril_condvar_wait_timeout");
			return EOK;
		}
		if (host_uptime_is_past(when))
			return ETIMEOUT;
	} while (told == __atomic_load_n(&cv->told, __ATOMIC_SEQ_CST));
	return EOK;
}

/** As in HelenOS, 0 means no limit and less than 0 means not to wait. */
errno_t fibril_condvar_wait_timeout(fibril_condvar_t *cv,
    fibril_mutex_t *mutex, usec_t timeout)
{
	struct timespec when;

	if (timeout < 0)
		return ETIMEOUT;
	if (timeout == 0) {
		fibril_condvar_wait(cv, mutex);
		return EOK;
	}
	getuptime(&when);
	ts_add_diff(&when, USEC2NSEC(timeout));
	return wait_until(cv, mutex, &when);
}

void fibril_condvar_signal(fibril_condvar_t *cv)
{
	__atomic_add_fetch(&cv->told, 1, __ATOMIC_SEQ_CST);
	pthread_cond_signal(&cv->c);
}

void fibril_condvar_broadcast(fibril_condvar_t *cv)
{
	__atomic_add_fetch(&cv->told, 1, __ATOMIC_SEQ_CST);
	pthread_cond_broadcast(&cv->c);
}

void fibril_semaphore_initialize(fibril_semaphore_t *sem, long count)
{
	*sem = (fibril_semaphore_t) FIBRIL_SEMAPHORE_INITIALIZER(*sem, count);
}

void fibril_semaphore_up(fibril_semaphore_t *sem)
{
	fibril_mutex_lock(&sem->lock);
	if (!sem->closed)
		sem->count++;
	fibril_condvar_signal(&sem->cv);
	fibril_mutex_unlock(&sem->lock);
}

errno_t fibril_semaphore_down_timeout(fibril_semaphore_t *sem, usec_t timeout)
{
	struct timespec when;
	errno_t rc = EOK;

	if (timeout < 0)
		return ETIMEOUT;
	getuptime(&when);
	ts_add_diff(&when, USEC2NSEC(timeout));

	fibril_mutex_lock(&sem->lock);
	while (sem->count == 0 && !sem->closed && rc == EOK) {
		if (timeout == 0)
			fibril_condvar_wait(&sem->cv, &sem->lock);
		else
			rc = wait_until(&sem->cv, &sem->lock, &when);
	}
	if (sem->count > 0) {
		sem->count--;
		rc = EOK;
	}
	fibril_mutex_unlock(&sem->lock);
	return rc;
}

void fibril_semaphore_down(fibril_semaphore_t *sem)
{
	(void) fibril_semaphore_down_timeout(sem, 0);
}

void fibril_semaphore_close(fibril_semaphore_t *sem)
{
	fibril_mutex_lock(&sem->lock);
	sem->closed = true;
	fibril_condvar_broadcast(&sem->cv);
	fibril_mutex_unlock(&sem->lock);
}

static errno_t timer_fibril(void *arg)
{
	fibril_timer_t *timer = arg;

	fibril_mutex_lock(timer->lockp);
	while (timer->state != fts_cleanup) {
		if (timer->state != fts_active) {
			fibril_condvar_wait(&timer->cv, timer->lockp);
			continue;
		}

		struct timespec now;
		getuptime(&now);
		if (ts_gt(&timer->when, &now)) {
			struct timespec when = timer->when;
			(void) wait_until(&timer->cv, timer->lockp, &when);
			continue;
		}

		fibril_timer_fun_t fun = timer->fun;
		void *fun_arg = timer->arg;
		timer->state = fts_fired;
		timer->handler_fid = fibril_get_id();
		fibril_mutex_unlock(timer->lockp);
		fun(fun_arg);
		fibril_mutex_lock(timer->lockp);
		timer->handler_fid = NULL;
		fibril_condvar_broadcast(&timer->cv);
	}
	timer->state = fts_clean;
	fibril_condvar_broadcast(&timer->cv);
	fibril_mutex_unlock(timer->lockp);
	return EOK;
}

fibril_timer_t *fibril_timer_create(fibril_mutex_t *lock)
{
	fibril_timer_t *timer = calloc(1, sizeof(fibril_timer_t));
	if (timer == NULL)
		return NULL;
	fibril_mutex_initialize(&timer->lock);
	fibril_condvar_initialize(&timer->cv);
	timer->lockp = lock != NULL ? lock : &timer->lock;
	timer->state = fts_not_set;
	timer->fibril = fibril_create(timer_fibril, timer);
	if (timer->fibril == NULL) {
		free(timer);
		return NULL;
	}
	fibril_start(timer->fibril);
	return timer;
}

void fibril_timer_destroy(fibril_timer_t *timer)
{
	fibril_mutex_lock(timer->lockp);
	if (timer->state == fts_active)
		host_violation("a timer that is set is destroyed");
	if (timer->handler_fid == fibril_get_id())
		host_violation("a timer is destroyed by its own handler");
	timer->state = fts_cleanup;
	fibril_condvar_broadcast(&timer->cv);
	while (timer->state != fts_clean)
		fibril_condvar_wait(&timer->cv, timer->lockp);
	fibril_mutex_unlock(timer->lockp);
	free(timer);
}

void fibril_timer_set_locked(fibril_timer_t *timer, usec_t delay,
    fibril_timer_fun_t fun, void *arg)
{
	if (timer->state != fts_not_set && timer->state != fts_fired)
		host_violation("a timer that is set is set again");
	getuptime(&timer->when);
	ts_add_diff(&timer->when, USEC2NSEC(delay));
	timer->fun = fun;
	timer->arg = arg;
	timer->state = fts_active;
	fibril_condvar_broadcast(&timer->cv);
}

void fibril_timer_set(fibril_timer_t *timer, usec_t delay,
    fibril_timer_fun_t fun, void *arg)
{
	fibril_mutex_lock(timer->lockp);
	fibril_timer_set_locked(timer, delay, fun, arg);
	fibril_mutex_unlock(timer->lockp);
}

/** Waits for the handler if it runs, and lets go of the lock meanwhile. */
fibril_timer_state_t fibril_timer_clear_locked(fibril_timer_t *timer)
{
	while (timer->handler_fid != NULL) {
		if (timer->handler_fid == fibril_get_id())
			host_violation("a timer is cleared by its own handler");
		fibril_condvar_wait(&timer->cv, timer->lockp);
	}

	fibril_timer_state_t state = timer->state;
	timer->state = fts_not_set;
	fibril_condvar_broadcast(&timer->cv);
	return state;
}

fibril_timer_state_t fibril_timer_clear(fibril_timer_t *timer)
{
	fibril_mutex_lock(timer->lockp);
	fibril_timer_state_t state = fibril_timer_clear_locked(timer);
	fibril_mutex_unlock(timer->lockp);
	return state;
}

/** @}
 */
