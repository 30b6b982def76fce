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
/** @file What the parts of the module share
 */

#ifndef HPV_PRIVATE_H_
#define HPV_PRIVATE_H_

#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/wait.h>
#include "hpv.h"

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

/** An accepted interrupt that waits to be read */
struct event {
	struct list_head link;
	struct hpv_event data;
};

long hpv_irq_subscribe(struct file_state *, struct hpv_irq __user *);
long hpv_irq_unsubscribe(struct file_state *, u32 __user *);
void hpv_subscription_free(struct subscription *);
struct event *hpv_event_take(struct file_state *);

#endif

/** @}
 */
