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
"""INT and TERM, to a script or to its group, at any moment: no process of it is
left, and nothing half-made."""

import os
import re
import signal

import pytest

from conftest import LIMIT

ENDS = [(signal.SIGINT, os.kill), (signal.SIGTERM, os.kill),
        (signal.SIGINT, os.killpg), (signal.SIGTERM, os.killpg)]


def moments(*names):
    """Each moment with one of the four ends, so that each end is tried."""
    return [pytest.param(name, *ENDS[i % len(ENDS)], id="-".join(
        [name, ENDS[i % len(ENDS)][0].name, ENDS[i % len(ENDS)][1].__name__]))
        for i, name in enumerate(names)]


def ends_well(machine, process, event, number, send):
    machine.wait_event(process, event)
    send(process.pid, number)
    out, _ = process.communicate(timeout=LIMIT)
    left = machine.processes()
    assert not left, (left, out)
    assert not machine.half_made(), out
    return process.returncode


def iso(machine):
    path = machine.folder / "image.iso"
    path.write_bytes(bytes(0x8001) + b"CD001" + bytes(2048))
    return path


def test_the_stand_ins_do_for_a_whole_run_of_the_hosted_drivers(machine):
    status, out = machine.run("tools/run-qemu.sh", QEMU_IS="hosted")
    assert status == 0 and "lease" in out, out
    assert not machine.half_made() and not machine.processes()


def test_the_stand_ins_do_for_a_whole_run_of_an_image(machine):
    status, out = machine.run("tools/run-qemu.sh", iso(machine),
                              QEMU_IS="guest")
    assert status == 0 and "done: lease and ping work" in out, out
    assert not machine.half_made() and not machine.processes()


@pytest.mark.parametrize("moment, number, send", moments(
    "dpkg-query:1", "apt-cache:2", "apt-get:1", "dpkg-deb:2", "make:1:deaf",
    "objcopy:1", "make:2", "ldd:2", "busybox:1", "tail:1",
    "qemu-system-x86_64:2:deaf", "lease:1"))
def test_a_hosted_run_ends(machine, moment, number, send):
    process = machine.start(["tools/run-qemu.sh"], moment, QEMU_IS="hosted")
    assert ends_well(machine, process, moment, number, send) == 128 + number


@pytest.mark.parametrize("number, send", ENDS)
def test_a_hosted_run_ends_with_its_qemu(machine, number, send):
    process = machine.start(["host/run-hosted.sh", "--timeout", "0"], "real",
                            QEMU_IS="real")
    assert ends_well(machine, process, "real", number, send) == 128 + number


@pytest.mark.parametrize("moment, number, send", moments(
    "dpkg-query:1", "qemu-system-x86_64:1", "qemu-system-x86_64:2:deaf",
    "booting:1", "lease:1", "monitor:1", "remcons:1", "monitor:2",
    "connected:1", "nic:1", "inet:2", "ping:1"))
def test_a_run_of_an_image_ends(machine, moment, number, send):
    process = machine.start(["tools/run-qemu.sh", iso(machine)], moment,
                            QEMU_IS="guest")
    assert ends_well(machine, process, moment, number, send) == 128 + number


@pytest.mark.parametrize("number, send", ENDS)
def test_a_run_that_keeps_a_shell_ends(machine, number, send):
    process = machine.start(["tools/run-qemu.sh", "--shell", iso(machine)],
                            "ping:1", QEMU_IS="guest")
    assert ends_well(machine, process, "ping:1", number, send) == 128 + number


@pytest.mark.parametrize("moment, number, send", moments(
    "xorriso:1", "xorriso:1", "grub-mkrescue:1:deaf", "grub-mkrescue:1"))
def test_the_making_of_a_disk_ends(machine, moment, number, send):
    disk = machine.folder / "disks/disk.raw"
    disk.parent.mkdir()
    process = machine.start(["tools/make-disk.sh", iso(machine), disk], moment)
    assert ends_well(machine, process, moment, number, send) == 128 + number
    assert not list(disk.parent.iterdir())


HEARS = "trap 'echo INT' INT; trap 'echo TERM' TERM; mformat"


# A shell that has two, or INT as a program begins, may not clean up.
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_shell_has_one_signal_however_the_group_is_ended(machine, number):
    process = machine.start(
        ["python3", "tools/supervise.py", "bash", "-c", HEARS], "mformat:1")
    machine.wait_event(process, "mformat:1")
    os.killpg(process.pid, number)
    out, _ = process.communicate(timeout=LIMIT)
    assert process.returncode == 128 + number
    assert [line for line in out.splitlines() if line in ("INT", "TERM")] == \
        ["TERM"]


XEN_RIG = """#!/bin/sh
echo /dev/null; echo /dev/null; echo /dev/null
"""


@pytest.mark.parametrize("moment, number, send", moments(
    "dpkg-query:1", "xorriso:1", "grub-mkrescue:1", "apt-cache:1",
    "apt-cache:4", "apt-get:1", "dpkg-deb:1", "dpkg-deb:3:deaf"))
