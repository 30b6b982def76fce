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

edit uspace/srv/net/tcp/meson.build before $'\t\'inet.c\',' $'\t\'events.c\','
edit uspace/srv/net/tcp/tcp_type.h before:2:a4a6c9d0 $'\tlink_t lclient;' \
"	/** What the client is to be told, guarded by its events_lock */
	unsigned int events;
	/** Listener that the connection came through */
	sysarg_t lst_id;
	/** Link to tcp_client_t.ready */
	link_t lready;"
edit uspace/srv/net/tcp/tcp_type.h after $'\tlist_t clst;' \
"	/** Guards what follows, and what the connections have to tell */
	fibril_mutex_t events_lock;
	/** There is something to tell; all is told */
	fibril_condvar_t events_cv;
	/** Connections that have something to tell */
	list_t ready; /* of tcp_cconn_t */
	/** The client is to be told no more. */
	bool leaves;
	/** Nobody tells it anything. */
	bool told;"

edit uspace/srv/net/tcp/service.c before '#include "service.h"' \
    '#include "events.h"'
edit uspace/srv/net/tcp/service.c replace:12:fced74c1 \
    $'\tasync_exch_t *exch;' $'\ttcp_event(cconn, TCP_EV_DATA);'
edit uspace/srv/net/tcp/service.c replace:9:11ff39bc \
    $'\tasync_exch_t *exch;' $'\ttcp_event(cconn, TCP_EV_CONNECTED);'
edit uspace/srv/net/tcp/service.c replace:9:371bc22a \
    $'\tasync_exch_t *exch;' $'\ttcp_event(cconn, TCP_EV_CONN_FAILED);'
edit uspace/srv/net/tcp/service.c replace:9:54e42af6 \
    $'\tasync_exch_t *exch;' $'\ttcp_event(cconn, TCP_EV_CONN_RESET);'
edit uspace/srv/net/tcp/service.c replace:10:8cb8827b \
    $'\tasync_exch_t *exch;' \
    $'\tcconn->lst_id = clst->id;\n\ttcp_event(cconn, TCP_EV_NEW_CONN);'
edit uspace/srv/net/tcp/service.c before $'\tlist_remove(&cconn->lclient);' \
    $'\ttcp_event_forget(cconn);'
edit uspace/srv/net/tcp/service.c replace $'\tclient->sess = sess;' \
"	client->sess = sess;
	if (tcp_events_start(client) != EOK) {
		async_answer_0(icall, ENOMEM);
		return;
	}"
edit uspace/srv/net/tcp/service.c after \
    $'\tlist_initialize(&client->clst);' $'\ttcp_events_init(client);'
edit uspace/srv/net/tcp/service.c before $'\tif (client->sess != NULL)' \
    $'\ttcp_events_end(client);'
