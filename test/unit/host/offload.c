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

/** @addtogroup hosttest
 * @{
 */
/** @file Segments of TCP, taken apart and put together by the hosted program
 */

#include <mem.h>
#include <pcut/pcut.h>
#include <stdlib.h>
#include "../../../host/prog/offload.h"

PCUT_INIT;

PCUT_TEST_SUITE(offload);

/* Ethernet, IPv4, TCP with time stamps */
#define IP	14
#define TCP	34
#define HEAD	66
#define MSS	1448
#define SEGMENTS	10

static offload_joined_t joined;

/** The checksum as it is told in RFC 1071, of data after a sum */
static uint16_t checksum(uint32_t sum, const uint8_t *data, size_t size)
{
	for (size_t i = 0; i < size; i++)
		sum += i % 2 == 0 ? (uint32_t) data[i] << 8 : data[i];
	while (sum > 0xffff)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t) ~sum;
}

static void put(uint8_t *p, uint16_t n)
{
	p[0] = (uint8_t) (n >> 8);
	p[1] = (uint8_t) n;
}

static uint16_t transport_sum(const uint8_t *frame, size_t size)
{
	uint32_t sum = frame[IP + 9] + (uint32_t) (size - TCP);

	for (size_t i = IP + 12; i < IP + 20; i += 2)
		sum += (uint32_t) frame[i] << 8 | frame[i + 1];
	return checksum(sum, frame + TCP, size - TCP);
}

/** Make all checksums of a frame right. */
static void seal(uint8_t *frame, size_t size)
{
	put(frame + IP + 10, 0);
	put(frame + IP + 10, checksum(0, frame + IP, 20));
	put(frame + TCP + 16, 0);
	put(frame + TCP + 16, transport_sum(frame, size));
}

/** Make a segment.
 *
 * @param number It is that one of its connection
 */
static size_t segment(uint8_t *frame, unsigned int number, size_t data,
    uint8_t flags)
{
	static const uint8_t head[HEAD] = {
		2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0,
		0x45, 0, 0, 0, 0, 0, 0x40, 0, 64, 6, 0, 0,
		10, 0, 0, 1, 10, 0, 0, 2,
		0x14, 0x51, 0x80, 0, 0xff, 0xff, 0xf0, 0, 1, 2, 3, 4,
		0x80, 0, 1, 0, 0, 0, 0, 0,
		1, 1, 8, 10, 0, 0, 0, 7, 0, 0, 0, 9
	};
	uint32_t seq = 0xfffff000 + number * MSS;

	memcpy(frame, head, HEAD);
	put(frame + IP + 2, (uint16_t) (HEAD - IP + data));
	put(frame + IP + 4, (uint16_t) (0xfffe + number));
	put(frame + TCP + 4, (uint16_t) (seq >> 16));
	put(frame + TCP + 6, (uint16_t) seq);
	frame[TCP + 13] = flags;
	for (size_t i = 0; i < data; i++)
		frame[HEAD + i] = (uint8_t) (number * 31 + i * 7);
	seal(frame, HEAD + data);
	return HEAD + data;
}

static uint8_t segments[SEGMENTS][HEAD + MSS];
static size_t sizes[SEGMENTS];
static size_t came;
static size_t bytes;

static void expect_next(void *arg, const uint8_t *frame, size_t size)
{
	(void) arg;
	PCUT_ASSERT_TRUE(came < SEGMENTS);
	PCUT_ASSERT_UINT_EQUALS(sizes[came], size);
	PCUT_ASSERT_INT_EQUALS(0, memcmp(segments[came], frame, size));
	came++;
}

static void count(void *arg, const uint8_t *frame, size_t size)
{
	(void) arg;
	for (size_t i = 0; i < size; i++)
		bytes += frame[i] != 0;
	came++;
}

PCUT_TEST_BEFORE
{
	memset(&joined, 0, sizeof(joined));
	came = 0;
}

