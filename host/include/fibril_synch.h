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
/** @file Synchronisation of fibrils
 */

#ifndef HOST_FIBRIL_SYNCH_H_
#define HOST_FIBRIL_SYNCH_H_

#include <adt/list.h>
#include <errno.h>
#include <fibril.h>
#include <pthread.h>
#include <stdbool.h>
#include <time.h>

/** Mutex; unlocking one that the fibril does not hold ends the program */
typedef struct {
	pthread_mutex_t m;
} fibril_mutex_t;

typedef struct {
	pthread_rwlock_t l;
} fibril_rwlock_t;

typedef struct {
	pthread_cond_t c;
	/** Times that somebody was told; atomic */
	unsigned int told;
} fibril_condvar_t;

typedef struct {
	fibril_mutex_t lock;
	fibril_condvar_t cv;
	long count;
	bool closed;
} fibril_semaphore_t;

#define FIBRIL_MUTEX_INITIALIZER(name) \
	{ .m = PTHREAD_ERRORCHECK_MUTEX_INITIALIZER_NP }
#define FIBRIL_RWLOCK_INITIALIZER(name) \
	{ .l = PTHREAD_RWLOCK_INITIALIZER }
#define FIBRIL_CONDVAR_INITIALIZER(name) \
	{ .c = PTHREAD_COND_INITIALIZER, .told = 0 }
#define FIBRIL_SEMAPHORE_INITIALIZER(name, cnt) \
	{ .lock = FIBRIL_MUTEX_INITIALIZER(lock), \
	    .cv = FIBRIL_CONDVAR_INITIALIZER(cv), .count = (cnt) }

#define FIBRIL_MUTEX_INITIALIZE(name) \
	fibril_mutex_t name = FIBRIL_MUTEX_INITIALIZER(name)
#define FIBRIL_RWLOCK_INITIALIZE(name) \
	fibril_rwlock_t name = FIBRIL_RWLOCK_INITIALIZER(name)
#define FIBRIL_CONDVAR_INITIALIZE(name) \
	fibril_condvar_t name = FIBRIL_CONDVAR_INITIALIZER(name)
#define FIBRIL_SEMAPHORE_INITIALIZE(name, cnt) \
	fibril_semaphore_t name = FIBRIL_SEMAPHORE_INITIALIZER(name, cnt)

typedef void (*fibril_timer_fun_t)(void *);

typedef enum {
	/** Never set, or cleared */
	fts_not_set,
	/** Set, did not fire yet */
	fts_active,
	/** Fired and not cleared since */
	fts_fired,
	/** The timer's fibril is to end */
	fts_cleanup,
	/** The timer's fibril has ended */
	fts_clean
} fibril_timer_state_t;

typedef struct {
	fibril_mutex_t lock;
	/** Guards the fields below: the creator's mutex, or lock */
	fibril_mutex_t *lockp;
	fibril_condvar_t cv;
	fid_t fibril;
	fibril_timer_state_t state;
	/** Fibril that runs the handler, NULL if none does */
	fid_t handler_fid;
	/** When to fire, by getuptime() */
	struct timespec when;
	fibril_timer_fun_t fun;
	void *arg;
} fibril_timer_t;

extern void fibril_mutex_initialize(fibril_mutex_t *);
extern void fibril_mutex_lock(fibril_mutex_t *);
extern bool fibril_mutex_trylock(fibril_mutex_t *);
extern void fibril_mutex_unlock(fibril_mutex_t *);
extern bool fibril_mutex_is_locked(fibril_mutex_t *);

extern void fibril_rwlock_initialize(fibril_rwlock_t *);
extern void fibril_rwlock_read_lock(fibril_rwlock_t *);
extern void fibril_rwlock_write_lock(fibril_rwlock_t *);
extern void fibril_rwlock_read_unlock(fibril_rwlock_t *);
extern void fibril_rwlock_write_unlock(fibril_rwlock_t *);
extern bool fibril_rwlock_is_read_locked(fibril_rwlock_t *);
extern bool fibril_rwlock_is_write_locked(fibril_rwlock_t *);
extern bool fibril_rwlock_is_locked(fibril_rwlock_t *);

extern void fibril_condvar_initialize(fibril_condvar_t *);
extern errno_t fibril_condvar_wait_timeout(fibril_condvar_t *,
    fibril_mutex_t *, usec_t);
extern void fibril_condvar_wait(fibril_condvar_t *, fibril_mutex_t *);
extern void fibril_condvar_signal(fibril_condvar_t *);
extern void fibril_condvar_broadcast(fibril_condvar_t *);

extern fibril_timer_t *fibril_timer_create(fibril_mutex_t *);
extern void fibril_timer_destroy(fibril_timer_t *);
extern void fibril_timer_set(fibril_timer_t *, usec_t, fibril_timer_fun_t,
    void *);
extern void fibril_timer_set_locked(fibril_timer_t *, usec_t,
    fibril_timer_fun_t, void *);
extern fibril_timer_state_t fibril_timer_clear(fibril_timer_t *);
extern fibril_timer_state_t fibril_timer_clear_locked(fibril_timer_t *);

extern void fibril_semaphore_initialize(fibril_semaphore_t *, long);
extern void fibril_semaphore_up(fibril_semaphore_t *);
extern void fibril_semaphore_down(fibril_semaphore_t *);
extern errno_t fibril_semaphore_down_timeout(fibril_semaphore_t *, usec_t);
extern void fibril_semaphore_close(fibril_semaphore_t *);

#endif

/** @}
 */
