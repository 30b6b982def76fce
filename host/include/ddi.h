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
/** @file Registers and memory for devices
 */

#ifndef HOST_DDI_H_
#define HOST_DDI_H_

#include <abi/ddi/irq.h>
#include <byteorder.h>
#include <device/hw_res.h>
#include <device/hw_res_parsed.h>
#include <device/pio_window.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <task.h>
#include <time.h>

#define DMAMEM_1MiB	((uintptr_t) UINT64_C(0xfffffffffff00000))
#define DMAMEM_16MiB	((uintptr_t) UINT64_C(0xffffffffff000000))
#define DMAMEM_4GiB	((uintptr_t) UINT64_C(0xffffffff00000000))

typedef volatile uint8_t ioport8_t;
typedef volatile uint16_t ioport16_t;
typedef volatile uint32_t ioport32_t;
typedef volatile uint64_t ioport64_t;

extern errno_t physmem_map(uintptr_t, size_t, unsigned int, void **);
extern errno_t physmem_unmap(void *);

extern errno_t dmamem_map_anonymous(size_t, uintptr_t, unsigned int,
    unsigned int, uintptr_t *, void **);
extern errno_t dmamem_unmap_anonymous(void *);

extern errno_t pio_enable_range(addr_range_t *, void **);
extern errno_t pio_enable(void *, size_t, void **);
extern errno_t pio_disable(void *, size_t);

extern void pio_write_8(ioport8_t *, uint8_t);
extern void pio_write_16(ioport16_t *, uint16_t);
extern void pio_write_32(ioport32_t *, uint32_t);
extern void pio_write_64(ioport64_t *, uint64_t);

extern uint8_t pio_read_8(const ioport8_t *);
extern uint16_t pio_read_16(const ioport16_t *);
extern uint32_t pio_read_32(const ioport32_t *);
extern uint64_t pio_read_64(const ioport64_t *);

#define HOST_PIO_ENDIAN(end, bits) \
	static inline void pio_write_##end##bits(ioport##bits##_t *reg, \
	    uint##bits##_t val) \
	{ \
		pio_write_##bits(reg, host2uint##bits##_t_##end(val)); \
	} \
	static inline uint##bits##_t pio_read_##end##bits( \
	    const ioport##bits##_t *reg) \
	{ \
		return uint##bits##_t_##end##2host(pio_read_##bits(reg)); \
	}

HOST_PIO_ENDIAN(le, 16)
HOST_PIO_ENDIAN(le, 32)
HOST_PIO_ENDIAN(le, 64)
HOST_PIO_ENDIAN(be, 16)
HOST_PIO_ENDIAN(be, 32)
HOST_PIO_ENDIAN(be, 64)

/* Returns the old value: clear the bits in mask, set those in val. */
#define HOST_PIO_CHANGE(bits) \
	static inline uint##bits##_t pio_change_##bits(ioport##bits##_t *reg, \
	    uint##bits##_t val, uint##bits##_t mask, usec_t delay) \
	{ \
		uint##bits##_t old = pio_read_##bits(reg); \
		udelay(delay); \
		pio_write_##bits(reg, (uint##bits##_t) \
		    ((old & (uint##bits##_t) ~mask) | val)); \
		return old; \
	}

HOST_PIO_CHANGE(8)
HOST_PIO_CHANGE(16)
HOST_PIO_CHANGE(32)
HOST_PIO_CHANGE(64)

#endif

/** @}
 */
