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

#include <stdbool.h>
#include <stdint.h>
#include <libc.h>
#include <pcut/pcut.h>
#include <perm.h>
#include <task.h>
#include <xen/hypercall.h>

PCUT_INIT;

PCUT_TEST_SUITE(hypercall);

/*
 * The kernel's whitelist, from outside. Without Xen every call is refused, and
 * these tests look no further than that.
 */

/** Numbers of hypercalls and of their operations are below this. */
#define NUMBERS  64

/** The kernel's numbers of the permissions that it wants */
#define PERM_MEM_MANAGER  (1 << 1)
#define PERM_IO_MANAGER   (1 << 2)

static bool with_xen;
static unsigned int major;
static unsigned int minor;

static errno_t call(sysarg_t op, sysarg_t cmd, void *arg, size_t size)
{
	sysarg_t result;
	return (errno_t) __SYSCALL5(SYS_XEN_HYPERCALL, op, cmd, (sysarg_t) arg,
	    size, (sysarg_t) &result);
}

/** What the kernel answers here to a call that it allows and does not do */
static errno_t refused(errno_t with)
{
	return with_xen ? with : ENOTSUP;
}

static bool is_allowed(sysarg_t op, sysarg_t cmd)
{
	switch (op) {
	case XEN_HC_XEN_VERSION:
		return cmd == XENVER_VERSION;
	case XEN_HC_MEMORY_OP:
		return cmd == XENMEM_ADD_TO_PHYSMAP ||
		    cmd == XENMEM_REMOVE_FROM_PHYSMAP;
	case XEN_HC_EVENT_CHANNEL_OP:
		return cmd == EVTCHNOP_CLOSE || cmd == EVTCHNOP_SEND ||
		    cmd == EVTCHNOP_ALLOC_UNBOUND ||
		    cmd == EVTCHNOP_UNMASK;
	case XEN_HC_GRANT_TABLE_OP:
		return cmd == GNTTABOP_QUERY_SIZE ||
		    cmd == GNTTABOP_SET_VERSION;
	case XEN_HC_SCHED_OP:
		return cmd == SCHEDOP_SHUTDOWN;
	case XEN_HC_HVM_OP:
		return cmd == HVMOP_SET_PARAM || cmd == HVMOP_GET_PARAM;
	default:
		return false;
	}
}

PCUT_TEST_BEFORE
{
	with_xen = xen_version(&major, &minor) == EOK;
}

PCUT_TEST(xen_has_a_version_or_there_is_no_xen)
{
	errno_t rc = xen_version(&major, &minor);
	PCUT_ASSERT_TRUE(rc == ENOTSUP || (rc == EOK && major >= 3));
}

PCUT_TEST(operations_that_are_not_allowed_are_refused)
{
	uint8_t arg[64] = { 0 };

	for (sysarg_t op = 0; op < NUMBERS; op++) {
		for (sysarg_t cmd = 0; cmd < NUMBERS; cmd++) {
			if (is_allowed(op, cmd))
				continue;
			for (size_t size = 0; size <= sizeof(arg); size += 8) {
				PCUT_ASSERT_INT_EQUALS(ENOTSUP,
				    call(op, cmd, arg, size));
			}
		}
	}
}

PCUT_TEST(operations_in_the_upper_bits_are_refused)
{
	uint8_t arg[64] = { 0 };

	/* Xen keeps its place in a long operation there. */
	PCUT_ASSERT_INT_EQUALS(ENOTSUP, call(XEN_HC_MEMORY_OP,
	    XENMEM_ADD_TO_PHYSMAP | 1 << 6, arg,
	    sizeof(xen_add_to_physmap_t)));
	PCUT_ASSERT_INT_EQUALS(ENOTSUP, call(XEN_HC_HVM_OP | 1UL << 31,
	    HVMOP_GET_PARAM, arg, sizeof(xen_hvm_param_t)));
}

PCUT_TEST(arguments_of_another_size_are_refused)
{
	uint8_t arg[64] = { 0 };

	for (sysarg_t op = 0; op < NUMBERS; op++) {
		for (sysarg_t cmd = 0; cmd < NUMBERS; cmd++) {
			if (!is_allowed(op, cmd))
				continue;
			PCUT_ASSERT_INT_EQUALS(refused(EINVAL),
			    call(op, cmd, arg, 1));
			PCUT_ASSERT_INT_EQUALS(refused(EINVAL),
			    call(op, cmd, arg, sizeof(arg)));
			PCUT_ASSERT_INT_EQUALS(refused(EINVAL),
			    call(op, cmd, arg, SIZE_MAX));
		}
	}
}

