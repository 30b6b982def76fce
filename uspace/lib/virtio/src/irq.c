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

/** @addtogroup libvirtio
 * @{
 */
/**
 * @file
 * @brief Interrupts of virtio devices (4.1.4.5)
 */

#include <ddf/interrupt.h>
#include <ddf/log.h>
#include <ddi.h>
#include <device/hw_res.h>
#include <errno.h>
#include <fibril.h>
#include <fibril_synch.h>
#include <macros.h>
#include <stdatomic.h>
#include <str_error.h>
#include "../private/transport.h"

/** How often the watchdog looks at a device */
#define WATCHDOG_MS	1000

/** How often, and how many times, once it found that an interrupt was lost:
 * where one was, more will be
 */
#define QUICK_MS	10
#define QUICK_LOOKS	200

/**
 * Guards irq_list, and every callback runs with it held: once a device is off
 * the list, no callback for it runs or will run.
 */
static FIBRIL_MUTEX_INITIALIZE(irq_lock);

/** Devices whose interrupts are wanted */
static LIST_INITIALIZE(irq_list);

/** Wakes the watchdog, and who waits for its end */
static FIBRIL_CONDVAR_INITIALIZE(watchdog_cv);

/** Guarded by irq_lock */
static bool watchdog_runs;

/** Tell the driver. The lock is held. */
static void call_back(virtio_dev_t *vdev, uint8_t isr)
{
	vdev->irq_cb(vdev->irq_arg, (isr & VIRTIO_ISR_QUEUE) != 0,
	    (isr & VIRTIO_ISR_CONFIG) != 0);
}

/** An interrupt tells that interrupts come. The lock is held. */
static void saw_interrupt(virtio_dev_t *vdev)
{
	vdev->irq_seen = true;
	vdev->irq_blind = false;
}

/** Interrupt: the top half has read the ISR, its value is the argument. */
static void irq_handler(ipc_call_t *icall, void *arg)
{
	uint8_t isr = ipc_get_arg1(icall);

	fibril_mutex_lock(&irq_lock);
	list_foreach(irq_list, irq_link, virtio_dev_t, vdev) {
		if (vdev == arg) {
			saw_interrupt(vdev);
			call_back(vdev, isr);
			break;
		}
	}
	fibril_mutex_unlock(&irq_lock);
}

/** Look at a device whose interrupt may have been lost. The lock is held.
 *
 * @return Milliseconds until the next look
 */
static unsigned int look(virtio_dev_t *vdev)
{
	uint8_t isr = pio_read_8(vdev->window[VIRTIO_PCI_CAP_ISR].regs);
	bool missed = atomic_exchange(&vdev->irq_missed, false);

	if (isr == UINT8_MAX) {
		/* The device is gone, and its driver is to find out. */
		vdev->irq_looks = 0;
		call_back(vdev, isr);
	} else if (isr != 0) {
		saw_interrupt(vdev);
		vdev->irq_looks = QUICK_LOOKS;
		call_back(vdev, isr);
	} else if (vdev->irq_looks > 0) {
		vdev->irq_looks--;
	} else if (missed && !vdev->irq_seen && !vdev->irq_blind) {
		vdev->irq_blind = true;
		ddf_msg(LVL_WARN, "%s: no interrupt comes; it is looked at "
		    "every %d ms", vdev->name, QUICK_MS);
	}

	/* One that shows no interrupts may have something at any time */
	if (vdev->irq_blind)
		call_back(vdev, VIRTIO_ISR_QUEUE);

	return vdev->irq_looks > 0 || vdev->irq_blind ? QUICK_MS :
	    WATCHDOG_MS;
}

/** Make up for interrupts that their lines lost; ends with the last device.
 *
 * HelenOS triggers lines by their edges. A line that several devices share
 * shows no edge while one of them holds it, and this one holds it until its
 * ISR is read (4.1.4.5), which only an interrupt would do.
 */
static errno_t watchdog(void *arg)
{
	fibril_mutex_lock(&irq_lock);
	while (!list_empty(&irq_list)) {
		unsigned int nap = WATCHDOG_MS;

		list_foreach(irq_list, irq_link, virtio_dev_t, vdev)
			nap = min(nap, look(vdev));
		(void) fibril_condvar_wait_timeout(&watchdog_cv, &irq_lock,
		    MSEC2USEC(nap));
	}

	watchdog_runs = false;
	fibril_condvar_broadcast(&watchdog_cv);
	fibril_mutex_unlock(&irq_lock);
	return EOK;
}

