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
/** @file Programs that run when an interrupt comes
 */

#include <linux/interrupt.h>
#include <linux/io.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include "hpv_private.h"

/** Addresses below are I/O ports */
#define PORT_END	0x10000

/** Events that wait to be read; more are lost, and said to be */
#define MAX_EVENTS	4096

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
void hpv_subscription_free(struct subscription *sub)
{
	list_del(&sub->link);
	free_irq(sub->irq, sub);
	unmap_ranges(sub);
	kfree(sub);
}

long hpv_irq_subscribe(struct file_state *file, struct hpv_irq __user *arg)
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

long hpv_irq_unsubscribe(struct file_state *file, u32 __user *arg)
{
	struct subscription *sub;
	u32 id;

	if (get_user(id, arg))
		return -EFAULT;
	list_for_each_entry(sub, &file->subscriptions, link) {
		if (sub->id == id) {
			hpv_subscription_free(sub);
			return 0;
		}
	}
	return -ENOENT;
}

/** Take the first event from the queue, NULL if there is none. */
struct event *hpv_event_take(struct file_state *file)
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

/** @}
 */
