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

/** @file
 * The drivers, the model and a client, together
 */

#include <ctype.h>
#include <host/violation.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include "rig.h"

extern int xen_platform_main(int, char *[]);
extern int xenbus_main(int, char *[]);
extern int xen_netfront_main(int, char *[]);

ddf_dev_t *rig_platform;
_Atomic(ddf_fun_t *) rig_card;
host_nic_client_t *rig_client;
atomic_uint rig_received;
uint8_t rig_mac_end = 3;
atomic_uint rig_lost_pages;
atomic_uint rig_unclosed;
atomic_uint rig_unfiltered;

/** Clients of a life, at most */
#define CLIENTS_MAX  1000

static async_sess_t *sess;
/** Guards rig_card against going while it is looked at */
static pthread_mutex_t card_lock = PTHREAD_MUTEX_INITIALIZER;
/** Guards the last frame that the client got: a driver that looks at its ring
 * anyhow finds the next frame without a lock that the test had */
static pthread_mutex_t last_lock = PTHREAD_MUTEX_INITIALIZER;
static uint8_t last[RIG_FRAME_MAX];
static size_t last_size;
/** What was said when a device was closed last, guarded by the same lock */
static char why_closed[200];
/** Clients that were forgotten */
static host_nic_client_t *old[CLIENTS_MAX];
static unsigned int old_count;
/** Called when xenbus is about to come, if not NULL */
void (*rig_before_bus)(void);
/** Bytes of DMA memory that were there before the start */
static size_t dma_before;

static const host_hooks_t hooks = {
	.dma_before_alloc = fault_dma,
	.dma_before_free = model_before_free,
	.fibril_before_create = fault_fibril,
	.irq_before_subscribe = fault_irq,
	.pio_before_enable = fault_pio
};

void suite_begin(void)
{
}

int suite_end(void)
{
	return 0;
}

void suite_describe(void)
{
}

static void on_frame(void *arg, const void *data, size_t size)
{
	EXPECT(size <= sizeof(last));
	pthread_mutex_lock(&last_lock);
	memcpy(last, data, size);
	last_size = size;
	pthread_mutex_unlock(&last_lock);
	rig_received++;
}

/** Whether the last frame that the client got is this one */
bool rig_got(const void *frame, size_t size)
{
	pthread_mutex_lock(&last_lock);
	bool is = size == last_size && memcmp(frame, last, size) == 0;
	pthread_mutex_unlock(&last_lock);
	return is;
}

static const host_nic_client_ops_t client_ops = {
	.received = on_frame
};

static void on_fun(ddf_fun_t *fun, bool bound, void *arg)
{
	/* Names come from xenstore, and go into devman's paths and the log. */
	for (const char *c = ddf_fun_get_name(fun); *c != '\0'; c++)
		EXPECT(isalnum((unsigned char) *c) || *c == '-' || *c == '_');

	if (bound && rig_before_bus != NULL &&
	    strcmp(ddf_fun_get_name(fun), "xenbus") == 0)
		rig_before_bus();
	if (host_fun_iface(fun, NIC_DEV_IFACE) == NULL)
		return;

	pthread_mutex_lock(&card_lock);
	if (bound) {
		host_fun_get(fun);
		rig_card = fun;
	} else if (rig_card == fun) {
		rig_card = NULL;
		host_fun_put(fun);
	}
	pthread_mutex_unlock(&card_lock);
}

static void on_log(log_level_t level, const char *text)
{
	(void) level;
	fprintf(stderr, "%s\n", text);
	if (strstr(text, "they are lost") != NULL)
		rig_lost_pages++;
	if (strstr(text, "does not close") != NULL)
		rig_unclosed++;
	if (strstr(text, "filter cannot be used") != NULL)
		rig_unfiltered++;
	if (strstr(text, "the device is closed") != NULL) {
		pthread_mutex_lock(&last_lock);
		snprintf(why_closed, sizeof(why_closed), "%s", text);
		pthread_mutex_unlock(&last_lock);
	}
}

/** Was a device closed, and for this? */
bool rig_closed_for(const char *why)
{
	pthread_mutex_lock(&last_lock);
	bool is = strstr(why_closed, why) != NULL;
	pthread_mutex_unlock(&last_lock);
	return is;
}

/** Make a client of the card that there is.
 *
 * @return ENOENT if there is none (any more)
 */
static errno_t make_client(void)
{
	pthread_mutex_lock(&card_lock);
	ddf_fun_t *fun = rig_card;
	if (fun != NULL)
		host_fun_get(fun);
	pthread_mutex_unlock(&card_lock);
	if (fun == NULL)
		return ENOENT;

	errno_t rc = host_nic_connect(fun, &client_ops, NULL, &rig_client);
	host_fun_put(fun);
	return rc;
}

/** State of the front end in xenstore, 0 if there is none */
unsigned int rig_front_state(void)
{
	model_lock();
	const char *value = store_get(FRONT "/state");
	unsigned int state = value == NULL ? 0 : value[0] - '0';
	model_unlock();
	return state;
}

/** Bytes of DMA memory that drivers have */
size_t rig_live_dma(void)
{
	host_dma_stats_t stats;

	host_dma_get_stats(&stats);
	return stats.live;
}

