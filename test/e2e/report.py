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
"""tools/run-qemu.sh: boots a HelenOS image, waits for its lease and tells what
the guest says of its network."""

import argparse
import os
import re
import select
import shlex
import shutil
import signal
import sys
import termios
import time
import tty
from pathlib import Path

from cloud import FAR_HOST, NETWORKS, Cloud
from disks import BUSES, image_format
from helenos import (LEASE, QEMU, WEBSRV, Guest, GuestError, Shell, boot,
                     kvm_works)
from tcp import Refused, fetch

TOP = Path(__file__).resolve().parents[2]
HOSTED = TOP / "host/run-hosted.sh"

LOG_LINES = re.compile(r"helenos-pv digest|virtio (network|block) device|"
                       r"link is (up|down)|" +
                       "|".join((LEASE.pattern, WEBSRV.pattern)))
USER_NET_ROUTER = "10.0.2.2"
HTTP_PORT = 80
QUIT_KEY = b"\x1d"      # Ctrl-], as telnet has it


def arguments(argv):
    p = argparse.ArgumentParser(
        prog="tools/run-qemu.sh",
        description="Boot a HelenOS image under QEMU with a virtio network "
        "card, wait for its DHCP lease, and print what `nic`, `inet "
        "list-addr` and `ping` say in the guest. Without an image, the "
        "drivers run hosted on Linux instead: host/run-hosted.sh gets the "
        "same arguments (see its --help).")
    p.add_argument("image", nargs="?", metavar="IMAGE",
                   help="a bootable HelenOS ISO (amd64 or ia32), or a disk of "
                   "tools/make-disk.sh, which is not written to")
    p.add_argument("--bus", choices=sorted(BUSES),
                   help="what such a disk hangs on (default: ide)")
    p.add_argument("--machine", choices=["pc", "q35"], default="pc",
                   help="QEMU's machine (default: pc, the i440fx)")
    p.add_argument("--cpus", type=int, metavar="N",
                   help="processors (default: 1, or those of the network)")
    p.add_argument("--memory", type=int, default=512, metavar="MIB")
    p.add_argument("--nic-model", metavar="MODEL",
                   help="QEMU's network device (default: virtio-net-pci; "
                   "e1000 or rtl8139 to compare)")
    p.add_argument("--device-opts", default="", metavar="OPTS",
                   help='options of that device, such as "disable-modern=on" '
                   'or "mrg_rxbuf=off,event_idx=off"')
    net = p.add_mutually_exclusive_group()
    net.add_argument("--tap", metavar="IF",
                     help="put the card on this tap interface instead of "
                     "QEMU's user-mode network; the shell then gets a second "
                     "card")
    net.add_argument("--socket", metavar="HOST:PORT",
                     help="put the card on a socket back end that listens "
                     "there; the shell then gets a second card")
    net.add_argument("--network", choices=sorted(NETWORKS),
                     help="put the card on a network as that cloud has it: a "
                     "lease of one address whose router is on no net. A host "
                     "far away pings the guest and fetches a page from its "
                     "websrv. The shell gets a second card. The image needs "
                     "the fix host-route (tools/install.sh --with-fixes)")
    p.add_argument("--pcap", metavar="FILE",
                   help="write the card's frames to FILE")
    p.add_argument("--disk", metavar="FILE",
                   help="a raw disk image, given to the guest as virtio-blk")
    p.add_argument("--window", action="store_true",
                   help="show the guest's screen")
    p.add_argument("--shell", action="store_true",
                   help="keep running with a shell in the guest")
    p.add_argument("--log", metavar="FILE", help="keep the boot log in FILE")
    p.add_argument("--timeout", type=int, default=300, metavar="SECONDS",
                   help="limit for the boot up to the lease (default: 300)")
    args, unknown = p.parse_known_args(argv)
    if unknown and args.image is not None:
        p.error(f"unrecognized arguments: {' '.join(unknown)}")
    return args


def say(text):
    print(f"run-qemu: {text}", flush=True)


def fail(text):
    print(f"run-qemu: {text}", file=sys.stderr, flush=True)
    sys.exit(1)


