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
#include <inet/prefix.h>
#include <mem.h>
#include <pcut/pcut.h>

PCUT_INIT;

PCUT_TEST_SUITE(prefix);

#define ADDR	UINT32_C(0x0a800002)

/** A mask has as many ones as it says, from none to all */
PCUT_TEST(masks_of_every_length)
{
	PCUT_ASSERT_INT_EQUALS(0, prefix_mask_v4(0));
	PCUT_ASSERT_INT_EQUALS(0x80000000, prefix_mask_v4(1));
	PCUT_ASSERT_INT_EQUALS(0xffffff00, prefix_mask_v4(24));
	PCUT_ASSERT_INT_EQUALS(0xffffffff, prefix_mask_v4(32));

	for (unsigned bits = 1; bits <= 32; bits++) {
		PCUT_ASSERT_INT_EQUALS(prefix_mask_v4(bits),
		    prefix_mask_v4(bits - 1) | UINT32_C(1) << (32 - bits));
	}
}

/** The length comes back from the mask */
PCUT_TEST(lengths_of_every_mask)
{
	for (int bits = 0; bits <= 32; bits++) {
		int got = -1;

		PCUT_ASSERT_ERRNO_VAL(EOK,
		    prefix_from_mask_v4(prefix_mask_v4(bits), &got));
		PCUT_ASSERT_INT_EQUALS(bits, got);
	}
}

/** Ones after a zero are no mask */
PCUT_TEST(masks_with_holes)
{
	int got = -1;

	PCUT_ASSERT_ERRNO_VAL(EINVAL, prefix_from_mask_v4(1, &got));
	PCUT_ASSERT_ERRNO_VAL(EINVAL, prefix_from_mask_v4(0x7fffffff, &got));
	PCUT_ASSERT_ERRNO_VAL(EINVAL, prefix_from_mask_v4(0xff00ff00, &got));
	PCUT_ASSERT_ERRNO_VAL(EINVAL, prefix_from_mask_v4(0xfffffffd, &got));
	PCUT_ASSERT_INT_EQUALS(-1, got);
}

/** A bit that differs matters if it is in the prefix, and only then */
PCUT_TEST(each_bit_matters_v4)
{
	for (unsigned bits = 0; bits <= 32; bits++) {
		PCUT_ASSERT_TRUE(prefix_equal_v4(ADDR, ADDR, bits));
		for (unsigned bit = 0; bit < 32; bit++) {
			PCUT_ASSERT_INT_EQUALS(bit >= bits, prefix_equal_v4(
			    ADDR, ADDR ^ UINT32_C(1) << (31 - bit), bits));
		}
	}
	PCUT_ASSERT_FALSE(prefix_equal_v4(ADDR, ADDR, 33));
}

/** The same in an IPv6 address */
PCUT_TEST(each_bit_matters_v6)
{
	uint8_t a[16] = { 0xfe, 0x80, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12,
		13, 14 };
	uint8_t b[16];

	for (unsigned bits = 0; bits <= 128; bits++) {
		PCUT_ASSERT_TRUE(prefix_equal_v6(a, a, bits));
		for (unsigned bit = 0; bit < 128; bit++) {
			memcpy(b, a, sizeof(b));
			b[bit / 8] ^= 0x80 >> bit % 8;
			PCUT_ASSERT_INT_EQUALS(bit >= bits,
			    prefix_equal_v6(a, b, bits));
		}
	}
	PCUT_ASSERT_FALSE(prefix_equal_v6(a, a, 129));
}

PCUT_EXPORT(prefix);
