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
/** @file A virtio network device: frames, configuration
 */

#include <host/violation.h>
#include <stdlib.h>
#include <string.h>
#include "net.h"

static const vm_field_t fields[] = {
	{ "mac", NET_CONFIG_MAC, 1, 6, NET_F_MAC },
	{ "status", NET_CONFIG_STATUS, 2, 1, NET_F_STATUS },
	{ "max_virtqueue_pairs", NET_CONFIG_PAIRS, 2, 1, NET_F_MQ },
	{ "mtu", NET_CONFIG_MTU, 2, 1, NET_F_MTU },
	{ "speed", NET_CONFIG_SPEED, 4, 1, NET_F_SPEED_DUPLEX },
	{ "duplex", NET_CONFIG_DUPLEX, 1, 1, NET_F_SPEED_DUPLEX },
	{ NULL, 0, 0, 0, 0 }
};

/* 5.1.3.1, and CTRL_RX_EXTRA, whose commands are of the class of CTRL_RX */
static const vm_depends_t depends[] = {
	{ NET_F_CTRL_RX, NET_F_CTRL_VQ, "CTRL_RX" },
	{ NET_F_CTRL_VLAN, NET_F_CTRL_VQ, "CTRL_VLAN" },
	{ NET_F_CTRL_RX_EXTRA, NET_F_CTRL_VQ, "CTRL_RX_EXTRA" },
	{ NET_F_GUEST_ANNOUNCE, NET_F_CTRL_VQ, "GUEST_ANNOUNCE" },
	{ NET_F_MQ, NET_F_CTRL_VQ, "MQ" },
	{ NET_F_CTRL_MAC_ADDR, NET_F_CTRL_VQ, "CTRL_MAC_ADDR" },
	{ NET_F_RSS, NET_F_CTRL_VQ, "RSS" },
	{ NET_F_GUEST_TSO4, NET_F_GUEST_CSUM, "GUEST_TSO4" },
	{ NET_F_HOST_TSO4, NET_F_CSUM, "HOST_TSO4" },
	{ 0, 0, NULL }
};

/** Length of the header before each frame (5.1.6.1) */
size_t net_hdr_len(const net_t *net)
{
	return vm_acts_on(net->vm, VM_F_VERSION_1) ||
	    vm_acts_on(net->vm, NET_F_MRG_RXBUF) ? 12 : 10;
}

/** Legacy: must the header have a descriptor of its own? */
static bool must_split(const net_t *net)
{
	return vm_is_legacy(net->vm) && !vm_has(net->vm, VM_F_ANY_LAYOUT);
}

/** Longest frame that may be sent: the tag of a VLAN is header, too. */
static size_t frame_max(const net_t *net, const uint8_t *frame)
{
	uint16_t mtu = net->vm->config[NET_CONFIG_MTU] |
	    net->vm->config[NET_CONFIG_MTU + 1] << 8;
	bool tagged = frame[12] == 0x81 && frame[13] == 0x00;

	return mtu + NET_ETH_HEADER + (tagged ? 4 : 0);
}

