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
"""The main job, over the kinds of machine and device: each pair of machine and
device interface, of CPUs and device interface, and of machine and CPUs."""

import os
import re

import pytest

from conftest import CARD_MAC, Rig
from helenos import wait_for
from peer import ETH_MAX_LEN, ETH_MIN_LEN, ICMP_HEADERS_LEN

INTERFACES = {
    "transitional": "virtio-net-pci,disable-legacy=off,disable-modern=off",
    "modern": "virtio-net-pci,disable-legacy=on,disable-modern=off",
    "legacy": "virtio-net-pci,disable-legacy=off,disable-modern=on",
}

KINDS = [
    ("pc", 1, "transitional"),
    ("pc", 2, "legacy"),
    ("pc", 2, "modern"),
    ("q35", 2, "transitional"),
    ("q35", 1, "legacy"),
    ("q35", 1, "modern"),
]


@pytest.fixture(scope="module", params=KINDS,
                ids=lambda kind: "-".join(map(str, kind)))
def rig(request, accel):
    machine, cpus, interface = request.param
    with Rig(accel, INTERFACES[interface], machine=machine,
             cpus=cpus) as running:
        running.interface = interface
        yield running


def test_the_guest_boots_to_a_lease_and_nothing_dies(rig):
    assert rig.peer.leases >= 1
    assert rig.peer.guest_ip in [a["address"] for a in rig.guest.addresses()]
    assert rig.guest.crashes() == []


def test_the_driver_says_its_name_and_the_digest_of_this_tree(rig, digest):
    assert re.search(rf"virtio-net: helenos-pv digest {digest}$",
                     rig.guest.log(), re.M)


def test_the_driver_uses_the_interface_that_the_device_has(rig):
    used = "legacy" if rig.interface == "legacy" else "modern"
    assert re.search(rf"{used} virtio network device, {CARD_MAC}",
                     rig.guest.log())


def test_nic_shows_the_card(rig):
    card = rig.card()
    assert card["Link state"] == "up"
    assert card["Vendor name"] and card["Model name"]
    assert card["Broadcast receive mode"] == "accepted"
    assert re.fullmatch(r"\d+Mbps full-duplex", card["Speed"])
    assert "Command failed" not in rig.guest.run("nic")


def test_the_guest_pings_its_peer(rig):
    before = rig.peer.pings_answered
    said = rig.guest.run(f"ping -n 3 {rig.peer.ip}")
    assert said.count("Received ICMP echo reply") == 3, said
    assert rig.peer.pings_answered == before + 3


def test_the_peer_pings_the_guest(rig):
    assert rig.peer.ping([b"one", b"two", b"three"]) == []


def test_512_echo_requests_back_to_back_are_all_answered_ten_times(rig):
    for burst in range(10):
        payloads = [f"burst {burst} request {i}".ljust(56).encode()
                    for i in range(512)]
        assert rig.peer.ping(payloads, limit=900) == [], f"burst {burst}"


def test_frames_of_every_size_are_answered_with_their_own_content(rig):
    assert rig.peer.ping([
        os.urandom(size - ICMP_HEADERS_LEN)
        for size in range(ETH_MIN_LEN, ETH_MAX_LEN + 1)], limit=900) == []


def test_runts_do_no_harm(rig):
    peer = rig.peer
    peer.send(*(peer.frame(b"\x45" * ETH_MIN_LEN)[:size]
                for size in range(1, ETH_MIN_LEN)))
    assert peer.ping([b"after the runts"]) == []


def test_oversized_frames_do_no_harm(rig):
    peer = rig.peer
    for size in (ETH_MAX_LEN + 1, 1518, 1519, 1522, 1526, 1527, 2048, 4096,
                 9014, 65535):
        peer.send(*[peer.frame(bytes(size))[:size]] * 20)
    assert peer.ping([b"after the giants"] * 300) == []


def test_nic_follows_the_cable(rig):
    for _ in range(3):
        rig.guest.qmp.command("set_link", name="nic1", up=False)
        wait_for(lambda: rig.card()["Link state"] == "down", "link down", 60)
        rig.guest.qmp.command("set_link", name="nic1", up=True)
        wait_for(lambda: rig.card()["Link state"] == "up", "link up", 60)
    assert rig.peer.ping([b"back again"]) == []
