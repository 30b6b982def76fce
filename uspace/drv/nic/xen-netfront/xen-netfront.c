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
#include <stdio.h>
#include <str.h>
#include <str_error.h>
#include <xen/xs_wire.h>

#include "xen-netfront.h"

/** Length of an Ethernet address as xenstore has it, with a zero */
#define MAC_SIZE  18

static void xenbus_ignore(void *arg, xenbus_state_t state, bool online)
{
}

/** Find out the device's address. */
static errno_t read_mac(xn_t *net)
{
	xenbus_dev_t *xb;
	char str[MAC_SIZE];

	errno_t rc = xenbus_open(net->rn.dev, xenbus_ignore, NULL, &xb);
	if (rc != EOK)
		return rc;

	rc = xenbus_read(xb, XENBUS_FRONTEND, "mac", str, sizeof(str));
	if (rc == EOK)
		rc = xs_parse_mac(str, net->rn.mac.address);
	if (rc == EOK && (net->rn.mac.address[0] & 1) != 0)
		rc = EINVAL;
	xenbus_close(xb);

	if (rc != EOK) {
		ddf_msg(LVL_ERROR, "%s: no usable address in xenstore: %s",
		    net->rn.name, str_error(rc));
	}

	return rc;
}

/** Start the hand-shake: the library's operation. */
static errno_t xn_attach(ringnic_t *rn)
{
	xn_t *net = xn_of(rn);

	rn->tx_max = ETH_MTU + ETH_HEADER_LEN;
	rn->info.vendor_id = XN_VENDOR_ID;
	str_cpy(rn->info.vendor_name, NIC_VENDOR_MAX_LENGTH, "Xen");
	str_cpy(rn->info.model_name, NIC_MODEL_MAX_LENGTH,
	    "Xen paravirtual network device");

	errno_t rc = read_mac(net);
	if (rc != EOK)
		return rc;

	rc = xen_frontend_start(rn->dev, &xn_frontend_ops, net,
	    &net->frontend);
	if (rc != EOK)
		return rc;

	ddf_msg(LVL_NOTE, "%s: Xen network device, " PRIMAC, rn->name,
	    ARGSMAC(rn->mac.address));
	return EOK;
}

/** Part from the back end for good: the library's operation. */
static void xn_stop(ringnic_t *rn)
{
	xn_t *net = xn_of(rn);

	if (net->frontend == NULL)
		return;

	xen_frontend_stop(net->frontend);
	net->frontend = NULL;

	fibril_mutex_lock(&rn->lock);
	ringnic_down(rn, RINGNIC_GONE);
	fibril_mutex_unlock(&rn->lock);
}

/** Free what is left: the library's operation. */
static void xn_detach(ringnic_t *rn)
{
	xn_t *net = xn_of(rn);

	if (net->platform != NULL)
		xen_platform_close(net->platform);
}

/** The NIC is active or not; rings live on. libnic may have forgotten all
 * modes: the library's operation.
 */
static errno_t xn_set_active(ringnic_t *rn, bool forget)
{
	if (forget) {
		fibril_mutex_lock(&rn->lock);
		xn_mcast_all(xn_of(rn));
		fibril_mutex_unlock(&rn->lock);
	}
	return EOK;
}

/** Once a second, what failed or was lost is tried again: the library's
 * operation.
 */
static void xn_duty(ringnic_t *rn, unsigned int events)
{
	fibril_mutex_lock(&rn->lock);
	xn_mcast_retry(xn_of(rn));
	if (rn->phase == RINGNIC_UP)
		xn_renotify(xn_of(rn));
	fibril_mutex_unlock(&rn->lock);
}

static const ringnic_ops_t xn_ops = {
	.size = sizeof(xn_t),
	.attach = xn_attach,
	.stop = xn_stop,
	.detach = xn_detach,
	.set_active = xn_set_active,
	.set_multicast = xn_set_multicast,
	.duty = xn_duty,
	.rx_take = xn_rx_take,
	.rx_push = xn_rx_push,
	.rx_events_off = xn_rx_events_off,
	.rx_events_on = xn_rx_events_on,
	.tx_ready = xn_tx_ready,
	.tx_put = xn_tx_put,
	.tx_reclaim = xn_tx_reclaim,
	.tx_events_on = xn_tx_events_on,
	.tx_events_off = xn_tx_events_off
};

static errno_t xn_dev_add(ddf_dev_t *dev)
{
	return ringnic_dev_add(dev, &xn_ops);
}

static driver_ops_t xn_driver_ops = {
	.dev_add = xn_dev_add,
	.dev_remove = ringnic_dev_remove,
	.dev_gone = ringnic_dev_remove,
	.dev_quiesce = ringnic_dev_quiesce
};

static driver_t xn_driver = {
	.name = "xen-netfront",
	.driver_ops = &xn_driver_ops
};

int main(int argc, char *argv[])
{
	printf("xen-netfront: HelenOS Xen network adapter driver\n");
	return ringnic_main(&xn_driver);
}

/** @}
 */
