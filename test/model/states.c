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
/** @file virtio-net: states, polling, link, announcements, removal
 */

#include <errno.h>
#include <host/model.h>
#include <pthread.h>
#include <string.h>
#include <unistd.h>
#include "rig.h"

typedef struct {
	const char *name;
	vm_kind_t kind;
	uint64_t features;
	nic_device_state_t state;
} state_row_t;

static const state_row_t off_states[] = {
	{ "stopped, modern", VM_MODERN, NET_F_ALL, NIC_STATE_STOPPED },
	{ "stopped, legacy", VM_LEGACY, NET_F_ALL, NIC_STATE_STOPPED },
	{ "down, modern", VM_MODERN, NET_F_ALL, NIC_STATE_DOWN },
	{ "down, legacy", VM_LEGACY, NET_F_ALL, NIC_STATE_DOWN }
};

TEST_ROWS(a_card_that_is_off_delivers_nothing, state_row_t, off_states)
{
	rig_t *rig = rig_start(row->kind, row->features);
	const nic_iface_t *iface = rig->client->iface;
	host_dma_stats_t before, after;
	uint8_t frame[FRAME_MIN];

	rig_expect_traffic(rig);
	host_dma_get_stats(&before);
	unsigned long received = rig->received;
	EXPECT_EQ(iface->set_state(rig->fun, row->state), EOK);
	EXPECT_EQ(rig_state(rig), row->state);
	EXPECT(!rig_receive(rig, 60));
	rig_make_frame(rig, frame, sizeof(frame), 0, true);
	EXPECT(rig_send_raw(rig, frame, sizeof(frame)) != EOK);
	host_irq_drain();
	EXPECT_EQ(rig->received, received);

	EXPECT_EQ(iface->set_state(rig->fun, NIC_STATE_ACTIVE), EOK);
	rig_expect_traffic(rig);
	host_dma_get_stats(&after);
	EXPECT_EQ(after.live, before.live);
	rig_end(rig);
}

TEST_ROWS(a_card_goes_on_and_off_many_times, state_row_t, off_states)
{
	rig_t *rig = rig_start(row->kind, row->features);
	const nic_iface_t *iface = rig->client->iface;
	host_dma_stats_t before, after;

	host_dma_get_stats(&before);
	for (unsigned int i = 0; i < 50; i++) {
		EXPECT_EQ(iface->set_state(rig->fun, row->state), EOK);
		EXPECT_EQ(iface->set_state(rig->fun, NIC_STATE_ACTIVE), EOK);
		EXPECT_EQ(rig_receive_burst(rig, 20, 60), 20);
	}
	rig->out_of_order = 0;
	WAIT_FOR(rig_receive(rig, 60) && rig->last_number != 0);
	host_dma_get_stats(&after);
	EXPECT_EQ(after.live, before.live);
	WAIT_FOR(rig->last_number == rig->next_in - 1);
	rig->out_of_order = 0;
	rig_expect_traffic(rig);
	rig_end(rig);
}

TEST(no_frame_arrives_before_the_card_is_active)
{
	rig_t *rig = rig_create(VM_MODERN, NET_F_ALL);

	EXPECT_EQ(rig_add(rig), EOK);
	EXPECT(!rig_receive(rig, 60));
	rig_connect(rig);
	EXPECT(!rig_receive(rig, 60));
	EXPECT_EQ(host_nic_bring_up(rig->client, &rig->mac), EOK);
	rig_expect_traffic(rig);
	rig_end(rig);
}

static errno_t set_poll(rig_t *rig, nic_poll_mode_t mode, unsigned int ms)
{
	struct timespec period = { .tv_nsec = ms * 1000000L };

	return rig->client->iface->poll_set_mode(rig->fun, mode,
	    ms > 0 ? &period : NULL);
}

