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

/** @addtogroup host
 * @{
 */
/** @file What a network card is to its clients
 */

#ifndef HOST_NIC_NIC_H_
#define HOST_NIC_NIC_H_

#include <nic/eth_phys.h>
#include <stdbool.h>
#include <stdint.h>

/** Length of an address in bytes */
#define ETH_ADDR	6

#define PRIMAC		"%02x:%02x:%02x:%02x:%02x:%02x"
#define ARGSMAC(a)	(a)[0], (a)[1], (a)[2], (a)[3], (a)[4], (a)[5]

#define MAC_EQUALS_VALUE(a, a0, a1, a2, a3, a4, a5) \
	((a)[0] == (a0) && (a)[1] == (a1) && (a)[2] == (a2) && \
	    (a)[3] == (a3) && (a)[4] == (a4) && (a)[5] == (a5))
#define MAC_IS_ZERO(a)	MAC_EQUALS_VALUE(a, 0, 0, 0, 0, 0, 0)

#define NIC_VENDOR_MAX_LENGTH		64
#define NIC_MODEL_MAX_LENGTH		64
#define NIC_PART_NUMBER_MAX_LENGTH	64
#define NIC_SERIAL_NUMBER_MAX_LENGTH	64

#define NIC_DEFECTIVE_LONG		0x0001
#define NIC_DEFECTIVE_SHORT		0x0002
#define NIC_DEFECTIVE_BAD_CRC		0x0010

/** One bit a VLAN id */
#define NIC_VLAN_BITMAP_SIZE		512

typedef struct nic_address {
	uint8_t address[ETH_ADDR];
} nic_address_t;

typedef enum nic_device_state {
	/** As after a reboot: settings are forgotten */
	NIC_STATE_STOPPED,
	/** Nothing is sent or received, settings are kept */
	NIC_STATE_DOWN,
	NIC_STATE_ACTIVE,
	NIC_STATE_MAX
} nic_device_state_t;

typedef enum {
	NIC_CM_UNKNOWN,
	NIC_CM_FULL_DUPLEX,
	NIC_CM_HALF_DUPLEX,
	NIC_CM_SIMPLEX
} nic_channel_mode_t;

typedef enum {
	NIC_ROLE_UNKNOWN,
	NIC_ROLE_AUTO,
	NIC_ROLE_MASTER,
	NIC_ROLE_SLAVE
} nic_role_t;

typedef enum {
	NIC_CS_UNKNOWN,
	NIC_CS_PLUGGED,
	NIC_CS_UNPLUGGED
} nic_cable_state_t;

typedef enum {
	NIC_RESULT_DISABLED,
	NIC_RESULT_ENABLED,
	NIC_RESULT_NOT_SUPPORTED,
	NIC_RESULT_NOT_AVAILABLE,
	NIC_RESULT_FIRST_EXTENSION
} nic_result_t;

/** Counters; of frames, unless the name says bytes */
typedef struct nic_device_stats {
	unsigned long receive_packets;
	unsigned long send_packets;
	unsigned long receive_bytes;
	unsigned long send_bytes;
	unsigned long receive_errors;
	unsigned long send_errors;
	unsigned long receive_dropped;
	unsigned long send_dropped;
	unsigned long receive_multicast;
	unsigned long receive_broadcast;
	unsigned long collisions;
	unsigned long receive_filtered_unicast;
	unsigned long receive_filtered_multicast;
	unsigned long receive_filtered_broadcast;
	unsigned long receive_length_errors;
	unsigned long receive_over_errors;
	unsigned long receive_crc_errors;
	unsigned long receive_frame_errors;
	unsigned long receive_fifo_errors;
	unsigned long receive_missed_errors;
	unsigned long send_aborted_errors;
	unsigned long send_carrier_errors;
	unsigned long send_fifo_errors;
	unsigned long send_heartbeat_errors;
	unsigned long send_window_errors;
	unsigned long receive_compressed;
	unsigned long send_compressed;
} nic_device_stats_t;

