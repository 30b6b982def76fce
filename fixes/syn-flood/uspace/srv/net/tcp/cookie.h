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
/** @file SYN cookies
 */

#ifndef COOKIE_H
#define COOKIE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Seconds after which cookies change; one is good for one to two of them */
#define TCP_COOKIE_PERIOD	64

/** What a cookie answers to */
typedef struct {
	/** Addresses and ports of both ends, in an encoding of ours */
	uint8_t ends[36];
	/** Initial sequence number of the peer */
	uint32_t irs;
} tcp_cookie_syn_t;

extern uint64_t tcp_siphash(const uint64_t *, const uint8_t *, size_t);
extern uint32_t tcp_cookie(const uint64_t *, const tcp_cookie_syn_t *,
    uint32_t);
extern bool tcp_cookie_is_good(const uint64_t *, const tcp_cookie_syn_t *,
    uint32_t, uint32_t);

#endif

/** @}
 */
