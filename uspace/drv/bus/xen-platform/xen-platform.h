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
 * Xen platform device
 *
 * The driver has one concept a file: event channels (evtchn.c), the grant
 * table (gnttab.c), the unplug protocol (unplug.c), where xenstore is
 * (store.c), all that Xen shares (shared.c), the connections of other drivers
 * (client.c), and the device that has them all (xen-platform.c).
 */

#ifndef XEN_PLATFORM_DRV_H_
#define XEN_PLATFORM_DRV_H_

#include <adt/list.h>
#include <async.h>
#include <ddf/driver.h>
#include <errno.h>
#include <fibril_synch.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <xen/grant.h>

#define NAME  "xen-platform"

/** Connection of another driver; lives as long as the connection. */
typedef struct {
	/** Link to xen_platform_dev_t.clients */
	link_t link;
	/** Callback session for events, or NULL; owned */
	async_sess_t *events;
} client_t;

/** An event channel */
typedef struct {
	/** Owner, or NULL */
	client_t *owner;
	/** An event was passed on to the owner, which, as far as is known, has
	 * not unmasked the port since.
	 */
	bool told;
} evtchn_port_t;

/** Event channels of this domain */
typedef struct {
	/** Physical address of the shared information page */
	uintptr_t phys;
	/** The page, shared with Xen, or NULL */
	volatile uint8_t *shared_info;
	/** All that there can be, by number; owned */
	evtchn_port_t *ports;
	/** Events that came for a port without an owner */
	unsigned int stray;
} evtchn_t;

/** The grant table of this domain */
typedef struct {
	/** Physical address of the first page */
	uintptr_t phys;
	/** Number of pages */
	size_t pages;
	/** The table, shared with Xen, or NULL */
	volatile xen_grant_entry_t *table;
	/** Ranges handed out, by reference, of gnttab_range_t; owned */
	list_t ranges;
} gnttab_t;

/** What becomes of the emulated NICs */
typedef enum {
	/** Xenstore has not told yet whether they have a paravirtual twin. */
	UNPLUG_UNDECIDED,
	/** They stay: there was no paravirtual NIC when the system started. */
	UNPLUG_STAY,
	/** They are gone. */
	UNPLUG_GONE
} unplug_t;

/** Xen platform device */
typedef struct {
	ddf_dev_t *dev;
	/** Session with the bus, which is the DDF's */
	async_sess_t *parent;
	/** Function whose child is xenbus, or NULL */
	ddf_fun_t *fun;
	/** Physical address and size of BAR 1 in bytes */
	uintptr_t bar;
	size_t bar_size;
	int irq;
	cap_irq_handle_t irq_cap;
	/** Link to the devices whose interrupts are handled */
	link_t irq_link;

	/**
	 * Guards everything below. Held for a short time only, and across no
	 * request that waits for another task.
	 */
	fibril_mutex_t lock;
	/** The device is removed: clients have nothing any more. */
	bool gone;
	/** There is an evtchn and a gnttab: not while the domain is suspended,
	 * nor later if they cannot be made anew.
	 */
	bool shared;
	/** Signals the flags of the watchdog */
	fibril_condvar_t watchdog_cv;
	bool watchdog_running;
	bool watchdog_stop;
	/** Connections, of client_t; each is owned by its fibril. */
	list_t clients;
	evtchn_t evtchn;
	gnttab_t gnttab;
	/** Who talks to xenstore, or NULL */
	client_t *store_owner;
	/** Port of xenstore's event channel, 0 until somebody claims it */
	uint32_t store_port;
	/** What becomes of the emulated NICs, until a reboot */
	unplug_t nics;
} xen_platform_dev_t;

extern errno_t evtchn_init(evtchn_t *, uintptr_t);
extern void evtchn_fini(evtchn_t *);
extern void evtchn_mask_all(evtchn_t *);
extern void evtchn_demux(evtchn_t *);
extern void evtchn_look(evtchn_t *);
extern errno_t evtchn_port_alloc(evtchn_t *, client_t *, uint16_t,
    uint32_t *);
extern errno_t evtchn_port_claim(evtchn_t *, client_t *, uint64_t);
extern errno_t evtchn_port_free(evtchn_t *, client_t *, uint64_t);
extern void evtchn_client_gone(evtchn_t *, client_t *, uint32_t);
extern size_t evtchn_usage(evtchn_t *);

extern errno_t gnttab_init(gnttab_t *, uintptr_t, size_t);
extern void gnttab_fini(gnttab_t *);
extern errno_t gnttab_range_alloc(gnttab_t *, client_t *, size_t,
    uint32_t *);
extern errno_t gnttab_range_free(gnttab_t *, client_t *, uint64_t);
extern void gnttab_client_gone(gnttab_t *, client_t *);
extern bool gnttab_is_lent(gnttab_t *);
extern void gnttab_usage(gnttab_t *, size_t *, size_t *);

extern errno_t store_find(uint64_t *, uint64_t *);
extern errno_t store_has(const char *, bool *);

extern errno_t unplug_decide(xen_platform_dev_t *, bool);
extern void unplug_again(xen_platform_dev_t *);

extern void xp_irq_off(xen_platform_dev_t *);
extern void xp_look(xen_platform_dev_t *);
extern errno_t xp_share(xen_platform_dev_t *);
extern void xp_unshare(xen_platform_dev_t *);
extern errno_t xp_suspend(xen_platform_dev_t *, client_t *);

extern void client_connection(ipc_call_t *, void *);
extern void clients_drop(xen_platform_dev_t *);

#endif

/** @}
 */
