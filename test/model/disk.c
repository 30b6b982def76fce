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
/** @file virtio-blk: reads, writes, flushes, and lies
 */

#include <errno.h>
#include <host/ddf.h>
#include <host/model.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "disk_rig.h"
#include "fault.h"
#include "stale.h"
#include "suite.h"

#define FAST	100

typedef struct {
	const char *name;
	vm_kind_t kind;
	uint64_t features;
	uint64_t less;
	uint16_t queue_size;
	uint32_t block_size;
} disk_row_t;

#define DISKS(text, features, less, size, block) \
	{ text ", modern", VM_MODERN, features, less, size, block }, \
	{ text ", modern in I/O ports", VM_MODERN_IO, features, less, size, \
	    block }, \
	{ text ", legacy", VM_LEGACY, features, less, size, block }

static const disk_row_t disks[] = {
	DISKS("everything", BLK_F_ALL, 0, 256, 512),
	DISKS("nothing", 0, VM_F_EVENT_IDX | VM_F_INDIRECT_DESC |
	    VM_F_ANY_LAYOUT, 256, 512),
	DISKS("no event index", BLK_F_ALL, VM_F_EVENT_IDX, 256, 512),
	DISKS("no indirect descriptors", BLK_F_ALL, VM_F_INDIRECT_DESC, 256,
	    512),
	DISKS("blocks of 4096", BLK_F_ALL, 0, 256, 4096),
	DISKS("queue of 4", BLK_F_ALL, 0, 4, 512),
	DISKS("queue of 8, direct", BLK_F_ALL, VM_F_INDIRECT_DESC, 8, 512),
	DISKS("no free layout", BLK_F_ALL, VM_F_ANY_LAYOUT, 128, 512)
};

TEST_ROWS(a_disk_is_driven_by_the_book, disk_row_t, disks)
{
	disk_t *disk = disk_create(row->kind, row->features);
	uint64_t capacity = BLK_SECTORS;
	size_t block_size;
	aoff64_t blocks;

	disk->vm->cfg.features &= ~row->less;
	disk->vm->cfg.queue_size[0] = row->queue_size;
	blk_put_config(disk->blk, BLK_CONFIG_BLK_SIZE, row->block_size, 4);
	EXPECT_EQ(disk_add(disk), EOK);
	EXPECT_EQ(host_bd_get_block_size(disk->bd, &block_size), EOK);
	EXPECT_EQ(block_size, row->block_size);
	EXPECT_EQ(host_bd_get_num_blocks(disk->bd, &blocks), EOK);
	EXPECT_EQ(blocks, capacity * 512 / block_size);

	for (size_t count = 1; count <= 128; count *= 2)
		disk_expect_transfer(disk, count, count, block_size, count);
	disk_expect_transfer(disk, blocks - 1, 1, block_size, 9);
	disk_expect_transfer(disk, 0, 200, block_size, 11);
	unsigned long flushes = disk->blk->flushes;
	EXPECT_EQ(host_bd_sync(disk->bd, 0, 0), EOK);
	EXPECT_EQ(disk->blk->flushes - flushes,
	    (row->features & BLK_F_FLUSH) != 0);
	vm_queue_check_notified(disk->vm, &disk->vm->queue[0]);
	disk_end(disk);
}

TEST(a_disk_gets_nothing_that_was_in_memory_before)
{
	disk_t *disk = disk_create(VM_MODERN, BLK_F_ALL);

	stale_watch();
	EXPECT_EQ(disk_add(disk), EOK);
	stale_expect_none();
	disk_end(disk);
}

TEST(blocks_past_the_end_are_refused)
{
	disk_t *disk = disk_start(VM_MODERN, BLK_F_ALL);
	uint8_t data[1024] = { 0 };

	EXPECT(host_bd_read(disk->bd, BLK_SECTORS, 1, data, 512) != EOK);
	EXPECT(host_bd_read(disk->bd, BLK_SECTORS - 1, 2, data, 1024) != EOK);
	EXPECT(host_bd_write(disk->bd, UINT64_MAX, 2, data, 1024) != EOK);
	EXPECT(host_bd_write(disk->bd, UINT64_MAX / 512 + 1, 1, data, 512) !=
	    EOK);
	EXPECT_EQ(disk->blk->reads + disk->blk->writes, 0);
	disk_end(disk);
}

