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

/** @addtogroup libvirtio
 * @{
 */
/**
 * @file
 * @brief Split virtqueues (2.7)
 *
 * Indices run free and are masked where they index a ring. The descriptors'
 * links and everything else that the driver relies on are kept in the driver's
 * own memory: the device can write to the rings at any time.
 */

#include <align.h>
#include <assert.h>
#include <barrier.h>
#include <byteorder.h>
#include <ddf/log.h>
#include <ddi.h>
#include <errno.h>
#include <macros.h>
#include <mem.h>
#include <stdlib.h>
#include "../private/ring.h"

/*
 * Ring fields are little-endian, on the legacy interface in the host's byte
 * order (2.7.3). ACCESS_ONCE: the device reads and writes them meanwhile.
 */

static uint16_t get_16(const virtq_t *vq, const uint16_t *field)
{
	uint16_t val = ACCESS_ONCE(*field);
	return vq->vdev->transport->native_endian ? val :
	    uint16_t_le2host(val);
}

static uint32_t get_32(const virtq_t *vq, const uint32_t *field)
{
	uint32_t val = ACCESS_ONCE(*field);
	return vq->vdev->transport->native_endian ? val :
	    uint32_t_le2host(val);
}

static void put_16(const virtq_t *vq, uint16_t *field, uint16_t val)
{
	ACCESS_ONCE(*field) = vq->vdev->transport->native_endian ? val :
	    host2uint16_t_le(val);
}

static void put_desc(const virtq_t *vq, virtq_desc_t *desc,
    const virtq_seg_t *seg, uint16_t flags, uint16_t next)
{
	if (vq->vdev->transport->native_endian) {
		desc->addr = seg->phys;
		desc->len = seg->len;
		desc->flags = flags;
		desc->next = next;
	} else {
		desc->addr = host2uint64_t_le(seg->phys);
		desc->len = host2uint32_t_le(seg->len);
		desc->flags = host2uint16_t_le(flags);
		desc->next = host2uint16_t_le(next);
	}
}

/** How many entries the queue will have, 0 if the device's answer is bad */
static uint16_t choose_size(virtio_dev_t *vdev, uint16_t index,
    uint16_t max_size)
{
	uint16_t size = vdev->transport->get_queue_size(vdev, index);

	if (size > VIRTQ_SIZE_MAX || (size & (size - 1)) != 0) {
		ddf_msg(LVL_ERROR, "%s: queue %u of %u entries, which is no "
		    "power of 2", vdev->name, index, size);
		return 0;
	}

	if (size == 0) {
		ddf_msg(LVL_ERROR, "%s: there is no queue %u", vdev->name,
		    index);
		return 0;
	}

	/* 4.1.4.3.2: the driver may make a queue smaller; not a legacy one */
	while (vdev->transport->size_negotiable && size > max_size)
		size /= 2;
	return size;
}

/** Allocate a queue's memory and lay the rings out.
 *
 * 2.7.2: the legacy layout, which is good for a modern device as well:
 * descriptors and available ring, then at the next page the used ring.
 */
static errno_t alloc_rings(virtq_t *vq)
{
	size_t avail_off = vq->size * sizeof(virtq_desc_t);
	size_t avail_end = avail_off + sizeof(virtq_avail_t) +
	    (vq->size + 1) * sizeof(uint16_t);
	size_t used_off = ALIGN_UP(avail_end, VIRTQ_ALIGN);
	size_t used_end = used_off + sizeof(virtq_used_t) +
	    vq->size * sizeof(virtq_used_elem_t) + sizeof(uint16_t);

	errno_t rc = virtio_dma_alloc(vq->vdev,
	    ALIGN_UP(used_end, VIRTQ_ALIGN), &vq->rings);
	if (rc != EOK)
		return rc;

	uint8_t *base = vq->rings.virt;
	vq->desc = (virtq_desc_t *) base;
	vq->avail = (virtq_avail_t *) (base + avail_off);
	vq->used = (virtq_used_t *) (base + used_off);
	vq->used_event = &vq->avail->ring[vq->size];
	vq->avail_event = (uint16_t *) &vq->used->ring[vq->size];

	if (vq->table_len == 0)
		return EOK;

	return virtio_dma_alloc(vq->vdev,
	    (size_t) vq->size * vq->table_len * sizeof(virtq_desc_t),
	    &vq->tables);
}

