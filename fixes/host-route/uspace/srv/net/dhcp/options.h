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

#ifndef DHCP_OPTIONS_H
#define DHCP_OPTIONS_H

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Options that are asked for */
enum {
	dhcp_opt_subnet_mask = 1,
	dhcp_opt_router = 3,
	dhcp_opt_dns_server = 6,
	dhcp_opt_mtu = 26,
	dhcp_opt_param_req_list = 55,
	dhcp_opt_classless_routes = 121
};

enum {
	/** Room for routes; a message from a server has less. */
	dhcp_routes_size = 1024,
	/** Least MTU that is believed: a packet of that size reaches every
	 * host (RFC 791), and no link has less.
	 */
	dhcp_mtu_min = 576
};

/** The routes of a lease, as the server wrote them. */
typedef struct {
	uint8_t data[dhcp_routes_size];
	/** Bytes in data; more than it has room for if there were more. */
	size_t size;
} dhcp_routes_t;

/** One of them. Addresses have the byte order of the machine. */
typedef struct {
	uint32_t dest;
	/** Length of the prefix of dest, 0 to 32 */
	uint8_t prefix;
	/** Zero: what dest names is on the link itself. */
	uint32_t router;
} dhcp_route_t;

extern size_t dhcp_params_encode(uint8_t *);
extern void dhcp_routes_add(dhcp_routes_t *, const uint8_t *, size_t);
extern bool dhcp_routes_valid(const dhcp_routes_t *);
extern errno_t dhcp_routes_next(const dhcp_routes_t *, size_t *,
    dhcp_route_t *);
extern size_t dhcp_mtu_decode(const uint8_t *, size_t);

#endif

/** @}
 */
