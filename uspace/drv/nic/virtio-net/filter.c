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
 * @brief Which frames the device passes on (5.1.6.5.1 to 5.1.6.5.3)
 *
 * The wishes are kept here and told the device whenever it was reset. The
 * device's filters are best effort ("unwanted packets could still arrive",
 * 5.1.6.5.1); libnic filters what they let through.
 */

#include <byteorder.h>
#include <errno.h>
#include <macros.h>
#include <mem.h>
#include "virtio-net.h"

/** One half of the MAC table as the device reads it (5.1.6.5.2) */
typedef struct {
	uint32_t entries;
	uint8_t macs[VNET_TABLE_MAX][ETH_ADDR];
} ctrl_mac_t;

_Static_assert(sizeof(ctrl_mac_t) == 4 + 6 * VNET_TABLE_MAX, "5.1.6.5.2");

/** What a NIC passes after a start */
void vnet_filter_init(vnet_filter_t *filter)
{
	memset(filter, 0, sizeof(*filter));
	filter->unicast = NIC_UNICAST_DEFAULT;
	filter->multicast = NIC_MULTICAST_BLOCKED;
	filter->broadcast = NIC_BROADCAST_ACCEPTED;
}

static void table_set(vnet_table_t *table, const nic_address_t *addr,
    size_t count)
{
	table->overflow = count > VNET_TABLE_MAX;
	table->count = table->overflow ? 0 : count;
	for (size_t i = 0; i < table->count; i++)
		table->addr[i] = addr[i];
}

/** Lay a table out for the device.
 *
 * @return Its length in bytes
 */
static size_t table_encode(vnet_t *net, const vnet_table_t *table,
    ctrl_mac_t *mac)
{
	mac->entries = net->legacy ? table->count :
	    host2uint32_t_le(table->count);
	for (size_t i = 0; i < table->count; i++)
		memcpy(mac->macs[i], table->addr[i].address, ETH_ADDR);
	return sizeof(mac->entries) + table->count * ETH_ADDR;
}

static errno_t set_table(vnet_t *net, const vnet_table_t *unicast,
    const vnet_table_t *multicast)
{
	ctrl_mac_t uni;
	ctrl_mac_t multi;
	size_t uni_len = table_encode(net, unicast, &uni);
	size_t multi_len = table_encode(net, multicast, &multi);

	return vnet_ctrl(net, VIRTIO_NET_CTRL_MAC,
	    VIRTIO_NET_CTRL_MAC_TABLE_SET, &uni, uni_len, &multi, multi_len);
}

/** Switch one of the device's modes.
 *
 * @param pass It passes more frames. A device that refuses anything else does
 *             no harm: libnic filters.
 */
static errno_t set_rx(vnet_t *net, uint8_t cmd, bool on, bool pass)
{
	uint8_t val = on ? 1 : 0;
	errno_t rc = vnet_ctrl(net, VIRTIO_NET_CTRL_RX, cmd, &val,
	    sizeof(val), NULL, 0);
	return rc == EINVAL && !(on && pass) ? EOK : rc;
}

static errno_t apply_rx(vnet_t *net, bool all_unicast, bool all_multicast)
{
	const vnet_filter_t *filter = &net->filter;
	bool extra = vnet_can(net, VIRTIO_NET_F_CTRL_RX_EXTRA);

	errno_t rc = set_rx(net, VIRTIO_NET_CTRL_RX_PROMISC,
	    all_unicast && !extra, true);
	if (rc == EOK) {
		rc = set_rx(net, VIRTIO_NET_CTRL_RX_ALLMULTI, all_multicast,
		    true);
	}
	if (!extra)
		return rc;

	if (rc == EOK)
		rc = set_rx(net, VIRTIO_NET_CTRL_RX_ALLUNI, all_unicast, true);
	if (rc == EOK) {
		rc = set_rx(net, VIRTIO_NET_CTRL_RX_NOMULTI,
		    filter->multicast == NIC_MULTICAST_BLOCKED, false);
	}
	if (rc == EOK) {
		rc = set_rx(net, VIRTIO_NET_CTRL_RX_NOUNI,
		    filter->unicast == NIC_UNICAST_BLOCKED, false);
	}
	if (rc == EOK) {
		rc = set_rx(net, VIRTIO_NET_CTRL_RX_NOBCAST,
		    filter->broadcast == NIC_BROADCAST_BLOCKED, false);
	}
	return rc;
}

/** The VLANs that pass. Without the feature all do. */
static errno_t apply_vlans(vnet_t *net)
{
	if (!vnet_can(net, VIRTIO_NET_F_CTRL_VLAN))
		return EOK;

	fibril_mutex_lock(&net->rn.lock);
	nic_vlan_mask_t vlans = net->filter.vlans;
	fibril_mutex_unlock(&net->rn.lock);

	for (unsigned int vid = 0; vid < NIC_VLAN_BITMAP_SIZE * 8; vid++) {
		if ((vlans.bitmap[vid / 8] & (1 << vid % 8)) == 0)
			continue;

		uint16_t val = net->legacy ? vid : host2uint16_t_le(vid);
		errno_t rc = vnet_ctrl(net, VIRTIO_NET_CTRL_VLAN,
		    VIRTIO_NET_CTRL_VLAN_ADD, &val, sizeof(val), NULL, 0);
		if (rc != EOK)
			return rc;
	}

	return EOK;
}

