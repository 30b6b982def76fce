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
/** @file virtio-net and a device that does not answer, asks for resets,
 * interrupts at will, or goes away, at every moment
 */

#include <errno.h>
#include <host/model.h>
#include <string.h>
#include <unistd.h>
#include "rig.h"

/** Makes time-outs of seconds short */
#define FAST	100

typedef struct {
	const char *name;
	vm_kind_t kind;
	uint64_t features;
} kind_t;

static const kind_t kinds[] = {
	{ "modern", VM_MODERN, NET_F_ALL },
	{ "modern in I/O ports", VM_MODERN_IO, NET_F_ALL },
	{ "legacy", VM_LEGACY, NET_F_ALL }
};

TEST_ROWS(a_device_that_cannot_be_reset_is_refused, kind_t, kinds)
{
	rig_t *rig = rig_create(row->kind, row->features);

	host_time_set_speed(FAST);
	rig->vm->lie.reset_stuck = true;
	EXPECT_EQ(rig_add(rig), ETIMEOUT);
	EXPECT(rig_logged("no end of reset"));
	rig_check_clean(rig);

	rig->vm->lie.reset_stuck = false;
	EXPECT_EQ(rig_add(rig), EOK);
	host_time_set_speed(1);
	rig_up(rig);
	rig_expect_traffic(rig);
	rig_end(rig);
}

TEST_ROWS(a_slow_reset_is_awaited, kind_t, kinds)
{
	rig_t *rig = rig_create(row->kind, row->features);

	/* Each look takes a millisecond and more */
	rig->vm->cfg.reset_polls = 500;
	EXPECT_EQ(rig_add(rig), EOK);
	rig_up(rig);
	rig_expect_traffic(rig);
	rig_end(rig);
}

TEST_ROWS(memory_of_a_device_that_keeps_running_is_never_freed, kind_t,
    kinds)
{
	rig_t *rig = rig_start(row->kind, row->features);
	host_dma_stats_t stats;

	rig_expect_traffic(rig);
	host_time_set_speed(FAST);
	rig->vm->lie.reset_stuck = true;
	rig->may_leak = true;
	EXPECT_EQ(host_dev_remove(rig->dev), EOK);
	EXPECT(rig_logged("are lost to a device"));
	host_dma_get_stats(&stats);
	EXPECT(stats.live > 0);
	/* It goes on writing where it was told to */
	vm_lock(rig->vm);
	for (vm_chain_t *chain = rig->vm->queue[NET_RX].first; chain;
	    chain = chain->next)
		vm_chain_write(chain, 0, "boo", 3);
	vm_unlock(rig->vm);
	rig_end_client(rig);
	rig_check_clean(rig);
	/* Of a test that ends here on purpose, the leak is wanted */
	_exit(0);
}

TEST_ROWS(a_reset_that_sticks_on_the_way_can_be_tried_again, kind_t, kinds)
{
	rig_t *rig = rig_start(row->kind, row->features);
	const nic_iface_t *iface = rig->client->iface;

	rig_expect_traffic(rig);
	host_time_set_speed(FAST);
	rig->vm->lie.reset_stuck = true;
	EXPECT_EQ(iface->set_state(rig->fun, NIC_STATE_DOWN), EOK);
	EXPECT(iface->set_state(rig->fun, NIC_STATE_ACTIVE) != EOK);
	EXPECT(!rig_receive(rig, 60));
	rig->vm->lie.reset_stuck = false;
	host_time_set_speed(1);
	EXPECT_EQ(iface->set_state(rig->fun, NIC_STATE_ACTIVE), EOK);
	rig_expect_traffic(rig);
	/* Some of its memory is lost for good, and LeakSanitizer says so */
	rig->may_leak = true;
	rig_expect_no_strangers(rig);
	rig_remove(rig);
	rig_check_clean(rig);
	_exit(0);
}

TEST_ROWS(a_device_that_asks_for_a_reset_gets_it, kind_t, kinds)
{
	rig_t *rig = rig_start(row->kind, row->features);

	for (unsigned int i = 0; i < 5; i++) {
		unsigned long starts = rig->vm->starts;

		rig_expect_traffic(rig);
		vm_lock(rig->vm);
		vm_need_reset(rig->vm);
		vm_unlock(rig->vm);
		WAIT_FOR(rig->vm->starts == starts + 1);
		rig_resync(rig);
	}
	EXPECT(rig_logged("needs a reset"));
	rig_expect_traffic(rig);
	rig_end(rig);
}