typedef enum {
	NIC_SEC_BUFFER_FULL,
	NIC_SEC_ABORTED,
	NIC_SEC_CARRIER_LOST,
	NIC_SEC_FIFO_OVERRUN,
	NIC_SEC_HEARTBEAT,
	NIC_SEC_WINDOW_ERROR,
	NIC_SEC_OTHER
} nic_send_error_cause_t;

typedef enum {
	NIC_REC_BUFFER_FULL,
	NIC_REC_LENGTH,
	NIC_REC_BUFFER_OVERFLOW,
	NIC_REC_CRC,
	NIC_REC_FRAME_ALIGNMENT,
	NIC_REC_FIFO_OVERRUN,
	NIC_REC_MISSED,
	NIC_REC_OTHER
} nic_receive_error_cause_t;

typedef struct nic_device_info {
	char vendor_name[NIC_VENDOR_MAX_LENGTH];
	char model_name[NIC_MODEL_MAX_LENGTH];
	char part_number[NIC_PART_NUMBER_MAX_LENGTH];
	char serial_number[NIC_SERIAL_NUMBER_MAX_LENGTH];
	uint16_t vendor_id;
	uint16_t device_id;
	uint16_t subsystem_vendor_id;
	uint16_t subsystem_id;
	uint16_t ethernet_support[ETH_PHYS_LAYERS];
	/** ETH_AUTONEG_* */
	uint32_t autoneg_support;
} nic_device_info_t;

typedef enum nic_frame_type {
	NIC_FRAME_UNICAST,
	NIC_FRAME_MULTICAST,
	NIC_FRAME_BROADCAST
} nic_frame_type_t;

typedef enum nic_unicast_mode {
	NIC_UNICAST_UNKNOWN,
	NIC_UNICAST_BLOCKED,
	/** The card's own address */
	NIC_UNICAST_DEFAULT,
	/** The card's own address and those of a list */
	NIC_UNICAST_LIST,
	NIC_UNICAST_PROMISC
} nic_unicast_mode_t;

typedef enum nic_multicast_mode {
	NIC_MULTICAST_UNKNOWN,
	NIC_MULTICAST_BLOCKED,
	NIC_MULTICAST_LIST,
	NIC_MULTICAST_PROMISC
} nic_multicast_mode_t;

typedef enum nic_broadcast_mode {
	NIC_BROADCAST_UNKNOWN,
	NIC_BROADCAST_BLOCKED,
	NIC_BROADCAST_ACCEPTED
} nic_broadcast_mode_t;

/** Bit id & 7 of byte id >> 3 stands for a VLAN. */
typedef struct nic_vlan_mask {
	uint8_t bitmap[NIC_VLAN_BITMAP_SIZE];
} nic_vlan_mask_t;

typedef unsigned int nic_wv_id_t;

typedef enum nic_wv_type {
	NIC_WV_NONE,
	NIC_WV_LINK_CHANGE,
	NIC_WV_MAGIC_PACKET,
	NIC_WV_DESTINATION,
	NIC_WV_BROADCAST,
	NIC_WV_ARP_REQUEST,
	NIC_WV_DIRECTED_IPV4,
	NIC_WV_DIRECTED_IPV6,
	NIC_WV_FULL_MATCH,
	NIC_WV_MAX
} nic_wv_type_t;

typedef enum nic_poll_mode {
	/** By interrupts */
	NIC_POLL_IMMEDIATE,
	/** By nic_poll_now() */
	NIC_POLL_ON_DEMAND,
	/** By a timer, of the card if it has one */
	NIC_POLL_PERIODIC,
	/** By a timer in software */
	NIC_POLL_SOFTWARE_PERIODIC
} nic_poll_mode_t;

static inline const char *nic_device_state_to_string(nic_device_state_t state)
{
	switch (state) {
	case NIC_STATE_STOPPED:
		return "stopped";
	case NIC_STATE_DOWN:
		return "down";
	case NIC_STATE_ACTIVE:
		return "active";
	default:
		return "undefined";
	}
}

#endif

/** @}
 */
