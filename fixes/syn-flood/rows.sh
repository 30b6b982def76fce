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

edit uspace/srv/net/tcp/meson.build after $'\t\'conn.c\',' $'\t\'cookie.c\','
edit uspace/srv/net/tcp/meson.build after $'\t\'iqueue.c\',' $'\t\'listen.c\','
edit uspace/srv/net/tcp/conn.c after '#include "iqueue.h"' '#include "listen.h"'
edit uspace/srv/net/tcp/conn.c before \
    $'\tif (inet_addr_is_any(&conn->ident.remote.addr) ||' \
"	if (conn->cstate == st_listen && tcp_listen_arrived(conn, epp, seg)) {
		tcp_conn_unlock(conn);
		return;
	}
"

# Numbers of either side may have any distance now
edit uspace/srv/net/tcp/seq_no.c replace:2:e473cfd9 \
    $'\tn_seq = seq_no_lt_le(conn->snd_wl1, seg->seq,' \
    $'\tn_seq = (int32_t) (seg->seq - conn->snd_wl1) > 0;'
edit uspace/srv/net/tcp/seq_no.c replace:3:d19797a9 \
    $'\tn_ack = conn->snd_wl1 == seg->seq &&' \
    $'\tn_ack = conn->snd_wl1 == seg->seq &&
\t    (int32_t) (seg->ack - conn->snd_wl2) >= 0;'

# No look-up formats the addresses of all connections
edit uspace/lib/nettl/src/amap.c replace:10:fd23b751 \
    $'\tchar *sraddr, *sladdr;' ''
edit uspace/lib/nettl/src/amap.c replace:7:d0569a65 \
    $'\t\t(void) inet_addr_format(&repla->rep.addr, &sraddr);' ''

# The test
edit uspace/srv/net/tcp/meson.build after $'\t\'test/conn.c\',' \
    $'\t\'test/cookie.c\','
edit uspace/srv/net/tcp/test/main.c after 'PCUT_IMPORT(conn);' \
    'PCUT_IMPORT(cookie);'
