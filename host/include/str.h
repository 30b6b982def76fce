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
/** @file Strings, as far as drivers need them
 */

#ifndef HOST_STR_H_
#define HOST_STR_H_

#include <errno.h>
#include <mem.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define STR_NO_LIMIT		((size_t) -1)
#define STR_BOUNDS(length)	((length) << 2)

extern size_t str_size(const char *);
extern size_t str_nsize(const char *, size_t);
extern size_t str_length(const char *);
extern int str_cmp(const char *, const char *);
extern int str_lcmp(const char *, const char *, size_t);
extern int str_casecmp(const char *, const char *);
extern bool str_test_prefix(const char *, const char *);
extern void str_cpy(char *, size_t, const char *);
extern void str_ncpy(char *, size_t, const char *, size_t);
extern void str_append(char *, size_t, const char *);
extern char *str_chr(const char *, uint32_t);
extern char *str_rchr(const char *, uint32_t);
extern char *str_str(const char *, const char *);
extern char *str_dup(const char *);
extern char *str_ndup(const char *, size_t);
extern errno_t str_uint8_t(const char *, const char **, unsigned int, bool,
    uint8_t *);
extern errno_t str_uint16_t(const char *, const char **, unsigned int, bool,
    uint16_t *);
extern errno_t str_uint32_t(const char *, const char **, unsigned int, bool,
    uint32_t *);
extern errno_t str_uint64_t(const char *, const char **, unsigned int, bool,
    uint64_t *);
extern errno_t str_size_t(const char *, const char **, unsigned int, bool,
    size_t *);

#endif

/** @}
 */
