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
/** @file Hardware resources, sorted by kind
 */

#ifndef HOST_DEVICE_HW_RES_PARSED_H_
#define HOST_DEVICE_HW_RES_PARSED_H_

#include <device/hw_res.h>
#include <device/pio_window.h>
#include <str.h>

/** Keep ranges of size 0. */
#define HW_RES_KEEP_ZERO_AREA	0x1
/** Keep entries that are there twice. */
#define HW_RES_KEEP_DUPLICIT	0x2

#define RNGABS(rng)	(rng).address.absolute
#define RNGREL(rng)	(rng).address.relative
#define RNGSZ(rng)	(rng).size

#define RNGABSPTR(rng)	((void *) ((uintptr_t) RNGABS((rng))))

typedef struct address64 {
	uint64_t absolute;
	/** From the beginning of the bus's window */
	uint64_t relative;
} address64_t;

typedef struct addr_range {
	address64_t address;
	/** In bytes */
	size_t size;
	endianness_t endianness;
} addr_range_t;

typedef addr_range_t io_range_t;
typedef addr_range_t mem_range_t;

typedef struct irq_list {
	size_t count;
	int *irqs;
} irq_list_t;

typedef struct dma_list {
	size_t count;
	unsigned int *channels;
} dma_list_t;

typedef struct addr_range_list {
	size_t count;
	addr_range_t *ranges;
} addr_range_list_t;

typedef addr_range_list_t io_range_list_t;
typedef addr_range_list_t mem_range_list_t;

typedef struct hw_resource_list_parsed {
	irq_list_t irqs;
	dma_list_t dma_channels;
	mem_range_list_t mem_ranges;
	io_range_list_t io_ranges;
} hw_res_list_parsed_t;

static inline void hw_res_list_parsed_init(hw_res_list_parsed_t *list)
{
	memset(list, 0, sizeof(*list));
}

static inline void hw_res_list_parsed_clean(hw_res_list_parsed_t *list)
{
	if (list == NULL)
		return;
	free(list->irqs.irqs);
	free(list->dma_channels.channels);
	free(list->mem_ranges.ranges);
	free(list->io_ranges.ranges);
	hw_res_list_parsed_init(list);
}

extern errno_t hw_res_list_parse(const pio_window_t *,
    const hw_resource_list_t *, hw_res_list_parsed_t *, int);
extern errno_t hw_res_get_list_parsed(async_sess_t *, hw_res_list_parsed_t *,
    int);

#endif

/** @}
 */
