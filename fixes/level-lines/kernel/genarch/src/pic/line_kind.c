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
 * @brief What an interrupt line is, from what the firmware says.
 */

#include <genarch/pic/lines.h>

/*
 * MPS INTI flags (ACPI 6.4, table 5.26): two bits each for polarity and
 * trigger, 0 for what the bus has.
 */
#define INTI_FIELD     3
#define INTI_HIGH      1
#define INTI_LOW       3
#define INTI_TRIGGER   2
#define INTI_EDGE      1
#define INTI_LEVEL     3

/** IRQs that are always edge-triggered, whatever a register reads as */
#define ELCR_NEVER     ((1 << 0) | (1 << 1) | (1 << 2) | (1 << 8) | (1 << 13))

/** Tell what an interrupt line is.
 *
 * The MADT's override decides, as far as it says anything. Else a line is a
 * PCI line (level, low) if the firmware made it level-triggered for the i8259,
 * and an ISA line (edge, high) if not.
 *
 * @param irq  Line, 0 to 15.
 * @param inti MPS INTI flags of the line's override, 0 if it has none.
 * @param elcr Edge/level control register, a bit for each line.
 * @return LINE_LEVEL, LINE_LOW.
 */
unsigned int line_kind(unsigned int irq, unsigned int inti, uint16_t elcr)
{
	unsigned int polarity = inti & INTI_FIELD;
	unsigned int trigger = (inti >> INTI_TRIGGER) & INTI_FIELD;
	unsigned int flags = 0;

	/* No such register: the port reads as ones. */
	if ((elcr & ELCR_NEVER) != 0)
		elcr = 0;

	if (trigger == INTI_LEVEL ||
	    (trigger != INTI_EDGE && (elcr & (1U << irq)) != 0))
		flags |= LINE_LEVEL;

	if (polarity == INTI_LOW ||
	    (polarity != INTI_HIGH && (flags & LINE_LEVEL) != 0))
		flags |= LINE_LOW;

	return flags;
}

/** @}
 */
