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

import functools
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from cloud import Cloud
from helenos import IMAGE, QEMU, Guest, boot, image_fixes, kvm_works
from peer import Peer

TOP = Path(__file__).resolve().parents[2]
CARD_MAC = "52:54:00:00:77:02"
CARD_SLOT = 0x11
CARD_PATH = f"/hw/sys/00:{CARD_SLOT:02x}.0"


# Clean up when the run is told to stop, not only when it ends
signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))


@functools.cache
def image_digest():
    """What the drivers in the image say of themselves, if they are those of
    this tree, with its fixes; else None."""
    fixes = image_fixes()
    done = subprocess.run(
        [TOP / "tools/install.sh", "--digest",
         *(["--with-fixes=" + ",".join(fixes)] if fixes else [])],
        capture_output=True, text=True, check=False)
    digest = done.stdout.strip()
    return digest if done.returncode == 0 and \
        digest.encode() in IMAGE.read_bytes() else None


def reason_to_skip():
    if not IMAGE.is_file():
        return f"no image ({IMAGE}; HELENOS_IMAGE names another)"
    if not image_digest():
        return f"stale image ({IMAGE} was not built with this tree's sources)"
    if not shutil.which(QEMU):
        return f"no {QEMU} (Debian: apt install qemu-system-x86)"
    return None


def pytest_configure(config):
    config.addinivalue_line("markers", "noise: long; only with -m noise")


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
    return image_digest()


class Rig:
    """A guest with the card under test on the peer's cable, and a card on
    user-mode networking that carries the shell.

    HelenOS takes PCI interrupts by their edge when there are several CPUs, so
    one of two cards that share a line may wait for ever; HelenOS's e1k, which
    has no watchdog, does. The slots are such that it shares none."""

    def __init__(self, accel, device="virtio-net-pci", control="e1000",
                 peer=None, image=IMAGE, **options):
        self.image = image
        self.device = f"{device},addr={CARD_SLOT:#x},mac={CARD_MAC}"
        self.control = f"{control},addr=0x3"
        self.options = {"accel": accel, **options}
        self.peer = peer or Peer()

    def __enter__(self):
        try:
            self.guest = boot(self._make_guest, leases=2)
        except BaseException:
            self.peer.close()
            raise
        return self

    def _make_guest(self):
        options = dict(self.options)
        logs = os.environ.get("KEEP_LOGS")
        if logs:
            Path(logs).mkdir(parents=True, exist_ok=True)
            logs = Path(logs) / f"{time.strftime('%H%M%S')}.log"
            options["extra"] = [
                *options.get("extra", ()), "-object",
                f"filter-dump,id=dump,netdev=net0,file={logs}.pcap"]
        user_net = Guest.USER_NET_ALONE if isinstance(self.peer, Cloud) \
            else Guest.USER_NET
        return Guest(self.image, [(user_net, self.control),
                                  (self.peer.netdev(), self.device)],
                     keep_log=logs, **options)

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
