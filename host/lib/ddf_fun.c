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
/** @file Functions and their clients
 */

#include <ddf/driver.h>
#include <errno.h>
#include <fibril_synch.h>
#include <host/ddf.h>
#include <host/violation.h>
#include <mem.h>
#include <stdio.h>
#include <stdlib.h>
#include <str.h>
#include "ddf_private.h"
#include "private.h"

/** Some function's attaching became false */
static FIBRIL_CONDVAR_INITIALIZE(attached_cv);

static host_fun_cb_t fun_cb;
static void *fun_cb_arg;

void host_fun_set_cb(host_fun_cb_t cb, void *arg)
{
	fun_cb_arg = arg;
	fun_cb = cb;
}

void host_fun_get(ddf_fun_t *fun)
{
	atomic_fetch_add(&fun->refs, 1);
}

void host_fun_put(ddf_fun_t *fun)
{
	if (atomic_fetch_sub(&fun->refs, 1) > 1)
		return;
	host_dev_put(fun->dev);
	free(fun->data);
	free(fun->name);
	free(fun->match_id);
	free(fun);
	host_objects--;
}

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
	host_objects++;
	fun->refs = 1;
	fun->dev = dev;
	fun->type = type;
	atomic_fetch_add(&dev->refs, 1);

	fibril_mutex_lock(&host_ddf_lock);
	fun->handle = ++host_last_handle;
	list_append(&fun->link, &host_functions);
	fibril_mutex_unlock(&host_ddf_lock);
	return fun;
}

void ddf_fun_destroy(ddf_fun_t *fun)
{
	if (fun->bound)
		host_violation("function %s is destroyed while it is bound",
		    fun->name);
	fibril_mutex_lock(&host_ddf_lock);
	list_remove(&fun->link);
	fibril_mutex_unlock(&host_ddf_lock);
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

/** Tell of a function that clients may find, or may not any more. */
static void tell(ddf_fun_t *fun, bool there)
{
	if (fun->told == there)
		return;
	fun->told = there;
	if (fun_cb != NULL)
		fun_cb(fun, there, fun_cb_arg);
}

errno_t ddf_fun_add_to_category(ddf_fun_t *fun, const char *category)
{
	(void) category;
	if (!fun->bound || fun->type != fun_exposed)
		host_violation("%s: categories are for exposed functions that "
		    "are bound", fun->name);
	fun->in_category = true;
	if (fun->online)
		tell(fun, true);
	return EOK;
}

/** Wait until no driver is about to take a function's device.
 * host_ddf_lock is held.
 *
 * @return The device, NULL if it has no driver
 */
static ddf_dev_t *wait_child(ddf_fun_t *fun)
{
	while (fun->attaching)
		fibril_condvar_wait(&attached_cv, &host_ddf_lock);
	return fun->child;
}

/** Take a function's device away. */
static ddf_dev_t *take_child(ddf_fun_t *fun)
{
	fibril_mutex_lock(&host_ddf_lock);
	ddf_dev_t *child = wait_child(fun);
	fun->child = NULL;
	fibril_mutex_unlock(&host_ddf_lock);
	return child;
}

static void give_child(ddf_fun_t *fun, ddf_dev_t *child)
{
	fibril_mutex_lock(&host_ddf_lock);
	fun->child = child;
	fun->attaching = false;
	fibril_condvar_broadcast(&attached_cv);
	fibril_mutex_unlock(&host_ddf_lock);
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
	    host_dev_attach(host_driver_find(fun->match_id), name, sess, fun,
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
	/* Clients look for exposed ones in their categories. */
	if (fun->type == fun_inner || fun->in_category)
		tell(fun, true);
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
	tell(fun, false);
	fun->in_category = false;
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
	tell(fun, false);
	fun->online = false;
	return EOK;
}

errno_t ddf_fun_quiesce(ddf_fun_t *fun)
{
	fibril_mutex_lock(&host_ddf_lock);
	ddf_dev_t *child = wait_child(fun);
	fibril_mutex_unlock(&host_ddf_lock);
	return child != NULL ? host_dev_quiesce(child) : EOK;
}

errno_t ddf_fun_wait_stable(ddf_fun_t *fun)
{
	fibril_mutex_lock(&host_ddf_lock);
	(void) wait_child(fun);
	fibril_mutex_unlock(&host_ddf_lock);
	return EOK;
}

/*
 * Clients
 */

ddf_fun_t *host_dev_get_fun(ddf_dev_t *dev, const char *name)
{
	ddf_fun_t *found = NULL;

	fibril_mutex_lock(&host_ddf_lock);
	list_foreach(host_functions, link, ddf_fun_t, fun) {
		if (found == NULL && fun->dev == dev && fun->bound &&
		    (name == NULL || str_cmp(fun->name, name) == 0))
			found = fun;
	}
	if (found != NULL)
		host_fun_get(found);
	fibril_mutex_unlock(&host_ddf_lock);
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

static void drop_fun(void *arg)
{
	host_fun_put(arg);
}

async_sess_t *host_fun_connect(ddf_fun_t *fun)
{
	host_fun_get(fun);
	return host_ipc_connect(fun_connection, fun, drop_fun);
}

/** @}
 */
