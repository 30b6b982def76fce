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
/** @file Log of the drivers; violations
 */

#include <ddf/log.h>
#include <errno.h>
#include <host/violation.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

static _Atomic(host_log_sink_t) log_sink;
/** -1 until it was set or looked up */
static atomic_int log_level = -1;

void host_log_set_sink(host_log_sink_t sink)
{
	log_sink = sink;
}

void host_log_set_level(log_level_t level)
{
	log_level = level;
}

static int get_level(void)
{
	if (log_level < 0) {
		const char *env = getenv("HOST_LOG");
		log_level = env != NULL ? atoi(env) : LVL_NOTE;
	}
	return log_level;
}

static void log_line(log_level_t level, const char *fmt, va_list args)
{
	char line[512];

	if ((int) level > get_level())
		return;
	vsnprintf(line, sizeof(line), fmt, args);
	/* Drivers end their messages as they please. */
	for (char *c = line; *c != 0; c++) {
		if (*c == '\n')
			*c = c[1] == 0 ? 0 : ' ';
	}

	host_log_sink_t sink = log_sink;
	if (sink != NULL)
		sink(level, line);
	else
		fprintf(stderr, "%s\n", line);
}

errno_t ddf_log_init(const char *name)
{
	(void) name;
	return EOK;
}

errno_t log_init(const char *name)
{
	(void) name;
	return EOK;
}

void ddf_msg(log_level_t level, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	log_line(level, fmt, args);
	va_end(args);
}

void log_msgv(log_t log, log_level_t level, const char *fmt, va_list args)
{
	(void) log;
	log_line(level, fmt, args);
}

void log_msg(log_t log, log_level_t level, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	log_msgv(log, level, fmt, args);
	va_end(args);
}

void host_violation(const char *fmt, ...)
{
	va_list args;

	fflush(stdout);
	fputs("VIOLATION: ", stderr);
	va_start(args, fmt);
	vfprintf(stderr, fmt, args);
	va_end(args);
	fputc('\n', stderr);
	abort();
}

/** @}
 */
