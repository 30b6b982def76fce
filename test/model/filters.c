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
/** @file virtio-net: addresses, receive modes, VLANs
 */

#include <errno.h>
#include <string.h>
#include "rig.h"

#define RX_FEATURES	(NET_F_MAC | NET_F_CTRL_VQ | NET_F_CTRL_RX)

static const nic_address_t uni[] = {
	{ { 0x02, 0, 0, 0, 1, 0 } }, { { 0x02, 0, 0, 0, 1, 1 } },
	{ { 0x02, 0, 0, 0, 1, 2 } }, { { 0x02, 0, 0, 0, 1, 3 } },
	{ { 0x02, 0, 0, 0, 1, 4 } }, { { 0x02, 0, 0, 0, 1, 5 } }
};

static const nic_address_t multi[] = {
	{ { 0x33, 0x33, 0, 0, 0, 1 } }, { { 0x33, 0x33, 0, 0, 0, 2 } },
	{ { 0x33, 0x33, 0, 0, 0, 3 } }, { { 0x33, 0x33, 0, 0, 0, 4 } },
	{ { 0x01, 0x00, 0x5e, 0, 0, 1 } }, { { 0x01, 0x00, 0x5e, 0, 0, 2 } }
};

static const uint8_t broadcast[] = { 255, 255, 255, 255, 255, 255 };

typedef struct {
	const char *name;
	vm_kind_t kind;
	uint64_t features;
} device_t;

static const device_t devices[] = {
	{ "without a filter", VM_MODERN, NET_F_MAC },
	{ "with CTRL_RX", VM_MODERN, RX_FEATURES },
	{ "with CTRL_RX_EXTRA", VM_MODERN, RX_FEATURES | NET_F_CTRL_RX_EXTRA },
	{ "legacy with CTRL_RX", VM_LEGACY, RX_FEATURES },
	{ "with everything", VM_MODERN, NET_F_ALL }
};

static errno_t set_unicast(rig_t *rig, nic_unicast_mode_t mode, size_t count)
{
	return rig->client->iface->unicast_set_mode(rig->fun, mode, uni,
	    count);
}

static errno_t set_multicast(rig_t *rig, nic_multicast_mode_t mode,
    size_t count)
{
	return rig->client->iface->multicast_set_mode(rig->fun, mode, multi,
	    count);
}

TEST_ROWS(unicast_modes_let_the_right_frames_through, device_t, devices)
{
	rig_t *rig = rig_start(row->kind, row->features);
	const uint8_t *own = rig->mac.address;

	EXPECT(rig_probe(rig, own, -1));
	EXPECT(!rig_probe(rig, uni[0].address, -1));

	EXPECT_EQ(set_unicast(rig, NIC_UNICAST_BLOCKED, 0), EOK);
	EXPECT(!rig_probe(rig, own, -1));
	EXPECT(!rig_probe(rig, uni[0].address, -1));
	EXPECT(rig_probe(rig, broadcast, -1));

	EXPECT_EQ(set_unicast(rig, NIC_UNICAST_LIST, 2), EOK);
	EXPECT(rig_probe(rig, own, -1));
	EXPECT(rig_probe(rig, uni[0].address, -1));
	EXPECT(rig_probe(rig, uni[1].address, -1));
	EXPECT(!rig_probe(rig, uni[2].address, -1));

	EXPECT_EQ(set_unicast(rig, NIC_UNICAST_PROMISC, 0), EOK);
	EXPECT(rig_probe(rig, own, -1));
	EXPECT(rig_probe(rig, uni[2].address, -1));
	EXPECT(!rig_probe(rig, multi[0].address, -1));

	EXPECT_EQ(set_unicast(rig, NIC_UNICAST_DEFAULT, 0), EOK);
	EXPECT(rig_probe(rig, own, -1));
	EXPECT(!rig_probe(rig, uni[0].address, -1));
	rig_end(rig);
}

