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
/** @file A virtio PCI device in the program
 *
 * A test makes a device of some kind, lets it lie if it likes (vm_lies_t, or
 * the bytes of vm_t.desc before vm_plug()), and plugs it in. Whatever the
 * driver does to it is checked against the clauses of clauses.h.
 *
 *   vm_create()     defaults of a sound device; change vm_t.cfg, vm_t.desc
 *   vm_build()      registers, capabilities
 *   vm_plug()       the PCI function is there
 *   ...
 *   vm_unplug()     surprise removal, if the test likes
 *   vm_destroy()
 *
 * All of a device is guarded by its lock, which is recursive: interrupts are
 * raised with it held, and the interrupt's program reads the ISR.
 */

#ifndef TEST_MODEL_VM_H_
#define TEST_MODEL_VM_H_

#include <host/model.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "clauses.h"

#define VM_QUEUES		4
#define VM_CONFIG_SIZE		64

#define VM_F(bit)		(UINT64_C(1) << (bit))
#define VM_F_ANY_LAYOUT		VM_F(27)
#define VM_F_INDIRECT_DESC	VM_F(28)
#define VM_F_EVENT_IDX		VM_F(29)
#define VM_F_VERSION_1		VM_F(32)
#define VM_F_ACCESS_PLATFORM	VM_F(33)
#define VM_F_RING_PACKED	VM_F(34)
#define VM_F_ORDER_PLATFORM	VM_F(36)
#define VM_F_RING_RESET		VM_F(40)
#define VM_F_NOTIFY_ON_EMPTY	VM_F(24)

/** Device status bits */
enum {
	VM_ACKNOWLEDGE = 1,
	VM_DRIVER = 2,
	VM_DRIVER_OK = 4,
	VM_FEATURES_OK = 8,
	VM_NEEDS_RESET = 64,
	VM_FAILED = 128
};

enum {
	VM_ISR_QUEUE = 1,
	VM_ISR_CONFIG = 2
};

/** How the device is to be driven */
typedef enum {
	/** Structures in a memory BAR of 64 bits */
	VM_MODERN,
	/** Structures in an I/O BAR */
	VM_MODERN_IO,
	/** Both interfaces */
	VM_TRANSITIONAL,
	/** Registers in the first BAR only */
	VM_LEGACY
} vm_kind_t;

/** The structures of 4.1.4, in the order of cfg_type */
typedef enum {
	VM_COMMON,
	VM_NOTIFY,
	VM_ISR,
	VM_DEVICE,
	VM_STRUCTS
} vm_struct_t;

/** Where the structures of the modern interface are */
typedef struct {
	uint8_t bar;
	bool io;
	bool is_64;
	uint32_t size;
	struct {
		uint32_t offset;
		uint32_t length;
	} at[VM_STRUCTS];
} vm_layout_t;

/** What a device says of a used buffer's length, instead of the bytes that it
 * wrote (2.7.8)
 */
typedef enum {
	VM_USED_WRITTEN,
	VM_USED_ZERO,
	VM_USED_ONE,
	/** The whole buffer, also what was only read */
	VM_USED_ALL,
	/** The frame or the disk's data, whichever way it went */
	VM_USED_DATA,
	/** The data that was written, without the status byte */
	VM_USED_BODY
} vm_used_t;

typedef struct vm vm_t;
typedef struct vm_queue vm_queue_t;
typedef struct vm_chain vm_chain_t;

/** A field of the device's configuration */
typedef struct {
	const char *name;
	uint8_t offset;
	uint8_t width;
	uint8_t count;
	/** Feature that it depends on, 0 if it is always there */
	uint64_t feature;
} vm_field_t;

/** A feature and those of which it needs one */
typedef struct {
	uint64_t feature;
	uint64_t needs;
	const char *name;
} vm_depends_t;

/** A type of device */
typedef struct {
	uint16_t id;
	uint32_t class_code;
	unsigned int queues;
	const vm_field_t *fields;
	const vm_depends_t *depends;
	/** Buffers may be available in a queue. The lock is held. */
	void (*available)(vm_t *, vm_queue_t *);
	/** The driver made a buffer available: check it. The lock is held. */
	void (*check)(vm_t *, vm_queue_t *, const vm_chain_t *);
	/** The device was reset. The lock is held. */
	void (*reset)(vm_t *);
} vm_class_t;

/** What a device is like; set before vm_build() */
typedef struct {
	vm_kind_t kind;
	uint64_t features;
	uint16_t queue_size[VM_QUEUES];
	uint16_t num_queues;
	uint32_t notify_mult;
	uint16_t notify_off[VM_QUEUES];
	int irq;
	/** Reads of the status before a reset is seen to be over */
	unsigned int reset_polls;

	/* What is not as in QEMU; 0 or NULL is as there */

	/** Class, of 24 bits */
	uint32_t class_code;
	const vm_layout_t *layout;
	/** Bytes of the legacy interface's BAR */
	uint32_t legacy_size;
	/** Length that each capability claims */
	uint8_t cap_len;
	/** There is a capability for MSI-X */
	bool msix;
	/** Firmware has left MSI-X on, or the line off */
	bool msix_on;
	bool intx_off;
	/** The line that is named is never raised, and the ISR is always 0 */
	bool no_intx;
	/** An interrupt's cause replaces one that was not read yet. */
	bool isr_replaced;
	/** FEATURES_OK is kept with all of these only. */
	uint64_t insists;
	/** What was negotiated first is what the device acts on for good. */
	bool features_once;
	/** Accesses after the reset of a device that ran, until its status and
	 * its queues are cleared a second time
	 */
	unsigned int late_clear;
	vm_used_t used[VM_QUEUES];
} vm_cfg_t;

