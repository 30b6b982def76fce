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
import signal
import subprocess
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
sys.path.insert(0, str(TOP / "tools"))

import checks  # noqa: E402

HOSTED = TOP / "host/run-hosted.sh"

LOG_LINES = re.compile(r"helenos-pv digest|virtio (network|block) device|"
                       r"link is (up|down)|" +
                       "|".join((LEASE.pattern, WEBSRV.pattern)))
USER_NET_ROUTER = "10.0.2.2"
HTTP_PORT = 80
QUIT_KEY = b"\x1d"      # Ctrl-], as telnet has it
ENDS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def add_network(p):
    """The options that say what the card is on."""
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


def parser():
    p = argparse.ArgumentParser(
        prog="tools/run-qemu.sh",
        description="Boot a HelenOS image under QEMU with a virtio network "
        "card, wait for its DHCP lease, and print what `nic`, `inet "
        "list-addr` and `ping` say in the guest. Without an image, the "
        "drivers run hosted on Linux instead, in host/run-hosted.sh.",
        epilog="After -- come more arguments for QEMU. Status: 0 if all of it "
        "worked, 1 if not, 2 for a wrong use, 130 and 143 when a signal ended "
        "it.", allow_abbrev=False)
    p.add_argument("image", nargs="?", metavar="IMAGE",
                   help="a bootable HelenOS ISO (amd64 or ia32), or a disk of "
                   "tools/make-disk.sh, which is not written to")
    p.add_argument("--bus", choices=sorted(BUSES),
                   help="what such a disk hangs on (default: ide)")
    p.add_argument("--machine", choices=["pc", "q35"], default="pc",
                   help="QEMU's machine (default: pc, the i440fx)")
    p.add_argument("--cpus", type=checks.at_least_one, metavar="N",
                   help="processors (default: 1, or those of the network)")
    p.add_argument("--memory", type=checks.at_least_one, metavar="MIB",
                   help="memory (default: 512; 256 without an image)")
    p.add_argument("--nic-model", metavar="MODEL",
                   help="QEMU's network device (default: virtio-net-pci; "
                   "e1000 or rtl8139 to compare)")
    p.add_argument("--device-opts", action="append", default=[],
                   metavar="OPTS",
                   help='options of that device, such as "disable-modern=on" '
                   'or "mrg_rxbuf=off,event_idx=off"; each time it is given '
                   'it means one more card')
    add_network(p)
    p.add_argument("--pcap", metavar="FILE",
                   help="write the card's frames to FILE")
    p.add_argument("--disk", metavar="FILE", action="append", default=[],
                   help="a raw disk image, given to the guest as virtio-blk; "
                   "can be given again")
    p.add_argument("--window", action="store_true",
                   help="show the guest's screen")
    p.add_argument("--shell", action="store_true",
                   help="keep running with a shell in the guest")
    p.add_argument("--script", metavar="FILE",
                   help="instead of the report, run the lines of FILE in the "
                   "guest's shell; without an image, FILE in Linux's")
    p.add_argument("--log", metavar="FILE", help="keep the boot log in FILE")
    p.add_argument("--verbose", action="store_true",
                   help="show all of the boot log")
    p.add_argument("--timeout", type=checks.number, default=300,
                   metavar="SECONDS",
                   help="give up when the guest has no lease, or without an "
                   "image is not done, after so long (300; 0: never)")
    hosted = p.add_argument_group("without an image only")
    hosted.add_argument("--sanitizer", choices=["address", "thread"],
                        help="build the drivers so")
    hosted.add_argument("--gdb", type=checks.port, metavar="PORT",
                        help="wait for gdb on 127.0.0.1:PORT")
    return p


def arguments(argv):
    own, extra = argv, []
    if "--" in argv:
        own = argv[:argv.index("--")]
        extra = argv[len(own) + 1:]
    p = parser()
    args = p.parse_args(own)
    args.extra = extra
    if args.image is None:
        if args.network:
            p.error("--network needs an image")
    elif args.sanitizer or args.gdb:
        p.error("--sanitizer and --gdb are for the hosted drivers: without "
                "an image")
    if args.network and len(args.device_opts) > 1:
        p.error("--network has one card: give --device-opts once")
    return args


def end(number, _frame):
    """A signal that ends: once, so that it is not itself ended."""
    for other in ENDS:
        signal.signal(other, signal.SIG_IGN)
    sys.exit(128 + number)


def say(text):
    print(f"run-qemu: {text}", flush=True)


def fail(text):
    print(f"run-qemu: {text}", file=sys.stderr, flush=True)
    sys.exit(1)


