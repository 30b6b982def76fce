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
/** @file The model itself: each clause that a driver breaks is named
 *
 * A driver of a few lines, that does what it must up to some point and then
 * breaks one clause. The test's process must end by just that clause.
 */

#include <as.h>
#include <ddi.h>
#include <errno.h>
#include <host/model.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "blk.h"
#include "rig.h"

/** Registers of the common configuration, in the model's BAR */
enum {
	DEVICE_FEATURE_SELECT = 0,
	DEVICE_FEATURE = 4,
	DRIVER_FEATURE_SELECT = 8,
	DRIVER_FEATURE = 12,
	NUM_QUEUES = 18,
	STATUS = 20,
	GENERATION = 21,
	QUEUE_SELECT = 22,
	QUEUE_SIZE = 24,
	QUEUE_ENABLE = 28,
	QUEUE_DESC = 32,
	QUEUE_DRIVER = 40,
	QUEUE_DEVICE = 48,
	ISR = 0x1000,
	DEVICE = 0x2000,
	NOTIFY = 0x3000
};

#define SIZE	16

/** Device, and a driver's view of its queues */
typedef struct {
	/** One of these */
	net_t *net;
	blk_t *blk;
	vm_t *vm;
	uint64_t features;
	struct {
		uintptr_t phys;
		uint8_t *virt;
	} ring[NET_QUEUES];
	uintptr_t buf;
	uint8_t *buf_virt;
	uint16_t avail[NET_QUEUES];
} bad_t;

static uint64_t rd(bad_t *bad, uint64_t at, unsigned int size)
{
	return vm_pci_ops.bar_read(bad->vm, 4, at, size);
}

static void wr(bad_t *bad, uint64_t at, unsigned int size, uint64_t value)
{
	vm_pci_ops.bar_write(bad->vm, 4, at, size, value);
}

static void reset_device(bad_t *bad)
{
	wr(bad, STATUS, 1, 0);
	while (rd(bad, STATUS, 1) != 0)
		;
}

/** Up to the DRIVER bit */
static void to_driver(bad_t *bad)
{
	reset_device(bad);
	wr(bad, STATUS, 1, 1);
	wr(bad, STATUS, 1, 3);
}

static void write_features(bad_t *bad, uint64_t features)
{
	wr(bad, DRIVER_FEATURE_SELECT, 4, 0);
	wr(bad, DRIVER_FEATURE, 4, (uint32_t) features);
	wr(bad, DRIVER_FEATURE_SELECT, 4, 1);
	wr(bad, DRIVER_FEATURE, 4, features >> 32);
}

/** Up to FEATURES_OK, read back */
static void to_features_ok(bad_t *bad)
{
	to_driver(bad);
	write_features(bad, bad->features);
	wr(bad, STATUS, 1, 11);
	(void) rd(bad, STATUS, 1);
}

static uint64_t part(bad_t *bad, unsigned int q, unsigned int which)
{
	static const uint64_t offset[] = { 0, 0x400, 0x800 };

	return bad->ring[q].phys + offset[which];
}

static void set_addresses(bad_t *bad, unsigned int q)
{
	static const unsigned int regs[] = {
		QUEUE_DESC, QUEUE_DRIVER, QUEUE_DEVICE
	};

	wr(bad, QUEUE_SELECT, 2, q);
	wr(bad, QUEUE_SIZE, 2, SIZE);
	for (unsigned int i = 0; i < 3; i++) {
		wr(bad, regs[i], 4, (uint32_t) part(bad, q, i));
		wr(bad, regs[i] + 4, 4, part(bad, q, i) >> 32);
	}
}

static void to_queues(bad_t *bad)
{
	to_features_ok(bad);
	for (unsigned int q = 0; q < bad->vm->cls->queues; q++) {
		set_addresses(bad, q);
		wr(bad, QUEUE_ENABLE, 2, 1);
	}
}

static void to_driver_ok(bad_t *bad)
{
	to_queues(bad);
	wr(bad, STATUS, 1, 15);
}

