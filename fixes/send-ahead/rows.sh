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

edit uspace/lib/c/meson.build after $'\t\'generic/async/client.c\',' \
    $'\t\'generic/async/parts.c\','
edit uspace/lib/c/generic/private/async.h after '#include <time.h>' \
    '#include "async_parts.h"'
edit uspace/lib/c/generic/private/async.h after \
    $'\tvoid *remote_state_data;' "
	/** Messages that were sent ahead of their answers */
	async_ahead_t ahead;"
edit uspace/lib/c/generic/async/client.c after \
    $'\tassert(sess->exchanges == 0);' '
	async_ahead_forget(&sess->ahead);'

# A frame: from the driver to ethip, and to the driver
edit uspace/lib/nic/src/nic_ev.c after '#include <async.h>' \
    '#include <async_parts.h>'
edit uspace/lib/nic/src/nic_ev.c replace:15:acc33661 \
    $'\tasync_exch_t *exch = async_exchange_begin(sess);' \
"	return async_send_parts_ahead(sess, NIC_EV_RECEIVED,
	    (sysarg_t[4]) { 0 }, &(async_part_t) { data, size }, 1);"
edit uspace/lib/drv/generic/remote_nic.c after '#include <async.h>' \
    '#include <async_parts.h>'
edit uspace/lib/drv/generic/remote_nic.c replace:16:e4339854 \
    $'\tasync_exch_t *exch = async_exchange_begin(dev_sess);' \
"	return async_send_parts_ahead(dev_sess, DEV_IFACE_ID(NIC_DEV_IFACE),
	    (sysarg_t[4]) { NIC_SEND_MESSAGE },
	    &(async_part_t) { data, size }, 1);"

# A packet: from ethip to inetsrv, and to ethip
edit uspace/lib/inet/src/iplink_srv.c after '#include <errno.h>' \
    '#include <async_parts.h>'
edit uspace/lib/inet/src/iplink_srv.c replace:20:e539936b \
    $'\tasync_exch_t *exch = async_exchange_begin(srv->client_sess);' \
"	return async_send_parts_ahead(srv->client_sess, IPLINK_EV_RECV,
	    (sysarg_t[4]) { ver }, &(async_part_t) { sdu->data, sdu->size }, 1);"
edit uspace/lib/inet/src/iplink.c after '#include <async.h>' \
    '#include <async_parts.h>'
edit uspace/lib/inet/src/iplink.c replace:19:441291b7 \
    $'\tasync_exch_t *exch = async_exchange_begin(iplink->sess);' \
"	return async_send_parts_ahead(iplink->sess, IPLINK_SEND,
	    (sysarg_t[4]) { sdu->src, sdu->dest },
	    &(async_part_t) { sdu->data, sdu->size }, 1);"
edit uspace/lib/inet/src/iplink.c replace:25:ced5b63c \
    $'\tasync_exch_t *exch = async_exchange_begin(iplink->sess);' \
"	return async_send_parts_ahead(iplink->sess, IPLINK_SEND6,
	    (sysarg_t[4]) { 0 },
	    (async_part_t[]) {
		{ &sdu->dest, sizeof(sdu->dest) },
		{ sdu->data, sdu->size }
	    }, 2);"

# A datagram: from inetsrv to a client, and to inetsrv
edit uspace/srv/net/inetsrv/inetsrv.c after '#include <async.h>' \
    '#include <async_parts.h>'
edit uspace/srv/net/inetsrv/inetsrv.c replace:37:e20d6211 \
    $'\tasync_exch_t *exch = async_exchange_begin(client->sess);' \
"	return async_send_parts_ahead(client->sess, INET_EV_RECV,
	    (sysarg_t[4]) { dgram->tos, dgram->iplink },
	    (async_part_t[]) {
		{ &dgram->src, sizeof(dgram->src) },
		{ &dgram->dest, sizeof(dgram->dest) },
		{ dgram->data, dgram->size }
	    }, 3);"
edit uspace/lib/inet/src/inet.c after '#include <async.h>' \
    '#include <async_parts.h>'
edit uspace/lib/inet/src/inet.c replace:33:98dc15f2 \
    $'\tasync_exch_t *exch = async_exchange_begin(inet_sess);' \
"	return async_send_parts(inet_sess, INET_SEND,
	    (sysarg_t[4]) { dgram->iplink, dgram->tos, ttl, df },
	    (async_part_t[]) {
		{ &dgram->src, sizeof(dgram->src) },
		{ &dgram->dest, sizeof(dgram->dest) },
		{ dgram->data, dgram->size }
	    }, 3);"

# The test
edit uspace/lib/c/meson.build after $'\t\'test/inttypes.c\',' \
    $'\t\'test/async_parts.c\','
edit uspace/lib/c/test/main.c before 'PCUT_IMPORT(loc);' \
    'PCUT_IMPORT(async_parts);'
