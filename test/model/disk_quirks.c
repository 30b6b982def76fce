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
/** @file virtio-blk and disks that are odd
 */

#include <errno.h>
#include <host/ddf.h>
#include <host/model.h>
#include <pthread.h>
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

/** While one disk is in a reset that does not end, the interrupts of another
 * are served, its own notwithstanding, and its other clients wait. The clock
 * stands: no watchdog helps.
 */
TEST(a_disk_that_is_stuck_in_a_reset_keeps_no_other_one_waiting)
{
	disk_t *stuck = disk_start(VM_MODERN, BLK_F_ALL);
	disk_t *disk = disk_start(VM_MODERN, BLK_F_ALL);
	disk_read_t read = { stuck, EOK, false };
	disk_read_t read_apart = { stuck, EOK, true };
	pthread_t thread;
	pthread_t other;

	disk_expect_transfer(stuck, 0, 8, 512, 0);
	host_time_set_speed(0);
	vm_lock(stuck->vm);
	stuck->vm->lie.reset_stuck = true;
	vm_need_reset(stuck->vm);
	vm_unlock(stuck->vm);
	host_irq_drain();
	EXPECT_EQ(pthread_create(&thread, NULL, disk_read, &read), 0);
	WAIT_FOR(stuck->vm->resetting);
	EXPECT_EQ(pthread_create(&other, NULL, disk_read, &read_apart), 0);
	vm_lock(stuck->vm);
	vm_interrupt(stuck->vm, VM_ISR_QUEUE | VM_ISR_CONFIG);
	vm_unlock(stuck->vm);
	for (unsigned int i = 0; i < 5; i++)
		disk_expect_transfer(disk, 8 * i, 8, 512, i);

	stuck->vm->lie.reset_stuck = false;
	host_time_set_speed(1);
	pthread_join(thread, NULL);
	pthread_join(other, NULL);
	disk_leave(stuck, false);
	disk_end(disk);
	disk_destroy(stuck);
}

/* Disks that interrupt, and disks that do not */

typedef struct {
	const char *name;
	vm_kind_t kind;
	uint64_t less;
	void (*make)(vm_cfg_t *);
} line_row_t;

static void firmware_msix(vm_cfg_t *cfg)
{
	cfg->msix = true;
	cfg->msix_on = true;
}

static void firmware_intx(vm_cfg_t *cfg)
{
	cfg->intx_off = true;
}

static void no_line(vm_cfg_t *cfg)
{
	cfg->irq = -1;
}

static void silent_line(vm_cfg_t *cfg)
{
	cfg->no_intx = true;
}

static disk_t *line_disk(const line_row_t *row)
{
	disk_t *disk = disk_create(row->kind, BLK_F_ALL);

	disk->vm->cfg.features &= ~row->less;
	if (row->make != NULL)
		row->make(&disk->vm->cfg);
	vm_build(disk->vm);
	EXPECT_EQ(disk_add(disk), EOK);
	return disk;
}

static const line_row_t lines[] = {
	{ "modern", VM_MODERN, 0, NULL },
	{ "modern in I/O ports", VM_MODERN_IO, 0, NULL },
	{ "legacy", VM_LEGACY, 0, NULL },
	{ "no event index", VM_MODERN, VM_F_EVENT_IDX, NULL },
	{ "firmware left MSI-X on", VM_MODERN, 0, firmware_msix },
	{ "firmware left MSI-X on, legacy", VM_LEGACY, 0, firmware_msix },
	{ "firmware left the line off", VM_MODERN, 0, firmware_intx },
	{ "firmware left the line off, legacy", VM_LEGACY, 0, firmware_intx }
};

/** The clock stands, so that nothing but interrupts moves the driver. */
TEST_ROWS(a_disk_with_a_line_needs_no_watchdog, line_row_t, lines)
{
	disk_t *disk = line_disk(row);

	host_time_set_speed(0);
	for (unsigned int i = 0; i < 20; i++)
		disk_expect_transfer(disk, 8 * i, 8, 512, i);
	host_time_set_speed(1);
	disk_end(disk);
}

static const line_row_t no_lines[] = {
	{ "no line", VM_MODERN, 0, no_line },
	{ "no line, no event index", VM_MODERN, VM_F_EVENT_IDX, no_line },
	{ "no line, legacy", VM_LEGACY, 0, no_line },
	{ "a line that is silent", VM_MODERN, 0, silent_line },
	{ "a line that is silent, legacy", VM_LEGACY, 0, silent_line }
};

TEST_ROWS(a_disk_without_a_line_works, line_row_t, no_lines)
{
	disk_t *disk = line_disk(row);

	host_time_set_speed(FAST);
	for (unsigned int i = 0; i < 20; i++)
		disk_expect_transfer(disk, 8 * i, 8, 512, i);
	EXPECT_EQ(disk->vm->starts, 1);
	disk_end(disk);
}

/** Without an interrupt it is the wait for an answer that finds out. */
TEST_ROWS(a_disk_without_a_line_that_fails_under_a_request_is_reset,
    line_row_t, no_lines)
{
	disk_t *disk = line_disk(row);
	disk_read_t read = { disk, EIO, false };
	pthread_t thread;

	disk_expect_transfer(disk, 0, 8, 512, 0);
	disk->blk->silent = true;
	EXPECT_EQ(pthread_create(&thread, NULL, disk_read, &read), 0);
	WAIT_FOR(disk->vm->queue[0].in_flight == 1);
	disk->blk->silent = false;
	vm_lock(disk->vm);
	vm_need_reset(disk->vm);
	vm_unlock(disk->vm);
	host_time_set_speed(FAST);
	pthread_join(thread, NULL);
	host_time_set_speed(1);
	EXPECT_EQ(logged_count("device needs a reset"), 1);
	EXPECT_EQ(logged_count("no answer"), 0);
	disk_expect_transfer(disk, 0, 8, 512, 1);
	disk_end(disk);
}

