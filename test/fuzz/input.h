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

/** @addtogroup test
 * @{
 */
/** @file What the fuzzer gives, taken a piece at a time
 *
 * A target is a machine: it takes a byte as its next step and what the step
 * needs from what follows. When the input has ended, everything reads as zero.
 */

#ifndef TEST_FUZZ_INPUT_H_
#define TEST_FUZZ_INPUT_H_

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/** Says what does not hold, and where, by a crash that the fuzzer keeps. */
#define HOLD(cond) \
	do { \
		if (!(cond)) \
			abort(); \
	} while (0)

typedef struct {
	const uint8_t *data;
	size_t left;
} input_t;

static inline bool input_ended(const input_t *in)
{
	return in->left == 0;
}

/** Take bytes; zeros stand for those that are not there. */
static inline void input_take(input_t *in, void *dest, size_t size)
{
	size_t n = size < in->left ? size : in->left;

	memset(dest, 0, size);
	if (n > 0)
		memcpy(dest, in->data, n);
	in->data += n;
	in->left -= n;
}

static inline uint8_t input_u8(input_t *in)
{
	uint8_t val;

	input_take(in, &val, sizeof(val));
	return val;
}

static inline uint16_t input_u16(input_t *in)
{
	uint16_t val;

	input_take(in, &val, sizeof(val));
	return val;
}

static inline uint32_t input_u32(input_t *in)
{
	uint32_t val;

	input_take(in, &val, sizeof(val));
	return val;
}

extern int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

#endif

/** @}
 */
