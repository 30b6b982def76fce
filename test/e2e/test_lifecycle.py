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
"""The card taken offline and online, pulled out and put back."""

import pytest

from conftest import (CARD_MAC, CARD_PATH, CARD_SLOT, IMAGE, Rig,
                      image_fixes)
from helenos import wait_for
from hotplug import Slot


@pytest.fixture(scope="module")
def rig(accel):
    with Rig(accel) as running:
        yield running


def offline(rig):
    said = rig.guest.run(f"devctl offline {CARD_PATH}")
    assert said == "", said
    wait_for(lambda: rig.card() is None, "card gone from nic's list", 60)
    # HelenOS's IP stack keeps the link and its address; a second link with
    # the same network would never be asked
    for address in rig.guest.addresses():
        if address["address"] == rig.peer.guest_ip:
            rig.guest.run(f"inet delete-addr {address['link']} "
                          f"{address['name']}")
    wait_for(lambda: rig.peer.guest_ip not in
             [a["address"] for a in rig.guest.addresses()],
             "address gone", 60)


def online(rig):
    leases = rig.peer.leases
    said = rig.guest.run(f"devctl online {CARD_PATH}")
    assert said == "", said
    wait_for(lambda: rig.peer.leases > leases, "new lease", 120)
    wait_for(lambda: rig.peer.guest_ip in
             [a["address"] for a in rig.guest.addresses()], "address", 60)


def works(rig):
    assert rig.card()["Link state"] == "up"
    assert rig.peer.ping([bytes(56)] * 300) == []
    said = rig.guest.run(f"ping -n 1 {rig.peer.ip}")
    assert said.count("Received ICMP echo reply") == 1, said


def test_the_card_goes_offline_and_comes_back_time_and_again(rig):
    works(rig)
    for _ in range(3):
        offline(rig)
        online(rig)
    works(rig)


@pytest.mark.skipif(IMAGE.is_file() and "late-card" not in image_fixes(),
                    reason="an image without the fix late-card")
def test_a_card_that_comes_late_never_asks_with_zeros(rig):
    rig.peer.asked_by.clear()
    for _ in range(10):
        offline(rig)
        online(rig)
    assert rig.peer.asked_by == {bytes.fromhex(CARD_MAC.replace(":", ""))}


def test_nothing_reaches_the_guest_through_a_card_that_is_offline(rig):
    offline(rig)
    frames = rig.peer.frames
    assert rig.peer.ping([b"anybody there?"] * 300, limit=10) == \
        list(range(300))
    assert rig.peer.frames == frames
    online(rig)
    works(rig)


def test_a_card_that_was_offline_can_be_swapped(rig):
    offline(rig)
    slot = Slot(rig.guest, "nic1", CARD_SLOT)
    slot.remove()
    slot.insert(rig.device, "net1")
    online(rig)
    works(rig)


def test_a_card_that_is_pulled_out_in_use_harms_nobody_and_can_come_back(rig):
    slot = Slot(rig.guest, "nic1", CARD_SLOT)
    slot.remove()
    # the guest notices nothing by itself: let it send into the void
    rig.guest.run(f"ping -n 1 {rig.peer.ip}")
    said = rig.guest.run("ping -n 1 10.0.2.2")
    assert said.count("Received ICMP echo reply") == 1, said
    offline(rig)
    slot.insert(rig.device, "net1")
    online(rig)
    works(rig)
