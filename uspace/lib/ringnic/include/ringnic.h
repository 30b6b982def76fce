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

/** @addtogroup libringnic
 * @{
 */
/**
 * @file
 * @brief What drivers of network cards with rings have in common
 *
 * A card gives its driver frames in a receive ring and takes them in
 * a transmit ring. The library has the rest: the life with libnic, the worker
 * fibril, the poll modes, the wait for room in the ring, the batches in which
 * frames are delivered, and the counters. It knows no bus and no ring format.
 * A driver supplies ringnic_ops_t, and its structure begins with a ringnic_t.
 *
 * Three kinds of fibrils meet: libnic's handlers (a frame to send, a mode to
 * change), the driver's events (an interrupt), and the worker, which delivers
 * frames and does everything that takes time. Who has something for the worker
 * to do posts an event and goes on: no one below the worker calls it. The
 * library's files from the bottom to the top: ring.c (rings come and go,
 * sending), worker.c (receiving), nic.c (libnic, devices).
 *
 * Locks, in this order: libnic's main_lock or rxc_lock, held where libnic calls
 * a handler; locks of the driver; ringnic_t.lock; libnic's stats_lock. The
 * third is never held while somebody waits for the device or frames are
 * delivered: the receiver may answer by sending. "Locked" says that a function
 * is called with it. All waits are measured by the clock.
 */

#ifndef LIBRINGNIC_RINGNIC_H_
#define LIBRINGNIC_RINGNIC_H_

#include <ddf/driver.h>
#include <errno.h>
#include <fibril_synch.h>
#include <nic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

/** Length of an Ethernet header, and of the VLAN tag that may follow it */
#define ETH_HEADER_LEN	14
#define ETH_VLAN_LEN	4

/** MTU of Ethernet, and of HelenOS's IP stack, in bytes */
#define ETH_MTU		1500

/** Shortest Ethernet frame without checksum, in bytes */
#define ETH_FRAME_MIN	60

/** Most transmit buffers of a ring */
#define RINGNIC_TX_MAX	1024

/** Instead of a frame's length: the buffer is taken and has no frame */
#define RINGNIC_NO_FRAME	UINT16_MAX

typedef struct ringnic ringnic_t;

/** What the card is doing */
typedef enum {
	/** There are no rings, or they are being made; senders fail */
	RINGNIC_DOWN,
	/** The rings are in use */
	RINGNIC_UP,
	/** Given up; there are no rings */
	RINGNIC_FAILED,
	/** Removed or quiesced, never to return */
	RINGNIC_GONE
} ringnic_phase_t;

/** What the worker has to do, as bits */
enum {
	/** Look at the receive ring */
	RINGNIC_EV_RECEIVE = 1,
	/** A second has passed: look after what no event has told */
	RINGNIC_EV_WATCHDOG = 2,
	/** The worker ends; for the library only */
	RINGNIC_EV_QUIT = 4,
	/** The first of the driver's own; the others are above it */
	RINGNIC_EV_DRIVER = 8
};

/** A part of a received frame, in the driver's memory */
typedef struct {
	const void *data;
	/** Bytes of it */
	size_t len;
} ringnic_piece_t;

/** What a driver does. Those of the second half are called locked, while the
 * phase is RINGNIC_UP; they do not wait.
 */
