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
"""How often a guest of Xen and its back end wake each other for a frame, what that
takes of Xen, and what they carry: the hosted xen-netfront beside Linux's own, in
two guests of one kernel and in one run, on a Xen in QEMU; the cards take turns.

usage: bench/xen.py [ROUNDS]     (default: 5)

Writes CSV: load, unit, driver, and frames of a round; of notifications and
interrupts the median a frame over the rounds, and the least and the most;
hypercalls and all exits to Xen a frame, in a round of its own, in which the other
guest stands still; and of the load's own figure what throughput.py has."""

import collections
import re
import statistics
import subprocess
import sys
import tempfile

from guest import CARDS, TOP, main, peer, spread
from throughput import FAIR, LOADS, UDP_FRAME, compared, figure

# As xen-host names them
NAMES = "ours", "plain", "all"

# Which way the frames go that count, and how many bytes one has. Linux's back end
# counts none for the Ethernet header of what it has from a guest.
ETHERNET = 14
FRAMES = {
    "round trips": ("rx", 20 + 8 + 56),
    "UDP out": ("rx", UDP_FRAME - ETHERNET),
    "UDP in": ("tx", UDP_FRAME),
    "TCP out": ("rx", 1514 - ETHERNET),
    "TCP in": ("tx", 1514),
}

# Of xentrace: VMMCALL, VMEXIT64
# A trace has a record for each, so what is traced is short.
EVENTS = {"hypercalls": "0082012", "exits": "0081102"}
LOST = "001f001"


COUNTED = "rx|tx|notified|interrupted|hosted|cpu|Udp:"


class Turn:
    """What xen-host printed of a turn."""

    def __init__(self, text):
        self.counts = collections.defaultdict(list)
        for name, count in re.findall(f"^[A-Z0-9]+: ({COUNTED}) +(.*)", text,
                                      re.M):
            self.counts[name].append(count.split())
        self.said = "\n".join(re.findall(f"^HOSTED: (?!{COUNTED})(.*)", text,
                                         re.M))
        self.events = dict(re.findall("^DOM0: event (\\w+) (\\d+)", text, re.M))

    def grown(self, name, *fields):
        """By how much a count grew, which has as many lines before as after."""
        lines = [sum(int(line[n]) for n in fields or [0])
                 for line in self.counts[name]]
        half = len(lines) // 2
        return sum(lines[half:]) - sum(lines[:half])

    def frames(self, load):
        way, size = FRAMES[load]
        return round(self.grown(way) / size)

    def traced(self, event):
        if LOST in self.events:
            sys.exit("xen.py: Xen lost records of a trace")
        return int(self.events[EVENTS[event]])

    def figure(self, load):
        """See throughput.measure()."""
        busy = self.grown("cpu", 0, 1, 2, 5, 6, 7)
        return figure(load, self.said, self.grown("rx") / FRAMES["UDP out"][1],
                      self.grown("Udp:")), self.grown("hosted") / busy


def in_xen(turns):
    """Turn for each of (card, "traced" or "", load)."""
    with tempfile.TemporaryDirectory() as folder:
        with open(f"{folder}/turns", "w", encoding="ascii") as f:
            for n, traced, load in turns:
                command = LOADS[load][0].format(peer=peer(n))
                if traced and load != "UDP in":     # it ends by time alone
                    command = command.replace("-c 300", "-c 100").replace(
                        "-t 1", "-n 32K" if load == "UDP out" else "-n 1M")
                f.write(f"{NAMES[n]}|{traced}|{command}\n")
        text = subprocess.run(
            [TOP / "tools/run-xen.sh", "--timeout", "3600",
             "--script", TOP / "bench/xen-host",
             "--file", TOP / "test/xen/hosted-lib.sh", "--file", f.name],
            check=True, stdout=subprocess.PIPE, encoding="utf-8",
            errors="replace").stdout
    return map(Turn, re.split("^DOM0: .* turn .*", text, flags=re.M)[1:])


def rows(rounds):
    kinds = ["traced"] + [""] * rounds
    turns = [(n, kind, load) for kind in kinds for load in LOADS
             for n in range(len(CARDS))]
    seen = collections.defaultdict(list)
    for (n, kind, load), turn in zip(turns, in_xen(turns), strict=True):
        seen[load, n, kind].append(turn)
    for load, (_, unit) in LOADS.items():
        for n, (driver, _, _) in enumerate(CARDS):
            timed, [traced] = seen[load, n, ""], seen[load, n, "traced"]
            row = {"load": load, "unit": unit, "driver": driver,
                   "frames": round(statistics.median(
                       turn.frames(load) for turn in timed))}
            for event, count in (("notifications", "notified"),
                                 ("interrupts", "interrupted")):
                row |= spread(event, [turn.grown(count, 1) / turn.frames(load)
                                      for turn in timed])
            for event in EVENTS:
                row[event] = round(
                    traced.traced(event) / traced.frames(load), 3)
            yield row | compared(
                [turn.figure(load) for turn in timed],
                [turn.figure(load) for turn in seen[load, FAIR, ""]])


if __name__ == "__main__":
    main(rows, __doc__)