static void check_tx(net_t *net, const vm_chain_t *chain)
{
	size_t hdr_len = net_hdr_len(net);
	uint8_t frame[NET_ETH_HEADER];
	net_hdr_t hdr = { 0 };

	DEMAND(NET_TX_READABLE, chain->in == 0, "sends a buffer with %u "
	    "writable descriptors", chain->in);
	DEMAND(NET_TX_HEADER, chain->readable >= hdr_len + NET_ETH_HEADER,
	    "sends %u bytes, header of %zu included", chain->readable,
	    hdr_len);
	vm_chain_read(chain, 0, &hdr, hdr_len);
	vm_chain_read(chain, hdr_len, frame, sizeof(frame));

	if (must_split(net))
		DEMAND(NET_LEGACY_FRAMING, chain->out >= 2 &&
		    vm_chain_seg(chain, 0)->len == hdr_len, "sends %u bytes "
		    "in the first of %u descriptors",
		    vm_chain_seg(chain, 0)->len, chain->out);
	DEMAND(NET_TX_FLAGS, hdr.flags == 0, "sends with flags 0x%02x",
	    hdr.flags);
	DEMAND(NET_TX_GSO, hdr.gso_type == 0 && hdr.gso_size == 0 &&
	    hdr.hdr_len == 0 && hdr.csum_start == 0 && hdr.csum_offset == 0,
	    "sends with gso_type 0x%02x, gso_size %u, hdr_len %u, csum_start "
	    "%u, csum_offset %u", hdr.gso_type, hdr.gso_size, hdr.hdr_len,
	    hdr.csum_start, hdr.csum_offset);
	DEMAND(NET_TX_NUM_BUFFERS, hdr.num_buffers == 0,
	    "sends with num_buffers %u", hdr.num_buffers);
	if (vm_has(net->vm, NET_F_MTU))
		DEMAND(NET_MTU, chain->readable - hdr_len <=
		    frame_max(net, frame), "sends a frame of %zu bytes, the "
		    "most is %zu", chain->readable - hdr_len,
		    frame_max(net, frame));
}

static void check_rx(net_t *net, const vm_chain_t *chain)
{
	size_t hdr_len = net_hdr_len(net);

	DEMAND(NET_RX_WRITABLE, chain->out == 0, "has %u readable descriptors "
	    "in a receive buffer", chain->out);
	if (vm_has(net->vm, NET_F_MRG_RXBUF))
		DEMAND(NET_RX_MRG, chain->writable >= hdr_len,
		    "has a receive buffer of %u bytes", chain->writable);
	else
		DEMAND(NET_RX_1526, chain->writable >= 1526,
		    "has a receive buffer of %u bytes", chain->writable);
	if (must_split(net))
		DEMAND(NET_LEGACY_FRAMING, chain->in >= 2 &&
		    vm_chain_seg(chain, 0)->len == hdr_len, "receives into "
		    "%u bytes in the first of %u descriptors",
		    vm_chain_seg(chain, 0)->len, chain->in);
}

static void check(vm_t *vm, vm_queue_t *vq, const vm_chain_t *chain)
{
	net_t *net = vm->device;

	switch (vq->index) {
	case NET_RX:
		check_rx(net, chain);
		break;
	case NET_TX:
		check_tx(net, chain);
		break;
	default:
		net_ctrl_check(net, chain);
	}
}

/** Send the oldest frame, if there is one. */
static bool transmit_one(net_t *net)
{
	static uint8_t data[NET_FRAME_MAX];
	vm_queue_t *vq = &net->vm->queue[NET_TX];
	vm_chain_t *chain = vm_queue_first(net->vm, vq);

	if (chain == NULL)
		return false;

	size_t size = chain->readable - net_hdr_len(net);
	if (size > sizeof(data))
		size = sizeof(data);
	vm_chain_read(chain, net_hdr_len(net), data, size);
	net->tx_frames++;
	net->tx_bytes += size;
	if (net->sent != NULL)
		net->sent(net->arg, data, size);
	vm_queue_use(net->vm, vq, chain,
	    vm_used_len(net->vm, vq, chain, 0, size));
	return true;
}

/** Send up to a number of frames, then interrupt if it is wished.
 *
 * @return Frames sent
 */
size_t net_transmit(net_t *net, size_t max)
{
	vm_queue_t *vq = &net->vm->queue[NET_TX];
	size_t count = 0;

	vm_lock(net->vm);
	while (count < max && transmit_one(net))
		count++;
	vm_queue_wish(net->vm, vq, true);
	/* What came before the wish was heard */
	while (count < max && transmit_one(net))
		count++;
	vm_queue_flush(net->vm, vq);
	vm_unlock(net->vm);
	return count;
}

