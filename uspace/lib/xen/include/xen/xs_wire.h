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

/** @addtogroup libxen
 * @{
 */
/** @file
 * Xenstore's wire protocol (public/io/xs_wire.h, docs/misc/xenstore.txt,
 * docs/misc/xenstore-ring.txt)
 *
 * Pure functions: memory in, memory out. The ring part moves bytes between a
 * buffer and the shared page and never waits; the message part assembles
 * those bytes into messages and names errors.
 */

#ifndef XEN_XS_WIRE_H_
#define XEN_XS_WIRE_H_

#include <assert.h>
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Size of each of the two rings in bytes */
#define XS_RING_SIZE  1024

/** Longest payload; a longer one makes xenstored cut the connection. */
#define XS_PAYLOAD_MAX  4096

/** Longest paths in bytes, without the zero at the end */
#define XS_ABS_PATH_MAX  3072
#define XS_REL_PATH_MAX  2048

/** Message types */
typedef enum {
	XS_CONTROL = 0,
	XS_DIRECTORY = 1,
	XS_READ = 2,
	XS_GET_PERMS = 3,
	XS_WATCH = 4,
	XS_UNWATCH = 5,
	XS_TRANSACTION_START = 6,
	XS_TRANSACTION_END = 7,
	XS_WRITE = 11,
	XS_MKDIR = 12,
	XS_RM = 13,
	XS_WATCH_EVENT = 15,
	XS_ERROR = 16,
	XS_RESET_WATCHES = 21,
	XS_DIRECTORY_PART = 22
} xs_type_t;

/** Header of a message */
typedef struct {
	uint32_t type;
	/** Chosen by who asks, echoed in the reply */
	uint32_t req_id;
	/** Transaction, 0 for none */
	uint32_t tx_id;
	/** Bytes of payload that follow */
	uint32_t len;
} xs_msg_hdr_t;

static_assert(sizeof(xs_msg_hdr_t) == 16, "xs_wire.h: header is 16 bytes");

/** The shared page */
typedef struct {
	uint8_t req[XS_RING_SIZE];
	uint8_t rsp[XS_RING_SIZE];
	uint32_t req_cons;
	uint32_t req_prod;
	uint32_t rsp_cons;
	uint32_t rsp_prod;
	/** Features of the server, XS_FEATURE_* */
	uint32_t server_features;
	/** State of the connection, XS_CONNECTION_* */
	uint32_t connection;
	uint32_t error;
} xs_interface_t;

static_assert(offsetof(xs_interface_t, req_cons) == 2048 &&
    offsetof(xs_interface_t, rsp_prod) == 2060 &&
    offsetof(xs_interface_t, connection) == 2068,
    "xs_wire.h: layout of the shared page");

#define XS_CONNECTION_CONNECTED  0
#define XS_CONNECTION_RECONNECT  1

extern errno_t xs_ring_write(volatile xs_interface_t *, const void *, size_t,
    size_t *);
extern errno_t xs_ring_read(volatile xs_interface_t *, void *, size_t,
    size_t *);
extern void xs_ring_drain(volatile xs_interface_t *);

/** Assembles messages from the bytes of the ring */
typedef struct {
	xs_msg_hdr_t hdr;
	/** Payload, followed by a zero that is not part of it */
	char payload[XS_PAYLOAD_MAX + 1];
	/** Bytes of header and payload that there are */
	size_t have;
} xs_reader_t;

extern void xs_reader_init(xs_reader_t *);
extern errno_t xs_reader_step(xs_reader_t *, volatile xs_interface_t *,
    bool *);

extern errno_t xs_error_to_errno(const char *, size_t);
extern bool xs_name_valid(const char *);

extern errno_t xs_parse_unsigned(const char *, uint64_t, uint64_t *);
extern errno_t xs_parse_mac(const char *, uint8_t [6]);

#endif

/** @}
 */