static void put_desc(bad_t *bad, unsigned int q, unsigned int i,
    uint64_t addr, uint32_t len, uint16_t flags, uint16_t next)
{
	vm_desc_t desc = { addr, len, flags, next };

	memcpy(bad->ring[q].virt + 16 * i, &desc, sizeof(desc));
}

static void make_available(bad_t *bad, unsigned int q, uint16_t head)
{
	uint16_t *avail = (uint16_t *) (bad->ring[q].virt + 0x400);

	avail[2 + bad->avail[q]++ % SIZE] = head;
	avail[1] = bad->avail[q];
}

static void notify(bad_t *bad, unsigned int q)
{
	wr(bad, NOTIFY + 4 * bad->vm->cfg.notify_off[q], 2, q);
}

/** A sound frame to send, in descriptor 0 */
static void put_frame(bad_t *bad, size_t size)
{
	memset(bad->buf_virt, 0, 4096);
	put_desc(bad, NET_TX, 0, bad->buf, 12 + size, 0, 0);
}

static void send_desc_0(bad_t *bad)
{
	make_available(bad, NET_TX, 0);
	notify(bad, NET_TX);
}

/** A command: class, command, data; answer behind it */
static void command(bad_t *bad, const char *bytes, size_t size)
{
	memcpy(bad->buf_virt, bytes, size);
	put_desc(bad, NET_CTRL, 0, bad->buf, size, VM_DESC_NEXT, 1);
	put_desc(bad, NET_CTRL, 1, bad->buf + 2048, 1, VM_DESC_WRITE, 0);
	make_available(bad, NET_CTRL, 0);
	notify(bad, NET_CTRL);
}

/** Hold what is sent back, so that it stays in flight. */
static void hold(bad_t *bad, unsigned int q)
{
	bad->vm->queue[q].hold = true;
}

typedef struct {
	const char *name;
	vm_clause_t clause;
	/** Features accepted, beside VERSION_1 */
	uint64_t features;
	void (*offend)(bad_t *);
} offence_t;

#define OFFENCE(name) static void name(bad_t *bad)

OFFENCE(status_clear)
{
	to_features_ok(bad);
	wr(bad, STATUS, 1, 9);
}

OFFENCE(status_failed)
{
	to_driver(bad);
	wr(bad, STATUS, 1, 0x83);
	wr(bad, STATUS, 1, 0x8b);
}

OFFENCE(feature_offered)
{
	to_driver(bad);
	write_features(bad, VM_F_VERSION_1 | VM_F(40));
}

OFFENCE(feature_depends)
{
	to_features_ok(bad);
}

OFFENCE(config_generation)
{
	to_features_ok(bad);
	(void) rd(bad, DEVICE + 0, 1);
	(void) rd(bad, DEVICE + 1, 1);
}

OFFENCE(config_generation_open)
{
	to_features_ok(bad);
	(void) rd(bad, GENERATION, 1);
	(void) rd(bad, DEVICE + 0, 1);
	(void) rd(bad, DEVICE + 1, 1);
	(void) rd(bad, STATUS, 1);
}

OFFENCE(config_optional)
{
	to_features_ok(bad);
	(void) rd(bad, DEVICE + NET_CONFIG_PAIRS, 2);
}

OFFENCE(queue_align)
{
	bad->ring[0].phys += 8;
	to_queues(bad);
}

OFFENCE(writable_last)
{
	to_driver_ok(bad);
	put_desc(bad, NET_CTRL, 0, bad->buf, 2, VM_DESC_NEXT |
	    VM_DESC_WRITE, 1);
	put_desc(bad, NET_CTRL, 1, bad->buf, 2, 0, 0);
	make_available(bad, NET_CTRL, 0);
	notify(bad, NET_CTRL);
}

OFFENCE(chain_loop)
{
	to_driver_ok(bad);
	put_desc(bad, NET_TX, 0, bad->buf, 64, VM_DESC_NEXT, 1);
	put_desc(bad, NET_TX, 1, bad->buf, 64, VM_DESC_NEXT, 0);
	send_desc_0(bad);
}

OFFENCE(desc_next)
{
	to_driver_ok(bad);
	put_desc(bad, NET_TX, 0, bad->buf, 64, VM_DESC_NEXT, SIZE);
	send_desc_0(bad);
}

