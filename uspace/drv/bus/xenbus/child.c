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

/** @addtogroup xenbus
 * @{
 */
/** @file
 * A device on the bus
 *
 * Each device is a function with one child, the front end's driver. A driver's
 * connection has a fibril of its own, so that a request which waits for
 * xenstore delays no other driver.
 */

#include <ddf/log.h>
#include <inttypes.h>
#include <mem.h>
#include <stdio.h>
#include <stdlib.h>
#include <str.h>
#include <str_error.h>
#include <xen/ipc/xenbus.h>

#include "xenbus.h"

/** Score of a device's match ID */
#define CHILD_SCORE  100

/** How often a transaction is tried that others interfere with */
#define PUBLISH_TRIES  100

/** Read a number from xenstore. */
static errno_t read_number(xs_t *xs, const char *dir, const char *node,
    uint64_t limit, uint64_t *value)
{
	char *str;
	errno_t rc = xs_read(xs, XS_NO_TX, dir, node, &str);
	if (rc != EOK)
		return rc;

	rc = xs_parse_unsigned(str, limit, value);
	free(str);
	return rc;
}

/** Whether a number is not there, rather than not to be had for now.
 *
 * Xenstored answers EACCES to a question for a node that is gone if we may not
 * know whether it is.
 */
static bool is_none(errno_t rc)
{
	return rc == ENOENT || rc == EPERM || rc == EINVAL;
}

/** Find out the state of the back end.
 *
 * @return EOK, also if the back end has no directory (any more); or an error
 *         code if xenstore does not tell for now
 */
static errno_t child_backend_state(child_t *child, xenbus_state_t *state,
    bool *online)
{
	xs_t *xs = &child->bus->xs;
	uint64_t value;

	errno_t rc = read_number(xs, child->backend, "state",
	    XENBUS_STATE_RECONFIGURED, &value);
	if (is_none(rc))
		value = XENBUS_STATE_UNKNOWN;
	else if (rc != EOK)
		return rc;
	*state = value;

	rc = read_number(xs, child->backend, "online", 1, &value);
	if (is_none(rc))
		value = 1;
	else if (rc != EOK)
		return rc;
	*online = value != 0;
	return EOK;
}

/** Tell a driver of a state of the back end. */
void child_client_tell(child_client_t *client, xenbus_state_t state,
    bool online)
{
	if (client->events == NULL)
		return;

	async_exch_t *exch = async_exchange_begin(client->events);
	async_msg_2(exch, XENBUS_BACKEND_CHANGED, state, online);
	async_exchange_end(exch);
}

/** Something in the back end's directory may have changed.
 *
 * Drivers are told also if nothing has: they may not have heard of it.
 */
static errno_t child_backend_changed(void *arg, bool told)
{
	child_t *child = arg;
	xenbus_state_t state;
	bool online;

	errno_t rc = child_backend_state(child, &state, &online);
	if (rc != EOK)
		return rc;

	fibril_mutex_lock(&child->lock);
	list_foreach(child->clients, link, child_client_t, client)
		child_client_tell(client, state, online);
	fibril_mutex_unlock(&child->lock);
	return EOK;
}

/** Make the callback connection of a driver.
 *
 * @return True if the call was a request for one, which was answered
 */
static bool client_callback(child_t *child, child_client_t *client,
    ipc_call_t *call)
{
	async_sess_t *sess = async_callback_receive_start(EXCHANGE_ATOMIC,
	    call);
	if (sess == NULL)
		return false;

	if (client->events != NULL) {
		async_answer_0(call, EEXIST);
		async_hangup(sess);
		return true;
	}

	fibril_mutex_lock(&child->lock);
	client->events = sess;
	if (child->suspended)
		child_client_tell(client, XENBUS_STATE_SUSPEND, false);
	fibril_mutex_unlock(&child->lock);
	async_answer_0(call, EOK);

	/* The driver starts from the state that the back end is in now. */
	xs_watch_look(&child->bus->xs, &child->watch);
	return true;
}

/** Read a key for a driver. */
static void client_read(child_t *child, ipc_call_t *call)
{
	const char *dir = ipc_get_arg1(call) == XENBUS_BACKEND ?
	    child->backend : child->path;
	char *value = NULL;
	char *key;
	size_t size;
	ipc_call_t data;

	errno_t rc = async_data_write_accept((void **) &key, true, 1, KEY_MAX,
	    0, NULL);
	if (rc != EOK) {
		async_answer_0(call, rc);
		return;
	}

	rc = xs_read(&child->bus->xs, XS_NO_TX, dir, key, &value);
	free(key);

	if (!async_data_read_receive(&data, &size)) {
		async_answer_0(&data, EINVAL);
		async_answer_0(call, EINVAL);
		free(value);
		return;
	}

	if (rc != EOK) {
		async_answer_0(&data, rc);
		async_answer_0(call, rc);
		return;
	}

	size_t len = str_size(value);
	async_data_read_finalize(&data, value, len < size ? len : size);
	async_answer_1(call, EOK, len);
	free(value);
}

/** Compare a key with what it was when the device came.
 *
 * @return EOK if it is the same, ENOENT if not, or another error code
 */
