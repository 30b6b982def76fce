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
 * Xen network front end: what its parts share
 *
 * What every card needs is in libringnic, see ringnic.h. The files here from
 * the bottom to the top:
 *
 *   ring.c           frames in the rings
 *   mcast.c          the back end's multicast filter
 *   connect.c        the hand-shake with the back end
 *   xen-netfront.c   devices come and go
 *
 * One more kind of fibril than the library has touches a device: that of the
 * hand-shake, libxen's, which alone makes the rings and takes them away. While
 * the phase is RINGNIC_UP they are used with ringnic_t.lock; else only by the
 * hand-shake. No lock is held while anything waits for xenstore.
 */

#ifndef XEN_NETFRONT_H_
#define XEN_NETFRONT_H_

#include <ringnic.h>
#include <stdbool.h>
#include <stdint.h>
#include <xen/frontend.h>
#include <xen/grant.h>
#include <xen/netif.h>
#include <xen/platform.h>
#include <xen/ring.h>

/** Slots of each ring, as io/ring.h makes it of a page */
#define XN_RING_SIZE  256

/** Bytes of a buffer, which is a page with nothing else in it */
#define XN_BUF_SIZE  XEN_GRANT_PAGE_SIZE

/** Pages in one physically contiguous chunk of 64 KiB */
#define XN_CHUNK_PAGES  16

/** Pages that are given to the back end: a ring and its buffers, twice */
#define XN_PAGES  (2 * (1 + XN_RING_SIZE))

#define XN_CHUNKS  ((XN_PAGES + XN_CHUNK_PAGES - 1) / XN_CHUNK_PAGES)

/** Shown as PCI vendor of the device */
#define XN_VENDOR_ID  0x5853

/** A page that is given to the back end */
typedef struct {
	void *virt;
	uint32_t gref;
	/** gref is valid. */
	bool granted;
} xn_page_t;

/** Group addresses that a back end's list takes (XEN_NETBK_MCAST_MAX of Linux's
 * says so; io/netif.h leaves it open)
 */
#define XN_MCAST_MAX  64

/** Group addresses */
typedef struct {
	nic_address_t addr[XN_MCAST_MAX];
	size_t count;
} xn_groups_t;

/** The back end's multicast filter, see mcast.c */
typedef struct {
	/* Guarded by ringnic_t.lock */
	/** Only these group addresses are wanted; else all are. */
	bool filter;
	xn_groups_t want;

	/* Used by the hand-shake's fibril only */
	/** The filter can be switched at any time. */
	bool offered;
	/** It is switched on; or, if not known, should be. */
	bool on;
	bool known;
	/** The back end did not answer: nobody knows its list. */
	bool lost;
	/** It failed the last time, which was said. */
	bool said;
	/** Something is to be tried again: see xn_duty(). Guarded by
	 * ringnic_t.lock
	 */
	bool retry;
	/** Addresses in its list */
	xn_groups_t have;
} xn_mcast_t;

/** Memory for a hand-shake */
typedef struct {
	/** Chunks of memory, NULL for none; owned */
	void *chunk[XN_CHUNKS];
	xn_page_t page[XN_PAGES];
	xen_grants_t grants;
} xn_mem_t;

/** A network device */
typedef struct {
	/** First: see xn_of() */
	ringnic_t rn;

	/** The hand-shake; owned */
	xen_frontend_t *frontend;
	/** Connection with xen-platform, made by the first hand-shake; owned */
	xen_platform_t *platform;
	xn_mem_t mem;

	xen_ring_t rx;
	uint32_t rx_port;
	/** An event came, and the port is to be unmasked when the ring was
	 * looked at.
	 */
	bool rx_masked;
	/** The back end has the buffer. */
	bool rx_posted[XN_RING_SIZE];
	/** Buffers in the ring that are not published yet */
	uint16_t rx_new[XN_RING_SIZE];
	size_t rx_new_count;

	xen_ring_t tx;
	/** May be the same as rx_port */
	uint32_t tx_port;
	/** Extra segments in the ring without a response */
	size_t tx_extras;
	/** Request with an extra segment that somebody waits for, or -1 */
	int tx_control;
	/** Its result, once it was answered */
	errno_t tx_control_rc;

	xn_mcast_t mcast;
} xn_t;

static inline xn_t *xn_of(ringnic_t *rn)
{
	return (xn_t *) rn;
}

/** Page of the transmit ring, of the receive ring, and of their buffers */
static inline xn_page_t *xn_tx_ring_page(xn_t *net)
{
	return &net->mem.page[0];
}

static inline xn_page_t *xn_rx_ring_page(xn_t *net)
{
	return &net->mem.page[1];
}

static inline xn_page_t *xn_tx_page(xn_t *net, size_t i)
{
	return &net->mem.page[2 + i];
}

static inline xn_page_t *xn_rx_page(xn_t *net, size_t i)
{
	return &net->mem.page[2 + XN_RING_SIZE + i];
}

/* ring.c */
extern void xn_rx_fill(xn_t *);
extern errno_t xn_rx_take(ringnic_t *, nic_frame_t **);
extern void xn_rx_push(ringnic_t *);
extern void xn_rx_events_off(ringnic_t *);
extern bool xn_rx_events_on(ringnic_t *);
extern bool xn_tx_ready(ringnic_t *);
extern void xn_renotify(xn_t *);
extern errno_t xn_tx_put(ringnic_t *, size_t, const void *, size_t);
extern void xn_tx_reclaim(ringnic_t *);
extern bool xn_tx_events_on(ringnic_t *, size_t);
extern void xn_tx_events_off(ringnic_t *);
extern errno_t xn_tx_extra(xn_t *, const xen_netif_extra_info_t *);

/* mcast.c */
extern void xn_mcast_init(xn_t *, xenbus_dev_t *);
extern void xn_mcast_update(void *, xenbus_dev_t *);
extern void xn_mcast_all(xn_t *);
extern void xn_mcast_retry(xn_t *);
extern errno_t xn_set_multicast(ringnic_t *, nic_multicast_mode_t,
    const nic_address_t *, size_t);

/* connect.c */
extern const xen_frontend_ops_t xn_frontend_ops;
extern void xn_event(void *, uint32_t);

#endif

/** @}
 */
