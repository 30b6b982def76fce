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
/** @file DMA memory of the model carrier
 */

/*
 * Addresses for devices are made up and not used again before all others were,
 * so that an address that a driver should have forgotten is caught. Memory of
 * the driver comes from the heap, where the sanitizers watch it.
 */

#include <align.h>
#include <as.h>
#include <errno.h>
#include <fibril_synch.h>
#include <host/model.h>
#include <host/violation.h>
#include <mem.h>
#include <stdlib.h>
#include "private.h"

#define NO_TSAN	__attribute__((no_sanitize("thread"), noinline))

/** A live allocation */
typedef struct {
	link_t link;
	uintptr_t phys;
	size_t size;
	uint8_t *virt;
} area_t;

/** A range of addresses that allocations are made from, in turn */
typedef struct {
	uintptr_t begin;
	uintptr_t end;
	uintptr_t next;
} zone_t;

/** Guards everything below */
static FIBRIL_MUTEX_INITIALIZE(dma_lock);
static LIST_INITIALIZE(areas);
/** For constraints on the upper half, as DMAMEM_4GiB */
static zone_t low_zone = { 0x1000000, 0x80000000, 0x1000000 };
/** Without: addresses of more than 32 bits */
static zone_t high_zone = {
	UINT64_C(0x100000000), UINT64_C(0x10000000000), UINT64_C(0x100000000)
};

static area_t *find_area(uintptr_t phys, size_t size)
{
	list_foreach(areas, link, area_t, area) {
		if (phys >= area->phys && size <= area->size &&
		    phys - area->phys <= area->size - size)
			return area;
	}
	return NULL;
}

static bool overlaps(uintptr_t phys, size_t size)
{
	list_foreach(areas, link, area_t, area) {
		if (phys < area->phys + area->size &&
		    area->phys < phys + size)
			return true;
	}
	return false;
}

/** Find a free range of addresses, 0 if there is none. A page between two
 * allocations stays free: a range that runs over the end is caught.
 */
static uintptr_t find_range(zone_t *zone, size_t size)
{
	for (int turns = 0; turns < 2; ) {
		uintptr_t phys = zone->next;

		if (size + PAGE_SIZE > zone->end - phys) {
			zone->next = zone->begin;
			turns++;
			continue;
		}
		zone->next += size + PAGE_SIZE;
		if (!overlaps(phys, size + PAGE_SIZE))
			return phys;
	}
	return 0;
}

errno_t host_model_dma_alloc(size_t size, uintptr_t constraint,
    uintptr_t *phys, void **virt)
{
	zone_t *zone = constraint != 0 ? &low_zone : &high_zone;

	area_t *area = calloc(1, sizeof(area_t));
	if (area == NULL)
		return ENOMEM;
	area->size = size;
	area->virt = aligned_alloc(PAGE_SIZE, size);
	if (area->virt == NULL) {
		free(area);
		return ENOMEM;
	}

	fibril_mutex_lock(&dma_lock);
	area->phys = find_range(zone, size);
	if (area->phys == 0 || ((area->phys + size - 1) & constraint) != 0) {
		fibril_mutex_unlock(&dma_lock);
		free(area->virt);
		free(area);
		return ENOMEM;
	}
	list_append(&area->link, &areas);
	fibril_mutex_unlock(&dma_lock);

	*phys = area->phys;
	*virt = area->virt;
	return EOK;
}

errno_t host_model_dma_free(void *virt)
{
	area_t *found = NULL;

	fibril_mutex_lock(&dma_lock);
	list_foreach(areas, link, area_t, area) {
		if (area->virt == virt)
			found = area;
	}
	if (found != NULL)
		list_remove(&found->link);
	fibril_mutex_unlock(&dma_lock);
	if (found == NULL)
		return ENOENT;
	free(found->virt);
	free(found);
	return EOK;
}

bool host_dma_is_live(uint64_t phys, size_t size)
{
	fibril_mutex_lock(&dma_lock);
	bool live = find_area(phys, size) != NULL;
	fibril_mutex_unlock(&dma_lock);
	return live;
}

/** Where the driver sees an address. Only as good as the memory lives. */
static volatile uint8_t *translate(uint64_t phys, size_t size)
{
	fibril_mutex_lock(&dma_lock);
	area_t *area = find_area(phys, size);
	uint8_t *virt = area != NULL ? area->virt + (phys - area->phys) : NULL;
	fibril_mutex_unlock(&dma_lock);
	if (virt == NULL)
		host_violation("the device is made to access %zu bytes at "
		    "0x%llx, which is no live DMA memory", size,
		    (unsigned long long) phys);
	return virt;
}

/*
 * The device is no thread of the program: what it does to memory is not for
 * ThreadSanitizer to see, only what the driver's fibrils do among themselves.
 */

NO_TSAN void host_dma_read(uint64_t phys, void *buf, size_t size)
{
	volatile uint8_t *from = translate(phys, size);
	uint8_t *to = buf;

	for (size_t i = 0; i < size; i++)
		to[i] = from[i];
}

NO_TSAN void host_dma_write(uint64_t phys, const void *buf, size_t size)
{
	volatile uint8_t *to = translate(phys, size);
	const uint8_t *from = buf;

	for (size_t i = 0; i < size; i++)
		to[i] = from[i];
}

/* Whole, and in order: acquire on loads, release on stores. */
#define DMA_ACCESS(bits) \
	NO_TSAN uint##bits##_t host_dma_read_##bits(uint64_t phys) \
	{ \
		volatile void *p = translate(phys, bits / 8); \
		uint##bits##_t v = *(volatile uint##bits##_t *) p; \
		__asm__ volatile("" ::: "memory"); \
		return v; \
	} \
	NO_TSAN void host_dma_write_##bits(uint64_t phys, \
	    uint##bits##_t value) \
	{ \
		volatile void *p = translate(phys, bits / 8); \
		__asm__ volatile("" ::: "memory"); \
		*(volatile uint##bits##_t *) p = value; \
	}

DMA_ACCESS(8)
DMA_ACCESS(16)
DMA_ACCESS(32)
DMA_ACCESS(64)

/** @}
 */
