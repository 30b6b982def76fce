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
/** @file Interrupts that come at any step of a driver
 *
 * A step is what a model notices: an access to a register or a hypercall, or
 * memory that is given back. A handler may be held on its way for some steps,
 * as a fibril is that was not run yet: the driver may have parted from its
 * device meanwhile.
 */

#ifndef TEST_MODEL_UNTIMELY_H_
#define TEST_MODEL_UNTIMELY_H_

#include <stdbool.h>

/** Hold it until untimely_end(). */
#define UNTIMELY_LAST	(-1)

/** Raises the interrupt; does a handler hear of it? */
typedef bool (*untimely_raise_t)(void *);

/** From now on one comes after every so many steps, 0 for none, and is held for
 * so many steps.
 */
extern void untimely_begin(untimely_raise_t, void *, int, int);
/** None comes any more, and all that were on their way have come to their end.
 * No lock is held that a handler takes.
 */
extern void untimely_end(void);
/** The driver makes a step. */
extern void untimely_step(void);

#endif

/** @}
 */
