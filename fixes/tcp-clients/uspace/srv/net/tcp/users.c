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
/** @file What belongs to the users of TCP, and how they leave it.
 *
 * A connection knows its user by its callback and the callback's argument.
 * Both are used under the connection's lock, and taken away under it when the
 * user leaves (tcp_conn_delete()). A listener is used by more connections than
 * one, and by those that it opens meanwhile: it counts who is at it.
 */

#include <async.h>
#include <errno.h>
#include <fibril.h>
#include <fibril_synch.h>
#include <stdlib.h>

#include "conn.h"
#include "segment.h"
#include "tcp_type.h"
#include "ucall.h"
#include "users.h"

/** A send that is under way */
typedef struct {
	/** Connection (a reference is ours) */
	tcp_conn_t *conn;
	/** Data (ours) */
	void *data;
	/** Number of bytes */
	size_t size;
	/** Request to be answered */
	ipc_call_t call;
} tcp_send_t;

/** Guards tcp_clst_t.busy and gone; nothing is locked under it */
static FIBRIL_MUTEX_INITIALIZE(clst_lock);
/** Broadcast when a listener is not busy any more */
static FIBRIL_CONDVAR_INITIALIZE(clst_idle);

/** Begin to use a listener in a callback.
 *
 * @param clst Listener
 * @return True if it may be used until tcp_clst_end(), false if its owner has
 *         left it
 */
bool tcp_clst_begin(tcp_clst_t *clst)
{
	bool alive;

	fibril_mutex_lock(&clst_lock);
	alive = !clst->gone;
	if (alive)
		clst->busy++;
	fibril_mutex_unlock(&clst_lock);

	return alive;
}

/** End the use of a listener in a callback.
 *
 * @param clst Listener
 */
void tcp_clst_end(tcp_clst_t *clst)
{
	fibril_mutex_lock(&clst_lock);
	if (--clst->busy == 0)
		fibril_condvar_broadcast(&clst_idle);
	fibril_mutex_unlock(&clst_lock);
}

/** Find a connection by the argument of its callbacks.
 *
 * @param arg Argument, not NULL
 * @return Connection with a reference for the caller, or NULL
 */
static tcp_conn_t *tcp_conn_find_arg_ref(void *arg)
{
	tcp_conn_t *found = NULL;

	/*
	 * Who has an argument is not deleted and has a reference for it: such
	 * a connection is not about to be freed.
	 */
	fibril_mutex_lock(tcp_conn_list_lock);
	list_foreach(*tcp_conn_list, link, tcp_conn_t, conn) {
		if (conn->cb_arg == arg) {
			tcp_conn_addref(conn);
			found = conn;
			break;
		}
	}
	fibril_mutex_unlock(tcp_conn_list_lock);

	return found;
}

/** Drop what a listener has: the connection that waits for a peer, and those
 * that are not established yet.
 *
 * When this returns no connection knows the listener. No connection may be
 * locked by the caller.
 *
 * @param clst Listener
 */
void tcp_clst_drop(tcp_clst_t *clst)
{
	tcp_conn_t *conn;

	fibril_mutex_lock(&clst_lock);
	clst->gone = true;
	while (clst->busy > 0)
		fibril_condvar_wait(&clst_idle, &clst_lock);
	fibril_mutex_unlock(&clst_lock);

	while ((conn = tcp_conn_find_arg_ref(clst)) != NULL) {
		tcp_uc_abort(conn);
		tcp_uc_delete(conn);
		tcp_conn_delref(conn);
	}
}

/** Tell the peer that a connection is aborted (RFC 9293, 3.10.5).
 *
 * @param conn Connection, locked
 */
void tcp_conn_send_rst(tcp_conn_t *conn)
{
	tcp_segment_t *seg;

	switch (conn->cstate) {
	case st_syn_received:
	case st_established:
	case st_fin_wait_1:
	case st_fin_wait_2:
	case st_close_wait:
		break;
	default:
		return;
	}

	seg = tcp_segment_make_ctrl(CTL_RST);
	if (seg == NULL)
		return;

	seg->seq = conn->snd_nxt;
	conn->retransmit.cb->transmit_seg(&conn->ident, seg);
	tcp_segment_delete(seg);
}

/** Send, answer the request and free the send.
 *
 * @param arg Send
 * @return EOK
 */
static errno_t tcp_send_do(void *arg)
{
	tcp_send_t *send = (tcp_send_t *) arg;
	tcp_error_t trc;

	trc = tcp_uc_send(send->conn, send->data, send->size, 0);

	/* Half of the data and an orderly end would pass for all of it. */
	if (trc != TCP_EOK && send->conn->deleted)
		tcp_uc_abort(send->conn);

	tcp_conn_delref(send->conn);
	async_answer_0(&send->call, trc == TCP_EOK ? EOK : EIO);
	free(send->data);
	free(send);
	return EOK;
}

/** Start to send data.
 *
 * Only who has to wait for room gets a fibril: the requests of a program come
 * one after the other, and one that waited for its peer would hold up all the
 * others, the program's end too.
 *
 * @param conn Connection
 * @param data Data (from malloc(), given away)
 * @param size Number of bytes
 * @param call Request, answered when all of the data is in the send buffer
 */
void tcp_send_start(tcp_conn_t *conn, void *data, size_t size,
    ipc_call_t *call)
{
	tcp_send_t *send;
	bool waits;
	fid_t fid;

	send = calloc(1, sizeof(tcp_send_t));
	if (send == NULL) {
		async_answer_0(call, ENOMEM);
		free(data);
		return;
	}

	tcp_conn_addref(conn);
	send->conn = conn;
	send->data = data;
	send->size = size;
	send->call = *call;

	tcp_conn_lock(conn);
	waits = size > conn->snd_buf_size - conn->snd_buf_used;
	tcp_conn_unlock(conn);

	if (!waits) {
		tcp_send_do(send);
		return;
	}

	fid = fibril_create(tcp_send_do, send);
	if (fid == 0) {
		tcp_conn_delref(conn);
		async_answer_0(call, ENOMEM);
		free(data);
		free(send);
		return;
	}

	fibril_add_ready(fid);
}

/** @}
 */