def test_a_run_under_xen_ends_while_it_is_made(machine, moment, number, send):
    process = machine.start(["tools/run-xen.sh", iso(machine)], moment)
    assert ends_well(machine, process, moment, number, send) == 128 + number


@pytest.mark.parametrize("moment, number, send", moments(
    "make:1", "grub-mkrescue:1", "qemu-system-x86_64:1",
    "qemu-system-x86_64:1:deaf", "real", "real", "real", "real"))
def test_a_run_under_xen_ends(machine, moment, number, send):
    (machine.top / "tools/xen-rig/build.sh").write_text(XEN_RIG)
    process = machine.start(["tools/run-xen.sh"], moment, QEMU_IS="real")
    assert ends_well(machine, process, moment, number, send) == 128 + number


SUITE = """#!/bin/bash
mformat
setsid tcpdump &
timeout 1000 arping
"""

PYTEST_SUITE = """#!/bin/bash
cd test
export PYTHONPATH=.
exec /usr/bin/python3 -m pytest -rs -p tally -p no:cacheprovider second/test_$1.py
"""

PYTEST = """
import subprocess, tempfile, pytest


@pytest.fixture
def folder():
    with tempfile.TemporaryDirectory() as name:
        subprocess.run("xorriso -o %s" % name, shell=True)
        yield name
        subprocess.run("gcc")


def test_it(folder):
    subprocess.run("iperf3")
"""


@pytest.fixture
def suites(machine):
    for name, text in [("first/run.sh", SUITE), ("second/run.sh", PYTEST_SUITE),
                       ("second/test_it.py", PYTEST)]:
        path = machine.top / "test" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
        path.chmod(0o755)
    runner = machine.top / "test/run.sh"
    text, rows = re.subn(r"(?m)^(others|guests)=\(.*\)$", lambda row: {
        "others": "others=(first)", "guests": "guests=('second it')"}[row[1]],
        runner.read_text())
    assert rows == 2
    runner.write_text(text)
    return machine


def test_the_stand_ins_do_for_a_whole_make_test(suites):
    status, out = suites.run("/usr/bin/make", "test")
    assert "== all suites" in out and "second" in out, out


FAILING_SUITE = """#!/bin/bash
echo 'FAIL the first
    first.c:7: not so: it works
ok   another
    is not told again'
seq 100
echo '1 passed, 1 failed, 0 skipped'
exit 1
"""

FAILING_PYTEST = """
import pytest


@pytest.fixture
def broken():
    raise RuntimeError("no cable")


def test_it():
    assert 1 + 1 == 3, "a sum"


def test_without_its_fixture(broken):
    pass
"""


def test_what_failed_is_told_again_at_the_end(suites):
    (suites.top / "test/first/run.sh").write_text(FAILING_SUITE)
    (suites.top / "test/second/test_it.py").write_text(FAILING_PYTEST)
    status, out = suites.run("test/run.sh")
    assert status == 1 and out.endswith("""
== what failed
FAIL the first
    first.c:7: not so: it works
FAIL second/test_it.py::test_it
    AssertionError: a sum
    assert (1 + 1) == 3
FAIL second/test_it.py::test_without_its_fixture
    RuntimeError: no cable
== all suites
1 passed, 3 failed, 0 skipped
"""), out


def test_suites_that_were_left_out_are_a_failure(suites):
    (suites.top / "test/first/run.sh").write_text(
        "#!/bin/bash\nkill -9 $PPID\n")
    (suites.top / "test/second/run.sh").write_text(
        "#!/bin/bash\necho 2 passed, 0 failed, 0 skipped\n")
    status, out = suites.run("test/run.sh")
    assert status == 1 and out.endswith("""
== what failed
FAIL suites were left out: a shell was killed
== all suites
2 passed, 1 failed, 0 skipped
"""), out


@pytest.mark.parametrize("moment, number, send", moments(
    "apt-cache:1", "dpkg-query:1", "mformat:1", "tcpdump:1", "arping:1",
    "arping:1:deaf", "xorriso:1", "iperf3:1", "iperf3:1:deaf", "gcc:1"))
def test_the_tests_end(suites, moment, number, send):
    process = suites.start(["test/run.sh"], moment)
    assert ends_well(suites, process, moment, number, send) == 128 + number


# INT to make alone goes no further: make takes it that all its group has it.
@pytest.mark.parametrize("number, send", ENDS[1:])
def test_make_test_ends(suites, number, send):
    process = suites.start(["/usr/bin/make", "test"], "arping:1")
    assert ends_well(suites, process, "arping:1", number, send) != 0


def test_a_run_goes_on_where_another_was_killed_half_way(machine):
    left = machine.cache / "carrier/tmp.left"
    left.mkdir(parents=True)
    status, out = machine.run("tools/run-qemu.sh", QEMU_IS="hosted")
    assert status == 0 and not machine.half_made(), out
