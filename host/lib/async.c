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

/** @addtogroup host
 * @{
 */
/** @file IPC between fibrils of one program
 */

/*
 * A connection is a queue of calls and a fibril that serves them. A call lives
 * until both sides are done with it: the sender, that waits for the answer or
 * forgets it, and the receiver, that answers it once.
 */

#include <async.h>
#include <errno.h>
#include <fibril_synch.h>
#include <host/violation.h>
#include <mem.h>
#include <stdatomic.h>
#include <stdlib.h>
#include "private.h"

typedef struct host_conn {
	/** Guards calls and hung_up */
	fibril_mutex_t lock;
	fibril_condvar_t cv;
	/** Calls that were not received yet */
	list_t calls;
	bool hung_up;
	/** The session and the serving fibril */
	atomic_int refs;
	async_port_handler_t handler;
	void *arg;
} conn_t;

/** A call under way; what a cap_call_handle_t points at */
typedef struct host_cap_call {
	link_t link;
	/** The sender and the receiver */
	atomic_int refs;
	/** Guards answered and answer */
	fibril_mutex_t lock;
	fibril_condvar_t cv;
	bool answered;
	ipc_call_t call;
	ipc_call_t answer;
	/** Where to copy the answer, may be NULL */
	ipc_call_t *dest;
	/** IPC_M_CONNECT_TO_ME: the caller's handler */
	async_port_handler_t cb_handler;
	void *cb_arg;
} msg_t;

struct async_exch {
	async_sess_t *sess;
};

/** The connection that this fibril serves */
static __thread conn_t *served;

static void conn_put(conn_t *conn)
{
	if (atomic_fetch_sub(&conn->refs, 1) == 1)
		free(conn);
}

static void msg_put(msg_t *msg)
{
	if (atomic_fetch_sub(&msg->refs, 1) == 1)
		free(msg);
}

static msg_t *msg_create(const sysarg_t *args, ipc_call_t *dest)
{
	msg_t *msg = calloc(1, sizeof(msg_t));
	if (msg == NULL)
		abort();
	fibril_mutex_initialize(&msg->lock);
	fibril_condvar_initialize(&msg->cv);
	msg->refs = 2;
	memcpy(msg->call.args, args, sizeof(msg->call.args));
	msg->call.cap_handle = msg;
	msg->dest = dest;
	return msg;
}

static void answer(msg_t *msg, const sysarg_t *args)
{
	fibril_mutex_lock(&msg->lock);
	if (msg->answered)
		host_violation("a call is answered twice");
	memcpy(msg->answer.args, args, sizeof(msg->answer.args));
	msg->answered = true;
	fibril_condvar_broadcast(&msg->cv);
	fibril_mutex_unlock(&msg->lock);
	msg_put(msg);
}

static void answer_rc(msg_t *msg, errno_t rc)
{
	sysarg_t args[IPC_CALL_LEN] = { (sysarg_t) rc };
	answer(msg, args);
}

static void conn_enqueue(conn_t *conn, msg_t *msg)
{
	fibril_mutex_lock(&conn->lock);
	bool refused = conn->hung_up;
	if (!refused) {
		list_append(&msg->link, &conn->calls);
		fibril_condvar_signal(&conn->cv);
	}
	fibril_mutex_unlock(&conn->lock);
	if (refused)
		answer_rc(msg, EHANGUP);
}

/** No more calls: those that nobody received are answered. */
static void conn_close(conn_t *conn)
{
	list_t rest;
	msg_t *msg;

	list_initialize(&rest);
	fibril_mutex_lock(&conn->lock);
	conn->hung_up = true;
	list_concat(&rest, &conn->calls);
	fibril_condvar_broadcast(&conn->cv);
	fibril_mutex_unlock(&conn->lock);
	while ((msg = list_pop(&rest, msg_t, link)) != NULL)
		answer_rc(msg, EHANGUP);
}

static errno_t conn_fibril(void *arg)
{
	ipc_call_t icall;

	served = arg;
	async_get_call(&icall);
	served->handler(&icall, served->arg);
	conn_close(served);
	conn_put(served);
	return EOK;
}

