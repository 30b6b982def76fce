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
/** @file The model itself: each clause of the rings and registers is watched
 *
 * A driver that does what it must up to some point and then breaks one clause.
 * The test's process must end by just that clause.
 */

#include <ddi.h>
#include <host/model.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "bad.h"

OFFENCE(status_clear)
{
	bad_to_features_ok(bad);
	bad_wr(bad, STATUS, 1, 9);
}

OFFENCE(status_failed)
{
	bad_to_driver(bad);
	bad_wr(bad, STATUS, 1, 0x83);
	bad_wr(bad, STATUS, 1, 0x8b);
}

OFFENCE(feature_offered)
{
	bad_to_driver(bad);
	bad_write_features(bad, VM_F_VERSION_1 | VM_F(40));
}

OFFENCE(feature_depends)
{
	bad_to_features_ok(bad);
}

OFFENCE(config_generation)
{
	bad_to_features_ok(bad);
	(void) bad_rd(bad, DEVICE + 0, 1);
	(void) bad_rd(bad, DEVICE + 1, 1);
}

OFFENCE(config_generation_open)
{
	bad_to_features_ok(bad);
	(void) bad_rd(bad, GENERATION, 1);
	(void) bad_rd(bad, DEVICE + 0, 1);
	(void) bad_rd(bad, DEVICE + 1, 1);
	(void) bad_rd(bad, STATUS, 1);
}

OFFENCE(config_optional)
{
	bad_to_features_ok(bad);
	(void) bad_rd(bad, DEVICE + NET_CONFIG_PAIRS, 2);
}

OFFENCE(queue_align)
{
	bad->ring[0].phys += 8;
	bad_to_queues(bad);
}

OFFENCE(writable_last)
{
	bad_to_driver_ok(bad);
	bad_put_desc(bad, NET_CTRL, 0, bad->buf, 2, VM_DESC_NEXT |
	    VM_DESC_WRITE, 1);
	bad_put_desc(bad, NET_CTRL, 1, bad->buf, 2, 0, 0);
	bad_make_available(bad, NET_CTRL, 0);
	bad_notify(bad, NET_CTRL);
}

OFFENCE(chain_loop)
{
	bad_to_driver_ok(bad);
	bad_put_desc(bad, NET_TX, 0, bad->buf, 64, VM_DESC_NEXT, 1);
	bad_put_desc(bad, NET_TX, 1, bad->buf, 64, VM_DESC_NEXT, 0);
	bad_send_desc_0(bad);
}

OFFENCE(desc_next)
{
	bad_to_driver_ok(bad);
	bad_put_desc(bad, NET_TX, 0, bad->buf, 64, VM_DESC_NEXT, SIZE);
	bad_send_desc_0(bad);
}

OFFENCE(desc_memory)
{
	bad_to_driver_ok(bad);
	bad_put_desc(bad, NET_TX, 0, bad->buf + 4090, 64, 0, 0);
	bad_send_desc_0(bad);
}

OFFENCE(desc_memory_shared)
{
	bad_to_driver_ok(bad);
	bad_put_desc(bad, NET_RX, 0, bad->buf, 1600, VM_DESC_WRITE, 0);
	bad_put_desc(bad, NET_RX, 1, bad->buf + 1599, 1600, VM_DESC_WRITE, 0);
	bad_make_available(bad, NET_RX, 0);
	bad_make_available(bad, NET_RX, 1);
	bad_notify(bad, NET_RX);
	vm_queue_look(bad->vm, &bad->vm->queue[NET_RX]);
}

static void put_table(bad_t *bad, uint32_t len, uint16_t flags,
    uint16_t inner_flags, uint16_t inner_next)
{
	vm_desc_t inner = { bad->buf, 64, inner_flags, inner_next };

	memset(bad->buf_virt, 0, 4096);
	for (unsigned int i = 0; i < 32; i++)
		memcpy(bad->buf_virt + 1024 + 16 * i, &inner, sizeof(inner));
	bad_put_desc(bad, NET_TX, 0, bad->buf + 1024, len, flags, 1);
	bad_send_desc_0(bad);
}

