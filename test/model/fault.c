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
/** @file What the driver asks for fails, at a step that the test chooses
 *
 * The functions of the host library that can fail are wrapped by the linker
 * (see Makefile), malloc() and calloc() of the driver and its library are
 * renamed to the ones here.
 */

#include <async.h>
#include <device/hw_res.h>
#include <errno.h>
#include <nic.h>
#include <nic_impl.h>
#include <pci_dev_iface.h>
#include <rndgen.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "fault.h"

/** Steps until one fails; 0: none does */
static atomic_int left;
static _Atomic(const char *) hit;
/** Name of the step that fails next, or NULL */
static _Atomic(const char *) named;

/** Let the n-th step from now on fail, 0 for none. */
void fault_set(unsigned int n)
{
	hit = NULL;
	left = n;
}

/** Has a step failed? */
bool fault_hit(void)
{
	return hit != NULL;
}

/** Which one, for the test's output */
const char *fault_name(void)
{
	return hit;
}

void fault_set_name(const char *name)
{
	hit = NULL;
	named = name;
}

bool fault_step(const char *name)
{
	const char *next = named;
	if (next != NULL && strcmp(name, next) == 0 &&
	    atomic_compare_exchange_strong(&named, &next, NULL)) {
		hit = name;
		fprintf(stderr, "== %s fails\n", name);
		return true;
	}
	if (left == 0 || atomic_fetch_sub(&left, 1) != 1)
		return false;
	hit = name;
	fprintf(stderr, "== %s fails\n", name);
	return true;
}

errno_t fault_dma(void *arg, size_t size)
{
	(void) arg;
	(void) size;
	return fault_step("dmamem_map_anonymous") ? ENOMEM : EOK;
}

bool fault_fibril(void *arg)
{
	(void) arg;
	return !fault_step("fibril_create");
}

errno_t fault_irq(void *arg, int irq)
{
	(void) arg;
	(void) irq;
	return fault_step("register_interrupt_handler") ? ELIMIT : EOK;
}

errno_t fault_pio(void *arg, uintptr_t addr, size_t size)
{
	(void) arg;
	(void) addr;
	(void) size;
	return fault_step("pio_enable") ? EPERM : EOK;
}

extern void *fault_malloc(size_t);
extern void *fault_calloc(size_t, size_t);

void *fault_malloc(size_t size)
{
	return fault_step("malloc") ? NULL : malloc(size);
}

void *fault_calloc(size_t count, size_t size)
{
	return fault_step("calloc") ? NULL : calloc(count, size);
}

FAULT_WRAP(nic_t *, nic_create_and_bind, (ddf_dev_t *dev), (dev), NULL)
FAULT_WRAP(ddf_fun_t *, ddf_fun_create, (ddf_dev_t *dev, fun_type_t type,
    const char *name), (dev, type, name), NULL)
FAULT_WRAP(void *, ddf_fun_data_alloc, (ddf_fun_t *fun, size_t size),
    (fun, size), NULL)
FAULT_WRAP(errno_t, ddf_fun_bind, (ddf_fun_t *fun), (fun), EBUSY)
FAULT_WRAP(errno_t, ddf_fun_add_to_category, (ddf_fun_t *fun,
    const char *name), (fun, name), ENOENT)
FAULT_WRAP(errno_t, nic_fun_add_to_cats, (ddf_fun_t *fun), (fun), ENOENT)
FAULT_WRAP(errno_t, nic_report_address, (nic_t *nic,
    const nic_address_t *addr), (nic, addr), EINVAL)
FAULT_WRAP(nic_frame_t *, nic_alloc_frame, (nic_t *nic, size_t size),
    (nic, size), NULL)
FAULT_WRAP(async_sess_t *, ddf_dev_parent_sess_get, (ddf_dev_t *dev), (dev),
    NULL)
FAULT_WRAP(errno_t, hw_res_get_list_parsed, (async_sess_t *sess,
    hw_res_list_parsed_t *list, int flags), (sess, list, flags), ENOMEM)
FAULT_WRAP(errno_t, hw_res_enable_interrupt, (async_sess_t *sess, int irq),
    (sess, irq), EPERM)
FAULT_WRAP(errno_t, pci_config_space_read_32, (async_sess_t *sess,
    uint32_t addr, uint32_t *val), (sess, addr, val), EIO)
FAULT_WRAP(errno_t, pci_config_space_write_32, (async_sess_t *sess,
    uint32_t addr, uint32_t val), (sess, addr, val), EIO)
FAULT_WRAP(errno_t, rndgen_create, (rndgen_t **rnd), (rnd), ENOMEM)

/** @}
 */
