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

/** @addtogroup host
 * @{
 */
/** @file Receive control of network cards
 */

#include <errno.h>
#include <mem.h>
#include <stdlib.h>
#include "nic_private.h"

/** Destination and source address; a VLAN tag follows */
#define ETH_ADDRS_LEN	(2 * ETH_ADDR)

errno_t nic_addr_list_set(nic_addr_list_t *list, const nic_address_t *addr,
    size_t count)
{
	nic_address_t *copy = NULL;

	/* A card that nobody set up owns nothing that somebody must free */
	if (count > 0) {
		copy = calloc(count, sizeof(nic_address_t));
		if (copy == NULL)
			return ENOMEM;
		memcpy(copy, addr, count * sizeof(nic_address_t));
	}
	free(list->addr);
	list->addr = copy;
	list->count = count;
	return EOK;
}

void nic_addr_list_get(const nic_addr_list_t *list, size_t max,
    nic_address_t *addr, size_t *count)
{
	if (addr != NULL) {
		for (size_t i = 0; i < list->count && i < max; i++)
			addr[i] = list->addr[i];
	}
	if (count != NULL)
		*count = list->count;
}

static bool list_has(const nic_addr_list_t *list, const uint8_t *addr)
{
	for (size_t i = 0; i < list->count; i++) {
		if (memcmp(list->addr[i].address, addr, ETH_ADDR) == 0)
			return true;
	}
	return false;
}

/** To the state after start; the own address is kept. */
void nic_rxc_reset(nic_rxc_t *rxc)
{
	free(rxc->unicast.addr);
	free(rxc->multicast.addr);
	free(rxc->blocked.addr);
	free(rxc->vlan_mask);

	nic_address_t own = rxc->own;
	memset(rxc, 0, sizeof(*rxc));
	rxc->own = own;
	rxc->unicast_mode = NIC_UNICAST_DEFAULT;
	rxc->multicast_mode = NIC_MULTICAST_BLOCKED;
	rxc->broadcast_mode = NIC_BROADCAST_ACCEPTED;
	rxc->unicast_exact = true;
	rxc->multicast_exact = false;
	rxc->vlan_exact = true;
}

static bool check_address(const nic_rxc_t *rxc, const uint8_t *addr,
    nic_frame_type_t type)
{
	/*
	 * Where a device filters exactly, libnic does not look at the mode;
	 * where it does not, the mode PROMISC is not looked at either, only
	 * the list.
	 */
	switch (type) {
	case NIC_FRAME_BROADCAST:
		return rxc->broadcast_mode != NIC_BROADCAST_BLOCKED;
	case NIC_FRAME_MULTICAST:
		if (rxc->multicast_exact)
			return true;
		return rxc->multicast_mode != NIC_MULTICAST_BLOCKED &&
		    list_has(&rxc->multicast, addr);
	default:
		if (rxc->unicast_exact)
			return true;
		return rxc->unicast_mode != NIC_UNICAST_BLOCKED &&
		    (memcmp(addr, rxc->own.address, ETH_ADDR) == 0 ||
		    list_has(&rxc->unicast, addr));
	}
}

/** As libnic, it does not ask whether the frame is long enough for a tag. */
static bool check_vlan(const nic_rxc_t *rxc, const uint8_t *data)
{
	const uint8_t *tag = data + ETH_ADDRS_LEN;

	if (rxc->vlan_exact || rxc->vlan_mask == NULL ||
	    tag[0] != 0x81 || tag[1] != 0x00)
		return true;
	unsigned int id = (tag[2] & 0xf) << 8 | tag[3];
	return (rxc->vlan_mask->bitmap[id >> 3] & (1 << (id & 7))) != 0;
}

/** Tell if a frame is wanted, and of what type it is. */
bool nic_rxc_check(const nic_rxc_t *rxc, const uint8_t *data, size_t size,
    nic_frame_type_t *type)
{
	static const uint8_t broadcast[ETH_ADDR] = {
		0xff, 0xff, 0xff, 0xff, 0xff, 0xff
	};

	*type = NIC_FRAME_UNICAST;
	if (memcmp(data, broadcast, ETH_ADDR) == 0)
		*type = NIC_FRAME_BROADCAST;
	else if (data[0] & 1)
		*type = NIC_FRAME_MULTICAST;

	return check_address(rxc, data, *type) &&
	    !list_has(&rxc->blocked, data + ETH_ADDR) &&
	    check_vlan(rxc, data);
}

/** @}
 */
