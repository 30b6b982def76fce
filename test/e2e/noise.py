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
"""What the public net sends to a machine, kind by kind. Each kind is bounded in
number, and every wait in time; addresses that are made up come from the same
sequence in each run.

A kind gets the peer on the guest's cable (tap.py). The connections that it
gives back are meant to stay as they are while the guest is looked at.
"""

import concurrent.futures
import contextlib
import itertools
import random
import select
import socket
import ssl
import struct
import time

from peer import (BROADCAST, ETH_ARP, ETH_IPV4, ETH_MIN_LEN, PROTO_ICMP,
                  PROTO_TCP, PROTO_UDP, address, checksum)
from tap import MTU

WEB = 80
REMCONS = 2223
MANY = 200          # connections at once
LIMIT = 120         # seconds for one answer
ETH_IPV6 = 0x86dd
PROTO_IPV6 = 41
TOOL_LIMIT = 900    # seconds for one run of a program, or for many portions
PORTION = 256       # packets

KINDS = {}

# Programs that some kinds take, and Debian's packages of them
PACKAGES = {"ab": "apache2-utils", "hping3": "hping3", "nmap": "nmap"}

# Kinds that HelenOS does not stand without a fix: its chapter in doc/helenos.md
FIXED_BY = {
    "ip headers that are longer than their packet": "ip-headers",
    "a fragment header of ipv6 without room": "ip-headers",
    "fragments in reverse": "reassembly",
    "fragments that are too long": "reassembly",
    "fragments without the rest": "reassembly",
    "an arp flood of many hosts": "arp-pending",
    "pings from hosts that are not there": "arp-pending",
    "syns from the guest itself": "arp-pending",
}

_hosts = itertools.count(0xc6120000)    # 198.18.0.0/15 (RFC 2544)


def kind(function):
    """Enter a kind under its own name, in words."""
    KINDS[function.__name__.replace("_", " ")] = function
    return function


def _random():
    return random.Random(0)


# Connections of Linux's

def _open(peer, port=WEB, receive=None):
    """A connection; receive is the size of its receive buffer."""
    conn = peer.socket()
    if receive:
        conn.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive)
    conn.settimeout(LIMIT)
    conn.connect((peer.guest_ip, port))
    return conn


def _open_many(peer, port=WEB, count=MANY, receive=None):
    """That many connections, all begun at once."""
    conns = []
    for _ in range(count):
        conn = peer.socket()
        if receive:
            conn.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive)
        conn.setblocking(False)
        conn.connect_ex((peer.guest_ip, port))
        conns.append(conn)
    waiting, end = set(conns), time.monotonic() + LIMIT
    while waiting and time.monotonic() < end:
        _, ready, _ = select.select([], waiting, [], 1)
        waiting -= set(ready)
    for conn in conns:
        conn.settimeout(LIMIT)
    return conns


def _reset(conn):
    """End a connection by RST."""
    conn.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                    struct.pack("ii", 1, 0))
    conn.close()


def _say(peer, *parts, port=WEB, finish=False):
    """Send something, each part by itself, and take what comes until the guest
    closes, which it may do at any moment; what came."""
    answer = b""
    with _open(peer, port) as conn, contextlib.suppress(ConnectionError):
        conn.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            for part in parts:
                conn.sendall(part)
            if finish:
                conn.shutdown(socket.SHUT_WR)
        except ConnectionError:
            pass        # there may be an answer all the same
        while data := conn.recv(65536):
            answer += data
    return answer


def _say_all(peer, requests, finish=False):
    """Say each request on a connection of its own, some at a time."""
    with concurrent.futures.ThreadPoolExecutor(40) as clients:
        list(clients.map(lambda request: _say(peer, request, finish=finish),
                         requests))


@kind
def requests_with_zero_bytes(peer):
    _say_all(peer, [b"GET /a\0bc\r\n", b"\0" * 12 + b"\r\n", b"GET \0\r\n",
                    b"GET /\0 HTTP/1.0\r\n\r\n", b"\0GET / HTTP/1.0\r\n\r\n",
                    b"GET\0/\0HTTP/1.0\0\r\n", b"\0" * 1023 + b"\r\n"] * 5)


@kind
def requests_without_an_end(peer):
    requests = [b"", b"G", b"GET", b"GET ", b"GET /", b"GET / HTTP/1.0",
                b"GET / HTTP/1.0\r", b"GET / HTTP/1.0\n"] * 5
    _say_all(peer, requests, finish=True)
    _say_all(peer, requests)    # until the guest has had enough


