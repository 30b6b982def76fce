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
/** @file Registers and DMA memory, by way of the carrier
 */

#include <align.h>
#include <as.h>
#include <ddi.h>
#include <errno.h>
#include <fibril_synch.h>
#include <host/backend.h>
#include <host/violation.h>
#include <libc.h>
#include <mem.h>
#include <perm.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <task.h>
#include <unistd.h>
#include "private.h"

const host_backend_t *host_backend = &host_model_backend;

static const host_hooks_t no_hooks;
const host_hooks_t *host_hooks = &no_hooks;

/** A live DMA allocation */
typedef struct {
	link_t link;
	void *virt;
	uintptr_t phys;
	size_t size;
} dma_area_t;

/** Guards dma_areas and dma_stats */
static FIBRIL_MUTEX_INITIALIZE(dma_lock);
static LIST_INITIALIZE(dma_areas);
static host_dma_stats_t dma_stats;

/** Registers that are mapped */
static atomic_size_t pio_mapped;

void host_set_hooks(const host_hooks_t *hooks)
{
	host_hooks = hooks != NULL ? hooks : &no_hooks;
}

void host_dma_get_stats(host_dma_stats_t *stats)
{
	fibril_mutex_lock(&dma_lock);
	*stats = dma_stats;
	fibril_mutex_unlock(&dma_lock);
}

void *host_dma_find(uintptr_t phys, size_t size)
{
	void *virt = NULL;

	fibril_mutex_lock(&dma_lock);
	list_foreach(dma_areas, link, dma_area_t, area) {
		if (phys >= area->phys && size <= area->size &&
		    phys - area->phys <= area->size - size)
			virt = (uint8_t *) area->virt + (phys - area->phys);
	}
	fibril_mutex_unlock(&dma_lock);
	return virt;
}

errno_t dmamem_map_anonymous(size_t size, uintptr_t constraint,
    unsigned int map_flags, unsigned int flags, uintptr_t *phys, void **virt)
{
	(void) flags;
	if (*virt != AS_AREA_ANY)
		host_violation("dmamem_map_anonymous: *virt must be "
		    "AS_AREA_ANY, it is %p", *virt);
	if (size == 0)
		return EINVAL;
	if ((map_flags & (AS_AREA_READ | AS_AREA_WRITE)) == 0)
		host_violation("dmamem_map_anonymous: flags 0x%x allow no "
		    "access", map_flags);
	if (host_hooks->dma_before_alloc != NULL) {
		errno_t rc = host_hooks->dma_before_alloc(host_hooks->arg,
		    size);
		if (rc != EOK)
			return rc;
	}

	dma_area_t *area = calloc(1, sizeof(dma_area_t));
	if (area == NULL)
		return ENOMEM;
	area->size = ALIGN_UP(size, (size_t) PAGE_SIZE);
	errno_t rc = host_backend->dma_alloc(area->size, constraint,
	    &area->phys, &area->virt);
	if (rc != EOK) {
		free(area);
		return rc;
	}
	memset(area->virt, HOST_DMA_FRESH, area->size);

	fibril_mutex_lock(&dma_lock);
	list_append(&area->link, &dma_areas);
	dma_stats.live++;
	dma_stats.live_bytes += area->size;
	dma_stats.total++;
	fibril_mutex_unlock(&dma_lock);

	*phys = area->phys;
	*virt = area->virt;
	if (host_hooks->dma_allocated != NULL)
		host_hooks->dma_allocated(host_hooks->arg, area->phys,
		    area->size);
	return EOK;
}

errno_t dmamem_unmap_anonymous(void *virt)
{
	dma_area_t *area = NULL;

	fibril_mutex_lock(&dma_lock);
	list_foreach(dma_areas, link, dma_area_t, it) {
		if (it->virt == virt) {
			area = it;
			break;
		}
	}
	fibril_mutex_unlock(&dma_lock);
	if (area == NULL)
		host_violation("dmamem_unmap_anonymous: %p is no live DMA "
		    "memory", virt);

	if (host_hooks->dma_before_free != NULL)
		host_hooks->dma_before_free(host_hooks->arg, area->phys,
		    area->size);

	fibril_mutex_lock(&dma_lock);
	list_remove(&area->link);
	dma_stats.live--;
	dma_stats.live_bytes -= area->size;
	fibril_mutex_unlock(&dma_lock);
	free(area);
	return host_backend->dma_free(virt);
}

