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

/** @file
 * Sends a burst of ICMP echo requests, all of them before any answer is
 * looked at, and counts the answers.
 *
 * Usage: burst ADDRESS COUNT ROUNDS [SIZE [QUIET]]
 *
 * SIZE is the payload's, in bytes (56). A round ends when all are answered, or
 * when none was for QUIET milliseconds (30000).
 *
 * Prints a line for each round; exits with 0 if every request of every round
 * was answered, and none twice. The order is told only: a system with two
 * processors may answer in another. Needs CAP_NET_RAW. A program of its own, as
 * it runs in places that have nothing but busybox.
 */

#include <arpa/inet.h>
#include <netinet/ip.h>
#include <netinet/ip_icmp.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define SIZE_MAX_BYTES  1472
#define QUIET_MS        30000
#define SOCKET_BUFFER   (8 << 20)

static uint16_t checksum(const void *data, size_t size)
{
	const uint8_t *p = data;
	uint32_t sum = 0;

	for (size_t i = 0; i < size; i++)
		sum += i % 2 == 0 ? p[i] << 8 : p[i];
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return htons(~sum & 0xffff);
}

/** Send all requests of a round. */
static int send_all(int sock, const struct sockaddr_in *to, uint16_t id,
    unsigned int count, size_t size)
{
	uint8_t packet[sizeof(struct icmphdr) + SIZE_MAX_BYTES];

	for (unsigned int i = 0; i < count; i++) {
		struct icmphdr *icmp = (struct icmphdr *) packet;

		memset(packet, i & 0xff, sizeof(packet));
		memset(icmp, 0, sizeof(*icmp));
		icmp->type = ICMP_ECHO;
		icmp->un.echo.id = id;
		icmp->un.echo.sequence = htons(i);
		icmp->checksum = checksum(packet, sizeof(*icmp) + size);
		if (sendto(sock, packet, sizeof(*icmp) + size, 0,
		    (const struct sockaddr *) to, sizeof(*to)) < 0) {
			perror("sendto");
			return -1;
		}
	}

	return 0;
}

/** The answers of a round */
typedef struct {
	uint8_t *seen;
	unsigned int count;
	unsigned int twice;
	unsigned int late;
	/** One more than the highest that came */
	unsigned int next;
} answers_t;

/** Take an answer, and count it if it is one of this round. */
static void take(int sock, uint16_t id, unsigned int count, size_t size,
    answers_t *answers)
{
	uint8_t buf[2048];
	ssize_t n = recv(sock, buf, sizeof(buf), 0);
	size_t ip = n > 0 ? (size_t) (buf[0] & 0xf) * 4 : 0;

	if (n < 0 || (size_t) n < ip + sizeof(struct icmphdr))
		return;

	struct icmphdr *icmp = (struct icmphdr *) (buf + ip);
	unsigned int i = ntohs(icmp->un.echo.sequence);
	if (icmp->type != ICMP_ECHOREPLY || icmp->un.echo.id != id ||
	    i >= count || (size_t) n != ip + sizeof(*icmp) + size)
		return;

	for (size_t k = ip + sizeof(*icmp); k < (size_t) n; k++) {
		if (buf[k] != (i & 0xff))
			return;
	}

	if (answers->seen[i]) {
		answers->twice++;
		return;
	}
	answers->seen[i] = 1;
	answers->count++;
	if (i < answers->next)
		answers->late++;
	else
		answers->next = i + 1;
}

int main(int argc, char *argv[])
{
	if (argc < 4) {
		fprintf(stderr, "usage: burst ADDRESS COUNT ROUNDS "
		    "[SIZE [QUIET]]\n");
		return 2;
	}

	struct sockaddr_in to = { .sin_family = AF_INET };
	unsigned int count = strtoul(argv[2], NULL, 10);
	unsigned int rounds = strtoul(argv[3], NULL, 10);
	size_t size = argc > 4 ? strtoul(argv[4], NULL, 10) : 56;
	int quiet = argc > 5 ? atoi(argv[5]) : QUIET_MS;
	if (inet_pton(AF_INET, argv[1], &to.sin_addr) != 1 || count == 0 ||
	    count > 65536 || size > SIZE_MAX_BYTES || quiet <= 0) {
		fprintf(stderr, "burst: bad argument\n");
		return 2;
	}

	int sock = socket(AF_INET, SOCK_RAW, IPPROTO_ICMP);
	if (sock < 0) {
		perror("burst: raw socket");
		return 2;
	}
	int buffer = SOCKET_BUFFER;
	setsockopt(sock, SOL_SOCKET, SO_RCVBUFFORCE, &buffer, sizeof(buffer));
	setsockopt(sock, SOL_SOCKET, SO_SNDBUFFORCE, &buffer, sizeof(buffer));

	answers_t answers = { .seen = malloc(count) };
	int rc = 0;
	for (unsigned int r = 0; r < rounds; r++) {
		uint16_t id = htons(getpid() + r);
		struct pollfd fd = { .fd = sock, .events = POLLIN };

		memset(answers.seen, 0, count);
		answers.count = answers.twice = answers.late = answers.next = 0;
		if (send_all(sock, &to, id, count, size) != 0)
			return 2;
		while (answers.count < count && poll(&fd, 1, quiet) > 0)
			take(sock, id, count, size, &answers);

		printf("round %u: %u requests, %u answers, %u twice, "
		    "%u out of order\n", r + 1, count, answers.count,
		    answers.twice, answers.late);
		fflush(stdout);
		if (answers.count != count || answers.twice != 0)
			rc = 1;
	}

	free(answers.seen);
	return rc;
}
