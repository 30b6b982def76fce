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
 * Grant references
 */

#include <barrier.h>
#include <stdlib.h>
#include <xen/grant.h>

/** Take over a range.
 *
 * @param grants  Range
 * @param entries Its first entry in the shared table
 * @param first   Reference of that entry
 * @param count   Number of entries, all clear
 *
 * @return EOK or ENOMEM
 */
errno_t xen_grants_init(xen_grants_t *grants,
    volatile xen_grant_entry_t *entries, uint32_t first, uint32_t count)
{
	grants->free = calloc(count, sizeof(uint32_t));
	if (grants->free == NULL)
		return ENOMEM;

	grants->entries = entries;
	grants->first = first;
	grants->count = count;
	grants->leaked = 0;

	/* Lowest references on top */
	grants->nfree = count;
	for (uint32_t i = 0; i < count; i++)
		grants->free[i] = count - 1 - i;

	return EOK;
}

/** Let go of a range; entries that are still given stay as they are. */
void xen_grants_fini(xen_grants_t *grants)
{
	free(grants->free);
	grants->free = NULL;
	grants->entries = NULL;
	grants->count = 0;
	grants->nfree = 0;
}

/** Let another domain use a page.
 *
 * @param grants   Range
 * @param domid    The other domain
 * @param frame    Guest frame of the page
 * @param readonly The other domain only reads.
 * @param ref      Place for the grant reference
 *
 * @return EOK, or ENOSPC if all entries of the range are taken
 */
errno_t xen_grant_give(xen_grants_t *grants, uint16_t domid, uint32_t frame,
    bool readonly, uint32_t *ref)
{
	if (grants->nfree == 0)
		return ENOSPC;

	uint32_t index = grants->free[--grants->nfree];
	volatile xen_grant_entry_t *entry = &grants->entries[index];

	entry->domid = domid;
	entry->frame = frame;

	/* The flags make the entry valid: everything else comes before. */
	write_barrier();
	entry->flags = XEN_GTF_PERMIT_ACCESS |
	    (readonly ? XEN_GTF_READONLY : 0);

	*ref = grants->first + index;
	return EOK;
}

/** Clear an entry, unless the other side uses the page.
 *
 * @return EOK, or EBUSY if the page is in use and the entry unchanged
 */
errno_t xen_grant_entry_clear(volatile xen_grant_entry_t *entry)
{
	uint16_t flags = entry->flags;

	/*
	 * Xen sets the in-use bits with a compare-and-swap of its own, so this
	 * can only be tried again when it was Xen's turn in between. It tries
	 * as often as there are bits that Xen can change; a flag that keeps
	 * changing means that the other side is at it.
	 */
	for (int tries = 0; tries < 4; tries++) {
		if ((flags & (XEN_GTF_READING | XEN_GTF_WRITING)) != 0)
			return EBUSY;

		if (__atomic_compare_exchange_n(&entry->flags, &flags, 0,
		    false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST))
			return EOK;
	}

	return EBUSY;
}

/** Take a page back from the other domain.
 *
 * @param grants Range
 * @param ref    Reference that xen_grant_give() gave and that was not taken
 *               back since
 *
 * @return EOK
 * @return EBUSY if the other side still uses the page. The reference is lost
 *         and counted, and the page must never be used for anything else.
 */
errno_t xen_grant_revoke(xen_grants_t *grants, uint32_t ref)
{
	uint32_t index = ref - grants->first;
	assert(index < grants->count);

	errno_t rc = xen_grant_entry_clear(&grants->entries[index]);
	if (rc != EOK) {
		grants->leaked++;
		return rc;
	}

	grants->free[grants->nfree++] = index;
	return EOK;
}

/** @}
 */
