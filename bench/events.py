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

Makes TAP interfaces, so it wants a network namespace of its own. Writes CSV:
load, driver, frames of a round; of notifications and interrupts, and of those
interrupts that are for transmission, the median a frame over the rounds, and the
least and the most."""

import collections
import csv
import os
import pathlib
import re
import statistics
import subprocess
import sys

TOP = pathlib.Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TOP / "test/host"), str(TOP / "test/e2e")]
os.environ["HOSTED_SAN"] = "none"

from helenos import wait_for        # noqa: E402
from hosted import Carrier          # noqa: E402

# Each notification is traced only if QEMU does not hand it to an eventfd
COUNTED = "ioeventfd=off"
# As HelenOS has it: an interrupt line, no offloads
PLAIN = f"{COUNTED},vectors=0,csum=off,gso=off,guest_csum=off," + ",".join(
    f"{side}_{what}=off" for side in ("guest", "host")
    for what in ("tso4", "tso6", "ecn", "ufo"))

# What drives a card, its interface in the guest, what QEMU offers
CARDS = [
    ("ours", "hpv0", PLAIN),
    ("Linux", "eth0", PLAIN),
    ("Linux, all", "eth1", COUNTED),
]

# All cards are the hosted driver's at first
GIVE_TO_LINUX = """
hostctl list | while read -r n slot rest; do
    if [ $n = 0 ]; then echo hosted > /sys/bus/pci/devices/$slot/driver_override;
    else hostctl $n gone; fi;
done;
for m in $(cat /lib/modules/order); do
    [ -d /sys/module/$m ] || insmod /lib/modules/$m.ko || exit 1;
done
""".replace("\n", " ")

# Command in the guest, which interface statistics count the frames, and how many
# bytes one has
UDP = 14 + 20 + 8 + 64
TCP = 1514
LOADS = {
    "round trips": ("ping -q -A -c 500 -W 60 {peer}", "tx", 14 + 20 + 8 + 56),
    "UDP out": ("iperf3 -c {peer} -u -b 0 -l 64 -k 20000", "tx", UDP),
    "UDP in": ("iperf3 -c {peer} -R -u -b 0 -l 64 -t 2", "rx", UDP),
    "TCP out": ("iperf3 -c {peer} -n 20M", "tx", TCP),
    "TCP in": ("iperf3 -c {peer} -R -n 20M", "rx", TCP),
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


def sh(command):
    subprocess.run(command, shell=True, check=True)


def make_taps():
    sh("ip link set lo up")
    for n in range(len(CARDS)):
        sh(f"ip tuntap add tap{n} mode tap && ip link set tap{n} addrgenmode "
           f"none up && ip addr add 10.0.{n}.1/24 dev tap{n}")


def bring_up(carrier):
    carrier.run(GIVE_TO_LINUX)
    for n, (_, interface, _) in enumerate(CARDS):
        carrier.run(f"ip addr add 10.0.{n}.2/24 dev {interface} && "
                    f"ip link set {interface} up")
        wait_for(lambda: carrier.run(f"ping -c 1 -W 5 10.0.{n}.1",
                                     check=False)[0] == 0,
                 f"answer on {interface}", 120)


def measure(carrier, trace, n, load):
    """Frames, and EVENTS a frame."""
    command, way, size = LOADS[load]
    interface = CARDS[n][1]
    read = f"cat /sys/class/net/{interface}/statistics/{way}_bytes"
    before = int(carrier.run(read))
    trace.count()
    carrier.run(command.format(peer=f"10.0.{n}.1"))
    events = trace.count()
    frames = round((int(carrier.run(read)) - before) / size)
    return frames, [count / frames for count in events]


def rows(rounds):
    make_taps()
    nics = [(f"tap,ifname=tap{n},script=no,downscript=no", options)
            for n, (_, _, options) in enumerate(CARDS)]
    seen = collections.defaultdict(list)
    with Carrier(nics, trace="trace:virtio_notify,trace:virtio_queue_notify") \
            as carrier, subprocess.Popen(["iperf3", "-s"],
                                         stdout=subprocess.DEVNULL,
                                         stderr=subprocess.DEVNULL) as server:
        try:
            bring_up(carrier)
            trace = Trace(carrier.trace_path)
            for _ in range(rounds):
                for load in LOADS:
                    for n in range(len(CARDS)):
                        seen[load, n].append(measure(carrier, trace, n, load))
        finally:
            server.terminate()
    for (load, n), measured in seen.items():
        row = {"load": load, "driver": CARDS[n][0],
               "frames": round(statistics.median(f for f, _ in measured))}
        for i, event in enumerate(EVENTS):
            values = [events[i] for _, events in measured]
            for name, what in (("", statistics.median), ("_least", min),
                               ("_most", max)):
                row[event + name] = round(what(values), 4)
        yield row


if __name__ == "__main__":
    if len(sys.argv) > 2 or not all(a.isdigit() for a in sys.argv[1:]):
        sys.exit(__doc__)
    table = list(rows(int((sys.argv + ["5"])[1])))
    out = csv.DictWriter(sys.stdout, table[0].keys(), lineterminator="\n")
    out.writeheader()
    out.writerows(table)
