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

/** @addtogroup test_model
 * @{
 */
/** @file Split virtqueues, the device's side (2.7)
 */

#include <inttypes.h>
#include <host/violation.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "vm.h"

#define USED_F_NO_NOTIFY	1

/** How long a notification may take to come, in steps of 1 ms */
#define NOTIFY_PATIENCE		5000

static uint64_t avail_flags_at(const vm_queue_t *vq)
{
	return vq->avail;
}

static uint64_t avail_idx_at(const vm_queue_t *vq)
{
	return vq->avail + 2;
}

static uint64_t used_event_at(const vm_queue_t *vq)
{
	return vq->avail + 4 + 2 * (uint64_t) vq->size;
}

static uint64_t used_flags_at(const vm_queue_t *vq)
{
	return vq->used;
}

static uint64_t used_idx_at(const vm_queue_t *vq)
{
	return vq->used + 2;
}

static uint64_t avail_event_at(const vm_queue_t *vq)
{
	return vq->used + 4 + 8 * (uint64_t) vq->size;
}

static uint16_t read_16(const vm_t *vm, uint64_t at)
{
	return vm_16(vm, host_dma_read_16(at));
}

static void write_16(const vm_t *vm, uint64_t at, uint16_t val)
{
	host_dma_write_16(at, vm_16(vm, val));
}

/** 2.7.7.2: has an index passed an event since it had an old value? */
static bool passed(uint16_t event, uint16_t now, uint16_t old)
{
	return (uint16_t) (now - event - 1) < (uint16_t) (now - old);
}

/** The driver hands a queue over: size and addresses are set. */
void vm_queue_enable(vm_t *vm, vm_queue_t *vq)
{
	DEMAND(QUEUE_ALIGN, vq->desc % 16 == 0 && vq->avail % 2 == 0 &&
	    vq->used % 4 == 0, "puts queue %u at 0x%" PRIx64 ", 0x%" PRIx64
	    " and 0x%" PRIx64, vq->index, vq->desc, vq->avail, vq->used);
	DEMAND(DESC_MEMORY,
	    host_dma_is_live(vq->desc, 16 * (size_t) vq->size) &&
	    host_dma_is_live(vq->avail, 6 + 2 * (size_t) vq->size) &&
	    host_dma_is_live(vq->used, 6 + 8 * (size_t) vq->size),
	    "puts queue %u of %u where no DMA memory is", vq->index,
	    vq->size);
	DEMAND(USED_FLAGS_INIT, read_16(vm, used_flags_at(vq)) == 0 &&
	    read_16(vm, used_idx_at(vq)) == 0,
	    "hands queue %u over with used flags 0x%x and index %u",
	    vq->index, read_16(vm, used_flags_at(vq)),
	    read_16(vm, used_idx_at(vq)));

	vq->owner = calloc(vq->size, sizeof(*vq->owner));
	if (vq->owner == NULL)
		abort();
	vq->seen = 0;
	vq->used_idx = 0;
	vq->told_idx = 0;
	vq->in_flight = 0;
	vq->no_notify = false;
	vq->avail_event = 0;
	vq->notified_idx = 0;
	vq->enabled = true;
}

/** Forget a queue: after a reset, or when the device is gone. */
void vm_queue_drop(vm_queue_t *vq)
{
	while (vq->first != NULL) {
		vm_chain_t *chain = vq->first;
		vq->first = chain->next;
		free(chain);
	}
	vq->last = NULL;
	vq->in_flight = 0;
	free(vq->owner);
	vq->owner = NULL;
	vq->enabled = false;
	vq->written = 0;
	vq->size = 0;
	vq->desc = 0;
	vq->avail = 0;
	vq->used = 0;
}

