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

/** @addtogroup xenmodel
 * @{
 */
/** @file
 * The platform device and its clients
 */

#include <host/model.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <xen/hypercall.h>
#include <xen/ipc/platform.h>
#include <xen/platform.h>
#include "life.h"

static void no_event(void *arg, uint32_t port)
{
}

static atomic_uint events;

static void count_event(void *arg, uint32_t port)
{
	events++;
}

static async_sess_t *session(void)
{
	ddf_fun_t *fun = host_dev_get_fun(rig_platform, "xenbus");
	async_sess_t *sess = host_fun_connect(fun);
	host_fun_put(fun);
	return sess;
}

static xen_platform_t *open_client(void)
{
	xen_platform_t *client;

	EXPECT_EQ(xen_platform_open(session(), no_event, NULL, &client), EOK);
	return client;
}

/** xenbus has all that it wants. */
static bool bus_is_there(void)
{
	model_lock();
	bool is = store_watches() == 2;
	model_unlock();
	return is;
}

/** Take xenbus off the platform. */
static void bus_offline(void)
{
	ddf_fun_t *bus = host_dev_get_fun(rig_platform, "xenbus");
	EXPECT_EQ(host_fun_offline(bus), EOK);
	host_fun_put(bus);
}

static xen_grants_t alloc(xen_platform_t *client, uint32_t count,
    errno_t expected)
{
	xen_grants_t grants = { 0 };

	EXPECT_EQ(xen_platform_grants_alloc(client, count, &grants), expected);
	return grants;
}

/** References that a guest may have */
#define TOTAL  (MODEL_GRANTS - XEN_GRANT_NR_RESERVED)

TEST(grants_that_an_earlier_life_left_are_taken_back_or_set_aside)
{
	rig_power_on();
	model_leave_grant(8, false);
	model_leave_grant(9, true);
	model_leave_grant(20, true);
	model_leave_grant(600, false);
	model_leave_grant(MODEL_GRANTS - 1, false);
	EXPECT_EQ(rig_add(), EOK);
	EXPECT_EQ(model_grants_in_use(), 2);
	netback_plug(true);
	rig_bring_up();
	rig_expect_traffic();
	EXPECT(model_grant_is_left(9));
	EXPECT(model_grant_is_left(20));

	/* They are of use again once they were let go of. */
	model_gref_use(9, false);
	model_gref_use(20, false);
	netback_restart();
	WAIT_FOR(!model_grant_is_left(9) && !model_grant_is_left(20));
	WAIT_FOR(rig_link_is_up());
	rig_expect_traffic();
	rig_finish();
}

/** A client that knows of an event by nothing but the event */
static xen_platform_t *open_listener(uint32_t *port)
{
	xen_platform_t *client;

	events = 0;
	EXPECT_EQ(xen_platform_open(session(), count_event, NULL, &client),
	    EOK);
	EXPECT_EQ(xen_platform_port_alloc(client, 0, port), EOK);
	EXPECT_EQ(xen_evtchn_unmask(*port), EOK);
	return client;
}

static void event(uint32_t port)
{
	model_lock();
	model_event(port);
	model_unlock();
}

TEST(an_announcement_that_is_lost_is_not_waited_for)
{
	uint32_t port;

	rig_start();
	xen_platform_t *client = open_listener(&port);
	for (unsigned int i = 0; i < 3; i++) {
		model_lose_interrupts(true);
		event(port);
		model_lose_announcement();
		model_lose_interrupts(false);
		WAIT_FOR(events > i);
		EXPECT_EQ(xen_evtchn_unmask(port), EOK);
	}
	xen_platform_close(client);
	rig_finish();
}

TEST(after_an_interrupt_that_was_lost_the_next_one_comes)
{
	uint32_t port;

	rig_start();
	WAIT_FOR(bus_is_there());
	xen_platform_t *client = open_listener(&port);
	model_lose_interrupts(true);
	event(port);
	WAIT_FOR(events >= 1);
	model_lose_interrupts(false);

	/* Nothing that looks now and then does. */
	host_time_set_speed(0);
	unsigned int before = events;
	EXPECT_EQ(xen_evtchn_unmask(port), EOK);
	event(port);
	WAIT_FOR(events > before);
	host_time_set_speed(1);
	xen_platform_close(client);
	rig_finish();
}

TEST(an_event_that_is_not_passed_on_is_passed_on_later)
{
	uint32_t port;

	rig_start();
	xen_platform_t *client = open_listener(&port);
	for (unsigned int i = 0; i < 3; i++) {
		unsigned int before = events;
		fault_lost_events = 1;
		event(port);
		WAIT_FOR(events > before);
		EXPECT_EQ(fault_lost_events, 0);
		EXPECT_EQ(xen_evtchn_unmask(port), EOK);
	}
	xen_platform_close(client);
	rig_finish();
}

