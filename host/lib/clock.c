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
/** @file The clock of fibrils, which a test may make run faster
 */

#include <fibril_synch.h>
#include <time.h>
#include "private.h"

/** How often who waits looks whether a standing clock goes again, in ns */
#define STANDING_LOOK	10000000

/** Guards what follows */
static pthread_mutex_t clock_lock = PTHREAD_MUTEX_INITIALIZER;
static nsec_t speed = 1;
/** A moment of the machine's clock, and of the fibrils' */
static struct timespec base_real;
static struct timespec base_up;

static void uptime_of(const struct timespec *real, struct timespec *up)
{
	*up = base_up;
	ts_add_diff(up, ts_sub_diff(real, &base_real) * speed);
}

void getuptime(struct timespec *ts)
{
	struct timespec now;

	pthread_mutex_lock(&clock_lock);
	clock_gettime(CLOCK_MONOTONIC, &now);
	uptime_of(&now, ts);
	pthread_mutex_unlock(&clock_lock);
}

/** From a moment of getuptime() to one of CLOCK_MONOTONIC, not too early
 *
 * While the clock stands, to one that is good for another look; see
 * host_uptime_is_past().
 */
void host_uptime_to_real(const struct timespec *up, struct timespec *real)
{
	pthread_mutex_lock(&clock_lock);
	if (speed > 0) {
		*real = base_real;
		ts_add_diff(real, (ts_sub_diff(up, &base_up) + speed - 1) /
		    speed);
	} else {
		clock_gettime(CLOCK_MONOTONIC, real);
		ts_add_diff(real, STANDING_LOOK);
	}
	pthread_mutex_unlock(&clock_lock);
}

bool host_uptime_is_past(const struct timespec *up)
{
	struct timespec now;

	getuptime(&now);
	return ts_gteq(&now, up);
}

void host_time_set_speed(unsigned int factor)
{
	struct timespec now;
	struct timespec up;

	pthread_mutex_lock(&clock_lock);
	clock_gettime(CLOCK_MONOTONIC, &now);
	uptime_of(&now, &up);
	base_real = now;
	base_up = up;
	speed = factor;
	pthread_mutex_unlock(&clock_lock);
}

/** @}
 */
