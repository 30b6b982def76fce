#!/usr/bin/env python3
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
"""How many echo requests HelenOS answers, by each network card, with one processor, with
two, and in two guests at the same time that have one each, which is what the host has
for a second processor: of a burst, and in a second when so many come at once and the
next when they were answered, or none was for a second. The guests and the cards take
turns; who has none sleeps.

usage: unshare -rn bench/image.py [ROUNDS]      (default: 5)

HELENOS_IMAGE names the image, else it is the one in the cache folder. Writes CSV:
load, card, processors; the median over the rounds, the least and the most; and the
median of what it was for each that one processor had in the same round."""

import contextlib
import itertools
import re
import statistics
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor

from guest import main, TOP

sys.path.insert(0, str(TOP / "test/e2e"))

from helenos import IMAGE, Guest, boot  # noqa: E402
from tap import TapPeer                 # noqa: E402

CARDS = "virtio-net-pci", "e1000", "rtl8139"
CPUS = 1, 2, 1          # of each guest
PROCESSORS = {"1": [0], "2": [1], "1 + 1": [0, 2]}      # guests
BURST = 512
AT_ONCE = 1, 8, 64
ECHOES = 1024           # of a measurement, unless LIMIT ends it
LIMIT = 5               # seconds
QUIET = 1000            # milliseconds after which what is missing is lost
QUEUE = 1000            # frames: what Linux gives a tap


def build(folder):
    """The program that sends and counts."""
    program = f"{folder}/burst"
    subprocess.run(["cc", "-O2", "-o", program, TOP / "test/xen/burst.c"],
                   check=True)
    return program


def answers(program, peer, count, rounds):
    said = peer.net.run("timeout", str(LIMIT), program, peer.guest_ip,
                        str(count), str(rounds), "56", str(QUIET),
                        check=False)
    return sum(map(int, re.findall(r" (\d+) answers", said)))


def a_second(program, peer, at_once):
    start = time.monotonic()
    count = answers(program, peer, at_once, ECHOES // at_once)
    return count / (time.monotonic() - start)


@contextlib.contextmanager
def guest(program, cpus, subnet):
    """A guest; the peers, one for each card, which have been answered once."""
    with contextlib.ExitStack() as undo:
        peers = [undo.enter_context(TapPeer(subnet + n, QUEUE))
                 for n in range(len(CARDS))]
        nics = [(peer.netdev(), card) for peer, card in zip(peers, CARDS)]
        undo.callback(boot(lambda: Guest(
            IMAGE, nics, cpus=cpus, accel="tcg",
            pass_fds=[peer.tap for peer in peers]), len(nics)).stop)
        for peer in peers:
            peer.leave()
            # Linux keeps no more than 256 frames while it asks for an address
            answers(program, peer, 1, 1)
        yield peers


def of_one(values, ones):
    """The median of the ratios, if there are any."""
    ratios = [value / one for value, one in zip(values, ones) if one]
    return round(statistics.median(ratios), 2) if ratios else ""


def rows(rounds):
    seen = {}
    with contextlib.ExitStack() as stack:
        program = build(stack.enter_context(tempfile.TemporaryDirectory()))
        guests = [stack.enter_context(guest(program, cpus, 10 * (n + 1)))
                  for n, cpus in enumerate(CPUS)]
        pool = stack.enter_context(ThreadPoolExecutor(len(guests)))
        loads = {f"of a burst of {BURST}": lambda peer: answers(
            program, peer, BURST, 1)}
        loads |= {f"a second, {n} at once": lambda peer, n=n: a_second(
            program, peer, n) for n in AT_ONCE}
        for _, (load, measure), card, processors in itertools.product(
                range(rounds), loads.items(), range(len(CARDS)), PROCESSORS):
            seen.setdefault((load, card, processors), []).append(
                sum(pool.map(measure, [guests[n][card]
                                       for n in PROCESSORS[processors]])))
    for (load, card, processors), values in seen.items():
        yield {"load": load, "card": CARDS[card], "processors": processors,
               "median": round(statistics.median(values)),
               "least": round(min(values)), "most": round(max(values)),
               "of_one": of_one(values, seen[load, card, "1"])}


if __name__ == "__main__":
    main(rows, __doc__)
