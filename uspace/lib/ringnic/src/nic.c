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

/** @addtogroup libringnic
 * @{
 */
/**
 * @file
 * @brief The life with libnic, and devices that come and go
 *
 * No card's filters are exact: what is not wanted may still arrive, and
 * certainly does right after a change. libnic is told so and filters, except
 * where all frames are wanted.
 */

#include <ddf/log.h>
#include <errno.h>
#include <macros.h>
#include <mem.h>
#include <nic_impl.h>
#include <ringnic.h>
#include <str_error.h>

/** Longest poll period that is kept as such, in seconds */
#define PERIOD_MAX	1000000

static ddf_dev_ops_t dev_ops;

static ringnic_t *from_fun(ddf_fun_t *fun)
{
	return nic_get_specific(nic_get_from_ddf_fun(fun));
}

static errno_t get_device_info(ddf_fun_t *fun, nic_device_info_t *info)
{
	*info = from_fun(fun)->info;
	return EOK;
}

static errno_t get_cable_state(ddf_fun_t *fun, nic_cable_state_t *state)
{
	ringnic_t *rn = from_fun(fun);

	fibril_mutex_lock(&rn->lock);
	if (rn->phase == RINGNIC_FAILED || rn->phase == RINGNIC_GONE)
		*state = NIC_CS_UNKNOWN;
	else
		*state = rn->link_up ? NIC_CS_PLUGGED : NIC_CS_UNPLUGGED;
	fibril_mutex_unlock(&rn->lock);
	return EOK;
}

static errno_t get_operation_mode(ddf_fun_t *fun, int *speed,
    nic_channel_mode_t *duplex, nic_role_t *role)
{
	ringnic_t *rn = from_fun(fun);

	fibril_mutex_lock(&rn->lock);
	*speed = rn->link_up ? rn->speed : 0;
	*duplex = rn->duplex;
	*role = NIC_ROLE_UNKNOWN;
	fibril_mutex_unlock(&rn->lock);
	return EOK;
}

/** Tell the device its address, if it wants to know. */
static errno_t tell_mac(ringnic_t *rn, const nic_address_t *address)
{
	return rn->ops->set_mac == NULL ? EOK : rn->ops->set_mac(rn, address);
}

static errno_t set_address(ddf_fun_t *fun, const nic_address_t *address)
{
	ringnic_t *rn = from_fun(fun);
	nic_address_t old;

	if ((address->address[0] & 1) != 0 || MAC_IS_ZERO(address->address))
		return EINVAL;

	errno_t rc = nic_get_address_impl(fun, &old);
	if (rc == EOK)
		rc = tell_mac(rn, address);
	if (rc != EOK)
		return rc;

	/* Not with a lock held: it waits for the client */
	rc = nic_report_address(rn->nic, address);
	if (rc != EOK)
		(void) tell_mac(rn, &old);
	return rc;
}

/** Statistics count frames when the device is done with them. */
static errno_t get_stats(ddf_fun_t *fun, nic_device_stats_t *stats)
{
	ringnic_t *rn = from_fun(fun);

	fibril_mutex_lock(&rn->lock);
	if (rn->phase == RINGNIC_UP)
		ringnic_tx_reclaim(rn);
	ringnic_tx_report(rn);
	fibril_mutex_unlock(&rn->lock);

	return nic_get_stats_impl(fun, stats);
}

/** libnic holds its main_lock for reading; the state is ACTIVE until it has
 * ended.
 */
static void on_send(nic_t *nic, void *data, size_t size)
{
	(void) ringnic_send(nic_get_specific(nic), data, size, true);
}

/** Have frames flow, or not.
 *
 * @param forget All modes are as at first again
 */
static errno_t set_active(ringnic_t *rn, bool active, bool forget)
{
	fibril_mutex_lock(&rn->lock);
	if (rn->closing) {
		fibril_mutex_unlock(&rn->lock);
		return EIO;
	}
	rn->active = active;
	if (forget)
		ringnic_set_poll(rn, NIC_POLL_IMMEDIATE, 0);
	fibril_mutex_unlock(&rn->lock);

	return rn->ops->set_active == NULL ? EOK :
	    rn->ops->set_active(rn, forget);
}

static errno_t on_activating(nic_t *nic)
{
	ringnic_t *rn = nic_get_specific(nic);
	nic_unicast_mode_t unicast;
	nic_multicast_mode_t multicast;

	/* libnic takes a NIC for one that filters, until it is told */
	nic_query_unicast(nic, &unicast, 0, NULL, NULL);
	nic_query_multicast(nic, &multicast, 0, NULL, NULL);
	nic_report_hw_filtering(nic, unicast == NIC_UNICAST_PROMISC,
	    multicast == NIC_MULTICAST_PROMISC, 0);

	errno_t rc = set_active(rn, true, false);
	if (rc != EOK) {
		fibril_mutex_lock(&rn->lock);
		rn->active = false;
		fibril_mutex_unlock(&rn->lock);
	}
	return rc;
}

