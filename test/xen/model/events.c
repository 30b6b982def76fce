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
 * The event channels of the model, and the page in which they are
 */

#include <abi/xen.h>
#include <host/model.h>
#include <string.h>
#include "events.h"
#include "xen.h"

#ifdef HOST_TSAN
#include <sanitizer/tsan_interface.h>
#else
#define __tsan_release(addr)  ((void) 0)
#endif

#define PAGE      4096
#define BITS      64
#define WORDS     64
#define SELECTOR  8
#define PENDING   0x800
#define MASK      0xa00

static uint8_t shared_info[PAGE] __attribute__((aligned(PAGE)));
static bool port_open[MODEL_PORTS];
static bool busy;
bool events_raised;
unsigned int model_lost_sends;
uint32_t model_store_port;

MODEL_SHARED void events_reset(uint32_t store_port)
{
	memset(shared_info, 0, sizeof(shared_info));
	memset(port_open, 0, sizeof(port_open));
	model_store_port = store_port;
	port_open[store_port] = true;
	busy = false;
}

void *events_page(void)
{
	return shared_info;
}

static uint64_t *word(size_t offset, uint32_t port)
{
	return (uint64_t *) (shared_info + offset) + port / BITS;
}

/** Say that who finds a port pending sees all that was done before: the driver
 * may look anyhow, without the interrupt that would tell ThreadSanitizer. */
static void order(uint32_t port)
{
	__tsan_release(word(PENDING, port));
}

/** Tell the guest of a pending port, unless it was told of one in that word, or
 * of one at all, and has not looked since: only an edge is an interrupt. */
MODEL_SHARED static void announce(uint32_t port)
{
	uint64_t sel = UINT64_C(1) << port / BITS;

	if (__atomic_fetch_or(word(SELECTOR, 0), sel, __ATOMIC_SEQ_CST) & sel)
		return;
	if (__atomic_exchange_n(shared_info, 1, __ATOMIC_SEQ_CST) == 0)
		events_raised = true;
}

/** The line rises; with the lock, as the kernel's part has come to an end when
 * a driver has unsubscribed: none sees the page go. */
MODEL_SHARED static bool rise(void)
{
	__atomic_store_n(shared_info, 1, __ATOMIC_SEQ_CST);
	return host_irq_raise(MODEL_IRQ);
}

void model_interrupt(void)
{
	model_lock();
	(void) rise();
	model_unlock();
}

MODEL_SHARED void model_lose_announcement(void)
{
	model_lock();
	__atomic_store_n(shared_info, 0, __ATOMIC_SEQ_CST);
	__atomic_store_n(word(SELECTOR, 0), 0, __ATOMIC_SEQ_CST);
	events_raised = false;
	model_unlock();
}

/** An event comes to the guest. */
MODEL_SHARED void model_event(uint32_t port)
{
	uint64_t bit = UINT64_C(1) << port % BITS;

	if (!port_open[port])
		return;

	order(port);
	if (__atomic_fetch_or(word(PENDING, port), bit, __ATOMIC_SEQ_CST) &
	    bit)
		return;
	if (__atomic_load_n(word(MASK, port), __ATOMIC_SEQ_CST) & bit)
		return;

	announce(port);
}

/** All ports have one, whatever of it is true. */
MODEL_SHARED bool model_event_everywhere(void)
{
	model_lock();
	for (uint32_t port = 0; port < MODEL_PORTS; port++)
		order(port);
	for (unsigned int i = 0; i < WORDS; i++) {
		__atomic_store_n(word(PENDING, i * BITS), UINT64_MAX,
		    __ATOMIC_SEQ_CST);
	}
	__atomic_store_n(word(SELECTOR, 0), UINT64_MAX, __ATOMIC_SEQ_CST);
	bool heard = rise();
	model_unlock();
	return heard;
}