TEST(polling_on_demand_delivers_on_demand_and_costs_no_interrupt)
{
	rig_t *rig = rig_start(VM_MODERN, NET_F_ALL);
	vm_queue_t *vq = &rig->vm->queue[NET_RX];

	EXPECT_EQ(rig->client->iface->poll_now(rig->fun), EINVAL);
	EXPECT_EQ(set_poll(rig, NIC_POLL_ON_DEMAND, 0), EOK);
	unsigned long irqs = vq->irqs;
	host_time_set_speed(20);
	for (unsigned int i = 0; i < 10; i++)
		EXPECT(rig_receive(rig, 60));
	/* The watchdog looks at the device, and leaves the ring alone */
	unsigned long accesses = rig->vm->accesses;
	WAIT_FOR(rig->vm->accesses >= accesses + 6);
	host_time_set_speed(1);
	EXPECT_EQ(rig->received, 0);
	EXPECT_EQ(vq->irqs, irqs);
	EXPECT_EQ(rig->client->iface->poll_now(rig->fun), EOK);
	WAIT_FOR(rig->received == 10);
	EXPECT(rig_receive(rig, 60));
	EXPECT_EQ(rig->client->iface->poll_now(rig->fun), EOK);
	WAIT_FOR(rig->received == 11);
	EXPECT_EQ(vq->irqs, irqs);

	EXPECT(rig_receive(rig, 60));
	EXPECT_EQ(set_poll(rig, NIC_POLL_IMMEDIATE, 0), EOK);
	WAIT_FOR(rig->received == 12);
	rig_expect_traffic(rig);
	rig_end(rig);
}

TEST(polling_periodically_costs_no_interrupt)
{
	rig_t *rig = rig_start(VM_MODERN, NET_F_ALL);
	vm_queue_t *vq = &rig->vm->queue[NET_RX];

	EXPECT_EQ(set_poll(rig, NIC_POLL_PERIODIC, 0), EINVAL);
	EXPECT_EQ(set_poll(rig, NIC_POLL_PERIODIC, 5), EOK);
	unsigned long irqs = vq->irqs;
	for (unsigned int i = 1; i <= 10; i++) {
		EXPECT(rig_receive(rig, 60));
		WAIT_FOR(rig->received == i);
	}
	EXPECT_EQ(vq->irqs, irqs);
	EXPECT_EQ(set_poll(rig, NIC_POLL_SOFTWARE_PERIODIC, 7), EOK);
	EXPECT(rig_receive(rig, 60));
	WAIT_FOR(rig->received == 11);
	EXPECT_EQ(vq->irqs, irqs);
	EXPECT_EQ(set_poll(rig, NIC_POLL_IMMEDIATE, 0), EOK);
	rig_expect_traffic(rig);
	rig_end(rig);
}

TEST(the_cable_state_follows_the_link)
{
	rig_t *rig = rig_start(VM_MODERN, NET_F_ALL);

	for (unsigned int i = 0; i < 20; i++) {
		EXPECT_EQ(rig_cable(rig), NIC_CS_PLUGGED);
		net_set_link(rig->net, false);
		WAIT_FOR(rig_cable(rig) == NIC_CS_UNPLUGGED);
		net_set_link(rig->net, true);
		WAIT_FOR(rig_cable(rig) == NIC_CS_PLUGGED);
	}
	rig_expect_traffic(rig);
	rig_end(rig);
}

TEST(a_link_that_changed_without_an_interrupt_is_noticed)
{
	rig_t *rig = rig_start(VM_MODERN, NET_F_ALL);

	host_time_set_speed(20);
	rig->vm->lie.mute = true;
	net_set_link(rig->net, false);
	WAIT_FOR(rig_cable(rig) == NIC_CS_UNPLUGGED);
	rig->vm->lie.mute = false;
	rig_end(rig);
}

TEST(a_device_without_status_is_plugged_in)
{
	rig_t *rig = rig_start(VM_MODERN, NET_F_ALL & ~NET_F_STATUS);

	EXPECT_EQ(rig_cable(rig), NIC_CS_PLUGGED);
	rig_end(rig);
}

static void get_mode(rig_t *rig, int *speed, nic_channel_mode_t *duplex)
{
	nic_role_t role;

	EXPECT_EQ(rig->client->iface->get_operation_mode(rig->fun, speed,
	    duplex, &role), EOK);
}

static bool has_mode(rig_t *rig, int speed, nic_channel_mode_t duplex)
{
	nic_channel_mode_t now_duplex;
	int now_speed;

	get_mode(rig, &now_speed, &now_duplex);
	return now_speed == speed && now_duplex == duplex;
}

