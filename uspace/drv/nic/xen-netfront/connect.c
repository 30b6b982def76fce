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
 * grants and the event channels. All buffers are granted once, as long as the
 * hand-shake holds; frames are copied to and from them. A page in which there
 * is anything but frames is never given away.
 */

#include <as.h>
#include <ddf/log.h>
#include <ddi.h>
#include <errno.h>
#include <inttypes.h>
#include <macros.h>
#include <mem.h>
#include <stdio.h>
#include <str_error.h>
#include <xen/hypercall.h>

#include "xen-netfront.h"

/** Smallest MTU that IPv4 allows (RFC 791) */
#define MTU_MIN  68

/** Largest MTU: a frame fits into a buffer. */
#define MTU_MAX  (XN_BUF_SIZE - ETH_HEADER_LEN - ETH_VLAN_LEN)

/** Room for a number in xenstore */
#define NUMBER_SIZE  16

/** The back end does what it must not: give it up, and say why.
 *
 * The lock is held.
 */
void xn_lied(xn_t *net, const char *what, unsigned int value)
{
	if (net->phase != XN_UP)
		return;

	net->phase = XN_BROKEN;
	net->link_up = false;
	fibril_condvar_broadcast(&net->tx_cv);
	xen_frontend_fail(net->frontend);
	ddf_msg(LVL_ERROR, "%s: back end sent %s (%u); the device is closed",
	    net->name, what, value);
}

/** Take back all that was granted, and the memory.
 *
 * A page that the back end does not let go of is lost with its chunk.
 */
static void mem_fini(xn_t *net)
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
		    net->name, lost);
	}

	xen_platform_grants_free(net->platform, &mem->grants);
}

/** Allocate all pages and grant them. */
static errno_t mem_init(xn_t *net, uint16_t domid)
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
	mem_fini(net);
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

	fibril_mutex_lock(&net->lock);
	net->rx_port = rx;
	net->tx_port = tx;
	fibril_mutex_unlock(&net->lock);
	return EOK;
}

static void ports_fini(xn_t *net)
{
	fibril_mutex_lock(&net->lock);
	uint32_t rx = net->rx_port;
	uint32_t tx = net->tx_port;
	net->rx_port = 0;
	net->tx_port = 0;
	fibril_mutex_unlock(&net->lock);

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

	/* Those of the other way, which an earlier hand-shake may have left,
	 * are removed: a back end would take the split channels first. */
	const xenbus_key_t keys[] = {
		{ "tx-ring-ref", tx_ref },
		{ "rx-ring-ref", rx_ref },
		{ "request-rx-copy", "1" },
		{ "feature-rx-notify", "1" },
		{ "feature-sg", "1" },
		/* HelenOS takes no partial checksums; absent means that it
		 * does. For IPv6, absent means that it does not. */
		{ "feature-no-csum-offload", "1" },
		/* What an earlier hand-shake left would drop frames. */
		{ "request-multicast-control", "0" },
		{ "event-channel", split ? "" : rx_port },
		{ "event-channel-rx", split ? rx_port : "" },
		{ "event-channel-tx", split ? tx_port : "" }
	};

	return xenbus_publish(xb, keys, ARRAY_SIZE(keys));
}

/** Find out how long frames may be. */
static size_t read_frame_max(xenbus_dev_t *xb)
{
	uint64_t mtu;

	if (xenbus_read_unsigned(xb, XENBUS_FRONTEND, "mtu", MTU_MAX,
	    &mtu) != EOK || mtu < MTU_MIN)
		mtu = ETH_MTU;

	return mtu + ETH_HEADER_LEN + ETH_VLAN_LEN;
}

/** The back end has announced what it offers. */
static errno_t xn_connect(void *arg, xenbus_dev_t *xb)
{
	xn_t *net = arg;
	uint16_t domid = xenbus_backend_domid(xb);
	errno_t rc;

	if (!xenbus_read_feature(xb, "feature-rx-copy")) {
		ddf_msg(LVL_ERROR, "%s: back end does not copy", net->name);
		return ENOTSUP;
	}

	if (net->platform == NULL) {
		rc = xenbus_platform_open(xb, xn_event, net, &net->platform);
		if (rc != EOK)
			return rc;
	}

	size_t frame_max = read_frame_max(xb);
	rc = mem_init(net, domid);
	if (rc != EOK)
		return rc;

	rc = ports_init(net, domid,
	    xenbus_read_feature(xb, "feature-split-event-channels"));
	if (rc != EOK)
		goto err_mem;

	xen_ring_init(&net->tx, xn_tx_ring_page(net)->virt,
	    sizeof(xen_netif_tx_request_t));
	xen_ring_init(&net->rx, xn_rx_ring_page(net)->virt,
	    sizeof(xen_netif_rx_request_t));

	rc = publish(net, xb);
	if (rc != EOK)
		goto err_ports;
	xn_mcast_init(net, xb);

	fibril_mutex_lock(&net->lock);
	net->frame_max = frame_max;
	xn_tx_init(net);
	xn_rx_fill(net);
	if (net->phase == XN_DOWN)
		net->phase = XN_UP;
	net->rx_masked = true;
	xn_post(net, XN_EV_RECEIVE);
	fibril_mutex_unlock(&net->lock);
	return EOK;

err_ports:
	ports_fini(net);
err_mem:
	mem_fini(net);
	return rc;
}

/** The back end does its work, or no longer does. */
static void xn_link(void *arg, bool up)
{
	xn_t *net = arg;

	fibril_mutex_lock(&net->lock);
	bool changed = net->phase == XN_UP && net->link_up != up;
	if (changed) {
		net->link_up = up;
		/* It could not be told of the buffers before. */
		(void) xen_evtchn_send(net->rx_port);
		if (net->tx_port != net->rx_port)
			(void) xen_evtchn_unmask(net->tx_port);
		if (up)
			xen_frontend_update(net->frontend);
		fibril_condvar_broadcast(&net->tx_cv);
	}
	fibril_mutex_unlock(&net->lock);

	if (changed) {
		ddf_msg(LVL_NOTE, "%s: link is %s", net->name,
		    up ? "up" : "down");
	}
}

/** Use the rings no more. */
static void xn_quiesce(void *arg)
{
	xn_t *net = arg;

	fibril_mutex_lock(&net->lock);
	bool was_up = net->link_up;
	if (net->phase == XN_UP)
		net->phase = XN_DOWN;
	net->link_up = false;
	xn_tx_abort(net);
	fibril_condvar_broadcast(&net->tx_cv);
	fibril_mutex_unlock(&net->lock);

	if (was_up)
		ddf_msg(LVL_NOTE, "%s: link is down", net->name);
}

/** The back end has let go of the rings. */
static void xn_disconnect(void *arg)
{
	xn_t *net = arg;

	ports_fini(net);
	mem_fini(net);
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
