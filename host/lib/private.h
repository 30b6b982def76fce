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
/** @file What the parts of the host library share
 */

#ifndef HOST_LIB_PRIVATE_H_
#define HOST_LIB_PRIVATE_H_

#include <async.h>
#include <ddf/driver.h>
#include <fibril_synch.h>
#include <host/backend.h>
#include <host/model.h>

/** Hooks of the test, never NULL */
extern const host_hooks_t *host_hooks;

/** A session: with the bus of a PCI function, or with another fibril */
struct async_sess {
	/** Not NULL: the bus driver's side is the carrier */
	host_pci_fn_t *pci;
	/** Else: the other side's queue of calls */
	struct host_conn *conn;
	/** Locked during an exchange if exchanges are serialised */
	fibril_mutex_t lock;
	exch_mgmt_t mgmt;
};

/** A driver by its name, NULL if there is none */
extern const driver_t *host_find_driver(const char *);

/** Connect to a handler that runs in a fibril of its own.
 *
 * @return NULL if the handler refused the connection, or if there could be no
 *         connection; then the last argument is called in its stead
 */
extern async_sess_t *host_ipc_connect(async_port_handler_t, void *,
    void (*)(void *));

/** From a moment of getuptime() to one of the machine's clock */
extern void host_uptime_to_real(const struct timespec *, struct timespec *);
extern bool host_uptime_is_past(const struct timespec *);

/** Commands and ranges, copied and checked as the kernel does */
typedef struct {
	irq_code_t code;
} host_irq_code_t;

extern errno_t host_irq_code_copy(const irq_code_t *, host_irq_code_t *);
extern void host_irq_code_free(host_irq_code_t *);
extern bool host_irq_code_run(const host_irq_code_t *,
    uint64_t (*)(uintptr_t, unsigned int),
    void (*)(uintptr_t, unsigned int, uint64_t), uint32_t *);

/* DMA memory of the model carrier */
extern errno_t host_model_dma_alloc(size_t, uintptr_t, uintptr_t *, void **);
extern errno_t host_model_dma_free(void *);

#endif

/** @}
 */
