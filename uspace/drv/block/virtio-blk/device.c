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
 * @brief Starting, stopping and mending the device
 *
 * All functions of the header are called with vblk_t.lock held. A reset takes
 * as long as the device likes, so the lock is released meanwhile: the phase,
 * VBLK_RESETTING, keeps everybody else away, and the interrupt's handler, which
 * serves other devices, too, does not wait.
 */

#include <ddf/log.h>
#include <errno.h>
#include <inttypes.h>
#include <macros.h>
#include <str_error.h>
#include "virtio-blk.h"

/** Most entries of the queue that are of use */
#define QUEUE_SIZE	128

/** How often a device is set up that forgets what it was told meanwhile */
#define START_TRIES	3

/** Resets in a row, without a request carried out, before it is given up */
#define FAULTS_MAX	1

/** Features that the driver can use */
#define FEATURES \
	(VIRTIO_BLK_F_SIZE_MAX | VIRTIO_BLK_F_SEG_MAX | VIRTIO_BLK_F_RO | \
	VIRTIO_BLK_F_BLK_SIZE | VIRTIO_BLK_F_FLUSH)

/** Read how large a block is and how many there are (5.2.4).
 *
 * @return EOK, ENOTSUP if no driver could live with the answer, or another
 *         error code
 */
static errno_t read_size(vblk_t *blk)
{
	uint32_t blk_size = VIRTIO_BLK_SECTOR_SIZE;
	uint64_t capacity;
	errno_t rc = EOK;

	if (virtio_has(blk->vdev, VIRTIO_BLK_F_BLK_SIZE)) {
		rc = virtio_config_read(blk->vdev, VIRTIO_BLK_CONFIG_BLK_SIZE,
		    sizeof(blk_size), 1, &blk_size);
	}
	if (rc == EOK) {
		rc = virtio_config_read(blk->vdev, VIRTIO_BLK_CONFIG_CAPACITY,
		    sizeof(capacity), 1, &capacity);
	}
	if (rc != EOK)
		return rc;

	if (blk_size < VIRTIO_BLK_SECTOR_SIZE || blk_size > VBLK_DATA_MAX ||
	    (blk_size & (blk_size - 1)) != 0) {
		ddf_msg(LVL_ERROR, "%s: device has blocks of %" PRIu32
		    " bytes; a power of 2 from %d to %d is supported",
		    blk->name, blk_size, VIRTIO_BLK_SECTOR_SIZE,
		    VBLK_DATA_MAX);
		return ENOTSUP;
	}

	/* Clients were told once */
	if (blk->block_size != 0 && blk->block_size != blk_size) {
		ddf_msg(LVL_ERROR, "%s: size of a block changed from %zu to %"
		    PRIu32 " bytes", blk->name, blk->block_size, blk_size);
		return ENOTSUP;
	}

	if (capacity > UINT64_MAX / VIRTIO_BLK_SECTOR_SIZE) {
		ddf_msg(LVL_ERROR, "%s: device has %" PRIu64 " sectors, more "
		    "than its bytes can be counted", blk->name, capacity);
		return ENOTSUP;
	}

	/* Not written again: clients read it without the lock. */
	if (blk->block_size == 0)
		blk->block_size = blk_size;
	blk->nblocks = capacity / (blk_size / VIRTIO_BLK_SECTOR_SIZE);
	return EOK;
}

/** Find out into how many segments of which size data must be cut (5.2.4). */
static errno_t read_segments(vblk_t *blk)
{
	uint32_t size_max = VBLK_DATA_MAX;
	uint32_t seg_max = VBLK_DATA_SEGS;
	errno_t rc = EOK;

	if (virtio_has(blk->vdev, VIRTIO_BLK_F_SIZE_MAX)) {
		rc = virtio_config_read(blk->vdev, VIRTIO_BLK_CONFIG_SIZE_MAX,
		    sizeof(size_max), 1, &size_max);
	}
	if (rc == EOK && virtio_has(blk->vdev, VIRTIO_BLK_F_SEG_MAX)) {
		rc = virtio_config_read(blk->vdev, VIRTIO_BLK_CONFIG_SEG_MAX,
		    sizeof(seg_max), 1, &seg_max);
	}
	if (rc != EOK)
		return rc;

	if (size_max == 0 || seg_max == 0) {
		ddf_msg(LVL_ERROR, "%s: device takes %" PRIu32 " segments of %"
		    PRIu32 " bytes", blk->name, seg_max, size_max);
		return ENOTSUP;
	}

	blk->seg_size = min(size_max, VBLK_DATA_MAX);
	blk->seg_count = min((VBLK_DATA_MAX + blk->seg_size - 1) /
	    blk->seg_size, min(seg_max, VBLK_DATA_SEGS));
	return EOK;
}

