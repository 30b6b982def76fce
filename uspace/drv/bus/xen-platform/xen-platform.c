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

/** @addtogroup xen-platform
 * @{
 */
/** @file
 * Xen platform device driver
 *
 * The device (PCI 5853:0001) is a place: its interrupt line announces the
 * events of this domain, and its memory is where the pages that Xen shares
 * with us are shown. It has no registers.
 */

#include <as.h>
#include <ddf/log.h>
#include <device/hw_res.h>
#include <device/hw_res_parsed.h>
#include <fibril.h>
#include <macros.h>
#include <stdio.h>
#include <stdlib.h>
#include <str_error.h>
#include <xen/hypercall.h>

#include "xen-platform.h"

/** How often to look for events that nobody has told of. With more than one CPU
 * HelenOS takes the line for an edge-triggered one, and an event that comes
 * while the line is up makes no new edge.
 */
#define WATCHDOG_US  1000000

/** Score of the child's match ID */
#define XENBUS_SCORE  100

static errno_t xp_dev_add(ddf_dev_t *);
static errno_t xp_dev_remove(ddf_dev_t *);
static errno_t xp_dev_quiesce(ddf_dev_t *);
static errno_t xp_fun_online(ddf_fun_t *);
static errno_t xp_fun_offline(ddf_fun_t *);

static driver_ops_t xp_driver_ops = {
	.dev_add = xp_dev_add,
	.dev_remove = xp_dev_remove,
	.dev_quiesce = xp_dev_quiesce,
	.fun_online = xp_fun_online,
	.fun_offline = xp_fun_offline
};

static driver_t xp_driver = {
	.name = NAME,
	.driver_ops = &xp_driver_ops
};

/** Find the device's memory and its interrupt. */
static errno_t xp_get_resources(xen_platform_dev_t *xp)
{
	xp->parent = ddf_dev_parent_sess_get(xp->dev);
	if (xp->parent == NULL)
		return ENOMEM;

	hw_res_list_parsed_t res;
	hw_res_list_parsed_init(&res);
	errno_t rc = hw_res_get_list_parsed(xp->parent, &res, 0);
	if (rc != EOK)
		return rc;

	if (res.mem_ranges.count < 1 || res.irqs.count < 1) {
		ddf_msg(LVL_ERROR, "The device lacks its %s.",
		    res.irqs.count < 1 ? "interrupt" : "memory");
		rc = ENOENT;
		goto out;
	}

	xp->bar = RNGABS(res.mem_ranges.ranges[0]);
	xp->bar_size = RNGSZ(res.mem_ranges.ranges[0]);
	xp->irq = res.irqs.irqs[0];

	/* One page for shared_info, one at least for the grant table */
	if (xp->bar == 0 || xp->bar % PAGE_SIZE != 0 ||
	    xp->bar_size < 2 * PAGE_SIZE) {
		ddf_msg(LVL_ERROR, "The device's memory, %zu bytes at %p, "
		    "cannot be used.", xp->bar_size, (void *) xp->bar);
		rc = EINVAL;
	}
out:
	hw_res_list_parsed_clean(&res);
	return rc;
}

/** Fibril that looks for events that nobody has told of */
static errno_t xp_watchdog(void *arg)
{
	xen_platform_dev_t *xp = arg;

	fibril_mutex_lock(&xp->lock);
	while (!xp->watchdog_stop) {
		if (fibril_condvar_wait_timeout(&xp->watchdog_cv, &xp->lock,
		    WATCHDOG_US) != ETIMEOUT)
			continue;

		fibril_mutex_unlock(&xp->lock);
		xp_look(xp);
		fibril_mutex_lock(&xp->lock);
	}

	xp->watchdog_running = false;
	fibril_condvar_broadcast(&xp->watchdog_cv);
	fibril_mutex_unlock(&xp->lock);
	return EOK;
}

static errno_t xp_watchdog_start(xen_platform_dev_t *xp)
{
	fid_t fid = fibril_create(xp_watchdog, xp);
	if (fid == 0)
		return ENOMEM;

	xp->watchdog_running = true;
	fibril_add_ready(fid);
	return EOK;
}

