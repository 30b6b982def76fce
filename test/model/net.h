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
/** @file A virtio network device (5.1)
 */

#ifndef TEST_MODEL_NET_H_
#define TEST_MODEL_NET_H_

#include "vm.h"

#define NET_F_CSUM		VM_F(0)
#define NET_F_GUEST_CSUM	VM_F(1)
#define NET_F_MTU		VM_F(3)
#define NET_F_MAC		VM_F(5)
#define NET_F_GUEST_TSO4	VM_F(7)
#define NET_F_HOST_TSO4		VM_F(11)
#define NET_F_MRG_RXBUF		VM_F(15)
#define NET_F_STATUS		VM_F(16)
#define NET_F_CTRL_VQ		VM_F(17)
#define NET_F_CTRL_RX		VM_F(18)
#define NET_F_CTRL_VLAN		VM_F(19)
#define NET_F_CTRL_RX_EXTRA	VM_F(20)
#define NET_F_GUEST_ANNOUNCE	VM_F(21)
#define NET_F_MQ		VM_F(22)
#define NET_F_CTRL_MAC_ADDR	VM_F(23)
#define NET_F_RSS		VM_F(60)
#define NET_F_SPEED_DUPLEX	VM_F(63)

/** All that the driver can use */
#define NET_F_ALL \
	(NET_F_MTU | NET_F_MAC | NET_F_MRG_RXBUF | NET_F_STATUS | \
	NET_F_CTRL_VQ | NET_F_CTRL_RX | NET_F_CTRL_VLAN | \
	NET_F_CTRL_RX_EXTRA | NET_F_GUEST_ANNOUNCE | NET_F_CTRL_MAC_ADDR | \
	NET_F_SPEED_DUPLEX)

enum {
	NET_RX,
	NET_TX,
	NET_CTRL,
	NET_QUEUES
};

/** Offsets in the configuration */
enum {
	NET_CONFIG_MAC = 0,
	NET_CONFIG_STATUS = 6,
	NET_CONFIG_PAIRS = 8,
	NET_CONFIG_MTU = 10,
	NET_CONFIG_SPEED = 12,
	NET_CONFIG_DUPLEX = 16
};

enum {
	NET_S_LINK_UP = 1,
	NET_S_ANNOUNCE = 2
};

#define NET_ETH_ADDR	6
#define NET_ETH_HEADER	14
#define NET_FRAME_MAX	65536
#define NET_TABLE_MAX	64
#define NET_REFUSE_ALL	0x100

/** struct virtio_net_hdr */
typedef struct {
	uint8_t flags;
	uint8_t gso_type;
	uint16_t hdr_len;
	uint16_t gso_size;
	uint16_t csum_start;
	uint16_t csum_offset;
	uint16_t num_buffers;
} net_hdr_t;

_Static_assert(sizeof(net_hdr_t) == 12, "5.1.6");

/** The device's receive filter, as the driver set it */
typedef struct {
	bool promisc;
	bool allmulti;
	bool alluni;
	bool nomulti;
	bool nouni;
	bool nobcast;
	/** Sets of the table, all ever */
	unsigned int tables;
	unsigned int unicasts;
	unsigned int multicasts;
	uint8_t unicast[NET_TABLE_MAX][NET_ETH_ADDR];
	uint8_t multicast[NET_TABLE_MAX][NET_ETH_ADDR];
	uint8_t vlans[512];
} net_filter_t;

/** How the device lies about frames and commands */
typedef struct {
	/** Header that received frames get, if set */
	atomic_bool bad_header;
	net_hdr_t header;
	/** Commands are not answered */
	atomic_bool ctrl_silent;
	/** Answers with this byte, if not 0 */
	atomic_uint ctrl_ack;
	/** Refuses classes of commands: bits, or NET_REFUSE_ALL */
	atomic_uint ctrl_refuse;
	/** Used length of answers */
	atomic_int ctrl_used_len;
	/** Of the next answer only */
	atomic_bool ctrl_used_len_once;
	/** Addresses that the MAC table takes */
	atomic_uint table_max;
} net_lies_t;

typedef struct net {
	vm_t *vm;
	net_lies_t lie;
	net_filter_t filter;

	/** Called for each frame sent. The device's lock is held. */
	void (*sent)(void *, const uint8_t *, size_t);
	void *arg;

	/* Figures, for tests */
	atomic_ulong tx_frames;
	atomic_ulong tx_bytes;
	atomic_ulong rx_frames;
	/** Frames for which there was no buffer */
	atomic_ulong rx_dropped;
	/** Frames that the filter kept off */
	atomic_ulong rx_filtered;
	atomic_ulong commands;
	atomic_ulong announce_acks;
} net_t;

extern const vm_class_t net_class;

extern net_t *net_create(vm_kind_t, uint64_t);
extern void net_destroy(net_t *);
extern size_t net_hdr_len(const net_t *);
extern bool net_wants(const net_t *, const uint8_t *, size_t);
extern bool net_receive(net_t *, const void *, size_t);
extern bool net_receive_part(net_t *, const void *, size_t);
extern bool net_receive_raw(net_t *, const void *, size_t, uint32_t);
extern void net_flush(net_t *);
extern void net_set_link(net_t *, bool);
extern void net_announce(net_t *);
extern size_t net_transmit(net_t *, size_t);
extern void net_put_config(net_t *, unsigned int, const void *, size_t);

/* ctrl.c */
extern void net_ctrl_available(net_t *);
extern void net_ctrl_check(net_t *, const vm_chain_t *);

#endif

/** @}
 */