OFFENCE(desc_memory)
{
	to_driver_ok(bad);
	put_desc(bad, NET_TX, 0, bad->buf + 4090, 64, 0, 0);
	send_desc_0(bad);
}

OFFENCE(desc_memory_shared)
{
	to_driver_ok(bad);
	put_desc(bad, NET_RX, 0, bad->buf, 1600, VM_DESC_WRITE, 0);
	put_desc(bad, NET_RX, 1, bad->buf + 1599, 1600, VM_DESC_WRITE, 0);
	make_available(bad, NET_RX, 0);
	make_available(bad, NET_RX, 1);
	notify(bad, NET_RX);
	vm_queue_look(bad->vm, &bad->vm->queue[NET_RX]);
}

static void put_table(bad_t *bad, uint32_t len, uint16_t flags,
    uint16_t inner_flags, uint16_t inner_next)
{
	vm_desc_t inner = { bad->buf, 64, inner_flags, inner_next };

	memset(bad->buf_virt, 0, 4096);
	for (unsigned int i = 0; i < 32; i++)
		memcpy(bad->buf_virt + 1024 + 16 * i, &inner, sizeof(inner));
	put_desc(bad, NET_TX, 0, bad->buf + 1024, len, flags, 1);
	send_desc_0(bad);
}

OFFENCE(indirect_feature)
{
	to_driver_ok(bad);
	put_table(bad, 16, VM_DESC_INDIRECT, 0, 0);
}

OFFENCE(indirect_nested)
{
	to_driver_ok(bad);
	put_table(bad, 16, VM_DESC_INDIRECT, VM_DESC_INDIRECT, 0);
}

OFFENCE(indirect_next)
{
	to_driver_ok(bad);
	put_table(bad, 16, VM_DESC_INDIRECT | VM_DESC_NEXT, 0, 0);
}

OFFENCE(indirect_length)
{
	to_driver_ok(bad);
	put_table(bad, 24, VM_DESC_INDIRECT, 0, 0);
}

OFFENCE(indirect_loop)
{
	to_driver_ok(bad);
	put_table(bad, 32, VM_DESC_INDIRECT, VM_DESC_NEXT, 0);
}

OFFENCE(chain_long)
{
	to_driver_ok(bad);
	memset(bad->buf_virt, 0, 4096);
	for (unsigned int i = 0; i < 32; i++) {
		vm_desc_t inner = { bad->buf, 64, VM_DESC_NEXT, i + 1 };
		memcpy(bad->buf_virt + 1024 + 16 * i, &inner, sizeof(inner));
	}
	put_desc(bad, NET_TX, 0, bad->buf + 1024, 32 * 16, VM_DESC_INDIRECT,
	    0);
	send_desc_0(bad);
}

OFFENCE(avail_decrement)
{
	to_driver_ok(bad);
	put_frame(bad, 60);
	send_desc_0(bad);
	bad->avail[NET_TX] -= 2;
	send_desc_0(bad);
}

OFFENCE(avail_head)
{
	to_driver_ok(bad);
	make_available(bad, NET_TX, SIZE);
	notify(bad, NET_TX);
}

OFFENCE(avail_flags)
{
	to_driver_ok(bad);
	put_frame(bad, 60);
	bad->ring[NET_TX].virt[0x400] = 2;
	send_desc_0(bad);
}

OFFENCE(avail_flags_event)
{
	to_driver_ok(bad);
	put_frame(bad, 60);
	bad->ring[NET_TX].virt[0x400] = 1;
	send_desc_0(bad);
}

OFFENCE(used_owner)
{
	to_driver_ok(bad);
	put_frame(bad, 60);
	bad->ring[NET_TX].virt[0x802] = 5;
	send_desc_0(bad);
}

OFFENCE(used_flags_init)
{
	bad->ring[NET_TX].virt[0x800] = 1;
	to_queues(bad);
}

OFFENCE(notify_sent)
{
	to_driver_ok(bad);
	put_frame(bad, 60);
	make_available(bad, NET_TX, 0);
	vm_queue_check_notified(bad->vm, &bad->vm->queue[NET_TX]);
}

