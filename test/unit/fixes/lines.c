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

/** @addtogroup hosttest
 * @{
 */
/** @file Test of what an interrupt line is taken for
 */

#include <genarch/pic/lines.h>
#include <pcut/pcut.h>

PCUT_INIT;

PCUT_TEST_SUITE(lines);

/** The firmware's setting for the i8259 where 10 and 11 are PCI lines */
#define ELCR	0x0c00

/** An override's flags: trigger and polarity */
#define INTI(trigger, polarity)	((trigger) << 2 | (polarity))

enum {
	BUS = 0,
	HIGH = 1,
	LOW = 3,
	EDGE = 1,
	LEVEL = 3
};

/** Without an override, what the firmware told the i8259 */
PCUT_TEST(no_override)
{
	for (unsigned irq = 0; irq < 16; irq++) {
		PCUT_ASSERT_INT_EQUALS(
		    irq == 10 || irq == 11 ? LINE_LEVEL | LINE_LOW : 0,
		    line_kind(irq, 0, ELCR));
	}
}

/** An override says both, whatever the i8259 was told */
PCUT_TEST(override_says_both)
{
	for (unsigned irq = 9; irq < 12; irq++) {
		PCUT_ASSERT_INT_EQUALS(LINE_LEVEL,
		    line_kind(irq, INTI(LEVEL, HIGH), ELCR));
		PCUT_ASSERT_INT_EQUALS(LINE_LEVEL | LINE_LOW,
		    line_kind(irq, INTI(LEVEL, LOW), ELCR));
		PCUT_ASSERT_INT_EQUALS(0,
		    line_kind(irq, INTI(EDGE, HIGH), ELCR));
		PCUT_ASSERT_INT_EQUALS(LINE_LOW,
		    line_kind(irq, INTI(EDGE, LOW), ELCR));
	}
}

/** What an override leaves to the bus is as the bus has it */
PCUT_TEST(override_says_one)
{
	PCUT_ASSERT_INT_EQUALS(LINE_LEVEL | LINE_LOW,
	    line_kind(9, INTI(LEVEL, BUS), ELCR));
	PCUT_ASSERT_INT_EQUALS(LINE_LEVEL,
	    line_kind(10, INTI(BUS, HIGH), ELCR));
	PCUT_ASSERT_INT_EQUALS(0, line_kind(10, INTI(EDGE, BUS), ELCR));
	PCUT_ASSERT_INT_EQUALS(LINE_LOW, line_kind(9, INTI(BUS, LOW), ELCR));
}

/** A register that says what cannot be is not there */
PCUT_TEST(no_elcr)
{
	for (unsigned irq = 0; irq < 16; irq++) {
		PCUT_ASSERT_INT_EQUALS(0, line_kind(irq, 0, 0xffff));
		PCUT_ASSERT_INT_EQUALS(0, line_kind(irq, 0, ELCR | 1));
	}
}

PCUT_EXPORT(lines);

/** @}
 */
