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
/** @file Unit test runner
 */

#include <pcut/pcut.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <str_error.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/** Seconds that a test may take; generous, since machines are busy */
#define DEFAULT_TIMEOUT	60
/** A test that sets a limit sets it for a machine that is idle. */
#define TIMEOUT_FACTOR	10

static pcut_item_t *first_item;
static pcut_item_t **next_item = &first_item;

/** What the running test has to undo, NULL if nothing */
static void (*running_teardown)(void);

void pcut_register(pcut_item_t *item)
{
	*next_item = item;
	next_item = &item->next;
}

int pcut_str_equals(const char *a, const char *b)
{
	return strcmp(a, b) == 0;
}

void pcut_str_error(int rc, char *buf, int size)
{
	snprintf(buf, (size_t) size, "%s", str_error_name(rc));
}

void pcut_failed_assertion_fmt(const char *file, int line, const char *fmt,
    ...)
{
	va_list args;

	fflush(stdout);
	fprintf(stderr, "%s:%d: ", file, line);
	va_start(args, fmt);
	vfprintf(stderr, fmt, args);
	va_end(args);
	fputc('\n', stderr);

	void (*teardown)(void) = running_teardown;
	running_teardown = NULL;
	if (teardown != NULL)
		teardown();
	exit(PCUT_OUTCOME_FAIL);
}

/** Functions of the suite that a test belongs to */
typedef struct {
	const char *name;
	void (*setup)(void);
	void (*teardown)(void);
} suite_t;

static void run_test(const suite_t *suite, const pcut_item_t *test)
{
	running_teardown = suite->teardown;
	if (suite->setup != NULL)
		suite->setup();
	test->func();
	running_teardown = NULL;
	if (suite->teardown != NULL)
		suite->teardown();
}

/** Describe how a test ended, NULL if it passed */
static const char *describe(int status, char *buf, size_t size)
{
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return NULL;
	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM)
		return "time-out";
	if (WIFSIGNALED(status))
		snprintf(buf, size, "killed by signal %d", WTERMSIG(status));
	else
		snprintf(buf, size, "exit code %d", WEXITSTATUS(status));
	return buf;
}

static bool run_forked(const suite_t *suite, const pcut_item_t *test,
    int timeout)
{
	char buf[64];
	int status = -1;

	fflush(NULL);
	pid_t pid = fork();
	if (pid == 0) {
		alarm((unsigned int) timeout);
		run_test(suite, test);
		/* Through exit(), so that leaks are looked for. */
		exit(PCUT_OUTCOME_PASS);
	}
	if (pid > 0)
		waitpid(pid, &status, 0);

	const char *why = describe(status, buf, sizeof(buf));
	printf("%s %s.%s", why == NULL ? "ok  " : "FAIL", suite->name,
	    test->name);
	if (why != NULL)
		printf(" (%s)", why);
	putchar('\n');
	return why == NULL;
}

static int get_extra(const pcut_item_t *test, pcut_extra_kind_t kind,
    int none)
{
	for (const pcut_extra_t *e = test->extras; e->kind != PCUT_EXTRA_LAST;
	    e++) {
		if (e->kind == kind)
			return kind == PCUT_EXTRA_SKIP ? 1 : e->value;
	}
	return none;
}

/** Suite of a test: the items between the suite's line and the next one */
static void find_suite(const pcut_item_t *test, suite_t *suite)
{
	int begin = 0;
	int end = __INT_MAX__;

	memset(suite, 0, sizeof(*suite));
	suite->name = "Default";
	for (pcut_item_t *it = first_item; it != NULL; it = it->next) {
		if (strcmp(it->file, test->file) != 0 ||
		    it->kind != PCUT_KIND_SUITE)
			continue;
		if (it->line <= test->line && it->line > begin) {
			begin = it->line;
			suite->name = it->name;
		} else if (it->line > test->line && it->line < end) {
			end = it->line;
		}
	}
	for (pcut_item_t *it = first_item; it != NULL; it = it->next) {
		if (strcmp(it->file, test->file) != 0 || it->line < begin ||
		    it->line >= end)
			continue;
		if (it->kind == PCUT_KIND_SETUP)
			suite->setup = it->func;
		if (it->kind == PCUT_KIND_TEARDOWN)
			suite->teardown = it->func;
	}
}

static int usage(const char *prog)
{
	fprintf(stderr, "usage: %s [-l] [-n] [PART-OF-A-NAME...]\n"
	    "  -l  list the tests\n"
	    "  -n  run in this process, for a debugger\n", prog);
	return PCUT_OUTCOME_BAD_INVOCATION;
}

static bool is_wanted(const suite_t *suite, const pcut_item_t *test, int argc,
    char *argv[])
{
	char name[256];

	snprintf(name, sizeof(name), "%s.%s", suite->name, test->name);
	for (int i = 0; i < argc; i++) {
		if (strstr(name, argv[i]) != NULL)
			return true;
	}
	return argc == 0;
}

int pcut_main(int argc, char *argv[])
{
	unsigned int passed = 0, failed = 0, skipped = 0;
	bool list = false, in_process = false;
	int opt;

	while ((opt = getopt(argc, argv, "ln")) != -1) {
		if (opt == 'l')
			list = true;
		else if (opt == 'n')
			in_process = true;
		else
			return usage(argv[0]);
	}

	for (pcut_item_t *it = first_item; it != NULL; it = it->next) {
		suite_t suite;

		if (it->kind != PCUT_KIND_TEST)
			continue;
		find_suite(it, &suite);
		if (!is_wanted(&suite, it, argc - optind, argv + optind))
			continue;
		if (list) {
			printf("%s.%s\n", suite.name, it->name);
		} else if (get_extra(it, PCUT_EXTRA_SKIP, 0)) {
			printf("skip %s.%s\n", suite.name, it->name);
			skipped++;
		} else if (in_process) {
			run_test(&suite, it);
			passed++;
		} else {
			int limit = get_extra(it, PCUT_EXTRA_TIMEOUT,
			    DEFAULT_TIMEOUT / TIMEOUT_FACTOR);
			if (run_forked(&suite, it, limit * TIMEOUT_FACTOR))
				passed++;
			else
				failed++;
		}
	}
	if (list)
		return PCUT_OUTCOME_PASS;
	printf("%u passed, %u failed, %u skipped\n", passed, failed, skipped);
	if (passed + failed + skipped == 0) {
		fprintf(stderr, "%s: no test of that name\n", argv[0]);
		return PCUT_OUTCOME_BAD_INVOCATION;
	}
	return failed == 0 ? PCUT_OUTCOME_PASS : PCUT_OUTCOME_FAIL;
}

/** @}
 */