OFFENCE(in_flight_again)
{
	to_driver_ok(bad);
	hold(bad, NET_TX);
	put_frame(bad, 60);
	send_desc_0(bad);
	send_desc_0(bad);
}

OFFENCE(in_flight_changed)
{
	to_driver_ok(bad);
	hold(bad, NET_TX);
	put_frame(bad, 60);
	send_desc_0(bad);
	put_frame(bad, 61);
	net_transmit(bad->net, 1);
}

OFFENCE(cleanup)
{
	to_driver_ok(bad);
	(void) dmamem_unmap_anonymous(bad->ring[NET_TX].virt);
}

OFFENCE(cleanup_unconfirmed)
{
	to_driver_ok(bad);
	wr(bad, STATUS, 1, 0);
	(void) rd(bad, STATUS, 1);
	(void) dmamem_unmap_anonymous(bad->ring[NET_TX].virt);
}

OFFENCE(init_order)
{
	reset_device(bad);
	wr(bad, STATUS, 1, 2);
}

OFFENCE(init_order_two)
{
	reset_device(bad);
	wr(bad, STATUS, 1, 3);
}

OFFENCE(init_order_features)
{
	reset_device(bad);
	wr(bad, STATUS, 1, 1);
	(void) rd(bad, DEVICE_FEATURE, 4);
}

OFFENCE(init_order_no_features_ok)
{
	to_driver(bad);
	wr(bad, STATUS, 1, 7);
}

OFFENCE(features_after_ok)
{
	to_features_ok(bad);
	wr(bad, DRIVER_FEATURE, 4, 0);
}

OFFENCE(features_reread)
{
	to_driver(bad);
	write_features(bad, bad->features);
	wr(bad, STATUS, 1, 11);
	wr(bad, QUEUE_SELECT, 2, 0);
}

OFFENCE(features_refused)
{
	bad->vm->lie.refuse_features = true;
	to_features_ok(bad);
	wr(bad, QUEUE_SELECT, 2, 0);
}

OFFENCE(queue_setup_early)
{
	to_driver(bad);
	wr(bad, QUEUE_SELECT, 2, 0);
}

OFFENCE(queue_setup_late)
{
	to_driver_ok(bad);
	wr(bad, QUEUE_SIZE, 2, SIZE);
}

OFFENCE(notify_early)
{
	to_queues(bad);
	notify(bad, NET_TX);
}

OFFENCE(config_write)
{
	to_features_ok(bad);
	wr(bad, DEVICE, 1, 0);
}

OFFENCE(access_width_64)
{
	to_features_ok(bad);
	wr(bad, QUEUE_DESC, 8, 0);
}

OFFENCE(access_width_status)
{
	(void) rd(bad, STATUS, 2);
}

OFFENCE(access_width_config)
{
	to_features_ok(bad);
	(void) rd(bad, DEVICE, 4);
}

OFFENCE(cap_read_only)
{
	vm_pci_ops.config_write(bad->vm, 0x44, 4, 0);
}

OFFENCE(common_read_only)
{
	to_driver(bad);
	wr(bad, NUM_QUEUES, 2, 1);
}

OFFENCE(queue_size_power)
{
	to_features_ok(bad);
	wr(bad, QUEUE_SELECT, 2, 0);
	wr(bad, QUEUE_SIZE, 2, 15);
}

OFFENCE(queue_size_max)
{
	to_features_ok(bad);
	wr(bad, QUEUE_SELECT, 2, 0);
	wr(bad, QUEUE_SIZE, 2, 512);
}

OFFENCE(queue_select)
{
	to_features_ok(bad);
	wr(bad, QUEUE_SELECT, 2, 3);
	(void) rd(bad, QUEUE_SIZE, 2);
}

OFFENCE(queue_before_enable)
{
	to_features_ok(bad);
	wr(bad, QUEUE_SELECT, 2, 0);
	wr(bad, QUEUE_SIZE, 2, SIZE);
	wr(bad, QUEUE_DESC, 4, 0);
	wr(bad, QUEUE_ENABLE, 2, 1);
}