static errno_t alloc_shadow(virtq_t *vq)
{
	vq->chains = calloc(vq->size, sizeof(virtq_chain_t));
	vq->next = calloc(vq->size, sizeof(uint16_t));
	if (vq->chains == NULL || vq->next == NULL)
		return ENOMEM;

	/* A ring of free descriptors; the count says where it ends */
	for (uint16_t i = 0; i < vq->size; i++)
		vq->next[i] = (i + 1) & (vq->size - 1);
	vq->free_count = vq->size;
	return EOK;
}

/** Create a queue and give it to the device.
 *
 * The device's interrupts for it are wanted, until virtq_disable_irq().
 *
 * @param vdev     Device between virtio_negotiate() and virtio_driver_ok()
 * @param index    Number of the queue
 * @param max_size Most entries that the driver has use for, at least 1;
 *                 a legacy device may have more
 * @param max_segs Most segments of a buffer, at least 1
 * @param rvq      Place for the queue; the caller owns it, and calls
 *                 virtq_destroy() after the next virtio_reset()
 *
 * @return EOK on success, ENOENT if the device has no such queue or says
 *         nonsense of it, EIO if it cannot be notified, or ENOMEM
 */
errno_t virtq_create(virtio_dev_t *vdev, uint16_t index, uint16_t max_size,
    uint16_t max_segs, virtq_t **rvq)
{
	assert(max_size > 0 && max_segs > 0);

	uint16_t size = choose_size(vdev, index, max_size);
	if (size == 0)
		return ENOENT;

	virtq_t *vq = calloc(1, sizeof(virtq_t));
	if (vq == NULL)
		return ENOMEM;

	vq->vdev = vdev;
	vq->index = index;
	vq->size = size;
	vq->event_idx = virtio_has(vdev, VIRTIO_F_EVENT_IDX);
	if (max_segs > 1 && virtio_has(vdev, VIRTIO_F_INDIRECT_DESC))
		vq->table_len = min(max_segs, size);

	errno_t rc = alloc_rings(vq);
	if (rc != EOK)
		goto error;

	rc = alloc_shadow(vq);
	if (rc != EOK)
		goto error;

	virtio_queue_addr_t addr = {
		.index = index,
		.size = size,
		.desc = vq->rings.phys,
		.avail = vq->rings.phys +
		    ((uint8_t *) vq->avail - (uint8_t *) vq->rings.virt),
		.used = vq->rings.phys +
		    ((uint8_t *) vq->used - (uint8_t *) vq->rings.virt)
	};
	rc = vdev->transport->enable_queue(vdev, &addr, &vq->notify);
	if (rc != EOK)
		goto error;

	*rvq = vq;
	return EOK;

error:
	virtq_destroy(vq);
	return rc;
}

/** Destroy a queue; NULL is fine.
 *
 * Only after a virtio_reset(): its memory is lost if the device did not
 * confirm that. Buffers in flight are the caller's to keep track of.
 */
void virtq_destroy(virtq_t *vq)
{
	if (vq == NULL)
		return;

	virtio_dma_free(vq->vdev, &vq->tables);
	virtio_dma_free(vq->vdev, &vq->rings);
	free(vq->next);
	free(vq->chains);
	free(vq);
}

/** Number of entries: as many buffers of one segment fit. */
uint16_t virtq_capacity(const virtq_t *vq)
{
	return vq->size;
}

/** True once the device has lied, or virtq_break() was called. */
bool virtq_is_broken(const virtq_t *vq)
{
	return vq->broken;
}

/** Use the queue no more: its contents make no sense to the driver. */
void virtq_break(virtq_t *vq)
{
	vq->broken = true;
}

/** Write a buffer's segments into an indirect table (2.7.5.3).
 *
 * @return Number of descriptors that it takes in the queue's table
 */
static uint16_t put_indirect(virtq_t *vq, uint16_t head,
    const virtq_seg_t *segs, size_t out, size_t in)
{
	size_t first = (size_t) head * vq->table_len;
	virtq_desc_t *table = (virtq_desc_t *) vq->tables.virt + first;

	for (size_t i = 0; i < out + in; i++) {
		uint16_t flags = i < out ? 0 : VIRTQ_DESC_F_WRITE;
		if (i + 1 < out + in)
			flags |= VIRTQ_DESC_F_NEXT;
		put_desc(vq, &table[i], &segs[i], flags, i + 1);
	}

	virtq_seg_t seg = {
		.phys = vq->tables.phys + first * sizeof(virtq_desc_t),
		.len = (out + in) * sizeof(virtq_desc_t)
	};
	put_desc(vq, &vq->desc[head], &seg, VIRTQ_DESC_F_INDIRECT, 0);
	return 1;
}