@kind
def long_requests(peer):
    _say_all(peer, (b"GET /" + b"a" * (size - 5) + end
                    for size in (1021, 1022, 1023, 1024, 1025, 3000, 65535)
                    for end in (b"", b"\r\n", b" HTTP/1.0\r\n\r\n")))


@kind
def requests_of_a_million_bytes(peer):
    for _ in range(5):
        _say(peer, b"GET /" + b"a" * 1000000 + b"\r\n")
        _say(peer, b"\r\n" * 500000)
        _say(peer, b"GET / HTTP/1.0\r\n" + b"X: y\r\n" * 170000 + b"\r\n")


@kind
def requests_byte_by_byte(peer):
    request = b"GET / HTTP/1.0\r\nHost: a\r\n\r\n"
    for _ in range(10):
        _say(peer, *(request[at:at + 1] for at in range(len(request))))


@kind
def tls_hellos(peer):
    sent = ssl.MemoryBIO()
    tls = ssl.create_default_context().wrap_bio(
        ssl.MemoryBIO(), sent, server_hostname="a.example")
    with contextlib.suppress(ssl.SSLWantReadError):
        tls.do_handshake()
    hello = sent.read()
    _say_all(peer, [hello, hello[:60]] * 20)


@kind
def requests_of_other_kinds(peer):
    rand = _random()
    _say_all(peer, [
            b"GET /../../etc/passwd HTTP/1.1\r\n\r\n", b"GET /%00 HTTP/1.0\r\n",
            b"GET http://a.example/ HTTP/1.1\r\n\r\n", b"GET  /  \r\n\r\n",
            b"POST /cgi-bin/x HTTP/1.1\r\nContent-Length: 9999999999\r\n\r\n",
            b"HEAD / HTTP/1.0\r\n\r\n", b"OPTIONS * RTSP/1.0\r\n\r\n",
            b"CONNECT a.example:443 HTTP/1.1\r\n\r\n", b"\r\n\r\n",
            b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", b"SSH-2.0-x\r\n",
            b"GET //////////// HTTP/1.0\r\n\r\n", b"GET /. HTTP/1.0\r\n\r\n",
            b"GET /%n%n%s%s HTTP/1.0\r\n\r\n", b"\xff\xfe\xfd\r\n",
            b"\x03\x00\x00\x13\x0e\xe0\x00\x00\x00\x00\x00\x01\x00\x08\r\n",
            *(rand.randbytes(rand.randrange(1, 1500)) for _ in range(50))],
        finish=True)


@kind
def pages_asked_for_by_ab(peer):
    peer.net.run("ab", "-n", "400", "-c", "20", "-r", "-s", str(LIMIT),
                 f"http://{peer.guest_ip}/", limit=TOOL_LIMIT)


@kind
def connections_that_say_nothing(peer):
    return _open_many(peer)


@kind
def connections_that_end_at_once(peer):
    for conn in _open_many(peer):
        conn.close()


@kind
def connections_that_are_reset(peer):
    rand = _random()
    request = b"GET /helenos.png HTTP/1.0\r\n\r\n"
    for number, conn in enumerate(_open_many(peer)):
        # An end, at any moment, but no silence
        with contextlib.suppress(ConnectionError):
            conn.sendall(request[:rand.randrange(len(request) + 1)])
            if number % 4 == 0:
                conn.sendall(request)
                conn.recv(rand.randrange(1, 5000))
        _reset(conn)


@kind
def connections_that_never_read(peer):
    conns = _open_many(peer, receive=1)
    for conn in conns:
        with contextlib.suppress(ConnectionError):
            conn.sendall(b"GET /helenos.png HTTP/1.0\r\n\r\n")
    return conns


@kind
def hang_ups_on_the_remote_console(peer):
    rand = _random()
    for number in range(40):
        with contextlib.suppress(OSError):
            conn = _open(peer, REMCONS)
            conn.settimeout(5)      # it may have said all that it has to
            for _ in range(number % 4):
                conn.recv(rand.randrange(1, 300))
            if number % 8 >= 4:
                # a window of no size, half a command of telnet's, a program
                # in whose middle the line is cut
                conn.sendall(b"\xff\xfb\x1f\xff\xfa\x1f\0\0\0\0\xff\xf0"
                             b"\xff\xff\xff stats\r" b"\xff\xfa")
            if number % 2:
                _reset(conn)
            conn.close()


