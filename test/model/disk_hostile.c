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
/** @file virtio-blk and disks that lie, fail, or change under it
 */

#include <errno.h>
#include <host/ddf.h>
#include <host/model.h>
#include <pthread.h>
#include <string.h>
#include "disk_rig.h"
#include "logged.h"
#include "suite.h"

typedef struct {
	const char *name;
	vm_kind_t kind;
} kind_row_t;

static const kind_row_t kinds[] = {
	{ "modern", VM_MODERN },
	{ "legacy", VM_LEGACY }
};

TEST_ROWS(a_request_that_comes_back_without_a_status_has_failed, kind_row_t,
    kinds)
{
	disk_t *disk = disk_start(row->kind, BLK_F_ALL);
	uint8_t data[512];

	for (unsigned int i = 1; i < 4; i++) {
		/* This leaves a good status where the next one will be */
		disk_expect_transfer(disk, 0, 8, 512, i);
		disk->blk->no_status = true;
		EXPECT_EQ(host_bd_read(disk->bd, 0, 1, data, 512), EIO);
		disk->blk->no_status = false;
		EXPECT_EQ(disk->vm->starts, 1 + i);
	}
	disk_expect_transfer(disk, 0, 8, 512, 9);
	disk_end(disk);
}

TEST_ROWS(a_disk_that_always_lies_is_given_up, kind_row_t, kinds)
{
	disk_t *disk = disk_start(row->kind, BLK_F_ALL);
	uint8_t data[512];
	aoff64_t blocks;

	disk->blk->status = 3;
	for (unsigned int i = 0; i < 5; i++)
		EXPECT_EQ(host_bd_read(disk->bd, 0, 1, data, 512), EIO);
	EXPECT_EQ(disk->vm->starts, 2);
	EXPECT_EQ(disk->vm->status, 0);
	EXPECT_EQ(logged_count("given up"), 1);
	disk->blk->status = -1;
	EXPECT_EQ(host_bd_read(disk->bd, 0, 1, data, 512), EIO);
	EXPECT_EQ(host_bd_get_num_blocks(disk->bd, &blocks), EIO);
	EXPECT_EQ(host_bd_sync(disk->bd, 0, 0), EIO);
	disk_end(disk);
}

/** The clock stands: the device's own word must do, and its reset be over at
 * the first look.
 */
TEST_ROWS(a_disk_that_fails_under_a_request_is_reset_at_once, kind_row_t,
    kinds)
{
	disk_t *disk = disk_start(row->kind, BLK_F_ALL);
	disk_read_t read = { disk, EIO, false };
	pthread_t thread;

	disk_expect_transfer(disk, 0, 8, 512, 0);
	disk->vm->cfg.reset_polls = 0;
	host_time_set_speed(0);
	disk->blk->silent = true;
	EXPECT_EQ(pthread_create(&thread, NULL, disk_read, &read), 0);
	WAIT_FOR(disk->vm->queue[0].in_flight == 1);
	disk->blk->silent = false;
	vm_lock(disk->vm);
	vm_need_reset(disk->vm);
	vm_unlock(disk->vm);
	pthread_join(thread, NULL);
	EXPECT_EQ(disk->vm->starts, 2);
	disk_expect_transfer(disk, 0, 8, 512, 1);
	host_time_set_speed(1);
	disk_end(disk);
}

/** It takes long, and others who wait for an answer look again meanwhile. */
TEST_ROWS(a_disk_that_fails_under_many_requests_is_reset_once, kind_row_t,
    kinds)
{
	disk_t *disk = disk_start(row->kind, BLK_F_ALL);
	disk_read_t read = { disk, EIO, true };
	pthread_t thread[4];

	disk->blk->silent = true;
	for (unsigned int i = 0; i < 4; i++)
		EXPECT_EQ(pthread_create(&thread[i], NULL, disk_read,
		    &read), 0);
	WAIT_FOR(disk->vm->queue[0].in_flight == 4);
	unsigned long resets = disk->vm->resets;
	disk->vm->cfg.reset_polls = 100;
	host_time_set_speed(10);
	vm_lock(disk->vm);
	vm_need_reset(disk->vm);
	vm_unlock(disk->vm);
	for (unsigned int i = 0; i < 4; i++)
		pthread_join(thread[i], NULL);
	host_time_set_speed(1);
	/* It is stopped, and then set up */
	EXPECT_EQ(disk->vm->resets, resets + 2);
	EXPECT_EQ(disk->vm->starts, 2);
	disk->vm->cfg.reset_polls = 0;
	disk->blk->silent = false;
	disk_expect_transfer(disk, 0, 8, 512, 1);
	disk_end(disk);
}

static void change_config(disk_t *disk, unsigned int offset, uint64_t value,
    size_t size)
{
	blk_put_config(disk->blk, offset, value, size);
	vm_lock(disk->vm);
	vm_config_changed(disk->vm);
	vm_unlock(disk->vm);
	host_irq_drain();
}

TEST(a_disk_whose_blocks_change_their_size_is_given_up)
{
	disk_t *disk = disk_start(VM_MODERN, BLK_F_ALL);
	uint8_t data[4096];
	size_t block_size;

	change_config(disk, BLK_CONFIG_BLK_SIZE, 4096, 4);
	EXPECT_EQ(host_bd_read(disk->bd, 0, 1, data, sizeof(data)), EIO);
	EXPECT_EQ(host_bd_get_block_size(disk->bd, &block_size), EOK);
	EXPECT_EQ(block_size, 512);
	EXPECT_EQ(disk->blk->reads, 0);
	EXPECT(logged_count("size of a block changed") > 0);
	disk_end(disk);
}

/** Half of the old capacity and half of the new one are a third. */
TEST_ROWS(a_capacity_that_changes_while_it_is_read_is_read_whole, kind_row_t,
    kinds)
{
	uint64_t later = UINT64_C(0x100000001);

	for (unsigned int n = 0; n < 8; n++) {
		disk_t *disk = disk_start(row->kind, BLK_F_ALL);
		aoff64_t blocks;

		vm_lock(disk->vm);
		memcpy(disk->vm->config_later, disk->vm->config,
		    sizeof(disk->vm->config));
		memcpy(&disk->vm->config_later[BLK_CONFIG_CAPACITY], &later,
		    sizeof(later));
		disk->vm->lie.config_change_in = n;
		vm_unlock(disk->vm);
		EXPECT_EQ(host_bd_get_num_blocks(disk->bd, &blocks), EOK);
		EXPECT(blocks == BLK_SECTORS || blocks == later);
		disk_end(disk);
	}
}

/** The product of the two, in 32 bits, is a place in the structure. */
TEST(a_notification_offset_that_wraps_is_outside)
{
	disk_t *disk = disk_create(VM_MODERN, BLK_F_ALL);

	disk->vm->cfg.notify_mult = 0x20000;
	disk->vm->cfg.notify_off[0] = 0x8000;
	vm_build(disk->vm);
	EXPECT_EQ(disk_add(disk), EIO);
	EXPECT(logged_count("is outside its structure") > 0);
	disk_check_clean();
	disk_destroy(disk);
}

/** @}
 */