/** What the driver and the device write is their own. */
static void check_owners(vm_t *vm, vm_queue_t *vq)
{
	uint16_t flags = read_16(vm, avail_flags_at(vq));

	if (vm->lie.scribbles || vm->lie.mad)
		return;
	if (vm_has(vm, VM_F_EVENT_IDX))
		DEMAND(AVAIL_FLAGS_EVENT, flags == 0,
		    "sets flags 0x%x in the available ring of queue %u",
		    flags, vq->index);
	else
		DEMAND(AVAIL_FLAGS, flags <= 1,
		    "sets flags 0x%x in the available ring of queue %u",
		    flags, vq->index);

	DEMAND(USED_OWNER, read_16(vm, used_idx_at(vq)) == vq->used_idx &&
	    read_16(vm, used_flags_at(vq)) ==
	    (vq->no_notify && !vm_has(vm, VM_F_EVENT_IDX) ?
	    USED_F_NO_NOTIFY : 0) &&
	    read_16(vm, avail_event_at(vq)) == vq->avail_event,
	    "has changed index, flags or event of the used ring of queue %u",
	    vq->index);
}

/** A buffer is the driver's again. */
static void unlink_chain(vm_queue_t *vq, vm_chain_t *chain)
{
	vm_chain_t **link = &vq->first;
	vm_chain_t *before = NULL;

	while (*link != chain) {
		before = *link;
		link = &(*link)->next;
	}
	*link = chain->next;
	if (vq->last == chain)
		vq->last = before;
	for (uint16_t i = 0; i < vq->size; i++) {
		if (vq->owner[i] == chain->head + 1U)
			vq->owner[i] = 0;
	}
	vq->in_flight--;
}

/** The device has lied of a buffer: the driver takes it for used. */
static void forget_chain(vm_queue_t *vq, uint16_t head)
{
	vm_chain_t *chain = vq->first;

	while (chain != NULL && chain->head != head)
		chain = chain->next;
	if (chain == NULL)
		return;
	unlink_chain(vq, chain);
	free(chain);
}

/** Memory that the device may write is nobody else's meanwhile. */
static void check_overlap(vm_t *vm, vm_queue_t *vq, const vm_chain_t *chain)
{
	for (unsigned int i = 0; i < chain->in; i++) {
		const vm_desc_t *seg = vm_chain_seg(chain, chain->out + i);

		DEMAND(DESC_MEMORY, !vm_holds(vm, seg->addr, seg->len),
		    "gives queue %u %u writable bytes at 0x%" PRIx64
		    ", which are in use", vq->index, seg->len, seg->addr);
	}
}

/** Take one buffer that the driver made available. */
static void take_chain(vm_t *vm, vm_queue_t *vq, uint16_t head)
{
	DEMAND(AVAIL_HEAD, head < vq->size, "makes head %u available in queue "
	    "%u", head, vq->index);

	vm_chain_t *chain = vm_chain_create(vq, head);
	if (vm->lie.mad)
		forget_chain(vq, head);

	DEMAND(IN_FLIGHT, vq->owner[head] != head + 1U, "makes head %u of "
	    "queue %u available again", head, vq->index);

	uint16_t i = head;
	const vm_desc_t *desc;
	do {
		DEMAND(DESC_NEXT, i < vq->size, "goes on at descriptor %u in "
		    "queue %u", i, vq->index);
		DEMAND(CHAIN_LOOP, vq->owner[i] != head + 1U,
		    "makes a loop at descriptor %u in queue %u", i,
		    vq->index);
		if (vm->lie.mad && vq->owner[i] != 0)
			forget_chain(vq, vq->owner[i] - 1);
		DEMAND(IN_FLIGHT, vq->owner[i] == 0, "uses descriptor %u of "
		    "queue %u for head %u, it is in flight for %u", i,
		    vq->index, head, vq->owner[i] - 1);
		vq->owner[i] = head + 1U;
		vm_chain_take(vm, vq, chain, vq->desc + 16 * (uint64_t) i);
		desc = &chain->d[chain->count - 1].desc;
		i = desc->next;
		if ((desc->flags & VM_DESC_INDIRECT) != 0)
			vm_chain_take_table(vm, vq, chain, desc);
		desc = &chain->d[chain->table_len != 0 ? 0 :
		    chain->count - 1].desc;
	} while ((desc->flags & VM_DESC_NEXT) != 0 && chain->table_len == 0);

	if (!vm->lie.scribbles && !vm->lie.mad)
		check_overlap(vm, vq, chain);
	if (vq->last != NULL)
		vq->last->next = chain;
	else
		vq->first = chain;
	vq->last = chain;
	vq->in_flight++;
	vq->buffers++;
	if (vm->cls->check != NULL)
		vm->cls->check(vm, vq, chain);
}

