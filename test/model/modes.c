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
/** @file virtio-net: what is forgotten, and what is said and done once
 */

#include <host/model.h>
#include <string.h>
#include <time.h>
#include "rig.h"

static const nic_address_t other = { { 0x02, 0, 0, 0, 1, 0 } };
static const nic_address_t group = { { 0x33, 0x33, 0, 0, 0, 1 } };

typedef struct {
	const char *name;
	uint64_t features;
} device_t;

static const device_t devices[] = {
	{ "without a filter", NET_F_MAC },
	{ "with CTRL_RX", NET_F_MAC | NET_F_CTRL_VQ | NET_F_CTRL_RX },
	{ "with everything", NET_F_ALL }
};

/** libnic forgets them, and that the card does not filter exactly. */
TEST_ROWS(modes_are_forgotten_after_a_stop, device_t, devices)
{
	rig_t *rig = rig_start(VM_MODERN, row->features);
	const nic_iface_t *iface = rig->client->iface;
	net_filter_t *filter = &rig->net->filter;

	EXPECT_EQ(iface->unicast_set_mode(rig->fun, NIC_UNICAST_PROMISC, NULL,
	    0), EOK);
	EXPECT_EQ(iface->multicast_set_mode(rig->fun, NIC_MULTICAST_PROMISC,
	    NULL, 0), EOK);
	EXPECT(rig_probe(rig, other.address, -1));
	EXPECT(rig_probe(rig, group.address, -1));
	EXPECT_EQ(iface->set_state(rig->fun, NIC_STATE_STOPPED), EOK);
	EXPECT_EQ(iface->set_state(rig->fun, NIC_STATE_ACTIVE), EOK);
	EXPECT(!filter->promisc && !filter->alluni && !filter->allmulti);
	EXPECT(rig_probe(rig, rig->mac.address, -1));
	EXPECT(!rig_probe(rig, other.address, -1));
	EXPECT(!rig_probe(rig, group.address, -1));
	rig_end(rig);
}

TEST(a_link_that_does_not_change_is_not_spoken_of)
{
	rig_t *rig = rig_start(VM_MODERN, NET_F_ALL);
	nic_device_stats_t stats;

	for (unsigned int i = 0; i < 5; i++) {
		unsigned long accesses = rig->vm->accesses;

		net_set_link(rig->net, true);
		WAIT_FOR(rig->vm->accesses > accesses + 2);
	}
	rig_stats(rig, &stats);
	EXPECT_EQ(rig_count_logged("link is"), 0);
	rig_end(rig);
}

TEST(a_way_of_polling_that_changes_while_frames_are_delivered_counts)
{
	rig_t *rig = rig_start(VM_MODERN, NET_F_ALL);
	const nic_iface_t *iface = rig->client->iface;
	vm_queue_t *vq = &rig->vm->queue[NET_RX];

	rig_expect_traffic(rig);
	unsigned long received = rig->received;
	rig->busy = true;
	EXPECT_EQ(rig_receive_burst(rig, 200, 60), 200);
	/* The first batch was taken, and its buffers are back */
	WAIT_FOR(vq->in_flight > 56 && vq->buffers > 256);
	EXPECT_EQ(iface->poll_set_mode(rig->fun, NIC_POLL_ON_DEMAND, NULL),
	    EOK);
	rig->busy = false;
	WAIT_FOR(rig->received > received);
	/* A round of the worker, which the link's change takes */
	net_set_link(rig->net, false);
	WAIT_FOR(rig_cable(rig) == NIC_CS_UNPLUGGED);
	EXPECT(rig->received - received <= 64);

	unsigned long irqs = vq->irqs;
	EXPECT(rig_receive(rig, 60));
	EXPECT_EQ(vq->irqs, irqs);
	EXPECT_EQ(iface->poll_now(rig->fun), EOK);
	WAIT_FOR(rig->received == received + 201);
	EXPECT_EQ(iface->poll_set_mode(rig->fun, NIC_POLL_IMMEDIATE, NULL),
	    EOK);
	rig_expect_traffic(rig);
	rig_end(rig);
}

/** What the last mode left in the ring waits for a request. */
TEST(a_change_to_polling_on_demand_delivers_nothing)
{
	rig_t *rig = rig_start(VM_MODERN, NET_F_ALL);
	const nic_iface_t *iface = rig->client->iface;
	struct timespec period = { .tv_sec = 10000 };

	EXPECT_EQ(iface->poll_set_mode(rig->fun, NIC_POLL_PERIODIC, &period),
	    EOK);
	EXPECT(rig_receive(rig, 60));
	EXPECT_EQ(iface->poll_set_mode(rig->fun, NIC_POLL_ON_DEMAND, NULL),
	    EOK);
	/* A round of the worker, which the link's change takes */
	net_set_link(rig->net, false);
	WAIT_FOR(rig_cable(rig) == NIC_CS_UNPLUGGED);
	EXPECT_EQ(rig->received, 0);
	EXPECT_EQ(iface->poll_now(rig->fun), EOK);
	WAIT_FOR(rig->received == 1);
	rig_end(rig);
}

/** Milliseconds of the machine's clock */
static long long uptime(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

/** Each second without a fault forgives one. */
TEST(a_device_that_is_at_fault_now_and_then_is_not_given_up)
{
	rig_t *rig = rig_start(VM_MODERN, NET_F_ALL);

	host_time_set_speed(50);
	for (unsigned int i = 0; i < 20; i++) {
		unsigned long starts = rig->vm->starts;

		vm_lock(rig->vm);
		vm_need_reset(rig->vm);
		vm_unlock(rig->vm);
		WAIT_FOR(rig->vm->starts == starts + 1);
		/* Two and a half of the fibrils' seconds */
		long long until = uptime() + 50;
		WAIT_FOR(uptime() > until);
	}
	host_time_set_speed(1);
	EXPECT_EQ(rig_count_logged("given up"), 0);
	rig_resync(rig);
	rig_expect_traffic(rig);
	rig_end(rig);
}

/** Each frame is taken for a look of its own, not for a watchdog's, which
 * reads registers.
 */
TEST(a_device_with_no_interrupt_line_is_polled)
{
	rig_t *rig = rig_create(VM_MODERN, NET_F_ALL);

	rig->vm->cfg.irq = -1;
	vm_build(rig->vm);
	EXPECT_EQ(rig_add(rig), EOK);
	rig_up(rig);
	vm_queue_t *vq = &rig->vm->queue[NET_RX];
	unsigned long accesses = rig->vm->accesses - vq->kicks;
	for (unsigned int i = 0; i < 40; i++) {
		unsigned long received = rig->received + 1;

		EXPECT(rig_receive(rig, 60));
		WAIT_FOR(rig->received == received);
	}
	/* The watchdog reads registers each time; the polls read none */
	EXPECT(rig->vm->accesses - vq->kicks - accesses < 40);
	rig_end(rig);
}

/** @}
 */
