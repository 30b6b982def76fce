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
 * @brief Requests
 *
 * A request has three parts (5.2.6): what the device reads of it, the data,
 * and the status. The legacy interface without ANY_LAYOUT wants them in
 * segments of their own (5.2.6.6); everybody else takes that as well.
 */

#include <assert.h>
#include <barrier.h>
#include <byteorder.h>
#include <ddf/log.h>
#include <errno.h>
#include <macros.h>
#include <mem.h>
#include <time.h>
#include "virtio-blk.h"

/** How often the queue is looked at in case no interrupt comes */
#define WAIT_SLICE_MS	50

/** How often it is looked at if the device has no interrupt */
#define NO_IRQ_POLL_MS	2

/** How long a request may take before the device counts as stuck */
#define REQUEST_TIMEOUT_MS	30000

/** No status that a device can give: seen if it does not write one */
#define STATUS_NONE	0xff

static vblk_header_t *header_of(vblk_t *blk, size_t i)
{
	return (vblk_header_t *) blk->headers.virt + i;
}

/** A request has come back.
 *
 * The status says how it went. The used length does not: there are devices
 * that leave the status out of it, or the data, or count what they read.
 */
static void finish(vblk_t *blk, size_t i)
{
	vblk_slot_t *slot = &blk->slots[i];
	uint8_t status = ACCESS_ONCE(header_of(blk, i)->status);

	if (status > VIRTIO_BLK_S_UNSUPP) {
		/* The slot stays pending until the device is reset */
		ddf_msg(LVL_ERROR, "%s: device answers with status %u",
		    blk->name, status);
		virtq_break(blk->vq);
		return;
	}

	if (status == VIRTIO_BLK_S_OK)
		slot->rc = EOK;
	else
		slot->rc = status == VIRTIO_BLK_S_UNSUPP ? ENOTSUP : EIO;

	blk->faults = 0;
	slot->pending = false;
	fibril_condvar_signal(&slot->cv);
}

/** Take back what the device has done, and ask for an interrupt for the rest.
 *
 * The lock is held, the device is running.
 */
static void reap(vblk_t *blk)
{
	size_t i;
	uint32_t used;

	do {
		while (virtq_pop(blk->vq, &i, &used) == EOK)
			finish(blk, i);
	} while (virtq_enable_irq(blk->vq));
}

/** Interrupt, in the notification fibril: no place for a reset.
 *
 * Who waits for an answer sees to the rest; without anybody who waits, it is
 * the next who asks.
 */
void vblk_irq(void *arg, bool queue, bool config)
{
	vblk_t *blk = arg;

	fibril_mutex_lock(&blk->lock);
	if (blk->phase == VBLK_RUNNING) {
		if (queue)
			reap(blk);
		if (config)
			blk->look = true;
		if (config || virtq_is_broken(blk->vq)) {
			for (size_t i = 0; i < VBLK_SLOTS; i++)
				fibril_condvar_signal(&blk->slots[i].cv);
		}
	}
	fibril_mutex_unlock(&blk->lock);
}

/** Wait for a free slot. The lock is held.
 *
 * @return Number of the slot, or VBLK_SLOTS if the device is not running
 */
static size_t take_slot(vblk_t *blk)
{
	vblk_settle(blk);
	while (blk->phase == VBLK_RUNNING) {
		for (size_t i = 0; i < blk->slot_count; i++) {
			if (!blk->slots[i].taken) {
				blk->slots[i].taken = true;
				blk->taken_count++;
				return i;
			}
		}
		fibril_condvar_wait(&blk->slot_cv, &blk->lock);
		vblk_settle(blk);
	}

	return VBLK_SLOTS;
}

static void put_slot(vblk_t *blk, size_t i)
{
	blk->slots[i].taken = false;
	blk->taken_count--;
	fibril_condvar_broadcast(&blk->slot_cv);
}

/** Give a request to the device. The lock is held, the device is running.
 *
 * @param blk    Device
 * @param i      Slot, which holds the data to write
 * @param type   VIRTIO_BLK_T_IN, _OUT or _FLUSH
 * @param sector Where on the device the data begin, in sectors
 * @param size   Bytes of data, 0 for FLUSH
 *
 * @return EOK, or EIO if the queue is broken
 */
static errno_t submit(vblk_t *blk, size_t i, uint32_t type, uint64_t sector,
    size_t size)
{
	vblk_slot_t *slot = &blk->slots[i];
	vblk_header_t *header = header_of(blk, i);
	uintptr_t phys = blk->headers.phys + i * sizeof(vblk_header_t);
	virtq_seg_t segs[VBLK_DATA_SEGS + VBLK_EXTRA_SEGS];
	size_t count = 0;

	bool native = virtio_is_legacy(blk->vdev);
	header->req.type = native ? type : host2uint32_t_le(type);
	header->req.reserved = 0;
	header->req.sector = native ? sector : host2uint64_t_le(sector);
	header->status = STATUS_NONE;

	segs[count].phys = phys + offsetof(vblk_header_t, req);
	segs[count++].len = sizeof(header->req);
	for (size_t at = 0; at < size; at += blk->seg_size) {
		assert(count <= blk->seg_count);
		segs[count].phys = slot->data.phys + at;
		segs[count++].len = min(blk->seg_size, size - at);
	}
	segs[count].phys = phys + offsetof(vblk_header_t, status);
	segs[count++].len = sizeof(header->status);

	bool in = type == VIRTIO_BLK_T_IN;
	size_t in_count = in ? count - 1 : 1;
	errno_t rc = virtq_add(blk->vq, segs, count - in_count, in_count, i);
	if (rc != EOK)
		return EIO;

	slot->pending = true;
	virtq_kick(blk->vq);
	return EOK;
}

