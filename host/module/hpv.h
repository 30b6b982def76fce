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

/** @addtogroup hostmodule
 * @{
 */
/** @file What the kernel module of the carrier guest offers
 */

#ifndef HOST_MODULE_HPV_H_
#define HOST_MODULE_HPV_H_

/*
 * /dev/hpv gives a driver that is a Linux program what HelenOS's kernel gives
 * to one that is a task: memory for devices, programs that run when an
 * interrupt comes, access to registers, the hypercall. Everything belongs to
 * the open file and ends with it.
 *
 * mmap() at an offset that is a physical address maps memory for devices that
 * this file allocated (cached), or registers of devices (not cached); any
 * other memory is refused.
 *
 * read() gives one hpv_event for each interrupt that a program accepted.
 */

#ifdef __KERNEL__
#include <linux/ioctl.h>
#include <linux/types.h>
#else
#include <linux/types.h>
#include <sys/ioctl.h>
#endif

#define HPV_MAX_RANGES	8
#define HPV_MAX_CMDS	256
#define HPV_SCRATCH	6

struct hpv_dma {
	/** In bytes, a whole number of pages */
	__u64 size;
	/** Bits of the address that must be clear */
	__u64 constraint;
	/** Set by HPV_DMA_ALLOC, wanted by HPV_DMA_FREE */
	__u64 phys;
};

struct hpv_pci {
	__u16 domain;
	__u8 bus;
	/** Device << 3 | function */
	__u8 devfn;
	/** Set by HPV_PCI_ATTACH: the interrupt, -1 if there is none */
	__s32 irq;
};

/** I/O ports, or physical memory above them */
struct hpv_range {
	__u64 base;
	__u64 size;
};

/** cmd is an irq_cmd_type of HelenOS */
struct hpv_cmd {
	__u32 cmd;
	__u32 value;
	__u64 addr;
	__u32 srcarg;
	__u32 dstarg;
};

struct hpv_irq {
	__u32 irq;
	/** Chosen by the caller; comes back in hpv_event */
	__u32 id;
	__u32 range_count;
	__u32 cmd_count;
	/** Addresses of arrays of hpv_range and hpv_cmd */
	__u64 ranges;
	__u64 cmds;
};

struct hpv_event {
	__u32 id;
	__u32 scratch[HPV_SCRATCH];
};

/** A hypercall with one argument in memory, which is copied in and out */
struct hpv_hypercall {
	__u64 op;
	__u64 cmd;
	/** Address of the argument, and its size in bytes, at most 64 */
	__u64 arg;
	__u64 size;
	/** Third parameter */
	__u64 count;
	/** Set: what Xen returned */
	__s64 result;
};

/** An access to an I/O port */
struct hpv_port {
	__u16 port;
	/** Bytes: 1, 2 or 4 */
	__u16 size;
	__u32 value;
};

#define HPV_DMA_ALLOC		_IOWR('h', 1, struct hpv_dma)
#define HPV_DMA_FREE		_IOW('h', 2, struct hpv_dma)
#define HPV_PCI_ATTACH		_IOWR('h', 3, struct hpv_pci)
#define HPV_PCI_DETACH		_IOW('h', 4, struct hpv_pci)
#define HPV_IRQ_SUBSCRIBE	_IOW('h', 5, struct hpv_irq)
#define HPV_IRQ_UNSUBSCRIBE	_IOW('h', 6, __u32)
#define HPV_HYPERCALL		_IOWR('h', 7, struct hpv_hypercall)
#define HPV_PORT_READ		_IOWR('h', 8, struct hpv_port)
#define HPV_PORT_WRITE		_IOW('h', 9, struct hpv_port)

#endif

/** @}
 */
