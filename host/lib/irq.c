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
/** @file Interrupts as notifications
 */

#include <async.h>
#include <ddf/interrupt.h>
#include <errno.h>
#include <fibril_synch.h>
#include <host/backend.h>
#include <mem.h>
#include <stdlib.h>
#include "private.h"

/** A subscription; what cap_irq_handle_t points at */
typedef struct host_cap_irq {
	link_t link;
	unsigned int id;
	async_notification_handler_t handler;
	void *arg;
} subscription_t;

/** An interrupt that a handler is to hear of */
typedef struct {
	link_t link;
	unsigned int id;
	uint32_t scratch[6];
} notification_t;

/** Guards everything below */
static FIBRIL_MUTEX_INITIALIZE(irq_lock);
static LIST_INITIALIZE(subscriptions);
static LIST_INITIALIZE(notifications);
static FIBRIL_CONDVAR_INITIALIZE(queue_cv);
static FIBRIL_CONDVAR_INITIALIZE(idle_cv);
static unsigned int last_id;
static unsigned int handler_fibrils;
static unsigned int handlers_running;
/** Handlers are not called yet: see host_irq_hold() */
static bool held;
static FIBRIL_CONDVAR_INITIALIZE(held_cv);

static subscription_t *find_subscription(unsigned int id)
{
	list_foreach(subscriptions, link, subscription_t, sub) {
		if (sub->id == id)
			return sub;
	}
	return NULL;
}

/** Call the handler of a notification, if there still is one; as in HelenOS,
 * unsubscribing does not wait for a handler that already runs.
 */
static void deliver(const notification_t *notif)
{
	subscription_t *sub = find_subscription(notif->id);
	if (sub == NULL)
		return;

	async_notification_handler_t handler = sub->handler;
	void *arg = sub->arg;
	ipc_call_t call;

	memset(&call, 0, sizeof(call));
	ipc_set_imethod(&call, notif->id);
	for (unsigned int i = 1; i < IPC_CALL_LEN; i++)
		call.args[i] = notif->scratch[i];

	handlers_running++;
	while (held)
		fibril_condvar_wait(&held_cv, &irq_lock);
	fibril_mutex_unlock(&irq_lock);
	handler(&call, arg);
	fibril_mutex_lock(&irq_lock);
	handlers_running--;
}

static errno_t notification_fibril(void *arg)
{
	(void) arg;
	fibril_mutex_lock(&irq_lock);
	while (true) {
		notification_t *notif =
		    list_pop(&notifications, notification_t, link);
		if (notif != NULL) {
			deliver(notif);
			free(notif);
			continue;
		}
		if (handlers_running == 0)
			fibril_condvar_broadcast(&idle_cv);
		fibril_condvar_wait(&queue_cv, &irq_lock);
	}
	return EOK;
}

errno_t async_spawn_notification_handler(void)
{
	fid_t fibril = fibril_create(notification_fibril, NULL);
	if (fibril == NULL)
		return ENOMEM;

	fibril_mutex_lock(&irq_lock);
	handler_fibrils++;
	fibril_mutex_unlock(&irq_lock);
	fibril_start(fibril);
	return EOK;
}

void host_irq_notify(unsigned int id, const uint32_t *scratch)
{
	notification_t *notif = calloc(1, sizeof(notification_t));
	if (notif == NULL)
		abort();
	notif->id = id;
	memcpy(notif->scratch, scratch, sizeof(notif->scratch));

	fibril_mutex_lock(&irq_lock);
	list_append(&notif->link, &notifications);
	fibril_condvar_signal(&queue_cv);
	fibril_mutex_unlock(&irq_lock);
}

void host_irq_hold(bool hold)
{
	fibril_mutex_lock(&irq_lock);
	held = hold;
	fibril_condvar_broadcast(&held_cv);
	fibril_mutex_unlock(&irq_lock);
}

bool host_irq_on_its_way(void)
{
	fibril_mutex_lock(&irq_lock);
	bool on_its_way = handlers_running > 0;
	fibril_mutex_unlock(&irq_lock);
	return on_its_way;
}

void host_irq_drain(void)
{
	fibril_mutex_lock(&irq_lock);
	while (!list_empty(&notifications) || handlers_running > 0)
		fibril_condvar_wait(&idle_cv, &irq_lock);
	fibril_mutex_unlock(&irq_lock);
}

/** One notification fibril a task, until the driver asks for more */
static errno_t ensure_handler(void)
{
	fibril_mutex_lock(&irq_lock);
	bool there = handler_fibrils > 0;
	if (!there)
		handler_fibrils++;
	fibril_mutex_unlock(&irq_lock);
	if (there)
		return EOK;

	fid_t fibril = fibril_create(notification_fibril, NULL);
	if (fibril == NULL) {
		fibril_mutex_lock(&irq_lock);
		handler_fibrils--;
		fibril_mutex_unlock(&irq_lock);
		return ENOMEM;
	}
	fibril_start(fibril);
	return EOK;
}

errno_t async_irq_subscribe(int irq, async_notification_handler_t handler,
    void *arg, const irq_code_t *code, cap_irq_handle_t *handle)
{
	if (host_hooks->irq_before_subscribe != NULL) {
		errno_t rc = host_hooks->irq_before_subscribe(host_hooks->arg,
		    irq);
		if (rc != EOK)
			return rc;
	}
	errno_t rc = ensure_handler();
	if (rc != EOK)
		return rc;

	subscription_t *sub = calloc(1, sizeof(subscription_t));
	if (sub == NULL)
		return ENOMEM;
	sub->handler = handler;
	sub->arg = arg;

	fibril_mutex_lock(&irq_lock);
	sub->id = ++last_id;
	list_append(&sub->link, &subscriptions);
	fibril_mutex_unlock(&irq_lock);

	rc = host_backend->irq_subscribe(irq, code, sub->id);
	if (rc != EOK) {
		fibril_mutex_lock(&irq_lock);
		list_remove(&sub->link);
		fibril_mutex_unlock(&irq_lock);
		free(sub);
		return rc;
	}
	*handle = sub;
	return EOK;
}

errno_t async_irq_unsubscribe(cap_irq_handle_t handle)
{
	fibril_mutex_lock(&irq_lock);
	if (!list_member(&handle->link, &subscriptions)) {
		fibril_mutex_unlock(&irq_lock);
		return ENOENT;
	}
	list_remove(&handle->link);
	fibril_mutex_unlock(&irq_lock);

	host_backend->irq_unsubscribe(handle->id);
	free(handle);
	return EOK;
}

errno_t register_interrupt_handler(ddf_dev_t *dev, int irq,
    interrupt_handler_t *handler, void *arg, const irq_code_t *code,
    cap_irq_handle_t *handle)
{
	(void) dev;
	return async_irq_subscribe(irq, handler, arg, code, handle);
}

errno_t unregister_interrupt_handler(ddf_dev_t *dev, cap_irq_handle_t handle)
{
	(void) dev;
	return async_irq_unsubscribe(handle);
}

/** @}
 */
