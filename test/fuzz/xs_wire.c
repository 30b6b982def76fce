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

/** @addtogroup test
 * @{
 */
/** @file Xenstore's shared page of any contents, changing at any moment
 *
 * A message that comes out of it fits, and ends with a zero; what is parsed of
 * it is what it says.
 */

#include <errno.h>
#include <xen/xs_wire.h>
#include "input.h"

static void parse(const xs_reader_t *reader)
{
	const char *payload = reader->payload;
	size_t len = reader->hdr.len;
	uint64_t value = 0;
	uint8_t mac[6];

	HOLD(len <= XS_PAYLOAD_MAX);
	HOLD(payload[len] == '\0');

	HOLD(xs_error_to_errno(payload, len) != EOK);
	/* The zero after the payload ends the last one, whatever it is */
	for (size_t at = 0; at < len; at += strlen(payload + at) + 1) {
		if (xs_name_valid(payload + at))
			HOLD(payload[at] != '\0' &&
			    strchr(payload + at, '/') == NULL);
	}
	if (xs_parse_unsigned(payload, 65535, &value) == EOK)
		HOLD(value <= 65535);
	(void) xs_parse_mac(payload, mac);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	/* Of the fuzzer's own, so that the sanitizer sees a byte too far */
	xs_interface_t *page = calloc(1, sizeof(xs_interface_t));
	xs_reader_t *reader = malloc(sizeof(xs_reader_t));
	input_t in = { data, size };
	uint8_t buf[XS_RING_SIZE + 64];

	HOLD(page != NULL && reader != NULL);
	input_take(&in, (uint8_t *) page + sizeof(page->req),
	    input_u16(&in) % (sizeof(*page) - sizeof(page->req) + 1));
	xs_reader_init(reader);

	while (!input_ended(&in)) {
		bool complete = false;
		size_t done = 0;
		size_t n;

		switch (input_u8(&in) % 5) {
		case 0:
			if (xs_reader_step(reader, page, &complete) == EOK &&
			    complete) {
				parse(reader);
				xs_reader_init(reader);
			}
			break;
		case 1:
			n = input_u16(&in) % sizeof(buf);
			memset(buf, 0, sizeof(buf));
			if (xs_ring_write(page, buf, n, &done) == EOK)
				HOLD(done <= n && done <= XS_RING_SIZE);
			break;
		case 2:
			xs_ring_drain(page);
			break;
		case 3:
			/* xenstored sends what it likes */
			n = input_u8(&in);
			input_take(&in, buf, n);
			for (size_t i = 0; i < n; i++)
				page->rsp[page->rsp_prod++ % XS_RING_SIZE] =
				    buf[i];
			break;
		default:
			n = offsetof(xs_interface_t, req_cons) +
			    input_u8(&in) % (sizeof(*page) -
			    offsetof(xs_interface_t, req_cons));
			((uint8_t *) page)[n] = input_u8(&in);
			break;
		}
	}

	free(reader);
	free(page);
	return 0;
}

/** @}
 */
