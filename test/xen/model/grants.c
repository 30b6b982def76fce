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
 * The grant table of the model
 */

#include <string.h>
#include "../../model/untimely.h"
#include "grants.h"
#include "xen.h"

#define PAGE  4096

static xen_grant_entry_t gnttab[MODEL_GRANTS] __attribute__((aligned(PAGE)));

MODEL_SHARED void grants_reset(void)
{
	memset(gnttab, 0, sizeof(gnttab));
}

void *grants_page(size_t n)
{
	return (uint8_t *) gnttab + n * PAGE;
}

bool grants_hold(const uint8_t *p)
{
	return p >= (uint8_t *) gnttab &&
	    p < (uint8_t *) gnttab + sizeof(gnttab);
}

MODEL_SHARED void grants_check_revoked(void)
{
	for (size_t i = 0; i < MODEL_GRANTS; i++) {
		if (gnttab[i].flags != 0 && !(gnttab[i].flags &
		    (XEN_GTF_READING | XEN_GTF_WRITING)))
			model_violation("suspended with grant %zu given", i);
	}
}

MODEL_SHARED unsigned int model_grants_in_use(void)
{
	unsigned int n = 0;

	for (size_t i = 0; i < MODEL_GRANTS; i++)
		n += gnttab[i].flags != 0;
	return n;
}

/** Set or clear the bits of a page that the back end has mapped. */
MODEL_SHARED void model_gref_use(uint32_t ref, bool use)
{
	const uint16_t bits = XEN_GTF_READING | XEN_GTF_WRITING;

	if (use)
		__atomic_fetch_or(&gnttab[ref].flags, bits, __ATOMIC_SEQ_CST);
	else
		__atomic_fetch_and(&gnttab[ref].flags, (uint16_t) ~bits,
		    __ATOMIC_SEQ_CST);
}

/** A driver frees memory: nothing of it may be granted. */
MODEL_SHARED void model_before_free(void *arg, uint64_t phys, size_t size)
{
	(void) arg;
	untimely_step();
	for (size_t i = 0; i < MODEL_GRANTS; i++) {
		uint64_t page = (uint64_t) gnttab[i].frame * PAGE;

		if (gnttab[i].flags != 0 && page >= phys && page < phys + size)
			model_violation("memory is freed that is granted as "
			    "%zu", i);
	}
}

/** Frame of a page that a driver before gave */
#define LEFT_FRAME  0xdead

MODEL_SHARED bool model_grant_is_left(uint32_t ref)
{
	return gnttab[ref].flags != 0 && gnttab[ref].frame == LEFT_FRAME;
}

MODEL_SHARED void model_leave_grant(uint32_t ref, bool used)
{
	model_lock();
	gnttab[ref].frame = LEFT_FRAME;
	gnttab[ref].flags = XEN_GTF_PERMIT_ACCESS;
	model_unlock();
	if (used)
		model_gref_use(ref, true);
}

/** Whether the back end may use a page. */
MODEL_SHARED bool model_gref_is_given(uint32_t ref)
{
	return ref >= XEN_GRANT_NR_RESERVED && ref < MODEL_GRANTS &&
	    (gnttab[ref].flags & XEN_GTF_PERMIT_ACCESS) != 0 &&
	    gnttab[ref].domid == netback_domid;
}

/** The back end may only read the page. */
MODEL_SHARED bool model_gref_is_readonly(uint32_t ref)
{
	return (gnttab[ref].flags & XEN_GTF_READONLY) != 0;
}

/** Address of a granted page. */
MODEL_SHARED uint64_t model_gref_phys(uint32_t ref, bool write)
{
	if (ref < XEN_GRANT_NR_RESERVED || ref >= MODEL_GRANTS)
		model_violation("grant reference %u", ref);

	xen_grant_entry_t e = gnttab[ref];
	if (!(e.flags & XEN_GTF_PERMIT_ACCESS) || e.domid != netback_domid)
		model_violation("grant %u is not for the back end", ref);
	if (write && (e.flags & XEN_GTF_READONLY))
		model_violation("grant %u is for reading only", ref);
	return (uint64_t) e.frame * PAGE;
}
