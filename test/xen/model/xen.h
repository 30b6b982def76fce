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

/** @file
 * A model of Xen for the drivers: hypervisor, xenstored and a network back end
 *
 * All of it runs in the caller's thread: a hypercall that sends an event makes
 * the model look at its rings at once. One lock guards it. What a driver must
 * not do ends the program by model_violation().
 */

#ifndef MODEL_XEN_H_
#define MODEL_XEN_H_

#include <async.h>
#include <errno.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <xen/grant.h>
#include <xen/netif.h>
#include <xen/ring.h>
#include <xen/xs_wire.h>

#define MODEL_IRQ          11
/** Ports of some words; those that a guest gets are not in the word of
 * xenstore's */
#define MODEL_PORTS        256
#define MODEL_FIRST_PORT   64
#define MODEL_STORE_PORT   1
#define MODEL_STRAY_PORT   30
#define MODEL_GNTTAB_PAGES 4
#define MODEL_GRANTS       (MODEL_GNTTAB_PAGES * XEN_GRANTS_PER_PAGE)

/** Touches memory that is shared with the guest, as another domain does: the
 * order is the protocol's matter, and no lock can be shared. */
#define MODEL_SHARED  __attribute__((no_sanitize("thread")))

extern void model_violation(const char *, ...)
    __attribute__((format(printf, 1, 2), noreturn));

/* xen.c, events.c, grants.c, unplug.c: the machine */
extern async_sess_t *model_xen_start(void);
extern void model_xen_stop(void);
extern void model_lock(void);
extern void model_unlock(void);
extern void model_event(uint32_t);
extern bool model_port_is_open(uint32_t);
extern unsigned int model_open_ports(void);
/** From now on the channels have an event whenever they may. */
extern void model_be_busy(void);
/** Open a port that no driver knows of, and unmask it. */
extern void model_open_stray_port(void);
extern bool model_stray_port_is_masked(void);
/** All ports have an event, be they open or not, and the line rises; does
 * a handler hear of it? */
extern bool model_event_everywhere(void);
/** A word of the page that Xen shares with the guest */
typedef enum {
	/** Whether there is anything, a byte, and what stands behind it */
	MODEL_UPCALL,
	/** Which words have something pending */
	MODEL_SELECTOR,
	/* One of many */
	MODEL_PENDING,
	MODEL_MASK
} model_word_t;
/** The n-th word of a kind has this value, whatever is true. */
extern void model_scribble(model_word_t, unsigned int, uint64_t);
/** From now on the page is right: each port is unmasked and has an event. */
extern void model_calm_events(void);
/** The interrupt line does not work. */
extern void model_lose_interrupts(bool);
/** So many more events to a network back end are lost. */
extern unsigned int model_lost_sends;
/** The announcement of what is pending now is lost: what the guest took of it
 * goes nowhere. */
extern void model_lose_announcement(void);
/** Have an entry of the grant table give the guest's page to the back end,
 * which uses it or not, before any driver is there. */
extern void model_leave_grant(uint32_t, bool);
/** It is as it was left. */
extern bool model_grant_is_left(uint32_t);
extern unsigned int model_grants_in_use(void);
extern uint64_t model_callback_irq(void);
extern unsigned int model_unplugs(void);
/** What the device model has of the unplug protocol */
typedef enum {
	UNPLUG_WHOLE,
	/** Version 0, which asks for no product */
	UNPLUG_OLD,
	/** It does not like the product. */
	UNPLUG_REFUSED,
	/** There is no such device model. */
	UNPLUG_NONE
} model_unplug_t;
extern model_unplug_t model_unplug;
/** The line rises, be there an event or not. */
extern void model_interrupt(void);
extern unsigned int model_shutdowns(unsigned int);
/** What becomes of a domain that is suspended */
typedef enum {
	/** It is saved and restored: another domain, with the same memory */
	SUSPEND_RESTORED,
	/** It goes on where it was, and is not told so. */
	SUSPEND_RESUMED,
	/** It goes on where it was, and is told so. */
	SUSPEND_CANCELLED,
	/** Xen does not do it. */
	SUSPEND_FAILS
} model_suspend_t;
extern model_suspend_t model_suspend;
/** Port of xenstore now */
extern uint32_t model_store_port;
extern void model_gref_use(uint32_t, bool);
extern void model_before_free(void *, uint64_t, size_t);
extern uint64_t model_gref_phys(uint32_t, bool);
extern bool model_gref_is_given(uint32_t);
extern bool model_gref_is_readonly(uint32_t);
/** The hypercall of this number from now on fails; 0: none does */
extern void model_fail_hypercall(unsigned int);
/** It has. */
extern bool model_hypercall_failed(void);

