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
 * The hand-shake with the back end (public/io/netif.h)
 *
 * A hand-shake makes everything that is shared: the rings, the buffers, the
 * grants and the event channels. They may be lost and made anew at any time,
 * which libnic sees as a link that goes down and up.
 *
 * All buffers are granted once, as long as a hand-shake holds; frames are
 * copied to and from them. A page in which there is anything but frames is
 * never given away.
 */

#include <as.h>
#include <ddf/log.h>
#include <ddi.h>
#include <errno.h>
#include <inttypes.h>
#include <macros.h>
#include <mem.h>
#include <stdio.h>
#include <xen/hypercall.h>

#include "xen-netfront.h"

/** Smallest MTU that IPv4 allows (RFC 791) */
#define MTU_MIN  68

/** Largest MTU, of IP packets; a frame fits into the slots that a back end may
 * use for one (XEN_NETIF_NR_SLOTS_MIN).
 */
#define MTU_MAX  65535

/** Largest MTU of what is sent: a frame fits into a buffer. It is more than
 * HelenOS's IP stack uses.
 */
#define MTU_TX_MAX  (XN_BUF_SIZE - ETH_HEADER_LEN - ETH_VLAN_LEN)

/** Room for a number in xenstore */
#define NUMBER_SIZE  16

/** Take back all that was granted, and the memory.
 *
 * A page that the back end does not let go of is lost with its chunk.
 */
static void pages_fini(xn_t *net)
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
static errno_t pages_init(xn_t *net, uint16_t domid)
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
	pages_fini(net);
	return rc;
}

/** Make the event channels. */
static errno_t ports_init(xn_t *net, uint16_t domid, bool split)
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

static void ports_fini(xn_t *net)
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

/** Announce what was made. */
static errno_t publish(xn_t *net, xenbus_dev_t *xb)
{
	char tx_ref[NUMBER_SIZE];
	char rx_ref[NUMBER_SIZE];
	char tx_port[NUMBER_SIZE];
	char rx_port[NUMBER_SIZE];
	bool split = net->tx_port != net->rx_port;

	snprintf(tx_ref, sizeof(tx_ref), "%" PRIu32,
	    xn_tx_ring_page(net)->gref);
	snprintf(rx_ref, sizeof(rx_ref), "%" PRIu32,
	    xn_rx_ring_page(net)->gref);
	snprintf(tx_port, sizeof(tx_port), "%" PRIu32, net->tx_port);
	snprintf(rx_port, sizeof(rx_port), "%" PRIu32, net->rx_port);

	/*
	 * Each key that a back end reads is written or removed: what an earlier
	 * front end left would be believed.
	 */
	const xenbus_key_t keys[] = {
		{ "tx-ring-ref", tx_ref },
		{ "rx-ring-ref", rx_ref },
		{ "request-rx-copy", "1" },
		{ "feature-rx-notify", "1" },
		{ "feature-sg", "1" },
		/*
		 * HelenOS takes no partial checksums; absent means that it
		 * does. For IPv6, absent means that it does not.
		 */
		{ "feature-no-csum-offload", "1" },
		{ "feature-ipv6-csum-offload", "" },
		{ "feature-gso-tcpv4", "" },
		{ "feature-gso-tcpv6", "" },
		{ "feature-gso-tcpv4-prefix", "" },
		{ "feature-gso-tcpv6-prefix", "" },
		{ "xdp-headroom", "" },
		{ "ctrl-ring-ref", "" },
		{ "event-channel-ctrl", "" },
		/*
		 * One queue, whose keys are those above; of more queues than
		 * the first ones, nobody reads without the number.
		 */
		{ "multi-queue-num-queues", "" },
		{ "queue-0", "" },
		{ "queue-1", "" },
		{ "queue-2", "" },
		{ "queue-3", "" },
		{ "request-multicast-control", "0" },
		{ "event-channel", split ? "" : rx_port },
		{ "event-channel-rx", split ? rx_port : "" },
		{ "event-channel-tx", split ? tx_port : "" }
	};

	return xenbus_publish(xb, keys, ARRAY_SIZE(keys));
}

/** Find out how long frames may be, without their headers. */
static size_t read_mtu(xenbus_dev_t *xb)
{
	uint64_t mtu;

	if (xenbus_read_unsigned(xb, XENBUS_FRONTEND, "mtu", MTU_MAX,
	    &mtu) != EOK || mtu < MTU_MIN)
		mtu = ETH_MTU;

	return mtu;
}

