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
/** @file Kernel module of the carrier guest: see hpv.h
 */

#include <linux/fs.h>
#include <linux/interrupt.h>
#include <linux/io.h>
#include <linux/kernel.h>
#include <linux/list.h>
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/pci.h>
#include <linux/poll.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/uaccess.h>
#include <linux/wait.h>
#include <asm/hypervisor.h>
#include <asm/processor.h>
#include "hpv.h"

/** Addresses below are I/O ports */
#define PORT_END	0x10000

/** Events that wait to be read; more are lost, and said to be */
#define MAX_EVENTS	4096

/** Size in bytes of the largest argument of a hypercall */
#define MAX_HYPERCALL_ARG	64

/** HelenOS's irq_cmd_type */
enum {
	CMD_PIO_READ_8 = 1,
	CMD_PIO_READ_16,
	CMD_PIO_READ_32,
	CMD_PIO_WRITE_8,
	CMD_PIO_WRITE_16,
	CMD_PIO_WRITE_32,
	CMD_PIO_WRITE_A_8,
	CMD_PIO_WRITE_A_16,
	CMD_PIO_WRITE_A_32,
	CMD_LOAD,
	CMD_AND,
	CMD_PREDICATE,
	CMD_ACCEPT,
	CMD_DECLINE,
	CMD_LAST
};

/** Memory for devices */
struct area {
	struct list_head link;
	struct page *page;
	u64 phys;
	u64 size;
};

/** A PCI function that was attached */
struct function {
	struct list_head link;
	struct pci_dev *dev;
};

/** A subscribed interrupt */
struct subscription {
	struct list_head link;
	struct file_state *file;
	u32 irq;
	u32 id;
	u32 range_count;
	u32 cmd_count;
	struct hpv_range ranges[HPV_MAX_RANGES];
	/** Where a range of memory is mapped, NULL for ports */
	void __iomem *mapped[HPV_MAX_RANGES];
	struct hpv_cmd cmds[];
};

struct event {
	struct list_head link;
	struct hpv_event data;
};

/** An open file and all that belongs to it */
struct file_state {
	/** Guards the three lists */
	struct mutex lock;
	struct list_head areas;
	struct list_head functions;
	struct list_head subscriptions;
	/** Guards events and event_count; taken by the interrupt */
	spinlock_t event_lock;
	struct list_head events;
	unsigned int event_count;
	wait_queue_head_t wait;
};

/*
 * Memory for devices
 */

static struct area *find_area(struct file_state *file, u64 phys)
{
	struct area *area;

	list_for_each_entry(area, &file->areas, link) {
		if (phys >= area->phys && phys < area->phys + area->size)
			return area;
	}
	return NULL;
}

static void area_free(struct area *area)
{
	list_del(&area->link);
	__free_pages(area->page, get_order(area->size));
	kfree(area);
}

static long dma_alloc(struct file_state *file, struct hpv_dma __user *arg)
{
	gfp_t gfp = GFP_KERNEL | __GFP_ZERO | __GFP_NOWARN;
	struct hpv_dma dma;
	struct area *area;

	if (copy_from_user(&dma, arg, sizeof(dma)))
		return -EFAULT;
	if (dma.size == 0 || dma.size % PAGE_SIZE != 0 ||
	    get_order(dma.size) >= MAX_ORDER)
		return -EINVAL;
	if (dma.constraint & 0xff000000)
		gfp |= GFP_DMA;
	else if (dma.constraint)
		gfp |= GFP_DMA32;

	area = kzalloc(sizeof(*area), GFP_KERNEL);
	if (!area)
		return -ENOMEM;
	area->size = dma.size;
	area->page = alloc_pages(gfp, get_order(dma.size));
	if (!area->page) {
		kfree(area);
		return -ENOMEM;
	}
	area->phys = page_to_phys(area->page);
	dma.phys = area->phys;
	list_add(&area->link, &file->areas);
	if (((dma.phys + dma.size - 1) & dma.constraint) ||
	    copy_to_user(arg, &dma, sizeof(dma))) {
		area_free(area);
		return -ENOMEM;
	}
	return 0;
}

static long dma_free(struct file_state *file, struct hpv_dma __user *arg)
{
	struct hpv_dma dma;
	struct area *area;

	if (copy_from_user(&dma, arg, sizeof(dma)))
		return -EFAULT;
	area = find_area(file, dma.phys);
	if (!area || area->phys != dma.phys)
		return -ENOENT;
	area_free(area);
	return 0;
}

