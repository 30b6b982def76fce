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
/** @file A model disk, virtio-blk and a client of it, for tests
 *
 *   disk_create()   a disk; change it as the test likes
 *   disk_add()      plug it in, dev_add, a client connects
 *   ...
 *   disk_remove()   dev_remove or dev_gone; nothing is left of the driver
 *   disk_destroy()
 */

#ifndef TEST_MODEL_DISK_RIG_H_
#define TEST_MODEL_DISK_RIG_H_

#include <host/bd_client.h>
#include "blk.h"

/** A disk, its driver and a client */
typedef struct {
	blk_t *blk;
	vm_t *vm;
	async_sess_t *sess;
	ddf_dev_t *dev;
	ddf_fun_t *fun;
	host_bd_t *bd;
} disk_t;

/** A read in a thread of its own */
typedef struct {
	disk_t *disk;
	/** What it comes to */
	errno_t outcome;
	/** By a client of its own: requests of one come one after the other */
	bool apart;
} disk_read_t;

extern disk_t *disk_create(vm_kind_t, uint64_t);
extern errno_t disk_add(disk_t *);
extern disk_t *disk_start(vm_kind_t, uint64_t);
extern void disk_check_clean(void);
extern void disk_leave(disk_t *, bool);
extern void disk_remove(disk_t *, bool);
extern void disk_destroy(disk_t *);
extern void disk_end(disk_t *);
extern void disk_expect_transfer(disk_t *, aoff64_t, size_t, size_t, uint8_t);
extern void *disk_read(void *);

/* disk_fuzz.c */
extern int fuzz_virtio_blk(const uint8_t *, size_t);

#endif

/** @}
 */
