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

/** @addtogroup xen-platform
 * @{
 */
/** @file
 * Event channels
 *
 * A port has a pending bit, which Xen sets, and a mask bit, which keeps a
 * pending port from raising the interrupt (public/xen.h: struct shared_info).
 *
 * The demultiplexer masks a port before it tells the owner, and only the owner
 * unmasks it, with a hypercall, when it has done its work. So a port can make
 * work once for each time that its owner asks for it, no matter how many
 * events the other side sends; a port without an owner makes work once. That
 * bounds the demultiplexer (XSA-391).
 *
 * An interrupt that does not come, a selector that was cleared too early, a
 * message to an owner for which there was no memory: each may be lost.
 * evtchn_look() asks for none of them. It looks at the bits of every port, and
 * tells an owner again that has left its port masked since it was told.
 *
 * Callers serialise.
 */

#include <as.h>
#include <barrier.h>
#include <ddi.h>
#include <ddf/log.h>
#include <limits.h>
#include <stdlib.h>
#include <xen/hypercall.h>
#include <xen/ipc/platform.h>

#include "xen-platform.h"

/** A word of the bit fields; its size is what Xen calls the guest's mode. */
typedef volatile unsigned long evtword_t;

#define WORD_BITS  (sizeof(unsigned long) * CHAR_BIT)
#define PORTS      (WORD_BITS * WORD_BITS)

/* vcpu_info of the first CPU, at which all our events arrive */
#define UPCALL_PENDING  0
#define PENDING_SEL     sizeof(unsigned long)

/* Bit fields of shared_info, a word for each bit of the selector */
#define EVTCHN_PENDING  0x800
#define EVTCHN_MASK     (EVTCHN_PENDING + WORD_BITS * sizeof(unsigned long))

static evtword_t *evtchn_word(evtchn_t *ev, size_t offset, uint32_t port)
{
	return (evtword_t *) (ev->shared_info + offset) + port / WORD_BITS;
}

static unsigned long port_bit(uint32_t port)
{
	return 1UL << (port % WORD_BITS);
}

static bool evtchn_is_masked(evtchn_t *ev, uint32_t port)
{
	return (*evtchn_word(ev, EVTCHN_MASK, port) & port_bit(port)) != 0;
}

/** Mask a port; only the hypercall unmasks, as it looks for pending events. */
static void evtchn_mask(evtchn_t *ev, uint32_t port)
{
	__atomic_fetch_or(evtchn_word(ev, EVTCHN_MASK, port), port_bit(port),
	    __ATOMIC_SEQ_CST);
}

/** Map the shared information page.
 *
 * @param ev   Event channels
 * @param phys Where to show the page, in no memory
 *
 * @return EOK or an error code
 */
errno_t evtchn_init(evtchn_t *ev, uintptr_t phys)
{
	ev->ports = calloc(PORTS, sizeof(evtchn_port_t));
	if (ev->ports == NULL)
		return ENOMEM;

	errno_t rc = xen_memory_add(XENMAPSPACE_SHARED_INFO, 0, phys);
	if (rc != EOK)
		goto err_ports;

	/* It is memory, of Xen's, in the place of a device's registers. */
	void *virt = AS_AREA_ANY;
	rc = physmem_map(phys, 1, AS_AREA_READ | AS_AREA_WRITE |
	    AS_AREA_CACHEABLE, &virt);
	if (rc != EOK)
		goto err_memory;

	ev->phys = phys;
	ev->shared_info = virt;
	return EOK;

err_memory:
	(void) xen_memory_remove(phys);
err_ports:
	free(ev->ports);
	return rc;
}

/** Unmap the shared information page. */
void evtchn_fini(evtchn_t *ev)
{
	physmem_unmap((void *) ev->shared_info);
	ev->shared_info = NULL;
	(void) xen_memory_remove(ev->phys);
	free(ev->ports);
}

/** Mask all ports, as a system before us may have left them open, and forget
 * what was announced before there was an interrupt: as long as that stands, no
 * event makes one.
 */
void evtchn_mask_all(evtchn_t *ev)
{
	volatile uint8_t *vcpu_info = ev->shared_info;

	for (uint32_t port = 0; port < PORTS; port += WORD_BITS)
		*evtchn_word(ev, EVTCHN_MASK, port) = ~0UL;

	/*
	 * After the masks, or the announcement might be there again. What is
	 * pending is found when its port is unmasked.
	 */
	memory_barrier();
	*(evtword_t *) (vcpu_info + PENDING_SEL) = 0;
	vcpu_info[UPCALL_PENDING] = 0;
}

/** Tell the owner of a port of an event. */
static void evtchn_deliver(evtchn_t *ev, uint32_t port)
{
	client_t *client = ev->ports[port].owner;

	if (client == NULL) {
		ev->stray++;
		return;
	}

	/* Not known to have arrived until the owner unmasks the port */
	ev->ports[port].told = true;
	if (client->events == NULL)
		return;

	async_exch_t *exch = async_exchange_begin(client->events);
	async_msg_1(exch, XEN_EVENT, port);
	async_exchange_end(exch);
}

