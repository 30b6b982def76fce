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
 * One structure a device. Four kinds of fibrils touch it: libnic's handlers (a
 * frame to send, a mode to change), the events of its channels, the hand-shake
 * with the back end (connect.c), and the worker, which delivers frames.
 *
 * One lock guards what they share. It is not held while frames are delivered,
 * as the receiver may answer by sending, nor while anything waits for
 * xenstore. The order is: libnic's main_lock or rxc_lock, xn_t.lock, libnic's
 * stats_lock.
 */

#ifndef XEN_NETFRONT_H_
#define XEN_NETFRONT_H_

#include <ddf/driver.h>
#include <fibril_synch.h>
#include <nic.h>
#include <stdbool.h>
#include <stdint.h>
#include <xen/frontend.h>
#include <xen/grant.h>
#include <xen/netif.h>
#include <xen/platform.h>
#include <xen/ring.h>

#define NAME  "xen-netfront"

/** Length of an Ethernet header, and of the VLAN tag that may follow it */
#define ETH_HEADER_LEN  14
#define ETH_VLAN_LEN    4

/** MTU of Ethernet, and of HelenOS's IP stack, in bytes */
#define ETH_MTU  1500

/** Shortest Ethernet frame without checksum, in bytes */
#define ETH_FRAME_MIN  60

/** Slots of each ring, as io/ring.h makes it of a page */
#define XN_RING_SIZE  256

/** Bytes of a buffer, which is a page with nothing else in it */
#define XN_BUF_SIZE  XEN_GRANT_PAGE_SIZE

/** Pages in one physically contiguous chunk of 64 KiB */
#define XN_CHUNK_PAGES  16

/** Pages that are given to the back end: a ring and its buffers, twice */
#define XN_PAGES  (2 * (1 + XN_RING_SIZE))

#define XN_CHUNKS  ((XN_PAGES + XN_CHUNK_PAGES - 1) / XN_CHUNK_PAGES)

/** How often the worker looks whether an event was missed */
#define XN_WATCHDOG_MS  1000

/** Shown as PCI vendor of the device */
#define XN_VENDOR_ID  0x5853

/** What the device is doing; guarded by xn_t.lock */
typedef enum {
	/** There are no rings, or the back end is parting; senders fail. */
	XN_DOWN,
	/** The rings are in use. */
	XN_UP,
	/** The back end lied: it is being closed for good. */
	XN_BROKEN,
	/** Removed or quiesced, never to return */
	XN_GONE
} xn_phase_t;

/** What the worker has to do; guarded by xn_t.lock */
typedef enum {
	XN_EV_RECEIVE = 1,
	XN_EV_QUIT = 2
} xn_event_t;

/** A page that is given to the back end */
typedef struct {
	void *virt;
	uint32_t gref;
	/** gref is valid. */
	bool granted;
} xn_page_t;

/** Group addresses that a back end's list takes (XEN_NETBK_MCAST_MAX of Linux's
 * says so; io/netif.h leaves it open) */
#define XN_MCAST_MAX  64

/** Group addresses */
typedef struct {
	nic_address_t addr[XN_MCAST_MAX];
	size_t count;
} xn_groups_t;

/** The back end's multicast filter, see mcast.c */
typedef struct {
	/* Guarded by xn_t.lock */
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
	/** Addresses in its list */
	xn_groups_t have;
} xn_mcast_t;

/** Memory for a hand-shake; belongs to the hand-shake's fibril, and while
 * XN_UP is read by others under xn_t.lock */
typedef struct {
	/** Chunks of memory, NULL for none; owned */
	void *chunk[XN_CHUNKS];
	xn_page_t page[XN_PAGES];
	xen_grants_t grants;
} xn_mem_t;

/** A network device */
typedef struct {
	/* Set by dev_add and constant from there on */
	ddf_dev_t *dev;
	nic_t *nic;
	ddf_fun_t *fun;
	const char *name;
	nic_address_t default_mac;
	/** The hand-shake; owned */
	xen_frontend_t *frontend;

	/* Used by the hand-shake's fibril only */
	/** Connection with xen-platform, made by the first hand-shake; owned */
	xen_platform_t *platform;
	xn_mem_t mem;

	/** Guards all that follows */
	fibril_mutex_t lock;
	xn_phase_t phase;
	/** The NIC is in the active state: frames flow. */
	bool active;
	/** The back end is connected. */
	bool link_up;
	/** Longest frames to send and to receive, in bytes */
	size_t frame_max;

	/** Wakes the worker, and who waits for its end */
	fibril_condvar_t worker_cv;
	bool worker_running;
	unsigned int events;
	nic_poll_mode_t poll_mode;
	/** Milliseconds between looks at the ring with NIC_POLL_PERIODIC */
	msec_t poll_period;

	xen_ring_t rx;
	uint32_t rx_port;
	/** An event came, and the worker is to unmask the port. */
	bool rx_masked;
	/** The buffer is in the ring. */
	bool rx_posted[XN_RING_SIZE];

	xen_ring_t tx;
	/** May be the same as rx_port */
	uint32_t tx_port;
	/** Stack of free buffers */
	uint16_t tx_free[XN_RING_SIZE];
	size_t tx_free_count;
	/** Length of the frame in each buffer, in bytes; 0 if it is free */
	uint16_t tx_len[XN_RING_SIZE];
	/** Wakes senders: there may be room, or there will never be. */
	fibril_condvar_t tx_cv;
	/** The back end took nothing for so long that senders do not wait. */
	bool tx_stalled;
	/** Extra segments in the ring without a response */
	size_t tx_extras;
	/** Request with an extra segment that somebody waits for, or -1 */
	int tx_control;
	/** Its result, once it was answered */
	errno_t tx_control_rc;

	xn_mcast_t mcast;
} xn_t;

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

/* connect.c */
extern const xen_frontend_ops_t xn_frontend_ops;
extern void xn_lied(xn_t *, const char *, unsigned int);

/* worker.c */
extern void xn_post(xn_t *, unsigned int);
extern void xn_event(void *, uint32_t);
extern errno_t xn_worker_start(xn_t *);
extern void xn_worker_stop(xn_t *);

/* rx.c */
extern void xn_rx_fill(xn_t *);
extern void xn_rx_process(xn_t *);

/* tx.c */
extern void xn_tx_init(xn_t *);
extern void xn_tx_reclaim(xn_t *);
extern void xn_tx_abort(xn_t *);
extern void xn_send(nic_t *, void *, size_t);
extern errno_t xn_tx_extra(xn_t *, const xen_netif_extra_info_t *);

/* mcast.c */
extern void xn_mcast_init(xn_t *, xenbus_dev_t *);
extern void xn_mcast_update(void *, xenbus_dev_t *);
extern void xn_mcast_all(xn_t *);
extern errno_t xn_on_multicast(nic_t *, nic_multicast_mode_t,
    const nic_address_t *, size_t);

/* nicf.c */
extern nic_iface_t xn_nic_iface;
extern void xn_set_handlers(nic_t *);

#endif

/** @}
 */