/** The addresses that pass. Without the feature all do.
 *
 * Addresses that do not fit, or that the device refuses, become all multicast
 * or all unicast frames: libnic filters the rest.
 */
static errno_t apply_addresses(vnet_t *net)
{
	const vnet_filter_t *filter = &net->filter;
	vnet_table_t unicast = filter->unicast_table;

	if (!vnet_can(net, VIRTIO_NET_F_CTRL_RX))
		return EOK;

	/* One that was made up, or that it refused, is not the device's own */
	if (!net->mac_known) {
		if (unicast.count < VNET_TABLE_MAX)
			unicast.addr[unicast.count++] = net->mac;
		else
			unicast.overflow = true;
	}

	bool all_unicast = filter->unicast == NIC_UNICAST_PROMISC ||
	    unicast.overflow;
	bool all_multicast = filter->multicast == NIC_MULTICAST_PROMISC ||
	    filter->multicast_table.overflow;

	errno_t rc = set_table(net, &unicast, &filter->multicast_table);
	if (rc == EINVAL) {
		all_unicast |= unicast.count > 0;
		all_multicast |= filter->multicast_table.count > 0;
		rc = EOK;
	}

	if (rc == EOK)
		rc = apply_rx(net, all_unicast, all_multicast);
	return rc;
}

/** Tell the device what is wanted. dev_lock is held.
 *
 * @return EOK, also if the device has no filter; EIO or ETIMEOUT if it does
 *         not answer, EINVAL if it refuses what cannot be done otherwise
 */
errno_t vnet_filter_apply(vnet_t *net)
{
	errno_t rc = apply_addresses(net);
	if (rc == EOK)
		rc = apply_vlans(net);
	return rc;
}

/** Begin to change what is wanted; from here on rn.lock is held.
 *
 * A device that is down is told when it has started: nobody waits for dev_lock
 * until a reset has ended.
 *
 * @return True if it is up and to be told at once; dev_lock is held, too
 */
static bool change_begin(vnet_t *net)
{
	fibril_mutex_lock(&net->rn.lock);
	if (net->rn.phase != RINGNIC_UP)
		return false;

	fibril_mutex_unlock(&net->rn.lock);
	fibril_mutex_lock(&net->dev_lock);
	fibril_mutex_lock(&net->rn.lock);
	if (net->rn.phase == RINGNIC_UP)
		return true;

	/* It went down meanwhile */
	fibril_mutex_unlock(&net->dev_lock);
	return false;
}

/** What is wanted has changed; the locks are released.
 *
 * A device that does not serve its control queue is started anew without, and
 * filters nothing.
 *
 * @param tell As change_begin() said
 * @param old  What it was before, which it is again if the device refuses
 */
static errno_t change_end(vnet_t *net, bool tell, const vnet_filter_t *old)
{
	fibril_mutex_unlock(&net->rn.lock);
	if (!tell)
		return EOK;

	errno_t rc = vnet_filter_apply(net);
	if (rc != EOK && rc != ETIMEOUT) {
		fibril_mutex_lock(&net->rn.lock);
		net->filter = *old;
		fibril_mutex_unlock(&net->rn.lock);
		if (rc == EINVAL)
			(void) vnet_filter_apply(net);
	}

	fibril_mutex_unlock(&net->dev_lock);
	return rc == ETIMEOUT ? EOK : rc;
}

/** The library's operation */
errno_t vnet_set_unicast(ringnic_t *rn, nic_unicast_mode_t mode,
    const nic_address_t *addr, size_t count)
{
	vnet_t *net = vnet_of(rn);

	bool tell = change_begin(net);
	vnet_filter_t old = net->filter;
	net->filter.unicast = mode;
	table_set(&net->filter.unicast_table, addr, count);
	return change_end(net, tell, &old);
}

/** The library's operation */
errno_t vnet_set_multicast(ringnic_t *rn, nic_multicast_mode_t mode,
    const nic_address_t *addr, size_t count)
{
	vnet_t *net = vnet_of(rn);

	bool tell = change_begin(net);
	vnet_filter_t old = net->filter;
	net->filter.multicast = mode;
	table_set(&net->filter.multicast_table, addr, count);
	return change_end(net, tell, &old);
}

/** The library's operation */
errno_t vnet_set_broadcast(ringnic_t *rn, nic_broadcast_mode_t mode)
{
	vnet_t *net = vnet_of(rn);

	bool tell = change_begin(net);
	vnet_filter_t old = net->filter;
	net->filter.broadcast = mode;
	return change_end(net, tell, &old);
}

/** The library's operation.
 *
 * With CTRL_VLAN the device drops tagged frames of all VLANs that it was not
 * told of, so the feature is only negotiated while there is a mask. That takes
 * a restart, which is the worker's: frames that it is delivering wait for
 * rxc_lock, held here. It is posted in any phase: a start that is under way may
 * have negotiated already.
 */
void vnet_set_vlans(ringnic_t *rn, const nic_vlan_mask_t *mask)
{
	vnet_t *net = vnet_of(rn);

	fibril_mutex_lock(&rn->lock);
	net->filter.vlan_filter = mask != NULL;
	if (mask != NULL)
		net->filter.vlans = *mask;
	ringnic_post(rn, VNET_EV_REFILTER);
	fibril_mutex_unlock(&rn->lock);
}

/** @}
 */
