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

/** @addtogroup libxen
 * @{
 */
/** @file
 * Client of xen-platform: event channels and grant references
 *
 * xen_platform_open() makes a connection of the driver's own. Whatever was
 * got through it goes back when it is closed, and also when the driver dies.
 *
 * Events come to one handler, in a fibril of the connection, one at a time.
 * An event's port is masked when the handler is called. The handler looks at
 * its rings and then calls xen_evtchn_unmask(), after which the next event can
 * come, so that the number of events that wait is never more than that of the
 * ports. The handler may block, which delays nobody but its own driver.
 */

#ifndef XEN_PLATFORM_H_
#define XEN_PLATFORM_H_

#include <async.h>
#include <errno.h>
#include <ipc/devman.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <xen/grant.h>

/** Connection with xen-platform */
typedef struct xen_platform xen_platform_t;

/** What all clients of xen-platform have of it, for who looks for leaks */
typedef struct {
	/** Event channels, xenstore's among them */
	size_t ports;
	/** Grant references that are handed out, or that another domain did not
	 * let go of when they came back
	 */
	size_t refs;
	/** Entries of the grant table that give access to a page */
	size_t granted;
} xen_platform_usage_t;

/** Called for an event.
 *
 * @param arg  Argument given to xen_platform_open()
 * @param port Port whose event came; masked
 */
typedef void (*xen_event_handler_t)(void *arg, uint32_t port);

extern errno_t xen_platform_open(async_sess_t *, xen_event_handler_t, void *,
    xen_platform_t **);
extern void xen_platform_close(xen_platform_t *);

extern errno_t xen_platform_port_alloc(xen_platform_t *, uint16_t,
    uint32_t *);
extern void xen_platform_port_free(xen_platform_t *, uint32_t);

extern errno_t xen_platform_grants_alloc(xen_platform_t *, uint32_t,
    xen_grants_t *);
extern void xen_platform_grants_free(xen_platform_t *, xen_grants_t *);

extern errno_t xen_platform_store_claim(xen_platform_t *, uint64_t *,
    uint32_t *);
extern errno_t xen_platform_unplug_nics(xen_platform_t *);
extern errno_t xen_platform_suspend(xen_platform_t *);
extern errno_t xen_platform_get_usage(xen_platform_t *,
    xen_platform_usage_t *);

#endif

/** @}
 */
