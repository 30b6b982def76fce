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
/** @file Default methods of a network card's interface
 */

#include <assert.h>
#include <errno.h>
#include <mem.h>
#include <nic_impl.h>
#include <stdlib.h>
#include "nic_private.h"

errno_t nic_get_state_impl(ddf_fun_t *fun, nic_device_state_t *state)
{
	*state = nic_get_from_ddf_fun(fun)->state;
	return EOK;
}

/** Forget everything that clients set up. The main lock is held. */
static void forget_settings(nic_t *nic)
{
	nic_tell_addr(nic, &nic->default_mac);
	nic->mac = nic->default_mac;
	nic->poll_mode = nic->default_poll_mode;
	nic->poll_period = nic->default_poll_period;

	fibril_mutex_lock(&nic->stats_lock);
	memset(&nic->stats, 0, sizeof(nic->stats));
	fibril_mutex_unlock(&nic->stats_lock);

	fibril_rwlock_write_lock(&nic->rxc_lock);
	nic->rxc.own = nic->default_mac;
	nic_rxc_reset(&nic->rxc);
	fibril_rwlock_write_unlock(&nic->rxc_lock);

	nic_sw_period_stop(nic);
}

errno_t nic_set_state_impl(ddf_fun_t *fun, nic_device_state_t state)
{
	nic_t *nic = nic_get_from_ddf_fun(fun);
	state_change_handler handler = NULL;
	errno_t rc = EOK;

	if (state >= NIC_STATE_MAX)
		return EINVAL;
	fibril_rwlock_write_lock(&nic->main_lock);
	if (nic->state == state)
		goto out;
	if (state == NIC_STATE_ACTIVE && nic->client == NULL) {
		rc = EINVAL;
		goto out;
	}

	switch (state) {
	case NIC_STATE_STOPPED:
		handler = nic->on_stopping;
		break;
	case NIC_STATE_DOWN:
		handler = nic->on_going_down;
		break;
	default:
		handler = nic->on_activating;
	}
	if (handler != NULL && handler(nic) != EOK) {
		rc = EINVAL;
		goto out;
	}
	if (state == NIC_STATE_STOPPED)
		forget_settings(nic);
	nic->state = state;
	nic_tell_state(nic, state);
out:
	fibril_rwlock_write_unlock(&nic->main_lock);
	return rc;
}

errno_t nic_send_frame_impl(ddf_fun_t *fun, void *data, size_t size)
{
	nic_t *nic = nic_get_from_ddf_fun(fun);
	errno_t rc = EBUSY;

	fibril_rwlock_read_lock(&nic->main_lock);
	if (nic->state == NIC_STATE_ACTIVE && !nic->tx_busy) {
		nic->send_frame(nic, data, size);
		rc = EOK;
	}
	fibril_rwlock_read_unlock(&nic->main_lock);
	return rc;
}

errno_t nic_get_address_impl(ddf_fun_t *fun, nic_address_t *addr)
{
	nic_t *nic = nic_get_from_ddf_fun(fun);

	fibril_rwlock_read_lock(&nic->main_lock);
	*addr = nic->mac;
	fibril_rwlock_read_unlock(&nic->main_lock);
	return EOK;
}

errno_t nic_get_stats_impl(ddf_fun_t *fun, nic_device_stats_t *stats)
{
	nic_t *nic = nic_get_from_ddf_fun(fun);

	fibril_mutex_lock(&nic->stats_lock);
	*stats = nic->stats;
	fibril_mutex_unlock(&nic->stats_lock);
	return EOK;
}

errno_t nic_unicast_get_mode_impl(ddf_fun_t *fun, nic_unicast_mode_t *mode,
    size_t max, nic_address_t *addr, size_t *count)
{
	nic_t *nic = nic_get_from_ddf_fun(fun);

	fibril_rwlock_read_lock(&nic->rxc_lock);
	nic_query_unicast(nic, mode, max, addr, count);
	fibril_rwlock_read_unlock(&nic->rxc_lock);
	return EOK;
}

static bool all_multicast(const nic_address_t *addr, size_t count, bool wanted)
{
	for (size_t i = 0; i < count; i++) {
		if (((addr[i].address[0] & 1) != 0) != wanted)
			return false;
	}
	return true;
}

errno_t nic_unicast_set_mode_impl(ddf_fun_t *fun, nic_unicast_mode_t mode,
    const nic_address_t *addr, size_t count)
{
	nic_t *nic = nic_get_from_ddf_fun(fun);
	errno_t rc = ENOTSUP;

	if (!all_multicast(addr, count, false))
		return EINVAL;
	fibril_rwlock_write_lock(&nic->rxc_lock);
	if (nic->on_unicast != NULL)
		rc = nic->on_unicast(nic, mode, addr, count);
	if (rc == EOK)
		rc = nic_addr_list_set(&nic->rxc.unicast, addr, count);
	if (rc == EOK) {
		nic->rxc.unicast_mode = mode;
		nic->rxc.own = nic->mac;
	}
	fibril_rwlock_write_unlock(&nic->rxc_lock);
	return rc;
}

