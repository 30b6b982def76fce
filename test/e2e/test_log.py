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
"""What the logger is sent: with the fix log-filter a program drops by itself
what nobody wants, and a level that is changed counts within a second."""

import re
import struct

import pytest

from conftest import CARD_SLOT, IMAGE, Rig, image_fixes
from helenos import wait_for
from peer import PROTO_UDP
from tcp import Connection

QUIET = {"quiet-tcp", "quiet-udp"}
LOG = "inetsrv"     # a server that tells of each packet, if asked to


@pytest.fixture(scope="module")
def rig(accel):
    if "log-filter" not in image_fixes():
        pytest.skip("an image without the fix log-filter")
    with Rig(accel) as running:
        yield running


def debug_lines(rig):
    return len(re.findall(rf"^\[{LOG}\] debug", rig.guest.log(), re.M))


def set_level(rig, level):
    """Change the level; return when it must count, by the guest's clock."""
    assert rig.guest.run(f"logset {LOG} {level}") == ""
    assert rig.guest.run("sleep 1") == ""


def test_the_first_message_of_a_log_is_logged(rig):
    # The driver's log is a new one by then
    assert re.search(rf"^\[pcap\] note: 00:{CARD_SLOT:02x}\.0: .* virtio "
                     "network device", rig.guest.log(), re.M)


def test_a_level_that_is_changed_counts_within_a_second(rig):
    assert rig.peer.ping([b"first"]) == []
    for _ in range(3):
        set_level(rig, "debug")
        before = debug_lines(rig)
        assert rig.peer.ping([b"wanted"]) == []
        wait_for(lambda: debug_lines(rig) > before, "debug messages", 60)

        set_level(rig, "note")
        before = debug_lines(rig)
        assert rig.peer.ping([b"not wanted"] * 10) == []
        assert debug_lines(rig) == before
    assert rig.guest.crashes() == []


@pytest.mark.skipif(IMAGE.is_file() and not QUIET <= set(image_fixes()),
                    reason=f"the image lacks a fix of {', '.join(QUIET)}")
def test_what_a_stranger_sends_costs_no_line(rig):
    before = rig.guest.log()
    peer = rig.peer
    for ports_and_length in (1, 9, 7), (67, 68, 8):    # no length, no answer
        datagram = struct.pack("!HHHH", *ports_and_length, 0)
        peer.send(*[peer.frame(peer.ipv4(PROTO_UDP, datagram))] * 10)
    for _ in range(10):
        Connection(peer, 9).knock()                     # nobody listens
    assert peer.ping([b"behind them"]) == []
    set_level(rig, "note")      # answered after whatever they did
    assert re.findall(r"^\[(?:udp|dhcp|tcp)\].*",
                      rig.guest.log()[len(before):], re.M) == []
