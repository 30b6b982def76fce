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

/** @addtogroup test
 * @{
 */
/** @file A ring and grants that the back end writes to at any moment
 *
 * What is counted as waiting is never more than what was asked for, no slot
 * lies outside the page, and a grant that is in use is not revoked.
 */

#include <errno.h>
#include <xen/grant.h>
#include <xen/ring.h>
#include "input.h"

#define GRANTS	8

static void ring_steps(input_t *in)
{
	uint8_t *page = calloc(1, XEN_RING_PAGE_SIZE);
	size_t slot_size = 1 + input_u8(in) % 112;
	uint32_t outstanding = 0;
	uint8_t rsp[112];
	xen_ring_t ring;
	uint32_t n;

	HOLD(page != NULL);
	xen_ring_init(&ring, page, slot_size);
	HOLD(sizeof(xen_sring_t) + ring.size * slot_size <=
	    XEN_RING_PAGE_SIZE);

	for (unsigned int steps = input_u8(in); steps > 0; steps--) {
		switch (input_u8(in) % 5) {
		case 0:
			if (xen_ring_free(&ring) == 0)
				break;
			memset(xen_ring_request(&ring), 0xff, slot_size);
			outstanding++;
			break;
		case 1:
			(void) xen_ring_push(&ring);
			break;
		case 2:
			if (xen_ring_pending(&ring, &n) != EOK)
				break;
			HOLD(n <= outstanding);
			for (; n > 0; n--, outstanding--)
				xen_ring_response(&ring, rsp, slot_size);
			break;
		case 3:
			(void) xen_ring_final_check(&ring, input_u8(in));
			break;
		default:
			n = input_u16(in) % XEN_RING_PAGE_SIZE;
			page[n] = input_u8(in);
			break;
		}
		HOLD(xen_ring_free(&ring) == ring.size - outstanding);
	}

	free(page);
}

static void grant_steps(input_t *in)
{
	xen_grant_entry_t *table = calloc(GRANTS, sizeof(*table));
	bool given[GRANTS] = { false };
	bool lost[GRANTS] = { false };
	xen_grants_t grants;
	uint32_t ref;

	HOLD(table != NULL);
	HOLD(xen_grants_init(&grants, table, 0, GRANTS) == EOK);

	while (!input_ended(in)) {
		switch (input_u8(in) % 3) {
		case 0:
			if (xen_grant_give(&grants, 0, 1, input_u8(in) & 1,
			    &ref) != EOK)
				break;
			HOLD(ref < GRANTS && !given[ref] && !lost[ref]);
			given[ref] = true;
			break;
		case 1:
			ref = input_u8(in) % GRANTS;
			if (!given[ref])
				break;
			bool used = (table[ref].flags &
			    (XEN_GTF_READING | XEN_GTF_WRITING)) != 0;
			errno_t rc = xen_grant_revoke(&grants, ref);
			HOLD(used ? rc != EOK : rc == EOK);
			HOLD(used || table[ref].flags == 0);
			/* One that is in use is set aside for good */
			lost[ref] = used;
			given[ref] = false;
			break;
		default:
			/* Xen says that a page is in use, or no longer */
			ref = input_u8(in) % GRANTS;
			table[ref].flags ^= input_u8(in) &
			    (XEN_GTF_READING | XEN_GTF_WRITING);
			break;
		}
	}

	xen_grants_fini(&grants);
	free(table);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	input_t in = { data, size };

	ring_steps(&in);
	grant_steps(&in);
	return 0;
}

/** @}
 */
