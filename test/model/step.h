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

/** @addtogroup test_model
 * @{
 */
/** @file Something happens after each instruction of a function in turn
 *
 * The processor's trap flag stops it there; for one file of a program, without
 * threads.
 */

#ifndef TEST_MODEL_STEP_H_
#define TEST_MODEL_STEP_H_

#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <ucontext.h>

#define STEP_TRAP_FLAG	0x100UL

static unsigned int steps_left;
/** What happens */
static void (*step_change)(void);

/** An instruction is done. */
__attribute__((no_sanitize("thread")))
static void step_handler(int signal, siginfo_t *info, void *context)
{
	greg_t *regs = ((ucontext_t *) context)->uc_mcontext.gregs;

	(void) signal;
	(void) info;
	if (--steps_left > 0)
		return;
	step_change();
	regs[REG_EFL] &= ~STEP_TRAP_FLAG;
}

/** Set the trap flag, or clear it; the stack's red zone stays as it is. */
static inline void step_set_flag(unsigned long flag)
{
	asm volatile (
	    "lea -128(%%rsp), %%rsp\n"
	    "pushfq\n"
	    "andq %1, (%%rsp)\n"
	    "orq %0, (%%rsp)\n"
	    "popfq\n"
	    "lea 128(%%rsp), %%rsp\n"
	    : : "r" (flag), "r" (~STEP_TRAP_FLAG)
	    : "memory", "cc");
}

/** Before the first step: say what happens. */
static inline void step_prepare(void (*change)(void))
{
	struct sigaction action = {
		.sa_sigaction = step_handler,
		.sa_flags = SA_SIGINFO
	};

	step_change = change;
	if (sigaction(SIGTRAP, &action, NULL) != 0)
		abort();
}

/** It happens after so many instructions from here on. */
static inline void step_begin(unsigned int steps)
{
	steps_left = steps;
	step_set_flag(STEP_TRAP_FLAG);
}

/** It does not happen any more; has it? */
static inline bool step_end(void)
{
	step_set_flag(0);
	return steps_left == 0;
}

#endif

/** @}
 */
