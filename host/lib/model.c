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

/** @addtogroup host
 * @{
 */
/** @file The model carrier: PCI functions that live in the program
 */

#include <adt/list.h>
#include <align.h>
#include <as.h>
#include <errno.h>
#include <fibril_synch.h>
#include <host/model.h>
#include <host/violation.h>
#include <mem.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/mman.h>
#include "private.h"

#define BARS			6
#define PCI_CONFIG_BAR(n)	(0x10 + 4 * (n))
#define PCI_CONFIG_IRQ_LINE	0x3c
#define PCI_CONFIG_IRQ_PIN	0x3d
#define PCI_BAR_IO		0x1
#define PCI_BAR_64		0x4

/** Addresses given to BARs, in turn */
#define FIRST_MEM_BASE		UINT64_C(0xe0000000)
#define FIRST_PORT_BASE		0xc000

/** Room for windows: reserved, never accessible, so that a driver that goes
 * around pio_read_N() and pio_write_N() faults.
 */
#define WINDOW_SPACE		(UINT64_C(1) << 36)
#define WINDOW_SPACE_MIN	(UINT64_C(1) << 28)

struct host_pci_fn {
	link_t link;
	host_pci_desc_t desc;
	uint64_t base[BARS];
	atomic_bool unplugged;
};

/** Physical addresses or ports that a driver made accessible */
typedef struct {
	link_t link;
	/** What the driver uses: a port, or an address in the window space */
	uintptr_t addr;
	uintptr_t phys;
	size_t size;
} window_t;

/** A subscribed line */
typedef struct {
	link_t link;
	unsigned int id;
	int irq;
	host_irq_code_t code;
	/** By the list, each run of the program */
	atomic_int refs;
} line_t;

/** Guards everything below */
static FIBRIL_MUTEX_INITIALIZE(model_lock);
static LIST_INITIALIZE(functions);
static LIST_INITIALIZE(windows);
static LIST_INITIALIZE(lines);
static uint64_t next_mem_base = FIRST_MEM_BASE;
static uint64_t next_port_base = FIRST_PORT_BASE;
static uintptr_t window_space;
static uint64_t window_size;
static uintptr_t next_window;
/** Functions that enabled a line */
static int line_enabled[256];

/*
 * BARs
 */

static uint64_t place_bar(const host_pci_bar_t *bar)
{
	uint64_t *next = bar->io ? &next_port_base : &next_mem_base;
	uint64_t align = bar->io ? 4 : 4096;

	while (align < bar->size)
		align *= 2;
	uint64_t base = ALIGN_UP(*next, align);
	/* A hole behind each BAR, so that what runs over it is caught */
	*next = base + (bar->size > align ? bar->size : align) * 2;
	return base;
}

static void write_bar_registers(host_pci_fn_t *fn, unsigned int i)
{
	const host_pci_bar_t *bar = &fn->desc.bar[i];
	uint8_t *reg = fn->desc.config + PCI_CONFIG_BAR(i);
	uint64_t value = bar->unassigned ? 0 : fn->base[i];

	if (bar->io)
		value |= PCI_BAR_IO;
	else if (bar->is_64)
		value |= PCI_BAR_64;
	memcpy(reg, &value, bar->is_64 && i + 1 < BARS ? 8 : 4);
}

host_pci_fn_t *host_pci_add(const host_pci_desc_t *desc)
{
	host_pci_fn_t *fn = calloc(1, sizeof(host_pci_fn_t));
	if (fn == NULL)
		abort();
	fn->desc = *desc;

	fibril_mutex_lock(&model_lock);
	for (unsigned int i = 0; i < BARS; i++) {
		const host_pci_bar_t *bar = &desc->bar[i];

		if (bar->size == 0)
			continue;
		fn->base[i] = bar->base != 0 ? bar->base : place_bar(bar);
		write_bar_registers(fn, i);
	}
	fn->desc.config[PCI_CONFIG_IRQ_LINE] =
	    desc->irq >= 0 ? (uint8_t) desc->irq : 0xff;
	fn->desc.config[PCI_CONFIG_IRQ_PIN] = desc->irq >= 0 ? 1 : 0;
	list_append(&fn->link, &functions);
	fibril_mutex_unlock(&model_lock);
	return fn;
}