TEST_ROWS(multicast_modes_let_the_right_frames_through, device_t, devices)
{
	rig_t *rig = rig_start(row->kind, row->features);

	EXPECT(!rig_probe(rig, multi[0].address, -1));

	EXPECT_EQ(set_multicast(rig, NIC_MULTICAST_LIST, 2), EOK);
	EXPECT(rig_probe(rig, multi[0].address, -1));
	EXPECT(rig_probe(rig, multi[1].address, -1));
	EXPECT(!rig_probe(rig, multi[2].address, -1));

	EXPECT_EQ(set_multicast(rig, NIC_MULTICAST_PROMISC, 0), EOK);
	EXPECT(rig_probe(rig, multi[2].address, -1));
	EXPECT(rig_probe(rig, rig->mac.address, -1));
	EXPECT(!rig_probe(rig, uni[0].address, -1));

	EXPECT_EQ(set_multicast(rig, NIC_MULTICAST_BLOCKED, 0), EOK);
	EXPECT(!rig_probe(rig, multi[0].address, -1));
	EXPECT(rig_probe(rig, broadcast, -1));
	rig_end(rig);
}

TEST_ROWS(broadcast_modes_let_the_right_frames_through, device_t, devices)
{
	rig_t *rig = rig_start(row->kind, row->features);
	const nic_iface_t *iface = rig->client->iface;

	EXPECT(rig_probe(rig, broadcast, -1));
	EXPECT_EQ(iface->broadcast_set_mode(rig->fun, NIC_BROADCAST_BLOCKED),
	    EOK);
	EXPECT(!rig_probe(rig, broadcast, -1));
	EXPECT(rig_probe(rig, rig->mac.address, -1));
	EXPECT_EQ(iface->broadcast_set_mode(rig->fun, NIC_BROADCAST_ACCEPTED),
	    EOK);
	EXPECT(rig_probe(rig, broadcast, -1));
	rig_end(rig);
}

TEST_ROWS(modes_survive_a_reset_of_the_device, device_t, devices)
{
	rig_t *rig = rig_start(row->kind, row->features);

	EXPECT_EQ(set_unicast(rig, NIC_UNICAST_LIST, 2), EOK);
	EXPECT_EQ(set_multicast(rig, NIC_MULTICAST_LIST, 2), EOK);
	unsigned long starts = rig->vm->starts;
	vm_lock(rig->vm);
	vm_need_reset(rig->vm);
	vm_unlock(rig->vm);
	WAIT_FOR(rig->vm->starts == starts + 1);
	WAIT_FOR(rig->vm->queue[NET_RX].buffers > 256 &&
	    rig->vm->queue[NET_RX].in_flight > 0);
	EXPECT(rig_probe(rig, uni[1].address, -1));
	EXPECT(!rig_probe(rig, uni[2].address, -1));
	EXPECT(rig_probe(rig, multi[1].address, -1));
	EXPECT(!rig_probe(rig, multi[2].address, -1));
	rig_end(rig);
}

TEST(the_device_filters_what_it_can)
{
	rig_t *rig = rig_start(VM_MODERN, RX_FEATURES | NET_F_CTRL_RX_EXTRA);
	net_filter_t *filter = &rig->net->filter;

	EXPECT(!filter->promisc && !filter->alluni && !filter->allmulti);
	EXPECT(filter->nomulti && !filter->nobcast && !filter->nouni);
	EXPECT_EQ(set_multicast(rig, NIC_MULTICAST_LIST, 3), EOK);
	EXPECT_EQ(filter->multicasts, 3);
	EXPECT(!filter->nomulti && !filter->allmulti);
	EXPECT_EQ(set_unicast(rig, NIC_UNICAST_LIST, 2), EOK);
	EXPECT_EQ(filter->unicasts, 2);
	EXPECT_EQ(filter->multicasts, 3);
	EXPECT_EQ(set_unicast(rig, NIC_UNICAST_PROMISC, 0), EOK);
	EXPECT(filter->alluni && !filter->promisc);
	EXPECT_EQ(set_unicast(rig, NIC_UNICAST_BLOCKED, 0), EOK);
	EXPECT(filter->nouni && !filter->alluni);
	EXPECT_EQ(rig->client->iface->broadcast_set_mode(rig->fun,
	    NIC_BROADCAST_BLOCKED), EOK);
	EXPECT(filter->nobcast);
	EXPECT(!rig_probe(rig, broadcast, -1));
	EXPECT_EQ(rig->net->rx_filtered, 1);
	rig_end(rig);
}

