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
/** @file Options of a lease: routes (RFC 3442) and MTU (RFC 2132, 5.1).
 */

#include <errno.h>
#include <inet/prefix.h>
#include <mem.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "options.h"

/** Write the option that lists the options which the server should send.
 *
 * Routes come before the router, as RFC 3442 wants it.
 *
 * @param opt Where to write
 * @return Number of bytes written
 */
size_t dhcp_params_encode(uint8_t *opt)
{
	static const uint8_t params[] = {
		dhcp_opt_subnet_mask,
		dhcp_opt_classless_routes,
		dhcp_opt_router,
		dhcp_opt_dns_server,
		dhcp_opt_mtu
	};

	opt[0] = dhcp_opt_param_req_list;
	opt[1] = sizeof(params);
	memcpy(opt + 2, params, sizeof(params));
	return 2 + sizeof(params);
}

/** Add an option with routes. What does not fit into one option goes on in
 * the next one (RFC 3396).
 */
void dhcp_routes_add(dhcp_routes_t *routes, const uint8_t *data, size_t size)
{
	if (routes->size <= sizeof(routes->data) &&
	    size <= sizeof(routes->data) - routes->size)
		memcpy(routes->data + routes->size, data, size);
	routes->size += size;
}

/** Are there routes, and are they well formed? Only then they take the place
 * of the router (RFC 3442).
 */
bool dhcp_routes_valid(const dhcp_routes_t *routes)
{
	size_t pos = 0;
	dhcp_route_t route;
	errno_t rc;

	if (routes->size == 0)
		return false;

	do {
		rc = dhcp_routes_next(routes, &pos, &route);
	} while (rc == EOK);

	return rc == ENOENT;
}

/** Decode a route: the length of its prefix, the bytes of the destination
 * that the prefix has bits in, four bytes of a router.
 *
 * @param pos   Where it begins; at first 0. Moved to the next one.
 * @param route Where to put it
 * @return EOK, ENOENT if there are no more, or EINVAL if this is none
 */
errno_t dhcp_routes_next(const dhcp_routes_t *routes, size_t *pos,
    dhcp_route_t *route)
{
	const uint8_t *data = routes->data;
	size_t at = *pos;

	if (routes->size > sizeof(routes->data))
		return EINVAL;
	if (at == routes->size)
		return ENOENT;

	uint8_t prefix = data[at++];
	if (prefix > prefix_max_v4)
		return EINVAL;

	size_t bytes = (prefix + 7) / 8;
	if (routes->size - at < bytes + 4)
		return EINVAL;

	uint32_t dest = 0;
	for (size_t i = 0; i < 4; i++)
		dest = dest << 8 | (i < bytes ? data[at++] : 0);

	uint32_t router = 0;
	for (size_t i = 0; i < 4; i++)
		router = router << 8 | data[at++];

	/* Bits beyond the prefix are to be dropped */
	route->dest = dest & prefix_mask_v4(prefix);
	route->prefix = prefix;
	route->router = router;
	*pos = at;
	return EOK;
}

/** Decode the MTU of the link.
 *
 * @return MTU, or 0 if there is none that could be true
 */
size_t dhcp_mtu_decode(const uint8_t *data, size_t size)
{
	if (size != 2)
		return 0;

	size_t mtu = (size_t) data[0] << 8 | data[1];
	return mtu >= dhcp_mtu_min ? mtu : 0;
}

/** @}
 */