# Programs

def _nmap(peer, *options):
    # nmap's own ARP gives a host up that does not answer within half a second
    said = peer.net.run("nmap", "-n", "-Pn", "--disable-arp-ping",
                        "--max-retries", "1",
                        "--host-timeout", f"{TOOL_LIMIT - 60}s", *options,
                        peer.guest_ip, limit=TOOL_LIMIT)
    if "host timeout" in said or "1 host up" not in said:
        raise TimeoutError(f"nmap did not come to its end: {said.strip()}")


def _hping3(peer, count, *options):
    # it fails when nobody answers
    said = peer.net.run("hping3", "-q", "-n", "-c", str(count), "-i", "u1000",
                        *options, peer.guest_ip, limit=TOOL_LIMIT, check=False)
    if "packets transmitted" not in said:
        raise OSError(f"hping3: {said.strip()}")


@kind
def a_scan_of_all_ports(peer):
    # No faster than the guest answers: of itself nmap begins with thousands,
    # which stand in the tap's queue, and pages behind them until their cookies
    # have expired
    _nmap(peer, "-sS", "-p-", "--max-rate", "100")


@kind
def scans_of_other_kinds(peer):
    for way in "-sT", "-sF", "-sN", "-sX", "-sA", "-sM":
        _nmap(peer, way, "--top-ports", "200", "--min-rate", "200")
    _nmap(peer, "-sO", "--min-rate", "200")
    _nmap(peer, "-O", "-p", f"{WEB},{REMCONS},1")


@kind
def a_scan_for_services(peer):
    _nmap(peer, "-sV", "-p", f"{WEB},{REMCONS}")


@kind
def a_syn_flood(peer):
    for port in WEB, REMCONS, 1:
        _hping3(peer, 3000, "-S", "--rand-source", "-p", str(port))


@kind
def floods_of_other_segments(peer):
    for flags in ("-A", "-F", "-R", "-SA", "-SF", "-FPU", "-SFRPAU", "-Y"):
        _hping3(peer, 500, *flags.split(), "--rand-source", "-p", str(WEB))
    _hping3(peer, 500, "-S", "-d", "1000", "--rand-source", "-p", str(WEB))


# Frames of the peer's

def _udp(peer, port, data, to=None, src_port=53):
    return peer.ipv4(PROTO_UDP, struct.pack("!HHHH", src_port, port,
                                            8 + len(data), 0) + data, to)


def _ip(peer, proto, payload, ident, offset=0, more=False, first=0x45,
        total=None, to=None, src=None):
    """A packet whose header says what it is told to, with a right checksum;
    offset in bytes."""
    head = struct.pack("!BBHHHBBH4s4s", first, 0,
                       20 + len(payload) if total is None else total, ident,
                       offset // 8 | (0x2000 if more else 0), 64, proto, 0,
                       address(src or peer.ip), address(to or peer.guest_ip))
    return head[:10] + struct.pack("!H", checksum(head)) + head[12:] + payload


def _echo(ident, seq, size):
    icmp = struct.pack("!BBHHH", 8, 0, 0, ident, seq) + bytes(size)
    return icmp[:2] + struct.pack("!H", checksum(icmp)) + icmp[4:]


def _send(peer, packets, ethertype=ETH_IPV4, to=None):
    for packet in packets:
        peer.send(peer.frame(packet, ethertype, to).ljust(ETH_MIN_LEN, b"\0"))


def _send_in_portions(peer, packets):
    """Send packets, each portion when the one before has been taken by the
    guest, which answers a ping behind it: what others send meanwhile stands
    behind one portion, not behind all."""
    packets, end = iter(packets), time.monotonic() + TOOL_LIMIT
    for number in itertools.count():
        portion = list(itertools.islice(packets, PORTION))
        if not portion:
            return
        _send(peer, portion)
        if peer.ping([b"a portion"], end - time.monotonic()):
            raise TimeoutError(f"no answer behind portion {number}")


@kind
def udp_to_all_ports(peer):
    _send_in_portions(peer, (_udp(peer, port, b"x" * (port % 64))
                             for port in range(65536)))


@kind
def dhcp_answers_of_nobody(peer):
    rand = _random()
    _send(peer, (_udp(peer, 68, rand.randbytes(rand.randrange(1400)), to, 67)
                 for to in (peer.guest_ip, "255.255.255.255")
                 for _ in range(50)))


