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

/** @addtogroup xen-platform
 * @{
 */
/** @file
 * The grant table
 *
 * Ranges of it are handed out; their owners map the table themselves and fill
 * the entries. When a range comes back, what its owner left granted is
 * revoked. A range with an entry that the other side does not let go of is
 * kept, and looked at again when the next range is wanted.
 *
 * Callers serialise.
 */

#include <as.h>
#include <ddf/log.h>
#include <ddi.h>
#include <macros.h>
#include <stdlib.h>
#include <xen/hypercall.h>

#include "xen-platform.h"

/** Most pages of the table that are mapped: 64 Ki references */
#define GNTTAB_PAGES_MAX  128

/** A range that is handed out, or that could not be revoked */
typedef struct {
	/** Link to gnttab_t.ranges, which is sorted by first */
	link_t link;
	uint32_t first;
	uint32_t count;
	/** Owner, or NULL if it only waits to be revoked */
	client_t *client;
} gnttab_range_t;

/** Add a range to those that there are.
 *
 * @param gt     Grant table
 * @param first  First reference
 * @param count  Number of references
 * @param client Owner, or NULL for none
 * @param before The range that it comes before, or NULL for the end
 *
 * @return EOK or ENOMEM
 */
static errno_t range_add(gnttab_t *gt, uint32_t first, uint32_t count,
    client_t *client, link_t *before)
{
	gnttab_range_t *range = calloc(1, sizeof(gnttab_range_t));
	if (range == NULL)
		return ENOMEM;

	range->first = first;
	range->count = count;
	range->client = client;
	if (before != NULL)
		list_insert_before(&range->link, before);
	else
		list_append(&range->link, &gt->ranges);

	return EOK;
}

/** Take back what is granted that nobody here knows of.
 *
 * A driver before us may have ended without a chance to do so: its memory is
 * somebody else's by now. What another domain has mapped is set aside until it
 * lets go.
 *
 * @return EOK or ENOMEM
 */
static errno_t gnttab_clean(gnttab_t *gt)
{
	const uint32_t total = gt->pages * XEN_GRANTS_PER_PAGE;
	uint32_t busy = 0;

	for (uint32_t ref = XEN_GRANT_NR_RESERVED; ref < total; ref++) {
		if (xen_grant_entry_clear(&gt->table[ref]) == EOK)
			continue;

		errno_t rc = range_add(gt, ref, 1, NULL, NULL);
		if (rc != EOK)
			return rc;
		busy++;
	}

	if (busy > 0) {
		ddf_msg(LVL_WARN, "Other domains still use %" PRIu32
		    " pages that were granted before; their references are "
		    "set aside.", busy);
	}

	return EOK;
}

/** Forget all ranges, and unmap the table. */
static void gnttab_unmap(gnttab_t *gt)
{
	while (!list_empty(&gt->ranges)) {
		gnttab_range_t *range = list_get_instance(
		    list_first(&gt->ranges), gnttab_range_t, link);
		list_remove(&range->link);
		free(range);
	}

	physmem_unmap((void *) gt->table);
	gt->table = NULL;
}

/** Show the table no more. */
static void gnttab_hide(gnttab_t *gt)
{
	while (gt->pages > 0)
		(void) xen_memory_remove(gt->phys + --gt->pages * PAGE_SIZE);
}

/** Make the table as large as it can be, and map it.
 *
 * @param gt        Grant table
 * @param phys      Where to show it, in no memory
 * @param pages_max Pages that fit there
 *
 * @return EOK or an error code
 */
errno_t gnttab_init(gnttab_t *gt, uintptr_t phys, size_t pages_max)
{
	list_initialize(&gt->ranges);

	errno_t rc = xen_gnttab_set_version_1();
	if (rc != EOK)
		return rc;

	uint32_t nr;
	uint32_t max;
	rc = xen_gnttab_query_size(&nr, &max);
	if (rc != EOK)
		return rc;

	/* Xen adds the pages that are not there yet when they are shown. */
	size_t want = min(min((size_t) max, pages_max),
	    (size_t) GNTTAB_PAGES_MAX);
	size_t pages;
	for (pages = 0; pages < want; pages++) {
		rc = xen_memory_add(XENMAPSPACE_GRANT_TABLE, pages,
		    phys + pages * PAGE_SIZE);
		if (rc != EOK)
			break;
	}
	if (pages == 0)
		return rc != EOK ? rc : ENOSPC;

	gt->phys = phys;
	gt->pages = pages;

	/* It is memory, of Xen's, in the place of a device's registers. */
	void *virt = AS_AREA_ANY;
	rc = physmem_map(phys, pages, AS_AREA_READ | AS_AREA_WRITE |
	    AS_AREA_CACHEABLE, &virt);
	if (rc != EOK)
		goto err_pages;

	gt->table = virt;
	rc = gnttab_clean(gt);
	if (rc != EOK)
		goto err_map;

	return EOK;

err_map:
	gnttab_unmap(gt);
err_pages:
	gnttab_hide(gt);
	return rc;
}