errno_t nic_multicast_get_mode_impl(ddf_fun_t *fun,
    nic_multicast_mode_t *mode, size_t max, nic_address_t *addr,
    size_t *count)
{
	nic_t *nic = nic_get_from_ddf_fun(fun);

	fibril_rwlock_read_lock(&nic->rxc_lock);
	nic_query_multicast(nic, mode, max, addr, count);
	fibril_rwlock_read_unlock(&nic->rxc_lock);
	return EOK;
}

errno_t nic_multicast_set_mode_impl(ddf_fun_t *fun, nic_multicast_mode_t mode,
    const nic_address_t *addr, size_t count)
{
	nic_t *nic = nic_get_from_ddf_fun(fun);
	errno_t rc = ENOTSUP;

	if (!all_multicast(addr, count, true))
		return EINVAL;
	fibril_rwlock_write_lock(&nic->rxc_lock);
	if (nic->on_multicast != NULL)
		rc = nic->on_multicast(nic, mode, addr, count);
	if (rc == EOK)
		rc = nic_addr_list_set(&nic->rxc.multicast, addr, count);
	if (rc == EOK)
		nic->rxc.multicast_mode = mode;
	fibril_rwlock_write_unlock(&nic->rxc_lock);
	return rc;
}

errno_t nic_broadcast_get_mode_impl(ddf_fun_t *fun, nic_broadcast_mode_t *mode)
{
	nic_t *nic = nic_get_from_ddf_fun(fun);

	fibril_rwlock_read_lock(&nic->rxc_lock);
	nic_query_broadcast(nic, mode);
	fibril_rwlock_read_unlock(&nic->rxc_lock);
	return EOK;
}

errno_t nic_broadcast_set_mode_impl(ddf_fun_t *fun, nic_broadcast_mode_t mode)
{
	nic_t *nic = nic_get_from_ddf_fun(fun);
	errno_t rc = ENOTSUP;

	fibril_rwlock_write_lock(&nic->rxc_lock);
	if (nic->on_broadcast != NULL)
		rc = nic->on_broadcast(nic, mode);
	if (rc == EOK)
		nic->rxc.broadcast_mode = mode;
	fibril_rwlock_write_unlock(&nic->rxc_lock);
	return rc;
}

errno_t nic_blocked_sources_get_impl(ddf_fun_t *fun, size_t max,
    nic_address_t *addr, size_t *count)
{
	nic_t *nic = nic_get_from_ddf_fun(fun);

	fibril_rwlock_read_lock(&nic->rxc_lock);
	nic_query_blocked_sources(nic, max, addr, count);
	fibril_rwlock_read_unlock(&nic->rxc_lock);
	return EOK;
}

errno_t nic_blocked_sources_set_impl(ddf_fun_t *fun,
    const nic_address_t *addr, size_t count)
{
	nic_t *nic = nic_get_from_ddf_fun(fun);

	fibril_rwlock_write_lock(&nic->rxc_lock);
	if (nic->on_blocked != NULL)
		nic->on_blocked(nic, addr, count);
	errno_t rc = nic_addr_list_set(&nic->rxc.blocked, addr, count);
	fibril_rwlock_write_unlock(&nic->rxc_lock);
	return rc;
}

errno_t nic_vlan_get_mask_impl(ddf_fun_t *fun, nic_vlan_mask_t *mask)
{
	nic_t *nic = nic_get_from_ddf_fun(fun);

	fibril_rwlock_read_lock(&nic->rxc_lock);
	errno_t rc = nic_query_vlan_mask(nic, mask);
	fibril_rwlock_read_unlock(&nic->rxc_lock);
	return rc;
}

/** NULL: no VLAN filter */
errno_t nic_vlan_set_mask_impl(ddf_fun_t *fun, const nic_vlan_mask_t *mask)
{
	nic_t *nic = nic_get_from_ddf_fun(fun);
	nic_vlan_mask_t *copy = NULL;

	if (mask != NULL) {
		copy = malloc(sizeof(nic_vlan_mask_t));
		if (copy == NULL)
			return ENOMEM;
		*copy = *mask;
	}
	fibril_rwlock_write_lock(&nic->rxc_lock);
	free(nic->rxc.vlan_mask);
	nic->rxc.vlan_mask = copy;
	if (nic->on_vlan != NULL)
		nic->on_vlan(nic, mask);
	fibril_rwlock_write_unlock(&nic->rxc_lock);
	return EOK;
}

