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

/** @addtogroup tcp
 * @{
 */
/** @file Segments that come to a listening port.
 *
 * Nothing is kept of a SYN, and no other segment binds the listener to its
 * sender: it becomes a connection when a cookie comes back.
 */

#include <inet/addr.h>
#include <inet/endpoint.h>
#include <mem.h>
#include <stdbool.h>
#include <task.h>
#include <time.h>

#include "conn.h"
#include "cookie.h"
#include "listen.h"
#include "segment.h"
#include "tcp_type.h"

/** The key of our cookies
 *
 * HelenOS has no source of randomness. What there is: the instants, in the
 * units of the processor's clock, when the first segments arrived.
 */
static uint64_t key[2];
static bool key_made = false;

static uint64_t ticks(void)
{
#if defined(__x86_64__) || defined(__i386__)
	return __builtin_ia32_rdtsc();
#else
	struct timespec now;

	getuptime(&now);
	return now.tv_sec * 1000000000ULL + now.tv_nsec;
#endif
}

/** Make the key, from the first segment's instant and what it says.
 *
 * @param syn What the first cookie is for
 */
static void make_key(tcp_cookie_syn_t *syn)
{
	struct timespec now;

	getuptime(&now);
	key[0] = ticks() ^ ((uint64_t) now.tv_nsec << 32);
	key[1] = ticks() * 0x9e3779b97f4a7c15 ^ task_get_id();
	key[0] = tcp_siphash(key, syn->ends, sizeof(syn->ends));
	key[1] = tcp_siphash(key, syn->ends, sizeof(syn->ends)) ^ ticks();
	key_made = true;
}

/** Describe what a cookie is for.
 *
 * @param epp Endpoints
 * @param irs Initial sequence number of the peer
 * @param syn Place for the description
 */
static void describe(inet_ep2_t *epp, uint32_t irs, tcp_cookie_syn_t *syn)
{
	const inet_ep_t *ends[2] = { &epp->local, &epp->remote };
	addr32_t v4;
	addr128_t v6;
	int i;

	memset(syn, 0, sizeof(*syn));
	syn->irs = irs;
	for (i = 0; i < 2; i++) {
		uint8_t *end = &syn->ends[18 * i];

		if (inet_addr_get(&ends[i]->addr, &v4, &v6) == ip_v4)
			memcpy(end, &v4, sizeof(v4));
		else
			memcpy(end, v6, sizeof(v6));
		memcpy(end + 16, &ends[i]->port, 2);
	}

	if (!key_made)
		make_key(syn);
}

static uint32_t period(void)
{
	struct timespec now;

	getuptime(&now);
	return now.tv_sec / TCP_COOKIE_PERIOD;
}

/** Answer a SYN.
 *
 * @param conn Connection that listens, locked
 * @param epp  Endpoints
 * @param seg  The SYN
 */
static void answer_syn(tcp_conn_t *conn, inet_ep2_t *epp, tcp_segment_t *seg)
{
	tcp_cookie_syn_t syn;
	tcp_segment_t *answer;

	answer = tcp_segment_make_ctrl(CTL_SYN | CTL_ACK);
	if (answer == NULL)
		return;

	describe(epp, seg->seq, &syn);
	answer->seq = tcp_cookie(key, &syn, period());
	answer->ack = seg->seq + 1;
	answer->wnd = conn->rcv_wnd;
	conn->retransmit.cb->transmit_seg(epp, answer);
	tcp_segment_delete(answer);
}

/** A segment came to a connection that listens.
 *
 * @param conn Connection, locked
 * @param epp  Endpoints
 * @param seg  Segment (given away if the answer is true)
 * @return True if that was all, false if the peer is there: the connection is
 *         in the state SYN-RECEIVED then, and the segment to be processed
 */
bool tcp_listen_arrived(tcp_conn_t *conn, inet_ep2_t *epp, tcp_segment_t *seg)
{
	tcp_cookie_syn_t syn;

	/* Nobody to answer to; the map takes no such endpoint. */
	if (inet_addr_is_any(&epp->remote.addr) ||
	    epp->remote.port == inet_port_any) {
		tcp_segment_delete(seg);
		return true;
	}

	if ((seg->ctrl & (CTL_SYN | CTL_ACK | CTL_RST)) == CTL_SYN) {
		answer_syn(conn, epp, seg);
		tcp_segment_delete(seg);
		return true;
	}

	if ((seg->ctrl & (CTL_SYN | CTL_ACK | CTL_RST)) == CTL_ACK) {
		describe(epp, seg->seq - 1, &syn);
		if (tcp_cookie_is_good(key, &syn, period(), seg->ack - 1)) {
			conn->irs = syn.irs;
			conn->rcv_nxt = syn.irs + 1;
			conn->iss = seg->ack - 1;
			conn->snd_una = conn->iss;
			conn->snd_nxt = conn->iss + 1;
			conn->snd_wnd = seg->wnd;
			conn->snd_wl1 = syn.irs;
			conn->snd_wl2 = conn->iss;
			/* Nobody has to know of it before it is established. */
			conn->cstate = st_syn_received;
			return false;
		}
	}

	/* Neither a connection's begin nor its proof (RFC 9293, 3.10.7.2) */
	if ((seg->ctrl & (CTL_ACK | CTL_RST)) == CTL_ACK) {
		tcp_segment_t *rst = tcp_segment_make_rst(seg);

		if (rst != NULL) {
			conn->retransmit.cb->transmit_seg(epp, rst);
			tcp_segment_delete(rst);
		}
	}

	tcp_segment_delete(seg);
	return true;
}

/** @}
 */
