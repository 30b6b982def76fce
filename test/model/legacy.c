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
/** @file The legacy interface (4.1.4.10)
 */

#include <host/violation.h>
#include "vm.h"

/** Offsets of the registers */
enum {
	DEVICE_FEATURES = 0,
	DRIVER_FEATURES = 4,
	QUEUE_ADDRESS = 8,
	QUEUE_SIZE = 12,
	QUEUE_SELECT_REG = 14,
	QUEUE_NOTIFY = 16,
	DEVICE_STATUS = 18
};

/** Unit of the queue's address, and alignment of the used ring */
#define PAGE	4096

static void check_width(uint32_t offset, unsigned int size)
{
	unsigned int width = offset < QUEUE_SIZE ? 4 :
	    offset < DEVICE_STATUS ? 2 : 1;

	DEMAND(ACCESS_WIDTH, size == width && offset % width == 0,
	    "accesses %u bytes at %u of the legacy registers", size,
	    (unsigned int) offset);
}

static bool has_queue(vm_t *vm)
{
	return vm->queue_select < vm->cfg.num_queues &&
	    vm->queue_select < vm->cls->queues;
}

/** What the driver is told is the size that its queue is held to, whatever
 * the device says by the time it gets the address.
 */
static uint32_t queue_size(vm_t *vm)
{
	uint32_t lie = vm->lie.queue_size;
	uint16_t size = 0;

	if (lie != 0)
		size = lie;
	else if (has_queue(vm))
		size = vm->cfg.queue_size[vm->queue_select];
	if (has_queue(vm) && !vm->queue[vm->queue_select].enabled)
		vm->queue[vm->queue_select].size = size;
	return size;
}

uint64_t vm_legacy_read(vm_t *vm, uint32_t offset, unsigned int size)
{
	check_width(offset, size);
	switch (offset) {
	case DEVICE_FEATURES:
		DEMAND(INIT_ORDER, (vm->driver_status & VM_DRIVER) != 0,
		    "reads features with status 0x%02x", vm->driver_status);
		return (uint32_t) vm->cfg.features;
	case DRIVER_FEATURES:
		return (uint32_t) vm->driver_features;
	case QUEUE_ADDRESS:
		return has_queue(vm) ?
		    vm->queue[vm->queue_select].desc / PAGE : 0;
	case QUEUE_SIZE:
		return queue_size(vm);
	case QUEUE_SELECT_REG:
		return vm->queue_select;
	case DEVICE_STATUS:
		return vm_status_read(vm);
	default:
		host_violation("the driver reads the notification register");
	}
}

/** 2.7.2: the parts follow from one address. */
static void set_address(vm_t *vm, uint32_t page)
{
	DEMAND(QUEUE_SELECT, has_queue(vm), "sets queue %u up",
	    vm->queue_select);
	DEMAND(QUEUE_SETUP_ORDER, (vm->driver_status & VM_DRIVER) != 0 &&
	    (vm->driver_status & VM_DRIVER_OK) == 0,
	    "sets a queue up with status 0x%02x", vm->driver_status);

	vm_queue_t *vq = &vm->queue[vm->queue_select];
	DEMAND(QUEUE_BEFORE_ENABLE, !vq->enabled, "moves queue %u",
	    vq->index);
	if (vq->size == 0)
		(void) queue_size(vm);
	vq->desc = (uint64_t) page * PAGE;
	vq->avail = vq->desc + 16 * (uint64_t) vq->size;
	vq->used = (vq->avail + 6 + 2 * (uint64_t) vq->size + PAGE - 1) /
	    PAGE * PAGE;
	vm_queue_enable(vm, vq);
}

void vm_legacy_write(vm_t *vm, uint32_t offset, unsigned int size,
    uint32_t value)
{
	check_width(offset, size);
	if (offset != DEVICE_STATUS)
		DEMAND(RESET_WAIT, !vm->resetting, "writes register %u while "
		    "the device still resets", (unsigned int) offset);

	switch (offset) {
	case DRIVER_FEATURES:
		vm_features_write(vm, UINT32_MAX, value);
		break;
	case QUEUE_ADDRESS:
		set_address(vm, value);
		break;
	case QUEUE_SELECT_REG:
		vm->queue_select = value;
		break;
	case QUEUE_NOTIFY:
		vm_notify(vm, value);
		break;
	case DEVICE_STATUS:
		vm_status_write(vm, value);
		break;
	default:
		DEMAND(COMMON_READ_ONLY, false, "writes register %u",
		    (unsigned int) offset);
	}
}

/** @}
 */
