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
 * Hypercalls
 */

#include <as.h>
#include <libc.h>
#include <xen/hypercall.h>

/** Xen's error numbers (public/errno.h) that the allowed operations return */
enum {
	XEN_EPERM = 1,
	XEN_ENOENT = 2,
	XEN_EIO = 5,
	XEN_EAGAIN = 11,
	XEN_ENOMEM = 12,
	XEN_EACCES = 13,
	XEN_EBUSY = 16,
	XEN_EEXIST = 17,
	XEN_EINVAL = 22,
	XEN_ENOSPC = 28,
	XEN_ENOSYS = 38,
	XEN_EOPNOTSUPP = 95
};

static errno_t xen_to_errno(int err)
{
	switch (err) {
	case XEN_EPERM:
	case XEN_EACCES:
		return EPERM;
	case XEN_ENOENT:
		return ENOENT;
	case XEN_EAGAIN:
		return EAGAIN;
	case XEN_ENOMEM:
		return ENOMEM;
	case XEN_EBUSY:
		return EBUSY;
	case XEN_EEXIST:
		return EEXIST;
	case XEN_EINVAL:
		return EINVAL;
	case XEN_ENOSPC:
		return ENOSPC;
	case XEN_ENOSYS:
	case XEN_EOPNOTSUPP:
		return ENOTSUP;
	case XEN_EIO:
	default:
		return EIO;
	}
}

/** Make a hypercall.
 *
 * @param op   Hypercall number
 * @param cmd  Sub-operation
 * @param arg  Argument, or NULL
 * @param size Size of the argument in bytes
 * @param res  Place for a result that is not negative, or NULL
 *
 * @return EOK, the kernel's error, or Xen's error by its name
 */
static errno_t hypercall(sysarg_t op, sysarg_t cmd, void *arg, size_t size,
    sysarg_t *res)
{
	sysarg_t result = 0;
	errno_t rc = (errno_t) __SYSCALL5(SYS_XEN_HYPERCALL, op, cmd,
	    (sysarg_t) arg, size, (sysarg_t) &result);
	if (rc != EOK)
		return rc;

	if ((intptr_t) result < 0)
		return xen_to_errno(-(int) (intptr_t) result);

	if (res != NULL)
		*res = result;
	return EOK;
}

/** Find out Xen's version; the way to ask whether this is a Xen guest.
 *
 * @param major Place for the major number
 * @param minor Place for the minor number
 *
 * @return EOK, ENOTSUP without Xen, EPERM without permission
 */
errno_t xen_version(unsigned int *major, unsigned int *minor)
{
	sysarg_t version;
	errno_t rc = hypercall(XEN_HC_XEN_VERSION, XENVER_VERSION, NULL, 0,
	    &version);
	if (rc != EOK)
		return rc;

	*major = version >> 16;
	*minor = version & 0xffff;
	return EOK;
}

/** Show a page of Xen's in the guest's physical address space.
 *
 * @param space XENMAPSPACE_*
 * @param idx   Page of that space
 * @param phys  Physical address, a page boundary in no memory
 *
 * @return EOK or an error code
 */
errno_t xen_memory_add(uint32_t space, unsigned long idx, uintptr_t phys)
{
	xen_add_to_physmap_t arg = {
		.domid = XEN_DOMID_SELF,
		.space = space,
		.idx = idx,
		.gpfn = phys >> PAGE_WIDTH
	};

	return hypercall(XEN_HC_MEMORY_OP, XENMEM_ADD_TO_PHYSMAP, &arg,
	    sizeof(arg), NULL);
}

/** Take a page out of the physical address space that xen_memory_add() put
 * there.
 *
 * @param phys Physical address
 *
 * @return EOK or an error code
 */
errno_t xen_memory_remove(uintptr_t phys)
{
	xen_remove_from_physmap_t arg = {
		.domid = XEN_DOMID_SELF,
		.gpfn = phys >> PAGE_WIDTH
	};

	return hypercall(XEN_HC_MEMORY_OP, XENMEM_REMOVE_FROM_PHYSMAP, &arg,
	    sizeof(arg), NULL);
}

/** Make an event channel that another domain can bind to.
 *
 * @param remote The other domain
 * @param port   Place for the port
 *
 * @return EOK or an error code
 */
errno_t xen_evtchn_alloc_unbound(uint16_t remote, uint32_t *port)
{
	xen_evtchn_alloc_unbound_t arg = {
		.dom = XEN_DOMID_SELF,
		.remote_dom = remote
	};

	errno_t rc = hypercall(XEN_HC_EVENT_CHANNEL_OP, EVTCHNOP_ALLOC_UNBOUND,
	    &arg, sizeof(arg), NULL);
	if (rc == EOK)
		*port = arg.port;
	return rc;
}

