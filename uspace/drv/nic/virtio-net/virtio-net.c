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
 * @brief Virtio network driver: devices come and go
 */

#include <ddf/interrupt.h>
#include <ddf/log.h>
#include <errno.h>
#include <mem.h>
#include <nic_impl.h>
#include <rndgen.h>
#include <stdio.h>
#include <str_error.h>
#include "digest.h"
#include "virtio-net.h"

/** Memory for control commands, in bytes: two full halves of a MAC table */
#define CTRL_MEM_SIZE	4096

/** Bits of an address's first byte (IEEE 802) */
#define MAC_GROUP	0x01
#define MAC_LOCAL	0x02

static ddf_dev_ops_t vnet_dev_ops;

/** Make an address up, for a device that has none (5.1.5). */
static errno_t random_mac(vnet_t *net)
{
	rndgen_t *rnd;
	errno_t rc = rndgen_create(&rnd);
	if (rc != EOK)
		return rc;

	for (size_t i = 0; i < ETH_ADDR && rc == EOK; i++)
		rc = rndgen_uint8(rnd, &net->default_mac.address[i]);
	rndgen_destroy(rnd);

	net->default_mac.address[0] &= ~MAC_GROUP;
	net->default_mac.address[0] |= MAC_LOCAL;
	return rc;
}

/** Find out the device's address, or make one up. */
static errno_t find_mac(vnet_t *net)
{
	errno_t rc = virtio_negotiate(net->vdev, VIRTIO_NET_F_MAC, 0,
	    NULL, 0);
	if (rc == EOK)
		rc = vnet_read_mac(net, &net->default_mac);
	if (rc == ENOENT)
		rc = random_mac(net);
	return rc;
}

/** Give the device everything back that it has, in reverse order.
 *
 * The device is shut down for good; no worker and no interrupt uses it.
 */
static void vnet_fini(vnet_t *net)
{
	virtio_dev_t *vdev = net->vdev;

	vnet_pool_free(net, &net->tx);
	vnet_pool_free(net, &net->rx);
	virtio_dma_free(vdev, &net->ctrl_mem);

	/* Handlers that are still called find no device */
	fibril_mutex_lock(&net->dev_lock);
	fibril_mutex_lock(&net->lock);
	net->vdev = NULL;
	fibril_mutex_unlock(&net->lock);
	fibril_mutex_unlock(&net->dev_lock);

	virtio_close(vdev);
}

/** Bring a device up, without frames flowing.
 *
 * @return EOK; on error nothing is left behind
 */
static errno_t vnet_init(vnet_t *net, ddf_dev_t *dev)
{
	errno_t rc = virtio_open(dev, VIRTIO_ID_NET, &net->vdev);
	if (rc != EOK)
		return rc;

	rc = virtio_dma_alloc(net->vdev, CTRL_MEM_SIZE, &net->ctrl_mem);
	if (rc == EOK)
		rc = find_mac(net);
	if (rc != EOK)
		goto err_fini;
	net->mac = net->default_mac;

	rc = virtio_irq_enable(net->vdev, vnet_irq, net);
	net->has_irq = rc == EOK;
	if (rc == ENOENT) {
		ddf_msg(LVL_WARN, "%s: device has no interrupt, polling every "
		    "%d ms", net->name, VNET_NO_IRQ_POLL_MS);
	} else if (rc != EOK) {
		goto err_fini;
	}

	fibril_mutex_lock(&net->dev_lock);
	rc = vnet_start(net);
	fibril_mutex_unlock(&net->dev_lock);
	if (rc != EOK)
		goto err_irq;

	rc = vnet_worker_start(net);
	if (rc != EOK)
		goto err_start;

	return EOK;

err_start:
	fibril_mutex_lock(&net->dev_lock);
	vnet_shutdown(net, VNET_GONE);
	fibril_mutex_unlock(&net->dev_lock);
err_irq:
	virtio_irq_disable(net->vdev);
err_fini:
	(void) virtio_reset(net->vdev);
	vnet_fini(net);
	return rc;
}

/** The reverse of vnet_init(), with libnic's handlers still being called. */
static void vnet_detach(vnet_t *net)
{
	fibril_mutex_lock(&net->dev_lock);
	vnet_shutdown(net, VNET_GONE);
	fibril_mutex_unlock(&net->dev_lock);

	/* Clients keep their sessions: let libnic refuse their frames */
	(void) nic_set_state_impl(net->fun, NIC_STATE_STOPPED);

	vnet_worker_stop(net);
	virtio_irq_disable(net->vdev);
	vnet_fini(net);
}

