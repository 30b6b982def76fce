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
/** @file Hosts: a row for each
 *
 * What is not known of a host is as in QEMU. A new host is a new row.
 */

#include "hosts.h"
#include "suite.h"

/** Offloads, which the driver does not take */
#define OFFLOADS \
	(NET_F_CSUM | NET_F_GUEST_CSUM | NET_F_GUEST_TSO4 | NET_F_HOST_TSO4)

#define RING	(VM_F_INDIRECT_DESC | VM_F_EVENT_IDX)

#define QEMU_BLK \
	(RING | BLK_F_SEG_MAX | BLK_F_BLK_SIZE | BLK_F_FLUSH)

/** QEMU with a tap: measured with 7.2 */
#define QEMU_NET \
	(OFFLOADS | RING | VM_F_NOTIFY_ON_EMPTY | VM_F_ANY_LAYOUT | \
	NET_F_MAC | NET_F_MRG_RXBUF | NET_F_STATUS | NET_F_CTRL_VQ | \
	NET_F_CTRL_RX | NET_F_CTRL_VLAN | NET_F_CTRL_RX_EXTRA | \
	NET_F_GUEST_ANNOUNCE | NET_F_CTRL_MAC_ADDR)

/** Entries of the rings, queues in all, notification multiplier, line */
#define NET(size, queues, mult, line) \
	.queue_size = { size, size, 64 }, \
	.num_queues = queues, \
	.notify_mult = mult, \
	.notify_off = { 0, 1, 2 }, \
	.irq = line

#define DISK(size, mult, line) \
	.queue_size = { size }, \
	.num_queues = 1, \
	.notify_mult = mult, \
	.irq = line

/** VirtualBox: 32-bit memory */
static const vm_layout_t virtualbox = {
	.bar = 2,
	.size = 0x1000,
	.at = {
		[VM_COMMON] = { 0x000, 0x38 },
		[VM_NOTIFY] = { 0x038, 0x30 },
		[VM_ISR] = { 0x068, 0x01 },
		[VM_DEVICE] = { 0x06c, 0x40 }
	}
};

/** vmd: ports */
static const vm_layout_t vmd = {
	.bar = 0,
	.io = true,
	.size = 0x1000,
	.at = {
		[VM_COMMON] = { 0x000, 0x38 },
		[VM_NOTIFY] = { 0x100, 0x02 },
		[VM_ISR] = { 0x200, 0x01 },
		[VM_DEVICE] = { 0x300, 0x40 }
	}
};

/** Cloud Hypervisor, and what has its code */
static const vm_layout_t cloud_hypervisor = {
	.bar = 0,
	.is_64 = true,
	.size = 0x80000,
	.at = {
		[VM_COMMON] = { 0x0000, 0x38 },
		[VM_ISR] = { 0x2000, 0x01 },
		[VM_DEVICE] = { 0x4000, 0x1000 },
		[VM_NOTIFY] = { 0x6000, 0x1000 }
	}
};

/** kvmtool: one after the other in 256 bytes */
static const vm_layout_t kvmtool = {
	.bar = 1,
	.size = 0x100,
	.at = {
		[VM_COMMON] = { 0x00, 0x38 },
		[VM_NOTIFY] = { 0x38, 0x04 },
		[VM_ISR] = { 0x3c, 0x04 },
		[VM_DEVICE] = { 0x40, 0xc0 }
	}
};