def check(args):
    """Refuse what cannot work, before anything is started."""
    if not shutil.which(QEMU):
        fail(f"{QEMU} is missing (Debian: apt install qemu-system-x86)")
    try:
        kind = image_format(args.image)
    except OSError as e:
        fail(f"cannot read {args.image}: {e.strerror}")
    if not kind:
        fail(f"{args.image} is not an ISO image, nor a disk that boots "
             "(tools/make-disk.sh makes one)")
    if kind == "iso" and args.bus:
        fail(f"--bus is for a disk, and {args.image} is an ISO image "
             "(tools/make-disk.sh makes a disk of it)")
    if args.cpus is not None and args.cpus < 1:
        fail("--cpus must be 1 or more")
    if args.disk and not os.access(args.disk, os.R_OK | os.W_OK):
        fail(f"cannot read and write {args.disk}")
    if args.window and not (os.environ.get("DISPLAY") or
                            os.environ.get("WAYLAND_DISPLAY")):
        fail("--window needs a display (DISPLAY is not set)")
    if args.tap and not Path(f"/sys/class/net/{args.tap}/tun_flags").exists():
        fail(f"{args.tap} is not a tap interface "
             f"(ip tuntap add dev {args.tap} mode tap user $USER)")
    if args.socket and not re.fullmatch(r"[^:]+:\d+", args.socket):
        fail(f"--socket wants HOST:PORT, not {args.socket}")


def guest_maker(args, cloud):
    """A function that makes the guest which the arguments ask for."""
    net = args.network and NETWORKS[args.network]
    device = args.nic_model or (net.device if net else "virtio-net-pci")
    cpus = args.cpus or (net.cpus if net else 1)
    if args.device_opts:
        device += "," + args.device_opts
    control = Guest.USER_NET, "e1000"
    if cloud:
        netdev = cloud.netdev()
        # No router there, and no interrupt line that both cards share
        control = Guest.USER_NET_ALONE, "e1000,addr=0x3"
        device += ",addr=0x11"
    elif args.tap:
        netdev = f"tap,ifname={args.tap},script=no,downscript=no"
    elif args.socket:
        netdev = f"socket,connect={args.socket}"
    else:
        netdev = Guest.USER_NET
    nics = [(netdev, device)]
    if netdev != Guest.USER_NET:
        nics.append(control)
        say("the shell goes through a second card, an e1000")
    extra = []
    if args.pcap:
        extra += ["-object",
                  f"filter-dump,id=pcap,netdev=net0,file={args.pcap}"]
    if args.disk:
        extra += ["-drive", f"if=none,id=disk,format=raw,file={args.disk}",
                  "-device", "virtio-blk-pci,drive=disk"]
    accel = "kvm" if kvm_works() else "tcg"
    say("KVM works, using it" if accel == "kvm" else
        "no KVM that works here, emulating the processor")

    def make():
        guest = Guest(args.image, nics, machine=args.machine, cpus=cpus,
                      memory=args.memory, extra=extra, window=args.window,
                      accel=accel, keep_log=args.log, bus=args.bus or "ide")
        say(shlex.join(guest.command))
        return guest
    return make


def teller():
    """A function that prints the lines of a boot log that matter, each
    once."""
    shown, start = set(), time.monotonic()

    def tell(log):
        for line in log.splitlines():
            if LOG_LINES.search(line) and line not in shown:
                shown.add(line)
                say(f"{time.monotonic() - start:5.0f} s  {line}")
    return tell


def report(guest, shell_has_card):
    """Print the guest's view; is the ping answered? A card of its own for the
    shell means that the router of its network is not the one to ask."""
    if not guest.has_remcons():
        say("the image starts no remote console: nobody to ask what it sees")
        return True
    for command in ("nic", "inet list-addr", "inet list-sr"):
        answer = guest.run(command)
        print(f"\n/ # {command}\n{answer}", flush=True)
    routers = re.findall(r"^0\.0\.0\.0/0\s+(\d+\.\d+\.\d+\.\d+)", answer, re.M)
    if shell_has_card:
        routers = [router for router in routers if router != USER_NET_ROUTER]
    if not routers:
        print(flush=True)
        say("the lease names no router, so there is nobody to ping")
        return True
    command = f"ping -n 4 {routers[0]}"
    answer = guest.run(command)
    print(f"\n/ # {command}\n{answer}\n", flush=True)
    return answer.count("Received ICMP echo reply") == 4


