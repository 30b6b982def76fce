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
# What tools/install.sh lays over a HelenOS checkout; see tools/overlay.sh.

# shellcheck shell=bash

# What anybody's datagram may cause is not worth a line in the log.
edit uspace/srv/net/udp/udp_inet.c replace \
    $'\t\tlog_msg(LOG_DEFAULT, LVL_WARN, "Not enough memory. PDU dropped.");' \
    $'\t\tlog_msg(LOG_DEFAULT, LVL_DEBUG, "A datagram is dropped.");'
edit uspace/srv/net/dhcp/transport.c replace \
    $'\tlog_msg(LOG_DEFAULT, LVL_NOTE, "dhcp_recv_msg()");' \
    $'\tlog_msg(LOG_DEFAULT, LVL_DEBUG, "A datagram came.");'
edit uspace/srv/net/dhcp/transport.c replace \
    $'\tlog_msg(LOG_DEFAULT, LVL_NOTE, "dhcp_recv_msg() - call recv_cb");' \
    $'\tlog_msg(LOG_DEFAULT, LVL_DEBUG, "It is handed on.");'

# Without memory it is dropped, too.
edit uspace/srv/net/udp/pdu.c replace:2:48f1907c \
    $'\tif (nmsg->data == NULL)' \
"	if (nmsg->data == NULL) {
		udp_msg_delete(nmsg);
		return ENOMEM;
	}"
edit uspace/srv/net/udp/udp_inet.c before $'\tpdu->iplink = dgram->iplink;' \
    $'\tif (pdu == NULL)\n\t\treturn ENOMEM;\n'
