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
/** @file What the kernel's part of the Xen drivers uses of the kernel
 *
 * All of the kernel's headers that it includes are this one (see Makefile).
 */

#ifndef KERNEL_H_
#define KERNEL_H_

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef uintptr_t sysarg_t;
typedef uintptr_t uspace_addr_t;

#define sizeof_array(a)  (sizeof(a) / sizeof((a)[0]))

/** A task is its permissions. */
typedef unsigned int perm_t;
typedef struct {
	perm_t perms;
} task_t;

extern task_t *kernel_task;
#define TASK  kernel_task

#define PERM_MEM_MANAGER  1
#define PERM_IO_MANAGER   2
#define perm_get(task)    ((task)->perms)

/** A lock that is held once at most */
typedef struct {
	bool held;
} irq_spinlock_t;

#define IRQ_SPINLOCK_STATIC_INITIALIZE(name)  static irq_spinlock_t name

extern void irq_spinlock_lock(irq_spinlock_t *, bool);
extern void irq_spinlock_unlock(irq_spinlock_t *, bool);

#define ZONE_RESERVED  1
#define ZONE_FIRMWARE  2

typedef struct {
	irq_spinlock_t lock;
	struct {
		unsigned int flags;
	} info[3];
} zones_t;

extern zones_t zones;
extern size_t find_zone(uintptr_t, size_t, size_t);

extern errno_t copy_from_uspace(void *, uspace_addr_t, size_t);
extern errno_t copy_to_uspace(uspace_addr_t, const void *, size_t);

#endif

/** @}
 */
