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
 * Grant references (public/grant_table.h, version 1)
 *
 * A grant lets one other domain use one of our pages. A range is a part of
 * the domain's grant table that belongs to one driver, which fills and clears
 * its entries without asking anybody. xen-platform hands the ranges out.
 *
 * The order of calls: xen_grants_init(); xen_grant_give() for a page;
 * xen_grant_revoke() when the other side no longer needs it; and at the end
 * xen_grants_fini(). A page that cannot be revoked is still in use by the
 * other side: neither the page nor the reference may be used again. Nothing
 * waits for it.
 *
 * No function locks: a range belongs to its owner, who serialises.
 */

#ifndef XEN_GRANT_H_
#define XEN_GRANT_H_

#include <assert.h>
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** References that the interface keeps for itself */
#define XEN_GRANT_NR_RESERVED  8

/** Bytes of a page that is granted */
#define XEN_GRANT_PAGE_SIZE  4096

/* Flags of an entry */
#define XEN_GTF_PERMIT_ACCESS  0x0001
#define XEN_GTF_READONLY       0x0004
/** The other side has the page mapped for reading. */
#define XEN_GTF_READING        0x0008
/** The other side has the page mapped for writing. */
#define XEN_GTF_WRITING        0x0010

typedef struct {
	uint16_t flags;
	/** Domain that may use the page */
	uint16_t domid;
	/** Guest frame */
	uint32_t frame;
} xen_grant_entry_t;

static_assert(sizeof(xen_grant_entry_t) == 8,
    "grant_table.h: version 1 entry is 8 bytes");

/** Entries in a page of the table */
#define XEN_GRANTS_PER_PAGE  (XEN_GRANT_PAGE_SIZE / sizeof(xen_grant_entry_t))

/** Part of the grant table that belongs to one driver */
typedef struct {
	/** First entry of the range, in the table shared with Xen */
	volatile xen_grant_entry_t *entries;
	/** Reference of the first entry */
	uint32_t first;
	/** Number of entries */
	uint32_t count;
	/** Free entries, as a stack of indices into the range; owned */
	uint32_t *free;
	uint32_t nfree;
	/** Entries that the other side did not let go of */
	uint32_t leaked;
} xen_grants_t;

extern errno_t xen_grants_init(xen_grants_t *, volatile xen_grant_entry_t *,
    uint32_t, uint32_t);
extern void xen_grants_fini(xen_grants_t *);
extern errno_t xen_grant_give(xen_grants_t *, uint16_t, uint32_t, bool,
    uint32_t *);
extern errno_t xen_grant_revoke(xen_grants_t *, uint32_t);
extern errno_t xen_grant_entry_clear(volatile xen_grant_entry_t *);

#endif

/** @}
 */
