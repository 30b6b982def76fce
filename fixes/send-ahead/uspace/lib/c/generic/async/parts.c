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
/**
 * @file
 * @brief Messages with data, sent at once.
 *
 * A message is a call and the data writes that follow it. The kernel copies the
 * data when it is sent, so that nothing has to be waited for in between. The
 * receiver takes one after the other, as it does when each of them is waited
 * for.
 */

#define _LIBC_ASYNC_C_
#include <ipc/ipc.h>
#include <async.h>
#include <async_parts.h>
#include "../private/async.h"
#undef _LIBC_ASYNC_C_

#include <assert.h>

/** Send a message with its parts.
 *
 * @return EOK, or ENOMEM and nothing was sent.
 */
static errno_t send_parts(async_exch_t *exch, sysarg_t imethod,
    const sysarg_t *args, const async_part_t *parts, size_t count,
    async_sent_t *sent)
{
	assert(count <= ASYNC_PARTS_MAX);

	sent->call = async_send_4(exch, imethod, args[0], args[1], args[2],
	    args[3], NULL);
	if (sent->call == 0)
		return ENOMEM;

	sent->count = count;
	for (size_t i = 0; i < count; i++)
		sent->parts[i] = async_send_2(exch, IPC_M_DATA_WRITE,
		    (sysarg_t) parts[i].data, (sysarg_t) parts[i].size, NULL);

	return EOK;
}

/** Wait for the answers to the parts of a message.
 *
 * @return The first error, or EOK.
 */
static errno_t wait_for_parts(async_sent_t *sent)
{
	errno_t result = EOK;

	for (size_t i = 0; i < sent->count; i++) {
		errno_t rc;

		async_wait_for(sent->parts[i], &rc);
		if (result == EOK)
			result = rc;
	}

	return result;
}

/** Wait for the answer to a message whose parts were answered.
 *
 * @param rc The answer to the parts.
 *
 * @return The first error, or EOK.
 */
static errno_t wait_for_call(async_sent_t *sent, errno_t rc)
{
	errno_t result;

	async_wait_for(sent->call, &result);
	sent->call = 0;

	return rc == EOK ? result : rc;
}

/** Send a message with its parts, and wait for the answers.
 *
 * As if a call and async_data_write_start() for each part were waited for one
 * after the other, but all of it is sent at once.
 *
 * @param sess    Session. Its exchanges are serialized.
 * @param imethod Method of the call.
 * @param args    Arguments of the call, four.
 * @param parts   What the data writes send.
 * @param count   How many, ASYNC_PARTS_MAX at most.
 *
 * @return The receiver's answer: the first error, or EOK; ENOMEM.
 */
errno_t async_send_parts(async_sess_t *sess, sysarg_t imethod,
    const sysarg_t *args, const async_part_t *parts, size_t count)
{
	async_sent_t sent;

	async_exch_t *exch = async_exchange_begin(sess);
	if (exch == NULL)
		return ENOMEM;

	errno_t rc = send_parts(exch, imethod, args, parts, count, &sent);
	if (rc != EOK) {
		async_exchange_end(exch);
		return rc;
	}

	/*
	 * Within the exchange, so that who waits for the call has no more than
	 * that on its way: the kernel allows so many on a phone.
	 */
	rc = wait_for_parts(&sent);
	async_exchange_end(exch);

	return wait_for_call(&sent, rc);
}

/** Send a message with its parts, ahead of the answers.
 *
 * Waits only while ASYNC_AHEAD_MAX messages are on their way, for the oldest of
 * them. The data is the caller's again on return.
 *
 * @param sess    Session. Its exchanges are serialized.
 * @param imethod Method of the call.
 * @param args    Arguments of the call, four.
 * @param parts   What the data writes send.
 * @param count   How many, ASYNC_PARTS_MAX at most.
 *
 * @return The answer to a message before this one that was waited for: the
 *         first error, or EOK; ENOMEM if this one was not sent.
 */
errno_t async_send_parts_ahead(async_sess_t *sess, sysarg_t imethod,
    const sysarg_t *args, const async_part_t *parts, size_t count)
{
	async_exch_t *exch = async_exchange_begin(sess);
	if (exch == NULL)
		return ENOMEM;

	async_ahead_t *ahead = &sess->ahead;
	async_sent_t *sent = &ahead->sent[ahead->oldest];
	errno_t before = EOK;

	if (sent->call != 0)
		before = wait_for_call(sent, wait_for_parts(sent));

	errno_t rc = send_parts(exch, imethod, args, parts, count, sent);
	if (rc == EOK)
		ahead->oldest = (ahead->oldest + 1) % ASYNC_AHEAD_MAX;

	async_exchange_end(exch);
	return rc == EOK ? before : rc;
}

/** Have the answers to messages that were sent ahead dropped.
 *
 * @param ahead A session's, which ends.
 */
void async_ahead_forget(async_ahead_t *ahead)
{
	for (size_t i = 0; i < ASYNC_AHEAD_MAX; i++) {
		async_sent_t *sent = &ahead->sent[i];

		if (sent->call == 0)
			continue;

		for (size_t j = 0; j < sent->count; j++)
			async_forget(sent->parts[j]);
		async_forget(sent->call);
		sent->call = 0;
	}
}

/** @}
 */
