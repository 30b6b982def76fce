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

/** @addtogroup virtio-blk
 * @{
 */
/**
 * @file
 * @brief Virtio block device driver: what its parts share
 *
 * One structure a device. Clients' fibrils make requests, each in a slot of
 * its own with memory for the data, and wait until the device has answered;
 * the interrupt's notification wakes them. There is no other fibril: a fault
 * is mended by whoever finds it.
 *
 * One lock guards everything. It is released while a fibril waits, so several
 * requests are in flight at once; the device may have been reset or removed
 * after each wait.
 *
 * HelenOS's block interface knows blocks and their number, no cylinders: the
 * device's GEOMETRY has no reader and is not asked for.
 */

#ifndef VIRTIO_BLK_H_
#define VIRTIO_BLK_H_

#include <bd_srv.h>
#include <ddf/driver.h>
#include <errno.h>
#include <fibril_synch.h>
#include <offset.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <virtio/device.h>
#include <virtio/virtq.h>
#include "spec.h"

#define NAME	"virtio-blk"

/** Most requests in flight */
#define VBLK_SLOTS	8

/** Most data of a request, in bytes: as much as one IPC call can bring */
#define VBLK_DATA_MAX	65536

/** Most segments of the data, for a device that takes small ones only */
#define VBLK_DATA_SEGS	16

/** Segments of a request beside the data: what is asked, and the status */
#define VBLK_EXTRA_SEGS	2

/** What the device is doing; guarded by vblk_t.lock */
typedef enum {
	/** Not yet set up, or given up until it is added anew; reset */
	VBLK_FAILED,
	/** Being reset and set up: who resets it has it alone, without the
	 * lock; everybody else waits
	 */
	VBLK_RESETTING,
	/** Past DRIVER_OK */
	VBLK_RUNNING,
	/** Removed or quiesced, never to return; reset */
	VBLK_GONE
} vblk_phase_t;

/** A request's parts beside the data, in memory for the device */
typedef struct {
	virtio_blk_req_t req;
	uint8_t status;
	uint8_t unused[15];
} vblk_header_t;

_Static_assert(sizeof(vblk_header_t) == 32, "headers do not straddle pages");

/** Room for one request; guarded by vblk_t.lock */
typedef struct {
	/** Memory for VBLK_DATA_MAX bytes, the device's while pending */
	virtio_dma_t data;
	/** A fibril has the slot */
	bool taken;
	/** The device has the request */
	bool pending;
	/** Result of the request that is not pending any more */
	errno_t rc;
	/** Wakes the fibril that has the slot */
	fibril_condvar_t cv;
} vblk_slot_t;

/** A virtio block device */
typedef struct {
	/* Set by dev_add and constant from there on */
	const char *name;
	ddf_fun_t *fun;
	bd_srvs_t bds;
	bool has_irq;
	/** Bytes of a block; does not change as long as there are clients */
	size_t block_size;

	/** Guards all that follows */
	fibril_mutex_t lock;
	vblk_phase_t phase;
	/** Not touched unless the phase is VBLK_RUNNING */
	virtio_dev_t *vdev;
	virtq_t *vq;
	/** Number of blocks */
	aoff64_t nblocks;
	bool read_only;
	/** The configuration may have changed, or the device need a reset */
	bool look;
	/** Resets since the device last carried out a request */
	unsigned int faults;

	/** VBLK_SLOTS headers */
	virtio_dma_t headers;
	vblk_slot_t slots[VBLK_SLOTS];
	/** Slots that the queue has room for */
	size_t slot_count;
	/** Slots that fibrils have */
	size_t taken_count;
	/** Wakes who waits for a slot, until none is taken, or for the end of
	 * a reset
	 */
	fibril_condvar_t slot_cv;
	/** Most bytes of a segment, and most segments, of a request's data */
	size_t seg_size;
	size_t seg_count;
	/** Most blocks of a request */
	size_t max_blocks;
} vblk_t;

/* device.c */
extern errno_t vblk_start(vblk_t *);
extern void vblk_stop(vblk_t *);
extern void vblk_settle(vblk_t *);
extern void vblk_restart(vblk_t *, const char *);
extern void vblk_check(vblk_t *);

/* request.c */
extern void vblk_irq(void *, bool, bool);
extern errno_t vblk_transfer(vblk_t *, aoff64_t, size_t, void *, const void *);
extern errno_t vblk_flush(vblk_t *);

#endif

/** @}
 */
