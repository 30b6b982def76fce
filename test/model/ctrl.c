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
/** @file A virtio network device: the control queue (5.1.6.5)
 */

#include <stdlib.h>
#include <string.h>
#include "net.h"

enum {
	CLASS_RX = 0,
	CLASS_MAC = 1,
	CLASS_VLAN = 2,
	CLASS_ANNOUNCE = 3
};

enum {
	RX_PROMISC = 0,
	RX_ALLMULTI = 1,
	RX_ALLUNI = 2,
	RX_NOBCAST = 5
};

enum {
	MAC_TABLE_SET = 0,
	MAC_ADDR_SET = 1
};

enum {
	VLAN_ADD = 0,
	VLAN_DEL = 1
};

/** Longest data of a command that the model takes */
#define DATA_MAX	65536

#define ACK_OK		0
#define ACK_ERR		1

/** A command, read from its buffer */
typedef struct {
	uint8_t cls;
	uint8_t cmd;
	size_t size;
	uint8_t data[DATA_MAX];
} command_t;

static uint32_t get_16(const net_t *net, const uint8_t *p)
{
	return vm_16(net->vm, p[0] | p[1] << 8);
}

static uint32_t get_32(const net_t *net, const uint8_t *p)
{
	return vm_32(net->vm,
	    p[0] | p[1] << 8 | p[2] << 16 | (uint32_t) p[3] << 24);
}

static void check_rx(net_t *net, const command_t *c)
{
	DEMAND(NET_CTRL_LAYOUT, c->cmd <= RX_NOBCAST && c->size == 1 &&
	    c->data[0] <= 1, "gives command %u of the receive class %zu bytes "
	    "of data, the first is %u", c->cmd, c->size, c->data[0]);
	if (c->cmd <= RX_ALLMULTI)
		DEMAND(NET_CTRL_RX, vm_has(net->vm, NET_F_CTRL_RX),
		    "issues receive command %u", c->cmd);
	else
		DEMAND(NET_CTRL_RX_EXTRA,
		    vm_has(net->vm, NET_F_CTRL_RX_EXTRA),
		    "issues receive command %u", c->cmd);
}

/** Is there a table of addresses, all of them multicast or none? */
static bool is_table(const net_t *net, const uint8_t *data, size_t size,
    bool multicast, size_t *length)
{
	if (size < 4 || get_32(net, data) > (size - 4) / NET_ETH_ADDR)
		return false;
	*length = 4 + get_32(net, data) * NET_ETH_ADDR;
	for (uint32_t i = 0; i < get_32(net, data); i++) {
		if ((data[4 + i * NET_ETH_ADDR] & 1) != multicast)
			return false;
	}
	return true;
}

static void check_mac(net_t *net, const command_t *c)
{
	size_t uni = 0;
	size_t multi = 0;

	DEMAND(NET_CTRL_MAC, vm_has(net->vm, NET_F_CTRL_RX),
	    "issues MAC command %u", c->cmd);
	if (c->cmd == MAC_ADDR_SET) {
		DEMAND(NET_CTRL_MAC_ADDR,
		    vm_has(net->vm, NET_F_CTRL_MAC_ADDR), "sets its address");
		DEMAND(NET_CTRL_LAYOUT, c->size == NET_ETH_ADDR,
		    "sets an address of %zu bytes", c->size);
		return;
	}
	DEMAND(NET_CTRL_MAC_TABLE, c->cmd == MAC_TABLE_SET &&
	    is_table(net, c->data, c->size, false, &uni) &&
	    is_table(net, c->data + uni, c->size - uni, true, &multi) &&
	    uni + multi == c->size, "issues MAC command %u with %zu bytes",
	    c->cmd, c->size);
}

/** Legacy: pieces of a command in descriptors of their own */
static void check_framing(net_t *net, const vm_chain_t *chain,
    const command_t *c)
{
	unsigned int pieces = c->size == 0 ? 0 :
	    c->cls == CLASS_MAC && c->cmd == MAC_TABLE_SET ? 2 : 1;

	if (!vm_is_legacy(net->vm) || vm_has(net->vm, VM_F_ANY_LAYOUT))
		return;
	DEMAND(NET_LEGACY_FRAMING, chain->out == 1 + pieces &&
	    vm_chain_seg(chain, 0)->len == 2 && chain->in == 1 &&
	    chain->writable == 1 && (pieces < 2 ||
	    vm_chain_seg(chain, 1)->len == 4 + get_32(net, c->data) * 6),
	    "makes %u descriptors of command %u/%u", chain->out, c->cls,
	    c->cmd);
}

static command_t *read_command(const vm_chain_t *chain)
{
	command_t *c = calloc(1, sizeof(command_t));

	if (c == NULL)
		abort();
	DEMAND(NET_CTRL_LAYOUT, chain->readable >= 2 &&
	    chain->readable <= 2 + DATA_MAX && chain->writable >= 1,
	    "makes a command of %u bytes to read and %u to write",
	    chain->readable, chain->writable);
	vm_chain_read(chain, 0, &c->cls, 1);
	vm_chain_read(chain, 1, &c->cmd, 1);
	c->size = chain->readable - 2;
	if (c->size > 0)
		vm_chain_read(chain, 2, c->data, c->size);
	return c;
}

