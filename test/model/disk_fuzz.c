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
/** @file virtio-blk and a disk that does anything at any time
 *
 * As fuzz.c for virtio-net. A disk that lies too much is given up, so it is a
 * new one that must work afterwards.
 */

#include <errno.h>
#include <host/ddf.h>
#include <host/model.h>
#include <stdio.h>
#include <string.h>
#include "disk_rig.h"
#include "fault.h"
#include "mad.h"
#include "suite.h"

#define STEPS		200
#define BLOCKS_MAX	64
#define SECTOR		512

static const seed_t seeds[] = {
	SEED(1), SEED(2), SEED(3), SEED(4), SEED(5), SEED(6), SEED(7),
	SEED(8), SEED(9), SEED(10), SEED(1975), SEED(2718), SEED(65537),
	SEED(4294967295)
};

/* What the disk does. Its lock is held. */

static void lie_of_answers(disk_t *disk)
{
	blk_t *blk = disk->blk;

	switch (rnd(5)) {
	case 0:
		blk->status = chance(2) ? (int) rnd(256) : -1;
		break;
	case 1:
		blk->used_len = chance(2) ? (int) rnd(100000) : -1;
		break;
	case 2:
		blk->id_off = chance(2) ? (int) rnd(300) : 0;
		break;
	case 3:
		blk->no_status = chance(2);
		break;
	default:
		blk->silent = chance(2);
		break;
	}
}

static void lie_of_buffers(disk_t *disk)
{
	vm_queue_t *vq = &disk->vm->queue[0];

	if (!vq->enabled || !vm_live(disk->vm))
		return;
	if (chance(2))
		vm_queue_put_used(disk->vm, vq, chance(2) ? rnd(2 * vq->size) :
		    rnd(UINT32_MAX), rnd(UINT32_MAX));
	else
		vm_queue_set_used_idx(disk->vm, vq, rnd(0x10000));
	vm_interrupt(disk->vm, VM_ISR_QUEUE);
}

static void change_mood(disk_t *disk)
{
	unsigned int mood = rnd(MAD_MOODS + 2);

	switch (mood) {
	case MAD_MOODS:
		disk->vm->lie.needs_reset_in = rnd(50) + 1;
		break;
	case MAD_MOODS + 1:
		mad_interrupt(disk->vm);
		break;
	default:
		mad_change_mood(disk->vm, mood);
		break;
	}
}

/** Geometry and size of a block: a capacity and limits that change under the
 * driver's requests prove nothing.
 */
static void lie_of_configuration(disk_t *disk)
{
	unsigned int first = BLK_CONFIG_SEG_MAX + 4;

	disk->vm->config[first + rnd(BLK_CONFIG_BLK_SIZE + 4 - first)] =
	    rnd(256);
	vm_config_changed(disk->vm);
}

static void disk_step(disk_t *disk)
{
	vm_lock(disk->vm);
	switch (rnd(6)) {
	case 0:
	case 1:
		lie_of_answers(disk);
		break;
	case 2:
		lie_of_buffers(disk);
		break;
	case 3:
		lie_of_configuration(disk);
		break;
	case 4:
		change_mood(disk);
		break;
	default:
		vm_interrupt(disk->vm, rnd(256));
		break;
	}
	vm_unlock(disk->vm);
}

static void client_step(disk_t *disk)
{
	static uint8_t data[BLOCKS_MAX * SECTOR];
	size_t count = rnd(BLOCKS_MAX + 1);
	aoff64_t block = chance(8) ? rnd(UINT32_MAX) : rnd(BLK_SECTORS);
	aoff64_t blocks;

	switch (rnd(6)) {
	case 0:
		(void) host_bd_sync(disk->bd, block, count);
		break;
	case 1:
		(void) host_bd_get_num_blocks(disk->bd, &blocks);
		break;
	case 2:
	case 3:
		(void) host_bd_write(disk->bd, block, count, data,
		    count * SECTOR);
		break;
	default:
		(void) host_bd_read(disk->bd, block, count, data,
		    count * SECTOR);
		break;
	}
}

static void calm_down(disk_t *disk)
{
	untimely_end();
	vm_lock(disk->vm);
	disk->blk->status = -1;
	disk->blk->used_len = -1;
	disk->blk->id_off = 0;
	disk->blk->no_status = false;
	disk->blk->silent = false;
	vm_calm(disk->vm);
	vm_unlock(disk->vm);
}

/** The disk comes, and interrupts meanwhile. What the driver asks for may fail
 * the first time.
 */
static void arrive(disk_t *disk)
{
	mad_interrupt_late(disk->vm);
	fault_set(chance(3) ? rnd(40) : 0);
	errno_t rc = disk_add(disk);
	untimely_end();
	if (rc != EOK) {
		EXPECT(fault_hit());
		disk_check_clean();
		EXPECT_EQ(disk_add(disk), EOK);
	}
	fault_set(0);
}

/** The disk goes, and interrupts meanwhile. */
static void leave(disk_t *disk)
{
	mad_interrupt_late(disk->vm);
	disk_leave(disk, chance(4));
	untimely_end();
	disk_check_clean();
	disk_destroy(disk);
}

static void live(void)
{
	static const vm_kind_t of[] = {
		VM_MODERN, VM_MODERN_IO, VM_TRANSITIONAL, VM_LEGACY
	};
	vm_kind_t kind = of[rnd(4)];
	disk_t *disk = disk_create(kind, BLK_F_ALL);

	for (unsigned int bit = 1; bit < 30; bit++) {
		if (chance(4))
			disk->vm->cfg.features &= ~VM_F(bit);
	}
	disk->vm->cfg.queue_size[0] = 4 << rnd(6);
	vm_build(disk->vm);
	arrive(disk);

	host_time_set_speed(MAD_SPEED);
	disk->vm->lie.mad = true;
	mad_interrupt(disk->vm);
	for (unsigned int i = 0; i < STEPS && !rnd_ended(); i++) {
		if (chance(3))
			disk_step(disk);
		else
			client_step(disk);
	}
	calm_down(disk);
	leave(disk);
	host_time_set_speed(1);

	disk = disk_start(kind, BLK_F_ALL);
	disk_expect_transfer(disk, 0, 8, SECTOR, 1);
	disk_end(disk);
}

TEST_ROWS(a_mad_disk_does_no_harm, seed_t, seeds)
{
	rnd_seed(row->seed);
	fprintf(stderr, "%s\n", row->name);
	live();
}

/** The same with the steps that a fuzzer chooses */
int fuzz_virtio_blk(const uint8_t *data, size_t size)
{
	rnd_feed(data, size);
	live();
	return 0;
}

/** @}
 */
