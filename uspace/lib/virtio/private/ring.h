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
 * @brief Layout of a split virtqueue in memory (2.7)
 */

#ifndef LIBVIRTIO_PRIVATE_RING_H_
#define LIBVIRTIO_PRIVATE_RING_H_

#include <stdbool.h>
#include <stdint.h>
#include <virtio/device.h>
#include <virtio/virtq.h>
#include "transport.h"

/** 2.7: "Queue Size value is always a power of 2. The maximum [...] 32768." */
#define VIRTQ_SIZE_MAX	32768

/** Alignment of the used ring in the legacy layout (2.7.2), of all here */
#define VIRTQ_ALIGN	4096

/** struct virtq_desc (2.7.5) */
typedef struct {
	uint64_t addr;
	uint32_t len;
	uint16_t flags;
	uint16_t next;
} virtq_desc_t;

_Static_assert(sizeof(virtq_desc_t) == 16, "2.7.5");

enum {
	VIRTQ_DESC_F_NEXT = 1,
	VIRTQ_DESC_F_WRITE = 2,
	VIRTQ_DESC_F_INDIRECT = 4
};

/** struct virtq_avail (2.7.6); used_event follows the ring */
typedef struct {
	uint16_t flags;
	uint16_t idx;
	uint16_t ring[];
} virtq_avail_t;

enum {
	VIRTQ_AVAIL_F_NO_INTERRUPT = 1
};

/** struct virtq_used_elem (2.7.8) */
typedef struct {
	uint32_t id;
	uint32_t len;
} virtq_used_elem_t;

_Static_assert(sizeof(virtq_used_elem_t) == 8, "2.7.8");

/** struct virtq_used (2.7.8); avail_event follows the ring */
typedef struct {
	uint16_t flags;
	uint16_t idx;
	virtq_used_elem_t ring[];
} virtq_used_t;

enum {
	VIRTQ_USED_F_NO_NOTIFY = 1
};

/** What the driver remembers of a buffer; no device ever sees it */
typedef struct {
	/** The caller's */
	size_t cookie;
	/** Bytes that the device may write */
	uint32_t writable;
	/** Descriptors in the table, 0 while the buffer is not in flight */
	uint16_t descs;
	/** Free-running index under which the buffer was added */
	uint16_t seq;
} virtq_chain_t;

/** A split virtqueue */
struct virtq {
	virtio_dev_t *vdev;
	uint16_t index;
	/** Entries, a power of 2 */
	uint16_t size;
	/** Most segments of a buffer in an indirect table, 0 for none */
	uint16_t table_len;
	bool event_idx;

	/** Descriptor table, available ring, used ring */
	virtio_dma_t rings;
	virtq_desc_t *desc;
	virtq_avail_t *avail;
	virtq_used_t *used;
	/** 2.7.7: where the driver says when it wants an interrupt */
	uint16_t *used_event;
	/** 2.7.10: where the device says when it wants a notification */
	uint16_t *avail_event;
	/** @c size indirect tables of @c table_len descriptors */
	virtio_dma_t tables;

	/** By head */
	virtq_chain_t *chains;
	/** The links of the descriptor table, where the device cannot write */
	uint16_t *next;
	uint16_t free_head;
	uint16_t free_count;

	/** Buffers added, all ever (free-running) */
	uint16_t added;
	/** Buffers that the device was told of (free-running) */
	uint16_t published;
	/** Buffers that the device has given back (free-running) */
	uint16_t popped;

	/** Register that notifies the device */
	ioport16_t *notify;
	/** The device has lied */
	bool broken;
};

#endif

/** @}
 */