TEST(a_reset_that_is_asked_for_without_an_interrupt_is_noticed)
{
	rig_t *rig = rig_start(VM_MODERN, NET_F_ALL);
	unsigned long starts = rig->vm->starts;

	host_time_set_speed(20);
	rig->vm->lie.mute = true;
	vm_lock(rig->vm);
	vm_need_reset(rig->vm);
	vm_unlock(rig->vm);
	WAIT_FOR(rig->vm->starts == starts + 1);
	rig->vm->lie.mute = false;
	host_time_set_speed(1);
	rig_resync(rig);
	rig_expect_traffic(rig);
	rig_end(rig);
}

TEST(frames_that_a_reset_took_are_counted)
{
	rig_t *rig = rig_start(VM_MODERN, NET_F_ALL);
	unsigned long starts = rig->vm->starts;
	nic_device_stats_t stats;

	rig->vm->queue[NET_TX].hold = true;
	for (unsigned int i = 0; i < 10; i++)
		EXPECT_EQ(rig_send(rig, 60), EOK);
	vm_lock(rig->vm);
	vm_need_reset(rig->vm);
	vm_unlock(rig->vm);
	WAIT_FOR(rig->vm->starts == starts + 1);
	rig->vm->queue[NET_TX].hold = false;
	rig_resync(rig);
	rig_stats(rig, &stats);
	EXPECT_EQ(stats.send_errors, 10);
	EXPECT_EQ(stats.send_aborted_errors, 10);
	EXPECT_EQ(rig->sent, stats.send_packets);
	rig_end(rig);
}

/** Register accesses of a whole life, to have something happen at each */
static unsigned long accesses_of_a_life(const kind_t *row)
{
	rig_t *rig = rig_start(row->kind, row->features);

	EXPECT_EQ(rig_send(rig, 60), EOK);
	EXPECT(rig_receive(rig, 60));
	WAIT_FOR(rig->received == 1);
	rig_remove(rig);
	unsigned long count = rig->vm->accesses;
	rig_destroy(rig);
	EXPECT(count > 50);
	return count + 5;
}

TEST_ROWS(a_device_may_ask_for_a_reset_at_any_access, kind_t, kinds)
{
	unsigned long count = accesses_of_a_life(row);

	/* Each in one kind, all of them in some */
	for (unsigned long n = 1 + row->kind % 2; n <= count; n += 2) {
		rig_t *rig = rig_create(row->kind, row->features);

		host_time_set_speed(FAST);
		rig->vm->lie.needs_reset_in = n;
		errno_t rc = rig_add(rig);
		if (rc != EOK) {
			host_time_set_speed(1);
			rc = rig_add(rig);
		}
		EXPECT_EQ(rc, EOK);
		rig_connect(rig);
		if (host_nic_bring_up(rig->client, &rig->mac) != EOK) {
			WAIT_FOR(host_nic_bring_up(rig->client, &rig->mac) ==
			    EOK);
		}
		rig_resync(rig);
		rig->strange = 0;
		rig_remove(rig);
		rig_check_clean(rig);
		rig_destroy(rig);
	}
}

TEST_ROWS(a_device_may_vanish_at_any_access, kind_t, kinds)
{
	unsigned long count = accesses_of_a_life(row);

	for (unsigned long n = 1; n <= count; n++) {
		rig_t *rig = rig_create(row->kind, row->features);

		host_time_set_speed(FAST);
		rig->vm->lie.unplug_in = n;
		if (rig_add(rig) == EOK) {
			rig_connect(rig);
			(void) host_nic_bring_up(rig->client, &rig->mac);
			(void) rig_send(rig, 60);
			(void) rig_receive(rig, 60);
			EXPECT_EQ(rig->strange, 0);
			if (n % 2 == 0)
				rig_gone(rig);
			else
				rig_remove(rig);
		}
		rig_check_clean(rig);
		rig_destroy(rig);
	}
}

TEST_ROWS(a_vanished_device_is_replaced, kind_t, kinds)
{
	for (unsigned int i = 0; i < 5; i++) {
		rig_t *rig = rig_start(row->kind, row->features);
		uint8_t frame[FRAME_MIN];

		rig_expect_traffic(rig);
		vm_unplug(rig->vm);
		rig_make_frame(rig, frame, sizeof(frame), 0, true);
		(void) rig_send_raw(rig, frame, sizeof(frame));
		rig_gone(rig);
		rig_check_clean(rig);
		rig_destroy(rig);
	}
}

TEST_ROWS(interrupts_without_a_cause_do_no_harm, kind_t, kinds)
{
	rig_t *rig = rig_start(row->kind, row->features);

	for (unsigned int i = 0; i < 5000; i++) {
		vm_lock(rig->vm);
		vm_interrupt(rig->vm, i % 4);
		vm_unlock(rig->vm);
		if (i % 500 == 0)
			rig_expect_traffic(rig);
	}
	rig_expect_traffic(rig);
	EXPECT_EQ(rig->vm->starts, 2);
	rig_end(rig);
}