def report_cloud(guest, cloud):
    """Ping the guest and fetch a page from far away; did both work?"""
    net = cloud.network
    asked = sorted(cloud.asked_for)
    say(f"the guest asked for the options {', '.join(map(str, asked))}")
    pings = cloud.far_pings(4)
    say(f"{'four pings in a row' if pings else 'no four pings in a row'} from "
        f"{FAR_HOST} through {net.router} were answered")
    if not pings:
        return False

    started = WEBSRV.search(guest.log())
    port = int(started[1]) if started else HTTP_PORT
    if not started and not guest.has_remcons():
        say("the image starts no web server, and has no remote console to "
            "start one")
        return False
    if not started:
        print(f"\n/ # websrv -p {port}", flush=True)
        guest.shell.send(f"websrv -p {port}")
    try:
        for path in ("/", "/helenos.png"):
            start = time.monotonic()
            status, body = fetch(cloud, path, port, src=FAR_HOST)
            say(f"{path} for {FAR_HOST} after {time.monotonic() - start:.2f} "
                f"s: {status}, {len(body)} bytes")
            if path == "/":
                print(f"\n{body.decode(errors='replace')}", flush=True)
    except (Refused, TimeoutError) as e:
        say(f"no page: {e or 'websrv does not listen'}")
        return False
    if cloud.vanished:
        say(f"{cloud.vanished} frames of the guest were longer than the "
            f"network carries ({cloud.max_len} bytes) and vanished")
    return status.endswith("200 OK")


def interact(guest):
    """A shell for the user, until QEMU ends, the guest hangs up or the quit
    key comes."""
    port = guest.control_port()
    guest.drop_shell()
    if not sys.stdin.isatty():
        say(f"running; a shell: telnet 127.0.0.1 {port}; end with Ctrl-C")
        guest.process.wait()
        return
    say(f"a shell in the guest (also: telnet 127.0.0.1 {port}); "
        "Ctrl-] ends the guest")
    shell = Shell(port)
    old = termios.tcgetattr(sys.stdin)
    try:
        tty.setraw(sys.stdin)
        os.write(1, shell.screen())
        while True:
            ready, _, _ = select.select([sys.stdin, shell.sock], [], [])
            if shell.sock in ready:
                data = shell.receive()
                if not data:
                    return
                os.write(1, data)
            if sys.stdin in ready:
                key = os.read(0, 1024)
                if not key or QUIT_KEY in key:
                    return
                shell.sock.sendall(key)
    finally:
        termios.tcsetattr(sys.stdin, termios.TCSADRAIN, old)
        print()


def main(argv):
    args = arguments(argv)
    if args.image is None and args.network:
        fail("--network needs an image")
    if args.image is None:
        if not HOSTED.exists():
            fail("no image was given, and the hosted drivers "
                 f"({HOSTED.relative_to(TOP)}) are not in this tree")
        os.execv(HOSTED, [str(HOSTED), *argv])
    check(args)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: sys.exit(1))
    guest = cloud = None
    try:
        shell_has_card = bool(args.tap or args.socket or args.network)
        if args.network:
            cloud = Cloud(NETWORKS[args.network])
        guest = boot(guest_maker(args, cloud), 1 + shell_has_card,
                     args.timeout, teller())
        answered = report(guest, shell_has_card)
        if cloud and answered:
            answered = report_cloud(guest, cloud)
        if args.shell and not guest.has_remcons():
            fail("the image starts no remote console, so there is no shell")
        if args.shell:
            interact(guest)
    except GuestError as e:
        fail(str(e))
    finally:
        if guest:
            guest.stop()
        if cloud:
            cloud.close()
    if not answered:
        fail("the pings were not all answered" if not cloud else
             "the guest cannot be reached from far away")
    say("done: lease and ping work" if not cloud else
        "done: lease, ping and page work")


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except KeyboardInterrupt:
        sys.exit(130)
