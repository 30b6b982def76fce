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
/** @file Kernel module of the carrier guest, see hpv.h; interrupts: irq.c
 */

#include <linux/fs.h>
#include <linux/io.h>
#include <linux/kernel.h>
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/poll.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <asm/hypervisor.h>
#include <asm/processor.h>
#include "hpv.h"
#include "hpv_private.h"

/* The greatest order of the page allocator, before Linux 6.8 */
#ifndef MAX_PAGE_ORDER
#define MAX_PAGE_ORDER  (MAX_ORDER - 1)
#endif

/** Size in bytes of the largest argument of a hypercall */
#define MAX_HYPERCALL_ARG	64

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
	    get_order(dma.size) > MAX_PAGE_ORDER)
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

static ssize_t hpv_read(struct file *f, char __user *buf, size_t size,
    loff_t *pos)
{
	struct file_state *file = f->private_data;
	struct event *event;
	ssize_t rc;

	if (size < sizeof(event->data))
		return -EINVAL;
	while (!(event = hpv_event_take(file))) {
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
 * I/O ports
 */

/** The kernel does it, as QEMU's own emulation of a CPU lets no program at a
 * port any more once Xen has restored the guest: it wants a task state segment
 * that is not busy. */
static long access_port(unsigned int cmd, struct hpv_port __user *uarg)
{
	struct hpv_port arg;

	if (copy_from_user(&arg, uarg, sizeof(arg)))
		return -EFAULT;
	if (arg.size != 1 && arg.size != 2 && arg.size != 4)
		return -EINVAL;
	if (cmd == HPV_PORT_READ) {
		arg.value = arg.size == 1 ? inb(arg.port) :
		    arg.size == 2 ? inw(arg.port) : inl(arg.port);
		return copy_to_user(uarg, &arg, sizeof(arg)) ? -EFAULT : 0;
	}
	if (arg.size == 1)
		outb(arg.value, arg.port);
	else if (arg.size == 2)
		outw(arg.value, arg.port);
	else
		outl(arg.value, arg.port);
	return 0;
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
	if (cmd == HPV_PORT_READ || cmd == HPV_PORT_WRITE)
		return access_port(cmd, arg);

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
		rc = hpv_irq_subscribe(file, arg);
		break;
	case HPV_IRQ_UNSUBSCRIBE:
		rc = hpv_irq_unsubscribe(file, arg);
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
		hpv_subscription_free(sub);
	list_for_each_entry_safe(fn, next_fn, &file->functions, link)
		function_free(fn);
	list_for_each_entry_safe(area, next_area, &file->areas, link)
		area_free(area);
	while ((event = hpv_event_take(file)))
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
