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

# A connection is the label of its client's phone until the client hangs up.
edit uspace/lib/c/generic/async/server.c before \
    $'\t/** Call data of the opening call. */' \
$'\t/** The client has a phone, and has not hung up yet. */
\tbool connected;
'
edit uspace/lib/c/generic/async/server.c after \
    $'\tconn->handler = handler;' $'\tconn->connected = call == NULL;'
edit uspace/lib/c/generic/async/server.c replace \
    $'\treturn ipc_answer_5(chandle, EOK, 0, 0, 0, 0, async_get_label());' \
$'\terrno_t rc = ipc_answer_5(chandle, EOK, 0, 0, 0, 0, async_get_label());
\tif (rc == EOK && fibril_connection != NULL)
\t\tfibril_connection->connected = true;
\treturn rc;'
edit uspace/lib/c/generic/async/server.c replace $'\tmpsc_close(c);' \
$'\tif (!fibril_connection->connected)
\t\tmpsc_close(c);'
