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

# TCP: who uses connections and listeners
edit uspace/srv/net/tcp/meson.build after $'\t\'ucall.c\',' $'\t\'users.c\','
edit uspace/srv/net/tcp/conn.c after '#include "ucall.h"' '#include "users.h"'
edit uspace/srv/net/tcp/conn.c after \
    'static FIBRIL_MUTEX_INITIALIZE(conn_list_lock);' "
list_t *const tcp_conn_list = &conn_list;
fibril_mutex_t *const tcp_conn_list_lock = &conn_list_lock;
"
edit uspace/srv/net/tcp/conn.c before $'\tconn->deleted = true;' \
    $'\t/* A callback that is under way is done before this. */
\ttcp_conn_lock(conn);'
edit uspace/srv/net/tcp/conn.c after $'\tconn->cb_arg = NULL;' \
    $'\tfibril_condvar_broadcast(&conn->snd_buf_cv);\n\ttcp_conn_unlock(conn);'
edit uspace/srv/net/tcp/tcp_type.h after $'\tinet_ep_t elocal;' \
"	/** Number of callbacks that use it (users.h) */
	unsigned busy;
	/** Its owner has left it */
	bool gone;"
edit uspace/srv/net/tcp/service.c after '#include "ucall.h"' '#include "users.h"'
edit uspace/srv/net/tcp/service.c after \
    'static void tcp_service_lst_cstate_change(tcp_conn_t *, void *, tcp_cstate_t);' \
    'static void tcp_service_lst_guard(tcp_conn_t *, void *, tcp_cstate_t);'
edit uspace/srv/net/tcp/service.c replace \
    $'\t.cstate_change = tcp_service_lst_cstate_change,' \
    $'\t.cstate_change = tcp_service_lst_guard,'
edit uspace/srv/net/tcp/service.c before \
    '/** Received data became available on connection.' \
"/** The state changed of a connection that came through a listener.
 *
 * @param conn      Connection
 * @param arg       Listener
 * @param old_state Previous state
 */
static void tcp_service_lst_guard(tcp_conn_t *conn, void *arg,
    tcp_cstate_t old_state)
{
	tcp_clst_t *clst = (tcp_clst_t *) arg;

	if (!tcp_clst_begin(clst))
		return;
	tcp_service_lst_cstate_change(conn, arg, old_state);
	tcp_clst_end(clst);
}
"
edit uspace/srv/net/tcp/service.c replace:3:28384250 '#if 0' \
    $'\ttcp_clst_drop(clst);'
edit uspace/srv/net/tcp/service.c before $'\tn = list_count(&client->cconn);' \
"	/* The listeners first: they would bring connections. */
	while (!list_empty(&client->clst)) {
		tcp_clst_t *clst = list_get_instance(list_first(&client->clst),
		    tcp_clst_t, lclient);

		tcp_clst_drop(clst);
		tcp_clistener_destroy(clst);
	}
"
edit uspace/srv/net/tcp/service.c replace:6:259b2377 \
    $'\tn = list_count(&client->clst);' ''

# TCP: a program that waits for its peer
edit uspace/srv/net/tcp/service.c replace:29:0721e47d \
    '/** Send data over connection..' ''
edit uspace/srv/net/tcp/service.c replace:9:3af431ab \
    $'\trc = tcp_conn_send_impl(client, conn_id, data, size);' \
"	tcp_cconn_t *cconn;
	rc = tcp_cconn_get(client, conn_id, &cconn);
	if (rc != EOK) {
		async_answer_0(icall, rc);
		free(data);
		return;
	}

	tcp_send_start(cconn->conn, data, size, icall);"
edit uspace/srv/net/tcp/ucall.c after '#include "ucall.h"' '#include "users.h"'
edit uspace/srv/net/tcp/ucall.c replace \
    $'\t\twhile (buf_free == 0 && !conn->reset) {' \
    $'\t\twhile (buf_free == 0 && !conn->reset && !conn->deleted) {'