#define MANY  500

TEST(a_port_that_is_not_unmasked_makes_no_work)
{
	uint32_t port;
	uint32_t other;

	rig_start();
	xen_platform_t *client = open_listener(&port);
	EXPECT_EQ(xen_platform_port_alloc(client, 0, &other), EOK);
	EXPECT_EQ(xen_evtchn_unmask(other), EOK);

	/* Told once, and again now and then */
	unsigned int before = fault_events;
	for (unsigned int i = 0; i < MANY; i++) {
		event(port);
		host_irq_drain();
	}
	EXPECT(fault_events > before);
	EXPECT(fault_events - before < MANY / 2);

	/* Nor does it when another one does; nothing looks now and then. */
	host_time_set_speed(0);
	before = fault_events;
	unsigned int told = events;
	for (unsigned int i = 0; i < MANY; i++) {
		event(port);
		event(other);
		WAIT_FOR(events - told > i);
		EXPECT_EQ(xen_evtchn_unmask(other), EOK);
	}
	EXPECT(fault_events - before < MANY + MANY / 2);
	host_time_set_speed(1);
	xen_platform_close(client);
	rig_finish();
}

TEST(a_full_grant_table_gives_no_more)
{
	rig_start();
	xen_platform_t *client = open_client();
	(void) alloc(client, 0, EINVAL);
	(void) alloc(client, TOTAL + 1, ENOSPC);
	xen_grants_t all = alloc(client, TOTAL, EOK);
	EXPECT_EQ(all.first, XEN_GRANT_NR_RESERVED);
	(void) alloc(client, 1, ENOSPC);
	xen_platform_grants_free(client, &all);
	xen_platform_close(client);
	rig_finish();
}

TEST(a_gap_in_the_grant_table_is_for_what_fits)
{
	rig_start();
	xen_platform_t *client = open_client();
	xen_grants_t a = alloc(client, 100, EOK);
	xen_grants_t b = alloc(client, 100, EOK);
	xen_grants_t c = alloc(client, TOTAL - 200, EOK);
	EXPECT_EQ(b.first, a.first + 100);
	EXPECT_EQ(c.first, b.first + 100);

	xen_platform_grants_free(client, &b);
	(void) alloc(client, 101, ENOSPC);
	b = alloc(client, 100, EOK);
	EXPECT_EQ(b.first, a.first + 100);

	/* Given back out of order, and taken in pieces: none lie on others. */
	xen_platform_grants_free(client, &a);
	xen_platform_grants_free(client, &b);
	a = alloc(client, 50, EOK);
	b = alloc(client, 150, EOK);
	EXPECT_EQ(a.first, XEN_GRANT_NR_RESERVED);
	EXPECT_EQ(b.first, a.first + 50);
	(void) alloc(client, 1, ENOSPC);
	xen_platform_grants_free(client, &a);
	xen_platform_grants_free(client, &b);
	xen_platform_grants_free(client, &c);
	xen_platform_close(client);
	rig_finish();
}

TEST(references_that_were_set_aside_are_given_out_again)
{
	uint32_t ref;

	rig_start();
	xen_platform_t *client = open_client();
	xen_grants_t all = alloc(client, TOTAL, EOK);
	EXPECT_EQ(xen_grant_give(&all, 0, 1, true, &ref), EOK);
	model_gref_use(ref, true);
	xen_platform_grants_free(client, &all);
	(void) alloc(client, TOTAL, ENOSPC);
	EXPECT_EQ(model_grants_in_use(), 1);
	model_gref_use(ref, false);
	all = alloc(client, TOTAL, EOK);
	EXPECT_EQ(model_grants_in_use(), 0);
	xen_platform_grants_free(client, &all);
	xen_platform_close(client);
	rig_finish();
}

TEST(a_client_has_nothing_of_another)
{
	uint32_t port;
	uint32_t own;
	uint64_t frame;

	rig_start();
	WAIT_FOR(bus_is_there());
	xen_platform_t *a = open_client();
	xen_platform_t *b = open_client();
	EXPECT_EQ(xen_platform_store_claim(b, &frame, &port), EBUSY);
	EXPECT_EQ(xen_platform_port_alloc(a, 0, &port), EOK);
	EXPECT_EQ(xen_platform_port_alloc(b, 0, &own), EOK);
	xen_platform_port_free(b, port);
	EXPECT(model_port_is_open(port));
	xen_platform_port_free(b, MODEL_STORE_PORT);

	xen_grants_t grants = alloc(a, 10, EOK);
	async_sess_t *sess = session();
	async_exch_t *exch = async_exchange_begin(sess);
	EXPECT_EQ(async_req_1_0(exch, XEN_PLATFORM_GRANTS_FREE, grants.first),
	    ENOENT);
	async_exchange_end(exch);
	async_hangup(sess);

	/* What one had goes with it, and nothing else. */
	xen_platform_close(b);
	WAIT_FOR(!model_port_is_open(own));
	EXPECT(model_port_is_open(port));
	(void) alloc(a, TOTAL, ENOSPC);
	xen_grants_t rest = alloc(a, TOTAL - 10, EOK);
	EXPECT_EQ(rest.first, grants.first + 10);
	xen_platform_grants_free(a, &rest);
	xen_platform_grants_free(a, &grants);
	xen_platform_close(a);
	WAIT_FOR(model_open_ports() == 0);
	rig_finish();
}

