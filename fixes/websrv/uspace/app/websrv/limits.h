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

/** @addtogroup websrv
 * @{
 */
/** @file How many clients there are at once, and how long each may take.
 */

#ifndef LIMITS_H
#define LIMITS_H

#include <adt/list.h>
#include <errno.h>
#include <inet/tcp.h>
#include <time.h>

/** Seconds for a request line to arrive */
#define LIMIT_REQUEST	10
/** Seconds for a part of the answer to be taken */
#define LIMIT_SEND	30
/** Seconds in which a client gets on, if others wait for its place */
#define LIMIT_CROWDED	2

/** Limit of a client */
typedef struct {
	/** Link to the list of all; guarded by its lock, as the rest is */
	link_t link;
	tcp_conn_t *conn;
	/** Uptime in seconds when it last got on */
	time_t since;
	/** Uptime in seconds when the client's time is over */
	time_t end;
	/** The connection was reset for that */
	bool over;
} limit_t;

extern void limits_start(void);
extern errno_t limit_begin(limit_t *, tcp_conn_t *, time_t);
extern void limit_extend(limit_t *, time_t);
extern void limit_end(limit_t *);

#endif

/** @}
 */