PCUT_TEST(memory_cannot_be_replaced)
{
	xen_add_to_physmap_t add = {
		.domid = XEN_DOMID_SELF,
		.space = XENMAPSPACE_GRANT_TABLE
	};
	xen_remove_from_physmap_t remove = {
		.domid = XEN_DOMID_SELF
	};

	/* From the first megabyte on there is memory that the kernel uses. */
	for (unsigned long pfn = 0x100; pfn < 0x2000; pfn += 0x101) {
		add.gpfn = pfn;
		remove.gpfn = pfn;
		PCUT_ASSERT_INT_EQUALS(refused(EPERM), call(XEN_HC_MEMORY_OP,
		    XENMEM_ADD_TO_PHYSMAP, &add, sizeof(add)));
		PCUT_ASSERT_INT_EQUALS(refused(EPERM), call(XEN_HC_MEMORY_OP,
		    XENMEM_REMOVE_FROM_PHYSMAP, &remove, sizeof(remove)));
	}
}

PCUT_TEST(other_spaces_and_domains_are_refused)
{
	xen_add_to_physmap_t add = {
		.domid = XEN_DOMID_SELF,
		.space = 2,
		.gpfn = 0xf2000
	};
	xen_hvm_param_t param = {
		.domid = XEN_DOMID_SELF,
		.index = HVM_PARAM_STORE_EVTCHN
	};
	xen_evtchn_alloc_unbound_t alloc = {
		.dom = 1
	};

	PCUT_ASSERT_INT_EQUALS(refused(EPERM), call(XEN_HC_MEMORY_OP,
	    XENMEM_ADD_TO_PHYSMAP, &add, sizeof(add)));
	add.space = XENMAPSPACE_GRANT_TABLE;
	add.domid = 0;
	PCUT_ASSERT_INT_EQUALS(refused(EPERM), call(XEN_HC_MEMORY_OP,
	    XENMEM_ADD_TO_PHYSMAP, &add, sizeof(add)));
	PCUT_ASSERT_INT_EQUALS(refused(EPERM), call(XEN_HC_HVM_OP,
	    HVMOP_SET_PARAM, &param, sizeof(param)));
	param.index = 17;
	PCUT_ASSERT_INT_EQUALS(refused(EPERM), call(XEN_HC_HVM_OP,
	    HVMOP_GET_PARAM, &param, sizeof(param)));
	PCUT_ASSERT_INT_EQUALS(refused(EPERM), call(XEN_HC_EVENT_CHANNEL_OP,
	    EVTCHNOP_ALLOC_UNBOUND, &alloc, sizeof(alloc)));
}

PCUT_TEST(bad_addresses_are_refused)
{
	xen_hvm_param_t param = {
		.domid = XEN_DOMID_SELF,
		.index = HVM_PARAM_STORE_PFN
	};
	sysarg_t result;

	/* No address, and one of the kernel's */
	uintptr_t bad[] = { 0, UINTPTR_MAX - 0xfff };
	for (size_t i = 0; i < 2; i++) {
		PCUT_ASSERT_TRUE(call(XEN_HC_HVM_OP, HVMOP_GET_PARAM,
		    (void *) bad[i], sizeof(param)) != EOK);
		PCUT_ASSERT_TRUE((errno_t) __SYSCALL5(SYS_XEN_HYPERCALL,
		    XEN_HC_HVM_OP, HVMOP_GET_PARAM, (sysarg_t) &param,
		    sizeof(param), bad[i]) != EOK);
	}
	PCUT_ASSERT_INT_EQUALS(refused(EOK), (errno_t) __SYSCALL5(
	    SYS_XEN_HYPERCALL, XEN_HC_HVM_OP, HVMOP_GET_PARAM,
	    (sysarg_t) &param, sizeof(param), (sysarg_t) &result));
}

PCUT_TEST(a_task_without_the_permission_for_memory_is_refused)
{
	PCUT_ASSERT_INT_EQUALS(EOK,
	    perm_revoke(task_get_id(), PERM_MEM_MANAGER));
	PCUT_ASSERT_INT_EQUALS(EPERM, xen_version(&major, &minor));
}

PCUT_TEST(a_task_without_the_permission_for_io_is_refused)
{
	PCUT_ASSERT_INT_EQUALS(EOK,
	    perm_revoke(task_get_id(), PERM_IO_MANAGER));
	PCUT_ASSERT_INT_EQUALS(EPERM, xen_version(&major, &minor));
}

PCUT_EXPORT(hypercall);
