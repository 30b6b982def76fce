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

/** @addtogroup hosted
 * @{
 */
/** @file Frames that an interface leaves to its card to take apart
 */

#ifndef HOST_PROG_OFFLOAD_H_
#define HOST_PROG_OFFLOAD_H_

#include <linux/virtio_net.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Linux hands TCP over in frames of up to 64 KiB without checksums and takes
 * it so, as cards do the rest. The drivers' cards do nothing of that, so it is
 * done here: what takes longest else is a call of the interface for each
 * segment, and Linux's answer to each.
 */

/** Longest frame, in bytes: Ethernet's header with a VLAN tag, IPv4's longest
 * packet */
#define OFFLOAD_MAX_FRAME	(18 + 65535)

/** Longest header of a segment of TCP without a VLAN tag and IPv4's options */
#define OFFLOAD_MAX_HEAD	(14 + 20 + 60)

/** Segments that follow one another in one connection, as one frame. All zero:
 * none */
typedef struct {
	struct virtio_net_hdr hdr;
	/** Bytes of the frame; 0: there are no segments */
	size_t size;
	uint8_t frame[OFFLOAD_MAX_FRAME];
	/** Bytes of its header */
	size_t head_size;
	/** Its header, less what differs from segment to segment */
	uint8_t key[OFFLOAD_MAX_HEAD];
	/** Bytes of data in each segment but the last, which may have less */
	size_t mss;
	/** Sequence number of the next segment */
	uint32_t next;
	/** No segment may follow */
	bool full;
} offload_joined_t;

typedef void (*offload_frame_t)(void *arg, const uint8_t *frame, size_t size);

extern bool offload_split(const struct virtio_net_hdr *, uint8_t *, size_t,
    offload_frame_t, void *);
extern bool offload_join(offload_joined_t *, const uint8_t *, size_t);
extern void offload_finish(offload_joined_t *);

#endif

/** @}
 */