typedef struct {
	/** Size of the driver's structure, in bytes */
	size_t size;

	/** Find the device and have it work, or begin to. Sets ringnic_t.mac
	 * and info, and look_ms if need be.
	 *
	 * @return EOK; ENOENT if another driver may fit; or another error
	 *         code, with everything undone
	 */
	errno_t (*attach)(ringnic_t *);
	/** Stop the device for good: ringnic_down() with RINGNIC_GONE. It may
	 * be stopped already. Handlers are still called.
	 */
	void (*stop)(ringnic_t *);
	/** Free what attach made; it was stopped, and the worker has ended. */
	void (*detach)(ringnic_t *);
	/** ringnic_t.active was set or cleared.
	 *
	 * @param forget Modes and address are as at first again
	 *
	 * @return EOK, or why the NIC cannot be activated
	 */
	errno_t (*set_active)(ringnic_t *, bool forget);
	/** Tell the device its address; may be NULL. */
	errno_t (*set_mac)(ringnic_t *, const nic_address_t *);
	/** Filters, as libnic's handlers, with its rxc_lock; may be NULL. What
	 * they refuse is kept by nobody.
	 */
	errno_t (*set_unicast)(ringnic_t *, nic_unicast_mode_t,
	    const nic_address_t *, size_t);
	errno_t (*set_multicast)(ringnic_t *, nic_multicast_mode_t,
	    const nic_address_t *, size_t);
	errno_t (*set_broadcast)(ringnic_t *, nic_broadcast_mode_t);
	void (*set_vlans)(ringnic_t *, const nic_vlan_mask_t *);
	/** Do what was posted, RINGNIC_EV_RECEIVE apart, in any phase. The
	 * worker calls it; it may wait.
	 */
	void (*duty)(ringnic_t *, unsigned int);

	/** Take a received frame off the ring and put its buffers back.
	 *
	 * @param frame The frame, made by ringnic_make_frame(), or left alone
	 *              if it was bad, which was counted
	 *
	 * @return EOK; ENOENT if there is none, or no further one; EIO if the
	 *         ring is of no use, for which the driver has done or posted
	 *         what is needed
	 */
	errno_t (*rx_take)(ringnic_t *, nic_frame_t **frame);
	/** Publish the buffers that were put back. */
	void (*rx_push)(ringnic_t *);
	/** Events of the receive ring are not wanted; a hint. */
	void (*rx_events_off)(ringnic_t *);
	/** They are.
	 *
	 * @return True if there is a frame already, for which none may come
	 */
	bool (*rx_events_on)(ringnic_t *);
	/** Can a frame be put into the ring, if there is a buffer? May be NULL
	 * if that is always so.
	 */
	bool (*tx_ready)(ringnic_t *);
	/** Copy a frame into a buffer and offer it to the device.
	 *
	 * @return EOK, or EIO as rx_take: then the buffer is free
	 */
	errno_t (*tx_put)(ringnic_t *, size_t, const void *, size_t);
	/** Call ringnic_tx_sent() or ringnic_tx_failed() for each buffer that
	 * the device is done with. Called in ringnic_abort(), too.
	 */
	void (*tx_reclaim)(ringnic_t *);
	/** An event is wanted when more than so many further buffers are done.
	 *
	 * @return True if there are any already
	 */
	bool (*tx_events_on)(ringnic_t *, size_t);
	/** None is wanted; a hint. */
	void (*tx_events_off)(ringnic_t *);
} ringnic_ops_t;

/** A card */
struct ringnic {
	/* Set by ringnic_dev_add() and constant from there on */
	const ringnic_ops_t *ops;
	ddf_dev_t *dev;
	nic_t *nic;
	ddf_fun_t *fun;
	/** For log lines */
	const char *name;

	/* Set by attach and constant from there on */
	/** The card's own address */
	nic_address_t mac;
	nic_device_info_t info;
	/** The device has no events: look every so many ms, or 0 */
	msec_t look_ms;

	/** Guards all that follows */
	fibril_mutex_t lock;

	/* For drivers to read */
	ringnic_phase_t phase;
	/** The NIC is in the active state: frames flow */
	bool active;
	/** The device is or will be stopped for good: every loop ends */
	bool closing;
	bool link_up;
	/* For drivers to set */
	/** Speed in Mb/s, 0 if it is not known, and duplex */
	int speed;
	nic_channel_mode_t duplex;
	/** Longest frames in bytes: to send, one with a VLAN tag may be longer
	 * by that; to receive, with a tag
	 */
	size_t tx_max;
	size_t rx_max;
	/** What the worker has to do; a driver may take back what it posted */
	unsigned int events;

	/* The library's own */
	/** Wakes the worker, and who waits for its end */
	fibril_condvar_t worker_cv;
	bool worker_running;
	nic_poll_mode_t poll_mode;
	/** Time between looks at the receive ring, 0 if events do; uptime of
	 * the next one
	 */
	nsec_t period;
	nsec_t look_due;
	nsec_t watchdog_due;

