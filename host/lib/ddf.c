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
/** @file Devices, drivers and functions
 */

#include <ddf/driver.h>
#include <devman.h>
#include <errno.h>
#include <fibril_synch.h>
#include <host/ddf.h>
#include <host/violation.h>
#include <mem.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <str.h>
#include "private.h"

struct ddf_dev {
	link_t link;
	/** By the list of devices, each function, each call in progress */
	atomic_int refs;
	const driver_t *driver;
	char *name;
	devman_handle_t handle;
	async_sess_t *parent;
	/** Function that the device is attached to, with a reference, or NULL;
	 * parent is a session with it then, and hung up with the device.
	 */
	ddf_fun_t *parent_fun;
	void *data;
};

struct ddf_fun {
	link_t link;
	/** By the driver, by being bound, each client */
	atomic_int refs;
	ddf_dev_t *dev;
	fun_type_t type;
	char *name;
	devman_handle_t handle;
	bool bound;
	bool online;
	void *data;
	const ddf_dev_ops_t *ops;
	async_port_handler_t conn_handler;
	char *match_id;
	/** True while a driver is asked to take the device of an inner function */
	bool attaching;
	/** That device, once it was taken */
	ddf_dev_t *child;
};

typedef struct {
	link_t link;
	char *driver;
	char *match_id;
} match_t;

typedef struct {
	link_t link;
	const driver_t *driver;
} driver_entry_t;

/** Guards the lists, handles and the fields bound, online, attaching, child */
static FIBRIL_MUTEX_INITIALIZE(ddf_lock);
/** Some function's attaching became false */
static FIBRIL_CONDVAR_INITIALIZE(attached_cv);
static LIST_INITIALIZE(drivers);
static LIST_INITIALIZE(matches);
static LIST_INITIALIZE(devices);
static LIST_INITIALIZE(functions);
static devman_handle_t last_handle;

static atomic_size_t objects;

static host_fun_cb_t fun_cb;
static void *fun_cb_arg;

size_t host_ddf_objects(void)
{
	return objects;
}

void host_fun_set_cb(host_fun_cb_t cb, void *arg)
{
	fun_cb_arg = arg;
	fun_cb = cb;
}

static void dev_put(ddf_dev_t *dev)
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
	objects--;
}

void host_fun_get(ddf_fun_t *fun)
{
	atomic_fetch_add(&fun->refs, 1);
}

void host_fun_put(ddf_fun_t *fun)
{
	if (atomic_fetch_sub(&fun->refs, 1) > 1)
		return;
	dev_put(fun->dev);
	free(fun->data);
	free(fun->name);
	free(fun->match_id);
	free(fun);
	objects--;
}

/*
 * Drivers
 */

int ddf_driver_main(const driver_t *driver)
{
	driver_entry_t *entry = calloc(1, sizeof(driver_entry_t));
	if (entry == NULL)
		return 1;
	entry->driver = driver;
	fibril_mutex_lock(&ddf_lock);
	list_append(&entry->link, &drivers);
	fibril_mutex_unlock(&ddf_lock);
	return 0;
}

errno_t host_driver_start(int (*driver_main)(int, char *[]), const char *name)
{
	char *argv[] = { (char *) name, NULL };

	return driver_main(1, argv) == 0 ? EOK : EIO;
}

errno_t host_driver_add_match(const char *driver, const char *match_id)
{
	match_t *match = calloc(1, sizeof(match_t));
	if (match == NULL)
		return ENOMEM;
	match->driver = str_dup(driver);
	match->match_id = str_dup(match_id);
	fibril_mutex_lock(&ddf_lock);
	list_append(&match->link, &matches);
	fibril_mutex_unlock(&ddf_lock);
	return EOK;
}

errno_t host_driver_load_matches(const char *driver, const char *path)
{
	char line[256], id[256];
	int score;
	errno_t rc = EOK;

	FILE *f = fopen(path, "re");
	if (f == NULL)
		return ENOENT;
	while (rc == EOK && fgets(line, sizeof(line), f) != NULL) {
		size_t blanks = strspn(line, " \t\r\n");

		if (line[blanks] == '#' || line[blanks] == 0)
			continue;
		if (sscanf(line, "%d %255s", &score, id) != 2)
			rc = EINVAL;
		else
			rc = host_driver_add_match(driver, id);
	}
	fclose(f);
	return rc;
}

