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
/** @file Registers: which structure an access is for; what both interfaces
 * share
 */

#include <byteorder.h>
#include <host/violation.h>
#include <inttypes.h>
#include <string.h>
#include "untimely.h"
#include "vm.h"

#define LEGACY_ISR	19
#define LEGACY_CONFIG	20
/** Vectors, which are there with MSI-X on and move the configuration */
#define MSIX_REGS	4
#define NO_VECTOR	0xffff

/** What was set since the reset read as done is lost. */
static void clear_again(vm_t *vm)
{
	for (unsigned int i = 0; i < VM_QUEUES; i++)
		vm_queue_drop(&vm->queue[i]);
	vm->status = 0;
	vm->isr = 0;
}

/** Step towards a surprise, at each access to a register */
static void count_down(vm_t *vm)
{
	vm->accesses++;
	if (vm->clear_left > 0 && !vm->resetting && --vm->clear_left == 0)
		clear_again(vm);
	if (vm->lie.unplug_in > 0 && --vm->lie.unplug_in == 0)
		vm_unplug(vm);
	if (vm->lie.needs_reset_in > 0 && --vm->lie.needs_reset_in == 0)
		vm_need_reset(vm);
	untimely_step();
}

static uint64_t isr_read(vm_t *vm, unsigned int size)
{
	DEMAND(ACCESS_WIDTH, size == 1, "reads %u bytes of the ISR", size);
	uint8_t isr = vm->isr;
	vm->isr = 0;
	return isr;
}

/** Something else than configuration or generation is accessed. */
void vm_config_done(vm_t *vm)
{
	/* A single field of up to 32 bits is read at once anyway */
	if (vm->last_read == VM_LAST_CONFIG)
		DEMAND(CONFIG_GENERATION, vm->config_run < 2,
		    "reads %u fields, and then not the generation",
		    vm->config_run);
	vm->last_read = VM_LAST_OTHER;
}

/** A field is read: is it the only one, or under a generation? */
static void watch_generation(vm_t *vm)
{
	switch (vm->last_read) {
	case VM_LAST_OTHER:
		vm->last_read = VM_LAST_BARE;
		break;
	case VM_LAST_BARE:
		DEMAND(CONFIG_GENERATION, false,
		    "reads several fields without the generation");
	case VM_LAST_GENERATION:
		vm->last_read = VM_LAST_CONFIG;
		vm->config_run = 1;
		break;
	case VM_LAST_CONFIG:
		vm->config_run++;
		break;
	}
}

/** Where a byte of a field is: a legacy device's fields are in the driver's
 * byte order (2.5.3), those of vm_t.config little-endian.
 */
static uint32_t config_at(const vm_t *vm, const vm_field_t *field,
    uint32_t offset)
{
	uint32_t in = (offset - field->offset) % field->width;
	bool big_endian = host2uint16_t_le(1) != 1;

	return vm->by_legacy && big_endian ?
	    offset - in + field->width - 1 - in : offset;
}

/** The device's configuration is read. */
uint64_t vm_config_read(vm_t *vm, uint32_t offset, unsigned int size)
{
	const vm_field_t *field = vm->cls->fields;
	uint64_t value = 0;

	while (field->width != 0 && (offset < field->offset ||
	    offset - field->offset >= 1U * field->width * field->count))
		field++;
	if (field->width == 0)
		host_violation("the driver reads %u bytes at %u of the "
		    "device's configuration, where no field is", size,
		    (unsigned int) offset);

	unsigned int width = field->width < 4 ? field->width : 4;
	DEMAND(ACCESS_WIDTH, size == width &&
	    (offset - field->offset) % width == 0,
	    "reads %u bytes at %u of the device's configuration, "
	    "which is field %s", size, (unsigned int) offset, field->name);
	DEMAND(CONFIG_OPTIONAL, (vm->cfg.features & field->feature) ==
	    field->feature, "reads field %s, for which it lacks a feature",
	    field->name);
	DEMAND(INIT_ORDER, (vm->driver_status & VM_DRIVER) != 0,
	    "reads field %s with status 0x%02x", field->name,
	    vm->driver_status);

	if (!vm->by_legacy)
		watch_generation(vm);
	if (vm->lie.config_change_in >= 0 && vm->lie.config_change_in-- == 0) {
		memcpy(vm->config, vm->config_later, sizeof(vm->config));
		vm_config_changed(vm);
	}
	for (unsigned int i = 0; i < size; i++)
		value |= (uint64_t) vm->config[config_at(vm, field,
		    offset + i)] << (8 * i);
	return value;
}

