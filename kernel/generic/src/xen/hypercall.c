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

/** @addtogroup kernel_generic
 * @{
 */

/**
 * @file
 * @brief Hypercalls for drivers of Xen's paravirtual devices.
 *
 * Xen answers a hypercall from user space with -EPERM, so this is the one
 * thing that a driver of a Xen device cannot do by itself. The kernel passes
 * on only what such drivers need. Everything else is refused before Xen sees
 * it, as a hypercall can do anything to the machine: replace any frame of its
 * memory, or close the event channel of a driver that still uses it.
 *
 * The argument goes through a buffer in the kernel, because Xen reaches it
 * through the current page tables and cannot wait for a page of user space to
 * be mapped, and because what was checked must be what Xen gets.
 *
 * When the task that has the interrupt ends, the interrupt is switched off:
 * nobody would lower its line. Its event channels are closed. What it granted
 * the kernel cannot know; the driver takes it back when it starts again.
 */

#include <xen/hypercall.h>
#include <abi/xen.h>
#include <arch.h>
#include <errno.h>
#include <macros.h>
#include <mm/frame.h>
#include <proc/task.h>
#include <security/perm.h>
#include <synch/spinlock.h>
#include <syscall/copy.h>

/** Most event channels that a domain can have */
#define XEN_PORTS  4096

/** Guards xen_owner */
IRQ_SPINLOCK_STATIC_INITIALIZE(xen_owner_lock);

/** What is undone when a task ends */
static struct {
	/** The task whose interrupt the callback is, or NULL */
	task_t *task;
	/** Event channels that it made, a bit for each */
	uint8_t ports[XEN_PORTS / 8];
} xen_owner;

/** Room for the argument of any of the allowed operations */
typedef union {
	xen_add_to_physmap_t add_to_physmap;
	xen_remove_from_physmap_t remove_from_physmap;
	xen_evtchn_port_t evtchn_port;
	xen_evtchn_alloc_unbound_t evtchn_alloc_unbound;
	xen_gnttab_query_size_t gnttab_query_size;
	xen_gnttab_set_version_t gnttab_set_version;
	xen_sched_shutdown_t sched_shutdown;
	xen_hvm_param_t hvm_param;
} xen_arg_t;

/** An operation that is passed on to Xen */
typedef struct {
	/** Hypercall number */
	sysarg_t op;
	/** Sub-operation */
	sysarg_t cmd;
	/** Exact size of the argument in bytes, 0 if there is none */
	size_t size;
	/** Third parameter of the hypercall: the number of arguments, or 0 */
	sysarg_t count;
	/** Xen answers in the argument. */
	bool out;
	/** Decides about the values in the argument, NULL to allow them all. */
	bool (*allowed)(const xen_arg_t *);
} xen_op_t;

/** A frame is no memory that the kernel hands out.
 *
 * Xen puts its pages over what is there: over a device's registers that is
 * harmless, over a frame of memory it is not.
 */
static bool frame_is_device(unsigned long pfn)
{
	irq_spinlock_lock(&zones.lock, true);
	size_t znum = find_zone(pfn, 1, 0);
	bool device = (znum == (size_t) -1) ||
	    (zones.info[znum].flags & (ZONE_FIRMWARE | ZONE_RESERVED));
	irq_spinlock_unlock(&zones.lock, true);

	return device;
}

static bool allow_add_to_physmap(const xen_arg_t *arg)
{
	const xen_add_to_physmap_t *a = &arg->add_to_physmap;

	return a->domid == XEN_DOMID_SELF && a->size == 0 &&
	    (a->space == XENMAPSPACE_SHARED_INFO ||
	    a->space == XENMAPSPACE_GRANT_TABLE) &&
	    frame_is_device(a->gpfn);
}

static bool allow_remove_from_physmap(const xen_arg_t *arg)
{
	const xen_remove_from_physmap_t *a = &arg->remove_from_physmap;

	return a->domid == XEN_DOMID_SELF && frame_is_device(a->gpfn);
}

static bool allow_alloc_unbound(const xen_arg_t *arg)
{
	return arg->evtchn_alloc_unbound.dom == XEN_DOMID_SELF;
}

static bool allow_query_size(const xen_arg_t *arg)
{
	return arg->gnttab_query_size.dom == XEN_DOMID_SELF;
}

static bool allow_set_version(const xen_arg_t *arg)
{
	return arg->gnttab_set_version.version == 1;
}

