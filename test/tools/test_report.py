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
"""What does not come up in the carrier guest makes a hosted run fail."""

import os
import subprocess

import pytest

from conftest import TOP

CARD = "0 0000:00:03.0 virtio-net there hpv0"
DISK = "1 0000:00:04.0 virtio-blk there -"

# What the report calls; hostctl says what the files beside it hold.
PROGRAMS = {
    "hostctl": 'cat "${0%/*}/said.$1" 2> /dev/null',
    "ip": "", "udhcpc": "", "ping": "",
}


@pytest.fixture
def report(tmp_path):
    for name, text in PROGRAMS.items():
        (tmp_path / name).write_text(f"#!/bin/sh\n{text}\n")
        (tmp_path / name).chmod(0o755)

    def run(**said):
        for command, lines in said.items():
            (tmp_path / f"said.{command}").write_text(
                "".join(f"{line}\n" for line in lines))
        done = subprocess.run(
            ["sh", TOP / "host/guest/report"], capture_output=True, text=True,
            env={**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"},
            check=False)
        return [line for line in done.stdout.splitlines() if "FAILED" in line]
    return run


def test_cards_and_disks_that_are_there_are_no_failure(report):
    assert report(list=[CARD, DISK], scan=[]) == []


@pytest.mark.parametrize("there", [[], [DISK]], ids=["nothing", "a disk"])
def test_a_report_without_a_card_has_failed(report, there):
    assert report(list=there, scan=[]) == ["HOSTED: FAILED no card came up"]


def test_a_report_of_drivers_that_have_died_has_failed(report):
    assert report() == ["HOSTED: FAILED no card came up"]


@pytest.mark.parametrize("driver", ["virtio-net", "virtio-blk"])
def test_a_device_that_its_driver_refuses_beside_a_card_is_a_failure(
        report, driver):
    assert report(list=[CARD], scan=[f"1 0000:00:05.0 {driver} EIO"]) == \
        [f"HOSTED: FAILED {driver} does not take 0000:00:05.0: EIO"]


def test_a_device_that_has_come_since_is_no_failure(report):
    assert report(list=[CARD], scan=["1 0000:00:05.0 virtio-net hpv1",
                                     "2 0000:00:06.0 virtio-blk -"]) == []


@pytest.mark.parametrize("says, said", [
    ("HOSTED: FAILED no card came up\nHOSTED: done", "not complete"),
    ("HOSTED: lease", "not complete"),
    ("HOSTED: lease\nHOSTED: drivers ended with 1\nHOSTED: done",
     "the drivers failed")])
def test_a_run_whose_report_failed_has_failed(machine, says, said):
    status, out = machine.run("host/run-hosted.sh", QEMU_IS="hosted",
                              GUEST_SAYS=says)
    assert status == 1 and said in out, out


@pytest.mark.parametrize("says, said", [
    ("HOSTED: script ended with 3", "the script failed"),
    ("HOSTED: done", "the script failed"),
    ("HOSTED: drivers ended with 134\nHOSTED: script ended with 0",
     "the drivers failed"),
    ("HOSTED: drivers ended with 0\nHOSTED: script ended with 0", None)])
def test_a_script_that_failed_or_whose_drivers_did_is_a_failure(
        machine, says, said):
    script = machine.folder / "script"
    script.touch()
    status, out = machine.run("host/run-hosted.sh", "--script", script,
                              QEMU_IS="hosted", GUEST_SAYS=says)
    assert (status == 1 and said in out) if said else status == 0, out
