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
"""Two cards on one interrupt line, with two CPUs: the one that HelenOS's e1k
drives has nothing but its interrupts, and one that is lost would be its end.

On the same line is QEMU's edu device, which HelenOS has no driver for. It is
told from outside, by QEMU's qtest, to ask for service."""

import concurrent.futures
import re
import socket
import statistics

import pytest

from conftest import IMAGE, image_fixes
from helenos import Guest, boot, wait_for
from peer import Peer

# Four slots apart: the same line on QEMU's pc
SLOTS = 0x10, 0x14
EDU_SLOT = 0x18
CARDS = "virtio-net-pci", "e1000"
BURSTS, BURST = 20, 100
LOOKS = 6       # of a driver at its device, for the time between two

EDU_RAISE, EDU_ACK = 0x60, 0x64     # registers


@pytest.fixture(scope="module")
def peers():
    with Peer(77) as first, Peer(78) as second:
        yield first, second


@pytest.fixture(scope="module")
def qtest(tmp_path_factory):
    return tmp_path_factory.mktemp("lines") / "qtest"


@pytest.fixture(scope="module")
def trace(tmp_path_factory):
    return tmp_path_factory.mktemp("lines") / "trace"


@pytest.fixture(scope="module")
def guest(peers, qtest, trace, accel):
    if "level-lines" not in image_fixes():
        pytest.skip("an image without the fix level-lines")
    nics = [(peer.netdev(), f"{card},addr={slot:#x}")
            for peer, card, slot in zip(peers, CARDS, SLOTS)]
    running = boot(lambda: Guest(
        IMAGE, nics, cpus=2, accel=accel,
        extra=["-device", f"edu,addr={EDU_SLOT:#x}",
               "-qtest", f"unix:{qtest},server=on,wait=off",
               "-D", str(trace), "-msg", "timestamp=on"]), 2)
    yield running
    running.stop()


def devices(guest):
    """The monitor's lines of each device on the line under test."""
    found = re.split(r"\n(?=  Bus)", guest.qmp.human("info pci"))
    return {slot: next(d for d in found if f"device {slot:3}," in d)
            for slot in (*SLOTS, EDU_SLOT)}


def bursts(peer):
    """Those of many bursts that were not answered in full."""
    return [missed for burst in range(BURSTS) if (missed := peer.ping(
        [f"{burst} {i}".ljust(56).encode() for i in range(BURST)]))]


def bursts_for_both(peers):
    with concurrent.futures.ThreadPoolExecutor() as pool:
        return list(pool.map(bursts, peers))


def both_at_once(guest, peers):
    """Frames come for both cards while the guest stands still: when it goes on,
    both devices want to be served before a driver has served one. Both cards
    are well afterwards."""
    for _ in range(BURSTS):
        guest.qmp.command("stop")
        for peer in peers:
            peer.send(peer.echo_request(0xffff, 0, b"at once"))
        guest.qmp.command("cont")
    assert [peer.ping([b"afterwards"]) for peer in peers] == [[], []]


def isr_reads(trace):
    """When the driver of virtio-net read what its device interrupts for."""
    return [float(when) for when in re.findall(
        r"^\d+@([\d.]+):memory_region_ops_read .*virtio-pci-isr",
        trace.read_text(errors="replace"), re.M)]


def nap(trace):
    """The time between two of the next reads that no interrupt is about: of
    a driver that looks whether one was lost."""
    # The first may be for interrupts that still come
    first = len(isr_reads(trace)) + LOOKS
    reads = wait_for(lambda: (found := isr_reads(trace)[first:])[LOOKS:] and
                     found, "driver that looks at its device", 120, 1)
    return statistics.median(b - a for a, b in zip(reads, reads[1:]))


def test_the_line_of_all_three_is_level_triggered(guest):
    lines = {re.search(r"IRQ (\d+)", d)[1] for d in devices(guest).values()}
    assert len(lines) == 1
    pin = re.search(rf"^\s*pin {lines.pop()} .*",
                    guest.qmp.human("info pic"), re.M)[0].split()
    assert "level" in pin and "masked" not in pin, pin


def test_both_cards_answer_all_that_comes_to_both_at_once(guest, peers):
    assert bursts_for_both(peers) == [[], []]
    assert guest.crashes() == []


def test_no_look_at_the_device_finds_an_interrupt_that_was_lost(
        guest, peers, trace):
    """A driver looks once a second, and a hundred times as often for two
    seconds after a look that found one.

    Without level-lines it finds none here, either: for QEMU's own I/O APIC each
    change of a device's line is an edge, whatever the others hold."""
    guest.qmp.human("trace-event memory_region_ops_read on")
    at_rest = nap(trace)
    afterwards = []
    for _ in range(5):
        assert bursts_for_both(peers) == [[], []]
        both_at_once(guest, peers)
        afterwards.append(nap(trace))
    guest.qmp.human("trace-event memory_region_ops_read off")
    assert min(afterwards) > at_rest / 4, (at_rest, afterwards)


def test_a_device_that_nobody_serves_does_not_stop_the_others(
        guest, peers, qtest):
    bar = int(re.search(r"BAR0: 32 bit memory at (0x[0-9a-f]+)",
                        devices(guest)[EDU_SLOT])[1], 16)
    with socket.socket(socket.AF_UNIX) as sock:
        sock.connect(str(qtest))

        def write(register):
            sock.sendall(f"writel {bar + register:#x} 1\n".encode())
            assert sock.recv(100).startswith(b"OK")

        write(EDU_RAISE)
        guest.wait_log("no driver claims it", 60)
        assert [bursts(peer) for peer in peers] == [[], []]
        write(EDU_ACK)
    assert [bursts(peer) for peer in peers] == [[], []]
    assert guest.crashes() == []
