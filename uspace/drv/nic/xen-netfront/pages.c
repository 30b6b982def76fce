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


/** @addtogroup xen-netfront
 * @{
 */
/** @file
 * What is shared with the back end: memory, and event channels
 *
 * All buffers are granted once, as long as a hand-shake holds; frames are
 * copied to and from them. A page in which there is anything but frames is
 * never given away.
 */

#include <as.h>
#include <ddf/log.h>
#include <ddi.h>
#include <errno.h>
#include <mem.h>

#include "xen-netfront.h"

/** The back end does what it must not: give it up, and say why.
 *
 * ringnic_t.lock is held.
 */
void xn_lied(xn_t *net, const char *what, unsigned int value)
{
	if (net->rn.phase != RINGNIC_UP)
		return;

	ringnic_down(&net->rn, RINGNIC_FAILED);
	net->rn.link_up = false;
	xen_frontend_fail(net->frontend);
	ddf_msg(LVL_ERROR, "%s: back end sent %s (%u); the device is closed",
	    net->rn.name, what, value);
}

/** Take back all that was granted, and the memory.
 *
 * A page that the back end does not let go of is lost with its chunk.
 */
void xn_pages_fini(xn_t *net)
{
	xn_mem_t *mem = &net->mem;
	size_t lost = 0;

	for (size_t c = 0; c < XN_CHUNKS; c++) {
		bool busy = false;

		if (mem->chunk[c] == NULL)
			continue;

		for (size_t i = 0; i < XN_CHUNK_PAGES; i++) {
			size_t p = c * XN_CHUNK_PAGES + i;
			if (p >= XN_PAGES || !mem->page[p].granted)
				continue;
			mem->page[p].granted = false;
			if (xen_grant_revoke(&mem->grants,
			    mem->page[p].gref) != EOK) {
				busy = true;
				lost++;
			}
		}

		if (!busy)
			dmamem_unmap_anonymous(mem->chunk[c]);
		mem->chunk[c] = NULL;
	}

	if (lost > 0) {
		ddf_msg(LVL_WARN, "%s: back end keeps %zu pages; they are lost",
		    net->rn.name, lost);
	}

	xen_platform_grants_free(net->platform, &mem->grants);
}

/** Allocate all pages and grant them. */
errno_t xn_pages_init(xn_t *net, uint16_t domid)
{
	xn_mem_t *mem = &net->mem;
	uintptr_t phys = 0;

	memset(mem, 0, sizeof(*mem));
	errno_t rc = xen_platform_grants_alloc(net->platform, XN_PAGES,
	    &mem->grants);
	if (rc != EOK)
		return rc;

	for (size_t p = 0; p < XN_PAGES; p++) {
		size_t c = p / XN_CHUNK_PAGES;
		size_t offset = p % XN_CHUNK_PAGES * XN_BUF_SIZE;

		if (offset == 0) {
			void *virt = AS_AREA_ANY;
			rc = dmamem_map_anonymous(XN_CHUNK_PAGES * XN_BUF_SIZE,
			    DMAMEM_4GiB, AS_AREA_READ | AS_AREA_WRITE |
			    AS_AREA_CACHEABLE, 0, &phys, &virt);
			if (rc != EOK)
				goto error;

			/* What was there before is none of their business. */
			memset(virt, 0, XN_CHUNK_PAGES * XN_BUF_SIZE);
			mem->chunk[c] = virt;
		}

		xn_page_t *page = &mem->page[p];
		page->virt = (uint8_t *) mem->chunk[c] + offset;

		/* The back end writes to its ring pages, too. */
		bool readonly = page >= xn_tx_page(net, 0) &&
		    page < xn_rx_page(net, 0);
		rc = xen_grant_give(&mem->grants, domid,
		    (phys + offset) >> PAGE_WIDTH, readonly, &page->gref);
		if (rc != EOK)
			goto error;
		page->granted = true;
	}

	return EOK;
error:
	xn_pages_fini(net);
	return rc;
}

/** Make the event channels. */
errno_t xn_ports_init(xn_t *net, uint16_t domid, bool split)
{
	uint32_t rx;
	uint32_t tx;

	errno_t rc = xen_platform_port_alloc(net->platform, domid, &rx);
	if (rc != EOK)
		return rc;

	tx = rx;
	if (split) {
		rc = xen_platform_port_alloc(net->platform, domid, &tx);
		if (rc != EOK) {
			xen_platform_port_free(net->platform, rx);
			return rc;
		}
	}

	fibril_mutex_lock(&net->rn.lock);
	net->rx_port = rx;
	net->tx_port = tx;
	fibril_mutex_unlock(&net->rn.lock);
	return EOK;
}

void xn_ports_fini(xn_t *net)
{
	fibril_mutex_lock(&net->rn.lock);
	uint32_t rx = net->rx_port;
	uint32_t tx = net->tx_port;
	net->rx_port = 0;
	net->tx_port = 0;
	fibril_mutex_unlock(&net->rn.lock);

	xen_platform_port_free(net->platform, rx);
	if (tx != rx)
		xen_platform_port_free(net->platform, tx);
}

/** @}
 */
