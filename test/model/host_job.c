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
/** @file What a card and a disk must do on each host
 *
 * The driver must not find anything wrong: in a step that needs no reset there
 * is none, in others the times that the device is started are counted, and so
 * are the driver's warnings everywhere.
 */

#include <errno.h>
#include <host/model.h>
#include <string.h>
#include "disk_rig.h"
#include "hosts.h"
#include "logged.h"
#include "rig.h"

/** A DHCP message and an ARP request or answer, on Ethernet */
#define DHCP_SIZE	342
#define ARP_SIZE	60

/** Times that a device is started: when it is added and its client comes,
 * when it goes off and on, when VLANs begin to be filtered and end
 */
enum {
	STARTS_ADD = 2,
	STARTS_STATES = 2,
	STARTS_VLANS = 2
};

static const uint8_t broadcast[] = { 255, 255, 255, 255, 255, 255 };

static const nic_address_t other[] = {
	{ { 0x02, 0, 0, 0, 1, 0 } }, { { 0x02, 0, 0, 0, 1, 1 } }
};

static const nic_address_t group[] = {
	{ { 0x33, 0x33, 0, 0, 0, 1 } }, { { 0x33, 0x33, 0, 0, 0, 2 } }
};

/** Does the device offer a feature, of the interface that is used? */
static bool offers(const host_net_t *host, uint64_t feature)
{
	return (host->cfg.features & feature) == feature;
}

/** Can the driver have commands of some feature carried out? */
static bool commands(const host_net_t *host, uint64_t feature,
    unsigned int cls)
{
	return offers(host, NET_F_CTRL_VQ | feature) && !host->ctrl_silent &&
	    (host->refuses & (NET_REFUSE_ALL | 1U << cls)) == 0;
}

/** A test frame goes out, to an address. */
static void send_to(rig_t *rig, const uint8_t *dest, size_t size)
{
	uint8_t frame[FRAME_MAX];
	unsigned long sent = rig->sent + 1;

	rig_make_frame(rig, frame, size, rig->next_out++, true);
	memcpy(frame, dest, NET_ETH_ADDR);
	EXPECT_EQ(rig_send_raw(rig, frame, size), EOK);
	WAIT_FOR(rig->sent == sent);
}

/** A test frame comes in, to an address. */
static void receive_to(rig_t *rig, const uint8_t *dest, size_t size)
{
	uint8_t frame[FRAME_MAX];
	unsigned long received = rig->received + 1;

	rig_make_frame(rig, frame, size, rig->next_in, false);
	memcpy(frame, dest, NET_ETH_ADDR);
	WAIT_FOR(net_receive(rig->net, frame, size));
	rig->next_in++;
	WAIT_FOR(rig->received == received);
}

/** What gets a card its address: discover and offer, request and confirmation,
 * then an ARP question each way.
 */
static void lease(rig_t *rig)
{
	static const uint8_t peer[] = { 0x02, 0, 0, 0, 0, 0x01 };
	const uint8_t *own = rig->mac.address;

	send_to(rig, broadcast, DHCP_SIZE);
	receive_to(rig, own, DHCP_SIZE);
	send_to(rig, broadcast, DHCP_SIZE);
	receive_to(rig, broadcast, DHCP_SIZE);
	send_to(rig, broadcast, ARP_SIZE);
	receive_to(rig, own, ARP_SIZE);
	receive_to(rig, broadcast, ARP_SIZE);
	send_to(rig, peer, ARP_SIZE);
	rig_rest(rig);
	rig_expect_no_strangers(rig);
}

/** More than the rings hold, each frame answered; some may be dropped by
 * the device.
 */