static const driver_t *find_driver(const char *name)
{
	const driver_t *found = NULL;

	fibril_mutex_lock(&ddf_lock);
	list_foreach(drivers, link, driver_entry_t, entry) {
		if (str_cmp(entry->driver->name, name) == 0)
			found = entry->driver;
	}
	fibril_mutex_unlock(&ddf_lock);
	return found;
}

/*
 * Devices
 */

/** Attach a device to its driver; on failure its parent stays the caller's. */
static errno_t dev_attach(const char *driver_name, const char *name,
    async_sess_t *parent, ddf_fun_t *parent_fun, ddf_dev_t **rdev)
{
	const driver_t *driver = find_driver(driver_name);
	if (driver == NULL)
		return ENOENT;

	ddf_dev_t *dev = calloc(1, sizeof(ddf_dev_t));
	if (dev == NULL)
		return ENOMEM;
	objects++;
	dev->refs = 1;
	dev->driver = driver;
	dev->name = str_dup(name);
	dev->parent = parent;
	dev->parent_fun = parent_fun;

	fibril_mutex_lock(&ddf_lock);
	dev->handle = ++last_handle;
	list_append(&dev->link, &devices);
	fibril_mutex_unlock(&ddf_lock);

	errno_t rc = driver->driver_ops->dev_add(dev);
	if (rc != EOK) {
		if (dev->refs != 1)
			host_violation("%s: dev_add failed and left functions "
			    "of %s", driver->name, name);
		fibril_mutex_lock(&ddf_lock);
		list_remove(&dev->link);
		fibril_mutex_unlock(&ddf_lock);
		dev->parent_fun = NULL;
		dev_put(dev);
		return rc;
	}
	*rdev = dev;
	return EOK;
}

errno_t host_dev_add(const char *driver, const char *name,
    async_sess_t *parent, ddf_dev_t **dev)
{
	return dev_attach(driver, name, parent, NULL, dev);
}

/** Connect anew to the function that a device is attached to. */
async_sess_t *devman_parent_device_connect(devman_handle_t handle,
    unsigned int flags)
{
	ddf_fun_t *parent_fun = NULL;

	(void) flags;
	fibril_mutex_lock(&ddf_lock);
	list_foreach(devices, link, ddf_dev_t, dev) {
		if (dev->handle == handle && dev->parent_fun != NULL) {
			parent_fun = dev->parent_fun;
			host_fun_get(parent_fun);
		}
	}
	fibril_mutex_unlock(&ddf_lock);
	if (parent_fun == NULL)
		return NULL;
	async_sess_t *sess = host_fun_connect(parent_fun);
	host_fun_put(parent_fun);
	return sess;
}

