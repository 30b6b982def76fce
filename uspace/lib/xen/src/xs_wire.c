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

/** @addtogroup libxen
 * @{
 */
/** @file
 * Xenstore's wire protocol
 */

#include <barrier.h>
#include <ctype.h>
#include <macros.h>
#include <mem.h>
#include <str.h>
#include <xen/xs_wire.h>

/** Put bytes into the request ring.
 *
 * @param intf  Shared page
 * @param data  Bytes
 * @param size  Number of bytes
 * @param nwrit Place for the number of bytes that went in, 0 if the ring is
 *              full
 *
 * @return EOK, or EIO if the indices cannot be true
 */
errno_t xs_ring_write(volatile xs_interface_t *intf, const void *data,
    size_t size, size_t *nwrit)
{
	uint32_t cons = intf->req_cons;
	uint32_t prod = intf->req_prod;

	*nwrit = 0;
	if ((uint32_t) (prod - cons) > XS_RING_SIZE)
		return EIO;

	/* What the server has read may be overwritten, and only that. */
	memory_barrier();

	size_t n = min(size, (size_t) XS_RING_SIZE - (prod - cons));
	for (size_t i = 0; i < n; i++) {
		intf->req[(prod + i) % XS_RING_SIZE] =
		    ((const uint8_t *) data)[i];
	}

	/* The bytes must be seen before the index that publishes them. */
	write_barrier();
	intf->req_prod = prod + n;

	*nwrit = n;
	return EOK;
}

/** Take bytes out of the response ring.
 *
 * @param intf  Shared page
 * @param data  Place for the bytes
 * @param size  Number of bytes wanted
 * @param nread Place for the number of bytes that there were
 *
 * @return EOK, or EIO if the indices cannot be true
 */
errno_t xs_ring_read(volatile xs_interface_t *intf, void *data, size_t size,
    size_t *nread)
{
	uint32_t cons = intf->rsp_cons;
	uint32_t prod = intf->rsp_prod;

	*nread = 0;
	if ((uint32_t) (prod - cons) > XS_RING_SIZE)
		return EIO;

	/* The bytes are read after the index that published them. */
	read_barrier();

	size_t n = min(size, (size_t) (uint32_t) (prod - cons));
	for (size_t i = 0; i < n; i++)
		((uint8_t *) data)[i] = intf->rsp[(cons + i) % XS_RING_SIZE];

	/* The bytes must be out before the server may overwrite them. */
	memory_barrier();
	intf->rsp_cons = cons + n;

	*nread = n;
	return EOK;
}

/** Forget all responses, as those to whoever used the ring before us. */
void xs_ring_drain(volatile xs_interface_t *intf)
{
	intf->rsp_cons = intf->rsp_prod;
	memory_barrier();
}

/** Start to assemble a message. */
void xs_reader_init(xs_reader_t *reader)
{
	reader->have = 0;
}

/** Move the assembly of a message on.
 *
 * @param reader   Reader; once a message is complete, hdr and payload hold it
 *                 until the next call
 * @param intf     Shared page
 * @param complete Place for the answer whether a message is complete; if not,
 *                 the ring is empty
 *
 * @return EOK
 * @return EIO if the indices cannot be true or a message is longer than the
 *         protocol allows: the stream has lost its framing for good
 */
errno_t xs_reader_step(xs_reader_t *reader, volatile xs_interface_t *intf,
    bool *complete)
{
	const size_t hdr_size = sizeof(xs_msg_hdr_t);
	size_t n;
	errno_t rc;

	*complete = false;

	/* The last message was complete: this is a new one. */
	if (reader->have >= hdr_size &&
	    reader->have == hdr_size + reader->hdr.len)
		reader->have = 0;

	if (reader->have < hdr_size) {
		rc = xs_ring_read(intf, (uint8_t *) &reader->hdr + reader->have,
		    hdr_size - reader->have, &n);
		if (rc != EOK)
			return rc;

		reader->have += n;
		if (reader->have < hdr_size)
			return EOK;
	}

	/* Each time: there is no place for such a payload, ever. */
	if (reader->hdr.len > XS_PAYLOAD_MAX)
		return EIO;

	while (reader->have < hdr_size + reader->hdr.len) {
		size_t pos = reader->have - hdr_size;
		rc = xs_ring_read(intf, reader->payload + pos,
		    reader->hdr.len - pos, &n);
		if (rc != EOK)
			return rc;
		if (n == 0)
			return EOK;

		reader->have += n;
	}

	reader->payload[reader->hdr.len] = '\0';
	*complete = true;
	return EOK;
}

