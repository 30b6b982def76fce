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

/** @file
 * The hypervisor of the model
 */

#include <abi/xen.h>
#include <barrier.h>
#include <host/model.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "../../model/fault.h"
#include "../../model/untimely.h"
#include "events.h"
#include "grants.h"
#include "unplug.h"
#include "xen.h"

#define PAGE       4096
#define BAR_SIZE   (16 << 20)
#define STORE_PFN  0xfeffc

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
/** What each page of the BAR shows */
static void *shown[BAR_SIZE / PAGE];
static uint64_t callback;
static bool lose;
static atomic_uint shutdowns[SHUTDOWN_SUSPEND + 1];
model_suspend_t model_suspend;
static unsigned int calls;
static unsigned int fail_at;
static host_pci_fn_t *pci;
static uint64_t bar;
static host_backend_t backend;

void model_violation(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	fprintf(stderr, "violation: ");
	vfprintf(stderr, fmt, args);
	fprintf(stderr, "\n");
	va_end(args);
	abort();
}

void model_lock(void)
{
	pthread_mutex_lock(&lock);
}

/** Let the interrupt come that was raised meanwhile, and unlock: whoever sees
 * what this thread did finds its interrupt under way, too.
 */
void model_unlock(void)
{
	bool irq = events_raised && callback != 0 && !lose;
	events_raised = false;
	if (irq)
		(void) host_irq_raise(MODEL_IRQ);

	pthread_mutex_unlock(&lock);
}

void model_lose_interrupts(bool yes)
{
	model_lock();
	lose = yes;
	model_unlock();
}

uint64_t model_callback_irq(void)
{
	return callback;
}

/** How often the guest ended itself for a reason */
unsigned int model_shutdowns(unsigned int reason)
{
	return shutdowns[reason];
}

void model_fail_hypercall(unsigned int n)
{
	model_lock();
	fail_at = n == 0 ? 0 : calls + n;
	model_unlock();
}

bool model_hypercall_failed(void)
{
	model_lock();
	bool failed = fail_at == 0;
	model_unlock();
	return failed;
}

static int add_to_physmap(const xen_add_to_physmap_t *a)
{
	uint64_t phys = (uint64_t) a->gpfn * PAGE;

	if (a->domid != XEN_DOMID_SELF || phys < bar ||
	    phys >= bar + BAR_SIZE)
		model_violation("page %lx is not in the BAR", a->gpfn);

	void **page = &shown[(phys - bar) / PAGE];
	if (a->space == XENMAPSPACE_SHARED_INFO)
		*page = events_page();
	else if (a->idx < MODEL_GNTTAB_PAGES)
		*page = grants_page(a->idx);
	else
		return -22;
	return 0;
}

static int remove_from_physmap(const xen_remove_from_physmap_t *a)
{
	uint64_t phys = (uint64_t) a->gpfn * PAGE;

	if (phys < bar || phys >= bar + BAR_SIZE ||
	    shown[(phys - bar) / PAGE] == NULL)
		model_violation("nothing is shown at page %lx", a->gpfn);
	shown[(phys - bar) / PAGE] = NULL;
	return 0;
}

static int hvm_op(sysarg_t cmd, xen_hvm_param_t *a)
{
	if (cmd == HVMOP_SET_PARAM) {
		if (a->index != HVM_PARAM_CALLBACK_IRQ)
			model_violation("parameter %u is set", a->index);
		callback = a->value;
		return 0;
	}
	switch (a->index) {
	case HVM_PARAM_STORE_PFN:
		a->value = STORE_PFN;
		return 0;
	case HVM_PARAM_STORE_EVTCHN:
		a->value = model_store_port;
		return 0;
	default:
		return -22;
	}
}

