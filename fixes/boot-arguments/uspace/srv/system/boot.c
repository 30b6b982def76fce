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

/** @addtogroup system
 * @{
 */
/** @file What the kernel's arguments ask to be started.
 *
 * The web server tells its parent that it is well as soon as it listens, so
 * the end of it is not what task_wait() waits for: the kernel is asked.
 */

#include <config.h>
#include <errno.h>
#include <fibril.h>
#include <inttypes.h>
#include <stats.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <str.h>
#include <str_error.h>
#include <task.h>
#include <time.h>
#include "boot.h"
#include "bootargs.h"
#include "system.h"

#define WEBSRV	"/app/websrv"

/** Port in decimal; set before the fibril starts, and not after */
static char port_arg[sizeof("65535")];

/** Tell whether the remote console is wanted.
 *
 * @return False if the kernel's arguments have "remcons=off"
 */
bool boot_wants_remcons(void)
{
	char *value = config_get_value("remcons");
	bool wanted = value == NULL || str_cmp(value, "off") != 0;

	free(value);
	return wanted;
}

static bool web_runs(task_id_t id)
{
	stats_task_t *stats = stats_get_task(id);
	bool runs = stats != NULL;

	free(stats);
	return runs;
}

/** Start the web server, and return when it has ended or cannot be started. */
static void web_run(void)
{
	task_id_t id;
	task_wait_t wait;
	task_exit_t texit;
	int retval;

	printf("%s: Starting %s -p %s\n", NAME, WEBSRV, port_arg);
	errno_t rc = task_spawnl(&id, &wait, WEBSRV, WEBSRV, "-p", port_arg,
	    NULL);
	if (rc == EOK)
		rc = task_wait(&wait, &texit, &retval);
	if (rc != EOK) {
		printf("%s: Error starting %s (%s)\n", NAME, WEBSRV,
		    str_error(rc));
		return;
	}

	while (web_runs(id))
		fibril_sleep(1);
}

static errno_t web_fibril(void *arg)
{
	unsigned pause = 0;

	while (true) {
		struct timespec start, end;

		getuptime(&start);
		web_run();
		getuptime(&end);

		pause = web_pause(pause, end.tv_sec - start.tv_sec);
		printf("%s: %s has ended; starting it again in %u s\n", NAME,
		    WEBSRV, pause);
		fibril_sleep(pause);
	}

	return EOK;
}

/** Keep a web server running if the kernel's arguments ask for one.
 *
 * To be called once, when the network's servers run; returns at once. The web
 * server listens at every address that the machine has or will have.
 */
void boot_start_web(void)
{
	uint16_t port;
	char *value = config_get_value("web");
	if (value == NULL)
		return;

	errno_t rc = web_port_parse(value, &port);
	if (rc != EOK)
		printf("%s: There is no port '%s', so no web server\n", NAME,
		    value);
	free(value);
	if (rc != EOK)
		return;

	snprintf(port_arg, sizeof(port_arg), "%" PRIu16, port);
	fid_t fid = fibril_create(web_fibril, NULL);
	if (fid == 0) {
		printf("%s: No memory for a web server\n", NAME);
		return;
	}
	fibril_start(fid);
	fibril_detach(fid);
}

/** @}
 */
