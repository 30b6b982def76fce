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
/** @file Segments of TCP are taken apart and put together
 */

#include <byteorder.h>
#include <linux/if_ether.h>
#include <macros.h>
#include <mem.h>
#include <netinet/in.h>
#include "offload.h"

/* Places in a frame: from its beginning, in IPv4's header, in TCP's */
#define ETH_TYPE	12

#define IPV4_VERSION	0
#define IPV4_SIZE	2
#define IPV4_ID		4
#define IPV4_FRAGMENT	6
#define IPV4_PROTOCOL	9
#define IPV4_SUM	10
#define IPV4_ADDRESSES	12
#define IPV4_HEADER	20

#define TCP_SEQ		4
#define TCP_HEAD_SIZE	12
#define TCP_FLAGS	13
#define TCP_SUM		16
#define TCP_HEADER	20

/** Version 4, a header without options */
#define IPV4_PLAIN	0x45
#define IPV4_DF		0x4000
#define TCP_FIN		0x01
#define TCP_PSH		0x08
#define TCP_ACK		0x10

/** Where the headers are in a frame without a VLAN tag and options */
#define IP		ETH_HLEN
#define TCP		(IP + IPV4_HEADER)

static uint16_t get16(const uint8_t *p)
{
	return (uint16_t) (p[0] << 8 | p[1]);
}

static uint32_t get32(const uint8_t *p)
{
	return (uint32_t) get16(p) << 16 | get16(p + 2);
}

static void put16(uint8_t *p, size_t n)
{
	p[0] = (uint8_t) (n >> 8);
	p[1] = (uint8_t) n;
}

static void put32(uint8_t *p, uint32_t n)
{
	put16(p, n >> 16);
	put16(p + 2, n & 0xffff);
}

/** Sum of 16-bit words, with what did not fit */
typedef unsigned __int128 sum_t;

/** Add the words of some data to a sum. They are added as the machine has them,
 * and several at once: the result is the same (RFC 1071, 2). */
static sum_t add_up(sum_t sum, const uint8_t *data, size_t size)
{
	uint64_t words[4];
	uint16_t word;

	for (; size >= sizeof(words); size -= sizeof(words)) {
		memcpy(words, data, sizeof(words));
		sum += words[0];
		sum += words[1];
		sum += words[2];
		sum += words[3];
		data += sizeof(words);
	}
	for (; size > 0; size -= min(size, sizeof(word))) {
		word = 0;
		memcpy(&word, data, min(size, sizeof(word)));
		sum += word;
		data += sizeof(word);
	}
	return sum;
}

/** One's complement of it in one word, still as the machine has it */
static uint16_t fold(sum_t sum)
{
	uint64_t rest = (uint64_t) (sum >> 64) + (uint32_t) (sum >> 32) +
	    (uint32_t) sum;

	while (rest > UINT16_MAX)
		rest = (rest & UINT16_MAX) + (rest >> 16);
	return (uint16_t) rest;
}

static void put_sum(uint8_t *p, uint16_t sum)
{
	memcpy(p, &sum, sizeof(sum));
}

/** Sum of what TCP's checksum has of IP's header */
static sum_t pseudo_header(const uint8_t *ip, size_t tcp_size)
{
	return add_up(0, ip + IPV4_ADDRESSES, 8) + htons(IPPROTO_TCP) +
	    htons((uint16_t) tcp_size);
}

static void put_ip_sum(uint8_t *ip, size_t header)
{
	put16(ip + IPV4_SUM, 0);
	put_sum(ip + IPV4_SUM, (uint16_t) ~fold(add_up(0, ip, header)));
}

/*
 * From the interface
 */

/** Take a frame of many segments apart. Each gets its header before its data,
 * where data was that went already. */
static bool take_apart(const struct virtio_net_hdr *hdr, uint8_t *frame,
    size_t size, offload_frame_t send, void *arg)
{
	uint8_t head[18 + 60 + 60];
	size_t mss = hdr->gso_size;
	size_t tcp = hdr->csum_start;
	size_t ip = get16(frame + ETH_TYPE) == ETH_P_8021Q ? 18 : 14;

	if (hdr->gso_type != VIRTIO_NET_HDR_GSO_TCPV4 || mss == 0 ||
	    tcp < ip + IPV4_HEADER || tcp + TCP_HEADER > size)
		return false;
	size_t head_size = tcp + (size_t) (frame[tcp + TCP_HEAD_SIZE] >> 4) * 4;
	if (head_size < tcp + TCP_HEADER || head_size > size ||
	    head_size > sizeof(head))
		return false;
	memcpy(head, frame, head_size);

	uint16_t id = get16(head + ip + IPV4_ID);
	uint32_t seq = get32(head + tcp + TCP_SEQ);
	for (size_t at = head_size; at < size; at += mss) {
		uint8_t *segment = frame + at - head_size;
		size_t data = min(mss, size - at);
		size_t tcp_size = head_size - tcp + data;

		memcpy(segment, head, head_size);
		put16(segment + ip + IPV4_SIZE, head_size - ip + data);
		put16(segment + ip + IPV4_ID, id++);
		put_ip_sum(segment + ip, tcp - ip);
		put32(segment + tcp + TCP_SEQ, seq);
		if (at + data < size)
			segment[tcp + TCP_FLAGS] &= (uint8_t) ~(TCP_FIN |
			    TCP_PSH);
		put16(segment + tcp + TCP_SUM, 0);
		put_sum(segment + tcp + TCP_SUM, (uint16_t) ~fold(add_up(
		    pseudo_header(segment + ip, tcp_size), segment + tcp,
		    tcp_size)));
		send(arg, segment, head_size + data);
		seq += (uint32_t) data;
	}
	return true;
}

