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

/** @addtogroup xenbus
 * @{
 */
/** @file
 * Watches of the xenstore client
 *
 * An event marks its watch, and the watch fibril calls the handler, so that a
 * handler can make requests of its own.
 *
 * That is one fibril, so what handlers find out is told in the order in which
 * it was. It also calls them when nothing was told: again soon if one has
 * failed, and all of them now and then, as an event may be lost.
 */

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <str.h>
#include <time.h>

#include "xs.h"

/** How soon to call a handler again that has failed, and how often to call all
 * of them, in microseconds
 */
#define WATCH_RETRY_US  1000000
#define WATCH_LOOK_US   5000000

/** Longest token of a watch with its zero */
#define TOKEN_SIZE  12

/** Mark the watch that an event is for; xs->lock is held. */
void xs_watch_event(xs_t *xs, const xs_reader_t *msg)
{
	/* The payload is the path, a zero, our token, and a zero. */
	size_t path = str_size(msg->payload);
	if (path >= msg->hdr.len)
		return;

	uint64_t id;
	if (xs_parse_unsigned(msg->payload + path + 1, UINT32_MAX, &id) != EOK)
		return;

	list_foreach(xs->watches, link, xs_watch_t, watch) {
		if (watch->id == id) {
			watch->fired = true;
			fibril_condvar_broadcast(&xs->cv);
			return;
		}
	}
}

static errno_t xs_watch_talk(xs_t *xs, xs_type_t type, const xs_watch_t *watch)
{
	char token[TOKEN_SIZE];
	snprintf(token, sizeof(token), "%" PRIu32, watch->id);

	xs_part_t parts[XS_PARTS_MAX];
	size_t n = xs_path_parts(parts, watch->path, NULL);
	parts[n].data = token;
	parts[n++].size = str_size(token) + 1;
	return xs_talk(xs, type, XS_NO_TX, parts, n, NULL, NULL);
}

/** Have xenstored tell of a watch, unless it does. */
static errno_t xs_watch_set(xs_t *xs, xs_watch_t *watch)
{
	fibril_mutex_lock(&xs->lock);
	bool set = watch->set;
	unsigned int life = xs->life;
	fibril_mutex_unlock(&xs->lock);
	if (set)
		return EOK;

	/* EEXIST: it was set, and only the answer has not come. */
	errno_t rc = xs_watch_talk(xs, XS_WATCH, watch);
	if (rc == EEXIST)
		rc = EOK;

	/* An answer from before a suspend says nothing of what is set now. */
	fibril_mutex_lock(&xs->lock);
	if (rc == EOK && life != xs->life)
		rc = EAGAIN;
	watch->set = rc == EOK;
	fibril_mutex_unlock(&xs->lock);
	return rc;
}

/** Watch a path and what is under it.
 *
 * The handler is called soon after, even if nothing changes. If xenstored
 * cannot set the watch for now, that is tried again.
 *
 * @param xs      Connection
 * @param watch   Watch, which must live until xs_unwatch()
 * @param path    Path, which must live as long
 * @param handler Handler
 * @param arg     Its argument
 *
 * @return EOK, or EINVAL if the path cannot be watched
 */
errno_t xs_watch(xs_t *xs, xs_watch_t *watch, const char *path,
    xs_watch_handler_t handler, void *arg)
{
	fibril_mutex_lock(&xs->lock);
	watch->path = path;
	watch->handler = handler;
	watch->arg = arg;
	watch->set = false;
	watch->fired = false;
	watch->due = false;
	watch->again = true;
	/* Until here the watch fibril keeps off. */
	watch->running = true;
	watch->id = xs->next_watch_id++;
	list_append(&watch->link, &xs->watches);
	fibril_mutex_unlock(&xs->lock);

	errno_t rc = xs_watch_set(xs, watch);

	fibril_mutex_lock(&xs->lock);
	watch->running = false;
	fibril_condvar_broadcast(&xs->cv);
	fibril_mutex_unlock(&xs->lock);

	if (rc != EINVAL)
		return EOK;

	xs_unwatch(xs, watch);
	return rc;
}

