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

/** @addtogroup kernel_ia32
 * @{
 */
/** @file
 * @brief Telling a CPU that sleeps that it was given a thread.
 *
 * No wake-up is lost. A CPU that is about to sleep writes its asleep and then
 * reads its nrdy; who gives it a thread writes that nrdy and then reads that
 * asleep. All four are sequentially consistent, so one of the two at least
 * sees what the other wrote: either the CPU sees the thread and stays awake,
 * or the giver sees that it sleeps and sends the IPI. An IPI that comes
 * between the CPU's look and its sleep stays pending, for interrupts are
 * disabled from before the look on, and ends the sleep at once: STI takes
 * effect only after the HLT behind it has begun.
 *
 * A CPU that sleeps is also told of a thread that waits for another CPU, which
 * runs one, and takes it over. Otherwise tasks that talk to each other stay
 * together on one CPU until the balancing, which looks once a second, happens
 * to see more threads than that CPU's share. The same order holds: who makes a
 * thread wait writes its CPU's nrdy and then reads the asleep of the others,
 * which write asleep and then read that nrdy.
 *
 * To sleep and to be woken takes long, above all on a hypervisor. So a CPU that
 * has just run a thread looks for another one for a while before it sleeps.
 */

#include <arch/asm.h>
#include <arch/cycle.h>
#include <arch/smp/apic.h>
#include <assert.h>
#include <atomic.h>
#include <config.h>
#include <cpu.h>
#include <genarch/pic/pic_ops.h>
#include <interrupt.h>
#include <proc/wakeup.h>

#ifdef CONFIG_SMP

/** How long a CPU that has just run a thread looks for another.
 *
 * In microseconds, and as long as guests of Linux do (haltpoll).
 */
#define LINGER_US  200

/** Tell whether a thread waits for a CPU that runs another, or is about to. */
static bool cpu_is_late(cpu_t *cpu)
{
	return atomic_load(&cpu->nrdy) > (atomic_load_explicit(&cpu->looking,
	    memory_order_relaxed) ? 1 : 0);
}

/** Take a thread that waits for another CPU.
 *
 * @return Whether this CPU has one now.
 */
static bool cpu_pull(void)
{
	for (size_t i = 0; i < config.cpu_active; i++) {
		if (&cpus[i] == CPU || !cpu_is_late(&cpus[i]))
			continue;

		for (int rq = 0; rq < RQ_COUNT; rq++) {
			if (steal_thread_from(&cpus[i], rq))
				return true;
		}
	}

	return false;
}

/** Look for a thread for a while, with interrupts enabled in between.
 *
 * @return Whether this CPU has one now.
 */
static bool cpu_linger(void)
{
	uint64_t start = get_cycle();
	uint64_t cycles = (uint64_t) CPU->frequency_mhz * LINGER_US;

	do {
		if (atomic_load(&CPU->nrdy) != 0 || cpu_pull())
			return true;

		interrupts_enable();
		cpu_spin_hint();
		(void) interrupts_disable();
		/* The time up to an interrupt was not for a thread, either. */
		CPU_LOCAL->idle = true;
	} while (get_cycle() - start < cycles);

	return false;
}

/** Sleep until an interrupt comes, unless there is a ready thread for this CPU.
 *
 * Interrupts are disabled by the caller, and again on return.
 */
void cpu_sleep_unless_ready(void)
{
	assert(interrupts_disabled());

	/* A CPU alone has nobody to wait for. */
	bool linger = config.cpu_active > 1 && !CPU_LOCAL->woken_in_vain;

	atomic_store_explicit(&CPU->looking, true, memory_order_relaxed);
	CPU_LOCAL->woken_in_vain = false;

	if (linger && cpu_linger()) {
		CPU_LOCAL->idle = false;
	} else {
		/* Before the look at nrdy, see above. */
		atomic_store(&CPU->asleep, true);

		bool found = atomic_load(&CPU->nrdy) != 0 || cpu_pull();
		if (found)
			CPU_LOCAL->idle = false;
		else
			cpu_interruptible_sleep();

		/*
		 * Who took it back sent an IPI, and who sees this late sends
		 * one too much.
		 */
		bool told = !atomic_exchange(&CPU->asleep, false);
		CPU_LOCAL->woken_in_vain = !found && !told &&
		    atomic_load(&CPU->nrdy) == 0;
	}

	atomic_store_explicit(&CPU->looking, false, memory_order_relaxed);
}

/** Wake a CPU if it sleeps.
 *
 * @return Whether it did.
 */
static bool cpu_wake(cpu_t *cpu)
{
	/* One IPI ends a sleep: only who takes asleep back sends it. */
	if (cpu == CPU || !atomic_load(&cpu->asleep) ||
	    !atomic_exchange(&cpu->asleep, false))
		return false;

	(void) l_apic_send_custom_ipi((uint8_t) cpu->arch.id,
	    VECTOR_WAKEUP_IPI);
	return true;
}

/** Wake a CPU that was given a thread or, if it is busy, another.
 *
 * Call it after the CPU's nrdy was raised, with interrupts disabled.
 *
 * @param cpu CPU, any.
 */
void cpu_wakeup(cpu_t *cpu)
{
	assert(interrupts_disabled());

	if (cpu_wake(cpu) || !cpu_is_late(cpu))
		return;

	for (size_t i = 0; i < config.cpu_active; i++) {
		if (cpu_wake(&cpus[i]))
			break;
	}
}

/** Handle the IPI: to have been interrupted is all there is to it. */
void cpu_wakeup_ipi(unsigned int n, istate_t *istate)
{
	pic_ops->eoi(0);
}

#endif /* CONFIG_SMP */

/** @}
 */
