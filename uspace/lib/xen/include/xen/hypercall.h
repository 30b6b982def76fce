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

/** @addtogroup libxen
 * @{
 */
/** @file
 * Hypercalls
 *
 * Thin wrappers of SYS_XEN_HYPERCALL with Xen's names. The kernel allows them
 * to tasks with PERM_MEM_MANAGER and PERM_IO_MANAGER; without Xen all of them
 * return ENOTSUP. None of them blocks or locks.
 */

#ifndef XEN_HYPERCALL_H_
#define XEN_HYPERCALL_H_

#include <abi/xen.h>
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>

extern errno_t xen_version(unsigned int *, unsigned int *);

extern errno_t xen_memory_add(uint32_t, unsigned long, uintptr_t);
extern errno_t xen_memory_remove(uintptr_t);

extern errno_t xen_evtchn_alloc_unbound(uint16_t, uint32_t *);
extern errno_t xen_evtchn_close(uint32_t);
extern errno_t xen_evtchn_send(uint32_t);
extern errno_t xen_evtchn_unmask(uint32_t);

extern errno_t xen_gnttab_query_size(uint32_t *, uint32_t *);
extern errno_t xen_gnttab_set_version_1(void);

extern errno_t xen_shutdown(uint32_t);
extern errno_t xen_suspend(bool *);

extern errno_t xen_hvm_set_callback_irq(uint64_t);
extern errno_t xen_hvm_get_param(uint32_t, uint64_t *);

#endif

/** @}
 */
