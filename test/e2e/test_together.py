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
"""Several virtio devices in one guest: two network cards, one of which carries
the shell, and a disk. One interrupt line may serve them all."""

import re

import pytest

from conftest import Rig, image_fixes

DISK = r"devices/\hw\sys\00:12.0\disk0p0"
DISK_SIZE = 8 << 20


@pytest.fixture(scope="module")
def rig(accel, tmp_path_factory):
    disk = tmp_path_factory.mktemp("disk") / "disk.img"
    disk.write_bytes(bytes(DISK_SIZE))
    with Rig(accel, control="virtio-net-pci", extra=[
            "-drive", f"if=none,id=disk,format=raw,file={disk}",
            "-device", "virtio-blk-pci,drive=disk,addr=0x12"]) as running:
        running.disk = disk
        yield running


def test_each_driver_says_the_digest_of_this_tree(rig, digest):
    for driver in ("virtio-net", "virtio-blk"):
        assert re.search(rf"{driver}: helenos-pv digest {digest}$",
                         rig.guest.log(), re.M), driver


def test_two_cards_have_a_lease_each_and_work_at_once(rig):
    cards = rig.guest.nics()
    assert len(cards) == 2
    assert all(card["Vendor name"] == "virtio" and
               card["Link state"] == "up" for card in cards), cards
    for host in ("10.0.2.2", rig.peer.ip):
        said = rig.guest.run(f"ping -n 3 {host}")
        assert said.count("Received ICMP echo reply") == 3, said


def test_a_disk_is_formatted_written_read_back_and_compared(rig):
    run = rig.guest.run
    assert run(f"mkfat --label PV {DISK}").endswith("Success.")
    for command in ("mkdir /tmp/d", f"mount fat /tmp/d {DISK}",
                    "cp /demo.wav /tmp/d/demo.wav", "unmount /tmp/d",
                    f"mount fat /tmp/d {DISK}",
                    "cmp /demo.wav /tmp/d/demo.wav"):
        said = run(command, 600)
        assert said == "", f"{command}: {said}"
    # the comparison tells a difference
    assert run("cmp /demo.txt /tmp/d/demo.wav").startswith("Return 1")


def test_what_the_guest_wrote_is_on_the_hosts_disk(rig):
    run = rig.guest.run
    text = run("cat /demo.txt")
    for command in ("cp /demo.txt /tmp/d/demo.txt", "unmount /tmp/d"):
        said = run(command, 600)
        assert said == "", f"{command}: {said}"
    data = rig.disk.read_bytes()
    assert data[510:512] == b"\x55\xaa"
    line = max(text.splitlines(), key=len).strip()
    assert len(line) > 20 and line.encode() in data


def test_the_disk_and_both_cards_bear_load_together(rig):
    rig.peer.resolve(60)
    payloads = [f"request {i}".ljust(56).encode() for i in range(512)]
    assert rig.guest.run(f"mount fat /tmp/d {DISK}", 600) == ""
    rig.guest.shell.send("cp /demo.wav /tmp/d/again.wav")
    assert rig.peer.ping(payloads) == []
    assert rig.guest.shell.finish(600) == ""
    assert rig.guest.run("cmp /demo.wav /tmp/d/again.wav", 600) == ""


@pytest.mark.parametrize("library", ["virtio", "xen"])
def test_the_unit_tests_of_the_library_pass_in_the_guest(rig, library):
    said = rig.guest.run(f"/test/test-lib{library}", 600)
    assert said.rstrip().endswith("Done: all tests passed."), said
    assert not [line for line in said.splitlines()
                if line.startswith("not ok")]


@pytest.mark.parametrize("fix, suite", [("log-filter", "log_filter"),
                                        ("send-ahead", "async_parts")])
def test_what_a_fix_brings_to_libc_passes_its_tests(rig, fix, suite):
    if fix not in image_fixes():
        pytest.skip(f"the image lacks the fix {fix}")
    # Some other suites of libc's fail, whatever is laid over
    listed = rig.guest.run("/test/test-libc -l", 600)
    number = re.search(rf"Suite .{suite}' \[(\d+)\]", listed)[1]
    said = rig.guest.run(f"/test/test-libc -s{number}", 600)
    assert f"Finished suite {suite} (passed)" in said, said
