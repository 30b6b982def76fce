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

/** @addtogroup host
 * @{
 */
/** @file Unit tests with PCUT's macros, each in a process of its own
 */

#ifndef HOST_PCUT_PCUT_H_
#define HOST_PCUT_PCUT_H_

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>

#define PCUT_OUTCOME_PASS		0
#define PCUT_OUTCOME_FAIL		1
#define PCUT_OUTCOME_INTERNAL_ERROR	2
#define PCUT_OUTCOME_BAD_INVOCATION	3

typedef enum {
	PCUT_KIND_INIT,
	PCUT_KIND_SUITE,
	PCUT_KIND_SETUP,
	PCUT_KIND_TEARDOWN,
	PCUT_KIND_TEST
} pcut_kind_t;

typedef enum {
	PCUT_EXTRA_LAST,
	PCUT_EXTRA_TIMEOUT,
	PCUT_EXTRA_SKIP
} pcut_extra_kind_t;

typedef struct {
	pcut_extra_kind_t kind;
	int value;
} pcut_extra_t;

/** Something that a macro below declared; registered before main() runs */
typedef struct pcut_item {
	const char *file;
	int line;
	pcut_kind_t kind;
	const char *name;
	void (*func)(void);
	const pcut_extra_t *extras;
	struct pcut_item *next;
} pcut_item_t;

extern void pcut_register(pcut_item_t *);
extern int pcut_main(int, char *[]);
extern int pcut_str_equals(const char *, const char *);
extern void pcut_str_error(int, char *, int);
extern void pcut_failed_assertion_fmt(const char *, int, const char *, ...)
    __attribute__((noreturn, format(__printf__, 3, 4)));

#define PCUT_JOIN_IMPL(a, b)	a##b
#define PCUT_JOIN(a, b)		PCUT_JOIN_IMPL(a, b)
#define PCUT_QUOTE_IMPL(x)	#x
#define PCUT_QUOTE(x)		PCUT_QUOTE_IMPL(x)
#define PCUT_FIRST(x, ...)	x
#define PCUT_REST(x, ...)	__VA_ARGS__

#define PCUT_ITEM(id, kind, name, func, extras) \
	static pcut_item_t PCUT_JOIN(pcut_item_, id) = { \
		__FILE__, __LINE__, kind, name, func, extras, NULL \
	}; \
	static void __attribute__((constructor)) \
	PCUT_JOIN(pcut_register_, id)(void) \
	{ \
		pcut_register(&PCUT_JOIN(pcut_item_, id)); \
	}

/** Begin a file of tests. */
#define PCUT_INIT \
	PCUT_ITEM(__COUNTER__, PCUT_KIND_INIT, "Default", NULL, NULL)