static async_sess_t *sess_create(conn_t *conn, exch_mgmt_t mgmt)
{
	async_sess_t *sess = calloc(1, sizeof(async_sess_t));
	if (sess == NULL)
		abort();
	sess->conn = conn;
	sess->mgmt = mgmt;
	fibril_mutex_initialize(&sess->lock);
	return sess;
}

/** Start a fibril that serves a new connection; it has a session then. */
static async_sess_t *conn_start(async_port_handler_t handler, void *arg,
    exch_mgmt_t mgmt)
{
	conn_t *conn = calloc(1, sizeof(conn_t));
	if (conn == NULL)
		return NULL;
	fibril_mutex_initialize(&conn->lock);
	fibril_condvar_initialize(&conn->cv);
	list_initialize(&conn->calls);
	conn->refs = 2;
	conn->handler = handler;
	conn->arg = arg;

	fid_t fibril = fibril_create(conn_fibril, conn);
	if (fibril == NULL) {
		free(conn);
		return NULL;
	}
	fibril_start(fibril);
	return sess_create(conn, mgmt);
}

async_exch_t *async_exchange_begin(async_sess_t *sess)
{
	if (sess == NULL)
		return NULL;
	async_exch_t *exch = calloc(1, sizeof(async_exch_t));
	if (exch == NULL)
		return NULL;
	if (sess->mgmt == EXCHANGE_SERIALIZE)
		fibril_mutex_lock(&sess->lock);
	exch->sess = sess;
	return exch;
}

void async_exchange_end(async_exch_t *exch)
{
	if (exch == NULL)
		return;
	if (exch->sess->mgmt == EXCHANGE_SERIALIZE)
		fibril_mutex_unlock(&exch->sess->lock);
	free(exch);
}

void async_hangup(async_sess_t *sess)
{
	if (sess->conn != NULL) {
		conn_close(sess->conn);
		conn_put(sess->conn);
	}
	free(sess);
}

static msg_t *send(async_exch_t *exch, const sysarg_t *args, ipc_call_t *dest)
{
	msg_t *msg = msg_create(args, dest);

	if (exch == NULL || exch->sess->conn == NULL)
		answer_rc(msg, ENOENT);
	else
		conn_enqueue(exch->sess->conn, msg);
	return msg;
}

void async_wait_for(aid_t aid, errno_t *rc)
{
	msg_t *msg = (msg_t *) aid;

	fibril_mutex_lock(&msg->lock);
	while (!msg->answered)
		fibril_condvar_wait(&msg->cv, &msg->lock);
	if (msg->dest != NULL)
		*msg->dest = msg->answer;
	if (rc != NULL)
		*rc = ipc_get_retval(&msg->answer);
	fibril_mutex_unlock(&msg->lock);
	msg_put(msg);
}

errno_t async_wait_timeout(aid_t aid, errno_t *rc, usec_t timeout)
{
	msg_t *msg = (msg_t *) aid;
	struct timespec now, when;

	getuptime(&when);
	ts_add_diff(&when, USEC2NSEC(timeout));
	fibril_mutex_lock(&msg->lock);
	while (!msg->answered) {
		getuptime(&now);
		nsec_t left = ts_sub_diff(&when, &now);
		if (left <= 0)
			break;
		(void) fibril_condvar_wait_timeout(&msg->cv, &msg->lock,
		    NSEC2USEC(left) + 1);
	}
	bool answered = msg->answered;
	fibril_mutex_unlock(&msg->lock);
	if (!answered)
		return ETIMEOUT;
	async_wait_for(aid, rc);
	return EOK;
}

void async_forget(aid_t aid)
{
	msg_put((msg_t *) aid);
}

/** In a fibril that serves a connection: the next call, or that the other
 * side hung up.
 */
bool async_get_call(ipc_call_t *call)
{
	conn_t *conn = served;
	if (conn == NULL)
		host_violation("async_get_call outside of a connection");

	fibril_mutex_lock(&conn->lock);
	msg_t *msg;
	while ((msg = list_pop(&conn->calls, msg_t, link)) == NULL &&
	    !conn->hung_up)
		fibril_condvar_wait(&conn->cv, &conn->lock);
	fibril_mutex_unlock(&conn->lock);

	if (msg != NULL)
		*call = msg->call;
	else
		memset(call, 0, sizeof(*call));
	return true;
}

