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
/** @file Random numbers that a seed repeats, or that a fuzzer chooses; for one
 * file of a program
 */

#ifndef TEST_MODEL_RND_H_
#define TEST_MODEL_RND_H_

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

static uint32_t rnd_state;
/** What a fuzzer gave and was not taken yet; NULL: there is none */
static const uint8_t *rnd_data;
static size_t rnd_left;

/** From now on the numbers are these; when they have ended, 0. */
static inline void rnd_feed(const uint8_t *data, size_t size)
{
	rnd_data = data;
	rnd_left = size;
}

/** Has the fuzzer nothing more to say? */
static inline bool rnd_ended(void)
{
	return rnd_data != NULL && rnd_left == 0;
}

/** A number below another, of no more bytes than it needs */
static inline uint32_t rnd_fed(uint32_t below)
{
	uint32_t n = 0;

	for (uint32_t top = below - 1; top > 0 && rnd_left > 0; top >>= 8) {
		n = n << 8 | *rnd_data++;
		rnd_left--;
	}
	return n % below;
}

/** A number below another (xorshift) */
static inline uint32_t rnd(uint32_t below)
{
	if (rnd_data != NULL)
		return rnd_fed(below);
	rnd_state ^= rnd_state << 13;
	rnd_state ^= rnd_state >> 17;
	rnd_state ^= rnd_state << 5;
	return rnd_state % below;
}

/** Begin anew; a seed of 0 gives nothing but 0. */
static inline void rnd_seed(uint32_t seed)
{
	rnd_data = NULL;
	rnd_left = 0;
	rnd_state = seed;
	/* The first ones of small seeds are alike */
	for (unsigned int i = 0; i < 16; i++)
		(void) rnd(2);
}

static inline bool chance(uint32_t one_in)
{
	return rnd(one_in) == 0;
}

#endif

/** @}
 */
