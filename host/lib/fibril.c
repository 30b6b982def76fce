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
/** @file Fibrils are threads
 */

#include <errno.h>
#include <fibril.h>
#include <host/violation.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <time.h>
#include "private.h"

struct fibril {
	errno_t (*func)(void *);
	void *arg;
};

/** The fibril that runs; main() and foreign threads get one when they ask */
static __thread fibril_t *self;
static __thread fibril_t foreign;

fid_t fibril_create_generic(errno_t (*func)(void *), void *arg, size_t stack)
{
	(void) stack;
	if (host_hooks->fibril_before_create != NULL &&
	    !host_hooks->fibril_before_create(host_hooks->arg))
		return NULL;

	fibril_t *fibril = calloc(1, sizeof(fibril_t));
	if (fibril == NULL)
		return NULL;
	fibril->func = func;
	fibril->arg = arg;
	return fibril;
}

fid_t fibril_create(errno_t (*func)(void *), void *arg)
{
	return fibril_create_generic(func, arg, 0);
}

/** Only for a fibril that was not started */
void fibril_destroy(fid_t fibril)
{
	free(fibril);
}

static void *fibril_main(void *arg)
{
	self = arg;
	self->func(self->arg);
	free(self);
	return NULL;
}

void fibril_start(fid_t fibril)
{
	pthread_attr_t attr;
	pthread_t thread;

	pthread_attr_init(&attr);
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	if (pthread_create(&thread, &attr, fibril_main, fibril) != 0)
		host_violation("cannot start a thread for a fibril");
	pthread_attr_destroy(&attr);
}

void fibril_add_ready(fid_t fibril)
{
	fibril_start(fibril);
}

/** Nobody can wait for a fibril, so each is detached already. */
void fibril_detach(fid_t fibril)
{
	(void) fibril;
}

fid_t fibril_get_id(void)
{
	return self != NULL ? self : &foreign;
}

void fibril_yield(void)
{
	sched_yield();
}

void fibril_usleep(usec_t usec)
{
	struct timespec when;
	struct timespec real;

	if (usec <= 0) {
		sched_yield();
		return;
	}
	getuptime(&when);
	ts_add_diff(&when, USEC2NSEC(usec));
	while (!host_uptime_is_past(&when)) {
		host_uptime_to_real(&when, &real);
		(void) clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &real,
		    NULL);
	}
}

void fibril_sleep(sec_t sec)
{
	fibril_usleep(SEC2USEC(sec));
}

void fibril_enable_multithreaded(void)
{
}

void fibril_exit(long rc)
{
	(void) rc;
	free(self);
	pthread_exit(NULL);
}

/** @}
 */
