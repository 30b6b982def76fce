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

/** @addtogroup hosttest
 * @{
 */
/** @file The model carrier, with a device of one register
 */

#include <as.h>
#include <ddf/interrupt.h>
#include <ddi.h>
#include <errno.h>
#include <host/ddf.h>
#include <host/model.h>
#include <mem.h>
#include <pci_dev_iface.h>
#include <pcut/pcut.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#define IRQ	11

PCUT_INIT;

PCUT_TEST_SUITE(model);

static uint64_t reg;
static host_pci_fn_t *fn;
static async_sess_t *sess;
static fibril_semaphore_t seen;
static sysarg_t seen_arg;

static uint64_t bar_read(void *arg, unsigned int bar, uint64_t offset,
    unsigned int size)
{
	uint64_t value = reg;

	/* Like an ISR register: reading clears it. */
	if (bar == 1 && offset == 4)
		reg = 0;
	return value;
}

static void bar_write(void *arg, unsigned int bar, uint64_t offset,
    unsigned int size, uint64_t value)
{
	reg = value;
}

static const host_pci_ops_t ops = {
	.bar_read = bar_read,
	.bar_write = bar_write
};

PCUT_TEST_BEFORE {
	host_pci_desc_t desc = {
		.ops = &ops,
		.config = { 0xf4, 0x1a, 0x00, 0x10 },
		.bar = {
			{ .size = 32, .io = true },
			{ .size = 0x1000 }
		},
		.irq = IRQ
	};

	fn = host_pci_add(&desc);
	sess = host_pci_sess_create(fn);
	fibril_semaphore_initialize(&seen, 0);
}

PCUT_TEST_AFTER {
	host_pci_sess_destroy(sess);
	host_pci_remove(fn);
}

/** Run something that must end the program. */
static bool is_violation(void (*func)(void))
{
	int status;

	pid_t pid = fork();
	if (pid == 0) {
		signal(SIGABRT, SIG_DFL);
		if (freopen("/dev/null", "w", stderr) == NULL)
			_exit(1);
		func();
		_exit(0);
	}
	waitpid(pid, &status, 0);
	return WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT;
}

PCUT_TEST(resources_are_bars_in_order_then_the_line)
{
	hw_res_list_parsed_t res;

	hw_res_list_parsed_init(&res);
	PCUT_ASSERT_ERRNO_VAL(EOK, hw_res_get_list_parsed(sess, &res, 0));
	PCUT_ASSERT_INT_EQUALS(1, res.io_ranges.count);
	PCUT_ASSERT_INT_EQUALS(1, res.mem_ranges.count);
	PCUT_ASSERT_INT_EQUALS(1, res.irqs.count);
	PCUT_ASSERT_INT_EQUALS(IRQ, res.irqs.irqs[0]);
	PCUT_ASSERT_UINT_EQUALS(host_pci_bar_base(fn, 0),
	    RNGABS(res.io_ranges.ranges[0]));
	PCUT_ASSERT_UINT_EQUALS(0x1000, RNGSZ(res.mem_ranges.ranges[0]));
	hw_res_list_parsed_clean(&res);
}

PCUT_TEST(config_space_holds_ids_and_bars)
{
	uint16_t vendor;
	uint32_t bar;

	PCUT_ASSERT_ERRNO_VAL(EOK, pci_config_space_read_16(sess,
	    PCI_VENDOR_ID, &vendor));
	PCUT_ASSERT_UINT_EQUALS(0x1af4, vendor);
	PCUT_ASSERT_ERRNO_VAL(EOK, pci_config_space_read_32(sess, PCI_BAR0,
	    &bar));
	PCUT_ASSERT_UINT_EQUALS(host_pci_bar_base(fn, 0) | 1, bar);
}

