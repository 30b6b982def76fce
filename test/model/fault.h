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
/** @file What the driver asks for fails, at a step that the test chooses
 */

#ifndef TEST_MODEL_FAULT_H_
#define TEST_MODEL_FAULT_H_

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

extern void fault_set(unsigned int);
/** The next step of this name fails, NULL for none. */
extern void fault_set_name(const char *);
extern bool fault_hit(void);
extern const char *fault_name(void);
/** A step that may fail.
 *
 * @param name What it does, which must live on
 *
 * @return True if it is to fail
 */
extern bool fault_step(const char *name);

/** A function of the host library, wrapped by the linker, that may fail */
#define FAULT_WRAP(type, name, params, args, failure) \
	extern type __real_##name params; \
	extern type __wrap_##name params; \
	type __wrap_##name params \
	{ \
		return fault_step(#name) ? (failure) : __real_##name args; \
	}

/* For host_hooks_t */
extern errno_t fault_dma(void *, size_t);
extern bool fault_fibril(void *);
extern errno_t fault_irq(void *, int);
extern errno_t fault_pio(void *, uintptr_t, size_t);

#endif

/** @}
 */