/** Create the queue and see how many requests of what size it has room for. */
static errno_t create_queue(vblk_t *blk)
{
	errno_t rc = virtq_create(blk->vdev, VIRTIO_BLK_QUEUE, QUEUE_SIZE,
	    blk->seg_count + VBLK_EXTRA_SEGS, &blk->vq);
	if (rc != EOK)
		return rc;

	/*
	 * 2.7.5.3.1: "A driver MUST NOT create a descriptor chain longer than
	 * the Queue Size of the device", be it in an indirect table.
	 */
	size_t capacity = virtq_capacity(blk->vq);
	if (capacity <= VBLK_EXTRA_SEGS) {
		ddf_msg(LVL_ERROR, "%s: a queue of %zu entries has no room "
		    "for a request", blk->name, capacity);
		return ENOTSUP;
	}
	blk->seg_count = min(blk->seg_count, capacity - VBLK_EXTRA_SEGS);
	blk->max_blocks = min(blk->seg_count * blk->seg_size, VBLK_DATA_MAX) /
	    blk->block_size;
	if (blk->max_blocks == 0) {
		ddf_msg(LVL_ERROR, "%s: device takes %zu segments of %zu "
		    "bytes, too few for a block of %zu", blk->name,
		    blk->seg_count, blk->seg_size, blk->block_size);
		return ENOTSUP;
	}

	if (!virtio_has(blk->vdev, VIRTIO_F_INDIRECT_DESC))
		capacity /= blk->seg_count + VBLK_EXTRA_SEGS;
	blk->slot_count = min(capacity, VBLK_SLOTS);
	return EOK;
}

/** Up to DRIVER_OK. */
static errno_t set_up(vblk_t *blk)
{
	errno_t rc = virtio_negotiate(blk->vdev, FEATURES, 0, NULL, 0);
	if (rc == EOK)
		rc = read_size(blk);
	if (rc == EOK)
		rc = read_segments(blk);
	if (rc == EOK)
		rc = create_queue(blk);
	if (rc == EOK)
		rc = virtio_driver_ok(blk->vdev);
	if (rc == EOK) {
		blk->read_only = virtio_has(blk->vdev, VIRTIO_BLK_F_RO);
		return EOK;
	}

	virtio_failed(blk->vdev);
	(void) virtio_reset(blk->vdev);
	virtq_destroy(blk->vq);
	blk->vq = NULL;
	return rc;
}

/** Reset the device; requests in flight fail.
 *
 * @param blk   Device
 * @param up    Set it up anew
 * @param phase What it is in if it is not set up
 *
 * @return EOK, or why it could not be set up
 */
static errno_t reset(vblk_t *blk, bool up, vblk_phase_t phase)
{
	errno_t rc = EOK;

	blk->phase = VBLK_RESETTING;
	fibril_mutex_unlock(&blk->lock);

	(void) virtio_reset(blk->vdev);
	virtq_destroy(blk->vq);
	blk->vq = NULL;
	if (up)
		rc = set_up(blk);
	for (int i = 1; rc == EIO && i < START_TRIES; i++)
		rc = set_up(blk);

	fibril_mutex_lock(&blk->lock);
	blk->phase = up && rc == EOK ? VBLK_RUNNING : phase;
	blk->look = false;
	for (size_t i = 0; i < VBLK_SLOTS; i++) {
		vblk_slot_t *slot = &blk->slots[i];
		if (slot->pending) {
			slot->pending = false;
			slot->rc = EIO;
			fibril_condvar_signal(&slot->cv);
		}
	}
	fibril_condvar_broadcast(&blk->slot_cv);
	return rc;
}

/** Wait while the device is being reset. */
void vblk_settle(vblk_t *blk)
{
	while (blk->phase == VBLK_RESETTING)
		fibril_condvar_wait(&blk->slot_cv, &blk->lock);
}

/** Stop the device for good. */
void vblk_stop(vblk_t *blk)
{
	vblk_settle(blk);
	if (blk->phase != VBLK_GONE)
		(void) reset(blk, false, VBLK_GONE);
}

/** Bring the device up for the first time.
 *
 * @return EOK on success; on error the device is reset and VBLK_FAILED
 */
errno_t vblk_start(vblk_t *blk)
{
	return reset(blk, true, VBLK_FAILED);
}

/** Reset a device at fault and set it up anew; requests in flight fail.
 *
 * @param blk Device, VBLK_RUNNING; VBLK_FAILED afterwards if that did not help
 *            before, or does not now
 * @param why What is wrong, for the log
 */
void vblk_restart(vblk_t *blk, const char *why)
{
	bool hopeless = ++blk->faults > FAULTS_MAX;

	errno_t rc = reset(blk, !hopeless, VBLK_FAILED);
	if (rc == EOK && !hopeless) {
		ddf_msg(LVL_WARN, "%s: %s: device was reset", blk->name, why);
	} else {
		ddf_msg(LVL_ERROR, "%s: %s: given up after a reset; take the "
		    "device offline and online to try again%s%s", blk->name,
		    why, hopeless ? "" : ": ", hopeless ? "" : str_error(rc));
	}
}

/** See to what the device may have said since the last time.
 *
 * @param blk Device, VBLK_RUNNING; may be restarted
 */
void vblk_check(vblk_t *blk)
{
	aoff64_t nblocks = blk->nblocks;

	if (virtq_is_broken(blk->vq)) {
		vblk_restart(blk, "broken queue");
		return;
	}

	if (!blk->look)
		return;
	blk->look = false;

	if (virtio_needs_reset(blk->vdev)) {
		vblk_restart(blk, "device needs a reset");
	} else if (read_size(blk) != EOK) {
		vblk_restart(blk, "configuration makes no sense");
	} else if (blk->nblocks != nblocks) {
		ddf_msg(LVL_NOTE, "%s: device has %" PRIu64 " blocks now, "
		    "after %" PRIu64, blk->name, blk->nblocks, nblocks);
	}
}

/** @}
 */
