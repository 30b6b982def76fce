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
/** @file Asynchronous IPC, between drivers of one program
 */

#ifndef HOST_ASYNC_H_
#define HOST_ASYNC_H_

#include <abi/cap.h>
#include <abi/ddi/irq.h>
#include <abi/ipc/interfaces.h>
#include <ipc/common.h>
#include <stdbool.h>
#include <time.h>
#include <types/common.h>

typedef sysarg_t aid_t;
typedef sysarg_t port_id_t;

typedef void (*async_port_handler_t)(ipc_call_t *, void *);
typedef void (*async_notification_handler_t)(ipc_call_t *, void *);

typedef enum {
	EXCHANGE_ATOMIC = 0,
	EXCHANGE_SERIALIZE = 1,
	EXCHANGE_PARALLEL = 2
} exch_mgmt_t;

typedef struct async_sess async_sess_t;
typedef struct async_exch async_exch_t;

extern errno_t async_irq_subscribe(int, async_notification_handler_t, void *,
    const irq_code_t *, cap_irq_handle_t *);
extern errno_t async_irq_unsubscribe(cap_irq_handle_t);
extern errno_t async_spawn_notification_handler(void);

extern async_exch_t *async_exchange_begin(async_sess_t *);
extern void async_exchange_end(async_exch_t *);
extern void async_hangup(async_sess_t *);

extern bool async_get_call(ipc_call_t *);
extern errno_t async_accept_0(ipc_call_t *);

extern void async_wait_for(aid_t, errno_t *);
extern errno_t async_wait_timeout(aid_t, errno_t *, usec_t);
extern void async_forget(aid_t);

extern errno_t async_create_callback_port(async_exch_t *, iface_t, sysarg_t,
    sysarg_t, async_port_handler_t, void *, port_id_t *);
extern void async_port_destroy(port_id_t);
extern async_sess_t *async_callback_receive(exch_mgmt_t);
extern async_sess_t *async_callback_receive_start(exch_mgmt_t, ipc_call_t *);

extern aid_t async_data_read(async_exch_t *, void *, size_t, ipc_call_t *);
extern errno_t async_data_read_start(async_exch_t *, void *, size_t);
extern bool async_data_read_receive(ipc_call_t *, size_t *);
extern errno_t async_data_read_finalize(ipc_call_t *, const void *, size_t);
extern errno_t async_data_write_start(async_exch_t *, const void *, size_t);
extern bool async_data_write_receive(ipc_call_t *, size_t *);
extern errno_t async_data_write_finalize(ipc_call_t *, void *, size_t);
extern errno_t async_data_write_accept(void **, const bool, const size_t,
    const size_t, const size_t, size_t *);

extern aid_t async_send_0(async_exch_t *, sysarg_t, ipc_call_t *);
extern aid_t async_send_1(async_exch_t *, sysarg_t, sysarg_t, ipc_call_t *);
extern aid_t async_send_2(async_exch_t *, sysarg_t, sysarg_t, sysarg_t,
    ipc_call_t *);
extern aid_t async_send_3(async_exch_t *, sysarg_t, sysarg_t, sysarg_t,
    sysarg_t, ipc_call_t *);
extern aid_t async_send_4(async_exch_t *, sysarg_t, sysarg_t, sysarg_t,
    sysarg_t, sysarg_t, ipc_call_t *);
extern aid_t async_send_5(async_exch_t *, sysarg_t, sysarg_t, sysarg_t,
    sysarg_t, sysarg_t, sysarg_t, ipc_call_t *);
extern void async_msg_0(async_exch_t *, sysarg_t);
extern void async_msg_1(async_exch_t *, sysarg_t, sysarg_t);
extern void async_msg_2(async_exch_t *, sysarg_t, sysarg_t, sysarg_t);
extern void async_msg_3(async_exch_t *, sysarg_t, sysarg_t, sysarg_t, sysarg_t);
extern void async_msg_4(async_exch_t *, sysarg_t, sysarg_t, sysarg_t,
    sysarg_t, sysarg_t);
extern void async_msg_5(async_exch_t *, sysarg_t, sysarg_t, sysarg_t,
    sysarg_t, sysarg_t, sysarg_t);
extern errno_t async_answer_0(ipc_call_t *, errno_t);
extern errno_t async_answer_1(ipc_call_t *, errno_t, sysarg_t);
extern errno_t async_answer_2(ipc_call_t *, errno_t, sysarg_t, sysarg_t);
extern errno_t async_answer_3(ipc_call_t *, errno_t, sysarg_t, sysarg_t,
    sysarg_t);
extern errno_t async_answer_4(ipc_call_t *, errno_t, sysarg_t, sysarg_t,
    sysarg_t, sysarg_t);
extern errno_t async_answer_5(ipc_call_t *, errno_t, sysarg_t, sysarg_t,
    sysarg_t, sysarg_t, sysarg_t);
extern errno_t async_req_0_0(async_exch_t *, sysarg_t);
extern errno_t async_req_0_1(async_exch_t *, sysarg_t, sysarg_t *);
extern errno_t async_req_0_2(async_exch_t *, sysarg_t, sysarg_t *, sysarg_t *);
extern errno_t async_req_0_3(async_exch_t *, sysarg_t, sysarg_t *, sysarg_t
    *, sysarg_t *);
extern errno_t async_req_0_4(async_exch_t *, sysarg_t, sysarg_t *, sysarg_t
    *, sysarg_t *, sysarg_t *);
extern errno_t async_req_0_5(async_exch_t *, sysarg_t, sysarg_t *, sysarg_t
    *, sysarg_t *, sysarg_t *, sysarg_t *);
