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

/** @addtogroup xen-netfront
 * @{
 */
/** @file
 * The NIC interface, as far as it is not sending
 *
 * A back end passes all frames on that reach it, or all but some multicast ones
 * (mcast.c). Nothing else is filtered, so libnic is told that it has to, except
 * where all frames are wanted.
 */

#include <errno.h>
#include <mem.h>
#include <nic_impl.h>
#include <str.h>
#include <time.h>

#include "xen-netfront.h"

static xn_t *from_fun(ddf_fun_t *fun)
{
	return nic_get_specific(nic_get_from_ddf_fun(fun));
}

static errno_t get_device_info(ddf_fun_t *fun, nic_device_info_t *info)
{
	memset(info, 0, sizeof(*info));
	str_cpy(info->vendor_name, NIC_VENDOR_MAX_LENGTH, "Xen");
	str_cpy(info->model_name, NIC_MODEL_MAX_LENGTH,
	    "Xen paravirtual network device");
	info->vendor_id = XN_VENDOR_ID;
	return EOK;
}

static errno_t get_cable_state(ddf_fun_t *fun, nic_cable_state_t *state)
{
	xn_t *net = from_fun(fun);

	fibril_mutex_lock(&net->lock);
	if (net->phase == XN_BROKEN || net->phase == XN_GONE)
		*state = NIC_CS_UNKNOWN;
	else
		*state = net->link_up ? NIC_CS_PLUGGED : NIC_CS_UNPLUGGED;
	fibril_mutex_unlock(&net->lock);
	return EOK;
}

/** Frames are copied from memory to memory: there is no speed to tell. */
static errno_t get_operation_mode(ddf_fun_t *fun, int *speed,
    nic_channel_mode_t *duplex, nic_role_t *role)
{
	*speed = 0;
	*duplex = NIC_CM_FULL_DUPLEX;
	*role = NIC_ROLE_UNKNOWN;
	return EOK;
}

/** The back end does not know of addresses; the host's bridge learns them. */
static errno_t set_address(ddf_fun_t *fun, const nic_address_t *address)
{
	if ((address->address[0] & 1) != 0 || MAC_IS_ZERO(address->address))
		return EINVAL;

	return nic_report_address(from_fun(fun)->nic, address);
}

/** Statistics count frames when the back end is done with them. */
static errno_t get_stats(ddf_fun_t *fun, nic_device_stats_t *stats)
{
	xn_t *net = from_fun(fun);

	fibril_mutex_lock(&net->lock);
	xn_tx_reclaim(net);
	fibril_mutex_unlock(&net->lock);

	return nic_get_stats_impl(fun, stats);
}

static void set_active(nic_t *nic, bool active)
{
	xn_t *net = nic_get_specific(nic);

	fibril_mutex_lock(&net->lock);
	net->active = active;
	fibril_condvar_broadcast(&net->tx_cv);
	fibril_mutex_unlock(&net->lock);
}

/** The device is removed: libnic keeps no settings of it any more. */
static bool is_gone(xn_t *net)
{
	fibril_mutex_lock(&net->lock);
	bool gone = net->phase == XN_GONE;
	fibril_mutex_unlock(&net->lock);
	return gone;
}

static errno_t on_activating(nic_t *nic)
{
	xn_t *net = nic_get_specific(nic);

	if (is_gone(net))
		return EIO;

	/* libnic takes a NIC for one that filters, until it is told. */
	nic_unicast_mode_t unicast;
	nic_multicast_mode_t multicast;
	nic_query_unicast(nic, &unicast, 0, NULL, NULL);
	nic_query_multicast(nic, &multicast, 0, NULL, NULL);
	nic_report_hw_filtering(nic, unicast == NIC_UNICAST_PROMISC,
	    multicast == NIC_MULTICAST_PROMISC, 0);

	set_active(nic, true);
	return EOK;
}

static errno_t on_going_down(nic_t *nic)
{
	set_active(nic, false);
	return EOK;
}

static errno_t on_stopping(nic_t *nic)
{
	xn_t *net = nic_get_specific(nic);

	set_active(nic, false);

	fibril_mutex_lock(&net->lock);
	net->poll_mode = NIC_POLL_IMMEDIATE;
	xn_post(net, XN_EV_RECEIVE);
	/* libnic forgets all modes, too. */
	xn_mcast_all(net);
	fibril_mutex_unlock(&net->lock);
	return EOK;
}

static errno_t on_unicast(nic_t *nic, nic_unicast_mode_t mode,
    const nic_address_t *addr, size_t count)
{
	if (is_gone(nic_get_specific(nic)))
		return EIO;

	nic_report_hw_filtering(nic, mode == NIC_UNICAST_PROMISC, -1, -1);
	return EOK;
}

static errno_t on_broadcast(nic_t *nic, nic_broadcast_mode_t mode)
{
	return EOK;
}

static void on_vlan(nic_t *nic, const nic_vlan_mask_t *mask)
{
	nic_report_hw_filtering(nic, -1, -1, 0);
}

/** Poll mode: the worker polls by itself, so any period is the device's. */
static errno_t on_poll_mode(nic_t *nic, nic_poll_mode_t mode,
    const struct timespec *period)
{
	xn_t *net = nic_get_specific(nic);

	fibril_mutex_lock(&net->lock);
	switch (mode) {
	case NIC_POLL_PERIODIC:
	case NIC_POLL_SOFTWARE_PERIODIC:
		net->poll_mode = NIC_POLL_PERIODIC;
		net->poll_period = SEC2MSEC(period->tv_sec) +
		    NSEC2MSEC(period->tv_nsec);
		if (net->poll_period == 0)
			net->poll_period = 1;
		break;
	default:
		net->poll_mode = mode;
		break;
	}

	/*
	 * Immediate: take what is there and let events through from then on.
	 * Periodic: let the worker sleep for the new period.
	 */
	xn_post(net, mode == NIC_POLL_IMMEDIATE ? XN_EV_RECEIVE : 0);
	fibril_mutex_unlock(&net->lock);
	return EOK;
}

/** Poll now. Frames are delivered by the worker, for libnic holds a lock. */
static void on_poll_request(nic_t *nic)
{
	xn_t *net = nic_get_specific(nic);

	fibril_mutex_lock(&net->lock);
	xn_post(net, XN_EV_RECEIVE);
	fibril_mutex_unlock(&net->lock);
}

/** What the driver does itself; libnic does the rest or answers ENOTSUP. */
nic_iface_t xn_nic_iface = {
	.set_address = set_address,
	.get_stats = get_stats,
	.get_device_info = get_device_info,
	.get_cable_state = get_cable_state,
	.get_operation_mode = get_operation_mode
};

/** Tell libnic the driver's handlers. */
void xn_set_handlers(nic_t *nic)
{
	nic_set_send_frame_handler(nic, xn_send);
	nic_set_state_change_handlers(nic, on_activating, on_going_down,
	    on_stopping);
	nic_set_filtering_change_handlers(nic, on_unicast, xn_on_multicast,
	    on_broadcast, NULL, on_vlan);
	nic_set_poll_handlers(nic, on_poll_mode, on_poll_request);
}

/** @}
 */
