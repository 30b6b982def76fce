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
 * A page is taken back at the moment at which the other domain takes it up
 *
 * The processor's trap flag stops the revocation after each instruction in
 * turn, and the other domain takes up the page there.
 */

#ifdef __x86_64__

#include <errno.h>
#include <xen/grant.h>
#include "../../model/step.h"
#include "rig.h"
#include "xen.h"

static xen_grant_entry_t entry;
static bool taken_up;

/** The other domain takes up the page, as Xen does it. */
MODEL_SHARED static void take_up(void)
{
	uint16_t flags = XEN_GTF_PERMIT_ACCESS;

	taken_up = __atomic_compare_exchange_n(&entry.flags, &flags,
	    XEN_GTF_PERMIT_ACCESS | XEN_GTF_READING, false, __ATOMIC_SEQ_CST,
	    __ATOMIC_SEQ_CST);
}

TEST(a_page_that_is_taken_up_while_it_is_revoked_stays)
{
	unsigned int taken = 0;
	unsigned int revoked = 0;

	step_prepare(take_up);
	for (unsigned int steps = 1; ; steps++) {
		entry.flags = XEN_GTF_PERMIT_ACCESS;
		taken_up = false;
		step_begin(steps);
		errno_t rc = xen_grant_entry_clear(&entry);
		if (!step_end())
			break;
		EXPECT_EQ(rc, taken_up ? EBUSY : EOK);
		EXPECT_EQ(entry.flags, taken_up ?
		    XEN_GTF_PERMIT_ACCESS | XEN_GTF_READING : 0);
		taken += taken_up;
		revoked += !taken_up;
	}
	/* Before and after what decides */
	EXPECT(taken > 0);
	EXPECT(revoked > 0);
}

#endif