extern errno_t async_req_1_0(async_exch_t *, sysarg_t, sysarg_t);
extern errno_t async_req_1_1(async_exch_t *, sysarg_t, sysarg_t, sysarg_t *);
extern errno_t async_req_1_2(async_exch_t *, sysarg_t, sysarg_t, sysarg_t *,
    sysarg_t *);
extern errno_t async_req_1_3(async_exch_t *, sysarg_t, sysarg_t, sysarg_t *,
    sysarg_t *, sysarg_t *);
extern errno_t async_req_1_4(async_exch_t *, sysarg_t, sysarg_t, sysarg_t *,
    sysarg_t *, sysarg_t *, sysarg_t *);
extern errno_t async_req_1_5(async_exch_t *, sysarg_t, sysarg_t, sysarg_t *,
    sysarg_t *, sysarg_t *, sysarg_t *, sysarg_t *);
extern errno_t async_req_2_0(async_exch_t *, sysarg_t, sysarg_t, sysarg_t);
extern errno_t async_req_2_1(async_exch_t *, sysarg_t, sysarg_t, sysarg_t,
    sysarg_t *);
extern errno_t async_req_2_2(async_exch_t *, sysarg_t, sysarg_t, sysarg_t,
    sysarg_t *, sysarg_t *);
extern errno_t async_req_2_3(async_exch_t *, sysarg_t, sysarg_t, sysarg_t,
    sysarg_t *, sysarg_t *, sysarg_t *);
extern errno_t async_req_2_4(async_exch_t *, sysarg_t, sysarg_t, sysarg_t,
    sysarg_t *, sysarg_t *, sysarg_t *, sysarg_t *);
extern errno_t async_req_2_5(async_exch_t *, sysarg_t, sysarg_t, sysarg_t,
    sysarg_t *, sysarg_t *, sysarg_t *, sysarg_t *, sysarg_t *);
extern errno_t async_req_3_0(async_exch_t *, sysarg_t, sysarg_t, sysarg_t,
    sysarg_t);
extern errno_t async_req_3_1(async_exch_t *, sysarg_t, sysarg_t, sysarg_t,
    sysarg_t, sysarg_t *);
extern errno_t async_req_3_2(async_exch_t *, sysarg_t, sysarg_t, sysarg_t,
    sysarg_t, sysarg_t *, sysarg_t *);
extern errno_t async_req_3_3(async_exch_t *, sysarg_t, sysarg_t, sysarg_t,
    sysarg_t, sysarg_t *, sysarg_t *, sysarg_t *);
extern errno_t async_req_3_4(async_exch_t *, sysarg_t, sysarg_t, sysarg_t,
    sysarg_t, sysarg_t *, sysarg_t *, sysarg_t *, sysarg_t *);
extern errno_t async_req_3_5(async_exch_t *, sysarg_t, sysarg_t, sysarg_t,
    sysarg_t, sysarg_t *, sysarg_t *, sysarg_t *, sysarg_t *, sysarg_t *);
extern errno_t async_req_4_0(async_exch_t *, sysarg_t, sysarg_t, sysarg_t,
    sysarg_t, sysarg_t);
extern errno_t async_req_4_1(async_exch_t *, sysarg_t, sysarg_t, sysarg_t,
    sysarg_t, sysarg_t, sysarg_t *);
extern errno_t async_req_4_2(async_exch_t *, sysarg_t, sysarg_t, sysarg_t,
    sysarg_t, sysarg_t, sysarg_t *, sysarg_t *);
extern errno_t async_req_4_3(async_exch_t *, sysarg_t, sysarg_t, sysarg_t,
    sysarg_t, sysarg_t, sysarg_t *, sysarg_t *, sysarg_t *);
extern errno_t async_req_4_4(async_exch_t *, sysarg_t, sysarg_t, sysarg_t,
    sysarg_t, sysarg_t, sysarg_t *, sysarg_t *, sysarg_t *, sysarg_t *);
extern errno_t async_req_4_5(async_exch_t *, sysarg_t, sysarg_t, sysarg_t,
    sysarg_t, sysarg_t, sysarg_t *, sysarg_t *, sysarg_t *, sysarg_t *,
    sysarg_t *);
extern errno_t async_req_5_0(async_exch_t *, sysarg_t, sysarg_t, sysarg_t,
    sysarg_t, sysarg_t, sysarg_t);
extern errno_t async_req_5_1(async_exch_t *, sysarg_t, sysarg_t, sysarg_t,
    sysarg_t, sysarg_t, sysarg_t, sysarg_t *);
extern errno_t async_req_5_2(async_exch_t *, sysarg_t, sysarg_t, sysarg_t,
    sysarg_t, sysarg_t, sysarg_t, sysarg_t *, sysarg_t *);
extern errno_t async_req_5_3(async_exch_t *, sysarg_t, sysarg_t, sysarg_t,
    sysarg_t, sysarg_t, sysarg_t, sysarg_t *, sysarg_t *, sysarg_t *);
extern errno_t async_req_5_4(async_exch_t *, sysarg_t, sysarg_t, sysarg_t,
    sysarg_t, sysarg_t, sysarg_t, sysarg_t *, sysarg_t *, sysarg_t *, sysarg_t
    *);
extern errno_t async_req_5_5(async_exch_t *, sysarg_t, sysarg_t, sysarg_t,
    sysarg_t, sysarg_t, sysarg_t, sysarg_t *, sysarg_t *, sysarg_t *, sysarg_t
    *, sysarg_t *);

#endif

/** @}
 */
