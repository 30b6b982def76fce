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

/** @addtogroup libxen
 * @{
 */
/** @file
 * A front end's device on xenbus
 */

#include <async.h>
#include <devman.h>
#include <fibril_synch.h>
#include <mem.h>
#include <stdlib.h>
#include <str.h>
#include <xen/ipc/xenbus.h>
#include <xen/xenbus.h>
#include <xen/xs_wire.h>

/** Room for a number in xenstore */
#define NUMBER_SIZE  24

struct xenbus_dev {
	/** Session with xenbus; owned */
	async_sess_t *sess;
	xenbus_handler_t handler;
	void *arg;
	/** Handle with which xenbus's own parent is found */
	devman_handle_t platform_handle;
	/** Domain of the back end */
	uint16_t domid;
	/** Guards the flags */
	fibril_mutex_t lock;
	/** Signals events_end */
	fibril_condvar_t cv;
	/** The fibril of the callback connection has ended. */
	bool events_end;
	/** No more calls of the handler */
	bool closing;
};

/** Fibril of the callback connection */
static void xenbus_events(ipc_call_t *icall, void *arg)
{
	xenbus_dev_t *xb = arg;

	while (true) {
		ipc_call_t call;
		async_get_call(&call);

		if (ipc_get_imethod(&call) == 0) {
			async_answer_0(&call, EOK);
			break;
		}

		if (ipc_get_imethod(&call) != XENBUS_BACKEND_CHANGED) {
			async_answer_0(&call, ENOTSUP);
			continue;
		}

		xenbus_state_t state = ipc_get_arg1(&call);
		bool online = ipc_get_arg2(&call) != 0;
		async_answer_0(&call, EOK);

		fibril_mutex_lock(&xb->lock);
		bool closing = xb->closing;
		fibril_mutex_unlock(&xb->lock);

		if (!closing)
			xb->handler(xb->arg, state, online);
	}

	fibril_mutex_lock(&xb->lock);
	xb->events_end = true;
	fibril_condvar_broadcast(&xb->cv);
	fibril_mutex_unlock(&xb->lock);
}

/** Open the device.
 *
 * The handler is called soon after, for the state that the back end is in.
 *
 * @param dev     Child device of xenbus
 * @param handler Called from a fibril of its own when the back end's state
 *                may have changed; must not wait
 * @param arg     Argument of the handler
 * @param rxb     Place for the device
 *
 * @return EOK or an error code
 */
errno_t xenbus_open(ddf_dev_t *dev, xenbus_handler_t handler, void *arg,
    xenbus_dev_t **rxb)
{
	xenbus_dev_t *xb = calloc(1, sizeof(xenbus_dev_t));
	if (xb == NULL)
		return ENOMEM;

	xb->handler = handler;
	xb->arg = arg;
	fibril_mutex_initialize(&xb->lock);
	fibril_condvar_initialize(&xb->cv);

	/* Not the session of the DDF, which lives as long as the device. */
	xb->sess = devman_parent_device_connect(ddf_dev_get_handle(dev),
	    IPC_FLAG_BLOCKING);
	if (xb->sess == NULL) {
		free(xb);
		return ENOMEM;
	}

	sysarg_t handle;
	sysarg_t domid;
	port_id_t port;
	async_exch_t *exch = async_exchange_begin(xb->sess);
	errno_t rc = async_req_0_2(exch, XENBUS_GET_INFO, &handle, &domid);
	if (rc == EOK) {
		rc = async_create_callback_port(exch, INTERFACE_XENBUS_CB, 0,
		    0, xenbus_events, xb, &port);
	}
	async_exchange_end(exch);

	if (rc != EOK) {
		async_hangup(xb->sess);
		free(xb);
		return rc;
	}

	xb->platform_handle = handle;
	xb->domid = domid;
	*rxb = xb;
	return EOK;
}

/** Close the device.
 *
 * When this returns, the handler is not running and will not be called. Must
 * not be called from the handler.
 */
void xenbus_close(xenbus_dev_t *xb)
{
	fibril_mutex_lock(&xb->lock);
	xb->closing = true;
	fibril_mutex_unlock(&xb->lock);

	/* xenbus answers by hanging up the callback connection. */
	async_hangup(xb->sess);

	fibril_mutex_lock(&xb->lock);
	while (!xb->events_end)
		fibril_condvar_wait(&xb->cv, &xb->lock);
	fibril_mutex_unlock(&xb->lock);
	free(xb);
}

/** Domain that the back end runs in */
uint16_t xenbus_backend_domid(xenbus_dev_t *xb)
{
	return xb->domid;
}

/** Connect to xen-platform, for event channels and grant references.
 *
 * @param xb        Device
 * @param handler   As for xen_platform_open()
 * @param arg       As for xen_platform_open()
 * @param rplatform Place for the connection
 *
 * @return EOK or an error code
 */
errno_t xenbus_platform_open(xenbus_dev_t *xb, xen_event_handler_t handler,
    void *arg, xen_platform_t **rplatform)
{
	async_sess_t *sess = devman_parent_device_connect(xb->platform_handle,
	    IPC_FLAG_BLOCKING);
	if (sess == NULL)
		return ENOMEM;

	return xen_platform_open(sess, handler, arg, rplatform);
}

