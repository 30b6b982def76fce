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
/** @file What the lives with a mad device have in common; for one file of
 * a program
 */

#ifndef TEST_MODEL_MAD_H_
#define TEST_MODEL_MAD_H_

#include "rnd.h"
#include "untimely.h"
#include "vm.h"

/** Seconds become milliseconds: nobody waits for a device that is mad. */
#define MAD_SPEED	1000

/** A life */
typedef struct {
	const char *name;
	uint32_t seed;
} seed_t;

#define SEED(n)	{ "seed " #n, n }

/** What a device of any type may be like, by number */
#define MAD_MOODS	6

/** The device begins or ends to be so. Its lock is held. */
static inline void mad_change_mood(vm_t *vm, unsigned int mood)
{
	switch (mood) {
	case 0:
		vm->lie.mute = chance(2);
		break;
	case 1:
		vm->lie.deaf = chance(2);
		break;
	case 2:
		vm->lie.generation_runs = chance(2);
		break;
	case 3:
		vm->lie.refuse_features = chance(3);
		break;
	case 4:
		vm->lie.queue_size = chance(3) ? rnd(0x10000) : 0;
		break;
	default:
		vm->cfg.reset_polls = rnd(20);
		break;
	}
}

/** From now on there are interrupts at any step, or not. */
static inline void mad_interrupt(vm_t *vm)
{
	untimely_begin(vm_interrupt_idly, vm, chance(2) ? rnd(8) : 0, 0);
}

/** The same, with handlers that are late */
static inline void mad_interrupt_late(vm_t *vm)
{
	untimely_begin(vm_interrupt_idly, vm, rnd(16),
	    chance(2) ? UNTIMELY_LAST : (int) rnd(16));
}

#endif

/** @}
 */
