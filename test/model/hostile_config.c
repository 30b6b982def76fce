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
/** @file virtio-net and a device that lies in its features and configuration
 */

#include <errno.h>
#include <string.h>
#include "rig.h"

typedef struct {
	const char *name;
	vm_kind_t kind;
	uint64_t features;
	bool refused;
} features_t;

#define DEPENDENT(name, feature) \
	{ name " without CTRL_VQ", VM_MODERN, NET_F_MAC | NET_F_STATUS | \
	    (feature), false }, \
	{ name " without CTRL_VQ, legacy", VM_LEGACY, NET_F_MAC | \
	    NET_F_STATUS | (feature), false }

static const features_t odd_features[] = {
	DEPENDENT("CTRL_RX", NET_F_CTRL_RX),
	DEPENDENT("CTRL_RX_EXTRA", NET_F_CTRL_RX_EXTRA),
	DEPENDENT("CTRL_VLAN", NET_F_CTRL_VLAN),
	DEPENDENT("GUEST_ANNOUNCE", NET_F_GUEST_ANNOUNCE),
	DEPENDENT("CTRL_MAC_ADDR", NET_F_CTRL_MAC_ADDR),
	{ "CTRL_RX_EXTRA without CTRL_RX", VM_MODERN, NET_F_MAC |
	    NET_F_CTRL_VQ | NET_F_CTRL_RX_EXTRA, false },
	{ "all that it does not know", VM_MODERN, (NET_F_ALL |
	    UINT64_C(0xffffffffffffffff)) & ~VM_F_ACCESS_PLATFORM, false },
	{ "all that it does not know, legacy", VM_LEGACY, UINT32_MAX, false },
	{ "RING_PACKED and MQ and offloads", VM_MODERN, NET_F_ALL |
	    VM_F_RING_PACKED | NET_F_MQ | NET_F_RSS | NET_F_CSUM |
	    NET_F_GUEST_CSUM | NET_F_GUEST_TSO4 | NET_F_HOST_TSO4, false }
};

TEST_ROWS(odd_features_do_no_harm, features_t, odd_features)
{
	rig_t *rig = rig_create(row->kind, row->features);
	nic_vlan_mask_t mask = { .bitmap = { 0x22 } };

	EXPECT_EQ(rig_add(rig), EOK);
	rig_up(rig);
	rig_expect_traffic(rig);
	EXPECT_EQ(rig->client->iface->unicast_set_mode(rig->fun,
	    NIC_UNICAST_PROMISC, NULL, 0), EOK);
	EXPECT_EQ(rig->client->iface->vlan_set_mask(rig->fun, &mask), EOK);
	net_announce(rig->net);
	rig_resync(rig);
	rig_expect_traffic(rig);
	EXPECT(!vm_has(rig->vm, VM_F_RING_PACKED));
	EXPECT(!vm_has(rig->vm, NET_F_MQ));
	rig_end(rig);
}

typedef struct {
	const char *name;
	uint8_t mac[6];
} mac_row_t;

static const mac_row_t macs[] = {
	{ "zero", { 0, 0, 0, 0, 0, 0 } },
	{ "multicast", { 0x33, 0x33, 0, 0, 0, 1 } },
	{ "broadcast", { 255, 255, 255, 255, 255, 255 } }
};

TEST_ROWS(an_address_that_no_card_can_have_is_replaced, mac_row_t, macs)
{
	rig_t *rig = rig_create(VM_MODERN, NET_F_ALL);

	net_put_config(rig->net, NET_CONFIG_MAC, row->mac, 6);
	EXPECT_EQ(rig_add(rig), EOK);
	rig_up(rig);
	EXPECT((rig->mac.address[0] & 3) == 2);
	EXPECT_EQ(rig_count_logged("is not one of a card"), 1);
	rig_expect_traffic(rig);
	rig_end(rig);
}

/** The device cannot be told, and would filter the made-up one away. */
TEST_ROWS(an_address_that_replaces_one_gets_its_frames, mac_row_t, macs)
{
	rig_t *rig = rig_create(VM_MODERN, NET_F_ALL & ~NET_F_CTRL_MAC_ADDR);

	net_put_config(rig->net, NET_CONFIG_MAC, row->mac, 6);
	EXPECT_EQ(rig_add(rig), EOK);
	rig_up(rig);
	EXPECT((rig->mac.address[0] & 3) == 2);
	EXPECT(rig_probe(rig, rig->mac.address, -1));
	rig_end(rig);
}

