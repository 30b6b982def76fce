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
/** @file The carrier of real devices
 */

#include <abi/xen.h>
#include <align.h>
#include <as.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fibril_synch.h>
#include <host/real.h>
#include <host/violation.h>
#include <mem.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <str.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>
#include "../module/hpv.h"
#include "private.h"

#define HPV_DEVICE	"/dev/hpv"
#define PCI_DEVICES	"/sys/bus/pci/devices"

/** Linux's flags in a device's resource file */
#define RESOURCE_IO	0x100
#define RESOURCE_MEM	0x200
/** BARs come first in it */
#define RESOURCE_BARS	6

struct host_pci_fn {
	char name[HOST_PCI_NAME_SIZE];
	struct hpv_pci pci;
	/** Configuration space */
	int config_fd;
};

/** Something mapped from the module */
typedef struct {
	link_t link;
	/** What the driver has */
	void *virt;
	/** What munmap() wants */
	void *base;
	size_t size;
	/** For DMA memory, 0 else */
	uint64_t dma_phys;
} mapping_t;

static int hpv_fd = -1;

/** Guards mappings */
static FIBRIL_MUTEX_INITIALIZE(map_lock);
static LIST_INITIALIZE(mappings);

/*
 * Memory
 */

/** Map a physical address; the mapping begins at its page. */
static errno_t map(uint64_t phys, size_t size, uint64_t dma_phys, void **virt)
{
	size_t before = phys % PAGE_SIZE;
	mapping_t *m = calloc(1, sizeof(mapping_t));

	if (m == NULL)
		return ENOMEM;
	m->size = ALIGN_UP(size + before, (size_t) PAGE_SIZE);
	m->base = mmap(NULL, m->size, PROT_READ | PROT_WRITE, MAP_SHARED,
	    hpv_fd, (off_t) (phys - before));
	if (m->base == MAP_FAILED) {
		errno_t rc = errno;
		free(m);
		return rc;
	}
	m->virt = (uint8_t *) m->base + before;
	m->dma_phys = dma_phys;
	fibril_mutex_lock(&map_lock);
	list_append(&m->link, &mappings);
	fibril_mutex_unlock(&map_lock);
	*virt = m->virt;
	return EOK;
}

static errno_t unmap(void *virt, uint64_t *dma_phys)
{
	mapping_t *found = NULL;

	fibril_mutex_lock(&map_lock);
	list_foreach(mappings, link, mapping_t, m) {
		if (m->virt == virt)
			found = m;
	}
	if (found != NULL)
		list_remove(&found->link);
	fibril_mutex_unlock(&map_lock);
	if (found == NULL)
		host_violation("%p is unmapped, but was not mapped", virt);
	munmap(found->base, found->size);
	*dma_phys = found->dma_phys;
	free(found);
	return EOK;
}

static errno_t real_dma_alloc(size_t size, uintptr_t constraint,
    uintptr_t *phys, void **virt)
{
	struct hpv_dma dma = { .size = size, .constraint = constraint };

	if (ioctl(hpv_fd, HPV_DMA_ALLOC, &dma) != 0)
		return errno;
	errno_t rc = map(dma.phys, size, dma.phys, virt);
	if (rc != EOK) {
		ioctl(hpv_fd, HPV_DMA_FREE, &dma);
		return rc;
	}
	*phys = dma.phys;
	return EOK;
}

static errno_t real_dma_free(void *virt)
{
	struct hpv_dma dma = { .size = 0 };
	uint64_t phys;

	unmap(virt, &phys);
	dma.phys = phys;
	return ioctl(hpv_fd, HPV_DMA_FREE, &dma) == 0 ? EOK : errno;
}

static errno_t real_phys_map(uintptr_t phys, size_t size, bool cached,
    void **virt)
{
	(void) cached;
	return map(phys, size, 0, virt);
}

static errno_t real_phys_unmap(void *virt)
{
	uint64_t dma_phys;
	return unmap(virt, &dma_phys);
}

/*
 * Registers: every fibril may access every port.
 */

static errno_t real_port_enable(uintptr_t base, size_t size)
{
	(void) base;
	(void) size;
	return EOK;
}

/** Access a port, by the module. */
static uint32_t port_access(unsigned long cmd, uintptr_t addr,
    unsigned int size, uint32_t value)
{
	struct hpv_port arg = {
		.port = (uint16_t) addr,
		.size = (uint16_t) size,
		.value = value
	};

	if (ioctl(hpv_fd, cmd, &arg) != 0)
		host_violation("access of %u bytes to port %lx", size, addr);
	return arg.value;
}

