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
/** @file virtio-net with the fibrils' clock stopped
 *
 * No watchdog looks and no wait ends by itself: what is not done here for an
 * interrupt or for a post is never done.
 */

#include <host/model.h>
#include <pthread.h>
#include <string.h>
#include "rig.h"

typedef struct {
	const char *name;
	vm_kind_t kind;
	uint64_t features;
	uint64_t less;
} kind_t;

static const kind_t kinds[] = {
	{ "modern", VM_MODERN, NET_F_ALL, 0 },
	{ "modern, with flags", VM_MODERN, NET_F_ALL, VM_F_EVENT_IDX },
	{ "modern in I/O ports", VM_MODERN_IO, NET_F_ALL, 0 },
	{ "legacy", VM_LEGACY, NET_F_ALL, 0 }
};

/** A card that is up, with the clock stopped; a reset of it takes no time. */
static rig_t *start_unwatched(const kind_t *row)
{
	rig_t *rig = rig_create(row->kind, row->features);

	rig->vm->cfg.features &= ~row->less;
	rig->vm->cfg.reset_polls = 0;
	EXPECT_EQ(rig_add(rig), EOK);
	rig_up(rig);
	rig_expect_traffic(rig);
	host_time_set_speed(0);
	return rig;
}

static void end_unwatched(rig_t *rig)
{
	host_time_set_speed(1);
	rig_end(rig);
}

TEST_ROWS(each_frame_is_delivered_for_its_interrupt, kind_t, kinds)
{
	rig_t *rig = start_unwatched(row);

	for (unsigned int i = 0; i < 200; i++) {
		unsigned long received = rig->received + 1;

		EXPECT(rig_receive(rig, 60));
		WAIT_FOR(rig->received == received);
		host_irq_drain();
	}
	rig_expect_traffic(rig);
	end_unwatched(rig);
}

TEST(each_device_of_a_line_hears_of_its_own)
{
	rig_t *a = start_unwatched(&kinds[0]);
	host_time_set_speed(1);
	rig_t *b = start_unwatched(&kinds[3]);

	for (unsigned int i = 0; i < 20; i++) {
		rig_expect_traffic(i % 2 == 0 ? a : b);
		rig_expect_traffic(b);
	}
	rig_expect_traffic(a);
	host_time_set_speed(1);
	rig_expect_no_strangers(a);
	rig_remove(a);
	rig_end(b);
	rig_destroy(a);
}

/** Frames come as soon as there are buffers. */
TEST_ROWS(frames_that_are_there_before_the_first_wish_are_delivered, kind_t,
    kinds)
{
	kind_t quiet = *row;

	/* The end of a command would wake the worker */
	quiet.less |= NET_F_CTRL_VQ;
	rig_t *rig = start_unwatched(&quiet);
	const nic_iface_t *iface = rig->client->iface;

	for (unsigned int i = 0; i < 20; i++) {
		EXPECT_EQ(iface->set_state(rig->fun, NIC_STATE_DOWN), EOK);
		EXPECT_EQ(iface->set_state(rig->fun, NIC_STATE_ACTIVE), EOK);
		unsigned long received = rig->received + 1;
		EXPECT(rig_receive(rig, 60));
		WAIT_FOR(rig->received == received);
	}
	rig_expect_traffic(rig);
	end_unwatched(rig);
}

TEST_ROWS(the_link_is_heard_of, kind_t, kinds)
{
	rig_t *rig = start_unwatched(row);

	for (unsigned int i = 0; i < 5; i++) {
		net_set_link(rig->net, false);
		WAIT_FOR(rig_cable(rig) == NIC_CS_UNPLUGGED);
		net_set_link(rig->net, true);
		WAIT_FOR(rig_cable(rig) == NIC_CS_PLUGGED);
	}
	rig_expect_traffic(rig);
	end_unwatched(rig);
}

TEST_ROWS(a_wish_for_a_reset_is_heard_of, kind_t, kinds)
{
	rig_t *rig = start_unwatched(row);
	unsigned long starts = rig->vm->starts;

	vm_lock(rig->vm);
	vm_need_reset(rig->vm);
	vm_unlock(rig->vm);
	WAIT_FOR(rig->vm->starts == starts + 1);
	WAIT_FOR(rig->vm->queue[NET_RX].in_flight > 0);
	rig_resync(rig);
	rig_expect_traffic(rig);
	end_unwatched(rig);
}

TEST(an_announcement_that_is_asked_for_is_made)
{
	rig_t *rig = start_unwatched(&kinds[0]);

	net_announce(rig->net);
	WAIT_FOR(rig->net->announce_acks == 1);
	rig_expect_traffic(rig);
	end_unwatched(rig);
}

static void *set_mode(void *arg)
{
	rig_t *rig = arg;

	EXPECT_EQ(rig->client->iface->multicast_set_mode(rig->fun,
	    NIC_MULTICAST_PROMISC, NULL, 0), EOK);
	return NULL;
}

TEST_ROWS(who_waits_for_an_answer_is_woken_by_it, kind_t, kinds)
{
	rig_t *rig = start_unwatched(row);
	vm_queue_t *vq = &rig->vm->queue[NET_CTRL];
	pthread_t thread;

	vq->hold = true;
	EXPECT(pthread_create(&thread, NULL, set_mode, rig) == 0);
	/* Several commands, each answered once the driver waits */
	while (!rig->net->filter.allmulti) {
		WAIT_FOR(vq->kicks > 0 && vq->buffers > 0);
		vm_lock(rig->vm);
		bool asks = vm_queue_first(rig->vm, vq) != NULL;
		vq->used_idx++;
		bool waits = asks && vm_queue_wants_irq(rig->vm, vq);
		vq->used_idx--;
		if (waits)
			net_ctrl_available(rig->net);
		vm_unlock(rig->vm);
	}
	vq->hold = false;
	vm_lock(rig->vm);
	net_ctrl_available(rig->net);
	vm_unlock(rig->vm);
	pthread_join(thread, NULL);
	rig_expect_traffic(rig);
	end_unwatched(rig);
}

TEST_ROWS(interrupts_deliver_nothing_while_the_client_polls, kind_t, kinds)
{
	rig_t *rig = start_unwatched(row);
	const nic_iface_t *iface = rig->client->iface;
	unsigned long received = rig->received;

	EXPECT_EQ(iface->poll_set_mode(rig->fun, NIC_POLL_ON_DEMAND, NULL),
	    EOK);
	EXPECT(rig_receive(rig, 60));
	/* One that comes in spite of the driver's wish, for another queue */
	vm_lock(rig->vm);
	vm_interrupt(rig->vm, VM_ISR_QUEUE);
	vm_unlock(rig->vm);
	host_irq_drain();
	/* A round of the worker, which the link's change takes */
	net_set_link(rig->net, false);
	WAIT_FOR(rig_cable(rig) == NIC_CS_UNPLUGGED);
	net_set_link(rig->net, true);
	WAIT_FOR(rig_cable(rig) == NIC_CS_PLUGGED);
	EXPECT_EQ(rig->received, received);
	EXPECT_EQ(iface->poll_now(rig->fun), EOK);
	WAIT_FOR(rig->received == received + 1);
	EXPECT_EQ(iface->poll_set_mode(rig->fun, NIC_POLL_IMMEDIATE, NULL),
	    EOK);
	rig_expect_traffic(rig);
	end_unwatched(rig);
}

/** @}
 */
