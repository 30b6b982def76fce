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
#include <xen/grant.h>

PCUT_INIT;

PCUT_TEST_SUITE(grant);

#define FIRST  40
#define COUNT  8

static xen_grant_entry_t table[FIRST + COUNT + 1];
static xen_grants_t grants;

PCUT_TEST_BEFORE
{
	memset(table, 0, sizeof(table));
	(void) xen_grants_init(&grants, &table[FIRST], FIRST, COUNT);
}

PCUT_TEST_AFTER
{
	xen_grants_fini(&grants);
}

PCUT_TEST(given_page_is_in_the_entry_of_its_reference)
{
	uint32_t ref;

	PCUT_ASSERT_INT_EQUALS(EOK,
	    xen_grant_give(&grants, 3, 0x1234, false, &ref));
	PCUT_ASSERT_INT_EQUALS(FIRST, ref);
	PCUT_ASSERT_INT_EQUALS(XEN_GTF_PERMIT_ACCESS, table[ref].flags);
	PCUT_ASSERT_INT_EQUALS(3, table[ref].domid);
	PCUT_ASSERT_INT_EQUALS(0x1234, table[ref].frame);
}

PCUT_TEST(page_that_is_only_read_is_marked_so)
{
	uint32_t ref;

	(void) xen_grant_give(&grants, 0, 1, true, &ref);
	PCUT_ASSERT_INT_EQUALS(XEN_GTF_PERMIT_ACCESS | XEN_GTF_READONLY,
	    table[ref].flags);
}

PCUT_TEST(range_gives_each_reference_once_and_no_other)
{
	uint32_t ref;

	for (uint32_t i = 0; i < COUNT; i++) {
		PCUT_ASSERT_INT_EQUALS(EOK,
		    xen_grant_give(&grants, 0, i, false, &ref));
		PCUT_ASSERT_INT_EQUALS(FIRST + i, ref);
	}

	PCUT_ASSERT_INT_EQUALS(ENOSPC,
	    xen_grant_give(&grants, 0, 9, false, &ref));
	PCUT_ASSERT_INT_EQUALS(0, table[FIRST - 1].flags);
	PCUT_ASSERT_INT_EQUALS(0, table[FIRST + COUNT].flags);
}

PCUT_TEST(revoked_reference_is_used_again)
{
	uint32_t ref;
	uint32_t again;

	(void) xen_grant_give(&grants, 0, 1, false, &ref);
	PCUT_ASSERT_INT_EQUALS(EOK, xen_grant_revoke(&grants, ref));
	PCUT_ASSERT_INT_EQUALS(0, table[ref].flags);

	(void) xen_grant_give(&grants, 0, 2, false, &again);
	PCUT_ASSERT_INT_EQUALS(ref, again);
	PCUT_ASSERT_INT_EQUALS(0, grants.leaked);
}

PCUT_TEST(page_in_use_is_not_revoked_but_leaked_and_counted)
{
	uint32_t ref;
	uint32_t other;

	(void) xen_grant_give(&grants, 0, 1, false, &ref);
	table[ref].flags |= XEN_GTF_WRITING;
	PCUT_ASSERT_INT_EQUALS(EBUSY, xen_grant_revoke(&grants, ref));
	PCUT_ASSERT_INT_EQUALS(XEN_GTF_PERMIT_ACCESS | XEN_GTF_WRITING,
	    table[ref].flags);
	PCUT_ASSERT_INT_EQUALS(1, grants.leaked);

	for (uint32_t i = 0; i < COUNT - 1; i++) {
		PCUT_ASSERT_INT_EQUALS(EOK,
		    xen_grant_give(&grants, 0, i, false, &other));
		PCUT_ASSERT_TRUE(other != ref);
	}
	PCUT_ASSERT_INT_EQUALS(ENOSPC,
	    xen_grant_give(&grants, 0, 9, false, &other));
}

PCUT_TEST(page_that_is_being_read_is_not_revoked)
{
	uint32_t ref;

	(void) xen_grant_give(&grants, 0, 1, true, &ref);
	table[ref].flags |= XEN_GTF_READING;
	PCUT_ASSERT_INT_EQUALS(EBUSY, xen_grant_revoke(&grants, ref));
}

PCUT_EXPORT(grant);