@kind
def icmp_of_all_types(peer):
    rand = _random()
    for size in 0, 1, 7, 8, 64:
        _send(peer, (_ip(peer, PROTO_ICMP,
                         (bytes([type_, type_ % 16]) +
                          rand.randbytes(size))[:size], type_)
                     for type_ in range(256)))


@kind
def pings_from_impossible_hosts(peer):
    for src in ("0.0.0.0", "127.0.0.1", "255.255.255.255", "224.0.0.1",
                "240.0.0.1", "192.0.2.1"):
        _send(peer, (_ip(peer, PROTO_ICMP, _echo(1, seq, 100), seq, src=src)
                     for seq in range(20)))


@kind
def syns_from_the_guest_itself(peer):
    for port in WEB, REMCONS, 1:
        segment = struct.pack("!HHIIBBHHH", port, port, 1, 0, 0x50, 2, 1024, 0,
                              0)
        pseudo = address(peer.guest_ip) * 2 + struct.pack("!HH", PROTO_TCP,
                                                          len(segment))
        segment = segment[:16] + struct.pack(
            "!H", checksum(pseudo + segment)) + segment[18:]
        _send(peer, [_ip(peer, PROTO_TCP, segment, 1, src=peer.guest_ip)] * 30)


def _fragments(peer, ident, sizes, proto=PROTO_ICMP):
    """The fragments of an echo request, in order."""
    data = _echo(2, ident, sum(sizes) - 8)
    at = 0
    for size in sizes:
        yield _ip(peer, proto, data[at:at + size], ident, at,
                  at + size < len(data))
        at += size


@kind
def fragments_that_make_a_whole(peer):
    for ident in range(300):
        pieces = list(_fragments(peer, ident, [8 + 8 * (ident % 100)] * 10))
        _send(peer, pieces)


@kind
def fragments_that_overlap(peer):
    for ident in range(300):
        first, second, *rest = _fragments(peer, ident, [64] * 4)
        again = _ip(peer, PROTO_ICMP, b"\xff" * 96, ident, 32, True)
        _send(peer, [first, first, again, again, second, *rest])


@kind
def fragments_in_reverse(peer):
    for ident in range(600):
        _send(peer, reversed(list(_fragments(peer, ident, [512] * 3))))


@kind
def fragments_that_are_too_long(peer):
    for ident in range(300):
        pieces = [_ip(peer, PROTO_ICMP, bytes(1480), ident, 0, True),
                  _ip(peer, PROTO_ICMP, bytes(1480), ident, 65528)]
        _send(peer, pieces)


@kind
def fragments_without_the_rest(peer):
    for ident in range(700):
        first, _, last = _fragments(peer, ident, [1024] * 3)
        _send(peer, [last if ident % 2 else first])


@kind
def packets_cut_into_fragments_by_hping3(peer):
    for way in "--icmp", "--udp":
        _hping3(peer, 100, way, "-f", "-d", "200", "--rand-source")
    _hping3(peer, 100, "-S", "-p", str(WEB), "-f", "-d", "200",
            "--rand-source")


@kind
def ip_headers_that_are_wrong(peer):
    echo = _echo(3, 1, 56)
    for first in (*range(0x05, 0x100, 0x10), *range(0x40, 0x45)):
        if first != 0x45:
            _send(peer, [_ip(peer, PROTO_ICMP, echo, 1, first=first)] * 5)
    for total in 0, 1, 19, 20, 21, 27, 28, 85, 1500, 65535:
        _send(peer, [_ip(peer, PROTO_ICMP, echo, 1, total=total)] * 5)
    # options
    for words in range(6, 16):
        _send(peer, [_ip(peer, PROTO_ICMP, bytes([7]) * 4 * (words - 5) + echo,
                         1, first=0x40 + words)] * 5)
    for proto in range(256):
        _send(peer, [_ip(peer, proto, bytes(size), 1)
                     for size in (0, 1, 20, 60)])


@kind
def ip_headers_that_are_longer_than_their_packet(peer):
    for words in range(6, 16):
        _send(peer, [_ip(peer, PROTO_ICMP, b"", 1, first=0x40 + words)])


def _ipv6(peer, next_, payload, length=None, to=None):
    src = bytes.fromhex("fe80000000000000") + bytes(7) + b"\1"
    return struct.pack("!IHBB", 6 << 28,
                       len(payload) if length is None else length, next_,
                       64) + src + (to or src) + payload