/** The status, as it reads; the end of a reset shows here */
uint8_t vm_status_read(vm_t *vm)
{
	if (vm->resetting) {
		if (vm->lie.reset_stuck)
			return vm->status;
		if (vm->reset_left > 0 && vm->status != 0) {
			vm->reset_left--;
			return vm->status | vm->lie.status_or;
		}
		vm_reset_done(vm);
	}
	if ((vm->status & VM_FEATURES_OK) != 0 ||
	    ((vm->driver_status & VM_FEATURES_OK) != 0))
		vm->features_reread = true;
	return vm->status | vm->lie.status_or;
}

static void check_features(vm_t *vm)
{
	if (!vm->by_legacy && (vm->cfg.features & VM_F_VERSION_1) != 0)
		DEMAND(VERSION_1, vm_has(vm, VM_F_VERSION_1),
		    "accepts 0x%" PRIx64, vm->driver_features);
	for (const vm_depends_t *dep = vm->cls->depends; dep->name != NULL;
	    dep++) {
		if ((vm->driver_features & dep->feature) != 0)
			DEMAND(FEATURE_DEPENDS,
			    (vm->driver_features & dep->needs) != 0,
			    "accepts %s (features 0x%" PRIx64 ")", dep->name,
			    vm->driver_features);
	}
}

/** One more step of 3.1.1 */
static void status_step(vm_t *vm, uint8_t bit)
{
	uint8_t before = vm->driver_status;
	uint8_t needed = 0;

	switch (bit) {
	case VM_ACKNOWLEDGE:
		break;
	case VM_DRIVER:
		needed = VM_ACKNOWLEDGE;
		break;
	case VM_FEATURES_OK:
		needed = VM_ACKNOWLEDGE | VM_DRIVER;
		DEMAND(INIT_ORDER, !vm->by_legacy,
		    "sets FEATURES_OK, which the legacy interface has not");
		check_features(vm);
		break;
	case VM_DRIVER_OK:
		needed = VM_ACKNOWLEDGE | VM_DRIVER;
		if (!vm->by_legacy)
			needed |= VM_FEATURES_OK;
		else
			check_features(vm);
		break;
	case VM_FAILED:
		vm->failures++;
		return;
	default:
		needed = 0xff;
	}
	DEMAND(INIT_ORDER, (before & needed) == needed,
	    "sets bit 0x%02x of status 0x%02x", bit, before);
	DEMAND(INIT_ORDER, bit > VM_DRIVER || before < bit,
	    "sets bit 0x%02x of status 0x%02x", bit, before);
}

/** A device may know its driver by the first negotiation. */
static void keep_first_features(vm_t *vm)
{
	if (!vm->negotiated)
		vm->first_features = vm->driver_features;
	vm->negotiated = true;
}

/** The driver writes the status. */
void vm_status_write(vm_t *vm, uint8_t value)
{
	if (value == 0) {
		vm->resets++;
		vm->resetting = true;
		vm->reset_left = vm->cfg.reset_polls;
		/* Only one that ran has something to stop */
		vm->clear_left = (vm->status & VM_DRIVER_OK) != 0 ?
		    vm->cfg.late_clear : 0;
		return;
	}

	DEMAND(RESET_WAIT, !vm->resetting, "writes status 0x%02x while the "
	    "device still resets", value);

	uint8_t fresh = value & ~vm->driver_status;
	/* A bit that the device set may be written back */
	fresh &= ~(vm->status | vm->lie.status_or);
	/* FEATURES_OK may be one that the device cleared */
	DEMAND(STATUS_CLEAR,
	    (vm->driver_status & vm->status & ~value) == 0,
	    "writes status 0x%02x over 0x%02x", value, vm->driver_status);
	DEMAND(STATUS_FAILED, (vm->driver_status & VM_FAILED) == 0 ||
	    fresh == 0, "writes status 0x%02x over 0x%02x", value,
	    vm->driver_status);
	if ((vm->driver_status & VM_FEATURES_OK) != 0 &&
	    (vm->status & VM_FEATURES_OK) == 0)
		DEMAND(FEATURES_REFUSED, (fresh & ~VM_FAILED) == 0,
		    "goes on with status 0x%02x", value);
	DEMAND(INIT_ORDER, (fresh & (fresh - 1)) == 0,
	    "takes several steps at once: status 0x%02x over 0x%02x", value,
	    vm->driver_status);
	if (fresh != 0)
		status_step(vm, fresh);

	vm->driver_status |= fresh;
	if (fresh == VM_FEATURES_OK)
		keep_first_features(vm);
	if (vm->cfg.late_clear != 0)
		vm->status = value;
	vm->status |= fresh;
	if (fresh == VM_FEATURES_OK && (vm->lie.refuse_features ||
	    !vm_has(vm, vm->cfg.insists)))
		vm->status &= ~VM_FEATURES_OK;
	if (fresh == VM_DRIVER_OK)
		vm->starts++;
}

