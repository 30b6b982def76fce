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
/** @file Barriers: as strong as HelenOS's, no stronger
 */

#ifndef HOST_BARRIER_H_
#define HOST_BARRIER_H_

#include <stdatomic.h>

#ifdef __SANITIZE_THREAD__
#define HOST_TSAN
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define HOST_TSAN
#endif
#endif

/*
 * ThreadSanitizer does not model fences (gcc refuses them under it). What the
 * fences order is memory shared with a device, which it does not watch; the
 * processor's fence is all that is needed then.
 */
#ifdef HOST_TSAN
#define HOST_FENCE(order)	__asm__ volatile("mfence" ::: "memory")
#else
#define HOST_FENCE(order)	atomic_thread_fence(order)
#endif

static inline void compiler_barrier(void)
{
	atomic_signal_fence(memory_order_seq_cst);
}

static inline void memory_barrier(void)
{
	HOST_FENCE(memory_order_seq_cst);
}

static inline void read_barrier(void)
{
	HOST_FENCE(memory_order_acquire);
}

static inline void write_barrier(void)
{
	HOST_FENCE(memory_order_release);
}

#define ACCESS_ONCE(var)	(*((volatile __typeof__(var) *) &(var)))

#endif

/** @}
 */
