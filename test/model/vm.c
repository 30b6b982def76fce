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

/** @addtogroup test_model
 * @{
 */
/** @file A virtio PCI device: making, plugging, interrupts
 */

#include <byteorder.h>
#include <host/violation.h>
#include <stdlib.h>
#include <string.h>
#include "vm.h"

#define PCI_VENDOR	0x1af4
#define PCI_STATUS_CAPS	0x10
#define PCI_CAP_POINTER	0x34
#define PCI_CAP_VENDOR	0x09
#define PCI_CAP_MSIX	0x11
#define PCI_COMMAND	0x04
#define PCI_NO_INTX	0x0400
#define PCI_MSIX_ON	0x8000
#define MSIX_VECTORS	3
/** Where the first capability is */
#define FIRST_CAP	0x40

static void put_16(uint8_t *p, uint16_t val)
{
	p[0] = val;
	p[1] = val >> 8;
}

static void put_32(uint8_t *p, uint32_t val)
{
	put_16(p, val);
	put_16(p + 2, val >> 16);
}

/** Make a sound device; nobody sees it before vm_plug(). */
vm_t *vm_create(const vm_class_t *cls, vm_kind_t kind)
{
	vm_t *vm = calloc(1, sizeof(vm_t));
	pthread_mutexattr_t attr;

	if (vm == NULL)
		abort();
	vm->cls = cls;
	vm->cfg.kind = kind;
	vm->cfg.features = VM_F_INDIRECT_DESC | VM_F_EVENT_IDX;
	if (kind == VM_LEGACY || kind == VM_TRANSITIONAL)
		vm->cfg.features |= VM_F_ANY_LAYOUT;
	if (kind != VM_LEGACY)
		vm->cfg.features |= VM_F_VERSION_1;
	vm->cfg.num_queues = cls->queues;
	vm->cfg.notify_mult = 4;
	vm->cfg.irq = 11;
	vm->cfg.reset_polls = 2;
	for (unsigned int i = 0; i < VM_QUEUES; i++) {
		vm->cfg.queue_size[i] = 256;
		/* Not the queue's index, which a driver could mistake it for */
		vm->cfg.notify_off[i] = VM_QUEUES + 1 - i;
	}
	/* As the firmware left it, which may have booted from it */
	vm->status = VM_ACKNOWLEDGE | VM_DRIVER | VM_FEATURES_OK |
	    VM_DRIVER_OK;
	vm->lie.config_change_in = -1;
	vm->lie.unplug_in = -1;
	vm->lie.needs_reset_in = -1;

	pthread_mutexattr_init(&attr);
	pthread_mutexattr_settype(&attr, PTHREAD_MUTEX_RECURSIVE);
	pthread_mutex_init(&vm->lock, &attr);
	pthread_mutexattr_destroy(&attr);
	return vm;
}

/** A place for a BAR in I/O ports; there are few, so they come round */
static uint64_t io_base(void)
{
	static unsigned int count;

	return 0xc000 + count++ % 16 * 0x400;
}

static const vm_layout_t mem_layout = {
	.bar = 4,
	.is_64 = true,
	.size = 0x4000,
	.at = {
		[VM_COMMON] = { 0x0000, 0x1000 },
		[VM_ISR] = { 0x1000, 0x1000 },
		[VM_DEVICE] = { 0x2000, 0x1000 },
		[VM_NOTIFY] = { 0x3000, 0x1000 }
	}
};

static const vm_layout_t io_layout = {
	.bar = 2,
	.io = true,
	.size = 0x100,
	.at = {
		[VM_COMMON] = { 0x00, 0x38 },
		[VM_ISR] = { 0x38, 0x01 },
		[VM_DEVICE] = { 0x40, 0x40 },
		[VM_NOTIFY] = { 0x80, 0x40 }
	}
};

/** A capability and a BAR for MSI-X, which no driver here uses.
 *
 * @return Position of the next capability
 */
