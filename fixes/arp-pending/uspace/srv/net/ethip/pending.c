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

/** @addtogroup ethip
 * @{
 */
/** @file Packets for hosts whose Ethernet address is being asked for.
 *
 * Whoever sends must not wait for the answer: it comes through the fibril that
 * may be sending.
 */

#include <adt/list.h>
#include <errno.h>
#include <fibril.h>
#include <fibril_synch.h>
#include <mem.h>
#include <stdlib.h>
#include "arp.h"
#include "atrans.h"
#include "pending.h"

/** Maximum number of hosts that are asked for at once */
#define HOSTS_MAX	32

/** Maximum number of packets that wait for one host */
#define PACKETS_MAX	8

/** A host that is being asked for, and the packets for it */
typedef struct {
	link_t link;
	ethip_nic_t *nic;
	/** Asks, and then sends the packets */
	fid_t fibril;
	/** In the order in which they came; their data is ours */
	iplink_sdu_t packets[PACKETS_MAX];
	unsigned count;
} pending_host_t;

/** Hosts that are being asked for, pending_host_t */
static LIST_INITIALIZE(pending_hosts);

/** Guards the list, and the packets of the hosts in it */
static FIBRIL_MUTEX_INITIALIZE(pending_lock);

static errno_t pending_fibril(void *arg)
{
	pending_host_t *host = arg;
	ethip_nic_t *nic = host->nic;
	eth_addr_t mac;

	/* The first packet is there from the start. */
	errno_t rc = arp_translate(nic, host->packets[0].src,
	    host->packets[0].dest, &mac);

	fibril_mutex_lock(&pending_lock);
	list_remove(&host->link);
	fibril_mutex_unlock(&pending_lock);

	/* Nobody else has it now. */
	for (unsigned i = 0; i < host->count; i++) {
		iplink_sdu_t *packet = &host->packets[i];

		if (rc == EOK)
			(void) nic->iplink.ops->send(&nic->iplink, packet);
		free(packet->data);
	}
	free(host);
	return EOK;
}

static pending_host_t *pending_find(ethip_nic_t *nic, addr32_t ip_addr)
{
	list_foreach(pending_hosts, link, pending_host_t, host) {
		if (host->nic == nic && host->packets[0].dest == ip_addr)
			return host;
	}

	return NULL;
}

/** A host without packets, in the list, that is not asked for yet */
static pending_host_t *pending_new(ethip_nic_t *nic)
{
	if (list_count(&pending_hosts) >= HOSTS_MAX)
		return NULL;

	pending_host_t *host = calloc(1, sizeof(pending_host_t));
	if (host == NULL)
		return NULL;

	host->nic = nic;
	host->fibril = fibril_create(pending_fibril, host);
	if (host->fibril == 0) {
		free(host);
		return NULL;
	}

	list_append(&host->link, &pending_hosts);
	return host;
}

/** Find the Ethernet address of a host, without asking for it.
 *
 * @param ip_addr  Address of the host, or the limited broadcast address
 * @param mac_addr Place for its Ethernet address
 * @return EOK, or ENOENT if it is not known
 */
errno_t pending_lookup(addr32_t ip_addr, eth_addr_t *mac_addr)
{
	if (ip_addr == addr32_broadcast_all_hosts) {
		*mac_addr = eth_addr_broadcast;
		return EOK;
	}

	return atrans_lookup(ip_addr, mac_addr);
}

/** Send a packet when the Ethernet address of its host has been found out.
 *
 * Returns at once. If nobody answers, or too much waits already, the packet is
 * lost, as on any network.
 *
 * @param nic Card
 * @param sdu Packet (copied)
 */
void pending_send(ethip_nic_t *nic, iplink_sdu_t *sdu)
{
	void *data = malloc(sdu->size);
	if (data == NULL)
		return;
	memcpy(data, sdu->data, sdu->size);

	fibril_mutex_lock(&pending_lock);

	pending_host_t *host = pending_find(nic, sdu->dest);
	if (host == NULL)
		host = pending_new(nic);
	if (host != NULL && host->count < PACKETS_MAX) {
		iplink_sdu_t *packet = &host->packets[host->count++];

		*packet = *sdu;
		packet->data = data;
		data = NULL;
		if (host->count == 1) {
			fibril_start(host->fibril);
			fibril_detach(host->fibril);
		}
	}

	fibril_mutex_unlock(&pending_lock);
	free(data);
}

/** @}
 */
