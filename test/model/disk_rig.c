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
 */

#include <errno.h>
#include <host/ddf.h>
#include <host/model.h>
#include <stdlib.h>
#include <string.h>
#include "disk_rig.h"
#include "fault.h"
#include "logged.h"
#include "suite.h"
#include "untimely.h"

#define DRIVER	"virtio-blk"

extern int virtio_blk_main(int, char *[]);

static disk_t *watched;

static void before_free(void *arg, uint64_t phys, size_t size)
{
	(void) arg;
	untimely_step();
	if (watched != NULL && watched->vm->fn != NULL)
		DEMAND(CLEANUP, !vm_holds(watched->vm, phys, size),
		    "frees %zu bytes at 0x%llx, which are the device's", size,
		    (unsigned long long) phys);
}

static const host_hooks_t hooks = {
	.dma_before_free = before_free,
	.dma_before_alloc = fault_dma,
	.irq_before_subscribe = fault_irq,
	.pio_before_enable = fault_pio
};

/** A disk that is not plugged in yet */
disk_t *disk_create(vm_kind_t kind, uint64_t features)
{
	static bool started;

	if (!started) {
		started = true;
		logged_begin();
		host_set_hooks(&hooks);
		EXPECT(host_driver_start(virtio_blk_main, DRIVER) == EOK);
	}
	disk_t *disk = calloc(1, sizeof(disk_t));
	if (disk == NULL)
		abort();
	disk->blk = blk_create(kind, features);
	disk->vm = disk->blk->vm;
	watched = disk;
	return disk;
}

/** Plug the disk in, if it is not yet, and give it to the driver. */
errno_t disk_add(disk_t *disk)
{
	if (disk->vm->fn == NULL)
		vm_plug(disk->vm);
	disk->sess = host_pci_sess_create(disk->vm->fn);
	errno_t rc = host_dev_add(DRIVER, "vblk", disk->sess, &disk->dev);
	if (rc != EOK) {
		host_pci_sess_destroy(disk->sess);
		return rc;
	}
	disk->fun = host_dev_get_fun(disk->dev, NULL);
	EXPECT_EQ(host_bd_open(disk->fun, &disk->bd), EOK);
	return EOK;
}

/** All of it */
disk_t *disk_start(vm_kind_t kind, uint64_t features)
{
	disk_t *disk = disk_create(kind, features);

	EXPECT_EQ(disk_add(disk), EOK);
	return disk;
}

/** Nothing of the driver is left. */
void disk_check_clean(void)
{
	host_dma_stats_t stats;

	/* The server's side of the client's session ends a little later */
	WAIT_FOR(host_ddf_objects() == 0);
	host_dma_get_stats(&stats);
	EXPECT_EQ(stats.live, 0);
	EXPECT_EQ(host_pio_mapped(), 0);
}

/** The driver gives the disk up, or hears that it has gone; there may be
 * others.
 */
void disk_leave(disk_t *disk, bool gone)
{
	EXPECT_EQ(gone ? host_dev_gone(disk->dev) :
	    host_dev_remove(disk->dev), EOK);
	host_bd_close(disk->bd);
	host_fun_put(disk->fun);
	host_pci_sess_destroy(disk->sess);
}

/** The same for the only one */
void disk_remove(disk_t *disk, bool gone)
{
	disk_leave(disk, gone);
	disk_check_clean();
}

void disk_destroy(disk_t *disk)
{
	watched = NULL;
	blk_destroy(disk->blk);
	free(disk);
	logged_clear();
}

/** All of it, with nothing left */
void disk_end(disk_t *disk)
{
	disk_remove(disk, false);
	disk_destroy(disk);
}

/** Write a pattern, read it back, look at it on the disk. */
void disk_expect_transfer(disk_t *disk, aoff64_t block, size_t count,
    size_t block_size, uint8_t seed)
{
	size_t size = count * block_size;
	uint8_t *out = calloc(1, size);
	uint8_t *in = malloc(size);

	for (size_t i = 0; i < size; i++)
		out[i] = seed + i * 7 + i / 251;
	EXPECT_EQ(host_bd_write(disk->bd, block, count, out, size), EOK);
	EXPECT(memcmp(disk->blk->data + block * block_size, out, size) == 0);
	memset(in, 0, size);
	EXPECT_EQ(host_bd_read(disk->bd, block, count, in, size), EOK);
	EXPECT(memcmp(in, out, size) == 0);
	free(in);
	free(out);
}

/** Thread that reads a block
 *
 * @param arg disk_read_t
 */
void *disk_read(void *arg)
{
	const disk_read_t *read = arg;
	host_bd_t *bd = read->disk->bd;
	uint8_t data[512];

	if (read->apart)
		EXPECT_EQ(host_bd_open(read->disk->fun, &bd), EOK);
	EXPECT_EQ(host_bd_read(bd, 0, 1, data, sizeof(data)), read->outcome);
	if (read->apart)
		host_bd_close(bd);
	return NULL;
}

/** @}
 */