/** Write a buffer's segments into the queue's own table. */
static uint16_t put_direct(virtq_t *vq, uint16_t head,
    const virtq_seg_t *segs, size_t out, size_t in)
{
	uint16_t id = head;

	for (size_t i = 0; i < out + in; i++) {
		uint16_t flags = i < out ? 0 : VIRTQ_DESC_F_WRITE;
		if (i + 1 < out + in)
			flags |= VIRTQ_DESC_F_NEXT;
		put_desc(vq, &vq->desc[id], &segs[i], flags, vq->next[id]);
		id = vq->next[id];
	}

	return out + in;
}

/** Add a buffer. The device does not see it before virtq_kick().
 *
 * @param vq     Queue
 * @param segs   Segments: first those the device reads, then those it writes
 *               (2.7.4.2)
 * @param out    Number of segments that the device reads
 * @param in     Number of segments that the device writes
 * @param cookie What virtq_pop() shall return for this buffer
 *
 * @return EOK on success, ELIMIT if the queue is full or has fewer entries
 *         than the buffer segments, EIO if it is broken
 */
errno_t virtq_add(virtq_t *vq, const virtq_seg_t *segs, size_t out, size_t in,
    size_t cookie)
{
	size_t count = out + in;
	bool indirect = count > 1 && count <= vq->table_len;

	assert(count > 0);

	if (vq->broken)
		return EIO;
	/*
	 * 2.7.5.3.1: "A driver MUST NOT create a descriptor chain longer than
	 * the Queue Size of the device", not even an indirect one.
	 */
	if (count > vq->size || (indirect ? 1 : count) > vq->free_count)
		return ELIMIT;

	uint16_t head = vq->free_head;
	uint16_t descs = indirect ? put_indirect(vq, head, segs, out, in) :
	    put_direct(vq, head, segs, out, in);

	for (uint16_t i = 0; i < descs; i++)
		vq->free_head = vq->next[vq->free_head];
	vq->free_count -= descs;

	virtq_chain_t *chain = &vq->chains[head];
	chain->cookie = cookie;
	chain->descs = descs;
	chain->seq = vq->added;
	chain->writable = 0;
	for (size_t i = out; i < count; i++)
		chain->writable += segs[i].len;

	put_16(vq, &vq->avail->ring[vq->added & (vq->size - 1)], head);
	vq->added++;
	return EOK;
}

/** Does the device want to hear of the buffers from @a old on? */
static bool wants_notify(const virtq_t *vq, uint16_t old)
{
	if (vq->event_idx) {
		/* 2.7.10: only when the index moves past avail_event */
		uint16_t event = get_16(vq, vq->avail_event);
		return (uint16_t) (vq->published - event - 1) <
		    (uint16_t) (vq->published - old);
	}

	return (get_16(vq, &vq->used->flags) & VIRTQ_USED_F_NO_NOTIFY) == 0;
}

/** Publish all buffers that were added, and notify the device if it asks.
 *
 * Does nothing if nothing was added.
 */
void virtq_kick(virtq_t *vq)
{
	uint16_t old = vq->published;

	if (vq->added == old || vq->broken)
		return;

	/*
	 * 2.7.13 step 4: descriptors and ring entries before the index that
	 * makes the device look at them.
	 */
	write_barrier();

	put_16(vq, &vq->avail->idx, vq->added);
	vq->published = vq->added;

	/*
	 * 2.7.13 step 6: the store of the index before the load of the
	 * device's wish. Were they swapped, the device could go to sleep in
	 * between, unnotified.
	 */
	memory_barrier();

	if (wants_notify(vq, old))
		vq->vdev->transport->notify(vq->notify, vq->index);
}

/** Notify the device again of buffers that it has not used, if it asks.
 *
 * A notification can be lost: by a host, or because the device's own look at
 * the index, after it has asked, came too early. To be called now and then
 * while buffers are in flight; a device that knows of them all may be notified
 * in vain.
 */