static uint64_t real_read(uintptr_t addr, unsigned int size)
{
	if (addr < HOST_PORT_END)
		return port_access(HPV_PORT_READ, addr, size, 0);
	switch (size) {
	case 1:
		return *(volatile uint8_t *) addr;
	case 2:
		return *(volatile uint16_t *) addr;
	case 4:
		return *(volatile uint32_t *) addr;
	default:
		return *(volatile uint64_t *) addr;
	}
}

static void real_write(uintptr_t addr, unsigned int size, uint64_t value)
{
	if (addr < HOST_PORT_END) {
		(void) port_access(HPV_PORT_WRITE, addr, size,
		    (uint32_t) value);
		return;
	}
	switch (size) {
	case 1:
		*(volatile uint8_t *) addr = (uint8_t) value;
		break;
	case 2:
		*(volatile uint16_t *) addr = (uint16_t) value;
		break;
	case 4:
		*(volatile uint32_t *) addr = (uint32_t) value;
		break;
	default:
		*(volatile uint64_t *) addr = value;
	}
}

/*
 * Interrupts
 */

static errno_t real_irq_subscribe(int irq, const irq_code_t *code,
    unsigned int id)
{
	struct hpv_range ranges[HPV_MAX_RANGES];
	struct hpv_cmd cmds[HPV_MAX_CMDS];
	struct hpv_irq sub = {
		.irq = (uint32_t) irq,
		.id = id,
		.range_count = (uint32_t) code->rangecount,
		.cmd_count = (uint32_t) code->cmdcount,
		.ranges = (uintptr_t) ranges,
		.cmds = (uintptr_t) cmds
	};

	if (code->rangecount > HPV_MAX_RANGES ||
	    code->cmdcount > HPV_MAX_CMDS)
		return ELIMIT;
	for (size_t i = 0; i < code->rangecount; i++) {
		ranges[i].base = code->ranges[i].base;
		ranges[i].size = code->ranges[i].size;
	}
	for (size_t i = 0; i < code->cmdcount; i++) {
		cmds[i].cmd = code->cmds[i].cmd;
		cmds[i].value = code->cmds[i].value;
		cmds[i].addr = (uintptr_t) code->cmds[i].addr;
		cmds[i].srcarg = (uint32_t) code->cmds[i].srcarg;
		cmds[i].dstarg = (uint32_t) code->cmds[i].dstarg;
	}
	return ioctl(hpv_fd, HPV_IRQ_SUBSCRIBE, &sub) == 0 ? EOK : errno;
}

static void real_irq_unsubscribe(unsigned int id)
{
	uint32_t arg = id;
	ioctl(hpv_fd, HPV_IRQ_UNSUBSCRIBE, &arg);
}

/** Carries events from the module to the notification fibrils. */
static void *event_thread(void *arg)
{
	struct hpv_event event;

	(void) arg;
	while (read(hpv_fd, &event, sizeof(event)) == sizeof(event))
		host_irq_notify(event.id, event.scratch);
	return NULL;
}

/*
 * PCI
 */

static errno_t real_config_read(host_pci_fn_t *fn, uint32_t offset,
    unsigned int size, uint32_t *value)
{
	*value = 0;
	if (pread(fn->config_fd, value, size, offset) == (ssize_t) size)
		return EOK;
	/* As on the bus when a device does not answer */
	*value = UINT32_MAX >> (32 - 8 * size);
	return EOK;
}

static errno_t real_config_write(host_pci_fn_t *fn, uint32_t offset,
    unsigned int size, uint32_t value)
{
	(void) !pwrite(fn->config_fd, &value, size, offset);
	return EOK;
}

static FILE *open_sys_file(const char *device, const char *name)
{
	char path[128];

	snprintf(path, sizeof(path), PCI_DEVICES "/%s/%s", device, name);
	return fopen(path, "re");
}

static errno_t real_resources(host_pci_fn_t *fn, hw_resource_list_t *list)
{
	unsigned long long start, end, flags;

	FILE *f = open_sys_file(fn->name, "resource");
	if (f == NULL)
		return ENOENT;
	hw_resource_t *res = calloc(RESOURCE_BARS + 1, sizeof(*res));
	if (res == NULL) {
		fclose(f);
		return ENOMEM;
	}
	list->resources = res;
	list->count = 0;
	for (int i = 0; i < RESOURCE_BARS &&
	    fscanf(f, "%llx %llx %llx", &start, &end, &flags) == 3; i++) {
		hw_resource_t *entry = &res[list->count];

		if (flags & RESOURCE_IO) {
			entry->type = IO_RANGE;
			entry->res.io_range.address = start;
			entry->res.io_range.size = end - start + 1;
			entry->res.io_range.relative = true;
		} else if (flags & RESOURCE_MEM) {
			entry->type = MEM_RANGE;
			entry->res.mem_range.address = start;
			entry->res.mem_range.size =
			    (uint32_t) (end - start + 1);
		} else {
			continue;
		}
		list->count++;
	}
	fclose(f);
	if (fn->pci.irq >= 0) {
		res[list->count].type = INTERRUPT;
		res[list->count++].res.interrupt.irq = fn->pci.irq;
	}
	return EOK;
}

