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
"""How often a driver and its device wake each other for a frame: notifications
and interrupts that QEMU traces, of the hosted virtio-net beside Linux's own, in
one guest and one run; the cards take turns.

usage: unshare -rn bench/events.py [ROUNDS]     (default: 5)

Wants a network namespace of its own. Writes CSV:
load, driver, frames of a round; of notifications and interrupts, and of those
interrupts that are for transmission, the median a frame over the rounds, and the
least and the most."""

import collections
import re
import statistics

from guest import CARDS, guest, in_turns, main, passed, peer, spread

# Each notification is traced only if QEMU does not hand it to an eventfd
COUNTED = "ioeventfd=off"

# Command in the guest, which way the frames go that count, and how many bytes one
# has
UDP = 14 + 20 + 8 + 64
TCP = 1514
LOADS = {
    "round trips": ("ping -q -A -c 500 -W 60 {peer}", "out", 14 + 20 + 8 + 56),
    "UDP out": ("iperf3 -c {peer} -u -b 0 -l 64 -k 20000", "out", UDP),
    "UDP in": ("iperf3 -c {peer} -R -u -b 0 -l 64 -t 2", "in", UDP),
    "TCP out": ("iperf3 -c {peer} -n 20M", "out", TCP),
    "TCP in": ("iperf3 -c {peer} -R -n 20M", "in", TCP),
}
EVENTS = ["notifications", "interrupts", "transmit_interrupts"]

NOTIFICATION = re.compile(r"virtio_queue_notify vdev (\S+) n (\d+) vq (\S+)")
INTERRUPT = re.compile(r"virtio_notify vdev (\S+) vq (\S+)")


class Trace:
    """Events of a file that QEMU writes."""

    def __init__(self, path):
        self.file = open(path, encoding="ascii", errors="replace")
        self.transmit = set()       # queues

    def count(self):
        """EVENTS since the last time, of the card that had the most: another
        may have sent a frame of its own accord."""
        cards = collections.defaultdict(lambda: [0] * len(EVENTS))
        for line in self.file:
            if m := NOTIFICATION.search(line):
                cards[m[1]][0] += 1
                if m[2] == "1":
                    self.transmit.add(m[3])
            elif m := INTERRUPT.search(line):
                cards[m[1]][1] += 1
                cards[m[1]][2] += m[2] in self.transmit
        return max(cards.values(), key=sum, default=[0] * len(EVENTS))


def measure(carrier, trace, n, load):
    """Frames, and EVENTS a frame."""
    command, way, size = LOADS[load]
    before = passed(n)[way]
    trace.count()
    carrier.run(command.format(peer=peer(n)))
    events = trace.count()
    frames = round((passed(n)[way] - before) / size)
    return frames, [count / frames for count in events]


def rows(rounds):
    with guest(COUNTED, "trace:virtio_notify,trace:virtio_queue_notify") \
            as carrier:
        trace = Trace(carrier.trace_path)
        seen = in_turns(rounds, LOADS, lambda n, load: measure(
            carrier, trace, n, load))
    for (load, n), measured in seen.items():
        row = {"load": load, "driver": CARDS[n][0],
               "frames": round(statistics.median(f for f, _ in measured))}
        for i, event in enumerate(EVENTS):
            row |= spread(event, [events[i] for _, events in measured])
        yield row


if __name__ == "__main__":
    main(rows, __doc__)
