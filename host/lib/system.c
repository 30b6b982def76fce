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
/** @file Shutting the system down, which a program on Linux only claims to do
 */

#include <fibril.h>
#include <host/system.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <system.h>

struct system {
	system_cb_t *cb;
	void *arg;
};

static atomic_int outcome;
static atomic_uint requests;

void host_system_set(host_system_outcome_t what)
{
	outcome = what;
}

unsigned int host_system_requests(void)
{
	return requests;
}

errno_t system_open(const char *name, system_cb_t *cb, void *arg,
    system_t **system)
{
	*system = calloc(1, sizeof(system_t));
	if (*system == NULL)
		return ENOMEM;
	(*system)->cb = cb;
	(*system)->arg = arg;
	return EOK;
}

void system_close(system_t *system)
{
	free(system);
}

errno_t system_poweroff(system_t *system)
{
	/* Who sees the request may set another outcome, for the next one. */
	int what = outcome;

	requests++;
	while (what == HOST_SYSTEM_WAITS) {
		fibril_usleep(1000);
		what = outcome;
	}

	switch (what) {
	case HOST_SYSTEM_GOES_DOWN:
		system->cb->shutdown_complete(system->arg);
		return EOK;
	case HOST_SYSTEM_FAILS:
		/* As HelenOS's, which tells both. */
		system->cb->shutdown_failed(system->arg);
		system->cb->shutdown_complete(system->arg);
		return EOK;
	default:
		return ENOTSUP;
	}
}

/** @}
 */
