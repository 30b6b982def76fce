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
/** @file The model itself: each clause of the devices is watched
 *
 * A driver that does what it must up to some point and then breaks one clause.
 * The test's process must end by just that clause.
 */

#include <string.h>
#include "bad.h"

OFFENCE(net_mtu)
{
	bad_to_driver_ok(bad);
	bad_put_frame(bad, 1515);
	bad_send_desc_0(bad);
}

OFFENCE(net_tx_readable)
{
	bad_to_driver_ok(bad);
	bad_put_frame(bad, 60);
	bad_put_desc(bad, NET_TX, 0, bad->buf, 72, VM_DESC_NEXT, 1);
	bad_put_desc(bad, NET_TX, 1, bad->buf + 2048, 60, VM_DESC_WRITE, 0);
	bad_send_desc_0(bad);
}

OFFENCE(net_tx_header)
{
	bad_to_driver_ok(bad);
	/* A header of 10 bytes */
	bad_put_desc(bad, NET_TX, 0, bad->buf, 10 + 14, 0, 0);
	bad_send_desc_0(bad);
}

static void header_byte(bad_t *bad, unsigned int at)
{
	bad_to_driver_ok(bad);
	bad_put_frame(bad, 60);
	bad->buf_virt[at] = 1;
	bad_send_desc_0(bad);
}

OFFENCE(net_tx_flags)
{
	header_byte(bad, 0);
}

OFFENCE(net_tx_gso)
{
	header_byte(bad, 1);
}

OFFENCE(net_tx_num_buffers)
{
	header_byte(bad, 10);
}

static void receive_buffer(bad_t *bad, uint32_t len, uint16_t flags)
{
	bad_to_driver_ok(bad);
	bad_put_desc(bad, NET_RX, 0, bad->buf, len, flags, 0);
	bad_make_available(bad, NET_RX, 0);
	bad_notify(bad, NET_RX);
}

OFFENCE(net_rx_writable)
{
	receive_buffer(bad, 2048, 0);
}

OFFENCE(net_rx_1526)
{
	receive_buffer(bad, 1525, VM_DESC_WRITE);
}

OFFENCE(net_rx_mrg)
{
	receive_buffer(bad, 11, VM_DESC_WRITE);
}

#define COMMAND(name, bytes) \
	OFFENCE(name) \
	{ \
		bad_to_driver_ok(bad); \
		bad_command(bad, bytes, sizeof(bytes) - 1); \
	}

COMMAND(ctrl_class, "\7\0\1")
COMMAND(ctrl_data, "\0\0")
COMMAND(ctrl_rx, "\0\0\1")
COMMAND(ctrl_rx_extra, "\0\2\1")
COMMAND(ctrl_mac, "\1\1\2\2\2\2\2\2")
COMMAND(ctrl_mac_table, "\1\0\1\0\0\0\2\2\2\2\2\2")
COMMAND(ctrl_mac_table_kind, "\1\0\1\0\0\0\3\2\2\2\2\2\0\0\0\0")
COMMAND(ctrl_vlan, "\2\0\0\20")
COMMAND(ctrl_announce, "\3\0\1")

/** A request of a disk: header, data, status */
static void request(bad_t *bad, uint32_t type, uint64_t sector, uint32_t size)
{
	struct {
		uint32_t type;
		uint32_t reserved;
		uint64_t sector;
	} req = { type, 0, sector };
	bool in = type == 0;

	bad_to_driver_ok(bad);
	memcpy(bad->buf_virt, &req, sizeof(req));
	bad_put_desc(bad, 0, 0, bad->buf, 16, VM_DESC_NEXT, size > 0 ? 1 : 2);
	bad_put_desc(bad, 0, 1, bad->buf + 16, size, VM_DESC_NEXT |
	    (in ? VM_DESC_WRITE : 0), 2);
	bad_put_desc(bad, 0, 2, bad->buf + 4095, 1, VM_DESC_WRITE, 0);
	bad_make_available(bad, 0, 0);
	bad_notify(bad, 0);
}

OFFENCE(blk_type)
{
	request(bad, 2, 0, 512);
}

OFFENCE(blk_capacity)
{
	request(bad, 0, BLK_SECTORS - 1, 1024);
}

OFFENCE(blk_flush_sector)
{
	request(bad, 4, 1, 0);
}

OFFENCE(blk_flush_data)
{
	request(bad, 4, 0, 512);
}

OFFENCE(blk_flush)
{
	request(bad, 4, 0, 0);
}

OFFENCE(blk_data_511)
{
	request(bad, 1, 0, 511);
}

OFFENCE(blk_write)
{
	request(bad, 1, 0, 512);
}

OFFENCE(blk_seg_max)
{
	blk_put_config(bad->blk, BLK_CONFIG_SEG_MAX, 0, 4);
	request(bad, 0, 0, 512);
}

