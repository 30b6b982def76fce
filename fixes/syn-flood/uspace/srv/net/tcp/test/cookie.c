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

#include <pcut/pcut.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../cookie.h"

PCUT_INIT;

PCUT_TEST_SUITE(cookie);

static const uint64_t key[2] = { 0x0706050403020100, 0x0f0e0d0c0b0a0908 };

static const tcp_cookie_syn_t syn = {
	.ends = { 10, 0, 2, 15, [16] = 80, [18] = 192, 0, 2, 1, [34] = 7 },
	.irs = 0x12345678
};

/** The hash is SipHash-2-4: the vectors of its specification and of its
 * reference code (15 bytes, none, 8 bytes, 63 bytes).
 */
PCUT_TEST(siphash_vectors)
{
	uint8_t data[64];

	for (unsigned i = 0; i < sizeof(data); i++)
		data[i] = i;

	PCUT_ASSERT_TRUE(tcp_siphash(key, data, 15) == 0xa129ca6149be45e5);
	PCUT_ASSERT_TRUE(tcp_siphash(key, data, 0) == 0x726fdb47dd0e0e31);
	PCUT_ASSERT_TRUE(tcp_siphash(key, data, 8) == 0x93f5f5799a932462);
	PCUT_ASSERT_TRUE(tcp_siphash(key, data, 63) == 0x958a324ceb064572);
}

/** A cookie is good in its period and the next one, and in no other. */
PCUT_TEST(lifetime)
{
	uint32_t cookie = tcp_cookie(key, &syn, 100);

	PCUT_ASSERT_TRUE(tcp_cookie_is_good(key, &syn, 100, cookie));
	PCUT_ASSERT_TRUE(tcp_cookie_is_good(key, &syn, 101, cookie));
	PCUT_ASSERT_FALSE(tcp_cookie_is_good(key, &syn, 102, cookie));
	PCUT_ASSERT_FALSE(tcp_cookie_is_good(key, &syn, 99, cookie));
}

/** A cookie is good for the SYN that it answers to, and for no other. */
PCUT_TEST(other_syn)
{
	static const uint64_t other_key[2] = { 1, 2 };
	uint32_t cookie = tcp_cookie(key, &syn, 100);
	tcp_cookie_syn_t other;

	for (unsigned i = 0; i < sizeof(syn.ends); i++) {
		other = syn;
		other.ends[i] ^= 1;
		PCUT_ASSERT_FALSE(tcp_cookie_is_good(key, &other, 100, cookie));
	}

	other = syn;
	other.irs++;
	PCUT_ASSERT_FALSE(tcp_cookie_is_good(key, &other, 100, cookie));
	PCUT_ASSERT_FALSE(tcp_cookie_is_good(other_key, &syn, 100, cookie));
	PCUT_ASSERT_FALSE(tcp_cookie_is_good(key, &syn, 100, cookie + 1));
}

PCUT_EXPORT(cookie);