/** Put a device on the list, with the watchdog over it. */
static errno_t list_add(virtio_dev_t *vdev)
{
	errno_t rc = EOK;

	fibril_mutex_lock(&irq_lock);
	list_append(&vdev->irq_link, &irq_list);
	if (!watchdog_runs) {
		fid_t fid = fibril_create(watchdog, NULL);
		if (fid != 0) {
			watchdog_runs = true;
			fibril_add_ready(fid);
		} else {
			list_remove(&vdev->irq_link);
			rc = ENOMEM;
		}
	}
	fibril_mutex_unlock(&irq_lock);
	return rc;
}

/** Take a device off the list, if it is there; was it?
 *
 * The watchdog goes with the last one, and does not outlive the call.
 */
static bool list_drop(virtio_dev_t *vdev)
{
	fibril_mutex_lock(&irq_lock);
	bool was_there = link_in_use(&vdev->irq_link);
	if (was_there)
		list_remove(&vdev->irq_link);
	fibril_condvar_broadcast(&watchdog_cv);
	while (watchdog_runs && list_empty(&irq_list))
		fibril_condvar_wait(&watchdog_cv, &irq_lock);
	fibril_mutex_unlock(&irq_lock);
	return was_there;
}

/** Have the kernel call irq_handler() for the device's interrupt. */
static errno_t subscribe(virtio_dev_t *vdev)
{
	virtio_window_t *isr = &vdev->window[VIRTIO_PCI_CAP_ISR];
	irq_pio_range_t range = {
		.base = isr->phys,
		.size = 1
	};

	/*
	 * 4.1.4.5: reading the ISR deasserts the line, which must be done
	 * before the interrupt controller is told that the interrupt is over.
	 * The line may be shared: 0 means that another device raised it.
	 */
	irq_cmd_t cmds[] = {
		{
			.cmd = CMD_PIO_READ_8,
			.addr = (void *) isr->phys,
			.dstarg = 1
		},
		{
			.cmd = CMD_PREDICATE,
			.value = 1,
			.srcarg = 1
		},
		{
			.cmd = CMD_ACCEPT
		},
		{
			.cmd = CMD_DECLINE
		}
	};
	irq_code_t code = {
		.rangecount = 1,
		.ranges = &range,
		.cmdcount = ARRAY_SIZE(cmds),
		.cmds = cmds
	};

	return register_interrupt_handler(vdev->ddf_dev, vdev->irq,
	    irq_handler, vdev, &code, &vdev->irq_handle);
}

/** Subscribe to the device's interrupt.
 *
 * A slow watchdog makes up for interrupts that the line loses, by the same
 * callback.
 *
 * @param vdev Device
 * @param cb   Called for each interrupt
 * @param arg  Argument for it
 *
 * @return EOK on success, ENOENT if the device has no interrupt line (the
 *         driver can poll), or another error code
 */
errno_t virtio_irq_enable(virtio_dev_t *vdev, virtio_irq_cb_t cb, void *arg)
{
	if (vdev->irq < 0)
		return ENOENT;

	vdev->irq_cb = cb;
	vdev->irq_arg = arg;
	vdev->irq_looks = 0;
	vdev->irq_seen = false;
	vdev->irq_blind = false;
	atomic_store(&vdev->irq_missed, false);
	errno_t rc = list_add(vdev);
	if (rc != EOK)
		return rc;

	rc = subscribe(vdev);
	if (rc != EOK)
		goto err_list;

	rc = hw_res_enable_interrupt(vdev->parent, vdev->irq);
	if (rc != EOK)
		goto err_handler;

	return EOK;

err_handler:
	(void) unregister_interrupt_handler(vdev->ddf_dev, vdev->irq_handle);
err_list:
	(void) list_drop(vdev);
	ddf_msg(LVL_ERROR, "%s: cannot use interrupt %d: %s", vdev->name,
	    vdev->irq, str_error(rc));
	return rc;
}

/** Tell that there were used buffers for which no interrupt came.
 *
 * A device that has never shown one, neither by its line nor by its ISR, is
 * from then on looked at as often as one without a line. The driver calls this
 * when it looked by itself; whatever locks it holds.
 */
void virtio_irq_missed(virtio_dev_t *vdev)
{
	atomic_store(&vdev->irq_missed, true);
}

/** Give the interrupt up; nothing happens if it is not subscribed.
 *
 * No callback runs after the return. Never call it with a lock held that the
 * callback takes. The line itself stays enabled: it may be shared.
 */
void virtio_irq_disable(virtio_dev_t *vdev)
{
	if (list_drop(vdev)) {
		(void) unregister_interrupt_handler(vdev->ddf_dev,
		    vdev->irq_handle);
	}
}

/** @}
 */