PCUT_TEST(registers_reach_the_model)
{
	void *io, *mem;

	PCUT_ASSERT_ERRNO_VAL(EOK, pio_enable((void *) (uintptr_t)
	    host_pci_bar_base(fn, 0), 32, &io));
	PCUT_ASSERT_ERRNO_VAL(EOK, pio_enable((void *) (uintptr_t)
	    host_pci_bar_base(fn, 1), 0x1000, &mem));
	pio_write_16((ioport16_t *) io, 0x1234);
	PCUT_ASSERT_UINT_EQUALS(0x1234, pio_read_32((ioport32_t *) mem));
	PCUT_ASSERT_UINT_EQUALS(0x34, pio_read_8((ioport8_t *) mem));
	PCUT_ASSERT_ERRNO_VAL(EOK, pio_disable(io, 32));
	PCUT_ASSERT_ERRNO_VAL(EOK, pio_disable(mem, 0x1000));
}

static void read_disabled_port(void)
{
	(void) pio_read_8((ioport8_t *) (uintptr_t) host_pci_bar_base(fn, 0));
}

static void read_behind_bar(void)
{
	void *io;

	pio_enable((void *) (uintptr_t) host_pci_bar_base(fn, 0), 64, &io);
	(void) pio_read_32((ioport32_t *) ((uint8_t *) io + 30));
}

PCUT_TEST(access_to_a_register_that_is_not_enabled_is_a_violation)
{
	PCUT_ASSERT_TRUE(is_violation(read_disabled_port));
}

PCUT_TEST(access_behind_the_bar_is_a_violation)
{
	PCUT_ASSERT_TRUE(is_violation(read_behind_bar));
}

PCUT_TEST(an_unplugged_device_reads_as_all_ones)
{
	void *io;

	PCUT_ASSERT_ERRNO_VAL(EOK, pio_enable((void *) (uintptr_t)
	    host_pci_bar_base(fn, 0), 32, &io));
	host_pci_unplug(fn);
	PCUT_ASSERT_UINT_EQUALS(0xffff, pio_read_16((ioport16_t *) io));
	pio_disable(io, 32);
}

static uintptr_t dma_phys;
static void *dma_virt = AS_AREA_ANY;

static errno_t dma_alloc(uintptr_t constraint)
{
	dma_virt = AS_AREA_ANY;
	return dmamem_map_anonymous(PAGE_SIZE + 1, constraint,
	    AS_AREA_READ | AS_AREA_WRITE | AS_AREA_CACHEABLE, 0, &dma_phys,
	    &dma_virt);
}

PCUT_TEST(dma_memory_is_seen_by_driver_and_model)
{
	host_dma_stats_t stats;

	PCUT_ASSERT_ERRNO_VAL(EOK, dma_alloc(0));
	*(uint32_t *) dma_virt = 0xcafe;
	PCUT_ASSERT_UINT_EQUALS(0xcafe, host_dma_read_32(dma_phys));
	host_dma_write_8(dma_phys + 2 * PAGE_SIZE - 1, 7);
	PCUT_ASSERT_UINT_EQUALS(7, ((uint8_t *) dma_virt)[2 * PAGE_SIZE - 1]);
	host_dma_get_stats(&stats);
	PCUT_ASSERT_UINT_EQUALS(1, stats.live);
	PCUT_ASSERT_ERRNO_VAL(EOK, dmamem_unmap_anonymous(dma_virt));
	host_dma_get_stats(&stats);
	PCUT_ASSERT_UINT_EQUALS(0, stats.live);
}

PCUT_TEST(dma_memory_obeys_its_constraint)
{
	PCUT_ASSERT_ERRNO_VAL(EOK, dma_alloc(DMAMEM_4GiB));
	PCUT_ASSERT_UINT_EQUALS(0, dma_phys >> 32);
	dmamem_unmap_anonymous(dma_virt);
	PCUT_ASSERT_ERRNO_VAL(EOK, dma_alloc(0));
	PCUT_ASSERT_TRUE(dma_phys >> 32 != 0);
	dmamem_unmap_anonymous(dma_virt);
}