/** Look at the available ring. The lock is held. */
void vm_queue_look(vm_t *vm, vm_queue_t *vq)
{
	if (!vq->enabled || !vm_live(vm))
		return;
	check_owners(vm, vq);

	uint16_t idx = read_16(vm, avail_idx_at(vq));
	/* A mad one uses buffers that it has not looked at, for others then */
	unsigned int room = vm->lie.mad ? INT16_MAX :
	    vq->size - vq->in_flight;
	DEMAND(AVAIL_DECREMENT, (uint16_t) (idx - vq->seen) <= room,
	    "moves the available index of queue %u from %u to %u with %u "
	    "buffers in flight", vq->index, vq->seen, idx, vq->in_flight);
	if ((uint16_t) (idx - vq->seen) > vq->size)
		vq->seen = idx - vq->size;
	while (vq->seen != idx) {
		uint16_t head = read_16(vm, vq->avail + 4 +
		    2 * (uint64_t) (vq->seen & (vq->size - 1)));
		vq->seen++;
		take_chain(vm, vq, head);
	}
}

/** The oldest buffer that is not used; NULL if there is none */
vm_chain_t *vm_queue_first(vm_t *vm, vm_queue_t *vq)
{
	if (!vq->enabled || !vm_live(vm))
		return NULL;
	if (vq->first == NULL)
		vm_queue_look(vm, vq);
	return vq->first;
}

/** Write an element of the used ring, so many behind the used index. */
static void write_used(vm_t *vm, vm_queue_t *vq, unsigned int behind,
    uint32_t id, uint32_t len)
{
	uint64_t at = vq->used + 4 +
	    8 * (uint64_t) ((vq->used_idx + behind) & (vq->size - 1));

	host_dma_write_32(at, vm_32(vm, id));
	host_dma_write_32(at + 4, vm_32(vm, len));
}

/** Write an element of the used ring, whatever it says. */
void vm_queue_put_used(vm_t *vm, vm_queue_t *vq, uint32_t id, uint32_t len)
{
	write_used(vm, vq, 0, id, len);
	vm_queue_set_used_idx(vm, vq, vq->used_idx + 1);
}

/** Move the used index, whatever to. */
void vm_queue_set_used_idx(vm_t *vm, vm_queue_t *vq, uint16_t idx)
{
	__sync_synchronize();
	vq->used_idx = idx;
	write_16(vm, used_idx_at(vq), idx);
	__sync_synchronize();
}

/** What the device says of a used buffer's length
 *
 * @param written Bytes that it wrote, with a status or an answer if it is one
 * @param data    Bytes of a frame or of a disk's data
 */
uint32_t vm_used_len(const vm_t *vm, const vm_queue_t *vq,
    const vm_chain_t *chain, uint32_t written, uint32_t data)
{
	switch (vm->cfg.used[vq->index]) {
	case VM_USED_ZERO:
		return 0;
	case VM_USED_ONE:
		return 1;
	case VM_USED_ALL:
		return chain->readable + chain->writable;
	case VM_USED_DATA:
		return data;
	case VM_USED_BODY:
		return written > 0 ? written - 1 : 0;
	default:
		return written;
	}
}

