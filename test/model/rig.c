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
/** @file A network device, its driver and a client, together
 */

#include <errno.h>
#include <host/violation.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "logged.h"
#include "rig.h"
#include "untimely.h"

#define DRIVER		"virtio-net"
#define RIGS_MAX	4

/** Offsets in a test frame: number, length, then a pattern */
#define AT_TYPE		12
#define AT_NUMBER	14
#define AT_LENGTH	18
#define AT_PATTERN	22

/** Devices whose memory is watched; all of them, as the hook has no context */
static rig_t *rigs[RIGS_MAX];

/** Has the driver said something with these words? */
bool rig_logged(const char *words)
{
	return words[0] == 0 || logged_count(words) > 0;
}

/** How often has it? */
unsigned int rig_count_logged(const char *words)
{
	return logged_count(words);
}

/** The driver frees memory: none that the device may use. */
static void before_free(void *arg, uint64_t phys, size_t size)
{
	(void) arg;
	untimely_step();
	for (unsigned int i = 0; i < RIGS_MAX; i++) {
		if (rigs[i] != NULL && rigs[i]->vm->fn != NULL)
			DEMAND(CLEANUP, !vm_holds(rigs[i]->vm, phys, size),
			    "frees %zu bytes at 0x%llx, which are the "
			    "device's", size, (unsigned long long) phys);
	}
}

static const host_hooks_t hooks = {
	.dma_before_free = before_free,
	.dma_before_alloc = fault_dma,
	.fibril_before_create = fault_fibril,
	.irq_before_subscribe = fault_irq,
	.pio_before_enable = fault_pio
};

static uint32_t get_32(const uint8_t *p)
{
	return p[0] | p[1] << 8 | p[2] << 16 | (uint32_t) p[3] << 24;
}

static void put_32(uint8_t *p, uint32_t val)
{
	p[0] = val;
	p[1] = val >> 8;
	p[2] = val >> 16;
	p[3] = val >> 24;
}

/** Make a test frame to the card, or from it. */
void rig_make_frame(const rig_t *rig, uint8_t *frame, size_t size,
    uint32_t number, bool out)
{
	static const uint8_t peer[] = { 0x02, 0, 0, 0, 0, 0x01 };

	memcpy(frame, out ? peer : rig->mac.address, 6);
	memcpy(frame + 6, out ? rig->mac.address : peer, 6);
	frame[AT_TYPE] = FRAME_TYPE >> 8;
	frame[AT_TYPE + 1] = FRAME_TYPE & 0xff;
	put_32(frame + AT_NUMBER, number);
	put_32(frame + AT_LENGTH, size);
	for (size_t i = AT_PATTERN; i < size; i++)
		frame[i] = number + i;
}

/** Is this a test frame, every byte as it was made? */
static bool is_test_frame(const uint8_t *frame, size_t size)
{
	if (size < FRAME_MIN || frame[AT_TYPE] != FRAME_TYPE >> 8 ||
	    frame[AT_TYPE + 1] != (FRAME_TYPE & 0xff) ||
	    get_32(frame + AT_LENGTH) != size)
		return false;
	for (size_t i = AT_PATTERN; i < size; i++) {
		if (frame[i] != (uint8_t) (get_32(frame + AT_NUMBER) + i))
			return false;
	}
	return true;
}

/** The client gets a frame. */
static void on_received(void *arg, const void *data, size_t size)
{
	rig_t *rig = arg;
	const uint8_t *frame = data;

	if (size < NET_ETH_HEADER || size > NET_FRAME_MAX)
		rig->bad_sizes++;
	while (rig->busy)
		usleep(100);
	if (!is_test_frame(frame, size)) {
		rig->strange++;
		return;
	}
	uint32_t number = get_32(frame + AT_NUMBER);
	if (number != rig->last_number + 1)
		rig->out_of_order++;
	rig->received_bytes += size;
	if (rig->echo)
		(void) rig->client->iface->send_frame(rig->fun,
		    (void *) data, size);
	if (rig->follow > 0) {
		rig->follow--;
		(void) rig_receive(rig, 60);
	}
	rig->received++;
	/* Last: who waits for a number then counts from there. */
	rig->last_number = number;
}

