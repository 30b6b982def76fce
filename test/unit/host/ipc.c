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
/** @file Devices of devices: DDF and IPC
 */

#include <devman.h>
#include <errno.h>
#include <fibril_synch.h>
#include <host/ddf.h>
#include <host/model.h>
#include <mem.h>
#include <pcut/pcut.h>
#include <stdlib.h>
#include <str.h>

PCUT_INIT;

PCUT_TEST_SUITE(ipc);

enum {
	METHOD_ADD = DEV_FIRST_CUSTOM_METHOD,
	METHOD_TEXT,
	METHOD_CALLBACK,
	METHOD_EVENT
};

#define CALLBACK_IFACE	(FOURCC_COMPACT('t', 'e', 's', 't') | \
    IFACE_MOD_CALLBACK)

static ddf_fun_t *bus_fun;
static async_sess_t *callback_sess;
static fibril_semaphore_t child_there;
static async_sess_t *child_sess;
static devman_handle_t child_handle;
static bool child_removed;

static void bus_handler(ddf_fun_t *fun, ipc_call_t *call)
{
	void *text;
	async_exch_t *exch;

	switch (ipc_get_imethod(call)) {
	case METHOD_ADD:
		async_answer_1(call, EOK,
		    ipc_get_arg1(call) + ipc_get_arg2(call));
		break;
	case METHOD_TEXT:
		if (async_data_write_accept(&text, true, 0, 0, 0,
		    NULL) != EOK) {
			async_answer_0(call, EINVAL);
			break;
		}
		async_answer_1(call, EOK, str_length(text));
		free(text);
		break;
	case METHOD_CALLBACK:
		callback_sess = async_callback_receive(EXCHANGE_ATOMIC);
		async_answer_0(call, callback_sess != NULL ? EOK : EINVAL);
		break;
	case METHOD_EVENT:
		exch = async_exchange_begin(callback_sess);
		async_msg_1(exch, METHOD_EVENT, ipc_get_arg1(call));
		async_exchange_end(exch);
		async_answer_0(call, EOK);
		break;
	default:
		async_answer_0(call, ENOTSUP);
	}
}

static ddf_dev_ops_t bus_fun_ops = {
	.default_handler = bus_handler
};

static errno_t bus_add(ddf_dev_t *dev)
{
	bus_fun = ddf_fun_create(dev, fun_inner, "a");
	ddf_fun_add_match_id(bus_fun, "test/child", 10);
	ddf_fun_set_ops(bus_fun, &bus_fun_ops);
	return ddf_fun_bind(bus_fun);
}

static errno_t bus_remove(ddf_dev_t *dev)
{
	errno_t rc = ddf_fun_offline(bus_fun);
	if (rc != EOK)
		return rc;
	ddf_fun_unbind(bus_fun);
	ddf_fun_destroy(bus_fun);
	return EOK;
}

static driver_ops_t bus_ops = {
	.dev_add = bus_add,
	.dev_remove = bus_remove
};

static errno_t child_add(ddf_dev_t *dev)
{
	child_sess = ddf_dev_parent_sess_get(dev);
	child_handle = ddf_dev_get_handle(dev);
	fibril_semaphore_up(&child_there);
	return EOK;
}

static errno_t child_remove(ddf_dev_t *dev)
{
	child_removed = true;
	return EOK;
}

static driver_ops_t child_ops = {
	.dev_add = child_add,
	.dev_remove = child_remove
};

static driver_t bus_driver = { .name = "bus", .driver_ops = &bus_ops };
static driver_t child_driver = { .name = "child", .driver_ops = &child_ops };

static ddf_dev_t *bus_dev;

PCUT_TEST_BEFORE {
	fibril_semaphore_initialize(&child_there, 0);
	ddf_driver_main(&bus_driver);
	ddf_driver_main(&child_driver);
	host_driver_add_match("child", "test/child");
	PCUT_ASSERT_ERRNO_VAL(EOK, host_dev_add("bus", "bus0", NULL,
	    &bus_dev));
	fibril_semaphore_down(&child_there);
}

PCUT_TEST(a_bound_function_brings_its_device_to_the_driver)
{
	PCUT_ASSERT_NOT_NULL(child_sess);
}

PCUT_TEST(a_child_calls_its_parent)
{
	sysarg_t sum;

	async_exch_t *exch = async_exchange_begin(child_sess);
	PCUT_ASSERT_ERRNO_VAL(EOK, async_req_2_1(exch, METHOD_ADD, 3, 4,
	    &sum));
	PCUT_ASSERT_UINT_EQUALS(7, sum);
	PCUT_ASSERT_ERRNO_VAL(ENOTSUP, async_req_0_0(exch, METHOD_EVENT + 1));
	async_exchange_end(exch);
}

PCUT_TEST(data_travels_with_a_call)
{
	ipc_call_t answer;
	errno_t rc;

	async_exch_t *exch = async_exchange_begin(child_sess);
	aid_t aid = async_send_0(exch, METHOD_TEXT, &answer);
	PCUT_ASSERT_ERRNO_VAL(EOK, async_data_write_start(exch, "hello", 5));
	async_exchange_end(exch);
	async_wait_for(aid, &rc);
	PCUT_ASSERT_ERRNO_VAL(EOK, rc);
	PCUT_ASSERT_UINT_EQUALS(5, ipc_get_arg1(&answer));
}

static fibril_semaphore_t event;
static sysarg_t event_arg;

static void callback(ipc_call_t *icall, void *arg)
{
	ipc_call_t call;

	while (true) {
		async_get_call(&call);
		if (ipc_get_imethod(&call) == IPC_M_PHONE_HUNGUP)
			break;
		event_arg = ipc_get_arg1(&call);
		async_answer_0(&call, EOK);
		fibril_semaphore_up(&event);
	}
}

PCUT_TEST(a_parent_calls_back)
{
	port_id_t port;
	errno_t rc;

	fibril_semaphore_initialize(&event, 0);
	async_sess_t *sess = devman_parent_device_connect(child_handle, 0);
	PCUT_ASSERT_NOT_NULL(sess);
	async_exch_t *exch = async_exchange_begin(sess);
	aid_t aid = async_send_0(exch, METHOD_CALLBACK, NULL);
	PCUT_ASSERT_ERRNO_VAL(EOK, async_create_callback_port(exch,
	    CALLBACK_IFACE, 0, 0, callback, NULL, &port));
	async_wait_for(aid, &rc);
	PCUT_ASSERT_ERRNO_VAL(EOK, rc);
	PCUT_ASSERT_ERRNO_VAL(EOK, async_req_1_0(exch, METHOD_EVENT, 42));
	async_exchange_end(exch);
	fibril_semaphore_down(&event);
	PCUT_ASSERT_UINT_EQUALS(42, event_arg);
	async_hangup(callback_sess);
	async_hangup(sess);
}

PCUT_TEST(removing_the_parent_removes_the_child)
{
	PCUT_ASSERT_ERRNO_VAL(EOK, host_dev_remove(bus_dev));
	PCUT_ASSERT_TRUE(child_removed);
	/* The fibrils of its connections let go when they come to it. */
	while (host_ddf_objects() > 0)
		fibril_yield();
}

PCUT_EXPORT(ipc);

/** @}
 */
