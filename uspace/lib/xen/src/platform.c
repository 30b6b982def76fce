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
 * Client of xen-platform
 */

#include <as.h>
#include <ddi.h>
#include <fibril_synch.h>
#include <stdlib.h>
#include <xen/ipc/platform.h>
#include <xen/platform.h>

struct xen_platform {
	/** Session with xen-platform; owned */
	async_sess_t *sess;
	xen_event_handler_t handler;
	void *arg;
	/** The whole grant table, mapped when the first range is wanted */
	volatile xen_grant_entry_t *table;
	size_t table_pages;
	/** Guards events_end and handler's calls against closing */
	fibril_mutex_t lock;
	/** Signals events_end */
	fibril_condvar_t cv;
	/** The fibril of the callback connection has ended. */
	bool events_end;
	/** The connection is being closed: no more calls of the handler */
	bool closing;
};

/** Fibril of the callback connection */
static void platform_events(ipc_call_t *icall, void *arg)
{
	xen_platform_t *platform = arg;

	while (true) {
		ipc_call_t call;
		async_get_call(&call);

		if (ipc_get_imethod(&call) == 0) {
			async_answer_0(&call, EOK);
			break;
		}

		if (ipc_get_imethod(&call) != XEN_EVENT) {
			async_answer_0(&call, ENOTSUP);
			continue;
		}

		uint32_t port = ipc_get_arg1(&call);
		async_answer_0(&call, EOK);

		fibril_mutex_lock(&platform->lock);
		bool closing = platform->closing;
		fibril_mutex_unlock(&platform->lock);

		if (!closing)
			platform->handler(platform->arg, port);
	}

	fibril_mutex_lock(&platform->lock);
	platform->events_end = true;
	fibril_condvar_broadcast(&platform->cv);
	fibril_mutex_unlock(&platform->lock);
}

/** Connect to xen-platform.
 *
 * @param sess      Session with the function of xen-platform that has
 *                  xenbus as its child; taken over, also on error
 * @param handler   Called for each event
 * @param arg       Argument of the handler
 * @param rplatform Place for the connection
 *
 * @return EOK or an error code
 */
errno_t xen_platform_open(async_sess_t *sess, xen_event_handler_t handler,
    void *arg, xen_platform_t **rplatform)
{
	xen_platform_t *platform = calloc(1, sizeof(xen_platform_t));
	if (platform == NULL) {
		async_hangup(sess);
		return ENOMEM;
	}

	platform->sess = sess;
	platform->handler = handler;
	platform->arg = arg;
	fibril_mutex_initialize(&platform->lock);
	fibril_condvar_initialize(&platform->cv);

	port_id_t port;
	async_exch_t *exch = async_exchange_begin(sess);
	errno_t rc = async_create_callback_port(exch, INTERFACE_XEN_EVENT_CB,
	    0, 0, platform_events, platform, &port);
	async_exchange_end(exch);
	if (rc != EOK) {
		async_hangup(sess);
		free(platform);
		return rc;
	}

	*rplatform = platform;
	return EOK;
}

/** Close the connection and give back what was got through it.
 *
 * When this returns, the handler is not running and will not be called. Must
 * not be called from the handler.
 */
void xen_platform_close(xen_platform_t *platform)
{
	fibril_mutex_lock(&platform->lock);
	platform->closing = true;
	fibril_mutex_unlock(&platform->lock);

	/* xen-platform answers by hanging up the callback connection. */
	async_hangup(platform->sess);

	fibril_mutex_lock(&platform->lock);
	while (!platform->events_end)
		fibril_condvar_wait(&platform->cv, &platform->lock);
	fibril_mutex_unlock(&platform->lock);

	if (platform->table != NULL)
		physmem_unmap((void *) platform->table);
	free(platform);
}

/** Make an event channel for another domain.
 *
 * @param platform Connection
 * @param domid    The domain that may bind to it
 * @param port     Place for the port, which starts masked
 *
 * @return EOK or an error code
 */
errno_t xen_platform_port_alloc(xen_platform_t *platform, uint16_t domid,
    uint32_t *port)
{
	sysarg_t res;
	async_exch_t *exch = async_exchange_begin(platform->sess);
	errno_t rc = async_req_1_1(exch, XEN_PLATFORM_PORT_ALLOC, domid, &res);
	async_exchange_end(exch);

	if (rc == EOK)
		*port = res;
	return rc;
}

/** Close an event channel. */
void xen_platform_port_free(xen_platform_t *platform, uint32_t port)
{
	async_exch_t *exch = async_exchange_begin(platform->sess);
	(void) async_req_1_0(exch, XEN_PLATFORM_PORT_FREE, port);
	async_exchange_end(exch);
}