TEST(speed_and_duplex_follow_the_device)
{
	rig_t *rig = rig_start(VM_MODERN, NET_F_ALL);

	EXPECT(has_mode(rig, 10000, NIC_CM_FULL_DUPLEX));
	/* 5.1.4.2: re-read after a configuration change */
	vm_lock(rig->vm);
	memcpy(&rig->vm->config[NET_CONFIG_SPEED],
	    (uint8_t []) { 100, 0, 0, 0, 0 }, 5);
	vm_config_changed(rig->vm);
	vm_unlock(rig->vm);
	WAIT_FOR(has_mode(rig, 100, NIC_CM_HALF_DUPLEX));
	net_set_link(rig->net, false);
	WAIT_FOR(has_mode(rig, 0, NIC_CM_HALF_DUPLEX));
	rig_end(rig);
}

TEST(an_announcement_is_sent_and_confirmed)
{
	static const uint8_t fixed[] = {
		0x80, 0x35, 0x00, 0x01, 0x08, 0x00, 6, 4, 0x00, 0x03
	};
	rig_t *rig = rig_start(VM_MODERN, NET_F_ALL);
	const uint8_t *mac = rig->mac.address;
	const uint8_t *frame = rig->strange_frame;

	for (unsigned int i = 1; i <= 3; i++) {
		net_announce(rig->net);
		WAIT_FOR(rig->net->announce_acks == i);
		DEMAND(NET_ANNOUNCE_ACK, rig->net->announce_acks == i, " ");
		EXPECT_EQ(rig->sent_strange, i);
	}
	EXPECT_EQ(rig->strange_size, 60);
	for (unsigned int i = 0; i < 6; i++)
		EXPECT_EQ(frame[i], 0xff);
	EXPECT(memcmp(frame + 6, mac, 6) == 0);
	EXPECT(memcmp(frame + 12, fixed, sizeof(fixed)) == 0);
	EXPECT(memcmp(frame + 22, mac, 6) == 0);
	EXPECT(memcmp(frame + 32, mac, 6) == 0);
	rig_expect_traffic(rig);
	rig_end(rig);
}

/** A frame would be an error that is counted. */
TEST(an_announcement_that_is_asked_of_a_card_that_is_down_is_put_off)
{
	rig_t *rig = rig_start(VM_MODERN, NET_F_ALL);
	const nic_iface_t *iface = rig->client->iface;
	nic_device_stats_t stats;

	EXPECT_EQ(iface->set_state(rig->fun, NIC_STATE_DOWN), EOK);
	net_announce(rig->net);
	/* It looks at both at once, and again at the link's return */
	net_set_link(rig->net, false);
	WAIT_FOR(rig_cable(rig) == NIC_CS_UNPLUGGED);
	net_set_link(rig->net, true);
	WAIT_FOR(rig_cable(rig) == NIC_CS_PLUGGED);
	rig_stats(rig, &stats);
	EXPECT_EQ(stats.send_errors, 0);
	EXPECT_EQ(rig->net->announce_acks, 0);

	EXPECT_EQ(iface->set_state(rig->fun, NIC_STATE_ACTIVE), EOK);
	WAIT_FOR(rig->net->announce_acks == 1);
	EXPECT_EQ(rig->sent_strange, 1);
	rig_end(rig);
}

TEST(device_info_names_the_device)
{
	rig_t *rig = rig_start(VM_TRANSITIONAL, NET_F_ALL);
	nic_device_info_t info;

	EXPECT_EQ(rig->client->iface->get_device_info(rig->fun, &info), EOK);
	EXPECT(strlen(info.vendor_name) > 0 && strlen(info.model_name) > 0);
	EXPECT_EQ(info.vendor_id, 0x1af4);
	EXPECT_EQ(info.device_id, 0x1000);
	rig_end(rig);
}

TEST(what_the_device_cannot_do_is_refused)
{
	rig_t *rig = rig_start(VM_MODERN, NET_F_ALL);
	const nic_iface_t *iface = rig->client->iface;

	if (iface->set_operation_mode != NULL)
		EXPECT_EQ(iface->set_operation_mode(rig->fun, 1000,
		    NIC_CM_FULL_DUPLEX, NIC_ROLE_AUTO), ENOTSUP);
	EXPECT(rig_send_raw(rig, "x", 1) == EOK);
	EXPECT_EQ(rig->sent, 0);
	rig_end(rig);
}

static const state_row_t kinds[] = {
	{ "modern", VM_MODERN, NET_F_ALL, 0 },
	{ "modern in I/O ports", VM_MODERN_IO, NET_F_ALL, 0 },
	{ "transitional", VM_TRANSITIONAL, NET_F_ALL, 0 },
	{ "legacy", VM_LEGACY, NET_F_ALL, 0 }
};

