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
 * The state machine of a front end
 *
 * Written once, for all front ends. It runs in a fibril of its own, which
 * alone calls the operations, one at a time and in this order: connect, any
 * number of link and update, quiesce, disconnect; then connect again, if the
 * back end comes back. Operations may wait.
 *
 * The order of calls: xen_frontend_start() once the driver can be connected,
 * xen_frontend_stop() before the device goes away.
 */

#ifndef XEN_FRONTEND_H_
#define XEN_FRONTEND_H_

#include <ddf/driver.h>
#include <errno.h>
#include <stdbool.h>
#include <xen/xenbus.h>

/** Front end */
typedef struct xen_frontend xen_frontend_t;

/** What a driver does; each gets the argument of xen_frontend_start(). */
typedef struct {
	/** The back end has announced what it offers: make rings and publish
	 * them. On error everything is undone and disconnect is not called.
	 */
	errno_t (*connect)(void *, xenbus_dev_t *);
	/** The back end does its work, or no longer does. */
	void (*link)(void *, bool);
	/** Called some time after xen_frontend_update(), while the front end is
	 * connected; may be NULL.
	 */
	void (*update)(void *, xenbus_dev_t *);
	/** The hand-shake ends: use the rings no more. The back end still may
	 * use them.
	 */
	void (*quiesce)(void *);
	/** The back end has let go of the rings, or will not answer: undo what
	 * connect did.
	 */
	void (*disconnect)(void *);
} xen_frontend_ops_t;

extern errno_t xen_frontend_start(ddf_dev_t *, const xen_frontend_ops_t *,
    void *, xen_frontend_t **);
extern void xen_frontend_update(xen_frontend_t *);
extern bool xen_frontend_has_news(xen_frontend_t *);
extern void xen_frontend_fail(xen_frontend_t *);
extern void xen_frontend_stop(xen_frontend_t *);

#endif

/** @}
 */