static errno_t evtchn_op(sysarg_t cmd, uint32_t port)
{
	xen_evtchn_port_t arg = {
		.port = port
	};

	return hypercall(XEN_HC_EVENT_CHANNEL_OP, cmd, &arg, sizeof(arg),
	    NULL);
}

/** Close an event channel. */
errno_t xen_evtchn_close(uint32_t port)
{
	return evtchn_op(EVTCHNOP_CLOSE, port);
}

/** Send an event to the other end of a channel. */
errno_t xen_evtchn_send(uint32_t port)
{
	return evtchn_op(EVTCHNOP_SEND, port);
}

/** Let a channel's events through again; one that waited comes at once. */
errno_t xen_evtchn_unmask(uint32_t port)
{
	return evtchn_op(EVTCHNOP_UNMASK, port);
}

/** Find out the size of our grant table.
 *
 * @param nr  Place for the number of pages that it has
 * @param max Place for the number of pages that it can have
 *
 * @return EOK or an error code
 */
errno_t xen_gnttab_query_size(uint32_t *nr, uint32_t *max)
{
	xen_gnttab_query_size_t arg = {
		.dom = XEN_DOMID_SELF
	};

	errno_t rc = hypercall(XEN_HC_GRANT_TABLE_OP, GNTTABOP_QUERY_SIZE,
	    &arg, sizeof(arg), NULL);
	if (rc != EOK)
		return rc;
	if (arg.status != 0)
		return EIO;

	*nr = arg.nr_frames;
	*max = arg.max_nr_frames;
	return EOK;
}

/** Make Xen use version 1 entries, which a system before us may have changed.
 *
 * @return EOK, also if Xen knows no other version; or an error code
 */
errno_t xen_gnttab_set_version_1(void)
{
	xen_gnttab_set_version_t arg = {
		.version = 1
	};

	errno_t rc = hypercall(XEN_HC_GRANT_TABLE_OP, GNTTABOP_SET_VERSION,
	    &arg, sizeof(arg), NULL);

	return rc == ENOTSUP ? EOK : rc;
}

/** End this domain, at once.
 *
 * @param reason SHUTDOWN_*, which tells the host what to do next
 *
 * @return An error code; does not return if there is none
 */
errno_t xen_shutdown(uint32_t reason)
{
	xen_sched_shutdown_t arg = {
		.reason = reason
	};

	return hypercall(XEN_HC_SCHED_OP, SCHEDOP_SHUTDOWN, &arg, sizeof(arg),
	    NULL);
}

/** Let the host suspend this domain; returns when it goes on.
 *
 * Nothing that was got from Xen may be used when this is called, as it may not
 * be there afterwards: event channels, grants, and pages of Xen's.
 *
 * @param here Place for whether it is known to have gone on where it was: the
 *             host made a checkpoint, or could not save it (public/sched.h). It
 *             may have, also if this is false.
 *
 * @return EOK or an error code, and the domain was not suspended
 */
errno_t xen_suspend(bool *here)
{
	xen_sched_shutdown_t arg = {
		.reason = SHUTDOWN_SUSPEND
	};
	sysarg_t result;

	errno_t rc = hypercall(XEN_HC_SCHED_OP, SCHEDOP_SHUTDOWN, &arg,
	    sizeof(arg), &result);
	if (rc == EOK)
		*here = result != 0;
	return rc;
}

/** Choose the interrupt that announces events.
 *
 * @param value As public/hvm/params.h says; 0 for none
 *
 * @return EOK or an error code
 */
errno_t xen_hvm_set_callback_irq(uint64_t value)
{
	xen_hvm_param_t arg = {
		.domid = XEN_DOMID_SELF,
		.index = HVM_PARAM_CALLBACK_IRQ,
		.value = value
	};

	return hypercall(XEN_HC_HVM_OP, HVMOP_SET_PARAM, &arg, sizeof(arg),
	    NULL);
}

/** Read a parameter of this domain.
 *
 * @param index HVM_PARAM_*
 * @param value Place for the value
 *
 * @return EOK or an error code
 */
errno_t xen_hvm_get_param(uint32_t index, uint64_t *value)
{
	xen_hvm_param_t arg = {
		.domid = XEN_DOMID_SELF,
		.index = index
	};

	errno_t rc = hypercall(XEN_HC_HVM_OP, HVMOP_GET_PARAM, &arg,
	    sizeof(arg), NULL);
	if (rc == EOK)
		*value = arg.value;
	return rc;
}

/** @}
 */