static void on_state(void *arg, nic_device_state_t state)
{
	rig_t *rig = arg;

	(void) state;
	rig->state_changes++;
}

static const host_nic_client_ops_t client_ops = {
	.received = on_received,
	.state_changed = on_state
};

/** The device sent a frame. */
static void on_sent(void *arg, const uint8_t *frame, size_t size)
{
	rig_t *rig = arg;

	rig->sent++;
	if (!is_test_frame(frame, size)) {
		rig->sent_strange++;
		if (size <= sizeof(rig->strange_frame)) {
			memcpy(rig->strange_frame, frame, size);
			rig->strange_size = size;
		}
		return;
	}
	uint32_t number = get_32(frame + AT_NUMBER);
	if (number != rig->last_sent + 1)
		rig->sent_out_of_order++;
	rig->last_sent = number;
}

/** A device that is not plugged in yet. */
rig_t *rig_create(vm_kind_t kind, uint64_t features)
{
	static bool started;

	if (!started) {
		started = true;
		logged_begin();
		host_set_hooks(&hooks);
		EXPECT(host_driver_start(virtio_net_main, DRIVER) == EOK);
	}

	rig_t *rig = calloc(1, sizeof(rig_t));
	if (rig == NULL)
		abort();
	rig->net = net_create(kind, features);
	rig->net->sent = on_sent;
	rig->net->arg = rig;
	rig->vm = rig->net->vm;
	rig->next_in = 1;
	rig->next_out = 1;

	unsigned int slot = 0;
	while (rigs[slot] != NULL)
		slot++;
	EXPECT(slot < RIGS_MAX);
	rigs[slot] = rig;
	vm_build(rig->vm);
	return rig;
}

/** Plug the device in, if it is not yet, and give it to the driver. */
errno_t rig_add(rig_t *rig)
{
	if (rig->vm->fn == NULL)
		vm_plug(rig->vm);
	rig->sess = host_pci_sess_create(rig->vm->fn);
	errno_t rc = host_dev_add(DRIVER, "vnet", rig->sess, &rig->dev);
	if (rc != EOK) {
		host_pci_sess_destroy(rig->sess);
		rig->sess = NULL;
		rig->dev = NULL;
		return rc;
	}
	rig->fun = host_dev_get_fun(rig->dev, NULL);
	EXPECT(rig->fun != NULL);
	return EOK;
}

/** A client connects. */
void rig_connect(rig_t *rig)
{
	EXPECT(host_nic_connect(rig->fun, &client_ops, rig, &rig->client) ==
	    EOK);
	EXPECT(rig->client->iface->get_address(rig->fun, &rig->mac) == EOK);
}

/** A client connects and brings the card up. */
void rig_up(rig_t *rig)
{
	rig_connect(rig);
	EXPECT_EQ(host_nic_bring_up(rig->client, &rig->mac), EOK);
}

/** All of it. */
rig_t *rig_start(vm_kind_t kind, uint64_t features)
{
	rig_t *rig = rig_create(kind, features);

	EXPECT_EQ(rig_add(rig), EOK);
	rig_up(rig);
	return rig;
}

/** Nothing of the driver is left. */
void rig_check_clean(rig_t *rig)
{
	host_dma_stats_t stats;

	host_dma_get_stats(&stats);
	if (!rig->may_leak)
		EXPECT_EQ(stats.live, 0);
	EXPECT_EQ(host_pio_mapped(), 0);
	EXPECT_EQ(host_ddf_objects(), 0);
}

/** The client goes, after the device. */
void rig_end_client(rig_t *rig)
{
	if (rig->client != NULL)
		host_nic_client_destroy(rig->client);
	if (rig->fun != NULL)
		host_fun_put(rig->fun);
	if (rig->sess != NULL)
		host_pci_sess_destroy(rig->sess);
	rig->client = NULL;
	rig->fun = NULL;
	rig->dev = NULL;
	rig->sess = NULL;
}

