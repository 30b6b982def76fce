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

/** @addtogroup test_model
 * @{
 */
/** @file A driver of a few lines, for tests of the model itself
 */

#include <as.h>
#include <ddi.h>
#include <host/model.h>
#include <stdio.h>
#include <string.h>
#include "bad.h"

uint64_t bad_rd(bad_t *bad, uint64_t at, unsigned int size)
{
	return vm_pci_ops.bar_read(bad->vm, 4, at, size);
}

void bad_wr(bad_t *bad, uint64_t at, unsigned int size, uint64_t value)
{
	vm_pci_ops.bar_write(bad->vm, 4, at, size, value);
}

void bad_reset_device(bad_t *bad)
{
	bad_wr(bad, STATUS, 1, 0);
	while (bad_rd(bad, STATUS, 1) != 0)
		;
}

/** Up to the DRIVER bit */
void bad_to_driver(bad_t *bad)
{
	bad_reset_device(bad);
	bad_wr(bad, STATUS, 1, 1);
	bad_wr(bad, STATUS, 1, 3);
}

void bad_write_features(bad_t *bad, uint64_t features)
{
	bad_wr(bad, DRIVER_FEATURE_SELECT, 4, 0);
	bad_wr(bad, DRIVER_FEATURE, 4, (uint32_t) features);
	bad_wr(bad, DRIVER_FEATURE_SELECT, 4, 1);
	bad_wr(bad, DRIVER_FEATURE, 4, features >> 32);
}

/** Up to FEATURES_OK, read back */
void bad_to_features_ok(bad_t *bad)
{
	bad_to_driver(bad);
	bad_write_features(bad, bad->features);
	bad_wr(bad, STATUS, 1, 11);
	(void) bad_rd(bad, STATUS, 1);
}

static uint64_t part(bad_t *bad, unsigned int q, unsigned int which)
{
	static const uint64_t offset[] = { 0, 0x400, 0x800 };

	return bad->ring[q].phys + offset[which];
}

void bad_set_addresses(bad_t *bad, unsigned int q)
{
	static const unsigned int regs[] = {
		QUEUE_DESC, QUEUE_DRIVER, QUEUE_DEVICE
	};

	bad_wr(bad, QUEUE_SELECT, 2, q);
	bad_wr(bad, QUEUE_SIZE, 2, SIZE);
	for (unsigned int i = 0; i < 3; i++) {
		bad_wr(bad, regs[i], 4, (uint32_t) part(bad, q, i));
		bad_wr(bad, regs[i] + 4, 4, part(bad, q, i) >> 32);
	}
}

void bad_to_queues(bad_t *bad)
{
	bad_to_features_ok(bad);
	for (unsigned int q = 0; q < bad->vm->cls->queues; q++) {
		bad_set_addresses(bad, q);
		bad_wr(bad, QUEUE_ENABLE, 2, 1);
	}
}

void bad_to_driver_ok(bad_t *bad)
{
	bad_to_queues(bad);
	bad_wr(bad, STATUS, 1, 15);
}

void bad_put_desc(bad_t *bad, unsigned int q, unsigned int i,
    uint64_t addr, uint32_t len, uint16_t flags, uint16_t next)
{
	vm_desc_t desc = { addr, len, flags, next };

	memcpy(bad->ring[q].virt + 16 * i, &desc, sizeof(desc));
}

void bad_make_available(bad_t *bad, unsigned int q, uint16_t head)
{
	uint16_t *avail = (uint16_t *) (bad->ring[q].virt + 0x400);

	avail[2 + bad->avail[q]++ % SIZE] = head;
	avail[1] = bad->avail[q];
}

void bad_notify(bad_t *bad, unsigned int q)
{
	bad_wr(bad, NOTIFY + 4 * bad->vm->cfg.notify_off[q], 2, q);
}

/** A sound frame to send, in descriptor 0 */
void bad_put_frame(bad_t *bad, size_t size)
{
	memset(bad->buf_virt, 0, 4096);
	bad_put_desc(bad, NET_TX, 0, bad->buf, 12 + size, 0, 0);
}

void bad_send_desc_0(bad_t *bad)
{
	bad_make_available(bad, NET_TX, 0);
	bad_notify(bad, NET_TX);
}

/** A command: class, command, data; answer behind it */
void bad_command(bad_t *bad, const char *bytes, size_t size)
{
	memcpy(bad->buf_virt, bytes, size);
	bad_put_desc(bad, NET_CTRL, 0, bad->buf, size, VM_DESC_NEXT, 1);
	bad_put_desc(bad, NET_CTRL, 1, bad->buf + 2048, 1, VM_DESC_WRITE, 0);
	bad_make_available(bad, NET_CTRL, 0);
	bad_notify(bad, NET_CTRL);
}

/** Hold what is sent back, so that it stays in flight. */
void bad_hold(bad_t *bad, unsigned int q)
{
	bad->vm->queue[q].hold = true;
}

void bad_make(bad_t *bad, uint64_t features, bool disk)
{
	memset(bad, 0, sizeof(*bad));
	if (disk) {
		bad->blk = blk_create(VM_MODERN, BLK_F_ALL | BLK_F_RO);
		bad->vm = bad->blk->vm;
	} else {
		bad->net = rig_create(VM_MODERN, NET_F_ALL)->net;
		bad->vm = bad->net->vm;
	}
	vm_plug(bad->vm);
	bad->features = features | VM_F_VERSION_1;
	for (unsigned int i = 0; i < NET_QUEUES; i++) {
		void *virt = AS_AREA_ANY;

		EXPECT(dmamem_map_anonymous(4096, 0, AS_AREA_READ |
		    AS_AREA_WRITE, 0, &bad->ring[i].phys, &virt) == EOK);
		bad->ring[i].virt = virt;
		memset(virt, 0, 4096);
	}
	void *virt = AS_AREA_ANY;
	EXPECT(dmamem_map_anonymous(4096, 0, AS_AREA_READ | AS_AREA_WRITE, 0,
	    &bad->buf, &virt) == EOK);
	bad->buf_virt = virt;
}

/** Break a clause: the test's process must end by just that one. */
void bad_offend(const offence_t *offence, bool disk)
{
	char expected[64];
	bad_t bad;

	snprintf(expected, sizeof(expected), "BROKEN %s: ",
	    vm_clause_id(offence->clause));
	test_expect_output(expected);
	bad_make(&bad, offence->features, disk);
	offence->offend(&bad);
}

/** @}
 */
