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
 * Gets a page from a web server many times, by some clients at once, and
 * compares each answer with what it has to be, byte for byte.
 *
 * Usage: pages ADDRESS PATH FILE COUNT CLIENTS
 *
 * Prints a line for each hundred pages that are right and for each that is not,
 * with which its client ends; exits with 0 if all were right. A program of its
 * own, as it runs in places that have nothing but busybox, whose processes take
 * longer to make than a page takes to come.
 */

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#define PORT         80
#define LIMIT_S      120
#define ANSWER_MAX   (1 << 20)

static struct sockaddr_in server = { .sin_family = AF_INET };
static const char *path;
static char page[ANSWER_MAX];
static size_t page_size;
static char answer[ANSWER_MAX];

/** Ask over a connection, and read to its end.
 *
 * @return Bytes of the answer, or -1
 */
static ssize_t ask(int sock)
{
	struct timeval limit = { .tv_sec = LIMIT_S };
	char request[256];
	size_t size = 0;
	ssize_t n;

	setsockopt(sock, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	setsockopt(sock, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
	if (connect(sock, (struct sockaddr *) &server, sizeof(server)) != 0)
		return -1;
	n = snprintf(request, sizeof(request), "GET %s HTTP/1.0\r\n\r\n", path);
	if (write(sock, request, n) != n)
		return -1;
	while ((n = read(sock, answer + size, sizeof(answer) - size)) > 0)
		size += n;
	return n < 0 ? -1 : (ssize_t) size;
}

/** Get the page once.
 *
 * @return Whether it is right; if not, that is told.
 */
static int get(void)
{
	static const char head[] = "HTTP/1.0 200 OK\r\n";
	int sock = socket(AF_INET, SOCK_STREAM, 0);

	errno = 0;
	ssize_t size = sock < 0 ? -1 : ask(sock);
	if (size < 0)
		perror("pages");
	close(sock);
	if (size < 0)
		return 0;

	char *body = memmem(answer, size, "\r\n\r\n", 4);
	if (body == NULL || memcmp(answer, head, sizeof(head) - 1) != 0) {
		fprintf(stderr, "pages: not HTTP: %zd bytes: %.60s\n", size,
		    answer);
		return 0;
	}
	body += 4;
	size_t got = answer + size - body;
	if (got != page_size || memcmp(body, page, page_size) != 0) {
		fprintf(stderr, "pages: %zu bytes that are not the page\n",
		    got);
		return 0;
	}
	return 1;
}

/** A client: a byte into the pipe for each page that is right */
static void client(unsigned int count, int out)
{
	while (count > 0 && get()) {
		if (write(out, "", 1) != 1)
			break;
		count--;
	}
}

int main(int argc, char *argv[])
{
	unsigned int count = argc == 6 ? strtoul(argv[4], NULL, 10) : 0;
	unsigned int clients = argc == 6 ? strtoul(argv[5], NULL, 10) : 0;
	unsigned int right = 0;
	int fds[2];
	char byte;

	if (clients == 0 ||
	    inet_pton(AF_INET, argv[1], &server.sin_addr) != 1) {
		fprintf(stderr,
		    "usage: pages ADDRESS PATH FILE COUNT CLIENTS\n");
		return 2;
	}
	server.sin_port = htons(PORT);
	path = argv[2];
	FILE *file = fopen(argv[3], "r");
	if (file == NULL || pipe(fds) != 0) {
		perror(argv[3]);
		return 2;
	}
	page_size = fread(page, 1, sizeof(page), file);
	fclose(file);

	for (unsigned int i = 0; i < clients; i++) {
		if (fork() == 0) {
			client((count + i) / clients, fds[1]);
			_exit(0);
		}
	}
	close(fds[1]);
	while (read(fds[0], &byte, 1) == 1) {
		right++;
		if (right % 100 == 0) {
			printf("pages: %u of %u are right\n", right, count);
			fflush(stdout);
		}
	}
	while (wait(NULL) > 0)
		;
	return right == count ? 0 : 1;
}
