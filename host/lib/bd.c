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
/** @file Block devices, server's and client's side
 */

/*
 * Calls carry a pointer to a request: both sides are in one program. The data
 * goes through buffers of the server, as it does in HelenOS.
 */

#include <bd_srv.h>
#include <errno.h>
#include <host/bd_client.h>
#include <host/ddf.h>
#include <mem.h>
#include <stdlib.h>

enum {
	BD_REQUEST = IPC_FIRST_USER_METHOD
};

typedef enum {
	BD_READ,
	BD_WRITE,
	BD_SYNC,
	BD_BLOCK_SIZE,
	BD_NUM_BLOCKS
} bd_op_t;

typedef struct {
	bd_op_t op;
	aoff64_t block;
	size_t count;
	void *data;
	size_t size;
	size_t block_size;
	aoff64_t num_blocks;
} bd_request_t;

struct host_bd {
	async_sess_t *sess;
};

void bd_srvs_init(bd_srvs_t *srvs)
{
	memset(srvs, 0, sizeof(*srvs));
}

static errno_t transfer(bd_srv_t *srv, bd_request_t *req)
{
	const bd_ops_t *ops = srv->srvs->ops;
	errno_t rc;

	if ((req->op == BD_READ && ops->read_blocks == NULL) ||
	    (req->op == BD_WRITE && ops->write_blocks == NULL))
		return ENOTSUP;
	void *buf = malloc(req->size);
	if (buf == NULL)
		return ENOMEM;
	if (req->op == BD_READ) {
		rc = ops->read_blocks(srv, req->block, req->count, buf,
		    req->size);
		if (rc == EOK)
			memcpy(req->data, buf, req->size);
	} else {
		memcpy(buf, req->data, req->size);
		rc = ops->write_blocks(srv, req->block, req->count, buf,
		    req->size);
	}
	free(buf);
	return rc;
}

static errno_t serve(bd_srv_t *srv, bd_request_t *req)
{
	const bd_ops_t *ops = srv->srvs->ops;

	switch (req->op) {
	case BD_READ:
	case BD_WRITE:
		return transfer(srv, req);
	case BD_SYNC:
		if (ops->sync_cache == NULL)
			return ENOTSUP;
		return ops->sync_cache(srv, req->block, req->count);
	case BD_BLOCK_SIZE:
		if (ops->get_block_size == NULL)
			return ENOTSUP;
		return ops->get_block_size(srv, &req->block_size);
	case BD_NUM_BLOCKS:
		if (ops->get_num_blocks == NULL)
			return ENOTSUP;
		return ops->get_num_blocks(srv, &req->num_blocks);
	}
	return ENOTSUP;
}

errno_t bd_conn(ipc_call_t *icall, bd_srvs_t *srvs)
{
	bd_srv_t srv = { .srvs = srvs };
	ipc_call_t call;

	errno_t rc = srvs->ops->open != NULL ?
	    srvs->ops->open(srvs, &srv) : EOK;
	async_answer_0(icall, rc);
	if (rc != EOK)
		return rc;

	while (true) {
		async_get_call(&call);
		if (ipc_get_imethod(&call) == IPC_M_PHONE_HUNGUP)
			break;
		if (ipc_get_imethod(&call) == BD_REQUEST)
			rc = serve(&srv, (bd_request_t *) ipc_get_arg1(&call));
		else
			rc = ENOTSUP;
		async_answer_0(&call, rc);
	}
	if (srvs->ops->close != NULL)
		(void) srvs->ops->close(&srv);
	return EOK;
}

errno_t host_bd_open(ddf_fun_t *fun, host_bd_t **rbd)
{
	host_bd_t *bd = calloc(1, sizeof(host_bd_t));
	if (bd == NULL)
		return ENOMEM;
	bd->sess = host_fun_connect(fun);
	if (bd->sess == NULL) {
		free(bd);
		return EREFUSED;
	}
	*rbd = bd;
	return EOK;
}

void host_bd_close(host_bd_t *bd)
{
	async_hangup(bd->sess);
	free(bd);
}

static errno_t request(host_bd_t *bd, bd_request_t *req)
{
	async_exch_t *exch = async_exchange_begin(bd->sess);
	errno_t rc = async_req_1_0(exch, BD_REQUEST, (sysarg_t) req);
	async_exchange_end(exch);
	return rc;
}

errno_t host_bd_get_block_size(host_bd_t *bd, size_t *size)
{
	bd_request_t req = { .op = BD_BLOCK_SIZE };

	errno_t rc = request(bd, &req);
	*size = req.block_size;
	return rc;
}

errno_t host_bd_get_num_blocks(host_bd_t *bd, aoff64_t *blocks)
{
	bd_request_t req = { .op = BD_NUM_BLOCKS };

	errno_t rc = request(bd, &req);
	*blocks = req.num_blocks;
	return rc;
}

errno_t host_bd_read(host_bd_t *bd, aoff64_t block, size_t count, void *data,
    size_t size)
{
	bd_request_t req = {
		.op = BD_READ, .block = block, .count = count, .data = data,
		.size = size
	};
	return request(bd, &req);
}

errno_t host_bd_write(host_bd_t *bd, aoff64_t block, size_t count,
    const void *data, size_t size)
{
	bd_request_t req = {
		.op = BD_WRITE, .block = block, .count = count,
		.data = (void *) data, .size = size
	};
	return request(bd, &req);
}

errno_t host_bd_sync(host_bd_t *bd, aoff64_t block, size_t count)
{
	bd_request_t req = { .op = BD_SYNC, .block = block, .count = count };
	return request(bd, &req);
}

/** @}
 */
