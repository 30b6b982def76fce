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
/** @file How long a client may take.
 *
 * A fibril resets the connections of clients whose time is over; whoever waits
 * for such a client gets an error.
 */

#include <adt/list.h>
#include <errno.h>
#include <fibril.h>
#include <fibril_synch.h>
#include <inet/tcp.h>
#include <stdio.h>
#include <time.h>

#include "limits.h"

/** Maximum number of clients at once */
#define CLIENTS_MAX	128

/** Time between two looks, in microseconds */
#define LOOK_INTERVAL	(1000 * 1000)

/** The clients, the oldest first */
static LIST_INITIALIZE(clients);
static FIBRIL_MUTEX_INITIALIZE(clients_lock);

static time_t uptime(void)
{
	struct timespec now;

	getuptime(&now);
	return now.tv_sec;
}

static errno_t limits_fibril(void *arg)
{
	while (true) {
		fibril_usleep(LOOK_INTERVAL);

		/* The lock keeps a connection from ending while it is reset. */
		fibril_mutex_lock(&clients_lock);
		list_foreach(clients, link, limit_t, limit) {
			if (!limit->over && uptime() >= limit->end) {
				limit->over = true;
				(void) tcp_conn_reset(limit->conn);
			}
		}
		fibril_mutex_unlock(&clients_lock);
	}

	return EOK;
}

/** Start to look at the clients' time. */
void limits_start(void)
{
	fid_t fid = fibril_create(limits_fibril, NULL);

	if (fid == 0) {
		fprintf(stderr, "Out of memory: clients have no limit.\n");
		return;
	}

	fibril_add_ready(fid);
}

/** A client came.
 *
 * @param limit   Limit
 * @param conn    The client's connection
 * @param seconds Its time
 */
void limit_begin(limit_t *limit, tcp_conn_t *conn, time_t seconds)
{
	fibril_mutex_lock(&clients_lock);

	limit->conn = conn;
	limit->end = uptime() + seconds;
	limit->over = false;
	list_append(&limit->link, &clients);

	/* Too many: the oldest that is not going yet goes. */
	if (list_count(&clients) > CLIENTS_MAX) {
		list_foreach(clients, link, limit_t, oldest) {
			if (!oldest->over && oldest->end > 0) {
				oldest->end = 0;
				break;
			}
		}
	}

	fibril_mutex_unlock(&clients_lock);
}

/** A client gets more time.
 *
 * @param limit   Limit
 * @param seconds Time from now on
 */
void limit_extend(limit_t *limit, time_t seconds)
{
	fibril_mutex_lock(&clients_lock);
	if (limit->end != 0)
		limit->end = uptime() + seconds;
	fibril_mutex_unlock(&clients_lock);
}

/** A client is served.
 *
 * @param limit Limit
 */
void limit_end(limit_t *limit)
{
	fibril_mutex_lock(&clients_lock);
	list_remove(&limit->link);
	fibril_mutex_unlock(&clients_lock);
}

/** @}
 */