TEST(a_read_only_disk_is_not_written)
{
	disk_t *disk = disk_start(VM_MODERN, BLK_F_ALL | BLK_F_RO);
	uint8_t data[512] = { 0 };

	EXPECT(host_bd_write(disk->bd, 0, 1, data, 512) != EOK);
	EXPECT_EQ(disk->blk->writes, 0);
	EXPECT_EQ(host_bd_read(disk->bd, 0, 1, data, 512), EOK);
	disk_end(disk);
}

TEST(a_disk_that_grows_is_noticed)
{
	disk_t *disk = disk_create(VM_MODERN, BLK_F_ALL);
	aoff64_t blocks;

	blk_put_config(disk->blk, BLK_CONFIG_CAPACITY, 1000, 8);
	EXPECT_EQ(disk_add(disk), EOK);
	blk_put_config(disk->blk, BLK_CONFIG_CAPACITY, BLK_SECTORS, 8);
	vm_lock(disk->vm);
	vm_config_changed(disk->vm);
	vm_unlock(disk->vm);
	EXPECT_EQ(host_bd_get_num_blocks(disk->bd, &blocks), EOK);
	EXPECT_EQ(blocks, BLK_SECTORS);
	disk_expect_transfer(disk, 1500, 8, 512, 1);
	disk_end(disk);
}

typedef struct {
	const char *name;
	unsigned int offset;
	uint64_t value;
	size_t size;
	bool refused;
} geometry_t;

static const geometry_t geometries[] = {
	{ "blocks of 0 bytes", BLK_CONFIG_BLK_SIZE, 0, 4, true },
	{ "blocks of 511 bytes", BLK_CONFIG_BLK_SIZE, 511, 4, true },
	{ "blocks of 513 bytes", BLK_CONFIG_BLK_SIZE, 513, 4, true },
	{ "blocks of 4 GiB", BLK_CONFIG_BLK_SIZE, UINT32_MAX, 4, true },
	{ "blocks of 128 KiB", BLK_CONFIG_BLK_SIZE, 131072, 4, true },
	{ "segments of 0 bytes", BLK_CONFIG_SIZE_MAX, 0, 4, true },
	{ "segments of 1 byte", BLK_CONFIG_SIZE_MAX, 1, 4, true },
	{ "segments of 100 bytes", BLK_CONFIG_SIZE_MAX, 100, 4, false },
	{ "segments of 4 GiB", BLK_CONFIG_SIZE_MAX, UINT32_MAX, 4, false },
	{ "0 segments", BLK_CONFIG_SEG_MAX, 0, 4, true },
	{ "1 segment", BLK_CONFIG_SEG_MAX, 1, 4, false },
	{ "4294967295 segments", BLK_CONFIG_SEG_MAX, UINT32_MAX, 4, false },
	{ "capacity of 0", BLK_CONFIG_CAPACITY, 0, 8, false },
	{ "largest capacity", BLK_CONFIG_CAPACITY, UINT64_MAX, 8, true }
};

TEST_ROWS(a_disk_of_odd_measures_works_or_is_refused, geometry_t, geometries)
{
	disk_t *disk = disk_create(VM_MODERN, BLK_F_ALL);
	uint8_t data[4096];

	blk_put_config(disk->blk, row->offset, row->value, row->size);
	errno_t rc = disk_add(disk);
	EXPECT_EQ(rc != EOK, row->refused);
	if (rc != EOK) {
		disk_check_clean();
		disk_destroy(disk);
		return;
	}
	if (row->offset == BLK_CONFIG_CAPACITY)
		EXPECT(host_bd_read(disk->bd, 0, 1, data, 512) != EOK);
	else
		disk_expect_transfer(disk, 3, 8, 512, 5);
	disk_end(disk);
}

typedef struct {
	const char *name;
	vm_kind_t kind;
	int status;
	int used_len;
	int id_off;
	errno_t rc;
	/** The device is reset for it. */
	bool reset;
} answer_t;

