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
/** @file The driver obeys the specification: it comes up, works and goes
 */

#include <errno.h>
#include <string.h>
#include "rig.h"
#include "stale.h"

typedef struct {
	const char *name;
	vm_kind_t kind;
	/** Features beside the kind's own */
	uint64_t features;
	/** Features of the kind that are not offered */
	uint64_t less;
} combination_t;

#define KINDS(name, features, less) \
	{ name ", modern", VM_MODERN, features, less }, \
	{ name ", modern in I/O ports", VM_MODERN_IO, features, less }, \
	{ name ", transitional", VM_TRANSITIONAL, features, less }, \
	{ name ", legacy", VM_LEGACY, features, less }

static const combination_t combinations[] = {
	KINDS("everything offered", NET_F_ALL, 0),
	KINDS("nothing offered", 0, VM_F_EVENT_IDX | VM_F_INDIRECT_DESC |
	    VM_F_ANY_LAYOUT),
	KINDS("no mergeable buffers", NET_F_ALL & ~NET_F_MRG_RXBUF, 0),
	KINDS("no event index", NET_F_ALL, VM_F_EVENT_IDX),
	KINDS("no indirect descriptors", NET_F_ALL, VM_F_INDIRECT_DESC),
	KINDS("no free layout", NET_F_ALL & ~NET_F_MRG_RXBUF,
	    VM_F_ANY_LAYOUT),
	KINDS("no free layout nor indirect descriptors", NET_F_ALL &
	    ~NET_F_MRG_RXBUF, VM_F_ANY_LAYOUT | VM_F_INDIRECT_DESC),
	KINDS("mergeable buffers without free layout", NET_F_ALL,
	    VM_F_ANY_LAYOUT),
	KINDS("no control queue", NET_F_MAC | NET_F_STATUS, 0),
	KINDS("mergeable buffers only", NET_F_MRG_RXBUF, 0)
};

TEST_ROWS(a_device_is_driven_by_the_book, combination_t, combinations)
{
	rig_t *rig = rig_create(row->kind, row->features);

	rig->vm->cfg.features &= ~row->less;
	EXPECT_EQ(rig_add(rig), EOK);
	rig_up(rig);
	rig_expect_traffic(rig);
	rig_expect_traffic(rig);
	rig_end(rig);
}

TEST_ROWS(a_device_gets_nothing_that_was_in_memory_before, combination_t,
    combinations)
{
	rig_t *rig = rig_create(row->kind, row->features);

	rig->vm->cfg.features &= ~row->less;
	stale_watch();
	EXPECT_EQ(rig_add(rig), EOK);
	rig_up(rig);
	stale_expect_none();
	rig_end(rig);
}

/** @}
 */
