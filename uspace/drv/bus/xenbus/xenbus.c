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
 * Xen's bus of paravirtual devices
 *
 * Xenstore has a directory device/TYPE/ID for each device. The bus fibril
 * compares it with the functions there are, whenever a watch says that it has
 * changed.
 */

#include <ddf/log.h>
#include <devman.h>
#include <fibril.h>
#include <stdio.h>
#include <stdlib.h>
#include <str.h>
#include <str_error.h>

#include "xenbus.h"

/** How soon to try again what failed, in microseconds */
#define RETRY_US  1000000

static errno_t xenbus_dev_add(ddf_dev_t *);
static errno_t xenbus_dev_remove(ddf_dev_t *);
static errno_t xenbus_dev_quiesce(ddf_dev_t *);
static errno_t xenbus_fun_online(ddf_fun_t *);
static errno_t xenbus_fun_offline(ddf_fun_t *);

static driver_ops_t xenbus_driver_ops = {
	.dev_add = xenbus_dev_add,
	.dev_remove = xenbus_dev_remove,
	.dev_quiesce = xenbus_dev_quiesce,
	.fun_online = xenbus_fun_online,
	.fun_offline = xenbus_fun_offline
};

static driver_t xenbus_driver = {
	.name = NAME,
	.driver_ops = &xenbus_driver_ops
};

/** Event of a channel; there is only xenstore's. */
static void xenbus_event(void *arg, uint32_t port)
{
	xenbus_t *bus = arg;
	xs_event(&bus->xs);
}

/** Something under "device" may have changed. */
static errno_t xenbus_devices_changed(void *arg, bool told)
{
	xenbus_t *bus = arg;

	fibril_mutex_lock(&bus->lock);
	bus->changed = true;
	bus->told = bus->told || told;
	fibril_condvar_broadcast(&bus->cv);
	fibril_mutex_unlock(&bus->lock);
	return EOK;
}

/** What failed: is it to be tried again soon?
 *
 * What cannot be as it is, or is not for us to read, is looked at again with
 * all the rest.
 *
 * @return The error if so, else EOK
 */
static errno_t xenbus_again(errno_t rc)
{
	return rc == EINVAL || rc == EOVERFLOW || rc == EPERM ? EOK : rc;
}

/** Say why something is not as it should be, unless it was said before. */
static void xenbus_complain(xenbus_t *bus, const char *what, const char *name,
    errno_t rc)
{
	if (bus->loud) {
		ddf_msg(LVL_ERROR, "Device %s cannot be %s: %s.", name, what,
		    str_error(rc));
	}
}

/** Find the function of a device.
 *
 * Allocates nothing: a device that was not found for want of memory would be
 * made a second time.
 */
static child_t *xenbus_find(xenbus_t *bus, const char *type, const char *id)
{
	char path[CHILD_PATH_SIZE];

	/* One that is too long has no function, and is refused one. */
	int n = snprintf(path, sizeof(path), "device/%s/%s", type, id);
	if (n < 0 || (size_t) n >= sizeof(path))
		return NULL;

	list_foreach(bus->children, link, child_t, child) {
		if (str_cmp(child->path, path) == 0)
			return child;
	}

	return NULL;
}

/** Take the emulated NICs away before the first paravirtual one comes.
 *
 * Only while the system starts: later their drivers have them.
 */
static void xenbus_unplug_nics(xenbus_t *bus)
{
	if (bus->started)
		return;

	errno_t rc = xen_platform_unplug_nics(bus->platform);
	if (rc != EOK && bus->loud) {
		ddf_msg(LVL_WARN, "The emulated NICs, if any, stay: %s.",
		    str_error(rc));
	}
}

/** Add a device.
 *
 * @return EOK, or an error code if it is to be tried again
 */
static errno_t xenbus_child_add(xenbus_t *bus, const char *type,
    const char *id)
{
	child_t *child;

	if (str_cmp(type, "vif") == 0)
		xenbus_unplug_nics(bus);

	errno_t rc = child_create(bus, type, id, &child);
	if (rc == ENOENT) {
		/* Not all of it is there yet: the watch comes again. */
		return EOK;
	}
	if (rc != EOK) {
		xenbus_complain(bus, "added", id, rc);
		return xenbus_again(rc);
	}

	child->found = true;
	list_append(&child->link, &bus->children);
	ddf_msg(LVL_NOTE, "Device %s/%s came.", type, id);
	return EOK;
}

/** Remove a device. */
static errno_t xenbus_child_remove(xenbus_t *bus, child_t *child)
{
	/* Ends with dev_gone of its driver, if it has one. */
	errno_t rc = ddf_fun_unbind(child->fun);
	if (rc != EOK) {
		xenbus_complain(bus, "removed", child->path, rc);
		return rc;
	}

	list_remove(&child->link);
	ddf_msg(LVL_NOTE, "Device %s went.", child->path);
	child_destroy(child);
	return EOK;
}

