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
/** @file Programs that run when an interrupt comes
 */

#include <errno.h>
#include <mem.h>
#include <stdlib.h>
#include "private.h"

/* The kernel's limits */
#define MAX_RANGES	8
#define MAX_CMDS	256
#define SCRATCH_WORDS	6

/** Bytes that a command accesses, 0 if none */
static unsigned int access_size(irq_cmd_type cmd)
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

static bool in_ranges(const irq_code_t *code, uintptr_t addr, unsigned size)
{
	for (size_t i = 0; i < code->rangecount; i++) {
		const irq_pio_range_t *range = &code->ranges[i];

		if (addr >= range->base && size <= range->size &&
		    addr - range->base <= range->size - size)
			return true;
	}
	return false;
}

static bool is_valid(const irq_code_t *code)
{
	for (size_t i = 0; i < code->cmdcount; i++) {
		const irq_cmd_t *cmd = &code->cmds[i];
		unsigned int size = access_size(cmd->cmd);

		if (cmd->cmd < CMD_PIO_READ_8 || cmd->cmd >= CMD_LAST ||
		    cmd->srcarg >= SCRATCH_WORDS ||
		    cmd->dstarg >= SCRATCH_WORDS)
			return false;
		if (size != 0 && !in_ranges(code, (uintptr_t) cmd->addr, size))
			return false;
		if (cmd->cmd == CMD_PREDICATE &&
		    cmd->value > code->cmdcount - 1 - i)
			return false;
	}
	return true;
}

errno_t host_irq_code_copy(const irq_code_t *from, host_irq_code_t *to)
{
	if (from->rangecount > MAX_RANGES || from->cmdcount > MAX_CMDS)
		return ELIMIT;
	if (!is_valid(from))
		return EINVAL;

	to->code = *from;
	to->code.ranges = calloc(from->rangecount + 1, sizeof(*from->ranges));
	to->code.cmds = calloc(from->cmdcount + 1, sizeof(*from->cmds));
	if (to->code.ranges == NULL || to->code.cmds == NULL) {
		host_irq_code_free(to);
		return ENOMEM;
	}
	if (from->rangecount > 0)
		memcpy(to->code.ranges, from->ranges,
		    from->rangecount * sizeof(*from->ranges));
	if (from->cmdcount > 0)
		memcpy(to->code.cmds, from->cmds,
		    from->cmdcount * sizeof(*from->cmds));
	return EOK;
}

void host_irq_code_free(host_irq_code_t *code)
{
	free(code->code.ranges);
	free(code->code.cmds);
	memset(code, 0, sizeof(*code));
}

/** Run a program.
 *
 * @param scratch Six words, left as the program left them
 * @return        True if it accepted the interrupt
 */
bool host_irq_code_run(const host_irq_code_t *irq_code,
    uint64_t (*read)(uintptr_t, unsigned int),
    void (*write)(uintptr_t, unsigned int, uint64_t), uint32_t *scratch)
{
	const irq_code_t *code = &irq_code->code;

	memset(scratch, 0, SCRATCH_WORDS * sizeof(*scratch));
	for (size_t i = 0; i < code->cmdcount; i++) {
		const irq_cmd_t *cmd = &code->cmds[i];
		uintptr_t addr = (uintptr_t) cmd->addr;
		unsigned int size = access_size(cmd->cmd);

		switch (cmd->cmd) {
		case CMD_PIO_READ_8:
		case CMD_PIO_READ_16:
		case CMD_PIO_READ_32:
			scratch[cmd->dstarg] = (uint32_t) read(addr, size);
			break;
		case CMD_PIO_WRITE_8:
		case CMD_PIO_WRITE_16:
		case CMD_PIO_WRITE_32:
			write(addr, size, cmd->value);
			break;
		case CMD_PIO_WRITE_A_8:
		case CMD_PIO_WRITE_A_16:
		case CMD_PIO_WRITE_A_32:
			write(addr, size, scratch[cmd->srcarg]);
			break;
		case CMD_LOAD:
			scratch[cmd->dstarg] = cmd->value;
			break;
		case CMD_AND:
			scratch[cmd->dstarg] = scratch[cmd->srcarg] &
			    cmd->value;
			break;
		case CMD_PREDICATE:
			if (scratch[cmd->srcarg] == 0)
				i += cmd->value;
			break;
		case CMD_ACCEPT:
			return true;
		case CMD_DECLINE:
		default:
			return false;
		}
	}
	return false;
}

/** @}
 */
