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

/** @addtogroup dhcp
 * @{
 */
/** @file Puts the routes and the MTU of a lease into force.
 */

#include <async.h>
#include <errno.h>
#include <inet/addr.h>
#include <inet/inetcfg.h>
#include <io/log.h>
#include <ipc/inet.h>
#include <ipc/services.h>
#include <loc.h>
#include <stddef.h>
#include <str_error.h>
#include "lease.h"

static errno_t dhcp_route_create(const char *name, uint32_t dest,
    uint8_t prefix, uint32_t router)
{
	inet_naddr_t net;
	inet_addr_t via;
	sysarg_t id;

	inet_naddr_set(dest, prefix, &net);
	inet_addr_set(router, &via);

	errno_t rc = inetcfg_sroute_create(name, &net, &via, &id);
	if (rc != EOK) {
		log_msg(LOG_DEFAULT, LVL_ERROR, "Error creating route %s: %s.",
		    name, str_error(rc));
	}
	return rc;
}

/** Create the routes of a lease: those that the server listed, or else the
 * default route through its router, if it named one.
 *
 * @param routes Routes that the server listed
 * @param router Router that it named, 0.0.0.0 if none
 */
errno_t dhcp_lease_routes(const dhcp_routes_t *routes, inet_addr_t *router)
{
	dhcp_route_t route;
	size_t pos = 0;

	if (dhcp_routes_valid(routes)) {
		while (dhcp_routes_next(routes, &pos, &route) == EOK) {
			errno_t rc = dhcp_route_create(route.prefix == 0 ?
			    "dhcpdef" : "dhcproute", route.dest, route.prefix,
			    route.router);
			if (rc != EOK)
				return rc;
		}
		return EOK;
	}

	if (routes->size != 0) {
		log_msg(LOG_DEFAULT, LVL_WARN,
		    "The server's list of routes is malformed, ignored.");
	}
	if (router->addr == 0)
		return EOK;

	return dhcp_route_create("dhcpdef", 0, 0, router->addr);
}

/** Set the MTU of a link. It is not needed for a lease: what fails is said.
 *
 * @param link Link
 * @param mtu  MTU, or 0 to leave it alone
 */
void dhcp_lease_mtu(service_id_t link, size_t mtu)
{
	service_id_t sid;

	if (mtu == 0)
		return;

	errno_t rc = loc_service_get_id(SERVICE_NAME_INET, &sid, 0);
	if (rc == EOK) {
		async_sess_t *sess = loc_service_connect(sid,
		    INTERFACE_INETCFG, 0);
		async_exch_t *exch = async_exchange_begin(sess);

		rc = exch == NULL ? ENOMEM :
		    async_req_2_0(exch, INETCFG_LINK_SET_MTU, link, mtu);
		if (exch != NULL)
			async_exchange_end(exch);
		if (sess != NULL)
			async_hangup(sess);
	}

	if (rc != EOK) {
		log_msg(LOG_DEFAULT, LVL_WARN, "MTU %zu not set: %s.", mtu,
		    str_error(rc));
	}
}

/** @}
 */
