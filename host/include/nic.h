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

#ifndef HOST_NIC_H_
#define HOST_NIC_H_

#include <adt/list.h>
#include <ddf/driver.h>
#include <device/hw_res_parsed.h>
#include <ops/nic.h>

#define DEVICE_CATEGORY_NIC	"nic"

typedef struct nic nic_t;

typedef struct nic_wol_virtue {
	nic_wv_id_t id;
	nic_wv_type_t type;
	void *data;
	size_t length;
	struct nic_wol_virtue *next;
} nic_wol_virtue_t;

/** A received frame */
typedef struct {
	link_t link;
	void *data;
	/** In bytes */
	size_t size;
} nic_frame_t;

typedef list_t nic_frame_list_t;

/* Called with the main lock held for reading. */
typedef void (*send_frame_handler)(nic_t *, void *, size_t);
typedef void (*poll_request_handler)(nic_t *);

/* Called with the main lock held for writing. */
typedef errno_t (*state_change_handler)(nic_t *);
typedef errno_t (*poll_mode_change_handler)(nic_t *, nic_poll_mode_t,
    const struct timespec *);

/* Called with the receive control lock held for writing. */
typedef errno_t (*unicast_mode_change_handler)(nic_t *, nic_unicast_mode_t,
    const nic_address_t *, size_t);
typedef errno_t (*multicast_mode_change_handler)(nic_t *,
    nic_multicast_mode_t, const nic_address_t *, size_t);
typedef errno_t (*broadcast_mode_change_handler)(nic_t *,
    nic_broadcast_mode_t);
typedef void (*blocked_sources_change_handler)(nic_t *,
    const nic_address_t *, size_t);
typedef void (*vlan_mask_change_handler)(nic_t *, const nic_vlan_mask_t *);

typedef errno_t (*wol_virtue_add_handler)(nic_t *, const nic_wol_virtue_t *);
typedef void (*wol_virtue_remove_handler)(nic_t *, const nic_wol_virtue_t *);

extern nic_t *nic_create_and_bind(ddf_dev_t *);
extern void nic_unbind_and_destroy(ddf_dev_t *);

extern errno_t nic_driver_init(const char *);
extern void nic_driver_implement(driver_ops_t *, ddf_dev_ops_t *,
    nic_iface_t *);

extern errno_t nic_get_resources(nic_t *, hw_res_list_parsed_t *);
extern void nic_set_specific(nic_t *, void *);
extern void nic_set_send_frame_handler(nic_t *, send_frame_handler);
extern void nic_set_state_change_handlers(nic_t *, state_change_handler,
    state_change_handler, state_change_handler);
extern void nic_set_filtering_change_handlers(nic_t *,
    unicast_mode_change_handler, multicast_mode_change_handler,
    broadcast_mode_change_handler, blocked_sources_change_handler,
    vlan_mask_change_handler);
extern void nic_set_wol_virtue_change_handlers(nic_t *,
    wol_virtue_add_handler, wol_virtue_remove_handler);
extern void nic_set_poll_handlers(nic_t *, poll_mode_change_handler,
    poll_request_handler);

extern ddf_dev_t *nic_get_ddf_dev(nic_t *);
extern ddf_fun_t *nic_get_ddf_fun(nic_t *);
extern void nic_set_ddf_fun(nic_t *, ddf_fun_t *);
extern nic_t *nic_get_from_ddf_dev(ddf_dev_t *);
extern nic_t *nic_get_from_ddf_fun(ddf_fun_t *);
extern void *nic_get_specific(nic_t *);
extern nic_device_state_t nic_query_state(nic_t *);
extern void nic_set_tx_busy(nic_t *, int);
extern errno_t nic_report_address(nic_t *, const nic_address_t *);
extern errno_t nic_report_poll_mode(nic_t *, nic_poll_mode_t,
    struct timespec *);
extern void nic_query_address(nic_t *, nic_address_t *);
extern void nic_received_frame(nic_t *, nic_frame_t *);
extern void nic_received_frame_list(nic_t *, nic_frame_list_t *);
extern nic_poll_mode_t nic_query_poll_mode(nic_t *, struct timespec *);

extern void nic_report_send_ok(nic_t *, size_t, size_t);
extern void nic_report_send_error(nic_t *, nic_send_error_cause_t, unsigned);
extern void nic_report_receive_error(nic_t *, nic_receive_error_cause_t,
    unsigned);
extern void nic_report_collisions(nic_t *, unsigned);

extern nic_frame_t *nic_alloc_frame(nic_t *, size_t);
extern nic_frame_list_t *nic_alloc_frame_list(void);
extern void nic_frame_list_append(nic_frame_list_t *, nic_frame_t *);
extern void nic_release_frame(nic_t *, nic_frame_t *);

extern void nic_report_hw_filtering(nic_t *, int, int, int);
extern void nic_query_unicast(const nic_t *, nic_unicast_mode_t *, size_t,
    nic_address_t *, size_t *);
extern void nic_query_multicast(const nic_t *, nic_multicast_mode_t *, size_t,
    nic_address_t *, size_t *);
extern void nic_query_broadcast(const nic_t *, nic_broadcast_mode_t *);
extern void nic_query_blocked_sources(const nic_t *, size_t, nic_address_t *,
    size_t *);
extern errno_t nic_query_vlan_mask(const nic_t *, nic_vlan_mask_t *);
extern int nic_query_wol_max_caps(const nic_t *, nic_wv_type_t);
extern void nic_set_wol_max_caps(nic_t *, nic_wv_type_t, int);
extern uint64_t nic_mcast_hash(const nic_address_t *, size_t);
extern uint64_t nic_query_mcast_hash(nic_t *);

extern void nic_sw_period_start(nic_t *);
extern void nic_sw_period_stop(nic_t *);

extern errno_t nic_fun_add_to_cats(ddf_fun_t *);

#endif

/** @}
 */