typedef struct {
	const char *name;
	uint64_t features;
	/** Addresses that the device's table takes, and that it is given */
	unsigned int max;
	size_t count;
	bool unicast;
} overflow_t;

static const overflow_t overflows[] = {
	{ "5 multicast addresses where 4 fit", RX_FEATURES, 4, 5, false },
	{ "65 multicast addresses", RX_FEATURES, 64, 65, false },
	{ "500 multicast addresses", RX_FEATURES, 64, 500, false },
	{ "5 unicast addresses where 4 fit", RX_FEATURES, 4, 5, true },
	{ "5 unicast addresses where 4 fit, with CTRL_RX_EXTRA",
	    RX_FEATURES | NET_F_CTRL_RX_EXTRA, 4, 5, true },
	{ "65 unicast addresses", RX_FEATURES, 64, 65, true },
	{ "65 unicast addresses with CTRL_RX_EXTRA",
	    RX_FEATURES | NET_F_CTRL_RX_EXTRA, 64, 65, true }
};

TEST_ROWS(what_does_not_fit_the_table_is_filtered_by_the_driver, overflow_t,
    overflows)
{
	rig_t *rig = rig_start(VM_MODERN, row->features);
	const nic_iface_t *iface = rig->client->iface;
	net_filter_t *filter = &rig->net->filter;
	static nic_address_t list[512];
	nic_address_t other = row->unicast ? uni[5] : multi[5];

	rig->net->lie.table_max = row->max;
	for (size_t i = 0; i < row->count; i++) {
		list[i] = row->unicast ? uni[0] : multi[0];
		list[i].address[3] = 0x77;
		list[i].address[4] = i >> 8;
		list[i].address[5] = i;
	}
	if (row->unicast)
		EXPECT_EQ(iface->unicast_set_mode(rig->fun, NIC_UNICAST_LIST,
		    list, row->count), EOK);
	else
		EXPECT_EQ(iface->multicast_set_mode(rig->fun,
		    NIC_MULTICAST_LIST, list, row->count), EOK);

	bool extra = (row->features & NET_F_CTRL_RX_EXTRA) != 0;
	EXPECT_EQ(filter->allmulti, !row->unicast);
	EXPECT_EQ(filter->alluni, row->unicast && extra);
	EXPECT_EQ(filter->promisc, row->unicast && !extra);
	EXPECT(rig_probe(rig, list[0].address, -1));
	EXPECT(rig_probe(rig, list[row->count - 1].address, -1));
	EXPECT(!rig_probe(rig, other.address, -1));
	EXPECT(rig_probe(rig, rig->mac.address, -1));

	/* Fewer fit again */
	if (row->unicast)
		EXPECT_EQ(set_unicast(rig, NIC_UNICAST_LIST, 2), EOK);
	else
		EXPECT_EQ(set_multicast(rig, NIC_MULTICAST_LIST, 2), EOK);
	EXPECT(!filter->allmulti && !filter->alluni && !filter->promisc);
	rig_end(rig);
}

static const device_t nameless[] = {
	{ "without any filter", VM_MODERN, 0 },
	{ "with a filter", VM_MODERN, NET_F_CTRL_VQ | NET_F_CTRL_RX },
	{ "with a filter and CTRL_RX_EXTRA", VM_MODERN, NET_F_CTRL_VQ |
	    NET_F_CTRL_RX | NET_F_CTRL_RX_EXTRA },
	{ "with CTRL_MAC_ADDR", VM_MODERN, NET_F_CTRL_VQ | NET_F_CTRL_RX |
	    NET_F_CTRL_MAC_ADDR },
	{ "legacy with a filter", VM_LEGACY, NET_F_CTRL_VQ | NET_F_CTRL_RX }
};

TEST_ROWS(a_made_up_address_gets_its_frames, device_t, nameless)
{
	rig_t *rig = rig_start(row->kind, row->features);

	EXPECT((rig->mac.address[0] & 3) == 2);
	EXPECT(rig_probe(rig, rig->mac.address, -1));
	EXPECT(!rig_probe(rig, uni[0].address, -1));
	rig_end(rig);
}

