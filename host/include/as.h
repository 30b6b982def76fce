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
/** @file Address space areas
 */

#ifndef HOST_AS_H_
#define HOST_AS_H_

#include <stddef.h>
#include <stdint.h>
#include <types/common.h>

#define PAGE_WIDTH	12
#define PAGE_SIZE	(1 << PAGE_WIDTH)

enum {
	AS_AREA_READ = 1,
	AS_AREA_WRITE = 2,
	AS_AREA_EXEC = 4,
	AS_AREA_CACHEABLE = 8,
	AS_AREA_GUARD = 16,
	AS_AREA_LATE_RESERVE = 32
};

#define AS_AREA_ANY	((void *) -1)
#define AS_MAP_FAILED	((void *) -1)

static inline size_t SIZE2PAGES(size_t size)
{
	return (size + PAGE_SIZE - 1) >> PAGE_WIDTH;
}

static inline size_t PAGES2SIZE(size_t pages)
{
	return pages << PAGE_WIDTH;
}

#endif

/** @}
 */
