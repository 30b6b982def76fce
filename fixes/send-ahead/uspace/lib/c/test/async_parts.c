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

#include <async.h>
#include <errno.h>
#include <fibril.h>
#include <fibril_synch.h>
#include <loc.h>
#include <mem.h>
#include <pcut/pcut.h>
#include <stdlib.h>
#include <str.h>
#include "../generic/private/async_parts.h"

PCUT_INIT;

PCUT_TEST_SUITE(async_parts);

#define SERVICE  "test/libc-async-parts"

enum {
	MESSAGE = IPC_FIRST_USER_METHOD,
	/** More than there may be ahead */
	MESSAGES = 3 * ASYNC_AHEAD_MAX,
	LENGTH = 1514
};

/** What the receiver has of a message */
typedef struct {
	sysarg_t args[4];
	char *parts[2];
	size_t sizes[2];
} taken_t;

static taken_t taken[MESSAGES + 1];
static size_t taken_count;

/** The receiver takes nothing while this is locked. */
static FIBRIL_MUTEX_INITIALIZE(gate);

/** What it answers to its first message */
static errno_t first_answer;

static loc_srv_t *srv;
static service_id_t service;
static async_sess_t *sess;
static char buffer[LENGTH];

static void take(ipc_call_t *call)
{
	taken_t *message = &taken[taken_count];

	for (size_t i = 0; i < 2; i++) {
		(void) async_data_write_accept((void **) &message->parts[i],
		    false, 0, 0, 0, &message->sizes[i]);
	}

	message->args[0] = ipc_get_arg1(call);
	message->args[1] = ipc_get_arg2(call);
	message->args[2] = ipc_get_arg3(call);
	message->args[3] = ipc_get_arg4(call);
	async_answer_0(call, taken_count++ == 0 ? first_answer : EOK);
}

static void receiver(ipc_call_t *icall, void *arg)
{
	async_accept_0(icall);

	while (true) {
		ipc_call_t call;
		async_get_call(&call);

		if (!ipc_get_imethod(&call)) {
			async_answer_0(&call, EOK);
			return;
		}

		fibril_mutex_lock(&gate);
		take(&call);
		fibril_mutex_unlock(&gate);
	}
}

PCUT_TEST_BEFORE
{
	taken_count = 0;
	first_answer = EOK;
	async_set_fallback_port_handler(receiver, NULL);
	PCUT_ASSERT_ERRNO_VAL(EOK, loc_server_register("test-async", &srv));
	PCUT_ASSERT_ERRNO_VAL(EOK, loc_service_register(srv, SERVICE,
	    fallback_port_id, &service));
	sess = loc_service_connect(service, INTERFACE_INET, IPC_FLAG_BLOCKING);
	PCUT_ASSERT_NOT_NULL(sess);
}

PCUT_TEST_AFTER
{
	if (sess != NULL)
		async_hangup(sess);
	for (size_t i = 0; i < taken_count; i++) {
		free(taken[i].parts[0]);
		free(taken[i].parts[1]);
	}
	PCUT_ASSERT_ERRNO_VAL(EOK, loc_service_unregister(srv, service));
	loc_server_unregister(srv);
}

/** Send a message with a number, ahead or not.
 *
 * The buffer is used again for the next one.
 */
static errno_t send(unsigned int n, bool ahead)
{
	sysarg_t args[4] = { n, n + 1, n + 2, n + 3 };
	async_part_t parts[2] = {
		{ &n, sizeof(n) },
		{ buffer, LENGTH - n }
	};

	memset(buffer, n, LENGTH);
	errno_t rc = ahead ?
	    async_send_parts_ahead(sess, MESSAGE, args, parts, 2) :
	    async_send_parts(sess, MESSAGE, args, parts, 2);
	memset(buffer, 0xff, LENGTH);
	return rc;
}

