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

#include <ddf/log.h>
#include <errno.h>
#include <rndgen.h>
#include <stdio.h>
#include <str.h>
#include <str_error.h>
#include "virtio-net.h"

#define PCI_VENDOR_VIRTIO	0x1af4

/** Memory for control commands, in bytes: two full halves of a MAC table */
#define CTRL_MEM_SIZE	4096

/** Bits of an address's first byte (IEEE 802) */
#define MAC_GROUP	0x01
#define MAC_LOCAL	0x02

/** Make an address up, for a device that has none (5.1.5). */
static errno_t random_mac(vnet_t *net)
{
	rndgen_t *rnd;
	errno_t rc = rndgen_create(&rnd);
	if (rc != EOK)
		return rc;

	for (size_t i = 0; i < ETH_ADDR && rc == EOK; i++)
		rc = rndgen_uint8(rnd, &net->mac.address[i]);
	rndgen_destroy(rnd);

	net->mac.address[0] &= ~MAC_GROUP;
	net->mac.address[0] |= MAC_LOCAL;
	return rc;
}

/** Find out the device's address, or make one up. */
static errno_t find_mac(vnet_t *net)
{
	errno_t rc = vnet_negotiate(net);
	if (rc == EOK)
		rc = vnet_read_mac(net, &net->mac);
	if (rc == EINVAL) {
		ddf_msg(LVL_WARN, "%s: device's address " PRIMAC " is not one "
		    "of a card", net->rn.name, ARGSMAC(net->mac.address));
	}
	if (rc == EINVAL || rc == ENOENT)
		rc = random_mac(net);
	return rc;
}

/** Free everything: the library's operation. The device was stopped. */
static void vnet_detach(ringnic_t *rn)
{
	vnet_t *net = vnet_of(rn);

	virtio_irq_disable(net->vdev);
	vnet_pool_free(net, &net->tx);
	vnet_pool_free(net, &net->rx);
	virtio_dma_free(net->vdev, &net->ctrl_mem);
	virtio_close(net->vdev);
}

/** Stop the device for good: the library's operation. */
static void vnet_shutdown(ringnic_t *rn)
{
	vnet_t *net = vnet_of(rn);

	/* Who waits for a command holds dev_lock, and looks whether it ends */
	fibril_mutex_lock(&rn->lock);
	fibril_condvar_broadcast(&net->ctrl_cv);
	fibril_mutex_unlock(&rn->lock);

	fibril_mutex_lock(&net->dev_lock);
	if (rn->phase != RINGNIC_GONE)
		(void) vnet_stop(net, RINGNIC_GONE);
	fibril_mutex_unlock(&net->dev_lock);
}

/** What clients are told of the device */
static void fill_info(vnet_t *net)
{
	nic_device_info_t *info = &net->rn.info;

	str_cpy(info->vendor_name, NIC_VENDOR_MAX_LENGTH, "virtio");
	str_cpy(info->model_name, NIC_MODEL_MAX_LENGTH,
	    net->legacy ? "Virtio network device (legacy)" :
	    "Virtio network device");
	info->vendor_id = PCI_VENDOR_VIRTIO;
	info->device_id = virtio_pci_device_id(net->vdev);
}

