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
 * Xen network front end: devices come and go
 */

#include <ddf/log.h>
#include <errno.h>
#include <nic_impl.h>
#include <stdio.h>
#include <str_error.h>
#include <xen/xs_wire.h>

#include "digest.h"
#include "xen-netfront.h"

/** Length of an Ethernet address as xenstore has it, with a zero */
#define MAC_SIZE  18

static ddf_dev_ops_t xn_dev_ops;

static void xenbus_ignore(void *arg, xenbus_state_t state, bool online)
{
}

/** Find out the device's address. */
static errno_t read_mac(xn_t *net)
{
	xenbus_dev_t *xb;
	char str[MAC_SIZE];

	errno_t rc = xenbus_open(net->dev, xenbus_ignore, NULL, &xb);
	if (rc != EOK)
		return rc;

	rc = xenbus_read(xb, XENBUS_FRONTEND, "mac", str, sizeof(str));
	if (rc == EOK)
		rc = xs_parse_mac(str, net->default_mac.address);
	if (rc == EOK && (net->default_mac.address[0] & 1) != 0)
		rc = EINVAL;
	xenbus_close(xb);

	if (rc != EOK) {
		ddf_msg(LVL_ERROR, "%s: no usable address in xenstore: %s",
		    net->name, str_error(rc));
	}

	return rc;
}

/** Start the worker and the hand-shake. */
static errno_t xn_init(xn_t *net)
{
	errno_t rc = read_mac(net);
	if (rc != EOK)
		return rc;

	rc = nic_report_address(net->nic, &net->default_mac);
	if (rc != EOK)
		return rc;

	/*
	 * The first address that is reported does not get into libnic's list
	 * of those that pass its filter; this puts it there.
	 */
	rc = nic_unicast_set_mode_impl(net->fun, NIC_UNICAST_DEFAULT, NULL, 0);
	if (rc != EOK)
		return rc;

	rc = xn_worker_start(net);
	if (rc != EOK)
		return rc;

	rc = xen_frontend_start(net->dev, &xn_frontend_ops, net,
	    &net->frontend);
	if (rc != EOK)
		xn_worker_stop(net);

	return rc;
}

/** Part from the back end, for good, unless that was done. */
static void xn_part(xn_t *net)
{
	fibril_mutex_lock(&net->lock);
	bool gone = net->phase == XN_GONE;
	net->active = false;
	fibril_condvar_broadcast(&net->tx_cv);
	fibril_mutex_unlock(&net->lock);
	if (gone)
		return;

	xen_frontend_stop(net->frontend);

	fibril_mutex_lock(&net->lock);
	net->phase = XN_GONE;
	fibril_mutex_unlock(&net->lock);
}

/** The reverse of xn_init(), with libnic's handlers still being called. */
static void xn_fini(xn_t *net)
{
	xn_part(net);

	/* Clients keep their sessions: let libnic refuse their frames. */
	(void) nic_set_state_impl(net->fun, NIC_STATE_STOPPED);

	if (net->platform != NULL) {
		xen_platform_close(net->platform);
		net->platform = NULL;
	}
	xn_worker_stop(net);
}

static errno_t xn_dev_add(ddf_dev_t *dev)
{
	nic_t *nic = nic_create_and_bind(dev);
	if (nic == NULL)
		return ENOMEM;

	errno_t rc = ENOMEM;
	ddf_fun_t *fun = ddf_fun_create(dev, fun_exposed, "port0");
	if (fun == NULL)
		goto err_nic;

	/*
	 * The function's, not libnic's: a client that keeps its session can
	 * call handlers until its last reference to the function is gone.
	 */
	xn_t *net = ddf_fun_data_alloc(fun, sizeof(xn_t));
	if (net == NULL)
		goto err_fun;

	net->dev = dev;
	net->nic = nic;
	net->fun = fun;
	net->name = ddf_dev_get_name(dev);
	net->phase = XN_DOWN;
	net->poll_mode = NIC_POLL_IMMEDIATE;
	net->frame_max = ETH_MTU + ETH_HEADER_LEN + ETH_VLAN_LEN;
	fibril_mutex_initialize(&net->lock);
	fibril_condvar_initialize(&net->worker_cv);
	fibril_condvar_initialize(&net->tx_cv);
	xn_tx_init(net);

	nic_set_specific(nic, net);
	nic_set_ddf_fun(nic, fun);
	xn_set_handlers(nic);
	ddf_fun_set_ops(fun, &xn_dev_ops);

	rc = xn_init(net);
	if (rc != EOK)
		goto err_fun;

	rc = ddf_fun_bind(fun);
	if (rc != EOK)
		goto err_init;

	rc = nic_fun_add_to_cats(fun);
	if (rc != EOK)
		goto err_bind;

	ddf_msg(LVL_NOTE, "%s: Xen network device, " PRIMAC, net->name,
	    ARGSMAC(net->default_mac.address));
	return EOK;

err_bind:
	(void) ddf_fun_unbind(fun);
err_init:
	xn_fini(net);
err_fun:
	nic_set_specific(nic, NULL);
	ddf_fun_destroy(fun);
err_nic:
	nic_unbind_and_destroy(dev);
	ddf_msg(LVL_ERROR, "%s: cannot add device: %s", ddf_dev_get_name(dev),
	    str_error(rc));
	return rc;
}

/** Remove a device, be it there or gone. */
static errno_t xn_dev_remove(ddf_dev_t *dev)
{
	xn_t *net = nic_get_specific(nic_get_from_ddf_dev(dev));

	errno_t rc = ddf_fun_unbind(net->fun);
	if (rc != EOK) {
		ddf_msg(LVL_ERROR, "%s: cannot unbind function: %s", net->name,
		    str_error(rc));
		return rc;
	}

	xn_fini(net);
	ddf_msg(LVL_NOTE, "%s: removed", net->name);
	ddf_fun_destroy(net->fun);
	return EOK;
}

/** Reboot: the back end must not write to memory any more. */
static errno_t xn_dev_quiesce(ddf_dev_t *dev)
{
	xn_t *net = nic_get_specific(nic_get_from_ddf_dev(dev));

	xn_part(net);
	return EOK;
}

static driver_ops_t xn_driver_ops = {
	.dev_add = xn_dev_add,
	.dev_remove = xn_dev_remove,
	.dev_gone = xn_dev_remove,
	.dev_quiesce = xn_dev_quiesce
};

static driver_t xn_driver = {
	.name = NAME,
	.driver_ops = &xn_driver_ops
};

int main(int argc, char *argv[])
{
	printf("%s: helenos-pv digest %s\n", NAME, PV_DIGEST);

	if (nic_driver_init(NAME) != EOK)
		return 1;

	nic_driver_implement(&xn_driver_ops, &xn_dev_ops, &xn_nic_iface);

	(void) ddf_log_init(NAME);
	return ddf_driver_main(&xn_driver);
}

/** @}
 */
