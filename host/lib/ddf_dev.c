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

/** @addtogroup host
 * @{
 */
/** @file Devices
 */

#include <ddf/driver.h>
#include <devman.h>
#include <errno.h>
#include <fibril_synch.h>
#include <host/ddf.h>
#include <host/violation.h>
#include <mem.h>
#include <stdlib.h>
#include <str.h>
#include "ddf_private.h"
#include "private.h"

FIBRIL_MUTEX_INITIALIZE(host_ddf_lock);
LIST_INITIALIZE(host_devices);
LIST_INITIALIZE(host_functions);
devman_handle_t host_last_handle;
atomic_size_t host_objects;

size_t host_ddf_objects(void)
{
	return host_objects;
}

void host_dev_put(ddf_dev_t *dev)
{
	if (atomic_fetch_sub(&dev->refs, 1) > 1)
		return;
	if (dev->parent_fun != NULL) {
		async_hangup(dev->parent);
		host_fun_put(dev->parent_fun);
	}
	free(dev->data);
	free(dev->name);
	free(dev);
	host_objects--;
}

/** Attach a device to its driver; on failure its parent stays the caller's. */
errno_t host_dev_attach(const char *driver_name, const char *name,
    async_sess_t *parent, ddf_fun_t *parent_fun, ddf_dev_t **rdev)
{
	const driver_t *driver = host_find_driver(driver_name);
	if (driver == NULL)
		return ENOENT;

	ddf_dev_t *dev = calloc(1, sizeof(ddf_dev_t));
	if (dev == NULL)
		return ENOMEM;
	host_objects++;
	dev->refs = 1;
	dev->driver = driver;
	dev->name = str_dup(name);
	dev->parent = parent;
	dev->parent_fun = parent_fun;

	fibril_mutex_lock(&host_ddf_lock);
	dev->handle = ++host_last_handle;
	list_append(&dev->link, &host_devices);
	fibril_mutex_unlock(&host_ddf_lock);

	errno_t rc = driver->driver_ops->dev_add(dev);
	if (rc != EOK) {
		if (dev->refs != 1)
			host_violation("%s: dev_add failed and left functions "
			    "of %s", driver->name, name);
		fibril_mutex_lock(&host_ddf_lock);
		list_remove(&dev->link);
		fibril_mutex_unlock(&host_ddf_lock);
		dev->parent_fun = NULL;
		host_dev_put(dev);
		return rc;
	}
	*rdev = dev;
	return EOK;
}

errno_t host_dev_add(const char *driver, const char *name,
    async_sess_t *parent, ddf_dev_t **dev)
{
	return host_dev_attach(driver, name, parent, NULL, dev);
}

/** Connect anew to the function that a device is attached to. */
async_sess_t *devman_parent_device_connect(devman_handle_t handle,
    unsigned int flags)
{
	ddf_fun_t *parent_fun = NULL;

	(void) flags;
	fibril_mutex_lock(&host_ddf_lock);
	list_foreach(host_devices, link, ddf_dev_t, dev) {
		if (dev->handle == handle && dev->parent_fun != NULL) {
			parent_fun = dev->parent_fun;
			host_fun_get(parent_fun);
		}
	}
	fibril_mutex_unlock(&host_ddf_lock);
	if (parent_fun == NULL)
		return NULL;
	async_sess_t *sess = host_fun_connect(parent_fun);
	host_fun_put(parent_fun);
	return sess;
}

ddf_fun_t *host_dev_get_parent_fun(ddf_dev_t *dev)
{
	if (dev->parent_fun != NULL)
		host_fun_get(dev->parent_fun);
	return dev->parent_fun;
}

/** Functions of a device that the driver did not destroy */
static bool has_functions(ddf_dev_t *dev)
{
	bool found = false;

	fibril_mutex_lock(&host_ddf_lock);
	list_foreach(host_functions, link, ddf_fun_t, fun) {
		if (fun->dev == dev)
			found = true;
	}
	fibril_mutex_unlock(&host_ddf_lock);
	return found;
}

static errno_t dev_end(ddf_dev_t *dev, errno_t (*op)(ddf_dev_t *),
    const char *op_name)
{
	if (op == NULL)
		return ENOTSUP;

	atomic_fetch_add(&dev->refs, 1);
	errno_t rc = op(dev);
	if (rc == EOK) {
		if (has_functions(dev))
			host_violation("%s: %s left functions of %s",
			    dev->driver->name, op_name, dev->name);
		fibril_mutex_lock(&host_ddf_lock);
		list_remove(&dev->link);
		fibril_mutex_unlock(&host_ddf_lock);
		host_dev_put(dev);
	}
	host_dev_put(dev);
	return rc;
}

errno_t host_dev_remove(ddf_dev_t *dev)
{
	return dev_end(dev, dev->driver->driver_ops->dev_remove, "dev_remove");
}

errno_t host_dev_gone(ddf_dev_t *dev)
{
	return dev_end(dev, dev->driver->driver_ops->dev_gone, "dev_gone");
}

/** A driver without dev_quiesce: what is attached to it is quiesced. */
errno_t host_dev_quiesce(ddf_dev_t *dev)
{
	if (dev->driver->driver_ops->dev_quiesce != NULL)
		return dev->driver->driver_ops->dev_quiesce(dev);

	list_foreach(host_functions, link, ddf_fun_t, fun) {
		if (fun->dev == dev)
			(void) ddf_fun_quiesce(fun);
	}
	return EOK;
}

errno_t host_fun_online(ddf_fun_t *fun)
{
	errno_t (*op)(ddf_fun_t *) = fun->dev->driver->driver_ops->fun_online;
	return op != NULL ? op(fun) : ENOTSUP;
}

errno_t host_fun_offline(ddf_fun_t *fun)
{
	errno_t (*op)(ddf_fun_t *) = fun->dev->driver->driver_ops->fun_offline;
	return op != NULL ? op(fun) : ENOTSUP;
}

void *ddf_dev_data_alloc(ddf_dev_t *dev, size_t size)
{
	if (dev->data != NULL)
		host_violation("%s: a second ddf_dev_data_alloc", dev->name);
	dev->data = calloc(1, size);
	return dev->data;
}

void *ddf_dev_data_get(ddf_dev_t *dev)
{
	return dev->data;
}

devman_handle_t ddf_dev_get_handle(ddf_dev_t *dev)
{
	return dev->handle;
}

const char *ddf_dev_get_name(ddf_dev_t *dev)
{
	return dev->name;
}

async_sess_t *ddf_dev_parent_sess_get(ddf_dev_t *dev)
{
	return dev->parent;
}

/** @}
 */