OFFENCE(indirect_feature)
{
	bad_to_driver_ok(bad);
	put_table(bad, 16, VM_DESC_INDIRECT, 0, 0);
}

OFFENCE(indirect_nested)
{
	bad_to_driver_ok(bad);
	put_table(bad, 16, VM_DESC_INDIRECT, VM_DESC_INDIRECT, 0);
}

OFFENCE(indirect_next)
{
	bad_to_driver_ok(bad);
	put_table(bad, 16, VM_DESC_INDIRECT | VM_DESC_NEXT, 0, 0);
}

OFFENCE(indirect_length)
{
	bad_to_driver_ok(bad);
	put_table(bad, 24, VM_DESC_INDIRECT, 0, 0);
}

OFFENCE(indirect_loop)
{
	bad_to_driver_ok(bad);
	put_table(bad, 32, VM_DESC_INDIRECT, VM_DESC_NEXT, 0);
}

OFFENCE(chain_long)
{
	bad_to_driver_ok(bad);
	memset(bad->buf_virt, 0, 4096);
	for (unsigned int i = 0; i < 32; i++) {
		vm_desc_t inner = { bad->buf, 64, VM_DESC_NEXT, i + 1 };
		memcpy(bad->buf_virt + 1024 + 16 * i, &inner, sizeof(inner));
	}
	bad_put_desc(bad, NET_TX, 0, bad->buf + 1024, 32 * 16, VM_DESC_INDIRECT,
	    0);
	bad_send_desc_0(bad);
}

OFFENCE(avail_decrement)
{
	bad_to_driver_ok(bad);
	bad_put_frame(bad, 60);
	bad_send_desc_0(bad);
	bad->avail[NET_TX] -= 2;
	bad_send_desc_0(bad);
}

OFFENCE(avail_head)
{
	bad_to_driver_ok(bad);
	bad_make_available(bad, NET_TX, SIZE);
	bad_notify(bad, NET_TX);
}

OFFENCE(avail_flags)
{
	bad_to_driver_ok(bad);
	bad_put_frame(bad, 60);
	bad->ring[NET_TX].virt[0x400] = 2;
	bad_send_desc_0(bad);
}

OFFENCE(avail_flags_event)
{
	bad_to_driver_ok(bad);
	bad_put_frame(bad, 60);
	bad->ring[NET_TX].virt[0x400] = 1;
	bad_send_desc_0(bad);
}

OFFENCE(used_owner)
{
	bad_to_driver_ok(bad);
	bad_put_frame(bad, 60);
	bad->ring[NET_TX].virt[0x802] = 5;
	bad_send_desc_0(bad);
}

OFFENCE(used_flags_init)
{
	bad->ring[NET_TX].virt[0x800] = 1;
	bad_to_queues(bad);
}

OFFENCE(notify_sent)
{
	bad_to_driver_ok(bad);
	bad_put_frame(bad, 60);
	bad_make_available(bad, NET_TX, 0);
	vm_queue_check_notified(bad->vm, &bad->vm->queue[NET_TX]);
}

OFFENCE(in_flight_again)
{
	bad_to_driver_ok(bad);
	bad_hold(bad, NET_TX);
	bad_put_frame(bad, 60);
	bad_send_desc_0(bad);
	bad_send_desc_0(bad);
}

OFFENCE(in_flight_changed)
{
	bad_to_driver_ok(bad);
	bad_hold(bad, NET_TX);
	bad_put_frame(bad, 60);
	bad_send_desc_0(bad);
	bad_put_frame(bad, 61);
	net_transmit(bad->net, 1);
}

OFFENCE(cleanup)
{
	bad_to_driver_ok(bad);
	(void) dmamem_unmap_anonymous(bad->ring[NET_TX].virt);
}

OFFENCE(cleanup_unconfirmed)
{
	bad_to_driver_ok(bad);
	bad_wr(bad, STATUS, 1, 0);
	(void) bad_rd(bad, STATUS, 1);
	(void) dmamem_unmap_anonymous(bad->ring[NET_TX].virt);
}

OFFENCE(init_order)
{
	bad_reset_device(bad);
	bad_wr(bad, STATUS, 1, 2);
}

