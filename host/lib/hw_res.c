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
/** @file What the PCI bus driver tells a device's driver
 */

#include <device/hw_res_parsed.h>
#include <errno.h>
#include <host/backend.h>
#include <host/violation.h>
#include <mem.h>
#include <pci_dev_iface.h>
#include <stdlib.h>
#include "private.h"

async_sess_t *host_pci_sess_create(host_pci_fn_t *fn)
{
	async_sess_t *sess = calloc(1, sizeof(async_sess_t));
	if (sess == NULL)
		return NULL;
	sess->pci = fn;
	fibril_mutex_initialize(&sess->lock);
	return sess;
}

void host_pci_sess_destroy(async_sess_t *sess)
{
	free(sess);
}

errno_t hw_res_get_resource_list(async_sess_t *sess, hw_resource_list_t *list)
{
	if (sess->pci == NULL)
		return ENOTSUP;
	return host_backend->pci_resources(sess->pci, list);
}

errno_t hw_res_enable_interrupt(async_sess_t *sess, int irq)
{
	if (sess->pci == NULL)
		return ENOTSUP;
	return host_backend->pci_irq_enable(sess->pci, irq, true);
}

errno_t hw_res_disable_interrupt(async_sess_t *sess, int irq)
{
	if (sess->pci == NULL)
		return ENOTSUP;
	return host_backend->pci_irq_enable(sess->pci, irq, false);
}

errno_t hw_res_clear_interrupt(async_sess_t *sess, int irq)
{
	(void) irq;
	return sess->pci != NULL ? EOK : ENOTSUP;
}

/** PCI's window begins at 0. */
errno_t pio_window_get(async_sess_t *sess, pio_window_t *window)
{
	if (sess->pci == NULL)
		return ENOTSUP;
	memset(window, 0, sizeof(*window));
	return EOK;
}

static void add_range(addr_range_list_t *list, uint64_t address, size_t size,
    bool relative, uint64_t base, endianness_t endianness, int flags)
{
	uint64_t absolute = relative ? address + base : address;

	if (size == 0 && !(flags & HW_RES_KEEP_ZERO_AREA))
		return;
	for (size_t i = 0; i < list->count; i++) {
		if (!(flags & HW_RES_KEEP_DUPLICIT) &&
		    RNGABS(list->ranges[i]) == absolute &&
		    RNGSZ(list->ranges[i]) == size)
			return;
	}

	addr_range_t *range = &list->ranges[list->count++];
	RNGABS(*range) = absolute;
	RNGREL(*range) = absolute - base;
	RNGSZ(*range) = size;
	range->endianness = endianness;
}

static void add_irq(irq_list_t *list, int irq, int flags)
{
	for (size_t i = 0; i < list->count; i++) {
		if (!(flags & HW_RES_KEEP_DUPLICIT) && list->irqs[i] == irq)
			return;
	}
	list->irqs[list->count++] = irq;
}

errno_t hw_res_list_parse(const pio_window_t *window,
    const hw_resource_list_t *list, hw_res_list_parsed_t *out, int flags)
{
	size_t n = list->count + 1;

	hw_res_list_parsed_clean(out);
	out->irqs.irqs = calloc(n, sizeof(*out->irqs.irqs));
	out->dma_channels.channels =
	    calloc(n, sizeof(*out->dma_channels.channels));
	out->io_ranges.ranges = calloc(n, sizeof(*out->io_ranges.ranges));
	out->mem_ranges.ranges = calloc(n, sizeof(*out->mem_ranges.ranges));
	if (out->irqs.irqs == NULL || out->dma_channels.channels == NULL ||
	    out->io_ranges.ranges == NULL || out->mem_ranges.ranges == NULL) {
		hw_res_list_parsed_clean(out);
		return ENOMEM;
	}

	for (size_t i = 0; i < list->count; i++) {
		const hw_resource_t *res = &list->resources[i];

		switch (res->type) {
		case INTERRUPT:
			add_irq(&out->irqs, res->res.interrupt.irq, flags);
			break;
		case IO_RANGE:
			add_range(&out->io_ranges, res->res.io_range.address,
			    res->res.io_range.size, res->res.io_range.relative,
			    window->io.base, res->res.io_range.endianness,
			    flags);
			break;
		case MEM_RANGE:
			add_range(&out->mem_ranges, res->res.mem_range.address,
			    res->res.mem_range.size,
			    res->res.mem_range.relative, window->mem.base,
			    res->res.mem_range.endianness, flags);
			break;
		default:
			hw_res_list_parsed_clean(out);
			return EINVAL;
		}
	}
	return EOK;
}

errno_t hw_res_get_list_parsed(async_sess_t *sess, hw_res_list_parsed_t *out,
    int flags)
{
	pio_window_t window;
	hw_resource_list_t list;

	errno_t rc = pio_window_get(sess, &window);
	if (rc != EOK)
		return rc;
	rc = hw_res_get_resource_list(sess, &list);
	if (rc != EOK)
		return rc;
	rc = hw_res_list_parse(&window, &list, out, flags);
	hw_res_clean_resource_list(&list);
	return rc;
}

#define PCI_CONFIG(bits) \
	errno_t pci_config_space_read_##bits(async_sess_t *sess, \
	    uint32_t offset, uint##bits##_t *value) \
	{ \
		uint32_t raw; \
		if (sess->pci == NULL) \
			return ENOTSUP; \
		errno_t rc = host_backend->pci_config_read(sess->pci, \
		    offset, bits / 8, &raw); \
		if (rc == EOK) \
			*value = (uint##bits##_t) raw; \
		return rc; \
	} \
	errno_t pci_config_space_write_##bits(async_sess_t *sess, \
	    uint32_t offset, uint##bits##_t value) \
	{ \
		if (sess->pci == NULL) \
			return ENOTSUP; \
		return host_backend->pci_config_write(sess->pci, offset, \
		    bits / 8, value); \
	}

PCI_CONFIG(8)
PCI_CONFIG(16)
PCI_CONFIG(32)

/** @}
 */