OFFENCE(queue_after_enable)
{
	to_queues(bad);
	wr(bad, QUEUE_DESC, 4, 0);
}

OFFENCE(reset_wait)
{
	wr(bad, STATUS, 1, 0);
	wr(bad, STATUS, 1, 1);
}

OFFENCE(queue_disable)
{
	to_features_ok(bad);
	set_addresses(bad, 0);
	wr(bad, QUEUE_ENABLE, 2, 0);
}

OFFENCE(notify_address)
{
	to_driver_ok(bad);
	/* By the queue's index, not by queue_notify_off */
	wr(bad, NOTIFY + 4 * NET_TX, 2, NET_TX);
}

OFFENCE(notify_value)
{
	bad->vm->cfg.notify_mult = 0;
	to_driver_ok(bad);
	wr(bad, NOTIFY, 2, 7);
}

OFFENCE(isr_read_only)
{
	wr(bad, ISR, 1, 0);
}

OFFENCE(version_1)
{
	bad->features = 0;
	to_features_ok(bad);
}

OFFENCE(net_mtu)
{
	to_driver_ok(bad);
	put_frame(bad, 1515);
	send_desc_0(bad);
}

OFFENCE(net_tx_readable)
{
	to_driver_ok(bad);
	put_frame(bad, 60);
	put_desc(bad, NET_TX, 0, bad->buf, 72, VM_DESC_NEXT, 1);
	put_desc(bad, NET_TX, 1, bad->buf + 2048, 60, VM_DESC_WRITE, 0);
	send_desc_0(bad);
}

OFFENCE(net_tx_header)
{
	to_driver_ok(bad);
	/* A header of 10 bytes */
	put_desc(bad, NET_TX, 0, bad->buf, 10 + 14, 0, 0);
	send_desc_0(bad);
}

static void header_byte(bad_t *bad, unsigned int at)
{
	to_driver_ok(bad);
	put_frame(bad, 60);
	bad->buf_virt[at] = 1;
	send_desc_0(bad);
}

OFFENCE(net_tx_flags)
{
	header_byte(bad, 0);
}

OFFENCE(net_tx_gso)
{
	header_byte(bad, 1);
}

OFFENCE(net_tx_num_buffers)
{
	header_byte(bad, 10);
}

static void receive_buffer(bad_t *bad, uint32_t len, uint16_t flags)
{
	to_driver_ok(bad);
	put_desc(bad, NET_RX, 0, bad->buf, len, flags, 0);
	make_available(bad, NET_RX, 0);
	notify(bad, NET_RX);
}

OFFENCE(net_rx_writable)
{
	receive_buffer(bad, 2048, 0);
}

OFFENCE(net_rx_1526)
{
	receive_buffer(bad, 1525, VM_DESC_WRITE);
}

OFFENCE(net_rx_mrg)
{
	receive_buffer(bad, 11, VM_DESC_WRITE);
}

#define COMMAND(name, bytes) \
	OFFENCE(name) \
	{ \
		to_driver_ok(bad); \
		command(bad, bytes, sizeof(bytes) - 1); \
	}

COMMAND(ctrl_class, "\7\0\1")
COMMAND(ctrl_data, "\0\0")
COMMAND(ctrl_rx, "\0\0\1")
COMMAND(ctrl_rx_extra, "\0\2\1")
COMMAND(ctrl_mac, "\1\1\2\2\2\2\2\2")
COMMAND(ctrl_mac_table, "\1\0\1\0\0\0\2\2\2\2\2\2")
COMMAND(ctrl_mac_table_kind, "\1\0\1\0\0\0\3\2\2\2\2\2\0\0\0\0")
COMMAND(ctrl_vlan, "\2\0\0\20")
COMMAND(ctrl_announce, "\3\0\1")

