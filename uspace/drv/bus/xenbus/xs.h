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
 * Xenstore client
 *
 * Any number of fibrils may use it at once; each waits only for its own
 * answers. Values are strings; what xenstored sends is never longer than the
 * protocol allows, and ends with a zero here.
 */

#ifndef XS_H_
#define XS_H_

#include <adt/list.h>
#include <errno.h>
#include <fibril_synch.h>
#include <stdbool.h>
#include <stdint.h>
#include <time.h>
#include <xen/platform.h>
#include <xen/xs_wire.h>

/** No transaction */
#define XS_NO_TX  0

/** Called when something under a watched path may have changed.
 *
 * Runs in the watch fibril, which all watches share: may wait for xenstore
 * but for nothing else.
 *
 * @param arg  Argument of xs_watch()
 * @param told Xenstored has told of a change. If not, this is another try, or
 *             a look for a change that nobody told of.
 *
 * @return EOK, or an error code if it is to be tried again
 */
typedef errno_t (*xs_watch_handler_t)(void *arg, bool told);

/** A watch; owned by who sets it */
typedef struct {
	/** Link to xs_t.watches */
	link_t link;
	/** Number in the token */
	uint32_t id;
	/** What is watched; lives as long as the watch */
	const char *path;
	xs_watch_handler_t handler;
	void *arg;
	/** Xenstored tells of changes. */
	bool set;
	/** An event came that was not handled. */
	bool fired;
	/** The handler is to be called without an event. */
	bool due;
	/** The handler has failed, or setting the watch. */
	bool again;
	/** The watch is being set, or the handler runs. */
	bool running;
} xs_watch_t;

/** Connection with xenstored */
typedef struct {
	/** The shared page; NULL while the system is suspended */
	volatile xs_interface_t *intf;
	xen_platform_t *platform;
	uint32_t port;

	/** Held while a message goes into the ring, so that none is split */
	fibril_mutex_t write_lock;

	/** Guards everything below */
	fibril_mutex_t lock;
	/** Signals progress of the ring, of answers, and of watches */
	fibril_condvar_t cv;
	xs_reader_t reader;
	/** Requests without an answer, of xs_request_t; owned by the waiting */
	list_t requests;
	/** Watches, of xs_watch_t */
	list_t watches;
	uint32_t next_req_id;
	uint32_t next_watch_id;
	/** The stream is unusable. */
	bool broken;
	/** The port stays masked. */
	bool quiet;
	/** The system is suspended, or is to be: new requests wait. */
	bool suspended;
	/** How often it was suspended */
	unsigned int life;
	/** The watch fibril is to end. */
	bool stopping;
	/** The watch fibril has ended. */
	bool stopped;
} xs_t;

/** Most parts of a request's payload */
#define XS_PARTS_MAX  5

/** A part of a request's payload */
typedef struct {
	const char *data;
	size_t size;
} xs_part_t;

/* For the parts of the client */
extern size_t xs_path_parts(xs_part_t *, const char *, const char *);
extern errno_t xs_talk(xs_t *, xs_type_t, uint32_t, const xs_part_t *, size_t,
    char **, size_t *);
extern usec_t xs_since(const struct timespec *);
extern void xs_watch_event(xs_t *, const xs_reader_t *);
extern errno_t xs_watch_fibril(void *);
extern void xs_reset_watches(xs_t *);

extern errno_t xs_init(xs_t *, xen_platform_t *);
extern void xs_fini(xs_t *);
extern void xs_event(xs_t *);
extern void xs_quiesce(xs_t *);
extern void xs_suspend(xs_t *);
extern errno_t xs_resume(xs_t *);

extern errno_t xs_read(xs_t *, uint32_t, const char *, const char *, char **);
extern errno_t xs_write(xs_t *, uint32_t, const char *, const char *,
    const char *);
extern errno_t xs_remove(xs_t *, uint32_t, const char *, const char *);
extern errno_t xs_directory(xs_t *, const char *, char **, size_t *);
extern errno_t xs_transaction_start(xs_t *, uint32_t *);
extern errno_t xs_transaction_end(xs_t *, uint32_t, bool);
extern errno_t xs_watch(xs_t *, xs_watch_t *, const char *,
    xs_watch_handler_t, void *);
extern void xs_unwatch(xs_t *, xs_watch_t *);
extern void xs_watch_look(xs_t *, xs_watch_t *);

#endif

/** @}
 */