OFFENCE(blk_size_max)
{
	blk_put_config(bad->blk, BLK_CONFIG_SIZE_MAX, 511, 4);
	request(bad, 0, 0, 512);
}

static const offence_t offences[] = {
	{ "sends more than the MTU", CLAUSE_NET_MTU, NET_F_MTU, net_mtu },
	{ "sends what is to be written", CLAUSE_NET_TX_READABLE, 0,
	    net_tx_readable },
	{ "sends a header of 10 bytes", CLAUSE_NET_TX_HEADER, 0,
	    net_tx_header },
	{ "sets flags", CLAUSE_NET_TX_FLAGS, 0, net_tx_flags },
	{ "sets gso_type", CLAUSE_NET_TX_GSO, 0, net_tx_gso },
	{ "sets num_buffers", CLAUSE_NET_TX_NUM_BUFFERS, 0,
	    net_tx_num_buffers },
	{ "receives into what is to be read", CLAUSE_NET_RX_WRITABLE, 0,
	    net_rx_writable },
	{ "receives into 1525 bytes", CLAUSE_NET_RX_1526, 0, net_rx_1526 },
	{ "receives into 11 bytes", CLAUSE_NET_RX_MRG, NET_F_MRG_RXBUF,
	    net_rx_mrg },
	{ "gives a command of class 7", CLAUSE_NET_CTRL_LAYOUT,
	    NET_F_CTRL_VQ, ctrl_class },
	{ "gives a command without its data", CLAUSE_NET_CTRL_LAYOUT,
	    NET_F_CTRL_VQ | NET_F_CTRL_RX, ctrl_data },
	{ "gives PROMISC without CTRL_RX", CLAUSE_NET_CTRL_RX, NET_F_CTRL_VQ,
	    ctrl_rx },
	{ "gives ALLUNI without CTRL_RX_EXTRA", CLAUSE_NET_CTRL_RX_EXTRA,
	    NET_F_CTRL_VQ | NET_F_CTRL_RX, ctrl_rx_extra },
	{ "gives MAC_ADDR_SET without CTRL_RX", CLAUSE_NET_CTRL_MAC,
	    NET_F_CTRL_VQ | NET_F_CTRL_MAC_ADDR, ctrl_mac },
	{ "gives MAC_ADDR_SET without CTRL_MAC_ADDR",
	    CLAUSE_NET_CTRL_MAC_ADDR, NET_F_CTRL_VQ | NET_F_CTRL_RX,
	    ctrl_mac },
	{ "gives half a MAC table", CLAUSE_NET_CTRL_MAC_TABLE,
	    NET_F_CTRL_VQ | NET_F_CTRL_RX, ctrl_mac_table },
	{ "gives multicast for unicast", CLAUSE_NET_CTRL_MAC_TABLE,
	    NET_F_CTRL_VQ | NET_F_CTRL_RX, ctrl_mac_table_kind },
	{ "gives VLAN 4096", CLAUSE_NET_CTRL_VLAN, NET_F_CTRL_VQ |
	    NET_F_CTRL_VLAN, ctrl_vlan },
	{ "gives ANNOUNCE_ACK data", CLAUSE_NET_CTRL_ANNOUNCE,
	    NET_F_CTRL_VQ | NET_F_GUEST_ANNOUNCE, ctrl_announce },
	{ "asks a disk for type 2", CLAUSE_BLK_LAYOUT, 0, blk_type },
	{ "reads past the end of a disk", CLAUSE_BLK_CAPACITY, 0,
	    blk_capacity },
	{ "flushes a sector", CLAUSE_BLK_FLUSH_SECTOR, BLK_F_FLUSH,
	    blk_flush_sector },
	{ "flushes data", CLAUSE_BLK_FLUSH_DATA, BLK_F_FLUSH,
	    blk_flush_data },
	{ "flushes without FLUSH", CLAUSE_BLK_FLUSH_FEATURE, 0, blk_flush },
	{ "writes 511 bytes", CLAUSE_BLK_DATA_512, 0, blk_data_511 },
	{ "writes a disk that is read-only", CLAUSE_BLK_RO, BLK_F_RO,
	    blk_write },
	{ "makes more segments than seg_max", CLAUSE_BLK_SEG_MAX,
	    BLK_F_SEG_MAX, blk_seg_max },
	{ "makes a segment longer than size_max", CLAUSE_BLK_SIZE_MAX,
	    BLK_F_SIZE_MAX, blk_size_max }
};

TEST_ROWS(the_model_sees_a_driver_of_a_device_that, offence_t, offences)
{
	bad_offend(row, row->clause >= CLAUSE_BLK_LAYOUT);
}

/** @}
 */
