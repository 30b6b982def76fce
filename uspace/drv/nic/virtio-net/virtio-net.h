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
 * One structure a device. Three kinds of fibrils touch it: libnic's handlers
 * (a frame to send, a mode to change), the interrupt's notification, and the
 * device's own worker, which delivers frames and does everything that takes
 * time.
 *
 * Locks, in the order in which they are taken:
 *
 *   libnic's main_lock or rxc_lock    held where libnic calls a handler
 *   vnet_t.dev_lock                   changes of the device's state, commands
 *   vnet_t.lock                       everything else in vnet_t
 *   libnic's stats_lock               inside libnic's report functions
 *
 * Neither dev_lock nor lock is held while frames are delivered: the receiver
 * may answer by sending.
 */

#ifndef VIRTIO_NET_H_
#define VIRTIO_NET_H_

#include <ddf/driver.h>
#include <fibril_synch.h>
#include <nic.h>
#include <stdbool.h>
#include <stdint.h>
#include <time.h>
#include <virtio/device.h>
#include <virtio/virtq.h>
#include "spec.h"

#define NAME	"virtio-net"

/** Length of an Ethernet header, and of the VLAN tag that may follow it */
#define ETH_HEADER_LEN	14
#define ETH_VLAN_LEN	4

/** MTU of Ethernet, and of HelenOS's IP stack, in bytes */
#define ETH_MTU		1500

/** Shortest Ethernet frame without checksum, in bytes */
#define ETH_FRAME_MIN	60

/** Size of a buffer: header and frame of any MTU up to 2018 bytes */
#define VNET_BUF_SIZE	2048

/** Most buffers of a ring */
#define VNET_BUFS_MAX	1024

/** Buffers in one physically contiguous chunk of 64 KiB */
#define VNET_CHUNK_BUFS	32

/** Most addresses of each kind in the device's MAC table */
#define VNET_TABLE_MAX	64

/** How often the worker looks whether something was missed */
#define VNET_WATCHDOG_MS	1000

/** How often it looks if the device has no interrupt */
#define VNET_NO_IRQ_POLL_MS	10

/** What the device is doing; guarded by vnet_t.lock */
typedef enum {
	/** Being set up; senders wait */
	VNET_STARTING,
	/** Past DRIVER_OK */
	VNET_RUNNING,
	/** Given up until the next activation; reset */
	VNET_FAILED,
	/** Removed or quiesced, never to return; reset */
	VNET_GONE
} vnet_phase_t;

/** What the worker has to do; guarded by vnet_t.lock */
typedef enum {
	VNET_EV_RECEIVE = 1,
	VNET_EV_CONFIG = 2,
	/** The device lied or asks for a reset */
	VNET_EV_RESTART = 4,
	/** It needs a reset to take other features */
	VNET_EV_REFILTER = 8,
	VNET_EV_QUIT = 16
} vnet_event_t;

/** Buffers of VNET_BUF_SIZE bytes in chunks */
typedef struct {
	virtio_dma_t chunk[VNET_BUFS_MAX / VNET_CHUNK_BUFS];
	/** Number of buffers */
	size_t count;
} vnet_pool_t;

/** Addresses for one half of the MAC table */
typedef struct {
	nic_address_t addr[VNET_TABLE_MAX];
	size_t count;
	/** There are more than fit */
	bool overflow;
} vnet_table_t;