errno_t physmem_map(uintptr_t phys, size_t pages, unsigned int flags,
    void **virt)
{
	if (*virt != AS_AREA_ANY)
		host_violation("physmem_map: *virt must be AS_AREA_ANY, it is "
		    "%p", *virt);
	if (phys % PAGE_SIZE != 0)
		host_violation("physmem_map: 0x%zx is not on a page boundary",
		    (size_t) phys);
	return host_backend->phys_map(phys, pages * PAGE_SIZE,
	    (flags & AS_AREA_CACHEABLE) != 0, virt);
}

errno_t physmem_unmap(void *virt)
{
	return host_backend->phys_unmap(virt);
}

errno_t pio_enable(void *base, size_t size, void **virt)
{
	uintptr_t addr = (uintptr_t) base;

	if (host_hooks->pio_before_enable != NULL) {
		errno_t rc = host_hooks->pio_before_enable(host_hooks->arg,
		    addr, size);
		if (rc != EOK)
			return rc;
	}
	if (addr < HOST_PORT_END && size > HOST_PORT_END - addr)
		return EINVAL;

	errno_t rc;
	if (addr >= HOST_PORT_END) {
		rc = host_backend->phys_map(addr, size, false, virt);
	} else {
		rc = host_backend->port_enable(addr, size);
		if (rc == EOK)
			*virt = base;
	}
	if (rc == EOK)
		pio_mapped++;
	return rc;
}

errno_t pio_enable_range(addr_range_t *range, void **virt)
{
	return pio_enable(RNGABSPTR(*range), RNGSZ(*range), virt);
}

errno_t pio_disable(void *virt, size_t size)
{
	uintptr_t addr = (uintptr_t) virt;

	errno_t rc = addr < HOST_PORT_END ?
	    host_backend->port_disable(addr, size) :
	    host_backend->phys_unmap(virt);
	if (rc == EOK)
		pio_mapped--;
	return rc;
}

size_t host_pio_mapped(void)
{
	return pio_mapped;
}

#define PIO_ACCESS(bits) \
	void pio_write_##bits(ioport##bits##_t *reg, uint##bits##_t value) \
	{ \
		host_backend->write((uintptr_t) reg, bits / 8, value); \
	} \
	uint##bits##_t pio_read_##bits(const ioport##bits##_t *reg) \
	{ \
		return (uint##bits##_t) \
		    host_backend->read((uintptr_t) reg, bits / 8); \
	}

PIO_ACCESS(8)
PIO_ACCESS(16)
PIO_ACCESS(32)
PIO_ACCESS(64)

/** The kernel's PERM_MEM_MANAGER and PERM_IO_MANAGER, which user space has no
 * name for */
#define PERMS_FOR_HYPERCALL  (1 << 1 | 1 << 2)

static unsigned int perms = ~0U;

task_id_t task_get_id(void)
{
	return getpid();
}

errno_t perm_revoke(task_id_t task, unsigned int revoked)
{
	if (task != task_get_id())
		return ENOENT;
	perms &= ~revoked;
	return EOK;
}

sysarg_t host_syscall(sysarg_t id, sysarg_t a1, sysarg_t a2, sysarg_t a3,
    sysarg_t a4, sysarg_t a5)
{
	if (id != SYS_XEN_HYPERCALL)
		host_violation("system call %zu", (size_t) id);
	if ((perms & PERMS_FOR_HYPERCALL) != PERMS_FOR_HYPERCALL)
		return EPERM;
	if (host_backend->hypercall == NULL)
		return ENOTSUP;
	return (sysarg_t) host_backend->hypercall(a1, a2, (void *) a3, a4,
	    (sysarg_t *) a5);
}

/** @}
 */
