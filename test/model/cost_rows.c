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
/** @file Frames one way, so many of a size: what one costs is counted from
 * outside, see test/cost
 */

#include <host/model.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "cost_rows.h"

/** Frames of a row; whole batches */
#define FRAMES		768

typedef struct {
	const char *name;
	void (*move)(const cost_card_t *, unsigned int, size_t);
} way_t;

static void send_all(const cost_card_t *card, unsigned int count, size_t size)
{
	for (unsigned int i = 0; i < count; i++)
		card->send(size);
}

static void receive_in_batches(const cost_card_t *card, unsigned int count,
    size_t size)
{
	for (unsigned int i = 0; i < count; i += card->batch)
		card->receive(card->batch, size);
}

static void receive_alone(const cost_card_t *card, unsigned int count,
    size_t size)
{
	for (unsigned int i = 0; i < count; i++)
		card->receive(1, size);
}

static const way_t ways[] = {
	{ "sent", send_all },
	{ "received in batches", receive_in_batches },
	{ "received alone", receive_alone }
};

/** A row ends. valgrind is told to write down, when this is called, what it
 * has counted since the last call.
 */
__attribute__((noinline)) void cost_mark(const char *card, const char *way,
    size_t size, unsigned int frames)
{
	const char *path = getenv("MODEL_COST");
	FILE *f = path == NULL ? NULL : fopen(path, "a");

	if (f == NULL)
		return;
	fprintf(f, "%d,%s,%s,%zu,%u\n", getpid(), card, way, size, frames);
	fclose(f);
}

/** Frames each way, of each size, a row each. The drivers' clock stands: what
 * they do once a second is no frame's cost.
 */
void cost_rows(const cost_card_t *card, const size_t *sizes, size_t count)
{
	host_time_set_speed(0);
	for (size_t w = 0; w < sizeof(ways) / sizeof(ways[0]); w++) {
		/* What happens once; who waits for a frame lets others end
		 * what they do. */
		ways[w].move(card, card->batch, sizes[0]);
		receive_alone(card, card->batch, sizes[0]);
		cost_mark("", "", 0, 0);
		for (size_t s = 0; s < count; s++) {
			ways[w].move(card, FRAMES, sizes[s]);
			cost_mark(card->name, ways[w].name, sizes[s], FRAMES);
		}
	}
	host_time_set_speed(1);
}

/** @}
 */