typedef struct {
	const char *name;
	/** Interrupt lines of the two */
	int irq[2];
} pair_t;

static const pair_t pairs[] = {
	{ "a line each", { 10, 11 } },
	{ "one line", { 11, 11 } }
};

TEST_ROWS(two_disks_get_their_own_interrupts, pair_t, pairs)
{
	disk_t *disk[2];

	for (unsigned int i = 0; i < 2; i++) {
		disk[i] = disk_create(VM_MODERN, BLK_F_ALL);
		disk[i]->vm->cfg.irq = row->irq[i];
		vm_build(disk[i]->vm);
		EXPECT_EQ(disk_add(disk[i]), EOK);
	}
	host_time_set_speed(0);
	for (unsigned int i = 0; i < 20; i++)
		disk_expect_transfer(disk[i % 2], 8 * i, 8, 512, i);
	host_time_set_speed(1);
	disk_leave(disk[0], false);
	disk_end(disk[1]);
	disk_destroy(disk[0]);
}

/** Requests come back together: one interrupt for all of them is enough. */
TEST(an_interrupt_that_tells_of_many_requests_ends_them_all)
{
	disk_t *disk = disk_start(VM_MODERN, BLK_F_ALL);
	disk_read_t read = { disk, EOK, true };
	pthread_t thread[4];

	host_time_set_speed(0);
	disk->blk->silent = true;
	for (unsigned int i = 0; i < 4; i++)
		EXPECT_EQ(pthread_create(&thread[i], NULL, disk_read, &read),
		    0);
	WAIT_FOR(disk->vm->queue[0].in_flight == 4);
	disk->blk->silent = false;
	blk_work(disk->blk);
	for (unsigned int i = 0; i < 4; i++)
		pthread_join(thread[i], NULL);
	host_time_set_speed(1);
	disk_end(disk);
}

/* What clients ask for, and what they get */

TEST(what_a_client_gets_beyond_its_blocks_is_zeros)
{
	static const uint8_t zeros[1536];
	disk_t *disk = disk_start(VM_MODERN, BLK_F_ALL);
	uint8_t data[2048];

	memset(data, 1, sizeof(data));
	EXPECT_EQ(host_bd_read(disk->bd, 0, 1, data, sizeof(data)), EOK);
	EXPECT(memcmp(data, disk->blk->data, 512) == 0);
	EXPECT(memcmp(data + 512, zeros, sizeof(zeros)) == 0);
	disk_end(disk);
}

TEST(more_blocks_than_a_client_has_room_for_are_refused)
{
	disk_t *disk = disk_start(VM_MODERN, BLK_F_ALL);
	uint8_t data[1024] = { 0 };

	EXPECT_EQ(host_bd_read(disk->bd, 0, 3, data, sizeof(data)), EINVAL);
	EXPECT_EQ(host_bd_read(disk->bd, 0, 3, data, 1023), EINVAL);
	EXPECT_EQ(host_bd_write(disk->bd, 0, 3, data, sizeof(data)), EINVAL);
	EXPECT_EQ(host_bd_write(disk->bd, 0, 2, data, 1023), EINVAL);
	EXPECT_EQ(disk->blk->reads + disk->blk->writes, 0);
	disk_end(disk);
}

/** Two such segments have room for more than a request's memory. */
TEST(a_request_has_no_more_data_than_there_is_memory_for_it)
{
	disk_t *disk = disk_create(VM_MODERN, BLK_F_ALL);

	blk_put_config(disk->blk, BLK_CONFIG_SIZE_MAX, 40000, 4);
	EXPECT_EQ(disk_add(disk), EOK);
	disk_expect_transfer(disk, 0, 512, 512, 3);
	EXPECT_EQ(disk->blk->reads, 4);
	EXPECT_EQ(disk->blk->writes, 4);
	disk_end(disk);
}

typedef struct {
	const char *name;
	uint16_t size;
} size_row_t;

static const size_row_t sizes[] = {
	{ "1", 1 },
	{ "2", 2 }
};

/** A request has three parts at least. */
TEST_ROWS(a_queue_without_room_for_a_request_is_refused, size_row_t, sizes)
{
	disk_t *disk = disk_create(VM_MODERN, BLK_F_ALL);

	disk->vm->cfg.queue_size[0] = row->size;
	EXPECT_EQ(disk_add(disk), ENOTSUP);
	EXPECT(logged_count("no room for a request") > 0);
	disk_check_clean();
	disk_destroy(disk);
}

TEST(what_was_written_is_flushed_before_a_disk_is_removed)
{
	disk_t *disk = disk_start(VM_MODERN, BLK_F_ALL);

	disk_expect_transfer(disk, 0, 8, 512, 3);
	EXPECT_EQ(disk->blk->flushes, 0);
	disk_remove(disk, false);
	EXPECT_EQ(disk->blk->flushes, 1);
	disk_destroy(disk);
}

TEST(a_request_is_carried_out_though_its_notification_is_lost)
{
	disk_t *disk = disk_start(VM_MODERN, BLK_F_ALL);
	unsigned long starts = disk->vm->starts;

	for (unsigned int i = 0; i < 3; i++) {
		disk->vm->lie.lost = 1;
		disk_expect_transfer(disk, 8 * i, 8, 512, i);
		EXPECT_EQ(disk->vm->lie.lost, 0);
	}
	EXPECT_EQ(disk->vm->starts, starts);
	disk_end(disk);
}

/** @}
 */
