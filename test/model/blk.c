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
/** @file A virtio block device
 */

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include "blk.h"

enum {
	T_IN = 0,
	T_OUT = 1,
	T_FLUSH = 4
};

/** What comes before the data (5.2.6) */
typedef struct {
	uint32_t type;
	uint32_t reserved;
	uint64_t sector;
} blk_req_t;

_Static_assert(sizeof(blk_req_t) == 16, "5.2.6");

static const vm_field_t fields[] = {
	{ "capacity", BLK_CONFIG_CAPACITY, 8, 1, 0 },
	{ "size_max", BLK_CONFIG_SIZE_MAX, 4, 1, BLK_F_SIZE_MAX },
	{ "seg_max", BLK_CONFIG_SEG_MAX, 4, 1, BLK_F_SEG_MAX },
	{ "blk_size", BLK_CONFIG_BLK_SIZE, 4, 1, BLK_F_BLK_SIZE },
	{ NULL, 0, 0, 0, 0 }
};

static const vm_depends_t depends[] = {
	{ 0, 0, NULL }
};

static uint64_t config(const blk_t *blk, unsigned int offset, size_t size)
{
	uint64_t value = 0;

	memcpy(&value, &blk->vm->config[offset], size);
	return value;
}

void blk_put_config(blk_t *blk, unsigned int offset, uint64_t value,
    size_t size)
{
	vm_lock(blk->vm);
	memcpy(&blk->vm->config[offset], &value, size);
	vm_unlock(blk->vm);
}

static void read_req(const vm_t *vm, const vm_chain_t *chain, blk_req_t *req)
{
	vm_chain_read(chain, 0, req, sizeof(*req));
	req->type = vm_32(vm, req->type);
	req->sector = vm_64(vm, req->sector);
}

static size_t data_size(const blk_req_t *req, const vm_chain_t *chain)
{
	return req->type == T_IN ? chain->writable - 1 :
	    chain->readable - sizeof(*req);
}

/** Data in descriptors of their own, each not too long, not too many */
static void check_segments(blk_t *blk, const vm_chain_t *chain)
{
	unsigned int total = chain->out + chain->in;
	uint32_t size_max = config(blk, BLK_CONFIG_SIZE_MAX, 4);
	uint32_t seg_max = config(blk, BLK_CONFIG_SEG_MAX, 4);

	if (vm_is_legacy(blk->vm) && !vm_has(blk->vm, VM_F_ANY_LAYOUT))
		DEMAND(BLK_LEGACY_FRAMING, vm_chain_seg(chain, 0)->len == 16 &&
		    vm_chain_seg(chain, total - 1)->len == 1, "has %u and %u "
		    "bytes in the first and last descriptor of a request",
		    vm_chain_seg(chain, 0)->len,
		    vm_chain_seg(chain, total - 1)->len);
	if (vm_has(blk->vm, BLK_F_SEG_MAX))
		DEMAND(BLK_SEG_MAX, total - 2 <= seg_max,
		    "makes a request of %u segments, the most is %u",
		    total - 2, seg_max);
	for (unsigned int i = 0; i < total; i++) {
		if (vm_has(blk->vm, BLK_F_SIZE_MAX) && i > 0)
			DEMAND(BLK_SIZE_MAX, vm_chain_seg(chain, i)->len <=
			    size_max, "makes a segment of %u bytes, the most "
			    "is %u", vm_chain_seg(chain, i)->len, size_max);
	}
}

static void check(vm_t *vm, vm_queue_t *vq, const vm_chain_t *chain)
{
	blk_t *blk = vm->device;
	blk_req_t req;

	(void) vq;
	DEMAND(BLK_LAYOUT, chain->readable >= sizeof(req) &&
	    chain->writable >= 1, "makes a request of %u bytes to read and "
	    "%u to write", chain->readable, chain->writable);
	read_req(vm, chain, &req);
	DEMAND(BLK_LAYOUT, req.type == T_IN || req.type == T_OUT ||
	    req.type == T_FLUSH, "makes a request of type %u", req.type);
	check_segments(blk, chain);

	size_t size = data_size(&req, chain);
	if (req.type == T_FLUSH) {
		DEMAND(BLK_FLUSH_FEATURE, vm_has(vm, BLK_F_FLUSH),
		    "flushes");
		DEMAND(BLK_FLUSH_SECTOR, req.sector == 0,
		    "flushes sector %" PRIu64, req.sector);
		DEMAND(BLK_FLUSH_DATA, size == 0, "flushes with %zu bytes",
		    size);
		return;
	}
	DEMAND(BLK_DATA_512, size > 0 && size % BLK_SECTOR == 0,
	    "transfers %zu bytes", size);
	DEMAND(BLK_CAPACITY, req.sector + size / BLK_SECTOR <=
	    config(blk, BLK_CONFIG_CAPACITY, 8), "transfers %zu bytes at "
	    "sector %" PRIu64, size, req.sector);
	if (req.type == T_OUT)
		DEMAND(BLK_RO, !vm_has(vm, BLK_F_RO), "writes sector %"
		    PRIu64, req.sector);
}

