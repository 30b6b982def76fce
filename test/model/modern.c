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
/** @file The modern interface: common configuration structure (4.1.4.3)
 */

#include <inttypes.h>
#include <host/violation.h>
#include "vm.h"

/** Offsets of the fields */
enum {
	DEVICE_FEATURE_SELECT = 0,
	DEVICE_FEATURE = 4,
	DRIVER_FEATURE_SELECT = 8,
	DRIVER_FEATURE = 12,
	CONFIG_MSIX_VECTOR = 16,
	NUM_QUEUES = 18,
	DEVICE_STATUS = 20,
	CONFIG_GENERATION_REG = 21,
	QUEUE_SELECT_REG = 22,
	QUEUE_SIZE = 24,
	QUEUE_MSIX_VECTOR = 26,
	QUEUE_ENABLE = 28,
	QUEUE_NOTIFY_OFF = 30,
	QUEUE_DESC = 32,
	QUEUE_DRIVER = 40,
	QUEUE_DEVICE = 48,
	COMMON_END = 56
};

#define NO_VECTOR	0xffff

/** Width of the field at an offset, 0 if none begins there */
static unsigned int width_of(uint32_t offset)
{
	switch (offset) {
	case DEVICE_STATUS:
	case CONFIG_GENERATION_REG:
		return 1;
	case CONFIG_MSIX_VECTOR:
	case NUM_QUEUES:
	case QUEUE_SELECT_REG:
	case QUEUE_SIZE:
	case QUEUE_MSIX_VECTOR:
	case QUEUE_ENABLE:
	case QUEUE_NOTIFY_OFF:
		return 2;
	default:
		return offset < COMMON_END && offset % 4 == 0 ? 4 : 0;
	}
}

static void check_width(uint32_t offset, unsigned int size)
{
	DEMAND(ACCESS_WIDTH, width_of(offset) == size,
	    "accesses %u bytes at %u of the common configuration", size,
	    (unsigned int) offset);
}

/** Queues are for after FEATURES_OK was seen to stay. */
static void check_queue_access(vm_t *vm, bool setup)
{
	DEMAND(QUEUE_SETUP_ORDER, (vm->driver_status & VM_FEATURES_OK) != 0,
	    "looks at queues with status 0x%02x", vm->driver_status);
	DEMAND(FEATURES_REREAD, vm->features_reread,
	    "looks at queues and has not read the status again");
	DEMAND(FEATURES_REFUSED, (vm->status & VM_FEATURES_OK) != 0,
	    "looks at queues although FEATURES_OK was refused");
	if (setup)
		DEMAND(QUEUE_SETUP_ORDER,
		    (vm->driver_status & VM_DRIVER_OK) == 0,
		    "sets a queue up with status 0x%02x", vm->driver_status);
}

/** The selected queue */
static vm_queue_t *selected(vm_t *vm)
{
	DEMAND(QUEUE_SELECT, vm->queue_select < vm->cfg.num_queues,
	    "uses queue %u", vm->queue_select);
	return &vm->queue[vm->queue_select];
}

static uint32_t queue_size(vm_t *vm, vm_queue_t *vq)
{
	if (vm->lie.queue_size != 0)
		return vm->lie.queue_size & 0xffff;
	return vq->size != 0 ? vq->size : vm->cfg.queue_size[vq->index];
}

static uint32_t feature_word(uint64_t features, uint32_t select)
{
	return select < 2 ? features >> (32 * select) : 0;
}

static uint32_t queue_read(vm_t *vm, uint32_t offset)
{
	check_queue_access(vm, false);
	vm_queue_t *vq = selected(vm);

	switch (offset) {
	case QUEUE_SIZE:
		return queue_size(vm, vq);
	case QUEUE_MSIX_VECTOR:
		return NO_VECTOR;
	case QUEUE_ENABLE:
		return vq->enabled;
	case QUEUE_NOTIFY_OFF:
		return vm->cfg.notify_off[vq->index];
	default:
		host_violation("the driver reads back register %u of a queue; "
		    "the model keeps none", (unsigned int) offset);
	}
}

static uint32_t common_read(vm_t *vm, uint32_t offset)
{
	switch (offset) {
	case DEVICE_FEATURE_SELECT:
		return vm->feature_select[0];
	case DEVICE_FEATURE:
		DEMAND(INIT_ORDER, (vm->driver_status & VM_DRIVER) != 0,
		    "reads features with status 0x%02x", vm->driver_status);
		return feature_word(vm->cfg.features, vm->feature_select[0]);
	case DRIVER_FEATURE_SELECT:
		return vm->feature_select[1];
	case DRIVER_FEATURE:
		return feature_word(vm->driver_features,
		    vm->feature_select[1]);
	case CONFIG_MSIX_VECTOR:
		return NO_VECTOR;
	case NUM_QUEUES:
		return vm->lie.num_queues != 0 ? vm->lie.num_queues & 0xffff :
		    vm->cfg.num_queues;
	case DEVICE_STATUS:
		return vm_status_read(vm);
	case QUEUE_SELECT_REG:
		return vm->queue_select;
	default:
		return queue_read(vm, offset);
	}
}

