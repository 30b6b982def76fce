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
/** @file A virtio block device (5.2)
 */

#ifndef TEST_MODEL_BLK_H_
#define TEST_MODEL_BLK_H_

#include "vm.h"

#define BLK_F_SIZE_MAX	VM_F(1)
#define BLK_F_SEG_MAX	VM_F(2)
#define BLK_F_RO	VM_F(5)
#define BLK_F_BLK_SIZE	VM_F(6)
#define BLK_F_FLUSH	VM_F(9)
#define BLK_F_ALL \
	(BLK_F_SIZE_MAX | BLK_F_SEG_MAX | BLK_F_BLK_SIZE | BLK_F_FLUSH)

/** Offsets in the configuration */
enum {
	BLK_CONFIG_CAPACITY = 0,
	BLK_CONFIG_SIZE_MAX = 8,
	BLK_CONFIG_SEG_MAX = 12,
	BLK_CONFIG_BLK_SIZE = 20
};

#define BLK_SECTOR	512
#define BLK_SECTORS	2048

enum {
	BLK_OK,
	BLK_IOERR,
	BLK_UNSUPP
};

typedef struct blk {
	vm_t *vm;
	uint8_t data[BLK_SECTORS * BLK_SECTOR];

	/* How it lies: -1 is the truth */
	/** Status of answers */
	atomic_int status;
	/** Used length of answers */
	atomic_int used_len;
	/** Id of answers is off by this */
	atomic_int id_off;
	/** Answers leave the status as it was. */
	atomic_bool no_status;
	/** Requests are left lying. */
	atomic_bool silent;
	/** Called when a request was carried out, with the lock; may be NULL */
	void (*after)(struct blk *);

	/* Figures, for tests */
	atomic_ulong reads;
	atomic_ulong writes;
	atomic_ulong flushes;
} blk_t;

extern blk_t *blk_create(vm_kind_t, uint64_t);
extern void blk_destroy(blk_t *);
extern void blk_work(blk_t *);
extern void blk_put_config(blk_t *, unsigned int, uint64_t, size_t);

#endif

/** @}
 */