/* store.c, store_ring.c: xenstored; called with the lock held */
extern xs_interface_t model_store;
extern void store_reset(void);
extern void store_restore(void);
extern bool store_is_asked(void);
extern void store_kick(void);
extern void store_set(const char *, const char *);
extern const char *store_get(const char *);
extern void store_remove(const char *);
extern unsigned int store_watches(void);
extern bool store_in_transaction(void);
/** So many transactions from now on meet a conflict. */
extern unsigned int store_conflicts;
/** The device goes as soon as something of it was read. */
extern bool store_detaches;
/** What xenstored answers to the next requests: not the truth */
extern bool store_is_mad;

/** A key that has another value than the one that is written */
typedef struct {
	/** Path, NULL for none */
	const char *path;
	/** Value, NULL for none at all */
	const char *value;
	size_t len;
} store_override_t;
extern store_override_t store_override;

/** Requests that are refused */
typedef struct {
	/** Type of the request */
	uint32_t type;
	/** Path, of the node or of one above it */
	const char *path;
	/** Name of the error */
	const char *error;
	/** How many from now on; tests look at it without the lock */
	atomic_uint count;
} store_refusal_t;
extern store_refusal_t store_refusal;

/** A node that has another value as soon as it was read, once */
typedef struct {
	/** Path, NULL for none */
	const char *path;
	const char *value;
} store_echo_t;
extern store_echo_t store_echo;

/** Called when a node is about to be read */
typedef struct {
	/** Path, NULL for none */
	const char *path;
	void (*fn)(void);
	/** How often */
	unsigned int count;
} store_hook_t;
extern store_hook_t store_hook;

/** Names of a directory that fit into an answer, in bytes; 0: all do */
extern size_t store_part_size;
/** So many times from now on something changes between two parts. */
extern unsigned int store_part_changes;
extern void store_part(void);
extern bool store_is_untouched(void);
extern void store_connect(void);

/** So many watch events from now on are lost. */
extern unsigned int store_lost_events;

/** What becomes of the messages of a type */
typedef enum {
	SPOIL_NOT,
	SPOIL_TYPE,
	SPOIL_ID,
	SPOIL_TWICE,
	SPOIL_EMPTY,
	SPOIL_BINARY,
	SPOIL_LONG,
	SPOIL_TOO_LONG,
	SPOIL_ERROR,
	SPOIL_SILENT,
	/** Nothing behind the first zero */
	SPOIL_FIRST
} store_spoil_how_t;
typedef struct {
	uint32_t type;
	store_spoil_how_t how;
} store_spoil_t;
extern store_spoil_t store_spoil;
/** Messages that were spoiled, all ever, and of them those that SPOIL_SILENT
 * kept back */
extern atomic_uint store_spoiled;
extern atomic_uint store_silences;
extern bool store_is_read(void);
extern void store_skew(uint32_t, uint32_t);
extern void store_inject(uint32_t, uint32_t, const void *, size_t, uint32_t);

/* netback.c: the back end */
extern void netback_reset(void);
extern void netback_plug(bool);
extern void netback_unplug(void);
/** Take the device away with force, be the front end ready or not. */
extern void netback_destroy(void);
/** Take the device away with force, and put another one in its place before the
 * guest can look. */
