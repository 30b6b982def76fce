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
/** @file Framework of network card drivers
 */

#include <errno.h>
#include <host/violation.h>
#include <mem.h>
#include <nic.h>
#include <nic_impl.h>
#include <stdlib.h>
#include "nic_private.h"
#include "private.h"

errno_t nic_driver_init(const char *name)
{
	(void) name;
	return EOK;
}

#define DEFAULT_METHOD(name) \
	if (iface->name == NULL) \
		iface->name = nic_##name##_impl

void nic_driver_implement(driver_ops_t *driver_ops, ddf_dev_ops_t *dev_ops,
    nic_iface_t *iface)
{
	(void) driver_ops;
	if (dev_ops != NULL) {
		if (dev_ops->open == NULL)
			dev_ops->open = nic_open_impl;
		if (dev_ops->close == NULL)
			dev_ops->close = nic_close_impl;
		if (dev_ops->interfaces[NIC_DEV_IFACE] == NULL)
			dev_ops->interfaces[NIC_DEV_IFACE] = iface;
		if (dev_ops->default_handler == NULL)
			dev_ops->default_handler = nic_default_handler_impl;
	}
	if (iface == NULL)
		return;
	DEFAULT_METHOD(get_state);
	DEFAULT_METHOD(set_state);
	DEFAULT_METHOD(send_frame);
	DEFAULT_METHOD(callback_create);
	DEFAULT_METHOD(get_address);
	DEFAULT_METHOD(get_stats);
	DEFAULT_METHOD(unicast_get_mode);
	DEFAULT_METHOD(unicast_set_mode);
	DEFAULT_METHOD(multicast_get_mode);
	DEFAULT_METHOD(multicast_set_mode);
	DEFAULT_METHOD(broadcast_get_mode);
	DEFAULT_METHOD(broadcast_set_mode);
	DEFAULT_METHOD(blocked_sources_get);
	DEFAULT_METHOD(blocked_sources_set);
	DEFAULT_METHOD(vlan_get_mask);
	DEFAULT_METHOD(vlan_set_mask);
	DEFAULT_METHOD(wol_virtue_add);
	DEFAULT_METHOD(wol_virtue_remove);
	DEFAULT_METHOD(wol_virtue_probe);
	DEFAULT_METHOD(wol_virtue_list);
	DEFAULT_METHOD(wol_virtue_get_caps);
	DEFAULT_METHOD(poll_get_mode);
	DEFAULT_METHOD(poll_set_mode);
	DEFAULT_METHOD(poll_now);
}

/*
 * Life of a card. It is the device's data, so it lives as long as the device:
 * until the last client of its function is gone.
 */

nic_t *nic_create_and_bind(ddf_dev_t *dev)
{
	nic_t *nic = ddf_dev_data_alloc(dev, sizeof(nic_t));
	if (nic == NULL)
		return NULL;
	nic->dev = dev;
	nic->state = NIC_STATE_STOPPED;
	nic->poll_mode = NIC_POLL_IMMEDIATE;
	nic->default_poll_mode = NIC_POLL_IMMEDIATE;
	fibril_rwlock_initialize(&nic->main_lock);
	fibril_rwlock_initialize(&nic->rxc_lock);
	fibril_mutex_initialize(&nic->stats_lock);
	fibril_mutex_initialize(&nic->poll_lock);
	fibril_condvar_initialize(&nic->poll_cv);
	nic_rxc_reset(&nic->rxc);
	return nic;
}

void nic_unbind_and_destroy(ddf_dev_t *dev)
{
	nic_t *nic = nic_get_from_ddf_dev(dev);

	nic_end_polling(nic);
	free(nic->specific);
	nic->specific = NULL;
	fibril_rwlock_write_lock(&nic->rxc_lock);
	nic_rxc_reset(&nic->rxc);
	fibril_rwlock_write_unlock(&nic->rxc_lock);
}

errno_t nic_get_resources(nic_t *nic, hw_res_list_parsed_t *list)
{
	async_sess_t *sess = ddf_dev_parent_sess_get(nic->dev);
	if (sess == NULL)
		return EIO;
	return hw_res_get_list_parsed(sess, list, 0);
}

void nic_set_specific(nic_t *nic, void *specific)
{
	nic->specific = specific;
}

void *nic_get_specific(nic_t *nic)
{
	return nic->specific;
}

void nic_set_send_frame_handler(nic_t *nic, send_frame_handler handler)
{
	nic->send_frame = handler;
}