/** A request of a disk: header, data, status */
static void request(bad_t *bad, uint32_t type, uint64_t sector, uint32_t size)
{
	struct {
		uint32_t type;
		uint32_t reserved;
		uint64_t sector;
	} req = { type, 0, sector };
	bool in = type == 0;

	to_driver_ok(bad);
	memcpy(bad->buf_virt, &req, sizeof(req));
	put_desc(bad, 0, 0, bad->buf, 16, VM_DESC_NEXT, size > 0 ? 1 : 2);
	put_desc(bad, 0, 1, bad->buf + 16, size, VM_DESC_NEXT |
	    (in ? VM_DESC_WRITE : 0), 2);
	put_desc(bad, 0, 2, bad->buf + 4095, 1, VM_DESC_WRITE, 0);
	make_available(bad, 0, 0);
	notify(bad, 0);
}

OFFENCE(blk_type)
{
	request(bad, 2, 0, 512);
}

OFFENCE(blk_capacity)
{
	request(bad, 0, BLK_SECTORS - 1, 1024);
}

OFFENCE(blk_flush_sector)
{
	request(bad, 4, 1, 0);
}

OFFENCE(blk_flush_data)
{
	request(bad, 4, 0, 512);
}

OFFENCE(blk_flush)
{
	request(bad, 4, 0, 0);
}

OFFENCE(blk_data_511)
{
	request(bad, 1, 0, 511);
}

OFFENCE(blk_write)
{
	request(bad, 1, 0, 512);
}

OFFENCE(blk_seg_max)
{
	blk_put_config(bad->blk, BLK_CONFIG_SEG_MAX, 0, 4);
	request(bad, 0, 0, 512);
}

OFFENCE(blk_size_max)
{
	blk_put_config(bad->blk, BLK_CONFIG_SIZE_MAX, 511, 4);
	request(bad, 0, 0, 512);
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
	{ "does not accept VERSION_1", CLAUSE_VERSION_1, 0, version_1 },
	{ "sends more than the MTU", CLAUSE_NET_MTU, NET_F_MTU, net_mtu },
	{ "sends what is to be written", CLAUSE_NET_TX_READABLE, 0,
	    net_tx_readable },
	{ "sends a header of 10 bytes", CLAUSE_NET_TX_HEADER, 0,
	    net_tx_header },
	{ "sets flags", CLAUSE_NET_TX_FLAGS, 0, net_tx_flags },
	{ "sets gso_type", CLAUSE_NET_TX_GSO, 0, net_tx_gso },
	{ "sets num_buffers", CLAUSE_NET_TX_NUM_BUFFERS, 0,
	    net_tx_num_buffers },
	{ "receives into what is to be read", CLAUSE_NET_RX_WRITABLE, 0,
	    net_rx_writable },
	{ "receives into 1525 bytes", CLAUSE_NET_RX_1526, 0, net_rx_1526 },
	{ "receives into 11 bytes", CLAUSE_NET_RX_MRG, NET_F_MRG_RXBUF,
	    net_rx_mrg },
	{ "gives a command of class 7", CLAUSE_NET_CTRL_LAYOUT,
	    NET_F_CTRL_VQ, ctrl_class },
	{ "gives a command without its data", CLAUSE_NET_CTRL_LAYOUT,
	    NET_F_CTRL_VQ | NET_F_CTRL_RX, ctrl_data },
	{ "gives PROMISC without CTRL_RX", CLAUSE_NET_CTRL_RX, NET_F_CTRL_VQ,
	    ctrl_rx },
	{ "gives ALLUNI without CTRL_RX_EXTRA", CLAUSE_NET_CTRL_RX_EXTRA,
	    NET_F_CTRL_VQ | NET_F_CTRL_RX, ctrl_rx_extra },
	{ "gives MAC_ADDR_SET without CTRL_RX", CLAUSE_NET_CTRL_MAC,
	    NET_F_CTRL_VQ | NET_F_CTRL_MAC_ADDR, ctrl_mac },
	{ "gives MAC_ADDR_SET without CTRL_MAC_ADDR",
	    CLAUSE_NET_CTRL_MAC_ADDR, NET_F_CTRL_VQ | NET_F_CTRL_RX,
	    ctrl_mac },
	{ "gives half a MAC table", CLAUSE_NET_CTRL_MAC_TABLE,
	    NET_F_CTRL_VQ | NET_F_CTRL_RX, ctrl_mac_table },
	{ "gives multicast for unicast", CLAUSE_NET_CTRL_MAC_TABLE,
	    NET_F_CTRL_VQ | NET_F_CTRL_RX, ctrl_mac_table_kind },
	{ "gives VLAN 4096", CLAUSE_NET_CTRL_VLAN, NET_F_CTRL_VQ |
	    NET_F_CTRL_VLAN, ctrl_vlan },
	{ "gives ANNOUNCE_ACK data", CLAUSE_NET_CTRL_ANNOUNCE,
	    NET_F_CTRL_VQ | NET_F_GUEST_ANNOUNCE, ctrl_announce },
	{ "asks a disk for type 2", CLAUSE_BLK_LAYOUT, 0, blk_type },
	{ "reads past the end of a disk", CLAUSE_BLK_CAPACITY, 0,
	    blk_capacity },
	{ "flushes a sector", CLAUSE_BLK_FLUSH_SECTOR, BLK_F_FLUSH,
	    blk_flush_sector },
	{ "flushes data", CLAUSE_BLK_FLUSH_DATA, BLK_F_FLUSH,
	    blk_flush_data },
	{ "flushes without FLUSH", CLAUSE_BLK_FLUSH_FEATURE, 0, blk_flush },
	{ "writes 511 bytes", CLAUSE_BLK_DATA_512, 0, blk_data_511 },
	{ "writes a disk that is read-only", CLAUSE_BLK_RO, BLK_F_RO,
	    blk_write },
	{ "makes more segments than seg_max", CLAUSE_BLK_SEG_MAX,
	    BLK_F_SEG_MAX, blk_seg_max },
	{ "makes a segment longer than size_max", CLAUSE_BLK_SIZE_MAX,
	    BLK_F_SIZE_MAX, blk_size_max }
};