static void init_locks(vnet_t *net)
{
	fibril_mutex_initialize(&net->dev_lock);
	fibril_mutex_initialize(&net->lock);
	fibril_condvar_initialize(&net->worker_cv);
	fibril_condvar_initialize(&net->tx_cv);
	fibril_condvar_initialize(&net->ctrl_cv);
}

static errno_t vnet_dev_add(ddf_dev_t *dev)
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
	vnet_t *net = ddf_fun_data_alloc(fun, sizeof(vnet_t));
	if (net == NULL)
		goto err_fun;

	net->nic = nic;
	net->fun = fun;
	net->name = ddf_dev_get_name(dev);
	net->phase = VNET_STARTING;
	net->poll_mode = NIC_POLL_IMMEDIATE;
	init_locks(net);
	vnet_filter_init(&net->filter);

	nic_set_specific(nic, net);
	nic_set_ddf_fun(nic, fun);
	vnet_set_handlers(nic);
	ddf_fun_set_ops(fun, &vnet_dev_ops);

	rc = vnet_init(net, dev);
	if (rc != EOK)
		goto err_fun;

	rc = nic_report_address(nic, &net->default_mac);
	if (rc != EOK)
		goto err_init;

	/*
	 * The first address that is reported does not get into libnic's list
	 * of those that pass its filter; this puts it there.
	 */
	rc = nic_unicast_set_mode_impl(fun, NIC_UNICAST_DEFAULT, NULL, 0);
	if (rc != EOK)
		goto err_init;

	rc = ddf_fun_bind(fun);
	if (rc != EOK)
		goto err_init;

	rc = nic_fun_add_to_cats(fun);
	if (rc != EOK)
		goto err_bind;

	if (net->tx_max < ETH_MTU + ETH_HEADER_LEN) {
		ddf_msg(LVL_WARN, "%s: frames of more than %zu bytes are not "
		    "sent: the device's MTU is smaller than the IP stack's",
		    net->name, net->tx_max);
	}
	ddf_msg(LVL_NOTE, "%s: %s virtio network device, " PRIMAC ", %zu "
	    "receive and %zu transmit buffers", net->name,
	    virtio_is_legacy(net->vdev) ? "legacy" : "modern",
	    ARGSMAC(net->default_mac.address), net->rx.count, net->tx.count);
	return EOK;

err_bind:
	(void) ddf_fun_unbind(fun);
err_init:
	vnet_detach(net);
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

/** Remove a device, be it there or gone: a reset tells by itself. */
static errno_t vnet_dev_remove(ddf_dev_t *dev)
{
	vnet_t *net = nic_get_specific(nic_get_from_ddf_dev(dev));

	errno_t rc = ddf_fun_unbind(net->fun);
	if (rc != EOK) {
		ddf_msg(LVL_ERROR, "%s: cannot unbind function: %s", net->name,
		    str_error(rc));
		return rc;
	}

	vnet_detach(net);
	ddf_msg(LVL_NOTE, "%s: removed", net->name);
	ddf_fun_destroy(net->fun);
	return EOK;
}

/** Reboot: the device must not write to memory any more. */
static errno_t vnet_dev_quiesce(ddf_dev_t *dev)
{
	vnet_t *net = nic_get_specific(nic_get_from_ddf_dev(dev));

	fibril_mutex_lock(&net->dev_lock);
	if (net->vdev != NULL)
		vnet_shutdown(net, VNET_GONE);
	fibril_mutex_unlock(&net->dev_lock);
	return EOK;
}

static driver_ops_t vnet_driver_ops = {
	.dev_add = vnet_dev_add,
	.dev_remove = vnet_dev_remove,
	.dev_gone = vnet_dev_remove,
	.dev_quiesce = vnet_dev_quiesce
};

static driver_t vnet_driver = {
	.name = NAME,
	.driver_ops = &vnet_driver_ops
};

int main(int argc, char *argv[])
{
	printf("%s: helenos-pv digest %s\n", NAME, PV_DIGEST);

	if (nic_driver_init(NAME) != EOK)
		return 1;

	nic_driver_implement(&vnet_driver_ops, &vnet_dev_ops,
	    &vnet_nic_iface);

	(void) ddf_log_init(NAME);
	return ddf_driver_main(&vnet_driver);
}

/** @}
 */