void nic_set_state_change_handlers(nic_t *nic,
    state_change_handler on_activating, state_change_handler on_going_down,
    state_change_handler on_stopping)
{
	nic->on_activating = on_activating;
	nic->on_going_down = on_going_down;
	nic->on_stopping = on_stopping;
}

void nic_set_filtering_change_handlers(nic_t *nic,
    unicast_mode_change_handler on_unicast,
    multicast_mode_change_handler on_multicast,
    broadcast_mode_change_handler on_broadcast,
    blocked_sources_change_handler on_blocked,
    vlan_mask_change_handler on_vlan)
{
	nic->on_unicast = on_unicast;
	nic->on_multicast = on_multicast;
	nic->on_broadcast = on_broadcast;
	nic->on_blocked = on_blocked;
	nic->on_vlan = on_vlan;
}

void nic_set_wol_virtue_change_handlers(nic_t *nic,
    wol_virtue_add_handler on_add, wol_virtue_remove_handler on_remove)
{
	nic->on_wol_add = on_add;
	nic->on_wol_remove = on_remove;
}

void nic_set_poll_handlers(nic_t *nic, poll_mode_change_handler on_mode,
    poll_request_handler on_request)
{
	nic->on_poll_mode = on_mode;
	nic->on_poll_request = on_request;
}

ddf_dev_t *nic_get_ddf_dev(nic_t *nic)
{
	return nic->dev;
}

ddf_fun_t *nic_get_ddf_fun(nic_t *nic)
{
	return nic->fun;
}

void nic_set_ddf_fun(nic_t *nic, ddf_fun_t *fun)
{
	nic->fun = fun;
}

nic_t *nic_get_from_ddf_dev(ddf_dev_t *dev)
{
	return ddf_dev_data_get(dev);
}

nic_t *nic_get_from_ddf_fun(ddf_fun_t *fun)
{
	return ddf_dev_data_get(ddf_fun_get_dev(fun));
}

nic_device_state_t nic_query_state(nic_t *nic)
{
	return nic->state;
}

void nic_set_tx_busy(nic_t *nic, int busy)
{
	nic->tx_busy = busy;
}

errno_t nic_fun_add_to_cats(ddf_fun_t *fun)
{
	return ddf_fun_add_to_category(fun, DEVICE_CATEGORY_NIC);
}

/*
 * Address
 */

/** Tell the client of a new address; waits for it. */
void nic_tell_addr(nic_t *nic, const nic_address_t *addr)
{
	host_nic_client_t *client = nic->client;

	if (client == NULL)
		return;
	fibril_mutex_lock(&client->lock);
	if (client->ops->addr_changed != NULL)
		client->ops->addr_changed(client->arg, addr);
	fibril_mutex_unlock(&client->lock);
}

void nic_tell_state(nic_t *nic, nic_device_state_t state)
{
	host_nic_client_t *client = nic->client;

	if (client == NULL)
		return;
	fibril_mutex_lock(&client->lock);
	if (client->ops->state_changed != NULL)
		client->ops->state_changed(client->arg, state);
	fibril_mutex_unlock(&client->lock);
}

errno_t nic_report_address(nic_t *nic, const nic_address_t *addr)
{
	if (addr->address[0] & 1)
		return EINVAL;

	fibril_rwlock_write_lock(&nic->main_lock);
	nic_tell_addr(nic, addr);
	/* As libnic, whose list of what passes begins with the second one */
	if (MAC_IS_ZERO(nic->default_mac.address)) {
		nic->default_mac = *addr;
	} else {
		fibril_rwlock_write_lock(&nic->rxc_lock);
		nic->rxc.own = *addr;
		fibril_rwlock_write_unlock(&nic->rxc_lock);
	}
	nic->mac = *addr;
	fibril_rwlock_write_unlock(&nic->main_lock);
	return EOK;
}

void nic_query_address(nic_t *nic, nic_address_t *addr)
{
	*addr = nic->mac;
}

/*
 * Frames
 */

nic_frame_t *nic_alloc_frame(nic_t *nic, size_t size)
{
	(void) nic;
	nic_frame_t *frame = calloc(1, sizeof(nic_frame_t));
	if (frame == NULL)
		return NULL;
	frame->data = malloc(size);
	if (frame->data == NULL) {
		free(frame);
		return NULL;
	}
	frame->size = size;
	return frame;
}

