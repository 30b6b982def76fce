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

/** @addtogroup xen-platform
 * @{
 */
/** @file
 * Connections of other drivers
 *
 * Each client has a connection of its own, and so a fibril of its own here.
 * Nothing that is done for it waits for anything but the lock of the device;
 * only to suspend the domain waits, without it.
 */

#include <stdlib.h>
#include <xen/hypercall.h>
#include <xen/ipc/platform.h>

#include "xen-platform.h"

/** Let a client have xenstore's ring, which it may have already.
 *
 * @return EOK, EBUSY if another client has it, or an error of Xen
 */
static errno_t client_store_claim(xen_platform_dev_t *xp, client_t *client,
    uint64_t *frame)
{
	uint64_t port;

	if (xp->store_owner != NULL && xp->store_owner != client)
		return EBUSY;

	errno_t rc = store_find(frame, &port);
	if (rc != EOK || xp->store_owner == client)
		return rc;

	rc = evtchn_port_claim(&xp->evtchn, client, port);
	if (rc != EOK)
		return rc;

	xp->store_owner = client;
	xp->store_port = port;
	return EOK;
}

/** Take everything back that a client had; the device's lock is held. */
static void client_take_back(xen_platform_dev_t *xp, client_t *client)
{
	if (xp->shared) {
		evtchn_client_gone(&xp->evtchn, client, xp->store_port);
		gnttab_client_gone(&xp->gnttab, client);
	}
	if (xp->store_owner == client)
		xp->store_owner = NULL;
}

/** A client has hung up. */
static void client_gone(xen_platform_dev_t *xp, client_t *client)
{
	fibril_mutex_lock(&xp->lock);
	if (!xp->gone)
		client_take_back(xp, client);
	list_remove(&client->link);
	fibril_mutex_unlock(&xp->lock);

	if (client->events != NULL)
		async_hangup(client->events);
	free(client);
}

/** Take everything back from all clients, whose connections may last longer
 * than the device.
 */
void clients_drop(xen_platform_dev_t *xp)
{
	fibril_mutex_lock(&xp->lock);
	list_foreach(xp->clients, link, client_t, client)
		client_take_back(xp, client);
	xp->gone = true;
	fibril_mutex_unlock(&xp->lock);
}

/** Make the callback connection of a client.
 *
 * @return True if the call was a request for one, which was answered
 */
static bool client_callback(xen_platform_dev_t *xp, client_t *client,
    ipc_call_t *call)
{
	async_sess_t *sess = async_callback_receive_start(EXCHANGE_ATOMIC,
	    call);
	if (sess == NULL)
		return false;

	fibril_mutex_lock(&xp->lock);
	bool first = client->events == NULL;
	if (first)
		client->events = sess;
	fibril_mutex_unlock(&xp->lock);

	async_answer_0(call, first ? EOK : EEXIST);
	if (!first)
		async_hangup(sess);
	return true;
}

/** Answer a request; the device's lock is held. */
static void client_request(xen_platform_dev_t *xp, client_t *client,
    ipc_call_t *call)
{
	sysarg_t arg = ipc_get_arg1(call);
	uint64_t frame;
	uint32_t value;
	size_t refs;
	size_t granted;
	errno_t rc;

	if (xp->gone || !xp->shared) {
		async_answer_0(call, EIO);
		return;
	}

	switch (ipc_get_imethod(call)) {
	case XEN_PLATFORM_GET_INFO:
		async_answer_2(call, EOK, xp->gnttab.phys, xp->gnttab.pages);
		break;
	case XEN_PLATFORM_STORE_CLAIM:
		rc = client_store_claim(xp, client, &frame);
		if (rc == EOK)
			async_answer_2(call, EOK, frame, xp->store_port);
		else
			async_answer_0(call, rc);
		break;
	case XEN_PLATFORM_PORT_ALLOC:
		rc = arg > UINT16_MAX ? EINVAL :
		    evtchn_port_alloc(&xp->evtchn, client, arg, &value);
		async_answer_1(call, rc, rc == EOK ? value : 0);
		break;
	case XEN_PLATFORM_PORT_FREE:
		if (arg == xp->store_port)
			rc = EPERM;
		else
			rc = evtchn_port_free(&xp->evtchn, client, arg);
		async_answer_0(call, rc);
		break;
	case XEN_PLATFORM_GRANTS_ALLOC:
		rc = gnttab_range_alloc(&xp->gnttab, client, arg, &value);
		async_answer_1(call, rc, rc == EOK ? value : 0);
		break;
	case XEN_PLATFORM_GRANTS_FREE:
		rc = gnttab_range_free(&xp->gnttab, client, arg);
		async_answer_0(call, rc);
		break;
	case XEN_PLATFORM_UNPLUG_NICS:
		async_answer_0(call, unplug_decide(xp, true));
		break;
	case XEN_PLATFORM_GET_USAGE:
		gnttab_usage(&xp->gnttab, &refs, &granted);
		async_answer_3(call, EOK, evtchn_usage(&xp->evtchn), refs,
		    granted);
		break;
	default:
		async_answer_0(call, ENOTSUP);
	}
}

/** Connection of another driver to our function.
 *
 * @param icall The call that opened it
 * @param arg   The function
 */
void client_connection(ipc_call_t *icall, void *arg)
{
	ddf_dev_t *dev = ddf_fun_get_dev((ddf_fun_t *) arg);
	xen_platform_dev_t *xp = ddf_dev_data_get(dev);

	client_t *client = calloc(1, sizeof(client_t));
	if (client == NULL) {
		async_answer_0(icall, ENOMEM);
		return;
	}

	fibril_mutex_lock(&xp->lock);
	list_append(&client->link, &xp->clients);
	fibril_mutex_unlock(&xp->lock);

	async_accept_0(icall);

	while (true) {
		ipc_call_t call;
		async_get_call(&call);

		if (ipc_get_imethod(&call) == 0) {
			/* The client has hung up. */
			client_gone(xp, client);
			async_answer_0(&call, EOK);
			return;
		}

		if (client_callback(xp, client, &call))
			continue;

		if (ipc_get_imethod(&call) == XEN_PLATFORM_SUSPEND) {
			async_answer_0(&call, xp_suspend(xp, client));
			continue;
		}

		fibril_mutex_lock(&xp->lock);
		client_request(xp, client, &call);
		fibril_mutex_unlock(&xp->lock);
	}
}

/** @}
 */