/** Suspending is among the reasons.
 *
 * Xen stops all CPUs of the domain at once, each at whatever it does, and they
 * go on from there, in this domain or in another one with the same memory. So
 * none need be brought to rest for it here. What the kernel notes for the end
 * of a task (xen_owner) is nothing by then, as the drivers close their ports
 * and switch the callback off before; what they have of Xen is theirs to make
 * anew.
 */
static bool allow_shutdown(const xen_arg_t *arg)
{
	return arg->sched_shutdown.reason <= SHUTDOWN_SUSPEND;
}

static bool allow_set_param(const xen_arg_t *arg)
{
	irq_spinlock_lock(&xen_owner_lock, true);
	bool ours = xen_owner.task == NULL || xen_owner.task == TASK;
	irq_spinlock_unlock(&xen_owner_lock, true);

	return ours && arg->hvm_param.domid == XEN_DOMID_SELF &&
	    arg->hvm_param.index == HVM_PARAM_CALLBACK_IRQ;
}

static bool allow_get_param(const xen_arg_t *arg)
{
	return arg->hvm_param.domid == XEN_DOMID_SELF &&
	    arg->hvm_param.index <= HVM_PARAM_STORE_EVTCHN;
}

static const xen_op_t xen_ops[] = {
	{
		.op = XEN_HC_XEN_VERSION, .cmd = XENVER_VERSION
	}, {
		.op = XEN_HC_MEMORY_OP, .cmd = XENMEM_ADD_TO_PHYSMAP,
		.size = sizeof(xen_add_to_physmap_t),
		.allowed = allow_add_to_physmap
	}, {
		.op = XEN_HC_MEMORY_OP, .cmd = XENMEM_REMOVE_FROM_PHYSMAP,
		.size = sizeof(xen_remove_from_physmap_t),
		.allowed = allow_remove_from_physmap
	}, {
		.op = XEN_HC_EVENT_CHANNEL_OP, .cmd = EVTCHNOP_CLOSE,
		.size = sizeof(xen_evtchn_port_t)
	}, {
		.op = XEN_HC_EVENT_CHANNEL_OP, .cmd = EVTCHNOP_SEND,
		.size = sizeof(xen_evtchn_port_t)
	}, {
		.op = XEN_HC_EVENT_CHANNEL_OP, .cmd = EVTCHNOP_UNMASK,
		.size = sizeof(xen_evtchn_port_t)
	}, {
		.op = XEN_HC_EVENT_CHANNEL_OP, .cmd = EVTCHNOP_ALLOC_UNBOUND,
		.size = sizeof(xen_evtchn_alloc_unbound_t), .out = true,
		.allowed = allow_alloc_unbound
	}, {
		.op = XEN_HC_GRANT_TABLE_OP, .cmd = GNTTABOP_QUERY_SIZE,
		.size = sizeof(xen_gnttab_query_size_t), .count = 1,
		.out = true, .allowed = allow_query_size
	}, {
		.op = XEN_HC_GRANT_TABLE_OP, .cmd = GNTTABOP_SET_VERSION,
		.size = sizeof(xen_gnttab_set_version_t), .count = 1,
		.out = true, .allowed = allow_set_version
	}, {
		.op = XEN_HC_SCHED_OP, .cmd = SCHEDOP_SHUTDOWN,
		.size = sizeof(xen_sched_shutdown_t),
		.allowed = allow_shutdown
	}, {
		.op = XEN_HC_HVM_OP, .cmd = HVMOP_SET_PARAM,
		.size = sizeof(xen_hvm_param_t), .allowed = allow_set_param
	}, {
		.op = XEN_HC_HVM_OP, .cmd = HVMOP_GET_PARAM,
		.size = sizeof(xen_hvm_param_t), .out = true,
		.allowed = allow_get_param
	}
};

static const xen_op_t *xen_op_find(sysarg_t op, sysarg_t cmd)
{
	for (size_t i = 0; i < sizeof_array(xen_ops); i++) {
		if (xen_ops[i].op == op && xen_ops[i].cmd == cmd)
			return &xen_ops[i];
	}

	return NULL;
}

/** Note, or forget, a port of the task that has the callback; xen_owner_lock is
 * held.
 */
static void xen_note_port(uint32_t port, bool open)
{
	uint8_t bit = 1 << port % 8;

	if (port >= XEN_PORTS || xen_owner.task != TASK)
		return;

	if (open)
		xen_owner.ports[port / 8] |= bit;
	else
		xen_owner.ports[port / 8] &= ~bit;
}

