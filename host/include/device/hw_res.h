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
/** @file Hardware resources of a device
 */

#ifndef HOST_DEVICE_HW_RES_H_
#define HOST_DEVICE_HW_RES_H_

#include <async.h>
#include <ipc/dev_iface.h>
#include <stdbool.h>

typedef enum {
	INTERRUPT,
	IO_RANGE,
	MEM_RANGE,
	DMA_CHANNEL_8,
	DMA_CHANNEL_16
} hw_res_type_t;

/* <endian.h> has macros of these names. */
#undef LITTLE_ENDIAN
#undef BIG_ENDIAN

typedef enum {
	LITTLE_ENDIAN = 0,
	BIG_ENDIAN
} endianness_t;

typedef struct {
	hw_res_type_t type;
	union {
		struct {
			uint64_t address;
			size_t size;
			bool relative;
			endianness_t endianness;
		} mem_range;
		struct {
			uint64_t address;
			size_t size;
			bool relative;
			endianness_t endianness;
		} io_range;
		struct {
			int irq;
		} interrupt;
	} res;
} hw_resource_t;

typedef struct {
	size_t count;
	hw_resource_t *resources;
} hw_resource_list_t;

static inline void hw_res_clean_resource_list(hw_resource_list_t *list)
{
	free(list->resources);
	list->resources = NULL;
	list->count = 0;
}

extern errno_t hw_res_get_resource_list(async_sess_t *, hw_resource_list_t *);
extern errno_t hw_res_enable_interrupt(async_sess_t *, int);
extern errno_t hw_res_disable_interrupt(async_sess_t *, int);
extern errno_t hw_res_clear_interrupt(async_sess_t *, int);

#endif

/** @}
 */
