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
 *
 * It does what it must up to some point; what it does then is the test's.
 */

#ifndef TEST_MODEL_BAD_H_
#define TEST_MODEL_BAD_H_

#include "blk.h"
#include "rig.h"

/** Registers of the common configuration, in the model's BAR */
enum {
	DEVICE_FEATURE_SELECT = 0,
	DEVICE_FEATURE = 4,
	DRIVER_FEATURE_SELECT = 8,
	DRIVER_FEATURE = 12,
	NUM_QUEUES = 18,
	STATUS = 20,
	GENERATION = 21,
	QUEUE_SELECT = 22,
	QUEUE_SIZE = 24,
	QUEUE_ENABLE = 28,
	QUEUE_DESC = 32,
	QUEUE_DRIVER = 40,
	QUEUE_DEVICE = 48,
	ISR = 0x1000,
	DEVICE = 0x2000,
	NOTIFY = 0x3000
};

#define SIZE	16

/** Device, and a driver's view of its queues */
typedef struct {
	/** One of these */
	net_t *net;
	blk_t *blk;
	vm_t *vm;
	uint64_t features;
	struct {
		uintptr_t phys;
		uint8_t *virt;
	} ring[NET_QUEUES];
	uintptr_t buf;
	uint8_t *buf_virt;
	uint16_t avail[NET_QUEUES];
} bad_t;

typedef struct {
	const char *name;
	vm_clause_t clause;
	/** Features accepted, beside VERSION_1 */
	uint64_t features;
	void (*offend)(bad_t *);
} offence_t;

#define OFFENCE(name) static void name(bad_t *bad)

extern void bad_make(bad_t *, uint64_t, bool);
extern uint64_t bad_rd(bad_t *, uint64_t, unsigned int);
extern void bad_wr(bad_t *, uint64_t, unsigned int, uint64_t);
extern void bad_reset_device(bad_t *);
extern void bad_to_driver(bad_t *);
extern void bad_write_features(bad_t *, uint64_t);
extern void bad_to_features_ok(bad_t *);
extern void bad_set_addresses(bad_t *, unsigned int);
extern void bad_to_queues(bad_t *);
extern void bad_to_driver_ok(bad_t *);
extern void bad_put_desc(bad_t *, unsigned int, unsigned int, uint64_t,
    uint32_t, uint16_t, uint16_t);
extern void bad_make_available(bad_t *, unsigned int, uint16_t);
extern void bad_notify(bad_t *, unsigned int);
extern void bad_put_frame(bad_t *, size_t);
extern void bad_send_desc_0(bad_t *);
extern void bad_command(bad_t *, const char *, size_t);
extern void bad_hold(bad_t *, unsigned int);
extern void bad_offend(const offence_t *, bool);

#endif

/** @}
 */