/** The driver made a command available. */
void net_ctrl_check(net_t *net, const vm_chain_t *chain)
{
	command_t *c = read_command(chain);
	unsigned int vid = get_16(net, c->data);

	DEMAND(NET_CTRL_LAYOUT, c->cls <= CLASS_ANNOUNCE,
	    "issues a command of class %u", c->cls);
	switch (c->cls) {
	case CLASS_RX:
		check_rx(net, c);
		break;
	case CLASS_MAC:
		check_mac(net, c);
		break;
	case CLASS_VLAN:
		DEMAND(NET_CTRL_VLAN, vm_has(net->vm, NET_F_CTRL_VLAN) &&
		    c->cmd <= VLAN_DEL && c->size == 2 && vid < 4096,
		    "issues VLAN command %u with %zu bytes, the id is %u",
		    c->cmd, c->size, vid);
		break;
	case CLASS_ANNOUNCE:
		DEMAND(NET_CTRL_ANNOUNCE,
		    vm_has(net->vm, NET_F_GUEST_ANNOUNCE) && c->cmd == 0 &&
		    c->size == 0, "issues announce command %u with %zu bytes",
		    c->cmd, c->size);
		break;
	}
	check_framing(net, chain, c);
	free(c);
}

static uint8_t do_rx(net_filter_t *filter, const command_t *c)
{
	bool *flag[] = {
		&filter->promisc, &filter->allmulti, &filter->alluni,
		&filter->nomulti, &filter->nouni, &filter->nobcast
	};

	*flag[c->cmd] = c->data[0] != 0;
	return ACK_OK;
}

static uint8_t do_table(net_t *net, const command_t *c)
{
	net_filter_t *filter = &net->filter;
	uint32_t uni = get_32(net, c->data);
	const uint8_t *second = c->data + 4 + uni * NET_ETH_ADDR;
	uint32_t multi = get_32(net, second);
	unsigned int max = net->lie.table_max;

	if (uni > max || multi > max)
		return ACK_ERR;
	filter->tables++;
	filter->unicasts = uni;
	filter->multicasts = multi;
	memcpy(filter->unicast, c->data + 4, uni * NET_ETH_ADDR);
	memcpy(filter->multicast, second + 4, multi * NET_ETH_ADDR);
	return ACK_OK;
}

static uint8_t do_vlan(net_t *net, const command_t *c)
{
	net_filter_t *filter = &net->filter;
	unsigned int vid = get_16(net, c->data);

	if (c->cmd == VLAN_ADD)
		filter->vlans[vid / 8] |= 1 << vid % 8;
	else
		filter->vlans[vid / 8] &= ~(1 << vid % 8);
	return ACK_OK;
}

static uint8_t carry_out(net_t *net, const command_t *c)
{
	net->commands++;
	if ((net->lie.ctrl_refuse & (NET_REFUSE_ALL | 1U << c->cls)) != 0)
		return ACK_ERR;
	switch (c->cls) {
	case CLASS_RX:
		return do_rx(&net->filter, c);
	case CLASS_MAC:
		if (c->cmd == MAC_TABLE_SET)
			return do_table(net, c);
		memcpy(&net->vm->config[NET_CONFIG_MAC], c->data,
		    NET_ETH_ADDR);
		return ACK_OK;
	case CLASS_VLAN:
		return do_vlan(net, c);
	default:
		net->announce_acks++;
		net->vm->config[NET_CONFIG_STATUS] &= ~NET_S_ANNOUNCE;
		return ACK_OK;
	}
}

static bool command_one(net_t *net)
{
	vm_queue_t *vq = &net->vm->queue[NET_CTRL];
	vm_chain_t *chain = vm_queue_first(net->vm, vq);

	if (chain == NULL || net->lie.ctrl_silent)
		return false;

	command_t *c = read_command(chain);
	uint8_t ack = carry_out(net, c);
	uint32_t used = vm_used_len(net->vm, vq, chain, 1, c->size);

	if (net->lie.ctrl_ack != 0)
		ack = net->lie.ctrl_ack;
	/* A lie of 0 is the truth: there is no answer */
	if (net->lie.ctrl_used_len != 0)
		vm_chain_write(chain, 0, &ack, 1);
	if (net->lie.ctrl_used_len >= 0)
		used = net->lie.ctrl_used_len;
	if (net->lie.ctrl_used_len_once)
		net->lie.ctrl_used_len = -1;
	vm_queue_use(net->vm, vq, chain, used);
	free(c);
	return true;
}

/** Carry out what there is. */
void net_ctrl_available(net_t *net)
{
	vm_queue_t *vq = &net->vm->queue[NET_CTRL];

	while (command_one(net))
		;
	vm_queue_wish(net->vm, vq, true);
	while (command_one(net))
		;
	vm_queue_flush(net->vm, vq);
}

/** @}
 */
