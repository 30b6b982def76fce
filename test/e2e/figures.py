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
"""What an echo and a web page cost in HelenOS: the instructions of the whole
system, driver, servers and kernel, for each network card and image.

QEMU counts them (-icount), so that the figures do not depend on the speed or
the load of the machine that measures. One processor, emulated: eight
nanoseconds of its time an instruction, so that who waits by a loop is soon
done."""

import argparse
import os
import sys
import time

sys.dont_write_bytecode = True

from helenos import Guest, GuestError, boot, image_fixes    # noqa: E402
from peer import Peer                           # noqa: E402
from tcp import Refused, fetch                  # noqa: E402

CARDS = "virtio-net-pci", "e1000", "rtl8139"
PAYLOAD_LEN = 56        # of an echo request, as `ping` has it
AT_ONCE = 8             # echo requests, of which rtl8139's driver loses some
HTTP_PORT = 80


def arguments():
    p = argparse.ArgumentParser(
        prog="test/e2e/figures.py",
        description="Boot each image with several network cards under QEMU, "
        "which counts instructions, and print what an echo and a page of "
        "websrv cost with each card: a row of a Markdown table each. Echoes "
        f"come alone and {AT_ONCE} at a time, pages one after the other.")
    p.add_argument("images", nargs="+", metavar="IMAGE",
                   help="a bootable HelenOS ISO (amd64 or ia32)")
    p.add_argument("--cards", default=",".join(CARDS), metavar="CARD,...",
                   help="QEMU's network devices (default: %(default)s)")
    p.add_argument("--echoes", type=int, default=320, metavar="N",
                   help="how many on each card (default: %(default)s)")
    p.add_argument("--pages", type=int, default=20, metavar="N",
                   help="how many on each card (default: %(default)s)")
    p.add_argument("--path", default="/", help="which page (default: /)")
    return p.parse_args()


class Counter:
    """Instructions that the guest executes; those of a tick that finds
    nothing to do are among them."""

    def __init__(self, guest):
        self.qmp = guest.qmp

    def now(self):
        return self.qmp.command("query-replay")["icount"]

    def each(self, count, work):
        """Those that work() takes, divided by count."""
        start = self.now()
        work()
        return (self.now() - start) / count

    def rate(self, work):
        """Those in a second of work()."""
        start = time.monotonic()
        return self.each(1, work) / (time.monotonic() - start)

    def settle(self, busy, limit=600):
        """Wait until the guest does a quarter of what it does when it is busy;
        how much that is, in instructions a second."""
        end = time.monotonic() + limit
        while True:
            idle = self.rate(lambda: time.sleep(5))
            if idle < busy / 4:
                return idle
            if time.monotonic() > end:
                raise GuestError("it always has something to do")


def echoes(peer, count, at_once=1):
    for first in range(0, count, at_once):
        missed = peer.ping([f"echo {first + i}".ljust(PAYLOAD_LEN).encode()
                            for i in range(min(at_once, count - first))], 120)
        if missed:
            raise GuestError(f"{len(missed)} of {at_once} echo requests were "
                             "not answered")


def pages(peer, count, path):
    sizes = set()
    for _ in range(count):
        status, body = fetch(peer, path, HTTP_PORT, 300)
        if not status.endswith("200 OK"):
            raise GuestError(f"{path}: {status}")
        sizes.add(len(body))
    if len(sizes) != 1:
        raise GuestError(f"{path} had lengths of {sorted(sizes)} bytes")
    return sizes.pop()


def warm(peer, args):
    """Have the guest find out what it finds out once."""
    echoes(peer, 1)
    pages(peer, 1, args.path)


def measure(image, args):
    """Print the rows of an image; did a card fail?"""
    failed = False
    cards = args.cards.split(",")
    peers = [Peer(77 + i) for i in range(len(cards))]
    nics = [(Guest.USER_NET_ALONE, "e1000")]
    nics += [(peer.netdev(), card) for peer, card in zip(peers, cards)]
    guests = []

    def make():
        # q35 reads its CD by DMA: emulated I/O takes long when QEMU counts
        guests.append(Guest(image, nics, machine="q35", accel="tcg",
                            extra=["-icount", "shift=3"]))
        return guests[-1]

    def hurry(log):
        """The boot loader counts seconds, unless a key is pressed."""
        if not log:
            guests[-1].qmp.command(
                "send-key", keys=[{"type": "qcode", "data": "ret"}])

    guest = boot(make, len(nics), 1500, hurry)
    try:
        counter = Counter(guest)
        guest.shell.send(f"websrv -p {HTTP_PORT}")
        guest.wait_log("term/vc5", 600)
        warm(peers[0], args)
        busy = counter.rate(lambda: echoes(
            peers[0], args.echoes, AT_ONCE))
        print(f"{os.path.basename(image)}: {busy:,.0f} instructions a second "
              f"when busy, {counter.settle(busy):,.0f} when idle",
              file=sys.stderr, flush=True)
        for peer, card in zip(peers, cards):
            costs = []
            try:
                warm(peer, args)
                costs.append(counter.each(args.echoes, lambda: echoes(
                    peer, args.echoes)))
                costs.append(counter.each(args.pages, lambda: pages(
                    peer, args.pages, args.path)))
                costs.append(counter.each(args.echoes, lambda: echoes(
                    peer, args.echoes, AT_ONCE)))
            except (GuestError, Refused, TimeoutError) as e:
                failed = True
                print(f"{image}, {card}: {e}", file=sys.stderr, flush=True)
            cells = [f"{cost:,.0f}" for cost in costs] + ["failed"] * 3
            names = " ".join(image_fixes(image)) or "none"
            print("|", " | ".join([names, card, *cells[:3]]), "|",
                  flush=True)
    finally:
        guest.stop()
        for peer in peers:
            peer.close()
    return failed


def main():
    args = arguments()
    print(f"| fixes | card | instructions an echo | a page | "
          f"an echo of {AT_ONCE} |\n|---|---|---|---|---|", flush=True)
    failed = False
    for image in args.images:
        try:
            failed |= measure(image, args)
        except (GuestError, Refused, TimeoutError) as e:
            print(f"{image}: {e}", file=sys.stderr, flush=True)
            failed = True
    sys.exit(failed)


if __name__ == "__main__":
    main()
