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
/** @file A transport that does nothing, for rings without a device; for one
 * file of a program
 */

#ifndef TEST_MODEL_IDLE_H_
#define TEST_MODEL_IDLE_H_

#include <errno.h>
#include "../../uspace/lib/virtio/private/ring.h"

/** Size of each queue */
static uint16_t idle_size;

static inline uint16_t idle_get_queue_size(virtio_dev_t *vdev, uint16_t index)
{
	(void) vdev;
	(void) index;
	return idle_size;
}

static inline errno_t idle_enable_queue(virtio_dev_t *vdev,
    const virtio_queue_addr_t *queue, ioport16_t **notify)
{
	static ioport16_t doorbell;

	(void) vdev;
	(void) queue;
	*notify = &doorbell;
	return EOK;
}

static inline void idle_notify(ioport16_t *reg, uint16_t index)
{
	(void) reg;
	(void) index;
}

#endif

/** @}
 */
