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

/** @addtogroup virtio-net
 * @{
 */
/**
 * @file
 * @brief The virtio network device (VIRTIO 1.2, 5.1)
 */

#ifndef VIRTIO_NET_SPEC_H_
#define VIRTIO_NET_SPEC_H_

#include <stdint.h>

/* Feature bits (5.1.3) */
#define VIRTIO_NET_F_MTU		(UINT64_C(1) << 3)
#define VIRTIO_NET_F_MAC		(UINT64_C(1) << 5)
#define VIRTIO_NET_F_MRG_RXBUF		(UINT64_C(1) << 15)
#define VIRTIO_NET_F_STATUS		(UINT64_C(1) << 16)
#define VIRTIO_NET_F_CTRL_VQ		(UINT64_C(1) << 17)
#define VIRTIO_NET_F_CTRL_RX		(UINT64_C(1) << 18)
#define VIRTIO_NET_F_CTRL_VLAN		(UINT64_C(1) << 19)
#define VIRTIO_NET_F_CTRL_RX_EXTRA	(UINT64_C(1) << 20)
#define VIRTIO_NET_F_GUEST_ANNOUNCE	(UINT64_C(1) << 21)
#define VIRTIO_NET_F_CTRL_MAC_ADDR	(UINT64_C(1) << 23)
#define VIRTIO_NET_F_SPEED_DUPLEX	(UINT64_C(1) << 63)

/** Virtqueues, when MQ is not negotiated (5.1.2) */
enum {
	VIRTIO_NET_QUEUE_RX = 0,
	VIRTIO_NET_QUEUE_TX = 1,
	VIRTIO_NET_QUEUE_CTRL = 2
};

/** Offsets of the fields of struct virtio_net_config (5.1.4) */
enum {
	VIRTIO_NET_CONFIG_MAC = 0,
	VIRTIO_NET_CONFIG_STATUS = 6,
	VIRTIO_NET_CONFIG_MTU = 10,
	VIRTIO_NET_CONFIG_SPEED = 12,
	VIRTIO_NET_CONFIG_DUPLEX = 16
};

/** Bits of the status field (5.1.4) */
enum {
	VIRTIO_NET_S_LINK_UP = 1,
	VIRTIO_NET_S_ANNOUNCE = 2
};

/** Duplex field (5.1.4) */
enum {
	VIRTIO_NET_DUPLEX_HALF = 0
};

/** Least value that a device may give as its MTU, in bytes (5.1.4.1) */
#define VIRTIO_NET_MTU_MIN	68

/** struct virtio_net_hdr (5.1.6) */
typedef struct {
	uint8_t flags;
	uint8_t gso_type;
	uint16_t hdr_len;
	uint16_t gso_size;
	uint16_t csum_start;
	uint16_t csum_offset;
	/** Only with MRG_RXBUF or VERSION_1 */
	uint16_t num_buffers;
} virtio_net_hdr_t;

_Static_assert(sizeof(virtio_net_hdr_t) == 12, "5.1.6");

/** 5.1.6.1: legacy without MRG_RXBUF has no num_buffers */
#define VIRTIO_NET_HDR_LEN_LEGACY	10
#define VIRTIO_NET_HDR_LEN		12

enum {
	VIRTIO_NET_HDR_F_NEEDS_CSUM = 1
};

enum {
	VIRTIO_NET_HDR_GSO_NONE = 0
};

/** Commands on the control queue: class and command (5.1.6.5) */
enum {
	VIRTIO_NET_CTRL_RX = 0,
	VIRTIO_NET_CTRL_RX_PROMISC = 0,
	VIRTIO_NET_CTRL_RX_ALLMULTI = 1,
	VIRTIO_NET_CTRL_RX_ALLUNI = 2,
	VIRTIO_NET_CTRL_RX_NOMULTI = 3,
	VIRTIO_NET_CTRL_RX_NOUNI = 4,
	VIRTIO_NET_CTRL_RX_NOBCAST = 5,

	VIRTIO_NET_CTRL_MAC = 1,
	VIRTIO_NET_CTRL_MAC_TABLE_SET = 0,
	VIRTIO_NET_CTRL_MAC_ADDR_SET = 1,

	VIRTIO_NET_CTRL_VLAN = 2,
	VIRTIO_NET_CTRL_VLAN_ADD = 0,

	VIRTIO_NET_CTRL_ANNOUNCE = 3,
	VIRTIO_NET_CTRL_ANNOUNCE_ACK = 0
};

/** Answer to a command (5.1.6.5) */
enum {
	VIRTIO_NET_OK = 0
};

#endif

/** @}
 */
