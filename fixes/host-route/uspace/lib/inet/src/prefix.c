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

/** @addtogroup libinet
 * @{
 */
/** @file Prefixes of Internet addresses.
 */

#include <errno.h>
#include <inet/prefix.h>
#include <mem.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Make the mask of an IPv4 prefix.
 *
 * @param bits Length of the prefix, 0 to 32
 */
uint32_t prefix_mask_v4(unsigned bits)
{
	/* A shift by all bits of a number is not defined */
	return bits == 0 ? 0 : UINT32_MAX << (prefix_max_v4 - bits);
}

/** Get the length of the prefix from an IPv4 mask.
 *
 * @param mask Mask
 * @param bits Where to put the length, 0 to 32
 * @return EOK, or EINVAL if the mask is not ones and then zeros
 */
errno_t prefix_from_mask_v4(uint32_t mask, int *bits)
{
	int ones = 0;

	while (ones < prefix_max_v4 && (mask & (UINT32_C(1) << 31 >> ones)))
		++ones;
	if (mask != prefix_mask_v4(ones))
		return EINVAL;

	*bits = ones;
	return EOK;
}

/** Do two IPv4 addresses begin with the same bits?
 *
 * @param bits How many, 0 to 32; more are never equal
 */
bool prefix_equal_v4(uint32_t a, uint32_t b, unsigned bits)
{
	return bits <= prefix_max_v4 && ((a ^ b) & prefix_mask_v4(bits)) == 0;
}

/** Do two IPv6 addresses begin with the same bits?
 *
 * @param a    Address, 16 bytes
 * @param b    Address, 16 bytes
 * @param bits How many, 0 to 128; more are never equal
 */
bool prefix_equal_v6(const uint8_t *a, const uint8_t *b, unsigned bits)
{
	if (bits > prefix_max_v6)
		return false;

	size_t bytes = bits / 8;
	unsigned rest = bits % 8;

	return memcmp(a, b, bytes) == 0 && (rest == 0 ||
	    (a[bytes] ^ b[bytes]) >> (8 - rest) == 0);
}

/** @}
 */
