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

#include <errno.h>
#include <mem.h>
#include <pcut/pcut.h>
#include "../options.h"

PCUT_INIT;

PCUT_TEST_SUITE(options);

static dhcp_routes_t routes;
static dhcp_route_t route;
static size_t pos;

PCUT_TEST_BEFORE
{
	memset(&routes, 0, sizeof(routes));
	pos = 0;
}

#define ADD(...) \
	dhcp_routes_add(&routes, (const uint8_t[]) { __VA_ARGS__ }, \
	    sizeof((const uint8_t[]) { __VA_ARGS__ }))

#define EXPECT(d, p, r) \
	do { \
		PCUT_ASSERT_ERRNO_VAL(EOK, \
		    dhcp_routes_next(&routes, &pos, &route)); \
		PCUT_ASSERT_INT_EQUALS(d, route.dest); \
		PCUT_ASSERT_INT_EQUALS(p, route.prefix); \
		PCUT_ASSERT_INT_EQUALS(r, route.router); \
	} while (0)

/** What a cloud sends: its router is on the link, all else behind it */
PCUT_TEST(routes_of_a_cloud)
{
	ADD(32, 10, 128, 0, 1, 0, 0, 0, 0, 0, 10, 128, 0, 1);
	PCUT_ASSERT_TRUE(dhcp_routes_valid(&routes));
	EXPECT(0x0a800001, 32, 0);
	EXPECT(0, 0, 0x0a800001);
	PCUT_ASSERT_ERRNO_VAL(ENOENT,
	    dhcp_routes_next(&routes, &pos, &route));
}

/** The examples of RFC 3442 */
PCUT_TEST(prefixes_of_every_kind)
{
	ADD(0, 1, 2, 3, 4);
	ADD(8, 10, 1, 2, 3, 4);
	ADD(24, 10, 0, 0, 1, 2, 3, 4);
	ADD(16, 10, 17, 1, 2, 3, 4);
	ADD(25, 10, 229, 0, 128, 1, 2, 3, 4);
	ADD(32, 10, 198, 122, 47, 1, 2, 3, 4);
	PCUT_ASSERT_TRUE(dhcp_routes_valid(&routes));
	EXPECT(0, 0, 0x01020304);
	EXPECT(0x0a000000, 8, 0x01020304);
	EXPECT(0x0a000000, 24, 0x01020304);
	EXPECT(0x0a110000, 16, 0x01020304);
	EXPECT(0x0ae50080, 25, 0x01020304);
	EXPECT(0x0ac67a2f, 32, 0x01020304);
}

/** Bits beyond the prefix do not count */
PCUT_TEST(bits_beyond_the_prefix)
{
	ADD(9, 10, 0xff, 1, 2, 3, 4);
	EXPECT(0x0a800000, 9, 0x01020304);
}

/** A long list comes in several options, cut anywhere */
PCUT_TEST(routes_in_several_options)
{
	ADD(24, 10);
	ADD(0, 0, 1, 2, 3);
	ADD(4);
	PCUT_ASSERT_TRUE(dhcp_routes_valid(&routes));
	EXPECT(0x0a000000, 24, 0x01020304);
}

/** No list, or one that ends too early or has a prefix too long */
PCUT_TEST(lists_that_are_none)
{
	static const uint8_t whole[] = { 32, 10, 0, 0, 1, 1, 2, 3, 4 };

	PCUT_ASSERT_FALSE(dhcp_routes_valid(&routes));

	for (size_t size = 1; size < sizeof(whole); size++) {
		memset(&routes, 0, sizeof(routes));
		dhcp_routes_add(&routes, whole, size);
		PCUT_ASSERT_FALSE(dhcp_routes_valid(&routes));
	}

	memset(&routes, 0, sizeof(routes));
	ADD(33, 10, 0, 0, 1, 0, 1, 2, 3, 4);
	PCUT_ASSERT_FALSE(dhcp_routes_valid(&routes));

	/* a good one before it does not help */
	memset(&routes, 0, sizeof(routes));
	ADD(0, 1, 2, 3, 4);
	ADD(255);
	PCUT_ASSERT_FALSE(dhcp_routes_valid(&routes));
}

/** More than there is room for is none, and harms nothing */
PCUT_TEST(lists_that_are_too_long)
{
	static const uint8_t full[255];

	for (size_t i = 0; i < 3 * dhcp_routes_size / sizeof(full); i++)
		dhcp_routes_add(&routes, full, sizeof(full));
	PCUT_ASSERT_FALSE(dhcp_routes_valid(&routes));
	PCUT_ASSERT_ERRNO_VAL(EINVAL,
	    dhcp_routes_next(&routes, &pos, &route));
}

/** The routes are asked for before the router, all of it in one option */
PCUT_TEST(parameters_that_are_asked_for)
{
	uint8_t opt[16];
	size_t size = dhcp_params_encode(opt);
	size_t at[256] = { 0 };

	PCUT_ASSERT_INT_EQUALS(dhcp_opt_param_req_list, opt[0]);
	PCUT_ASSERT_INT_EQUALS(size, opt[1] + 2);
	for (size_t i = 2; i < size; i++)
		at[opt[i]] = i;
	PCUT_ASSERT_TRUE(at[dhcp_opt_subnet_mask] != 0);
	PCUT_ASSERT_TRUE(at[dhcp_opt_dns_server] != 0);
	PCUT_ASSERT_TRUE(at[dhcp_opt_mtu] != 0);
	PCUT_ASSERT_TRUE(at[dhcp_opt_classless_routes] != 0);
	PCUT_ASSERT_TRUE(at[dhcp_opt_classless_routes] < at[dhcp_opt_router]);
}

/** An MTU of two bytes that can be true */
PCUT_TEST(mtu)
{
	static const uint8_t cloud[] = { 5, 0xb4, 0 };
	static const uint8_t least[] = { 2, 0x40 };
	static const uint8_t less[] = { 2, 0x3f };

	PCUT_ASSERT_INT_EQUALS(1460, dhcp_mtu_decode(cloud, 2));
	PCUT_ASSERT_INT_EQUALS(576, dhcp_mtu_decode(least, 2));
	PCUT_ASSERT_INT_EQUALS(0, dhcp_mtu_decode(less, 2));
	PCUT_ASSERT_INT_EQUALS(0, dhcp_mtu_decode(cloud, 1));
	PCUT_ASSERT_INT_EQUALS(0, dhcp_mtu_decode(cloud, 3));
}

PCUT_EXPORT(options);
