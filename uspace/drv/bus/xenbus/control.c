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
 * What the host asks of the whole system (docs/misc/xenstore-paths:
 * control/shutdown)
 *
 * The host writes a word to control/shutdown. The guest takes note by writing
 * an empty string, and then shuts down, which here is HelenOS's own shutdown,
 * or suspends (suspend.c).
 */

#include <ddf/log.h>
#include <fibril.h>
#include <macros.h>
#include <stdlib.h>
#include <str.h>
#include <str_error.h>
#include <system.h>
#include <xen/hypercall.h>

#include "xenbus.h"

#define CONTROL_PATH  "control/shutdown"

/** Words that the host writes there */
static const struct {
	const char *word;
	control_order_t order;
} control_words[] = {
	{ "poweroff", CONTROL_POWEROFF },
	{ "halt", CONTROL_POWEROFF },
	{ "reboot", CONTROL_REBOOT },
	{ "suspend", CONTROL_SUSPEND }
};

static const char *const control_names[] = {
	[CONTROL_POWEROFF] = "a power-off",
	[CONTROL_REBOOT] = "a reboot",
	[CONTROL_SUSPEND] = "a suspend"
};

static void control_complete(void *arg)
{
	control_t *control = arg;

	fibril_mutex_lock(&control->lock);
	control->done = true;
	fibril_condvar_broadcast(&control->cv);
	fibril_mutex_unlock(&control->lock);
}

static void control_failed(void *arg)
{
	control_t *control = arg;

	fibril_mutex_lock(&control->lock);
	control->done = true;
	control->failed = true;
	fibril_condvar_broadcast(&control->cv);
	fibril_mutex_unlock(&control->lock);
}

static system_cb_t control_system_cb = {
	.shutdown_complete = control_complete,
	.shutdown_failed = control_failed
};

/** Shut down and wait for the end of it.
 *
 * For a reboot too: Xen ends the domain and starts another, which takes no part
 * of HelenOS but the end of its volumes. HelenOS's own restart kills all tasks
 * first, for which it may wait for ever.
 *
 * @return EOK or an error code
 */
static errno_t control_shutdown(control_t *control)
{
	system_t *system;
	errno_t rc = system_open(SYSTEM_DEFAULT, &control_system_cb, control,
	    &system);
	if (rc != EOK)
		return rc;

	rc = system_poweroff(system);
	if (rc == EOK) {
		fibril_mutex_lock(&control->lock);
		while (!control->done)
			fibril_condvar_wait(&control->cv, &control->lock);
		if (control->failed)
			rc = EIO;
		fibril_mutex_unlock(&control->lock);
	}

	system_close(system);
	return rc;
}

/** End the domain as the host wishes. */
static void control_end(control_t *control, bool reboot)
{
	errno_t rc = control_shutdown(control);
	if (rc == EOK) {
		/* HelenOS leaves it to the user to switch the machine off. */
		rc = xen_shutdown(reboot ? SHUTDOWN_REBOOT :
		    SHUTDOWN_POWEROFF);
	}

	ddf_msg(LVL_ERROR, "The system cannot be shut down: %s.",
	    str_error(rc));
}

/** Do what the host asks for; fibril of its own. */
static errno_t control_fibril(void *arg)
{
	control_t *control = arg;

	fibril_mutex_lock(&control->lock);
	control_order_t order = control->order;
	fibril_mutex_unlock(&control->lock);

	ddf_msg(LVL_NOTE, "The host asks for %s.", control_names[order]);
	if (order != CONTROL_SUSPEND) {
		control_end(control, order == CONTROL_REBOOT);
	} else {
		errno_t rc = xenbus_suspend(control->bus);
		if (rc != EOK) {
			ddf_msg(LVL_ERROR, "The system cannot be suspended: "
			    "%s.", str_error(rc));
		}
	}

	fibril_mutex_lock(&control->lock);
	control->order = CONTROL_NOTHING;
	control->done = false;
	control->failed = false;
	fibril_condvar_broadcast(&control->cv);
	fibril_mutex_unlock(&control->lock);
	return EOK;
}

/** Take note of what the host asks for. */
static void control_acknowledge(control_t *control)
{
	(void) xs_write(control->xs, XS_NO_TX, CONTROL_PATH, NULL, "");
}

/** Begin to do what the host asks for, unless the system is about to end, and
 * let the host know.
 *
 * @return EOK; or ENOMEM or EBUSY, and the host does not know
 */
static errno_t control_begin(control_t *control, control_order_t order)
{
	fibril_mutex_lock(&control->lock);
	control_order_t before = control->order;
	if (before == CONTROL_NOTHING)
		control->order = order;
	fibril_mutex_unlock(&control->lock);

	/* A suspend comes to an end, and a shutdown makes up for a suspend. */
	if (before == CONTROL_SUSPEND)
		return EBUSY;
	if (before != CONTROL_NOTHING) {
		if (order != CONTROL_SUSPEND)
			control_acknowledge(control);
		return EOK;
	}

	fid_t fid = fibril_create(control_fibril, control);
	if (fid == 0) {
		fibril_mutex_lock(&control->lock);
		control->order = CONTROL_NOTHING;
		fibril_mutex_unlock(&control->lock);
		return ENOMEM;
	}

	control_acknowledge(control);
	fibril_add_ready(fid);
	return EOK;
}

/** control/shutdown may have changed. */
static errno_t control_changed(void *arg, bool told)
{
	control_t *control = arg;
	char *word;

	errno_t rc = xs_read(control->xs, XS_NO_TX, CONTROL_PATH, NULL, &word);
	if (rc != EOK)
		return rc == ENOENT ? EOK : rc;

	control_order_t order = CONTROL_NOTHING;
	for (size_t i = 0; i < ARRAY_SIZE(control_words); i++) {
		if (str_cmp(word, control_words[i].word) == 0)
			order = control_words[i].order;
	}

	if (order != CONTROL_NOTHING) {
		rc = control_begin(control, order);
	} else if (str_size(word) > 0 && told) {
		/* Not acknowledged: the host sees that nobody does it. */
		ddf_msg(LVL_WARN, "The host asks for \"%s\", which HelenOS "
		    "does not do.", word);
	}

	free(word);
	return rc;
}

/** Let the host know what it can ask for; the nodes are there if it wants to
 * know.
 */
void control_announce(control_t *control)
{
	static const char *const features[] = {
		"control/feature-poweroff",
		"control/feature-reboot",
		"control/feature-suspend"
	};

	for (size_t i = 0; i < ARRAY_SIZE(features); i++) {
		(void) xs_write(control->xs, XS_NO_TX, features[i], NULL, "1");
	}
}

/** Begin to do what the host asks.
 *
 * @param control Control
 * @param bus     Bus, with a connection with xenstored
 *
 * @return EOK or an error code
 */
errno_t control_init(control_t *control, xenbus_t *bus)
{
	control->bus = bus;
	control->xs = &bus->xs;
	fibril_mutex_initialize(&control->lock);
	fibril_condvar_initialize(&control->cv);

	control_announce(control);
	errno_t rc = xs_watch(control->xs, &control->watch, CONTROL_PATH,
	    control_changed, control);
	control->watching = rc == EOK;
	return rc;
}

/** Stop to do what the host asks, once nothing is under way. */
void control_fini(control_t *control)
{
	if (control->watching)
		xs_unwatch(control->xs, &control->watch);

	fibril_mutex_lock(&control->lock);
	while (control->order != CONTROL_NOTHING)
		fibril_condvar_wait(&control->cv, &control->lock);
	fibril_mutex_unlock(&control->lock);
}

/** @}
 */
