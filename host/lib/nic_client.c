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

/** @addtogroup host
 * @{
 */
/** @file A client of a network card
 */

#include <errno.h>
#include <host/ddf.h>
#include <host/nic_client.h>
#include <nic_impl.h>
#include <stdlib.h>
#include "nic_private.h"

/** Who asks for the callback; in HelenOS it is a connection */
static __thread host_nic_client_t *asking;

errno_t nic_callback_create_impl(ddf_fun_t *fun)
{
	nic_t *nic = nic_get_from_ddf_fun(fun);

	fibril_rwlock_write_lock(&nic->main_lock);
	nic->client = asking;
	fibril_rwlock_write_unlock(&nic->main_lock);
	return EOK;
}

errno_t host_nic_connect(ddf_fun_t *fun, const host_nic_client_ops_t *ops,
    void *arg, host_nic_client_t **rclient)
{
	const nic_iface_t *iface = host_fun_iface(fun, NIC_DEV_IFACE);
	if (iface == NULL)
		return ENOTSUP;

	host_nic_client_t *client = calloc(1, sizeof(host_nic_client_t));
	if (client == NULL)
		return ENOMEM;
	client->fun = fun;
	client->iface = iface;
	client->ops = ops;
	client->arg = arg;
	fibril_mutex_initialize(&client->lock);
	host_fun_get(fun);

	asking = client;
	errno_t rc = iface->callback_create(fun);
	asking = NULL;
	if (rc != EOK) {
		host_nic_client_destroy(client);
		return rc;
	}
	*rclient = client;
	return EOK;
}

void host_nic_client_destroy(host_nic_client_t *client)
{
	host_fun_put(client->fun);
	free(client);
}

errno_t host_nic_bring_up(host_nic_client_t *client, nic_address_t *addr)
{
	const nic_iface_t *iface = client->iface;

	errno_t rc = iface->get_address(client->fun, addr);
	if (rc != EOK)
		return rc;
	rc = iface->set_state(client->fun, NIC_STATE_ACTIVE);
	if (rc != EOK)
		return rc;
	rc = iface->broadcast_set_mode(client->fun, NIC_BROADCAST_ACCEPTED);
	if (rc != EOK)
		return rc;
	return iface->multicast_set_mode(client->fun, NIC_MULTICAST_BLOCKED,
	    NULL, 0);
}

/** @}
 */