void nic_release_frame(nic_t *nic, nic_frame_t *frame)
{
	(void) nic;
	if (frame == NULL)
		return;
	free(frame->data);
	free(frame);
}

nic_frame_list_t *nic_alloc_frame_list(void)
{
	nic_frame_list_t *list = malloc(sizeof(nic_frame_list_t));
	if (list != NULL)
		list_initialize(list);
	return list;
}

void nic_frame_list_append(nic_frame_list_t *list, nic_frame_t *frame)
{
	list_append(&frame->link, list);
}

static void count_received(nic_t *nic, size_t size, nic_frame_type_t type)
{
	fibril_mutex_lock(&nic->stats_lock);
	nic->stats.receive_packets++;
	nic->stats.receive_bytes += size;
	if (type == NIC_FRAME_MULTICAST)
		nic->stats.receive_multicast++;
	if (type == NIC_FRAME_BROADCAST)
		nic->stats.receive_broadcast++;
	fibril_mutex_unlock(&nic->stats_lock);
}

static void count_filtered(nic_t *nic, nic_frame_type_t type)
{
	fibril_mutex_lock(&nic->stats_lock);
	switch (type) {
	case NIC_FRAME_UNICAST:
		nic->stats.receive_filtered_unicast++;
		break;
	case NIC_FRAME_MULTICAST:
		nic->stats.receive_filtered_multicast++;
		break;
	case NIC_FRAME_BROADCAST:
		nic->stats.receive_filtered_broadcast++;
		break;
	}
	fibril_mutex_unlock(&nic->stats_lock);
}

void nic_received_frame(nic_t *nic, nic_frame_t *frame)
{
	host_nic_client_t *client = nic->client;
	nic_frame_type_t type;

	/* HelenOS's libnic takes the type of such a frame from nowhere. */
	if (frame->size < 2 * ETH_ADDR)
		host_violation("a frame of %zu bytes was received; libnic "
		    "cannot take less than %d", frame->size, 2 * ETH_ADDR);

	fibril_rwlock_read_lock(&nic->rxc_lock);
	bool wanted = nic_rxc_check(&nic->rxc, frame->data, frame->size,
	    &type);
	fibril_rwlock_read_unlock(&nic->rxc_lock);

	if (wanted && nic->state == NIC_STATE_ACTIVE && client != NULL) {
		count_received(nic, frame->size, type);
		fibril_mutex_lock(&client->lock);
		if (client->ops->received != NULL)
			client->ops->received(client->arg, frame->data,
			    frame->size);
		fibril_mutex_unlock(&client->lock);
	} else {
		count_filtered(nic, type);
	}
	nic_release_frame(nic, frame);
}

void nic_received_frame_list(nic_t *nic, nic_frame_list_t *list)
{
	nic_frame_t *frame;

	if (list == NULL)
		return;
	while ((frame = list_pop(list, nic_frame_t, link)) != NULL)
		nic_received_frame(nic, frame);
	free(list);
}

/*
 * Statistics
 */

void nic_report_send_ok(nic_t *nic, size_t packets, size_t bytes)
{
	fibril_mutex_lock(&nic->stats_lock);
	nic->stats.send_packets += packets;
	nic->stats.send_bytes += bytes;
	fibril_mutex_unlock(&nic->stats_lock);
}

void nic_report_send_error(nic_t *nic, nic_send_error_cause_t cause,
    unsigned int packets)
{
	nic_device_stats_t *stats = &nic->stats;
	unsigned long *const counter[] = {
		[NIC_SEC_BUFFER_FULL] = &stats->send_dropped,
		[NIC_SEC_ABORTED] = &stats->send_aborted_errors,
		[NIC_SEC_CARRIER_LOST] = &stats->send_carrier_errors,
		[NIC_SEC_FIFO_OVERRUN] = &stats->send_fifo_errors,
		[NIC_SEC_HEARTBEAT] = &stats->send_heartbeat_errors,
		[NIC_SEC_WINDOW_ERROR] = &stats->send_window_errors,
		[NIC_SEC_OTHER] = NULL
	};

	fibril_mutex_lock(&nic->stats_lock);
	stats->send_errors += packets;
	if (counter[cause] != NULL)
		*counter[cause] += packets;
	fibril_mutex_unlock(&nic->stats_lock);
}