/** A device that cannot be started again is as still as one that can. */
static errno_t on_going_down(nic_t *nic)
{
	(void) set_active(nic_get_specific(nic), false, false);
	return EOK;
}

/** libnic forgets all modes and counters, too. */
static errno_t on_stopping(nic_t *nic)
{
	ringnic_t *rn = nic_get_specific(nic);

	(void) set_active(rn, false, true);

	fibril_mutex_lock(&rn->lock);
	ringnic_tx_report(rn);
	fibril_mutex_unlock(&rn->lock);
	return EOK;
}

/** A device that is gone keeps no settings, and neither shall libnic. */
static bool is_gone(ringnic_t *rn)
{
	fibril_mutex_lock(&rn->lock);
	bool gone = rn->closing;
	fibril_mutex_unlock(&rn->lock);
	return gone;
}

static errno_t on_unicast(nic_t *nic, nic_unicast_mode_t mode,
    const nic_address_t *addr, size_t count)
{
	ringnic_t *rn = nic_get_specific(nic);

	errno_t rc = is_gone(rn) ? EIO : EOK;
	if (rc == EOK && rn->ops->set_unicast != NULL)
		rc = rn->ops->set_unicast(rn, mode, addr, count);
	if (rc == EOK) {
		nic_report_hw_filtering(nic, mode == NIC_UNICAST_PROMISC, -1,
		    -1);
	}
	return rc;
}

static errno_t on_multicast(nic_t *nic, nic_multicast_mode_t mode,
    const nic_address_t *addr, size_t count)
{
	ringnic_t *rn = nic_get_specific(nic);

	errno_t rc = is_gone(rn) ? EIO : EOK;
	if (rc == EOK && rn->ops->set_multicast != NULL)
		rc = rn->ops->set_multicast(rn, mode, addr, count);
	if (rc == EOK) {
		nic_report_hw_filtering(nic, -1,
		    mode == NIC_MULTICAST_PROMISC, -1);
	}
	return rc;
}

static errno_t on_broadcast(nic_t *nic, nic_broadcast_mode_t mode)
{
	ringnic_t *rn = nic_get_specific(nic);

	if (is_gone(rn))
		return EIO;
	return rn->ops->set_broadcast == NULL ? EOK :
	    rn->ops->set_broadcast(rn, mode);
}

static void on_vlan(nic_t *nic, const nic_vlan_mask_t *mask)
{
	ringnic_t *rn = nic_get_specific(nic);

	nic_report_hw_filtering(nic, -1, -1, 0);
	if (!is_gone(rn) && rn->ops->set_vlans != NULL)
		rn->ops->set_vlans(rn, mask);
}

/** The worker polls by itself, so any period is the card's. */
static errno_t on_poll_mode(nic_t *nic, nic_poll_mode_t mode,
    const struct timespec *period)
{
	ringnic_t *rn = nic_get_specific(nic);
	nsec_t ns = 0;

	if (mode == NIC_POLL_SOFTWARE_PERIODIC)
		mode = NIC_POLL_PERIODIC;
	if (mode == NIC_POLL_PERIODIC) {
		ns = SEC2NSEC(min((nsec_t) period->tv_sec,
		    (nsec_t) PERIOD_MAX)) + period->tv_nsec;
	}

	fibril_mutex_lock(&rn->lock);
	ringnic_set_poll(rn, mode, ns);
	fibril_mutex_unlock(&rn->lock);
	return EOK;
}

/** Poll now. Frames are delivered by the worker, for libnic holds a lock. */
static void on_poll_request(nic_t *nic)
{
	ringnic_t *rn = nic_get_specific(nic);

	fibril_mutex_lock(&rn->lock);
	ringnic_post(rn, RINGNIC_EV_RECEIVE);
	fibril_mutex_unlock(&rn->lock);
}

/** What the library does itself; libnic does the rest or answers ENOTSUP. */
static nic_iface_t nic_iface = {
	.set_address = set_address,
	.get_stats = get_stats,
	.get_device_info = get_device_info,
	.get_cable_state = get_cable_state,
	.get_operation_mode = get_operation_mode
};

static void set_handlers(nic_t *nic)
{
	nic_set_send_frame_handler(nic, on_send);
	nic_set_state_change_handlers(nic, on_activating, on_going_down,
	    on_stopping);
	nic_set_filtering_change_handlers(nic, on_unicast, on_multicast,
	    on_broadcast, NULL, on_vlan);
	nic_set_poll_handlers(nic, on_poll_mode, on_poll_request);
}

/** Stop the device for good. */
static void stop(ringnic_t *rn)
{
	fibril_mutex_lock(&rn->lock);
	rn->closing = true;
	rn->active = false;
	fibril_condvar_broadcast(&rn->tx_cv);
	fibril_mutex_unlock(&rn->lock);

	rn->ops->stop(rn);
}

/** Part from the device, with libnic's handlers still being called. */
static void part(ringnic_t *rn)
{
	stop(rn);
	/* Clients keep their sessions: let libnic refuse their frames */
	(void) nic_set_state_impl(rn->fun, NIC_STATE_STOPPED);
	ringnic_worker_stop(rn);
	rn->ops->detach(rn);
}