/** The tests that follow belong to a suite. */
#define PCUT_TEST_SUITE(name) \
	PCUT_ITEM(__COUNTER__, PCUT_KIND_SUITE, #name, NULL, NULL)

#define PCUT_FUNC_ITEM(id, kind, name) \
	static void PCUT_JOIN(pcut_func_, id)(void); \
	PCUT_ITEM(id, kind, name, PCUT_JOIN(pcut_func_, id), NULL) \
	static void PCUT_JOIN(pcut_func_, id)(void)

/** Runs before each test of the suite. */
#define PCUT_TEST_BEFORE \
	PCUT_FUNC_ITEM(__COUNTER__, PCUT_KIND_SETUP, "before")

/** Runs after each test of the suite, whether it failed or not. */
#define PCUT_TEST_AFTER \
	PCUT_FUNC_ITEM(__COUNTER__, PCUT_KIND_TEARDOWN, "after")

#define PCUT_TEST_SET_TIMEOUT(seconds)	{ PCUT_EXTRA_TIMEOUT, (seconds) }
#define PCUT_TEST_SKIP			{ PCUT_EXTRA_SKIP, 0 }
#define PCUT_TEST_EXTRA_LAST		{ PCUT_EXTRA_LAST, 0 }

#define PCUT_TEST_IMPL(id, testname, ...) \
	static const pcut_extra_t PCUT_JOIN(pcut_extras_, id)[] = { \
		__VA_ARGS__ \
	}; \
	static void PCUT_JOIN(test_, testname)(void); \
	PCUT_ITEM(id, PCUT_KIND_TEST, PCUT_QUOTE(testname), \
	    PCUT_JOIN(test_, testname), PCUT_JOIN(pcut_extras_, id)) \
	static void PCUT_JOIN(test_, testname)(void)

/** A test; its body follows. */
#define PCUT_TEST(...) \
	PCUT_TEST_IMPL(__COUNTER__, PCUT_FIRST(__VA_ARGS__, 0), \
	    PCUT_REST(__VA_ARGS__, PCUT_TEST_EXTRA_LAST))

/** Makes a file without its tests fail to link. */
#define PCUT_EXPORT(identifier) \
	extern int PCUT_JOIN(pcut_exported_, identifier); \
	int PCUT_JOIN(pcut_exported_, identifier) = 1

#define PCUT_IMPORT(identifier) \
	extern int PCUT_JOIN(pcut_exported_, identifier); \
	int *PCUT_JOIN(pcut_imported_, identifier) \
	    __attribute__((used, visibility("hidden"))) = \
	    &PCUT_JOIN(pcut_exported_, identifier)

#define PCUT_MAIN() \
	int main(int argc, char *argv[]) \
	{ \
		return pcut_main(argc, argv); \
	}

#define PCUT_ASSERTION_FAILED(...) \
	pcut_failed_assertion_fmt(__FILE__, __LINE__, __VA_ARGS__)

#define PCUT_ASSERT_TRUE(actual) \
	do { \
		if (!(actual)) \
			PCUT_ASSERTION_FAILED("expected true but got <%s>", \
			    #actual); \
	} while (0)

#define PCUT_ASSERT_FALSE(actual) \
	do { \
		if (actual) \
			PCUT_ASSERTION_FAILED("expected false but got <%s>", \
			    #actual); \
	} while (0)

#define PCUT_ASSERT_EQUALS(expected, actual) \
	do { \
		if (!((expected) == (actual))) \
			PCUT_ASSERTION_FAILED("expected <%s> but got <%s>", \
			    #expected, #actual); \
	} while (0)

#define PCUT_ASSERT_NULL(pointer) \
	do { \
		const void *pcut_p = (pointer); \
		if (pcut_p != NULL) \
			PCUT_ASSERTION_FAILED("expected <%s> to be NULL, " \
			    "it is %p", #pointer, pcut_p); \
	} while (0)

#define PCUT_ASSERT_NOT_NULL(pointer) \
	do { \
		if ((pointer) == NULL) \
			PCUT_ASSERTION_FAILED("<%s> must not be NULL", \
			    #pointer); \
	} while (0)

#define PCUT_ASSERT_CMP(type, fmt, expected, actual) \
	do { \
		type pcut_e = (type) (expected); \
		type pcut_a = (type) (actual); \
		if (pcut_e != pcut_a) \
			PCUT_ASSERTION_FAILED("expected <" fmt "> but got <" \
			    fmt "> (%s != %s)", pcut_e, pcut_a, \
			    #expected, #actual); \
	} while (0)

#define PCUT_ASSERT_INT_EQUALS(expected, actual) \
	PCUT_ASSERT_CMP(long long, "%lld", expected, actual)
#define PCUT_ASSERT_UINT_EQUALS(expected, actual) \
	PCUT_ASSERT_CMP(unsigned long long, "%llu", expected, actual)
#define PCUT_ASSERT_PTR_EQUALS(expected, actual) \
	PCUT_ASSERT_CMP(const void *, "%p", expected, actual)

#define PCUT_ASSERT_STR_EQUALS(expected, actual) \
	do { \
		const char *pcut_e = (expected); \
		const char *pcut_a = (actual); \
		if (pcut_e == NULL || pcut_a == NULL || \
		    !pcut_str_equals(pcut_e, pcut_a)) \
			PCUT_ASSERTION_FAILED("expected <%s> but got <%s> " \
			    "(%s != %s)", pcut_e == NULL ? "NULL" : pcut_e, \
			    pcut_a == NULL ? "NULL" : pcut_a, \
			    #expected, #actual); \
	} while (0)

#define PCUT_ASSERT_STR_EQUALS_OR_NULL(expected, actual) \
	do { \
		const char *pcut_oe = (expected); \
		const char *pcut_oa = (actual); \
		if (pcut_oe != NULL || pcut_oa != NULL) \
			PCUT_ASSERT_STR_EQUALS(pcut_oe, pcut_oa); \
	} while (0)

#define PCUT_ASSERT_ERRNO_VAL(expected, actual) \
	do { \
		int pcut_e = (expected); \
		int pcut_a = (actual); \
		if (pcut_e != pcut_a) { \
			char pcut_s[100]; \
			pcut_str_error(pcut_a, pcut_s, sizeof(pcut_s)); \
			PCUT_ASSERTION_FAILED("expected error %s but got %d " \
			    "(%s) from %s", #expected, pcut_a, pcut_s, \
			    #actual); \
		} \
	} while (0)

#define PCUT_ASSERT_ERRNO(expected)	PCUT_ASSERT_ERRNO_VAL(expected, errno)

#endif

/** @}
 */