static errno_t child_check_key(child_t *child, uint32_t tx, const char *key,
    const char *expected)
{
	char *value;
	errno_t rc = xs_read(&child->bus->xs, tx, child->path, key, &value);
	if (rc == ENOENT && expected[0] == '\0')
		return EOK;
	if (rc != EOK)
		return rc;

	rc = str_cmp(value, expected) == 0 ? EOK : ENOENT;
	free(value);
	return rc;
}

/** Find out whether a device is the one that came.
 *
 * Another one may have come under its name, while nobody looked.
 *
 * @param child Device
 * @param tx    Transaction or XS_NO_TX
 *
 * @return EOK, ENOENT if it is gone, or another error code if xenstore does not
 *         tell
 */
errno_t child_check(child_t *child, uint32_t tx)
{
	errno_t rc = child_check_key(child, tx, "backend", child->backend);
	if (rc == EOK) {
		rc = child_check_key(child, tx, "backend-id",
		    child->backend_id);
	}
	if (rc == EOK)
		rc = child_check_key(child, tx, "mac", child->mac);
	return rc;
}

/** Write a block of keys and values within a transaction; a key without a
 * value is removed.
 */
static errno_t child_write_block(child_t *child, uint32_t tx,
    const char *block, size_t size)
{
	const char *p = block;

	while (p < block + size) {
		const char *key = p;
		const char *value = key + str_size(key) + 1;
		if (value >= block + size)
			return EINVAL;

		errno_t rc = *value == '\0' ?
		    xs_remove(&child->bus->xs, tx, child->path, key) :
		    xs_write(&child->bus->xs, tx, child->path, key, value);
		if (rc != EOK)
			return rc;

		p = value + str_size(value) + 1;
	}

	return EOK;
}

/** Write a block of keys and values, all at once or none.
 *
 * Not into the directory of a device that was detached, which that would make
 * again: then the device would be there for ever, with nothing behind it. Nor
 * into that of another device, which may have come under the same name.
 */
static errno_t child_publish(child_t *child, const char *block, size_t size)
{
	xs_t *xs = &child->bus->xs;
	errno_t rc = EAGAIN;

	for (int i = 0; i < PUBLISH_TRIES && rc == EAGAIN; i++) {
		uint32_t tx;
		rc = xs_transaction_start(xs, &tx);
		if (rc != EOK)
			return rc;

		rc = child_check(child, tx);
		if (rc == EOK)
			rc = child_write_block(child, tx, block, size);
		if (rc != EOK) {
			(void) xs_transaction_end(xs, tx, false);
			return rc;
		}

		rc = xs_transaction_end(xs, tx, true);
	}

	return rc;
}

static void client_publish(child_t *child, ipc_call_t *call)
{
	char *block;
	size_t size;

	/* The zero that it adds ends the last value, if the driver did not. */
	errno_t rc = async_data_write_accept((void **) &block, true, 1,
	    XENBUS_PUBLISH_MAX, 0, &size);
	if (rc == EOK) {
		rc = child_publish(child, block, size);
		free(block);
	}

	async_answer_0(call, rc);
}

static void client_set_state(child_t *child, ipc_call_t *call)
{
	sysarg_t state = ipc_get_arg1(call);
	char block[] = "state\0" "0";

	if (state > XENBUS_STATE_RECONFIGURED) {
		async_answer_0(call, EINVAL);
		return;
	}

	block[sizeof("state")] += state;
	async_answer_0(call, child_publish(child, block, sizeof(block)));
}

static void client_request(child_t *child, ipc_call_t *call)
{
	switch (ipc_get_imethod(call)) {
	case XENBUS_GET_INFO:
		async_answer_2(call, EOK, ddf_dev_get_handle(child->bus->dev),
		    child->domid);
		break;
	case XENBUS_READ:
		client_read(child, call);
		break;
	case XENBUS_PUBLISH:
		client_publish(child, call);
		break;
	case XENBUS_SET_STATE:
		client_set_state(child, call);
		break;
	default:
		async_answer_0(call, ENOTSUP);
	}
}

/** Connection of a driver to the function of a device.
 *
 * @param icall The call that opened it
 * @param arg   The function
 */
void child_connection(ipc_call_t *icall, void *arg)
{
	child_t *child = ddf_fun_data_get((ddf_fun_t *) arg);

	child_client_t *client = calloc(1, sizeof(child_client_t));
	if (client == NULL) {
		async_answer_0(icall, ENOMEM);
		return;
	}

	fibril_mutex_lock(&child->lock);
	list_append(&client->link, &child->clients);
	fibril_mutex_unlock(&child->lock);

	async_accept_0(icall);

	while (true) {
		ipc_call_t call;
		async_get_call(&call);

		if (ipc_get_imethod(&call) == 0) {
			fibril_mutex_lock(&child->lock);
			list_remove(&client->link);
			fibril_mutex_unlock(&child->lock);

			if (client->events != NULL)
				async_hangup(client->events);
			free(client);
			async_answer_0(&call, EOK);
			return;
		}

		if (client_callback(child, client, &call))
			continue;

		if (ipc_get_imethod(&call) == XENBUS_SUSPENDED) {
			child_suspended(child, client, &call);
			continue;
		}

		fibril_rwlock_read_lock(&child->id_lock);
		client_request(child, &call);
		fibril_rwlock_read_unlock(&child->id_lock);
	}
}