typedef struct {
	const char *name;
	uint64_t features;
	uint16_t mtu;
	/** A full-sized frame can be sent. */
	bool full;
} mtu_row_t;

static const mtu_row_t mtus[] = {
	{ "0", NET_F_MTU, 0, true },
	{ "67", NET_F_MTU, 67, true },
	{ "65535 without mergeable buffers", NET_F_MTU, 65535, true },
	{ "65535 with mergeable buffers", NET_F_MTU | NET_F_MRG_RXBUF, 65535,
	    true },
	{ "2019 without mergeable buffers", NET_F_MTU, 2019, true },
	{ "68", NET_F_MTU, 68, false }
};

TEST_ROWS(any_mtu_is_obeyed_or_not_negotiated, mtu_row_t, mtus)
{
	rig_t *rig = rig_create(VM_MODERN, row->features);
	uint8_t frame[FRAME_MAX];

	net_put_config(rig->net, NET_CONFIG_MTU, &row->mtu, 2);
	EXPECT_EQ(rig_add(rig), EOK);
	rig_up(rig);
	EXPECT_EQ(vm_has(rig->vm, NET_F_MTU), row->mtu == 68 ||
	    (row->features & NET_F_MRG_RXBUF) != 0);
	/* It was started twice by now */
	EXPECT_EQ(rig_count_logged("MTU is not usable"),
	    vm_has(rig->vm, NET_F_MTU) ? 0 : 1);
	if (row->full) {
		rig_expect_traffic(rig);
	} else {
		EXPECT_EQ(rig_send(rig, 82), EOK);
		rig_make_frame(rig, frame, sizeof(frame), 0, true);
		EXPECT_EQ(rig_send_raw(rig, frame, sizeof(frame)), EOK);
		EXPECT_EQ(rig->sent, 1);
	}
	rig_end(rig);
}

typedef struct {
	const char *name;
	uint8_t bytes[5];
	int speed;
	nic_channel_mode_t duplex;
} speed_row_t;

static const speed_row_t speeds[] = {
	{ "unknown", { 255, 255, 255, 255, 255 }, 0, NIC_CM_FULL_DUPLEX },
	{ "above INT_MAX", { 0, 0, 0, 0x80, 0 }, 0, NIC_CM_HALF_DUPLEX },
	{ "INT_MAX", { 255, 255, 255, 127, 1 }, 0x7fffffff,
	    NIC_CM_FULL_DUPLEX },
	{ "zero, duplex 2", { 0, 0, 0, 0, 2 }, 0, NIC_CM_FULL_DUPLEX }
};

TEST_ROWS(any_speed_is_reported_or_unknown, speed_row_t, speeds)
{
	rig_t *rig = rig_create(VM_MODERN, NET_F_ALL);
	nic_channel_mode_t duplex;
	nic_role_t role;
	int speed;

	net_put_config(rig->net, NET_CONFIG_SPEED, row->bytes, 5);
	EXPECT_EQ(rig_add(rig), EOK);
	rig_up(rig);
	EXPECT_EQ(rig->client->iface->get_operation_mode(rig->fun, &speed,
	    &duplex, &role), EOK);
	EXPECT_EQ(speed, row->speed);
	EXPECT_EQ(duplex, row->duplex);
	rig_end(rig);
}

TEST(a_configuration_that_changes_under_the_reader_s_hands_is_read_whole)
{
	static const uint8_t later[] = { 0x02, 0xaa, 0xbb, 0xcc, 0xdd, 0xee };

	for (int reads = 0; reads < 12; reads++) {
		rig_t *rig = rig_create(VM_MODERN, NET_F_ALL &
		    ~NET_F_CTRL_MAC_ADDR);
		uint8_t first[6];

		memcpy(first, rig->vm->config, 6);
		memcpy(rig->vm->config_later, rig->vm->config,
		    VM_CONFIG_SIZE);
		memcpy(rig->vm->config_later, later, 6);
		rig->vm->lie.config_change_in = reads;
		EXPECT_EQ(rig_add(rig), EOK);
		rig_connect(rig);
		EXPECT(memcmp(&rig->mac, first, 6) == 0 ||
		    memcmp(&rig->mac, later, 6) == 0);
		rig_end(rig);
	}
}

/** @}
 */
