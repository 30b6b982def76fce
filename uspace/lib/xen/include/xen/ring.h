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
 * Front end's half of a shared ring (public/io/ring.h)
 *
 * A ring is one page: a header with four indices and, after it, as many slots
 * as a power of two allows. The front end puts requests into slots, the back
 * end puts each response into a slot whose request it has consumed. Indices
 * run freely and are masked only where they index.
 *
 * The order of calls: xen_ring_init(); xen_ring_request() for each request
 * and then xen_ring_push() once for all of them; xen_ring_pending(), then
 * xen_ring_response() that many times, until xen_ring_final_check() says that
 * there is no more.
 *
 * Nothing here locks or allocates. Everything that the back end can write is
 * read once and checked; a back end whose index cannot be true is reported
 * with EIO and cannot make any function touch memory outside the page.
 */

#ifndef XEN_RING_H_
#define XEN_RING_H_

#include <assert.h>
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Size of the page of a ring in bytes */
#define XEN_RING_PAGE_SIZE  4096

/** The shared header; all values are little-endian, as the CPU */
typedef struct {
	/** Requests published; written by the front end */
	uint32_t req_prod;
	/** The back end wants to hear of this request; written by it */
	uint32_t req_event;
	/** Responses published; written by the back end */
	uint32_t rsp_prod;
	/** The front end wants to hear of this response; written by it */
	uint32_t rsp_event;
	uint8_t pad[48];
} xen_sring_t;

static_assert(sizeof(xen_sring_t) == 64, "io/ring.h: header is 64 bytes");

/** Front end's view of a ring, private to it */
typedef struct {
	/** Shared page */
	volatile xen_sring_t *shared;
	/** Bytes of a slot */
	size_t slot_size;
	/** Number of slots, a power of two */
	uint32_t size;
	/** Requests filled in, published or not yet */
	uint32_t req_prod_pvt;
	/** Responses taken */
	uint32_t rsp_cons;
} xen_ring_t;

extern void xen_ring_init(xen_ring_t *, void *, size_t);
extern uint32_t xen_ring_free(const xen_ring_t *);
extern void *xen_ring_request(xen_ring_t *);
extern bool xen_ring_push(xen_ring_t *);
extern bool xen_ring_overlooked(const xen_ring_t *);
extern errno_t xen_ring_pending(const xen_ring_t *, uint32_t *);
extern void xen_ring_response(xen_ring_t *, void *, size_t);
extern bool xen_ring_final_check(xen_ring_t *, uint32_t);

#endif

/** @}
 */
