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

# A header that is longer than its packet
edit uspace/srv/net/inetsrv/pdu.c before \
    $'\tpacket->size = tot_len - data_offs;' \
"	if (data_offs < sizeof(ip_header_t) || data_offs > tot_len) {
		log_msg(LOG_DEFAULT, LVL_DEBUG, \"Header length is wrong (%zu)\",
		    data_offs);
		return EINVAL;
	}
"
edit uspace/srv/net/inetsrv/pdu.c before \
    $'\t\tident = uint32_t_be2host(hdr6f->id);' \
"		if (payload_len < sizeof(ip6_header_fragment_t)) {
			log_msg(LOG_DEFAULT, LVL_DEBUG,
			    \"Payload Length is too small (%zu)\", payload_len);
			return EINVAL;
		}
"

# A size that nothing has, with its overhead not beyond the largest number
edit uspace/lib/c/generic/malloc.c before \
    $'\tsize_t falign = lcm(align, BASE_ALIGN);' \
    $'\tif (size > SIZE_MAX / 2)\n\t\treturn NULL;\n'
edit uspace/lib/c/generic/malloc.c before $'\tif (size == 0) {' \
    $'\tif (size > SIZE_MAX / 2)\n\t\treturn NULL;\n'
