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

/** @file
 * What the drivers ask for fails, at every step of a life
 *
 * The n-th step of a kind fails in a life, for every n until there is no such
 * step. A removal that failed is made to work by asking again; and the next
 * life, for which nothing fails, works.
 *
 * A test's row does every ROWS-th n, so that rows run side by side. Under
 * ThreadSanitizer, which finds nothing here that the other tests do not show
 * it, the first few steps of a row are enough (see run.sh).
 */

#include <stdio.h>
#include "life.h"

#define ROWS  8

/** A life has more steps of a kind, and fewer. */
#define STEPS_MIN  200
#define STEPS_MAX  5000

typedef struct {
	const char *name;
	unsigned int first;
} row_t;

static const row_t rows[ROWS] = {
	{ "steps 1, 9, 17 ...", 1 }, { "steps 2, 10, 18 ...", 2 },
	{ "steps 3, 11, 19 ...", 3 }, { "steps 4, 12, 20 ...", 4 },
	{ "steps 5, 13, 21 ...", 5 }, { "steps 6, 14, 22 ...", 6 },
	{ "steps 7, 15, 23 ...", 7 }, { "steps 8, 16, 24 ...", 8 }
};

/** Live a life for each step of a row, which fails.
 *
 * @param row  Steps
 * @param what What a step is, for the log
 * @param set  Sets the step that is to fail; 0 is none
 * @param hit  Whether it was reached
 */
static void live_with_faults(const row_t *row, const char *what,
    void (*set)(unsigned int), bool (*hit)(void))
{
	life_prepare(hit);
	/* What is made once in a task's life must not shift the steps. */
	life_live_well();
	for (unsigned int n = row->first;; n += ROWS) {
		EXPECT(n < STEPS_MAX);
		fprintf(stderr, "== %s %u\n", what, n);
		set(n);
		life_live();
		bool end = !hit();
		set(0);
		life_live_well();
		if (end) {
			EXPECT(n > STEPS_MIN);
			break;
		}
	}
}

TEST_ROWS(any_hypercall_of_a_life_fails, row_t, rows)
{
	live_with_faults(row, "hypercall", model_fail_hypercall,
	    model_hypercall_failed);
}

TEST_ROWS(anything_asked_for_in_a_life_fails, row_t, rows)
{
	live_with_faults(row, "request", fault_set, fault_hit);
}
