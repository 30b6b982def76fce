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

#include <mem.h>
#include <pcut/pcut.h>
#include <str.h>
#include <xen/xs_wire.h>

PCUT_INIT;

PCUT_TEST_SUITE(xs_wire);

static xs_interface_t intf;
static xs_reader_t reader;

/** Put bytes into the response ring as xenstored does. */
static void serve(const void *data, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		intf.rsp[intf.rsp_prod++ % XS_RING_SIZE] =
		    ((const uint8_t *) data)[i];
	}
}

static void serve_hdr(uint32_t type, uint32_t req_id, uint32_t len)
{
	xs_msg_hdr_t hdr = {
		.type = type,
		.req_id = req_id,
		.len = len
	};
	serve(&hdr, sizeof(hdr));
}

PCUT_TEST_BEFORE
{
	memset(&intf, 0, sizeof(intf));
	/* The indices need not start at zero, and run over their end. */
	intf.req_cons = intf.req_prod = UINT32_MAX - 500;
	intf.rsp_cons = intf.rsp_prod = UINT32_MAX - 10;
	xs_reader_init(&reader);
}

PCUT_TEST(bytes_written_are_in_the_ring_in_order)
{
	uint8_t data[800];
	size_t n;

	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = i * 7;

	PCUT_ASSERT_INT_EQUALS(EOK,
	    xs_ring_write(&intf, data, sizeof(data), &n));
	PCUT_ASSERT_INT_EQUALS(sizeof(data), n);
	for (size_t i = 0; i < n; i++) {
		PCUT_ASSERT_INT_EQUALS(data[i],
		    intf.req[(uint32_t) (intf.req_cons + i) % XS_RING_SIZE]);
	}
}

PCUT_TEST(full_ring_takes_what_fits_and_then_nothing)
{
	uint8_t data[XS_RING_SIZE] = { 0 };
	size_t n;

	(void) xs_ring_write(&intf, data, 1000, &n);
	PCUT_ASSERT_INT_EQUALS(1000, n);
	(void) xs_ring_write(&intf, data, 1000, &n);
	PCUT_ASSERT_INT_EQUALS(24, n);
	PCUT_ASSERT_INT_EQUALS(EOK, xs_ring_write(&intf, data, 1, &n));
	PCUT_ASSERT_INT_EQUALS(0, n);
}

PCUT_TEST(request_consumer_that_cannot_be_is_an_error)
{
	size_t n;

	intf.req_cons = intf.req_prod - XS_RING_SIZE - 1;
	PCUT_ASSERT_INT_EQUALS(EIO, xs_ring_write(&intf, "x", 1, &n));
	PCUT_ASSERT_INT_EQUALS(0, n);
	intf.req_cons = intf.req_prod + 1;
	PCUT_ASSERT_INT_EQUALS(EIO, xs_ring_write(&intf, "x", 1, &n));
}

PCUT_TEST(response_producer_that_cannot_be_is_an_error)
{
	bool complete;

	intf.rsp_prod = intf.rsp_cons + XS_RING_SIZE + 1;
	PCUT_ASSERT_INT_EQUALS(EIO,
	    xs_reader_step(&reader, &intf, &complete));
	intf.rsp_prod = intf.rsp_cons - 1;
	PCUT_ASSERT_INT_EQUALS(EIO,
	    xs_reader_step(&reader, &intf, &complete));
}

PCUT_TEST(message_is_assembled_from_single_bytes)
{
	bool complete = true;

	serve_hdr(XS_READ, 9, 5);
	serve("hello", 5);

	/* Show the bytes one at a time. */
	uint32_t end = intf.rsp_prod;
	intf.rsp_prod = intf.rsp_cons;
	while (intf.rsp_prod != end) {
		PCUT_ASSERT_INT_EQUALS(EOK,
		    xs_reader_step(&reader, &intf, &complete));
		PCUT_ASSERT_FALSE(complete);
		intf.rsp_prod++;
	}

	PCUT_ASSERT_INT_EQUALS(EOK,
	    xs_reader_step(&reader, &intf, &complete));
	PCUT_ASSERT_TRUE(complete);
	PCUT_ASSERT_INT_EQUALS(9, reader.hdr.req_id);
	PCUT_ASSERT_STR_EQUALS("hello", reader.payload);
}

