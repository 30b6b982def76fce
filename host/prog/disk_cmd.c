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
/** @file Commands to block devices
 */

#include <mem.h>
#include <stdlib.h>
#include <str.h>
#include "hosted.h"

/** Bytes of one transfer, at most */
#define CHUNK	65536

static errno_t print_info(FILE *out, host_bd_t *disk)
{
	size_t block_size;
	aoff64_t blocks;

	errno_t rc = host_bd_get_block_size(disk, &block_size);
	if (rc == EOK)
		rc = host_bd_get_num_blocks(disk, &blocks);
	if (rc == EOK)
		fprintf(out, "block_size %zu\nblocks %llu\n", block_size,
		    (unsigned long long) blocks);
	return rc;
}

/** Copy blocks between a disk and a file. */
static errno_t copy(host_bd_t *disk, bool write, aoff64_t block,
    aoff64_t count, const char *path)
{
	size_t block_size;
	errno_t rc = host_bd_get_block_size(disk, &block_size);
	if (rc != EOK || block_size == 0 || block_size > CHUNK)
		return rc != EOK ? rc : ENOTSUP;

	FILE *f = fopen(path, write ? "rbe" : "wbe");
	if (f == NULL)
		return errno;
	uint8_t *buf = malloc(CHUNK);
	if (buf == NULL) {
		fclose(f);
		return ENOMEM;
	}
	while (rc == EOK && count > 0) {
		size_t n = CHUNK / block_size;

		if (n > count)
			n = count;
		if (write) {
			memset(buf, 0, n * block_size);
			(void) !fread(buf, 1, n * block_size, f);
			rc = host_bd_write(disk, block, n, buf,
			    n * block_size);
		} else {
			rc = host_bd_read(disk, block, n, buf,
			    n * block_size);
			if (rc == EOK && fwrite(buf, block_size, n, f) != n)
				rc = EIO;
		}
		block += n;
		count -= n;
	}
	free(buf);
	if (fclose(f) != 0 && rc == EOK)
		rc = EIO;
	return rc;
}

/** Do a command for a disk, argv[0] being its name. */
errno_t disk_command(FILE *out, host_bd_t *disk, int argc, char *argv[])
{
	bool write = str_cmp(argv[0], "write") == 0;

	if (str_cmp(argv[0], "info") == 0)
		return print_info(out, disk);
	if (str_cmp(argv[0], "sync") == 0)
		return host_bd_sync(disk, 0, 0);
	if (argc == 4 && (write || str_cmp(argv[0], "read") == 0))
		return copy(disk, write, strtoull(argv[1], NULL, 0),
		    strtoull(argv[2], NULL, 0), argv[3]);
	return EINVAL;
}

/** @}
 */
