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

/** @file
 * More of what can fail, beside that of ../../model/fault.c
 */

#include <async.h>
#include <ddf/driver.h>
#include <devman.h>
#include <errno.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include "../../model/fault.h"
#include "rig.h"

atomic_int fault_lost_events;
atomic_uint fault_events;
atomic_int fault_lost_states;
atomic_uint fault_states;

/** There is no memory for a message, which nobody is told. */
static bool lose(atomic_int *left, atomic_uint *count)
{
	(*count)++;
	if (*left == 0)
		return false;
	(*left)--;
	return true;
}

#define LOSE_WRAP(name, params, args, left, count) \
	extern void __real_##name params; \
	extern void __wrap_##name params; \
	void __wrap_##name params \
	{ \
		if (!lose(&(left), &(count))) \
			__real_##name args; \
	}

LOSE_WRAP(async_msg_1, (async_exch_t *exch, sysarg_t method, sysarg_t a1),
    (exch, method, a1), fault_lost_events, fault_events)
LOSE_WRAP(async_msg_2, (async_exch_t *exch, sysarg_t method, sysarg_t a1,
    sysarg_t a2), (exch, method, a1, a2), fault_lost_states, fault_states)

extern void *fault_realloc(void *, size_t);
extern int fault_asprintf(char **, const char *, ...)
    __attribute__((format(printf, 2, 3)));

void *fault_realloc(void *old, size_t size)
{
	return fault_step("realloc") ? NULL : realloc(old, size);
}

int fault_asprintf(char **str, const char *fmt, ...)
{
	va_list args;

	if (fault_step("asprintf"))
		return -1;
	va_start(args, fmt);
	int n = vasprintf(str, fmt, args);
	va_end(args);
	return n;
}

FAULT_WRAP(errno_t, ddf_fun_unbind, (ddf_fun_t *fun), (fun), EBUSY)
FAULT_WRAP(void *, ddf_dev_data_alloc, (ddf_dev_t *dev, size_t size),
    (dev, size), NULL)
FAULT_WRAP(errno_t, ddf_fun_add_match_id, (ddf_fun_t *fun, const char *id,
    unsigned int score), (fun, id, score), ENOMEM)
FAULT_WRAP(async_sess_t *, devman_parent_device_connect,
    (devman_handle_t handle, unsigned int flags), (handle, flags), NULL)
FAULT_WRAP(errno_t, async_create_callback_port, (async_exch_t *exch,
    iface_t iface, sysarg_t arg1, sysarg_t arg2, async_port_handler_t handler,
    void *data, port_id_t *port), (exch, iface, arg1, arg2, handler, data,
    port), ENOMEM)
FAULT_WRAP(errno_t, async_data_write_accept, (void **data, bool nullterm,
    size_t min, size_t max, size_t granularity, size_t *received),
    (data, nullterm, min, max, granularity, received),
    /* Refused, and answered so: nothing is this long. */
    __real_async_data_write_accept(data, nullterm, SIZE_MAX, 0, 0, received))