/** Make frames as they are on a wire of one that the interface gave.
 *
 * @param hdr   What it said of the frame
 * @param frame Frame; it is written to
 * @param size  Bytes of the frame, at least ETH_HLEN
 * @param send  Called for each frame
 *
 * @return False if such a frame is not understood
 */
bool offload_split(const struct virtio_net_hdr *hdr, uint8_t *frame,
    size_t size, offload_frame_t send, void *arg)
{
	size_t start = hdr->csum_start;
	size_t place = start + hdr->csum_offset;

	if (hdr->gso_type != VIRTIO_NET_HDR_GSO_NONE)
		return take_apart(hdr, frame, size, send, arg);
	if ((hdr->flags & VIRTIO_NET_HDR_F_NEEDS_CSUM) != 0) {
		if (place + sizeof(uint16_t) > size)
			return false;
		/* The sum of the pseudo header is in its place already. No
		 * sum is 0, as that means none in UDP (RFC 768). */
		uint16_t sum = (uint16_t) ~fold(add_up(0, frame + start,
		    size - start));
		put_sum(frame + place, sum != 0 ? sum : UINT16_MAX);
	}
	send(arg, frame, size);
	return true;
}

/*
 * To the interface
 */

/** Is a frame a segment with data, its checksums right, that may be put
 * together with others?
 *
 * @param head_size Bytes of its header
 */
static bool is_segment(const uint8_t *frame, size_t size, size_t *head_size)
{
	if (size < TCP + TCP_HEADER ||
	    get16(frame + ETH_TYPE) != ETH_P_IP ||
	    frame[IP + IPV4_VERSION] != IPV4_PLAIN ||
	    frame[IP + IPV4_PROTOCOL] != IPPROTO_TCP ||
	    get16(frame + IP + IPV4_SIZE) != size - IP ||
	    (get16(frame + IP + IPV4_FRAGMENT) & ~IPV4_DF) != 0 ||
	    (frame[TCP + TCP_FLAGS] & ~TCP_PSH) != TCP_ACK)
		return false;
	*head_size = TCP + (size_t) (frame[TCP + TCP_HEAD_SIZE] >> 4) * 4;
	return *head_size >= TCP + TCP_HEADER && *head_size < size &&
	    fold(add_up(0, frame + IP, IPV4_HEADER)) == UINT16_MAX &&
	    fold(add_up(pseudo_header(frame + IP, size - TCP), frame + TCP,
	    size - TCP)) == UINT16_MAX;
}

/** The header less what differs in segments that follow one another */
static void get_key(uint8_t *key, const uint8_t *frame, size_t head_size)
{
	memcpy(key, frame, head_size);
	memset(key + IP + IPV4_SIZE, 0, 4);
	memset(key + IP + IPV4_SUM, 0, 2);
	memset(key + TCP + TCP_SEQ, 0, 4);
	memset(key + TCP + TCP_SUM, 0, 2);
	key[TCP + TCP_FLAGS] &= (uint8_t) ~TCP_PSH;
}

/** Put a frame to the segments that are there already, or begin with it.
 *
 * @return False if it does not belong to them, or if it is no such segment
 */
bool offload_join(offload_joined_t *joined, const uint8_t *frame, size_t size)
{
	uint8_t key[OFFLOAD_MAX_HEAD];
	size_t head_size;

	if (joined->full || !is_segment(frame, size, &head_size))
		return false;
	size_t data = size - head_size;
	uint32_t seq = get32(frame + TCP + TCP_SEQ);
	get_key(key, frame, head_size);
	if (joined->size == 0) {
		memcpy(joined->frame, frame, head_size);
		memcpy(joined->key, key, head_size);
		joined->size = head_size;
		joined->head_size = head_size;
		joined->mss = data;
	} else if (head_size != joined->head_size ||
	    memcmp(key, joined->key, head_size) != 0 || seq != joined->next ||
	    data > joined->mss ||
	    joined->size + data > IP + UINT16_MAX) {
		return false;
	}
	memcpy(joined->frame + joined->size, frame + head_size, data);
	joined->size += data;
	joined->next = seq + (uint32_t) data;
	joined->frame[TCP + TCP_FLAGS] |= frame[TCP + TCP_FLAGS];
	joined->full = data < joined->mss ||
	    (frame[TCP + TCP_FLAGS] & TCP_PSH) != 0;
	return true;
}

/** Make one frame of the segments that are there, at least one, and what is to
 * be said of it. */
void offload_finish(offload_joined_t *joined)
{
	uint8_t *frame = joined->frame;

	joined->hdr = (struct virtio_net_hdr) { .flags = 0 };
	if (joined->size <= joined->head_size + joined->mss)
		return;
	put16(frame + IP + IPV4_SIZE, joined->size - IP);
	put_ip_sum(frame + IP, IPV4_HEADER);
	put_sum(frame + TCP + TCP_SUM,
	    fold(pseudo_header(frame + IP, joined->size - TCP)));
	joined->hdr.flags = VIRTIO_NET_HDR_F_NEEDS_CSUM;
	joined->hdr.gso_type = VIRTIO_NET_HDR_GSO_TCPV4;
	joined->hdr.hdr_len = (uint16_t) joined->head_size;
	joined->hdr.gso_size = (uint16_t) joined->mss;
	joined->hdr.csum_start = TCP;
	joined->hdr.csum_offset = TCP_SUM;
}

/** @}
 */
