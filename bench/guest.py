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
"""A guest whose cards are in part the hosted driver's and in part Linux's own, each
with a peer outside of it that answers echoes and serves iperf3."""

import collections
import contextlib
import csv
import json
import os
import pathlib
import statistics
import subprocess
import sys

TOP = pathlib.Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TOP / "test/host"), str(TOP / "test/e2e")]
os.environ["HOSTED_SAN"] = "none"

from helenos import wait_for        # noqa: E402
from hosted import Carrier          # noqa: E402

# As HelenOS has it: an interrupt line, no offloads
PLAIN = "vectors=0,csum=off,gso=off,guest_csum=off," + ",".join(
    f"{side}_{what}=off" for side in ("guest", "host")
    for what in ("tso4", "tso6", "ecn", "ufo"))

# What drives a card, its interface in the guest, what QEMU offers
CARDS = [
    ("ours", "hpv0", PLAIN),
    ("Linux", "eth0", PLAIN),
    ("Linux, all", "eth1", ""),
]

# All cards are the hosted driver's at first. None is Xen's.
GIVE_TO_LINUX = """
hostctl list | while read -r n slot rest; do
    if [ $n = 0 ]; then echo hosted > /sys/bus/pci/devices/$slot/driver_override;
    else hostctl $n gone; fi;
done;
for m in $(grep -v xen /lib/modules/order); do
    [ -d /sys/module/$m ] || insmod /lib/modules/$m.ko || exit 1;
done;
for d in /sys/bus/pci/devices/*; do
    echo ${d##*/} > /sys/bus/pci/drivers_probe;
done
""".replace("\n", " ")


def sh(command):
    subprocess.run(command, shell=True, check=True)


def make_taps():
    sh("ip link set lo up")
    for n in range(len(CARDS)):
        sh(f"ip tuntap add tap{n} mode tap && ip link set tap{n} addrgenmode "
           f"none up && ip addr add {peer(n)}/24 dev tap{n}")


def peer(n):
    """Address of a card's peer."""
    return f"10.0.{n}.1"


def passed(n):
    """Bytes that went to a card's peer, and came from it."""
    shown = subprocess.run(["ip", "-j", "-s", "link", "show", f"tap{n}"],
                           check=True, stdout=subprocess.PIPE).stdout
    stats = json.loads(shown)[0]["stats64"]
    return {"out": stats["rx"]["bytes"], "in": stats["tx"]["bytes"]}


def bring_up(carrier):
    carrier.run(GIVE_TO_LINUX)
    for n, (_, interface, _) in enumerate(CARDS):
        carrier.run(f"ip addr add 10.0.{n}.2/24 dev {interface} && "
                    f"ip link set {interface} up")
        wait_for(lambda: carrier.run(f"ping -c 1 -W 5 {peer(n)}",
                                     check=False)[0] == 0,
                 f"answer on {interface}", 120)


@contextlib.contextmanager
def guest(options="", trace=""):
    """The guest, up; options are QEMU's for each card. Makes TAP interfaces, so
    it wants a network namespace of its own."""
    make_taps()
    nics = [(f"tap,ifname=tap{n},script=no,downscript=no",
             ",".join(filter(None, (offered, options))))
            for n, (_, _, offered) in enumerate(CARDS)]
    with Carrier(nics, trace=trace) as carrier, \
            subprocess.Popen(["iperf3", "-s"], stdout=subprocess.DEVNULL,
                             stderr=subprocess.DEVNULL) as server:
        try:
            bring_up(carrier)
            yield carrier
        finally:
            server.terminate()


def in_turns(rounds, loads, measure):
    """What measure(n, load) says of each load with each card, in all rounds."""
    seen = collections.defaultdict(list)
    for _ in range(rounds):
        for load in loads:
            for n in range(len(CARDS)):
                seen[load, n].append(measure(n, load))
    return seen


def spread(name, values):
    """Columns of a row: the median of values, the least and the most."""
    return {name + suffix: round(what(values), 4) for suffix, what in (
        ("", statistics.median), ("_least", min), ("_most", max))}


def main(rows, usage):
    """The program that writes rows(rounds) as CSV; rounds is its argument."""
    if len(sys.argv) > 2 or not all(a.isdigit() for a in sys.argv[1:]):
        sys.exit(usage)
    table = list(rows(int((sys.argv + ["5"])[1])))
    out = csv.DictWriter(sys.stdout, table[0].keys(), lineterminator="\n")
    out.writeheader()
    out.writerows(table)