OFFENCE(init_order_two)
{
	bad_reset_device(bad);
	bad_wr(bad, STATUS, 1, 3);
}

OFFENCE(init_order_features)
{
	bad_reset_device(bad);
	bad_wr(bad, STATUS, 1, 1);
	(void) bad_rd(bad, DEVICE_FEATURE, 4);
}

OFFENCE(init_order_no_features_ok)
{
	bad_to_driver(bad);
	bad_wr(bad, STATUS, 1, 7);
}

OFFENCE(features_after_ok)
{
	bad_to_features_ok(bad);
	bad_wr(bad, DRIVER_FEATURE, 4, 0);
}

OFFENCE(features_reread)
{
	bad_to_driver(bad);
	bad_write_features(bad, bad->features);
	bad_wr(bad, STATUS, 1, 11);
	bad_wr(bad, QUEUE_SELECT, 2, 0);
}

OFFENCE(features_refused)
{
	bad->vm->lie.refuse_features = true;
	bad_to_features_ok(bad);
	bad_wr(bad, QUEUE_SELECT, 2, 0);
}

OFFENCE(queue_setup_early)
{
	bad_to_driver(bad);
	bad_wr(bad, QUEUE_SELECT, 2, 0);
}

OFFENCE(queue_setup_late)
{
	bad_to_driver_ok(bad);
	bad_wr(bad, QUEUE_SIZE, 2, SIZE);
}

OFFENCE(notify_early)
{
	bad_to_queues(bad);
	bad_notify(bad, NET_TX);
}

OFFENCE(config_write)
{
	bad_to_features_ok(bad);
	bad_wr(bad, DEVICE, 1, 0);
}

OFFENCE(access_width_64)
{
	bad_to_features_ok(bad);
	bad_wr(bad, QUEUE_DESC, 8, 0);
}

OFFENCE(access_width_status)
{
	(void) bad_rd(bad, STATUS, 2);
}

OFFENCE(access_width_config)
{
	bad_to_features_ok(bad);
	(void) bad_rd(bad, DEVICE, 4);
}

OFFENCE(cap_read_only)
{
	vm_pci_ops.config_write(bad->vm, 0x44, 4, 0);
}

OFFENCE(common_read_only)
{
	bad_to_driver(bad);
	bad_wr(bad, NUM_QUEUES, 2, 1);
}

OFFENCE(queue_size_power)
{
	bad_to_features_ok(bad);
	bad_wr(bad, QUEUE_SELECT, 2, 0);
	bad_wr(bad, QUEUE_SIZE, 2, 15);
}

OFFENCE(queue_size_max)
{
	bad_to_features_ok(bad);
	bad_wr(bad, QUEUE_SELECT, 2, 0);
	bad_wr(bad, QUEUE_SIZE, 2, 512);
}

OFFENCE(queue_select)
{
	bad_to_features_ok(bad);
	bad_wr(bad, QUEUE_SELECT, 2, 3);
	(void) bad_rd(bad, QUEUE_SIZE, 2);
}

OFFENCE(queue_before_enable)
{
	bad_to_features_ok(bad);
	bad_wr(bad, QUEUE_SELECT, 2, 0);
	bad_wr(bad, QUEUE_SIZE, 2, SIZE);
	bad_wr(bad, QUEUE_DESC, 4, 0);
	bad_wr(bad, QUEUE_ENABLE, 2, 1);
}

OFFENCE(queue_after_enable)
{
	bad_to_queues(bad);
	bad_wr(bad, QUEUE_DESC, 4, 0);
}

OFFENCE(reset_wait)
{
	bad_wr(bad, STATUS, 1, 0);
	bad_wr(bad, STATUS, 1, 1);
}

OFFENCE(queue_disable)
{
	bad_to_features_ok(bad);
	bad_set_addresses(bad, 0);
	bad_wr(bad, QUEUE_ENABLE, 2, 0);
}

OFFENCE(notify_address)
{
	bad_to_driver_ok(bad);
	/* By the queue's index, not by queue_notify_off */
	bad_wr(bad, NOTIFY + 4 * NET_TX, 2, NET_TX);
}

