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
/** @file Clauses of VIRTIO 1.2 that the model checks
 *
 * Each is a demand on the driver. A driver that breaks one ends the test with
 * the clause's number and text. The tests of self.c break each one on purpose,
 * and the last test of a run fails if some clause was never looked at.
 */

#ifndef TEST_MODEL_CLAUSES_H_
#define TEST_MODEL_CLAUSES_H_

#include <stdbool.h>

/* Identifier, number, text (shortened where marked by [...]) */
#define VM_CLAUSES(C) \
	C(STATUS_CLEAR, "2.1.1", \
	    "The driver MUST NOT clear a device status bit.") \
	C(STATUS_FAILED, "2.1.1", \
	    "If the driver sets the FAILED bit, the driver MUST later reset " \
	    "the device before attempting to re-initialize.") \
	C(FEATURE_OFFERED, "2.2.1", \
	    "The driver MUST NOT accept a feature which the device did not " \
	    "offer") \
	C(FEATURE_DEPENDS, "2.2.1", \
	    "and MUST NOT accept a feature which requires another feature " \
	    "which was not accepted.") \
	C(CONFIG_GENERATION, "2.5.1", \
	    "Drivers MUST NOT assume reads from fields greater than 32 bits " \
	    "wide are atomic, nor are reads from multiple fields [...]") \
	C(CONFIG_OPTIONAL, "2.5.1", \
	    "For optional configuration space fields, the driver MUST check " \
	    "that the corresponding feature is offered before accessing " \
	    "that part of the configuration space.") \
	C(QUEUE_ALIGN, "2.7.1", \
	    "The driver MUST ensure that the physical address of the first " \
	    "byte of each virtqueue part is a multiple of the specified " \
	    "alignment value [...]") \
	C(WRITABLE_LAST, "2.7.4.2", \
	    "The driver MUST place any device-writable descriptor elements " \
	    "after any device-readable descriptor elements.") \
	C(CHAIN_LOOP, "2.7.5.2", \
	    "Drivers MUST NOT add a descriptor chain longer than 2^32 bytes " \
	    "in total; this implies that loops in the descriptor chain are " \
	    "forbidden!") \
	C(DESC_NEXT, "2.7.5", \
	    "next: Next field if flags & NEXT (an index into the table)") \
	C(DESC_MEMORY, "2.7.5", \
	    "addr: Address (guest-physical) of memory that is the device's " \
	    "until the buffer is used") \
	C(INDIRECT_FEATURE, "2.7.5.3.1", \
	    "The driver MUST NOT set the VIRTQ_DESC_F_INDIRECT flag unless " \
	    "the VIRTIO_F_INDIRECT_DESC feature was negotiated.") \
	C(INDIRECT_NESTED, "2.7.5.3.1", \
	    "The driver MUST NOT set the VIRTQ_DESC_F_INDIRECT flag within " \
	    "an indirect descriptor (ie. only one table per descriptor).") \
	C(CHAIN_LONG, "2.7.5.3.1", \
	    "A driver MUST NOT create a descriptor chain longer than the " \
	    "Queue Size of the device.") \
	C(INDIRECT_NEXT, "2.7.5.3.1", \
	    "A driver MUST NOT set both VIRTQ_DESC_F_INDIRECT and " \
	    "VIRTQ_DESC_F_NEXT in flags.") \
	C(INDIRECT_LENGTH, "2.7.5.3", \
	    "The indirect table is an array of descriptors: len is a " \
	    "multiple of 16 and not 0") \
	C(AVAIL_DECREMENT, "2.7.6.1", \
	    "A driver MUST NOT decrement the available idx on a virtqueue " \
	    "(ie. there is no way to \"unexpose\" buffers).") \
	C(AVAIL_HEAD, "2.7.6", \
	    "Each entry of the available ring refers to the head of " \
	    "a descriptor chain") \
	C(AVAIL_FLAGS, "2.7.7.1", \
	    "The driver MUST set flags to 0 or 1.") \
	C(AVAIL_FLAGS_EVENT, "2.7.7.1", \
	    "[...] if the VIRTIO_F_EVENT_IDX feature bit is negotiated: The " \
	    "driver MUST set flags to 0.") \
	C(USED_OWNER, "2.7.8", \
	    "The used ring [...] is only written to by the device, and read " \
	    "by the driver.") \
	C(USED_FLAGS_INIT, "2.7.10.1", \
	    "The driver MUST initialize flags in the used ring to 0 when " \
	    "allocating the used ring.") \
	C(NOTIFY_SENT, "2.7.10.1", \
	    "If flags is 0, the driver MUST send a notification. / If the " \
	    "idx field [...] was equal to avail_event, the driver MUST send " \
	    "a notification.") \
	C(IN_FLIGHT, "3.3.1", \
	    "A driver MUST NOT alter virtqueue entries for exposed buffers, " \
	    "i.e., buffers which have been made available to the device " \
	    "(and not been used by the device) of a live virtqueue.") \
	C(CLEANUP, "3.3.1", \
	    "Thus a driver MUST ensure a virtqueue isn't live (by device " \
	    "reset) before removing exposed buffers.") \
	C(INIT_ORDER, "3.1.1", \
	    "The driver MUST follow this sequence to initialize a device: " \
	    "[...]") \
	C(FEATURES_AFTER_OK, "3.1.1", \
	    "The driver MUST NOT accept new feature bits after this step.") \
	C(FEATURES_REREAD, "3.1.1", \
	    "Re-read device status to ensure the FEATURES_OK bit is still " \
	    "set [...]") \
	C(FEATURES_REFUSED, "3.1.1", \
	    "otherwise, the device does not support our subset of features " \
	    "and the device is unusable. [...] The driver MUST NOT continue " \
	    "initialization in that case.") \
	C(QUEUE_SETUP_ORDER, "3.1.1", \
	    "7. Perform device-specific setup, including discovery of " \
	    "virtqueues [...]: after FEATURES_OK, before DRIVER_OK") \
	C(NOTIFY_EARLY, "3.1.1", \
	    "The driver MUST NOT send any buffer available notifications to " \
	    "the device before setting DRIVER_OK.") \
	C(CONFIG_WRITE, "3.1.1", \
	    "the driver MAY read (but MUST NOT write) the device-specific " \
	    "configuration fields [...]") \
	C(ACCESS_WIDTH, "4.1.3.1", \
	    "the driver MUST use 8-bit wide accesses for 8-bit wide fields, " \
	    "16-bit wide and aligned accesses for 16-bit wide fields and " \
	    "32-bit wide and aligned accesses for 32-bit and 64-bit wide " \
	    "fields.") \
	C(CAP_READ_ONLY, "4.1.4.1", \
	    "The driver MUST NOT write into any field of the capability " \
	    "structure [...]") \
	C(COMMON_READ_ONLY, "4.1.4.3.2", \
	    "The driver MUST NOT write to device_feature, num_queues, " \
	    "config_generation, queue_notify_off or queue_notify_data.") \
	C(QUEUE_SIZE_POWER, "4.1.4.3.2", \
	    "the driver MUST NOT write a value which is not a power of 2 to " \
	    "queue_size.") \
	C(QUEUE_SIZE_MAX, "4.1.4.3", \
	    "On reset, [queue_size] specifies the maximum queue size " \
	    "supported by the device. This can be modified by the driver to " \
	    "reduce memory requirements.") \
	C(QUEUE_SELECT, "4.1.4.3", \
	    "queue_select: The driver selects which virtqueue the following " \
	    "fields refer to (one that the device has)") \
	C(QUEUE_BEFORE_ENABLE, "4.1.4.3.2", \
	    "The driver MUST configure the other virtqueue fields before " \
	    "enabling the virtqueue with queue_enable.") \
	C(RESET_WAIT, "4.1.4.3.2", \
	    "After writing 0 to device_status, the driver MUST wait for " \
	    "a read of device_status to return 0 before reinitializing the " \
	    "device.") \
	C(QUEUE_DISABLE, "4.1.4.3.2", \
	    "The driver MUST NOT write a 0 to queue_enable.") \
	C(NOTIFY_ADDRESS, "4.1.4.4", \
	    "cap.offset + queue_notify_off * notify_off_multiplier [is] the " \
	    "Queue Notify address [...] for a virtqueue") \
	C(NOTIFY_VALUE, "4.1.5.2", \
	    "writing the 16-bit virtqueue index of this virtqueue to the " \
	    "Queue Notify address") \
	C(ISR_READ_ONLY, "4.1.4.5", \
	    "ISR status: the driver reads it, which clears it") \
	C(VERSION_1, "6.1", \
	    "A driver MUST accept VIRTIO_F_VERSION_1 if it is offered.") \
	C(NET_MTU, "5.1.4.2", \
	    "If the driver negotiates VIRTIO_NET_F_MTU, it MUST NOT " \
	    "transmit packets of size exceeding the value of mtu (plus low " \
	    "level ethernet header length) [...]") \
	C(NET_TX_READABLE, "5.1.6.2", \
	    "Transmit buffers: header and packet, all device-readable") \
	C(NET_TX_HEADER, "5.1.6.2", \
	    "The header and packet are added as one output descriptor chain " \
	    "to the transmitq: header of 12 bytes, or 10 (legacy without " \
	    "MRG_RXBUF), then a frame") \
	C(NET_TX_NUM_BUFFERS, "5.1.6.2.1", \
	    "The driver MUST set num_buffers to zero.") \
	C(NET_TX_FLAGS, "5.1.6.2.1", \
	    "If VIRTIO_NET_F_CSUM is not negotiated, the driver MUST set " \
	    "flags to zero [...]") \
	C(NET_TX_GSO, "5.1.6.2.1", \
	    "If none of the VIRTIO_NET_F_HOST_TSO4, TSO6, USO or UFO " \
	    "options have been negotiated, the driver MUST set gso_type to " \
	    "VIRTIO_NET_HDR_GSO_NONE.") \
	C(NET_RX_WRITABLE, "5.1.6.3", \
	    "Receive buffers: all device-writable") \
	C(NET_RX_1526, "5.1.6.3.1", \
	    "[without MRG_RXBUF] the driver SHOULD populate the receive " \
	    "queue(s) with buffers of at least 1526 bytes.") \
	C(NET_RX_MRG, "5.1.6.3.1", \
	    "If VIRTIO_NET_F_MRG_RXBUF is negotiated, each buffer MUST be " \
	    "at least the size of the struct virtio_net_hdr.") \
	C(NET_CTRL_LAYOUT, "5.1.6.5", \
	    "struct virtio_net_ctrl: class, command, command-specific-data, " \
	    "and a device-writable ack of one byte") \
	C(NET_CTRL_RX, "5.1.6.5.1.2", \
	    "If the VIRTIO_NET_F_CTRL_RX feature has not been negotiated, " \
	    "the driver MUST NOT issue commands VIRTIO_NET_CTRL_RX_PROMISC " \
	    "or VIRTIO_NET_CTRL_RX_ALLMULTI.") \
	C(NET_CTRL_RX_EXTRA, "5.1.6.5.1.2", \
	    "If the VIRTIO_NET_F_CTRL_RX_EXTRA feature has not been " \
	    "negotiated, the driver MUST NOT issue commands [...] ALLUNI, " \
	    "[...] NOMULTI, [...] NOUNI or [...] NOBCAST.") \
	C(NET_CTRL_MAC, "5.1.6.5.2.2", \
	    "If VIRTIO_NET_F_CTRL_RX has not been negotiated, the driver " \
	    "MUST NOT issue VIRTIO_NET_CTRL_MAC class commands.") \
	C(NET_CTRL_MAC_ADDR, "5.1.3", \
	    "VIRTIO_NET_F_CTRL_MAC_ADDR: Set MAC address through control " \
	    "channel (only then)") \
	C(NET_CTRL_MAC_TABLE, "5.1.6.5.2.2", \
	    "The driver MUST follow the VIRTIO_NET_CTRL_MAC_TABLE_SET " \
	    "command by a le32 number, followed by that number of " \
	    "non-multicast MAC addresses, followed by another le32 number, " \
	    "followed by that number of multicast addresses.") \
	C(NET_CTRL_VLAN, "5.1.6.5.3", \
	    "If the driver negotiates the VIRTIO_NET_F_CTRL_VLAN feature, " \
	    "it can control a VLAN filter table in the device (16-bit id " \
	    "below 4096, command 0 or 1)") \
	C(NET_CTRL_ANNOUNCE, "5.1.6.5.4", \
	    "VIRTIO_NET_CTRL_ANNOUNCE_ACK has no data and needs " \
	    "VIRTIO_NET_F_GUEST_ANNOUNCE") \
	C(NET_ANNOUNCE_ACK, "5.1.6.5.4.1", \
	    "The driver MUST send a command on the command queue with class " \
	    "VIRTIO_NET_CTRL_ANNOUNCE and command " \
	    "VIRTIO_NET_CTRL_ANNOUNCE_ACK.") \
	C(NET_LEGACY_FRAMING, "5.1.6.6", \
	    "transitional drivers which have not negotiated " \
	    "VIRTIO_F_ANY_LAYOUT MUST use a single descriptor for the " \
	    "struct virtio_net_hdr on both transmit and receive, with the " \
	    "network data in the following descriptors. [...]") \
	C(BLK_LAYOUT, "5.2.6", \
	    "struct virtio_blk_req: 16 bytes of header, data, and " \
	    "a device-writable status of one byte") \
	C(BLK_CAPACITY, "5.2.6.1", \
	    "A driver MUST NOT submit a request which would cause a read or " \
	    "write beyond capacity.") \
	C(BLK_FLUSH_SECTOR, "5.2.6.1", \
	    "A driver MUST set sector to 0 for a VIRTIO_BLK_T_FLUSH request.") \
	C(BLK_FLUSH_DATA, "5.2.6.1", \
	    "A driver SHOULD NOT include any data in a VIRTIO_BLK_T_FLUSH " \
	    "request.") \
	C(BLK_FLUSH_FEATURE, "5.2.3", \
	    "VIRTIO_BLK_F_FLUSH: Cache flush command support (only then)") \
	C(BLK_DATA_512, "5.2.6.1", \
	    "The length of data MUST be a multiple of 512 bytes for " \
	    "VIRTIO_BLK_T_IN and VIRTIO_BLK_T_OUT requests.") \
	C(BLK_RO, "5.2.3", \
	    "VIRTIO_BLK_F_RO: Device is read-only (no VIRTIO_BLK_T_OUT)") \
	C(BLK_SEG_MAX, "5.2.3", \
	    "VIRTIO_BLK_F_SEG_MAX: Maximum number of segments in a request " \
	    "is in seg_max (1 without it)") \
	C(BLK_SIZE_MAX, "5.2.3", \
	    "VIRTIO_BLK_F_SIZE_MAX: Maximum size of any single segment is " \
	    "in size_max") \
	C(BLK_LEGACY_FRAMING, "5.2.6.4", \
	    "transitional drivers which have not negotiated " \
	    "VIRTIO_F_ANY_LAYOUT MUST use a single [16]-byte descriptor " \
	    "containing type, reserved and sector, followed by descriptors " \
	    "for data, then finally a separate 1-byte descriptor for status.")

typedef enum {
#define VM_CLAUSE_ID(id, number, text)	CLAUSE_##id,
	VM_CLAUSES(VM_CLAUSE_ID)
#undef VM_CLAUSE_ID
	VM_CLAUSE_COUNT
} vm_clause_t;

/** Times each clause was checked; shared by all tests of a run */
extern unsigned long *vm_clause_checks;

extern const char *vm_clause_id(vm_clause_t);

/** Count a check that was passed. */
extern void vm_clause_count(vm_clause_t);
/** Say what the driver broke, and end the test. */
extern void vm_clause_broken(vm_clause_t, const char *, ...)
    __attribute__((noreturn, format(__printf__, 2, 3)));

/** Demand something of the driver; what it did follows the clause. */
#define DEMAND(clause, cond, ...) \
	do { \
		vm_clause_count(CLAUSE_##clause); \
		if (!(cond)) \
			vm_clause_broken(CLAUSE_##clause, __VA_ARGS__); \
	} while (0)

#endif

/** @}
 */