/** Deliver what is pending in some words of ports.
 *
 * Each port is looked at once at most for each call.
 *
 * @param ev  Event channels
 * @param sel Words to look at, a bit for each
 */
static void evtchn_demux_words(evtchn_t *ev, unsigned long sel)
{
	while (sel != 0) {
		uint32_t first = __builtin_ctzl(sel) * WORD_BITS;
		sel &= sel - 1;

		evtword_t *pending = evtchn_word(ev, EVTCHN_PENDING, first);
		unsigned long bits = *pending &
		    ~*evtchn_word(ev, EVTCHN_MASK, first);

		while (bits != 0) {
			uint32_t port = first + __builtin_ctzl(bits);
			bits &= bits - 1;

			/*
			 * Masked first: an event that comes after the pending
			 * bit was cleared then waits for the owner.
			 */
			evtchn_mask(ev, port);
			__atomic_fetch_and(pending, ~port_bit(port),
			    __ATOMIC_SEQ_CST);
			evtchn_deliver(ev, port);
		}
	}
}

/** Deliver the events that Xen has announced. */
void evtchn_demux(evtchn_t *ev)
{
	volatile uint8_t *vcpu_info = ev->shared_info;

	/*
	 * Xen sets pending_sel and then this byte: clearing them in the other
	 * order makes sure that what comes in between raises the interrupt.
	 */
	vcpu_info[UPCALL_PENDING] = 0;
	memory_barrier();
	evtchn_demux_words(ev, __atomic_exchange_n(
	    (evtword_t *) (vcpu_info + PENDING_SEL), 0, __ATOMIC_SEQ_CST));
}

/** Deliver all events, announced or not, and once more those that an owner
 * may not have heard of; to be called now and then.
 */
void evtchn_look(evtchn_t *ev)
{
	for (uint32_t port = 0; port < PORTS; port++) {
		if (!ev->ports[port].told)
			continue;

		ev->ports[port].told = evtchn_is_masked(ev, port);
		if (ev->ports[port].told)
			evtchn_deliver(ev, port);
	}

	/* The announcement is taken as well: it may wait for a lost edge. */
	evtchn_demux(ev);
	evtchn_demux_words(ev, ~0UL);
}

/** Make a port for a client.
 *
 * @param ev     Event channels
 * @param client Owner to be
 * @param domid  Domain that may bind to the port
 * @param port   Place for the port
 *
 * @return EOK or an error code
 */
errno_t evtchn_port_alloc(evtchn_t *ev, client_t *client, uint16_t domid,
    uint32_t *port)
{
	uint32_t p;
	errno_t rc = xen_evtchn_alloc_unbound(domid, &p);
	if (rc != EOK)
		return rc;

	rc = evtchn_port_claim(ev, client, p);
	if (rc != EOK) {
		(void) xen_evtchn_close(p);
		return rc;
	}

	*port = p;
	return EOK;
}

/** Make a client the owner of a port that exists.
 *
 * @return EOK, EBUSY if it has an owner, ELIMIT if its number is too high
 */
errno_t evtchn_port_claim(evtchn_t *ev, client_t *client, uint64_t port)
{
	if (port >= PORTS)
		return ELIMIT;
	if (ev->ports[port].owner != NULL)
		return EBUSY;

	evtchn_mask(ev, port);
	ev->ports[port].owner = client;
	return EOK;
}

/** A port has no owner any more, and no event of it goes anywhere. */
static void port_release(evtchn_t *ev, uint32_t port)
{
	evtchn_mask(ev, port);
	ev->ports[port].owner = NULL;
	ev->ports[port].told = false;
}

/** Close a port of a client.
 *
 * @return EOK, or ENOENT if it is not the client's
 */
errno_t evtchn_port_free(evtchn_t *ev, client_t *client, uint64_t port)
{
	if (port >= PORTS || ev->ports[port].owner != client)
		return ENOENT;

	port_release(ev, port);
	return xen_evtchn_close(port);
}

/** Close all ports of a client that is gone.
 *
 * @param ev     Event channels
 * @param client The client
 * @param keep   Port that is not closed: xenstore's cannot be made again
 */
void evtchn_client_gone(evtchn_t *ev, client_t *client, uint32_t keep)
{
	for (uint32_t port = 0; port < PORTS; port++) {
		if (ev->ports[port].owner != client)
			continue;

		port_release(ev, port);
		if (port != keep)
			(void) xen_evtchn_close(port);
	}
}

/** Number of ports that have an owner */
size_t evtchn_usage(evtchn_t *ev)
{
	size_t count = 0;

	for (uint32_t port = 0; port < PORTS; port++) {
		if (ev->ports[port].owner != NULL)
			count++;
	}

	return count;
}

/** @}
 */