static const answer_t answers[] = {
	{ "IOERR", VM_MODERN, BLK_IOERR, -1, 0, EIO, false },
	{ "UNSUPP", VM_MODERN, BLK_UNSUPP, -1, 0, ENOTSUP, false },
	{ "status 3", VM_MODERN, 3, -1, 0, EIO, true },
	{ "status 255", VM_MODERN, 255, -1, 0, EIO, true },
	{ "status 255, legacy", VM_LEGACY, 255, -1, 0, EIO, true },
	{ "used id past the ring", VM_MODERN, -1, -1, 1000, EIO, true },
	{ "used id of nobody", VM_MODERN, -1, -1, 5, EIO, true },
	{ "used id of nobody, legacy", VM_LEGACY, -1, -1, 50, EIO, true }
};

TEST_ROWS(a_bad_answer_of_a_disk_fails_the_request_alone, answer_t, answers)
{
	disk_t *disk = disk_start(row->kind, BLK_F_ALL);
	uint8_t data[1024];

	/* It is seen at once, not when time runs out */
	disk->vm->cfg.reset_polls = 0;
	host_time_set_speed(0);
	for (unsigned int i = 0; i < 3; i++) {
		unsigned long starts = disk->vm->starts;

		disk_expect_transfer(disk, 8 * i, 8, 512, i);
		disk->blk->status = row->status;
		disk->blk->used_len = row->used_len;
		disk->blk->id_off = row->id_off;
		EXPECT_EQ(host_bd_read(disk->bd, 0, 2, data, 1024), row->rc);
		disk->blk->status = -1;
		disk->blk->used_len = -1;
		disk->blk->id_off = 0;
		EXPECT_EQ(disk->vm->starts, starts + row->reset);
		disk_expect_transfer(disk, 8 * i, 8, 512, i + 1);
	}
	host_time_set_speed(1);
	disk_end(disk);
}

static const disk_row_t disk_kinds[] = {
	DISKS("disk", BLK_F_ALL, 0, 128, 512)
};

TEST_ROWS(a_disk_that_does_not_answer_is_reset, disk_row_t, disk_kinds)
{
	disk_t *disk = disk_start(row->kind, row->features);
	uint8_t data[512];

	disk_expect_transfer(disk, 0, 8, 512, 0);
	host_time_set_speed(FAST);
	disk->blk->silent = true;
	EXPECT_EQ(host_bd_read(disk->bd, 0, 1, data, 512), EIO);
	disk->blk->silent = false;
	host_time_set_speed(1);
	disk_expect_transfer(disk, 0, 8, 512, 1);
	disk_end(disk);
}

TEST_ROWS(a_disk_works_without_interrupts, disk_row_t, disk_kinds)
{
	disk_t *disk = disk_create(row->kind, row->features);

	disk->vm->lie.mute = true;
	host_time_set_speed(FAST);
	EXPECT_EQ(disk_add(disk), EOK);
	for (unsigned int i = 0; i < 20; i++)
		disk_expect_transfer(disk, i, 8, 512, i);
	disk_end(disk);
}

TEST_ROWS(a_disk_that_asks_for_a_reset_gets_it, disk_row_t, disk_kinds)
{
	disk_t *disk = disk_start(row->kind, row->features);

	for (unsigned int i = 0; i < 5; i++) {
		disk_expect_transfer(disk, i, 8, 512, i);
		vm_lock(disk->vm);
		vm_need_reset(disk->vm);
		vm_unlock(disk->vm);
		/* The reset is for the next request to find */
		host_irq_drain();
	}
	disk_expect_transfer(disk, 0, 8, 512, 9);
	disk_end(disk);
}

/** Several clients' fibrils at once */
typedef struct {
	disk_t *disk;
	unsigned int index;
	pthread_t thread;
	atomic_bool failed;
} worker_t;

static void *worker_main(void *arg)
{
	worker_t *worker = arg;
	uint8_t out[4096], in[4096];
	host_bd_t *bd;

	EXPECT_EQ(host_bd_open(worker->disk->fun, &bd), EOK);
	for (unsigned int i = 0; i < 50; i++) {
		aoff64_t block = worker->index * 64 + i % 8 * 8;

		memset(out, worker->index * 50 + i, sizeof(out));
		if (host_bd_write(bd, block, 8, out, sizeof(out)) != EOK ||
		    host_bd_read(bd, block, 8, in, sizeof(in)) != EOK) {
			worker->failed = true;
			break;
		}
		EXPECT(memcmp(in, out, sizeof(in)) == 0);
	}
	host_bd_close(bd);
	return NULL;
}

