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
 * What Xen shares with this domain: the pages, and the interrupt
 *
 * It is made when the device comes, and made anew by the same code when the
 * domain was suspended: it may be another domain then, perhaps on another host,
 * which has this one's memory and nothing else of it.
 */

#include <as.h>
#include <ddf/interrupt.h>
#include <ddf/log.h>
#include <device/hw_res.h>
#include <fibril.h>
#include <macros.h>
#include <str_error.h>
#include <xen/hypercall.h>

#include "xen-platform.h"

/**
 * HVM_PARAM_CALLBACK_IRQ: the low bits are a line of the interrupt
 * controller (public/hvm/params.h: HVM_PARAM_CALLBACK_TYPE_GSI).
 */
#define CALLBACK_GSI(irq)  ((uint64_t) (irq))

/**
 * How often to try to make anew what Xen shares, and how long to wait in
 * between, in microseconds: what may be wanting is memory
 */
#define SHARE_TRIES     10
#define SHARE_RETRY_US  1000000

/**
 * Guards irq_devs, and the handler runs with it held: once a device is off the
 * list, no handler for it runs or will run, so its memory may go. To be locked
 * before a device's lock.
 */
static FIBRIL_MUTEX_INITIALIZE(irq_lock);

/** Devices whose interrupts are handled, of xen_platform_dev_t */
static LIST_INITIALIZE(irq_devs);

/** Interrupt; unregistering the handler does not wait for one on its way. */
static void xp_interrupt(ipc_call_t *call, void *arg)
{
	fibril_mutex_lock(&irq_lock);
	list_foreach(irq_devs, irq_link, xen_platform_dev_t, xp) {
		if (xp != arg)
			continue;

		fibril_mutex_lock(&xp->lock);
		evtchn_demux(&xp->evtchn);
		fibril_mutex_unlock(&xp->lock);
		break;
	}
	fibril_mutex_unlock(&irq_lock);
}

/** Handle the device's interrupts from now on. */
static void xp_irq_list(xen_platform_dev_t *xp)
{
	fibril_mutex_lock(&irq_lock);
	list_append(&xp->irq_link, &irq_devs);
	fibril_mutex_unlock(&irq_lock);
}

/** Handle the device's interrupts no more.
 *
 * No handler runs after the return, nor does the watchdog touch an event.
 *
 * @return False if they were not handled
 */
static bool xp_irq_unlist(xen_platform_dev_t *xp)
{
	fibril_mutex_lock(&irq_lock);
	bool was_there = link_in_use(&xp->irq_link);
	if (was_there)
		list_remove(&xp->irq_link);
	fibril_mutex_unlock(&irq_lock);
	return was_there;
}

/** Have the kernel call xp_interrupt() for the interrupt.
 *
 * The line follows vcpu_info.evtchn_upcall_pending, which is why the kernel's
 * part clears that byte: the line would be there again at once.
 */
static errno_t subscribe(xen_platform_dev_t *xp)
{
	irq_pio_range_t ranges[] = {
		{
			.base = xp->evtchn.phys,
			.size = 1
		}
	};
	irq_cmd_t cmds[] = {
		{
			.cmd = CMD_PIO_READ_8,
			.addr = (void *) xp->evtchn.phys,
			.dstarg = 1
		}, {
			.cmd = CMD_PREDICATE,
			.value = 2,
			.srcarg = 1
		}, {
			.cmd = CMD_PIO_WRITE_8,
			.addr = (void *) xp->evtchn.phys,
			.value = 0
		}, {
			.cmd = CMD_ACCEPT
		}
	};
	irq_code_t code = {
		.rangecount = 1,
		.ranges = ranges,
		.cmdcount = ARRAY_SIZE(cmds),
		.cmds = cmds
	};

	return register_interrupt_handler(xp->dev, xp->irq, xp_interrupt,
	    xp, &code, &xp->irq_cap);
}

/** Let interrupts come. */
static errno_t xp_irq_on(xen_platform_dev_t *xp)
{
	errno_t rc = subscribe(xp);
	if (rc != EOK) {
		ddf_msg(LVL_ERROR, "Interrupt %d cannot be subscribed to: %s.",
		    xp->irq, str_error(rc));
		return rc;
	}

	rc = hw_res_enable_interrupt(xp->parent, xp->irq);
	if (rc != EOK) {
		ddf_msg(LVL_ERROR, "Interrupt %d cannot be enabled: %s.",
		    xp->irq, str_error(rc));
		goto err_handler;
	}

	/*
	 * Only now may the line rise. This also tells Xen whether the event
	 * bits are those of a 32-bit or a 64-bit guest, so nothing touches
	 * them before.
	 */
	rc = xen_hvm_set_callback_irq(CALLBACK_GSI(xp->irq));
	if (rc != EOK) {
		ddf_msg(LVL_ERROR, "Xen does not take interrupt %d: %s.",
		    xp->irq, str_error(rc));
		goto err_handler;
	}

	evtchn_mask_all(&xp->evtchn);
	xp_irq_list(xp);
	return EOK;

err_handler:
	(void) unregister_interrupt_handler(xp->dev, xp->irq_cap);
	return rc;
}

