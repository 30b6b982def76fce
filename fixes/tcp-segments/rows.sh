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

# A SYN in a connection gets a challenge ACK (RFC 9293, 3.10.7.4)
edit uspace/srv/net/tcp/conn.c replace:2:6a243b35 \
    $'\t * Assert SYN is in receive window, otherwise this step should not' \
    $'\t * A SYN that is repeated with text begins before the window, any other
\t * one is in it.'
edit uspace/srv/net/tcp/conn.c replace \
    $'\tassert(seq_no_in_rcv_wnd(conn, seg->seq));' \
    $'\ttcp_tqueue_ctrl_seg(conn, CTL_ACK);'

# Text after a FIN
edit uspace/srv/net/tcp/conn.c replace:2:367e768b \
    $'\t\t/* Invalid since FIN has been received. Ignore text. */' \
    $'\t\t/* There can be none after the FIN. */
\t\ttcp_segment_delete(seg);
\t\treturn cp_done;'

# Segments after the one that closed the connection
edit uspace/srv/net/tcp/conn.c replace \
    $'\twhile (tcp_iqueue_get_ready_seg(&conn->incoming, &pseg) == EOK)' \
    $'\twhile (conn->cstate != st_closed && conn->cstate != st_listen &&
\t    tcp_iqueue_get_ready_seg(&conn->incoming, &pseg) == EOK)'

# Segments that nobody can be answered for
edit uspace/srv/net/tcp/inet.c before \
    $'\t/* Insert decoded segment into rqueue */' \
"	if (rident.remote.port == inet_port_any ||
	    rident.local.port == inet_port_any ||
	    inet_addr_is_any(&rident.remote.addr)) {
		tcp_segment_delete(dseg);
		return;
	}
"
edit uspace/srv/net/tcp/inet.c after '#include "rqueue.h"' \
    '#include "segment.h"'

# A queue of bounded length
edit uspace/srv/net/tcp/conn.c before $'\t/* Queue for processing */' \
"	/* What is not kept is sent again. */
	if (!seq_no_segment_ready(conn, seg) &&
	    list_count(&conn->incoming.list) >= INCOMING_MAX) {
		tcp_segment_delete(seg);
		return;
	}
"
edit uspace/srv/net/tcp/conn.c after $'#define SND_BUF_SIZE 4096' "
/** Maximum number of segments that wait for one before them */
#define INCOMING_MAX 64"

# What is refused is freed
edit uspace/srv/net/tcp/iqueue.c after $'\t\ttcp_segment_delete(iqe->seg);' \
    $'\t\tfree(iqe);'
edit uspace/srv/net/tcp/conn.c before $'\ttcp_tqueue_fini(&conn->retransmit);' \
"	while (!list_empty(&conn->incoming.list)) {
		tcp_iqueue_entry_t *iqe = list_get_instance(
		    list_first(&conn->incoming.list), tcp_iqueue_entry_t, link);

		list_remove(&iqe->link);
		tcp_segment_delete(iqe->seg);
		free(iqe);
	}"
edit uspace/srv/net/tcp/conn.c replace:2:2bfae3af \
    $'\tif (tcp_conn_seg_proc_rst(conn, seg) == cp_done)' \
"	if (tcp_conn_seg_proc_rst(conn, seg) == cp_done) {
		tcp_segment_delete(seg);
		return;
	}"
edit uspace/srv/net/tcp/conn.c replace:2:6d173750 \
    $'\tif (tcp_conn_seg_proc_syn(conn, seg) == cp_done)' \
"	if (tcp_conn_seg_proc_syn(conn, seg) == cp_done) {
		tcp_segment_delete(seg);
		return;
	}"
edit uspace/srv/net/tcp/conn.c after:2:68554424 \
    $'\t\tlog_msg(LOG_DEFAULT, LVL_DEBUG, "%s: FIN acked -> Closed", conn->name);' \
    $'\t\ttcp_segment_delete(seg);'
edit uspace/srv/net/tcp/conn.c after $'\t\ttcp_reply_rst(epp, seg);' \
    $'\ttcp_segment_delete(seg);'
edit uspace/srv/net/tcp/conn.c after $'\ttcp_transmit_segment(epp, rseg);' \
    $'\ttcp_segment_delete(rseg);'
edit uspace/srv/net/tcp/conn.c before $'\ttcp_transmit_segment(epp, rseg);' \
    $'\tif (rseg == NULL)\n\t\treturn;\n'