/** Give a buffer back that is so many behind the used index, which does not
 * move: several are used at once then, by vm_queue_set_used_idx().
 */
void vm_queue_fill(vm_t *vm, vm_queue_t *vq, unsigned int behind,
    vm_chain_t *chain, uint32_t len)
{
	vm_chain_check(vm, vq, chain);
	unlink_chain(vq, chain);
	write_used(vm, vq, behind, chain->head, len);
	free(chain);
}

/** Give a buffer back. The driver is told by vm_queue_flush(). */
void vm_queue_use(vm_t *vm, vm_queue_t *vq, vm_chain_t *chain, uint32_t len)
{
	vm_queue_fill(vm, vq, 0, chain, len);
	vm_queue_set_used_idx(vm, vq, vq->used_idx + 1);
}

/** Would the driver have an interrupt for what was used since the last one? */
bool vm_queue_wants_irq(vm_t *vm, vm_queue_t *vq)
{
	if (vm_has(vm, VM_F_EVENT_IDX)) {
		uint16_t event = read_16(vm, used_event_at(vq));
		return passed(event, vq->used_idx, vq->told_idx);
	}
	return vq->used_idx != vq->told_idx &&
	    (read_16(vm, avail_flags_at(vq)) & 1) == 0;
}

/** Interrupt for used buffers, if the driver wants one. */
void vm_queue_flush(vm_t *vm, vm_queue_t *vq)
{
	if (!vq->enabled || !vm_live(vm))
		return;

	bool wanted = vm_queue_wants_irq(vm, vq);
	vq->told_idx = vq->used_idx;
	if (wanted) {
		vq->irqs++;
		vm_interrupt(vm, VM_ISR_QUEUE);
	}
}

/** Say whether the device wants notifications: for the next buffer, or none.
 */
void vm_queue_wish(vm_t *vm, vm_queue_t *vq, bool notify)
{
	if (!vq->enabled || !vm_live(vm))
		return;
	if (vm_has(vm, VM_F_EVENT_IDX)) {
		vq->avail_event = notify ? vq->seen : vq->seen - 1;
		write_16(vm, avail_event_at(vq), vq->avail_event);
	} else {
		vq->no_notify = !notify;
		write_16(vm, used_flags_at(vq),
		    notify ? 0 : USED_F_NO_NOTIFY);
	}
	__sync_synchronize();
}

/** A notification came.
 *
 * @return True if the device wished for it
 */
bool vm_queue_heard(vm_t *vm, vm_queue_t *vq)
{
	uint16_t idx = read_16(vm, avail_idx_at(vq));
	bool wished = vm_has(vm, VM_F_EVENT_IDX) ?
	    passed(vq->avail_event, idx, vq->notified_idx) : !vq->no_notify;

	vq->notified_idx = idx;
	return wished;
}

/** Is there a buffer that the device was to hear of, and did not? */
static bool notification_missing(vm_t *vm, vm_queue_t *vq)
{
	bool missing = false;

	vm_lock(vm);
	if (vq->enabled && vm_live(vm) && !vm->lie.scribbles &&
	    !vm->lie.mad) {
		uint16_t idx = read_16(vm, avail_idx_at(vq));

		missing = vm_has(vm, VM_F_EVENT_IDX) ?
		    passed(vq->avail_event, idx, vq->seen) :
		    idx != vq->seen && !vq->no_notify;
	}
	vm_unlock(vm);
	return missing;
}

/** The driver is at rest: it must have notified. The lock is not held. */
void vm_queue_check_notified(vm_t *vm, vm_queue_t *vq)
{
	for (unsigned int i = 0; i < NOTIFY_PATIENCE; i++) {
		if (!notification_missing(vm, vq))
			break;
		usleep(1000);
	}
	DEMAND(NOTIFY_SENT, !notification_missing(vm, vq),
	    "added buffers to queue %u and did not notify of them",
	    vq->index);
}

/** @}
 */