/** Which frames are wanted; guarded by vnet_t.dev_lock */
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
	/* Set by dev_add and constant from there on */
	nic_t *nic;
	ddf_fun_t *fun;
	const char *name;
	/** The device's address, or the one made up for it */
	nic_address_t default_mac;
	bool has_irq;

	/** Stopped since it was last active; guarded by libnic's main_lock */
	bool stopped;

	/** Serialises starts, stops and control commands */
	fibril_mutex_t dev_lock;
	/** NULL once the device is removed; changed under both locks */
	virtio_dev_t *vdev;
	vnet_filter_t filter;
	/** The address in use */
	nic_address_t mac;
	/** Memory for control commands */
	virtio_dma_t ctrl_mem;

	/** Guards all that follows */
	fibril_mutex_t lock;
	vnet_phase_t phase;
	/** The NIC is in the active state: frames flow */
	bool active;

	/** Wakes the worker, and who waits for its end */
	fibril_condvar_t worker_cv;
	bool worker_running;
	unsigned int events;
	nic_poll_mode_t poll_mode;
	/** Milliseconds between looks at the ring with NIC_POLL_PERIODIC */
	msec_t poll_period;
	struct timespec watchdog_last;
	/** Restarts that are not yet forgiven */
	unsigned int restarts;

	virtq_t *rxq;
	vnet_pool_t rx;

	virtq_t *txq;
	vnet_pool_t tx;
	/** Stack of free transmit buffers */
	uint16_t tx_free[VNET_BUFS_MAX];
	size_t tx_free_count;
	/** Length of the frame in each buffer, in bytes */
	uint16_t tx_len[VNET_BUFS_MAX];
	/** Wakes senders: there may be room, or there will never be */
	fibril_condvar_t tx_cv;
	/** The device took nothing for so long that senders do not wait */
	bool tx_stalled;

	virtq_t *ctrlq;
	/** Wakes the one who waits for a command's end */
	fibril_condvar_t ctrl_cv;

	/** Length of the header before each frame, in bytes */
	size_t hdr_len;
	/** Longest frame to send, in bytes; with a VLAN tag it is longer */
	size_t tx_max;
	/** Longest frame to receive, in bytes, with a VLAN tag */
	size_t rx_max;
	bool link_up;
	/** In Mb/s, 0 if the device does not say */
	int speed;
	nic_channel_mode_t duplex;
} vnet_t;

/* buf.c */
extern errno_t vnet_pool_resize(vnet_t *, vnet_pool_t *, size_t);
extern void vnet_pool_free(vnet_t *, vnet_pool_t *);
extern void *vnet_pool_virt(const vnet_pool_t *, size_t);
extern uintptr_t vnet_pool_phys(const vnet_pool_t *, size_t);

/* device.c */
extern errno_t vnet_start(vnet_t *);
extern void vnet_shutdown(vnet_t *, vnet_phase_t);
extern errno_t vnet_read_mac(vnet_t *, nic_address_t *);
extern uint16_t vnet_read_status(vnet_t *);
extern void vnet_read_speed(vnet_t *);

/* worker.c */
extern void vnet_post(vnet_t *, unsigned int);
extern void vnet_irq(void *, bool, bool);
extern errno_t vnet_worker_start(vnet_t *);
extern void vnet_worker_stop(vnet_t *);

/* rx.c */
extern void vnet_rx_fill(vnet_t *);
extern void vnet_rx_process(vnet_t *);

/* tx.c */
extern void vnet_tx_init(vnet_t *);
extern void vnet_tx_reclaim(vnet_t *);
extern void vnet_tx_abort(vnet_t *);
extern void vnet_send(nic_t *, void *, size_t);

/* ctrl.c */
extern errno_t vnet_ctrl(vnet_t *, uint8_t, uint8_t, const void *, size_t,
    const void *, size_t);
extern bool vnet_can(const vnet_t *, uint64_t);
extern errno_t vnet_set_mac(vnet_t *, const nic_address_t *);

/* filter.c */
extern void vnet_filter_init(vnet_filter_t *);
extern errno_t vnet_filter_apply(vnet_t *);
extern errno_t vnet_on_unicast(nic_t *, nic_unicast_mode_t,
    const nic_address_t *, size_t);
extern errno_t vnet_on_multicast(nic_t *, nic_multicast_mode_t,
    const nic_address_t *, size_t);
extern errno_t vnet_on_broadcast(nic_t *, nic_broadcast_mode_t);
extern void vnet_on_vlan(nic_t *, const nic_vlan_mask_t *);

/* nicf.c */
extern nic_iface_t vnet_nic_iface;
extern void vnet_set_handlers(nic_t *);

#endif

/** @}
 */