static int hpv_mmap(struct file *f, struct vm_area_struct *vma)
{
	struct file_state *file = f->private_data;
	u64 phys = (u64) vma->vm_pgoff << PAGE_SHIFT;
	u64 size = vma->vm_end - vma->vm_start;
	struct area *area;
	u64 at;

	mutex_lock(&file->lock);
	area = find_area(file, phys);
	if (area && phys - area->phys + size > area->size)
		area = NULL;
	mutex_unlock(&file->lock);
	if (!area) {
		for (at = phys; at < phys + size; at += PAGE_SIZE) {
			if (page_is_ram(at >> PAGE_SHIFT))
				return -EPERM;
		}
		vma->vm_page_prot = pgprot_noncached(vma->vm_page_prot);
	}
	return remap_pfn_range(vma, vma->vm_start, vma->vm_pgoff, size,
	    vma->vm_page_prot);
}

/*
 * PCI functions
 */

static struct function *find_function(struct file_state *file,
    const struct hpv_pci *pci)
{
	struct function *fn;

	list_for_each_entry(fn, &file->functions, link) {
		if (pci_domain_nr(fn->dev->bus) == pci->domain &&
		    fn->dev->bus->number == pci->bus &&
		    fn->dev->devfn == pci->devfn)
			return fn;
	}
	return NULL;
}

/** Whatever the program left the device doing, it does not reach memory. */
static void function_free(struct function *fn)
{
	list_del(&fn->link);
	pci_clear_master(fn->dev);
	pci_disable_device(fn->dev);
	pci_dev_put(fn->dev);
	kfree(fn);
}

static long pci_attach(struct file_state *file, struct hpv_pci __user *arg)
{
	struct hpv_pci pci;
	struct function *fn;
	int rc;

	if (copy_from_user(&pci, arg, sizeof(pci)))
		return -EFAULT;
	if (find_function(file, &pci))
		return -EBUSY;
	fn = kzalloc(sizeof(*fn), GFP_KERNEL);
	if (!fn)
		return -ENOMEM;
	fn->dev = pci_get_domain_bus_and_slot(pci.domain, pci.bus, pci.devfn);
	rc = -ENODEV;
	if (!fn->dev)
		goto err_fn;
	rc = -EBUSY;
	if (fn->dev->dev.driver)
		goto err_dev;
	/* Decoding, and the way of the interrupt through the chipset */
	rc = pci_enable_device(fn->dev);
	if (rc)
		goto err_dev;
	pci_set_master(fn->dev);
	list_add(&fn->link, &file->functions);

	pci.irq = fn->dev->pin ? (int) fn->dev->irq : -1;
	if (copy_to_user(arg, &pci, sizeof(pci))) {
		function_free(fn);
		return -EFAULT;
	}
	return 0;

err_dev:
	pci_dev_put(fn->dev);
err_fn:
	kfree(fn);
	return rc;
}

static long pci_detach(struct file_state *file, struct hpv_pci __user *arg)
{
	struct hpv_pci pci;
	struct function *fn;

	if (copy_from_user(&pci, arg, sizeof(pci)))
		return -EFAULT;
	fn = find_function(file, &pci);
	if (!fn)
		return -ENOENT;
	function_free(fn);
	return 0;
}

/*
 * Interrupts
 */

static unsigned int access_size(u32 cmd)
{
	switch (cmd) {
	case CMD_PIO_READ_8:
	case CMD_PIO_WRITE_8:
	case CMD_PIO_WRITE_A_8:
		return 1;
	case CMD_PIO_READ_16:
	case CMD_PIO_WRITE_16:
	case CMD_PIO_WRITE_A_16:
		return 2;
	case CMD_PIO_READ_32:
	case CMD_PIO_WRITE_32:
	case CMD_PIO_WRITE_A_32:
		return 4;
	default:
		return 0;
	}
}

/** Find the range of an access, -1 if it is in none */
static int find_range(const struct subscription *sub, u64 addr, u64 size)
{
	u32 i;

	for (i = 0; i < sub->range_count; i++) {
		const struct hpv_range *range = &sub->ranges[i];

		if (addr >= range->base && size <= range->size &&
		    addr - range->base <= range->size - size)
			return i;
	}
	return -1;
}