static void burst(const host_net_t *host, rig_t *rig)
{
	nic_device_stats_t before, after;

	rig_stats(rig, &before);
	rig->echo = true;
	for (unsigned int i = 0; i < 10; i++) {
		unsigned long received = rig->received + 100;
		unsigned long sent = rig->sent + 100;

		WAIT_FOR(rig->vm->queue[NET_RX].seen -
		    rig->vm->queue[NET_RX].used_idx >= 100);
		if (host->drops_buffers)
			EXPECT(net_receive_raw(rig->net, NULL, 0, 0));
		EXPECT_EQ(rig_receive_burst(rig, 50, 98), 50);
		EXPECT_EQ(rig_receive_burst(rig, 50, 1514), 50);
		WAIT_FOR(rig->received == received);
		WAIT_FOR(rig->sent == sent);
	}
	rig->echo = false;
	/* The frames that went back have the numbers of those that came */
	rig->last_sent = rig->next_out - 1;
	rig->sent_out_of_order = 0;
	rig_expect_traffic(rig);
	rig_stats(rig, &after);
	EXPECT_EQ(after.send_errors, before.send_errors);
	EXPECT_EQ(after.receive_errors - before.receive_errors,
	    host->drops_buffers ? 10 : 0);
}

static void unicast_modes(rig_t *rig)
{
	const nic_iface_t *iface = rig->client->iface;
	const uint8_t *own = rig->mac.address;

	EXPECT_EQ(iface->unicast_set_mode(rig->fun, NIC_UNICAST_LIST, other,
	    1), EOK);
	EXPECT(rig_probe(rig, own, -1));
	EXPECT(rig_probe(rig, other[0].address, -1));
	EXPECT(!rig_probe(rig, other[1].address, -1));
	EXPECT_EQ(iface->unicast_set_mode(rig->fun, NIC_UNICAST_PROMISC, NULL,
	    0), EOK);
	EXPECT(rig_probe(rig, other[1].address, -1));
	EXPECT_EQ(iface->unicast_set_mode(rig->fun, NIC_UNICAST_BLOCKED, NULL,
	    0), EOK);
	EXPECT(!rig_probe(rig, own, -1));
	EXPECT_EQ(iface->unicast_set_mode(rig->fun, NIC_UNICAST_DEFAULT, NULL,
	    0), EOK);
	EXPECT(rig_probe(rig, own, -1));
	EXPECT(!rig_probe(rig, other[0].address, -1));
}

static void group_modes(rig_t *rig)
{
	const nic_iface_t *iface = rig->client->iface;

	EXPECT_EQ(iface->multicast_set_mode(rig->fun, NIC_MULTICAST_LIST,
	    group, 1), EOK);
	EXPECT(rig_probe(rig, group[0].address, -1));
	EXPECT(!rig_probe(rig, group[1].address, -1));
	EXPECT_EQ(iface->multicast_set_mode(rig->fun, NIC_MULTICAST_PROMISC,
	    NULL, 0), EOK);
	EXPECT(rig_probe(rig, group[1].address, -1));
	EXPECT_EQ(iface->multicast_set_mode(rig->fun, NIC_MULTICAST_BLOCKED,
	    NULL, 0), EOK);
	EXPECT(!rig_probe(rig, group[0].address, -1));

	EXPECT_EQ(iface->broadcast_set_mode(rig->fun, NIC_BROADCAST_BLOCKED),
	    EOK);
	EXPECT(!rig_probe(rig, broadcast, -1));
	EXPECT_EQ(iface->broadcast_set_mode(rig->fun, NIC_BROADCAST_ACCEPTED),
	    EOK);
	EXPECT(rig_probe(rig, broadcast, -1));
}

/** Is a VLAN's frame passed on, now that it has been set or not? */
static void wait_for_vlan(rig_t *rig, int vlan, bool passed)
{
	WAIT_FOR(vm_live(rig->vm) &&
	    rig_probe(rig, rig->mac.address, vlan) == passed);
}

static void vlans(const host_net_t *host, rig_t *rig)
{
	unsigned long starts = rig->vm->starts;
	nic_vlan_mask_t mask;

	EXPECT(rig_probe(rig, rig->mac.address, 5));
	memset(&mask, 0, sizeof(mask));
	mask.bitmap[5 / 8] |= 1 << 5 % 8;
	rig_set_vlans(rig, &mask);
	/* One that holds on to the first features does not filter VLANs */
	if (!host->cfg.features_once)
		wait_for_vlan(rig, 6, false);
	wait_for_vlan(rig, 5, true);
	rig_set_vlans(rig, NULL);
	wait_for_vlan(rig, 6, true);
	wait_for_vlan(rig, -1, true);
	EXPECT(rig->vm->starts - starts <= STARTS_VLANS);
}