#define WORKERS	12

static void run_workers(disk_t *disk, worker_t *workers)
{
	for (unsigned int i = 0; i < WORKERS; i++) {
		workers[i].disk = disk;
		workers[i].index = i;
		workers[i].failed = false;
		EXPECT(pthread_create(&workers[i].thread, NULL, worker_main,
		    &workers[i]) == 0);
	}
}

/** The small queue has room for one request. */
static const disk_row_t shared_disks[] = {
	DISKS("disk", BLK_F_ALL, 0, 128, 512),
	DISKS("queue of 8, direct", BLK_F_ALL, VM_F_INDIRECT_DESC, 8, 512)
};

TEST_ROWS(many_clients_of_a_disk_do_not_get_in_each_other_s_way, disk_row_t,
    shared_disks)
{
	disk_t *disk = disk_create(row->kind, row->features);
	worker_t workers[WORKERS];

	disk->vm->cfg.features &= ~row->less;
	disk->vm->cfg.queue_size[0] = row->queue_size;
	EXPECT_EQ(disk_add(disk), EOK);
	run_workers(disk, workers);
	for (unsigned int i = 0; i < WORKERS; i++) {
		pthread_join(workers[i].thread, NULL);
		EXPECT(!workers[i].failed);
	}
	disk_end(disk);
}

TEST_ROWS(a_disk_is_removed_while_clients_use_it, disk_row_t, disk_kinds)
{
	for (unsigned int n = 0; n < 4; n++) {
		disk_t *disk = disk_start(row->kind, row->features);
		worker_t workers[WORKERS];

		run_workers(disk, workers);
		WAIT_FOR(disk->blk->reads > 20);
		if (n % 2 == 1) {
			host_time_set_speed(FAST);
			vm_unplug(disk->vm);
		}
		EXPECT_EQ(n % 2 == 1 ? host_dev_gone(disk->dev) :
		    host_dev_remove(disk->dev), EOK);
		for (unsigned int i = 0; i < WORKERS; i++)
			pthread_join(workers[i].thread, NULL);
		host_time_set_speed(1);
		host_bd_close(disk->bd);
		host_fun_put(disk->fun);
		host_pci_sess_destroy(disk->sess);
		disk_check_clean();
		disk_destroy(disk);
	}
}

TEST_ROWS(a_quiesced_disk_is_reset_and_stays_so, disk_row_t, disk_kinds)
{
	disk_t *disk = disk_start(row->kind, row->features);
	uint8_t data[512];

	EXPECT_EQ(host_dev_quiesce(disk->dev), EOK);
	EXPECT_EQ(disk->vm->status, 0);
	EXPECT(disk->blk->flushes > 0);
	EXPECT(host_bd_read(disk->bd, 0, 1, data, 512) != EOK);
	EXPECT_EQ(disk->vm->status, 0);
	disk_end(disk);
}

TEST_ROWS(a_disk_may_vanish_at_any_access, disk_row_t, disk_kinds)
{
	for (int n = 1; n < 200; n++) {
		disk_t *disk = disk_create(row->kind, row->features);
		uint8_t data[512];

		host_time_set_speed(FAST);
		disk->vm->lie.unplug_in = n;
		if (disk_add(disk) == EOK) {
			(void) host_bd_read(disk->bd, 0, 1, data, 512);
			bool left = disk->vm->lie.unplug_in > 0;
			disk_remove(disk, n % 2 == 0);
			if (left && disk->vm->lie.unplug_in > 0)
				n = 1000;
		} else {
			disk_check_clean();
		}
		disk_destroy(disk);
	}
}

TEST_ROWS(whatever_fails_while_a_disk_is_added_leaves_nothing_behind,
    disk_row_t, disk_kinds)
{
	for (unsigned int n = 1; n < 200; n++) {
		disk_t *disk = disk_create(row->kind, row->features);

		fault_set(n);
		errno_t rc = disk_add(disk);
		bool hit = fault_hit();
		fault_set(0);
		if (rc != EOK) {
			EXPECT(hit);
			disk_check_clean();
			EXPECT_EQ(disk_add(disk), EOK);
		}
		disk_expect_transfer(disk, 0, 8, 512, n);
		disk_end(disk);
		if (!hit)
			return;
	}
	EXPECT(false);
}

/** @}
 */
