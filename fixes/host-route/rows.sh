#
# Copyright (c) 2026 helenos-pv authors
# All rights reserved.
#
# Redistribution and use in source and binary forms, with or without
# modification, are permitted provided that the following conditions
# are met:
#
# - Redistributions of source code must retain the above copyright
#   notice, this list of conditions and the following disclaimer.
# - Redistributions in binary form must reproduce the above copyright
#   notice, this list of conditions and the following disclaimer in the
#   documentation and/or other materials provided with the distribution.
# - The name of the author may not be used to endorse or promote products
#   derived from this software without specific prior written permission.
#
# THIS SOFTWARE IS PROVIDED BY THE AUTHOR ``AS IS'' AND ANY EXPRESS OR
# IMPLIED WARRANTIES, INCLUDING, BUT NOT LIMITED TO, THE IMPLIED WARRANTIES
# OF MERCHANTABILITY AND FITNESS FOR A PARTICULAR PURPOSE ARE DISCLAIMED.
# IN NO EVENT SHALL THE AUTHOR BE LIABLE FOR ANY DIRECT, INDIRECT,
# INCIDENTAL, SPECIAL, EXEMPLARY, OR CONSEQUENTIAL DAMAGES (INCLUDING, BUT
# NOT LIMITED TO, PROCUREMENT OF SUBSTITUTE GOODS OR SERVICES; LOSS OF USE,
# DATA, OR PROFITS; OR BUSINESS INTERRUPTION) HOWEVER CAUSED AND ON ANY
# THEORY OF LIABILITY, WHETHER IN CONTRACT, STRICT LIABILITY, OR TORT
# (INCLUDING NEGLIGENCE OR OTHERWISE) ARISING IN ANY WAY OUT OF THE USE OF
# THIS SOFTWARE, EVEN IF ADVISED OF THE POSSIBILITY OF SUCH DAMAGE.
#
# See tools/overlay.sh.

# shellcheck shell=bash

# Masks
edit uspace/lib/inet/meson.build after $'\t\'src/iplink_srv.c\',' \
    $'\t\'src/prefix.c\','
edit uspace/lib/inet/src/addr.c after '#include <inet/eth_addr.h>' \
    '#include <inet/prefix.h>'
edit uspace/lib/inet/src/addr.c replace:6:3fc6b202 \
    $'\t\tif (naddr->prefix > 32)' \
    $'\t\treturn prefix_equal_v4(naddr->addr, addr->addr, naddr->prefix);'
edit uspace/lib/inet/src/addr.c replace:25:cc4a22ef \
    $'\t\tif (naddr->prefix > 128)' \
    $'\t\treturn prefix_equal_v6(naddr->addr6, addr->addr6, naddr->prefix);'

# A router on no net
edit uspace/srv/net/inetsrv/meson.build after $'\t\'addrobj.c\',' \
    $'\t\'hostroute.c\','
edit uspace/srv/net/inetsrv/addrobj.h replace $'\tiaf_addr' \
"	iaf_addr,
	/* Find address without a net, for an address that is on none */
	iaf_host"
edit uspace/srv/net/inetsrv/addrobj.c after '#include "addrobj.h"' \
    '#include "hostroute.h"'
edit uspace/srv/net/inetsrv/addrobj.c before $'\t\tcase iaf_addr:' \
"		case iaf_host:
			if (inet_addrobj_reaches(naddr, addr)) {
				fibril_mutex_unlock(&addr_list_lock);
				return naddr;
			}
			break;"
edit uspace/srv/net/inetsrv/inetsrv.c after '#include "addrobj.h"' \
    '#include "hostroute.h"'
edit uspace/srv/net/inetsrv/inetsrv.c replace:3:2fdf7f09 \
    $'\t\t\tdir->aobj = inet_addrobj_find(&sr->router, iaf_net);' \
    $'\t\t\tinet_sroute_dir(sr, dest, dir);'

