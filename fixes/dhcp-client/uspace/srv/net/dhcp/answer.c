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

/** @addtogroup dhcp
 * @{
 */
/** @file Whom an answer of a DHCP server is for (RFC 2131, 2).
 */

#include <byteorder.h>
#include <inet/eth_addr.h>
#include <mem.h>
#include "answer.h"
#include "dhcp_std.h"

/** Is a message an answer to what was asked with this transaction ID and
 * address? What htype and hlen say is not looked at: servers differ.
 *
 * @param msg  Message
 * @param size Bytes of it
 * @param xid  Transaction ID
 * @param mac  Address of the card
 */
bool dhcp_answer_is_ours(const void *msg, size_t size, uint32_t xid,
    eth_addr_t *mac)
{
	const dhcp_hdr_t *hdr = msg;
	uint8_t chaddr[ETH_ADDR_SIZE];

	eth_addr_encode(mac, chaddr);

	return size >= sizeof(dhcp_hdr_t) && hdr->op == op_bootreply &&
	    uint32_t_be2host(hdr->xid) == xid &&
	    memcmp(hdr->chaddr, chaddr, sizeof(chaddr)) == 0 &&
	    uint32_t_be2host(hdr->opt_magic) == dhcp_opt_magic;
}

/** @}
 */
