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

/** @addtogroup test
 * @{
 */
/** @file Event channels, in a page that anybody writes to at any moment
 *
 * Also after any one instruction of the driver's: the processor's trap flag
 * stops it there. Each look at the page ends and looks at each port once or
 * twice, only what has an owner is told of, and what was told of is masked,
 * unless it was meddled with.
 */

#include <host/model.h>
#include "../../uspace/drv/bus/xen-platform/evtchn.c"
#include "input.h"

#ifdef __x86_64__
#include "../model/step.h"
#else
#define step_prepare(change)  ((void) (change))
#define step_begin(steps)     ((void) (steps))
#define step_end()            false
#endif

#define PAGE     4096
#define CLIENTS  2
/** What happens for an input, at most */
#define ACTS     32

static uint8_t *page;
static bool was_told[PORTS];
static client_t clients[CLIENTS];
/** The port that Xen says it has made */
static uint32_t new_port;

/** What is written, and where */
static size_t place;
static uint64_t value;

static errno_t hypercall(sysarg_t op, sysarg_t cmd, void *arg, size_t size,
    sysarg_t *result)
{
	if (cmd == EVTCHNOP_ALLOC_UNBOUND)
		((xen_evtchn_alloc_unbound_t *) arg)->port = new_port;
	*result = 0;
	return EOK;
}

/** A few ports of some words, so that they are met again; or any number */
static uint32_t any_port(input_t *in)
{
	uint8_t n = input_u8(in);

	return n < 128 ? n % 8 * 37 : n < 192 ? input_u16(in) : input_u32(in);
}

static void choose(input_t *in)
{
	switch (input_u8(in) % 4) {
	case 0:
		place = UPCALL_PENDING;
		break;
	case 1:
		place = PENDING_SEL;
		break;
	case 2:
		place = EVTCHN_PENDING + any_port(in) % PORTS / WORD_BITS * 8;
		break;
	default:
		place = EVTCHN_MASK + any_port(in) % PORTS / WORD_BITS * 8;
		break;
	}
	switch (input_u8(in) % 3) {
	case 0:
		value = 0;
		break;
	case 1:
		value = UINT64_MAX;
		break;
	default:
		value = (uint64_t) input_u32(in) << 32 | input_u32(in);
		break;
	}
}

static void write_word(void)
{
	*(volatile uint64_t *) (page + place) = value;
}

/** Have the driver look, while a word changes or not. */
static void look(evtchn_t *ev, input_t *in, void (*how)(evtchn_t *))
{
	unsigned int stray = ev->stray;
	unsigned int steps = input_u8(in) & 1 ? input_u8(in) : 0;

	for (uint32_t port = 0; port < PORTS; port++)
		was_told[port] = ev->ports[port].told;
	if (steps > 0) {
		choose(in);
		step_begin(steps);
	}
	how(ev);
	bool changed = steps > 0 && step_end();

	HOLD(ev->stray - stray <= 2 * PORTS);
	for (uint32_t port = 0; port < PORTS; port++) {
		if (!ev->ports[port].told)
			continue;
		HOLD(ev->ports[port].owner != NULL);
		HOLD(was_told[port] || changed || evtchn_is_masked(ev, port));
	}
	for (uint32_t port = 0; port < PORTS && how == evtchn_look &&
	    !changed; port += WORD_BITS)
		HOLD((*evtchn_word(ev, EVTCHN_PENDING, port) &
		    ~*evtchn_word(ev, EVTCHN_MASK, port)) == 0);
}

static void make_port(evtchn_t *ev, client_t *client, input_t *in)
{
	uint32_t port;

	new_port = any_port(in);
	if (evtchn_port_alloc(ev, client, 0, &port) != EOK)
		return;
	HOLD(port < PORTS && ev->ports[port].owner == client);
	HOLD(evtchn_is_masked(ev, port));
}

static void free_port(evtchn_t *ev, client_t *client, input_t *in)
{
	uint64_t port = any_port(in);
	bool own = port < PORTS && ev->ports[port].owner == client;

	HOLD((evtchn_port_free(ev, client, port) == EOK) == own);
	HOLD(!own || evtchn_is_masked(ev, port));
}

/** What Xen does when an event comes, or the owner unmasks the port */
static void be_xen(evtchn_t *ev, uint32_t port, bool unmask)
{
	if (unmask)
		*evtchn_word(ev, EVTCHN_MASK, port) &= ~port_bit(port);
	else
		*evtchn_word(ev, EVTCHN_PENDING, port) |= port_bit(port);
	*(evtword_t *) (page + PENDING_SEL) |= 1UL << port / WORD_BITS;
	page[UPCALL_PENDING] = 1;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static host_backend_t backend;
	input_t in = { data, size };
	evtchn_t ev = { .ports = calloc(PORTS, sizeof(evtchn_port_t)) };

	backend = host_model_backend;
	backend.hypercall = hypercall;
	host_backend = &backend;
	/* Of the fuzzer's own, so that the sanitizer sees a byte too far */
	page = calloc(1, PAGE);
	HOLD(page != NULL && ev.ports != NULL);
	ev.shared_info = page;
	step_prepare(write_word);
	input_take(&in, page + EVTCHN_PENDING, input_u16(&in) % 1024);

	for (unsigned int i = 0; i < ACTS && !input_ended(&in); i++) {
		client_t *client = &clients[input_u8(&in) % CLIENTS];

		switch (input_u8(&in) % 10) {
		case 0:
		case 1:
			make_port(&ev, client, &in);
			break;
		case 2:
			free_port(&ev, client, &in);
			break;
		case 3:
			evtchn_client_gone(&ev, client, any_port(&in));
			break;
		case 4:
			evtchn_mask_all(&ev);
			break;
		case 5:
			look(&ev, &in, evtchn_demux);
			break;
		case 6:
			look(&ev, &in, evtchn_look);
			break;
		case 7:
			choose(&in);
			write_word();
			break;
		default:
			be_xen(&ev, any_port(&in) % PORTS, input_u8(&in) & 1);
			break;
		}
	}

	free(ev.ports);
	free(page);
	return 0;
}

/** @}
 */