# The MTU of a link
edit uspace/lib/inet/include/ipc/inet.h replace $'\tINETCFG_SROUTE_GET_ID' \
    $'\tINETCFG_SROUTE_GET_ID,\n\tINETCFG_LINK_SET_MTU'
edit uspace/srv/net/inetsrv/inetcfg.c after '#include "addrobj.h"' \
    '#include "hostroute.h"'
edit uspace/srv/net/inetsrv/inetcfg.c before \
    $'\t\tcase INETCFG_SROUTE_CREATE:' \
"		case INETCFG_LINK_SET_MTU:
			inetcfg_link_set_mtu_srv(&call);
			break;"

# The DHCP client
edit uspace/srv/net/dhcp/meson.build after $'\t\'dhcp.c\',' $'\t\'lease.c\','
edit uspace/srv/net/dhcp/meson.build after $'\t\'main.c\',' \
    $'\t\'options.c\','
edit uspace/srv/net/dhcp/dhcp.c replace '#include <bitops.h>' ''
edit uspace/srv/net/dhcp/dhcp.c after '#include <inet/inetcfg.h>' \
    '#include <inet/prefix.h>'
edit uspace/srv/net/dhcp/dhcp.c after '#include "dhcp_std.h"' \
    $'#include "lease.h"\n#include "options.h"'
edit uspace/srv/net/dhcp/dhcp.c after $'\tinet_addr_t dns_server;' \
"	/** Routes that the server listed */
	dhcp_routes_t routes;
	/** MTU of the link, 0 if the server did not say one */
	size_t mtu;"
edit uspace/srv/net/dhcp/dhcp.c replace:23:0c68299d \
    '/** Decode subnet mask into subnet prefix length. */' ''
edit uspace/srv/net/dhcp/dhcp.c replace \
    $'\t\t\trc = subnet_mask_decode(subnet_mask, &subnet_bits);' \
    $'\t\t\trc = prefix_from_mask_v4(subnet_mask, &subnet_bits);'
edit uspace/srv/net/dhcp/dhcp.c replace:5:bde3f775 \
    $'\topt[i++] = opt_param_req_list;' \
    $'\ti += dhcp_params_encode(&opt[i]);'
edit uspace/srv/net/dhcp/dhcp.c after \
    $'\topt[i++] = offer->srv_addr.addr & 0xff;' \
    $'\n\ti += dhcp_params_encode(&opt[i]);'
edit uspace/srv/net/dhcp/dhcp.c replace:3:ac30c54a $'\t\tcase opt_router:' \
"		case opt_router:
			/* The best one is the first (RFC 2132, 3.5) */
			if (opt_len < 4 || opt_len % 4 != 0)
				return EINVAL;"
edit uspace/srv/net/dhcp/dhcp.c before $'\t\tcase opt_end:' \
"		case dhcp_opt_classless_routes:
			dhcp_routes_add(&offer->routes, &msgb[i], opt_len);
			break;
		case dhcp_opt_mtu:
			offer->mtu = dhcp_mtu_decode(&msgb[i], opt_len);
			break;"
edit uspace/srv/net/dhcp/dhcp.c replace $'\tservice_id_t sroute_id;' ''
edit uspace/srv/net/dhcp/dhcp.c replace $'\tinet_naddr_t defr;' ''
edit uspace/srv/net/dhcp/dhcp.c replace:10:d6db2b54 \
    $'\tif (offer->router.addr != 0) {' \
"	dhcp_lease_mtu(iplink, offer->mtu);

	rc = dhcp_lease_routes(&offer->routes, &offer->router);
	if (rc != EOK)
		return rc;"

# The tests
edit uspace/lib/inet/meson.build after $'\t\'test/main.c\',' \
    $'\t\'test/prefix.c\','
edit uspace/lib/inet/test/main.c after 'PCUT_IMPORT(eth_addr);' \
    'PCUT_IMPORT(prefix);'
edit uspace/srv/net/dhcp/meson.build after "deps = [ 'inet' ]" "
test_src = files(
	'options.c',
	'test/main.c',
	'test/options.c',
)
"