@kind
def packets_of_ipv6(peer):
    rand = _random()
    mac = peer.guest_mac
    guest = bytes.fromhex("fe80000000000000") + bytes([mac[0] ^ 2]) + \
        mac[1:3] + b"\xff\xfe" + mac[3:]
    all_nodes = bytes.fromhex("ff02") + bytes(13) + b"\1"
    for to in guest, all_nodes:
        _send(peer, (_ipv6(peer, next_, rand.randbytes(8 + next_ % 60), None,
                           to)
                     for next_ in range(256) if next_ != 44), ETH_IPV6)
        _send(peer, (_ipv6(peer, 58, bytes([type_]) + rand.randbytes(31), None,
                           to) for type_ in range(256)), ETH_IPV6)
        _send(peer, (_ipv6(peer, 17, b"x" * 8, length, to)
                     for length in (0, 7, 9, 1500, 65535)), ETH_IPV6)


@kind
def a_fragment_header_of_ipv6_without_room(peer):
    _send(peer, (_ipv6(peer, 44, bytes(8), length) for length in range(8)),
          ETH_IPV6)


# The link

def _arp(peer, op, sender_ip, target_ip, sender_mac=None):
    return struct.pack("!HHBBH6s4s6s4s", 1, ETH_IPV4, 6, 4, op,
                       sender_mac or peer.mac, address(sender_ip), bytes(6),
                       address(target_ip))


@kind
def an_arp_flood(peer):
    _send(peer, [_arp(peer, 1, peer.ip, peer.guest_ip)] * 2000, ETH_ARP,
          BROADCAST)
    _send(peer, (_arp(peer, 1, peer.ip, f"{peer.ip[:-2]}.{i % 250 + 4}")
                 for i in range(2000)), ETH_ARP, BROADCAST)


@kind
def arp_that_is_wrong(peer):
    right = _arp(peer, 1, peer.ip, peer.guest_ip)
    _send(peer, (right[:6] + struct.pack("!H", op) + right[8:]
                 for op in range(3, 300)), ETH_ARP, BROADCAST)
    for at in range(6):
        _send(peer, (right[:at] + bytes([value]) + right[at + 1:]
                     for value in range(256) if value != right[at]), ETH_ARP,
              BROADCAST)
    for size in range(len(right)):
        peer.send(peer.frame(right[:size], ETH_ARP, BROADCAST))


@kind
def an_arp_flood_of_many_hosts(peer):
    # others each time
    hosts = itertools.islice(_hosts, 10000)
    _send(peer, (_arp(peer, 1, socket.inet_ntoa(struct.pack("!I", host)),
                      peer.guest_ip) for host in hosts), ETH_ARP, BROADCAST)


@kind
def pings_from_hosts_that_are_not_there(peer):
    _send(peer, (_ip(peer, PROTO_ICMP, _echo(4, 1, 56), 1,
                     src=f"{peer.ip[:-2]}.{host}") for host in range(10, 110)))


@kind
def a_broadcast_flood(peer):
    net = f"{peer.ip[:-1]}255"
    for to in "255.255.255.255", net:
        _send(peer, [_udp(peer, 137, b"x" * 50, to)] * 2000, to=BROADCAST)
        _send(peer, [_ip(peer, PROTO_ICMP, _echo(5, 1, 56), 1, to=to)] * 500,
              to=BROADCAST)


@kind
def a_multicast_flood(peer):
    for group, mac in (("224.0.0.251", "01005e0000fb"),
                       ("239.255.255.250", "01005e7ffffa")):
        _send(peer, [_udp(peer, 5353, b"x" * 50, group)] * 2000,
              to=bytes.fromhex(mac))
    _send(peer, [bytes(60)] * 2000, 0x0027, bytes.fromhex("0180c2000000"))


@kind
def frames_of_every_length(peer):
    lengths = [*range(14, 1600), *range(1600, MTU + 15, 37), MTU + 14]
    for to in peer.guest_mac, BROADCAST:
        for length in lengths:
            peer.send(peer.frame(b"\x45" * length, ETH_IPV4, to)[:length])


@kind
def frames_of_every_kind(peer):
    rand = _random()
    for to in peer.guest_mac, BROADCAST:
        for ethertype in (*range(0, 65536, 17), ETH_IPV6, 0x8100, 0x88a8):
            if ethertype not in (ETH_IPV4, ETH_ARP):
                peer.send(peer.frame(rand.randbytes(rand.randrange(1500)),
                                     ethertype, to))