/** Linux does it when the interrupt is subscribed. */
static errno_t real_irq_enable(host_pci_fn_t *fn, int irq, bool enable)
{
	(void) enable;
	return irq == fn->pci.irq ? EOK : EINVAL;
}

errno_t host_real_pci_open(const char *name, host_pci_fn_t **rfn)
{
	char path[128];
	unsigned int domain, bus, dev, func;

	if (sscanf(name, "%x:%x:%x.%x", &domain, &bus, &dev, &func) != 4 ||
	    str_size(name) >= HOST_PCI_NAME_SIZE)
		return EINVAL;
	host_pci_fn_t *fn = calloc(1, sizeof(host_pci_fn_t));
	if (fn == NULL)
		return ENOMEM;
	str_cpy(fn->name, sizeof(fn->name), name);
	fn->pci.domain = (uint16_t) domain;
	fn->pci.bus = (uint8_t) bus;
	fn->pci.devfn = (uint8_t) (dev << 3 | func);

	snprintf(path, sizeof(path), PCI_DEVICES "/%s/config", name);
	fn->config_fd = open(path, O_RDWR | O_CLOEXEC);
	if (fn->config_fd < 0) {
		free(fn);
		return ENOENT;
	}
	if (ioctl(hpv_fd, HPV_PCI_ATTACH, &fn->pci) != 0) {
		errno_t rc = errno;
		close(fn->config_fd);
		free(fn);
		return rc;
	}
	*rfn = fn;
	return EOK;
}

void host_real_pci_close(host_pci_fn_t *fn)
{
	ioctl(hpv_fd, HPV_PCI_DETACH, &fn->pci);
	close(fn->config_fd);
	free(fn);
}

static unsigned int read_id(const char *device, const char *name)
{
	unsigned int id = 0;

	FILE *f = open_sys_file(device, name);
	if (f == NULL)
		return 0;
	if (fscanf(f, "%x", &id) != 1)
		id = 0;
	fclose(f);
	return id;
}

errno_t host_real_pci_scan(host_real_pci_cb_t cb, void *arg)
{
	struct dirent **entries;

	int n = scandir(PCI_DEVICES, &entries, NULL, alphasort);
	if (n < 0)
		return errno;
	for (int i = 0; i < n; i++) {
		const char *name = entries[i]->d_name;

		if (name[0] != '.')
			cb(name, (uint16_t) read_id(name, "vendor"),
			    (uint16_t) read_id(name, "device"), arg);
		free(entries[i]);
	}
	free(entries);
	return EOK;
}

/*
 * Xen
 */

static errno_t real_hypercall(sysarg_t op, sysarg_t cmd, void *arg,
    size_t size, sysarg_t *result)
{
	struct hpv_hypercall call = {
		.op = op,
		.cmd = cmd,
		.arg = (uintptr_t) arg,
		.size = size,
		.count = op == XEN_HC_GRANT_TABLE_OP ? 1 : 0
	};

	if (ioctl(hpv_fd, HPV_HYPERCALL, &call) != 0)
		return errno == EOPNOTSUPP ? ENOTSUP : errno;
	*result = (sysarg_t) call.result;
	return EOK;
}

static const host_backend_t real_backend = {
	.name = "real",
	.dma_alloc = real_dma_alloc,
	.dma_free = real_dma_free,
	.phys_map = real_phys_map,
	.phys_unmap = real_phys_unmap,
	.port_enable = real_port_enable,
	.port_disable = real_port_enable,
	.read = real_read,
	.write = real_write,
	.irq_subscribe = real_irq_subscribe,
	.irq_unsubscribe = real_irq_unsubscribe,
	.pci_config_read = real_config_read,
	.pci_config_write = real_config_write,
	.pci_resources = real_resources,
	.pci_irq_enable = real_irq_enable,
	.hypercall = real_hypercall
};

errno_t host_real_init(void)
{
	pthread_t thread;

	hpv_fd = open(HPV_DEVICE, O_RDWR | O_CLOEXEC);
	if (hpv_fd < 0)
		return errno;
	host_backend = &real_backend;
	if (pthread_create(&thread, NULL, event_thread, NULL) != 0)
		return ENOMEM;
	pthread_detach(thread);
	return EOK;
}

/** @}
 */