TEST_ROWS(lost_interrupts_are_made_up_for, kind_t, kinds)
{
	rig_t *rig = rig_create(row->kind, row->features);

	rig->vm->lie.mute = true;
	host_time_set_speed(20);
	EXPECT_EQ(rig_add(rig), EOK);
	rig_up(rig);
	rig_expect_traffic(rig);
	EXPECT_EQ(rig_receive_burst(rig, 200, 60), 200);
	WAIT_FOR(rig->received == 207);
	rig_end(rig);
}

TEST_ROWS(a_line_that_lost_an_edge_is_let_go, kind_t, kinds)
{
	rig_t *rig = rig_create(row->kind, row->features);

	rig->vm->lie.edges = true;
	host_time_set_speed(20);
	EXPECT_EQ(rig_add(rig), EOK);
	rig_up(rig);
	for (unsigned int i = 0; i < 5; i++) {
		rig->vm->lie.mute = true;
		rig_expect_traffic(rig);
		rig->vm->lie.mute = false;

		unsigned long heard = rig->vm->irqs_heard;
		for (unsigned int k = 0; k < 1000 &&
		    rig->vm->irqs_heard == heard; k++)
			rig_expect_traffic(rig);
		EXPECT(rig->vm->irqs_heard > heard);
	}
	rig_end(rig);
}

typedef struct {
	const char *name;
	int ack;
	/** Answer is refused, or comes not at all */
	bool silent;
} ack_row_t;

static const ack_row_t acks[] = {
	{ "VIRTIO_NET_ERR", 1, false },
	{ "2", 2, false },
	{ "255", 255, false }
};

TEST_ROWS(a_command_that_is_answered_strangely_has_failed, ack_row_t, acks)
{
	rig_t *rig = rig_start(VM_MODERN, NET_F_ALL);
	const nic_iface_t *iface = rig->client->iface;
	nic_address_t mac = { { 2, 2, 2, 2, 2, 2 } };
	unsigned long starts = rig->vm->starts;

	rig->net->lie.ctrl_ack = row->ack;
	EXPECT(iface->set_address(rig->fun, &mac) != EOK);
	/* To pass more frames the device is needed, to pass fewer it is not */
	EXPECT(iface->unicast_set_mode(rig->fun, NIC_UNICAST_PROMISC, NULL,
	    0) != EOK);
	EXPECT_EQ(iface->broadcast_set_mode(rig->fun, NIC_BROADCAST_BLOCKED),
	    EOK);
	rig->net->lie.ctrl_ack = 0;
	EXPECT_EQ(iface->broadcast_set_mode(rig->fun, NIC_BROADCAST_BLOCKED),
	    EOK);
	EXPECT_EQ(iface->set_address(rig->fun, &rig->mac), EOK);
	rig_expect_traffic(rig);
	EXPECT_EQ(rig->vm->starts, starts);
	rig_end(rig);
}

/** libnic filters what the device does not. */
TEST_ROWS(a_device_that_refuses_all_commands_works_without_its_filters,
    kind_t, kinds)
{
	rig_t *rig = rig_create(row->kind, row->features);

	rig->net->lie.ctrl_refuse = NET_REFUSE_ALL;
	EXPECT_EQ(rig_add(rig), EOK);
	rig_up(rig);
	const nic_iface_t *iface = rig->client->iface;
	unsigned long starts = rig->vm->starts;
	rig_expect_traffic(rig);
	EXPECT_EQ(iface->broadcast_set_mode(rig->fun, NIC_BROADCAST_BLOCKED),
	    EOK);
	EXPECT_EQ(iface->broadcast_set_mode(rig->fun, NIC_BROADCAST_ACCEPTED),
	    EOK);
	EXPECT_EQ(iface->unicast_set_mode(rig->fun, NIC_UNICAST_DEFAULT, NULL,
	    0), EOK);
	rig_expect_traffic(rig);
	EXPECT_EQ(rig->vm->starts, starts);
	EXPECT_EQ(rig_count_logged("device refuses command"), 1);
	rig_end(rig);
}

