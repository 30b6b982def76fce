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
/** @file IPC calls
 */

#ifndef HOST_IPC_COMMON_H_
#define HOST_IPC_COMMON_H_

#include <abi/cap.h>
#include <types/common.h>

enum {
	IPC_CALL_LEN = 6
};

enum {
	IPC_M_PHONE_HUNGUP = 0,
	IPC_M_CONNECT_TO_ME,
	IPC_M_CONNECT_ME_TO,
	IPC_M_DATA_READ = 6,
	IPC_M_DATA_WRITE,
	IPC_FIRST_USER_METHOD = 1024
};

enum {
	DATA_XFER_LIMIT = 64 * 1024
};

#define IPC_FLAG_BLOCKING	0x01

typedef uint64_t task_id_t;
typedef uint32_t iface_t;

/** One call, or the answer to one */
typedef struct {
	/** Method or result, then five arguments */
	sysarg_t args[IPC_CALL_LEN];
	task_id_t task_id;
	unsigned int flags;
	sysarg_t request_label;
	sysarg_t answer_label;
	/** What an answer goes to */
	cap_call_handle_t cap_handle;
} ipc_call_t;

static inline void ipc_set_retval(ipc_call_t *call, errno_t retval)
{
	call->args[0] = (sysarg_t) retval;
}

static inline errno_t ipc_get_retval(ipc_call_t *call)
{
	return (errno_t) call->args[0];
}

static inline void ipc_set_imethod(ipc_call_t *call, sysarg_t val)
{
	call->args[0] = val;
}

static inline sysarg_t ipc_get_imethod(ipc_call_t *call)
{
	return call->args[0];
}

#define HOST_IPC_ARG(n) \
	static inline void ipc_set_arg##n(ipc_call_t *call, sysarg_t val) \
	{ \
		call->args[n] = val; \
	} \
	static inline sysarg_t ipc_get_arg##n(ipc_call_t *call) \
	{ \
		return call->args[n]; \
	}

HOST_IPC_ARG(1)
HOST_IPC_ARG(2)
HOST_IPC_ARG(3)
HOST_IPC_ARG(4)
HOST_IPC_ARG(5)

#endif

/** @}
 */
