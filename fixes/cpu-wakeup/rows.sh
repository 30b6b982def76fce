#
# Copyright (c) 2026 helenos-pv authors
# All rights reserved.
#
# Redistribution and use in source and binary forms, with or without
# modification, are permitted provided that the following conditions
# are met:
#
# - Redistributions of source code must retain the above copyright
#   notice, this list of conditions and the following disclaimer.
# - Redistributions in binary form must reproduce the above copyright
#   notice, this list of conditions and the following disclaimer in the
#   documentation and/or other materials provided with the distribution.
# - The name of the author may not be used to endorse or promote products
#   derived from this software without specific prior written permission.
#
# THIS SOFTWARE IS PROVIDED BY THE AUTHOR ``AS IS'' AND ANY EXPRESS OR
# IMPLIED WARRANTIES, INCLUDING, BUT NOT LIMITED TO, THE IMPLIED WARRANTIES
# OF MERCHANTABILITY AND FITNESS FOR A PARTICULAR PURPOSE ARE DISCLAIMED.
# IN NO EVENT SHALL THE AUTHOR BE LIABLE FOR ANY DIRECT, INDIRECT,
# INCIDENTAL, SPECIAL, EXEMPLARY, OR CONSEQUENTIAL DAMAGES (INCLUDING, BUT
# NOT LIMITED TO, PROCUREMENT OF SUBSTITUTE GOODS OR SERVICES; LOSS OF USE,
# DATA, OR PROFITS; OR BUSINESS INTERRUPTION) HOWEVER CAUSED AND ON ANY
# THEORY OF LIABILITY, WHETHER IN CONTRACT, STRICT LIABILITY, OR TORT
# (INCLUDING NEGLIGENCE OR OTHERWISE) ARISING IN ANY WAY OUT OF THE USE OF
# THIS SOFTWARE, EVEN IF ADVISED OF THE POSSIBILITY OF SUCH DAMAGE.
#
# See tools/overlay.sh.

# shellcheck shell=bash

# Who gives a CPU a thread, and the CPU that has none
edit kernel/generic/include/cpu.h after $'\tatomic_size_t nrdy;' \
"	/** Set while the CPU looks for a thread, and while it sleeps. */
	atomic_bool looking;
	/** Set while the CPU sleeps for want of a thread. */
	atomic_bool asleep;"
edit kernel/generic/include/cpu.h after $'\tbool idle;' \
"	/** Whether the last sleep ended without a thread, and nobody ended it. */
	bool woken_in_vain;"
edit kernel/generic/src/proc/scheduler.c after '#include <proc/scheduler.h>' \
    '#include <proc/wakeup.h>'
edit kernel/generic/src/proc/scheduler.c replace:7:07dfceb9 $'\t\t/*' \
"		/*
		 * Go to sleep with interrupts enabled, unless a thread has
		 * just become available.
		 */
		cpu_sleep_unless_ready();"
edit kernel/generic/src/proc/scheduler.c after $'\tatomic_inc(&cpu->nrdy);' \
    $'\tcpu_wakeup(cpu);'
edit kernel/generic/src/proc/scheduler.c replace \
    'static thread_t *steal_thread_from(cpu_t *old_cpu, int i)' \
    'thread_t *steal_thread_from(cpu_t *old_cpu, int i)'

# The IPI
for arch in amd64 ia32; do
	edit kernel/arch/$arch/include/arch/interrupt.h after \
	    '#define VECTOR_DEBUG_IPI          (IVT_FREEBASE + 2)' \
	    '#define VECTOR_WAKEUP_IPI         (IVT_FREEBASE + 3)'
	edit kernel/arch/$arch/src/interrupt.c after \
	    '#include <proc/thread.h>' '#include <proc/wakeup.h>'
	edit kernel/arch/$arch/src/interrupt.c after \
	    $'\t    (iroutine_t) tlb_shootdown_ipi);' \
"	exc_register(VECTOR_WAKEUP_IPI, \"wakeup\", true,
	    (iroutine_t) cpu_wakeup_ipi);"
done
edit kernel/arch/amd64/meson.build after $'\t\t\'src/smp/smp.c\',' \
    $'\t\t\'../ia32/src/smp/wakeup.c\','
edit kernel/arch/ia32/meson.build after $'\t\'src/smp/smp.c\',' \
    $'\t\'src/smp/wakeup.c\','
