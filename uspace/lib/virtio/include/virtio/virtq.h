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

/** @addtogroup libvirtio
 * @{
 */
/**
 * @file
 * @brief Split virtqueues (2.7)
 *
 * A driver gives the device buffers and gets them back:
 *
 *   virtq_add()      describe one buffer; the device does not see it yet
 *   virtq_kick()     publish all that was added, notify the device if it asks
 *   virtq_renotify() notify it again, as a notification may be lost
 *   virtq_pop()      take back one buffer that the device has used
 *
 * and, for interrupts:
 *
 *   virtq_disable_irq()    while it drains a queue, or polls it
 *   virtq_enable_irq()     when the queue is drained; if this finds that the
 *                          device used a buffer meanwhile, drain again;
 *                          virtq_enable_irq_after() when some more are used
 *
 * The device is not trusted. A used index, id or length that cannot be true
 * breaks the queue: from then on virtq_add() and virtq_pop() fail with EIO
 * until the driver resets the device and creates the queue anew. An id that
 * virtq_pop() returns is always that of one buffer in flight, a length never
 * more than that buffer's part that the device may write.
 *
 * Locking: none. The caller serialises the calls for one queue.
 */

#ifndef LIBVIRTIO_VIRTQ_H_
#define LIBVIRTIO_VIRTQ_H_

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "device.h"

/** A virtqueue; created by virtq_create(), destroyed by virtq_destroy() */
typedef struct virtq virtq_t;

/** One physically contiguous piece of a buffer */
typedef struct {
	/** Address for the device */
	uintptr_t phys;
	/** Length in bytes, not 0 */
	uint32_t len;
} virtq_seg_t;

extern errno_t virtq_create(virtio_dev_t *, uint16_t, uint16_t, uint16_t,
    virtq_t **);
extern void virtq_destroy(virtq_t *);

extern uint16_t virtq_capacity(const virtq_t *);
extern bool virtq_is_broken(const virtq_t *);
extern void virtq_break(virtq_t *);

extern errno_t virtq_add(virtq_t *, const virtq_seg_t *, size_t, size_t,
    size_t);
extern void virtq_kick(virtq_t *);
extern void virtq_renotify(virtq_t *);
extern errno_t virtq_pop(virtq_t *, size_t *, uint32_t *);
extern bool virtq_has_used(virtq_t *);

extern void virtq_disable_irq(virtq_t *);
extern bool virtq_enable_irq_after(virtq_t *, uint16_t);

/** virtq_enable_irq_after() for the next buffer */
static inline bool virtq_enable_irq(virtq_t *vq)
{
	return virtq_enable_irq_after(vq, 0);
}

#endif

/** @}
 */
