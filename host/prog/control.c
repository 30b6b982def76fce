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
/** @file Commands over a socket
 */

/*
 * A connection is one command: a line of words. The answer is lines of text,
 * the last of which is "OK" or "ERR" and the name of an error.
 *
 *   list                       the devices: number, place, driver, state
 *   scan                       start devices that were plugged in
 *   dma                        memory that devices can reach, and the heap
 *   poke ADDRESS VALUE         write 16 bits to it, to spoil a ring
 *   NUMBER remove | gone | add | quiesce
 *   NUMBER cycle COUNT         remove and add; memory must not grow
 *   NUMBER usage | offline | online | updown COUNT
 *                              of a bus of ours and the card on it: bus_cmd.c
 *   NUMBER CMD...              of card_cmd.c or disk_cmd.c
 *   NUMBER.K CMD...            the same for card K of a bus; NUMBER is NUMBER.0
 *   quit                       remove all devices and end
 */

#include <host/ddf.h>
#include <malloc.h>
#include <mem.h>
#include <stdlib.h>
#include <str.h>
#include <str_error.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include "hosted.h"

extern size_t __sanitizer_get_current_allocated_bytes(void)
    __attribute__((weak));

#define MAX_WORDS	300
#define MAX_LINE	8192

static void print_list(FILE *out)
{
	for (size_t i = 0; i < device_count; i++) {
		const device_t *device = &devices[i];
		const char *there = device->dev != NULL ? "there" : "removed";

		fprintf(out, "%zu %s %s %s %s\n", i, device->pci,
		    device->driver, there, device->cards[0] != NULL ?
		    device->cards[0]->tap : "-");
		for (size_t k = 1; k < MAX_CARDS; k++) {
			if (device->cards[k] == NULL)
				continue;
			fprintf(out, "%zu.%zu %s %s %s %s\n", i, k,
			    device->pci, device->driver, there,
			    device->cards[k]->tap);
		}
	}
}

/** Memory that is allocated, in bytes. A sanitizer has a heap of its own. */
static size_t heap_size(void)
{
	return __sanitizer_get_current_allocated_bytes != NULL ?
	    __sanitizer_get_current_allocated_bytes() : mallinfo2().uordblks;
}

static void print_dma(FILE *out)
{
	host_dma_stats_t stats;

	host_dma_get_stats(&stats);
	fprintf(out, "live %zu\nlive_bytes %zu\ntotal %zu\nobjects %zu\n"
	    "heap %zu\n", stats.live, stats.live_bytes, stats.total,
	    host_ddf_objects(), heap_size());
}

static errno_t poke(const char *address, const char *value)
{
	volatile uint16_t *p = host_dma_find(strtoull(address, NULL, 0),
	    sizeof(*p));
	if (p == NULL)
		return ENOENT;
	*p = (uint16_t) strtoul(value, NULL, 0);
	return EOK;
}

/** Remove and add a device again and again; nothing must be left over. */
static errno_t cycle(FILE *out, device_t *device, unsigned long count)
{
	host_dma_stats_t before, after;

	host_dma_get_stats(&before);
	size_t objects = host_ddf_objects();
	for (unsigned long i = 0; i < count; i++) {
		errno_t rc = device_remove(device);
		if (rc == EOK)
			rc = device_add(device);
		if (rc != EOK) {
			fprintf(out, "cycle %lu failed\n", i);
			return rc;
		}
	}
	host_dma_get_stats(&after);
	fprintf(out, "live %zu was %zu\nlive_bytes %zu was %zu\n"
	    "objects %zu was %zu\n", after.live, before.live,
	    after.live_bytes, before.live_bytes, host_ddf_objects(), objects);
	return after.live == before.live &&
	    after.live_bytes == before.live_bytes &&
	    host_ddf_objects() == objects ? EOK : ELIMIT;
}