uint64_t vm_common_read(vm_t *vm, uint32_t offset, unsigned int size)
{
	check_width(offset, size);
	if (offset == CONFIG_GENERATION_REG) {
		vm->last_read = VM_LAST_GENERATION;
		if (vm->lie.generation_runs)
			vm->generation++;
		return vm->generation;
	}
	vm_config_done(vm);
	return common_read(vm, offset);
}

static void set_queue_size(vm_t *vm, vm_queue_t *vq, uint32_t value)
{
	DEMAND(QUEUE_SIZE_POWER, value != 0 && (value & (value - 1)) == 0,
	    "gives queue %u the size %u", vq->index, value);
	DEMAND(QUEUE_SIZE_MAX, vm->lie.queue_size != 0 ||
	    value <= vm->cfg.queue_size[vq->index],
	    "gives queue %u the size %u, the most is %u", vq->index, value,
	    vm->cfg.queue_size[vq->index]);
	vq->size = value;
	vq->written |= 1;
}

/** One half of an address */
static void set_half(uint64_t *addr, bool high, uint32_t value)
{
	unsigned int shift = high ? 32 : 0;

	*addr &= ~(UINT64_C(0xffffffff) << shift);
	*addr |= (uint64_t) value << shift;
}

/** All halves of the three addresses; the size may be left as it is. */
#define QUEUE_ALL_WRITTEN	0x7e

static void queue_write(vm_t *vm, uint32_t offset, uint32_t value)
{
	check_queue_access(vm, true);
	vm_queue_t *vq = selected(vm);
	bool high = (offset & 4) != 0;

	if (offset == QUEUE_MSIX_VECTOR)
		return;
	if (offset == QUEUE_ENABLE) {
		DEMAND(QUEUE_DISABLE, value == 1, "writes %u to queue_enable",
		    value);
		DEMAND(QUEUE_BEFORE_ENABLE, (vq->written & QUEUE_ALL_WRITTEN)
		    == QUEUE_ALL_WRITTEN, "enables queue %u with registers "
		    "0x%02x written", vq->index, vq->written);
		if (vq->size == 0)
			vq->size = vm->cfg.queue_size[vq->index];
		vm_queue_enable(vm, vq);
		return;
	}

	DEMAND(QUEUE_BEFORE_ENABLE, !vq->enabled,
	    "writes register %u of queue %u, which is enabled",
	    (unsigned int) offset, vq->index);
	switch (offset & ~4U) {
	case QUEUE_SIZE:
		set_queue_size(vm, vq, value);
		break;
	case QUEUE_DESC:
		set_half(&vq->desc, high, value);
		vq->written |= high ? 4 : 2;
		break;
	case QUEUE_DRIVER:
		set_half(&vq->avail, high, value);
		vq->written |= high ? 16 : 8;
		break;
	case QUEUE_DEVICE:
		set_half(&vq->used, high, value);
		vq->written |= high ? 64 : 32;
		break;
	}
}

static void features_write(vm_t *vm, uint32_t value)
{
	uint32_t select = vm->feature_select[1];

	if (select >= 2) {
		DEMAND(FEATURE_OFFERED, value == 0, "accepts features beyond "
		    "64");
		return;
	}
	vm_features_write(vm, UINT64_C(0xffffffff) << (32 * select),
	    (uint64_t) value << (32 * select));
}

void vm_common_write(vm_t *vm, uint32_t offset, unsigned int size,
    uint32_t value)
{
	check_width(offset, size);
	vm_config_done(vm);

	if (offset != DEVICE_STATUS)
		DEMAND(RESET_WAIT, !vm->resetting, "writes register %u while "
		    "the device still resets", (unsigned int) offset);
	DEMAND(COMMON_READ_ONLY, offset != DEVICE_FEATURE &&
	    offset != NUM_QUEUES && offset != CONFIG_GENERATION_REG &&
	    offset != QUEUE_NOTIFY_OFF, "writes register %u",
	    (unsigned int) offset);

	switch (offset) {
	case DEVICE_FEATURE_SELECT:
		vm->feature_select[0] = value;
		break;
	case DRIVER_FEATURE_SELECT:
		vm->feature_select[1] = value;
		break;
	case DRIVER_FEATURE:
		features_write(vm, value);
		break;
	case CONFIG_MSIX_VECTOR:
		break;
	case DEVICE_STATUS:
		vm_status_write(vm, value);
		break;
	case QUEUE_SELECT_REG:
		check_queue_access(vm, false);
		vm->queue_select = value;
		break;
	default:
		queue_write(vm, offset, value);
	}
}

/** @}
 */