/** Note that xenstore has a device: add it if it is new, and if it is another
 * one than under this name before, remove that.
 *
 * @return EOK, or an error code if it is to be tried again
 */
static errno_t xenbus_found(xenbus_t *bus, const char *type, const char *id)
{
	child_t *child = xenbus_find(bus, type, id);
	if (child == NULL)
		return xenbus_child_add(bus, type, id);

	errno_t rc = child_check(child, XS_NO_TX);
	if (rc == ENOENT) {
		rc = xenbus_child_remove(bus, child);
		if (rc == EOK)
			return xenbus_child_add(bus, type, id);
	}

	/* One that could not be looked at is not gone. */
	child->found = true;
	return xenbus_again(rc);
}

/** Read a directory; one that is not there is empty. */
static errno_t xenbus_list(xenbus_t *bus, const char *path, char **names,
    size_t *size)
{
	errno_t rc = xs_directory(&bus->xs, path, names, size);
	if (rc == ENOENT) {
		*names = NULL;
		*size = 0;
		return EOK;
	}

	return rc;
}

/** Look at all devices of a type.
 *
 * @return EOK, or an error code if something is to be tried again
 */
static errno_t xenbus_scan_type(xenbus_t *bus, const char *type)
{
	char path[CHILD_PATH_SIZE];
	char *ids;
	size_t size;
	errno_t again = EOK;

	/* No device of a type whose name is too long has a function. */
	int n = snprintf(path, sizeof(path), "device/%s", type);
	if (!xs_name_valid(type) || n < 0 || (size_t) n >= sizeof(path)) {
		xenbus_complain(bus, "listed", "of some type", EINVAL);
		return EOK;
	}

	errno_t rc = xenbus_list(bus, path, &ids, &size);
	if (rc != EOK) {
		xenbus_complain(bus, "listed", type, rc);
		/* What could not be looked at is not gone. */
		list_foreach(bus->children, link, child_t, child) {
			if (str_lcmp(child->path, path, str_length(path)) == 0)
				child->found = true;
		}
		return xenbus_again(rc);
	}

	for (size_t i = 0; i < size; i += str_size(ids + i) + 1) {
		rc = xs_name_valid(ids + i) ?
		    xenbus_found(bus, type, ids + i) : EINVAL;
		if (rc == EINVAL)
			xenbus_complain(bus, "added", "of some name", rc);
		else if (rc != EOK)
			again = rc;
	}

	free(ids);
	return again;
}

/** Make the functions what xenstore says.
 *
 * @return EOK, or an error code if something is to be tried again
 */
static errno_t xenbus_scan(xenbus_t *bus)
{
	char *types;
	size_t size;

	errno_t again = xenbus_list(bus, "device", &types, &size);
	if (again != EOK) {
		xenbus_complain(bus, "listed", "of any type", again);
		return xenbus_again(again);
	}

	list_foreach(bus->children, link, child_t, child)
		child->found = false;

	for (size_t i = 0; i < size; i += str_size(types + i) + 1) {
		errno_t rc = xenbus_scan_type(bus, types + i);
		if (rc != EOK)
			again = rc;
	}
	free(types);

	list_foreach_safe(bus->children, cur, next) {
		child_t *child = list_get_instance(cur, child_t, link);
		errno_t rc = child->found ? EOK :
		    xenbus_child_remove(bus, child);
		if (rc != EOK)
			again = rc;
	}

	if (again == EOK)
		bus->started = true;
	return again;
}

/** The bus fibril */
static errno_t xenbus_fibril(void *arg)
{
	xenbus_t *bus = arg;

	fibril_mutex_lock(&bus->lock);
	while (!bus->stopping) {
		if (!bus->changed) {
			fibril_condvar_wait(&bus->cv, &bus->lock);
			continue;
		}

		bus->changed = false;
		bus->loud = bus->told;
		bus->told = false;
		fibril_mutex_unlock(&bus->lock);
		errno_t rc = xenbus_scan(bus);
		fibril_mutex_lock(&bus->lock);

		/* Xenstore tells once. */
		if (rc != EOK && !bus->stopping) {
			(void) fibril_condvar_wait_timeout(&bus->cv,
			    &bus->lock, RETRY_US);
			bus->changed = true;
		}
	}

	bus->stopped = true;
	fibril_condvar_broadcast(&bus->cv);
	fibril_mutex_unlock(&bus->lock);
	return EOK;
}

static void xenbus_fibril_stop(xenbus_t *bus)
{
	fibril_mutex_lock(&bus->lock);
	bus->stopping = true;
	fibril_condvar_broadcast(&bus->cv);
	while (!bus->stopped)
		fibril_condvar_wait(&bus->cv, &bus->lock);
	fibril_mutex_unlock(&bus->lock);
}