/** What was refused is not told the device when it is set up anew. */
TEST(a_mode_that_was_refused_is_not_kept)
{
	rig_t *rig = rig_start(VM_MODERN, NET_F_ALL);
	const nic_iface_t *iface = rig->client->iface;

	rig_expect_traffic(rig);
	rig->net->lie.ctrl_refuse = NET_REFUSE_ALL;
	EXPECT(iface->unicast_set_mode(rig->fun, NIC_UNICAST_PROMISC, NULL,
	    0) != EOK);
	rig->net->lie.ctrl_refuse = 0;
	vm_lock(rig->vm);
	unsigned long starts = rig->vm->starts;
	vm_need_reset(rig->vm);
	vm_unlock(rig->vm);
	WAIT_FOR(rig->vm->starts > starts);
	WAIT_FOR(rig_receive(rig, 60));
	rig_resync(rig);
	rig_expect_traffic(rig);
	vm_lock(rig->vm);
	EXPECT(!rig->net->filter.alluni && !rig->net->filter.promisc);
	vm_unlock(rig->vm);
	rig_end(rig);
}

TEST(a_command_that_is_never_answered_costs_the_commands_alone)
{
	rig_t *rig = rig_start(VM_MODERN, NET_F_ALL);
	const nic_iface_t *iface = rig->client->iface;
	unsigned long starts = rig->vm->starts;

	rig_expect_traffic(rig);
	host_time_set_speed(FAST);
	rig->net->lie.ctrl_silent = true;
	EXPECT_EQ(iface->broadcast_set_mode(rig->fun, NIC_BROADCAST_BLOCKED),
	    EOK);
	EXPECT(rig_logged("works without commands"));
	WAIT_FOR(rig->vm->starts > starts);
	host_time_set_speed(1);
	/* The restart is over when a frame comes through again */
	WAIT_FOR(rig_receive(rig, 60));
	rig_resync(rig);
	rig_expect_traffic(rig);
	EXPECT(!vm_has(rig->vm, NET_F_CTRL_VQ));
	EXPECT(!rig_logged("resetting device"));
	rig_end(rig);
}

TEST_ROWS(a_device_that_answers_no_command_from_the_start_works_without,
    kind_t, kinds)
{
	rig_t *rig = rig_create(row->kind, row->features);

	host_time_set_speed(FAST);
	rig->net->lie.ctrl_silent = true;
	EXPECT_EQ(rig_add(rig), EOK);
	host_time_set_speed(1);
	rig_up(rig);
	rig_expect_traffic(rig);
	EXPECT(!vm_has(rig->vm, NET_F_CTRL_VQ));
	EXPECT_EQ(rig_count_logged("works without commands"), 1);
	rig_end(rig);
}

TEST_ROWS(whatever_fails_while_a_device_is_added_leaves_nothing_behind,
    kind_t, kinds)
{
	unsigned int n = 0;

	do {
		rig_t *rig = rig_create(row->kind, row->features);

		/* A device without an address needs more steps */
		if (n % 2 == 0)
			rig->vm->cfg.features &= ~NET_F_MAC;
		fault_set(n / 2 + 1);
		errno_t rc = rig_add(rig);
		bool hit = fault_hit();
		fault_set(0);
		if (rc != EOK) {
			EXPECT(hit);
			rig_check_clean(rig);
			EXPECT((rig->vm->driver_status & VM_DRIVER_OK) == 0 ||
			    rig->vm->status == 0);
			EXPECT_EQ(rig_add(rig), EOK);
		}
		rig_up(rig);
		EXPECT_EQ(rig_send(rig, 60), EOK);
		EXPECT(rig_receive(rig, 60));
		WAIT_FOR(rig->received == 1);
		rig_end(rig);
		if (!hit)
			break;
		n++;
	} while (n < 1000);
	EXPECT(n > 20 && n < 1000);
}

TEST_ROWS(whatever_fails_while_a_card_is_activated_can_be_tried_again,
    kind_t, kinds)
{
	for (unsigned int n = 1; n < 100; n++) {
		rig_t *rig = rig_create(row->kind, row->features);

		EXPECT_EQ(rig_add(rig), EOK);
		rig_connect(rig);
		fault_set(n);
		errno_t rc = host_nic_bring_up(rig->client, &rig->mac);
		bool hit = fault_hit();
		fault_set(0);
		if (rc != EOK) {
			EXPECT(hit);
			EXPECT_EQ(host_nic_bring_up(rig->client, &rig->mac),
			    EOK);
		}
		rig_expect_traffic(rig);
		rig_end(rig);
		if (!hit)
			return;
	}
	EXPECT(false);
}

TEST(a_frame_without_memory_for_it_is_counted_and_dropped)
{
	rig_t *rig = rig_start(VM_MODERN, NET_F_ALL);
	nic_device_stats_t stats;

	fault_set(1);
	EXPECT(rig_receive(rig, 60));
	do {
		rig_stats(rig, &stats);
	} while (stats.receive_dropped == 0);
	EXPECT_EQ(stats.receive_errors, 1);
	rig->last_number = rig->next_in - 1;
	rig_expect_traffic(rig);
	rig_end(rig);
}

/** @}
 */