static void set_address(const host_net_t *host, rig_t *rig)
{
	const nic_iface_t *iface = rig->client->iface;
	nic_address_t old = rig->mac;
	bool can = commands(host, NET_F_CTRL_RX | NET_F_CTRL_MAC_ADDR, 1);
	errno_t rc = iface->set_address(rig->fun, &other[0]);

	EXPECT_EQ(rc == EOK, can);
	EXPECT_EQ(iface->get_address(rig->fun, &rig->mac), EOK);
	EXPECT(memcmp(&rig->mac, can ? &other[0] : &old, 6) == 0);
	lease(rig);
	EXPECT_EQ(iface->set_address(rig->fun, &old) == EOK, can);
	rig->mac = old;
	lease(rig);
}

/** The link goes down and up. Where a cause of an interrupt can be lost, one
 * is.
 */
static void link_state(const host_net_t *host, rig_t *rig)
{
	EXPECT_EQ(rig_cable(rig), NIC_CS_PLUGGED);
	if (!offers(host, NET_F_STATUS))
		return;
	net_set_link(rig->net, false);
	WAIT_FOR(rig_cable(rig) == NIC_CS_UNPLUGGED);
	/* The link's cause is replaced by the frame's before it is read */
	unsigned long received = rig->received + host->cfg.isr_replaced;
	rig->vm->lie.mute = host->cfg.isr_replaced;
	net_set_link(rig->net, true);
	rig->vm->lie.mute = false;
	if (host->cfg.isr_replaced)
		EXPECT(rig_receive(rig, ARP_SIZE));
	WAIT_FOR(rig->received == received);
	WAIT_FOR(rig_cable(rig) == NIC_CS_PLUGGED);
	lease(rig);
}

static void announce(const host_net_t *host, rig_t *rig)
{
	if (!commands(host, NET_F_GUEST_ANNOUNCE, 3))
		return;
	unsigned long strange = rig->sent_strange;
	net_announce(rig->net);
	WAIT_FOR(rig->net->announce_acks == 1);
	EXPECT_EQ(rig->sent_strange, strange + 1);
	lease(rig);
}

static void poll_modes(rig_t *rig)
{
	const nic_iface_t *iface = rig->client->iface;
	struct timespec period = { .tv_nsec = 5000000 };
	unsigned long received = rig->received + 1;

	EXPECT_EQ(iface->poll_set_mode(rig->fun, NIC_POLL_ON_DEMAND, NULL),
	    EOK);
	EXPECT(rig_receive(rig, ARP_SIZE));
	host_irq_drain();
	EXPECT_EQ(rig->received, received - 1);
	EXPECT_EQ(iface->poll_now(rig->fun), EOK);
	WAIT_FOR(rig->received == received);
	EXPECT_EQ(iface->poll_set_mode(rig->fun, NIC_POLL_PERIODIC, &period),
	    EOK);
	lease(rig);
	EXPECT_EQ(iface->poll_set_mode(rig->fun, NIC_POLL_IMMEDIATE, NULL),
	    EOK);
	lease(rig);
}

/** The client is away, the card goes off and on. */
static void off_and_on(const host_net_t *host, rig_t *rig,
    nic_device_state_t state)
{
	const nic_iface_t *iface = rig->client->iface;
	unsigned long starts = rig->vm->starts;

	EXPECT_EQ(iface->set_state(rig->fun, state), EOK);
	EXPECT(!rig_receive(rig, ARP_SIZE));
	EXPECT_EQ(iface->set_state(rig->fun, NIC_STATE_ACTIVE), EOK);
	EXPECT(rig->vm->starts - starts <= STARTS_STATES);
	EXPECT_EQ(iface->broadcast_set_mode(rig->fun, NIC_BROADCAST_ACCEPTED),
	    EOK);
	lease(rig);
}

