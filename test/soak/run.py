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
"""Endurance: hosted drivers in a guest, with everything that may happen to a card
happening again and again, in an order that chance gives, while frames go both
ways. After each step a burst of numbered frames has to come back: none lost, none
twice, none out of order. At the end the heap, DMA pages, objects of the device
framework and open files are what they were, and the drivers end without a leak.

With --xen the same for the Xen drivers, on a real Xen (tools/run-xen.sh) and by
test/xen/soak, which counts event channels and grants, too. The clock is that of
Xen's first domain, and SECONDS begin when everything has happened once.

Not here: a virtio back end that restarts under a card that stays (vhost-user
alone has it: test/peers).

usage: run.py [--xen] [-s SEED] [SECONDS]       (default: an hour)

HOSTED_SAN and HOSTED_CC as for test/host. When it fails, the guest's console
stays in build/soak."""

import argparse
import os
import pathlib
import random
import signal
import subprocess
import sys
import tempfile
import time

TOP = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(TOP / "test/host"), str(TOP / "test/e2e")]
os.environ.setdefault("KEEP_LOGS", str(TOP / "build/soak"))

from helenos import die_with_parent, wait_for   # noqa: E402
from hosted import Carrier              # noqa: E402
from peer import Peer                   # noqa: E402

MODERN = 0
CARDS = [{"disable-legacy": "on", "disable-modern": False},
         {"disable-modern": True}]
BURST = 256


class Soak:
    def __init__(self, carrier, peers, chance):
        self.carrier = carrier
        self.peers = peers
        self.chance = chance
        self.frames = 0
        self.counts = {}
        self.step = ""

    # What may happen to a card. Each leaves it as it was.

    def nothing(self, n):
        pass

    def down_and_up(self, n):
        self.carrier.ctl(n, "state", self.chance.choice(["down", "stopped"]))
        self.carrier.ctl(n, "state", "active")

    def link(self, n):
        for up, word in ((False, "unplugged"), (True, "plugged")):
            self.carrier.qmp.command("set_link", name=f"nic{n}", up=up)
            wait_for(lambda: self.carrier.fields(n, "info")["link"] == word,
                     f"link {word}", 120)

    def modes(self, n):
        groups = [f"01:00:5e:00:00:{i:02x}"
                  for i in range(self.chance.randrange(100))]
        self.carrier.ctl(n, "multicast", "list", *groups)
        self.carrier.ctl(n, "unicast", "promisc")
        self.burst(n)
        self.carrier.ctl(n, "unicast", "default")
        self.carrier.ctl(n, "multicast", "blocked")

    def address(self, n):
        old = self.carrier.fields(n, "info")["address"]
        for new in f"52:54:00:99:{self.chance.randrange(100):02d}:01", old:
            self.carrier.ctl(n, "address", new)
            self.burst(n)
            if self.peers[n].guest_mac.hex(":") != new:
                sys.exit(f"card {n} does not send from {new}")

    def poll(self, n):
        self.carrier.ctl(n, "poll", "periodic", 5000)
        self.burst(n)
        self.carrier.ctl(n, "poll", "immediate")

    def remove_and_add(self, n):
        self.carrier.ctl(n, "cycle", self.chance.randrange(1, 20))

    def remove_under_load(self, n):
        peer = self.peers[n]
        peer.send(*[peer.echo_request(0xffff, i, b"lost") for i in range(500)])
        self.carrier.ctl(n, "cycle", 3)

    def stop_machine(self, n):
        self.carrier.qmp.command("stop")
        self.carrier.qmp.command("cont")

    def offline_and_online(self, n):
        """What devctl asks of the bus, with frames that find nobody."""
        peer = self.peers[n]
        self.carrier.ctl(n, "remove")
        peer.send(*[peer.echo_request(0xffff, i, b"lost") for i in range(500)])
        self.carrier.ctl(n, "add")

    def new_device_and_back_end(self, n):
        """The device is unplugged, its back end ends; others come."""
        qmp = self.carrier.qmp
        slot = self.carrier.pci_slot(n)
        qmp.events.clear()
        qmp.command("device_del", id=f"nic{n}")

        def deleted():
            qmp.command("query-status")     # takes in events
            return any(e["event"] == "DEVICE_DELETED" and
                       e["data"].get("device") == f"nic{n}"
                       for e in qmp.events)
        wait_for(deleted, "unplugged device", 120)
        self.carrier.ctl(n, "gone")
        qmp.command("netdev_del", id=f"net{n}")
        qmp.command("netdev_add", type="socket", id=f"net{n}",
                    connect=f"127.0.0.1:{self.peers[n].port}")
        qmp.command("device_add", driver="virtio-net-pci", id=f"nic{n}",
                    netdev=f"net{n}", romfile="", addr=slot[-4:-2],
                    **CARDS[n])
        wait_for(lambda: self.carrier.ctl(n, "add", check=False)[0] == 0,
                 "plugged device", 120)

    def device_needs_reset(self, n):
        """An entry of a ring is spoiled. A legacy device cannot say so."""
        said = self.carrier.console().count("device needs a reset")
        ring = self.carrier.virtio_queue(MODERN, 0)
        at = ring["last-avail-idx"] % ring["vring-num"]
        self.carrier.ctl("poke", ring["vring-avail"] + 4 + 2 * at, 0xffff)
        peer = self.peers[MODERN]
        peer.send(peer.frame(bytes(46), 0x88b5, b"\xff" * 6))
        wait_for(lambda: self.carrier.console().count("device needs a reset") >
                 said, "line about the reset", 120)
        wait_for(lambda: any("DRIVER_OK" in s
                             for s in self.carrier.virtio_status(MODERN)
                             ["status"]["statuses"]),
                 "device that works again", 120)

    STEPS = [nothing, down_and_up, link, modes, address, poll,
             remove_and_add, remove_under_load, stop_machine,
             offline_and_online, new_device_and_back_end, device_needs_reset]

    # What has to hold

    def burst(self, n):
        """Numbered frames come back, each once, in order."""
        # After some steps Linux has to find the peer anew, and its ICMP has
        # room for 130 KB of answers that wait for that
        self.carrier.run(f"ping -c 1 -W 60 -I hpv{n} {self.peers[n].ip}")
        size = self.chance.randrange(18, 1472)
        payloads = [bytes([i & 0xff]) * size for i in range(BURST)]
        bad = self.peers[n].ping(payloads)
        order = self.peers[n].order()
        if bad or order != sorted(order):
            sys.exit(f"card {n}, {self.step}: not answered once, in order: "
                     f"{bad or order}\n{self.carrier.ctl(n, 'stats')}")
        self.frames += BURST

    def usage(self):
        """What the drivers have, and what their program has open."""
        got = {}
        for n in range(len(CARDS)):
            for name, value in self.carrier.fields(n, "cycle", 1).items():
                after, before = value.split(" was ")
                if after != before:
                    sys.exit(f"card {n}: {name} {value}")
                got[name] = int(after)
        pid = self.carrier.run("pidof hosted").split()[0]
        got["heap"] = int(self.carrier.fields("dma")["heap"])
        got["open files"] = len(self.carrier.run(
            f"ls /proc/{pid}/fd").split())
        return got

    def turn(self, step=None):
        n = self.chance.randrange(len(CARDS))
        step = step or self.chance.choice(self.STEPS)
        self.step = step.__name__.replace("_", " ")
        self.counts[self.step] = self.counts.get(self.step, 0) + 1
        step(self, n)
        for card in range(len(CARDS)):
            self.burst(card)
        if self.carrier.crashes():
            sys.exit("\n".join(self.carrier.crashes()))

    def summary(self):
        return f"{sum(self.counts.values())} steps, {self.frames} frames " \
            "there and back"