async_sess_t *host_ipc_connect(async_port_handler_t handler, void *arg,
    void (*drop)(void *))
{
	sysarg_t args[IPC_CALL_LEN] = { IPC_M_CONNECT_ME_TO };
	errno_t rc;

	async_sess_t *sess = conn_start(handler, arg, EXCHANGE_PARALLEL);
	if (sess == NULL) {
		drop(arg);
		return NULL;
	}
	async_exch_t *exch = async_exchange_begin(sess);
	msg_t *msg = send(exch, args, NULL);
	async_exchange_end(exch);
	async_wait_for((aid_t) msg, &rc);
	if (rc != EOK) {
		async_hangup(sess);
		return NULL;
	}
	return sess;
}

/*
 * Callback connections
 */

/** The serving fibril of a callback has no first call to answer. */
typedef struct {
	async_port_handler_t handler;
	void *arg;
} callback_t;

static void callback_connection(ipc_call_t *icall, void *arg)
{
	callback_t callback = *(callback_t *) arg;

	free(arg);
	async_answer_0(icall, EOK);
	memset(icall, 0, sizeof(*icall));
	callback.handler(icall, callback.arg);
}

errno_t async_create_callback_port(async_exch_t *exch, iface_t iface,
    sysarg_t arg1, sysarg_t arg2, async_port_handler_t handler, void *data,
    port_id_t *port)
{
	sysarg_t args[IPC_CALL_LEN] = {
		IPC_M_CONNECT_TO_ME, iface, arg1, arg2
	};
	errno_t rc;

	if (!(iface & IFACE_MOD_CALLBACK))
		return EINVAL;
	if (exch == NULL || exch->sess->conn == NULL)
		return ENOENT;
	msg_t *msg = msg_create(args, NULL);
	msg->cb_handler = handler;
	msg->cb_arg = data;
	conn_enqueue(exch->sess->conn, msg);
	async_wait_for((aid_t) msg, &rc);
	*port = 0;
	return rc;
}

void async_port_destroy(port_id_t port)
{
	(void) port;
}

async_sess_t *async_callback_receive_start(exch_mgmt_t mgmt, ipc_call_t *call)
{
	if (ipc_get_imethod(call) != IPC_M_CONNECT_TO_ME)
		return NULL;

	msg_t *msg = call->cap_handle;
	callback_t *callback = calloc(1, sizeof(callback_t));
	if (callback == NULL)
		return NULL;
	callback->handler = msg->cb_handler;
	callback->arg = msg->cb_arg;
	async_sess_t *sess = host_ipc_connect(callback_connection, callback,
	    free);
	if (sess != NULL)
		sess->mgmt = mgmt;
	return sess;
}

async_sess_t *async_callback_receive(exch_mgmt_t mgmt)
{
	ipc_call_t call;

	async_get_call(&call);
	async_sess_t *sess = async_callback_receive_start(mgmt, &call);
	async_answer_0(&call, sess != NULL ? EOK : EINVAL);
	return sess;
}

/*
 * Data transfers
 */

static errno_t data_start(async_exch_t *exch, sysarg_t method,
    const void *buf, size_t size)
{
	sysarg_t args[IPC_CALL_LEN] = { method, (sysarg_t) buf, size };
	errno_t rc;

	if (size > DATA_XFER_LIMIT)
		return ELIMIT;
	async_wait_for((aid_t) send(exch, args, NULL), &rc);
	return rc;
}

aid_t async_data_read(async_exch_t *exch, void *buf, size_t size,
    ipc_call_t *dest)
{
	sysarg_t args[IPC_CALL_LEN] = { IPC_M_DATA_READ, (sysarg_t) buf, size };
	return (aid_t) send(exch, args, dest);
}

errno_t async_data_read_start(async_exch_t *exch, void *buf, size_t size)
{
	return data_start(exch, IPC_M_DATA_READ, buf, size);
}

errno_t async_data_write_start(async_exch_t *exch, const void *buf,
    size_t size)
{
	return data_start(exch, IPC_M_DATA_WRITE, buf, size);
}

