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

/** @file
 * xenstored of the model: its side of the ring
 */

#include <string.h>
#include "store_ring.h"
#include "xen.h"

#define OUT_SIZE   (1 << 20)

xs_interface_t model_store;
store_spoil_t store_spoil;
atomic_uint store_spoiled;
atomic_uint store_silences;

/** Bytes that wait for room in the ring */
static uint8_t out[OUT_SIZE];
static size_t out_size;
static uint8_t in[sizeof(xs_msg_hdr_t) + XS_PAYLOAD_MAX];
static size_t in_size;
/** Bytes of requests that were read; a test may spoil the shared index. */
static uint32_t in_cons;

/** A connection is being made anew: nobody reads. */
MODEL_SHARED void store_part(void)
{
	model_store.connection = XS_CONNECTION_RECONNECT;
}

MODEL_SHARED bool store_is_untouched(void)
{
	return model_store.req_prod == in_cons;
}

MODEL_SHARED void store_ring_connect(void)
{
	in_cons = in_size = out_size = 0;
	model_store.req_cons = model_store.req_prod = 0;
	model_store.rsp_cons = model_store.rsp_prod = 0;
	__atomic_store_n(&model_store.connection, XS_CONNECTION_CONNECTED,
	    __ATOMIC_SEQ_CST);
}

MODEL_SHARED void store_ring_reset(bool used)
{
	memset(&model_store, 0, sizeof(model_store));
	in_cons = in_size = out_size = 0;
	if (!used)
		return;

	in_cons = 0xfffffff0;
	model_store.req_cons = model_store.req_prod = in_cons;
	model_store.rsp_cons = 0xffffffe0;
	model_store.rsp_prod = 0xfffffff8;
}

MODEL_SHARED bool store_ring_is_asked(void)
{
	return in_size != 0 || in_cons != model_store.req_prod;
}

/** Write what waits into the ring, as far as there is room. */
MODEL_SHARED void store_flush(void)
{
	size_t n = 0;

	while (n < out_size && (uint32_t) (model_store.rsp_prod -
	    __atomic_load_n(&model_store.rsp_cons, __ATOMIC_SEQ_CST)) <
	    XS_RING_SIZE) {
		model_store.rsp[model_store.rsp_prod % XS_RING_SIZE] = out[n++];
		__atomic_store_n(&model_store.rsp_prod,
		    model_store.rsp_prod + 1, __ATOMIC_SEQ_CST);
	}
	memmove(out, out + n, out_size - n);
	out_size -= n;
	if (n > 0)
		model_event(model_store_port);
}

static void put_raw(uint32_t type, uint32_t req, const void *payload,
    size_t len, uint32_t claim)
{
	xs_msg_hdr_t hdr = { .type = type, .req_id = req, .len = claim };

	if (out_size + sizeof(hdr) + len > OUT_SIZE)
		model_violation("nobody reads what xenstored says");
	memcpy(out + out_size, &hdr, sizeof(hdr));
	if (len > 0)
		memcpy(out + out_size + sizeof(hdr), payload, len);
	out_size += sizeof(hdr) + len;
}

/** Any message, with any length in its header */
void store_inject(uint32_t type, uint32_t req, const void *payload,
    size_t len, uint32_t claim)
{
	put_raw(type, req, payload, len, claim);
	store_flush();
}

/** Whether the guest has read all that xenstored said */
MODEL_SHARED bool store_is_read(void)
{
	return out_size == 0 && model_store.rsp_prod ==
	    __atomic_load_n(&model_store.rsp_cons, __ATOMIC_SEQ_CST);
}

/** Add to the shared indices. */
MODEL_SHARED void store_skew(uint32_t req_cons, uint32_t rsp_prod)
{
	model_store.req_cons += req_cons;
	model_store.rsp_prod += rsp_prod;
	model_event(model_store_port);
}

/** An answer or an event, or what is to be made of it */
void store_put(uint32_t type, uint32_t req, const void *payload, size_t len)
{
	static char junk[XS_PAYLOAD_MAX];
	store_spoil_how_t how = store_spoil.how;

	if (type != store_spoil.type)
		how = SPOIL_NOT;
	if (how != SPOIL_NOT)
		store_spoiled++;
	switch (how) {
	case SPOIL_NOT:
		put_raw(type, req, payload, len, len);
		break;
	case SPOIL_TYPE:
		put_raw(type + 1, req, payload, len, len);
		break;
	case SPOIL_ID:
		put_raw(type, req + 1000, payload, len, len);
		break;
	case SPOIL_TWICE:
		put_raw(type, req, payload, len, len);
		put_raw(type, req, payload, len, len);
		break;
	case SPOIL_EMPTY:
		put_raw(type, req, "", 0, 0);
		break;
	case SPOIL_BINARY:
		memset(junk, 0xff, sizeof(junk));
		put_raw(type, req, junk, 100, 100);
		break;
	case SPOIL_LONG:
		memset(junk, 'A', sizeof(junk));
		put_raw(type, req, junk, sizeof(junk), sizeof(junk));
		break;
	case SPOIL_TOO_LONG:
		put_raw(type, req, payload, len, XS_PAYLOAD_MAX + 1);
		break;
	case SPOIL_ERROR:
		put_raw(XS_ERROR, req, "EWHATEVER", 10, 10);
		break;
	case SPOIL_SILENT:
		store_silences++;
		break;
	case SPOIL_FIRST:
		put_raw(type, req, payload, strlen(payload) + 1,
		    strlen(payload) + 1);
		break;
	}
}

/** The guest has sent an event: read its requests. */
MODEL_SHARED void store_kick(void)
{
	xs_msg_hdr_t hdr;

	if (model_store.connection != XS_CONNECTION_CONNECTED &&
	    in_cons != model_store.req_prod)
		model_violation("a request before xenstored has connected");

	while (in_cons !=
	    __atomic_load_n(&model_store.req_prod, __ATOMIC_SEQ_CST)) {
		in[in_size++] = model_store.req[in_cons++ % XS_RING_SIZE];
		__atomic_store_n(&model_store.req_cons, in_cons,
		    __ATOMIC_SEQ_CST);

		if (in_size < sizeof(hdr))
			continue;
		memcpy(&hdr, in, sizeof(hdr));
		if (hdr.len > XS_PAYLOAD_MAX)
			model_violation("payload of %u bytes", hdr.len);
		if (in_size == sizeof(hdr) + hdr.len) {
			char payload[XS_PAYLOAD_MAX + 2] = { 0 };
			memcpy(payload, in + sizeof(hdr), hdr.len);
			in_size = 0;
			store_answer(&hdr, payload);
		}
	}
	store_flush();
}