/** The driver gives the device up. The client goes afterwards. */
void rig_remove(rig_t *rig)
{
	EXPECT_EQ(host_dev_remove(rig->dev), EOK);
	rig_end_client(rig);
}

/** The device has gone, the driver is told. */
void rig_gone(rig_t *rig)
{
	EXPECT_EQ(host_dev_gone(rig->dev), EOK);
	rig_end_client(rig);
}

void rig_destroy(rig_t *rig)
{
	for (unsigned int i = 0; i < RIGS_MAX; i++) {
		if (rigs[i] == rig)
			rigs[i] = NULL;
	}
	net_destroy(rig->net);
	free(rig);
	logged_clear();
}

/** All of it, with nothing left and nothing strange seen. */
void rig_end(rig_t *rig)
{
	rig_expect_no_strangers(rig);
	rig_remove(rig);
	rig_check_clean(rig);
	rig_destroy(rig);
}

/** The driver is at rest: it has notified of all that it should. */
void rig_rest(rig_t *rig)
{
	host_irq_drain();
	for (unsigned int i = 0; i < NET_QUEUES; i++)
		vm_queue_check_notified(rig->vm, &rig->vm->queue[i]);
}

errno_t rig_send_raw(rig_t *rig, const void *frame, size_t size)
{
	return rig->client->iface->send_frame(rig->fun, (void *) frame, size);
}

/** Send a test frame of some size. */
errno_t rig_send(rig_t *rig, size_t size)
{
	uint8_t *frame = malloc(size);

	if (frame == NULL)
		abort();
	rig_make_frame(rig, frame, size, rig->next_out, true);
	errno_t rc = rig_send_raw(rig, frame, size);
	if (rc == EOK)
		rig->next_out++;
	free(frame);
	return rc;
}

static bool receive_one(rig_t *rig, size_t size, bool flush)
{
	uint8_t *frame = malloc(size);

	if (frame == NULL)
		abort();
	rig_make_frame(rig, frame, size, rig->next_in, false);
	bool received = net_receive_part(rig->net, frame, size);
	if (received) {
		rig->next_in++;
		if (flush)
			net_flush(rig->net);
	}
	free(frame);
	return received;
}

/** The device receives a test frame of some size. */
bool rig_receive(rig_t *rig, size_t size)
{
	return receive_one(rig, size, true);
}

/** It receives many at once, with the driver asleep meanwhile.
 *
 * @return Frames for which there was a buffer
 */
unsigned int rig_receive_burst(rig_t *rig, unsigned int count, size_t size)
{
	unsigned int received = 0;

	vm_lock(rig->vm);
	while (received < count && receive_one(rig, size, false))
		received++;
	net_flush(rig->net);
	vm_unlock(rig->vm);
	return received;
}

/** Frames of several sizes get through, both ways, each once, in order. */
void rig_expect_traffic(rig_t *rig)
{
	static const size_t sizes[] = { 60, 61, 64, 590, 1500, 1513, 1514 };

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		unsigned long sent = rig->sent - rig->sent_strange + 1;
		unsigned long received = rig->received + 1;

		EXPECT_EQ(rig_send(rig, sizes[i]), EOK);
		WAIT_FOR(rig->sent - rig->sent_strange == sent);
		WAIT_FOR(rig_receive(rig, sizes[i]));
		WAIT_FOR(rig->received == received);
	}
	rig_expect_no_strangers(rig);
	rig_rest(rig);
}

/** Polls in which a frame must get through, else it counts as lost */
#define LOST_AFTER	100

/** Wait for a frame of some number, for a while. */
static bool seen_soon(atomic_uint *last, uint32_t number)
{
	for (unsigned int i = 0; i < LOST_AFTER; i++) {
		if (*last == number)
			return true;
		usleep(500);
	}
	return false;
}

/** After frames were lost in a reset: wait for the first ones that get
 * through again, and count from there.
 */
