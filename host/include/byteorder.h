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
/** @file Byte order
 */

#ifndef HOST_BYTEORDER_H_
#define HOST_BYTEORDER_H_

#include <endian.h>
#include <stdint.h>

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error The hosted drivers run on little-endian machines only.
#endif

static inline uint16_t uint16_t_byteorder_swap(uint16_t n)
{
	return __builtin_bswap16(n);
}

static inline uint32_t uint32_t_byteorder_swap(uint32_t n)
{
	return __builtin_bswap32(n);
}

static inline uint64_t uint64_t_byteorder_swap(uint64_t n)
{
	return __builtin_bswap64(n);
}

/*
 * With HOST_SWAPS the drivers do what they do on a big-endian machine: what is
 * little-endian for a device is not as this machine has it.
 */
#ifdef HOST_SWAPS
#define HOST_LE(bits, n)	uint##bits##_t_byteorder_swap(n)
#else
#define HOST_LE(bits, n)	(n)
#endif

#define uint8_t_le2host(n)	(n)
#define uint16_t_le2host(n)	HOST_LE(16, n)
#define uint32_t_le2host(n)	HOST_LE(32, n)
#define uint64_t_le2host(n)	HOST_LE(64, n)
#define host2uint8_t_le(n)	(n)
#define host2uint16_t_le(n)	HOST_LE(16, n)
#define host2uint32_t_le(n)	HOST_LE(32, n)
#define host2uint64_t_le(n)	HOST_LE(64, n)

#define uint8_t_be2host(n)	(n)
#define uint16_t_be2host(n)	uint16_t_byteorder_swap(n)
#define uint32_t_be2host(n)	uint32_t_byteorder_swap(n)
#define uint64_t_be2host(n)	uint64_t_byteorder_swap(n)
#define host2uint8_t_be(n)	(n)
#define host2uint16_t_be(n)	uint16_t_byteorder_swap(n)
#define host2uint32_t_be(n)	uint32_t_byteorder_swap(n)
#define host2uint64_t_be(n)	uint64_t_byteorder_swap(n)

#ifndef _ARPA_INET_H
#undef htons
#undef htonl
#undef ntohs
#undef ntohl
#define htons(n)	host2uint16_t_be(n)
#define htonl(n)	host2uint32_t_be(n)
#define ntohs(n)	uint16_t_be2host(n)
#define ntohl(n)	uint32_t_be2host(n)
#endif

#endif

/** @}
 */