static u32 code_read(const struct subscription *sub, u64 addr,
    unsigned int size)
{
	int i = find_range(sub, addr, size);
	void __iomem *p;

	if (!sub->mapped[i])
		return size == 1 ? inb(addr) : size == 2 ? inw(addr) :
		    inl(addr);
	p = sub->mapped[i] + (addr - sub->ranges[i].base);
	return size == 1 ? readb(p) : size == 2 ? readw(p) : readl(p);
}

static void code_write(const struct subscription *sub, u64 addr,
    unsigned int size, u32 value)
{
	int i = find_range(sub, addr, size);
	void __iomem *p;

	if (!sub->mapped[i]) {
		if (size == 1)
			outb(value, addr);
		else if (size == 2)
			outw(value, addr);
		else
			outl(value, addr);
		return;
	}
	p = sub->mapped[i] + (addr - sub->ranges[i].base);
	if (size == 1)
		writeb(value, p);
	else if (size == 2)
		writew(value, p);
	else
		writel(value, p);
}

/** Run a program; true if it accepted the interrupt */
static bool code_run(const struct subscription *sub, u32 *scratch)
{
	u32 i;

	for (i = 0; i < sub->cmd_count; i++) {
		const struct hpv_cmd *cmd = &sub->cmds[i];
		unsigned int size = access_size(cmd->cmd);

		switch (cmd->cmd) {
		case CMD_PIO_READ_8:
		case CMD_PIO_READ_16:
		case CMD_PIO_READ_32:
			scratch[cmd->dstarg] = code_read(sub, cmd->addr, size);
			break;
		case CMD_PIO_WRITE_8:
		case CMD_PIO_WRITE_16:
		case CMD_PIO_WRITE_32:
			code_write(sub, cmd->addr, size, cmd->value);
			break;
		case CMD_PIO_WRITE_A_8:
		case CMD_PIO_WRITE_A_16:
		case CMD_PIO_WRITE_A_32:
			code_write(sub, cmd->addr, size,
			    scratch[cmd->srcarg]);
			break;
		case CMD_LOAD:
			scratch[cmd->dstarg] = cmd->value;
			break;
		case CMD_AND:
			scratch[cmd->dstarg] = scratch[cmd->srcarg] &
			    cmd->value;
			break;
		case CMD_PREDICATE:
			if (!scratch[cmd->srcarg])
				i += cmd->value;
			break;
		case CMD_ACCEPT:
			return true;
		default:
			return false;
		}
	}
	return false;
}

static void event_add(struct file_state *file, u32 id, const u32 *scratch)
{
	struct event *event;
	unsigned long flags;

	event = kmalloc(sizeof(*event), GFP_ATOMIC);
	spin_lock_irqsave(&file->event_lock, flags);
	if (!event || file->event_count >= MAX_EVENTS) {
		spin_unlock_irqrestore(&file->event_lock, flags);
		kfree(event);
		pr_warn_ratelimited("hpv: an event is lost\n");
		return;
	}
	event->data.id = id;
	memcpy(event->data.scratch, scratch, sizeof(event->data.scratch));
	list_add_tail(&event->link, &file->events);
	file->event_count++;
	spin_unlock_irqrestore(&file->event_lock, flags);
	wake_up_interruptible(&file->wait);
}

static irqreturn_t interrupt(int irq, void *arg)
{
	struct subscription *sub = arg;
	u32 scratch[HPV_SCRATCH] = { 0 };

	if (!code_run(sub, scratch))
		return IRQ_NONE;
	event_add(sub->file, sub->id, scratch);
	return IRQ_HANDLED;
}

static bool code_is_valid(const struct subscription *sub)
{
	u32 i;

	for (i = 0; i < sub->cmd_count; i++) {
		const struct hpv_cmd *cmd = &sub->cmds[i];
		unsigned int size = access_size(cmd->cmd);

		if (cmd->cmd < CMD_PIO_READ_8 || cmd->cmd >= CMD_LAST ||
		    cmd->srcarg >= HPV_SCRATCH || cmd->dstarg >= HPV_SCRATCH)
			return false;
		if (size && find_range(sub, cmd->addr, size) < 0)
			return false;
		if (cmd->cmd == CMD_PREDICATE &&
		    cmd->value > sub->cmd_count - 1 - i)
			return false;
	}
	return true;
}