TEST_ROWS(a_quiesced_device_is_reset_and_stays_so, state_row_t, kinds)
{
	rig_t *rig = rig_start(row->kind, row->features);

	rig_expect_traffic(rig);
	EXPECT_EQ(host_dev_quiesce(rig->dev), EOK);
	EXPECT_EQ(rig->vm->status, 0);
	EXPECT(!rig->vm->resetting);
	EXPECT(!rig_receive(rig, 60));
	(void) rig_send(rig, 60);
	(void) rig->client->iface->set_state(rig->fun, NIC_STATE_STOPPED);
	(void) rig->client->iface->set_state(rig->fun, NIC_STATE_ACTIVE);
	EXPECT_EQ(rig->vm->status, 0);
	EXPECT_EQ(host_dev_quiesce(rig->dev), EOK);
	rig_end(rig);
}

/** The worker comes back from a delivery to rings that are no more. */
TEST_ROWS(a_device_that_is_quiesced_under_a_delivery_is_left_alone,
    state_row_t, kinds)
{
	rig_t *rig = rig_start(row->kind, row->features);
	vm_queue_t *vq = &rig->vm->queue[NET_RX];

	rig_expect_traffic(rig);
	unsigned long received = rig->received;
	unsigned long buffers = vq->buffers;
	rig->busy = true;
	EXPECT(rig_receive(rig, 60));
	/* It was taken, and its buffer is back */
	WAIT_FOR(vq->buffers > buffers);
	EXPECT_EQ(host_dev_quiesce(rig->dev), EOK);
	rig->busy = false;
	WAIT_FOR(rig->received > received);
	rig_end(rig);
}

/** It keeps its session, and libnic answers. */
TEST(a_client_of_a_card_that_was_removed_is_refused)
{
	rig_t *rig = rig_start(VM_MODERN, NET_F_ALL);
	uint8_t frame[FRAME_MIN];

	rig_make_frame(rig, frame, sizeof(frame), 0, true);
	EXPECT_EQ(host_dev_remove(rig->dev), EOK);
	EXPECT_EQ(rig_state(rig), NIC_STATE_STOPPED);
	EXPECT_EQ(rig_send_raw(rig, frame, sizeof(frame)), EBUSY);
	rig_end_client(rig);
	rig_check_clean(rig);
	rig_destroy(rig);
}

/** Traffic from two sides until it is told to end */
typedef struct {
	rig_t *rig;
	atomic_bool end;
	atomic_ulong sent;
	pthread_t thread[3];
} load_t;

static void *load_send(void *arg)
{
	load_t *load = arg;
	uint8_t frame[FRAME_MIN];

	rig_make_frame(load->rig, frame, sizeof(frame), 0, true);
	while (!load->end) {
		(void) rig_send_raw(load->rig, frame, sizeof(frame));
		load->sent++;
	}
	return NULL;
}

static void *load_receive(void *arg)
{
	load_t *load = arg;

	while (!load->end) {
		if (rig_receive_burst(load->rig, 50, 60) == 0)
			usleep(100);
	}
	return NULL;
}

static void *load_query(void *arg)
{
	load_t *load = arg;
	const nic_iface_t *iface = load->rig->client->iface;
	nic_cable_state_t state;
	nic_device_stats_t stats;

	while (!load->end) {
		(void) iface->get_cable_state(load->rig->fun, &state);
		(void) iface->get_stats(load->rig->fun, &stats);
		(void) iface->broadcast_set_mode(load->rig->fun,
		    NIC_BROADCAST_ACCEPTED);
		usleep(50);
	}
	return NULL;
}

static void load_start(load_t *load, rig_t *rig)
{
	void *(*const mains[])(void *) = {
		load_send, load_receive, load_query
	};

	memset(load, 0, sizeof(*load));
	load->rig = rig;
	for (unsigned int i = 0; i < 3; i++)
		EXPECT(pthread_create(&load->thread[i], NULL, mains[i],
		    load) == 0);
	WAIT_FOR(load->sent > 20 && rig->received > 20);
}

static void load_end(load_t *load)
{
	load->end = true;
	for (unsigned int i = 0; i < 3; i++)
		pthread_join(load->thread[i], NULL);
}

