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

/** @addtogroup hosttest
 * @{
 */
/** @file Network card framework, with a card that has nothing behind it
 */

#include <errno.h>
#include <host/ddf.h>
#include <host/model.h>
#include <host/nic_client.h>
#include <mem.h>
#include <nic.h>
#include <pcut/pcut.h>

PCUT_INIT;

PCUT_TEST_SUITE(nic);

static nic_t *nic;
static size_t received;
static int polls;
static errno_t poll_answer;
static errno_t filter_answer;
static fibril_semaphore_t polled;
/** Cards that a client may find: now, and when this one was bound */
static int found;
static int found_bound;

static const nic_address_t own = { { 0x52, 0x54, 0, 1, 2, 3 } };

static void send_frame(nic_t *n, void *data, size_t size)
{
	nic_report_send_ok(n, 1, size);
}

static errno_t on_multicast(nic_t *n, nic_multicast_mode_t mode,
    const nic_address_t *addr, size_t count)
{
	return filter_answer;
}

static errno_t on_broadcast(nic_t *n, nic_broadcast_mode_t mode)
{
	return EOK;
}

static errno_t on_poll_mode(nic_t *n, nic_poll_mode_t mode,
    const struct timespec *period)
{
	return mode == NIC_POLL_PERIODIC ? poll_answer : EOK;
}

static void on_poll_request(nic_t *n)
{
	polls++;
	fibril_semaphore_up(&polled);
}

static nic_iface_t iface;
static ddf_dev_ops_t dev_ops;
static driver_ops_t driver_ops;

static errno_t card_add(ddf_dev_t *dev)
{
	nic = nic_create_and_bind(dev);
	nic_set_send_frame_handler(nic, send_frame);
	nic_set_filtering_change_handlers(nic, NULL, on_multicast,
	    on_broadcast, NULL, NULL);
	nic_set_poll_handlers(nic, on_poll_mode, on_poll_request);
	nic_report_address(nic, &own);

	ddf_fun_t *fun = ddf_fun_create(dev, fun_exposed, "port0");
	nic_set_ddf_fun(nic, fun);
	ddf_fun_set_ops(fun, &dev_ops);
	errno_t rc = ddf_fun_bind(fun);
	found_bound = found;
	return rc == EOK ? nic_fun_add_to_cats(fun) : rc;
}

static errno_t card_remove(ddf_dev_t *dev)
{
	ddf_fun_unbind(nic_get_ddf_fun(nic));
	ddf_fun_destroy(nic_get_ddf_fun(nic));
	nic_unbind_and_destroy(dev);
	return EOK;
}

static driver_t driver = { .name = "card", .driver_ops = &driver_ops };
static ddf_dev_t *dev;
static host_nic_client_t *client;

static void on_received(void *arg, const void *data, size_t size)
{
	received++;
}

static const host_nic_client_ops_t client_ops = {
	.received = on_received
};

static void on_fun(ddf_fun_t *fun, bool there, void *arg)
{
	found += there ? 1 : -1;
}

PCUT_TEST_BEFORE {
	nic_address_t addr;

	found = 0;
	host_fun_set_cb(on_fun, NULL);
	fibril_semaphore_initialize(&polled, 0);
	driver_ops.dev_add = card_add;
	driver_ops.dev_remove = card_remove;
	nic_driver_implement(&driver_ops, &dev_ops, &iface);
	ddf_driver_main(&driver);
	PCUT_ASSERT_ERRNO_VAL(EOK, host_dev_add("card", "card0", NULL, &dev));
	ddf_fun_t *fun = host_dev_get_fun(dev, NULL);
	PCUT_ASSERT_ERRNO_VAL(EOK, host_nic_connect(fun, &client_ops, NULL,
	    &client));
	host_fun_put(fun);
	PCUT_ASSERT_ERRNO_VAL(EOK, host_nic_bring_up(client, &addr));
	PCUT_ASSERT_INT_EQUALS(0, memcmp(&addr, &own, ETH_ADDR));
}

PCUT_TEST_AFTER {
	PCUT_ASSERT_ERRNO_VAL(EOK, host_dev_remove(dev));
	host_nic_client_destroy(client);
	PCUT_ASSERT_UINT_EQUALS(0, host_ddf_objects());
	PCUT_ASSERT_INT_EQUALS(0, found);
	host_fun_set_cb(NULL, NULL);
}

/** Let the card receive a frame; true if the client got it. */
static bool receive(const uint8_t *dest)
{
	size_t before = received;
	nic_frame_t *frame = nic_alloc_frame(nic, 60);

	memset(frame->data, 0, 60);
	memcpy(frame->data, dest, ETH_ADDR);
	nic_received_frame(nic, frame);
	return received != before;
}

static const uint8_t broadcast[] = { 255, 255, 255, 255, 255, 255 };
static const uint8_t group[] = { 1, 0, 0x5e, 0, 0, 1 };
static const uint8_t other_group[] = { 1, 0, 0x5e, 0, 0, 2 };

