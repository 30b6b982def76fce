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

/** @addtogroup xen-platform
 * @{
 */
/** @file
 * Unplugging emulated devices (docs/misc/hvm-emulated-unplug)
 *
 * A guest with a paravirtual NIC may also have an emulated one with the same
 * address, for systems that have no driver for the former. All of them go or
 * none, and their drivers are not told: so it is decided once, when the system
 * starts. A paravirtual NIC that comes later has no emulated twin.
 */

#include <ddf/log.h>
#include <ddi.h>

#include "xen-platform.h"

/** I/O ports of the protocol */
#define UNPLUG_PORT   0x10
#define UNPLUG_PORTS  4

#define UNPLUG_MAGIC        0x49d2
#define UNPLUG_BLACKLISTED  0xd249

/** Registered product numbers are for large projects: this is for others. */
#define UNPLUG_PRODUCT  0xffff
#define UNPLUG_BUILD    1

#define UNPLUG_MASK_NICS  2

/** Take all emulated NICs out of the machine.
 *
 * @return EOK, ENOTSUP if the device model does not do it, EPERM if it does
 *         not allow us to, or an error of pio_enable()
 */
static errno_t unplug_nics(void)
{
	void *base;

	errno_t rc = pio_enable((void *) UNPLUG_PORT, UNPLUG_PORTS, &base);
	if (rc != EOK)
		return rc;

	ioport16_t *port_a16 = base;
	ioport32_t *port_a32 = base;
	ioport8_t *port_b8 = (ioport8_t *) base + 2;
	ioport16_t *port_b16 = (ioport16_t *) port_b8;

	if (pio_read_16(port_a16) != UNPLUG_MAGIC) {
		rc = ENOTSUP;
		goto out;
	}

	/* Version 1 and later want to know who we are. */
	if (pio_read_8(port_b8) != 0) {
		pio_write_16(port_b16, UNPLUG_PRODUCT);
		pio_write_32(port_a32, UNPLUG_BUILD);
		if (pio_read_16(port_a16) == UNPLUG_BLACKLISTED) {
			rc = EPERM;
			goto out;
		}
	}

	pio_write_16(port_a16, UNPLUG_MASK_NICS);
	ddf_msg(LVL_NOTE, "The emulated NICs are unplugged: the paravirtual "
	    "ones stand for them.");
out:
	pio_disable(base, UNPLUG_PORTS);
	return rc;
}

/** Decide what becomes of the emulated NICs, unless that is decided.
 *
 * The device's lock is held, or nobody else knows of the device yet.
 *
 * @param xp Device
 * @param go There is a paravirtual NIC, and the emulated ones are to go.
 *
 * @return EOK if it is as wanted, EBUSY if the opposite was decided before, or
 *         an error of unplug_nics()
 */
errno_t unplug_decide(xen_platform_dev_t *xp, bool go)
{
	if (xp->nics != UNPLUG_UNDECIDED)
		return (xp->nics == UNPLUG_GONE) == go ? EOK : EBUSY;

	errno_t rc = go ? unplug_nics() : EOK;
	xp->nics = go && rc == EOK ? UNPLUG_GONE : UNPLUG_STAY;
	return rc;
}

/** Take the emulated NICs out once more that were taken out before: a device
 * model that goes on from a saved state has them again.
 *
 * The device's lock is held.
 */
void unplug_again(xen_platform_dev_t *xp)
{
	if (xp->nics != UNPLUG_GONE)
		return;

	xp->nics = UNPLUG_UNDECIDED;
	(void) unplug_decide(xp, true);
}

/** @}
 */
