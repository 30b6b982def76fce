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

edit uspace/srv/net/inetsrv/reass.c after '#include <stdlib.h>' \
    '#include <time.h>'
edit uspace/srv/net/inetsrv/reass.c after $'\tlist_t frags;' \
"	/** Uptime in seconds when its first fragment came */
	time_t since;"

# Fragments are kept for a while, and not more than so many
edit uspace/srv/net/inetsrv/reass.c after \
    'static void reass_dgram_destroy(reass_dgram_t *);' '
/** Maximum number of fragments that wait for the rest of their datagrams */
#define FRAGS_MAX	256

/** How long a datagram waits, in seconds (RFC 1122, 3.3.2) */
#define FRAGS_TIME	60

/** Number of fragments in the map; guarded by @c reass_dgram_map_lock */
static size_t reass_frags;

static time_t reass_uptime(void)
{
	struct timespec now;

	getuptime(&now);
	return now.tv_sec;
}

/** Drop datagrams, the oldest first, that have waited for too long, or until
 * there is room for one more fragment.
 */
static void reass_make_room(void)
{
	assert(fibril_mutex_is_locked(&reass_dgram_map_lock));

	while (!list_empty(&reass_dgram_map)) {
		reass_dgram_t *oldest = list_get_instance(
		    list_first(&reass_dgram_map), reass_dgram_t, map_link);

		if (reass_frags < FRAGS_MAX &&
		    reass_uptime() - oldest->since < FRAGS_TIME)
			break;
		reass_dgram_remove(oldest);
		reass_dgram_destroy(oldest);
	}
}'
edit uspace/srv/net/inetsrv/reass.c before \
    $'\t/* Get existing or new datagram */' $'\treass_make_room();\n'
edit uspace/srv/net/inetsrv/reass.c after \
    $'\trc = reass_dgram_insert_frag(rdg, packet);' \
"	if (rc != EOK) {
		/* Without what is missing now it is never complete. */
		reass_dgram_remove(rdg);
		reass_dgram_destroy(rdg);
		fibril_mutex_unlock(&reass_dgram_map_lock);
	}"
edit uspace/srv/net/inetsrv/reass.c after \
    $'\tlist_initialize(&rdg->frags);' $'\trdg->since = reass_uptime();'
edit uspace/srv/net/inetsrv/reass.c after $'\tfrag = reass_frag_new();' \
    $'\tif (frag == NULL)\n\t\treturn ENOMEM;'
edit uspace/srv/net/inetsrv/reass.c before \
    $'\tlist_remove(&rdg->map_link);' \
    $'\treass_frags -= list_count(&rdg->frags);'

# In the order of their offsets
edit uspace/srv/net/inetsrv/reass.c replace \
    $'\t\tlist_insert_after(&frag->dgram_link, link);' \
    $'\t\tlist_insert_before(&frag->dgram_link, link);'
edit uspace/srv/net/inetsrv/reass.c before $'\tfrag->packet = *packet;' \
    $'\treass_frags++;'