void rig_resync(rig_t *rig)
{
	unsigned int polls = 0;

	while (!rig_receive(rig, 60) ||
	    !seen_soon(&rig->last_number, rig->next_in - 1))
		test_poll(&polls, __FILE__, __LINE__, "a frame is received");
	while (rig_send(rig, 60) != EOK ||
	    !seen_soon(&rig->last_sent, rig->next_out - 1))
		test_poll(&polls, __FILE__, __LINE__, "a frame is sent");
	rig->out_of_order = 0;
	rig->sent_out_of_order = 0;
}

/** The driver has given the device up: activate the card anew. */
void rig_revive(rig_t *rig)
{
	const nic_iface_t *iface = rig->client->iface;

	EXPECT_EQ(iface->set_state(rig->fun, NIC_STATE_DOWN), EOK);
	EXPECT_EQ(iface->set_state(rig->fun, NIC_STATE_ACTIVE), EOK);
	rig_resync(rig);
	rig_expect_traffic(rig);
}

/** Set a VLAN mask, and wait until the device was set up anew for it: frames
 * that are on their way meanwhile may or may not pass.
 */
void rig_set_vlans(rig_t *rig, const nic_vlan_mask_t *mask)
{
	unsigned long starts = rig->vm->starts;

	EXPECT_EQ(rig->client->iface->vlan_set_mask(rig->fun, mask), EOK);
	WAIT_FOR(rig->vm->starts > starts);
}

/** Frames that libnic kept off */
static unsigned long filtered(rig_t *rig)
{
	nic_device_stats_t stats;

	rig_stats(rig, &stats);
	return stats.receive_filtered_unicast +
	    stats.receive_filtered_multicast +
	    stats.receive_filtered_broadcast;
}

/** Does the client get a frame to some address, of some VLAN if not -1? */
bool rig_probe(rig_t *rig, const uint8_t *dest, int vlan)
{
	uint8_t frame[FRAME_MIN + 4];
	unsigned long received = rig->received + rig->strange;
	unsigned long before = filtered(rig);
	unsigned long resets = rig->vm->resets;

	rig_make_frame(rig, frame, FRAME_MIN, rig->next_in, false);
	memcpy(frame, dest, NET_ETH_ADDR);
	if (vlan >= 0) {
		memmove(frame + 16, frame + 12, FRAME_MIN - 12);
		frame[12] = 0x81;
		frame[13] = 0x00;
		frame[14] = vlan >> 8;
		frame[15] = vlan;
	}
	if (!net_receive(rig->net, frame, FRAME_MIN + (vlan >= 0 ? 4 : 0)))
		return false;

	/* It is lost if the driver resets the device meanwhile */
	WAIT_FOR(rig->received + rig->strange + filtered(rig) >
	    received + before || rig->vm->resets != resets);
	if (rig->received + rig->strange + filtered(rig) == received + before)
		return rig_probe(rig, dest, vlan);
	if (rig->received + rig->strange == received)
		return false;
	/* Tagged ones are no test frames, and do not count */
	if (vlan >= 0)
		rig->strange--;
	else
		rig->next_in++;
	return true;
}

void rig_expect_no_strangers(rig_t *rig)
{
	EXPECT_EQ(rig->strange, 0);
	EXPECT_EQ(rig->bad_sizes, 0);
	EXPECT_EQ(rig->out_of_order, 0);
	EXPECT_EQ(rig->sent_out_of_order, 0);
}

void rig_stats(rig_t *rig, nic_device_stats_t *stats)
{
	EXPECT_EQ(rig->client->iface->get_stats(rig->fun, stats), EOK);
}

nic_cable_state_t rig_cable(rig_t *rig)
{
	nic_cable_state_t state;

	EXPECT_EQ(rig->client->iface->get_cable_state(rig->fun, &state), EOK);
	return state;
}

nic_device_state_t rig_state(rig_t *rig)
{
	nic_device_state_t state;

	EXPECT_EQ(rig->client->iface->get_state(rig->fun, &state), EOK);
	return state;
}

/** @}
 */
