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
/** @file Default methods of a network card's interface
 */

#ifndef HOST_NIC_IMPL_H_
#define HOST_NIC_IMPL_H_

#include <assert.h>
#include <ddf/driver.h>
#include <nic/nic.h>
#include <time.h>

extern errno_t nic_get_address_impl(ddf_fun_t *, nic_address_t *);
extern errno_t nic_send_frame_impl(ddf_fun_t *, void *, size_t);
extern errno_t nic_callback_create_impl(ddf_fun_t *);
extern errno_t nic_get_state_impl(ddf_fun_t *, nic_device_state_t *);
extern errno_t nic_set_state_impl(ddf_fun_t *, nic_device_state_t);
extern errno_t nic_get_stats_impl(ddf_fun_t *, nic_device_stats_t *);
extern errno_t nic_unicast_get_mode_impl(ddf_fun_t *, nic_unicast_mode_t *,
    size_t, nic_address_t *, size_t *);
extern errno_t nic_unicast_set_mode_impl(ddf_fun_t *, nic_unicast_mode_t,
    const nic_address_t *, size_t);
extern errno_t nic_multicast_get_mode_impl(ddf_fun_t *,
    nic_multicast_mode_t *, size_t, nic_address_t *, size_t *);
extern errno_t nic_multicast_set_mode_impl(ddf_fun_t *, nic_multicast_mode_t,
    const nic_address_t *, size_t);
extern errno_t nic_broadcast_get_mode_impl(ddf_fun_t *,
    nic_broadcast_mode_t *);
extern errno_t nic_broadcast_set_mode_impl(ddf_fun_t *, nic_broadcast_mode_t);
extern errno_t nic_blocked_sources_get_impl(ddf_fun_t *, size_t,
    nic_address_t *, size_t *);
extern errno_t nic_blocked_sources_set_impl(ddf_fun_t *,
    const nic_address_t *, size_t);
extern errno_t nic_vlan_get_mask_impl(ddf_fun_t *, nic_vlan_mask_t *);
extern errno_t nic_vlan_set_mask_impl(ddf_fun_t *, const nic_vlan_mask_t *);
extern errno_t nic_wol_virtue_add_impl(ddf_fun_t *, nic_wv_type_t,
    const void *, size_t, nic_wv_id_t *);
extern errno_t nic_wol_virtue_remove_impl(ddf_fun_t *, nic_wv_id_t);
extern errno_t nic_wol_virtue_probe_impl(ddf_fun_t *, nic_wv_id_t,
    nic_wv_type_t *, size_t, void *, size_t *);
extern errno_t nic_wol_virtue_list_impl(ddf_fun_t *, nic_wv_type_t, size_t,
    nic_wv_id_t *, size_t *);
extern errno_t nic_wol_virtue_get_caps_impl(ddf_fun_t *, nic_wv_type_t,
    int *);
extern errno_t nic_poll_get_mode_impl(ddf_fun_t *, nic_poll_mode_t *,
    struct timespec *);
extern errno_t nic_poll_set_mode_impl(ddf_fun_t *, nic_poll_mode_t,
    const struct timespec *);
extern errno_t nic_poll_now_impl(ddf_fun_t *);

extern void nic_default_handler_impl(ddf_fun_t *, ipc_call_t *);
extern errno_t nic_open_impl(ddf_fun_t *);
extern void nic_close_impl(ddf_fun_t *);

#endif

/** @}
 */
