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
"""The noise of the public net: after each kind (noise.py) the machine serves
its page, answers a ping and an ARP request, everything in it still runs, and
its memory is back. The image needs the fixes that serve pages.

By name alone: test/e2e/run.sh -m noise
"""

import re

import pytest

from conftest import IMAGE, image_fixes
from helenos import Shell, wait_for
from noise import FIXED_BY, KINDS, PACKAGES
from public import GIVEN_UP, LIMIT, NEEDED, SLACK, Machine, State, make_disk
from tap import TAP, TapPeer

CLOSED = 60     # seconds until connections that were closed are forgotten

pytestmark = [
    pytest.mark.noise,
    pytest.mark.skipif(
        IMAGE.is_file() and not NEEDED <= set(image_fixes()),
        reason=f"the image lacks a fix of {', '.join(sorted(NEEDED))}")]


@pytest.fixture(scope="module")
def machine(accel, tmp_path_factory):
    try:
        TapPeer().close()
    except OSError as e:
        pytest.skip(f"no network namespace with a tap may be made here: {e}")
    disk = tmp_path_factory.mktemp("noise") / "disk.raw"
    make_disk(IMAGE, disk)
    machine = Machine(accel, IMAGE, disk)
    yield machine
    machine.close()


def outcome(machine, kind, memory_limit):
    """Make that noise; what is wrong afterwards, and how many bytes of memory
    the machine has taken for it."""
    rig = machine.ready()
    machine.flawed = True       # until it has turned out well
    rig.guest.run("stats")      # the shell has all that it needs
    before = State.of(rig.guest)
    try:
        held = kind(rig.peer) or []
    except FileNotFoundError as e:
        machine.flawed = False
        pytest.skip(f"no {e.filename} (Debian: apt install "
                    f"{PACKAGES[e.filename]})")
    try:
        found = machine.flaws()
    finally:
        for conn in held:
            conn.close()
    assert rig.peer.dropped() == 0, "frames were lost on the way to the guest"
    taken = 0
    if not found:
        found, taken = machine.changes(before, memory_limit=memory_limit)
    machine.flawed = bool(found)
    print(f"{found or 'well'}, {before.used} bytes taken, then {taken:+}")
    return found, taken


def test_the_network_leads_nowhere(machine):
    net = machine.ready().peer.net
    links = net.run("ip", "-oneline", "link")
    assert re.findall(r"^\d+: (\w+)", links, re.M) == ["lo", TAP]
    routes = net.run("ip", "route").splitlines()
    assert len(routes) == 1 and f" dev {TAP} " in routes[0]


def test_what_is_wrong_is_noticed(machine):
    rig = machine.ready()
    machine.flawed = True
    assert machine.flaws() == []
    page, machine.page = machine.page, machine.page + b" "
    assert machine.flaws() == [f"page: {len(page)} bytes: {page[:60]}"]
    machine.page = page
    before = State.of(rig.guest)
    other = Shell(rig.guest.control_port())
    found, taken = machine.changes(before, 5)
    assert sorted(found) == ["/app/bdsh has stayed", "/app/getterm has stayed"]
    assert taken > SLACK
    other.close()
    assert machine.changes(before)[0] == []
    assert "Killed" in rig.guest.run("killall /app/websrv")
    assert "/app/websrv has ended" in machine.changes(before)[0]
    wait_for(lambda: not machine.flaws(), "another web server", LIMIT)
    machine.flawed = False


def row(name):
    fix = FIXED_BY.get(name)
    if not fix or IMAGE.is_file() and fix in image_fixes():
        return name
    return pytest.param(name, marks=pytest.mark.xfail(
        strict=True, raises=AssertionError,
        reason=f"doc/helenos.md, the chapter of the fix {fix}"))


@pytest.mark.parametrize("name", [row(name) for name in KINDS])
def test_the_machine_stands(machine, name):
    found, taken = outcome(machine, KINDS[name], CLOSED)
    assert found == []
    if taken > SLACK:
        found, again = outcome(machine, KINDS[name], GIVEN_UP)
        assert found == []
        assert again <= SLACK, f"after {taken} bytes the first time"
