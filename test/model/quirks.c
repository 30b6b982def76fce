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

/** @addtogroup test
 * @{
 */
/** @file virtio-net and devices that are odd, but do no harm
 *
 * What the driver does not need never costs the card.
 */

#include <errno.h>
#include <host/model.h>
#include "rig.h"

typedef struct {
	const char *name;
	vm_kind_t kind;
	void (*make)(vm_cfg_t *);
	/** What the driver says of it, or NULL */
	const char *said;
} quirk_t;

static void firmware_msix(vm_cfg_t *cfg)
{
	cfg->msix = true;
	cfg->msix_on = true;
}

static void firmware_intx(vm_cfg_t *cfg)
{
	cfg->intx_off = true;
}

static void caps_of_16(vm_cfg_t *cfg)
{
	cfg->cap_len = 16;
}

static void forgets(vm_cfg_t *cfg)
{
	cfg->late_clear = 3;
}

static void forgets_later(vm_cfg_t *cfg)
{
	cfg->late_clear = 25;
}

static void forgets_at_work(vm_cfg_t *cfg)
{
	cfg->late_clear = 60;
}

static void insists_on_reset(vm_cfg_t *cfg)
{
	cfg->features |= VM_F_RING_RESET;
	cfg->insists = VM_F_RING_RESET;
}

static void insists_on_iommu(vm_cfg_t *cfg)
{
	cfg->features |= VM_F_ACCESS_PLATFORM | VM_F_ORDER_PLATFORM;
	cfg->insists = VM_F_ACCESS_PLATFORM | VM_F_ORDER_PLATFORM;
}

static void counts_all(vm_cfg_t *cfg)
{
	for (unsigned int i = 0; i < VM_QUEUES; i++)
		cfg->used[i] = i == NET_RX ? VM_USED_WRITTEN : VM_USED_ALL;
}

static void counts_frames(vm_cfg_t *cfg)
{
	cfg->used[NET_TX] = VM_USED_DATA;
}

static const quirk_t quirks[] = {
	{ "firmware left MSI-X on", VM_LEGACY, firmware_msix, "left message" },
	{ "firmware left MSI-X on, modern", VM_MODERN, firmware_msix,
	    "left message" },
	{ "firmware left the line off", VM_LEGACY, firmware_intx, NULL },
	{ "all capabilities of 16 bytes", VM_MODERN_IO, caps_of_16, NULL },
	{ "status cleared again at once", VM_MODERN, forgets, NULL },
	{ "status cleared again at once, legacy", VM_LEGACY, forgets, NULL },
	{ "status cleared again later", VM_MODERN, forgets_later, NULL },
	{ "insists on RING_RESET", VM_MODERN, insists_on_reset, NULL },
	{ "insists on ACCESS_PLATFORM", VM_MODERN, insists_on_iommu, NULL },
	{ "counts what it only read", VM_MODERN, counts_all, NULL },
	{ "counts what it only read, legacy", VM_LEGACY, counts_all, NULL },
	{ "counts the frame that it read", VM_MODERN, counts_frames, NULL }
};

static rig_t *quirk_rig(vm_kind_t kind, void (*make)(vm_cfg_t *))
{
	rig_t *rig = rig_create(kind, NET_F_ALL);

	if (make != NULL)
		make(&rig->vm->cfg);
	vm_build(rig->vm);
	return rig;
}

TEST_ROWS(an_odd_device_works_without_a_reset, quirk_t, quirks)
{
	rig_t *rig = quirk_rig(row->kind, row->make);

	EXPECT_EQ(rig_add(rig), EOK);
	rig_up(rig);
	rig_expect_traffic(rig);
	const nic_iface_t *iface = rig->client->iface;
	EXPECT_EQ(iface->set_state(rig->fun, NIC_STATE_STOPPED), EOK);
	EXPECT_EQ(iface->set_state(rig->fun, NIC_STATE_ACTIVE), EOK);
	EXPECT_EQ(iface->get_address(rig->fun, &rig->mac), EOK);
	rig_expect_traffic(rig);
	if (row->said != NULL)
		EXPECT(rig_logged(row->said));
	EXPECT(!rig_logged("resetting device"));
	EXPECT(!rig_logged("given up"));
	rig_end(rig);
}

/** One that forgets when it has begun to work is found out, and set up anew. */
TEST(a_device_that_forgets_its_status_at_work_is_set_up_again)
{
	rig_t *rig = quirk_rig(VM_MODERN, forgets_at_work);

	EXPECT_EQ(rig_add(rig), EOK);
	rig_up(rig);
	WAIT_FOR(rig_receive(rig, 60));
	rig_resync(rig);
	rig_expect_traffic(rig);
	rig_end(rig);
}

/* A host that loses a notification, or asks for it too late to get it */

/** How much faster time goes: what looks now and then looks often. */
#define SPEED	20

static void has_flags(vm_cfg_t *cfg)
{
	cfg->features &= ~VM_F_EVENT_IDX;
}

static const quirk_t losing[] = {
	{ "modern", VM_MODERN, NULL, NULL },
	{ "modern, with flags", VM_MODERN, has_flags, NULL },
	{ "legacy", VM_LEGACY, NULL, NULL }
};

static rig_t *start_losing(const quirk_t *row)
{
	rig_t *rig = quirk_rig(row->kind, row->make);

	host_time_set_speed(SPEED);
	EXPECT_EQ(rig_add(rig), EOK);
	rig_up(rig);
	rig_expect_traffic(rig);
	return rig;
}

/** The device was not reset for it. */
static void end_losing(rig_t *rig, unsigned long starts)
{
	EXPECT_EQ(rig->vm->lie.lost, 0);
	EXPECT_EQ(rig->vm->starts, starts);
	rig_expect_traffic(rig);
	host_time_set_speed(1);
	rig_end(rig);
}

TEST_ROWS(the_last_frame_is_sent_though_its_notification_is_lost, quirk_t,
    losing)
{
	rig_t *rig = start_losing(row);
	unsigned long starts = rig->vm->starts;

	for (unsigned int i = 0; i < 5; i++) {
		rig->vm->lie.lost = 1;
		EXPECT_EQ(rig_send(rig, 60), EOK);
		WAIT_FOR(rig->sent + 1 == rig->next_out);
	}
	end_losing(rig, starts);
}

/** With event indices, no later frame passes the index that is waited for. */
TEST_ROWS(many_frames_are_sent_though_a_notification_is_lost, quirk_t, losing)
{
	rig_t *rig = start_losing(row);
	unsigned long starts = rig->vm->starts;

	rig->vm->lie.lost = 1;
	for (unsigned int i = 0; i < 200; i++)
		EXPECT_EQ(rig_send(rig, 60), EOK);
	WAIT_FOR(rig->sent + 1 == rig->next_out);
	end_losing(rig, starts);
}

TEST_ROWS(a_command_is_carried_out_though_its_notification_is_lost, quirk_t,
    losing)
{
	rig_t *rig = start_losing(row);
	unsigned long starts = rig->vm->starts;

	rig->vm->lie.lost = 1;
	EXPECT_EQ(rig->client->iface->multicast_set_mode(rig->fun,
	    NIC_MULTICAST_PROMISC, NULL, 0), EOK);
	EXPECT(rig->net->filter.allmulti);
	end_losing(rig, starts);
}

/** @}
 */
