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
/** @file The device writes into the used ring at the moment at which it is read
 *
 * The processor's trap flag stops the driver after each instruction in turn,
 * and the device writes there. What the driver then says is true of the ring
 * before or after that: a value that is fetched twice would be checked, and
 * another one be used.
 */

/* No threads here; and each instruction of ThreadSanitizer's would be a step */
#if defined(__x86_64__) && !defined(__SANITIZE_THREAD__)

#include <errno.h>
#include <macros.h>
#include "idle.h"
#include "step.h"
#include "suite.h"

#define SIZE		8
#define WRITABLE	100
#define COOKIE		30

typedef struct {
	const char *name;
	/** What the used entry and index become */
	uint32_t id;
	uint32_t len;
	uint16_t idx;
	/** What the driver makes of them */
	errno_t rc;
	size_t cookie;
	uint32_t taken;
} change_t;

/* At first the entry says that the first of two buffers was filled with 50 */
static const change_t changes[] = {
	{ "an id past the ring", 0x10000, 50, 1, EIO, 0, 0 },
	{ "the largest id", UINT32_MAX, 50, 1, EIO, 0, 0 },
	{ "the id of the other buffer", 1, 50, 1, EOK, COOKIE + 1, 50 },
	{ "an id that is not in flight", 5, 50, 1, EIO, 0, 0 },
	{ "a length", 0, UINT32_MAX, 1, EOK, COOKIE, WRITABLE },
	{ "an index that goes back", 0, 50, 0xffff, EIO, 0, 0 },
	{ "an index too far", 0, 50, 3, EIO, 0, 0 },
	{ "no index", 0, 50, 0, ENOENT, 0, 0 }
};

static virtq_used_t *used;
static const change_t *change;

static const virtio_transport_t transport = {
	.get_queue_size = idle_get_queue_size,
	.enable_queue = idle_enable_queue,
	.notify = idle_notify,
	.native_endian = true
};

/** The device writes. */
__attribute__((no_sanitize("thread")))
static void write_entry(void)
{
	used->ring[0].id = change->id;
	used->ring[0].len = change->len;
	used->idx = change->idx;
}

/** Take a buffer, while the ring changes after so many instructions.
 *
 * @param steps  Number of instructions
 * @param before How often the driver saw what was there before
 * @param after  How often it saw the change
 * @return If there were so many
 */
static bool pop(unsigned int steps, unsigned int *before, unsigned int *after)
{
	virtio_dev_t dev = {
		.name = "model",
		.transport = &transport,
		.still = true
	};
	virtq_t *vq;
	size_t cookie = 0;
	uint32_t len = 0;

	idle_size = SIZE;
	EXPECT_EQ(virtq_create(&dev, 0, SIZE, 1, &vq), EOK);
	for (size_t i = 0; i < 2; i++) {
		virtq_seg_t seg = { .phys = 0x1000 * (i + 1), .len = WRITABLE };
		EXPECT_EQ(virtq_add(vq, &seg, 0, 1, COOKIE + i), EOK);
	}
	virtq_kick(vq);
	used = vq->used;
	used->ring[0].id = vq->avail->ring[0];
	used->ring[0].len = 50;
	used->idx = 1;

	step_begin(steps);
	errno_t rc = virtq_pop(vq, &cookie, &len);
	bool changed = step_end();
	virtq_destroy(vq);
	if (!changed)
		return false;

	if (rc == EOK && cookie == COOKIE && len == 50) {
		(*before)++;
		return true;
	}
	EXPECT_EQ(rc, change->rc);
	if (rc == EOK) {
		EXPECT_EQ(cookie, change->cookie);
		EXPECT_EQ(len, change->taken);
	}
	(*after)++;
	return true;
}

TEST_ROWS(a_used_entry_that_changes_while_it_is_read_is_read_once, change_t,
    changes)
{
	unsigned int before = 0;
	unsigned int after = 0;

	change = row;
	step_prepare(write_entry);
	for (unsigned int steps = 1; pop(steps, &before, &after); steps++)
		;
	EXPECT(before > 0);
	EXPECT(after > 0);
}

#endif

/** @}
 */
