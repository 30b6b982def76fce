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
 * What xenbus and the front ends say to each other
 *
 * Used by xen/xenbus.h and by xenbus; nobody else needs it.
 */

#ifndef XEN_IPC_XENBUS_H_
#define XEN_IPC_XENBUS_H_

#include <abi/fourcc.h>
#include <abi/ipc/interfaces.h>
#include <ipc/common.h>

/** Longest block of keys and values of XENBUS_PUBLISH in bytes */
#define XENBUS_PUBLISH_MAX  4096

/** Requests to xenbus; besides them, a callback connection is made. */
typedef enum {
	/** () -> (devman handle to connect to xen-platform with, domain of the
	 * back end)
	 */
	XENBUS_GET_INFO = IPC_FIRST_USER_METHOD,
	/** (directory), data write of the key, data read of the value;
	 * -> (size of the value)
	 */
	XENBUS_READ,
	/** (), data write of keys and values, each with a zero at its end */
	XENBUS_PUBLISH,
	/** (state) */
	XENBUS_SET_STATE,
	/** () -> (domain of the back end), answered when the system goes on;
	 * until then the driver shares nothing
	 */
	XENBUS_SUSPENDED
} xenbus_request_t;

/** The callback connection */
#define INTERFACE_XENBUS_CB \
	(FOURCC_COMPACT('x', 'b', 'u', 's') | IFACE_EXCHANGE_ATOMIC | \
	IFACE_MOD_CALLBACK)

/** Messages on the callback connection */
typedef enum {
	/** (state of the back end, nonzero if it is to stay); or
	 * (XENBUS_STATE_SUSPEND, 0): XENBUS_SUSPENDED is to be asked for
	 */
	XENBUS_BACKEND_CHANGED = IPC_FIRST_USER_METHOD
} xenbus_msg_t;

#endif

/** @}
 */
