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
 * @brief Interrupts that no driver claims.
 *
 * A device whose interrupt nobody claims, for it has no driver or its driver
 * is gone, holds its level-triggered line for ever, and the CPU would do
 * nothing but take that interrupt. Such a line is masked for a while, again and
 * again: other devices on it are then served late, but they are.
 *
 * The driver in user space that unmasks lines, apic, writes the same index
 * register of the I/O APIC and cannot share the lock. It does so once for each
 * driver that starts, for some instructions.
 */

#include <arch/interrupt.h>
#include <assert.h>
#include <genarch/pic/pic_ops.h>
#include <genarch/pic/unclaimed.h>
#include <interrupt.h>
#include <log.h>
#include <synch/spinlock.h>
#include <time/clock.h>
#include <time/timeout.h>

/** So many of them in one tick are a storm. */
#define STORM_IRQS  100

/** For how long the line is masked then, in microseconds */
#define STORM_PAUSE_USEC  100000

typedef struct {
	/** Tick of the latest one, as microseconds of the uptime */
	sysarg_t tick;
	/** How many there were in that tick */
	unsigned int count;
	/** The line is masked, and unmask is registered. */
	bool paused;
	/** It was told that there is a storm. */
	bool told;
	timeout_t unmask;
} unclaimed_t;

/** Guards lines, and masking by this file */
IRQ_SPINLOCK_STATIC_INITIALIZE(lines_lock);

static unclaimed_t lines[IRQ_COUNT];

static void unmask(void *arg)
{
	unclaimed_t *line = arg;

	irq_spinlock_lock(&lines_lock, false);
	line->paused = false;
	line->count = 0;
	pic_ops->enable_irqs(1 << (line - lines));
	irq_spinlock_unlock(&lines_lock, false);
}

/** Count an interrupt that nobody claimed, and mask the line in a storm.
 *
 * Call it in the interrupt's handler, before its end is signalled.
 *
 * @param irq Line, 0 to 15.
 */
void irq_unclaimed(unsigned int irq)
{
	assert(interrupts_disabled());
	assert(irq < IRQ_COUNT);

	unclaimed_t *line = &lines[irq];
	sysarg_t tick = uptime->useconds;
	bool tell = false;

	irq_spinlock_lock(&lines_lock, false);

	if (line->tick != tick) {
		line->tick = tick;
		line->count = 0;
	}

	if (++line->count >= STORM_IRQS) {
		/* Again, too, if a driver that starts has unmasked it. */
		pic_ops->disable_irqs(1 << irq);
		if (!line->paused) {
			timeout_register(&line->unmask, STORM_PAUSE_USEC,
			    unmask, line);
			line->paused = true;
		}
		tell = !line->told;
		line->told = true;
	}

	irq_spinlock_unlock(&lines_lock, false);

	if (tell)
		log(LF_ARCH, LVL_WARN, "IRQ %u: a device asks for service and "
		    "no driver claims it", irq);
}

/** @}
 */
