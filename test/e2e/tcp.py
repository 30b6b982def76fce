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
"""A TCP client on the peer's cable: enough of RFC 9293 to fetch a page from
the guest, from a host on its net or far away, without this machine's own
network. It accepts segments in order only and keeps asking; like other systems
it takes nothing without an ACK from who has a connection."""

import itertools
import struct

from peer import ETH_MIN_LEN, PROTO_TCP, address, checksum

FIN, SYN, RST, PSH, ACK = 1, 2, 4, 8, 16
WINDOW = 65535
MSS = 1400
RETRY = 2       # seconds until something is sent again

_ports = itertools.count(40000)


class Refused(Exception):
    """Nobody listens there."""


class Connection:
    """A connection to a port of the guest, from an address of the peer's or
    of a host behind it. The peer's thread calls received()."""

    def __init__(self, peer, port, src=None):
        self.peer = peer
        self.src = src or peer.ip
        self.port = port
        self.local_port = 1024 + next(_ports) % 64000
        self.sent = self.acked = self.local_port << 16  # sequence numbers
        self.expected = None    # next one of the guest's; None: no SYN yet
        self.data = b""
        self.closed = False     # by the guest
        self.reset = False
        self.window = WINDOW
        self.lose = 0           # so many segments of the guest's that say more
        self._key = address(self.src), self.local_port, port
        peer.connections[self._key] = self

    def segment(self, flags, payload=b"", seq=None, options=b""):
        """The frame of a segment; its number is the next one unless seq
        says another."""
        if self.expected is not None:
            flags |= ACK
        head = struct.pack("!HHIIBBHHH", self.local_port, self.port,
                           self.sent if seq is None else seq,
                           self.expected or 0, (20 + len(options)) << 2, flags,
                           self.window, 0, 0) + options
        pseudo = address(self.src) + address(self.peer.guest_ip) + \
            struct.pack("!HH", PROTO_TCP, len(head) + len(payload))
        sum_ = checksum(pseudo + head + payload)
        head = head[:16] + struct.pack("!H", sum_) + head[18:]
        return self.peer.frame(self.peer.ipv4(PROTO_TCP, head + payload,
                                              src=self.src)) \
            .ljust(ETH_MIN_LEN, b"\0")

    def received(self, segment):
        """Take a segment of the guest's; the answer to it, if it gets one."""
        seq, ack, offset, flags = struct.unpack("!4xIIBB", segment[:14])
        payload = segment[(offset >> 4) * 4:]
        if self.reset:      # a SYN that was refused and one that was not
            return None if flags & RST else self.segment(RST, seq=ack)
        if flags & RST:
            self.reset = True
            return None
        if not flags & (SYN | ACK):     # RFC 9293, 3.10.7.4
            return None
        if self.lose and (payload or flags & FIN):
            self.lose -= 1
            return None
        if flags & ACK and (ack - self.acked) & 0xffffffff <= \
                (self.sent - self.acked) & 0xffffffff:
            self.acked = ack
        if flags & SYN:
            if self.expected is None:
                self.expected = (seq + 1) & 0xffffffff
        elif self.expected is None:
            return None
        elif seq == self.expected and not self.closed:
            self.data += payload
            self.expected = (seq + len(payload)) & 0xffffffff
            if flags & FIN:
                self.expected = (self.expected + 1) & 0xffffffff
                self.closed = True
        if payload or flags & (SYN | FIN):
            return self.segment(0)
        return None

    def _until_acked(self, count, limit, flags, payload=b"", options=b""):
        """Send something that takes count numbers until it is acknowledged;
        was it?"""
        seq = self.sent
        self.sent = (seq + count) & 0xffffffff
        for _ in range(int(limit / RETRY) + 1):
            self.peer.send(self.segment(flags, payload, seq, options))
            if self.peer.wait(lambda: self.acked == self.sent or self.reset,
                              RETRY):
                return self.acked == self.sent
        return False

    def open(self, limit):
        """Connect; raises Refused, or TimeoutError after that many seconds."""
        mss = struct.pack("!BBH", 2, 4, MSS)
        if not self._until_acked(1, limit, SYN, options=mss):
            self.abandon()
            if self.reset:
                raise Refused
            raise TimeoutError(f"no connection to port {self.port} within "
                               f"{limit} s")

    def knock(self):
        """Send a SYN, and answer to nothing that comes."""
        self.abandon()
        self.peer.send(self.segment(SYN))

    def send(self, data, limit=60):
        """Send up to MSS bytes; were they acknowledged?"""
        return self._until_acked(len(data), limit, PSH, data)

    def receive_all(self, limit):
        """What the guest sends until it closes; TimeoutError if it does not
        in that many seconds."""
        if not self.peer.wait(lambda: self.closed or self.reset, limit):
            raise TimeoutError(f"{len(self.data)} bytes and no end within "
                               f"{limit} s")
        return self.data

    def close(self, limit=10):
        """Close our half and forget the connection."""
        if not self.reset:
            self._until_acked(1, limit, FIN)
        self.abandon()

    def abandon(self):
        """Forget the connection without a word."""
        self.peer.connections.pop(self._key, None)


def connect(peer, port, limit=120, src=None):
    """Connect to a port of the guest, where somebody may not listen yet."""
    end = limit / RETRY
    while True:
        conn = Connection(peer, port, src)
        try:
            conn.open(limit)
            return conn
        except Refused:
            end -= 1
            if end <= 0:
                raise
            peer.wait(lambda: False, RETRY)


def answer(conn, path, limit):
    """Get a page over a connection that is open, and close it: head and
    body."""
    try:
        conn.send(f"GET {path} HTTP/1.0\r\n\r\n".encode(), limit)
        whole = conn.receive_all(limit)
    except TimeoutError:
        conn.abandon()
        raise
    conn.close()
    head, _, body = whole.partition(b"\r\n\r\n")
    return head.decode(errors="replace"), body


def ask(conn, path, limit):
    """The same: status line and body."""
    head, body = answer(conn, path, limit)
    return head.split("\r\n")[0], body


def fetch(peer, path="/", port=80, limit=120, src=None):
    """Fetch a page from the guest's web server: status line and body."""
    return ask(connect(peer, port, limit, src), path, limit)


def flaw(peer, page, port=80, limit=120):
    """What was wrong with the guest's first page, once more, if page is what
    it has to be; None if nothing was."""
    conn = Connection(peer, port)
    try:
        conn.open(limit)
        status, body = ask(conn, "/", limit)
    except Refused:
        return "refused"
    except TimeoutError as e:
        return str(e)
    if conn.reset:
        return "reset"
    if not status.endswith("200 OK"):
        return status
    return None if body == page else f"{len(body)} bytes: {body[:60]}"
