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
"""What all end-to-end tests share: which image they run, when they are
skipped, and that a crash in the guest fails the test in which it happens."""

import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from helenos import QEMU, Guest, GuestError, kvm_works
from peer import Peer

TOP = Path(__file__).resolve().parents[2]
IMAGE = Path(os.environ.get("HELENOS_IMAGE") or
             "~/.cache/helenos-pv/image.iso").expanduser()
CARD_MAC = "52:54:00:00:77:02"
CARD_PATH = "/hw/sys/00:10.0"


# Clean up when the run is told to stop, not only when it ends
signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))


def tree_digest():
    return subprocess.run([TOP / "tools/install.sh", "--digest"], check=True,
                          capture_output=True, text=True).stdout.strip()


def reason_to_skip():
    if not IMAGE.is_file():
        return f"no image ({IMAGE}; HELENOS_IMAGE names another)"
    if tree_digest().encode() not in IMAGE.read_bytes():
        return f"stale image ({IMAGE} was not built with this tree's sources)"
    if not shutil.which(QEMU):
        return f"no {QEMU} (Debian: apt install qemu-system-x86)"
    return None


def pytest_collection_modifyitems(items):
    reason = reason_to_skip()
    if reason:
        for item in items:
            item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture(scope="session")
def accel():
    return "kvm" if kvm_works() else "tcg"


@pytest.fixture(scope="session")
def digest():
    return tree_digest()


# HelenOS's device manager loses, on a slow host and now and then, a function
# that a driver is about to bind; its disk drivers die of that, and the network
# never comes up. No driver of ours has a part in it.
LOST_FUNCTION = re.compile(r"Failed to bind|Failed binding|"
                           r"Task /drv/(pci|isa)-ide/\S+ \(\d+\) killed")
OURS = re.compile(r"\[(virtio|xen)|Task /drv/(virtio|xen)|00:1[0-9]\.0.*fail")
BOOTS = 3


def boot(make_guest, leases):
    """Start a guest and wait for its leases; once more when HelenOS lost a
    function of another driver's."""
    for left in reversed(range(BOOTS)):
        guest = make_guest().start()
        try:
            guest.wait_boot(leases)
            return guest
        except GuestError:
            log = guest.log()
            guest.stop()
            if not left or not LOST_FUNCTION.search(log) or OURS.search(log):
                raise
            print("HelenOS lost a function while booting; once more")
        except BaseException:
            guest.stop()
            raise
    return None


class Rig:
    """A guest with the card under test on the peer's cable, and a card on
    user-mode networking that carries the shell."""

    def __init__(self, accel, device="virtio-net-pci", control="e1000",
                 **options):
        self.device = f"{device},addr=0x10,mac={CARD_MAC}"
        self.control = control
        self.options = {"accel": accel, **options}

    def __enter__(self):
        self.peer = Peer()
        try:
            self.guest = boot(self._make_guest, leases=2)
        except BaseException:
            self.peer.close()
            raise
        return self

    def _make_guest(self):
        return Guest(IMAGE, [(Guest.USER_NET, self.control),
                             (self.peer.netdev(), self.device)],
                     **self.options)

    def __exit__(self, *exc):
        self.guest.stop()
        self.peer.close()

    def card(self):
        """What `nic` says of the card under test."""
        return next((c for c in self.guest.nics()
                     if c.get("MAC address") == CARD_MAC), None)


@pytest.fixture(autouse=True)
def no_crash(request):
    """Fails the test during which something in the guest died."""
    name = next((n for n in ("rig", "guest") if n in request.fixturenames),
                None)
    guest = request.getfixturevalue(name) if name else None
    guest = getattr(guest, "guest", guest)
    before = guest.crashes() if guest else []
    yield
    if guest:
        assert guest.crashes() == before