/** Have a device that is ready serve clients.
 *
 * @return EOK; on error nothing is bound
 */
static errno_t expose(ringnic_t *rn)
{
	errno_t rc = nic_report_address(rn->nic, &rn->mac);
	if (rc != EOK)
		return rc;

	/*
	 * The first address that is reported does not get into libnic's list
	 * of those that pass its filter; this puts it there.
	 */
	rc = nic_unicast_set_mode_impl(rn->fun, NIC_UNICAST_DEFAULT, NULL, 0);
	if (rc != EOK)
		return rc;

	rc = ddf_fun_bind(rn->fun);
	if (rc != EOK)
		return rc;

	rc = nic_fun_add_to_cats(rn->fun);
	if (rc != EOK)
		(void) ddf_fun_unbind(rn->fun);
	return rc;
}

/** The card of a function, before the driver knows its device.
 *
 * It is the function's, not libnic's: a client that keeps its session can call
 * handlers until its last reference to the function is gone.
 *
 * @return Card, or NULL if memory is short
 */
static ringnic_t *ringnic_create(ddf_dev_t *dev, ddf_fun_t *fun, nic_t *nic,
    const ringnic_ops_t *ops)
{
	ringnic_t *rn = ddf_fun_data_alloc(fun, ops->size);
	if (rn == NULL)
		return NULL;

	rn->ops = ops;
	rn->dev = dev;
	rn->nic = nic;
	rn->fun = fun;
	rn->name = ddf_dev_get_name(dev);
	rn->phase = RINGNIC_DOWN;
	rn->duplex = NIC_CM_FULL_DUPLEX;
	fibril_mutex_initialize(&rn->lock);
	fibril_condvar_initialize(&rn->worker_cv);
	fibril_condvar_initialize(&rn->tx_cv);
	rn->poll_mode = NIC_POLL_IMMEDIATE;

	nic_set_specific(nic, rn);
	nic_set_ddf_fun(nic, fun);
	set_handlers(nic);
	ddf_fun_set_ops(fun, &dev_ops);
	return rn;
}

/** Add a device: the driver's dev_add.
 *
 * @return EOK; on error nothing is left behind
 */
errno_t ringnic_dev_add(ddf_dev_t *dev, const ringnic_ops_t *ops)
{
	nic_t *nic = nic_create_and_bind(dev);
	if (nic == NULL)
		return ENOMEM;

	errno_t rc = ENOMEM;
	ddf_fun_t *fun = ddf_fun_create(dev, fun_exposed, "port0");
	if (fun == NULL)
		goto err_nic;

	ringnic_t *rn = ringnic_create(dev, fun, nic, ops);
	if (rn == NULL)
		goto err_fun;

	rc = ops->attach(rn);
	if (rc != EOK)
		goto err_fun;

	fibril_mutex_lock(&rn->lock);
	ringnic_set_poll(rn, NIC_POLL_IMMEDIATE, 0);
	fibril_mutex_unlock(&rn->lock);
	rc = ringnic_worker_start(rn);
	if (rc == EOK)
		rc = expose(rn);
	if (rc != EOK)
		goto err_attach;
	return EOK;

err_attach:
	part(rn);
err_fun:
	nic_set_specific(nic, NULL);
	ddf_fun_destroy(fun);
err_nic:
	nic_unbind_and_destroy(dev);
	if (rc != ENOENT) {
		ddf_msg(LVL_ERROR, "%s: cannot add device: %s",
		    ddf_dev_get_name(dev), str_error(rc));
	}
	return rc;
}

/** Remove a device, be it there or gone: the driver's dev_remove and dev_gone.
 */
errno_t ringnic_dev_remove(ddf_dev_t *dev)
{
	ringnic_t *rn = nic_get_specific(nic_get_from_ddf_dev(dev));

	errno_t rc = ddf_fun_unbind(rn->fun);
	if (rc != EOK) {
		ddf_msg(LVL_ERROR, "%s: cannot unbind function: %s", rn->name,
		    str_error(rc));
		return rc;
	}

	part(rn);
	ddf_msg(LVL_NOTE, "%s: removed", rn->name);
	ddf_fun_destroy(rn->fun);
	return EOK;
}

/** Reboot, the device must not write to memory any more: the driver's
 * dev_quiesce.
 */
errno_t ringnic_dev_quiesce(ddf_dev_t *dev)
{
	stop(nic_get_specific(nic_get_from_ddf_dev(dev)));
	return EOK;
}

/** The driver's main().
 *
 * @param driver Driver; its operations are those above
 */
int ringnic_main(driver_t *driver)
{
	if (nic_driver_init(driver->name) != EOK)
		return 1;

	nic_driver_implement(NULL, &dev_ops, &nic_iface);

	(void) ddf_log_init(driver->name);
	return ddf_driver_main(driver);
}

/** @}
 */
