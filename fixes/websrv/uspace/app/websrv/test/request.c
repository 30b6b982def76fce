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

#include <pcut/pcut.h>
#include <stddef.h>

#include "../request.h"

PCUT_INIT;

PCUT_TEST_SUITE(request);

/** The line, and one byte that belongs to it */
static char line[64];
static char *path;

/** Look at a line of so many bytes of a text. */
static request_t parse(const char *text, size_t size)
{
	for (size_t i = 0; i < sizeof(line); i++)
		line[i] = i < size ? text[i] : 'x';
	path = NULL;
	return request_parse(line, size, &path);
}

#define PARSE(text)	parse(text, sizeof(text) - 1)

PCUT_TEST(pages)
{
	PCUT_ASSERT_INT_EQUALS(request_get, PARSE("GET / HTTP/1.0\r\n"));
	PCUT_ASSERT_STR_EQUALS("/", path);
	PCUT_ASSERT_INT_EQUALS(request_get, PARSE("GET /a/b.css HTTP/1.1\r\n"));
	PCUT_ASSERT_STR_EQUALS("/a/b.css", path);
	PCUT_ASSERT_INT_EQUALS(request_get,
	    PARSE("GET /a?b=/..//c HTTP/1.1\r\n"));
	PCUT_ASSERT_STR_EQUALS("/a", path);
	PCUT_ASSERT_INT_EQUALS(request_get, PARSE("GET /a\r\n"));
	PCUT_ASSERT_STR_EQUALS("/a", path);
	/* Without an end */
	PCUT_ASSERT_INT_EQUALS(request_get, PARSE("GET /a"));
	PCUT_ASSERT_STR_EQUALS("/a", path);
}

/** A zero byte in a line without a space: it ended the server. */
PCUT_TEST(zero_byte)
{
	PCUT_ASSERT_INT_EQUALS(request_bad, PARSE("GET /a\0bc\r\n"));
	PCUT_ASSERT_INT_EQUALS(request_bad, PARSE("GET /\0"));
	PCUT_ASSERT_INT_EQUALS(request_bad, PARSE("GET \0"));
	PCUT_ASSERT_INT_EQUALS(request_unknown, PARSE("\0\0\0\0\0\0"));
}

PCUT_TEST(nonsense)
{
	PCUT_ASSERT_INT_EQUALS(request_unknown, PARSE(""));
	PCUT_ASSERT_INT_EQUALS(request_unknown, PARSE("GET"));
	PCUT_ASSERT_INT_EQUALS(request_unknown, PARSE("POST / HTTP/1.0\r\n"));
	PCUT_ASSERT_INT_EQUALS(request_unknown, PARSE("\x16\x03\x01\x02"));
	PCUT_ASSERT_INT_EQUALS(request_bad, PARSE("GET "));
	PCUT_ASSERT_INT_EQUALS(request_bad, PARSE("GET \r\n"));
	PCUT_ASSERT_INT_EQUALS(request_bad, PARSE("GET a HTTP/1.0\r\n"));
	PCUT_ASSERT_INT_EQUALS(request_bad, PARSE("GET /a\nb HTTP/1.0\r\n"));
}

PCUT_TEST(outside)
{
	PCUT_ASSERT_INT_EQUALS(request_bad, PARSE("GET /../cfg HTTP/1.0\r\n"));
	PCUT_ASSERT_INT_EQUALS(request_bad, PARSE("GET /a/../b HTTP/1.0\r\n"));
	PCUT_ASSERT_INT_EQUALS(request_bad, PARSE("GET /a/.b HTTP/1.0\r\n"));
	PCUT_ASSERT_INT_EQUALS(request_bad, PARSE("GET //a HTTP/1.0\r\n"));
}

PCUT_TEST(names)
{
	PCUT_ASSERT_TRUE(path_is_folder("/"));
	PCUT_ASSERT_TRUE(path_is_folder("/a/"));
	PCUT_ASSERT_FALSE(path_is_folder("/a"));
	PCUT_ASSERT_STR_EQUALS("text/html", content_type("/a/index.html"));
	PCUT_ASSERT_STR_EQUALS("image/png", content_type("x.png"));
	PCUT_ASSERT_STR_EQUALS("application/octet-stream", content_type("png"));
	PCUT_ASSERT_STR_EQUALS("application/octet-stream", content_type(""));
}

PCUT_EXPORT(request);
