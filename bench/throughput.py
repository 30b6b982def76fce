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
"""Round trips, datagrams and bytes a second of the hosted virtio-net beside Linux's
own, in one guest and one run; the cards take turns.

usage: unshare -rn bench/throughput.py [ROUNDS]     (default: 5)

Wants a network namespace of its own. Writes CSV: load, unit, driver; the median
over the rounds, the least and the most; the median of what the card did for each
that Linux's own without offloads did in the same round; and the same if the hosted
program had taken no time in user mode, where the drivers are."""

import json
import re
import statistics

from guest import CARDS, guest, in_turns, main, passed, peer

# What all are compared with
FAIR = [driver for driver, _, _ in CARDS].index("Linux")

# Command in the guest, and the unit
IPERF = "iperf3 -J -t 1 -c {peer} "
UDP = IPERF + "-u -b 0 -l 64 "
UDP_FRAME = 14 + 20 + 8 + 64
LOADS = {
    "round trips": ("ping -q -A -c 300 -W 60 {peer}", "1/s"),
    "UDP out": (UDP, "datagrams/s"),
    "UDP in": (UDP + "-R", "datagrams/s"),
    "TCP out": (IPERF, "Mb/s"),
    "TCP in": (IPERF + "-R", "Mb/s"),
}


class Counters:
    """What the guest's kernel counts."""

    def __init__(self, carrier, n):
        ticks, cpu, udp = carrier.run(
            "cut -d' ' -f14 /proc/$(pidof hosted)/stat; head -n 1 /proc/stat; "
            "grep Udp: /proc/net/snmp | tail -n 1").splitlines()
        self.hosted = int(ticks)
        user, nice, system, idle, iowait, *rest = map(int, cpu.split()[1:9])
        self.busy = user + nice + system + sum(rest)
        self.datagrams_in = int(udp.split()[1])
        self.datagrams_out = passed(n)["out"] / UDP_FRAME


def figure(load, said, datagrams_out, datagrams_in):
    """What a load that said so tells in its unit; with the datagrams that the peer's
    interface and the guest's programs had meanwhile."""
    if load == "round trips":
        mean_ms = re.search(r"= [\d.]+/([\d.]+)/", said)[1]
        return 1000 / float(mean_ms)
    end = json.loads(said)["end"]
    if load == "UDP out":
        return datagrams_out / end["sum"]["seconds"]
    if load == "UDP in":
        return datagrams_in / end["sum"]["seconds"]
    return end["sum_received"]["bits_per_second"] / 1e6


def measure(carrier, n, load):
    """What the load tells in its unit, and the share of the guest's time that
    the hosted program had in user mode."""
    command, _ = LOADS[load]
    before = Counters(carrier, n)
    said = carrier.run(command.format(peer=peer(n)))
    after = Counters(carrier, n)
    share = (after.hosted - before.hosted) / (after.busy - before.busy)
    return figure(load, said, after.datagrams_out - before.datagrams_out,
                  after.datagrams_in - before.datagrams_in), share


def compared(measured, fair):
    """Of (value, share) of each round: the columns of a row that compare them with
    those of fair in the same round."""
    values = [value for value, _ in measured]
    ratios = [value / one for value, (one, _) in zip(values, fair)]
    return {"median": round(statistics.median(values), 1),
            "least": round(min(values), 1), "most": round(max(values), 1),
            "of_fair": round(statistics.median(ratios), 2),
            "of_fair_without": round(statistics.median(
                ratio / (1 - share) for ratio, (_, share)
                in zip(ratios, measured)), 2)}


def rows(rounds):
    with guest() as carrier:
        seen = in_turns(rounds, LOADS, lambda n, load: measure(
            carrier, n, load))
    for (load, n), measured in seen.items():
        yield {"load": load, "unit": LOADS[load][1], "driver": CARDS[n][0],
               **compared(measured, seen[load, FAIR])}


if __name__ == "__main__":
    main(rows, __doc__)
