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

/** @addtogroup xen-netfront
 * @{
 */
/** @file
 * The back end's multicast filter (io/netif.h: feature-multicast-control)
 *
 * A back end can be given a list of group addresses, by extra segments in the
 * transmit ring, and told by a key of the front end to drop what is not for
 * one of them. That is used only if the key may change at any time
 * (feature-dynamic-multicast-control): else there were no way back to all
 * frames.
 *
 * Nothing is filtered until a client says what it wants, as frames that arrive
 * without a filter must not be lost by one. What does not fit, or is refused,
 * makes the filter go off: libnic drops what is not wanted. It does so anyhow;
 * the back end's filter only spares it the work, and is never reported as
 * exact: frames that were on their way when the list changed still arrive.
 *
 * Clients only leave their wish here. The hand-shake's fibril tells the back
 * end, as it may wait for it.
 */

#include <ddf/log.h>
#include <errno.h>
#include <mem.h>
#include <str_error.h>

#include "xen-netfront.h"

/** Key that switches the filter */
#define CONTROL_KEY  "request-multicast-control"

static bool groups_has(const xn_groups_t *groups, const nic_address_t *addr)
{
	for (size_t i = 0; i < groups->count; i++) {
		if (memcmp(&groups->addr[i], addr, sizeof(*addr)) == 0)
			return true;
	}

	return false;
}

/** A new back end has no list; find out whether it can have one.
 *
 * Its filter is off: the key is published so with the others.
 */
void xn_mcast_init(xn_t *net, xenbus_dev_t *xb)
{
	xn_mcast_t *mcast = &net->mcast;

	mcast->offered =
	    xenbus_read_feature(xb, "feature-multicast-control") &&
	    xenbus_read_feature(xb, "feature-dynamic-multicast-control");
	mcast->on = false;
	mcast->known = true;
	mcast->lost = false;
	mcast->said = false;
	mcast->have.count = 0;
}

static errno_t mcast_switch(xn_t *net, xenbus_dev_t *xb, bool on)
{
	xn_mcast_t *mcast = &net->mcast;

	if (mcast->known && mcast->on == on)
		return EOK;

	const xenbus_key_t key = { CONTROL_KEY, on ? "1" : "0" };
	errno_t rc = xenbus_publish(xb, &key, 1);
	mcast->on = on;
	mcast->known = rc == EOK;
	return rc;
}

/** Have an address put into the back end's list or taken out of it.
 *
 * @return EOK, EAGAIN if the hand-shake has something else to do first, or as
 *         xn_tx_extra()
 */
static errno_t mcast_tell(xn_t *net, uint8_t type, const nic_address_t *addr)
{
	xen_netif_extra_info_t extra = {
		.type = type
	};

	if (xen_frontend_has_news(net->frontend))
		return EAGAIN;

	memcpy(extra.u, addr->address, sizeof(extra.u));
	return xn_tx_extra(net, &extra);
}

/** Take out of the back end's list what is not wanted, so that there is room.
 */
static errno_t mcast_forget(xn_t *net, const xn_groups_t *want)
{
	xn_groups_t *have = &net->mcast.have;

	size_t i = 0;

	while (i < have->count) {
		if (groups_has(want, &have->addr[i])) {
			i++;
			continue;
		}

		errno_t rc = mcast_tell(net, XEN_NETIF_EXTRA_TYPE_MCAST_DEL,
		    &have->addr[i]);
		if (rc != EOK)
			return rc;
		have->addr[i] = have->addr[--have->count];
	}

	return EOK;
}

/** Put into the back end's list what is wanted and not there. */
static errno_t mcast_learn(xn_t *net, const xn_groups_t *want)
{
	xn_groups_t *have = &net->mcast.have;

	for (size_t i = 0; i < want->count; i++) {
		if (groups_has(have, &want->addr[i]))
			continue;

		errno_t rc = mcast_tell(net, XEN_NETIF_EXTRA_TYPE_MCAST_ADD,
		    &want->addr[i]);
		if (rc != EOK)
			return rc;
		have->addr[have->count++] = want->addr[i];
	}

	return EOK;
}

/** Tell the back end what is wanted.
 *
 * Operation update of the front end.
 */
void xn_mcast_update(void *arg, xenbus_dev_t *xb)
{
	xn_t *net = arg;
	xn_mcast_t *mcast = &net->mcast;

	if (!mcast->offered)
		return;

	fibril_mutex_lock(&net->rn.lock);
	bool up = net->rn.link_up;
	bool filter = mcast->filter;
	xn_groups_t want = mcast->want;
	fibril_mutex_unlock(&net->rn.lock);

	/* Once the link is up, this is called again. */
	if (!up)
		return;

	errno_t rc = EOK;
	if (filter && !mcast->lost) {
		rc = mcast_forget(net, &want);
		if (rc == EOK)
			rc = mcast_learn(net, &want);
		if (rc == EAGAIN) {
			xen_frontend_update(net->frontend);
			return;
		}
		/* What it did not answer it may have done, or do yet. */
		if (rc != EOK && rc != EREFUSED)
			mcast->lost = true;
	}

	bool on = filter && !mcast->lost && rc == EOK;
	errno_t src = mcast_switch(net, xb, on);
	if (src != EOK) {
		fibril_mutex_lock(&net->rn.lock);
		mcast->retry = true;
		fibril_mutex_unlock(&net->rn.lock);
	}
	if (rc == EOK)
		rc = src;
	/* It is tried each second. */
	if (rc != EOK && !mcast->said) {
		ddf_msg(LVL_WARN, "%s: back end's multicast filter cannot be "
		    "used: %s", net->rn.name, str_error(rc));
	}
	mcast->said = rc != EOK;
}

/** Have the back end told soon, or when there is one. ringnic_t.lock is held.
 */
static void mcast_changed(xn_t *net)
{
	if (net->rn.phase == RINGNIC_UP)
		xen_frontend_update(net->frontend);
}

/** Have tried again what failed. ringnic_t.lock is held. */
void xn_mcast_retry(xn_t *net)
{
	if (!net->mcast.retry)
		return;

	net->mcast.retry = false;
	mcast_changed(net);
}

/** Want all frames, as at first. ringnic_t.lock is held. */
void xn_mcast_all(xn_t *net)
{
	net->mcast.filter = false;
	mcast_changed(net);
}

/** Note what is wanted: the library's operation. */
errno_t xn_set_multicast(ringnic_t *rn, nic_multicast_mode_t mode,
    const nic_address_t *addr, size_t count)
{
	xn_t *net = xn_of(rn);
	xn_groups_t *want = &net->mcast.want;
	bool fits = true;

	fibril_mutex_lock(&rn->lock);
	want->count = 0;
	for (size_t i = 0; i < count && fits; i++) {
		if (groups_has(want, &addr[i]))
			continue;
		fits = want->count < XN_MCAST_MAX;
		if (fits)
			want->addr[want->count++] = addr[i];
	}
	net->mcast.filter = mode != NIC_MULTICAST_PROMISC && fits;
	mcast_changed(net);
	fibril_mutex_unlock(&rn->lock);
	return EOK;
}

/** @}
 */
