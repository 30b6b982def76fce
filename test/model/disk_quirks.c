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

/** @addtogroup test
 * @{
 */
/** @file virtio-blk and disks that are odd, or change under it
 */

#include <errno.h>
#include <host/model.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include "disk_rig.h"
#include "logged.h"
#include "suite.h"

/** Makes time-outs of seconds short */
#define FAST	100

typedef struct {
	const char *name;
	vm_kind_t kind;
	vm_used_t used;
} used_row_t;

static const used_row_t used_rows[] = {
	{ "nothing", VM_MODERN, VM_USED_ZERO },
	{ "one byte", VM_MODERN, VM_USED_ONE },
	{ "all that moved", VM_MODERN, VM_USED_ALL },
	{ "the data, whichever way", VM_MODERN, VM_USED_DATA },
	{ "the data without the status", VM_MODERN, VM_USED_BODY },
	{ "the data without the status, legacy", VM_LEGACY, VM_USED_BODY }
};

TEST_ROWS(a_disk_may_count_what_it_likes, used_row_t, used_rows)
{
	disk_t *disk = disk_create(row->kind, BLK_F_ALL);

	disk->vm->cfg.used[0] = row->used;
	vm_build(disk->vm);
	EXPECT_EQ(disk_add(disk), EOK);
	unsigned long starts = disk->vm->starts;
	for (unsigned int i = 0; i < 5; i++)
		disk_expect_transfer(disk, 8 * i, 8, 512, i);
	EXPECT_EQ(host_bd_sync(disk->bd, 0, 0), EOK);
	EXPECT_EQ(disk->vm->starts, starts);
	disk_end(disk);
}

TEST(what_a_disk_leaves_out_of_a_read_is_nobody_elses)
{
	static const uint8_t zeros[4096];
	disk_t *disk = disk_start(VM_MODERN, BLK_F_ALL);
	uint8_t data[4096];

	disk_expect_transfer(disk, 0, 8, 512, 1);
	/* It answers, and has carried out nothing */
	disk->blk->status = BLK_OK;
	EXPECT_EQ(host_bd_read(disk->bd, 0, 8, data, sizeof(data)), EOK);
	disk->blk->status = -1;
	EXPECT(memcmp(data, zeros, sizeof(data)) == 0);
	disk_end(disk);
}

/* A disk that changes when it has carried out the first request of many */

static void shrink(blk_t *blk)
{
	blk->after = NULL;
	blk_put_config(blk, BLK_CONFIG_CAPACITY, 160, 8);
	vm_config_changed(blk->vm);
}

static void protect(blk_t *blk)
{
	blk->after = NULL;
	blk->vm->cfg.features |= BLK_F_RO;
	vm_need_reset(blk->vm);
}

TEST(a_disk_that_shrinks_during_a_transfer_is_not_read_past_its_end)
{
	static uint8_t data[512 * 1024];
	disk_t *disk = disk_start(VM_MODERN, BLK_F_ALL);

	vm_lock(disk->vm);
	disk->blk->after = shrink;
	vm_unlock(disk->vm);
	EXPECT_EQ(host_bd_read(disk->bd, 0, 1024, data, sizeof(data)), ELIMIT);
	EXPECT_EQ(host_bd_read(disk->bd, 0, 160, data, 160 * 512), EOK);
	disk_end(disk);
}

TEST(a_disk_that_becomes_read_only_during_a_transfer_is_not_written)
{
	static uint8_t data[512 * 1024];
	disk_t *disk = disk_start(VM_MODERN, BLK_F_ALL);

	vm_lock(disk->vm);
	disk->blk->after = protect;
	vm_unlock(disk->vm);
	errno_t rc = host_bd_write(disk->bd, 0, 1024, data, sizeof(data));
	EXPECT(rc == EROFS || rc == EIO);
	unsigned long writes = disk->blk->writes;
	EXPECT_EQ(host_bd_write(disk->bd, 0, 1024, data, sizeof(data)), EROFS);
	EXPECT_EQ(disk->blk->writes, writes);
	disk_end(disk);
}

static void *read_one(void *arg)
{
	disk_t *disk = arg;
	uint8_t data[512];

	EXPECT_EQ(host_bd_read(disk->bd, 0, 1, data, sizeof(data)), EIO);
	return NULL;
}

/** While one disk is in a reset that does not end, the interrupts of another
 * are served, its own notwithstanding. The clock stands: no watchdog helps.
 */
TEST(a_disk_that_is_stuck_in_a_reset_keeps_no_other_one_waiting)
{
	disk_t *stuck = disk_start(VM_MODERN, BLK_F_ALL);
	disk_t *disk = disk_start(VM_MODERN, BLK_F_ALL);
	pthread_t thread;

	disk_expect_transfer(stuck, 0, 8, 512, 0);
	host_time_set_speed(0);
	vm_lock(stuck->vm);
	stuck->vm->lie.reset_stuck = true;
	vm_need_reset(stuck->vm);
	vm_unlock(stuck->vm);
	host_irq_drain();
	EXPECT_EQ(pthread_create(&thread, NULL, read_one, stuck), 0);
	WAIT_FOR((stuck->vm->driver_status & VM_DRIVER_OK) == 0);
	vm_lock(stuck->vm);
	vm_interrupt(stuck->vm, VM_ISR_QUEUE | VM_ISR_CONFIG);
	vm_unlock(stuck->vm);
	for (unsigned int i = 0; i < 5; i++)
		disk_expect_transfer(disk, 8 * i, 8, 512, i);

	stuck->vm->lie.reset_stuck = false;
	host_time_set_speed(FAST);
	pthread_join(thread, NULL);
	EXPECT_EQ(host_dev_gone(stuck->dev), EOK);
	host_bd_close(stuck->bd);
	host_fun_put(stuck->fun);
	host_pci_sess_destroy(stuck->sess);
	disk_end(disk);
	disk_destroy(stuck);
}

/** @}
 */
