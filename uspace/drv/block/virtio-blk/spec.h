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

/** @addtogroup virtio-blk
 * @{
 */
/**
 * @file
 * @brief The virtio block device (VIRTIO 1.2, 5.2)
 */

#ifndef VIRTIO_BLK_SPEC_H_
#define VIRTIO_BLK_SPEC_H_

#include <stdint.h>

/* Feature bits (5.2.3) */
#define VIRTIO_BLK_F_SIZE_MAX	(UINT64_C(1) << 1)
#define VIRTIO_BLK_F_SEG_MAX	(UINT64_C(1) << 2)
#define VIRTIO_BLK_F_RO		(UINT64_C(1) << 5)
#define VIRTIO_BLK_F_BLK_SIZE	(UINT64_C(1) << 6)
#define VIRTIO_BLK_F_FLUSH	(UINT64_C(1) << 9)

/** The virtqueue, when MQ is not negotiated (5.2.2) */
#define VIRTIO_BLK_QUEUE	0

/** Offsets of the fields of struct virtio_blk_config (5.2.4) */
enum {
	VIRTIO_BLK_CONFIG_CAPACITY = 0,
	VIRTIO_BLK_CONFIG_SIZE_MAX = 8,
	VIRTIO_BLK_CONFIG_SEG_MAX = 12,
	VIRTIO_BLK_CONFIG_BLK_SIZE = 20
};

/** Unit of the capacity and of the sector field, in bytes (5.2.4, 5.2.6) */
#define VIRTIO_BLK_SECTOR_SIZE	512

/** Types of requests (5.2.6) */
enum {
	VIRTIO_BLK_T_IN = 0,
	VIRTIO_BLK_T_OUT = 1,
	VIRTIO_BLK_T_FLUSH = 4
};

/** What the device reads of struct virtio_blk_req before the data (5.2.6) */
typedef struct {
	uint32_t type;
	uint32_t reserved;
	uint64_t sector;
} virtio_blk_req_t;

_Static_assert(sizeof(virtio_blk_req_t) == 16, "5.2.6");

/** Values of the status field, one byte after the data (5.2.6) */
enum {
	VIRTIO_BLK_S_OK = 0,
	VIRTIO_BLK_S_IOERR = 1,
	VIRTIO_BLK_S_UNSUPP = 2
};

#endif

/** @}
 */