extern void netback_replace(uint16_t, const char *, bool);
/** Domain of the back end */
extern uint16_t netback_domid;
/** Say what the front end announces to the back end only when it is asked for.
 */
extern bool netback_is_late;
extern void netback_act(void);
/** States that the front end announced since a device was put there, a bit for
 * each */
extern atomic_uint netback_announced;
/** Lie in the receive ring and begin to close at once. */
extern void netback_lie_and_close(void);
extern void netback_detach(void);
extern void netback_restart(void);
extern void netback_rebind(void);
extern void netback_restart_as(bool);
extern void netback_frontend_state(unsigned int);
extern void netback_kick(uint32_t);
extern bool netback_is_connected(void);
extern unsigned int netback_connects(void);
extern bool netback_receive(const void *, size_t);
extern bool netback_respond_rx(const xen_netif_rx_response_t *);
extern void netback_respond_rx_all(const xen_netif_rx_response_t *, size_t);
/** Write into the receive buffer of a request that was taken. */
extern void netback_fill(uint16_t, size_t, const void *, size_t);
/** Send events on both channels for no reason. */
extern void netback_event(void);
extern bool netback_respond_tx(uint16_t, int16_t);
extern void netback_try_respond_rx(const xen_netif_rx_response_t *);
extern void netback_try_respond_tx(uint16_t, int16_t);
extern void netback_try_prod(bool, uint32_t);
extern void netback_try_scribble(unsigned int, uint32_t);
extern void netback_set_rx_prod(uint32_t);
extern void netback_set_tx_prod(uint32_t);
extern uint16_t netback_take_rx_id(void);
extern uint16_t netback_take_tx_id(void);
extern void netback_scribble(unsigned int, uint32_t);
extern void netback_look(void);
extern size_t netback_sent(void);
extern size_t netback_sent_frame(size_t, uint8_t *);
/** What the back end does when the front end announces a state, in place of
 * what it should do */
typedef struct {
	/** State that the front end announces, 0: nothing special is done */
	unsigned int at;
	/** Back end's state from then on, NULL: its directory is removed */
	const char *state;
} netback_mood_t;
extern netback_mood_t netback_mood;
/** Do that now. */
extern void netback_do(const char *);
/** The host asks for a suspend when the front end announces this state; 0: it
 * does not. */
extern unsigned int netback_suspends_at;
/** What the device is after a restore */
typedef struct {
	uint16_t domid;
	const char *mac;
	bool split;
} netback_next_t;
extern netback_next_t netback_next;
extern void netback_restore(void);
/** Begin anew, as a back end whose driver was loaded again. */
extern void netback_return(bool);
/** Multicast control that it offers */
typedef enum {
	MCAST_NONE,
	/** Sampled when it connects */
	MCAST_STATIC,
	/** Sampled at any time */
	MCAST_DYNAMIC
} netback_mcast_t;
extern netback_mcast_t netback_mcast;
/** Addresses that fit into its list */
extern unsigned int netback_mcast_max;
/** Figures of it */
typedef struct {
	/** Addresses in its list; how many were ever put in, taken out */
	unsigned int count;
	unsigned int added;
	unsigned int removed;
	unsigned int refused;
	/** Frames that were dropped */
	unsigned int dropped;
	/** It is to filter. */
	bool on;
} netback_mcast_stats_t;
extern netback_mcast_stats_t netback_mcast_stats(void);
extern bool netback_mcast_has(const uint8_t *);

/** Take frames and do not answer. */
extern atomic_bool netback_is_stalled;
/** Close, rather than end the program, if what a front end published is not
 * all there. */
extern bool netback_forgives;
/** Keep a grip on this many receive buffers when the rings are let go. */
extern unsigned int netback_keeps;
extern void netback_release_kept(void);

#endif
