#!/usr/bin/python3
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
"""A day in public: a HelenOS guest serves pages from a disk by itself, and all
kinds of noise (noise.py) come meanwhile, one after the other, in an order that
chance gives. What became of the pages, what memory is taken, and whether all
that ran still runs, is printed."""

import argparse
import random
import re
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

sys.dont_write_bytecode = True

from conftest import image_fixes                       # noqa: E402
from helenos import GuestError, kvm_works               # noqa: E402
from noise import FIXED_BY, KINDS, PACKAGES, WEB        # noqa: E402
from public import (BEHIND, SLACK, Machine, State,      # noqa: E402
                    make_disk, memory_taken)
from tcp import flaw                                    # noqa: E402
from xen import XenMachine                              # noqa: E402

LOOK = 300      # seconds between two looks at the guest's memory
HOST_QUEUE = 1000   # frames: what Linux gives a tap


def arguments():
    p = argparse.ArgumentParser(
        prog="test/e2e/day.py",
        description="Boot an image that has all fixes, ask for its page over "
        "and over while the noise of the public net comes, and count.")
    p.add_argument("image", type=Path, metavar="IMAGE")
    p.add_argument("--seconds", type=int, default=3600, metavar="N",
                   help="how long (default: %(default)s)")
    host = p.add_mutually_exclusive_group()
    host.add_argument("--xen", action="store_true",
                      help="as a guest of Xen in tools/run-xen.sh, which is "
                      "emulated twice: all limits are five times as long")
    host.add_argument("--card", default="virtio-net-pci",
                      help="QEMU's network device (default: %(default)s)")
    p.add_argument("--cpus", type=int, default=1, metavar="N")
    p.add_argument("--seed", type=int, help="of the order (default: chance)")
    p.add_argument("--kinds", default="", metavar="REGEX",
                   help="of the noise (default: all)")
    return p.parse_args()


class Noise(threading.Thread):
    """The kinds of noise, one after the other, until end is set. The next one
    comes when a page has, which was asked for after the last one: else all that
    wait for nobody would stand in one queue, and pages behind them."""

    def __init__(self, peer, kinds, rand, pages):
        super().__init__(daemon=True)
        self.peer = peer
        self.kinds = kinds
        self.rand = rand
        self.pages = pages
        self.counts = dict.fromkeys(kinds, 0)
        self.now = ""
        self.rounds = 0
        self.error = None
        self.end = threading.Event()

    def run(self):
        try:
            while not self.end.is_set():
                for name in self.rand.sample(self.kinds, len(self.kinds)):
                    if self.end.is_set():
                        return
                    self.now = name
                    print(f"  {time.strftime('%T')} {name}", flush=True)
                    self._make(KINDS[name])
                    self.counts[name] += 1
                    come = self.pages.asked + 2
                    while self.pages.asked < come and not self.end.wait(0.1):
                        pass
                self.rounds += 1
        except Exception as e:      # the main thread's
            self.error = e

    def _make(self, kind):
        try:
            held = kind(self.peer) or []
        except FileNotFoundError:   # a program
            raise
        except (OSError, subprocess.TimeoutExpired) as e:
            # one of its connections, as may happen to anybody meanwhile, or a
            # program that waits for them
            print(f"  {self.now}: {e!r}", flush=True)
            return
        self.end.wait(20 if held else 0)
        for conn in held:
            conn.close()


class Pages:
    """What became of the pages that were asked for."""

    def __init__(self, limit):
        self.limit = limit      # seconds for one of them
        self.asked = 0
        self.right = 0
        self.flaws = {}
        self.slowest = 0

    def ask(self, peer, page, during):
        start = time.monotonic()
        found = flaw(peer, page, WEB, self.limit)
        self.slowest = max(self.slowest, time.monotonic() - start)
        self.asked += 1
        if not found:
            self.right += 1
            return
        print(f"  page: {found} (during {during()})", flush=True)
        self.flaws[found] = self.flaws.get(found, 0) + 1

    def __str__(self):
        wrong = "".join(f", {count} x {found}"
                        for found, count in self.flaws.items())
        return f"{self.right} pages right{wrong}, the slowest after " \
            f"{self.slowest:.1f} s"


def kinds_of(args):
    """The kinds of noise that the image is to stand."""
    fixes = image_fixes(args.image)
    kinds = [name for name in KINDS if re.search(args.kinds, name)]
    lacking = [name for name in kinds if name in FIXED_BY and
               FIXED_BY[name] not in fixes]
    if lacking:
        print(f"left out, for want of a fix: {', '.join(lacking)}")
    return [name for name in kinds if name not in lacking]


def spend(machine, args, kinds):
    """Spend the day; was all well?"""
    rig = machine.ready()
    rig.guest.run("stats")
    start = State.of(rig.guest)
    print(f"{len(start.tasks)} tasks, {start.used:,} bytes taken", flush=True)
    pages = Pages(BEHIND * machine.patience)
    noise = Noise(rig.peer, kinds, random.Random(args.seed), pages)
    noise.start()
    begun = time.monotonic()
    look = begun + LOOK
    while noise.is_alive() and not rig.guest.crashes():
        now = time.monotonic()
        if now > begun + args.seconds:
            noise.end.set()     # after the present kind
        pages.ask(rig.peer, machine.page, lambda: noise.now)
        if now > look:
            look = now + LOOK
            used = memory_taken(rig.guest) - start.used
            print(f"{now - begun:.0f} s: {pages}, {used:+,} bytes, "
                  f"{sum(noise.counts.values())} kinds", flush=True)
    noise.end.set()
    noise.join()
    if noise.error:
        raise noise.error
    found = machine.flaws()
    changed, taken = machine.changes(start)
    print(f"{time.monotonic() - begun:.0f} s: {pages}")
    print(f"noise: {sum(noise.counts.values())} kinds in {noise.rounds} whole "
          f"rounds; {rig.peer.dropped()} frames lost on the way")
    print(f"afterwards: {found + changed or 'all well'}, {taken:+,} bytes")
    return not (pages.flaws or found or changed or taken > SLACK)


def main():
    args = arguments()
    if args.seed is None:
        args.seed = random.randrange(1 << 32)
    print(f"seed {args.seed}")
    with tempfile.TemporaryDirectory(prefix="helenos-pv-") as tmp:
        disk = Path(tmp) / "disk.raw"
        make_disk(args.image, disk)
        kind = XenMachine if args.xen else Machine
        machine = kind("kvm" if kvm_works() else "tcg", args.image, disk,
                       args.cpus, args.card)
        machine.queue = HOST_QUEUE
        try:
            return 0 if spend(machine, args, kinds_of(args)) else 1
        except FileNotFoundError as e:
            print(f"no {e.filename} (Debian: apt install "
                  f"{PACKAGES.get(e.filename, e.filename)})", file=sys.stderr)
        except (GuestError, OSError) as e:
            print(e, file=sys.stderr)
        finally:
            machine.close()
    return 1


if __name__ == "__main__":
    sys.exit(main())
