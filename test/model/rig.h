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

/** @addtogroup test_model
 * @{
 */
/** @file A network device, its driver and a client, together
 *
 *   rig_create()   a device; change it as the test likes
 *   rig_add()      plug it in, dev_add
 *   rig_up()       a client brings the card up, as the IP stack does
 *   ...
 *   rig_remove()   dev_remove; nothing is left of the driver
 *   rig_destroy()
 */

#ifndef TEST_MODEL_RIG_H_
#define TEST_MODEL_RIG_H_

#include <host/ddf.h>
#include <host/nic_client.h>
#include "fault.h"
#include "net.h"
#include "suite.h"

/** Test frames' Ethertype, length of their header, shortest of them */
#define FRAME_TYPE	0x88b5
#define FRAME_MIN	60
#define FRAME_MAX	1514

typedef struct rig {
	net_t *net;
	vm_t *vm;
	async_sess_t *sess;
	ddf_dev_t *dev;
	ddf_fun_t *fun;
	host_nic_client_t *client;
	nic_address_t mac;

	/* What the client got; test frames come in order */
	atomic_ulong received;
	atomic_ulong received_bytes;
	/** Frames that are no test frames, as they were sent */
	atomic_ulong strange;
	/** Frames of a length that no frame has */
	atomic_ulong bad_sizes;
	/** Test frames whose number is not that of the last one plus 1 */
	atomic_ulong out_of_order;
	atomic_uint last_number;
	atomic_ulong state_changes;
	/** Sends each frame back */
	atomic_bool echo;
	/** So many more frames come, each while the last one is delivered */
	atomic_uint follow;
	/** Client is busy with the frame that it was given. */
	atomic_bool busy;

	/* What the device sent */
	atomic_ulong sent;
	atomic_ulong sent_strange;
	atomic_ulong sent_out_of_order;
	atomic_uint last_sent;
	/** The last frame sent that is no test frame */
	uint8_t strange_frame[FRAME_MAX];
	atomic_ulong strange_size;

	/** Numbers of the next test frames, each way */
	uint32_t next_in;
	uint32_t next_out;
	/** DMA memory that the driver may keep: the device was never reset */
	bool may_leak;
} rig_t;

extern rig_t *rig_create(vm_kind_t, uint64_t);
extern errno_t rig_add(rig_t *);
extern void rig_connect(rig_t *);
extern void rig_up(rig_t *);
extern rig_t *rig_start(vm_kind_t, uint64_t);
extern void rig_remove(rig_t *);
extern void rig_gone(rig_t *);
extern void rig_end_client(rig_t *);
extern void rig_destroy(rig_t *);
extern void rig_end(rig_t *);
extern void rig_rest(rig_t *);
extern void rig_check_clean(rig_t *);

extern void rig_make_frame(const rig_t *, uint8_t *, size_t, uint32_t, bool);
extern errno_t rig_send_raw(rig_t *, const void *, size_t);
extern errno_t rig_send(rig_t *, size_t);
extern bool rig_receive(rig_t *, size_t);
extern unsigned int rig_receive_burst(rig_t *, unsigned int, size_t);
extern void rig_expect_traffic(rig_t *);
extern void rig_resync(rig_t *);
extern void rig_revive(rig_t *);
extern void rig_set_vlans(rig_t *, const nic_vlan_mask_t *);
extern bool rig_probe(rig_t *, const uint8_t *, int);
extern void rig_expect_no_strangers(rig_t *);
extern void rig_stats(rig_t *, nic_device_stats_t *);
extern nic_device_state_t rig_state(rig_t *);
extern nic_cable_state_t rig_cable(rig_t *);

extern bool rig_logged(const char *);
extern unsigned int rig_count_logged(const char *);

extern int virtio_net_main(int, char *[]);

/* fuzz.c */
extern int fuzz_virtio_net(const uint8_t *, size_t);

#endif

/** @}
 */
