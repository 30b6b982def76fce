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
/** @file Runs the tests, some at a time
 */

#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "suite.h"

/** How long a test may take before it counts as hung, times the patience */
#define TEST_PATIENCES	20

/** Lines of a failed test's output that are shown */
#define OUTPUT_HEAD	10
#define OUTPUT_TAIL	40

#define TESTS_MAX	2048
#define JOBS_MAX	16
#define NAME_MAX_LEN	200

typedef struct {
	const char *name;
	/** Name of the row, NULL if there are no rows */
	const char *row_name;
	test_fn_t fn;
	const void *row;
} test_t;

/** A test that runs */
typedef struct {
	pid_t pid;
	const test_t *test;
	/** File with its output */
	int out;
	struct timespec since;
} job_t;

static test_t tests[TESTS_MAX];
static size_t test_count;
static job_t jobs[JOBS_MAX];
static unsigned int passed;
static unsigned int failed;
static bool verbose;
/** The first test that fails ends the run. */
static bool first_only;

/** Shared with the test's process: what its output must say, or empty */
static char *expected_output;

void test_add(const char *name, test_fn_t fn, const void *rows, size_t size,
    size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const char *row = rows == NULL ? NULL :
		    (const char *) rows + i * size;

		if (test_count == TESTS_MAX)
			abort();
		tests[test_count++] = (test_t) {
			.name = name,
			.row_name = row == NULL ? NULL :
			    *(const char *const *) row,
			.fn = fn,
			.row = row
		};
	}
}

void test_expect_output(const char *text)
{
	/* One slot for each job; this process is one of them */
	strncpy(expected_output, text, NAME_MAX_LEN - 1);
}

static void full_name(const test_t *test, char *buf, size_t size)
{
	snprintf(buf, size, "%s%s%s", test->name,
	    test->row_name != NULL ? ": " : "",
	    test->row_name != NULL ? test->row_name : "");
	for (char *c = buf; c < buf + strlen(test->name); c++) {
		if (*c == '_')
			*c = ' ';
	}
}

static bool is_wanted(const test_t *test, char *const *parts, int count)
{
	char name[NAME_MAX_LEN];

	full_name(test, name, sizeof(name));
	for (int i = 0; i < count; i++) {
		if (strstr(name, parts[i]) != NULL ||
		    strstr(test->name, parts[i]) != NULL)
			return true;
	}
	return count == 0;
}

static job_t start(const test_t *test, size_t slot, char *slots)
{
	job_t job = { .test = test };

	job.out = memfd_create("output", MFD_CLOEXEC);
	slots[slot * NAME_MAX_LEN] = 0;
	expected_output = &slots[slot * NAME_MAX_LEN];
	clock_gettime(CLOCK_MONOTONIC, &job.since);
	fflush(stdout);
	job.pid = fork();
	if (job.pid < 0) {
		perror("fork");
		exit(2);
	}
	if (job.pid > 0)
		return job;

	dup2(job.out, STDOUT_FILENO);
	dup2(job.out, STDERR_FILENO);
	alarm(TEST_PATIENCES * test_patience);
	test->fn(test->row);
	exit(0);
}

static char *read_output(int fd)
{
	off_t size = lseek(fd, 0, SEEK_END);
	char *text = calloc(1, size + 1);

	if (text == NULL || pread(fd, text, size, 0) < 0)
		abort();
	close(fd);
	return text;
}

/** Print the beginning and the end of a test's output. */
static void indent(char *text)
{
	unsigned int lines = 0;
	unsigned int at = 0;

	for (char *c = text; *c != 0; c++)
		lines += *c == '\n';
	for (char *line = strtok(text, "\n"); line;
	    line = strtok(NULL, "\n"), at++) {
		if (at < OUTPUT_HEAD || at + OUTPUT_TAIL >= lines)
			printf("    %s\n", line);
		else if (at == OUTPUT_HEAD)
			printf("    [...]\n");
	}
}