edit uspace/srv/net/tcp/ucall.c replace $'\t\tif (conn->reset) {' \
    $'\t\tif (conn->reset || conn->deleted) {'
edit uspace/srv/net/tcp/ucall.c before $'\ttcp_conn_reset(conn);' \
    $'\ttcp_conn_send_rst(conn);'

# The library: connections that are reset, data that arrives
edit uspace/lib/inet/src/tcp.c replace $'\twhile (!conn->data_avail) {' \
    $'\twhile (!conn->data_avail && !conn->conn_reset) {'
edit uspace/lib/inet/src/tcp.c before \
    $'\taid_t req = async_send_1(exch, TCP_CONN_RECV_WAIT, conn->id, &answer);' \
    $'\t/* Data that arrives from here on sets it again. */
\tconn->data_avail = false;'
edit uspace/lib/inet/src/tcp.c after:2:df1f5bff \
    $'\taid_t req = async_send_1(exch, TCP_CONN_RECV_WAIT, conn->id, &answer);' \
    $'\tif (rc == EOK)
\t\tconn->data_avail = true;\t/* there may be more */'
edit uspace/lib/inet/src/tcp.c replace:4:d202592b $'\t\tif (rc == EAGAIN) {' \
    $'\t\tif (rc == EAGAIN) {
\t\t\tfibril_mutex_unlock(&conn->lock);
\t\t\tgoto again;'
edit uspace/lib/inet/src/tcp.c after $'\ttcp_conn_destroy(cinfo->conn);' \
    $'\tfree(cinfo);'

# UDP
edit uspace/srv/net/udp/meson.build after $'\t\'cassoc.c\',' $'\t\'drop.c\','
edit uspace/srv/net/udp/assoc.c after '#include "assoc.h"' '#include "drop.h"'
edit uspace/srv/net/udp/assoc.c replace \
    $'\tassoc->cb->recv_msg(assoc->cb_arg, repp, msg);' \
    $'\tudp_assoc_deliver(assoc, repp, msg);'
edit uspace/srv/net/udp/service.c after '#include "cassoc.h"' '#include "drop.h"'
edit uspace/srv/net/udp/service.c replace:4:3cfb1c98 \
    $'\tudp_assoc_remove(cassoc->assoc);' $'\tudp_cassoc_drop(cassoc);'
edit uspace/srv/net/udp/service.c replace $'\t\t/* XXX Clean up */' \
    $'\t\tudp_client_drop(&client);'
edit uspace/srv/net/udp/service.c replace \
    $'\t/* XXX Clean up client receive queue */' ''

# inetsrv: servers of a protocol, and programs that ping
edit uspace/srv/net/inetsrv/inetsrv.h replace $'\tuint8_t protocol;' \
    $'\tuint8_t protocol;
\t/** Number of datagrams that are being delivered */
\tunsigned busy;'
edit uspace/srv/net/inetsrv/inetsrv.c after \
    'static FIBRIL_MUTEX_INITIALIZE(client_list_lock);' \
    '/** Broadcast when a client is not busy any more */
static FIBRIL_CONDVAR_INITIALIZE(client_idle);'
edit uspace/srv/net/inetsrv/inetsrv.c before $'\tinet_client_init(&client);' \
    $'\tclient.protocol = 0;\n\tclient.busy = 0;'
edit uspace/srv/net/inetsrv/inetsrv.c replace:6:efeeebb6 $'\tasync_hangup(client->sess);' \
"	fibril_mutex_lock(&client_list_lock);
	list_remove(&client->client_list);
	while (client->busy > 0)
		fibril_condvar_wait(&client_idle, &client_list_lock);
	fibril_mutex_unlock(&client_list_lock);

	if (client->sess != NULL)
		async_hangup(client->sess);"
