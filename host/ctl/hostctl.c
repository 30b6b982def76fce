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

/** @addtogroup hosted
 * @{
 */
/** @file Send a command to the hosted drivers
 */

/*
 * A program of its own, so that it starts fast whatever the drivers were built
 * with. Prints the answer; exit code 0: OK, 1: the command failed, 2: no
 * answer.
 */

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include "../prog/socket.h"

int main(int argc, char *argv[])
{
	struct sockaddr_un addr = {
		.sun_family = AF_UNIX,
		.sun_path = CONTROL_SOCKET
	};
	char line[8192];
	int code = 2;

	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || connect(fd, (struct sockaddr *) &addr,
	    sizeof(addr)) != 0) {
		fputs("hostctl: the drivers do not run\n", stderr);
		return code;
	}
	for (int i = 1; i < argc; i++)
		dprintf(fd, "%s ", argv[i]);
	dprintf(fd, "\n");
	FILE *answer = fdopen(fd, "r");
	if (answer == NULL)
		return code;
	while (fgets(line, sizeof(line), answer) != NULL) {
		if (strcmp(line, "OK\n") == 0) {
			code = 0;
		} else if (strncmp(line, "ERR ", 4) == 0) {
			fprintf(stderr, "hostctl: %s", line + 4);
			code = 1;
		} else {
			fputs(line, stdout);
		}
	}
	fclose(answer);
	return code;
}

/** @}
 */
