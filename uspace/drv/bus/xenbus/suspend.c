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
 * Suspending the system
 *
 * The host saves the domain, to go on with it later or elsewhere, or only to
 * have a copy of it. What goes on then may be another domain, with another
 * xenstored, back ends and event channels; or it is the same as before, if the
 * host has changed its mind. The system does the same in both cases: before,
 * all drivers part from their back ends, from the top down, so that nothing is
 * in use that would not be there afterwards; and then they begin anew, from the
 * bottom up.
 */

#include <ddf/log.h>
#include <fibril.h>
#include <str_error.h>
#include <time.h>

#include "xenbus.h"

/**
 * How long drivers may take to part from their back ends, in microseconds. The
 * host waits for a minute.
 */
#define PART_TIMEOUT_US  30000000

/**
 * How often to try what may want for memory only, and how long to wait in
 * between, in microseconds
 */
#define TRIES     10
#define RETRY_US  1000000

/** A driver shares nothing any more: answer when the system goes on. */
void child_suspended(child_t *child, child_client_t *client, ipc_call_t *call)
{
	fibril_mutex_lock(&child->lock);
	client->suspended = true;
	fibril_condvar_broadcast(&child->cv);
	while (child->suspended)
		fibril_condvar_wait(&child->cv, &child->lock);
	client->suspended = false;
	fibril_mutex_unlock(&child->lock);

	async_answer_1(call, EOK, child->domid);
}

/** Have the drivers of a device part from its back end. */
static void child_suspend(child_t *child)
{
	fibril_mutex_lock(&child->lock);
	child->suspended = true;
	list_foreach(child->clients, link, child_client_t, client)
		child_client_tell(client, XENBUS_STATE_SUSPEND, false);
	fibril_mutex_unlock(&child->lock);
}

/** Whether a driver of the device still shares something; its lock is held. */
static bool child_is_in_use(child_t *child)
{
	list_foreach(child->clients, link, child_client_t, client) {
		if (client->events != NULL && !client->suspended)
			return true;
	}

	return false;
}

/** Wait, until some time after a moment, for the drivers to have parted. */
static errno_t child_await(child_t *child, const struct timespec *start)
{
	fibril_mutex_lock(&child->lock);
	while (child_is_in_use(child) && xs_since(start) < PART_TIMEOUT_US) {
		/* Nobody signals that a connection has ended. */
		(void) fibril_condvar_wait_timeout(&child->cv, &child->lock,
		    RETRY_US);
	}
	bool in_use = child_is_in_use(child);
	fibril_mutex_unlock(&child->lock);

	if (in_use) {
		ddf_msg(LVL_ERROR, "The driver of %s does not part from its "
		    "back end.", child->path);
	}
	return in_use ? EBUSY : EOK;
}

/** Have the drivers go on, with the back end that there is now. */
static void child_go_on(child_t *child)
{
	fibril_mutex_lock(&child->lock);
	child->suspended = false;
	fibril_condvar_broadcast(&child->cv);
	fibril_mutex_unlock(&child->lock);

	xs_watch_look(&child->bus->xs, &child->watch);
}

/** Have all drivers part from their back ends. */
static errno_t suspend_children(xenbus_t *bus)
{
	struct timespec start;
	errno_t rc = EOK;

	/* All at the same time: each may have to wait. */
	getuptime(&start);
	list_foreach(bus->children, link, child_t, child)
		child_suspend(child);
	list_foreach(bus->children, link, child_t, child) {
		if (rc == EOK)
			rc = child_await(child, &start);
	}

	return rc;
}

/** Suspend the system with no driver that shares anything. */
static errno_t suspend_bus(xenbus_t *bus)
{
	list_foreach(bus->children, link, child_t, child)
		xs_unwatch(&bus->xs, &child->watch);

	xs_suspend(&bus->xs);
	errno_t rc = xen_platform_suspend(bus->platform);
	errno_t xs_rc = xs_resume(&bus->xs);
	if (xs_rc == EOK)
		control_announce(&bus->control);

	list_foreach(bus->children, link, child_t, child) {
		errno_t child_rc = child_renew(child);
		if (child_rc == EOK || child_rc == ENOENT)
			child_rc = child_watch(child);
		if (child_rc != EOK) {
			ddf_msg(LVL_WARN, "Device %s may be another one now: "
			    "%s.", child->path, str_error(child_rc));
		}
	}

	return rc != EOK ? rc : xs_rc;
}

/** Suspend the system, and go on when it goes on.
 *
 * @return EOK; EBUSY if the bus is about to be removed, or a driver does not
 *         part from its back end; or another error code
 */
errno_t xenbus_suspend(xenbus_t *bus)
{
	fibril_mutex_lock(&bus->lock);
	bool can = !bus->stopping && !bus->suspending;
	bus->suspending = can || bus->suspending;
	fibril_mutex_unlock(&bus->lock);
	if (!can)
		return EBUSY;

	xenbus_freeze(bus);
	errno_t rc = suspend_children(bus);
	if (rc == EOK)
		rc = suspend_bus(bus);
	list_foreach(bus->children, link, child_t, child)
		child_go_on(child);

	errno_t thaw_rc = xenbus_thaw(bus);
	for (int tries = 1; thaw_rc != EOK && tries < TRIES; tries++) {
		fibril_usleep(RETRY_US);
		thaw_rc = xenbus_thaw(bus);
	}

	fibril_mutex_lock(&bus->lock);
	bus->suspending = false;
	fibril_condvar_broadcast(&bus->cv);
	fibril_mutex_unlock(&bus->lock);
	return rc != EOK ? rc : thaw_rc;
}

/** @}
 */
