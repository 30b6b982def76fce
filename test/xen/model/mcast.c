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
 * The back end's list of group addresses
 */

#include <string.h>
#include "mcast.h"

#define LIST_MAX  64

netback_mcast_t netback_mcast = MCAST_DYNAMIC;
unsigned int netback_mcast_max = LIST_MAX;
netback_mcast_stats_t mcast_stats;

static uint8_t list[LIST_MAX][6];

void mcast_reset(void)
{
	mcast_stats.count = 0;
}

static int find(const uint8_t *addr)
{
	for (unsigned int i = 0; i < mcast_stats.count; i++) {
		if (memcmp(list[i], addr, 6) == 0)
			return i;
	}
	return -1;
}

static int16_t add(const uint8_t *addr)
{
	/* Linux's back end would keep it twice, and take it out once. */
	if (find(addr) >= 0)
		model_violation("an address is put into the list twice");
	if (mcast_stats.count >= netback_mcast_max) {
		mcast_stats.refused++;
		return XEN_NETIF_RSP_ERROR;
	}
	memcpy(list[mcast_stats.count++], addr, 6);
	mcast_stats.added++;
	return XEN_NETIF_RSP_OKAY;
}

int16_t mcast_extra(const xen_netif_extra_info_t *extra)
{
	if (netback_mcast == MCAST_NONE)
		model_violation("multicast control was not offered");
	if (extra->flags != 0 || (extra->u[0] & 1) == 0)
		model_violation("extra segment with flags %x for %02x:...",
		    extra->flags, extra->u[0]);

	if (extra->type == XEN_NETIF_EXTRA_TYPE_MCAST_ADD)
		return add(extra->u);
	if (extra->type != XEN_NETIF_EXTRA_TYPE_MCAST_DEL)
		model_violation("extra segment of type %u", extra->type);

	int i = find(extra->u);
	if (i < 0)
		model_violation("an address is not in the list");
	memmove(list[i], list[--mcast_stats.count], 6);
	mcast_stats.removed++;
	return XEN_NETIF_RSP_OKAY;
}

bool mcast_drops(const uint8_t *dest, bool on)
{
	static const uint8_t broadcast[] = { 255, 255, 255, 255, 255, 255 };

	if (!on || (dest[0] & 1) == 0 || memcmp(dest, broadcast, 6) == 0 ||
	    find(dest) >= 0)
		return false;
	mcast_stats.dropped++;
	return true;
}

bool netback_mcast_has(const uint8_t *addr)
{
	model_lock();
	bool has = find(addr) >= 0;
	model_unlock();
	return has;
}
