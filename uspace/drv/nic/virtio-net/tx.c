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


/** @addtogroup virtio-net
 * @{
 */
/**
 * @file
 * @brief Frames in the transmit ring: the library's operations
 */

#include <errno.h>
#include <macros.h>
#include <mem.h>
#include "virtio-net.h"

/** One that is broken works again after the reset that was posted. */
bool vnet_tx_ready(ringnic_t *rn)
{
	return !virtq_is_broken(vnet_of(rn)->txq);
}

void vnet_tx_put(ringnic_t *rn, size_t i, const void *data, size_t size)
{
	vnet_t *net = vnet_of(rn);
	uint8_t *buf = vnet_pool_virt(&net->tx, i);
	uintptr_t phys = vnet_pool_phys(&net->tx, i);

	/*
	 * 5.1.6.2: with no offload negotiated the header is all zeroes
	 * (num_buffers too), as it was when the memory came.
	 */
	memcpy(buf + net->hdr_len, data, size);

	if (net->any_layout) {
		virtq_seg_t seg = { .phys = phys, .len = net->hdr_len + size };
		(void) virtq_add(net->txq, &seg, 1, 0, i);
	} else {
		/* 5.1.6.6: the header has a descriptor of its own */
		virtq_seg_t segs[] = {
			{ .phys = phys, .len = net->hdr_len },
			{ .phys = phys + net->hdr_len, .len = size }
		};
		(void) virtq_add(net->txq, segs, ARRAY_SIZE(segs), 0, i);
	}

	virtq_kick(net->txq);
}

errno_t vnet_tx_done(ringnic_t *rn, size_t *i)
{
	vnet_t *net = vnet_of(rn);
	uint32_t used;

	if (net->txq == NULL)
		return ENOENT;

	errno_t rc = virtq_pop(net->txq, i, &used);
	if (rc == EIO)
		ringnic_post(rn, VNET_EV_RESTART);
	return rc;
}

bool vnet_tx_events_on(ringnic_t *rn, size_t after)
{
	return virtq_enable_irq_after(vnet_of(rn)->txq, after);
}

void vnet_tx_events_off(ringnic_t *rn)
{
	virtq_disable_irq(vnet_of(rn)->txq);
}

/** @}
 */
