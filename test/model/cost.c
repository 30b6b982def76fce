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
/** @file Frames one way, as many as are asked for: what one costs is counted
 * from outside, see cost.sh
 */

#include <stdlib.h>
#include "rig.h"

/** Frames that are received at once */
#define BATCH	64

typedef struct {
	const char *name;
	void (*move)(rig_t *, unsigned int);
} way_t;

static void send_all(rig_t *rig, unsigned int count)
{
	uint8_t frame[FRAME_MIN];

	rig_make_frame(rig, frame, sizeof(frame), 0, true);
	for (unsigned int i = 0; i < count; i++)
		EXPECT_EQ(rig_send_raw(rig, frame, sizeof(frame)), EOK);
	EXPECT_EQ(rig->sent, count);
}

static void receive_by(rig_t *rig, unsigned int count, unsigned int batch)
{
	for (unsigned int i = 0; i < count; i += batch) {
		EXPECT_EQ(rig_receive_burst(rig, batch, FRAME_MIN), batch);
		WAIT_FOR(rig->received == i + batch);
		rig_rest(rig);
	}
}

static void receive_in_batches(rig_t *rig, unsigned int count)
{
	receive_by(rig, count, BATCH);
}

static void receive_alone(rig_t *rig, unsigned int count)
{
	receive_by(rig, count, 1);
}

static const way_t ways[] = {
	{ "sent", send_all },
	{ "received in batches of 64", receive_in_batches },
	{ "received alone", receive_alone }
};

TEST_ROWS(frames_whose_cost_is_counted_get_through, way_t, ways)
{
	const char *count = getenv("MODEL_FRAMES");
	rig_t *rig = rig_start(VM_MODERN, NET_F_ALL);

	row->move(rig, count == NULL ? BATCH : atoi(count));
	rig->sent_out_of_order = 0;
	rig_end(rig);
}

/** @}
 */
