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

/** @addtogroup kerneltest
 * @{
 */
/** @file The system call for hypercalls: what Xen gets to see, and what is
 * undone
 */

#include <abi/xen.h>
#include <kernel.h>
#include <pcut/pcut.h>
#include <string.h>
#include <xen/hypercall.h>

PCUT_INIT;

PCUT_TEST_SUITE(hypercall);

/** The task of the driver, and another one */
static task_t driver;
static task_t other;
task_t *kernel_task;

/** Zones: free memory, firmware's, reserved; frames of 16 each */
zones_t zones = {
	.info = { { 0 }, { ZONE_FIRMWARE }, { ZONE_RESERVED } }
};

static bool present;
/** What Xen answers */
static sysarg_t answer;
/** Port that it gives */
static uint32_t next_port;

/** What Xen was asked, one after the other */
#define CALLS_MAX  8
static struct {
	sysarg_t op;
	sysarg_t cmd;
	uint64_t value;
	sysarg_t count;
} calls[CALLS_MAX];
static unsigned int ncalls;

size_t find_zone(uintptr_t frame, size_t count, size_t hint)
{
	return frame < 3 * 16 ? frame / 16 : (size_t) -1;
}

void irq_spinlock_lock(irq_spinlock_t *lock, bool irq)
{
	PCUT_ASSERT_FALSE(lock->held);
	lock->held = true;
}

void irq_spinlock_unlock(irq_spinlock_t *lock, bool irq)
{
	PCUT_ASSERT_TRUE(lock->held);
	lock->held = false;
}

errno_t copy_from_uspace(void *dst, uspace_addr_t src, size_t size)
{
	if (src == 0)
		return EPERM;
	memcpy(dst, (void *) src, size);
	return EOK;
}

errno_t copy_to_uspace(uspace_addr_t dst, const void *src, size_t size)
{
	if (dst == 0)
		return EPERM;
	memcpy((void *) dst, src, size);
	return EOK;
}

bool xen_present(void)
{
	return present;
}

sysarg_t xen_hypercall(sysarg_t op, sysarg_t cmd, void *arg, sysarg_t count)
{
	PCUT_ASSERT_TRUE(ncalls < CALLS_MAX);
	calls[ncalls].op = op;
	calls[ncalls].cmd = cmd;
	calls[ncalls].count = count;
	if (op == XEN_HC_HVM_OP)
		calls[ncalls].value = ((xen_hvm_param_t *) arg)->value;
	else if (op == XEN_HC_EVENT_CHANNEL_OP && cmd != EVTCHNOP_ALLOC_UNBOUND)
		calls[ncalls].value = ((xen_evtchn_port_t *) arg)->port;
	ncalls++;

	if (op == XEN_HC_EVENT_CHANNEL_OP && cmd == EVTCHNOP_ALLOC_UNBOUND)
		((xen_evtchn_alloc_unbound_t *) arg)->port = next_port;
	return answer;
}

static errno_t call(sysarg_t op, sysarg_t cmd, void *arg, size_t size)
{
	sysarg_t res = 0;
	return sys_xen_hypercall(op, cmd, (uspace_addr_t) arg, size,
	    (uspace_addr_t) &res);
}

static errno_t set_callback(uint64_t value)
{
	xen_hvm_param_t arg = {
		.domid = XEN_DOMID_SELF,
		.index = HVM_PARAM_CALLBACK_IRQ,
		.value = value
	};
	return call(XEN_HC_HVM_OP, HVMOP_SET_PARAM, &arg, sizeof(arg));
}

static void make_port(uint32_t port)
{
	xen_evtchn_alloc_unbound_t arg = {
		.dom = XEN_DOMID_SELF
	};
	next_port = port;
	PCUT_ASSERT_INT_EQUALS(EOK, call(XEN_HC_EVENT_CHANNEL_OP,
	    EVTCHNOP_ALLOC_UNBOUND, &arg, sizeof(arg)));
}

static void close_port(uint32_t port)
{
	xen_evtchn_port_t arg = {
		.port = port
	};
	PCUT_ASSERT_INT_EQUALS(EOK, call(XEN_HC_EVENT_CHANNEL_OP,
	    EVTCHNOP_CLOSE, &arg, sizeof(arg)));
}