/** Map the grant table, unless it is. */
static errno_t platform_map_table(xen_platform_t *platform)
{
	if (platform->table != NULL)
		return EOK;

	sysarg_t phys;
	sysarg_t pages;
	async_exch_t *exch = async_exchange_begin(platform->sess);
	errno_t rc = async_req_0_2(exch, XEN_PLATFORM_GET_INFO, &phys, &pages);
	async_exchange_end(exch);
	if (rc != EOK)
		return rc;

	void *virt = AS_AREA_ANY;
	rc = physmem_map(phys, pages, AS_AREA_READ | AS_AREA_WRITE |
	    AS_AREA_CACHEABLE, &virt);
	if (rc != EOK)
		return rc;

	platform->table = virt;
	platform->table_pages = pages;
	return EOK;
}

/** Get a range of grant references.
 *
 * @param platform Connection
 * @param count    Number of references
 * @param grants   Range to be initialised
 *
 * @return EOK, ENOSPC if the table has not that many left, or another error
 */
errno_t xen_platform_grants_alloc(xen_platform_t *platform, uint32_t count,
    xen_grants_t *grants)
{
	errno_t rc = platform_map_table(platform);
	if (rc != EOK)
		return rc;

	sysarg_t first;
	async_exch_t *exch = async_exchange_begin(platform->sess);
	rc = async_req_1_1(exch, XEN_PLATFORM_GRANTS_ALLOC, count, &first);
	async_exchange_end(exch);
	if (rc != EOK)
		return rc;

	rc = xen_grants_init(grants, platform->table + first, first, count);
	if (rc != EOK) {
		exch = async_exchange_begin(platform->sess);
		(void) async_req_1_0(exch, XEN_PLATFORM_GRANTS_FREE, first);
		async_exchange_end(exch);
	}

	return rc;
}

/** Give a range of grant references back.
 *
 * xen-platform revokes what is still given, and keeps what cannot be revoked
 * from being used again.
 */
void xen_platform_grants_free(xen_platform_t *platform, xen_grants_t *grants)
{
	async_exch_t *exch = async_exchange_begin(platform->sess);
	(void) async_req_1_0(exch, XEN_PLATFORM_GRANTS_FREE, grants->first);
	async_exchange_end(exch);

	xen_grants_fini(grants);
}

/** Become the one who talks to xenstore.
 *
 * @param platform Connection
 * @param frame    Place for the guest frame of xenstore's page
 * @param port     Place for the port of its event channel, which is masked
 *
 * @return EOK, EBUSY if another client has it, or another error code
 */
errno_t xen_platform_store_claim(xen_platform_t *platform, uint64_t *frame,
    uint32_t *port)
{
	sysarg_t f;
	sysarg_t p;
	async_exch_t *exch = async_exchange_begin(platform->sess);
	errno_t rc = async_req_0_2(exch, XEN_PLATFORM_STORE_CLAIM, &f, &p);
	async_exchange_end(exch);
	if (rc != EOK)
		return rc;

	*frame = f;
	*port = p;
	return EOK;
}

/** Take the emulated NICs away, for which paravirtual ones stand in.
 *
 * @return EOK if they are gone, ENOTSUP if the host does not do that
 */
errno_t xen_platform_unplug_nics(xen_platform_t *platform)
{
	async_exch_t *exch = async_exchange_begin(platform->sess);
	errno_t rc = async_req_0_0(exch, XEN_PLATFORM_UNPLUG_NICS);
	async_exchange_end(exch);
	return rc;
}

/** Suspend the domain; returns when it goes on, there or in another domain.
 *
 * Only for who talks to xenstore, and only when nobody has an event channel or
 * grant references. Afterwards xenstore is to be claimed anew.
 *
 * @return EOK
 * @return EPERM or EBUSY if that is not so, and nothing has happened
 * @return another error code; xenstore is to be claimed anew
 */
errno_t xen_platform_suspend(xen_platform_t *platform)
{
	async_exch_t *exch = async_exchange_begin(platform->sess);
	errno_t rc = async_req_0_0(exch, XEN_PLATFORM_SUSPEND);
	async_exchange_end(exch);
	return rc;
}

/** Find out what all clients of xen-platform have of it.
 *
 * @param platform Connection
 * @param usage    Place for the numbers
 *
 * @return EOK or an error code
 */
errno_t xen_platform_get_usage(xen_platform_t *platform,
    xen_platform_usage_t *usage)
{
	sysarg_t ports;
	sysarg_t refs;
	sysarg_t granted;
	async_exch_t *exch = async_exchange_begin(platform->sess);
	errno_t rc = async_req_0_3(exch, XEN_PLATFORM_GET_USAGE, &ports, &refs,
	    &granted);
	async_exchange_end(exch);
	if (rc != EOK)
		return rc;

	usage->ports = ports;
	usage->refs = refs;
	usage->granted = granted;
	return EOK;
}

/** @}
 */
