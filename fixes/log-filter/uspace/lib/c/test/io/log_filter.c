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

#include <pcut/pcut.h>
#include "../../generic/private/log_filter.h"

PCUT_INIT;

PCUT_TEST_SUITE(log_filter);

/** Nothing is known before the logger was asked, at whatever time */
PCUT_TEST(nothing_is_known_at_first)
{
	PCUT_ASSERT_FALSE(log_known_fresh(0, 0));
	PCUT_ASSERT_FALSE(log_known_fresh(0, 1));
	PCUT_ASSERT_FALSE(log_known_fresh(0, 0x10000000));
}

/** The level is kept, the highest and the lowest, too */
PCUT_TEST(messages_up_to_the_level_pass)
{
	for (unsigned logged = 0; logged < LVL_LIMIT; logged++) {
		log_known_t known = log_known_make(logged, 1000);

		for (unsigned level = 0; level < LVL_LIMIT; level++) {
			PCUT_ASSERT_INT_EQUALS(level <= logged,
			    log_known_passes(known, level));
		}
	}
}

/** What was said goes bad in less than a second */
PCUT_TEST(what_is_known_gets_old)
{
	log_known_t known = log_known_make(LVL_NOTE, 1000);

	PCUT_ASSERT_TRUE(log_known_fresh(known, 1000));
	PCUT_ASSERT_TRUE(log_known_fresh(known, 1001));
	PCUT_ASSERT_FALSE(log_known_fresh(known, 1000 + log_known_hz));
	PCUT_ASSERT_FALSE(log_known_fresh(known, 1000000));
	/* asked in the last moment of unit 1000: still less than a second */
	PCUT_ASSERT_TRUE(log_known_max_age < log_known_hz);
}

/** The level does not touch the time, nor the time the level */
PCUT_TEST(time_and_level_are_kept_apart)
{
	log_known_t known = log_known_make(LVL_LIMIT - 1, 0xffffffff);

	PCUT_ASSERT_TRUE(log_known_fresh(known, 0xffffffff));
	PCUT_ASSERT_TRUE(log_known_passes(known, LVL_LIMIT - 1));
	PCUT_ASSERT_FALSE(log_known_fresh(known, 0xfffffffe));

	known = log_known_make(LVL_FATAL, 0);
	PCUT_ASSERT_TRUE(log_known_fresh(known, 0));
	PCUT_ASSERT_FALSE(log_known_passes(known, LVL_FATAL + 1));
}

/** When the time comes round, it goes on */
PCUT_TEST(time_may_come_round)
{
	log_known_t known = log_known_make(LVL_NOTE, 0x0fffffff);

	PCUT_ASSERT_TRUE(log_known_fresh(known, 0x10000000));
	PCUT_ASSERT_TRUE(log_known_fresh(known, 0));
	PCUT_ASSERT_FALSE(log_known_fresh(known, log_known_max_age));
	/* a clock that went back is no reason to believe it */
	PCUT_ASSERT_FALSE(log_known_fresh(log_known_make(LVL_NOTE, 10), 9));
}

PCUT_EXPORT(log_filter);
