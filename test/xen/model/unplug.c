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

/** @file
 * The unplug protocol of the model (docs/misc/hvm-emulated-unplug)
 */

#include "unplug.h"
#include "xen.h"

#define BASE         0x10
#define END          0x14
#define MAGIC        0x49d2
#define BLACKLISTED  0xd249
#define NICS         2

model_unplug_t model_unplug;
static unsigned int unplugs;
/** The guest has said what it is. */
static bool product;

void unplug_reboot(void)
{
	product = false;
}

void unplug_reset(void)
{
	unplugs = 0;
	product = false;
}

bool unplug_has(uintptr_t port)
{
	return port >= BASE && port < END;
}

uint64_t unplug_read(uintptr_t port)
{
	if (port == BASE + 2)
		return model_unplug != UNPLUG_OLD;
	if (port != BASE)
		model_violation("read of port %zx", (size_t) port);
	if (model_unplug == UNPLUG_NONE)
		return 0xffff;
	return product && model_unplug == UNPLUG_REFUSED ? BLACKLISTED : MAGIC;
}

void unplug_write(uintptr_t port, unsigned int size, uint64_t value)
{
	if (port == BASE && size == 2) {
		if (value != NICS)
			model_violation("unplug of %lu", value);
		if (product != (model_unplug != UNPLUG_OLD))
			model_violation("unplug without the product, or with "
			    "one that nobody asked for");
		unplugs++;
	} else if (port == BASE + 2 && size == 2) {
		product = true;
	}
}

unsigned int model_unplugs(void)
{
	return unplugs;
}
