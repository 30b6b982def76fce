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
/** @file Frames whose cost is counted from outside, see test/cost
 */

#include "cost_rows.h"
#include "rig.h"

#define CARDS_MAX	4

/** Frames that are received at once, where queues are small */
#define BATCH_SMALL	8

typedef struct {
	const char *name;
	vm_kind_t kind;
	unsigned int batch;
	/** Of both queues; 0: as the model has it */
	uint16_t queue_size;
	unsigned int cards;
} setup_t;

static rig_t *rigs[CARDS_MAX];
static unsigned int rig_count;

/** The next card, in turn */
static rig_t *next_rig(void)
{
	static unsigned int next;

	return rigs[next++ % rig_count];
}

static void send(size_t size)
{
	static uint8_t frame[FRAME_MAX];
	rig_t *rig = next_rig();

	rig_make_frame(rig, frame, size, 0, true);
	EXPECT_EQ(rig_send_raw(rig, frame, size), EOK);
}

static void receive(unsigned int count, size_t size)
{
	rig_t *rig = next_rig();
	unsigned long received = rig->received + count;

	EXPECT_EQ(rig_receive_burst(rig, count, size), count);
	WAIT_FOR(rig->received == received);
	rig_rest(rig);
}

static void run(const setup_t *setup, const size_t *sizes, size_t count)
{
	const cost_card_t card = {
		.name = setup->name,
		.batch = setup->batch,
		.send = send,
		.receive = receive
	};

	rig_count = setup->cards;
	for (unsigned int i = 0; i < rig_count; i++) {
		rigs[i] = rig_create(setup->kind, NET_F_ALL);
		if (setup->queue_size != 0) {
			rigs[i]->vm->cfg.queue_size[NET_RX] = setup->queue_size;
			rigs[i]->vm->cfg.queue_size[NET_TX] = setup->queue_size;
		}
		EXPECT_EQ(rig_add(rigs[i]), EOK);
		rig_up(rigs[i]);
	}
	cost_rows(&card, sizes, count);
	for (unsigned int i = 0; i < rig_count; i++) {
		EXPECT(rigs[i]->sent > 0);
		rigs[i]->sent_out_of_order = 0;
		rig_expect_no_strangers(rigs[i]);
		rig_remove(rigs[i]);
	}
	for (unsigned int i = 0; i < rig_count; i++) {
		rig_check_clean(rigs[i]);
		rig_destroy(rigs[i]);
	}
}

static const setup_t kinds[] = {
	{ "virtio-net modern", VM_MODERN, COST_BATCH, 0, 1 },
	{ "virtio-net legacy", VM_LEGACY, COST_BATCH, 0, 1 }
};

TEST_ROWS(frames_whose_cost_is_counted_get_through, setup_t, kinds)
{
	static const size_t sizes[] = { FRAME_MIN, 590, FRAME_MAX };

	run(row, sizes, sizeof(sizes) / sizeof(sizes[0]));
}

static const setup_t grown[] = {
	{ "queues of 16", VM_MODERN, BATCH_SMALL, 16, 1 },
	{ "queues of 64", VM_MODERN, BATCH_SMALL, 64, 1 },
	{ "queues of 256", VM_MODERN, BATCH_SMALL, 256, 1 },
	{ "queues of 1024", VM_MODERN, BATCH_SMALL, 1024, 1 },
	{ "1 card", VM_MODERN, BATCH_SMALL, 256, 1 },
	{ "2 cards", VM_MODERN, BATCH_SMALL, 256, 2 },
	{ "4 cards", VM_MODERN, BATCH_SMALL, 256, 4 }
};

TEST_ROWS(frames_of_more_cards_and_queues_get_through, setup_t, grown)
{
	static const size_t size = 590;

	run(row, &size, 1);
}

/** @}
 */