/** Read a key.
 *
 * @param xb   Device
 * @param dir  Directory
 * @param key  Key, relative to the directory
 * @param buf  Place for the value, with a zero at its end
 * @param size Size of the place in bytes
 *
 * @return EOK
 * @return ENOENT if there is no such key
 * @return EOVERFLOW if the value does not fit
 * @return another error code
 */
errno_t xenbus_read(xenbus_dev_t *xb, xenbus_dir_t dir, const char *key,
    char *buf, size_t size)
{
	ipc_call_t answer;
	async_exch_t *exch = async_exchange_begin(xb->sess);
	aid_t req = async_send_1(exch, XENBUS_READ, dir, &answer);
	errno_t rc = async_data_write_start(exch, key, str_size(key));
	if (rc == EOK)
		rc = async_data_read_start(exch, buf, size);
	async_exchange_end(exch);

	errno_t req_rc;
	async_wait_for(req, &req_rc);
	if (req_rc != EOK)
		return req_rc;
	if (rc != EOK)
		return rc;

	size_t len = ipc_get_arg1(&answer);
	if (len >= size)
		return EOVERFLOW;

	buf[len] = '\0';
	return EOK;
}

/** Read a key that is a number.
 *
 * @param xb    Device
 * @param dir   Directory
 * @param key   Key, relative to the directory
 * @param limit Largest number allowed
 * @param value Place for the number, unchanged on error
 *
 * @return EOK, ENOENT if there is no such key, EINVAL if it is not a number
 *         within the limit, or another error code
 */
errno_t xenbus_read_unsigned(xenbus_dev_t *xb, xenbus_dir_t dir,
    const char *key, uint64_t limit, uint64_t *value)
{
	char buf[NUMBER_SIZE];
	errno_t rc = xenbus_read(xb, dir, key, buf, sizeof(buf));
	if (rc == EOVERFLOW)
		return EINVAL;
	if (rc != EOK)
		return rc;

	return xs_parse_unsigned(buf, limit, value);
}

/** Ask whether the back end offers a feature: its key is there and is 1.
 *
 * @param xb  Device
 * @param key Key
 * @param has Place for the answer
 *
 * @return EOK, or an error code if xenstore does not tell for now
 */
errno_t xenbus_has_feature(xenbus_dev_t *xb, const char *key, bool *has)
{
	uint64_t value = 0;
	errno_t rc = xenbus_read_unsigned(xb, XENBUS_BACKEND, key, 1, &value);
	if (rc == ENOENT || rc == EPERM || rc == EINVAL)
		rc = EOK;

	*has = value == 1;
	return rc;
}

/** As xenbus_has_feature(), for a feature that may be done without: if xenstore
 * does not tell, it is not offered.
 */
bool xenbus_read_feature(xenbus_dev_t *xb, const char *key)
{
	bool has;
	return xenbus_has_feature(xb, key, &has) == EOK && has;
}

/** Write keys of the front end, all at once or none.
 *
 * A key whose value is empty is removed: nobody has use for an empty one, and
 * a key that an earlier hand-shake left may not be true any more.
 *
 * @param xb    Device
 * @param keys  Keys and values
 * @param count Number of keys
 *
 * @return EOK, ELIMIT if they are too long, or another error code
 */
errno_t xenbus_publish(xenbus_dev_t *xb, const xenbus_key_t *keys,
    size_t count)
{
	size_t size = 0;
	for (size_t i = 0; i < count; i++)
		size += str_size(keys[i].key) + str_size(keys[i].value) + 2;
	if (size > XENBUS_PUBLISH_MAX)
		return ELIMIT;

	char *block = malloc(size);
	if (block == NULL)
		return ENOMEM;

	char *p = block;
	for (size_t i = 0; i < count; i++) {
		size_t n = str_size(keys[i].key) + 1;
		memcpy(p, keys[i].key, n);
		p += n;
		n = str_size(keys[i].value) + 1;
		memcpy(p, keys[i].value, n);
		p += n;
	}

	async_exch_t *exch = async_exchange_begin(xb->sess);
	aid_t req = async_send_0(exch, XENBUS_PUBLISH, NULL);
	errno_t rc = async_data_write_start(exch, block, size);
	async_exchange_end(exch);
	free(block);

	errno_t req_rc;
	async_wait_for(req, &req_rc);
	return req_rc != EOK ? req_rc : rc;
}

/** Announce a state of the front end. */
errno_t xenbus_set_state(xenbus_dev_t *xb, xenbus_state_t state)
{
	async_exch_t *exch = async_exchange_begin(xb->sess);
	errno_t rc = async_req_1_0(exch, XENBUS_SET_STATE, state);
	async_exchange_end(exch);
	return rc;
}

/** Say that nothing is shared, as XENBUS_STATE_SUSPEND wanted, and wait until
 * the system goes on.
 *
 * The back end may be another one then, in another domain. Until the handler is
 * called again, nothing is known of it.
 *
 * @return EOK or an error code
 */
errno_t xenbus_suspended(xenbus_dev_t *xb)
{
	sysarg_t domid;
	async_exch_t *exch = async_exchange_begin(xb->sess);
	errno_t rc = async_req_0_1(exch, XENBUS_SUSPENDED, &domid);
	async_exchange_end(exch);

	if (rc == EOK)
		xb->domid = domid;
	return rc;
}

/** @}
 */
