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

/** @addtogroup libxen
 * @{
 */
/** @file
 * A front end's device on xenbus
 *
 * A paravirtual device has two directories in xenstore, one of the front end
 * and one of the back end. Each side announces what it offers by keys and the
 * progress of the hand-shake by the key "state".
 *
 * All functions but xenbus_close() may be called from any fibril at any time;
 * they wait for xenstore, for a limited time.
 */

#ifndef XEN_XENBUS_H_
#define XEN_XENBUS_H_

#include <ddf/driver.h>
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <xen/platform.h>

/** States of a front end and of a back end (public/io/xenbus.h) */
typedef enum {
	/** There is no such directory */
	XENBUS_STATE_UNKNOWN = 0,
	XENBUS_STATE_INITIALISING = 1,
	/** Back end: waits for the front end's keys */
	XENBUS_STATE_INIT_WAIT = 2,
	XENBUS_STATE_INITIALISED = 3,
	XENBUS_STATE_CONNECTED = 4,
	XENBUS_STATE_CLOSING = 5,
	XENBUS_STATE_CLOSED = 6,
	XENBUS_STATE_RECONFIGURING = 7,
	XENBUS_STATE_RECONFIGURED = 8,
	/** No state: the system is to be suspended, see xenbus_suspended(). */
	XENBUS_STATE_SUSPEND = 255
} xenbus_state_t;

/** Which of the two directories */
typedef enum {
	XENBUS_FRONTEND,
	XENBUS_BACKEND
} xenbus_dir_t;

/** A key of the front end's directory and its value */
typedef struct {
	const char *key;
	const char *value;
} xenbus_key_t;

/** A device */
typedef struct xenbus_dev xenbus_dev_t;

/** Called when the back end's state may have changed.
 *
 * @param arg    Argument given to xenbus_open()
 * @param state  State of the back end, or XENBUS_STATE_SUSPEND
 * @param online The back end is to stay, or to come back
 */
typedef void (*xenbus_handler_t)(void *arg, xenbus_state_t state, bool online);

extern errno_t xenbus_open(ddf_dev_t *, xenbus_handler_t, void *,
    xenbus_dev_t **);
extern void xenbus_close(xenbus_dev_t *);
extern uint16_t xenbus_backend_domid(xenbus_dev_t *);
extern errno_t xenbus_platform_open(xenbus_dev_t *, xen_event_handler_t,
    void *, xen_platform_t **);

extern errno_t xenbus_read(xenbus_dev_t *, xenbus_dir_t, const char *, char *,
    size_t);
extern errno_t xenbus_read_unsigned(xenbus_dev_t *, xenbus_dir_t,
    const char *, uint64_t, uint64_t *);
extern errno_t xenbus_has_feature(xenbus_dev_t *, const char *, bool *);
extern bool xenbus_read_feature(xenbus_dev_t *, const char *);
extern errno_t xenbus_publish(xenbus_dev_t *, const xenbus_key_t *, size_t);
extern errno_t xenbus_set_state(xenbus_dev_t *, xenbus_state_t);
extern errno_t xenbus_suspended(xenbus_dev_t *);

#endif

/** @}
 */
