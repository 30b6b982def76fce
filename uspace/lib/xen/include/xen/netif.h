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

/** @addtogroup libxen
 * @{
 */
/** @file
 * What goes through the rings of a paravirtual NIC (public/io/netif.h)
 *
 * Field names are those of the specification, without their prefixes.
 */

#ifndef XEN_NETIF_H_
#define XEN_NETIF_H_

#include <assert.h>
#include <stdint.h>

/** Most slots that one packet may take in either direction */
#define XEN_NETIF_NR_SLOTS_MIN  18

/* Flags of a transmit request */
#define XEN_NETTXF_CSUM_BLANK      0x01
#define XEN_NETTXF_DATA_VALIDATED  0x02
#define XEN_NETTXF_MORE_DATA       0x04
#define XEN_NETTXF_EXTRA_INFO      0x08

/* Flags of a receive response */
#define XEN_NETRXF_DATA_VALIDATED  0x01
#define XEN_NETRXF_CSUM_BLANK      0x02
#define XEN_NETRXF_MORE_DATA       0x04
#define XEN_NETRXF_EXTRA_INFO      0x08

/* Status of a response; a receive response has the length if it is not < 0 */
#define XEN_NETIF_RSP_DROPPED  (-2)
#define XEN_NETIF_RSP_ERROR    (-1)
#define XEN_NETIF_RSP_OKAY     0
#define XEN_NETIF_RSP_NULL     1

typedef struct {
	/** Grant reference of the page */
	uint32_t gref;
	/** Start of the data in the page */
	uint16_t offset;
	/** XEN_NETTXF_* */
	uint16_t flags;
	/** Echoed in the response */
	uint16_t id;
	/** Bytes; in the first request of a packet, of the whole packet */
	uint16_t size;
} xen_netif_tx_request_t;

static_assert(sizeof(xen_netif_tx_request_t) == 12,
    "io/netif.h: transmit request is 12 bytes");

typedef struct {
	uint16_t id;
	/** XEN_NETIF_RSP_* */
	int16_t status;
} xen_netif_tx_response_t;

static_assert(sizeof(xen_netif_tx_response_t) == 4,
    "io/netif.h: transmit response is 4 bytes");

typedef struct {
	/** Echoed in the response */
	uint16_t id;
	uint16_t pad;
	/** Grant reference of the page to be filled */
	uint32_t gref;
} xen_netif_rx_request_t;

static_assert(sizeof(xen_netif_rx_request_t) == 8,
    "io/netif.h: receive request is 8 bytes");

typedef struct {
	uint16_t id;
	/** Start of the data in the page */
	uint16_t offset;
	/** XEN_NETRXF_* */
	uint16_t flags;
	/** Bytes, or a negative XEN_NETIF_RSP_* */
	int16_t status;
} xen_netif_rx_response_t;

static_assert(sizeof(xen_netif_rx_response_t) == 8,
    "io/netif.h: receive response is 8 bytes");

/* Types of an extra segment, which takes a slot of the ring of its own */
#define XEN_NETIF_EXTRA_TYPE_MCAST_ADD  2
#define XEN_NETIF_EXTRA_TYPE_MCAST_DEL  3
#define XEN_NETIF_EXTRA_FLAG_MORE       0x01

typedef struct {
	/** XEN_NETIF_EXTRA_TYPE_* */
	uint8_t type;
	/** XEN_NETIF_EXTRA_FLAG_* */
	uint8_t flags;
	/** What the type says; for MCAST_*, the Ethernet address */
	uint8_t u[6];
} xen_netif_extra_info_t;

static_assert(sizeof(xen_netif_extra_info_t) == 8,
    "io/netif.h: extra segment is 8 bytes");

#endif

/** @}
 */