def main(seconds, seed):
    print(f"seed {seed}", flush=True)
    peers = [Peer(77), Peer(78)]
    nics = [(peer.netdev(), ",".join(
        f"{option}={'on' if value else 'off'}" for option, value in card.items()))
        for peer, card in zip(peers, CARDS)]
    with Carrier(nics) as carrier:
        for n in range(len(CARDS)):
            carrier.up(n)
        soak = Soak(carrier, peers, random.Random(seed))
        for step in soak.STEPS:         # what is made once
            soak.turn(step)
        before = soak.usage()
        end = time.monotonic() + seconds
        said = 0
        while time.monotonic() < end:
            soak.turn()
            if time.monotonic() > said + 60:
                said = time.monotonic()
                print(f"{max(0, round(end - said))} s left: "
                      f"{soak.summary()}", flush=True)
        after = soak.usage()
        for _ in range(60):             # until threads have ended
            if after == before:
                break
            time.sleep(1)
            after = soak.usage()
        carrier.ctl("quit")
        carrier.wait_console("drivers ended with 0")
        crashes = carrier.crashes()
    for peer in peers:
        peer.close()
    for name, count in sorted(soak.counts.items()):
        print(f"{name}: {count}")
    for name in before:
        print(f"{name}: {after[name]} (was {before[name]})")
    print(soak.summary())
    return bool(crashes) or before != after


def xen(seconds, seed):
    """test/xen/soak says what it does; its console stays when it fails."""
    print(f"seed {seed}", flush=True)
    here = TOP / "test/xen"
    log = TOP / "build/soak/xen.console"
    log.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        burst = pathlib.Path(folder) / "burst"
        subprocess.run(["cc", "-static", "-O2", "-Wall", "-Wextra", "-Werror",
                        "-o", burst, here / "burst.c"], check=True)
        conf = pathlib.Path(folder) / "soak.conf"
        conf.write_text(f"seed={seed} seconds={seconds}\n")
        files = [here / "hosted-lib.sh", burst, conf]
        with subprocess.Popen(
                [TOP / "tools/run-xen.sh", "-t", str(2 * seconds + 3600),
                 "--log", log, "-s", here / "soak",
                 *[word for file in files for word in ("-f", file)]],
                stdout=subprocess.PIPE, text=True, errors="replace",
                preexec_fn=lambda: die_with_parent(signal.SIGTERM)) as run:
            for line in run.stdout:
                if line.strip() and not line.startswith("HOSTED:"):
                    print(line.strip(), flush=True)
    if run.returncode == 0:
        log.unlink(missing_ok=True)
    return run.returncode


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-s", dest="seed", type=int,
                        default=random.randrange(1 << 32))
    parser.add_argument("--xen", action="store_true")
    parser.add_argument("seconds", type=int, nargs="?", default=3600)
    args = parser.parse_args()
    sys.exit((xen if args.xen else main)(args.seconds, args.seed))
