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
/** @file The order of a ring's stores and loads
 *
 * Driver and device each store one word and then load the other's. If either
 * processor swaps the two, both see the old word, and a buffer lies there of
 * which nobody hears. That is rare, so it is tried many times, with both sides
 * as close to each other as two threads can be. What a single model of a
 * device does cannot show it.
 */

#include <barrier.h>
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdint.h>
#include <string.h>
#include "idle.h"
#include "suite.h"

/** Rings that both sides go through, before they wait for each other */
#define RINGS	64
#define ROUNDS	80000

/** Looks at the other side before it is given the processor */
#define SPINS	200

static bool notified[RINGS];

static void notify(ioport16_t *reg, uint16_t index)
{
	(void) reg;
	notified[index] = true;
}

static const virtio_transport_t transport = {
	.get_queue_size = idle_get_queue_size,
	.enable_queue = idle_enable_queue,
	.notify = notify,
	.size_negotiable = true
};

static virtio_dev_t dev;
static virtq_t *rings[RINGS];

/** Steps that each side has begun: no one is ahead of the other */
static atomic_uint steps[2];

static void begin_step(unsigned int side, unsigned int step)
{
	/* By turns the one, then the other is a little later */
	volatile unsigned int late = step / 2 % (side == 0 ? 31 : 29);
	unsigned int spins = 0;

	steps[side] = step;
	while (steps[1 - side] < step) {
		if (++spins % SPINS == 0)
			sched_yield();
	}
	while (late > 0)
		late--;
}

/** What the device does with a ring whose index was @a old; what it sees */
typedef bool (*device_t)(virtq_t *vq, uint16_t old);

/** What it saw in this round */
static bool device_saw[RINGS];

static void *device_main(void *arg)
{
	device_t device = *(device_t *) arg;

	for (unsigned int i = 0; i < ROUNDS; i++) {
		begin_step(1, 2 * i + 1);
		for (unsigned int k = 0; k < RINGS; k++)
			device_saw[k] = device(rings[k], i);
		begin_step(1, 2 * i + 2);
	}
	return NULL;
}

/** Use a buffer, and see whether the driver asks for an interrupt.
 *
 * A ring has one buffer at a time, so its id is 0, as the used ring has it.
 */
static bool use_one(virtq_t *vq, uint16_t old)
{
	ACCESS_ONCE(vq->used->idx) = old + 1;
	memory_barrier();
	return ACCESS_ONCE(*vq->used_event) == old;
}

/** Ask for a notification, and see whether there is a buffer. */
static bool ask_for_one(virtq_t *vq, uint16_t old)
{
	ACCESS_ONCE(*vq->avail_event) = old;
	memory_barrier();
	return ACCESS_ONCE(vq->avail->idx) != old;
}

static void set_up(device_t *device, pthread_t *thread)
{
	memset(&dev, 0, sizeof(dev));
	dev.name = "ring";
	dev.transport = &transport;
	dev.features = VIRTIO_F_EVENT_IDX;
	dev.still = true;
	idle_size = 4;
	for (unsigned int k = 0; k < RINGS; k++)
		EXPECT_EQ(virtq_create(&dev, k, 4, 1, &rings[k]), EOK);
	EXPECT_EQ(pthread_create(thread, NULL, device_main, device), 0);
}

static void tear_down(pthread_t thread)
{
	pthread_join(thread, NULL);
	for (unsigned int k = 0; k < RINGS; k++)
		virtq_destroy(rings[k]);
}

static void add_one(virtq_t *vq)
{
	virtq_seg_t seg = { .phys = 0x10000, .len = 64 };

	EXPECT_EQ(virtq_add(vq, &seg, 0, 1, 0), EOK);
}

static void take_one(virtq_t *vq)
{
	size_t cookie;
	uint32_t len;

	EXPECT_EQ(virtq_pop(vq, &cookie, &len), EOK);
}

TEST(a_buffer_that_is_used_while_interrupts_are_enabled_is_not_left_lying)
{
	device_t device = use_one;
	bool seen[RINGS];
	pthread_t thread;

	set_up(&device, &thread);
	for (unsigned int i = 0; i < ROUNDS; i++) {
		for (unsigned int k = 0; k < RINGS; k++) {
			add_one(rings[k]);
			virtq_kick(rings[k]);
			virtq_disable_irq(rings[k]);
		}
		begin_step(0, 2 * i + 1);
		for (unsigned int k = 0; k < RINGS; k++)
			seen[k] = virtq_enable_irq(rings[k]);
		begin_step(0, 2 * i + 2);
		for (unsigned int k = 0; k < RINGS; k++) {
			EXPECT(seen[k] || device_saw[k]);
			take_one(rings[k]);
		}
	}
	tear_down(thread);
}

TEST(a_buffer_that_is_added_while_the_device_goes_to_sleep_is_not_left_lying)
{
	device_t device = ask_for_one;
	pthread_t thread;

	set_up(&device, &thread);
	for (unsigned int i = 0; i < ROUNDS; i++) {
		/* The last wish was for the last buffer */
		memset(notified, 0, sizeof(notified));
		for (unsigned int k = 0; k < RINGS; k++)
			add_one(rings[k]);
		begin_step(0, 2 * i + 1);
		for (unsigned int k = 0; k < RINGS; k++)
			virtq_kick(rings[k]);
		begin_step(0, 2 * i + 2);
		for (unsigned int k = 0; k < RINGS; k++) {
			EXPECT(notified[k] || device_saw[k]);
			(void) use_one(rings[k], i);
			take_one(rings[k]);
		}
	}
	tear_down(thread);
}

/** @}
 */