static void assert_message(unsigned int n)
{
	taken_t *message = &taken[n];

	for (unsigned int i = 0; i < 4; i++)
		PCUT_ASSERT_INT_EQUALS(n + i, message->args[i]);

	PCUT_ASSERT_INT_EQUALS(sizeof(n), message->sizes[0]);
	PCUT_ASSERT_INT_EQUALS(0, memcmp(message->parts[0], &n, sizeof(n)));
	PCUT_ASSERT_INT_EQUALS(LENGTH - n, message->sizes[1]);
	for (size_t i = 0; i < message->sizes[1]; i++)
		PCUT_ASSERT_INT_EQUALS(n, message->parts[1][i]);
}

/** A message arrives with its parts, and its answer is the result */
PCUT_TEST(a_message_arrives_with_its_parts)
{
	first_answer = EBUSY;
	PCUT_ASSERT_ERRNO_VAL(EBUSY, send(0, false));
	PCUT_ASSERT_ERRNO_VAL(EOK, send(1, false));
	PCUT_ASSERT_INT_EQUALS(2, taken_count);
	assert_message(0);
	assert_message(1);
}

/** What is sent ahead arrives in its order, with what was in the buffer */
PCUT_TEST(what_is_sent_ahead_arrives_in_order)
{
	for (unsigned int n = 0; n < MESSAGES; n++)
		PCUT_ASSERT_ERRNO_VAL(EOK, send(n, true));
	PCUT_ASSERT_ERRNO_VAL(EOK, send(MESSAGES, false));

	PCUT_ASSERT_INT_EQUALS(MESSAGES + 1, taken_count);
	for (unsigned int n = 0; n <= MESSAGES; n++)
		assert_message(n);
}

/** An error is the result of the message that waits for it */
PCUT_TEST(an_error_comes_with_a_later_message)
{
	first_answer = EBUSY;
	for (unsigned int n = 0; n < ASYNC_AHEAD_MAX; n++)
		PCUT_ASSERT_ERRNO_VAL(EOK, send(n, true));
	PCUT_ASSERT_ERRNO_VAL(EBUSY, send(ASYNC_AHEAD_MAX, true));
	PCUT_ASSERT_ERRNO_VAL(EOK, send(ASYNC_AHEAD_MAX + 1, true));
}

static unsigned int sent_count;

static errno_t sender(void *arg)
{
	while (sent_count < MESSAGES) {
		if (send(sent_count, true) != EOK)
			break;
		sent_count++;
	}

	return EOK;
}

/** Who sends ahead waits when so many are on their way, and not before */
PCUT_TEST(no_more_than_so_many_are_on_their_way)
{
	sent_count = 0;
	fibril_mutex_lock(&gate);

	fid_t fibril = fibril_create(sender, NULL);
	PCUT_ASSERT_TRUE(fibril != 0);
	fibril_add_ready(fibril);

	/* The receiver cannot go on: this is where the sender stays. */
	for (int i = 0; i < 100; i++)
		fibril_usleep(1000);
	unsigned int ahead = sent_count;
	size_t before = taken_count;
	fibril_mutex_unlock(&gate);

	while (taken_count < MESSAGES)
		fibril_usleep(1000);
	PCUT_ASSERT_INT_EQUALS(ASYNC_AHEAD_MAX, ahead);
	PCUT_ASSERT_INT_EQUALS(0, before);
	PCUT_ASSERT_INT_EQUALS(MESSAGES, sent_count);
}

/** A session may end with messages on their way */
PCUT_TEST(a_session_ends_with_messages_on_their_way)
{
	fibril_mutex_lock(&gate);
	for (unsigned int n = 0; n < 3; n++)
		PCUT_ASSERT_ERRNO_VAL(EOK, send(n, true));
	async_hangup(sess);
	sess = NULL;
	fibril_mutex_unlock(&gate);

	while (taken_count < 3)
		fibril_usleep(1000);
	assert_message(2);
}

PCUT_EXPORT(async_parts);