/** The driver accepts features, those of a mask. */
void vm_features_write(vm_t *vm, uint64_t mask, uint64_t value)
{
	DEMAND(INIT_ORDER, (vm->driver_status & VM_DRIVER) != 0,
	    "accepts features with status 0x%02x", vm->driver_status);
	DEMAND(FEATURES_AFTER_OK, (vm->driver_status &
	    (VM_FEATURES_OK | VM_DRIVER_OK)) == 0,
	    "accepts features with status 0x%02x", vm->driver_status);
	DEMAND(FEATURE_OFFERED, (value & ~vm->cfg.features) == 0,
	    "accepts 0x%" PRIx64 ", the device offers 0x%" PRIx64, value,
	    vm->cfg.features);
	vm->driver_features = (vm->driver_features & ~mask) | value;
	if (vm->by_legacy)
		keep_first_features(vm);
}

/** The driver notifies the device of a queue. */
void vm_notify(vm_t *vm, unsigned int index)
{
	/* The driver does not know yet what the second clearing took */
	if (vm->cfg.late_clear != 0 && index < vm->cls->queues &&
	    !vm->queue[index].enabled)
		return;
	DEMAND(NOTIFY_VALUE, index < vm->cls->queues &&
	    vm->queue[index].enabled, "notifies of queue %u", index);
	DEMAND(NOTIFY_EARLY, (vm->driver_status & VM_DRIVER_OK) != 0,
	    "notifies of queue %u with status 0x%02x", index,
	    vm->driver_status);

	vm_queue_t *vq = &vm->queue[index];
	vq->kicks++;
	if (vm->lie.lost > 0) {
		vm->lie.lost--;
		return;
	}
	if (vm->lie.deaf || !vm_live(vm))
		return;
	if (!vm_queue_heard(vm, vq))
		vq->kicks_idle++;
	vm_queue_look(vm, vq);
	if (!vq->hold)
		vm->cls->available(vm, vq);
}

static void notify_write(vm_t *vm, uint32_t offset, unsigned int size,
    uint32_t value)
{
	DEMAND(ACCESS_WIDTH, size == 2, "writes %u bytes to notify", size);

	bool found = false;
	for (unsigned int i = 0; i < vm->cls->queues; i++) {
		if (offset == vm->cfg.notify_off[i] * vm->cfg.notify_mult)
			found = found || vm->cfg.notify_mult == 0 ||
			    value == i;
	}
	DEMAND(NOTIFY_ADDRESS, found, "notifies of queue %u at 0x%x",
	    (unsigned int) value, (unsigned int) offset);
	vm_notify(vm, value);
}

/** Structure that an access is for; offset becomes one within it. */
static vm_struct_t find_struct(vm_t *vm, unsigned int bar, uint64_t *offset,
    unsigned int size)
{
	for (vm_struct_t s = 0; s < VM_STRUCTS; s++) {
		if (vm->at[s].length != 0 && vm->at[s].bar == bar &&
		    *offset >= vm->at[s].offset && *offset + size <=
		    vm->at[s].offset + (uint64_t) vm->at[s].length) {
			*offset -= vm->at[s].offset;
			return s;
		}
	}
	host_violation("the driver accesses %u bytes at 0x%" PRIx64
	    " of BAR %u, where no structure is", size, *offset, bar);
}

/** Is an access for the legacy interface? */
static bool is_legacy_bar(vm_t *vm, unsigned int bar)
{
	if (bar != 0 || (vm->cfg.kind != VM_LEGACY &&
	    vm->cfg.kind != VM_TRANSITIONAL))
		return false;
	vm->by_legacy = true;
	return true;
}

static uint64_t modern_read(vm_t *vm, unsigned int bar, uint64_t offset,
    unsigned int size)
{
	switch (find_struct(vm, bar, &offset, size)) {
	case VM_COMMON:
		return vm_common_read(vm, offset, size);
	case VM_ISR:
		return isr_read(vm, size);
	case VM_DEVICE:
		return vm_config_read(vm, offset, size);
	default:
		host_violation("the driver reads the notification structure");
	}
}

