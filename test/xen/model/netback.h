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
 * What the hand-shake of the back end (netback.c) and its rings
 * (netback_ring.c) know of each other; all of it with the model's lock held
 */

#ifndef MODEL_NETBACK_H_
#define MODEL_NETBACK_H_

#include <stdbool.h>
#include <stdint.h>

#define NETBACK_SLOTS  256

typedef struct {
	/** There are rings. */
	bool connected;
	/** It has lied by a try function, so that its own view of the rings is
	 * wrong, and does no more with them but lie, until it connects anew. */
	bool mad;
	uint32_t ref_rx;
	uint32_t ref_tx;
	unsigned int port_rx;
	unsigned int port_tx;
	uint32_t rx_cons;
	uint32_t tx_cons;
} netback_rings_t;

extern netback_rings_t nb;

/** Page of the receive request in a slot */
extern uint32_t netback_rx_gref(uint32_t i);
/** Nothing was sent yet. */
extern void netback_forget_frames(void);
extern bool netback_mcast_is_on(void);
/** Answer a receive request that there is not. */
extern void netback_lie(void);

#endif