/** Unmap the table. */
void gnttab_fini(gnttab_t *gt)
{
	gnttab_unmap(gt);
	gnttab_hide(gt);
}

/** Revoke what is granted in a range.
 *
 * @return Number of entries that the other side still uses
 */
static size_t range_revoke(gnttab_t *gt, const gnttab_range_t *range)
{
	size_t busy = 0;

	for (uint32_t i = 0; i < range->count; i++) {
		if (xen_grant_entry_clear(&gt->table[range->first + i]) != EOK)
			busy++;
	}

	return busy;
}

/** Take a range back. */
static void range_return(gnttab_t *gt, gnttab_range_t *range)
{
	size_t busy = range_revoke(gt, range);

	if (busy == 0) {
		list_remove(&range->link);
		free(range);
		return;
	}

	range->client = NULL;
	ddf_msg(LVL_WARN, "The other domain still uses %zu of %" PRIu32
	    " granted pages; their references from %" PRIu32
	    " on are set aside.", busy, range->count, range->first);
}

/** Free what the other sides have let go of since it was given back. */
static void gnttab_reclaim(gnttab_t *gt)
{
	list_foreach_safe(gt->ranges, cur, next) {
		gnttab_range_t *range =
		    list_get_instance(cur, gnttab_range_t, link);
		if (range->client == NULL && range_revoke(gt, range) == 0) {
			list_remove(&range->link);
			free(range);
		}
	}
}

/** Hand out a range.
 *
 * @param gt     Grant table
 * @param client Owner to be
 * @param count  Number of references
 * @param first  Place for the first reference
 *
 * @return EOK, EINVAL for no references, ENOSPC or ENOMEM
 */
errno_t gnttab_range_alloc(gnttab_t *gt, client_t *client, size_t count,
    uint32_t *first)
{
	const size_t total = gt->pages * XEN_GRANTS_PER_PAGE;

	if (count == 0)
		return EINVAL;

	gnttab_reclaim(gt);

	/* The first gap that is large enough */
	size_t start = XEN_GRANT_NR_RESERVED;
	link_t *before = NULL;
	list_foreach(gt->ranges, link, gnttab_range_t, range) {
		if (range->first - start >= count) {
			before = &range->link;
			break;
		}
		start = range->first + range->count;
	}

	if (count > total - start)
		return ENOSPC;

	errno_t rc = range_add(gt, start, count, client, before);
	if (rc == EOK)
		*first = start;
	return rc;
}

/** Take a range back from a client.
 *
 * @param gt     Grant table
 * @param client The client
 * @param first  First reference of the range
 *
 * @return EOK, or ENOENT if there is no such range of this client
 */
errno_t gnttab_range_free(gnttab_t *gt, client_t *client, uint64_t first)
{
	list_foreach(gt->ranges, link, gnttab_range_t, range) {
		if (range->client == client && range->first == first) {
			range_return(gt, range);
			return EOK;
		}
	}

	return ENOENT;
}

/** Take all ranges back from a client that is gone. */
void gnttab_client_gone(gnttab_t *gt, client_t *client)
{
	list_foreach_safe(gt->ranges, cur, next) {
		gnttab_range_t *range =
		    list_get_instance(cur, gnttab_range_t, link);
		if (range->client == client)
			range_return(gt, range);
	}
}

/** Whether a client has a range. */
bool gnttab_is_lent(gnttab_t *gt)
{
	list_foreach(gt->ranges, link, gnttab_range_t, range) {
		if (range->client != NULL)
			return true;
	}

	return false;
}

/** Find out how much of the table is in use.
 *
 * @param gt      Grant table
 * @param refs    Place for the number of references that are handed out or set
 *                aside
 * @param granted Place for the number of entries that grant a page, Xen's own
 *                ones left out
 */
void gnttab_usage(gnttab_t *gt, size_t *refs, size_t *granted)
{
	const size_t total = gt->pages * XEN_GRANTS_PER_PAGE;

	gnttab_reclaim(gt);

	*refs = 0;
	list_foreach(gt->ranges, link, gnttab_range_t, range) {
		*refs += range->count;
	}

	*granted = 0;
	for (size_t ref = XEN_GRANT_NR_RESERVED; ref < total; ref++) {
		if (gt->table[ref].flags != 0)
			(*granted)++;
	}
}

/** @}
 */