static uint8_t build_msix(vm_t *vm, uint8_t **link, uint8_t pos)
{
	uint8_t *cap = &vm->desc.config[pos];

	if (!vm->cfg.msix)
		return pos;
	if (vm->desc.bar[1].size == 0 && !vm->desc.bar[0].is_64)
		vm->desc.bar[1].size = 0x1000;
	**link = pos;
	*link = &cap[1];
	cap[0] = PCI_CAP_MSIX;
	put_16(&cap[2], (MSIX_VECTORS - 1) |
	    (vm->cfg.msix_on ? PCI_MSIX_ON : 0));
	put_32(&cap[4], 1);
	put_32(&cap[8], 0x800 | 1);
	vm->msix_cap = pos;
	return pos + 12;
}

/** Put the structures into a BAR, and a capability for each into the list. */
static void build_modern(vm_t *vm, uint8_t *link, uint8_t pos)
{
	const vm_layout_t *layout = vm->cfg.layout;

	for (vm_struct_t s = 0; s < VM_STRUCTS; s++) {
		uint8_t *cap = &vm->desc.config[pos];
		uint8_t len = s == VM_NOTIFY ? 20 : 16;

		vm->at[s].bar = layout->bar;
		vm->at[s].offset = layout->at[s].offset;
		vm->at[s].length = layout->at[s].length;
		vm->at[s].cap = pos;

		*link = pos;
		cap[0] = PCI_CAP_VENDOR;
		link = &cap[1];
		cap[2] = vm->cfg.cap_len != 0 ? vm->cfg.cap_len : len;
		cap[3] = s + 1;
		cap[4] = vm->at[s].bar;
		put_32(&cap[8], vm->at[s].offset);
		put_32(&cap[12], vm->at[s].length);
		if (s == VM_NOTIFY)
			put_32(&cap[16], vm->cfg.notify_mult);
		pos += len;
	}
}

/** The BAR of the modern interface */
static void build_bar(vm_t *vm)
{
	if (vm->cfg.layout == NULL)
		vm->cfg.layout = vm->cfg.kind == VM_MODERN_IO ? &io_layout :
		    &mem_layout;

	const vm_layout_t *layout = vm->cfg.layout;
	host_pci_bar_t *bar = &vm->desc.bar[layout->bar];

	bar->size = layout->size;
	bar->io = layout->io;
	bar->is_64 = layout->is_64;
	bar->base = layout->io ? io_base() : 0;
}

/** Lay out configuration space and BARs by vm_t.cfg, which may have changed
 * since the last time.
 */
void vm_build(vm_t *vm)
{
	uint8_t *config = vm->desc.config;
	uint8_t *link = &config[PCI_CAP_POINTER];
	uint8_t pos = FIRST_CAP;
	uint32_t class_code = vm->cfg.class_code != 0 ? vm->cfg.class_code :
	    vm->cls->class_code;
	bool modern = vm->cfg.kind == VM_MODERN ||
	    vm->cfg.kind == VM_MODERN_IO;

	memset(config, 0, sizeof(vm->desc.config));
	memset(vm->desc.bar, 0, sizeof(vm->desc.bar));
	memset(vm->at, 0, sizeof(vm->at));
	vm->msix_cap = 0;
	put_16(&config[0x00], PCI_VENDOR);
	put_16(&config[0x02], modern ? 0x1040 + vm->cls->id :
	    0x1000 + vm->cls->id - 1);
	config[0x08] = modern ? 1 : 0;
	put_16(&config[0x0a], class_code >> 8);
	config[0x09] = class_code;
	put_16(&config[PCI_COMMAND], vm->cfg.intx_off ? PCI_NO_INTX : 0);
	put_16(&config[0x2c], PCI_VENDOR);
	put_16(&config[0x2e], modern ? 0x1100 : vm->cls->id);

	if (vm->cfg.kind == VM_TRANSITIONAL || vm->cfg.kind == VM_LEGACY) {
		vm->desc.bar[0].size = vm->cfg.legacy_size != 0 ?
		    vm->cfg.legacy_size : 0x40;
		vm->desc.bar[0].io = true;
		vm->desc.bar[0].base = io_base();
	}
	if (vm->cfg.kind != VM_LEGACY)
		build_bar(vm);
	if (vm->cfg.kind != VM_LEGACY || vm->cfg.msix)
		put_16(&config[0x06], PCI_STATUS_CAPS);
	pos = build_msix(vm, &link, pos);
	if (vm->cfg.kind != VM_LEGACY)
		build_modern(vm, link, pos);
	if (vm->cfg.kind == VM_LEGACY)
		vm->cfg.features &= UINT32_MAX;

	vm->desc.irq = vm->cfg.irq;
	vm->desc.ops = &vm_pci_ops;
	vm->desc.arg = vm;
}

