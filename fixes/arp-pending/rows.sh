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

edit uspace/srv/net/ethip/meson.build after $'\t\'pdu.c\',' $'\t\'pending.c\','

# Nobody waits for an answer to ARP
edit uspace/srv/net/ethip/ethip.c after '#include "pdu.h"' \
    '#include "pending.h"'
edit uspace/srv/net/ethip/ethip.c replace \
    $'\terrno_t rc = arp_translate(nic, sdu->src, sdu->dest, &frame.dest);' \
$'\terrno_t rc = pending_lookup(sdu->dest, &frame.dest);
\tif (rc == ENOENT) {
\t\tpending_send(nic, sdu);
\t\treturn EOK;
\t}'

# The table has an end
edit uspace/srv/net/ethip/atrans.c after \
    'static FIBRIL_CONDVAR_INITIALIZE(atrans_cv);' '
/** Maximum number of hosts whose addresses are kept */
#define ATRANS_MAX	1024

/** Number of entries in the list; guarded by the lock */
static size_t atrans_count;'
edit uspace/srv/net/ethip/atrans.c after \
    $'\t\tlist_remove(&prev->atrans_list);' $'\t\tatrans_count--;'
edit uspace/srv/net/ethip/atrans.c after \
    $'\tlist_append(&atrans->atrans_list, &atrans_list);' \
"	if (++atrans_count > ATRANS_MAX) {
		/* The one that was heard of longest ago */
		ethip_atrans_t *oldest = list_get_instance(
		    list_first(&atrans_list), ethip_atrans_t, atrans_list);

		list_remove(&oldest->atrans_list);
		free(oldest);
		atrans_count--;
	}"
edit uspace/srv/net/ethip/atrans.c after \
    $'\tlist_remove(&atrans->atrans_list);' $'\tatrans_count--;'
