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

/** @addtogroup test_model
 * @{
 */
/** @file What a driver shares holds nothing that was in its memory before
 */

#include <errno.h>
#include <host/model.h>
#include <stdint.h>
#include "stale.h"
#include "suite.h"

#define AREAS_MAX	512

/** Bytes in a row that are no chance */
#define RUN	8

/** Bytes that are read at once */
#define PAGE	4096

/** DMA memory that was allocated, freed since or not */
static struct {
	uint64_t phys;
	size_t size;
} areas[AREAS_MAX];
static unsigned int area_count;

static void note(void *arg, uint64_t phys, size_t size)
{
	EXPECT(area_count < AREAS_MAX);
	areas[area_count].phys = phys;
	areas[area_count++].size = size;
}

static const host_hooks_t hooks = {
	.dma_allocated = note
};

/** From now on, in place of other hooks, note what a driver allocates. */
void stale_watch(void)
{
	host_set_hooks(&hooks);
}

static void expect_clean(uint64_t phys, size_t size)
{
	uint8_t page[PAGE];
	size_t run = 0;

	host_dma_read(phys, page, size);
	for (size_t i = 0; i < size; i++) {
		run = page[i] == HOST_DMA_FRESH ? run + 1 : 0;
		EXPECT(run < RUN);
	}
}

/** All of it was cleared, or written. */
void stale_expect_none(void)
{
	EXPECT(area_count > 0);
	for (unsigned int i = 0; i < area_count; i++) {
		if (!host_dma_is_live(areas[i].phys, areas[i].size))
			continue;
		for (size_t at = 0; at < areas[i].size; at += PAGE) {
			size_t left = areas[i].size - at;
			expect_clean(areas[i].phys + at,
			    left < PAGE ? left : PAGE);
		}
	}
}

/** @}
 */
