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
/** @file Tests: each runs in a process of its own
 *
 *   TEST(a_sentence_about_behaviour) { ... EXPECT(...); ... }
 *
 *   static const row_t rows[] = { { "when so", ... }, ... };
 *   TEST_ROWS(a_sentence, row_t, rows) { ... row->... }
 *
 * A row's first member is its name. A test ends at the first expectation that
 * is not met, at a violation, at a sanitizer's report, or when it takes too
 * long (-w in suite.c).
 */

#ifndef TEST_MODEL_SUITE_H_
#define TEST_MODEL_SUITE_H_

#include <stdbool.h>
#include <stddef.h>

typedef void (*test_fn_t)(const void *);

extern void test_add(const char *, test_fn_t, const void *, size_t, size_t);
/** A test whose process must end by a violation that says the given thing */
extern void test_expect_output(const char *);

#define TEST(name) \
	static void name(const void *); \
	__attribute__((constructor)) static void add_##name(void) \
	{ \
		test_add(#name, name, NULL, 0, 1); \
	} \
	static void name(__attribute__((unused)) const void *unused)

#define TEST_ROWS(name, type, rows) \
	static void name##_row(const type *); \
	static void name(const void *p) \
	{ \
		name##_row(p); \
	} \
	__attribute__((constructor)) static void add_##name(void) \
	{ \
		test_add(#name, name, rows, sizeof(type), \
		    sizeof(rows) / sizeof((rows)[0])); \
	} \
	static void name##_row(const type *row)

/* What a suite has beside its tests */

/** Before the first test */
extern void suite_begin(void);
/** After all tests, if none was left out: 1 one more has passed, -1 one more
 * has failed, 0 neither */
extern int suite_end(void);
/** Print what the suite checks. */
extern void suite_describe(void);

/* expect.c */

/** How long a state may take to come about, in seconds */
extern unsigned int test_patience;
extern void test_fail(const char *, int, const char *, ...)
    __attribute__((noreturn, format(__printf__, 3, 4)));
/** A moment later, for polling; fails the test when it has been too many */
extern void test_poll(unsigned int *, const char *, int, const char *);

#define EXPECT(cond) \
	do { \
		if (!(cond)) \
			test_fail(__FILE__, __LINE__, "not so: %s", #cond); \
	} while (0)

#define EXPECT_EQ(a, b) \
	do { \
		long long a_ = (long long) (a); \
		long long b_ = (long long) (b); \
		if (a_ != b_) \
			test_fail(__FILE__, __LINE__, \
			    "%s is %lld, expected %s, which is %lld", \
			    #a, a_, #b, b_); \
	} while (0)

/** Wait until something is so; there is no hurry. */
#define WAIT_FOR(cond) \
	do { \
		unsigned int polls_ = 0; \
		while (!(cond)) \
			test_poll(&polls_, __FILE__, __LINE__, #cond); \
	} while (0)

#endif

/** @}
 */