static int map_ranges(struct subscription *sub)
{
	u32 i;

	for (i = 0; i < sub->range_count; i++) {
		const struct hpv_range *range = &sub->ranges[i];

		if (range->base < PORT_END)
			continue;
		if (page_is_ram(range->base >> PAGE_SHIFT))
			return -EPERM;
		sub->mapped[i] = ioremap(range->base, range->size);
		if (!sub->mapped[i])
			return -ENOMEM;
	}
	return 0;
}

static void unmap_ranges(struct subscription *sub)
{
	u32 i;

	for (i = 0; i < sub->range_count; i++) {
		if (sub->mapped[i])
			iounmap(sub->mapped[i]);
	}
}

/** Waits for the handler if it runs. */
static void subscription_free(struct subscription *sub)
{
	list_del(&sub->link);
	free_irq(sub->irq, sub);
	unmap_ranges(sub);
	kfree(sub);
}

static long irq_subscribe(struct file_state *file, struct hpv_irq __user *arg)
{
	struct subscription *sub;
	struct hpv_irq irq;
	int rc;

	if (copy_from_user(&irq, arg, sizeof(irq)))
		return -EFAULT;
	if (irq.range_count > HPV_MAX_RANGES || irq.cmd_count > HPV_MAX_CMDS)
		return -E2BIG;
	sub = kzalloc(struct_size(sub, cmds, irq.cmd_count), GFP_KERNEL);
	if (!sub)
		return -ENOMEM;
	sub->file = file;
	sub->irq = irq.irq;
	sub->id = irq.id;
	sub->range_count = irq.range_count;
	sub->cmd_count = irq.cmd_count;

	rc = -EFAULT;
	if (copy_from_user(sub->ranges, u64_to_user_ptr(irq.ranges),
	    irq.range_count * sizeof(*sub->ranges)) ||
	    copy_from_user(sub->cmds, u64_to_user_ptr(irq.cmds),
	    irq.cmd_count * sizeof(*sub->cmds)))
		goto err_sub;
	rc = -EINVAL;
	if (!code_is_valid(sub))
		goto err_sub;
	rc = map_ranges(sub);
	if (rc)
		goto err_ranges;
	rc = request_irq(sub->irq, interrupt, IRQF_SHARED, "hpv", sub);
	if (rc)
		goto err_ranges;
	list_add(&sub->link, &file->subscriptions);
	return 0;

err_ranges:
	unmap_ranges(sub);
err_sub:
	kfree(sub);
	return rc;
}

static long irq_unsubscribe(struct file_state *file, u32 __user *arg)
{
	struct subscription *sub;
	u32 id;

	if (get_user(id, arg))
		return -EFAULT;
	list_for_each_entry(sub, &file->subscriptions, link) {
		if (sub->id == id) {
			subscription_free(sub);
			return 0;
		}
	}
	return -ENOENT;
}

/** Take the first event from the queue, NULL if there is none. */
static struct event *event_take(struct file_state *file)
{
	struct event *event;
	unsigned long flags;

	spin_lock_irqsave(&file->event_lock, flags);
	event = list_first_entry_or_null(&file->events, struct event, link);
	if (event) {
		list_del(&event->link);
		file->event_count--;
	}
	spin_unlock_irqrestore(&file->event_lock, flags);
	return event;
}

static ssize_t hpv_read(struct file *f, char __user *buf, size_t size,
    loff_t *pos)
{
	struct file_state *file = f->private_data;
	struct event *event;
	ssize_t rc;

	if (size < sizeof(event->data))
		return -EINVAL;
	while (!(event = event_take(file))) {
		if (f->f_flags & O_NONBLOCK)
			return -EAGAIN;
		rc = wait_event_interruptible(file->wait,
		    !list_empty(&file->events));
		if (rc)
			return rc;
	}
	rc = sizeof(event->data);
	if (copy_to_user(buf, &event->data, sizeof(event->data)))
		rc = -EFAULT;
	kfree(event);
	return rc;
}

static __poll_t hpv_poll(struct file *f, poll_table *table)
{
	struct file_state *file = f->private_data;

	poll_wait(f, &file->wait, table);
	return list_empty(&file->events) ? 0 : EPOLLIN | EPOLLRDNORM;
}

/*
 * Hypercalls
 */

static bool xen_is_here(void)
{
	return hypervisor_cpuid_base("XenVMMXenVMM", 2) != 0;
}

