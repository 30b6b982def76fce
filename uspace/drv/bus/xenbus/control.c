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
 * an empty string, and then shuts down, which here is HelenOS's own shutdown.
 */

#include <ddf/log.h>
#include <fibril.h>
#include <stdlib.h>
#include <str.h>
#include <str_error.h>
#include <system.h>
#include <xen/hypercall.h>

#include "xenbus.h"

#define CONTROL_PATH  "control/shutdown"

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

/** End the domain as the host wishes; fibril of its own. */
static errno_t control_fibril(control_t *control, bool reboot)
{
	ddf_msg(LVL_NOTE, "The host asks for a %s.",
	    reboot ? "reboot" : "power-off");

	errno_t rc = control_shutdown(control);
	if (rc == EOK) {
		/* HelenOS leaves it to the user to switch the machine off. */
		rc = xen_shutdown(reboot ? SHUTDOWN_REBOOT :
		    SHUTDOWN_POWEROFF);
	}

	ddf_msg(LVL_ERROR, "The system cannot be shut down: %s.",
	    str_error(rc));

	fibril_mutex_lock(&control->lock);
	control->busy = false;
	control->done = false;
	control->failed = false;
	fibril_condvar_broadcast(&control->cv);
	fibril_mutex_unlock(&control->lock);
	return rc;
}

static errno_t control_fibril_poweroff(void *arg)
{
	return control_fibril(arg, false);
}

static errno_t control_fibril_reboot(void *arg)
{
	return control_fibril(arg, true);
}

/** Take note of what the host asks for. */
static void control_acknowledge(control_t *control)
{
	(void) xs_write(control->xs, XS_NO_TX, CONTROL_PATH, NULL, "");
}

/** Begin to shut down, unless that is under way, and let the host know.
 *
 * @return EOK, or ENOMEM, and the host does not know
 */
static errno_t control_begin(control_t *control, bool reboot)
{
	fibril_mutex_lock(&control->lock);
	bool busy = control->busy;
	control->busy = true;
	fibril_mutex_unlock(&control->lock);
	if (busy) {
		control_acknowledge(control);
		return EOK;
	}

	fid_t fid = fibril_create(reboot ? control_fibril_reboot :
	    control_fibril_poweroff, control);
	if (fid == 0) {
		fibril_mutex_lock(&control->lock);
		control->busy = false;
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

	bool reboot = str_cmp(word, "reboot") == 0;
	bool poweroff = str_cmp(word, "poweroff") == 0 ||
	    str_cmp(word, "halt") == 0;

	if (reboot || poweroff) {
		rc = control_begin(control, reboot);
	} else if (str_size(word) > 0 && told) {
		/* Not acknowledged: the host sees that nobody does it. */
		ddf_msg(LVL_WARN, "The host asks for \"%s\", which HelenOS "
		    "does not do.", word);
	}

	free(word);
	return rc;
}

/** Begin to do what the host asks.
 *
 * @param control Control
 * @param xs      Connection with xenstored
 *
 * @return EOK or an error code
 */
errno_t control_init(control_t *control, xs_t *xs)
{
	control->xs = xs;
	fibril_mutex_initialize(&control->lock);
	fibril_condvar_initialize(&control->cv);

	/* The nodes are there if the host wants to know. */
	(void) xs_write(xs, XS_NO_TX, "control/feature-poweroff", NULL, "1");
	(void) xs_write(xs, XS_NO_TX, "control/feature-reboot", NULL, "1");

	errno_t rc = xs_watch(xs, &control->watch, CONTROL_PATH,
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
	while (control->busy)
		fibril_condvar_wait(&control->cv, &control->lock);
	fibril_mutex_unlock(&control->lock);
}

/** @}
 */