PCUT_TEST(messages_follow_each_other_with_and_without_payload)
{
	bool complete;

	serve_hdr(XS_WRITE, 1, 0);
	serve_hdr(XS_WATCH_EVENT, 0, 4);
	serve("a\0b\0", 4);
	serve_hdr(XS_WRITE, 2, 3);
	serve("OK\0", 3);

	for (int i = 0; i < 3; i++) {
		PCUT_ASSERT_INT_EQUALS(EOK,
		    xs_reader_step(&reader, &intf, &complete));
		PCUT_ASSERT_TRUE(complete);
	}
	PCUT_ASSERT_INT_EQUALS(2, reader.hdr.req_id);

	PCUT_ASSERT_INT_EQUALS(EOK,
	    xs_reader_step(&reader, &intf, &complete));
	PCUT_ASSERT_FALSE(complete);
}

PCUT_TEST(longest_payload_is_taken_although_the_ring_is_smaller)
{
	bool complete = false;
	char chunk[512];
	size_t served = 0;

	memset(chunk, 'x', sizeof(chunk));
	serve_hdr(XS_READ, 1, XS_PAYLOAD_MAX);
	while (!complete) {
		if (served < XS_PAYLOAD_MAX) {
			serve(chunk, sizeof(chunk));
			served += sizeof(chunk);
		}
		PCUT_ASSERT_INT_EQUALS(EOK,
		    xs_reader_step(&reader, &intf, &complete));
	}

	PCUT_ASSERT_INT_EQUALS(XS_PAYLOAD_MAX, served);
	PCUT_ASSERT_INT_EQUALS(XS_PAYLOAD_MAX, str_size(reader.payload));
}

PCUT_TEST(payload_longer_than_the_protocol_allows_is_an_error)
{
	bool complete;

	serve_hdr(XS_READ, 1, XS_PAYLOAD_MAX + 1);
	PCUT_ASSERT_INT_EQUALS(EIO,
	    xs_reader_step(&reader, &intf, &complete));
	PCUT_ASSERT_FALSE(complete);

	/* Nor does it become shorter by being asked for again. */
	serve("payload", 7);
	PCUT_ASSERT_INT_EQUALS(EIO,
	    xs_reader_step(&reader, &intf, &complete));
	PCUT_ASSERT_FALSE(complete);
}

PCUT_TEST(drained_ring_has_no_stale_response)
{
	bool complete;

	serve_hdr(XS_READ, 77, 0);
	xs_ring_drain(&intf);
	PCUT_ASSERT_INT_EQUALS(EOK,
	    xs_reader_step(&reader, &intf, &complete));
	PCUT_ASSERT_FALSE(complete);
}

PCUT_TEST(errors_have_names)
{
	PCUT_ASSERT_INT_EQUALS(ENOENT, xs_error_to_errno("ENOENT", 7));
	PCUT_ASSERT_INT_EQUALS(EAGAIN, xs_error_to_errno("EAGAIN", 6));
	PCUT_ASSERT_INT_EQUALS(EPERM, xs_error_to_errno("EACCES", 7));
	PCUT_ASSERT_INT_EQUALS(ELIMIT, xs_error_to_errno("E2BIG", 6));
}

PCUT_TEST(unknown_or_cut_off_error_is_an_input_output_error)
{
	PCUT_ASSERT_INT_EQUALS(EIO, xs_error_to_errno("ENOENTX", 8));
	PCUT_ASSERT_INT_EQUALS(EIO, xs_error_to_errno("ENOEN", 5));
	PCUT_ASSERT_INT_EQUALS(EIO, xs_error_to_errno("", 0));
	PCUT_ASSERT_INT_EQUALS(EIO, xs_error_to_errno("EWHATEVER", 10));
}

