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

/** @addtogroup kernel_genarch
 * @{
 */

/**
 * @file
 * @brief Finding Xen and calling it, on amd64 and ia32.
 */

#include <xen/hypercall.h>
/* On ia32 cpu.h must come first: the two include each other */
#include <arch/cpu.h>
#include <arch/cpuid.h>
#include <mem.h>
#include <stdatomic.h>

/*
 * Hypervisors announce themselves on leaves 0x40000000, 0x40000100 and so on,
 * one after the other if Xen also offers the interface of another one.
 */
#define HYPERVISOR_LEAF_FIRST  UINT32_C(0x40000000)
#define HYPERVISOR_LEAF_LAST   UINT32_C(0x4000ff00)
#define HYPERVISOR_LEAF_STEP   UINT32_C(0x100)

/** CPUID.1:ECX bit 31: a hypervisor is present */
#define CPUID_HYPERVISOR  (UINT32_C(1) << 31)

typedef enum {
	XEN_UNKNOWN = 0,
	XEN_NONE,
	/** Called with VMCALL: Intel and those that are like it */
	XEN_VMCALL,
	/** Called with VMMCALL: AMD and Hygon */
	XEN_VMMCALL
} xen_call_t;

/** How to call Xen; found by whoever asks first. */
static atomic_int xen_call = XEN_UNKNOWN;

static bool signature_is(const cpu_info_t *info, const char *sig)
{
	return memcmp(&info->cpuid_ebx, sig, 4) == 0 &&
	    memcmp(&info->cpuid_ecx, sig + 4, 4) == 0 &&
	    memcmp(&info->cpuid_edx, sig + 8, 4) == 0;
}

static xen_call_t xen_detect(void)
{
	cpu_info_t info;

	if (!has_cpuid())
		return XEN_NONE;

	/*
	 * Without a hypervisor the leaves below are not defined: an Intel CPU
	 * answers with those of its highest leaf.
	 */
	cpuid(INTEL_CPUID_STANDARD, &info);
	if ((info.cpuid_ecx & CPUID_HYPERVISOR) == 0)
		return XEN_NONE;

	for (uint32_t leaf = HYPERVISOR_LEAF_FIRST;
	    leaf <= HYPERVISOR_LEAF_LAST; leaf += HYPERVISOR_LEAF_STEP) {
		cpuid(leaf, &info);
		if (!signature_is(&info, "XenVMMXenVMM"))
			continue;

		/* The vendor leaf has the string in EBX, EDX, ECX. */
		cpuid(INTEL_CPUID_LEVEL, &info);
		cpu_info_t vendor = info;
		vendor.cpuid_ecx = info.cpuid_edx;
		vendor.cpuid_edx = info.cpuid_ecx;

		if (signature_is(&vendor, "AuthenticAMD") ||
		    signature_is(&vendor, "HygonGenuine"))
			return XEN_VMMCALL;

		return XEN_VMCALL;
	}

	return XEN_NONE;
}

/** Find out whether the machine is a guest of Xen.
 *
 * @return True if hypercalls can be made
 */
bool xen_present(void)
{
	int call = atomic_load(&xen_call);
	if (call == XEN_UNKNOWN) {
		/* Two CPUs that get here at once find the same. */
		call = xen_detect();
		atomic_store(&xen_call, call);
	}

	return call != XEN_NONE;
}

/* Xen may change the registers of the arguments. */
#ifdef __64_BITS__
#define HYPERCALL(insn, op, a1, a2, a3) \
	asm volatile ( \
	    insn \
	    : "+a" (op), "+D" (a1), "+S" (a2), "+d" (a3) \
	    : \
	    : "memory", "cc" \
	)
#else
#define HYPERCALL(insn, op, a1, a2, a3) \
	asm volatile ( \
	    insn \
	    : "+a" (op), "+b" (a1), "+c" (a2), "+d" (a3) \
	    : \
	    : "memory", "cc" \
	)
#endif

/** For assemblers that know neither */
#define VMCALL   ".byte 0x0f, 0x01, 0xc1\n"
#define VMMCALL  ".byte 0x0f, 0x01, 0xd9\n"

/** Make a hypercall.
 *
 * Must only be called if xen_present().
 *
 * @param op    Hypercall number
 * @param cmd   Sub-operation
 * @param arg   Argument, in mapped memory of the kernel, or NULL
 * @param count Third parameter
 *
 * @return What Xen returned: negative for one of its error numbers
 */
sysarg_t xen_hypercall(sysarg_t op, sysarg_t cmd, void *arg, sysarg_t count)
{
	sysarg_t res = op;
	sysarg_t a1 = cmd;
	sysarg_t a2 = (sysarg_t) arg;
	sysarg_t a3 = count;

	if (atomic_load(&xen_call) == XEN_VMMCALL)
		HYPERCALL(VMMCALL, res, a1, a2, a3);
	else
		HYPERCALL(VMCALL, res, a1, a2, a3);

	return res;
}

/** @}
 */