/** How the device lies; may be changed at any time */
typedef struct {
	/** A reset never ends. */
	atomic_bool reset_stuck;
	/** FEATURES_OK is not kept. */
	atomic_bool refuse_features;
	/** The generation is another one at each read. */
	atomic_bool generation_runs;
	/** Reads of config space that are left until the change, -1 none */
	atomic_int config_change_in;
	/** Status register reads as it is, with these bits */
	atomic_uint status_or;
	/** No interrupt ever arrives. */
	atomic_bool mute;
	/** The interrupt controller sees edges only */
	bool edges;
	/** Notifications are not heard. */
	atomic_bool deaf;
	/** So many more are lost. */
	atomic_uint lost;
	/** Reads as num_queues, if not 0 */
	atomic_uint num_queues;
	/** Reads as queue_size, if not 0; 0x10000 reads as 0. */
	atomic_uint queue_size;
	/** The device writes to the rings: the driver's parts prove nothing. */
	atomic_bool scribbles;
	/** It says that buffers are used which are not: what the driver makes
	 * of that is no longer what the device knows.
	 */
	atomic_bool mad;
	/** Unplugged at the end of a countdown of accesses; -1 never */
	atomic_int unplug_in;
	/** NEEDS_RESET at the end of a countdown of accesses; -1 never */
	atomic_int needs_reset_in;
} vm_lies_t;

/** A descriptor as the device reads it */
typedef struct {
	uint64_t addr;
	uint32_t len;
	uint16_t flags;
	uint16_t next;
} vm_desc_t;

_Static_assert(sizeof(vm_desc_t) == 16, "2.7.5");

enum {
	VM_DESC_NEXT = 1,
	VM_DESC_WRITE = 2,
	VM_DESC_INDIRECT = 4
};

/** A buffer that the driver made available */
struct vm_chain {
	vm_chain_t *next;
	uint16_t head;
	/** Segments, those to read first */
	unsigned int out;
	unsigned int in;
	uint32_t readable;
	uint32_t writable;
	/** Indirect table's address and length, 0 without */
	uint64_t table;
	uint32_t table_len;
	/** Descriptors read: where, and what they were */
	unsigned int count;
	struct {
		uint64_t where;
		vm_desc_t desc;
	} d[];
};

/** Device's side of a split virtqueue */
struct vm_queue {
	uint16_t index;
	uint16_t size;
	atomic_bool enabled;
	uint64_t desc;
	uint64_t avail;
	uint64_t used;
	/** Registers written since the reset, by bit */
	unsigned int written;

	/** Buffers seen in the available ring, all ever */
	_Atomic uint16_t seen;
	/** Buffers used, all ever */
	_Atomic uint16_t used_idx;
	/** Index at the last interrupt decision */
	uint16_t told_idx;
	/** Buffers seen and not used, oldest first */
	vm_chain_t *first;
	vm_chain_t *last;
	atomic_uint in_flight;
	/** Which descriptors are in flight: head + 1, else 0 */
	uint32_t *owner;

	/** The device's wishes, as it wrote them */
	bool no_notify;
	uint16_t avail_event;
	/** Available index at the last notification */
	uint16_t notified_idx;
	/** Buffers are left lying; the test says when they are used. */
	atomic_bool hold;

	/* Figures, for tests */
	atomic_ulong kicks;
	/** Notifications that the device did not wish for */
	atomic_ulong kicks_idle;
	/** Interrupts that the driver wished for */
	atomic_ulong irqs;
	atomic_ulong buffers;
};

struct vm {
	vm_cfg_t cfg;
	vm_lies_t lie;
	const vm_class_t *cls;
	host_pci_desc_t desc;
	host_pci_fn_t *fn;
	/** Place of each structure; length 0: the device has none */
	struct {
		uint8_t bar;
		uint32_t offset;
		uint32_t length;
		/** Position of its capability */
		uint8_t cap;
	} at[VM_STRUCTS];
	/** Position of the capability for MSI-X, 0 without */
	uint8_t msix_cap;
	pthread_mutex_t lock;

	uint8_t config[VM_CONFIG_SIZE];
	/** Is this after lie.config_change_in */
	uint8_t config_later[VM_CONFIG_SIZE];
	uint8_t generation;