PCUT_TEST(segments_that_are_put_together_come_apart_the_same)
{
	for (unsigned int i = 0; i < SEGMENTS; i++) {
		bool last = i == SEGMENTS - 1;
		sizes[i] = segment(segments[i], i, last ? 5 : MSS,
		    last ? 0x18 : 0x10);
		PCUT_ASSERT_FALSE(joined.full);
		PCUT_ASSERT_TRUE(offload_join(&joined, segments[i], sizes[i]));
	}
	PCUT_ASSERT_TRUE(joined.full);
	offload_finish(&joined);
	PCUT_ASSERT_UINT_EQUALS(HEAD + (SEGMENTS - 1) * MSS + 5, joined.size);
	PCUT_ASSERT_UINT_EQUALS(MSS, joined.hdr.gso_size);

	PCUT_ASSERT_TRUE(offload_split(&joined.hdr, joined.frame, joined.size,
	    expect_next, NULL));
	PCUT_ASSERT_UINT_EQUALS(SEGMENTS, came);
}

PCUT_TEST(a_segment_alone_stays_as_it_was)
{
	sizes[0] = segment(segments[0], 0, MSS, 0x10);
	PCUT_ASSERT_TRUE(offload_join(&joined, segments[0], sizes[0]));
	offload_finish(&joined);
	PCUT_ASSERT_INT_EQUALS(VIRTIO_NET_HDR_GSO_NONE, joined.hdr.gso_type);
	PCUT_ASSERT_INT_EQUALS(0, joined.hdr.flags);
	PCUT_ASSERT_UINT_EQUALS(sizes[0], joined.size);
	PCUT_ASSERT_INT_EQUALS(0, memcmp(segments[0], joined.frame, sizes[0]));
}

PCUT_TEST(together_they_are_no_longer_than_a_packet_may_be)
{
	unsigned int i = 0;

	do {
		sizes[0] = segment(segments[0], i++, MSS, 0x10);
	} while (offload_join(&joined, segments[0], sizes[0]));
	PCUT_ASSERT_UINT_EQUALS((IP + 65535 - HEAD) / MSS, i - 1);
	offload_finish(&joined);
	offload_split(&joined.hdr, joined.frame, joined.size, count, NULL);
	PCUT_ASSERT_UINT_EQUALS(i - 1, came);
}

/** What makes a frame one that does not go with those before it: what is put
 * where in a segment, and whether its checksums are right */
static const struct {
	size_t place;
	uint8_t value;
	bool sealed;
} strange[] = {
	{ 0, 4, true },				/* to another one */
	{ 13, 6, true },			/* ARP */
	{ IP, 0x46, true },			/* IP options */
	{ IP + 1, 3, true },			/* congestion seen */
	{ IP + 3, HEAD - IP, true },		/* bytes behind the packet */
	{ IP + 6, 0x20, true },			/* a fragment */
	{ IP + 7, 1, true },			/* another fragment */
	{ IP + 8, 63, true },			/* another way */
	{ IP + 9, 17, true },			/* UDP */
	{ IP + 11, 0, false },			/* header spoilt */
	{ IP + 15, 9, true },			/* from somebody else */
	{ TCP + 1, 0x50, true },		/* from another port */
	{ TCP + 7, 1, true },			/* data missing */
	{ TCP + 11, 5, true },			/* acknowledges more */
	{ TCP + 12, 0x50, true },		/* no options */
	{ TCP + 12, 0x40, true },		/* no header */
	{ TCP + 12, 0xf0, true },		/* other options */
	{ TCP + 13, 0x11, true },		/* end */
	{ TCP + 13, 0x12, true },		/* beginning */
	{ TCP + 13, 0x30, true },		/* urgent */
	{ TCP + 15, 1, true },			/* other window */
	{ TCP + 27, 8, true },			/* later */
	{ HEAD + 3, 0, false }			/* data spoilt */
};

PCUT_TEST(what_does_not_follow_is_not_put_to_it)
{
	for (size_t i = 0; i < sizeof(strange) / sizeof(*strange); i++) {
		memset(&joined, 0, sizeof(joined));
		sizes[0] = segment(segments[0], 0, MSS, 0x10);
		PCUT_ASSERT_TRUE(offload_join(&joined, segments[0], sizes[0]));
		sizes[1] = segment(segments[1], 1, MSS, 0x10);
		segments[1][strange[i].place] = strange[i].value;
		if (strange[i].sealed)
			seal(segments[1], sizes[1]);
		PCUT_ASSERT_FALSE(offload_join(&joined, segments[1],
		    sizes[1]));
		PCUT_ASSERT_UINT_EQUALS(sizes[0], joined.size);
	}
	/* As it was, it belongs there. */
	sizes[1] = segment(segments[1], 1, MSS, 0x10);
	PCUT_ASSERT_TRUE(offload_join(&joined, segments[1], sizes[1]));
}