OFFENCE(notify_value)
{
	bad->vm->cfg.notify_mult = 0;
	bad_to_driver_ok(bad);
	bad_wr(bad, NOTIFY, 2, 7);
}

OFFENCE(isr_read_only)
{
	bad_wr(bad, ISR, 1, 0);
}

OFFENCE(version_1)
{
	bad->features = 0;
	bad_to_features_ok(bad);
}

static const offence_t offences[] = {
	{ "clears FEATURES_OK", CLAUSE_STATUS_CLEAR, 0, status_clear },
	{ "goes on after FAILED", CLAUSE_STATUS_FAILED, 0, status_failed },
	{ "accepts what is not offered", CLAUSE_FEATURE_OFFERED, 0,
	    feature_offered },
	{ "accepts CTRL_RX without CTRL_VQ", CLAUSE_FEATURE_DEPENDS,
	    NET_F_CTRL_RX, feature_depends },
	{ "reads fields without the generation", CLAUSE_CONFIG_GENERATION, 0,
	    config_generation },
	{ "does not read the generation again", CLAUSE_CONFIG_GENERATION, 0,
	    config_generation_open },
	{ "reads a field that is not there", CLAUSE_CONFIG_OPTIONAL, 0,
	    config_optional },
	{ "puts descriptors at 8 bytes", CLAUSE_QUEUE_ALIGN, 0, queue_align },
	{ "puts readable after writable", CLAUSE_WRITABLE_LAST,
	    NET_F_CTRL_VQ, writable_last },
	{ "makes a loop", CLAUSE_CHAIN_LOOP, 0, chain_loop },
	{ "makes a loop in a table", CLAUSE_CHAIN_LOOP, VM_F_INDIRECT_DESC,
	    indirect_loop },
	{ "goes on past the table", CLAUSE_DESC_NEXT, 0, desc_next },
	{ "gives memory past its end", CLAUSE_DESC_MEMORY, 0, desc_memory },
	{ "gives memory twice", CLAUSE_DESC_MEMORY, 0, desc_memory_shared },
	{ "uses a table without the feature", CLAUSE_INDIRECT_FEATURE, 0,
	    indirect_feature },
	{ "puts a table into a table", CLAUSE_INDIRECT_NESTED,
	    VM_F_INDIRECT_DESC, indirect_nested },
	{ "makes 32 descriptors for 16", CLAUSE_CHAIN_LONG,
	    VM_F_INDIRECT_DESC, chain_long },
	{ "sets NEXT and INDIRECT", CLAUSE_INDIRECT_NEXT, VM_F_INDIRECT_DESC,
	    indirect_next },
	{ "makes a table of 24 bytes", CLAUSE_INDIRECT_LENGTH,
	    VM_F_INDIRECT_DESC, indirect_length },
	{ "takes a buffer back", CLAUSE_AVAIL_DECREMENT, 0, avail_decrement },
	{ "gives a head past the table", CLAUSE_AVAIL_HEAD, 0, avail_head },
	{ "sets available flags to 2", CLAUSE_AVAIL_FLAGS, 0, avail_flags },
	{ "sets available flags with EVENT_IDX", CLAUSE_AVAIL_FLAGS_EVENT,
	    VM_F_EVENT_IDX, avail_flags_event },
	{ "writes the used index", CLAUSE_USED_OWNER, 0, used_owner },
	{ "leaves used flags as they were", CLAUSE_USED_FLAGS_INIT, 0,
	    used_flags_init },
	{ "does not notify", CLAUSE_NOTIFY_SENT, 0, notify_sent },
	{ "does not notify, EVENT_IDX", CLAUSE_NOTIFY_SENT, VM_F_EVENT_IDX,
	    notify_sent },
	{ "gives a head again", CLAUSE_IN_FLIGHT, 0, in_flight_again },
	{ "changes a buffer in flight", CLAUSE_IN_FLIGHT, 0,
	    in_flight_changed },
	{ "frees a live ring", CLAUSE_CLEANUP, 0, cleanup },
	{ "frees a ring before the reset's end", CLAUSE_CLEANUP, 0,
	    cleanup_unconfirmed },
	{ "leaves ACKNOWLEDGE out", CLAUSE_INIT_ORDER, 0, init_order },
	{ "takes two steps at once", CLAUSE_INIT_ORDER, 0, init_order_two },
	{ "reads features too early", CLAUSE_INIT_ORDER, 0,
	    init_order_features },
	{ "leaves FEATURES_OK out", CLAUSE_INIT_ORDER, 0,
	    init_order_no_features_ok },
	{ "accepts features too late", CLAUSE_FEATURES_AFTER_OK, 0,
	    features_after_ok },
	{ "does not read FEATURES_OK", CLAUSE_FEATURES_REREAD, 0,
	    features_reread },
	{ "ignores a refusal", CLAUSE_FEATURES_REFUSED, 0, features_refused },
	{ "sets queues up too early", CLAUSE_QUEUE_SETUP_ORDER, 0,
	    queue_setup_early },
	{ "sets queues up too late", CLAUSE_QUEUE_SETUP_ORDER, 0,
	    queue_setup_late },
	{ "notifies too early", CLAUSE_NOTIFY_EARLY, 0, notify_early },
	{ "writes the configuration", CLAUSE_CONFIG_WRITE, 0, config_write },
	{ "writes 64 bits at once", CLAUSE_ACCESS_WIDTH, 0, access_width_64 },
	{ "reads 16 bits of the status", CLAUSE_ACCESS_WIDTH, 0,
	    access_width_status },
	{ "reads 32 bits of the address", CLAUSE_ACCESS_WIDTH, 0,
	    access_width_config },
	{ "writes a capability", CLAUSE_CAP_READ_ONLY, 0, cap_read_only },
	{ "writes num_queues", CLAUSE_COMMON_READ_ONLY, 0, common_read_only },
	{ "gives a queue 15 entries", CLAUSE_QUEUE_SIZE_POWER, 0,
	    queue_size_power },
	{ "gives a queue more than it may have", CLAUSE_QUEUE_SIZE_MAX, 0,
	    queue_size_max },
	{ "selects a queue that is not there", CLAUSE_QUEUE_SELECT, 0,
	    queue_select },
	{ "enables a queue without addresses", CLAUSE_QUEUE_BEFORE_ENABLE, 0,
	    queue_before_enable },
	{ "moves an enabled queue", CLAUSE_QUEUE_BEFORE_ENABLE, 0,
	    queue_after_enable },
	{ "does not await a reset", CLAUSE_RESET_WAIT, 0, reset_wait },
	{ "writes 0 to queue_enable", CLAUSE_QUEUE_DISABLE, 0,
	    queue_disable },
	{ "notifies by the queue's index", CLAUSE_NOTIFY_ADDRESS, 0,
	    notify_address },
	{ "notifies of no queue", CLAUSE_NOTIFY_VALUE, 0, notify_value },
	{ "writes the ISR", CLAUSE_ISR_READ_ONLY, 0, isr_read_only },
	{ "does not accept VERSION_1", CLAUSE_VERSION_1, 0, version_1 }
};

TEST_ROWS(the_model_sees_a_driver_that, offence_t, offences)
{
	bad_offend(row, false);
}

/** The same driver, well behaved: nothing is said. */
TEST(the_model_has_nothing_against_a_sound_driver)
{
	bad_t bad;

	bad_make(&bad, NET_F_CTRL_VQ | NET_F_CTRL_RX | NET_F_MTU, false);
	bad_to_driver_ok(&bad);
	bad_put_frame(&bad, 1514);
	bad_send_desc_0(&bad);
	EXPECT_EQ(bad.net->tx_frames, 1);
	bad_command(&bad, "\0\0\1", 3);
	EXPECT(bad.net->filter.promisc);
	EXPECT_EQ(bad.buf_virt[2048], 0);
	vm_queue_check_notified(bad.vm, &bad.vm->queue[NET_TX]);
	bad_reset_device(&bad);
	/* Its memory is freed by nobody else */
	_exit(0);
}

TEST(a_leak_is_seen)
{
	test_expect_output("LeakSanitizer");
	void *volatile *leak = malloc(sizeof(*leak));
	*leak = malloc(77);
	*leak = NULL;
	free((void *) leak);
}

/** @}
 */