static errno_t device_command(FILE *out, device_t *device, card_t *card,
    int argc, char *argv[])
{
	if (argc < 1)
		return EINVAL;
	if (str_cmp(argv[0], "add") == 0)
		return device_add(device);
	if (device->dev == NULL)
		return ENOENT;
	if (str_cmp(argv[0], "remove") == 0)
		return device_remove(device);
	if (str_cmp(argv[0], "gone") == 0)
		return device_gone(device);
	if (str_cmp(argv[0], "quiesce") == 0)
		return host_dev_quiesce(device->dev);
	if (str_cmp(argv[0], "cycle") == 0 && argc == 2)
		return cycle(out, device, strtoul(argv[1], NULL, 0));
	errno_t rc = bus_command(out, device, card, argc, argv);
	if (rc != ENOTSUP)
		return rc;
	if (card != NULL)
		return card_command(out, card, argc, argv);
	if (device->disk != NULL)
		return disk_command(out, device->disk, argc, argv);
	return EINVAL;
}

static errno_t quit(FILE *out)
{
	for (size_t i = 0; i < device_count; i++) {
		if (devices[i].dev == NULL)
			continue;
		errno_t rc = device_remove(&devices[i]);
		if (rc != EOK)
			return rc;
	}
	print_dma(out);
	return EOK;
}

static errno_t command(FILE *out, int argc, char *argv[])
{
	unsigned long slot = 0;
	char *end;

	if (argc < 1)
		return EINVAL;
	if (str_cmp(argv[0], "list") == 0) {
		print_list(out);
		return EOK;
	}
	if (str_cmp(argv[0], "scan") == 0)
		return devices_scan(out);
	if (str_cmp(argv[0], "dma") == 0) {
		print_dma(out);
		return EOK;
	}
	if (str_cmp(argv[0], "poke") == 0 && argc == 3)
		return poke(argv[1], argv[2]);
	unsigned long number = strtoul(argv[0], &end, 10);
	if (end != argv[0] && *end == '.')
		slot = strtoul(end + 1, &end, 10);
	if (end == argv[0] || *end != 0 || number >= device_count ||
	    slot >= MAX_CARDS)
		return EINVAL;
	device_t *device = &devices[number];
	return device_command(out, device, device->cards[slot], argc - 1,
	    argv + 1);
}

static int split(char *line, char *argv[])
{
	int argc = 0;
	char *save;

	for (char *word = strtok_r(line, " \n", &save);
	    word != NULL && argc < MAX_WORDS;
	    word = strtok_r(NULL, " \n", &save))
		argv[argc++] = word;
	return argc;
}

/** Read a line of at most MAX_LINE bytes with its end. */
static bool read_line(int fd, char *line)
{
	size_t size = 0;

	while (size < MAX_LINE - 1 && read(fd, line + size, 1) == 1) {
		if (line[size++] == '\n') {
			line[size] = 0;
			return true;
		}
	}
	return false;
}

static void serve_connection(int fd)
{
	static char line[MAX_LINE];
	char *argv[MAX_WORDS];
	errno_t rc = EINVAL;

	FILE *stream = fdopen(fd, "w");
	if (stream == NULL) {
		close(fd);
		return;
	}
	if (!read_line(fd, line)) {
		fclose(stream);
		return;
	}
	int argc = split(line, argv);
	bool ending = argc == 1 && str_cmp(argv[0], "quit") == 0;
	rc = ending ? quit(stream) : command(stream, argc, argv);
	if (rc == EOK)
		fputs("OK\n", stream);
	else
		fprintf(stream, "ERR %s\n", str_error_name(rc));
	fclose(stream);
	if (ending && rc == EOK)
		exit(0);
}

/** Serve commands, one after the other; returns only on an error. */
errno_t control_serve(void)
{
	struct sockaddr_un addr = {
		.sun_family = AF_UNIX,
		.sun_path = CONTROL_SOCKET
	};

	int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	unlink(CONTROL_SOCKET);
	if (listener < 0 || bind(listener, (struct sockaddr *) &addr,
	    sizeof(addr)) != 0 || listen(listener, 4) != 0)
		return errno;
	while (true) {
		int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
		if (fd < 0)
			return errno;
		serve_connection(fd);
	}
}

/** @}
 */