TEST_ROWS(a_device_is_removed_while_traffic_flows, state_row_t, kinds)
{
	for (unsigned int i = 0; i < 5; i++) {
		rig_t *rig = rig_start(row->kind, row->features);
		load_t load;

		load_start(&load, rig);
		EXPECT_EQ(host_dev_remove(rig->dev), EOK);
		unsigned long sent = load.sent;
		WAIT_FOR(load.sent > sent + 10);
		load_end(&load);
		EXPECT_EQ(rig->strange, 0);
		EXPECT_EQ(rig->out_of_order, 0);
		rig_end_client(rig);
		rig_check_clean(rig);
		rig_destroy(rig);
	}
}

TEST_ROWS(a_device_is_unplugged_while_traffic_flows, state_row_t, kinds)
{
	for (unsigned int i = 0; i < 5; i++) {
		rig_t *rig = rig_start(row->kind, row->features);
		load_t load;

		load_start(&load, rig);
		vm_unplug(rig->vm);
		/* What the device owed is waited for in vain */
		host_time_set_speed(50);
		unsigned long sent = load.sent;
		if (i % 2 == 0)
			WAIT_FOR(load.sent > sent + 10);
		EXPECT_EQ(host_dev_gone(rig->dev), EOK);
		host_time_set_speed(1);
		load_end(&load);
		EXPECT_EQ(rig->strange, 0);
		EXPECT_EQ(rig->out_of_order, 0);
		rig_end_client(rig);
		rig_check_clean(rig);
		rig_destroy(rig);
	}
}

TEST_ROWS(a_card_is_stopped_and_started_while_traffic_flows, state_row_t,
    kinds)
{
	rig_t *rig = rig_start(row->kind, row->features);
	const nic_iface_t *iface = rig->client->iface;
	load_t load;

	load_start(&load, rig);
	for (unsigned int i = 0; i < 20; i++) {
		EXPECT_EQ(iface->set_state(rig->fun, NIC_STATE_STOPPED), EOK);
		unsigned long received = rig->received;
		EXPECT_EQ(rig->received, received);
		EXPECT_EQ(iface->set_state(rig->fun, NIC_STATE_ACTIVE), EOK);
		WAIT_FOR(rig->received > received);
	}
	load_end(&load);
	EXPECT_EQ(rig->strange, 0);
	WAIT_FOR(rig->vm->queue[NET_RX].in_flight >= 200);
	rig->last_sent = rig->next_out - 1;
	rig->sent_out_of_order = 0;
	rig->sent_strange = 0;
	WAIT_FOR(rig->last_number == rig->next_in - 1);
	rig->out_of_order = 0;
	rig->sent = 0;
	rig_expect_traffic(rig);
	rig_end(rig);
}

TEST_ROWS(a_device_comes_and_goes_a_hundred_times, state_row_t, kinds)
{
	rig_t *rig = rig_create(row->kind, row->features);

	for (unsigned int i = 0; i < 100; i++) {
		EXPECT_EQ(rig_add(rig), EOK);
		rig_up(rig);
		EXPECT_EQ(rig_send(rig, 60), EOK);
		EXPECT(rig_receive(rig, 60));
		if (i % 2 == 0)
			WAIT_FOR(rig->last_number == rig->next_in - 1);
		rig->last_number = rig->next_in - 1;
		if (i % 4 == 0)
			rig_gone(rig);
		else
			rig_remove(rig);
		rig_check_clean(rig);
	}
	rig_destroy(rig);
}

TEST(a_device_comes_and_goes_a_thousand_times)
{
	rig_t *rig = rig_create(VM_MODERN, NET_F_ALL);

	host_time_set_speed(50);
	for (unsigned int i = 0; i < 1000; i++) {
		EXPECT_EQ(rig_add(rig), EOK);
		rig_remove(rig);
		rig_check_clean(rig);
	}
	rig_destroy(rig);
}

TEST(two_devices_share_an_interrupt_line)
{
	rig_t *a = rig_start(VM_MODERN, NET_F_ALL);
	rig_t *b = rig_start(VM_LEGACY, NET_F_ALL);

	for (unsigned int i = 0; i < 5; i++) {
		rig_expect_traffic(a);
		rig_expect_traffic(b);
	}
	rig_expect_no_strangers(a);
	rig_remove(a);
	rig_expect_traffic(b);
	rig_end(b);
	rig_destroy(a);
}

/** @}
 */
