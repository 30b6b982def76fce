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

/** @addtogroup libc
 * @{
 */
/** @file What a client of the logger knows of the levels of its logs.
 */

#ifndef _LIBC_PRIVATE_LOG_FILTER_H_
#define _LIBC_PRIVATE_LOG_FILTER_H_

#include <async.h>
#include <io/log.h>
#include <stdbool.h>
#include <stdint.h>

/** The level of a log and when the logger said it, in one word that can be
 * read and written without a lock: bits 0 to 3 are the level plus one, so that
 * zero means that nothing is known; the others count the time.
 */
typedef uint32_t log_known_t;

enum {
	log_known_level_bits = 4,
	log_known_level_mask = (1 << log_known_level_bits) - 1,
	/** Units of time in a second */
	log_known_hz = 4,
	/** How many units old what is known may be. Counted from the unit in
	 * which the logger was asked, so this is less than a second.
	 */
	log_known_max_age = 2
};

/** Put a level and the time together.
 *
 * @param level Level that the logger said
 * @param now   Time before it was asked, in 1/log_known_hz seconds
 */
static inline log_known_t log_known_make(unsigned level, uint32_t now)
{
	return now << log_known_level_bits |
	    ((level + 1) & log_known_level_mask);
}

/** Can a decision be based on what is known?
 *
 * The time is cut to 28 bits, which come round after two years.
 *
 * @param now Present time, in 1/log_known_hz seconds
 */
static inline bool log_known_fresh(log_known_t known, uint32_t now)
{
	uint32_t age = (now << log_known_level_bits) -
	    (known & ~(uint32_t) log_known_level_mask);

	return (known & log_known_level_mask) != 0 &&
	    age >> log_known_level_bits <= log_known_max_age;
}

/** Is a message of this level logged, as far as is known? */
static inline bool log_known_passes(log_known_t known, unsigned level)
{
	return level + 1 <= (known & log_known_level_mask);
}

extern bool log_filter_passes(async_sess_t *, log_t, log_level_t);

#endif

/** @}
 */