/** A test is over: say how. */
static void finish(const job_t *job, int status, const char *expected)
{
	char name[NAME_MAX_LEN];
	char *output = read_output(job->out);
	bool ok = status == 0;

	/* A violation that was wanted, or one that did not come */
	if (expected[0] != 0)
		ok = status != 0 && strstr(output, expected) != NULL;

	full_name(job->test, name, sizeof(name));
	printf("%s %s", ok ? "ok  " : "FAIL", name);
	if (verbose) {
		struct timespec now;

		clock_gettime(CLOCK_MONOTONIC, &now);
		printf(" (%.1f s)", now.tv_sec - job->since.tv_sec +
		    (now.tv_nsec - job->since.tv_nsec) / 1e9);
	}
	putchar('\n');
	if (ok) {
		passed++;
	} else {
		failed++;
		if (expected[0] != 0)
			printf("    expected: %s\n", expected);
		if (WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM)
			printf("    took longer than %u s\n",
			    TEST_PATIENCES * test_patience);
		else if (WIFSIGNALED(status))
			printf("    ended by signal %d\n", WTERMSIG(status));
	}
	if (!ok)
		indent(output);
	free(output);
}

static void reap(unsigned int max, char *slots)
{
	int status;
	pid_t pid;

	while ((pid = wait(&status)) < 0 && errno == EINTR)
		;
	for (unsigned int i = 0; i < max; i++) {
		if (jobs[i].pid == pid) {
			finish(&jobs[i], status, &slots[i * NAME_MAX_LEN]);
			jobs[i].pid = 0;
		}
	}
}

static unsigned int run(char *const *parts, int count, unsigned int max)
{
	char *slots = mmap(NULL, JOBS_MAX * NAME_MAX_LEN,
	    PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	unsigned int running = 0;

	if (slots == MAP_FAILED)
		abort();
	for (size_t i = 0; i < test_count; i++) {
		if (!is_wanted(&tests[i], parts, count))
			continue;
		if (running == max) {
			reap(max, slots);
			running--;
		}
		if (first_only && failed > 0)
			break;
		size_t slot = 0;
		while (jobs[slot].pid != 0)
			slot++;
		jobs[slot] = start(&tests[i], slot, slots);
		running++;
	}
	while (running > 0 && !(first_only && failed > 0)) {
		reap(max, slots);
		running--;
	}
	for (unsigned int i = 0; i < max; i++) {
		if (jobs[i].pid > 0)
			(void) kill(jobs[i].pid, SIGKILL);
	}
	return passed + failed;
}

int main(int argc, char *argv[])
{
	unsigned int max = 2;
	int opt;

	while ((opt = getopt(argc, argv, "cj:lvw:x")) != -1) {
		switch (opt) {
		case 'c':
			suite_describe();
			return 0;
		case 'j':
			max = atoi(optarg);
			break;
		case 'l':
			for (size_t i = 0; i < test_count; i++) {
				char name[NAME_MAX_LEN];
				full_name(&tests[i], name, sizeof(name));
				puts(name);
			}
			return 0;
		case 'v':
			verbose = true;
			break;
		case 'w':
			test_patience = atoi(optarg);
			break;
		case 'x':
			first_only = true;
			break;
		default:
			fprintf(stderr, "Usage: %s [-c] [-l] [-v] [-j JOBS] "
			    "[-w SECONDS] [-x] [PART-OF-NAME...]\n", argv[0]);
			return 2;
		}
	}
	if (max < 1 || max > JOBS_MAX) {
		fprintf(stderr, "%s: -j takes 1 to %d\n", argv[0], JOBS_MAX);
		return 2;
	}

	suite_begin();
	if (run(argv + optind, argc - optind, max) == 0) {
		fprintf(stderr, "%s: no test has such a name\n", argv[0]);
		return 2;
	}
	if (optind == argc) {
		int all = suite_end();

		passed += all > 0;
		failed += all < 0;
	}
	printf("%u passed, %u failed, 0 skipped\n", passed, failed);
	return failed == 0 ? 0 : 1;
}

/** @}
 */
