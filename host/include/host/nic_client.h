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
/** @file A client of a network card, where HelenOS has its IP stack
 */

#ifndef HOST_HOST_NIC_CLIENT_H_
#define HOST_HOST_NIC_CLIENT_H_

#include <fibril_synch.h>
#include <ops/nic.h>

/** What a client hears from a card; each may be NULL */
typedef struct {
	/** A frame; called for one frame at a time. May send frames. */
	void (*received)(void *arg, const void *data, size_t size);
	void (*addr_changed)(void *arg, const nic_address_t *);
	void (*state_changed)(void *arg, nic_device_state_t);
} host_nic_client_ops_t;

typedef struct {
	ddf_fun_t *fun;
	const nic_iface_t *iface;
	const host_nic_client_ops_t *ops;
	void *arg;
	/** One call at a time, as in a serialised session */
	fibril_mutex_t lock;
} host_nic_client_t;

/** Connect to a card; holds a reference to the function, so calls may go on
 * after the device was removed, as in HelenOS. There is no disconnecting from
 * the card: it may call back as long as it lives.
 *
 * @return ENOTSUP if the function is no network card
 */
extern errno_t host_nic_connect(ddf_fun_t *, const host_nic_client_ops_t *,
    void *, host_nic_client_t **);
/** Drop the reference and free the client; the device must be removed. */
extern void host_nic_client_destroy(host_nic_client_t *);

/** What HelenOS's ethip does first: callback, address, state ACTIVE, broadcast
 * accepted, multicast blocked.
 */
extern errno_t host_nic_bring_up(host_nic_client_t *, nic_address_t *);

#endif

/** @}
 */
