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
"""What stands at the other end of the guest's cable: a host that speaks just
enough Ethernet, ARP, IPv4, ICMP and DHCP to count frames exactly. (tcp.py has
the TCP for it.)

QEMU's socket back end connects to it (TCP, each frame after its length in four
bytes). That way is reliable and QEMU holds frames back while the guest has no
buffer, so that a missing answer is the guest's doing.
"""

import collections
import socket
import struct
import threading
import time

BROADCAST = b"\xff" * 6
ETH_IPV4 = 0x0800
ETH_ARP = 0x0806
ETH_HEADER_LEN = 14
ETH_MIN_LEN = 60
ETH_MAX_LEN = 1514
PROTO_ICMP = 1
PROTO_TCP = 6
PROTO_UDP = 17
ICMP_HEADERS_LEN = ETH_HEADER_LEN + 20 + 8
DHCP_MAGIC = b"\x63\x82\x53\x63"


def checksum(data):
    """The Internet checksum, RFC 1071."""
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def address(text):
    return socket.inet_aton(text)


class Peer:
    """One host and its cable. Frames from the guest are answered by a thread
    of its own: ARP, DHCP (always the same lease, which may name the host as
    the router; it may miss some requests at first), echo requests, and TCP for
    the connections that were opened."""

    def __init__(self, subnet=77, router=False, discovers_missed=0):
        self.ip = f"192.168.{subnet}.1"
        self.guest_ip = f"192.168.{subnet}.2"
        self.mac = bytes([0x52, 0x55, 0x0a, 0, subnet, 1])
        self.router = router
        self.discovers_missed = discovers_missed
        self.guest_mac = None       # learned from what the guest sends
        self.frames = 0             # frames from the guest so far
        self.pings_answered = 0
        self.leases = 0
        self.asked_by = set()       # hardware addresses in requests for DHCP
        self.asked_for = b""        # options that the last REQUEST asked for
        self.connections = {}       # (our address, port, guest's port) -> TCP
        self._fragments = {}        # (source, id) -> offset -> data, is last
        self._resolved = False      # has the guest told its address by ARP?
        self._replies = {}          # echo id -> sequence number -> payloads
        self._lock = threading.Lock()
        self._arrived = threading.Condition(self._lock)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._conn = None
        self._connected = threading.Event()
        self._send_lock = threading.Lock()
        self._next_id = 1
        self._serving = threading.Thread(target=self._serve, daemon=True)
        self._serving.start()

    def netdev(self):
        """The option string of the back end, as Guest wants it."""
        return f"socket,connect=127.0.0.1:{self.port}"

    def close(self):
        self._listener.close()
        if self._conn:
            self._conn.close()

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self.close()

    # Sending

    def send(self, *frames):
        """Put frames on the cable, back to back."""
        self._connected.wait(60)
        data = b"".join(struct.pack("!I", len(f)) + f for f in frames)
        with self._send_lock:
            self._conn.sendall(data)

    def frame(self, payload, ethertype=ETH_IPV4, to=None):
        return (to or self.guest_mac) + self.mac + \
            struct.pack("!H", ethertype) + payload

    def ipv4(self, proto, payload, to=None, src=None):
        head = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(payload), 0,
                           0x4000, 64, proto, 0, address(src or self.ip),
                           address(to or self.guest_ip))
        return head[:10] + struct.pack("!H", checksum(head)) + head[12:] + \
            payload

    def echo_request(self, ident, seq, payload, src=None):
        icmp = struct.pack("!BBHHH", 8, 0, 0, ident, seq) + payload
        icmp = icmp[:2] + struct.pack("!H", checksum(icmp)) + icmp[4:]
        return self.frame(self.ipv4(PROTO_ICMP, icmp, src=src))

    def ping(self, payloads, limit=120, src=None):
        """Send an echo request for each payload, back to back, and wait until
        all are answered. Returns the sequence numbers (from 0) that were not
        answered exactly once with their own payload.

        As any host, it asks for the guest's address first, if it has not since
        the last lease; HelenOS learns this host's address by that. src is the
        address of a host behind this one."""
        self.resolve(limit)
        with self._lock:
            ident = self._next_id
            self._next_id += 1
            got = self._replies[ident] = collections.defaultdict(list)
        self.send(*(self.echo_request(ident, seq, payload, src)
                    for seq, payload in enumerate(payloads)))
        end = time.monotonic() + limit
        with self._lock:
            while len(got) < len(payloads):
                left = end - time.monotonic()
                if left <= 0 or not self._arrived.wait(left):
                    break
            return [seq for seq, payload in enumerate(payloads)
                    if got.get(seq) != [payload]]

    def answers(self, tries=12, limit=10):
        """Ping until one is answered, as HelenOS may have to ask for this
        host's address first; was one?"""
        return any(self.ping([b"first"], limit) == [] for _ in range(tries))

    def order(self):
        """Sequence numbers of the last ping's answers, as they came."""
        with self._lock:
            return list(self._replies[self._next_id - 1])

    def resolve(self, limit):
        """Ask for the guest's Ethernet address until it answers, or the limit
        has passed."""
        end = time.monotonic() + limit
        request = struct.pack("!HHBBH6s4s6s4s", 1, ETH_IPV4, 6, 4, 1, self.mac,
                              address(self.ip), bytes(6),
                              address(self.guest_ip))
        request = request.ljust(ETH_MIN_LEN - ETH_HEADER_LEN, b"\0")
        while not self._resolved and time.monotonic() < end:
            self.send(self.frame(request, ETH_ARP, BROADCAST))
            with self._lock:
                self._arrived.wait_for(lambda: self._resolved, 1)

    def asks_again(self, limit):
        """Ask for the guest's Ethernet address; did it answer?"""
        with self._lock:
            self._resolved = False
        self.resolve(limit)
        return self._resolved

    # Receiving

    def _serve(self):
        while True:
            try:
                conn, _ = self._listener.accept()
            except OSError:
                return
            conn.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._conn = conn
            self._connected.set()
            try:
                self._receive(conn.makefile("rb"))
            except (OSError, ValueError):
                pass

    def _receive(self, stream):
        while True:
            size = stream.read(4)
            if len(size) < 4:
                return
            frame = stream.read(struct.unpack("!I", size)[0])
            answer = self._answer(frame) if len(frame) >= ETH_HEADER_LEN \
                else None
            if answer:
                self.send(answer)

    def _answer(self, frame):
        """Take note of a frame of the guest's; the answer, if it gets one."""
        to, src = frame[:6], frame[6:12]
        ethertype, = struct.unpack("!H", frame[12:14])
        with self._lock:
            self.frames += 1
            self.guest_mac = src
            self._arrived.notify_all()
        if to not in (self.mac, BROADCAST):
            return None
        if ethertype == ETH_ARP:
            return self._answer_arp(frame[14:])
        if ethertype == ETH_IPV4:
            return self._answer_ipv4(src, frame[14:])
        return None

    def _answer_arp(self, arp):
        op, sha, spa, tpa = struct.unpack("!6xH6s4s6x4s", arp[:28])
        if op == 2 and spa == address(self.guest_ip):
            with self._lock:
                self._resolved = True
                self._arrived.notify_all()
        if op != 1 or tpa != address(self.ip):
            return None
        reply = struct.pack("!HHBBH6s4s6s4s", 1, ETH_IPV4, 6, 4, 2, self.mac,
                            tpa, sha, spa)
        return self.frame(reply.ljust(ETH_MIN_LEN - ETH_HEADER_LEN, b"\0"),
                          ETH_ARP, sha)

    def _answer_ipv4(self, src, packet):
        header_len = (packet[0] & 0xf) * 4
        total, ident, frag, proto = struct.unpack("!2xHHHxB", packet[:10])
        data = packet[header_len:total]
        if frag & 0x3fff:
            data = self._reassemble(packet[12:16], ident, frag, data)
        if data is None:
            return None
        if proto == PROTO_ICMP:
            return self._answer_icmp(packet, data)
        if proto == PROTO_TCP:
            return self._answer_tcp(packet, data)
        if proto == PROTO_UDP and data[2:4] == struct.pack("!H", 67):
            return self._answer_dhcp(src, data[8:])
        return None

    def _reassemble(self, src, ident, frag, data):
        """Keep a fragment; the whole when it is the last that was missing."""
        pieces = self._fragments.setdefault((src, ident), {})
        pieces[(frag & 0x1fff) * 8] = data, not frag & 0x2000
        whole = b""
        while len(whole) in pieces:
            piece, last = pieces[len(whole)]
            whole += piece
            if last:
                del self._fragments[src, ident]
                return whole
        return None

    def _answer_tcp(self, packet, segment):
        src, dest = packet[12:16], packet[16:20]
        pseudo = src + dest + struct.pack("!HH", PROTO_TCP, len(segment))
        if len(segment) < 20 or checksum(pseudo + segment) != 0:
            return None
        sport, dport = struct.unpack("!HH", segment[:4])
        with self._lock:
            conn = self.connections.get((dest, dport, sport))
            answer = conn.received(segment) if conn else None
            self._arrived.notify_all()
        return answer

    def wait(self, condition, limit):
        """Wait until condition(), looked at when a frame arrives, is true;
        is it?"""
        with self._lock:
            return self._arrived.wait_for(condition, limit)

    def _answer_icmp(self, packet, icmp):
        if checksum(icmp) != 0:
            return None
        kind, ident, seq = struct.unpack("!B3xHH", icmp[:8])
        if kind == 0:
            with self._lock:
                if ident in self._replies:
                    self._replies[ident][seq].append(icmp[8:])
                    self._arrived.notify_all()
        elif kind == 8 and packet[16:20] == address(self.ip):
            with self._lock:
                self.pings_answered += 1
            reply = b"\0\0\0\0" + icmp[4:]
            reply = reply[:2] + struct.pack("!H", checksum(reply)) + reply[4:]
            frame = self.frame(self.ipv4(PROTO_ICMP, reply))
            return frame.ljust(ETH_MIN_LEN, b"\0")
        return None

    def _answer_dhcp(self, src, request):
        options = request[240:]
        if request[236:240] != DHCP_MAGIC:
            return None
        at, kind, asked_for = 0, None, b""
        while at + 1 < len(options) and options[at] != 255:
            if options[at] == 0:
                at += 1
                continue
            value = options[at + 2:at + 2 + options[at + 1]]
            if options[at] == 53:
                kind = value[0]
            elif options[at] == 55:
                asked_for = value
            at += 2 + options[at + 1]
        if kind not in (1, 3):      # DISCOVER, REQUEST
            return None
        with self._lock:
            self.asked_by.add(request[28:34])
        if kind == 1 and self.discovers_missed > 0:
            self.discovers_missed -= 1
            return None
        if kind == 3:
            with self._lock:
                self.leases += 1
                self.asked_for = asked_for
                self._resolved = False
        reply = struct.pack("!BBBB4sHH4s4s4s4s16s192x4s", 2, 1, 6, 0,
                            request[4:8], 0, 0x8000, b"\0" * 4,
                            address(self.guest_ip), address(self.ip),
                            b"\0" * 4, request[28:44], DHCP_MAGIC)
        reply += bytes([53, 1, 2 if kind == 1 else 5])
        reply += bytes([54, 4]) + address(self.ip)
        reply += bytes([51, 4]) + struct.pack("!I", 86400)
        reply += self._lease_options() + b"\xff"
        return self._dhcp_frame(reply, src)

    def _dhcp_frame(self, message, to):
        """A frame with a message from the DHCP server."""
        udp = struct.pack("!HHHH", 67, 68, 8 + len(message), 0) + message
        return self.frame(self.ipv4(PROTO_UDP, udp, "255.255.255.255"), to=to)

    def _lease_options(self):
        """What the lease says beside the address."""
        options = bytes([1, 4]) + address("255.255.255.0")
        if self.router:
            options += bytes([3, 4]) + address(self.ip)
        return options
