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
"""The networks of clouds: a lease of one address, a router on no net. They
need an image with the fix host-route."""

import re
import subprocess

import pytest

from cloud import FAR_HOST, NETWORKS, Cloud
from conftest import IMAGE, TOP, Rig, image_fixes
from tcp import fetch

pytestmark = pytest.mark.skipif(
    IMAGE.is_file() and "host-route" not in image_fixes(),
    reason="the image lacks the fix host-route")


@pytest.fixture(scope="module", params=sorted(NETWORKS))
def rig(request, accel):
    net = NETWORKS[request.param]
    with Rig(accel, net.device, cpus=net.cpus, peer=Cloud(net)) as running:
        running.net = net
        yield running


def lease(rig):
    return next(a for a in rig.guest.addresses()
                if a["address"] == rig.net.guest_ip)


def test_the_lease_is_one_address(rig):
    assert lease(rig)["width"] == 32


def test_routes_and_mtu_are_asked_for_before_the_router(rig):
    asked = list(rig.peer.asked_for)
    assert {1, 3, 6, 26, 121} <= set(asked)
    assert asked.index(121) < asked.index(3)


def test_the_routes_are_those_of_the_lease(rig):
    said = rig.guest.run("inet list-sr")
    routes = re.findall(r"^([\d.]+)/(\d+)\s+([\d.]+)", said, re.M)
    routes = {(dest, int(length), router) for dest, length, router in routes}
    assert routes == set(rig.net.routes or
                         [("0.0.0.0", 0, rig.net.router)]), said


def test_the_mtu_is_that_of_the_lease(rig):
    assert lease(rig)["mtu"] == (rig.net.mtu or 1500)


def test_the_guest_pings_its_router(rig):
    before = rig.peer.pings_answered
    said = rig.guest.run(f"ping -n 3 {rig.net.router}")
    assert said.count("Received ICMP echo reply") == 3, said
    assert rig.peer.pings_answered == before + 3


def test_the_guest_is_pinged_from_far_away(rig):
    assert rig.peer.far_pings(4)


def test_pages_are_fetched_from_far_away(rig):
    rig.guest.shell.send("websrv -p 80")
    status, page = fetch(rig.peer, "/", src=FAR_HOST)
    assert status.endswith("200 OK") and b"</html>" in page.lower()
    # longer than a frame may be here
    status, image = fetch(rig.peer, "/helenos.png", src=FAR_HOST)
    assert status.endswith("200 OK")
    assert len(image) > rig.peer.max_len and b"IEND" in image[-12:]
    rig.guest.drop_shell()


def test_nothing_was_longer_than_the_network_carries(rig):
    assert rig.peer.vanished == 0


def test_run_qemu_shows_such_a_network():
    done = subprocess.run(
        [TOP / "tools/run-qemu.sh", "--network", "gce", IMAGE],
        capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "10.128.0.2/32" in done.stdout
    assert f"four pings in a row from {FAR_HOST}" in done.stdout
    assert "200 OK" in done.stdout