/** Bring a device up, without frames flowing: the library's operation. */
static errno_t vnet_attach(ringnic_t *rn)
{
	vnet_t *net = vnet_of(rn);

	fibril_mutex_initialize(&net->dev_lock);
	fibril_condvar_initialize(&net->ctrl_cv);
	vnet_filter_init(&net->filter);
	/* Until the device says something else */
	rn->link_up = true;

	errno_t rc = virtio_open(rn->dev, VIRTIO_ID_NET, &net->vdev);
	if (rc != EOK)
		return rc;

	rc = virtio_dma_alloc(net->vdev, CTRL_MEM_SIZE, &net->ctrl_mem);
	if (rc == EOK)
		rc = find_mac(net);
	if (rc != EOK)
		goto error;
	rn->mac = net->mac;
	fill_info(net);

	rc = virtio_irq_enable(net->vdev, vnet_irq, net);
	if (rc == ENOENT) {
		rn->look_ms = VNET_NO_IRQ_POLL_MS;
		ddf_msg(LVL_WARN, "%s: device has no interrupt, polling every "
		    "%d ms", rn->name, VNET_NO_IRQ_POLL_MS);
	} else if (rc != EOK) {
		goto error;
	}

	fibril_mutex_lock(&net->dev_lock);
	rc = vnet_start(net);
	fibril_mutex_unlock(&net->dev_lock);
	if (rc != EOK)
		goto error;

	if (rn->tx_max < ETH_MTU + ETH_HEADER_LEN) {
		ddf_msg(LVL_WARN, "%s: frames of more than %zu bytes are not "
		    "sent: the device's MTU is smaller than the IP stack's",
		    rn->name, rn->tx_max);
	}
	ddf_msg(LVL_NOTE, "%s: %s virtio network device, " PRIMAC ", %zu "
	    "receive and %zu transmit buffers", rn->name,
	    net->legacy ? "legacy" : "modern", ARGSMAC(rn->mac.address),
	    net->rx.count, net->tx.count);
	return EOK;

error:
	(void) virtio_reset(net->vdev);
	vnet_detach(rn);
	return rc;
}

/** Start the device with frames flowing, or without: the library's operation.
 */
static errno_t vnet_set_active(ringnic_t *rn, bool forget)
{
	vnet_t *net = vnet_of(rn);

	fibril_mutex_lock(&net->dev_lock);
	fibril_mutex_lock(&rn->lock);
	if (forget) {
		vnet_filter_init(&net->filter);
		net->mac = rn->mac;
	}
	net->restarts = 0;
	fibril_mutex_unlock(&rn->lock);

	errno_t rc = vnet_start(net);
	fibril_mutex_unlock(&net->dev_lock);
	return rc;
}

/** Change the device's address: the library's operation. */
static errno_t vnet_set_mac(ringnic_t *rn, const nic_address_t *mac)
{
	vnet_t *net = vnet_of(rn);
	errno_t rc = EIO;

	fibril_mutex_lock(&net->dev_lock);
	if (!rn->closing)
		rc = vnet_tell_mac(net, mac);
	if (rc == EOK)
		net->mac = *mac;
	fibril_mutex_unlock(&net->dev_lock);
	return rc;
}

static const ringnic_ops_t vnet_ops = {
	.size = sizeof(vnet_t),
	.attach = vnet_attach,
	.stop = vnet_shutdown,
	.detach = vnet_detach,
	.set_active = vnet_set_active,
	.set_mac = vnet_set_mac,
	.set_unicast = vnet_set_unicast,
	.set_multicast = vnet_set_multicast,
	.set_broadcast = vnet_set_broadcast,
	.set_vlans = vnet_set_vlans,
	.duty = vnet_duty,
	.rx_take = vnet_rx_take,
	.rx_push = vnet_rx_push,
	.rx_events_off = vnet_rx_events_off,
	.rx_events_on = vnet_rx_events_on,
	.tx_put = vnet_tx_put,
	.tx_reclaim = vnet_tx_reclaim,
	.tx_events_on = vnet_tx_events_on,
	.tx_events_off = vnet_tx_events_off
};

static errno_t vnet_dev_add(ddf_dev_t *dev)
{
	return ringnic_dev_add(dev, &vnet_ops);
}

static driver_ops_t vnet_driver_ops = {
	.dev_add = vnet_dev_add,
	.dev_remove = ringnic_dev_remove,
	.dev_gone = ringnic_dev_remove,
	.dev_quiesce = ringnic_dev_quiesce
};

static driver_t vnet_driver = {
	.name = "virtio-net",
	.driver_ops = &vnet_driver_ops
};

int main(int argc, char *argv[])
{
	printf("virtio-net: HelenOS virtio network adapter driver\n");
	return ringnic_main(&vnet_driver);
}

/** @}
 */