/** Note what a successful hypercall means for the end of the task. */
static void xen_note(sysarg_t op, sysarg_t cmd, const xen_arg_t *arg)
{
	irq_spinlock_lock(&xen_owner_lock, true);
	if (op == XEN_HC_HVM_OP && cmd == HVMOP_SET_PARAM)
		xen_owner.task = arg->hvm_param.value != 0 ? TASK : NULL;
	else if (op == XEN_HC_EVENT_CHANNEL_OP && cmd == EVTCHNOP_ALLOC_UNBOUND)
		xen_note_port(arg->evtchn_alloc_unbound.port, true);
	else if (op == XEN_HC_EVENT_CHANNEL_OP && cmd == EVTCHNOP_CLOSE)
		xen_note_port(arg->evtchn_port.port, false);
	irq_spinlock_unlock(&xen_owner_lock, true);
}

/** Undo what the current task has begun; called when its last thread ends. */
void xen_task_cleanup(void)
{
	irq_spinlock_lock(&xen_owner_lock, true);
	bool owner = xen_owner.task == TASK;
	irq_spinlock_unlock(&xen_owner_lock, true);
	if (!owner)
		return;

	/* First: with the task goes who lowers the line. */
	xen_arg_t arg = {
		.hvm_param = {
			.domid = XEN_DOMID_SELF,
			.index = HVM_PARAM_CALLBACK_IRQ
		}
	};
	(void) xen_hypercall(XEN_HC_HVM_OP, HVMOP_SET_PARAM, &arg, 0);

	/* Nobody else can change these: the task has no thread but this. */
	for (uint32_t port = 0; port < XEN_PORTS; port++) {
		if ((xen_owner.ports[port / 8] & 1 << port % 8) == 0)
			continue;

		xen_owner.ports[port / 8] &= ~(1 << port % 8);
		arg.evtchn_port.port = port;
		(void) xen_hypercall(XEN_HC_EVENT_CHANNEL_OP, EVTCHNOP_CLOSE,
		    &arg, 0);
	}

	irq_spinlock_lock(&xen_owner_lock, true);
	xen_owner.task = NULL;
	irq_spinlock_unlock(&xen_owner_lock, true);
}

/** Pass a hypercall on to Xen.
 *
 * @param op         Hypercall number
 * @param cmd        Sub-operation
 * @param uspace_arg Argument, or 0 for an operation that has none
 * @param size       Size of the argument in bytes
 * @param uspace_res Place for what Xen returns, a sysarg_t: 0 or a positive
 *                   value, or one of Xen's error numbers as a negative one
 *
 * @return EOK if Xen was asked, whatever it answered
 * @return EPERM if the task lacks PERM_MEM_MANAGER or PERM_IO_MANAGER, or if
 *         a value in the argument is not allowed, or if the callback is
 *         another task's
 * @return ENOTSUP if this is no Xen guest or the operation is not allowed
 * @return EINVAL if the size is not exactly that of the argument
 * @return EBADMEM or EPERM, as of copy_from_uspace(), for a bad address
 */
sys_errno_t sys_xen_hypercall(sysarg_t op, sysarg_t cmd,
    uspace_addr_t uspace_arg, size_t size, uspace_addr_t uspace_res)
{
	const perm_t need = PERM_MEM_MANAGER | PERM_IO_MANAGER;
	if ((perm_get(TASK) & need) != need)
		return EPERM;

	if (!xen_present())
		return ENOTSUP;

	const xen_op_t *desc = xen_op_find(op, cmd);
	if (desc == NULL)
		return ENOTSUP;

	if (size != desc->size)
		return EINVAL;

	/*
	 * The result is written before Xen is asked, too: a hypercall whose
	 * outcome the caller cannot learn should not happen at all.
	 */
	sysarg_t res = 0;
	errno_t rc = copy_to_uspace(uspace_res, &res, sizeof(res));
	if (rc != EOK)
		return rc;

	xen_arg_t arg = { 0 };
	if (size > 0) {
		rc = copy_from_uspace(&arg, uspace_arg, size);
		if (rc != EOK)
			return rc;
	}

	if (desc->allowed != NULL && !desc->allowed(&arg))
		return EPERM;

	res = xen_hypercall(op, cmd, size > 0 ? &arg : NULL, desc->count);
	if (res == 0)
		xen_note(op, cmd, &arg);

	if (desc->out) {
		rc = copy_to_uspace(uspace_arg, &arg, size);
		if (rc != EOK)
			return rc;
	}

	return copy_to_uspace(uspace_res, &res, sizeof(res));
}

/** @}
 */