static void available(vm_t *vm, vm_queue_t *vq)
{
	net_t *net = vm->device;

	switch (vq->index) {
	case NET_RX:
		/* Frames that found no buffer are lost: no more to hear */
		vm_queue_wish(vm, vq, true);
		break;
	case NET_TX:
		(void) net_transmit(net, SIZE_MAX);
		break;
	default:
		net_ctrl_available(net);
	}
}

/** Does the device's filter pass a frame? (5.1.6.5.1 to 5.1.6.5.3) */
bool net_wants(const net_t *net, const uint8_t *frame, size_t size)
{
	static const uint8_t broadcast[] = { 255, 255, 255, 255, 255, 255 };
	const net_filter_t *filter = &net->filter;

	if (vm_acts_on(net->vm, NET_F_CTRL_VLAN) && size >= 18 &&
	    frame[12] == 0x81 && frame[13] == 0x00) {
		unsigned int vid = (frame[14] & 0xf) << 8 | frame[15];
		if ((filter->vlans[vid / 8] & 1 << vid % 8) == 0)
			return false;
	}
	if (!vm_acts_on(net->vm, NET_F_CTRL_RX) || filter->promisc)
		return true;
	if (memcmp(frame, broadcast, sizeof(broadcast)) == 0)
		return !filter->nobcast;
	if ((frame[0] & 1) != 0) {
		if (filter->nomulti)
			return false;
		for (unsigned int i = 0; i < filter->multicasts; i++) {
			if (memcmp(frame, filter->multicast[i], 6) == 0)
				return true;
		}
		return filter->allmulti;
	}
	if (filter->nouni)
		return false;
	if (filter->alluni ||
	    memcmp(frame, &net->vm->config[NET_CONFIG_MAC], 6) == 0)
		return true;
	for (unsigned int i = 0; i < filter->unicasts; i++) {
		if (memcmp(frame, filter->unicast[i], 6) == 0)
			return true;
	}
	return false;
}

/** Room in the buffers that are there, as far as it is needed */
static unsigned int buffers_for(net_t *net, size_t size)
{
	vm_queue_t *vq = &net->vm->queue[NET_RX];
	unsigned int count = 0;
	size_t room = 0;

	vm_queue_look(net->vm, vq);
	for (vm_chain_t *c = vq->first; c && room < size; c = c->next) {
		if (count == 1 && !vm_acts_on(net->vm, NET_F_MRG_RXBUF))
			return 0;
		room += c->writable;
		count++;
	}
	return room >= size ? count : 0;
}

/** Put header and frame into as many buffers as they take, which are used all
 * at once (5.1.6.4.1).
 */
static void fill_buffers(net_t *net, unsigned int count, const void *frame,
    size_t size)
{
	vm_queue_t *vq = &net->vm->queue[NET_RX];
	size_t hdr_len = net_hdr_len(net);
	uint8_t *data = calloc(1, hdr_len + size);
	net_hdr_t hdr = { 0 };

	if (data == NULL)
		abort();
	/* 5.1.6.4.1: num_buffers is 1 without MRG_RXBUF, where it is at all */
	hdr.num_buffers = count;
	if (net->lie.bad_header)
		hdr = net->lie.header;
	hdr.num_buffers = vm_16(net->vm, hdr.num_buffers);
	memcpy(data, &hdr, hdr_len);
	memcpy(data + hdr_len, frame, size);

	size_t at = 0;
	for (unsigned int i = 0; i < count; i++) {
		vm_chain_t *chain = vq->first;
		size_t part = hdr_len + size - at;

		if (part > chain->writable)
			part = chain->writable;
		vm_chain_write(chain, 0, data + at, part);
		vm_queue_fill(net->vm, vq, i, chain, part);
		at += part;
	}
	vm_queue_set_used_idx(net->vm, vq, vq->used_idx + count);
	free(data);
}

/** Receive a frame, without an interrupt yet: see net_flush().
 *
 * @return False if there was no buffer, or the filter kept it off
 */
