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

/** @addtogroup xenbus
 * @{
 */
/** @file
 * What xenstore can be asked: nodes, directories and transactions
 */

#include <mem.h>
#include <stdio.h>
#include <stdlib.h>
#include <str.h>

#include "xs.h"

/** Fill parts with a path made of a directory and a node, and its zero.
 *
 * @return Number of parts
 */
size_t xs_path_parts(xs_part_t *parts, const char *dir, const char *node)
{
	size_t n = 0;

	parts[n].data = dir;
	parts[n++].size = str_size(dir);
	if (node != NULL) {
		parts[n].data = "/";
		parts[n++].size = 1;
		parts[n].data = node;
		parts[n++].size = str_size(node);
	}
	parts[n].data = "";
	parts[n++].size = 1;
	return n;
}

/** Read a node.
 *
 * @param xs    Connection
 * @param tx_id Transaction or XS_NO_TX
 * @param dir   Path
 * @param node  Node in that directory, or NULL for the directory itself
 * @param value Place for the value, to be freed; NULL to ask whether there is
 *              one
 *
 * @return EOK, ENOENT, or another error code
 */
errno_t xs_read(xs_t *xs, uint32_t tx_id, const char *dir, const char *node,
    char **value)
{
	xs_part_t parts[XS_PARTS_MAX];
	size_t n = xs_path_parts(parts, dir, node);
	return xs_talk(xs, XS_READ, tx_id, parts, n, value, NULL);
}

/** Write a node. */
errno_t xs_write(xs_t *xs, uint32_t tx_id, const char *dir, const char *node,
    const char *value)
{
	xs_part_t parts[XS_PARTS_MAX];
	size_t n = xs_path_parts(parts, dir, node);

	/* The value has no zero at its end. */
	parts[n].data = value;
	parts[n++].size = str_size(value);
	return xs_talk(xs, XS_WRITE, tx_id, parts, n, NULL, NULL);
}

/** Remove a node and what is under it.
 *
 * @return EOK, also if there is none; or an error code
 */
errno_t xs_remove(xs_t *xs, uint32_t tx_id, const char *dir, const char *node)
{
	xs_part_t parts[XS_PARTS_MAX];
	size_t n = xs_path_parts(parts, dir, node);
	errno_t rc = xs_talk(xs, XS_RM, tx_id, parts, n, NULL, NULL);
	return rc == ENOENT ? EOK : rc;
}

/** Read the names of a directory's nodes in one message. */
static errno_t xs_directory_whole(xs_t *xs, const char *path, char **names,
    size_t *size)
{
	xs_part_t parts[XS_PARTS_MAX];
	size_t n = xs_path_parts(parts, path, NULL);
	return xs_talk(xs, XS_DIRECTORY, XS_NO_TX, parts, n, names, size);
}

/** Read a part of the names of a directory's nodes.
 *
 * @param xs     Connection
 * @param path   Path
 * @param offset Where to begin, in bytes
 * @param answer Place for the answer: a generation count and a zero, then
 *               names, and an empty one after the last
 * @param len    Place for its length
 */
static errno_t xs_directory_part(xs_t *xs, const char *path, size_t offset,
    char **answer, size_t *len)
{
	char buf[24];
	snprintf(buf, sizeof(buf), "%zu", offset);

	xs_part_t parts[XS_PARTS_MAX];
	size_t n = xs_path_parts(parts, path, NULL);
	parts[n].data = buf;
	parts[n++].size = str_size(buf) + 1;
	return xs_talk(xs, XS_DIRECTORY_PART, XS_NO_TX, parts, n, answer, len);
}

/** Add a part to the names; start over if the directory has changed.
 *
 * @return EOK, EAGAIN to start over, ELIMIT or ENOMEM
 */
static errno_t xs_names_add(char **names, size_t *size, char *gen,
    size_t gen_size, const char *part, size_t len, bool *last)
{
	size_t gen_len = str_size(part);
	if (gen_len >= len || gen_len >= gen_size)
		return EIO;
	if (*size > 0 && str_cmp(gen, part) != 0)
		return EAGAIN;
	str_cpy(gen, gen_size, part);

	part += gen_len + 1;
	len -= gen_len + 1;

	/* An empty name ends the list; nothing at all does not. */
	if (len == 0)
		return EIO;
	*last = part[len - 1] == '\0' && (len == 1 || part[len - 2] == '\0');
	if (*last)
		len--;

	char *more = realloc(*names, *size + len + 1);
	if (more == NULL)
		return ENOMEM;

	memcpy(more + *size, part, len);
	more[*size + len] = '\0';
	*names = more;
	*size += len;
	return EOK;
}

/** Read the names of a directory's nodes in parts. */
static errno_t xs_directory_parts(xs_t *xs, const char *path, char **names,
    size_t *size)
{
	char gen[24];
	errno_t rc = EAGAIN;

	/*
	 * Some changes on the way are all right; a directory that never stands
	 * still is not.
	 */
	*names = NULL;
	*size = 0;
	for (int tries = 0; tries < 100; tries++) {
		char *part;
		size_t len;
		bool last = false;
		rc = xs_directory_part(xs, path, *size, &part, &len);
		if (rc == EOK) {
			rc = xs_names_add(names, size, gen, sizeof(gen), part,
			    len, &last);
			free(part);
		}
		if (rc == EOK && last)
			return EOK;
		if (rc == EAGAIN)
			*size = 0;
		else if (rc != EOK)
			break;
	}

	free(*names);
	return rc != EOK ? rc : ELIMIT;
}

/** Read the names of a directory's nodes.
 *
 * @param xs    Connection
 * @param path  Path
 * @param names Place for the names, each with a zero at its end; to be freed
 * @param size  Place for the bytes of all names
 *
 * @return EOK, ENOENT, EIO if the last one has no end, or another error code
 */
errno_t xs_directory(xs_t *xs, const char *path, char **names, size_t *size)
{
	/* ELIMIT: too long for one message */
	errno_t rc = xs_directory_whole(xs, path, names, size);
	if (rc == ELIMIT)
		rc = xs_directory_parts(xs, path, names, size);
	if (rc != EOK)
		return rc;

	if (*size > 0 && (*names)[*size - 1] != '\0') {
		free(*names);
		return EIO;
	}

	return EOK;
}

/** Start a transaction.
 *
 * @param xs    Connection
 * @param tx_id Place for its number
 *
 * @return EOK or an error code
 */
errno_t xs_transaction_start(xs_t *xs, uint32_t *tx_id)
{
	xs_part_t part = {
		.data = "",
		.size = 1
	};
	char *answer;
	errno_t rc = xs_talk(xs, XS_TRANSACTION_START, XS_NO_TX, &part, 1,
	    &answer, NULL);
	if (rc != EOK)
		return rc;

	uint64_t id;
	rc = xs_parse_unsigned(answer, UINT32_MAX, &id);
	free(answer);
	if (rc != EOK || id == XS_NO_TX)
		return EIO;

	*tx_id = id;
	return EOK;
}

/** End a transaction.
 *
 * @param xs     Connection
 * @param tx_id  Its number
 * @param commit True to make its changes, false to forget them
 *
 * @return EOK, EAGAIN if all of it must be done again, or another error code
 */
errno_t xs_transaction_end(xs_t *xs, uint32_t tx_id, bool commit)
{
	xs_part_t part = {
		.data = commit ? "T" : "F",
		.size = 2
	};
	return xs_talk(xs, XS_TRANSACTION_END, tx_id, &part, 1, NULL, NULL);
}

/** @}
 */
