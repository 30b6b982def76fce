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
 * A life of the drivers
 */

#include <abi/xen.h>
#include "life.h"

/** How much faster time goes: nobody waits out what is limited. */
#define SPEED  20

bool (*life_is_hard)(void);
bool life_may_leak;

/** Before the first life of a test */
void life_prepare(bool (*is_hard)(void))
{
	life_is_hard = is_hard;
	netback_forgives = true;
	host_time_set_speed(SPEED);
}

/** The card does what it is there for, if it came. */
static void live_card(void)
{
	if (!REACHED(rig_card != NULL))
		return;
	if (rig_client == NULL && rig_connect() != EOK) {
		EXPECT(life_is_hard());
		return;
	}
	if (!REACHED(rig_link_is_up()))
		return;

	size_t sent = netback_sent();
	unsigned int got = rig_received;
	rig_send(100, 1);
	(void) REACHED(netback_sent() == sent + 1);
	(void) rig_receive(100, 2);
	(void) REACHED(rig_received == got + 1);
}

/** The card goes offline and online, as a user may want it. */
static void live_offline(void)
{
	ddf_fun_t *bus = host_dev_get_fun(rig_platform, "xenbus");
	if (bus == NULL)
		return;

	if (host_fun_offline(bus) == EOK) {
		EXPECT(rig_card == NULL);
		rig_disconnect();
		if (host_fun_online(bus) != EOK)
			EXPECT(life_is_hard());
	} else {
		EXPECT(life_is_hard());
	}
	host_fun_put(bus);
}

/** The host saves the system and restores it, or changes its mind. */
static void live_suspend(model_suspend_t how)
{
	unsigned int before = model_shutdowns(SHUTDOWN_SUSPEND);

	model_lock();
	model_suspend = how;
	store_set("control/shutdown", "suspend");
	model_unlock();
	(void) REACHED(model_shutdowns(SHUTDOWN_SUSPEND) > before);
}

/** The device goes, be there a driver that parts from it or not. */
static void live_unplug(void)
{
	netback_unplug();
	if (!REACHED(rig_front_state() == 0))
		netback_destroy();
	(void) REACHED(rig_card == NULL);
	rig_disconnect();
}

static void check_clean(void)
{
	if (life_may_leak)
		rig_check_parted();
	else
		rig_check_clean();
}

/** A life in which something may go wrong */
void life_live(void)
{
	rig_power_on();
	netback_plug(true);
	if (rig_add() != EOK) {
		EXPECT(life_is_hard());
		check_clean();
		rig_stop();
		return;
	}

	live_card();
	live_offline();
	live_card();
	live_suspend(SUSPEND_RESTORED);
	live_card();
	live_suspend(SUSPEND_CANCELLED);
	live_card();
	live_unplug();
	netback_plug(false);
	live_card();

	if (host_dev_remove(rig_platform) != EOK) {
		EXPECT(life_is_hard());
		EXPECT_EQ(host_dev_remove(rig_platform), EOK);
	}
	/* A back end that nobody could tell has what it has. */
	netback_destroy();
	check_clean();
	rig_stop();
}

/** A life as it should be */
void life_live_well(void)
{
	rig_start_up(true);
	rig_expect_traffic();
	rig_finish();
}