/** Start the bus fibril. */
static errno_t xenbus_fibril_start(xenbus_t *bus)
{
	bus->stopping = false;
	bus->stopped = false;

	fid_t fid = fibril_create(xenbus_fibril, bus);
	if (fid == 0)
		return ENOMEM;

	fibril_add_ready(fid);
	return EOK;
}

/** Look after devices that come and go. */
errno_t xenbus_thaw(xenbus_t *bus)
{
	errno_t rc = xenbus_fibril_start(bus);
	if (rc != EOK)
		return rc;

	rc = xs_watch(&bus->xs, &bus->device_watch, "device",
	    xenbus_devices_changed, bus);
	if (rc != EOK)
		xenbus_fibril_stop(bus);

	return rc;
}

/** Let no device come or go. */
void xenbus_freeze(xenbus_t *bus)
{
	xs_unwatch(&bus->xs, &bus->device_watch);
	xenbus_fibril_stop(bus);
}

/** The same, once the system is not being suspended, and will not be. */
static void xenbus_freeze_for_good(xenbus_t *bus)
{
	fibril_mutex_lock(&bus->lock);
	while (bus->suspending)
		fibril_condvar_wait(&bus->cv, &bus->lock);
	bus->stopping = true;
	fibril_mutex_unlock(&bus->lock);

	xenbus_freeze(bus);
}

/** Add a device. */
static errno_t xenbus_dev_add(ddf_dev_t *dev)
{
	xenbus_t *bus = ddf_dev_data_alloc(dev, sizeof(xenbus_t));
	if (bus == NULL)
		return ENOMEM;

	bus->dev = dev;
	fibril_mutex_initialize(&bus->lock);
	fibril_condvar_initialize(&bus->cv);
	list_initialize(&bus->children);

	async_sess_t *sess = devman_parent_device_connect(
	    ddf_dev_get_handle(dev), IPC_FLAG_BLOCKING);
	if (sess == NULL)
		return ENOMEM;

	errno_t rc = xen_platform_open(sess, xenbus_event, bus,
	    &bus->platform);
	if (rc != EOK) {
		ddf_msg(LVL_ERROR, "No connection with xen-platform: %s.",
		    str_error(rc));
		return rc;
	}

	rc = xs_init(&bus->xs, bus->platform);
	if (rc != EOK) {
		ddf_msg(LVL_ERROR, "No connection with xenstored: %s.",
		    str_error(rc));
		goto err_platform;
	}

	rc = xenbus_thaw(bus);
	if (rc != EOK) {
		ddf_msg(LVL_ERROR, "The devices cannot be watched: %s.",
		    str_error(rc));
		goto err_xs;
	}

	rc = control_init(&bus->control, bus);
	if (rc != EOK) {
		/* The devices work without it. */
		ddf_msg(LVL_WARN, "The host cannot shut the system down: %s.",
		    str_error(rc));
	}

	return EOK;

err_xs:
	xen_platform_close(bus->platform);
	xs_fini(&bus->xs);
	return rc;
err_platform:
	xen_platform_close(bus->platform);
	return rc;
}

/** Remove a device. */
static errno_t xenbus_dev_remove(ddf_dev_t *dev)
{
	xenbus_t *bus = ddf_dev_data_get(dev);

	xenbus_freeze_for_good(bus);

	list_foreach_safe(bus->children, cur, next) {
		child_t *child = list_get_instance(cur, child_t, link);
		errno_t rc = ddf_fun_offline(child->fun);
		if (rc == EOK)
			rc = xenbus_child_remove(bus, child);
		if (rc != EOK) {
			(void) xenbus_thaw(bus);
			return rc;
		}
	}

	control_fini(&bus->control);
	xen_platform_close(bus->platform);
	xs_fini(&bus->xs);
	return EOK;
}

/** Quiesce a device: part from all back ends, and touch no event channel. */
static errno_t xenbus_dev_quiesce(ddf_dev_t *dev)
{
	xenbus_t *bus = ddf_dev_data_get(dev);
	errno_t rc = EOK;

	/* No device may come or go any more. */
	xenbus_freeze_for_good(bus);
	list_foreach(bus->children, link, child_t, child) {
		errno_t crc = ddf_fun_quiesce(child->fun);
		if (crc != EOK)
			rc = crc;
	}

	/* They needed xenstore for that. */
	xs_quiesce(&bus->xs);
	return rc;
}

static errno_t xenbus_fun_online(ddf_fun_t *fun)
{
	return ddf_fun_online(fun);
}

static errno_t xenbus_fun_offline(ddf_fun_t *fun)
{
	return ddf_fun_offline(fun);
}

int main(void)
{
	printf(NAME ": HelenOS Xen bus driver\n");
	ddf_log_init(NAME);
	return ddf_driver_main(&xenbus_driver);
}

/** @}
 */
