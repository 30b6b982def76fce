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
/** @file What the programs that use TCP are to be told.
 *
 * The kernel lets only so many calls wait for a program, and no more can be
 * sent to one that is busy. So what happened is kept with the connection, and a
 * fibril for each program tells it, one event at a time.
 */

#include <adt/list.h>
#include <async.h>
#include <errno.h>
#include <fibril.h>
#include <fibril_synch.h>
#include <ipc/tcp.h>
#include <macros.h>
#include <stdbool.h>

#include "events.h"
#include "tcp_type.h"

/** In which order the events of a connection are told */
static const tcp_event_t order[] = {
	TCP_EV_NEW_CONN,
	TCP_EV_CONNECTED,
	TCP_EV_CONN_FAILED,
	TCP_EV_DATA,
	TCP_EV_CONN_RESET
};

/** An event in a set of them */
static unsigned int event_bit(tcp_event_t event)
{
	return 1u << (event - IPC_FIRST_USER_METHOD);
}

/** Tell a program what happened to one of its connections.
 *
 * @param client Client, not locked
 * @param id     The connection's ID
 * @param lst_id The ID of the listener that it came through
 * @param events Set of events
 */
static void tell(tcp_client_t *client, sysarg_t id, sysarg_t lst_id,
    unsigned int events)
{
	for (size_t i = 0; i < ARRAY_SIZE(order); i++) {
		if ((events & event_bit(order[i])) == 0)
			continue;

		async_exch_t *exch = async_exchange_begin(client->sess);
		if (order[i] == TCP_EV_NEW_CONN)
			(void) async_req_2_0(exch, order[i], lst_id, id);
		else
			(void) async_req_1_0(exch, order[i], id);
		async_exchange_end(exch);
	}
}

/** Tell a program what there is to tell until it leaves.
 *
 * @param arg Client
 * @return EOK
 */
static errno_t events_fibril(void *arg)
{
	tcp_client_t *client = (tcp_client_t *) arg;

	fibril_mutex_lock(&client->events_lock);
	while (!client->leaves) {
		if (list_empty(&client->ready)) {
			fibril_condvar_wait(&client->events_cv,
			    &client->events_lock);
			continue;
		}

		tcp_cconn_t *cconn = list_get_instance(
		    list_first(&client->ready), tcp_cconn_t, lready);
		sysarg_t id = cconn->id;
		sysarg_t lst_id = cconn->lst_id;
		unsigned int events = cconn->events;

		list_remove(&cconn->lready);
		cconn->events = 0;

		/* The connection may go meanwhile: its ID alone is used. */
		fibril_mutex_unlock(&client->events_lock);
		tell(client, id, lst_id, events);
		fibril_mutex_lock(&client->events_lock);
	}

	client->told = true;
	fibril_condvar_broadcast(&client->events_cv);
	fibril_mutex_unlock(&client->events_lock);
	return EOK;
}

/** Initialize what a program is to be told.
 *
 * @param client Client
 */
void tcp_events_init(tcp_client_t *client)
{
	fibril_mutex_initialize(&client->events_lock);
	fibril_condvar_initialize(&client->events_cv);
	list_initialize(&client->ready);
	client->leaves = false;
	client->told = true;
}

/** Start to tell a program.
 *
 * @param client Client, whose session is there
 * @return EOK, or ENOMEM
 */
errno_t tcp_events_start(tcp_client_t *client)
{
	fid_t fid = fibril_create(events_fibril, client);

	if (fid == 0)
		return ENOMEM;

	client->told = false;
	fibril_add_ready(fid);
	return EOK;
}

/** A program leaves: tell it no more. When this returns nobody uses its
 * session.
 *
 * @param client Client
 */
void tcp_events_end(tcp_client_t *client)
{
	fibril_mutex_lock(&client->events_lock);
	client->leaves = true;
	fibril_condvar_broadcast(&client->events_cv);
	while (!client->told)
		fibril_condvar_wait(&client->events_cv, &client->events_lock);
	fibril_mutex_unlock(&client->events_lock);
}

/** Something happened that the owner of a connection is to be told.
 *
 * What it has not been told yet is told once. Never blocks for long.
 *
 * @param cconn Connection
 * @param event What happened
 */
void tcp_event(tcp_cconn_t *cconn, tcp_event_t event)
{
	tcp_client_t *client = cconn->client;

	fibril_mutex_lock(&client->events_lock);
	cconn->events |= event_bit(event);
	if (!link_in_use(&cconn->lready))
		list_append(&cconn->lready, &client->ready);
	fibril_condvar_broadcast(&client->events_cv);
	fibril_mutex_unlock(&client->events_lock);
}

/** A connection goes: there is nothing more to tell of it.
 *
 * @param cconn Connection
 */
void tcp_event_forget(tcp_cconn_t *cconn)
{
	tcp_client_t *client = cconn->client;

	fibril_mutex_lock(&client->events_lock);
	if (link_in_use(&cconn->lready))
		list_remove(&cconn->lready);
	fibril_mutex_unlock(&client->events_lock);
}

/** @}
 */
