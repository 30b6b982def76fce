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

edit uspace/srv/net/dhcp/meson.build before $'\t\'dhcp.c\',' $'\t\'answer.c\','
edit uspace/srv/net/dhcp/dhcp.c before '#include "dhcp_std.h"' \
    '#include "answer.h"'

# Answers to our questions
edit uspace/srv/net/dhcp/dhcp.c after $'\tinet_link_info_t link_info;' \
"	/** Transaction ID of what is asked */
	uint32_t xid;"
edit uspace/srv/net/dhcp/dhcp.c replace \
    $'\thdr->xid = host2uint32_t_be(xid);' \
"	/* Repetitions have the same, so that a late answer counts, too. */
	if (dlink->xid == 0)
		dlink->xid = xid;
	hdr->xid = host2uint32_t_be(dlink->xid);"
edit uspace/srv/net/dhcp/dhcp.c before \
    $'\trc = dhcp_parse_reply(msg, size, &offer);' \
"	if (!dhcp_answer_is_ours(msg, size, dlink->xid,
	    &dlink->link_info.mac_addr)) {
		log_msg(LOG_DEFAULT, LVL_DEBUG, \"Not an answer to us\");
		return;
	}
"
for what in 'server ID' 'subnet mask'; do
	edit uspace/srv/net/dhcp/dhcp.c after \
	    $'\t\tlog_msg(LOG_DEFAULT, LVL_ERROR, "Missing '"$what option.\");" \
	    $'\t\trc = EINVAL;'
done

# A server that is late, or gone
edit uspace/srv/net/dhcp/dhcp.c before \
    $'\tassert(dlink->state == ds_selecting);' \
"	/* The last try is repeated until somebody answers. */
	if (dlink->retries_left == 0)
		dlink->retries_left++;
"
edit uspace/srv/net/dhcp/dhcp.c before \
    $'\tassert(dlink->state == ds_requesting);' \
"	if (dlink->retries_left == 0) {
		/* Who offered does not answer, or says no: ask all again. */
		if (dhcp_discover_proc(dlink) != EOK)
			dhcp_link_set_failed(dlink);
		return;
	}
"