static s64 call_xen(u64 op, u64 cmd, void *arg, u64 count)
{
	s64 result = op;

	if (boot_cpu_data.x86_vendor == X86_VENDOR_AMD ||
	    boot_cpu_data.x86_vendor == X86_VENDOR_HYGON)
		asm volatile ("vmmcall" : "+a" (result), "+D" (cmd),
		    "+S" (arg), "+d" (count) : :
		    "r8", "r10", "r11", "rcx", "memory");
	else
		asm volatile ("vmcall" : "+a" (result), "+D" (cmd),
		    "+S" (arg), "+d" (count) : :
		    "r8", "r10", "r11", "rcx", "memory");
	return result;
}

static long hypercall(struct hpv_hypercall __user *uarg)
{
	struct hpv_hypercall call;
	void *arg;
	long rc;

	if (!xen_is_here())
		return -EOPNOTSUPP;
	if (copy_from_user(&call, uarg, sizeof(call)))
		return -EFAULT;
	if (call.size > MAX_HYPERCALL_ARG)
		return -EINVAL;
	arg = kzalloc(MAX_HYPERCALL_ARG, GFP_KERNEL);
	if (!arg)
		return -ENOMEM;

	rc = -EFAULT;
	if (copy_from_user(arg, u64_to_user_ptr(call.arg), call.size))
		goto out;
	call.result = call_xen(call.op, call.cmd, call.size ? arg : NULL,
	    call.count);
	if (copy_to_user(u64_to_user_ptr(call.arg), arg, call.size) ||
	    copy_to_user(uarg, &call, sizeof(call)))
		goto out;
	rc = 0;
out:
	kfree(arg);
	return rc;
}

/*
 * The file
 */

static long hpv_ioctl(struct file *f, unsigned int cmd, unsigned long uarg)
{
	struct file_state *file = f->private_data;
	void __user *arg = (void __user *) uarg;
	long rc;

	if (cmd == HPV_HYPERCALL)
		return hypercall(arg);

	mutex_lock(&file->lock);
	switch (cmd) {
	case HPV_DMA_ALLOC:
		rc = dma_alloc(file, arg);
		break;
	case HPV_DMA_FREE:
		rc = dma_free(file, arg);
		break;
	case HPV_PCI_ATTACH:
		rc = pci_attach(file, arg);
		break;
	case HPV_PCI_DETACH:
		rc = pci_detach(file, arg);
		break;
	case HPV_IRQ_SUBSCRIBE:
		rc = irq_subscribe(file, arg);
		break;
	case HPV_IRQ_UNSUBSCRIBE:
		rc = irq_unsubscribe(file, arg);
		break;
	default:
		rc = -ENOTTY;
	}
	mutex_unlock(&file->lock);
	return rc;
}

static int hpv_open(struct inode *inode, struct file *f)
{
	struct file_state *file = kzalloc(sizeof(*file), GFP_KERNEL);

	if (!file)
		return -ENOMEM;
	mutex_init(&file->lock);
	INIT_LIST_HEAD(&file->areas);
	INIT_LIST_HEAD(&file->functions);
	INIT_LIST_HEAD(&file->subscriptions);
	spin_lock_init(&file->event_lock);
	INIT_LIST_HEAD(&file->events);
	init_waitqueue_head(&file->wait);
	f->private_data = file;
	return 0;
}

/** First no more interrupts, then no more access to memory, then the memory */
static int hpv_release(struct inode *inode, struct file *f)
{
	struct file_state *file = f->private_data;
	struct subscription *sub, *next_sub;
	struct function *fn, *next_fn;
	struct area *area, *next_area;
	struct event *event;

	list_for_each_entry_safe(sub, next_sub, &file->subscriptions, link)
		subscription_free(sub);
	list_for_each_entry_safe(fn, next_fn, &file->functions, link)
		function_free(fn);
	list_for_each_entry_safe(area, next_area, &file->areas, link)
		area_free(area);
	while ((event = event_take(file)))
		kfree(event);
	kfree(file);
	return 0;
}

static const struct file_operations hpv_fops = {
	.owner = THIS_MODULE,
	.open = hpv_open,
	.release = hpv_release,
	.read = hpv_read,
	.poll = hpv_poll,
	.unlocked_ioctl = hpv_ioctl,
	.mmap = hpv_mmap
};

static struct miscdevice hpv_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "hpv",
	.fops = &hpv_fops,
	.mode = 0600
};

module_misc_device(hpv_device);

MODULE_DESCRIPTION("Carrier of hosted HelenOS drivers");
MODULE_LICENSE("Dual BSD/GPL");

/** @}
 */