	/* Registers; atomic where tests look without the lock */
	_Atomic uint8_t status;
	/** Bits of the status that the driver has set */
	uint8_t driver_status;
	atomic_bool resetting;
	unsigned int reset_left;
	/** Accesses until the second clearing, 0 none */
	unsigned int clear_left;
	bool features_reread;
	uint8_t isr;
	uint32_t feature_select[2];
	_Atomic uint64_t driver_features;
	/** Those of the first negotiation */
	uint64_t first_features;
	bool negotiated;
	uint16_t queue_select;
	/** The driver uses the legacy interface. */
	bool by_legacy;
	/** What was accessed last: an unfinished look at the configuration? */
	enum {
		VM_LAST_OTHER,
		/** A field, with nothing before it */
		VM_LAST_BARE,
		VM_LAST_GENERATION,
		/** A field, with the generation before it */
		VM_LAST_CONFIG
	} last_read;
	unsigned int config_run;
	atomic_bool unplugged;

	vm_queue_t queue[VM_QUEUES];
	/** Frees the chains of all queues */
	void *device;

	/* Figures, for tests */
	atomic_ulong irqs;
	/** Those that reached the interrupt controller */
	atomic_ulong irqs_heard;
	atomic_ulong resets;
	/** Times DRIVER_OK was set */
	atomic_ulong starts;
	/** How often the driver set FAILED */
	atomic_ulong failures;
	atomic_ulong accesses;
};

/* vm.c: making, plugging, interrupts */
extern vm_t *vm_create(const vm_class_t *, vm_kind_t);
extern void vm_build(vm_t *);
extern void vm_plug(vm_t *);
extern void vm_unplug(vm_t *);
extern void vm_destroy(vm_t *);
extern void vm_lock(vm_t *);
extern void vm_unlock(vm_t *);
extern bool vm_interrupt(vm_t *, uint8_t);
extern bool vm_interrupt_idly(void *);
extern void vm_config_changed(vm_t *);
extern void vm_need_reset(vm_t *);
extern void vm_calm(vm_t *);
extern bool vm_live(vm_t *);
extern bool vm_has(const vm_t *, uint64_t);
extern bool vm_acts_on(const vm_t *, uint64_t);
extern bool vm_is_legacy(const vm_t *);
extern void vm_reset_done(vm_t *);
extern bool vm_holds(vm_t *, uint64_t, size_t);
extern bool vm_msix_on(vm_t *);
extern uint16_t vm_16(const vm_t *, uint16_t);
extern uint32_t vm_32(const vm_t *, uint32_t);
extern uint64_t vm_64(const vm_t *, uint64_t);

/* regs.c: registers */
extern const host_pci_ops_t vm_pci_ops;

/* modern.c, legacy.c */
extern uint64_t vm_common_read(vm_t *, uint32_t, unsigned int);
extern void vm_common_write(vm_t *, uint32_t, unsigned int, uint32_t);
extern uint64_t vm_legacy_read(vm_t *, uint32_t, unsigned int);
extern void vm_legacy_write(vm_t *, uint32_t, unsigned int, uint32_t);
extern uint64_t vm_config_read(vm_t *, uint32_t, unsigned int);
extern void vm_config_done(vm_t *);
extern uint8_t vm_status_read(vm_t *);
extern void vm_status_write(vm_t *, uint8_t);
extern void vm_features_write(vm_t *, uint64_t, uint64_t);
extern void vm_notify(vm_t *, unsigned int);

/* ring.c: virtqueues */
extern void vm_queue_enable(vm_t *, vm_queue_t *);
extern void vm_queue_drop(vm_queue_t *);
extern void vm_queue_look(vm_t *, vm_queue_t *);
extern vm_chain_t *vm_queue_first(vm_t *, vm_queue_t *);
extern uint32_t vm_used_len(const vm_t *, const vm_queue_t *,
    const vm_chain_t *, uint32_t, uint32_t);
extern void vm_queue_fill(vm_t *, vm_queue_t *, unsigned int, vm_chain_t *,
    uint32_t);
extern void vm_queue_use(vm_t *, vm_queue_t *, vm_chain_t *, uint32_t);
extern void vm_queue_put_used(vm_t *, vm_queue_t *, uint32_t, uint32_t);
extern void vm_queue_set_used_idx(vm_t *, vm_queue_t *, uint16_t);
extern void vm_queue_flush(vm_t *, vm_queue_t *);
extern void vm_queue_wish(vm_t *, vm_queue_t *, bool);
extern bool vm_queue_wants_irq(vm_t *, vm_queue_t *);
extern bool vm_queue_heard(vm_t *, vm_queue_t *);
extern void vm_queue_check_notified(vm_t *, vm_queue_t *);

/* chain.c: buffers */
extern vm_chain_t *vm_chain_create(const vm_queue_t *, uint16_t);
extern void vm_chain_take(vm_t *, vm_queue_t *, vm_chain_t *, uint64_t);
extern void vm_chain_take_table(vm_t *, vm_queue_t *, vm_chain_t *,
    const vm_desc_t *);
extern void vm_chain_check(vm_t *, vm_queue_t *, const vm_chain_t *);
extern void vm_chain_read(const vm_chain_t *, size_t, void *, size_t);
extern void vm_chain_write(const vm_chain_t *, size_t, const void *, size_t);
extern const vm_desc_t *vm_chain_seg(const vm_chain_t *, unsigned int);

#endif

/** @}
 */
