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

/** @addtogroup udp
 * @{
 */
/** @file How users of UDP leave it.
 */

#include <fibril_synch.h>
#include <inet/endpoint.h>
#include <stdlib.h>

#include "assoc.h"
#include "cassoc.h"
#include "drop.h"
#include "msg.h"
#include "udp_type.h"

/** Give a message to the user of an association, if it still has one.
 *
 * @param assoc Association
 * @param epp   Endpoints between which the message was received
 * @param msg   Message (given away)
 */
void udp_assoc_deliver(udp_assoc_t *assoc, inet_ep2_t *epp, udp_msg_t *msg)
{
	/* The lock keeps the user from leaving before the callback is done. */
	fibril_mutex_lock(&assoc->lock);
	if (assoc->cb != NULL)
		assoc->cb->recv_msg(assoc->cb_arg, epp, msg);
	else
		udp_msg_delete(msg);
	fibril_mutex_unlock(&assoc->lock);
}

/** Drop an association of a client, and what was received on it.
 *
 * @param cassoc Client association
 */
void udp_cassoc_drop(udp_cassoc_t *cassoc)
{
	udp_assoc_t *assoc = cassoc->assoc;

	udp_assoc_remove(assoc);

	fibril_mutex_lock(&assoc->lock);
	assoc->cb = NULL;
	fibril_mutex_unlock(&assoc->lock);

	list_foreach_safe(cassoc->client->crcv_queue, cur, next) {
		udp_crcv_queue_entry_t *entry = list_get_instance(cur,
		    udp_crcv_queue_entry_t, link);

		if (entry->cassoc == cassoc) {
			list_remove(&entry->link);
			udp_msg_delete(entry->msg);
			free(entry);
		}
	}

	udp_assoc_reset(assoc);
	udp_assoc_delete(assoc);
	udp_cassoc_destroy(cassoc);
}

/** Drop all that a client has.
 *
 * @param client Client
 */
void udp_client_drop(udp_client_t *client)
{
	while (!list_empty(&client->cassoc)) {
		udp_cassoc_drop(list_get_instance(list_first(&client->cassoc),
		    udp_cassoc_t, lclient));
	}
}

/** @}
 */
