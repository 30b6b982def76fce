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
 * A life of the drivers, in which something is not as it should be
 *
 * Start, a device, a link, frames, offline and online, the device goes and
 * another comes, the end. Nothing may crash, hang, or be left.
 */

#ifndef MODEL_LIFE_H_
#define MODEL_LIFE_H_

#include <stdbool.h>
#include "rig.h"

/** Whether something went wrong, so that not all of a life can be expected */
extern bool (*life_is_hard)(void);

/** The back end may be left without a word, and keep its pages. */
extern bool life_may_leak;

/** Wait until something is so, which need not happen in a hard life. */
#define REACHED(cond) \
	({ \
		unsigned int polls_ = 0; \
		unsigned int hard_ = 0; \
		while (!(cond) && hard_ < LIFE_POLLS) { \
			test_poll(&polls_, __FILE__, __LINE__, #cond); \
			hard_ += life_is_hard(); \
		} \
		(bool) (cond); \
	})

/** Polls for what may not come, of 0.5 ms each */
#define LIFE_POLLS  150

extern void life_prepare(bool (*)(void));
extern void life_live(void);
extern void life_live_well(void);

/* random.c */
extern int fuzz_xen(const uint8_t *, size_t);

#endif