void vm_plug(vm_t *vm)
{
	for (unsigned int i = 0; i < VM_QUEUES; i++)
		vm->queue[i].index = i;
	vm->fn = host_pci_add(&vm->desc);
}

/** Take the device away under the driver's hands. */
void vm_unplug(vm_t *vm)
{
	vm_lock(vm);
	vm->unplugged = true;
	host_pci_unplug(vm->fn);
	for (unsigned int i = 0; i < VM_QUEUES; i++)
		vm_queue_drop(&vm->queue[i]);
	vm_unlock(vm);
}

void vm_destroy(vm_t *vm)
{
	if (vm->fn != NULL)
		host_pci_remove(vm->fn);
	for (unsigned int i = 0; i < VM_QUEUES; i++)
		vm_queue_drop(&vm->queue[i]);
	pthread_mutex_destroy(&vm->lock);
	free(vm);
}

void vm_lock(vm_t *vm)
{
	pthread_mutex_lock(&vm->lock);
}

void vm_unlock(vm_t *vm)
{
	pthread_mutex_unlock(&vm->lock);
}

/** Is MSI-X on? The device then uses that, which nobody hears. */
bool vm_msix_on(vm_t *vm)
{
	uint8_t *config = host_pci_config(vm->fn);

	return vm->msix_cap != 0 &&
	    (config[vm->msix_cap + 3] & PCI_MSIX_ON >> 8) != 0;
}

/** Can the device's line be raised at all? */
static bool has_line(vm_t *vm)
{
	uint8_t *config = host_pci_config(vm->fn);

	return vm->cfg.irq >= 0 && !vm_msix_on(vm) &&
	    (config[PCI_COMMAND + 1] & PCI_NO_INTX >> 8) == 0;
}

/** Interrupt; does a handler hear of it? The lock is held. */
bool vm_interrupt(vm_t *vm, uint8_t isr)
{
	if (vm->unplugged)
		return false;
	/* 4.1.4.5: the line is held until the ISR is read */
	bool held = vm->isr != 0;
	vm->irqs++;
	if (vm->cfg.no_intx || vm_msix_on(vm))
		return false;
	vm->isr = vm->cfg.isr_replaced ? isr : vm->isr | isr;
	if (vm->lie.mute || !has_line(vm) || (vm->lie.edges && held))
		return false;
	vm->irqs_heard++;
	return host_irq_raise(vm->cfg.irq);
}

/** Interrupt for everything, with nothing to tell: for untimely_begin(). */
bool vm_interrupt_idly(void *arg)
{
	vm_t *vm = arg;

	vm_lock(vm);
	bool heard = vm_interrupt(vm, VM_ISR_QUEUE | VM_ISR_CONFIG);
	vm_unlock(vm);
	return heard;
}

/** The configuration has changed: tell the driver. The lock is held. */
void vm_config_changed(vm_t *vm)
{
	vm->generation++;
	if ((vm->status & VM_DRIVER_OK) != 0)
		vm_interrupt(vm, VM_ISR_CONFIG);
}

/** The device cannot go on (2.1.2). The lock is held. */
void vm_need_reset(vm_t *vm)
{
	vm->status |= VM_NEEDS_RESET;
	if ((vm->status & VM_DRIVER_OK) != 0)
		vm_interrupt(vm, VM_ISR_CONFIG);
}