PCUT_TEST_BEFORE
{
	driver.perms = other.perms = PERM_MEM_MANAGER | PERM_IO_MANAGER;
	kernel_task = &driver;
	present = true;
	answer = 0;
	ncalls = 0;
}

PCUT_TEST_AFTER
{
	/* Whoever has something ends, for the next test. */
	ncalls = 0;
	kernel_task = &driver;
	xen_task_cleanup();
	ncalls = 0;
	kernel_task = &other;
	xen_task_cleanup();
}

PCUT_TEST(what_nobody_uses_xen_does_not_see)
{
	char arg[64] = { 0 };

	/* Status and reset of event channels, which Xen has */
	PCUT_ASSERT_INT_EQUALS(ENOTSUP, call(XEN_HC_EVENT_CHANNEL_OP, 5, arg,
	    24));
	PCUT_ASSERT_INT_EQUALS(ENOTSUP, call(XEN_HC_EVENT_CHANNEL_OP, 10, arg,
	    2));
	PCUT_ASSERT_INT_EQUALS(ENOTSUP, call(XEN_HC_MEMORY_OP, 0, arg, 16));
	PCUT_ASSERT_INT_EQUALS(ENOTSUP, call(1, 0, arg, 0));
	PCUT_ASSERT_INT_EQUALS(0, ncalls);
}

PCUT_TEST(a_size_that_is_not_exact_is_refused)
{
	xen_evtchn_port_t arg = { 0 };

	PCUT_ASSERT_INT_EQUALS(EINVAL, call(XEN_HC_EVENT_CHANNEL_OP,
	    EVTCHNOP_SEND, &arg, sizeof(arg) - 1));
	PCUT_ASSERT_INT_EQUALS(EINVAL, call(XEN_HC_EVENT_CHANNEL_OP,
	    EVTCHNOP_SEND, &arg, sizeof(arg) + 1));
	PCUT_ASSERT_INT_EQUALS(0, ncalls);
}

PCUT_TEST(a_task_needs_both_permissions)
{
	driver.perms = PERM_MEM_MANAGER;
	PCUT_ASSERT_INT_EQUALS(EPERM, call(XEN_HC_XEN_VERSION, 0, NULL, 0));
	driver.perms = PERM_IO_MANAGER;
	PCUT_ASSERT_INT_EQUALS(EPERM, call(XEN_HC_XEN_VERSION, 0, NULL, 0));
	PCUT_ASSERT_INT_EQUALS(0, ncalls);
}

PCUT_TEST(without_xen_nothing_is_called)
{
	present = false;
	PCUT_ASSERT_INT_EQUALS(ENOTSUP, call(XEN_HC_XEN_VERSION, 0, NULL, 0));
	PCUT_ASSERT_INT_EQUALS(0, ncalls);
}

PCUT_TEST(a_result_that_cannot_be_told_is_not_asked_for)
{
	PCUT_ASSERT_INT_EQUALS(EPERM, sys_xen_hypercall(XEN_HC_XEN_VERSION, 0,
	    0, 0, 0));
	PCUT_ASSERT_INT_EQUALS(0, ncalls);
}

static errno_t show(uint32_t space, unsigned long frame, uint16_t domid)
{
	xen_add_to_physmap_t arg = {
		.domid = domid,
		.space = space,
		.gpfn = frame
	};
	return call(XEN_HC_MEMORY_OP, XENMEM_ADD_TO_PHYSMAP, &arg,
	    sizeof(arg));
}

PCUT_TEST(pages_are_shown_where_no_memory_is)
{
	PCUT_ASSERT_INT_EQUALS(EOK, show(0, 100, XEN_DOMID_SELF));
	PCUT_ASSERT_INT_EQUALS(EOK, show(1, 16, XEN_DOMID_SELF));
	PCUT_ASSERT_INT_EQUALS(EOK, show(1, 47, XEN_DOMID_SELF));
	PCUT_ASSERT_INT_EQUALS(3, ncalls);
	PCUT_ASSERT_INT_EQUALS(EPERM, show(0, 0, XEN_DOMID_SELF));
	PCUT_ASSERT_INT_EQUALS(EPERM, show(1, 15, XEN_DOMID_SELF));
	PCUT_ASSERT_INT_EQUALS(EPERM, show(2, 100, XEN_DOMID_SELF));
	PCUT_ASSERT_INT_EQUALS(EPERM, show(0, 100, 1));
	PCUT_ASSERT_INT_EQUALS(3, ncalls);
}

