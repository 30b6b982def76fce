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

/** @addtogroup tcp
 * @{
 */
/** @file SYN cookies (RFC 4987, 3.6): an initial sequence number that only we
 * can make, so that its acknowledgement proves that we sent it.
 */

#include "cookie.h"

static uint64_t rotate(uint64_t x, unsigned bits)
{
	return (x << bits) | (x >> (64 - bits));
}

static void sip_round(uint64_t v[4])
{
	v[0] += v[1];
	v[1] = rotate(v[1], 13) ^ v[0];
	v[0] = rotate(v[0], 32);
	v[2] += v[3];
	v[3] = rotate(v[3], 16) ^ v[2];
	v[0] += v[3];
	v[3] = rotate(v[3], 21) ^ v[0];
	v[2] += v[1];
	v[1] = rotate(v[1], 17) ^ v[2];
	v[2] = rotate(v[2], 32);
}

/** SipHash-2-4 (Aumasson, Bernstein: a fast short-input PRF).
 *
 * @param key  Key
 * @param data Data
 * @param size Number of bytes
 * @return Hash
 */
uint64_t tcp_siphash(const uint64_t *key, const uint8_t *data, size_t size)
{
	uint64_t v[4] = {
		key[0] ^ 0x736f6d6570736575,
		key[1] ^ 0x646f72616e646f6d,
		key[0] ^ 0x6c7967656e657261,
		key[1] ^ 0x7465646279746573
	};
	uint64_t word = 0;
	size_t i;

	/* Words of eight bytes; the last one ends with the length. */
	for (i = 0; i < (size | 7) + 1; i++) {
		uint8_t byte = i < size ? data[i] :
		    i == (size | 7) ? (uint8_t) size : 0;

		word |= (uint64_t) byte << (8 * (i % 8));
		if (i % 8 != 7)
			continue;

		v[3] ^= word;
		sip_round(v);
		sip_round(v);
		v[0] ^= word;
		word = 0;
	}

	v[2] ^= 0xff;
	for (i = 0; i < 4; i++)
		sip_round(v);

	return v[0] ^ v[1] ^ v[2] ^ v[3];
}

/** The cookie for a SYN.
 *
 * @param key    Secret key
 * @param syn    What it answers to
 * @param period Time, in periods
 * @return Initial sequence number for our side
 */
uint32_t tcp_cookie(const uint64_t *key, const tcp_cookie_syn_t *syn,
    uint32_t period)
{
	uint8_t data[sizeof(syn->ends) + 8];
	size_t i;

	for (i = 0; i < sizeof(syn->ends); i++)
		data[i] = syn->ends[i];
	for (i = 0; i < 4; i++) {
		data[sizeof(syn->ends) + i] = syn->irs >> (8 * i);
		data[sizeof(syn->ends) + 4 + i] = period >> (8 * i);
	}

	return (uint32_t) tcp_siphash(key, data, sizeof(data));
}

/** Is this a cookie that we sent lately?
 *
 * @param key    Secret key
 * @param syn    What it would have answered to
 * @param period Time, in periods
 * @param cookie Number that came back
 */
bool tcp_cookie_is_good(const uint64_t *key, const tcp_cookie_syn_t *syn,
    uint32_t period, uint32_t cookie)
{
	return cookie == tcp_cookie(key, syn, period) ||
	    cookie == tcp_cookie(key, syn, period - 1);
}

/** @}
 */
