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
/** @file What the driver has said in its log
 */

#include <host/violation.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "logged.h"

/** Guards what follows */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static char *text;
static size_t size;
static unsigned int warnings;

static void sink(log_level_t level, const char *line)
{
	pthread_mutex_lock(&lock);
	text = realloc(text, size + strlen(line) + 2);
	if (text == NULL)
		abort();
	size += sprintf(text + size, "%s\n", line);
	warnings += level <= LVL_WARN;
	pthread_mutex_unlock(&lock);
	fprintf(stderr, "%s\n", line);
}

void logged_begin(void)
{
	host_log_set_sink(sink);
}

unsigned int logged_count(const char *words)
{
	unsigned int count = 0;

	pthread_mutex_lock(&lock);
	for (char *p = text; p != NULL && (p = strstr(p, words)) != NULL; p++)
		count++;
	pthread_mutex_unlock(&lock);
	return count;
}

unsigned int logged_warnings(void)
{
	pthread_mutex_lock(&lock);
	unsigned int count = warnings;
	pthread_mutex_unlock(&lock);
	return count;
}

void logged_clear(void)
{
	pthread_mutex_lock(&lock);
	free(text);
	text = NULL;
	size = 0;
	warnings = 0;
	pthread_mutex_unlock(&lock);
}

/** @}
 */
