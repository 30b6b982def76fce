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
 * What xen-platform and its clients say to each other
 *
 * Used by xen/platform.h and by xen-platform; nobody else needs it.
 */

#ifndef XEN_IPC_PLATFORM_H_
#define XEN_IPC_PLATFORM_H_

#include <abi/fourcc.h>
#include <abi/ipc/interfaces.h>
#include <ipc/common.h>

/** Requests to xen-platform; besides them, a callback connection is made. */
typedef enum {
	/** () -> (physical address of the grant table, pages of it) */
	XEN_PLATFORM_GET_INFO = IPC_FIRST_USER_METHOD,
	/** () -> (frame of xenstore's ring, its port), for one client only */
	XEN_PLATFORM_STORE_CLAIM,
	/** (domain) -> (port) */
	XEN_PLATFORM_PORT_ALLOC,
	/** (port) */
	XEN_PLATFORM_PORT_FREE,
	/** (number of references) -> (first reference) */
	XEN_PLATFORM_GRANTS_ALLOC,
	/** (first reference) */
	XEN_PLATFORM_GRANTS_FREE,
	/** () */
	XEN_PLATFORM_UNPLUG_NICS,
	/** () -> (ports, references handed out, entries that grant a page) */
	XEN_PLATFORM_GET_USAGE,
	/** (), of the client that talks to xenstore only */
	XEN_PLATFORM_SUSPEND
} xen_platform_request_t;

/** The callback connection */
#define INTERFACE_XEN_EVENT_CB \
	(FOURCC_COMPACT('x', 'e', 'v', 't') | IFACE_EXCHANGE_ATOMIC | \
	IFACE_MOD_CALLBACK)

/** Messages on the callback connection */
typedef enum {
	/** (port): an event came; the port is masked until unmasked */
	XEN_EVENT = IPC_FIRST_USER_METHOD
} xen_event_msg_t;

#endif

/** @}
 */
