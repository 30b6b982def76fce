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

# The library: who clears a timer while its handler runs
edit uspace/lib/c/generic/thread/fibril_synch.c after \
    $'\t\t\t\ttimer->handler_fid = 0;' \
    $'\t\t\t\t/* Somebody may wait in fibril_timer_clear_locked(). */
\t\t\t\tfibril_condvar_broadcast(&timer->cv);'

# The last reference that goes with a timer's handler
edit uspace/srv/net/tcp/meson.build after $'\t\'ncsim.c\',' $'\t\'patience.c\','
edit uspace/srv/net/tcp/conn.c after '#include "iqueue.h"' \
    '#include "patience.h"'
edit uspace/srv/net/tcp/conn.c replace \
    'static void tcp_conn_free(tcp_conn_t *conn)' \
    'void tcp_conn_free(tcp_conn_t *conn)'
edit uspace/srv/net/tcp/conn.c replace $'\t\ttcp_conn_free(conn);' \
    $'\t\ttcp_conn_bury(conn);'
edit uspace/srv/net/tcp/tqueue.c after \
    $'\ttcp_conn_transmit_segment(tqe->conn, rt_seg);' \
    $'\ttcp_segment_delete(rt_seg);'

# TIME-WAIT
edit uspace/srv/net/tcp/conn.c after \
    $'\tlog_msg(LOG_DEFAULT, LVL_DEBUG2, "tcp_conn_tw_timer_set() begin");' \
    $'\ttcp_conn_tw_timer_clear(conn);'
edit uspace/srv/net/tcp/conn.c after:3:c29617e1 \
    $'\t\tlog_msg(LOG_DEFAULT, LVL_DEBUG, "%s: FIN acked -> Time-Wait",' \
    $'\t\ttcp_conn_tw_timer_set(conn);'

# Peers that make no progress
edit uspace/srv/net/tcp/conn.c after \
    'static FIBRIL_MUTEX_INITIALIZE(conn_list_lock);' "
list_t *const tcp_patience_list = &conn_list;
fibril_mutex_t *const tcp_patience_lock = &conn_list_lock;
"
edit uspace/srv/net/tcp/tcp_type.h after $'\tbool deleted;' \
"	/** What the peer had done when it was last looked at (patience.c) */
	struct {
		uint32_t snd_una;
		uint32_t snd_wnd;
		uint32_t rcv_nxt;
		int cstate;
		/** Uptime in seconds when that changed */
		time_t since;
	} peer;"
edit uspace/srv/net/tcp/tcp_type.h after '#include <stdint.h>' \
    '#include <time.h>'
edit uspace/srv/net/tcp/tcp.c after '#include "ncsim.h"' '#include "patience.h"'
edit uspace/srv/net/tcp/tcp.c after $'\ttcp_rqueue_fibril_start();' \
    $'\ttcp_patience_start();'
