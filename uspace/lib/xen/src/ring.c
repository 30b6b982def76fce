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
 * Front end's half of a shared ring
 */

#include <barrier.h>
#include <mem.h>
#include <xen/ring.h>

/** Address of the slot that a free-running index stands for */
static uint8_t *ring_slot(const xen_ring_t *ring, uint32_t index)
{
	return (uint8_t *) ring->shared + sizeof(xen_sring_t) +
	    (size_t) (index & (ring->size - 1)) * ring->slot_size;
}

/** Prepare an empty ring.
 *
 * @param ring      Ring
 * @param page      The page to be shared, not shared yet; overwritten
 * @param slot_size Size in bytes of the larger of request and response, at
 *                  most half of the page
 */
void xen_ring_init(xen_ring_t *ring, void *page, size_t slot_size)
{
	size_t slots = (XEN_RING_PAGE_SIZE - sizeof(xen_sring_t)) / slot_size;

	memset(page, 0, XEN_RING_PAGE_SIZE);

	ring->shared = page;
	ring->slot_size = slot_size;
	ring->size = 1;
	while (ring->size * 2 <= slots)
		ring->size *= 2;
	ring->req_prod_pvt = 0;
	ring->rsp_cons = 0;

	/* Each side hears of the other's first entry (SHARED_RING_INIT). */
	ring->shared->req_event = 1;
	ring->shared->rsp_event = 1;
}

/** Number of requests that can be put into the ring now */
uint32_t xen_ring_free(const xen_ring_t *ring)
{
	return ring->size - (ring->req_prod_pvt - ring->rsp_cons);
}

/** Take the next slot for a request.
 *
 * The request is seen by the back end after the next xen_ring_push().
 *
 * @param ring Ring with at least one free slot
 *
 * @return The slot, to be written and not read
 */
void *xen_ring_request(xen_ring_t *ring)
{
	assert(xen_ring_free(ring) > 0);
	return ring_slot(ring, ring->req_prod_pvt++);
}

/** Did the back end ask to be notified of one of the requests after @a old?
 */
static bool wants_event(const xen_ring_t *ring, uint32_t old)
{
	return (uint32_t) (ring->req_prod_pvt - ring->shared->req_event) <
	    (uint32_t) (ring->req_prod_pvt - old);
}

/** Publish all requests that were filled in.
 *
 * @return True if the back end asked to be notified of one of them
 */
bool xen_ring_push(xen_ring_t *ring)
{
	uint32_t old_prod = ring->shared->req_prod;

	/* The requests must be seen before the index that publishes them. */
	write_barrier();
	ring->shared->req_prod = ring->req_prod_pvt;

	/*
	 * The index must be seen before req_event is read: the back end sets
	 * req_event first and then looks at the index again, so that one of
	 * us sees the other's write.
	 */
	memory_barrier();

	return wants_event(ring, old_prod);
}

/** Does the back end wait for a notification of a request that it has not
 * answered?
 *
 * One can be lost. To be asked now and then while requests are in the ring,
 * all of which are published.
 */
bool xen_ring_overlooked(const xen_ring_t *ring)
{
	return wants_event(ring, ring->rsp_cons);
}

/** Count the responses that wait.
 *
 * @param ring Ring
 * @param n    Place for the number of responses; with EIO, for what is claimed
 *
 * @return EOK, or EIO if the back end claims more responses than there are
 *         requests without one
 */
errno_t xen_ring_pending(const xen_ring_t *ring, uint32_t *n)
{
	uint32_t raw_prod = ring->shared->rsp_prod;

	/* The responses are read after the index that published them. */
	read_barrier();

	uint32_t waiting = raw_prod - ring->rsp_cons;
	uint32_t outstanding = ring->req_prod_pvt - ring->rsp_cons;
	*n = waiting;
	return waiting > outstanding ? EIO : EOK;
}

/** Take the next response.
 *
 * @param ring Ring with a response that xen_ring_pending() counted
 * @param rsp  Private place for a copy; what is shared can change after it
 *             was checked
 * @param size Size of the response in bytes, at most that of a slot
 */
void xen_ring_response(xen_ring_t *ring, void *rsp, size_t size)
{
	assert(size <= ring->slot_size);
	memcpy(rsp, ring_slot(ring, ring->rsp_cons), size);

	/* The copy is all that is used from here on (XSA-155). */
	compiler_barrier();
	ring->rsp_cons++;
}

/** Ask to be notified and look once more.
 *
 * @param ring  Ring whose waiting responses were all taken
 * @param after Number of responses from now on that may come without a
 *              notification, 0 to be notified of the next one
 *
 * @return True if there are responses already, and no notification may come
 *         for them
 */
bool xen_ring_final_check(xen_ring_t *ring, uint32_t after)
{
	ring->shared->rsp_event = ring->rsp_cons + after + 1;

	/*
	 * rsp_event must be seen before the index is read: see
	 * xen_ring_push(), where the roles are swapped.
	 */
	memory_barrier();

	return ring->shared->rsp_prod != ring->rsp_cons;
}

/** @}
 */
