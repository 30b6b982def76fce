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

/** @addtogroup tcp
 * @{
 */
/** @file The end of connections whose peer is gone.
 *
 * A fibril looks at all connections once a second. It reads them without their
 * lock: it runs in the server's only thread and does not wait meanwhile.
 */

#include <errno.h>
#include <fibril.h>
#include <fibril_synch.h>
#include <io/log.h>
#include <time.h>

#include "conn.h"
#include "patience.h"
#include "tcp_type.h"

/** Seconds without progress that a peer gets (0: as many as it likes) */
enum {
	/** while it is to answer our SYN */
	patience_opening = 75,
	/** while it is to confirm its own */
	patience_half_open = 15,
	/** while it is to take data (RFC 9293, 3.8.3: at least 100) */
	patience_data = 120,
	/** when the connection's owner has left it */
	patience_orphan = 60
};

/** Time between two looks, in microseconds */
#define LOOK_INTERVAL	(1000 * 1000)

static errno_t tcp_bury_fibril(void *arg)
{
	tcp_conn_free((tcp_conn_t *) arg);
	return EOK;
}

/** Free a connection that nobody refers to.
 *
 * A timer is destroyed by waiting for its handler: a handler leaves that to
 * another fibril.
 *
 * @param conn Connection
 */
void tcp_conn_bury(tcp_conn_t *conn)
{
	fid_t self = fibril_get_id();
	fid_t fid;

	if (conn->tw_timer->handler_fid != self &&
	    conn->retransmit.timer->handler_fid != self) {
		tcp_conn_free(conn);
		return;
	}

	fid = fibril_create(tcp_bury_fibril, conn);
	if (fid == 0) {
		log_msg(LOG_DEFAULT, LVL_ERROR, "Out of memory: "
		    "a closed connection stays.");
		return;
	}

	fibril_add_ready(fid);
}

/** How long the peer of a connection may make no progress.
 *
 * @param conn Connection
 * @return Seconds, 0 for ever
 */
static time_t tcp_patience(tcp_conn_t *conn)
{
	switch (conn->cstate) {
	case st_listen:
	case st_closed:
		return 0;
	case st_syn_sent:
		return patience_opening;
	case st_syn_received:
		return patience_half_open;
	default:
		break;
	}

	if (conn->deleted)
		return patience_orphan;
	if (conn->snd_buf_used > 0 || !list_empty(&conn->retransmit.list))
		return patience_data;
	return 0;
}

/** Is it time to give up a connection?
 *
 * @param conn Connection
 * @param now  Uptime in seconds
 */
static bool tcp_is_lost(tcp_conn_t *conn, time_t now)
{
	time_t limit = tcp_patience(conn);

	if (limit == 0 || conn->peer.cstate != (int) conn->cstate ||
	    conn->peer.snd_una != conn->snd_una ||
	    conn->peer.snd_wnd != conn->snd_wnd ||
	    conn->peer.rcv_nxt != conn->rcv_nxt) {
		conn->peer.cstate = conn->cstate;
		conn->peer.snd_una = conn->snd_una;
		conn->peer.snd_wnd = conn->snd_wnd;
		conn->peer.rcv_nxt = conn->rcv_nxt;
		conn->peer.since = now;
		return false;
	}

	return now - conn->peer.since >= limit;
}

/** Find a connection to be given up.
 *
 * @param now Uptime in seconds
 * @return Connection with a reference for the caller, or NULL
 */
static tcp_conn_t *tcp_find_lost_ref(time_t now)
{
	tcp_conn_t *lost = NULL;

	fibril_mutex_lock(tcp_patience_lock);
	list_foreach(*tcp_patience_list, link, tcp_conn_t, conn) {
		if (tcp_is_lost(conn, now)) {
			/* Not closed: there is a reference for that. */
			tcp_conn_addref(conn);
			lost = conn;
			break;
		}
	}
	fibril_mutex_unlock(tcp_patience_lock);

	return lost;
}

static errno_t tcp_patience_fibril(void *arg)
{
	struct timespec now;
	tcp_conn_t *conn;
	bool unowned;

	while (true) {
		fibril_usleep(LOOK_INTERVAL);
		getuptime(&now);

		while ((conn = tcp_find_lost_ref(now.tv_sec)) != NULL) {
			tcp_conn_lock(conn);
			/* One that was never established has no owner. */
			unowned = conn->cstate == st_syn_received &&
			    conn->ap == ap_passive && !conn->deleted;
			tcp_conn_reset(conn);
			tcp_conn_unlock(conn);

			if (unowned)
				tcp_conn_delete(conn);
			tcp_conn_delref(conn);
		}
	}

	return EOK;
}

/** Start to look at connections. */
void tcp_patience_start(void)
{
	fid_t fid = fibril_create(tcp_patience_fibril, NULL);

	if (fid == 0) {
		log_msg(LOG_DEFAULT, LVL_ERROR, "Failed creating fibril.");
		return;
	}

	fibril_add_ready(fid);
}

/** @}
 */
