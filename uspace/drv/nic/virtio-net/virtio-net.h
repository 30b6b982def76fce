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

/** @addtogroup virtio-net
 * @{
 */
/**
 * @file
 * @brief Virtio network driver: what its parts share
 *
 * What every card needs is in libringnic, see ringnic.h. The files here from
 * the bottom to the top:
 *
 *   buf.c          buffers
 *   ring.c         frames in the rings
 *   ctrl.c         commands
 *   filter.c       which frames the device passes on
 *   device.c       start and stop: all of the above
 *   duty.c         what the worker does beside receiving
 *   virtio-net.c   devices come and go
 *
 * Locks, in the order in which they are taken: those of libnic, vnet_t.dev_lock
 * for changes of the device's state and for commands, ringnic_t.lock. Waiting
 * for the device is done with dev_lock alone. While the phase is RINGNIC_UP,
 * registers and queues are used with ringnic_t.lock; else only by who holds
 * dev_lock.
 */

#ifndef VIRTIO_NET_H_
#define VIRTIO_NET_H_

#include <fibril_synch.h>
#include <ringnic.h>
#include <stdbool.h>
#include <stdint.h>
#include <virtio/device.h>
#include <virtio/virtq.h>
#include "spec.h"

/** Size of a buffer: header and frame of any MTU up to 2018 bytes */
#define VNET_BUF_SIZE	2048

/** Most buffers of a ring */
#define VNET_BUFS_MAX	1024

/** Buffers in one physically contiguous chunk of 64 KiB */
#define VNET_CHUNK_BUFS	32

/** Most addresses of each kind in the device's MAC table */
#define VNET_TABLE_MAX	64

/** How often a device without an interrupt is looked at, in ms */
#define VNET_NO_IRQ_POLL_MS	10

/** What the worker has to do, beside what the library knows */
enum {
	/** The configuration may have changed */
	VNET_EV_CONFIG = RINGNIC_EV_DRIVER,
	/** The device lied or asks for a reset */
	VNET_EV_RESTART = RINGNIC_EV_DRIVER << 1,
	/** It needs a reset to take other features */
	VNET_EV_REFILTER = RINGNIC_EV_DRIVER << 2
};

/** Buffers of VNET_BUF_SIZE bytes in chunks */
typedef struct {
	virtio_dma_t chunk[VNET_BUFS_MAX / VNET_CHUNK_BUFS];
	/** Number of buffers */
	size_t count;
} vnet_pool_t;

/** Buffer's address in this task. */
static inline void *vnet_pool_virt(const vnet_pool_t *pool, size_t i)
{
	return (uint8_t *) pool->chunk[i / VNET_CHUNK_BUFS].virt +
	    i % VNET_CHUNK_BUFS * VNET_BUF_SIZE;
}

/** Buffer's address for the device. */
static inline uintptr_t vnet_pool_phys(const vnet_pool_t *pool, size_t i)
{
	return pool->chunk[i / VNET_CHUNK_BUFS].phys +
	    i % VNET_CHUNK_BUFS * VNET_BUF_SIZE;
}

/** Addresses for one half of the MAC table */
typedef struct {
	nic_address_t addr[VNET_TABLE_MAX];
	size_t count;
	/** There are more than fit */
	bool overflow;
} vnet_table_t;

/** Which frames are wanted
 *
 * Changed with rn.lock, what is not of VLANs in RINGNIC_UP with dev_lock, too.
 */
typedef struct {
	nic_unicast_mode_t unicast;
	nic_multicast_mode_t multicast;
	nic_broadcast_mode_t broadcast;
	vnet_table_t unicast_table;
	vnet_table_t multicast_table;
	/** If set, only these VLANs */
	bool vlan_filter;
	nic_vlan_mask_t vlans;
} vnet_filter_t;

/** A virtio network device */
typedef struct {
	/** First: see vnet_of() */
	ringnic_t rn;

	/** Set by attach; not used once the phase is RINGNIC_GONE */
	virtio_dev_t *vdev;

	/** Serialises starts, stops and control commands */
	fibril_mutex_t dev_lock;
	vnet_filter_t filter;
	/** The address in use */
	nic_address_t mac;
	/** The device knows it as its own, and passes frames to it */
	bool mac_known;
	/** The device has no control queue, or no MTU, that could be used */
	bool no_ctrl;
	bool no_mtu;
	/** Memory for control commands */
	virtio_dma_t ctrl_mem;

	/* Guarded by rn.lock */
	/** A command was refused, and it was said */
	bool refused;
	/** Restarts that are not yet forgiven */
	unsigned int restarts;
	/** Wakes the one who waits for a command's end */
	fibril_condvar_t ctrl_cv;

	/* Changed with dev_lock and in another phase than RINGNIC_UP only */
	virtq_t *rxq;
	vnet_pool_t rx;
	virtq_t *txq;
	vnet_pool_t tx;
	virtq_t *ctrlq;
	/** Length of the header before each frame, in bytes */
	size_t hdr_len;
	/** By its legacy interface, whose numbers are in the host's order */
	bool legacy;
	/** 5.1.6.6: a header needs no descriptor of its own */
	bool any_layout;
	/** 5.1.6.4: a frame may take several buffers */
	bool mergeable;
} vnet_t;

static inline vnet_t *vnet_of(ringnic_t *rn)
{
	return (vnet_t *) rn;
}

/* buf.c */
extern errno_t vnet_pool_resize(vnet_t *, vnet_pool_t *, size_t);
extern void vnet_pool_free(vnet_t *, vnet_pool_t *);

/* ring.c */
extern void vnet_rx_fill(vnet_t *);
extern errno_t vnet_rx_take(ringnic_t *, nic_frame_t **);
extern void vnet_rx_push(ringnic_t *);
extern void vnet_rx_events_off(ringnic_t *);
extern bool vnet_rx_events_on(ringnic_t *);
extern errno_t vnet_tx_put(ringnic_t *, size_t, const void *, size_t);
extern void vnet_tx_reclaim(ringnic_t *);
extern bool vnet_tx_events_on(ringnic_t *, size_t);
extern void vnet_tx_events_off(ringnic_t *);

/* ctrl.c */
extern errno_t vnet_ctrl(vnet_t *, uint8_t, uint8_t, const void *, size_t,
    const void *, size_t);
extern bool vnet_can(const vnet_t *, uint64_t);
extern errno_t vnet_tell_mac(vnet_t *, const nic_address_t *);

/* filter.c */
extern void vnet_filter_init(vnet_filter_t *);
extern errno_t vnet_filter_apply(vnet_t *);
extern errno_t vnet_set_unicast(ringnic_t *, nic_unicast_mode_t,
    const nic_address_t *, size_t);
extern errno_t vnet_set_multicast(ringnic_t *, nic_multicast_mode_t,
    const nic_address_t *, size_t);
extern errno_t vnet_set_broadcast(ringnic_t *, nic_broadcast_mode_t);
extern void vnet_set_vlans(ringnic_t *, const nic_vlan_mask_t *);

/* device.c */
extern errno_t vnet_start(vnet_t *);
extern errno_t vnet_stop(vnet_t *, ringnic_phase_t);
extern errno_t vnet_negotiate(vnet_t *);
extern errno_t vnet_read_mac(vnet_t *, nic_address_t *);
extern uint16_t vnet_read_status(vnet_t *);
extern void vnet_read_speed(vnet_t *);

/* duty.c */
extern void vnet_irq(void *, bool, bool);
extern void vnet_duty(ringnic_t *, unsigned int);

#endif

/** @}
 */