edit uspace/srv/net/inetsrv/inetsrv.c before \
    $'\t\t\tfibril_mutex_unlock(&client_list_lock);' $'\t\t\tclient->busy++;'
edit uspace/srv/net/inetsrv/inetsrv.c replace \
    $'\treturn inet_ev_recv(client, dgram);' \
"	errno_t rc = inet_ev_recv(client, dgram);

	fibril_mutex_lock(&client_list_lock);
	if (--client->busy == 0)
		fibril_condvar_broadcast(&client_idle);
	fibril_mutex_unlock(&client_list_lock);

	return rc;"
edit uspace/srv/net/inetsrv/inetsrv.c replace $'\t\t\treturn;' $'\t\t\tbreak;'
edit uspace/srv/net/inetsrv/inetsrv.h before '} inetping_client_t;' \
    $'\t/** Number of replies that are being delivered */
\tunsigned busy;'
edit uspace/srv/net/inetsrv/inetping.c after \
    'static FIBRIL_MUTEX_INITIALIZE(client_list_lock);' \
    '/** Broadcast when a client is not busy any more */
static FIBRIL_CONDVAR_INITIALIZE(client_idle);'
edit uspace/srv/net/inetsrv/inetping.c before \
    $'\t\t\tfibril_mutex_unlock(&client_list_lock);' $'\t\t\tclient->busy++;'
edit uspace/srv/net/inetsrv/inetping.c replace \
    'errno_t inetping_recv(uint16_t ident, inetping_sdu_t *sdu)' \
    'static errno_t inetping_deliver(inetping_client_t *client,
    inetping_sdu_t *sdu)'
edit uspace/srv/net/inetsrv/inetping.c replace:6:064e8f7b \
    $'\tinetping_client_t *client = inetping_client_find(ident);' ''
edit uspace/srv/net/inetsrv/inetping.c before \
    'static void inetping_send_srv(inetping_client_t *client, ipc_call_t *icall)' \
"errno_t inetping_recv(uint16_t ident, inetping_sdu_t *sdu)
{
	inetping_client_t *client = inetping_client_find(ident);
	if (client == NULL)
		return ENOENT;

	errno_t rc = inetping_deliver(client, sdu);

	fibril_mutex_lock(&client_list_lock);
	if (--client->busy == 0)
		fibril_condvar_broadcast(&client_idle);
	fibril_mutex_unlock(&client_list_lock);

	return rc;
}
"
edit uspace/srv/net/inetsrv/inetping.c after $'\tclient->sess = sess;' \
    $'\tclient->busy = 0;'
edit uspace/srv/net/inetsrv/inetping.c replace:6:efeeebb6 \
    $'\tasync_hangup(client->sess);' \
"	fibril_mutex_lock(&client_list_lock);
	list_remove(&client->client_list);
	while (client->busy > 0)
		fibril_condvar_wait(&client_idle, &client_list_lock);
	fibril_mutex_unlock(&client_list_lock);

	async_hangup(client->sess);"

# The resolver: a request that is sent again
edit uspace/srv/net/dnsrsrv/transport.c after:2:fdec65af $'\t\tif (rc != ETIMEOUT)' "
		treq_destroy(treq);
		treq = NULL;"

# The remote console: a connection that was reset
edit uspace/srv/hid/remcons/user.c replace:4:035e9df4 $'\tif (rc != EOK)' \
    $'\tif (rc != EOK || recv_length == 0) {'

# What comes for a program that has closed
edit uspace/srv/net/tcp/conn.c before \
    $'\t\tlog_msg(LOG_DEFAULT, LVL_DEBUG, "Replying ACK to unacceptable segment.");' \
"		if (conn->deleted && conn->rcv_wnd == 0) {
			/* Nobody will make room (RFC 9293, 3.6.1). */
			tcp_conn_send_rst(conn);
			tcp_conn_reset(conn);
			tcp_segment_delete(seg);
			return;
		}
"