MODEL_SHARED void model_scribble(model_word_t what, unsigned int n,
    uint64_t value)
{
	static const size_t places[] = { 0, SELECTOR, PENDING, MASK };

	/* There is but one of the others. */
	if (what == MODEL_UPCALL || what == MODEL_SELECTOR)
		n = 0;
	__atomic_store_n(word(places[what], n % WORDS * BITS), value,
	    __ATOMIC_SEQ_CST);
}

MODEL_SHARED void model_calm_events(void)
{
	model_lock();
	__atomic_store_n(word(SELECTOR, 0), 0, __ATOMIC_SEQ_CST);
	__atomic_store_n(shared_info, 0, __ATOMIC_SEQ_CST);
	for (uint32_t port = 0; port < MODEL_PORTS; port++) {
		uint64_t bit = UINT64_C(1) << port % BITS;

		__atomic_fetch_and(word(PENDING, port), ~bit,
		    __ATOMIC_SEQ_CST);
		if (!port_open[port])
			continue;
		__atomic_fetch_and(word(MASK, port), ~bit, __ATOMIC_SEQ_CST);
		model_event(port);
	}
	model_unlock();
}

bool model_port_is_open(uint32_t port)
{
	return port < MODEL_PORTS && port_open[port];
}

unsigned int model_open_ports(void)
{
	unsigned int n = 0;

	for (uint32_t p = 0; p < MODEL_PORTS; p++)
		n += p != model_store_port && port_open[p];
	return n;
}

void model_be_busy(void)
{
	model_lock();
	busy = true;
	model_event(model_store_port);
	model_unlock();
}

MODEL_SHARED void model_open_stray_port(void)
{
	model_lock();
	port_open[MODEL_STRAY_PORT] = true;
	__atomic_fetch_and(word(MASK, MODEL_STRAY_PORT),
	    ~(UINT64_C(1) << MODEL_STRAY_PORT), __ATOMIC_SEQ_CST);
	model_unlock();
}

MODEL_SHARED bool model_stray_port_is_masked(void)
{
	return __atomic_load_n(word(MASK, MODEL_STRAY_PORT),
	    __ATOMIC_SEQ_CST) >> MODEL_STRAY_PORT & 1;
}

MODEL_SHARED static int alloc_unbound(xen_evtchn_alloc_unbound_t *a)
{
	for (uint32_t p = MODEL_FIRST_PORT; p < MODEL_PORTS; p++) {
		if (!port_open[p]) {
			port_open[p] = true;
			a->port = p;
			/* Xen clears neither bit of a new port's. */
			return 0;
		}
	}
	return -28;
}

MODEL_SHARED int events_op(sysarg_t cmd, void *arg)
{
	uint32_t port = ((xen_evtchn_port_t *) arg)->port;

	if (cmd == EVTCHNOP_ALLOC_UNBOUND)
		return alloc_unbound(arg);

	if (port >= MODEL_PORTS || !port_open[port])
		model_violation("event channel %u is not open", port);

	uint64_t bit = UINT64_C(1) << port % BITS;
	switch (cmd) {
	case EVTCHNOP_CLOSE:
		if (port == model_store_port)
			model_violation("xenstore's port is closed");
		port_open[port] = false;
		__atomic_fetch_and(word(PENDING, port), ~bit,
		    __ATOMIC_SEQ_CST);
		return 0;
	case EVTCHNOP_UNMASK:
		if (model_callback_irq() == 0)
			model_violation("event bits before the callback");
		order(port);
		bool was_masked = __atomic_fetch_and(word(MASK, port), ~bit,
		    __ATOMIC_SEQ_CST) & bit;
		if (was_masked && (__atomic_load_n(word(PENDING, port),
		    __ATOMIC_SEQ_CST) & bit))
			announce(port);
		else if (busy)
			model_event(port);
		return 0;
	case EVTCHNOP_SEND:
		if (port == model_store_port)
			store_kick();
		else if (model_lost_sends > 0)
			model_lost_sends--;
		else
			netback_kick(port);
		return 0;
	default:
		return -38;
	}
}
