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

/** @addtogroup virtio-net
 * @{
 */
/**
 * @file
 * @brief The NIC interface, as far as it is not sending and filtering
 */

#include <errno.h>
#include <mem.h>
#include <nic_impl.h>
#include <str.h>
#include "virtio-net.h"

#define PCI_VENDOR_VIRTIO	0x1af4

static vnet_t *from_fun(ddf_fun_t *fun)
{
	return nic_get_specific(nic_get_from_ddf_fun(fun));
}

static errno_t get_device_info(ddf_fun_t *fun, nic_device_info_t *info)
{
	vnet_t *net = from_fun(fun);
	errno_t rc = EOK;

	memset(info, 0, sizeof(*info));
	str_cpy(info->vendor_name, NIC_VENDOR_MAX_LENGTH, "virtio");
	info->vendor_id = PCI_VENDOR_VIRTIO;

	fibril_mutex_lock(&net->lock);
	if (net->vdev != NULL) {
		str_cpy(info->model_name, NIC_MODEL_MAX_LENGTH,
		    virtio_is_legacy(net->vdev) ?
		    "Virtio network device (legacy)" :
		    "Virtio network device");
		info->device_id = virtio_pci_device_id(net->vdev);
	} else {
		rc = EIO;
	}
	fibril_mutex_unlock(&net->lock);
	return rc;
}

static errno_t get_cable_state(ddf_fun_t *fun, nic_cable_state_t *state)
{
	vnet_t *net = from_fun(fun);

	fibril_mutex_lock(&net->lock);
	if (net->phase == VNET_FAILED || net->phase == VNET_GONE)
		*state = NIC_CS_UNKNOWN;
	else
		*state = net->link_up ? NIC_CS_PLUGGED : NIC_CS_UNPLUGGED;
	fibril_mutex_unlock(&net->lock);
	return EOK;
}

static errno_t get_operation_mode(ddf_fun_t *fun, int *speed,
    nic_channel_mode_t *duplex, nic_role_t *role)
{
	vnet_t *net = from_fun(fun);

	fibril_mutex_lock(&net->lock);
	*speed = net->link_up ? net->speed : 0;
	*duplex = net->duplex;
	*role = NIC_ROLE_UNKNOWN;
	fibril_mutex_unlock(&net->lock);
	return EOK;
}

/** Tell the device its address, if it lets itself be told. */
static errno_t change_address(vnet_t *net, const nic_address_t *address)
{
	errno_t rc = EIO;

	fibril_mutex_lock(&net->dev_lock);
	if (net->vdev != NULL)
		rc = vnet_set_mac(net, address);
	if (rc == EOK)
		net->mac = *address;
	fibril_mutex_unlock(&net->dev_lock);
	return rc;
}

static errno_t set_address(ddf_fun_t *fun, const nic_address_t *address)
{
	vnet_t *net = from_fun(fun);
	nic_address_t old;

	if ((address->address[0] & 1) != 0 || MAC_IS_ZERO(address->address))
		return EINVAL;

	errno_t rc = nic_get_address_impl(fun, &old);
	if (rc == EOK)
		rc = change_address(net, address);
	if (rc != EOK)
		return rc;

	/* Not with a lock held: it waits for the client */
	rc = nic_report_address(net->nic, address);
	if (rc != EOK)
		(void) change_address(net, &old);
	return rc;
}

/** Statistics count frames when the device is done with them. */
static errno_t get_stats(ddf_fun_t *fun, nic_device_stats_t *stats)
{
	vnet_t *net = from_fun(fun);

	fibril_mutex_lock(&net->lock);
	if (net->phase == VNET_RUNNING)
		vnet_tx_reclaim(net);
	fibril_mutex_unlock(&net->lock);

	return nic_get_stats_impl(fun, stats);
}

/** Start the device with frames flowing, or without. */
static errno_t set_active(nic_t *nic, bool active, bool forget)
{
	vnet_t *net = nic_get_specific(nic);

	fibril_mutex_lock(&net->dev_lock);

	if (forget) {
		vnet_filter_init(&net->filter);
		net->mac = net->default_mac;
	}

	fibril_mutex_lock(&net->lock);
	net->active = active;
	net->restarts = 0;
	if (forget)
		net->poll_mode = NIC_POLL_IMMEDIATE;
	fibril_mutex_unlock(&net->lock);

	errno_t rc = vnet_start(net);
	fibril_mutex_unlock(&net->dev_lock);
	return rc;
}

static errno_t on_activating(nic_t *nic)
{
	vnet_t *net = nic_get_specific(nic);

	/*
	 * libnic forgot that the device's filters are not exact when it was
	 * stopped; it can be told from a change of mode only.
	 */
	errno_t rc = EOK;
	if (net->stopped) {
		rc = nic_unicast_set_mode_impl(net->fun, NIC_UNICAST_DEFAULT,
		    NULL, 0);
	}
	if (rc != EOK)
		return rc;
	net->stopped = false;

	rc = set_active(nic, true, false);
	if (rc != EOK) {
		fibril_mutex_lock(&net->lock);
		net->active = false;
		fibril_mutex_unlock(&net->lock);
	}
	return rc;
}

/** A device that cannot be started again is as still as one that can. */
static errno_t on_going_down(nic_t *nic)
{
	(void) set_active(nic, false, false);
	return EOK;
}

static errno_t on_stopping(nic_t *nic)
{
	vnet_t *net = nic_get_specific(nic);

	net->stopped = true;
	(void) set_active(nic, false, true);
	return EOK;
}

/** Poll mode: the worker polls by itself, so any period is the device's. */
static errno_t on_poll_mode(nic_t *nic, nic_poll_mode_t mode,
    const struct timespec *period)
{
	vnet_t *net = nic_get_specific(nic);

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

	if (net->phase == VNET_RUNNING)
		virtq_disable_irq(net->rxq);
	net->events &= ~VNET_EV_RECEIVE;
	/*
	 * Immediate: take what is there and ask for interrupts from then on.
	 * Periodic: let the worker sleep for the new period.
	 */
	vnet_post(net, mode == NIC_POLL_IMMEDIATE ? VNET_EV_RECEIVE : 0);
	fibril_mutex_unlock(&net->lock);
	return EOK;
}

/** Poll now. Frames are delivered by the worker, for libnic holds a lock. */
static void on_poll_request(nic_t *nic)
{
	vnet_t *net = nic_get_specific(nic);

	fibril_mutex_lock(&net->lock);
	vnet_post(net, VNET_EV_RECEIVE);
	fibril_mutex_unlock(&net->lock);
}

/** What the driver does itself; libnic does the rest or answers ENOTSUP. */
nic_iface_t vnet_nic_iface = {
	.set_address = set_address,
	.get_stats = get_stats,
	.get_device_info = get_device_info,
	.get_cable_state = get_cable_state,
	.get_operation_mode = get_operation_mode
};

/** Tell libnic the driver's handlers. */
void vnet_set_handlers(nic_t *nic)
{
	nic_set_send_frame_handler(nic, vnet_send);
	nic_set_state_change_handlers(nic, on_activating, on_going_down,
	    on_stopping);
	nic_set_filtering_change_handlers(nic, vnet_on_unicast,
	    vnet_on_multicast, vnet_on_broadcast, NULL, vnet_on_vlan);
	nic_set_poll_handlers(nic, on_poll_mode, on_poll_request);
}

/** @}
 */