/** Whether a hypercall gives back what another one took */
static bool gives_back(sysarg_t op, sysarg_t cmd, const void *arg)
{
	return (op == XEN_HC_MEMORY_OP && cmd == XENMEM_REMOVE_FROM_PHYSMAP) ||
	    (op == XEN_HC_EVENT_CHANNEL_OP && cmd == EVTCHNOP_CLOSE) ||
	    (op == XEN_HC_HVM_OP && cmd == HVMOP_SET_PARAM &&
	    ((const xen_hvm_param_t *) arg)->value == 0);
}

/** The domain is another one: what it had of Xen is not there. */
MODEL_SHARED static void restore(void)
{
	/* Xenstore's port has another number each time. */
	events_reset(model_store_port == MODEL_STORE_PORT ?
	    MODEL_STORE_PORT + 1 : MODEL_STORE_PORT);
	grants_reset();
	memset(shown, 0, sizeof(shown));
	callback = 0;
	unplug_reboot();
	store_restore();
	netback_restore();
}

/** Suspend the domain, and let it go on.
 *
 * The drivers promise more than Xen wants: they have parted from all others.
 */
MODEL_SHARED static int suspend(void)
{
	if (model_open_ports() > 0)
		model_violation("suspended with ports open");
	grants_check_revoked();
	if (callback != 0)
		model_violation("suspended with the callback on");
	if (store_is_asked())
		model_violation("suspended while xenstored is asked");

	switch (model_suspend) {
	case SUSPEND_RESTORED:
		restore();
		return 0;
	case SUSPEND_RESUMED:
		return 0;
	case SUSPEND_CANCELLED:
		return 1;
	default:
		return -1;
	}
}

static int do_call(sysarg_t op, sysarg_t cmd, void *arg)
{
	switch (op) {
	case XEN_HC_XEN_VERSION:
		return 4 << 16 | 17;
	case XEN_HC_MEMORY_OP:
		return cmd == XENMEM_ADD_TO_PHYSMAP ? add_to_physmap(arg) :
		    remove_from_physmap(arg);
	case XEN_HC_EVENT_CHANNEL_OP:
		return events_op(cmd, arg);
	case XEN_HC_GRANT_TABLE_OP:
		if (cmd == GNTTABOP_QUERY_SIZE) {
			xen_gnttab_query_size_t *a = arg;
			a->nr_frames = 1;
			a->max_nr_frames = MODEL_GNTTAB_PAGES;
			a->status = 0;
		}
		return 0;
	case XEN_HC_SCHED_OP:
		shutdowns[((const xen_sched_shutdown_t *) arg)->reason]++;
		return ((const xen_sched_shutdown_t *) arg)->reason ==
		    SHUTDOWN_SUSPEND ? suspend() : 0;
	case XEN_HC_HVM_OP:
		return hvm_op(cmd, arg);
	default:
		return -38;
	}
}

static int call(sysarg_t op, sysarg_t cmd, void *arg)
{
	if (++calls != fail_at)
		return do_call(op, cmd, arg);

	fail_at = 0;
	fprintf(stderr, "== hypercall %lu, %lu fails\n", op, cmd);
	/* Nobody could give back what Xen does not take: so it does, and says
	 * that it did not. */
	if (gives_back(op, cmd, arg))
		(void) do_call(op, cmd, arg);
	return -12;
}

static errno_t hypercall(sysarg_t op, sysarg_t cmd, void *arg, size_t size,
    sysarg_t *result)
{
	untimely_step();
	model_lock();
	*result = (sysarg_t) (intptr_t) call(op, cmd, arg);
	model_unlock();
	return EOK;
}

static errno_t phys_map(uintptr_t phys, size_t size, bool cached, void **virt)
{
	if (fault_step("physmem_map"))
		return ENOMEM;
	if (phys == (uintptr_t) STORE_PFN * PAGE && size <= PAGE) {
		if (!cached)
			model_violation("xenstore's page is mapped uncached");
		*virt = &model_store;
		return EOK;
	}
	if (phys < bar || phys >= bar + BAR_SIZE)
		return host_model_backend.phys_map(phys, size, cached, virt);

	if (!cached)
		model_violation("a page of Xen's is mapped uncached");
	for (size_t i = 0; i < size; i += PAGE) {
		if (shown[(phys - bar + i) / PAGE] == NULL)
			model_violation("nothing is shown at %lx", phys + i);
	}
	*virt = shown[(phys - bar) / PAGE];
	return EOK;
}

