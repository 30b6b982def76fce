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

/** @addtogroup abi_generic
 * @{
 */
/** @file
 * The part of Xen's hypercall interface that SYS_XEN_HYPERCALL passes on.
 *
 * Names and numbers are those of Xen's public headers (xen.h, memory.h,
 * event_channel.h, grant_table.h, hvm/hvm_op.h, hvm/params.h, version.h).
 * Both the kernel, which copies the arguments with exactly these sizes, and
 * its callers use these declarations.
 */

#ifndef _ABI_XEN_H_
#define _ABI_XEN_H_

#include <stdint.h>

/** Hypercall numbers */
enum {
	XEN_HC_MEMORY_OP = 12,
	XEN_HC_XEN_VERSION = 17,
	XEN_HC_GRANT_TABLE_OP = 20,
	XEN_HC_SCHED_OP = 29,
	XEN_HC_EVENT_CHANNEL_OP = 32,
	XEN_HC_HVM_OP = 34,
};

/** The calling domain itself */
#define XEN_DOMID_SELF  UINT16_C(0x7ff0)

/*
 * xen_version
 */

enum {
	/** No argument; the result is major << 16 | minor. */
	XENVER_VERSION = 0,
};

/*
 * memory_op
 */

enum {
	XENMEM_ADD_TO_PHYSMAP = 7,
	XENMEM_REMOVE_FROM_PHYSMAP = 15,
};

/** What XENMEM_ADD_TO_PHYSMAP can show the guest */
enum {
	XENMAPSPACE_SHARED_INFO = 0,
	XENMAPSPACE_GRANT_TABLE = 1,
};

/** Argument of XENMEM_ADD_TO_PHYSMAP */
typedef struct {
	uint16_t domid;
	/** Used by other spaces only: 0 */
	uint16_t size;
	/** XENMAPSPACE_* */
	uint32_t space;
	/** Page of the space */
	unsigned long idx;
	/** Guest frame that is to show it */
	unsigned long gpfn;
} xen_add_to_physmap_t;

/** Argument of XENMEM_REMOVE_FROM_PHYSMAP */
typedef struct {
	uint16_t domid;
	unsigned long gpfn;
} xen_remove_from_physmap_t;

/*
 * event_channel_op
 */

enum {
	EVTCHNOP_CLOSE = 3,
	EVTCHNOP_SEND = 4,
	EVTCHNOP_ALLOC_UNBOUND = 6,
	EVTCHNOP_UNMASK = 9,
};

/** Argument of EVTCHNOP_CLOSE, EVTCHNOP_SEND and EVTCHNOP_UNMASK */
typedef struct {
	uint32_t port;
} xen_evtchn_port_t;

/** Argument of EVTCHNOP_ALLOC_UNBOUND */
typedef struct {
	uint16_t dom;
	/** Domain that may bind to the port */
	uint16_t remote_dom;
	/** Set by Xen: the new port */
	uint32_t port;
} xen_evtchn_alloc_unbound_t;

/*
 * grant_table_op
 */

enum {
	GNTTABOP_QUERY_SIZE = 6,
	GNTTABOP_SET_VERSION = 8,
};

/** Argument of GNTTABOP_QUERY_SIZE */
typedef struct {
	uint16_t dom;
	/** Set by Xen: frames there are */
	uint32_t nr_frames;
	/** Set by Xen: frames there can be */
	uint32_t max_nr_frames;
	/** Set by Xen: GNTST_okay (0) or a negative GNTST_* */
	int16_t status;
} xen_gnttab_query_size_t;

/** Argument of GNTTABOP_SET_VERSION */
typedef struct {
	/** In: the wanted version; out: the one in force */
	uint32_t version;
} xen_gnttab_set_version_t;

/*
 * sched_op
 */

enum {
	SCHEDOP_SHUTDOWN = 2,
};

/** Reasons of SCHEDOP_SHUTDOWN */
enum {
	SHUTDOWN_POWEROFF = 0,
	SHUTDOWN_REBOOT = 1,
	/** The call returns when the domain goes on, here or elsewhere. */
	SHUTDOWN_SUSPEND = 2,
};

/** Argument of SCHEDOP_SHUTDOWN */
typedef struct {
	/** SHUTDOWN_* */
	uint32_t reason;
} xen_sched_shutdown_t;

/*
 * hvm_op
 */

enum {
	HVMOP_SET_PARAM = 0,
	HVMOP_GET_PARAM = 1,
};

enum {
	HVM_PARAM_CALLBACK_IRQ = 0,
	HVM_PARAM_STORE_PFN = 1,
	HVM_PARAM_STORE_EVTCHN = 2,
};

/** Argument of HVMOP_SET_PARAM and HVMOP_GET_PARAM */
typedef struct {
	uint16_t domid;
	uint16_t pad;
	/** HVM_PARAM_* */
	uint32_t index;
	uint64_t value;
} xen_hvm_param_t;

#endif

/** @}
 */