void virtq_renotify(virtq_t *vq)
{
	if (vq->published != vq->popped && !vq->broken &&
	    wants_notify(vq, vq->popped))
		vq->vdev->transport->notify(vq->notify, vq->index);
}

/** The device has lied: say it once, use the queue no more. */
static errno_t lied(virtq_t *vq, const char *what, uint32_t val, uint32_t max)
{
	vq->broken = true;
	ddf_msg(LVL_ERROR, "%s: queue %u: device gives %s %u, limit is %u; "
	    "queue is broken", vq->vdev->name, vq->index, what,
	    (unsigned int) val, (unsigned int) max);
	return EIO;
}

/** Put a chain's descriptors back. */
static void free_chain(virtq_t *vq, uint16_t head)
{
	virtq_chain_t *chain = &vq->chains[head];
	uint16_t last = head;

	for (uint16_t i = 1; i < chain->descs; i++)
		last = vq->next[last];

	vq->next[last] = vq->free_head;
	vq->free_head = head;
	vq->free_count += chain->descs;
	chain->descs = 0;
}

/** Take back one buffer that the device has used.
 *
 * @param vq     Queue
 * @param cookie Place for what virtq_add() was given
 * @param len    Place for the number of bytes that the device says it wrote:
 *               not more than it may
 *
 * @return EOK on success, ENOENT if there is none, EIO if the queue is broken
 */
errno_t virtq_pop(virtq_t *vq, size_t *cookie, uint32_t *len)
{
	if (vq->broken)
		return EIO;

	uint16_t raw_idx = get_16(vq, &vq->used->idx);
	uint16_t pending = raw_idx - vq->popped;
	uint16_t in_flight = vq->published - vq->popped;
	if (pending == 0)
		return ENOENT;
	if (pending > in_flight)
		return lied(vq, "used buffers", pending, in_flight);

	/*
	 * 2.7.8: the used index before the entry and the buffer that it says
	 * are there.
	 */
	read_barrier();

	const virtq_used_elem_t *elem =
	    &vq->used->ring[vq->popped & (vq->size - 1)];
	uint32_t raw_id = get_32(vq, &elem->id);
	uint32_t raw_len = get_32(vq, &elem->len);

	if (raw_id >= vq->size)
		return lied(vq, "used id", raw_id, vq->size - 1);

	virtq_chain_t *chain = &vq->chains[raw_id];
	bool published = (int16_t) (chain->seq - vq->published) < 0;
	if (chain->descs == 0 || !published)
		return lied(vq, "used id that is not in flight", raw_id,
		    vq->size - 1);

	/*
	 * 2.7.8.1: many devices set a wrong length, of buffers too that they
	 * only read. What they may write they respect, and no more of it is
	 * believed.
	 */
	*len = min(raw_len, chain->writable);
	*cookie = chain->cookie;
	free_chain(vq, raw_id);
	vq->popped++;
	return EOK;
}

/** True if virtq_pop() has something to say, be it an error. */
bool virtq_has_used(virtq_t *vq)
{
	return !vq->broken && get_16(vq, &vq->used->idx) != vq->popped;
}

/** Ask the device not to interrupt for this queue. A hint: it still may. */
void virtq_disable_irq(virtq_t *vq)
{
	/*
	 * 2.7.7.1: with EVENT_IDX the flags stay 0; an event that is just past
	 * comes round again after 65535 buffers at the soonest.
	 */
	if (vq->event_idx)
		put_16(vq, vq->used_event, vq->popped - 1);
	else
		put_16(vq, &vq->avail->flags, VIRTQ_AVAIL_F_NO_INTERRUPT);
}

/** Ask the device to interrupt when it has used some more buffers.
 *
 * @param vq    Queue
 * @param after Number of further buffers that may be used without an
 *              interrupt; without EVENT_IDX (2.7.10) none is
 *
 * @return True if it has used one meanwhile, for which there may be no
 *         interrupt: the caller drains the queue again. False if the queue is
 *         empty or broken.
 */
bool virtq_enable_irq_after(virtq_t *vq, uint16_t after)
{
	if (vq->event_idx)
		put_16(vq, vq->used_event, vq->popped + after);
	else
		put_16(vq, &vq->avail->flags, 0);

	/*
	 * 2.7.7: the store of the wish before the load of the used index. Were
	 * they swapped, the device could use a buffer in between and see no
	 * wish.
	 */
	memory_barrier();

	return virtq_has_used(vq);
}

/** @}
 */
