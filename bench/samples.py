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
"""Where the processor of a guest with the hosted virtio-net is while it carries
something: the drivers, or what is around them.

usage: unshare -rn bench/samples.py [ROUNDS]        (default: 5)

Wants a network namespace of its own. Writes CSV: load, and how much of the samples
that were taken of it in so many rounds was at each place."""

import collections
import pathlib
import re
import subprocess
import threading

from guest import CARDS, guest, main, peer
from throughput import LOADS

# Sampled as often as this, in seconds; the guest stands still for each
EVERY = 0.005

OURS = [driver for driver, _, _ in CARDS].index("ours")

# While the driver writes to a register of the device, QEMU does the device's work.
KERNEL, OTHERS, DEVICE, LIBRARY, CARRIER, DRIVERS = PLACES = (
    "kernel", "other programs", "device", "C library", "carrier", "drivers")
WRITES = "real_write"


def regions(carrier):
    """The hosted program's memory, all of it, and the beginning and the end of what
    is not libraries'."""
    lines = [line.split() for line in
             carrier.run("cat /proc/$(pidof hosted)/maps").splitlines()]
    maps = [tuple(int(address, 16) for address in line[0].split("-"))
            for line in lines]
    own = [part for part, line in zip(maps, lines)
           if line[-1].endswith("/hosted")]
    return maps, own[0][0], own[-1][1]


def sample(carrier):
    """The instruction that is the next, and whether it is the kernel's; None if the
    processor sleeps."""
    registers = carrier.qmp.human("info registers")
    rip, level, sleeps = (
        int(re.search(name + r"=\s*([0-9a-f]+)", registers)[1], 16)
        for name in ("RIP", "CPL", "HLT"))
    return None if sleeps else (rip, level == 0)


def samples_of(carrier, command):
    """All samples while a command runs in the guest."""
    taken = []
    ended = threading.Event()

    def take():
        while not ended.wait(EVERY):
            taken.append(sample(carrier))

    sampler = threading.Thread(target=take)
    sampler.start()
    try:
        carrier.run(command)
    finally:
        ended.set()
        sampler.join()
    return taken


def places_in_hosted(hosted, addresses):
    """The place of each address in the hosted program, counted from its first."""
    told = subprocess.run(
        ["addr2line", "-f", "-e", hosted], check=True, text=True,
        stdout=subprocess.PIPE, input="".join(f"{a:x}\n" for a in addresses))
    lines = told.stdout.splitlines()
    for function, file in zip(lines[::2], lines[1::2]):
        if function == WRITES:
            yield DEVICE
        elif "/uspace/" in file:
            yield DRIVERS
        elif "/host/" in file:
            yield CARRIER
        else:
            # The linker's jumps into it
            yield LIBRARY


def count(taken, hosted, maps, begin, end):
    """How many samples are of each place."""
    found = collections.Counter()
    own = []
    for rip, kernel in filter(None, taken):
        if kernel:
            found[KERNEL] += 1
        elif begin <= rip < end:
            own.append(rip - begin)
        elif any(first <= rip < last for first, last in maps):
            found[LIBRARY] += 1
        else:
            found[OTHERS] += 1
    found.update(places_in_hosted(hosted, own))
    return found


def rows(rounds):
    with guest() as carrier:
        hosted = pathlib.Path(carrier.initrd).with_name("hosted")
        where = regions(carrier)
        taken = {load: [] for load in LOADS}
        for _ in range(rounds):
            for load, (command, _) in LOADS.items():
                taken[load] += samples_of(carrier,
                                          command.format(peer=peer(OURS)))
        for load, samples in taken.items():
            found = count(samples, hosted, *where)
            busy = found.total()
            yield {"load": load, "count": busy} | {
                place: round(found[place] / busy, 3) for place in PLACES}


if __name__ == "__main__":
    main(rows, __doc__)
