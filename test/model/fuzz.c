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
/** @file virtio-net and a device that does anything at any time
 *
 * A seed, or a fuzzer (test/fuzz), gives the device and the steps of device and
 * client, so that a run that failed can be had again (as far as fibrils run
 * alike). After the steps the device is sane again: the driver must bring it
 * back to work, and leave nothing behind.
 */

#include <errno.h>
#include <host/model.h>
#include <stdio.h>
#include <string.h>
#include "mad.h"
#include "rig.h"

#define STEPS	400

static const seed_t seeds[] = {
	SEED(1), SEED(2), SEED(3), SEED(4), SEED(5), SEED(6), SEED(7),
	SEED(8), SEED(9), SEED(10), SEED(11), SEED(12), SEED(13), SEED(14),
	SEED(15), SEED(16), SEED(17), SEED(18), SEED(19), SEED(20),
	SEED(1975), SEED(2718), SEED(3141), SEED(65537), SEED(271828),
	SEED(314159), SEED(1000003), SEED(2147483647), SEED(3735928559),
	SEED(4294967295)
};

static nic_address_t random_address(bool multicast)
{
	nic_address_t addr = { { 0x02, 0, 0, 0, rnd(4), rnd(4) } };

	if (multicast)
		addr.address[0] = 0x33;
	return addr;
}

/* What the device does. Its lock is held. */

static void lie_of_buffers(rig_t *rig)
{
	vm_queue_t *vq = &rig->vm->queue[rnd(NET_QUEUES)];

	if (!vq->enabled || !vm_live(rig->vm))
		return;
	switch (rnd(4)) {
	case 0:
		vm_queue_put_used(rig->vm, vq, rnd(2 * vq->size), rnd(3000));
		break;
	case 1:
		vm_queue_put_used(rig->vm, vq, rnd(UINT32_MAX),
		    rnd(UINT32_MAX));
		break;
	case 2:
		vm_queue_set_used_idx(rig->vm, vq, rnd(0x10000));
		break;
	default:
		vm_queue_set_used_idx(rig->vm, vq, vq->used_idx + rnd(8) - 4);
		break;
	}
	vm_interrupt(rig->vm, VM_ISR_QUEUE);
}

static void lie_of_frames(rig_t *rig)
{
	uint8_t data[256];
	vm_queue_t *vq = &rig->vm->queue[NET_RX];

	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = chance(3) ? rnd(256) : 0;
	if (vm_queue_first(rig->vm, vq) != NULL &&
	    vq->first->writable >= sizeof(data))
		(void) net_receive_raw(rig->net, data, sizeof(data),
		    chance(3) ? rnd(4096) : rnd(sizeof(data)));
}

static void lie_of_configuration(rig_t *rig)
{
	unsigned int at = rnd(20);

	/* An MTU that changes under the driver's frames proves nothing */
	if (at == NET_CONFIG_MTU || at == NET_CONFIG_MTU + 1)
		return;
	rig->vm->config[at] = rnd(256);
	vm_config_changed(rig->vm);
}

static void change_mood(rig_t *rig)
{
	unsigned int mood = rnd(MAD_MOODS + 4);

	switch (mood) {
	case MAD_MOODS:
		rig->net->lie.ctrl_silent = chance(3);
		break;
	case MAD_MOODS + 1:
		rig->net->lie.ctrl_ack = chance(2) ? rnd(256) : 0;
		break;
	case MAD_MOODS + 2:
		rig->net->lie.ctrl_used_len = chance(2) ? (int) rnd(3) : -1;
		break;
	case MAD_MOODS + 3:
		rig->vm->queue[NET_TX].hold = chance(2);
		break;
	default:
		mad_change_mood(rig->vm, mood);
		break;
	}
}

static void device_step(rig_t *rig)
{
	vm_lock(rig->vm);
	switch (rnd(10)) {
	case 0:
		lie_of_buffers(rig);
		break;
	case 1:
		lie_of_frames(rig);
		break;
	case 2:
		lie_of_configuration(rig);
		break;
	case 3:
	case 4:
		change_mood(rig);
		break;
	case 5:
		vm_need_reset(rig->vm);
		break;
	case 6:
		vm_interrupt(rig->vm, rnd(256));
		break;
	case 7:
		net_announce(rig->net);
		break;
	case 8:
		rig->vm->lie.needs_reset_in = rnd(50) + 1;
		break;
	default:
		(void) net_transmit(rig->net, rnd(10));
		break;
	}
	vm_unlock(rig->vm);
}

/* What the client does */

static void change_filter(rig_t *rig)
{
	const nic_iface_t *iface = rig->client->iface;
	nic_address_t list[80];
	size_t count = chance(4) ? rnd(80) : rnd(3);
	bool multicast = chance(2);
	nic_vlan_mask_t mask;

	for (size_t i = 0; i < count; i++)
		list[i] = random_address(multicast);
	switch (rnd(4)) {
	case 0:
		(void) iface->broadcast_set_mode(rig->fun, chance(2) ?
		    NIC_BROADCAST_ACCEPTED : NIC_BROADCAST_BLOCKED);
		break;
	case 1:
		memset(&mask, rnd(256), sizeof(mask));
		(void) iface->vlan_set_mask(rig->fun, chance(2) ? &mask :
		    NULL);
		break;
	default:
		if (multicast)
			(void) iface->multicast_set_mode(rig->fun,
			    NIC_MULTICAST_LIST + rnd(2), list, count);
		else
			(void) iface->unicast_set_mode(rig->fun,
			    NIC_UNICAST_BLOCKED + rnd(4), list, count);
		break;
	}
}

