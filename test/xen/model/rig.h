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

/** @file
 * The drivers, the model and a client, together
 *
 *   rig_start()      the machine, the drivers and the platform device
 *   netback_plug()   a device comes
 *   rig_bring_up()   a client brings the card up, as the IP stack does
 *   ...
 *   rig_finish()     all is removed, and nothing is left
 *
 * and again, if the test likes.
 */

#ifndef MODEL_RIG_H_
#define MODEL_RIG_H_

#include <host/ddf.h>
#include <host/model.h>
#include <host/nic_client.h>
#include <stdatomic.h>
#include "../../model/fault.h"
#include "../../model/suite.h"
#include "xen.h"

/** Front end's directory */
#define FRONT  "device/vif/0"

/** Back end's directory */
#define BACK  "/local/domain/0/backend/vif/1/0"

/** Longest frame that the client takes */
#define RIG_FRAME_MAX  9216

/** Platform device, NULL if it could not be added */
extern ddf_dev_t *rig_platform;
/** The card that is bound, with a reference, or NULL */
extern _Atomic(ddf_fun_t *) rig_card;
extern host_nic_client_t *rig_client;
/** Last byte of the card's address */
extern uint8_t rig_mac_end;
/** Frames that the client got */
extern atomic_uint rig_received;

/** Warnings of pages that a back end kept */
extern atomic_uint rig_lost_pages;
/** Warnings of back ends that did not close */
extern atomic_uint rig_unclosed;
/** Warnings of a multicast filter that cannot be used */
extern atomic_uint rig_unfiltered;

/** So many messages from now on are lost: of xen-platform, that there is an
 * event, and of xenbus, that a state has changed */
extern atomic_int fault_lost_events;
extern atomic_int fault_lost_states;
/** Messages of each kind, lost or not, all ever */
extern atomic_uint fault_events;
extern atomic_uint fault_states;

extern void (*rig_before_bus)(void);
extern void rig_power_on(void);
extern errno_t rig_add(void);
extern void rig_start(void);
extern errno_t rig_connect(void);
extern errno_t rig_connect_only(void);
extern void rig_bring_up(void);
extern void rig_start_up(bool);
extern void rig_disconnect(void);
/** Take a function offline, in a thread of its own. */
extern void rig_offline_begin(ddf_fun_t *);
extern void rig_offline_end(void);
extern void rig_stop(void);
extern void rig_finish(void);
extern void rig_check_parted(void);
extern void rig_check_clean(void);

extern unsigned int rig_front_state(void);
extern bool rig_link_is_up(void);
extern size_t rig_live_dma(void);
extern void rig_send(size_t, uint8_t);
extern size_t rig_make_frame(uint8_t *, size_t, uint8_t);
extern bool rig_receive(size_t, uint8_t);
extern bool rig_closed_for(const char *);
extern bool rig_got(const void *, size_t);
extern void rig_expect_traffic(void);

#endif
