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
"""HelenOS's web server under load, on the card under test: one client after
the other, and some at once. Every page arrives whole, nobody is refused or
reset, and the machine is well afterwards."""

import concurrent.futures

import pytest

import tcp
from conftest import IMAGE, Rig, image_fixes
from helenos import Shell, wait_for
from peer import Peer
from tcp import FIN, PSH, SYN, Connection, fetch

# Without one of these the server or the TCP server stands still or dies
NEEDED = {"retransmit", "tcp-clients", "tcp-events", "tcp-timers",
          "tcp-segments", "syn-flood", "websrv"}
HTTP_PORT = 80
SERVE = f"websrv -p {HTTP_PORT}"
REQUESTS = 1000
CROWD = 200     # clients, more than websrv can have calls or files
LIMIT = 120     # seconds for one page
SILENT = 30     # seconds until a port that does not answer is that of nobody

pytestmark = pytest.mark.skipif(
    IMAGE.is_file() and not NEEDED <= set(image_fixes()),
    reason=f"the image lacks a fix of {', '.join(sorted(NEEDED))}")


@pytest.fixture(scope="module", params=[1, 2],
                ids=lambda cpus: f"{cpus}-cpu")
def rig(request, accel):
    # A router, so that there are answers to hosts far away
    with Rig(accel, cpus=request.param, peer=Peer(router=True)) as running:
        # In a shell of its own: the other one has to answer.
        running.server = Shell(running.guest.control_port())
        running.server.send(SERVE)
        status, running.page = fetch(running.peer, "/", HTTP_PORT)
        assert status.endswith("200 OK")
        # What is served is in the image as it is.
        assert b"</html>" in running.page.lower()
        assert running.page in IMAGE.read_bytes()
        yield running


def flaw(rig):
    """What was wrong with one more page; None if nothing was."""
    return tcp.flaw(rig.peer, rig.page, HTTP_PORT, LIMIT)


@pytest.mark.parametrize("at_once", [1, 4, 16])
def test_a_thousand_pages_arrive_whole(rig, at_once):
    with concurrent.futures.ThreadPoolExecutor(at_once) as clients:
        flaws = list(clients.map(lambda _: flaw(rig), range(REQUESTS)))
    assert [(i, what) for i, what in enumerate(flaws) if what] == []


@pytest.mark.parametrize("lost", [1, 3, 5])
def test_what_was_lost_on_its_way_comes_again(rig, lost):
    conn = Connection(rig.peer, HTTP_PORT)
    conn.open(LIMIT)
    conn.lose = lost    # the head, the page and the end are three
    assert tcp.ask(conn, "/", LIMIT)[1] == rig.page
    assert conn.lose == 0 and not conn.reset


def status_of(rig, request):
    """How a request that is sent as it is gets answered."""
    conn = Connection(rig.peer, HTTP_PORT)
    conn.open(LIMIT)
    for at in range(0, len(request), 1000):
        conn.send(request[at:at + 1000])
    answer = conn.receive_all(LIMIT)
    conn.close()
    return answer.split(b"\r\n")[0].decode(errors="replace")


def test_a_request_with_a_zero_byte_is_refused(rig):
    assert " 400 " in status_of(rig, b"GET /a\0bc\r\n")
    assert flaw(rig) is None


def test_a_request_without_an_end_is_refused(rig):
    assert " 400 " in status_of(rig, b"GET /" + b"a" * 3000)
    assert flaw(rig) is None


def test_who_sends_on_to_a_server_that_has_closed_is_reset(rig):
    conn = Connection(rig.peer, HTTP_PORT)
    conn.open(LIMIT)
    for _ in range(1000):
        if not conn.send(bytes(1000), SILENT):
            break
    assert conn.reset
    assert conn.data.startswith(b"HTTP/1.") and b" 400 " in conn.data
    assert flaw(rig) is None


def test_clients_that_read_nothing_keep_nobody_from_a_page(rig):
    crowd = [Connection(rig.peer, HTTP_PORT) for _ in range(CROWD)]
    # More than what TCP takes from its program before somebody reads it
    request = b"GET /helenos.png HTTP/1.0\r\n\r\n"
    for conn in crowd:
        conn.window = 0
        conn.open(LIMIT)
        conn.send(request, LIMIT)
    assert flaw(rig) is None
    for conn in crowd:
        conn.abandon()


def test_half_open_connections_keep_nobody_out(rig):
    for i in range(2000):
        conn = Connection(rig.peer, HTTP_PORT,
                          src=f"198.18.{i // 250}.{i % 250 + 1}")
        conn.knock()
    assert flaw(rig) is None


def test_segments_of_no_client_end_nobody(rig):
    # A SYN again, with text
    again = Connection(rig.peer, HTTP_PORT)
    start = again.sent
    again.open(LIMIT)
    rig.peer.send(again.segment(SYN, b"x" * 10, seq=start))
    again.abandon()
    # Text after the end of all text
    after = Connection(rig.peer, HTTP_PORT)
    after.open(LIMIT)
    rig.peer.send(after.segment(FIN),
                  after.segment(PSH, b"x" * 10, seq=after.sent + 1))
    after.abandon()
    # From nowhere
    nowhere = Connection(rig.peer, HTTP_PORT, src="0.0.0.0")
    nowhere.knock()
    nowhere = Connection(rig.peer, HTTP_PORT)
    nowhere.local_port = 0
    nowhere.knock()
    assert flaw(rig) is None


def test_the_port_of_a_server_that_was_killed_is_free_again(rig):
    assert "Killed" in rig.guest.run("killall /app/websrv")
    wait_for(lambda: flaw(rig) == "refused", "the port to be free", 60)
    wait_for(rig.server.was_killed, "the shell's prompt", 120)
    rig.server.send(SERVE)
    status, page = fetch(rig.peer, "/", HTTP_PORT)
    assert (status.split()[1], page) == ("200", rig.page)


def test_the_machine_is_well_afterwards(rig):
    assert rig.peer.ping([f"request {i}".encode() for i in range(8)]) == []
    assert rig.card()["Link state"] == "up"
    before = rig.peer.pings_answered
    said = rig.guest.run(f"ping -n 3 {rig.peer.ip}")
    assert said.count("Received ICMP echo reply") == 3, said
    assert rig.peer.pings_answered == before + 3
    assert rig.guest.crashes() == []


# The last one: without the TCP server there is no shell, either
def test_a_network_server_that_dies_takes_nobody_with_it(rig):
    for name in "dnsrsrv", "dhcp", "udp":
        assert "Killed" in rig.guest.run(f"killall /srv/net/{name}")
        assert flaw(rig) is None
    rig.guest.shell.send("killall /srv/net/tcp")

    def answers():
        conn = Connection(rig.peer, HTTP_PORT)
        try:
            conn.open(SILENT)
        except TimeoutError:
            return False
        conn.close()
        return True

    wait_for(lambda: not answers(), "end of the TCP server", LIMIT)
    assert rig.peer.asks_again(LIMIT)
    assert rig.peer.ping([f"request {i}".encode() for i in range(8)]) == []
    assert not answers()
