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
"""Cards as some hosts hand them over: one with MSI-X left on by firmware, which
moves a legacy device's registers, and beside it one that insists on
ACCESS_PLATFORM (QEMU's iommu_platform), with one, two and four CPUs."""

import pytest

from conftest import CARD_SLOT, Rig
from hotplug import Slot

LEGACY = "virtio-net-pci,disable-modern=on"
PLATFORM = "virtio-net-pci,disable-legacy=on,iommu_platform=on"


def slot(guest):
    return Slot(guest, "nic1", CARD_SLOT)


@pytest.fixture(scope="module", params=(1, 2, 4), ids="{}_cpus".format)
def rig(request, accel):
    with Rig(accel, LEGACY, control=PLATFORM, cpus=request.param,
             prepare=lambda guest: slot(guest).leave_msix_on()) as running:
        yield running


def test_both_cards_have_a_lease(rig):
    addresses = [a["address"] for a in rig.guest.addresses()]
    assert rig.peer.guest_ip in addresses
    assert any(a.startswith("10.0.2.") for a in addresses)
    cards = rig.guest.nics()
    assert [card["Link state"] for card in cards] == ["up", "up"]
    assert rig.card() in cards


def test_msix_is_off(rig):
    here = slot(rig.guest)
    assert not here.stopped(here.msix_is_on)


def test_512_echo_requests_back_to_back_are_all_answered(rig):
    assert rig.peer.answers()
    payloads = [f"request {i}".ljust(56).encode() for i in range(512)]
    assert rig.peer.ping(payloads, limit=900) == []