/** Carry out a request.
 *
 * @return Status
 */
static uint8_t carry_out(blk_t *blk, const vm_chain_t *chain)
{
	blk_req_t req;

	read_req(blk->vm, chain, &req);
	size_t size = data_size(&req, chain);
	uint64_t at = req.sector * BLK_SECTOR;

	if (req.type == T_FLUSH) {
		blk->flushes++;
		return BLK_OK;
	}
	if (at + size > sizeof(blk->data))
		return BLK_IOERR;
	if (req.type == T_IN) {
		blk->reads++;
		vm_chain_write(chain, 0, blk->data + at, size);
	} else {
		blk->writes++;
		vm_chain_read(chain, sizeof(req), blk->data + at, size);
	}
	return BLK_OK;
}

static bool work_one(blk_t *blk)
{
	vm_queue_t *vq = &blk->vm->queue[0];
	vm_chain_t *chain = vm_queue_first(blk->vm, vq);

	if (chain == NULL || blk->silent)
		return false;

	uint8_t status = blk->status >= 0 ? blk->status :
	    carry_out(blk, chain);
	uint32_t used = blk->used_len >= 0 ? (uint32_t) blk->used_len :
	    vm_used_len(blk->vm, vq, chain,
	    status == BLK_OK ? chain->writable : 1,
	    chain->readable + chain->writable - sizeof(blk_req_t) - 1);

	if (!blk->no_status)
		vm_chain_write(chain, chain->writable - 1, &status, 1);
	if (blk->id_off != 0)
		vm_queue_put_used(blk->vm, vq, chain->head + blk->id_off,
		    used);
	else
		vm_queue_use(blk->vm, vq, chain, used);
	if (blk->after != NULL)
		blk->after(blk);
	return blk->id_off == 0;
}

/** Carry out what there is. */
void blk_work(blk_t *blk)
{
	vm_queue_t *vq = &blk->vm->queue[0];

	vm_lock(blk->vm);
	while (work_one(blk))
		;
	vm_queue_wish(blk->vm, vq, true);
	while (work_one(blk))
		;
	vm_queue_flush(blk->vm, vq);
	vm_unlock(blk->vm);
}

static void available(vm_t *vm, vm_queue_t *vq)
{
	(void) vq;
	blk_work(vm->device);
}

static const vm_class_t blk_class = {
	.id = 2,
	.class_code = 0x010000,
	.queues = 1,
	.fields = fields,
	.depends = depends,
	.available = available,
	.check = check
};

blk_t *blk_create(vm_kind_t kind, uint64_t features)
{
	blk_t *blk = calloc(1, sizeof(blk_t));

	if (blk == NULL)
		abort();
	blk->vm = vm_create(&blk_class, kind);
	blk->vm->device = blk;
	blk->vm->cfg.features |= features;
	blk->status = -1;
	blk->used_len = -1;
	for (size_t i = 0; i < sizeof(blk->data); i++)
		blk->data[i] = i / BLK_SECTOR + i;
	blk_put_config(blk, BLK_CONFIG_CAPACITY, BLK_SECTORS, 8);
	blk_put_config(blk, BLK_CONFIG_SIZE_MAX, 4096, 4);
	blk_put_config(blk, BLK_CONFIG_SEG_MAX, 8, 4);
	blk_put_config(blk, BLK_CONFIG_BLK_SIZE, 512, 4);
	vm_build(blk->vm);
	return blk;
}

void blk_destroy(blk_t *blk)
{
	vm_destroy(blk->vm);
	free(blk);
}

/** @}
 */
