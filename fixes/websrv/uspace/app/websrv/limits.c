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

/** Maximum number of clients at once
 *
 * Each of them has one call to the TCP server wait at most, and one file open,
 * or two while it is looked up. The kernel lets 64 calls of ours wait
 * (IPC_MAX_ASYNC_CALLS), and who makes one more waits for ever; VFS gives us
 * 128 files (VFS_MAX_OPEN_FILES).
 */
#define CLIENTS_MAX	48

/** Maximum number of clients that wait to be among them */
#define WAITING_MAX	256

/** Time between two looks, in microseconds */
#define LOOK_INTERVAL	(1000 * 1000)

/** The clients, the oldest first */
static LIST_INITIALIZE(clients);
/** Clients that came, and those of them that no longer wait */
static unsigned int clients_came = 0;
static unsigned int clients_let_in = 0;
/** Signals that the first one of those who wait may look again */
static FIBRIL_CONDVAR_INITIALIZE(clients_cv);
/** Guards all of these */
static FIBRIL_MUTEX_INITIALIZE(clients_lock);

static time_t uptime(void)
{
	struct timespec now;

	getuptime(&now);
	return now.tv_sec;
}

/** Is a client's time over?
 *
 * @param limit Limit
 * @param room  Somebody waits for its place
 */
static bool is_over(limit_t *limit, bool room)
{
	time_t now = uptime();

	return now >= limit->end ||
	    (room && now >= limit->since + LIMIT_CROWDED);
}

static errno_t limits_fibril(void *arg)
{
	while (true) {
		fibril_usleep(LOOK_INTERVAL);

		/* The lock keeps a connection from ending while it is reset. */
		fibril_mutex_lock(&clients_lock);
		unsigned int waiting = clients_came - clients_let_in;
		list_foreach(clients, link, limit_t, limit) {
			if (!limit->over && is_over(limit, waiting > 0)) {
				limit->over = true;
				(void) tcp_conn_reset(limit->conn);
			}
			if (limit->over && waiting > 0)
				waiting--;
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

/** A client came. Waits until there is room for it, in the order in which they
 * come.
 *
 * @param limit   Limit, zeros
 * @param conn    The client's connection
 * @param seconds Its time
 * @return EOK, or ELIMIT if too many wait already
 */
errno_t limit_begin(limit_t *limit, tcp_conn_t *conn, time_t seconds)
{
	fibril_mutex_lock(&clients_lock);

	if (clients_came - clients_let_in >= WAITING_MAX) {
		fibril_mutex_unlock(&clients_lock);
		return ELIMIT;
	}

	unsigned int number = clients_came++;
	while (number != clients_let_in ||
	    list_count(&clients) >= CLIENTS_MAX)
		fibril_condvar_wait(&clients_cv, &clients_lock);
	clients_let_in++;
	fibril_condvar_broadcast(&clients_cv);

	limit->conn = conn;
	limit->since = uptime();
	limit->end = limit->since + seconds;
	list_append(&limit->link, &clients);

	fibril_mutex_unlock(&clients_lock);
	return EOK;
}

/** A client got on, and gets more time.
 *
 * @param limit   Limit
 * @param seconds Time from now on
 */
void limit_extend(limit_t *limit, time_t seconds)
{
	fibril_mutex_lock(&clients_lock);
	limit->since = uptime();
	limit->end = limit->since + seconds;
	fibril_mutex_unlock(&clients_lock);
}

/** A client goes, also one that did not begin.
 *
 * @param limit Limit
 */
void limit_end(limit_t *limit)
{
	fibril_mutex_lock(&clients_lock);
	if (link_in_use(&limit->link)) {
		list_remove(&limit->link);
		fibril_condvar_broadcast(&clients_cv);
	}
	fibril_mutex_unlock(&clients_lock);
}

/** @}
 */
