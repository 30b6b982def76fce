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

/** @addtogroup websrv
 * @{
 */
/** @file The request line.
 */

#include "request.h"

/** Does a text begin with another? */
static bool begins(const char *text, size_t size, const char *begin)
{
	for (size_t i = 0; begin[i] != '\0'; i++) {
		if (i >= size || text[i] != begin[i])
			return false;
	}

	return true;
}

static size_t length(const char *text)
{
	size_t size = 0;

	while (text[size] != '\0')
		size++;
	return size;
}

/** Look at a request line.
 *
 * @param line  Bytes of the line, any, with a byte beyond them that is ours
 * @param size  Number of bytes
 * @param rpath Place for the path of the page, which begins with a slash; no
 *              part of it is empty or begins with a dot, except that the last
 *              one of a folder is empty
 * @return What it is
 */
request_t request_parse(char *line, size_t size, char **rpath)
{
	char *path = line + 4;
	size_t i;

	if (!begins(line, size, "GET "))
		return request_unknown;
	if (!begins(path, size - 4, "/"))
		return request_bad;

	for (i = 1; i < size - 4; i++) {
		char c = path[i];

		if (c == ' ' || c == '?' || c == '#' || c == '\r')
			break;
		if ((unsigned char) c < 0x20 || (unsigned char) c == 0x7f)
			return request_bad;
		if (path[i - 1] == '/' && (c == '.' || c == '/'))
			return request_bad;
	}

	path[i] = '\0';
	*rpath = path;
	return request_get;
}

/** Is it the path of a folder?
 *
 * @param path Path, not empty
 */
bool path_is_folder(const char *path)
{
	return path[length(path) - 1] == '/';
}

/** Find the type of a page by its name.
 *
 * @param name Name
 * @return Type for Content-Type (RFC 9110, 8.3)
 */
const char *content_type(const char *name)
{
	static const struct {
		const char *suffix;
		const char *type;
	} types[] = {
		{ ".html", "text/html" },
		{ ".htm", "text/html" },
		{ ".css", "text/css" },
		{ ".js", "text/javascript" },
		{ ".txt", "text/plain" },
		{ ".png", "image/png" },
		{ ".jpg", "image/jpeg" },
		{ ".gif", "image/gif" },
		{ ".svg", "image/svg+xml" },
		{ ".ico", "image/x-icon" },
		{ ".pdf", "application/pdf" }
	};
	size_t size = length(name);

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		size_t tail = length(types[i].suffix);

		if (size >= tail &&
		    begins(name + size - tail, tail, types[i].suffix))
			return types[i].type;
	}

	return "application/octet-stream";
}

/** @}
 */