static void make_bad(bad_t *bad, uint64_t features, bool disk)
{
	memset(bad, 0, sizeof(*bad));
	if (disk) {
		bad->blk = blk_create(VM_MODERN, BLK_F_ALL | BLK_F_RO);
		bad->vm = bad->blk->vm;
	} else {
		bad->net = rig_create(VM_MODERN, NET_F_ALL)->net;
		bad->vm = bad->net->vm;
	}
	vm_plug(bad->vm);
	bad->features = features | VM_F_VERSION_1;
	for (unsigned int i = 0; i < NET_QUEUES; i++) {
		void *virt = AS_AREA_ANY;

		EXPECT(dmamem_map_anonymous(4096, 0, AS_AREA_READ |
		    AS_AREA_WRITE, 0, &bad->ring[i].phys, &virt) == EOK);
		bad->ring[i].virt = virt;
		memset(virt, 0, 4096);
	}
	void *virt = AS_AREA_ANY;
	EXPECT(dmamem_map_anonymous(4096, 0, AS_AREA_READ | AS_AREA_WRITE, 0,
	    &bad->buf, &virt) == EOK);
	bad->buf_virt = virt;
}

TEST_ROWS(the_model_sees_a_driver_that, offence_t, offences)
{
	char expected[64];
	bad_t bad;

	snprintf(expected, sizeof(expected), "BROKEN %s: ",
	    vm_clause_id(row->clause));
	test_expect_output(expected);
	make_bad(&bad, row->features, row->clause >= CLAUSE_BLK_LAYOUT);
	row->offend(&bad);
}

/** The same driver, well behaved: nothing is said. */
TEST(the_model_has_nothing_against_a_sound_driver)
{
	bad_t bad;

	make_bad(&bad, NET_F_CTRL_VQ | NET_F_CTRL_RX | NET_F_MTU, false);
	to_driver_ok(&bad);
	put_frame(&bad, 1514);
	send_desc_0(&bad);
	EXPECT_EQ(bad.net->tx_frames, 1);
	command(&bad, "\0\0\1", 3);
	EXPECT(bad.net->filter.promisc);
	EXPECT_EQ(bad.buf_virt[2048], 0);
	vm_queue_check_notified(bad.vm, &bad.vm->queue[NET_TX]);
	reset_device(&bad);
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
