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
/** @file A virtqueue whose used ring anything may happen to
 *
 * The driver adds buffers of any form and takes them back; the device writes
 * whatever it likes wherever it may, and where it may not. A buffer that comes
 * back was in flight, comes back once, and with no more bytes than it had room
 * for; a broken queue stays broken.
 */

#include <errno.h>
#include <macros.h>
#include "../model/idle.h"
#include "input.h"

#define SIZE_MAX_LOG	6
#define SEGS_MAX	4

static const virtio_transport_t transport = {
	.get_queue_size = idle_get_queue_size,
	.enable_queue = idle_enable_queue,
	.notify = idle_notify,
	.size_negotiable = true
};

/** Bytes that each buffer has room for, by cookie; -1 if not in flight */
static int64_t room[1 << SIZE_MAX_LOG];

static void add(virtq_t *vq, input_t *in)
{
	virtq_seg_t segs[SEGS_MAX];
	size_t count = input_u8(in) % SEGS_MAX + 1;
	size_t out = input_u8(in) % (count + 1);
	int64_t writable = 0;
	size_t cookie = 0;

	while (cookie < ARRAY_SIZE(room) && room[cookie] >= 0)
		cookie++;
	if (cookie == ARRAY_SIZE(room))
		return;

	for (size_t i = 0; i < count; i++) {
		segs[i].phys = 0x100000 * (i + 1);
		segs[i].len = input_u16(in) + 1;
		if (i >= out)
			writable += segs[i].len;
	}

	errno_t rc = virtq_add(vq, segs, out, count - out, cookie);
	HOLD(rc == EOK || rc == ELIMIT || (rc == EIO && virtq_is_broken(vq)));
	if (rc == EOK)
		room[cookie] = writable;
}

static void pop(virtq_t *vq)
{
	bool broken = virtq_is_broken(vq);
	size_t cookie;
	uint32_t len;

	errno_t rc = virtq_pop(vq, &cookie, &len);
	HOLD(!broken || rc == EIO);
	HOLD(rc == EOK || rc == ENOENT || (rc == EIO && virtq_is_broken(vq)));
	if (rc != EOK)
		return;
	HOLD(cookie < ARRAY_SIZE(room) && room[cookie] >= 0);
	HOLD(len <= room[cookie]);
	room[cookie] = -1;
}

/** The device uses a buffer that it was given: what an honest one does. */
static void use(virtq_t *vq, input_t *in)
{
	uint16_t idx = vq->used->idx;
	uint16_t any = input_u16(in);

	vq->used->ring[idx % vq->size].id = vq->avail->ring[any % vq->size];
	vq->used->ring[idx % vq->size].len = input_u32(in);
	vq->used->idx = idx + 1;
}

/** The device writes somewhere in the memory that it was given. */
static void scribble(virtq_t *vq, input_t *in)
{
	size_t at = input_u16(in) % vq->rings.size;

	((uint8_t *) vq->rings.virt)[at] = input_u8(in);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	input_t in = { data, size };
	virtio_dev_t dev = {
		.name = "fuzz",
		.transport = &transport,
		.still = true
	};
	virtq_t *vq;

	dev.features = VIRTIO_F_VERSION_1;
	if (input_u8(&in) & 1)
		dev.features |= VIRTIO_F_INDIRECT_DESC;
	if (input_u8(&in) & 1)
		dev.features |= VIRTIO_F_EVENT_IDX;
	for (size_t i = 0; i < ARRAY_SIZE(room); i++)
		room[i] = -1;

	idle_size = 1 << input_u8(&in) % (SIZE_MAX_LOG + 1);
	errno_t rc = virtq_create(&dev, 0, idle_size, SEGS_MAX, &vq);
	HOLD(rc == EOK);

	while (!input_ended(&in)) {
		switch (input_u8(&in) % 8) {
		case 0:
			add(vq, &in);
			break;
		case 1:
			virtq_kick(vq);
			break;
		case 2:
		case 3:
			use(vq, &in);
			break;
		case 4:
			scribble(vq, &in);
			break;
		case 5:
			(void) virtq_enable_irq(vq);
			break;
		case 6:
			virtq_disable_irq(vq);
			break;
		default:
			pop(vq);
			break;
		}
	}

	virtq_destroy(vq);
	return 0;
}

/** @}
 */
