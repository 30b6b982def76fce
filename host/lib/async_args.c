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
/** @file Calls and answers with any number of arguments
 */

#include <async.h>

#define P0
#define P1	P0, sysarg_t a1
#define P2	P1, sysarg_t a2
#define P3	P2, sysarg_t a3
#define P4	P3, sysarg_t a4
#define P5	P4, sysarg_t a5
#define A0	0, 0, 0, 0, 0
#define A1	a1, 0, 0, 0, 0
#define A2	a1, a2, 0, 0, 0
#define A3	a1, a2, a3, 0, 0
#define A4	a1, a2, a3, a4, 0
#define A5	a1, a2, a3, a4, a5
#define Q0
#define Q1	Q0, sysarg_t *r1
#define Q2	Q1, sysarg_t *r2
#define Q3	Q2, sysarg_t *r3
#define Q4	Q3, sysarg_t *r4
#define Q5	Q4, sysarg_t *r5
#define R0	NULL, NULL, NULL, NULL, NULL
#define R1	r1, NULL, NULL, NULL, NULL
#define R2	r1, r2, NULL, NULL, NULL
#define R3	r1, r2, r3, NULL, NULL
#define R4	r1, r2, r3, r4, NULL
#define R5	r1, r2, r3, r4, r5

#define VARIANTS(m) \
	errno_t async_answer_##m(ipc_call_t *call, errno_t rc P##m) \
	{ \
		return async_answer_5(call, rc, A##m); \
	} \
	aid_t async_send_##m(async_exch_t *exch, sysarg_t method P##m, \
	    ipc_call_t *dest) \
	{ \
		return async_send_5(exch, method, A##m, dest); \
	} \
	void async_msg_##m(async_exch_t *exch, sysarg_t method P##m) \
	{ \
		async_msg_5(exch, method, A##m); \
	}

VARIANTS(0)
VARIANTS(1)
VARIANTS(2)
VARIANTS(3)
VARIANTS(4)

#define REQ(m, n) \
	errno_t async_req_##m##_##n(async_exch_t *exch, \
	    sysarg_t method P##m Q##n) \
	{ \
		return async_req_5_5(exch, method, A##m, R##n); \
	}
#define REQS(m) \
	REQ(m, 0) \
	REQ(m, 1) \
	REQ(m, 2) \
	REQ(m, 3) \
	REQ(m, 4)

REQS(0)
REQS(1)
REQS(2)
REQS(3)
REQS(4)
REQS(5)
REQ(0, 5)
REQ(1, 5)
REQ(2, 5)
REQ(3, 5)
REQ(4, 5)

/** @}
 */