/** The device is sane again, as far as the test does not say more. The lock is
 * held.
 */
void vm_calm(vm_t *vm)
{
	vm->lie.mute = false;
	vm->lie.deaf = false;
	vm->lie.generation_runs = false;
	vm->lie.refuse_features = false;
	vm->lie.queue_size = 0;
	vm->lie.needs_reset_in = -1;
}

/** May the device use its queues? */
bool vm_live(vm_t *vm)
{
	return !vm->unplugged && !vm->resetting &&
	    (vm->status & VM_DRIVER_OK) != 0 &&
	    (vm->status & VM_NEEDS_RESET) == 0;
}

/** Was a feature negotiated? */
bool vm_has(const vm_t *vm, uint64_t feature)
{
	return (vm->driver_features & feature) == feature;
}

/** Does the device act on a feature? That is what was negotiated, or what was
 * negotiated the first time.
 */
bool vm_acts_on(const vm_t *vm, uint64_t feature)
{
	return vm->cfg.features_once ?
	    (vm->first_features & feature) == feature : vm_has(vm, feature);
}

/** Does the driver use the legacy interface? */
bool vm_is_legacy(const vm_t *vm)
{
	return !vm_has(vm, VM_F_VERSION_1);
}

/*
 * A field in the driver's memory, as the device means it, and back: of a legacy
 * device in the driver's byte order, of others little-endian (2.4.3, 2.7.3).
 */

uint16_t vm_16(const vm_t *vm, uint16_t val)
{
	return vm_is_legacy(vm) ? val : uint16_t_le2host(val);
}

uint32_t vm_32(const vm_t *vm, uint32_t val)
{
	return vm_is_legacy(vm) ? val : uint32_t_le2host(val);
}

uint64_t vm_64(const vm_t *vm, uint64_t val)
{
	return vm_is_legacy(vm) ? val : uint64_t_le2host(val);
}

/** The reset is over, and the driver knows. */
void vm_reset_done(vm_t *vm)
{
	for (unsigned int i = 0; i < VM_QUEUES; i++)
		vm_queue_drop(&vm->queue[i]);
	vm->resetting = false;
	vm->status = 0;
	vm->driver_status = 0;
	vm->features_reread = false;
	vm->driver_features = 0;
	vm->feature_select[0] = 0;
	vm->feature_select[1] = 0;
	vm->queue_select = 0;
	vm->isr = 0;
	if (vm->cls->reset != NULL)
		vm->cls->reset(vm);
}

static bool overlaps(uint64_t a, uint64_t a_len, uint64_t b, uint64_t b_len)
{
	return a < b + b_len && b < a + a_len;
}

static bool chain_holds(const vm_chain_t *chain, uint64_t phys, size_t size)
{
	if (overlaps(phys, size, chain->table, chain->table_len))
		return true;
	for (unsigned int i = 0; i < chain->out + chain->in; i++) {
		const vm_desc_t *seg = vm_chain_seg(chain, i);

		if (overlaps(phys, size, seg->addr, seg->len))
			return true;
	}
	return false;
}

static bool queue_holds(vm_queue_t *vq, uint64_t phys, size_t size)
{
	if (!vq->enabled)
		return false;
	if (overlaps(phys, size, vq->desc, 16 * (uint64_t) vq->size) ||
	    overlaps(phys, size, vq->avail, 6 + 2 * (uint64_t) vq->size) ||
	    overlaps(phys, size, vq->used, 6 + 8 * (uint64_t) vq->size))
		return true;
	for (vm_chain_t *chain = vq->first; chain; chain = chain->next) {
		if (chain_holds(chain, phys, size))
			return true;
	}
	return false;
}

/** May the device use this memory? */
bool vm_holds(vm_t *vm, uint64_t phys, size_t size)
{
	bool holds = false;

	vm_lock(vm);
	for (unsigned int i = 0; i < VM_QUEUES && !vm->unplugged; i++)
		holds |= queue_holds(&vm->queue[i], phys, size);
	vm_unlock(vm);
	return holds;
}

/** @}
 */