/** Wait for a request's end. The lock is held.
 *
 * An edge-triggered line that another device holds loses interrupts, so that
 * the queue and the device's wishes are looked at without one, too.
 */
static errno_t await(vblk_t *blk, vblk_slot_t *slot)
{
	unsigned int slice = blk->has_irq ? WAIT_SLICE_MS : NO_IRQ_POLL_MS;
	struct timespec start;
	struct timespec now;

	getuptime(&start);
	while (slot->pending) {
		errno_t rc = fibril_condvar_wait_timeout(&slot->cv,
		    &blk->lock, MSEC2USEC(slice));
		/* Who resets the device sees to the request, too */
		if (!slot->pending || blk->phase != VBLK_RUNNING)
			continue;

		if (rc == ETIMEOUT) {
			blk->look = true;
			reap(blk);
			if (!slot->pending)
				virtio_irq_missed(blk->vdev);
			else
				virtq_renotify(blk->vq);
		}
		vblk_check(blk);

		getuptime(&now);
		if (slot->pending && blk->phase == VBLK_RUNNING &&
		    ts_sub_diff(&now, &start) > MSEC2NSEC(REQUEST_TIMEOUT_MS))
			vblk_restart(blk, "no answer to a request");
	}

	return slot->rc;
}

/** Carry out one request. The lock is held; parameters as for submit(). */
static errno_t carry_out(vblk_t *blk, size_t i, uint32_t type, uint64_t sector,
    size_t size)
{
	errno_t rc = submit(blk, i, type, sector, size);
	if (rc == EOK)
		rc = await(blk, &blk->slots[i]);
	return rc;
}

/** See whether there is a device for a request. The lock is held. */
static errno_t enter(vblk_t *blk)
{
	vblk_settle(blk);
	if (blk->phase == VBLK_RUNNING)
		vblk_check(blk);
	return blk->phase == VBLK_RUNNING ? EOK : EIO;
}

/** See whether the device has blocks, as it is now. The lock is held. */
static errno_t check_range(vblk_t *blk, aoff64_t ba, size_t cnt, bool write)
{
	if (ba > blk->nblocks || cnt > blk->nblocks - ba)
		return ELIMIT;
	return write && blk->read_only ? EROFS : EOK;
}

/** Carry out one request of a transfer. The lock is held, the slot is taken.
 *
 * @param blk   Device, VBLK_RUNNING
 * @param i     Slot
 * @param ba    First block
 * @param size  Bytes
 * @param rdata Place for them, NULL to write
 * @param wdata The bytes, NULL to read
 */
static errno_t transfer_part(vblk_t *blk, size_t i, aoff64_t ba, size_t size,
    void *rdata, const void *wdata)
{
	size_t sectors = blk->block_size / VIRTIO_BLK_SECTOR_SIZE;
	void *data = blk->slots[i].data.virt;

	if (wdata != NULL) {
		memcpy(data, wdata, size);
		return carry_out(blk, i, VIRTIO_BLK_T_OUT, ba * sectors, size);
	}

	/* What the device leaves out is not to be another client's data */
	memset(data, 0, size);
	errno_t rc = carry_out(blk, i, VIRTIO_BLK_T_IN, ba * sectors, size);
	if (rc == EOK)
		memcpy(rdata, data, size);
	return rc;
}

/** Read or write blocks, in as many requests as it takes.
 *
 * @param blk   Device
 * @param ba    First block
 * @param cnt   Number of blocks
 * @param rdata Place for the blocks, NULL to write
 * @param wdata Blocks to write, NULL to read
 *
 * @return EOK; ELIMIT if the device has no such blocks; EROFS if it is
 *         read-only; EIO or ENOTSUP if the device did not do it, or is gone.
 *         Blocks before the one in trouble may have been transferred.
 */
errno_t vblk_transfer(vblk_t *blk, aoff64_t ba, size_t cnt, void *rdata,
    const void *wdata)
{
	fibril_mutex_lock(&blk->lock);
	errno_t rc = enter(blk);
	if (rc == EOK)
		rc = check_range(blk, ba, cnt, wdata != NULL);

	while (rc == EOK && cnt > 0) {
		size_t i = take_slot(blk);
		if (i == VBLK_SLOTS) {
			rc = EIO;
			break;
		}

		/* During any wait it may have become another device */
		rc = enter(blk);
		if (rc == EOK)
			rc = check_range(blk, ba, cnt, wdata != NULL);

		size_t count = min(cnt, blk->max_blocks);
		size_t size = count * blk->block_size;
		if (rc == EOK)
			rc = transfer_part(blk, i, ba, size, rdata, wdata);
		put_slot(blk, i);

		ba += count;
		cnt -= count;
		if (wdata != NULL)
			wdata = (const uint8_t *) wdata + size;
		else
			rdata = (uint8_t *) rdata + size;
	}

	fibril_mutex_unlock(&blk->lock);
	return rc;
}

/** Make what was written survive a loss of power.
 *
 * 5.2.6.2: without FLUSH, a write that is done is stable.
 *
 * @return EOK, or EIO or ENOTSUP if the device did not do it
 */
errno_t vblk_flush(vblk_t *blk)
{
	fibril_mutex_lock(&blk->lock);
	errno_t rc = enter(blk);
	if (rc == EOK && virtio_has(blk->vdev, VIRTIO_BLK_F_FLUSH)) {
		size_t i = take_slot(blk);
		if (i == VBLK_SLOTS) {
			rc = EIO;
		} else {
			rc = carry_out(blk, i, VIRTIO_BLK_T_FLUSH, 0, 0);
			put_slot(blk, i);
		}
	}
	fibril_mutex_unlock(&blk->lock);
	return rc;
}

/** @}
 */