static const host_net_t nets[] = {
	{ .name = "QEMU, modern", .cfg = {
		.kind = VM_MODERN,
		.features = QEMU_NET | VM_F_VERSION_1 | VM_F_RING_RESET,
		.msix = true,
		NET(256, 3, 4, 11)
	} },
	{ .name = "QEMU, transitional", .cfg = {
		.kind = VM_TRANSITIONAL,
		.features = QEMU_NET | VM_F_VERSION_1 | VM_F_RING_RESET,
		.msix = true,
		.legacy_size = 0x20,
		NET(256, 3, 4, 11)
	} },
	{ .name = "QEMU, legacy", .cfg = {
		.kind = VM_LEGACY,
		.features = QEMU_NET,
		.msix = true,
		.legacy_size = 0x20,
		NET(256, 3, 4, 11)
	} },
	{ .name = "QEMU, legacy, MSI-X left on", .cfg = {
		.kind = VM_LEGACY,
		.features = QEMU_NET,
		.msix = true,
		.msix_on = true,
		.legacy_size = 0x20,
		NET(256, 3, 4, 11)
	} },
	{ .name = "QEMU, modern, MSI-X left on and the line off", .cfg = {
		.kind = VM_MODERN,
		.features = QEMU_NET | VM_F_VERSION_1,
		.msix = true,
		.msix_on = true,
		.intx_off = true,
		NET(256, 3, 4, 11)
	} },
	{ .name = "QEMU, legacy, the line left off", .cfg = {
		.kind = VM_LEGACY,
		.features = QEMU_NET,
		.msix = true,
		.intx_off = true,
		.legacy_size = 0x20,
		NET(256, 3, 4, 11)
	} },
	{ .name = "QEMU with iommu_platform=on", .cfg = {
		.kind = VM_MODERN,
		.features = QEMU_NET | VM_F_VERSION_1 | VM_F_ACCESS_PLATFORM,
		.insists = VM_F_ACCESS_PLATFORM,
		.msix = true,
		NET(256, 3, 4, 11)
	} },
	{ .name = "a device behind an IOMMU that orders its accesses", .cfg = {
		.kind = VM_MODERN,
		.features = QEMU_NET | VM_F_VERSION_1 | VM_F_ACCESS_PLATFORM |
		    VM_F_ORDER_PLATFORM,
		.insists = VM_F_ACCESS_PLATFORM | VM_F_ORDER_PLATFORM,
		NET(256, 3, 4, 11)
	} },
	{ .name = "Google Compute Engine", .cfg = {
		.kind = VM_LEGACY,
		.features = OFFLOADS | NET_F_MAC | NET_F_STATUS |
		    NET_F_CTRL_VQ,
		.msix = true,
		NET(4096, 3, 4, 11)
	} },
	{ .name = "Google Compute Engine, large rings", .cfg = {
		.kind = VM_LEGACY,
		.features = OFFLOADS | NET_F_MAC | NET_F_STATUS |
		    NET_F_CTRL_VQ,
		.msix = true,
		NET(8192, 3, 4, 11)
	} },
	{ .name = "VirtualBox", .cfg = {
		.kind = VM_TRANSITIONAL,
		.features = VM_F_VERSION_1 | NET_F_MAC | NET_F_STATUS |
		    NET_F_GUEST_ANNOUNCE | NET_F_CTRL_VQ | NET_F_CTRL_RX |
		    NET_F_CTRL_VLAN | NET_F_MRG_RXBUF,
		NET(1024, 3, 2, 11),
		.class_code = 0x020001,
		.layout = &virtualbox,
		.isr_replaced = true,
		.features_once = true
	} },
	{ .name = "VirtualBox, legacy", .cfg = {
		.kind = VM_LEGACY,
		.features = NET_F_MAC | NET_F_STATUS | NET_F_GUEST_ANNOUNCE |
		    NET_F_CTRL_VQ | NET_F_CTRL_RX | NET_F_CTRL_VLAN |
		    NET_F_MRG_RXBUF,
		NET(1024, 3, 4, 11),
		.class_code = 0x020001,
		.isr_replaced = true,
		.features_once = true
	} },
	{ .name = "bhyve", .cfg = {
		.kind = VM_LEGACY,
		.features = NET_F_MAC | NET_F_STATUS | NET_F_MRG_RXBUF |
		    VM_F_NOTIFY_ON_EMPTY | VM_F_INDIRECT_DESC,
		.msix = true,
		NET(1024, 2, 4, 11),
		.used = { [NET_TX] = VM_USED_DATA }
	} },
	{ .name = "OpenBSD vmd", .cfg = {
		.kind = VM_MODERN_IO,
		.features = NET_F_MAC | VM_F_VERSION_1,
		NET(256, 2, 0, 11),
		.layout = &vmd,
		.cap_len = 16,
		.late_clear = 9,
		.used = { [NET_TX] = VM_USED_ALL }
	}, .more_starts = 1 },
	{ .name = "Cloud Hypervisor", .cfg = {
		.kind = VM_MODERN,
		.features = OFFLOADS | RING | VM_F_VERSION_1 | NET_F_MAC |
		    NET_F_CTRL_VQ | NET_F_MTU,
		.msix = true,
		NET(256, 3, 4, -1),
		.layout = &cloud_hypervisor,
		.used = { [NET_TX] = VM_USED_ALL, [NET_CTRL] = VM_USED_ALL }
	}, .refuses = NET_REFUSE_ALL, .warnings = 1 },
	{ .name = "kvmtool", .cfg = {
		.kind = VM_MODERN,
		.features = OFFLOADS | RING | VM_F_VERSION_1 | NET_F_MAC |
		    NET_F_CTRL_VQ,
		.msix = true,
		NET(256, 3, 0, 11),
		.layout = &kvmtool,
		.used = { [NET_TX] = VM_USED_ALL, [NET_CTRL] = VM_USED_ALL }
	}, .refuses = NET_REFUSE_ALL },
	{ .name = "kvmtool, legacy", .cfg = {
		.kind = VM_LEGACY,
		.features = OFFLOADS | RING | NET_F_MAC | NET_F_CTRL_VQ,
		.msix = true,
		NET(256, 3, 4, 11),
		.used = { [NET_TX] = VM_USED_ALL, [NET_CTRL] = VM_USED_ALL }
	}, .refuses = NET_REFUSE_ALL },
	{ .name = "illumos viona", .cfg = {
		.kind = VM_LEGACY,
		.features = OFFLOADS | NET_F_MAC | NET_F_MRG_RXBUF |
		    NET_F_STATUS | VM_F_NOTIFY_ON_EMPTY | VM_F_INDIRECT_DESC,
		.msix = true,
		NET(1024, 2, 4, 11),
		.used = { [NET_TX] = VM_USED_DATA }
	} },
	{ .name = "illumos viona, nobody at the control queue", .cfg = {
		.kind = VM_LEGACY,
		.features = OFFLOADS | NET_F_MAC | NET_F_MRG_RXBUF |
		    NET_F_STATUS | NET_F_CTRL_VQ | NET_F_CTRL_RX |
		    VM_F_NOTIFY_ON_EMPTY | VM_F_INDIRECT_DESC,
		.msix = true,
		NET(1024, 3, 4, 11),
		.used = { [NET_TX] = VM_USED_DATA }
	}, .ctrl_silent = true, .warnings = 2, .more_starts = 1 },
	{ .name = "firecracker-like", .cfg = {
		.kind = VM_MODERN,
		.features = OFFLOADS | RING | VM_F_VERSION_1 | NET_F_MAC |
		    NET_F_MRG_RXBUF,
		.msix = true,
		NET(256, 2, 4, 11),
		.layout = &cloud_hypervisor,
		.no_intx = true
	}, .drops_buffers = true, .warnings = 1 },
	{ .name = "Apple Virtualization", .cfg = {
		.kind = VM_MODERN,
		.features = OFFLOADS | RING | VM_F_VERSION_1 |
		    VM_F_RING_RESET | NET_F_MAC | NET_F_STATUS | NET_F_MTU,
		.insists = VM_F_RING_RESET,
		.msix = true,
		NET(256, 2, 4, 11)
	} }
};

