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

# A segment without an ACK is dropped by who has a connection (RFC 9293, 3.10.7.4)
edit uspace/srv/net/tcp/tqueue.c before \
    $'\ttcp_conn_transmit_segment(tqe->conn, rt_seg);' \
    $'\t/* The copy was made before its segment got its ACK. */
\tif (tcp_conn_got_syn(conn))
\t\trt_seg->ctrl |= CTL_ACK;'

# An ACK before a segment is none of it
edit uspace/srv/net/tcp/seq_no.c replace \
    $'\treturn seq_no_lt_le(seg->seq, seg->seq + seg->len, ack);' \
    $'\treturn (int32_t) (ack - (seg->seq + seg->len)) >= 0;'
