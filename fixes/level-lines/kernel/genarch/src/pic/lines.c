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

/** @addtogroup kernel_genarch
 * @{
 */
/** @file
 * @brief What the interrupt lines of this machine are.
 */

#include <arch/asm.h>
#include <arch/interrupt.h>
#include <genarch/pic/lines.h>

/** Edge/level control register of the two i8259 */
#define ELCR_PORT  0x4d0

/** MPS INTI flags of each line's override. Written while one CPU runs. */
static uint16_t overrides[IRQ_COUNT];

/** Remember an interrupt source override of the MADT.
 *
 * @param irq  ISA interrupt, 0 to 15.
 * @param inti Its MPS INTI flags.
 */
void line_override(unsigned int irq, uint16_t inti)
{
	if (irq < IRQ_COUNT)
		overrides[irq] = inti;
}

/** Tell what a line of this machine is.
 *
 * @param irq Line, 0 to 15.
 * @return LINE_LEVEL, LINE_LOW.
 */
unsigned int line_flags(unsigned int irq)
{
	ioport8_t *port = (ioport8_t *) ELCR_PORT;
	uint16_t elcr = pio_read_8(port) | pio_read_8(port + 1) << 8;

	return line_kind(irq, overrides[irq], elcr);
}

/** @}
 */
