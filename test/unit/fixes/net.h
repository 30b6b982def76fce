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

/** @addtogroup hosttest
 * @{
 */
/** @file What the test of packets that wait has instead of HelenOS's network
 */

#ifndef NET_H_
#define NET_H_

#include <errno.h>
#include <stddef.h>
#include <stdint.h>

typedef uint32_t addr32_t;

typedef struct {
	uint8_t b[6];
} eth_addr_t;

typedef struct {
	addr32_t src;
	addr32_t dest;
	void *data;
	size_t size;
} iplink_sdu_t;

typedef struct iplink_srv iplink_srv_t;

typedef struct {
	errno_t (*send)(iplink_srv_t *, iplink_sdu_t *);
} iplink_ops_t;

struct iplink_srv {
	iplink_ops_t *ops;
};

typedef struct {
	iplink_srv_t iplink;
} ethip_nic_t;

#define addr32_broadcast_all_hosts	0xffffffffu

extern const eth_addr_t eth_addr_broadcast;

extern errno_t arp_translate(ethip_nic_t *, addr32_t, addr32_t, eth_addr_t *);
extern errno_t atrans_lookup(addr32_t, eth_addr_t *);

#endif

/** @}
 */