/** Functions of a device that the driver did not destroy */
static bool has_functions(ddf_dev_t *dev)
{
	bool found = false;

	fibril_mutex_lock(&ddf_lock);
	list_foreach(functions, link, ddf_fun_t, fun) {
		if (fun->dev == dev)
			found = true;
	}
	fibril_mutex_unlock(&ddf_lock);
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
		fibril_mutex_lock(&ddf_lock);
		list_remove(&dev->link);
		fibril_mutex_unlock(&ddf_lock);
		dev_put(dev);
	}
	dev_put(dev);
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

	list_foreach(functions, link, ddf_fun_t, fun) {
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

/*
 * Functions
 */

ddf_fun_t *ddf_fun_create(ddf_dev_t *dev, fun_type_t type, const char *name)
{
	ddf_fun_t *fun = calloc(1, sizeof(ddf_fun_t));
	if (fun == NULL)
		return NULL;
	if (name != NULL) {
		fun->name = str_dup(name);
		if (fun->name == NULL) {
			free(fun);
			return NULL;
		}
	}
	objects++;
	fun->refs = 1;
	fun->dev = dev;
	fun->type = type;
	atomic_fetch_add(&dev->refs, 1);

	fibril_mutex_lock(&ddf_lock);
	fun->handle = ++last_handle;
	list_append(&fun->link, &functions);
	fibril_mutex_unlock(&ddf_lock);
	return fun;
}

void ddf_fun_destroy(ddf_fun_t *fun)
{
	if (fun->bound)
		host_violation("function %s is destroyed while it is bound",
		    fun->name);
	fibril_mutex_lock(&ddf_lock);
	list_remove(&fun->link);
	fibril_mutex_unlock(&ddf_lock);
	host_fun_put(fun);
}

devman_handle_t ddf_fun_get_handle(ddf_fun_t *fun)
{
	return fun->handle;
}

void *ddf_fun_data_alloc(ddf_fun_t *fun, size_t size)
{
	if (fun->data != NULL)
		host_violation("%s: a second ddf_fun_data_alloc", fun->name);
	fun->data = calloc(1, size);
	return fun->data;
}

void *ddf_fun_data_get(ddf_fun_t *fun)
{
	return fun->data;
}

const char *ddf_fun_get_name(ddf_fun_t *fun)
{
	return fun->name;
}

errno_t ddf_fun_set_name(ddf_fun_t *fun, const char *name)
{
	char *copy = str_dup(name);
	if (copy == NULL)
		return ENOMEM;
	free(fun->name);
	fun->name = copy;
	return EOK;
}

ddf_dev_t *ddf_fun_get_dev(ddf_fun_t *fun)
{
	return fun->dev;
}

void ddf_fun_set_ops(ddf_fun_t *fun, const ddf_dev_ops_t *ops)
{
	if (fun->conn_handler != NULL)
		host_violation("%s: operations and a connection handler",
		    fun->name);
	fun->ops = ops;
}

void ddf_fun_set_conn_handler(ddf_fun_t *fun, async_port_handler_t handler)
{
	if (fun->ops != NULL)
		host_violation("%s: operations and a connection handler",
		    fun->name);
	fun->conn_handler = handler;
}

errno_t ddf_fun_add_match_id(ddf_fun_t *fun, const char *id, int score)
{
	(void) score;
	if (fun->bound || fun->type != fun_inner)
		host_violation("%s: match ids are for inner functions that "
		    "are not bound", fun->name);
	free(fun->match_id);
	fun->match_id = str_dup(id);
	return fun->match_id != NULL ? EOK : ENOMEM;
}

errno_t ddf_fun_add_to_category(ddf_fun_t *fun, const char *category)
{
	(void) category;
	if (!fun->bound || fun->type != fun_exposed)
		host_violation("%s: categories are for exposed functions that "
		    "are bound", fun->name);
	return EOK;
}

const char *host_driver_find(const char *id)
{
	const char *driver = NULL;

	if (id == NULL)
		return NULL;
	fibril_mutex_lock(&ddf_lock);
	list_foreach(matches, link, match_t, match) {
		if (str_cmp(match->match_id, id) == 0)
			driver = match->driver;
	}
	fibril_mutex_unlock(&ddf_lock);
	return driver;
}

/** Wait until no driver is about to take a function's device; take it away. */
static ddf_dev_t *take_child(ddf_fun_t *fun)
{
	fibril_mutex_lock(&ddf_lock);
	while (fun->attaching)
		fibril_condvar_wait(&attached_cv, &ddf_lock);
	ddf_dev_t *child = fun->child;
	fun->child = NULL;
	fibril_mutex_unlock(&ddf_lock);
	return child;
}

static void give_child(ddf_fun_t *fun, ddf_dev_t *child)
{
	fibril_mutex_lock(&ddf_lock);
	fun->child = child;
	fun->attaching = false;
	fibril_condvar_broadcast(&attached_cv);
	fibril_mutex_unlock(&ddf_lock);
}

/** Give an inner function's device to its driver, as devman does: later. */
static errno_t attach_fibril(void *arg)
{
	ddf_fun_t *fun = arg;
	ddf_dev_t *child;
	char name[DEVMAN_NAME_MAXLEN];

	snprintf(name, sizeof(name), "%s/%s", fun->dev->name, fun->name);
	async_sess_t *sess = host_fun_connect(fun);
	errno_t rc = sess == NULL ? EREFUSED :
	    dev_attach(host_driver_find(fun->match_id), name, sess, fun,
	    &child);
	if (rc != EOK) {
		if (sess != NULL)
			async_hangup(sess);
		give_child(fun, NULL);
		host_fun_put(fun);
		return rc;
	}
	/* The device has the reference now. */
	give_child(fun, child);
	return EOK;
}

static errno_t fun_attach(ddf_fun_t *fun)
{
	if (fun->type == fun_inner && host_driver_find(fun->match_id) != NULL) {
		host_fun_get(fun);
		fid_t fibril = fibril_create(attach_fibril, fun);
		if (fibril == NULL) {
			host_fun_put(fun);
			return ENOMEM;
		}
		fun->attaching = true;
		fibril_start(fibril);
	}
	if (fun_cb != NULL)
		fun_cb(fun, true, fun_cb_arg);
	return EOK;
}

errno_t ddf_fun_bind(ddf_fun_t *fun)
{
	if (fun->bound)
		host_violation("%s: bound a second time", fun->name);
	if (fun->name == NULL)
		host_violation("a function without a name is bound");
	host_fun_get(fun);
	fun->bound = true;
	fun->online = true;
	errno_t rc = fun_attach(fun);
	if (rc != EOK) {
		fun->bound = false;
		fun->online = false;
		host_fun_put(fun);
	}
	return rc;
}

/** The device that is attached disappears. */
errno_t ddf_fun_unbind(ddf_fun_t *fun)
{
	if (!fun->bound)
		return ENOENT;
	ddf_dev_t *child = take_child(fun);
	if (child != NULL) {
		errno_t rc = host_dev_gone(child);
		if (rc != EOK) {
			give_child(fun, child);
			return rc;
		}
	}
	if (fun->online && fun_cb != NULL)
		fun_cb(fun, false, fun_cb_arg);
	fun->bound = false;
	fun->online = false;
	host_fun_put(fun);
	return EOK;
}

errno_t ddf_fun_online(ddf_fun_t *fun)
{
	if (!fun->bound)
		host_violation("%s: online while it is not bound", fun->name);
	if (fun->online)
		return EOK;
	fun->online = true;
	return fun_attach(fun);
}

/** The device that is attached is removed. */
errno_t ddf_fun_offline(ddf_fun_t *fun)
{
	if (!fun->bound)
		host_violation("%s: offline while it is not bound", fun->name);
	if (!fun->online)
		return EOK;
	ddf_dev_t *child = take_child(fun);
	if (child != NULL) {
		errno_t rc = host_dev_remove(child);
		if (rc != EOK) {
			give_child(fun, child);
			return rc;
		}
	}
	if (fun_cb != NULL)
		fun_cb(fun, false, fun_cb_arg);
	fun->online = false;
	return EOK;
}

errno_t ddf_fun_quiesce(ddf_fun_t *fun)
{
	return fun->child != NULL ? host_dev_quiesce(fun->child) : EOK;
}

errno_t ddf_fun_wait_stable(ddf_fun_t *fun)
{
	fibril_mutex_lock(&ddf_lock);
	while (fun->attaching)
		fibril_condvar_wait(&attached_cv, &ddf_lock);
	fibril_mutex_unlock(&ddf_lock);
	return EOK;
}

/*
 * Clients
 */

ddf_fun_t *host_dev_get_fun(ddf_dev_t *dev, const char *name)
{
	ddf_fun_t *found = NULL;

	fibril_mutex_lock(&ddf_lock);
	list_foreach(functions, link, ddf_fun_t, fun) {
		if (found == NULL && fun->dev == dev && fun->bound &&
		    (name == NULL || str_cmp(fun->name, name) == 0))
			found = fun;
	}
	if (found != NULL)
		host_fun_get(found);
	fibril_mutex_unlock(&ddf_lock);
	return found;
}

bool host_fun_is_bound(ddf_fun_t *fun)
{
	return fun->bound && fun->online;
}

void *host_fun_iface(ddf_fun_t *fun, dev_inferface_idx_t idx)
{
	return fun->ops != NULL ? fun->ops->interfaces[idx] : NULL;
}

/** Serve a client that connected to a function with operations. */
static void serve_client(ddf_fun_t *fun, ipc_call_t *icall)
{
	const ddf_dev_ops_t *ops = fun->ops;
	ipc_call_t call;

	if (ops == NULL) {
		async_answer_0(icall, ENOTSUP);
		return;
	}
	errno_t rc = ops->open != NULL ? ops->open(fun) : EOK;
	async_answer_0(icall, rc);
	if (rc != EOK)
		return;

	while (true) {
		async_get_call(&call);
		if (ipc_get_imethod(&call) == IPC_M_PHONE_HUNGUP)
			break;
		if (ops->default_handler != NULL)
			ops->default_handler(fun, &call);
		else
			async_answer_0(&call, ENOTSUP);
	}
	if (ops->close != NULL)
		ops->close(fun);
	async_answer_0(&call, EOK);
}

static void fun_connection(ipc_call_t *icall, void *arg)
{
	ddf_fun_t *fun = arg;

	if (fun->conn_handler != NULL)
		fun->conn_handler(icall, fun);
	else
		serve_client(fun, icall);
	host_fun_put(fun);
}

async_sess_t *host_fun_connect(ddf_fun_t *fun)
{
	host_fun_get(fun);
	return host_ipc_connect(fun_connection, fun);
}

/** @}
 */