PCUT_TEST(clients_find_a_card_by_its_category_while_it_is_online)
{
	ddf_fun_t *fun = nic_get_ddf_fun(nic);

	PCUT_ASSERT_INT_EQUALS(0, found_bound);
	PCUT_ASSERT_INT_EQUALS(1, found);
	PCUT_ASSERT_ERRNO_VAL(EOK, ddf_fun_offline(fun));
	PCUT_ASSERT_INT_EQUALS(0, found);
	PCUT_ASSERT_ERRNO_VAL(EOK, ddf_fun_online(fun));
	PCUT_ASSERT_INT_EQUALS(1, found);
}

PCUT_TEST(own_and_broadcast_frames_pass)
{
	PCUT_ASSERT_TRUE(receive(own.address));
	PCUT_ASSERT_TRUE(receive(broadcast));
	PCUT_ASSERT_FALSE(receive(group));
}

PCUT_TEST(blocked_broadcasts_are_filtered_and_counted)
{
	nic_device_stats_t stats;

	PCUT_ASSERT_ERRNO_VAL(EOK, iface.broadcast_set_mode(client->fun,
	    NIC_BROADCAST_BLOCKED));
	PCUT_ASSERT_FALSE(receive(broadcast));
	iface.get_stats(client->fun, &stats);
	PCUT_ASSERT_UINT_EQUALS(1, stats.receive_filtered_broadcast);
}

PCUT_TEST(a_multicast_list_is_checked_if_the_card_is_not_exact)
{
	nic_address_t list[1];

	memcpy(list[0].address, group, ETH_ADDR);
	PCUT_ASSERT_ERRNO_VAL(EOK, iface.multicast_set_mode(client->fun,
	    NIC_MULTICAST_LIST, list, 1));
	PCUT_ASSERT_TRUE(receive(group));
	PCUT_ASSERT_FALSE(receive(other_group));
	nic_report_hw_filtering(nic, -1, 1, -1);
	PCUT_ASSERT_TRUE(receive(other_group));
}

PCUT_TEST(a_mode_that_the_driver_refuses_is_not_taken)
{
	nic_multicast_mode_t mode;

	filter_answer = ENOTSUP;
	PCUT_ASSERT_ERRNO_VAL(ENOTSUP, iface.multicast_set_mode(client->fun,
	    NIC_MULTICAST_PROMISC, NULL, 0));
	iface.multicast_get_mode(client->fun, &mode, 0, NULL, NULL);
	PCUT_ASSERT_INT_EQUALS(NIC_MULTICAST_BLOCKED, mode);
}

PCUT_TEST(a_card_that_is_down_neither_sends_nor_delivers)
{
	uint8_t frame[60] = { 0 };

	PCUT_ASSERT_ERRNO_VAL(EOK, iface.send_frame(client->fun, frame,
	    sizeof(frame)));
	PCUT_ASSERT_ERRNO_VAL(EOK, iface.set_state(client->fun,
	    NIC_STATE_DOWN));
	PCUT_ASSERT_ERRNO_VAL(EBUSY, iface.send_frame(client->fun, frame,
	    sizeof(frame)));
	PCUT_ASSERT_FALSE(receive(own.address));
}

PCUT_TEST(stopping_forgets_statistics_and_modes)
{
	nic_device_stats_t stats;

	receive(own.address);
	PCUT_ASSERT_ERRNO_VAL(EOK, iface.broadcast_set_mode(client->fun,
	    NIC_BROADCAST_BLOCKED));
	PCUT_ASSERT_ERRNO_VAL(EOK, iface.set_state(client->fun,
	    NIC_STATE_STOPPED));
	iface.get_stats(client->fun, &stats);
	PCUT_ASSERT_UINT_EQUALS(0, stats.receive_packets);
	PCUT_ASSERT_ERRNO_VAL(EOK, iface.set_state(client->fun,
	    NIC_STATE_ACTIVE));
	PCUT_ASSERT_TRUE(receive(broadcast));
}

PCUT_TEST(a_card_without_a_timer_is_polled_by_a_fibril)
{
	struct timespec period = { .tv_nsec = 1000000 };

	poll_answer = ENOTSUP;
	PCUT_ASSERT_ERRNO_VAL(EOK, iface.poll_set_mode(client->fun,
	    NIC_POLL_PERIODIC, &period));
	fibril_semaphore_down(&polled);
	fibril_semaphore_down(&polled);
}

PCUT_TEST(poll_now_works_on_demand_only)
{
	PCUT_ASSERT_ERRNO_VAL(EINVAL, iface.poll_now(client->fun));
	PCUT_ASSERT_ERRNO_VAL(EOK, iface.poll_set_mode(client->fun,
	    NIC_POLL_ON_DEMAND, NULL));
	PCUT_ASSERT_ERRNO_VAL(EOK, iface.poll_now(client->fun));
	PCUT_ASSERT_INT_EQUALS(1, polls);
}

PCUT_EXPORT(nic);

/** @}
 */