PCUT_TEST(names_are_letters_digits_and_three_signs)
{
	PCUT_ASSERT_TRUE(xs_name_valid("vif"));
	PCUT_ASSERT_TRUE(xs_name_valid("azAZ09"));
	PCUT_ASSERT_TRUE(xs_name_valid("-_@"));
}

PCUT_TEST(other_names_are_refused)
{
	PCUT_ASSERT_FALSE(xs_name_valid(""));
	PCUT_ASSERT_FALSE(xs_name_valid("a/b"));
	PCUT_ASSERT_FALSE(xs_name_valid("a b"));
	PCUT_ASSERT_FALSE(xs_name_valid("a\033"));
	PCUT_ASSERT_FALSE(xs_name_valid("\xe4"));
}

PCUT_TEST(numbers_are_decimal_and_within_their_limit)
{
	uint64_t value = 5;

	PCUT_ASSERT_INT_EQUALS(EOK, xs_parse_unsigned("0", 9, &value));
	PCUT_ASSERT_TRUE(value == 0);
	PCUT_ASSERT_INT_EQUALS(EOK,
	    xs_parse_unsigned("18446744073709551615", UINT64_MAX, &value));
	PCUT_ASSERT_TRUE(value == UINT64_MAX);

	PCUT_ASSERT_INT_EQUALS(EINVAL,
	    xs_parse_unsigned("18446744073709551616", UINT64_MAX, &value));
	PCUT_ASSERT_INT_EQUALS(EINVAL, xs_parse_unsigned("10", 9, &value));
	PCUT_ASSERT_TRUE(value == UINT64_MAX);
}

PCUT_TEST(what_is_no_number_is_refused)
{
	uint64_t value;

	PCUT_ASSERT_INT_EQUALS(EINVAL, xs_parse_unsigned("", 9, &value));
	PCUT_ASSERT_INT_EQUALS(EINVAL, xs_parse_unsigned("-1", 9, &value));
	PCUT_ASSERT_INT_EQUALS(EINVAL, xs_parse_unsigned(" 1", 9, &value));
	PCUT_ASSERT_INT_EQUALS(EINVAL, xs_parse_unsigned("1 ", 9, &value));
	PCUT_ASSERT_INT_EQUALS(EINVAL, xs_parse_unsigned("0x1", 9, &value));
}

PCUT_TEST(address_is_six_pairs_of_digits)
{
	uint8_t mac[6];

	PCUT_ASSERT_INT_EQUALS(EOK, xs_parse_mac("00:16:3e:AB:cd:ef", mac));
	PCUT_ASSERT_INT_EQUALS(0x16, mac[1]);
	PCUT_ASSERT_INT_EQUALS(0xab, mac[3]);
	PCUT_ASSERT_INT_EQUALS(0xef, mac[5]);
}

PCUT_TEST(what_is_no_address_is_refused_and_changes_nothing)
{
	uint8_t mac[6] = { 1, 2, 3, 4, 5, 6 };

	PCUT_ASSERT_INT_EQUALS(EINVAL, xs_parse_mac("", mac));
	PCUT_ASSERT_INT_EQUALS(EINVAL, xs_parse_mac("00:16:3e:ab:cd", mac));
	PCUT_ASSERT_INT_EQUALS(EINVAL, xs_parse_mac("00:16:3e:ab:cd:", mac));
	PCUT_ASSERT_INT_EQUALS(EINVAL, xs_parse_mac("0:16:3e:ab:cd:ef", mac));
	PCUT_ASSERT_INT_EQUALS(EINVAL,
	    xs_parse_mac("00:16:3e:ab:cd:ef:", mac));
	PCUT_ASSERT_INT_EQUALS(EINVAL, xs_parse_mac("00-16-3e-ab-cd-ef", mac));
	PCUT_ASSERT_INT_EQUALS(EINVAL, xs_parse_mac("00:16:3e:ab:cd:eg", mac));
	PCUT_ASSERT_INT_EQUALS(1, mac[0]);
	PCUT_ASSERT_INT_EQUALS(6, mac[5]);
}

PCUT_EXPORT(xs_wire);
