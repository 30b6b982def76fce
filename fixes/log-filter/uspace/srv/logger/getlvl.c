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

/** @addtogroup logger
 * @{
 */
/** @file Tells a client the level of its logs.
 */

#include <errno.h>
#include "logger.h"

/** Get the level up to which messages to a log are logged.
 *
 * The client's own reference keeps the log, so it is not locked: a writer may
 * hold it while it waits for a message.
 *
 * @param logs  Logs that the client created
 * @param id    Id of one of these
 * @param level Where to put the level
 * @return EOK, or ENOENT if it is none of these
 */
errno_t registered_log_level(logger_registered_logs_t *logs, sysarg_t id,
    log_level_t *level)
{
	for (size_t i = 0; i < logs->logs_count; i++) {
		if ((sysarg_t) logs->logs[i] != id)
			continue;

		*level = LVL_LIMIT - 1;
		while (*level > LVL_FATAL &&
		    !shall_log_message(logs->logs[i], *level))
			--*level;
		return EOK;
	}
	return ENOENT;
}

/** @}
 */