void host_pci_unplug(host_pci_fn_t *fn)
{
	fn->unplugged = true;
}

void host_pci_remove(host_pci_fn_t *fn)
{
	fibril_mutex_lock(&model_lock);
	list_remove(&fn->link);
	fibril_mutex_unlock(&model_lock);
	free(fn);
}

uint64_t host_pci_bar_base(const host_pci_fn_t *fn, unsigned int bar)
{
	return fn->base[bar];
}

uint8_t *host_pci_config(host_pci_fn_t *fn)
{
	return fn->desc.config;
}

/** Find the function and BAR behind a physical address or port. */
static host_pci_fn_t *find_bar(uintptr_t phys, size_t size, unsigned int *rbar,
    uint64_t *roffset)
{
	list_foreach(functions, link, host_pci_fn_t, fn) {
		for (unsigned int i = 0; i < BARS; i++) {
			uint64_t bar_size = fn->desc.bar[i].size;

			if (fn->desc.bar[i].io != (phys < HOST_PORT_END) ||
			    size > bar_size || phys < fn->base[i] ||
			    phys - fn->base[i] > bar_size - size)
				continue;
			*rbar = i;
			*roffset = phys - fn->base[i];
			return fn;
		}
	}
	return NULL;
}

/*
 * Windows
 */

static window_t *find_window(uintptr_t addr, size_t size)
{
	list_foreach(windows, link, window_t, win) {
		if (addr >= win->addr && size <= win->size &&
		    addr - win->addr <= win->size - size)
			return win;
	}
	return NULL;
}

static void window_add(uintptr_t addr, uintptr_t phys, size_t size)
{
	window_t *win = calloc(1, sizeof(window_t));
	if (win == NULL)
		abort();
	win->addr = addr;
	win->phys = phys;
	win->size = size;
	list_append(&win->link, &windows);
}

