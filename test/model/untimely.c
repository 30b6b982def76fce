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

/** @addtogroup test_model
 * @{
 */
/** @file Interrupts that come at any step of a driver
 */

#include <host/model.h>
#include <stdatomic.h>
#include <stddef.h>
#include <unistd.h>
#include "untimely.h"

/** Looks, of half a millisecond each, for a handler to be on its way: it never
 * will be if the driver has unsubscribed meanwhile.
 */
#define LOOKS_MAX	100

static _Atomic(untimely_raise_t) how;
static _Atomic(void *) what;
/** Steps between two of them, 0 for none; how long one is held */
static atomic_int gap;
static atomic_int hold;
/** Steps until the next one comes, and until the one that is held goes on */
static atomic_int left;
static atomic_int held;

void untimely_begin(untimely_raise_t fn, void *arg, int steps, int hold_steps)
{
	gap = 0;
	how = fn;
	what = arg;
	hold = hold_steps;
	left = steps;
	gap = steps;
}

void untimely_end(void)
{
	gap = 0;
	held = 0;
	host_irq_hold(false);
	host_irq_drain();
}

static void come(void)
{
	untimely_raise_t fn = how;
	int steps = hold;

	if (steps != 0)
		host_irq_hold(true);
	bool heard = fn(what);
	for (unsigned int i = 0; heard && steps != 0 && i < LOOKS_MAX &&
	    !host_irq_on_its_way(); i++)
		usleep(500);
	/* The kernel's part makes steps as well. */
	held = steps;
	left = gap;
}

void untimely_step(void)
{
	if (held > 0 && atomic_fetch_sub(&held, 1) == 1)
		host_irq_hold(false);
	if (gap > 0 && left > 0 && atomic_fetch_sub(&left, 1) == 1)
		come();
}

/** @}
 */