/** Stop to watch a path.
 *
 * When this returns, the handler does not run and will not be called. Must not
 * be called from a handler.
 */
void xs_unwatch(xs_t *xs, xs_watch_t *watch)
{
	fibril_mutex_lock(&xs->lock);
	list_remove(&watch->link);
	while (watch->running)
		fibril_condvar_wait(&xs->cv, &xs->lock);
	fibril_mutex_unlock(&xs->lock);

	/* Also if it is not known to be set: it may be, without an answer. */
	(void) xs_watch_talk(xs, XS_UNWATCH, watch);
}

/** Have the handler of a watch called soon, as if there were a change. */
void xs_watch_look(xs_t *xs, xs_watch_t *watch)
{
	fibril_mutex_lock(&xs->lock);
	watch->due = true;
	fibril_condvar_broadcast(&xs->cv);
	fibril_mutex_unlock(&xs->lock);
}

/** Find a watch whose handler is to be called; xs->lock is held. */
static xs_watch_t *xs_watch_next(xs_t *xs)
{
	list_foreach(xs->watches, link, xs_watch_t, watch) {
		if ((watch->fired || watch->due) && !watch->running)
			return watch;
	}

	return NULL;
}

/** Call the handler of a watch; xs->lock is held, but not meanwhile. */
static void xs_watch_call(xs_t *xs, xs_watch_t *watch)
{
	bool told = watch->fired;

	/* Behind all others: one that is told of without end delays none. */
	list_remove(&watch->link);
	list_append(&watch->link, &xs->watches);

	watch->fired = false;
	watch->due = false;
	watch->running = true;
	fibril_mutex_unlock(&xs->lock);
	errno_t set_rc = xs_watch_set(xs, watch);
	errno_t rc = watch->handler(watch->arg, told);
	fibril_mutex_lock(&xs->lock);
	watch->running = false;
	watch->again = rc != EOK || set_rc != EOK;
	fibril_condvar_broadcast(&xs->cv);
}

/** Mark the watches whose handlers are to be called, be there an event or not;
 * xs->lock is held.
 *
 * @param xs     Connection
 * @param all    All of them, not only those that have failed
 */
static void xs_watch_mark(xs_t *xs, bool all)
{
	/* Where nobody answers or nobody may ask, nothing is found out. */
	if (xs->broken || xs->quiet)
		return;

	list_foreach(xs->watches, link, xs_watch_t, watch) {
		if (all || watch->again)
			watch->due = true;
	}
}

/** Fibril that calls the handlers of watches */
errno_t xs_watch_fibril(void *arg)
{
	xs_t *xs = arg;
	struct timespec retried;
	struct timespec looked;

	getuptime(&retried);
	looked = retried;
	fibril_mutex_lock(&xs->lock);
	while (!xs->stopping) {
		xs_watch_t *watch = xs_watch_next(xs);
		if (watch != NULL) {
			xs_watch_call(xs, watch);
		} else {
			(void) fibril_condvar_wait_timeout(&xs->cv, &xs->lock,
			    WATCH_RETRY_US);
		}

		if (xs_since(&retried) >= WATCH_RETRY_US) {
			bool all = xs_since(&looked) >= WATCH_LOOK_US;
			getuptime(&retried);
			if (all)
				looked = retried;
			xs_watch_mark(xs, all);
		}
	}

	xs->stopped = true;
	fibril_condvar_broadcast(&xs->cv);
	fibril_mutex_unlock(&xs->lock);
	return EOK;
}

/** Ask xenstored to forget what a system before us watched. */
void xs_reset_watches(xs_t *xs)
{
	char *value;
	errno_t rc = xs_read(xs, XS_NO_TX,
	    "control/platform-feature-xs_reset_watches", NULL, &value);
	if (rc != EOK)
		return;

	bool can = str_cmp(value, "1") == 0;
	free(value);

	xs_part_t part = {
		.data = "",
		.size = 1
	};
	if (can) {
		(void) xs_talk(xs, XS_RESET_WATCHES, XS_NO_TX, &part, 1, NULL,
		    NULL);
	}
}

/** @}
 */