/** Start the drivers, once for each program. */
static void start_drivers(void)
{
	static bool started;

	if (started)
		return;
	started = true;
	(void) host_driver_add_match("xenbus", "xen/xenbus");
	(void) host_driver_add_match("xen-netfront", "xen/vif");
	host_fun_set_cb(on_fun, NULL);
	host_set_hooks(&hooks);
	host_log_set_sink(on_log);
	EXPECT_EQ(host_driver_start(xen_platform_main, "xen-platform"), EOK);
	EXPECT_EQ(host_driver_start(xenbus_main, "xenbus"), EOK);
	EXPECT_EQ(host_driver_start(xen_netfront_main, "xen-netfront"), EOK);
}

/** Start the machine. */
void rig_power_on(void)
{
	rig_received = 0;
	rig_lost_pages = 0;
	dma_before = rig_live_dma();
	start_drivers();
	sess = model_xen_start();
}

/** Start the drivers.
 *
 * @return What dev_add of the platform device returned
 */
errno_t rig_add(void)
{
	errno_t rc = host_dev_add("xen-platform", "00:02.0", sess,
	    &rig_platform);
	if (rc != EOK)
		rig_platform = NULL;
	return rc;
}

/** Start the machine and its drivers. */
void rig_start(void)
{
	rig_power_on();
	EXPECT_EQ(rig_add(), EOK);
}

bool rig_link_is_up(void)
{
	nic_cable_state_t state;
	return rig_client->iface->get_cable_state(rig_client->fun, &state) ==
	    EOK && state == NIC_CS_PLUGGED;
}

/** Make the card active, and say nothing of what is wanted. */
errno_t rig_connect_only(void)
{
	errno_t rc = make_client();
	if (rc != EOK)
		return rc;
	return rig_client->iface->set_state(rig_client->fun, NIC_STATE_ACTIVE);
}

/** Do with the card what an IP stack does. */
errno_t rig_connect(void)
{
	nic_address_t mac;

	errno_t rc = make_client();
	if (rc != EOK)
		return rc;
	rc = host_nic_bring_up(rig_client, &mac);
	if (rc == EOK)
		EXPECT_EQ(mac.address[2], 0x3e);
	else
		rig_disconnect();
	return rc;
}

/** Wait for the card and its link. */
void rig_bring_up(void)
{
	WAIT_FOR(rig_card != NULL);
	EXPECT_EQ(rig_connect(), EOK);
	WAIT_FOR(rig_link_is_up());
}

/** Start with a device, with one event channel or two. */
void rig_start_up(bool split)
{
	rig_start();
	netback_plug(split);
	rig_bring_up();
}

/** Forget the client, whose card is there no more, or soon will not be; it may
 * call back until then.
 */
void rig_disconnect(void)
{
	if (rig_client == NULL)
		return;
	EXPECT(old_count < CLIENTS_MAX);
	old[old_count++] = rig_client;
	rig_client = NULL;
}

static void destroy_clients(void)
{
	rig_disconnect();
	while (old_count > 0)
		host_nic_client_destroy(old[--old_count]);
}

static pthread_t offliner;

static void *offline(void *arg)
{
	EXPECT_EQ(host_fun_offline(arg), EOK);
	return NULL;
}

void rig_offline_begin(ddf_fun_t *fun)
{
	EXPECT_EQ(pthread_create(&offliner, NULL, offline, fun), 0);
}

void rig_offline_end(void)
{
	pthread_join(offliner, NULL);
}

/** After the platform device was removed: nothing can happen any more. */
void rig_check_parted(void)
{
	destroy_clients();
	host_irq_drain();
	WAIT_FOR(model_open_ports() == 0);
}

/** After the platform device was removed: nothing is left of the drivers. */
void rig_check_clean(void)
{
	rig_check_parted();
	EXPECT_EQ(model_grants_in_use(), 0);
	EXPECT_EQ(rig_live_dma(), dma_before);
	model_lock();
	EXPECT_EQ(store_watches(), 0);
	EXPECT(!store_in_transaction());
	model_unlock();
}

/** Switch the machine off. */
void rig_stop(void)
{
	rig_before_bus = NULL;
	destroy_clients();
	host_pci_sess_destroy(sess);
	model_xen_stop();
	WAIT_FOR(host_ddf_objects() == 0);
}

/** Remove all drivers' devices; nothing may be left. */
void rig_finish(void)
{
	EXPECT_EQ(host_dev_remove(rig_platform), EOK);
	rig_check_clean();
	rig_stop();
}

/** Send a frame that is made of one byte. */
void rig_send(size_t size, uint8_t tag)
{
	uint8_t frame[RIG_FRAME_MAX];

	memset(frame, tag, size);
	EXPECT_EQ(rig_client->iface->send_frame(rig_client->fun, frame, size),
	    EOK);
}

/** A frame to the card's own address */
size_t rig_make_frame(uint8_t *frame, size_t size, uint8_t tag)
{
	const uint8_t mac[] = { 0, 0x16, 0x3e, 1, 2, rig_mac_end };

	memset(frame, tag, size);
	memcpy(frame, mac, sizeof(mac));
	return size;
}

/** The back end has a frame for the card.
 *
 * @return False if there is no room for it
 */
bool rig_receive(size_t size, uint8_t tag)
{
	uint8_t frame[RIG_FRAME_MAX];
	return netback_receive(frame, rig_make_frame(frame, size, tag));
}

/** A frame goes each way. */
void rig_expect_traffic(void)
{
	uint8_t frame[100];
	size_t before = netback_sent();
	unsigned int got = rig_received;

	rig_send(100, 0x55);
	WAIT_FOR(netback_sent() == before + 1);
	EXPECT(rig_receive(100, 0x66));
	WAIT_FOR(rig_received == got + 1);
	EXPECT(rig_got(frame, rig_make_frame(frame, 100, 0x66)));
}
