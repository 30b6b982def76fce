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

/** @addtogroup inetsrv
 * @{
 */
/** @file Where a static route leads, and the MTU of a link.
 */

#include <async.h>
#include <errno.h>
#include <inet/addr.h>
#include <inet/prefix.h>
#include <io/log.h>
#include <stdbool.h>
#include "addrobj.h"
#include "hostroute.h"
#include "inet_link.h"

/** Least MTU of a link (RFC 791) */
#define LINK_MTU_MIN	68

/** May an address that is on no net be looked for on the link of this one?
 *
 * Yes if this one has no net either: whoever gave it away did not say who else
 * is on the link. The loopback address has no net in IPv6, but there is nobody
 * on its link.
 *
 * @param aobj Address object
 * @param addr Address that is looked for
 */
bool inet_addrobj_reaches(inet_addrobj_t *aobj, inet_addr_t *addr)
{
	if (aobj->naddr.version != addr->version || !aobj->ilink->mac_valid)
		return false;

	return aobj->naddr.prefix ==
	    (addr->version == ip_v4 ? prefix_max_v4 : prefix_max_v6);
}

/** Find the direction in which a static route leads.
 *
 * A route without a router says that its destinations are on the link.
 *
 * @param sroute Static route
 * @param dest   Destination that it is for
 * @param dir    Direction; its address object is NULL if there is none
 */
void inet_sroute_dir(inet_sroute_t *sroute, inet_addr_t *dest, inet_dir_t *dir)
{
	if (inet_addr_is_any(&sroute->router)) {
		dir->dtype = dt_direct;
		dir->ldest = *dest;
	} else {
		dir->dtype = dt_router;
		dir->ldest = sroute->router;
	}

	dir->aobj = inet_addrobj_find(&dir->ldest, iaf_net);
	if (dir->aobj == NULL)
		dir->aobj = inet_addrobj_find(&dir->ldest, iaf_host);
}

/** Set the MTU of a link: it can be less than what the link itself said.
 *
 * @param call Link ID, MTU in bytes
 */
void inetcfg_link_set_mtu_srv(ipc_call_t *call)
{
	inet_link_t *ilink = inet_link_get_by_id(ipc_get_arg1(call));
	size_t mtu = ipc_get_arg2(call);

	if (ilink == NULL) {
		async_answer_0(call, ENOENT);
		return;
	}
	if (mtu < LINK_MTU_MIN) {
		async_answer_0(call, EINVAL);
		return;
	}

	if (mtu < ilink->def_mtu) {
		ilink->def_mtu = mtu;
		log_msg(LOG_DEFAULT, LVL_NOTE, "%s: MTU %zu", ilink->svc_name,
		    mtu);
	}
	async_answer_0(call, EOK);
}

/** @}
 */
