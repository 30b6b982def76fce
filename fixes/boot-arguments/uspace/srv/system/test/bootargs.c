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

#include <errno.h>
#include <pcut/pcut.h>
#include <stdint.h>
#include "../bootargs.h"

PCUT_INIT;

PCUT_TEST_SUITE(bootargs);

static uint16_t port;

/** The argument alone means the port that browsers ask */
PCUT_TEST(web_alone)
{
	PCUT_ASSERT_ERRNO_VAL(EOK, web_port_parse("", &port));
	PCUT_ASSERT_INT_EQUALS(80, port);
}

PCUT_TEST(ports)
{
	PCUT_ASSERT_ERRNO_VAL(EOK, web_port_parse("1", &port));
	PCUT_ASSERT_INT_EQUALS(1, port);
	PCUT_ASSERT_ERRNO_VAL(EOK, web_port_parse("65535", &port));
	PCUT_ASSERT_INT_EQUALS(65535, port);
}

PCUT_TEST(no_ports)
{
	static const char *const values[] = {
		"0", "65536", "-1", "80x", "http", "0x50", "8 0"
	};

	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		port = 4711;
		PCUT_ASSERT_ERRNO_VAL(EINVAL,
		    web_port_parse(values[i], &port));
		PCUT_ASSERT_INT_EQUALS(4711, port);
	}
}

/** A web server that ends at once, again and again, is started more and more
 * seldom.
 */
PCUT_TEST(pauses_grow)
{
	unsigned pause = 0;

	for (unsigned expected = 1; expected <= WEB_PAUSE_MAX; expected *= 2) {
		pause = web_pause(pause, 0);
		PCUT_ASSERT_INT_EQUALS(expected, pause);
	}
	PCUT_ASSERT_INT_EQUALS(WEB_PAUSE_MAX, web_pause(pause, 0));
}

/** One that ran for a while is started again soon. */
PCUT_TEST(pause_after_a_while)
{
	PCUT_ASSERT_INT_EQUALS(1, web_pause(WEB_PAUSE_MAX, WEB_PAUSE_MAX));
	PCUT_ASSERT_INT_EQUALS(1, web_pause(0, WEB_PAUSE_MAX));
	PCUT_ASSERT_INT_EQUALS(8, web_pause(4, WEB_PAUSE_MAX - 1));
}

PCUT_EXPORT(bootargs);