static void xp_watchdog_stop(xen_platform_dev_t *xp)
{
	fibril_mutex_lock(&xp->lock);
	xp->watchdog_stop = true;
	fibril_condvar_broadcast(&xp->watchdog_cv);
	while (xp->watchdog_running)
		fibril_condvar_wait(&xp->watchdog_cv, &xp->lock);
	fibril_mutex_unlock(&xp->lock);
}

/** Make the function that has xenbus as its child. */
static errno_t xp_fun_create(xen_platform_dev_t *xp)
{
	xp->fun = ddf_fun_create(xp->dev, fun_inner, "xenbus");
	if (xp->fun == NULL)
		return ENOMEM;

	ddf_fun_set_conn_handler(xp->fun, client_connection);
	errno_t rc = ddf_fun_add_match_id(xp->fun, "xen/xenbus", XENBUS_SCORE);
	if (rc == EOK)
		rc = ddf_fun_bind(xp->fun);

	if (rc != EOK) {
		ddf_fun_destroy(xp->fun);
		xp->fun = NULL;
	}

	return rc;
}

/** Add a device. */
static errno_t xp_dev_add(ddf_dev_t *dev)
{
	xen_platform_dev_t *xp = ddf_dev_data_alloc(dev,
	    sizeof(xen_platform_dev_t));
	if (xp == NULL)
		return ENOMEM;

	xp->dev = dev;
	fibril_mutex_initialize(&xp->lock);
	fibril_condvar_initialize(&xp->watchdog_cv);
	list_initialize(&xp->clients);

	unsigned int major;
	unsigned int minor;
	errno_t rc = xen_version(&major, &minor);
	if (rc != EOK) {
		ddf_msg(LVL_ERROR, "The kernel cannot call Xen: %s.",
		    str_error(rc));
		return rc;
	}

	/* First of all: a driver that finds its card may not let go of it. */
	bool has_vif;
	if (store_has("device/vif", &has_vif) == EOK)
		(void) unplug_decide(xp, has_vif);

	rc = xp_get_resources(xp);
	if (rc != EOK)
		return rc;

	rc = xp_share(xp);
	if (rc != EOK)
		return rc;

	rc = xp_watchdog_start(xp);
	if (rc != EOK)
		goto err_share;

	ddf_msg(LVL_NOTE, "Xen %u.%u, %zu grant references, interrupt %d.",
	    major, minor, xp->gnttab.pages * XEN_GRANTS_PER_PAGE, xp->irq);

	rc = xp_fun_create(xp);
	if (rc != EOK) {
		ddf_msg(LVL_ERROR, "xenbus cannot be added: %s.",
		    str_error(rc));
		goto err_watchdog;
	}

	return EOK;

err_watchdog:
	xp_watchdog_stop(xp);
err_share:
	xp_unshare(xp);
	return rc;
}

/** Remove a device. */
static errno_t xp_dev_remove(ddf_dev_t *dev)
{
	xen_platform_dev_t *xp = ddf_dev_data_get(dev);

	errno_t rc = ddf_fun_offline(xp->fun);
	if (rc != EOK)
		return rc;

	rc = ddf_fun_unbind(xp->fun);
	if (rc != EOK)
		return rc;

	ddf_fun_destroy(xp->fun);
	xp->fun = NULL;

	xp_watchdog_stop(xp);
	xp_irq_off(xp);
	clients_drop(xp);
	xp_unshare(xp);
	return EOK;
}

/** Quiesce a device: no more interrupts, nothing granted. */
static errno_t xp_dev_quiesce(ddf_dev_t *dev)
{
	xen_platform_dev_t *xp = ddf_dev_data_get(dev);

	/* Children first: they need events to part from their back ends. */
	errno_t rc = ddf_fun_quiesce(xp->fun);

	xp_irq_off(xp);
	return rc;
}

static errno_t xp_fun_online(ddf_fun_t *fun)
{
	return ddf_fun_online(fun);
}

static errno_t xp_fun_offline(ddf_fun_t *fun)
{
	return ddf_fun_offline(fun);
}

int main(void)
{
	printf(NAME ": HelenOS Xen platform device driver\n");
	ddf_log_init(NAME);
	return ddf_driver_main(&xp_driver);
}

/** @}
 */