void nic_report_receive_error(nic_t *nic, nic_receive_error_cause_t cause,
    unsigned int packets)
{
	nic_device_stats_t *stats = &nic->stats;
	unsigned long *const counter[] = {
		[NIC_REC_BUFFER_FULL] = &stats->receive_dropped,
		[NIC_REC_LENGTH] = &stats->receive_length_errors,
		[NIC_REC_BUFFER_OVERFLOW] = &stats->receive_over_errors,
		[NIC_REC_CRC] = &stats->receive_crc_errors,
		[NIC_REC_FRAME_ALIGNMENT] = &stats->receive_frame_errors,
		[NIC_REC_FIFO_OVERRUN] = &stats->receive_fifo_errors,
		[NIC_REC_MISSED] = &stats->receive_missed_errors,
		[NIC_REC_OTHER] = NULL
	};

	fibril_mutex_lock(&nic->stats_lock);
	stats->receive_errors += packets;
	if (counter[cause] != NULL)
		*counter[cause] += packets;
	fibril_mutex_unlock(&nic->stats_lock);
}

void nic_report_collisions(nic_t *nic, unsigned int count)
{
	fibril_mutex_lock(&nic->stats_lock);
	nic->stats.collisions += count;
	fibril_mutex_unlock(&nic->stats_lock);
}

/*
 * Receive control, for the driver's handlers
 */

void nic_report_hw_filtering(nic_t *nic, int unicast, int multicast, int vlan)
{
	if (unicast >= 0)
		nic->rxc.unicast_exact = unicast != 0;
	if (multicast >= 0)
		nic->rxc.multicast_exact = multicast != 0;
	if (vlan >= 0)
		nic->rxc.vlan_exact = vlan != 0;
}

void nic_query_unicast(const nic_t *nic, nic_unicast_mode_t *mode, size_t max,
    nic_address_t *addr, size_t *count)
{
	*mode = nic->rxc.unicast_mode;
	nic_addr_list_get(&nic->rxc.unicast, max, addr, count);
}

void nic_query_multicast(const nic_t *nic, nic_multicast_mode_t *mode,
    size_t max, nic_address_t *addr, size_t *count)
{
	*mode = nic->rxc.multicast_mode;
	nic_addr_list_get(&nic->rxc.multicast, max, addr, count);
}

void nic_query_broadcast(const nic_t *nic, nic_broadcast_mode_t *mode)
{
	*mode = nic->rxc.broadcast_mode;
}

void nic_query_blocked_sources(const nic_t *nic, size_t max,
    nic_address_t *addr, size_t *count)
{
	nic_addr_list_get(&nic->rxc.blocked, max, addr, count);
}

errno_t nic_query_vlan_mask(const nic_t *nic, nic_vlan_mask_t *mask)
{
	if (nic->rxc.vlan_mask == NULL)
		return ENOENT;
	*mask = *nic->rxc.vlan_mask;
	return EOK;
}

int nic_query_wol_max_caps(const nic_t *nic, nic_wv_type_t type)
{
	return nic->wol_max_caps[type];
}

void nic_set_wol_max_caps(nic_t *nic, nic_wv_type_t type, int count)
{
	nic->wol_max_caps[type] = count;
}

/** Upper 6 bits of the Ethernet CRC of an address, as cards hash it */
static unsigned int address_hash(const uint8_t *addr)
{
	uint32_t crc = 0xffffffff;

	for (unsigned int i = 0; i < ETH_ADDR * 8; i++) {
		uint32_t bit = (addr[i / 8] >> (i % 8)) & 1;
		uint32_t top = crc >> 31;

		crc <<= 1;
		if (top != bit)
			crc ^= 0x04c11db7;
	}
	return crc >> 26;
}

uint64_t nic_mcast_hash(const nic_address_t *addr, size_t count)
{
	uint64_t hash = 0;

	for (size_t i = 0; i < count; i++)
		hash |= UINT64_C(1) << address_hash(addr[i].address);
	return hash;
}

uint64_t nic_query_mcast_hash(nic_t *nic)
{
	uint64_t hash;

	fibril_rwlock_read_lock(&nic->rxc_lock);
	switch (nic->rxc.multicast_mode) {
	case NIC_MULTICAST_LIST:
		hash = nic_mcast_hash(nic->rxc.multicast.addr,
		    nic->rxc.multicast.count);
		break;
	case NIC_MULTICAST_PROMISC:
		hash = UINT64_MAX;
		break;
	default:
		hash = 0;
	}
	fibril_rwlock_read_unlock(&nic->rxc_lock);
	return hash;
}

/** @}
 */
