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

/** @addtogroup libc
 * @{
 */
/** @file What a session knows of the messages that are on their way.
 */

#ifndef _LIBC_PRIVATE_ASYNC_PARTS_H_
#define _LIBC_PRIVATE_ASYNC_PARTS_H_

#include <async_parts.h>

enum {
	/** Most messages that nobody has waited for yet. With their parts they
	 * are half of the calls that the kernel allows on a phone.
	 */
	ASYNC_AHEAD_MAX = 8
};

/** A message that was sent. */
typedef struct {
	/** Its call, 0 if there is none */
	aid_t call;
	aid_t parts[ASYNC_PARTS_MAX];
	size_t count;
} async_sent_t;

/** Messages that were sent ahead. The exchange that is open guards it. */
typedef struct {
	async_sent_t sent[ASYNC_AHEAD_MAX];
	/** The oldest one, whose place is the next one's */
	size_t oldest;
} async_ahead_t;

extern void async_ahead_forget(async_ahead_t *);

#endif

/** @}
 */