/** Event of one of the channels. */
void xn_event(void *arg, uint32_t port)
{
	xn_t *net = arg;

	fibril_mutex_lock(&net->rn.lock);
	if (port == net->rx_port) {
		/* Unmasked when the ring was looked at */
		net->rx_masked = true;
	} else if (port == net->tx_port && net->rn.phase == RINGNIC_UP) {
		(void) xen_evtchn_unmask(port);
	}
	if (net->rn.phase == RINGNIC_UP)
		ringnic_event(&net->rn, port == net->rx_port,
		    port == net->tx_port);
	fibril_mutex_unlock(&net->rn.lock);
}

/** The back end has announced what it offers. */
static errno_t xn_connect(void *arg, xenbus_dev_t *xb)
{
	xn_t *net = arg;
	uint16_t domid = xenbus_backend_domid(xb);
	errno_t rc;

	bool has_copy;
	rc = xenbus_has_feature(xb, "feature-rx-copy", &has_copy);
	if (rc != EOK)
		return rc;
	if (!has_copy) {
		ddf_msg(LVL_ERROR, "%s: back end does not copy", net->rn.name);
		return ENOTSUP;
	}

	if (net->platform == NULL) {
		rc = xenbus_platform_open(xb, xn_event, net, &net->platform);
		if (rc != EOK)
			return rc;
	}

	size_t mtu = read_mtu(xb);
	rc = pages_init(net, domid);
	if (rc != EOK)
		return rc;

	rc = ports_init(net, domid,
	    xenbus_read_feature(xb, "feature-split-event-channels"));
	if (rc != EOK)
		goto err_pages;

	xen_ring_init(&net->tx, xn_tx_ring_page(net)->virt,
	    sizeof(xen_netif_tx_request_t));
	xen_ring_init(&net->rx, xn_rx_ring_page(net)->virt,
	    sizeof(xen_netif_rx_request_t));

	rc = publish(net, xb);
	if (rc != EOK)
		goto err_ports;
	xn_mcast_init(net, xb);

	fibril_mutex_lock(&net->rn.lock);
	net->rn.tx_max = min(mtu, (size_t) MTU_TX_MAX) + ETH_HEADER_LEN;
	net->rn.rx_max = mtu + ETH_HEADER_LEN + ETH_VLAN_LEN;
	net->tx_extras = 0;
	net->tx_control = -1;
	net->rx_masked = true;
	xn_rx_fill(net);
	ringnic_up(&net->rn, XN_RING_SIZE);
	fibril_mutex_unlock(&net->rn.lock);
	return EOK;

err_ports:
	ports_fini(net);
err_pages:
	pages_fini(net);
	return rc;
}

/** The back end does its work, or no longer does. */
static void xn_link(void *arg, bool up)
{
	xn_t *net = arg;

	fibril_mutex_lock(&net->rn.lock);
	if (net->rn.phase == RINGNIC_UP && net->rn.link_up != up) {
		ringnic_link(&net->rn, up);
		/* It could not be told of the buffers before. */
		(void) xen_evtchn_send(net->rx_port);
		if (net->tx_port != net->rx_port)
			(void) xen_evtchn_unmask(net->tx_port);
		if (up)
			xen_frontend_update(net->frontend);
	}
	fibril_mutex_unlock(&net->rn.lock);
}

/** Use the rings no more. */
static void xn_quiesce(void *arg)
{
	xn_t *net = arg;

	fibril_mutex_lock(&net->rn.lock);
	if (net->rn.phase == RINGNIC_UP)
		ringnic_down(&net->rn, RINGNIC_DOWN);
	ringnic_link(&net->rn, false);
	fibril_mutex_unlock(&net->rn.lock);
}

/** The back end has let go of the rings. */
static void xn_disconnect(void *arg)
{
	xn_t *net = arg;

	fibril_mutex_lock(&net->rn.lock);
	ringnic_abort(&net->rn);
	fibril_mutex_unlock(&net->rn.lock);

	ports_fini(net);
	pages_fini(net);
}

/** What the state machine of xenbus calls */
const xen_frontend_ops_t xn_frontend_ops = {
	.connect = xn_connect,
	.link = xn_link,
	.update = xn_mcast_update,
	.quiesce = xn_quiesce,
	.disconnect = xn_disconnect
};

/** @}
 */