/** Read a key that makes a device what it is.
 *
 * @return EOK, EINVAL if it is longer than it can be, or another error code
 */
static errno_t child_read_key(child_t *child, const char *key, char *buf,
    size_t size)
{
	char *value;
	errno_t rc = xs_read(&child->bus->xs, XS_NO_TX, child->path, key,
	    &value);
	if (rc != EOK)
		return rc;

	if (str_size(value) < size)
		str_cpy(buf, size, value);
	else
		rc = EINVAL;
	free(value);
	return rc;
}

/** Find out what makes a device what it is. */
static errno_t child_identify(child_t *child)
{
	uint64_t domid;

	errno_t rc = child_read_key(child, "backend", child->backend,
	    sizeof(child->backend));
	if (rc != EOK)
		return rc;

	/* It is another domain's, so its path is not relative to ours. */
	if (child->backend[0] != '/')
		return EINVAL;

	rc = child_read_key(child, "backend-id", child->backend_id,
	    sizeof(child->backend_id));
	if (rc != EOK)
		return rc;

	rc = xs_parse_unsigned(child->backend_id, UINT16_MAX, &domid);
	if (rc != EOK)
		return rc;
	child->domid = domid;

	/* Only some types of devices have one. */
	rc = child_read_key(child, "mac", child->mac, sizeof(child->mac));
	return rc == ENOENT ? EOK : rc;
}

/** Fill in what xenstore says of a device. */
static errno_t child_init(child_t *child, const char *type, const char *id)
{
	int n = snprintf(child->path, sizeof(child->path), "device/%s/%s",
	    type, id);
	if (n < 0 || (size_t) n >= sizeof(child->path))
		return EOVERFLOW;

	return child_identify(child);
}

/** Find out who the back end is after a suspend, which is another one: its
 * domain is, or its name for ours. The device is the same if its address is.
 *
 * @return EOK, also if it is another device now, which child_check() finds out;
 *         or another error code if xenstore does not tell
 */
errno_t child_renew(child_t *child)
{
	child_t *now = calloc(1, sizeof(child_t));
	if (now == NULL)
		return ENOMEM;

	now->bus = child->bus;
	str_cpy(now->path, sizeof(now->path), child->path);
	errno_t rc = child_identify(now);
	if (rc == EOK && str_cmp(now->mac, child->mac) == 0) {
		fibril_rwlock_write_lock(&child->id_lock);
		str_cpy(child->backend, sizeof(child->backend), now->backend);
		str_cpy(child->backend_id, sizeof(child->backend_id),
		    now->backend_id);
		child->domid = now->domid;
		fibril_rwlock_write_unlock(&child->id_lock);
	}

	free(now);
	return rc;
}

/** Watch the back end's directory. */
errno_t child_watch(child_t *child)
{
	return xs_watch(&child->bus->xs, &child->watch, child->backend,
	    child_backend_changed, child);
}

/** Make a device and its function.
 *
 * @param bus    Bus
 * @param type   Type of the device, as "vif"
 * @param id     Its name among those of its type, as "0"
 * @param rchild Place for the device
 *
 * @return EOK, ENOENT if xenstore does not have all of it (yet), or another
 *         error code
 */
errno_t child_create(xenbus_t *bus, const char *type, const char *id,
    child_t **rchild)
{
	char name[64];
	snprintf(name, sizeof(name), "%s-%s", type, id);

	ddf_fun_t *fun = ddf_fun_create(bus->dev, fun_inner, name);
	if (fun == NULL)
		return ENOMEM;

	child_t *child = ddf_fun_data_alloc(fun, sizeof(child_t));
	if (child == NULL) {
		ddf_fun_destroy(fun);
		return ENOMEM;
	}

	child->bus = bus;
	child->fun = fun;
	fibril_rwlock_initialize(&child->id_lock);
	fibril_mutex_initialize(&child->lock);
	fibril_condvar_initialize(&child->cv);
	list_initialize(&child->clients);

	errno_t rc = child_init(child, type, id);
	if (rc != EOK)
		goto err_fun;

	snprintf(name, sizeof(name), "xen/%s", type);
	rc = ddf_fun_add_match_id(fun, name, CHILD_SCORE);
	if (rc != EOK)
		goto err_fun;
	ddf_fun_set_conn_handler(fun, child_connection);

	rc = child_watch(child);
	if (rc != EOK)
		goto err_fun;

	rc = ddf_fun_bind(fun);
	if (rc != EOK)
		goto err_watch;

	*rchild = child;
	return EOK;

err_watch:
	xs_unwatch(&bus->xs, &child->watch);
err_fun:
	ddf_fun_destroy(fun);
	return rc;
}

/** Destroy a device whose function is not bound. */
void child_destroy(child_t *child)
{
	xs_unwatch(&child->bus->xs, &child->watch);
	ddf_fun_destroy(child->fun);
}

/** @}
 */