/*
 * Wake on LAN is not in here.
 */

errno_t nic_wol_virtue_add_impl(ddf_fun_t *fun, nic_wv_type_t type,
    const void *data, size_t length, nic_wv_id_t *id)
{
	(void) fun;
	(void) type;
	(void) data;
	(void) length;
	(void) id;
	return ENOTSUP;
}

errno_t nic_wol_virtue_remove_impl(ddf_fun_t *fun, nic_wv_id_t id)
{
	(void) fun;
	(void) id;
	return ENOTSUP;
}

errno_t nic_wol_virtue_probe_impl(ddf_fun_t *fun, nic_wv_id_t id,
    nic_wv_type_t *type, size_t max, void *data, size_t *length)
{
	(void) fun;
	(void) id;
	(void) type;
	(void) max;
	(void) data;
	(void) length;
	return ENOENT;
}

errno_t nic_wol_virtue_list_impl(ddf_fun_t *fun, nic_wv_type_t type,
    size_t max, nic_wv_id_t *ids, size_t *count)
{
	(void) fun;
	(void) type;
	(void) max;
	(void) ids;
	*count = 0;
	return EOK;
}

errno_t nic_wol_virtue_get_caps_impl(ddf_fun_t *fun, nic_wv_type_t type,
    int *count)
{
	*count = nic_query_wol_max_caps(nic_get_from_ddf_fun(fun), type);
	return EOK;
}

/*
 * Polling
 */

errno_t nic_poll_get_mode_impl(ddf_fun_t *fun, nic_poll_mode_t *mode,
    struct timespec *period)
{
	nic_t *nic = nic_get_from_ddf_fun(fun);

	fibril_rwlock_read_lock(&nic->main_lock);
	*mode = nic_query_poll_mode(nic, period);
	fibril_rwlock_read_unlock(&nic->main_lock);
	return EOK;
}

static bool is_periodic(nic_poll_mode_t mode)
{
	return mode == NIC_POLL_PERIODIC || mode == NIC_POLL_SOFTWARE_PERIODIC;
}

errno_t nic_poll_set_mode_impl(ddf_fun_t *fun, nic_poll_mode_t mode,
    const struct timespec *period)
{
	nic_t *nic = nic_get_from_ddf_fun(fun);

	if (nic->on_poll_mode == NULL)
		return ENOTSUP;
	if (mode == NIC_POLL_ON_DEMAND && nic->on_poll_request == NULL)
		return ENOTSUP;
	if (is_periodic(mode) && (period == NULL || period->tv_sec < 0 ||
	    period->tv_nsec < 0 ||
	    (period->tv_sec == 0 && period->tv_nsec == 0)))
		return EINVAL;

	fibril_rwlock_write_lock(&nic->main_lock);
	errno_t rc = nic->on_poll_mode(nic, mode, period);
	assert(rc == EOK || rc == ENOTSUP || rc == EINVAL);
	/* A card without a timer is polled on demand, by a fibril. */
	bool emulate = rc == ENOTSUP && is_periodic(mode) &&
	    nic->on_poll_request != NULL;
	if (emulate) {
		rc = nic->on_poll_mode(nic, NIC_POLL_ON_DEMAND, NULL);
		assert(rc == EOK || rc == ENOTSUP);
	}
	if (rc == EOK) {
		nic->poll_mode = mode;
		if (period != NULL)
			nic->poll_period = *period;
		/*
		 * HelenOS's libnic lets the fibril go on in the other modes
		 * until the card is stopped; so does this one.
		 */
		if (emulate)
			nic_sw_period_start(nic);
	}
	fibril_rwlock_write_unlock(&nic->main_lock);
	return rc;
}

errno_t nic_poll_now_impl(ddf_fun_t *fun)
{
	nic_t *nic = nic_get_from_ddf_fun(fun);
	errno_t rc = EOK;

	fibril_rwlock_read_lock(&nic->main_lock);
	if (nic->poll_mode != NIC_POLL_ON_DEMAND)
		rc = EINVAL;
	else if (nic->on_poll_request == NULL)
		rc = ENOTSUP;
	else
		nic->on_poll_request(nic);
	fibril_rwlock_read_unlock(&nic->main_lock);
	return rc;
}

void nic_default_handler_impl(ddf_fun_t *fun, ipc_call_t *call)
{
	(void) fun;
	async_answer_0(call, ENOTSUP);
}

errno_t nic_open_impl(ddf_fun_t *fun)
{
	(void) fun;
	return EOK;
}

void nic_close_impl(ddf_fun_t *fun)
{
	(void) fun;
}

/** @}
 */