static void touch_freed_memory(void)
{
	dma_alloc(0);
	dmamem_unmap_anonymous(dma_virt);
	host_dma_write_8(dma_phys, 1);
}

static void touch_behind_memory(void)
{
	dma_alloc(0);
	host_dma_write_16(dma_phys + 2 * PAGE_SIZE - 1, 1);
}

PCUT_TEST(a_device_that_is_made_to_touch_freed_memory_is_a_violation)
{
	PCUT_ASSERT_TRUE(is_violation(touch_freed_memory));
}

PCUT_TEST(a_device_that_is_made_to_run_over_memory_is_a_violation)
{
	PCUT_ASSERT_TRUE(is_violation(touch_behind_memory));
}

static void on_irq(ipc_call_t *call, void *arg)
{
	seen_arg = ipc_get_arg1(call);
	fibril_semaphore_up(&seen);
}

static cap_irq_handle_t subscribe(void)
{
	uint8_t *isr = (uint8_t *) (uintptr_t) host_pci_bar_base(fn, 1) + 4;
	irq_pio_range_t ranges[] = { { (uintptr_t) isr, 1 } };
	irq_cmd_t cmds[] = {
		{ .cmd = CMD_PIO_READ_8, .addr = isr, .dstarg = 1 },
		{ .cmd = CMD_PREDICATE, .value = 1, .srcarg = 1 },
		{ .cmd = CMD_ACCEPT },
		{ .cmd = CMD_DECLINE }
	};
	irq_code_t code = {
		.rangecount = 1, .ranges = ranges, .cmdcount = 4, .cmds = cmds
	};
	cap_irq_handle_t handle;

	PCUT_ASSERT_ERRNO_VAL(EOK, register_interrupt_handler(NULL, IRQ,
	    on_irq, NULL, &code, &handle));
	return handle;
}

PCUT_TEST(an_accepted_interrupt_reaches_the_handler_with_its_scratch)
{
	cap_irq_handle_t handle = subscribe();

	PCUT_ASSERT_ERRNO_VAL(EOK, hw_res_enable_interrupt(sess, IRQ));
	reg = 3;
	PCUT_ASSERT_TRUE(host_irq_raise(IRQ));
	fibril_semaphore_down(&seen);
	PCUT_ASSERT_UINT_EQUALS(3, seen_arg);
	PCUT_ASSERT_UINT_EQUALS(0, reg);
	PCUT_ASSERT_ERRNO_VAL(EOK, unregister_interrupt_handler(NULL, handle));
}

PCUT_TEST(a_declined_interrupt_reaches_nobody)
{
	cap_irq_handle_t handle = subscribe();

	PCUT_ASSERT_ERRNO_VAL(EOK, hw_res_enable_interrupt(sess, IRQ));
	reg = 0;
	PCUT_ASSERT_FALSE(host_irq_raise(IRQ));
	PCUT_ASSERT_ERRNO_VAL(EOK, unregister_interrupt_handler(NULL, handle));
}

PCUT_TEST(a_line_that_is_not_enabled_stays_silent)
{
	cap_irq_handle_t handle = subscribe();

	reg = 1;
	PCUT_ASSERT_FALSE(host_irq_raise(IRQ));
	PCUT_ASSERT_ERRNO_VAL(EOK, unregister_interrupt_handler(NULL, handle));
}

PCUT_TEST(a_program_that_leaves_its_ranges_is_refused)
{
	irq_cmd_t cmds[] = {
		{ .cmd = CMD_PIO_READ_8, .addr = (void *) 0x60 }
	};
	irq_code_t code = { .cmdcount = 1, .cmds = cmds };
	cap_irq_handle_t handle;

	PCUT_ASSERT_ERRNO_VAL(EINVAL, async_irq_subscribe(IRQ, on_irq, NULL,
	    &code, &handle));
}

PCUT_EXPORT(model);

/** @}
 */
