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

#include <mem.h>
#include <pcut/pcut.h>
#include <xen/netif.h>
#include <xen/ring.h>

PCUT_INIT;

PCUT_TEST_SUITE(ring);

static _Alignas(XEN_RING_PAGE_SIZE) uint8_t page[XEN_RING_PAGE_SIZE];
static xen_ring_t ring;

static volatile xen_sring_t *shared(void)
{
	return (xen_sring_t *) page;
}

/** The back end's view of the slot of an index */
static uint8_t *slot(uint32_t index)
{
	return page + 64 + index % ring.size * ring.slot_size;
}

static void request(uint32_t value)
{
	uint32_t *req = xen_ring_request(&ring);
	*req = value;
}

/** Put a response into the ring as a back end does. */
static void respond(uint32_t value)
{
	uint32_t index = shared()->rsp_prod;
	memcpy(slot(index), &value, sizeof(value));
	shared()->rsp_prod = index + 1;
}

PCUT_TEST_BEFORE
{
	memset(page, 0xa5, sizeof(page));
	xen_ring_init(&ring, page, sizeof(xen_netif_rx_request_t));
}

PCUT_TEST(page_holds_256_slots_of_either_ring)
{
	PCUT_ASSERT_INT_EQUALS(256, ring.size);
	xen_ring_init(&ring, page, sizeof(xen_netif_tx_request_t));
	PCUT_ASSERT_INT_EQUALS(256, ring.size);
}

PCUT_TEST(new_ring_is_empty_and_wants_the_first_event)
{
	uint32_t n;

	PCUT_ASSERT_INT_EQUALS(0, shared()->req_prod);
	PCUT_ASSERT_INT_EQUALS(0, shared()->rsp_prod);
	PCUT_ASSERT_INT_EQUALS(1, shared()->req_event);
	PCUT_ASSERT_INT_EQUALS(1, shared()->rsp_event);
	PCUT_ASSERT_INT_EQUALS(EOK, xen_ring_pending(&ring, &n));
	PCUT_ASSERT_INT_EQUALS(0, n);
	PCUT_ASSERT_INT_EQUALS(256, xen_ring_free(&ring));
}

PCUT_TEST(no_byte_of_the_page_is_left_as_it_was)
{
	for (size_t i = 64; i < sizeof(page); i++)
		PCUT_ASSERT_INT_EQUALS(0, page[i]);
}

PCUT_TEST(request_is_seen_only_after_the_push)
{
	request(17);
	PCUT_ASSERT_INT_EQUALS(0, shared()->req_prod);

	(void) xen_ring_push(&ring);
	PCUT_ASSERT_INT_EQUALS(1, shared()->req_prod);
	PCUT_ASSERT_INT_EQUALS(17, *slot(0));
}

PCUT_TEST(push_notifies_only_for_the_request_that_was_asked_for)
{
	request(0);
	PCUT_ASSERT_TRUE(xen_ring_push(&ring));

	/* The back end is busy and has not moved req_event. */
	request(1);
	PCUT_ASSERT_FALSE(xen_ring_push(&ring));

	/* It wants to hear of the fourth request: index 4 passes it. */
	shared()->req_event = 4;
	request(2);
	PCUT_ASSERT_FALSE(xen_ring_push(&ring));
	request(3);
	request(4);
	PCUT_ASSERT_TRUE(xen_ring_push(&ring));
}

PCUT_TEST(push_of_nothing_notifies_nobody)
{
	PCUT_ASSERT_FALSE(xen_ring_push(&ring));
}

PCUT_TEST(indices_run_over_their_end)
{
	uint32_t value;
	uint32_t n;

	ring.req_prod_pvt = ring.rsp_cons = UINT32_MAX - 1;
	shared()->req_prod = shared()->rsp_prod = UINT32_MAX - 1;
	shared()->req_event = 1;

	for (int i = 0; i < 4; i++)
		request(i);
	PCUT_ASSERT_TRUE(xen_ring_push(&ring));
	PCUT_ASSERT_INT_EQUALS(2, shared()->req_prod);
	PCUT_ASSERT_INT_EQUALS(252, xen_ring_free(&ring));

	for (int i = 0; i < 4; i++)
		respond(100 + i);
	PCUT_ASSERT_INT_EQUALS(EOK, xen_ring_pending(&ring, &n));
	PCUT_ASSERT_INT_EQUALS(4, n);
	for (uint32_t i = 0; i < n; i++) {
		xen_ring_response(&ring, &value, sizeof(value));
		PCUT_ASSERT_INT_EQUALS(100 + i, value);
	}
	PCUT_ASSERT_INT_EQUALS(256, xen_ring_free(&ring));
}

PCUT_TEST(full_ring_has_no_free_slot_until_a_response_is_taken)
{
	uint32_t value;

	for (int i = 0; i < 256; i++)
		request(i);
	(void) xen_ring_push(&ring);
	PCUT_ASSERT_INT_EQUALS(0, xen_ring_free(&ring));

	respond(7);
	PCUT_ASSERT_INT_EQUALS(0, xen_ring_free(&ring));
	xen_ring_response(&ring, &value, sizeof(value));
	PCUT_ASSERT_INT_EQUALS(1, xen_ring_free(&ring));
}

PCUT_TEST(more_responses_than_requests_are_an_error)
{
	uint32_t n;

	request(0);
	(void) xen_ring_push(&ring);

	shared()->rsp_prod = 2;
	PCUT_ASSERT_INT_EQUALS(EIO, xen_ring_pending(&ring, &n));
	shared()->rsp_prod = UINT32_MAX;
	PCUT_ASSERT_INT_EQUALS(EIO, xen_ring_pending(&ring, &n));
	shared()->rsp_prod = 1;
	PCUT_ASSERT_INT_EQUALS(EOK, xen_ring_pending(&ring, &n));
}

PCUT_TEST(response_producer_that_goes_back_is_an_error)
{
	uint32_t value;
	uint32_t n;

	request(0);
	(void) xen_ring_push(&ring);
	respond(1);
	xen_ring_response(&ring, &value, sizeof(value));

	shared()->rsp_prod = 0;
	PCUT_ASSERT_INT_EQUALS(EIO, xen_ring_pending(&ring, &n));
}

PCUT_TEST(response_is_a_copy)
{
	uint32_t value;

	request(0);
	(void) xen_ring_push(&ring);
	respond(5);
	xen_ring_response(&ring, &value, sizeof(value));
	memset(slot(0), 0xff, 4);
	PCUT_ASSERT_INT_EQUALS(5, value);
}

PCUT_TEST(final_check_asks_for_the_next_event_and_looks_again)
{
	request(0);
	request(1);
	(void) xen_ring_push(&ring);

	PCUT_ASSERT_FALSE(xen_ring_final_check(&ring, 0));
	PCUT_ASSERT_INT_EQUALS(1, shared()->rsp_event);
	PCUT_ASSERT_FALSE(xen_ring_final_check(&ring, 8));
	PCUT_ASSERT_INT_EQUALS(9, shared()->rsp_event);

	respond(0);
	PCUT_ASSERT_TRUE(xen_ring_final_check(&ring, 0));
}

PCUT_EXPORT(ring);
