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

# What anybody's segment may cause is not worth a line in the log.
edit uspace/srv/net/tcp/ucall.c replace \
    $'\t\tlog_msg(LOG_DEFAULT, LVL_WARN, "No connection found.");' \
    $'\t\tlog_msg(LOG_DEFAULT, LVL_DEBUG, "There is no such connection.");'
edit uspace/srv/net/tcp/conn.c replace \
    $'\t\tlog_msg(LOG_DEFAULT, LVL_WARN, "SYN combined with data, ignoring data.");' \
    $'\t\tlog_msg(LOG_DEFAULT, LVL_DEBUG, "Data of a SYN is dropped.");'
edit uspace/srv/net/tcp/conn.c replace \
    $'\t\t\t\tlog_msg(LOG_DEFAULT, LVL_WARN, "ACK not acceptable, send RST");' \
    $'\t\t\t\tlog_msg(LOG_DEFAULT, LVL_DEBUG, "Wrong ACK");'
edit uspace/srv/net/tcp/conn.c replace \
    $'\t\t\t\tlog_msg(LOG_DEFAULT, LVL_WARN, "RST,ACK not acceptable, drop");' \
    $'\t\t\t\tlog_msg(LOG_DEFAULT, LVL_DEBUG, "Wrong RST");'
edit uspace/srv/net/tcp/conn.c replace \
    $'\tlog_msg(LOG_DEFAULT, LVL_WARN, "SYN is in receive window, should send reset. XXX");' \
    $'\tlog_msg(LOG_DEFAULT, LVL_DEBUG, "SYN within the window");'
edit uspace/srv/net/tcp/conn.c replace \
    $'\t\tlog_msg(LOG_DEFAULT, LVL_WARN, "Segment ACK not acceptable, sending RST.");' \
    $'\t\tlog_msg(LOG_DEFAULT, LVL_DEBUG, "Wrong ACK of our SYN");'
edit uspace/srv/net/tcp/conn.c replace \
    $'\t\t\tlog_msg(LOG_DEFAULT, LVL_WARN, "Not acceptable, not duplicate. "' \
    $'\t\t\tlog_msg(LOG_DEFAULT, LVL_DEBUG, "Beyond the window. "'
edit uspace/srv/net/tcp/conn.c replace \
    $'\t\tlog_msg(LOG_DEFAULT, LVL_WARN, "Segment has no ACK. Dropping.");' \
    $'\t\tlog_msg(LOG_DEFAULT, LVL_DEBUG, "A segment without ACK");'
edit uspace/srv/net/tcp/conn.c replace \
    $'\t\tlog_msg(LOG_DEFAULT, LVL_WARN, "Connection is closed.");' \
    $'\t\tlog_msg(LOG_DEFAULT, LVL_DEBUG, "The connection has ended.");'
edit uspace/srv/net/tcp/inet.c replace \
    $'\t\tlog_msg(LOG_DEFAULT, LVL_WARN, "pdu_raw_size = %zu < sizeof(tcp_header_t) = %zu",' \
    $'\t\tlog_msg(LOG_DEFAULT, LVL_DEBUG, "%zu bytes are no header (%zu)",'
edit uspace/srv/net/tcp/inet.c replace \
    $'\t\tlog_msg(LOG_DEFAULT, LVL_WARN, "pdu_raw_size = %zu < hdr_size = %zu",' \
    $'\t\tlog_msg(LOG_DEFAULT, LVL_DEBUG, "%zu bytes, header of %zu",'
edit uspace/srv/net/tcp/inet.c replace \
    $'\t\tlog_msg(LOG_DEFAULT, LVL_WARN, "hdr_size = %zu < sizeof(tcp_header_t) = %zu",' \
    $'\t\tlog_msg(LOG_DEFAULT, LVL_DEBUG, "Header of %zu bytes, not %zu",'
edit uspace/srv/net/tcp/inet.c replace \
    $'\t\tlog_msg(LOG_DEFAULT, LVL_ERROR, "Failed to transmit PDU.");' \
    $'\t\tlog_msg(LOG_DEFAULT, LVL_DEBUG, "A segment was not sent.");'