/** A list that fills the table leaves no room for it. */
TEST(a_made_up_address_beside_a_full_table_gets_its_frames)
{
	rig_t *rig = rig_start(VM_MODERN, NET_F_CTRL_VQ | NET_F_CTRL_RX);
	static nic_address_t list[NET_TABLE_MAX];

	for (size_t i = 0; i < NET_TABLE_MAX; i++) {
		list[i] = uni[0];
		list[i].address[5] = i;
	}
	EXPECT_EQ(rig->client->iface->unicast_set_mode(rig->fun,
	    NIC_UNICAST_LIST, list, NET_TABLE_MAX), EOK);
	EXPECT(rig_probe(rig, rig->mac.address, -1));
	EXPECT(rig_probe(rig, list[NET_TABLE_MAX - 1].address, -1));
	rig_end(rig);
}

TEST(an_address_can_be_set)
{
	rig_t *rig = rig_start(VM_MODERN, NET_F_ALL);
	const nic_iface_t *iface = rig->client->iface;
	nic_address_t none = { { 0 } };
	nic_address_t old = rig->mac;
	nic_address_t now;

	unsigned long commands = rig->vm->queue[NET_CTRL].buffers;
	EXPECT_EQ(iface->set_address(rig->fun, &multi[0]), EINVAL);
	EXPECT_EQ(iface->set_address(rig->fun, &none), EINVAL);
	/* It was not even asked */
	EXPECT_EQ(rig->vm->queue[NET_CTRL].buffers, commands);
	EXPECT_EQ(iface->set_address(rig->fun, &uni[3]), EOK);
	EXPECT(memcmp(rig->vm->config, uni[3].address, 6) == 0);
	EXPECT_EQ(iface->get_address(rig->fun, &now), EOK);
	EXPECT(memcmp(&now, &uni[3], 6) == 0);
	EXPECT(!rig_probe(rig, old.address, -1));
	EXPECT(rig_probe(rig, uni[3].address, -1));

	/* The device forgets it at a reset, the driver does not */
	unsigned long starts = rig->vm->starts;
	vm_lock(rig->vm);
	memcpy(rig->vm->config, old.address, 6);
	vm_need_reset(rig->vm);
	vm_unlock(rig->vm);
	WAIT_FOR(rig->vm->starts == starts + 1);
	WAIT_FOR(memcmp(rig->vm->config, uni[3].address, 6) == 0);
	WAIT_FOR(rig->vm->queue[NET_RX].enabled &&
	    rig_probe(rig, uni[3].address, -1));

	/* A stop forgets all settings */
	EXPECT_EQ(iface->set_state(rig->fun, NIC_STATE_STOPPED), EOK);
	EXPECT_EQ(iface->set_state(rig->fun, NIC_STATE_ACTIVE), EOK);
	EXPECT_EQ(iface->get_address(rig->fun, &now), EOK);
	EXPECT(memcmp(&now, &old, 6) == 0);
	EXPECT(rig_probe(rig, old.address, -1));
	EXPECT(!rig_probe(rig, uni[3].address, -1));
	rig_end(rig);
}

static const device_t fixed[] = {
	{ "no control queue", VM_MODERN, NET_F_MAC },
	{ "no CTRL_MAC_ADDR", VM_MODERN, NET_F_ALL & ~NET_F_CTRL_MAC_ADDR },
	{ "CTRL_MAC_ADDR without CTRL_RX", VM_MODERN, NET_F_MAC |
	    NET_F_CTRL_VQ | NET_F_CTRL_MAC_ADDR },
	{ "legacy", VM_LEGACY, NET_F_MAC }
};

TEST_ROWS(an_address_that_cannot_be_set_stays, device_t, fixed)
{
	rig_t *rig = rig_start(row->kind, row->features);
	const nic_iface_t *iface = rig->client->iface;
	nic_address_t now;

	EXPECT_EQ(iface->set_address(rig->fun, &uni[3]), ENOTSUP);
	EXPECT_EQ(iface->get_address(rig->fun, &now), EOK);
	EXPECT(memcmp(&now, &rig->mac, 6) == 0);
	EXPECT(rig_probe(rig, rig->mac.address, -1));
	rig_end(rig);
}