typedef struct {
	const char *name;
	sysarg_t method;
	uint64_t arg;
	errno_t answer;
} number_row_t;

#define PAST_32  (UINT64_C(1) << 32)

static const number_row_t numbers[] = {
	{ "a port past 32 bits", XEN_PLATFORM_PORT_FREE,
	    PAST_32 | MODEL_STORE_PORT, ENOENT },
	{ "a port past all", XEN_PLATFORM_PORT_FREE, 4096, ENOENT },
	{ "xenstore's port", XEN_PLATFORM_PORT_FREE, MODEL_STORE_PORT, EPERM },
	{ "a domain past 16 bits", XEN_PLATFORM_PORT_ALLOC, 0x10000, EINVAL },
	{ "a reference past 32 bits", XEN_PLATFORM_GRANTS_FREE,
	    PAST_32 | XEN_GRANT_NR_RESERVED, ENOENT },
	{ "more references than there are", XEN_PLATFORM_GRANTS_ALLOC,
	    PAST_32 | 1, ENOSPC },
	{ "something else", XEN_PLATFORM_GET_USAGE + 100, 0, ENOTSUP }
};

TEST_ROWS(a_request_with_a_number_that_cannot_be_is_refused, number_row_t,
    numbers)
{
	sysarg_t frame;
	sysarg_t port;

	rig_start();
	bus_offline();
	async_sess_t *sess = session();
	async_exch_t *exch = async_exchange_begin(sess);
	/* What the number would be if it were cut off is this client's. */
	EXPECT_EQ(async_req_0_2(exch, XEN_PLATFORM_STORE_CLAIM, &frame, &port),
	    EOK);
	sysarg_t first;
	EXPECT_EQ(async_req_1_1(exch, XEN_PLATFORM_GRANTS_ALLOC, 1, &first),
	    EOK);
	EXPECT_EQ(async_req_1_0(exch, row->method, row->arg), row->answer);
	EXPECT_EQ(async_req_1_0(exch, XEN_PLATFORM_GRANTS_FREE, first), EOK);
	async_exchange_end(exch);
	async_hangup(sess);
	EXPECT_EQ(model_open_ports(), 0);
	rig_finish();
}

static atomic_bool storming;

static void *storm(void *arg)
{
	while (storming)
		model_interrupt();
	return NULL;
}

TEST(an_interrupt_on_its_way_finds_no_device_that_went)
{
	rig_power_on();
	for (int i = 0; i < 5; i++) {
		EXPECT_EQ(rig_add(), EOK);
		host_irq_hold(true);
		model_interrupt();
		WAIT_FOR(host_irq_on_its_way());
		EXPECT_EQ(host_dev_remove(rig_platform), EOK);
		host_irq_hold(false);
	}
	rig_check_clean();
	rig_stop();
}

TEST(interrupts_without_end_find_no_device_that_went)
{
	pthread_t thread;

	storming = true;
	rig_power_on();
	EXPECT_EQ(pthread_create(&thread, NULL, storm, NULL), 0);
	for (int i = 0; i < 100; i++) {
		fault_set_name("ddf_fun_bind");
		EXPECT(rig_add() != EOK);
	}
	for (int i = 0; i < 5; i++) {
		EXPECT_EQ(rig_add(), EOK);
		EXPECT_EQ(host_dev_remove(rig_platform), EOK);
	}
	storming = false;
	pthread_join(thread, NULL);
	rig_check_clean();
	rig_stop();
}

typedef struct {
	const char *name;
	model_unplug_t how;
	unsigned int unplugs;
} unplug_row_t;

static const unplug_row_t unplugs[] = {
	{ "all of it", UNPLUG_WHOLE, 1 },
	{ "the first version", UNPLUG_OLD, 1 },
	{ "a blacklist", UNPLUG_REFUSED, 0 },
	{ "no such thing", UNPLUG_NONE, 0 }
};

TEST_ROWS(a_device_model_with, unplug_row_t, unplugs)
{
	rig_power_on();
	model_unplug = row->how;
	netback_plug(true);
	EXPECT_EQ(rig_add(), EOK);
	rig_bring_up();
	EXPECT_EQ(model_unplugs(), row->unplugs);
	rig_expect_traffic();
	rig_finish();
}

/** @}
 */
