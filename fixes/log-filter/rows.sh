#
# Copyright (c) 2026 helenos-pv authors
# All rights reserved.
#
# Redistribution and use in source and binary forms, with or without
# modification, are permitted provided that the following conditions
# are met:
#
# - Redistributions of source code must retain the above copyright
#   notice, this list of conditions and the following disclaimer.
# - Redistributions in binary form must reproduce the above copyright
#   notice, this list of conditions and the following disclaimer in the
#   documentation and/or other materials provided with the distribution.
# - The name of the author may not be used to endorse or promote products
#   derived from this software without specific prior written permission.
#
# THIS SOFTWARE IS PROVIDED BY THE AUTHOR ``AS IS'' AND ANY EXPRESS OR
# IMPLIED WARRANTIES, INCLUDING, BUT NOT LIMITED TO, THE IMPLIED WARRANTIES
# OF MERCHANTABILITY AND FITNESS FOR A PARTICULAR PURPOSE ARE DISCLAIMED.
# IN NO EVENT SHALL THE AUTHOR BE LIABLE FOR ANY DIRECT, INDIRECT,
# INCIDENTAL, SPECIAL, EXEMPLARY, OR CONSEQUENTIAL DAMAGES (INCLUDING, BUT
# NOT LIMITED TO, PROCUREMENT OF SUBSTITUTE GOODS OR SERVICES; LOSS OF USE,
# DATA, OR PROFITS; OR BUSINESS INTERRUPTION) HOWEVER CAUSED AND ON ANY
# THEORY OF LIABILITY, WHETHER IN CONTRACT, STRICT LIABILITY, OR TORT
# (INCLUDING NEGLIGENCE OR OTHERWISE) ARISING IN ANY WAY OUT OF THE USE OF
# THIS SOFTWARE, EVEN IF ADVISED OF THE POSSIBILITY OF SUCH DAMAGE.
#
# See tools/overlay.sh.

# shellcheck shell=bash

# The client
edit uspace/lib/c/meson.build after $'\t\'generic/io/log.c\',' \
    $'\t\'generic/io/log_filter.c\','
edit uspace/lib/c/generic/io/log.c after '#include <ns.h>' \
    '#include "../private/log_filter.h"'
edit uspace/lib/c/generic/io/log.c after $'\tassert(level < LVL_LIMIT);' "
	if (!log_filter_passes(logger_session,
	    ctx == LOG_DEFAULT ? default_log_id : ctx, level))
		return;"

# The logger
edit uspace/lib/c/include/ipc/logger.h replace $'\tLOGGER_WRITER_MESSAGE' \
"	LOGGER_WRITER_MESSAGE,
	/** Get the level up to which messages to a log are logged.
	 *
	 * Arguments: log id (one that this client created).
	 * Returns: error code, log level
	 */
	LOGGER_WRITER_GET_LEVEL"
edit uspace/srv/logger/meson.build after $'\t\'ctl.c\',' $'\t\'getlvl.c\','
edit uspace/srv/logger/logger.h after \
    'bool register_log(logger_registered_logs_t *, logger_log_t *);' \
    'errno_t registered_log_level(logger_registered_logs_t *, sysarg_t,
    log_level_t *);'
edit uspace/srv/logger/writer.c after $'\tlogger_log_t *log;' \
    $'\tlog_level_t level = LVL_NOTE;'
edit uspace/srv/logger/writer.c before $'\t\tdefault:' \
"		case LOGGER_WRITER_GET_LEVEL:
			rc = registered_log_level(&registered_logs,
			    ipc_get_arg1(&call), &level);
			async_answer_1(&call, rc, level);
			break;"

# The test
edit uspace/lib/c/meson.build after $'\t\'test/inttypes.c\',' \
    $'\t\'test/io/log_filter.c\','
edit uspace/lib/c/test/main.c after 'PCUT_IMPORT(loc);' \
    'PCUT_IMPORT(log_filter);'