static bool data_receive(ipc_call_t *call, size_t *size, sysarg_t method)
{
	async_get_call(call);
	if (ipc_get_imethod(call) != method)
		return false;
	if (size != NULL)
		*size = ipc_get_arg2(call);
	return true;
}

bool async_data_read_receive(ipc_call_t *call, size_t *size)
{
	return data_receive(call, size, IPC_M_DATA_READ);
}

bool async_data_write_receive(ipc_call_t *call, size_t *size)
{
	return data_receive(call, size, IPC_M_DATA_WRITE);
}

errno_t async_data_read_finalize(ipc_call_t *call, const void *src,
    size_t size)
{
	if (size > ipc_get_arg2(call))
		size = ipc_get_arg2(call);
	memcpy((void *) ipc_get_arg1(call), src, size);
	return async_answer_2(call, EOK, 0, size);
}

errno_t async_data_write_finalize(ipc_call_t *call, void *dest, size_t size)
{
	if (size > ipc_get_arg2(call))
		size = ipc_get_arg2(call);
	memcpy(dest, (const void *) ipc_get_arg1(call), size);
	return async_answer_2(call, EOK, 0, size);
}

errno_t async_data_write_accept(void **data, const bool nullterm,
    const size_t min_size, const size_t max_size, const size_t granularity,
    size_t *received)
{
	ipc_call_t call;
	size_t size;
	errno_t rc = EOK;

	if (!async_data_write_receive(&call, &size)) {
		async_answer_0(&call, EINVAL);
		return EINVAL;
	}
	if ((min_size > 0 && size < min_size) ||
	    (max_size > 0 && size > max_size) ||
	    (granularity > 0 && size % granularity != 0))
		rc = EINVAL;
	char *buf = rc == EOK ? malloc(size + 1) : NULL;
	if (rc == EOK && buf == NULL)
		rc = ENOMEM;
	if (rc != EOK) {
		async_answer_0(&call, rc);
		return rc;
	}
	async_data_write_finalize(&call, buf, size);
	if (nullterm)
		buf[size] = 0;
	*data = buf;
	if (received != NULL)
		*received = size;
	return EOK;
}

/*
 * Calls and answers; those with fewer arguments are in async_args.c.
 */

errno_t async_answer_5(ipc_call_t *call, errno_t rc, sysarg_t a1, sysarg_t a2,
    sysarg_t a3, sysarg_t a4, sysarg_t a5)
{
	sysarg_t args[IPC_CALL_LEN] = { (sysarg_t) rc, a1, a2, a3, a4, a5 };

	/* That the other side hung up is no call. */
	if (call->cap_handle == NULL)
		return ENOENT;
	answer(call->cap_handle, args);
	return EOK;
}

aid_t async_send_5(async_exch_t *exch, sysarg_t method, sysarg_t a1,
    sysarg_t a2, sysarg_t a3, sysarg_t a4, sysarg_t a5, ipc_call_t *dest)
{
	sysarg_t args[IPC_CALL_LEN] = { method, a1, a2, a3, a4, a5 };
	return (aid_t) send(exch, args, dest);
}

void async_msg_5(async_exch_t *exch, sysarg_t method, sysarg_t a1,
    sysarg_t a2, sysarg_t a3, sysarg_t a4, sysarg_t a5)
{
	async_forget(async_send_5(exch, method, a1, a2, a3, a4, a5, NULL));
}

errno_t async_req_5_5(async_exch_t *exch, sysarg_t method, sysarg_t a1,
    sysarg_t a2, sysarg_t a3, sysarg_t a4, sysarg_t a5, sysarg_t *r1,
    sysarg_t *r2, sysarg_t *r3, sysarg_t *r4, sysarg_t *r5)
{
	sysarg_t *results[] = { r1, r2, r3, r4, r5 };
	ipc_call_t result;
	errno_t rc;

	aid_t aid = async_send_5(exch, method, a1, a2, a3, a4, a5, &result);
	async_wait_for(aid, &rc);
	for (size_t i = 0; i < 5; i++) {
		if (results[i] != NULL)
			*results[i] = result.args[i + 1];
	}
	return rc;
}

errno_t async_accept_0(ipc_call_t *call)
{
	return async_answer_0(call, EOK);
}

/** @}
 */
