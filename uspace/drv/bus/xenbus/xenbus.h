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
 */

#ifndef XENBUS_DRV_H_
#define XENBUS_DRV_H_

#include <adt/list.h>
#include <async.h>
#include <ddf/driver.h>
#include <errno.h>
#include <fibril_synch.h>
#include <stdbool.h>
#include <stdint.h>
#include <xen/platform.h>
#include <xen/xenbus.h>

#include "xs.h"

#define NAME  "xenbus"

/** Longest key that a driver may read or write, in bytes */
#define KEY_MAX  256

/** Room for the path of a front end's directory, relative to the domain's */
#define CHILD_PATH_SIZE  128

/** Room for the path of a back end's directory, with keys in it */
#define CHILD_BACKEND_SIZE  (XS_ABS_PATH_MAX - KEY_MAX)

/** Room for the value of another key that makes a device what it is */
#define CHILD_KEY_SIZE  32

typedef struct xenbus xenbus_t;

/** What the host can ask for */
typedef enum {
	CONTROL_NOTHING,
	CONTROL_POWEROFF,
	CONTROL_REBOOT,
	CONTROL_SUSPEND
} control_order_t;

/** What the host asks of the whole system */
typedef struct {
	xenbus_t *bus;
	xs_t *xs;
	/** Watch of control/shutdown */
	xs_watch_t watch;
	/** The watch is set. */
	bool watching;
	/** Guards the flags */
	fibril_mutex_t lock;
	/** Signals the flags */
	fibril_condvar_t cv;
	/** What is under way */
	control_order_t order;
	/** HelenOS has shut down as far as it does, or has failed to. */
	bool done;
	bool failed;
} control_t;

/** The bus */
struct xenbus {
	ddf_dev_t *dev;
	/** Connection with xen-platform; owned */
	xen_platform_t *platform;
	xs_t xs;
	/** Watch of all devices */
	xs_watch_t device_watch;
	control_t control;

	/** Guards everything below */
	fibril_mutex_t lock;
	/** Signals the flags */
	fibril_condvar_t cv;
	/** Devices, of child_t; changed by the bus fibril only */
	list_t children;
	/** Devices may have come or gone. */
	bool changed;
	/** Xenstore has told so. */
	bool told;
	/** The system is being suspended. */
	bool suspending;
	/** The bus fibril is to end. */
	bool stopping;
	/** The bus fibril has ended. */
	bool stopped;
	/** The devices are looked at because xenstore told of a change: what
	 * is the matter with them is not known yet. Used by the bus fibril
	 * only.
	 */
	bool loud;
	/** All devices were looked at once. Used by the bus fibril only. */
	bool started;
};

/** Connection of a driver; lives as long as the connection */
typedef struct {
	/** Link to child_t.clients */
	link_t link;
	/** Callback session, or NULL; owned */
	async_sess_t *events;
	/** The driver shares nothing, and waits until the system goes on. */
	bool suspended;
} child_client_t;

/** A device; lives as long as its function
 *
 * That is as long as the last driver is connected with it, so what a
 * connection needs is in it, and not elsewhere.
 */
typedef struct {
	/** Link to xenbus_t.children */
	link_t link;
	xenbus_t *bus;
	ddf_fun_t *fun;
	/** Front end's directory */
	char path[CHILD_PATH_SIZE];

	/* What makes it this device and no other, as xenstore has it */

	/** Back end's directory */
	char backend[CHILD_BACKEND_SIZE];
	/** Back end's domain */
	char backend_id[CHILD_KEY_SIZE];
	/** Address, empty if there is none */
	char mac[CHILD_KEY_SIZE];

	/** Back end's domain */
	uint16_t domid;
	/** Watch of the back end's directory */
	xs_watch_t watch;
	/** The device was found the last time the bus looked. */
	bool found;

	/** Held for writing while what makes it this device is changed, and for
	 * reading by those who use it in another fibril than the bus's
	 */
	fibril_rwlock_t id_lock;

	/** Guards all that follows */
	fibril_mutex_t lock;
	/** Signals a change of it */
	fibril_condvar_t cv;
	/** The system is suspended, or is to be. */
	bool suspended;
	/** Connections of drivers, of child_client_t; each is owned by its
	 * fibril.
	 */
	list_t clients;
} child_t;

extern errno_t child_create(xenbus_t *, const char *, const char *, child_t **);
extern errno_t child_check(child_t *, uint32_t);
extern void child_client_tell(child_client_t *, xenbus_state_t, bool);
extern errno_t child_watch(child_t *);
extern errno_t child_renew(child_t *);
extern void child_destroy(child_t *);
extern void child_connection(ipc_call_t *, void *);

extern void xenbus_freeze(xenbus_t *);
extern errno_t xenbus_thaw(xenbus_t *);

extern errno_t xenbus_suspend(xenbus_t *);
extern void child_suspended(child_t *, child_client_t *, ipc_call_t *);

extern errno_t control_init(control_t *, xenbus_t *);
extern void control_announce(control_t *);
extern void control_fini(control_t *);

#endif

/** @}
 */