/** Name of an error in a reply (xs_wire.h: xsd_errors) and what it is here */
static const struct {
	const char *name;
	errno_t rc;
} xs_errors[] = {
	{ "EINVAL", EINVAL },
	{ "EACCES", EPERM },
	{ "EPERM", EPERM },
	{ "EEXIST", EEXIST },
	{ "EISDIR", EISDIR },
	{ "ENOENT", ENOENT },
	{ "ENOMEM", ENOMEM },
	{ "ENOSPC", ENOSPC },
	{ "EIO", EIO },
	{ "ENOTEMPTY", ENOTEMPTY },
	{ "ENOSYS", ENOTSUP },
	{ "EROFS", EPERM },
	{ "EBUSY", EBUSY },
	{ "EAGAIN", EAGAIN },
	{ "EISCONN", EEXIST },
	{ "E2BIG", ELIMIT },
	{ "EDQUOT", ELIMIT }
};

/** Translate the payload of an error reply.
 *
 * @param payload Payload, with or without a zero at its end
 * @param len     Its length in bytes
 *
 * @return The error, EIO if it has none of the known names
 */
errno_t xs_error_to_errno(const char *payload, size_t len)
{
	for (size_t i = 0; i < ARRAY_SIZE(xs_errors); i++) {
		size_t n = str_size(xs_errors[i].name);
		if (len >= n && memcmp(payload, xs_errors[i].name, n) == 0 &&
		    (len == n || payload[n] == '\0'))
			return xs_errors[i].rc;
	}

	return EIO;
}

/** Look whether a name is one that a node can have.
 *
 * Letters, digits, "-", "_" and "@" (docs/misc/xenstore.txt: permitted
 * characters of a path, in which the slash is between names). Anything else
 * would end up in the names of functions and in the log.
 */
bool xs_name_valid(const char *name)
{
	for (const char *c = name; *c != '\0'; c++) {
		if (!isalnum((unsigned char) *c) && *c != '-' && *c != '_' &&
		    *c != '@')
			return false;
	}

	return name[0] != '\0';
}

/** Read a decimal number, as which xenstore keeps all of them.
 *
 * @param str   String
 * @param limit Largest value allowed
 * @param value Place for the number
 *
 * @return EOK, or EINVAL if the string is anything but such a number
 */
errno_t xs_parse_unsigned(const char *str, uint64_t limit, uint64_t *value)
{
	uint64_t v = 0;

	if (*str == '\0')
		return EINVAL;

	for (const char *p = str; *p != '\0'; p++) {
		if (*p < '0' || *p > '9')
			return EINVAL;

		unsigned digit = *p - '0';
		if (v > (UINT64_MAX - digit) / 10)
			return EINVAL;

		v = v * 10 + digit;
	}

	if (v > limit)
		return EINVAL;

	*value = v;
	return EOK;
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/** Read an Ethernet address, six pairs of hexadecimal digits with colons.
 *
 * @param str String
 * @param mac Place for the address, unchanged on error
 *
 * @return EOK, or EINVAL if the string is anything else
 */
errno_t xs_parse_mac(const char *str, uint8_t mac[6])
{
	uint8_t m[6];

	for (int i = 0; i < 6; i++) {
		int hi = hex_digit(str[0]);
		int lo = hi < 0 ? -1 : hex_digit(str[1]);
		if (lo < 0)
			return EINVAL;

		m[i] = hi << 4 | lo;
		str += 2;
		if (*str++ != (i < 5 ? ':' : '\0'))
			return EINVAL;
	}

	memcpy(mac, m, sizeof(m));
	return EOK;
}

/** @}
 */
