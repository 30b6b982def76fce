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
/** @file Drops log messages that nobody wants.
 */

#include <async.h>
#include <errno.h>
#include <io/log.h>
#include <ipc/logger.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>
#include "../private/log_filter.h"

/** Logs of one program whose levels are remembered */
#define FILTER_LOGS	16

/** What is known of one log.
 *
 * A place is given to a log for good: the logger keeps a log, and its id, as
 * long as a client that created it lives.
 */
typedef struct {
	/** Id of the log; 0 if the place is free */
	atomic_uintptr_t log;
	/** Of type log_known_t. Nothing else is read on the strength of it, so
	 * no order of memory accesses is needed.
	 */
	atomic_uint_least32_t known;
} log_filter_t;

static log_filter_t filters[FILTER_LOGS];

/** Find the place of a log, or take one for it.
 *
 * @return NULL if there is none
 */
static log_filter_t *log_filter_find(log_t log)
{
	if (log == LOG_NO_PARENT)
		return NULL;

	for (size_t i = 0; i < FILTER_LOGS; i++) {
		uintptr_t owner = 0;

		if (atomic_load_explicit(&filters[i].log,
		    memory_order_relaxed) == log)
			return &filters[i];
		if (atomic_compare_exchange_strong(&filters[i].log, &owner,
		    log) || owner == log)
			return &filters[i];
	}
	return NULL;
}

/** Ask the logger for the level of a log.
 *
 * @return False if it did not say one
 */
static bool log_filter_ask(async_sess_t *sess, log_t log, sysarg_t *level)
{
	async_exch_t *exch = async_exchange_begin(sess);
	if (exch == NULL)
		return false;

	errno_t rc = async_req_1_1(exch, LOGGER_WRITER_GET_LEVEL, log, level);
	async_exchange_end(exch);

	return rc == EOK && *level < LVL_LIMIT;
}

/** Is a message wanted? Asks the logger at most every half second.
 *
 * @param sess  Session with the logger, or NULL
 * @param log   Id of a log that this program created
 * @param level Level of the message
 * @return False if it is certain that nobody wants it
 */
bool log_filter_passes(async_sess_t *sess, log_t log, log_level_t level)
{
	log_filter_t *filter = log_filter_find(log);
	if (filter == NULL)
		return true;

	struct timespec ts;
	getuptime(&ts);
	uint32_t now = ts.tv_sec * log_known_hz +
	    ts.tv_nsec / (1000000000 / log_known_hz);

	log_known_t known = atomic_load_explicit(&filter->known,
	    memory_order_relaxed);

	if (!log_known_fresh(known, now)) {
		sysarg_t said;
		if (!log_filter_ask(sess, log, &said))
			return true;
		known = log_known_make(said, now);
		atomic_store_explicit(&filter->known, known,
		    memory_order_relaxed);
	}
	return log_known_passes(known, level);
}

/** @}
 */
