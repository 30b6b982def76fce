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

/** @addtogroup xenmodel
 * @{
 */
/** @file
 * What the platform says of what is in use
 */

#include <xen/platform.h>
#include "rig.h"

static void no_event(void *arg, uint32_t port)
{
}

static xen_platform_usage_t usage(void)
{
	xen_platform_usage_t now = { 0 };
	xen_platform_t *client;

	ddf_fun_t *fun = host_dev_get_fun(rig_platform, "xenbus");
	async_sess_t *sess = host_fun_connect(fun);
	host_fun_put(fun);
	EXPECT_EQ(xen_platform_open(sess, no_event, NULL, &client), EOK);
	EXPECT_EQ(xen_platform_get_usage(client, &now), EOK);
	xen_platform_close(client);
	return now;
}

TEST(the_platform_knows_what_a_card_uses_and_that_it_gives_it_back)
{
	rig_start_up(true);
	xen_platform_usage_t now = usage();
	/* Xenstore's channel and two; two rings with 256 buffers each */
	EXPECT_EQ(now.ports, 3);
	EXPECT_EQ(now.refs, 514);
	EXPECT_EQ(now.granted, 514);

	ddf_fun_t *bus = host_dev_get_fun(rig_platform, "xenbus");
	EXPECT_EQ(host_fun_offline(bus), EOK);
	host_fun_put(bus);
	now = usage();
	EXPECT_EQ(now.ports, 0);
	EXPECT_EQ(now.refs, 0);
	EXPECT_EQ(now.granted, 0);
	rig_finish();
}

TEST(references_that_a_back_end_keeps_count_until_it_lets_go)
{
	rig_start_up(true);
	netback_keeps = 3;
	netback_unplug();
	WAIT_FOR(rig_card == NULL);
	WAIT_FOR(model_grants_in_use() == 3);
	xen_platform_usage_t now = usage();
	EXPECT_EQ(now.ports, 1);
	EXPECT_EQ(now.refs, 514);
	EXPECT_EQ(now.granted, 3);

	netback_release_kept();
	now = usage();
	EXPECT_EQ(now.refs, 0);
	EXPECT_EQ(now.granted, 0);
	EXPECT_EQ(host_dev_remove(rig_platform), EOK);
}

/** @}
 */