/** Reserve the window space when it is needed first. */
static void reserve_windows(void)
{
	if (window_space != 0)
		return;

	/* Valgrind has less to give, and less is enough for most tests. */
	void *space = MAP_FAILED;
	for (window_size = WINDOW_SPACE; space == MAP_FAILED &&
	    window_size >= WINDOW_SPACE_MIN; window_size /= 4) {
		space = mmap(NULL, window_size, PROT_NONE,
		    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	}
	if (space == MAP_FAILED)
		abort();
	window_size *= 4;
	window_space = (uintptr_t) space;
	next_window = window_space;
}

static errno_t model_phys_map(uintptr_t phys, size_t size, bool cached,
    void **virt)
{
	unsigned int bar;
	uint64_t offset;

	(void) cached;
	fibril_mutex_lock(&model_lock);
	reserve_windows();
	/* The end of a page may belong to nobody, its beginning may not. */
	if (find_bar(phys, 1, &bar, &offset) == NULL) {
		fibril_mutex_unlock(&model_lock);
		return ENOENT;
	}
	uintptr_t addr = next_window + phys % PAGE_SIZE;
	next_window += ALIGN_UP(size + phys % PAGE_SIZE, (size_t) PAGE_SIZE) +
	    PAGE_SIZE;
	if (next_window > window_space + window_size)
		host_violation("%zu bytes are too much to map", size);
	window_add(addr, phys, size);
	fibril_mutex_unlock(&model_lock);
	*virt = (void *) addr;
	return EOK;
}

static errno_t window_remove(uintptr_t addr, size_t size)
{
	fibril_mutex_lock(&model_lock);
	list_foreach(windows, link, window_t, win) {
		if (win->addr == addr && (size == 0 || win->size == size)) {
			list_remove(&win->link);
			fibril_mutex_unlock(&model_lock);
			free(win);
			return EOK;
		}
	}
	fibril_mutex_unlock(&model_lock);
	host_violation("registers at 0x%zx are disabled, but were not enabled",
	    (size_t) addr);
}

static errno_t model_phys_unmap(void *virt)
{
	return window_remove((uintptr_t) virt, 0);
}

static errno_t model_port_enable(uintptr_t base, size_t size)
{
	fibril_mutex_lock(&model_lock);
	window_add(base, base, size);
	fibril_mutex_unlock(&model_lock);
	return EOK;
}

static errno_t model_port_disable(uintptr_t base, size_t size)
{
	return window_remove(base, size);
}

/*
 * Accesses
 */

static uint64_t all_ones(unsigned int size)
{
	return size == 8 ? UINT64_MAX : (UINT64_C(1) << (8 * size)) - 1;
}

/** Access at a physical address or port, as the machine does */
static uint64_t bus_access(uintptr_t phys, unsigned int size, bool write,
    uint64_t value)
{
	unsigned int bar;
	uint64_t offset;

	fibril_mutex_lock(&model_lock);
	host_pci_fn_t *fn = find_bar(phys, size, &bar, &offset);
	fibril_mutex_unlock(&model_lock);
	if (fn == NULL)
		host_violation("%s of %u bytes at 0x%zx, behind the BAR or "
		    "where there is none", write ? "write" : "read", size,
		    (size_t) phys);
	if (fn->unplugged)
		return all_ones(size);
	if (!write)
		return fn->desc.ops->bar_read(fn->desc.arg, bar, offset,
		    size) & all_ones(size);
	fn->desc.ops->bar_write(fn->desc.arg, bar, offset, size, value);
	return 0;
}

/** From an address that the driver uses to a physical one */
static uintptr_t window_phys(uintptr_t addr, unsigned int size)
{
	fibril_mutex_lock(&model_lock);
	window_t *win = find_window(addr, size);
	uintptr_t phys = win != NULL ? win->phys + (addr - win->addr) : 0;
	fibril_mutex_unlock(&model_lock);
	if (win == NULL)
		host_violation("access of %u bytes to a register at 0x%zx "
		    "that is not enabled", size, (size_t) addr);
	return phys;
}

static uint64_t model_read(uintptr_t addr, unsigned int size)
{
	return bus_access(window_phys(addr, size), size, false, 0);
}

static void model_write(uintptr_t addr, unsigned int size, uint64_t value)
{
	bus_access(window_phys(addr, size), size, true, value);
}

/** Accesses of an interrupt's program: physical addresses, no window */
static uint64_t irq_read(uintptr_t phys, unsigned int size)
{
	return bus_access(phys, size, false, 0);
}

static void irq_write(uintptr_t phys, unsigned int size, uint64_t value)
{
	bus_access(phys, size, true, value);
}

/*
 * Interrupts
 */

static errno_t model_irq_subscribe(int irq, const irq_code_t *code,
    unsigned int id)
{
	if (irq < 0 || irq > 255)
		return EINVAL;
	line_t *line = calloc(1, sizeof(line_t));
	if (line == NULL)
		return ENOMEM;
	errno_t rc = host_irq_code_copy(code, &line->code);
	if (rc != EOK) {
		free(line);
		return rc;
	}
	line->id = id;
	line->irq = irq;
	line->refs = 1;
	fibril_mutex_lock(&model_lock);
	list_append(&line->link, &lines);
	fibril_mutex_unlock(&model_lock);
	return EOK;
}

static void line_put(line_t *line)
{
	if (atomic_fetch_sub(&line->refs, 1) > 1)
		return;
	host_irq_code_free(&line->code);
	free(line);
}

static void model_irq_unsubscribe(unsigned int id)
{
	line_t *found = NULL;

	fibril_mutex_lock(&model_lock);
	list_foreach(lines, link, line_t, line) {
		if (line->id == id)
			found = line;
	}
	if (found != NULL)
		list_remove(&found->link);
	fibril_mutex_unlock(&model_lock);
	if (found != NULL)
		line_put(found);
}

/** The next subscriber of a line after one with some id, with a reference */
static line_t *next_line(int irq, unsigned int id)
{
	line_t *found = NULL;

	fibril_mutex_lock(&model_lock);
	list_foreach(lines, link, line_t, line) {
		if (found == NULL && line->irq == irq && line->id > id)
			found = line;
	}
	if (found != NULL)
		found->refs++;
	fibril_mutex_unlock(&model_lock);
	return found;
}

bool host_irq_raise(int irq)
{
	uint32_t scratch[6];
	unsigned int id = 0;
	bool accepted = false;
	line_t *line;

	fibril_mutex_lock(&model_lock);
	bool enabled = irq >= 0 && irq < 256 && line_enabled[irq] > 0;
	fibril_mutex_unlock(&model_lock);
	if (!enabled)
		return false;

	while (!accepted && (line = next_line(irq, id)) != NULL) {
		id = line->id;
		accepted = host_irq_code_run(&line->code, irq_read, irq_write,
		    scratch);
		line_put(line);
	}
	if (accepted)
		host_irq_notify(id, scratch);
	return accepted;
}

/*
 * PCI bus driver
 */

static errno_t model_config_read(host_pci_fn_t *fn, uint32_t offset,
    unsigned int size, uint32_t *value)
{
	if (offset >= HOST_PCI_CONFIG_SIZE || offset % size != 0)
		return EINVAL;
	*value = (uint32_t) all_ones(size);
	if (fn->unplugged)
		return EOK;
	if (fn->desc.ops->config_read != NULL) {
		*value = fn->desc.ops->config_read(fn->desc.arg, offset, size);
		return EOK;
	}
	*value = 0;
	memcpy(value, fn->desc.config + offset, size);
	return EOK;
}

static errno_t model_config_write(host_pci_fn_t *fn, uint32_t offset,
    unsigned int size, uint32_t value)
{
	if (offset >= HOST_PCI_CONFIG_SIZE || offset % size != 0)
		return EINVAL;
	if (fn->unplugged)
		return EOK;
	if (fn->desc.ops->config_write != NULL)
		fn->desc.ops->config_write(fn->desc.arg, offset, size, value);
	else
		memcpy(fn->desc.config + offset, &value, size);
	return EOK;
}

static errno_t model_resources(host_pci_fn_t *fn, hw_resource_list_t *list)
{
	hw_resource_t *res = calloc(BARS + 1, sizeof(hw_resource_t));
	if (res == NULL)
		return ENOMEM;
	list->resources = res;
	list->count = 0;

	for (unsigned int i = 0; i < BARS; i++) {
		const host_pci_bar_t *bar = &fn->desc.bar[i];
		uint64_t address = bar->unassigned ? 0 : fn->base[i];

		if (bar->size == 0)
			continue;
		hw_resource_t *entry = &res[list->count++];
		if (bar->io) {
			entry->type = IO_RANGE;
			entry->res.io_range.address = address;
			entry->res.io_range.size = bar->size;
			entry->res.io_range.relative = true;
		} else {
			entry->type = MEM_RANGE;
			entry->res.mem_range.address = address;
			/* The bus driver looks at the lower half only. */
			entry->res.mem_range.size = (uint32_t) bar->size;
			entry->res.mem_range.relative = false;
		}
	}
	if (fn->desc.irq >= 0) {
		res[list->count].type = INTERRUPT;
		res[list->count++].res.interrupt.irq = fn->desc.irq;
	}
	return EOK;
}

static errno_t model_irq_enable(host_pci_fn_t *fn, int irq, bool enable)
{
	if (fn->desc.irq != irq || irq < 0 || irq > 255)
		return EINVAL;
	/* A line that was enabled stays so: others may share it. */
	fibril_mutex_lock(&model_lock);
	if (enable)
		line_enabled[irq]++;
	fibril_mutex_unlock(&model_lock);
	return EOK;
}

const host_backend_t host_model_backend = {
	.name = "model",
	.dma_alloc = host_model_dma_alloc,
	.dma_free = host_model_dma_free,
	.phys_map = model_phys_map,
	.phys_unmap = model_phys_unmap,
	.port_enable = model_port_enable,
	.port_disable = model_port_disable,
	.read = model_read,
	.write = model_write,
	.irq_subscribe = model_irq_subscribe,
	.irq_unsubscribe = model_irq_unsubscribe,
	.pci_config_read = model_config_read,
	.pci_config_write = model_config_write,
	.pci_resources = model_resources,
	.pci_irq_enable = model_irq_enable
};

/** @}
 */
