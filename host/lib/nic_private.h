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
/** @file A network card, and what it receives
 */

#ifndef HOST_LIB_NIC_PRIVATE_H_
#define HOST_LIB_NIC_PRIVATE_H_

#include <fibril_synch.h>
#include <host/nic_client.h>
#include <nic.h>
#include <stdatomic.h>

/** A list of addresses */
typedef struct {
	nic_address_t *addr;
	size_t count;
} nic_addr_list_t;

/** Receive control: which frames clients get */
typedef struct {
	nic_address_t own;
	nic_unicast_mode_t unicast_mode;
	nic_multicast_mode_t multicast_mode;
	nic_broadcast_mode_t broadcast_mode;
	nic_addr_list_t unicast;
	nic_addr_list_t multicast;
	nic_addr_list_t blocked;
	/** NULL: no VLAN filter */
	nic_vlan_mask_t *vlan_mask;
	/** The device passes only what is wanted: do not check again. Drivers
	 * change them at other times than libnic says, so they are atomic.
	 */
	atomic_bool unicast_exact;
	atomic_bool multicast_exact;
	atomic_bool vlan_exact;
} nic_rxc_t;

struct nic {
	ddf_dev_t *dev;
	ddf_fun_t *fun;
	void *specific;

	/** Guards what follows up to rxc_lock. Taken before other locks. */
	fibril_rwlock_t main_lock;
	/** Written with the main lock, read without as in HelenOS */
	_Atomic nic_device_state_t state;
	atomic_int tx_busy;
	nic_address_t mac;
	nic_address_t default_mac;
	/** Set once */
	_Atomic(host_nic_client_t *) client;
	nic_poll_mode_t poll_mode;
	struct timespec poll_period;
	nic_poll_mode_t default_poll_mode;
	struct timespec default_poll_period;

	/** Guards rxc */
	fibril_rwlock_t rxc_lock;
	nic_rxc_t rxc;

	/** Guards stats */
	fibril_mutex_t stats_lock;
	nic_device_stats_t stats;

	/** Guards the three fields below: polling by a fibril */
	fibril_mutex_t poll_lock;
	fibril_condvar_t poll_cv;
	bool poll_running;
	bool poll_fibril;
	bool poll_end;

	int wol_max_caps[NIC_WV_MAX];

	/* Set in dev_add only */
	send_frame_handler send_frame;
	state_change_handler on_activating;
	state_change_handler on_going_down;
	state_change_handler on_stopping;
	unicast_mode_change_handler on_unicast;
	multicast_mode_change_handler on_multicast;
	broadcast_mode_change_handler on_broadcast;
	blocked_sources_change_handler on_blocked;
	vlan_mask_change_handler on_vlan;
	wol_virtue_add_handler on_wol_add;
	wol_virtue_remove_handler on_wol_remove;
	poll_mode_change_handler on_poll_mode;
	poll_request_handler on_poll_request;
};

extern void nic_rxc_reset(nic_rxc_t *);
extern bool nic_rxc_check(const nic_rxc_t *, const uint8_t *, size_t,
    nic_frame_type_t *);
extern errno_t nic_addr_list_set(nic_addr_list_t *, const nic_address_t *,
    size_t);
extern void nic_addr_list_get(const nic_addr_list_t *, size_t,
    nic_address_t *, size_t *);

extern void nic_end_polling(nic_t *);
extern void nic_tell_addr(nic_t *, const nic_address_t *);
extern void nic_tell_state(nic_t *, nic_device_state_t);

#endif

/** @}
 */
