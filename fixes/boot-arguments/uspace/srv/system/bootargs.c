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
/** @file What the kernel's arguments say of a web server.
 */

#include <errno.h>
#include <stdint.h>
#include <str.h>
#include "bootargs.h"

/** Get the port that the argument "web" names.
 *
 * @param value Value of the argument, empty if it has none
 * @param port  Place to store the port
 *
 * @return EOK, or EINVAL if the value is no port
 */
errno_t web_port_parse(const char *value, uint16_t *port)
{
	if (*value == '\0') {
		*port = WEB_PORT;
		return EOK;
	}

	uint16_t given;
	errno_t rc = str_uint16_t(value, NULL, 10, true, &given);
	if (rc != EOK || given == 0)
		return EINVAL;

	*port = given;
	return EOK;
}

/** How long to wait before the web server is started again.
 *
 * @param last How long that was the last time, in seconds, zero if never
 * @param ran  How long the web server ran since, in seconds
 *
 * @return Seconds
 */
unsigned web_pause(unsigned last, unsigned ran)
{
	if (last == 0 || ran >= WEB_PAUSE_MAX)
		return 1;
	return last >= WEB_PAUSE_MAX / 2 ? WEB_PAUSE_MAX : 2 * last;
}

/** @}
 */