/** What comes after the ISR: vectors, if any, and the configuration */
static uint64_t legacy_rest_read(vm_t *vm, uint64_t offset, unsigned int size)
{
	offset -= LEGACY_CONFIG;
	if (!vm_msix_on(vm))
		return vm_config_read(vm, offset, size);
	return offset < MSIX_REGS ? NO_VECTOR :
	    vm_config_read(vm, offset - MSIX_REGS, size);
}

/** What a driver that does not swap has of a value that goes over the bus,
 * which is little-endian, and back
 */
static uint64_t over_bus(uint64_t value, unsigned int size)
{
	switch (size) {
	case 2:
		return uint16_t_le2host((uint16_t) value);
	case 4:
		return uint32_t_le2host((uint32_t) value);
	default:
		return value;
	}
}

static uint64_t bar_read(void *arg, unsigned int bar, uint64_t offset,
    unsigned int size)
{
	vm_t *vm = arg;
	uint64_t value = UINT64_MAX;

	vm_lock(vm);
	count_down(vm);
	if (vm->unplugged)
		goto out;
	if (!is_legacy_bar(vm, bar))
		value = modern_read(vm, bar, offset, size);
	else if (offset == LEGACY_ISR)
		value = isr_read(vm, size);
	else if (offset < LEGACY_ISR)
		value = vm_legacy_read(vm, offset, size);
	else
		value = legacy_rest_read(vm, offset, size);
out:
	vm_unlock(vm);
	return over_bus(value, size);
}

static void modern_write(vm_t *vm, unsigned int bar, uint64_t offset,
    unsigned int size, uint32_t value)
{
	switch (find_struct(vm, bar, &offset, size)) {
	case VM_COMMON:
		vm_common_write(vm, offset, size, value);
		break;
	case VM_NOTIFY:
		notify_write(vm, offset, size, value);
		break;
	case VM_ISR:
		DEMAND(ISR_READ_ONLY, false, "writes 0x%x", value);
		break;
	default:
		DEMAND(CONFIG_WRITE, false, "writes 0x%x at %u of the "
		    "device's configuration", value, (unsigned int) offset);
	}
}

static void bar_write(void *arg, unsigned int bar, uint64_t offset,
    unsigned int size, uint64_t value)
{
	vm_t *vm = arg;

	value = over_bus(value, size);
	vm_lock(vm);
	count_down(vm);
	if (vm->unplugged)
		goto out;
	DEMAND(ACCESS_WIDTH, size <= 4, "writes %u bytes at once", size);
	vm_clause_count(CLAUSE_CONFIG_WRITE);
	vm_clause_count(CLAUSE_ISR_READ_ONLY);
	if (!is_legacy_bar(vm, bar))
		modern_write(vm, bar, offset, size, value);
	else if (offset < LEGACY_ISR)
		vm_legacy_write(vm, offset, size, value);
	else if (offset == LEGACY_ISR)
		DEMAND(ISR_READ_ONLY, false, "writes the ISR");
	else
		DEMAND(CONFIG_WRITE, false, "writes the configuration");
out:
	vm_unlock(vm);
}

static void config_write(void *arg, uint32_t offset, unsigned int size,
    uint32_t value)
{
	vm_t *vm = arg;
	uint8_t *config = host_pci_config(vm->fn);

	bool msix = vm->msix_cap != 0 && offset >= vm->msix_cap &&
	    offset + size <= vm->msix_cap + 4U;
	DEMAND(CAP_READ_ONLY, offset < 0x40 || msix, "writes 0x%x at 0x%x of "
	    "the configuration space", value, offset);
	vm_lock(vm);
	for (unsigned int i = 0; i < size; i++, value >>= 8) {
		uint8_t *byte = &config[offset + i];

		/* MSI-X: on and masked can be set */
		if (msix && offset + i == vm->msix_cap + 3U)
			*byte = (*byte & 0x3f) | (value & 0xc0);
		/* The status half of the command register clears what is set */
		if (!msix && offset + i != 0x06 && offset + i != 0x07)
			*byte = value;
	}
	vm_unlock(vm);
}

const host_pci_ops_t vm_pci_ops = {
	.bar_read = bar_read,
	.bar_write = bar_write,
	.config_write = config_write
};

/** @}
 */
