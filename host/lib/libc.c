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

/** @addtogroup host
 * @{
 */
/** @file Strings, time, errors, random numbers
 */

#include <errno.h>
#include <rndgen.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <str.h>
#include <str_error.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

/** Errors that only HelenOS has */
static const struct {
	errno_t rc;
	const char *name;
	const char *text;
} own_errors[] = {
	{ EOK, "EOK", "No error" },
	{ ELIMIT, "ELIMIT", "Limit exceeded" },
	{ EREFUSED, "EREFUSED", "Connection refused" },
	{ EFORWARD, "EFORWARD", "Forwarding error" },
	{ EHANGUP, "EHANGUP", "Other side hung up" },
	{ EPARTY, "EPARTY", "Other side met an error" },
	{ EBADMEM, "EBADMEM", "Bad memory pointer" },
	{ ETIMEOUT, "ETIMEOUT", "Timeout expired" },
	{ ENOFS, "ENOFS", "No such file system type" },
	{ EBADCHECKSUM, "EBADCHECKSUM", "Bad checksum" },
	{ ESTALL, "ESTALL", "Operation stalled" },
	{ EEMPTY, "EEMPTY", "Resource is empty" },
	{ ENAK, "ENAK", "Negative acknowledgement" }
};

const char *str_error(errno_t rc)
{
	for (size_t i = 0; i < sizeof(own_errors) / sizeof(*own_errors); i++) {
		if (own_errors[i].rc == rc)
			return own_errors[i].text;
	}
	const char *text = strerrordesc_np(rc);
	return text != NULL ? text : "Unknown error";
}

const char *str_error_name(errno_t rc)
{
	for (size_t i = 0; i < sizeof(own_errors) / sizeof(*own_errors); i++) {
		if (own_errors[i].rc == rc)
			return own_errors[i].name;
	}
	const char *name = strerrorname_np(rc);
	return name != NULL ? name : "EUNKNOWN";
}

size_t str_size(const char *str)
{
	return strlen(str);
}

size_t str_nsize(const char *str, size_t max)
{
	return strnlen(str, max);
}

/** Characters, not bytes: those that do not continue one of UTF-8 */
size_t str_length(const char *str)
{
	size_t length = 0;

	for (; *str != 0; str++)
		length += (*str & 0xc0) != 0x80;
	return length;
}

int str_cmp(const char *a, const char *b)
{
	int rc = strcmp(a, b);
	return (rc > 0) - (rc < 0);
}

int str_lcmp(const char *a, const char *b, size_t max)
{
	int rc = strncmp(a, b, max);
	return (rc > 0) - (rc < 0);
}

int str_casecmp(const char *a, const char *b)
{
	int rc = strcasecmp(a, b);
	return (rc > 0) - (rc < 0);
}

bool str_test_prefix(const char *str, const char *prefix)
{
	return strncmp(str, prefix, strlen(prefix)) == 0;
}

void str_ncpy(char *dest, size_t size, const char *src, size_t n)
{
	size_t len = strnlen(src, n);

	if (len >= size)
		len = size - 1;
	memmove(dest, src, len);
	dest[len] = 0;
}

void str_cpy(char *dest, size_t size, const char *src)
{
	str_ncpy(dest, size, src, STR_NO_LIMIT);
}

void str_append(char *dest, size_t size, const char *src)
{
	size_t len = strnlen(dest, size);

	if (len < size)
		str_cpy(dest + len, size - len, src);
}

char *str_chr(const char *str, uint32_t ch)
{
	return strchr(str, (int) ch);
}

char *str_rchr(const char *str, uint32_t ch)
{
	return strrchr(str, (int) ch);
}

char *str_str(const char *str, const char *part)
{
	return strstr(str, part);
}

char *str_dup(const char *str)
{
	return strdup(str);
}

char *str_ndup(const char *str, size_t n)
{
	return strndup(str, n);
}

errno_t str_uint64_t(const char *str, const char **end, unsigned int base,
    bool strict, uint64_t *result)
{
	char *stop;

	errno = 0;
	unsigned long long value = strtoull(str, &stop, (int) base);
	if (end != NULL)
		*end = stop;
	if (stop == str || *str == '-' || (strict && *stop != 0))
		return EINVAL;
	if (errno == ERANGE)
		return EOVERFLOW;
	*result = value;
	return EOK;
}

#define STR_UINT(type) \
	errno_t str_##type(const char *str, const char **end, \
	    unsigned int base, bool strict, type *result) \
	{ \
		uint64_t value; \
		errno_t rc = str_uint64_t(str, end, base, strict, &value); \
		if (rc != EOK) \
			return rc; \
		if (value != (type) value) \
			return EOVERFLOW; \
		*result = (type) value; \
		return EOK; \
	}

STR_UINT(uint8_t)
STR_UINT(uint16_t)
STR_UINT(uint32_t)
STR_UINT(size_t)

void getrealtime(struct timespec *ts)
{
	clock_gettime(CLOCK_REALTIME, ts);
}

void ts_add_diff(struct timespec *ts, nsec_t nsec)
{
	ts->tv_sec += nsec / 1000000000;
	ts->tv_nsec += nsec % 1000000000;
	if (ts->tv_nsec < 0) {
		ts->tv_nsec += 1000000000;
		ts->tv_sec--;
	} else if (ts->tv_nsec >= 1000000000) {
		ts->tv_nsec -= 1000000000;
		ts->tv_sec++;
	}
}

void ts_add(struct timespec *a, const struct timespec *b)
{
	ts_add_diff(a, SEC2NSEC(b->tv_sec) + b->tv_nsec);
}

void ts_sub(struct timespec *a, const struct timespec *b)
{
	ts_add_diff(a, -(SEC2NSEC(b->tv_sec) + b->tv_nsec));
}

nsec_t ts_sub_diff(const struct timespec *a, const struct timespec *b)
{
	return SEC2NSEC(a->tv_sec - b->tv_sec) + a->tv_nsec - b->tv_nsec;
}

bool ts_gt(const struct timespec *a, const struct timespec *b)
{
	return ts_sub_diff(a, b) > 0;
}

bool ts_gteq(const struct timespec *a, const struct timespec *b)
{
	return ts_sub_diff(a, b) >= 0;
}

void udelay(uintptr_t usec)
{
	struct timespec start, now;

	getuptime(&start);
	do {
		getuptime(&now);
	} while (ts_sub_diff(&now, &start) < USEC2NSEC((nsec_t) usec));
}

errno_t rndgen_create(rndgen_t **rnd)
{
	*rnd = calloc(1, sizeof(rndgen_t));
	return *rnd != NULL ? EOK : ENOMEM;
}

void rndgen_destroy(rndgen_t *rnd)
{
	free(rnd);
}

static errno_t random_bytes(void *buf, size_t size)
{
	return getrandom(buf, size, 0) == (ssize_t) size ? EOK : EIO;
}

errno_t rndgen_uint8(rndgen_t *rnd, uint8_t *value)
{
	(void) rnd;
	return random_bytes(value, sizeof(*value));
}

errno_t rndgen_uint16(rndgen_t *rnd, uint16_t *value)
{
	(void) rnd;
	return random_bytes(value, sizeof(*value));
}

errno_t rndgen_uint32(rndgen_t *rnd, uint32_t *value)
{
	(void) rnd;
	return random_bytes(value, sizeof(*value));
}

/** @}
 */