PCUT_TEST(pages_of_memory_are_not_taken_away)
{
	xen_remove_from_physmap_t arg = {
		.domid = XEN_DOMID_SELF,
		.gpfn = 15
	};
	PCUT_ASSERT_INT_EQUALS(EPERM, call(XEN_HC_MEMORY_OP,
	    XENMEM_REMOVE_FROM_PHYSMAP, &arg, sizeof(arg)));
	arg.gpfn = 100;
	PCUT_ASSERT_INT_EQUALS(EOK, call(XEN_HC_MEMORY_OP,
	    XENMEM_REMOVE_FROM_PHYSMAP, &arg, sizeof(arg)));
	PCUT_ASSERT_INT_EQUALS(1, ncalls);
}

PCUT_TEST(no_parameter_but_the_callback_is_set)
{
	xen_hvm_param_t arg = {
		.domid = XEN_DOMID_SELF,
		.index = HVM_PARAM_STORE_PFN
	};
	PCUT_ASSERT_INT_EQUALS(EPERM, call(XEN_HC_HVM_OP, HVMOP_SET_PARAM, &arg,
	    sizeof(arg)));
	PCUT_ASSERT_INT_EQUALS(EOK, call(XEN_HC_HVM_OP, HVMOP_GET_PARAM, &arg,
	    sizeof(arg)));
	arg.index = HVM_PARAM_STORE_EVTCHN + 1;
	PCUT_ASSERT_INT_EQUALS(EPERM, call(XEN_HC_HVM_OP, HVMOP_GET_PARAM, &arg,
	    sizeof(arg)));
	PCUT_ASSERT_INT_EQUALS(1, ncalls);
}

PCUT_TEST(what_a_task_began_is_undone_when_it_ends)
{
	PCUT_ASSERT_INT_EQUALS(EOK, set_callback(11));
	make_port(3);
	make_port(64);
	make_port(4095);
	close_port(64);
	ncalls = 0;

	xen_task_cleanup();
	PCUT_ASSERT_INT_EQUALS(3, ncalls);
	PCUT_ASSERT_INT_EQUALS(XEN_HC_HVM_OP, calls[0].op);
	PCUT_ASSERT_INT_EQUALS(HVMOP_SET_PARAM, calls[0].cmd);
	PCUT_ASSERT_INT_EQUALS(0, calls[0].value);
	PCUT_ASSERT_INT_EQUALS(EVTCHNOP_CLOSE, calls[1].cmd);
	PCUT_ASSERT_INT_EQUALS(3, calls[1].value);
	PCUT_ASSERT_INT_EQUALS(4095, calls[2].value);

	/* And nothing is left of it. */
	xen_task_cleanup();
	PCUT_ASSERT_INT_EQUALS(3, ncalls);
}

PCUT_TEST(a_task_that_ends_takes_nothing_from_another)
{
	PCUT_ASSERT_INT_EQUALS(EOK, set_callback(11));
	make_port(3);
	kernel_task = &other;
	make_port(4);
	ncalls = 0;
	xen_task_cleanup();
	PCUT_ASSERT_INT_EQUALS(0, ncalls);
	PCUT_ASSERT_INT_EQUALS(EPERM, set_callback(12));
	PCUT_ASSERT_INT_EQUALS(EPERM, set_callback(0));
	PCUT_ASSERT_INT_EQUALS(0, ncalls);

	/* Nor is the other's closed with what was the first one's. */
	kernel_task = &driver;
	xen_task_cleanup();
	PCUT_ASSERT_INT_EQUALS(2, ncalls);
	PCUT_ASSERT_INT_EQUALS(3, calls[1].value);

	/* When it is free it is anybody's. */
	kernel_task = &other;
	PCUT_ASSERT_INT_EQUALS(EOK, set_callback(12));
}

PCUT_TEST(what_xen_refused_is_not_undone)
{
	answer = -1;
	PCUT_ASSERT_INT_EQUALS(EOK, set_callback(11));
	ncalls = 0;
	xen_task_cleanup();
	PCUT_ASSERT_INT_EQUALS(0, ncalls);
}

PCUT_EXPORT(hypercall);

/** @}
 */
