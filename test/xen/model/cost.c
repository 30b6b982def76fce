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

/** @file
 * Frames whose cost is counted from outside, see test/cost
 */

#include <string.h>
#include "../../model/cost_rows.h"
#include "rig.h"

static void send(size_t size)
{
	rig_send(size, 0x55);
}

static void receive(unsigned int count, size_t size)
{
	static uint8_t frame[RIG_FRAME_MAX];
	xen_netif_rx_response_t rsp[COST_BATCH];
	unsigned int received = rig_received + count;

	rig_make_frame(frame, size, 0x66);
	for (unsigned int i = 0; i < count; i++) {
		rsp[i] = (xen_netif_rx_response_t) {
			.id = netback_take_rx_id(),
			.status = (int16_t) size
		};
		netback_fill(rsp[i].id, 0, frame, size);
	}
	netback_respond_rx_all(rsp, count);
	WAIT_FOR(rig_received == received);
	host_irq_drain();
}

TEST(frames_whose_cost_is_counted_get_through)
{
	static const size_t sizes[] = { 60, 590, 1514 };
	static const cost_card_t card = {
		.name = "xen-netfront",
		.batch = COST_BATCH,
		.send = send,
		.receive = receive
	};

	rig_start_up(true);
	cost_rows(&card, sizes, sizeof(sizes) / sizeof(sizes[0]));
	rig_finish();
}
