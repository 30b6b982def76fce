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
# What tools/install.sh lays over a HelenOS checkout; see tools/overlay.sh.

# shellcheck shell=bash

edit uspace/app/websrv/meson.build replace $'src = files(\'websrv.c\')' \
"src = files(
	'limits.c',
	'request.c',
	'websrv.c',
)

test_src = files(
	'request.c',
	'test/main.c',
	'test/request.c',
)"
edit uspace/app/websrv/websrv.c after '#include <str_error.h>' \
    '
#include "limits.h"
#include "request.h"'
edit uspace/app/websrv/websrv.c after $'\ttcp_conn_t *conn;' \
    $'\tlimit_t limit;'

# The request
edit uspace/app/websrv/websrv.c after $'\t\trecv->rbuf_in = nrecv;' \
    $'\t\tif (nrecv == 0)\n\t\t\treturn EIO;\t/* no more will come */'
edit uspace/app/websrv/websrv.c replace:19:261db309 \
    'static bool uri_is_valid(char *uri)' ''
edit uspace/app/websrv/websrv.c replace:4:d060c42a $'\tif (rc != EOK) {' \
    $'\tif (rc == ELIMIT)
\t\treturn send_response(conn, msg_bad_request);
\tif (rc != EOK) {
\t\tif (verbose)
\t\t\tfprintf(stderr, "No request\\n");
\t\treturn rc;
\t}'
edit uspace/app/websrv/websrv.c replace:22:dd398a0d \
    $'\tif (str_lcmp(reqline, "GET ", 4) != 0) {' \
"	limit_extend(&recv->limit, LIMIT_SEND);

	char *uri;
	switch (request_parse(reqline, recv->lbuf_used, &uri)) {
	case request_unknown:
		return send_response(conn, msg_not_implemented);
	case request_bad:
		return send_response(conn, msg_bad_request);
	case request_get:
		break;
	}

	return uri_get(uri, conn, &recv->limit);"

# The answer
edit uspace/app/websrv/websrv.c replace:4:c9a05a33 $'static const char *msg_ok =' ''
edit uspace/app/websrv/websrv.c replace \
    'static errno_t uri_get(const char *uri, tcp_conn_t *conn)' \
    'static errno_t uri_get(const char *uri, tcp_conn_t *conn, limit_t *limit)'
edit uspace/app/websrv/websrv.c replace:3:30813a0a \
    $'\tif (str_cmp(uri, "/") == 0)' ''
edit uspace/app/websrv/websrv.c replace \
    $'\tif (asprintf(&fname, "%s%s", WEB_ROOT, uri) < 0) {' \
    $'\tif (asprintf(&fname, "%s%s%s", WEB_ROOT, uri,
\t    path_is_folder(uri) ? "index.html" : "") < 0) {'
edit uspace/app/websrv/websrv.c replace:3:c6b807a6 \
    $'\tfree(fname);' ''
edit uspace/app/websrv/websrv.c replace $'\trc = send_response(conn, msg_ok);' \
"	char msg[128];
	snprintf(msg, sizeof(msg), \"HTTP/1.0 200 OK\\r\\n\"
	    \"Content-Type: %s\\r\\n\\r\\n\", content_type(fname));
	rc = send_response(conn, msg);"
edit uspace/app/websrv/websrv.c before \
    $'\t\trc = tcp_conn_send(conn, fbuf, nr);' \
    $'\t\tlimit_extend(limit, LIMIT_SEND);'

# Clients that wait
edit uspace/app/websrv/websrv.c before $'\trc = req_process(conn, recv);' \
    $'\trc = limit_begin(&recv->limit, conn, LIMIT_REQUEST);
\tif (rc != EOK)
\t\tgoto error;'
edit uspace/app/websrv/websrv.c before:2:92f81a89 $'\trecv_destroy(recv);' \
    $'\tlimit_end(&recv->limit);'
edit uspace/app/websrv/websrv.c before:2:effb4c05 $'\trecv_destroy(recv);' \
    $'\tif (recv != NULL)\n\t\tlimit_end(&recv->limit);'
edit uspace/app/websrv/websrv.c before $'\tinet_ep_init(&ep);' \
    $'\tlimits_start();
'
