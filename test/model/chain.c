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
/** @file Buffers, chains of descriptors, as the device sees them (2.7.5)
 */

#include <inttypes.h>
#include <host/violation.h>
#include <stdlib.h>
#include <string.h>
#include "vm.h"

/** Most descriptors of a buffer that the model takes */
#define CHAIN_MAX	1024

/** One that begins at a head, with nothing taken yet; to be freed */
vm_chain_t *vm_chain_create(const vm_queue_t *vq, uint16_t head)
{
	vm_chain_t *chain = calloc(1, sizeof(*chain) +
	    (CHAIN_MAX < vq->size + 1 ? CHAIN_MAX : vq->size + 1) *
	    sizeof(chain->d[0]));
	if (chain == NULL)
		abort();
	chain->head = head;
	return chain;
}

static void read_desc(const vm_t *vm, uint64_t at, vm_desc_t *desc)
{
	host_dma_read(at, desc, sizeof(*desc));
	desc->addr = vm_64(vm, desc->addr);
	desc->len = vm_32(vm, desc->len);
	desc->flags = vm_16(vm, desc->flags);
	desc->next = vm_16(vm, desc->next);
}

/** A descriptor of the ring's table or of an indirect one */
void vm_chain_take(vm_t *vm, vm_queue_t *vq, vm_chain_t *chain, uint64_t where)
{
	vm_desc_t desc;

	read_desc(vm, where, &desc);
	/* A table's descriptors count, the one that holds it does not */
	DEMAND(CHAIN_LONG, chain->out + chain->in < vq->size ||
	    vm->lie.scribbles, "makes a chain of more than %u descriptors "
	    "for queue %u", vq->size, vq->index);
	if (chain->count >= CHAIN_MAX)
		host_violation("a chain is longer than the model's %d",
		    CHAIN_MAX);
	chain->d[chain->count].where = where;
	chain->d[chain->count++].desc = desc;
	if ((desc.flags & VM_DESC_INDIRECT) != 0)
		return;

	DEMAND(DESC_MEMORY, desc.len > 0 &&
	    host_dma_is_live(desc.addr, desc.len),
	    "gives queue %u %u bytes at 0x%" PRIx64, vq->index, desc.len,
	    desc.addr);
	if ((desc.flags & VM_DESC_WRITE) != 0) {
		chain->in++;
		chain->writable += desc.len;
	} else {
		DEMAND(WRITABLE_LAST, chain->in == 0,
		    "has a readable descriptor after a writable one in "
		    "a buffer of queue %u", vq->index);
		chain->out++;
		chain->readable += desc.len;
	}
	DEMAND(CHAIN_LOOP, (uint64_t) chain->readable + chain->writable <=
	    UINT32_MAX, "makes a buffer of over 4 GiB");
}

/** All descriptors of the table that one holds */
void vm_chain_take_table(vm_t *vm, vm_queue_t *vq, vm_chain_t *chain,
    const vm_desc_t *outer)
{
	DEMAND(INDIRECT_FEATURE, vm_has(vm, VM_F_INDIRECT_DESC),
	    "uses an indirect table in queue %u", vq->index);
	DEMAND(INDIRECT_NEXT, (outer->flags & VM_DESC_NEXT) == 0,
	    "sets flags 0x%x in queue %u", outer->flags, vq->index);
	DEMAND(INDIRECT_LENGTH, outer->len > 0 && outer->len % 16 == 0,
	    "gives queue %u a table of %u bytes", vq->index, outer->len);
	DEMAND(DESC_MEMORY, host_dma_is_live(outer->addr, outer->len),
	    "gives queue %u a table at 0x%" PRIx64, vq->index, outer->addr);
	chain->table = outer->addr;
	chain->table_len = outer->len;

	uint32_t entries = outer->len / 16;
	uint32_t i = 0;
	uint32_t steps = 0;
	const vm_desc_t *desc;
	do {
		DEMAND(DESC_NEXT, i < entries, "goes on at %u in a table of "
		    "%u in queue %u", i, entries, vq->index);
		DEMAND(CHAIN_LOOP, steps++ < entries, "makes a loop in a "
		    "table in queue %u", vq->index);
		vm_chain_take(vm, vq, chain, chain->table + 16 * (uint64_t) i);
		desc = &chain->d[chain->count - 1].desc;
		DEMAND(INDIRECT_NESTED, (desc->flags & VM_DESC_INDIRECT) == 0,
		    "puts a table into a table in queue %u", vq->index);
		i = desc->next;
	} while ((desc->flags & VM_DESC_NEXT) != 0);
}

/** i-th segment of a buffer */
const vm_desc_t *vm_chain_seg(const vm_chain_t *chain, unsigned int i)
{
	return &chain->d[i + (chain->table_len != 0 ? 1 : 0)].desc;
}

/** Copy between a buffer's readable or writable part and a block. */
static void chain_copy(const vm_chain_t *chain, bool write, size_t offset,
    uint8_t *buf, size_t size)
{
	unsigned int begin = write ? chain->out : 0;
	unsigned int end = write ? chain->out + chain->in : chain->out;

	for (unsigned int i = begin; i < end && size > 0; i++) {
		const vm_desc_t *seg = vm_chain_seg(chain, i);

		if (offset >= seg->len) {
			offset -= seg->len;
			continue;
		}
		size_t part = seg->len - offset < size ? seg->len - offset :
		    size;
		if (write)
			host_dma_write(seg->addr + offset, buf, part);
		else
			host_dma_read(seg->addr + offset, buf, part);
		buf += part;
		size -= part;
		offset = 0;
	}
	if (size > 0)
		host_violation("the model goes past the end of a buffer");
}

void vm_chain_read(const vm_chain_t *chain, size_t offset, void *buf,
    size_t size)
{
	chain_copy(chain, false, offset, buf, size);
}

void vm_chain_write(const vm_chain_t *chain, size_t offset, const void *buf,
    size_t size)
{
	chain_copy(chain, true, offset, (uint8_t *) buf, size);
}

/** The driver must have left a buffer's descriptors alone. */
void vm_chain_check(vm_t *vm, vm_queue_t *vq, const vm_chain_t *chain)
{
	for (unsigned int i = 0; i < chain->count; i++) {
		vm_desc_t now;

		read_desc(vm, chain->d[i].where, &now);
		DEMAND(IN_FLIGHT, vm->lie.scribbles || vm->lie.mad ||
		    memcmp(&now, &chain->d[i].desc, sizeof(now)) == 0,
		    "has changed descriptor %u of head %u in queue %u while "
		    "it was in flight", i, chain->head, vq->index);
	}
}

/** @}
 */
