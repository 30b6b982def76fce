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
/** @file Programs that run when an interrupt comes
 */

#ifndef HOST_DDI_IRQ_H_
#define HOST_DDI_IRQ_H_

#include <stddef.h>
#include <stdint.h>

/** I/O ports or physical memory that a program uses */
typedef struct {
	uintptr_t base;
	/** In bytes */
	size_t size;
} irq_pio_range_t;

typedef enum {
	/** *addr -> scratch[dstarg] */
	CMD_PIO_READ_8 = 1,
	CMD_PIO_READ_16,
	CMD_PIO_READ_32,
	/** value -> *addr */
	CMD_PIO_WRITE_8,
	CMD_PIO_WRITE_16,
	CMD_PIO_WRITE_32,
	/** scratch[srcarg] -> *addr */
	CMD_PIO_WRITE_A_8,
	CMD_PIO_WRITE_A_16,
	CMD_PIO_WRITE_A_32,
	/** value -> scratch[dstarg] */
	CMD_LOAD,
	/** scratch[srcarg] & value -> scratch[dstarg] */
	CMD_AND,
	/** Skip the next value commands if scratch[srcarg] is 0. */
	CMD_PREDICATE,
	/** The interrupt is ours: stop here, notify. */
	CMD_ACCEPT,
	/** The interrupt is not ours: stop here. */
	CMD_DECLINE,
	CMD_LAST
} irq_cmd_type;

typedef struct {
	irq_cmd_type cmd;
	/** Port or physical address, within one of the ranges */
	void *addr;
	uint32_t value;
	uintptr_t srcarg;
	uintptr_t dstarg;
} irq_cmd_t;

typedef struct {
	size_t rangecount;
	irq_pio_range_t *ranges;
	size_t cmdcount;
	irq_cmd_t *cmds;
} irq_code_t;

#endif

/** @}
 */