def check(args):
    """Refuse what cannot work, before anything is started."""
    said = [checks.program(QEMU, "qemu-system-x86"),
            checks.readable(args.image),
            args.script and checks.readable(args.script),
            args.log and checks.writable(args.log),
            args.pcap and checks.writable(args.pcap),
            args.tap and checks.tap(args.tap),
            args.socket and checks.listener(args.socket),
            *map(checks.disk, args.disk)]
    if not said[0]:
        said += [checks.device(",".join(filter(None, [model(args), opts])),
                               QEMU) for opts in args.device_opts or [""]]
    kind = "unknown" if said[1] else image_format(args.image)
    if not kind:
        said.append(f"{args.image} is not an ISO image, nor a disk that boots "
                    "(tools/make-disk.sh makes one)")
    if kind == "iso" and args.bus:
        said.append(f"--bus is for a disk, and {args.image} is an ISO image "
                    "(tools/make-disk.sh makes a disk of it)")
    if args.window and not (os.environ.get("DISPLAY") or
                            os.environ.get("WAYLAND_DISPLAY")):
        said.append("--window needs a display (DISPLAY is not set)")
    said = list(filter(None, said))
    for text in said[:-1]:
        print(f"run-qemu: {text}", file=sys.stderr)
    if said:
        fail(said[-1])


def model(args):
    """QEMU's network device, with the options that its network wants."""
    net = args.network and NETWORKS[args.network]
    return args.nic_model or (net.device if net else "virtio-net-pci")


def guest_maker(args, cloud):
    """A function that makes the guest which the arguments ask for."""
    net = args.network and NETWORKS[args.network]
    cpus = args.cpus or (net.cpus if net else 1)
    device, *more = [",".join(filter(None, [model(args), opts]))
                     for opts in args.device_opts or [""]]
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
    nics += [(f"user,net=10.1.{i}.0/24", card) for i, card in enumerate(more)]
    extra = []
    if args.pcap:
        extra += ["-object",
                  f"filter-dump,id=pcap,netdev=net0,file={args.pcap}"]
    for i, disk in enumerate(args.disk):
        extra += ["-drive", f"if=none,id=disk{i},format=raw,file={disk}",
                  "-device", f"virtio-blk-pci,drive=disk{i}"]
    extra += args.extra
    accel = "kvm" if kvm_works() else "tcg"
    say("KVM works, using it" if accel == "kvm" else
        "no KVM that works here, emulating the processor")

    def make():
        guest = Guest(args.image, nics, machine=args.machine, cpus=cpus,
                      memory=args.memory or 512, extra=extra,
                      window=args.window, accel=accel, keep_log=args.log,
                      bus=args.bus or "ide")
        say(shlex.join(guest.command))
        return guest
    return make


def teller(every):
    """A function that prints the lines of a boot log that matter, each once;
    or every line as it is."""
    shown, start = set(), time.monotonic()
    lines = 0

    def tell(log):
        nonlocal lines
        if every:
            whole = log[:log.rfind("\n") + 1].splitlines()
            # fewer than before: another boot
            for line in whole[lines if lines <= len(whole) else 0:]:
                print(line, flush=True)
            lines = len(whole)
            return
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


def run_script(guest, path):
    """Run each line of a file in the guest's shell."""
    for line in Path(path).read_text().splitlines():
        if line.strip() and not line.startswith("#"):
            print(f"\n/ # {line}\n{guest.run(line)}", flush=True)


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
    if args.image is None:
        if not HOSTED.exists():
            fail("no image was given, and the hosted drivers "
                 f"({HOSTED.relative_to(TOP)}) are not in this tree")
        os.execv(HOSTED, [str(HOSTED), *argv])
    for number in ENDS:
        signal.signal(number, end)
    setup = [TOP / "tools/setup.sh", "--boot"]
    if subprocess.run(setup, check=False).returncode != 0:
        sys.exit(1)
    check(args)
    guest = cloud = None
    try:
        shell_has_card = bool(args.tap or args.socket or args.network)
        if args.network:
            cloud = Cloud(NETWORKS[args.network])
        leases = shell_has_card + max(1, len(args.device_opts))
        guest = boot(guest_maker(args, cloud), leases,
                     args.timeout or float("inf"), teller(args.verbose))
        if args.script and not guest.has_remcons():
            fail("the image starts no remote console, so nothing can be run")
        if args.script:
            run_script(guest, args.script)
            answered = True
        else:
            answered = report(guest, shell_has_card)
        if cloud and answered and not args.script:
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
    say("done: the script has run" if args.script else
        "done: lease and ping work" if not cloud else
        "done: lease, ping and page work")


if __name__ == "__main__":
    main(sys.argv[1:])
