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

"""The hosted virtio-net driver on devices of another make than QEMU's."""

import json
import re
import signal

import pytest

from conftest import DEVICES, LIMIT, NAMES, NUMBER, SIZES
from helenos import wait_for

PASST = len(DEVICES)
PASST_GATEWAY = "10.9.0.1"


def resets(guest, n):
    """How often the driver said that it resets a device."""
    slot = guest.pci_slot(n)
    return len(re.findall(rf"{re.escape(slot)}: resetting device",
                          guest.console()))


@pytest.mark.parametrize("name", NAMES)
def test_frames_of_every_size_come_back(carrier, name):
    n = NUMBER[name]
    sizes = SIZES if name != "mtu_1400" else [18, 64, 1372]
    if name == "mtu_1400":
        carrier.run(f"ip link set hpv{n} mtu 1400")
    answered = {size: carrier.ping(n, carrier.peer(n), 2, size)
                for size in sizes}
    assert answered == {size: 2 for size in sizes}


@pytest.mark.parametrize("name", NAMES)
def test_a_flood_is_answered(carrier, name):
    n = NUMBER[name]
    # One that does not wait for answers: the rings fill both ways
    text = carrier.run(f"ping -c 2000 -A -W 60 -q -I hpv{n} "
                       f"{carrier.peer(n)}")
    assert re.search(r"\b2000 packets received", text), text


@pytest.mark.parametrize("name", ["modern", "legacy", "plain"])
def test_a_back_end_that_stands_still_for_six_seconds_costs_no_reset(
        carrier, name):
    n = NUMBER[name]
    before = resets(carrier, n)
    carrier.vhost.process.send_signal(signal.SIGSTOP)
    try:
        assert carrier.run(f"ping -c 6 -W 1 -q -I hpv{n} {carrier.peer(n)} "
                           "> /tmp/still; sleep 6; cat /tmp/still", True)
    finally:
        carrier.vhost.process.send_signal(signal.SIGCONT)
    wait_for(lambda: carrier.lives(n), "answers", LIMIT)
    assert resets(carrier, n) == before


def test_a_back_end_that_is_killed_and_started_anew_under_load(carrier):
    for _ in range(3):
        for n in range(len(DEVICES)):
            carrier.run(f"(ping -c 100 -i 0.02 -W 1 -q -I hpv{n} "
                        f"{carrier.peer(n)} > /dev/null 2>&1 &)")
        carrier.vhost.kill()
        carrier.vhost.start()
        for n in range(len(DEVICES)):
            wait_for(lambda n=n: carrier.lives(n), f"answers on card {n}",
                     LIMIT)


@pytest.mark.parametrize("name", NAMES)
def test_a_card_goes_and_comes_again(carrier, name):
    n = NUMBER[name]
    carrier.ctl(n, "remove")
    carrier.ctl(n, "add")
    carrier.set_address(n)
    wait_for(lambda: carrier.lives(n), "answers", LIMIT)


def test_passt_gives_a_lease_and_carries_tcp_both_ways(carrier, iperf_port):
    address = carrier.up(PASST)
    assert address == "10.9.0.2"
    for way in ("", "-R"):
        report = json.loads(carrier.run(
            f"iperf3 -c {PASST_GATEWAY} -p {iperf_port} -n 2M "
            f"-B {address} -J {way}"))
        assert report["end"]["sum_received"]["bytes"] > 1 << 20


def test_statistics_know_no_receive_error(carrier):
    for n in range(len(DEVICES)):
        assert carrier.lives(n)
        stats = carrier.stats(n)
        assert {k: v for k, v in stats.items()
                if v and k.startswith("receive_errors")} == {}


def test_drivers_end_without_a_leak(carrier):
    assert carrier.quit().endswith("ended with 0")