static void add(const host_net_t *host, rig_t *rig)
{
	unsigned long starts = rig->vm->starts;
	unsigned int warnings = logged_warnings();

	EXPECT_EQ(rig_add(rig), EOK);
	rig_up(rig);
	EXPECT(rig->vm->starts - starts <= STARTS_ADD + host->more_starts);
	if (offers(host, NET_F_MAC))
		EXPECT(memcmp(rig->vm->config, &rig->mac, 6) == 0);
	lease(rig);
	EXPECT(logged_warnings() - warnings <= host->warnings);
}

/** What must not make the driver reset the device */
static void without_reset(const host_net_t *host, rig_t *rig)
{
	unsigned long resets = rig->vm->resets;

	burst(host, rig);
	unicast_modes(rig);
	group_modes(rig);
	set_address(host, rig);
	link_state(host, rig);
	announce(host, rig);
	poll_modes(rig);
	EXPECT_EQ(rig->vm->resets, resets);
}

/** The whole life of a card on a host */
void host_net_job(const host_net_t *host)
{
	rig_t *rig = rig_create(host->cfg.kind, 0);

	rig->vm->cfg = host->cfg;
	vm_build(rig->vm);
	rig->net->lie.ctrl_refuse = host->refuses;
	rig->net->lie.ctrl_silent = host->ctrl_silent;

	add(host, rig);
	unsigned int warnings = logged_warnings();
	without_reset(host, rig);
	vlans(host, rig);
	off_and_on(host, rig, NIC_STATE_STOPPED);
	off_and_on(host, rig, NIC_STATE_DOWN);
	burst(host, rig);
	EXPECT_EQ(logged_warnings(), warnings);

	rig_remove(rig);
	rig_check_clean(rig);
	EXPECT_EQ(rig->vm->status & VM_DRIVER_OK, 0);

	rig->net->announce_acks = 0;
	add(host, rig);
	without_reset(host, rig);
	EXPECT_EQ(rig_count_logged("given up"), 0);
	EXPECT_EQ(rig_count_logged("broken"), 0);
	EXPECT_EQ(rig_count_logged("resetting"), 0);
	rig_end(rig);
}

/** The whole life of a disk on a host */
void host_disk_job(const host_disk_t *host)
{
	disk_t *disk = disk_create(host->cfg.kind, 0);
	size_t block_size;
	aoff64_t blocks;

	disk->vm->cfg = host->cfg;
	vm_build(disk->vm);
	blk_put_config(disk->blk, BLK_CONFIG_SEG_MAX, host->seg_max, 4);
	for (unsigned int i = 0; i < 2; i++) {
		unsigned long starts = disk->vm->starts;
		unsigned long flushes = disk->blk->flushes;

		EXPECT_EQ(disk_add(disk), EOK);
		EXPECT_EQ(host_bd_get_block_size(disk->bd, &block_size), EOK);
		EXPECT_EQ(host_bd_get_num_blocks(disk->bd, &blocks), EOK);
		EXPECT_EQ(block_size, BLK_SECTOR);
		EXPECT_EQ(blocks, BLK_SECTORS);
		/* One block, odd ends, more than a request takes */
		disk_expect_transfer(disk, 0, 1, BLK_SECTOR, 1);
		disk_expect_transfer(disk, 3, 7, BLK_SECTOR, 2);
		disk_expect_transfer(disk, blocks - 1, 1, BLK_SECTOR, 3);
		disk_expect_transfer(disk, 5, 999, BLK_SECTOR, 4);
		EXPECT_EQ(host_bd_sync(disk->bd, 0, 0), EOK);
		EXPECT_EQ(disk->blk->flushes - flushes,
		    (host->cfg.features & BLK_F_FLUSH) != 0);
		EXPECT_EQ(disk->vm->starts - starts, 1);
		EXPECT(logged_warnings() <= (i + 1) * host->warnings);
		disk_remove(disk, false);
		EXPECT_EQ(disk->vm->status & VM_DRIVER_OK, 0);
	}
	disk_destroy(disk);
}

/** @}
 */
