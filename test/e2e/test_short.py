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
"""The short part, which `make test` runs: one boot to a lease, a burst, pages
from HelenOS's web server, with two cards, as in a cloud where the image has
the fix for that."""

import struct
import zlib

import pytest

from cloud import NETWORKS, Cloud
from conftest import Rig, image_fixes
from helenos import wait_for
from tcp import fetch

HTTP_PORT = 80


@pytest.fixture(scope="module")
def rig(accel):
    if "host-route" in image_fixes():
        net = NETWORKS["gce"]
        with Rig(accel, net.device, cpus=net.cpus,
                 peer=Cloud(net)) as running:
            yield running
    else:
        with Rig(accel) as running:
            yield running


@pytest.fixture(scope="module")
def websrv(rig):
    """HelenOS's web server, which listens."""
    rig.guest.shell.send(f"websrv -p {HTTP_PORT}")
    yield
    rig.guest.drop_shell()


def test_the_guest_has_a_lease(rig):
    assert rig.peer.guest_ip in [a["address"] for a in rig.guest.addresses()]
    assert rig.card()["Link state"] == "up"


def test_a_burst_of_512_echo_requests_is_answered(rig):
    assert rig.peer.answers()
    payloads = [f"request {i}".ljust(56).encode() for i in range(512)]
    assert rig.peer.ping(payloads, limit=200) == []


def png_chunks(data):
    """The kinds of the chunks of a PNG image, each with its checksum right."""
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    kinds, at = [], 8
    while at < len(data):
        size, kind = struct.unpack("!I4s", data[at:at + 8])
        body = data[at + 4:at + 8 + size]
        assert struct.unpack("!I", data[at + 8 + size:at + 12 + size])[0] == \
            zlib.crc32(body), kind
        kinds.append(kind)
        at += 12 + size
    return kinds


def test_pages_are_served_whole(rig, websrv):
    status, page = fetch(rig.peer, "/", HTTP_PORT)
    assert status.endswith("200 OK")
    assert b"<html" in page.lower() and b"</html>" in page.lower()
    # One that is longer than a frame
    status, image = fetch(rig.peer, "/helenos.png", HTTP_PORT)
    assert status.endswith("200 OK")
    assert png_chunks(image)[-1] == b"IEND"
    status, _ = fetch(rig.peer, "/none", HTTP_PORT)
    assert " 404 " in status


def test_nothing_died(rig, websrv):
    assert rig.guest.crashes() == []