	/** Wakes who waits for the transmit ring */
	fibril_condvar_t tx_cv;
	unsigned int tx_waiters;
	/** The device took nothing for so long that senders do not wait */
	bool tx_stalled;
	/** Buffers of the ring, and stack of those that are free */
	size_t tx_count;
	size_t tx_free_count;
	uint16_t tx_free[RINGNIC_TX_MAX];
	/** Length of the frame in each buffer, in bytes; 0 if it is free */
	uint16_t tx_len[RINGNIC_TX_MAX];
	/** Buffers that were taken back, all ever */
	size_t tx_reclaimed;
	/** Sent frames that libnic was not told of yet, and their bytes */
	size_t tx_sent;
	size_t tx_sent_bytes;
};

/** Is this the number of a transmit buffer that is taken? Locked. */
static inline bool ringnic_tx_busy(const ringnic_t *rn, size_t buf)
{
	return buf < rn->tx_count && rn->tx_len[buf] != 0;
}

/** Take a free transmit buffer; there must be one. Locked.
 *
 * @param len Length of its frame in bytes, or RINGNIC_NO_FRAME
 *
 * @return Its number
 */
static inline size_t ringnic_tx_take(ringnic_t *rn, uint16_t len)
{
	size_t buf = rn->tx_free[--rn->tx_free_count];
	rn->tx_len[buf] = len;
	return buf;
}

/** A buffer that is taken is free again. Locked. */
static inline void ringnic_tx_give(ringnic_t *rn, size_t buf)
{
	rn->tx_len[buf] = 0;
	rn->tx_free[rn->tx_free_count++] = buf;
	rn->tx_reclaimed++;
}

/** The device has sent the frame in a buffer. Locked. */
static inline void ringnic_tx_sent(ringnic_t *rn, size_t buf)
{
	rn->tx_sent++;
	rn->tx_sent_bytes += rn->tx_len[buf];
	ringnic_tx_give(rn, buf);
}

/* ring.c */
extern nsec_t ringnic_now(void);
extern void ringnic_up(ringnic_t *, size_t);
extern void ringnic_down(ringnic_t *, ringnic_phase_t);
extern void ringnic_abort(ringnic_t *);
extern void ringnic_link(ringnic_t *, bool);
extern void ringnic_tx_reclaim(ringnic_t *);
extern void ringnic_tx_failed(ringnic_t *, size_t);
extern errno_t ringnic_tx_await(ringnic_t *, errno_t (*)(ringnic_t *));
extern errno_t ringnic_send(ringnic_t *, const void *, size_t, bool);

/** Give the worker something to do. Locked.
 *
 * @param events Bits, or 0 if only its sleep has to be measured anew
 */
static inline void ringnic_post(ringnic_t *rn, unsigned int events)
{
	rn->events |= events;
	fibril_condvar_broadcast(&rn->worker_cv);
}

/** Something may have happened in the rings. Locked, in RINGNIC_UP.
 *
 * @param rx In the receive ring
 * @param tx In the transmit ring; one whose events come by the same line is
 *           looked at if somebody waits for it
 */
static inline void ringnic_event(ringnic_t *rn, bool rx, bool tx)
{
	if (tx || rn->tx_waiters > 0)
		ringnic_tx_reclaim(rn);
	if (rx && rn->poll_mode == NIC_POLL_IMMEDIATE)
		ringnic_post(rn, RINGNIC_EV_RECEIVE);
}

/* worker.c */
extern nic_frame_t *ringnic_make_frame(ringnic_t *, const ringnic_piece_t *,
    size_t);

/* nic.c */
extern errno_t ringnic_dev_add(ddf_dev_t *, const ringnic_ops_t *);
extern errno_t ringnic_dev_remove(ddf_dev_t *);
extern errno_t ringnic_dev_quiesce(ddf_dev_t *);
extern int ringnic_main(driver_t *);

/* Between the library's files */
extern void ringnic_tx_report(ringnic_t *);
extern void ringnic_set_poll(ringnic_t *, nic_poll_mode_t, nsec_t);
extern errno_t ringnic_worker_start(ringnic_t *);
extern void ringnic_worker_stop(ringnic_t *);

#endif

/** @}
 */