TEST_ROWS(a_host_s_card_works, host_net_t, nets)
{
	host_net_job(row);
}

static const host_disk_t disks[] = {
	{ .name = "QEMU, modern", .cfg = {
		.kind = VM_MODERN,
		.features = QEMU_BLK | VM_F_VERSION_1 | VM_F_RING_RESET,
		.msix = true,
		DISK(256, 4, 11)
	}, .seg_max = 254 },
	{ .name = "QEMU, transitional", .cfg = {
		.kind = VM_TRANSITIONAL,
		.features = QEMU_BLK | VM_F_ANY_LAYOUT | VM_F_VERSION_1,
		.msix = true,
		.legacy_size = 0x80,
		DISK(256, 4, 11)
	}, .seg_max = 254 },
	{ .name = "QEMU, legacy", .cfg = {
		.kind = VM_LEGACY,
		.features = QEMU_BLK | VM_F_ANY_LAYOUT,
		.msix = true,
		.legacy_size = 0x80,
		DISK(256, 4, 11)
	}, .seg_max = 254 },
	{ .name = "QEMU, legacy, MSI-X left on", .cfg = {
		.kind = VM_LEGACY,
		.features = QEMU_BLK | VM_F_ANY_LAYOUT,
		.msix = true,
		.msix_on = true,
		.legacy_size = 0x80,
		DISK(256, 4, 11)
	}, .seg_max = 254 },
	{ .name = "QEMU with iommu_platform=on", .cfg = {
		.kind = VM_MODERN,
		.features = QEMU_BLK | VM_F_VERSION_1 | VM_F_ACCESS_PLATFORM,
		.insists = VM_F_ACCESS_PLATFORM,
		DISK(256, 4, 11)
	}, .seg_max = 254 },
	{ .name = "bhyve", .cfg = {
		.kind = VM_LEGACY,
		.features = BLK_F_SEG_MAX | BLK_F_BLK_SIZE | BLK_F_FLUSH |
		    VM_F_INDIRECT_DESC,
		.msix = true,
		DISK(128, 4, 11),
		.used = { VM_USED_ONE }
	}, .seg_max = 126 },
	{ .name = "OpenBSD vmd", .cfg = {
		.kind = VM_MODERN_IO,
		.features = BLK_F_SEG_MAX | BLK_F_FLUSH | VM_F_VERSION_1,
		DISK(128, 0, 11),
		.layout = &vmd,
		.cap_len = 16
	}, .seg_max = 126 },
	{ .name = "Cloud Hypervisor", .cfg = {
		.kind = VM_MODERN,
		.features = QEMU_BLK | VM_F_VERSION_1,
		.msix = true,
		DISK(128, 4, -1),
		.layout = &cloud_hypervisor,
		.used = { VM_USED_BODY }
	}, .seg_max = 126, .warnings = 1 },
	{ .name = "kvmtool", .cfg = {
		.kind = VM_MODERN,
		.features = BLK_F_SEG_MAX | BLK_F_FLUSH | RING | VM_F_VERSION_1,
		.msix = true,
		DISK(256, 0, 11),
		.layout = &kvmtool,
		.used = { VM_USED_DATA }
	}, .seg_max = 254 },
	{ .name = "firecracker-like", .cfg = {
		.kind = VM_MODERN,
		.features = BLK_F_FLUSH | VM_F_EVENT_IDX | VM_F_VERSION_1,
		.msix = true,
		DISK(256, 4, 11),
		.layout = &cloud_hypervisor,
		.no_intx = true
	}, .seg_max = 0, .warnings = 1 },
	{ .name = "Apple Virtualization", .cfg = {
		.kind = VM_MODERN,
		.features = QEMU_BLK | VM_F_VERSION_1 | VM_F_RING_RESET,
		.insists = VM_F_RING_RESET,
		.msix = true,
		DISK(256, 4, 11)
	}, .seg_max = 254 }
};

TEST_ROWS(a_host_s_disk_works, host_disk_t, disks)
{
	host_disk_job(row);
}

/** @}
 */