static void change_state(rig_t *rig)
{
	const nic_iface_t *iface = rig->client->iface;
	struct timespec period = { .tv_nsec = 1000000 * (rnd(20) + 1) };
	nic_address_t addr = random_address(false);

	switch (rnd(4)) {
	case 0:
		(void) iface->set_state(rig->fun, rnd(NIC_STATE_MAX));
		break;
	case 1:
		(void) iface->poll_set_mode(rig->fun, rnd(4), &period);
		break;
	case 2:
		(void) iface->poll_now(rig->fun);
		break;
	default:
		(void) iface->set_address(rig->fun, &addr);
		break;
	}
}

static void ask(rig_t *rig)
{
	const nic_iface_t *iface = rig->client->iface;
	nic_device_stats_t stats;
	nic_cable_state_t cable;
	nic_device_info_t info;
	nic_channel_mode_t duplex;
	nic_role_t role;
	int speed;

	(void) iface->get_stats(rig->fun, &stats);
	(void) iface->get_cable_state(rig->fun, &cable);
	(void) iface->get_device_info(rig->fun, &info);
	(void) iface->get_operation_mode(rig->fun, &speed, &duplex, &role);
}

static void client_step(rig_t *rig)
{
	unsigned int count = rnd(20);

	switch (rnd(8)) {
	case 0:
		change_filter(rig);
		break;
	case 1:
		change_state(rig);
		break;
	case 2:
		ask(rig);
		break;
	case 3:
		(void) rig->client->iface->set_state(rig->fun,
		    NIC_STATE_ACTIVE);
		break;
	case 4:
	case 5:
		(void) rig_receive_burst(rig, rnd(300), 60 + rnd(1455));
		break;
	default:
		while (count-- > 0)
			(void) rig_send(rig, 60 + rnd(1455));
		break;
	}
}

static rig_t *random_rig(void)
{
	static const uint16_t sizes[] = { 8, 16, 64, 256 };
	rig_t *rig = rig_create(rnd(4), NET_F_ALL);

	for (unsigned int bit = 3; bit < 30; bit++) {
		if (chance(4) && bit != 17)
			rig->vm->cfg.features &= ~VM_F(bit);
	}
	for (unsigned int i = 0; i < NET_QUEUES; i++)
		rig->vm->cfg.queue_size[i] = sizes[rnd(4)];
	return rig;
}

/** The device is sane again. */
static void calm_down(rig_t *rig)
{
	untimely_end();
	vm_lock(rig->vm);
	vm_calm(rig->vm);
	rig->net->lie.ctrl_silent = false;
	rig->net->lie.ctrl_ack = 0;
	rig->net->lie.ctrl_used_len = -1;
	rig->vm->queue[NET_TX].hold = false;
	memcpy(rig->vm->config, rig->vm->config_later, VM_CONFIG_SIZE);
	vm_unlock(rig->vm);
}

/** The device comes, and interrupts meanwhile. What the driver asks for may
 * fail the first time.
 */
static void arrive(rig_t *rig)
{
	mad_interrupt_late(rig->vm);
	fault_set(chance(3) ? rnd(60) : 0);
	errno_t rc = rig_add(rig);
	untimely_end();
	if (rc != EOK) {
		EXPECT(fault_hit());
		rig_check_clean(rig);
		EXPECT_EQ(rig_add(rig), EOK);
	}
	fault_set(0);
}

/** The device goes, and interrupts meanwhile. */
static void leave(rig_t *rig)
{
	rig_expect_no_strangers(rig);
	mad_interrupt_late(rig->vm);
	rig_remove(rig);
	untimely_end();
	rig_check_clean(rig);
	rig_destroy(rig);
}

static void live(void)
{
	rig_t *rig = random_rig();

	memcpy(rig->vm->config_later, rig->vm->config, VM_CONFIG_SIZE);
	arrive(rig);
	rig_up(rig);
	host_time_set_speed(MAD_SPEED);
	rig->vm->lie.mad = true;
	mad_interrupt(rig->vm);
	for (unsigned int i = 0; i < STEPS && !rnd_ended(); i++) {
		if (chance(3))
			device_step(rig);
		else
			client_step(rig);
	}

	const nic_iface_t *iface = rig->client->iface;
	calm_down(rig);
	/* Only a card that was not stopped forgets its settings */
	(void) iface->set_state(rig->fun, NIC_STATE_ACTIVE);
	EXPECT_EQ(iface->set_state(rig->fun, NIC_STATE_STOPPED), EOK);
	rig->vm->lie.mad = false;
	/* A sane device needs time to answer */
	host_time_set_speed(1);
	EXPECT_EQ(iface->set_state(rig->fun, NIC_STATE_ACTIVE), EOK);
	EXPECT_EQ(iface->get_address(rig->fun, &rig->mac), EOK);
	rig_resync(rig);
	rig->strange = 0;
	rig_expect_traffic(rig);
	leave(rig);
}

TEST_ROWS(a_mad_device_does_no_harm, seed_t, seeds)
{
	rnd_seed(row->seed);
	fprintf(stderr, "%s\n", row->name);
	live();
}

/** The same with the steps that a fuzzer chooses */
int fuzz_virtio_net(const uint8_t *data, size_t size)
{
	rnd_feed(data, size);
	live();
	return 0;
}

/** @}
 */
