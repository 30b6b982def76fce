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
"""A machine with an address of its own: a HelenOS guest that serves pages from a
disk by itself, on a tap (tap.py); what is to be seen of it from outside, and
what runs in it.
"""

import contextlib
import re
import struct
import subprocess
import time
from dataclasses import dataclass

from conftest import TOP, Rig
from helenos import GuestError, wait_for
from noise import WEB
from tap import QUEUE, TapPeer
from tcp import fetch, flaw

# Fixes that the image needs
NEEDED = {"boot-arguments", "retransmit", "syn-flood", "tcp-clients",
          "tcp-events", "tcp-segments", "tcp-timers", "websrv"}
LIMIT = 120     # seconds for one answer
BEHIND = 200    # seconds for one that waits behind all the noise
GIVEN_UP = 150  # seconds until the others have been given up

# HelenOS keeps room that it once needed: a heap gives back its end alone, and
# the kernel keeps freed objects at hand. 200 clients at once left 1.1 MB taken
# the first time, and nothing the second. So a kind that leaves more than this
# comes again, and what it then takes is lost. Where nothing was lost, 130 KB of
# difference were seen, 270 KB the first time; and a kind sends hundreds of
# pieces, so that one of two kilobytes kept for each of them is found.
SLACK = 512 * 1024


def make_disk(image, disk):
    """A disk that boots the image and serves its page."""
    subprocess.run([TOP / "tools/make-disk.sh", "--args", "web", image, disk],
                   check=True)


def memory_taken(guest):
    """How many bytes of memory are taken."""
    said = guest.run("sysinfo system.physmem", BEHIND)
    octets = re.findall(r"0x([0-9a-f]{2})\b", said)
    _, _, used, _ = struct.unpack("=4Q", bytes.fromhex("".join(octets)))
    return used


@dataclass(frozen=True)
class State:
    """What runs in the guest, and how many bytes of memory are taken."""

    tasks: dict     # id -> name
    used: int

    @staticmethod
    def of(guest):
        """The state as the guest's shell has it."""
        tasks = {int(id_): name for id_, name in re.findall(
            r"^(\d+)\s+\d+\s+\d+\S*\s+\d+\S*\s+\d+\S*\s+\d+\S* (.+)$",
            guest.run("stats", BEHIND), re.M) if not name.endswith("stats")}
        return State(tasks, memory_taken(guest))


class Machine:
    """A guest that serves pages; another one when noise was too much for it."""

    patience = 1    # all limits are so many times as long
    queue = QUEUE   # frames that wait for the guest

    def __init__(self, accel, image, disk, cpus=1, card="virtio-net-pci"):
        self.accel = accel
        self.image = image
        self.disk = disk
        self.cpus = cpus
        self.card = card
        self.rig = None
        self.flawed = False

    def ready(self):
        """A guest that is well."""
        if self.flawed:
            self.close()
        if not self.rig:
            self._start(TapPeer(queue=self.queue))
            self.flawed = False
            self._wait_calm()
            status, self.page = fetch(self.rig.peer, "/", WEB,
                                      LIMIT * self.patience)
            assert status.endswith("200 OK")
            assert b"</html>" in self.page
            assert self.page in self.image.read_bytes()
        return self.rig

    def _start(self, peer):
        """Make the rig: a guest on the peer's cable, which has booted."""
        self.rig = Rig(self.accel, self.card, peer=peer, image=self.disk,
                       bus="virtio-scsi", cpus=self.cpus,
                       pass_fds=(peer.tap,)).__enter__()
        self.rig.guest.wait_log("system: Accepting connections")

    def _wait_calm(self):
        """Wait until all that is started at boot runs."""
        def look():
            nonlocal tasks
            before, tasks = tasks, State.of(self.rig.guest).tasks
            return before == tasks

        tasks = None
        wait_for(look, "end of the boot", BEHIND * self.patience, 10)

    def close(self):
        if self.rig:
            self.rig.__exit__(None, None, None)
            self.rig = None

    def flaws(self):
        """What of its duties the machine does not do."""
        peer = self.rig.peer
        limit = LIMIT * self.patience
        if found := self.rig.guest.crashes():
            return found
        # The first answer may be lost for want of our Ethernet address
        if all(peer.ping([b"after the noise"], seconds * self.patience)
               for seconds in (BEHIND, 10, 10)):
            return ["no answer to a ping"]
        if what := flaw(peer, self.page, WEB, limit):
            found.append(f"page: {what}")
        if not peer.asks_again(limit):
            found.append("no answer to an ARP request")
        return found

    def changes(self, before, limit=GIVEN_UP, memory_limit=GIVEN_UP):
        """Wait until the guest runs what it ran before and has its memory
        back, so many seconds at most; what runs no more or has come, and how
        many bytes more are taken."""
        start = time.monotonic()

        def look():
            nonlocal ended, come, taken
            state = State.of(self.rig.guest)
            ended = [f"{name} has ended" for id_, name in before.tasks.items()
                     if id_ not in state.tasks]
            come = [f"{name} has stayed" for id_, name in state.tasks.items()
                    if id_ not in before.tasks]
            taken = state.used - before.used
            return ended or not come and (
                taken <= SLACK or time.monotonic() >
                start + memory_limit * self.patience)

        ended, come, taken = [], [], 0
        with contextlib.suppress(GuestError):
            wait_for(look, "calm", limit * self.patience, 5)
        return ended + come, taken