/** Let no interrupt come any more; no handler runs after the return. */
void xp_irq_off(xen_platform_dev_t *xp)
{
	if (!xp_irq_unlist(xp))
		return;

	/* In this order, or the line would rise with nobody to lower it. */
	(void) xen_hvm_set_callback_irq(0);
	(void) unregister_interrupt_handler(xp->dev, xp->irq_cap);
}

/** Look for events, unless the device's interrupts are not handled. */
void xp_look(xen_platform_dev_t *xp)
{
	fibril_mutex_lock(&irq_lock);
	if (link_in_use(&xp->irq_link)) {
		fibril_mutex_lock(&xp->lock);
		evtchn_look(&xp->evtchn);
		fibril_mutex_unlock(&xp->lock);
	}
	fibril_mutex_unlock(&irq_lock);
}

/** Make what Xen shares with this domain, and let interrupts come.
 *
 * @return EOK or an error code, and nothing is shared
 */
errno_t xp_share(xen_platform_dev_t *xp)
{
	errno_t rc = evtchn_init(&xp->evtchn, xp->bar);
	if (rc != EOK) {
		ddf_msg(LVL_ERROR, "The shared information page cannot be "
		    "mapped: %s.", str_error(rc));
		return rc;
	}

	rc = gnttab_init(&xp->gnttab, xp->bar + PAGE_SIZE,
	    xp->bar_size / PAGE_SIZE - 1);
	if (rc != EOK) {
		ddf_msg(LVL_ERROR, "The grant table cannot be mapped: %s.",
		    str_error(rc));
		goto err_evtchn;
	}

	rc = xp_irq_on(xp);
	if (rc != EOK)
		goto err_gnttab;

	fibril_mutex_lock(&xp->lock);
	xp->shared = true;
	fibril_mutex_unlock(&xp->lock);
	return EOK;

err_gnttab:
	gnttab_fini(&xp->gnttab);
err_evtchn:
	evtchn_fini(&xp->evtchn);
	return rc;
}

/** Give up what Xen shares, which no client may use any more. */
static void xp_unmake(xen_platform_dev_t *xp)
{
	xp_irq_off(xp);
	gnttab_fini(&xp->gnttab);
	evtchn_fini(&xp->evtchn);
}

/** The reverse of xp_share(), unless nothing is shared. */
void xp_unshare(xen_platform_dev_t *xp)
{
	fibril_mutex_lock(&xp->lock);
	bool shared = xp->shared;
	xp->shared = false;
	fibril_mutex_unlock(&xp->lock);

	if (shared)
		xp_unmake(xp);
}

/** Find out whether the domain can be suspended for a client, and if so, let no
 * client use anything of Xen's any more.
 *
 * @return EOK, EPERM if it is not the client to decide, EBUSY if somebody has a
 *         port or a range of the grant table, or EIO
 */
static errno_t xp_begin_suspend(xen_platform_dev_t *xp, client_t *client)
{
	errno_t rc = EOK;

	fibril_mutex_lock(&xp->lock);
	if (xp->gone || !xp->shared)
		rc = EIO;
	else if (client != xp->store_owner)
		rc = EPERM;
	/* Xenstore's own is the one port that there may be. */
	else if (evtchn_usage(&xp->evtchn) > 1 || gnttab_is_lent(&xp->gnttab))
		rc = EBUSY;
	else
		xp->shared = false;
	fibril_mutex_unlock(&xp->lock);

	return rc;
}

/** Make anew what Xen shares; what is wanting may be there a little later. */
static errno_t xp_share_again(xen_platform_dev_t *xp)
{
	errno_t rc = xp_share(xp);

	for (int tries = 1; rc != EOK && tries < SHARE_TRIES; tries++) {
		fibril_usleep(SHARE_RETRY_US);
		rc = xp_share(xp);
	}

	return rc;
}

/** Suspend the domain, and go on when it goes on, in this domain or another.
 *
 * All that clients had is gone then, xenstore's port, too.
 *
 * @param xp     Device
 * @param client Who wants it, the owner of xenstore
 *
 * @return EOK, an error of xp_begin_suspend(), and nothing has happened, or
 *         another error code
 */
errno_t xp_suspend(xen_platform_dev_t *xp, client_t *client)
{
	errno_t rc = xp_begin_suspend(xp, client);
	if (rc != EOK)
		return rc;

	xp_unmake(xp);

	bool here = false;
	rc = xen_suspend(&here);

	/* The device model may be another one as well, with all its NICs. */
	fibril_mutex_lock(&xp->lock);
	unplug_again(xp);
	xp->store_owner = NULL;
	xp->store_port = 0;
	fibril_mutex_unlock(&xp->lock);

	errno_t share_rc = xp_share_again(xp);
	if (rc == EOK && share_rc == EOK) {
		ddf_msg(LVL_NOTE, "The domain was suspended%s.",
		    here ? ", and goes on where it was" : "");
	}

	return share_rc != EOK ? share_rc : rc;
}

/** @}
 */