static errno_t phys_unmap(void *virt)
{
	uint8_t *p = virt;

	if (p == (uint8_t *) &model_store || p == events_page() ||
	    grants_hold(p))
		return EOK;
	return host_model_backend.phys_unmap(virt);
}

static errno_t port_enable(uintptr_t base, size_t size)
{
	return unplug_has(base) ? EOK :
	    host_model_backend.port_enable(base, size);
}

static errno_t port_disable(uintptr_t base, size_t size)
{
	return unplug_has(base) ? EOK :
	    host_model_backend.port_disable(base, size);
}

static uint64_t reg_read(uintptr_t addr, unsigned int size)
{
	return unplug_has(addr) ? unplug_read(addr) :
	    host_model_backend.read(addr, size);
}

static void reg_write(uintptr_t addr, unsigned int size, uint64_t value)
{
	if (unplug_has(addr))
		unplug_write(addr, size, value);
	else
		host_model_backend.write(addr, size, value);
}

/** The kernel's part of the interrupt looks at the shared page in the BAR. */
MODEL_SHARED static uint64_t bar_read(void *arg, unsigned int n,
    uint64_t offset, unsigned int size)
{
	uint8_t *info = events_page();

	if (n != 1 || offset != 0 || size != 1 || shown[0] != info)
		model_violation("read of BAR %u at %lx", n, offset);
	return __atomic_load_n(info, __ATOMIC_SEQ_CST);
}

MODEL_SHARED static void bar_write(void *arg, unsigned int n, uint64_t offset,
    unsigned int size, uint64_t value)
{
	uint8_t *info = events_page();

	if (n != 1 || offset != 0 || size != 1 || shown[0] != info)
		model_violation("write to BAR %u at %lx", n, offset);
	__atomic_store_n(info, (uint8_t) value, __ATOMIC_SEQ_CST);
}

/** Switch the machine on.
 *
 * @return Session to the parent of the platform device
 */
MODEL_SHARED async_sess_t *model_xen_start(void)
{
	static const host_pci_ops_t ops = {
		.bar_read = bar_read,
		.bar_write = bar_write
	};
	host_pci_desc_t desc = {
		.ops = &ops,
		.bar = { { .size = 256, .io = true }, { .size = BAR_SIZE } },
		.irq = MODEL_IRQ
	};

	backend = host_model_backend;
	backend.name = "Xen model";
	backend.phys_map = phys_map;
	backend.phys_unmap = phys_unmap;
	backend.port_enable = port_enable;
	backend.port_disable = port_disable;
	backend.read = reg_read;
	backend.write = reg_write;
	backend.hypercall = hypercall;
	host_backend = &backend;

	desc.config[0] = 0x53;
	desc.config[1] = 0x58;
	desc.config[2] = 0x01;
	pci = host_pci_add(&desc);
	bar = host_pci_bar_base(pci, 1);
	events_reset(MODEL_STORE_PORT);
	grants_reset();
	unplug_reset();
	memset(shutdowns, 0, sizeof(shutdowns));
	model_suspend = SUSPEND_RESTORED;
	lose = false;
	netback_reset();
	store_reset();
	return host_pci_sess_create(pci);
}

/** Switch the machine off, and look what was left behind. */
void model_xen_stop(void)
{
	host_pci_remove(pci);
	for (size_t i = 0; i < BAR_SIZE / PAGE; i++) {
		if (shown[i] != NULL)
			model_violation("page %zu of the BAR is left", i);
	}
	if (callback != 0)
		model_violation("the callback is left");
}