TEST(an_address_that_the_device_refuses_is_not_reported)
{
	rig_t *rig = rig_start(VM_MODERN, NET_F_ALL);
	const nic_iface_t *iface = rig->client->iface;
	nic_address_t now;

	/* Class 1 */
	rig->net->lie.ctrl_refuse = 1 << 1;
	EXPECT(iface->set_address(rig->fun, &uni[3]) != EOK);
	EXPECT_EQ(iface->get_address(rig->fun, &now), EOK);
	EXPECT(memcmp(&now, &rig->mac, 6) == 0);
	rig->net->lie.ctrl_refuse = 0;
	EXPECT(rig_probe(rig, rig->mac.address, -1));
	rig_end(rig);
}

static const device_t tagging[] = {
	{ "without CTRL_VLAN", VM_MODERN, RX_FEATURES },
	{ "with CTRL_VLAN", VM_MODERN, RX_FEATURES | NET_F_CTRL_VLAN },
	{ "legacy with CTRL_VLAN", VM_LEGACY, RX_FEATURES | NET_F_CTRL_VLAN },
	{ "without a control queue", VM_MODERN, NET_F_MAC }
};

/** A byte of the device's filter of VLANs */
static uint8_t vlans(rig_t *rig, size_t i)
{
	vm_lock(rig->vm);
	uint8_t bits = rig->net->filter.vlans[i];
	vm_unlock(rig->vm);
	return bits;
}

/** Wait for the worker to have set the device up with or without VLANs. */
static void wait_for_vlans(rig_t *rig, const device_t *row, bool on)
{
	if ((row->features & NET_F_CTRL_VLAN) != 0) {
		WAIT_FOR(vm_has(rig->vm, NET_F_CTRL_VLAN) == on &&
		    vm_live(rig->vm));
		if (on)
			WAIT_FOR(vlans(rig, 5 / 8) == 1 << 5 % 8);
	}
	WAIT_FOR(rig_probe(rig, rig->mac.address, -1));
}

TEST_ROWS(a_vlan_mask_lets_its_vlans_through, device_t, tagging)
{
	rig_t *rig = rig_start(row->kind, row->features);
	const uint8_t *own = rig->mac.address;
	nic_vlan_mask_t mask;

	EXPECT(rig_probe(rig, own, 5));
	EXPECT(rig_probe(rig, own, 6));

	memset(&mask, 0, sizeof(mask));
	mask.bitmap[5 / 8] |= 1 << 5 % 8;
	mask.bitmap[4095 / 8] |= 1 << 4095 % 8;
	rig_set_vlans(rig, &mask);
	wait_for_vlans(rig, row, true);
	EXPECT(rig_probe(rig, own, 5));
	EXPECT(!rig_probe(rig, own, 6));
	EXPECT(rig_probe(rig, own, 4095));
	EXPECT(rig_probe(rig, own, -1));

	rig_set_vlans(rig, NULL);
	wait_for_vlans(rig, row, false);
	EXPECT(rig_probe(rig, own, 6));
	EXPECT(rig_probe(rig, own, -1));
	rig_end(rig);
}

/** libnic looks at the tag of any frame. */
TEST(a_tag_that_is_cut_off_is_looked_at_in_the_frame_s_memory)
{
	rig_t *rig = rig_start(VM_MODERN, NET_F_MAC);
	uint8_t frame[FRAME_MIN] = { [12] = 0x81 };
	nic_vlan_mask_t mask;

	memset(&mask, 0xff, sizeof(mask));
	rig_set_vlans(rig, &mask);
	memcpy(frame, rig->mac.address, 6);
	for (size_t size = 14; size < 18; size++) {
		EXPECT(net_receive(rig->net, frame, size));
		WAIT_FOR(rig->strange == size - 13);
	}
	rig->strange = 0;
	rig_end(rig);
}

TEST(a_mask_of_all_vlans_is_set)
{
	rig_t *rig = rig_start(VM_MODERN, NET_F_ALL);
	nic_vlan_mask_t mask;

	memset(&mask, 0xff, sizeof(mask));
	rig_set_vlans(rig, &mask);
	WAIT_FOR(vlans(rig, 511) == 0xff);
	WAIT_FOR(rig_probe(rig, rig->mac.address, 7));
	rig_end(rig);
}

/** @}
 */