bool net_receive_part(net_t *net, const void *frame, size_t size)
{
	bool received = false;

	vm_lock(net->vm);
	if (!vm_live(net->vm) || !net->vm->queue[NET_RX].enabled)
		goto out;
	if (size >= 12 && !net_wants(net, frame, size)) {
		net->rx_filtered++;
		goto out;
	}

	unsigned int count = buffers_for(net, net_hdr_len(net) + size);
	if (count == 0) {
		net->rx_dropped++;
		goto out;
	}
	fill_buffers(net, count, frame, size);
	net->rx_frames++;
	received = true;
out:
	vm_unlock(net->vm);
	return received;
}

/** Interrupt for received frames if the driver wishes it. */
void net_flush(net_t *net)
{
	vm_lock(net->vm);
	vm_queue_flush(net->vm, &net->vm->queue[NET_RX]);
	vm_unlock(net->vm);
}

/** Receive a frame. */
bool net_receive(net_t *net, const void *frame, size_t size)
{
	vm_lock(net->vm);
	bool received = net_receive_part(net, frame, size);
	net_flush(net);
	vm_unlock(net->vm);
	return received;
}

/** Write bytes into the next buffer, say anything of their number. */
bool net_receive_raw(net_t *net, const void *data, size_t size, uint32_t used)
{
	vm_queue_t *vq = &net->vm->queue[NET_RX];

	vm_lock(net->vm);
	vm_chain_t *chain = vm_queue_first(net->vm, vq);
	if (chain != NULL) {
		vm_chain_write(chain, 0, data, size);
		vm_queue_use(net->vm, vq, chain, used);
		vm_queue_flush(net->vm, vq);
	}
	vm_unlock(net->vm);
	return chain != NULL;
}

/** Change the configuration; the driver is not told. */
void net_put_config(net_t *net, unsigned int offset, const void *data,
    size_t size)
{
	vm_lock(net->vm);
	memcpy(&net->vm->config[offset], data, size);
	vm_unlock(net->vm);
}

static void change_status(net_t *net, uint8_t clear, uint8_t set)
{
	uint8_t *status = &net->vm->config[NET_CONFIG_STATUS];

	vm_lock(net->vm);
	*status = (*status & ~clear) | set;
	vm_config_changed(net->vm);
	vm_unlock(net->vm);
}

void net_set_link(net_t *net, bool up)
{
	change_status(net, NET_S_LINK_UP, up ? NET_S_LINK_UP : 0);
}

/** Ask the driver to announce itself (5.1.6.5.4). */
void net_announce(net_t *net)
{
	change_status(net, 0, NET_S_ANNOUNCE);
}

static void reset(vm_t *vm)
{
	net_t *net = vm->device;
	unsigned int tables = net->filter.tables;

	memset(&net->filter, 0, sizeof(net->filter));
	net->filter.tables = tables;
}

const vm_class_t net_class = {
	.id = 1,
	.class_code = 0x020000,
	.queues = NET_QUEUES,
	.fields = fields,
	.depends = depends,
	.available = available,
	.check = check,
	.reset = reset
};

/** A network device that offers what it is given, beside the ring features */
net_t *net_create(vm_kind_t kind, uint64_t features)
{
	static const uint8_t config[] = {
		0x52, 0x54, 0x00, 0x12, 0x34, 0x56,	/* MAC */
		NET_S_LINK_UP, 0,
		1, 0,					/* Pairs */
		0xdc, 0x05,				/* MTU of 1500 */
		0x10, 0x27, 0, 0,			/* 10 Gb/s */
		1					/* Full duplex */
	};

	net_t *net = calloc(1, sizeof(net_t));
	if (net == NULL)
		abort();
	net->vm = vm_create(&net_class, kind);
	net->vm->device = net;
	net->vm->cfg.features |= features;
	memcpy(net->vm->config, config, sizeof(config));
	net->lie.ctrl_used_len = -1;
	net->lie.table_max = NET_TABLE_MAX;
	return net;
}

void net_destroy(net_t *net)
{
	vm_destroy(net->vm);
	free(net);
}

/** @}
 */