PCUT_TEST(longer_segments_and_those_without_data_stay_alone)
{
	sizes[0] = segment(segments[0], 0, MSS - 1, 0x10);
	PCUT_ASSERT_TRUE(offload_join(&joined, segments[0], sizes[0]));
	sizes[1] = segment(segments[1], 1, MSS, 0x10);
	segments[1][TCP + 7]--;
	seal(segments[1], sizes[1]);
	PCUT_ASSERT_FALSE(offload_join(&joined, segments[1], sizes[1]));
	sizes[1] = segment(segments[1], 1, 0, 0x10);
	segments[1][TCP + 7]--;
	seal(segments[1], sizes[1]);
	PCUT_ASSERT_FALSE(offload_join(&joined, segments[1], sizes[1]));
}

PCUT_TEST(a_checksum_that_the_card_is_to_make_is_made)
{
	const struct virtio_net_hdr hdr = {
		.flags = VIRTIO_NET_HDR_F_NEEDS_CSUM,
		.csum_start = TCP,
		.csum_offset = 16
	};
	uint8_t frame[HEAD + 5];

	sizes[0] = segment(segments[0], 3, 5, 0x18);
	memcpy(frame, segments[0], sizes[0]);
	/* The sum of the pseudo header is there already. */
	put(frame + TCP + 16, 0);
	put(frame + TCP + 16, (uint16_t) ~transport_sum(frame, TCP));
	uint32_t pseudo = ((uint32_t) frame[TCP + 16] << 8 | frame[TCP + 17]) +
	    (uint32_t) sizes[0] - TCP;
	put(frame + TCP + 16, (uint16_t) ~checksum(pseudo, NULL, 0));
	PCUT_ASSERT_TRUE(offload_split(&hdr, frame, sizes[0], expect_next,
	    NULL));
	PCUT_ASSERT_UINT_EQUALS(1, came);
}

/** What an interface never says costs nothing but the frame. */
PCUT_TEST(whatever_is_said_of_a_frame_nothing_outside_it_is_touched)
{
	srand(13);
	for (unsigned int i = 0; i < 20000; i++) {
		size_t size = 14 + (size_t) rand() % 200;
		/* So that the sanitizer sees its end */
		uint8_t *frame = malloc(size);
		struct virtio_net_hdr hdr = {
			.flags = (uint8_t) (rand() % 2),
			.gso_type = (uint8_t) (rand() % 6),
			.gso_size = (uint16_t) (rand() % 64),
			.csum_start = (uint16_t) (rand() % 300),
			.csum_offset = (uint16_t) (rand() % 300)
		};

		PCUT_ASSERT_NOT_NULL(frame);
		for (size_t k = 0; k < size; k++)
			frame[k] = (uint8_t) rand();
		if (rand() % 2) {
			hdr.gso_type = VIRTIO_NET_HDR_GSO_TCPV4;
			hdr.csum_start = TCP;
			frame[12] = 8;
		}
		offload_split(&hdr, frame, size, count, NULL);
		free(frame);
	}
	PCUT_ASSERT_TRUE(came > 0 && bytes > 0);
}

PCUT_TEST(whatever_arrives_nothing_outside_it_is_touched)
{
	size_t together = 0;

	srand(13);
	for (unsigned int i = 0; i < 20000; i++) {
		uint8_t whole[HEAD + 200];
		size_t size = segment(whole, i, (size_t) rand() % 200, 0x10);

		put(whole + TCP + 4, (uint16_t) (joined.next >> 16));
		put(whole + TCP + 6, (uint16_t) joined.next);
		if (rand() % 2)
			whole[(size_t) rand() % size] = (uint8_t) rand();
		if (rand() % 2)
			size = (size_t) rand() % size + 1;
		put(whole + IP + 2, (uint16_t) (size - IP));
		if (size >= HEAD)
			seal(whole, size);
		uint8_t *frame = malloc(size);
		PCUT_ASSERT_NOT_NULL(frame);
		memcpy(frame, whole, size);
		bool more = joined.size > 0;
		if (offload_join(&joined, frame, size)) {
			together += more;
		} else if (more) {
			offload_finish(&joined);
			joined.size = 0;
			joined.full = false;
		}
		free(frame);
	}
	PCUT_ASSERT_TRUE(together > 0);
}

PCUT_EXPORT(offload);

/** @}
 */
