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

"""The carrier guest of the hosted drivers, seen from outside: its console, a
shell on its second serial port, QEMU's monitor."""

import functools
import os
import re
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path

from helenos import QEMU, GuestError, Qmp, die_with_parent, wait_for

TOP = Path(__file__).resolve().parents[2]
BOOT_LIMIT = 300
COMMAND_LIMIT = 300

CRASH = re.compile("ERROR: (Address|Leak|Thread)Sanitizer|runtime error:|"
                   "VIOLATION:|Kernel panic|BUG:|drivers ended with [^0]|an "
                   "event is lost")


@functools.cache
def build():
    """Make the carrier, once; kernel and initial RAM disk."""
    san = os.environ.get("HOSTED_SAN", "address")
    cc = os.environ.get("HOSTED_CC", "gcc")
    done = subprocess.run([TOP / "host/carrier.sh", "-s", san, "-c", cc],
                          stdout=subprocess.PIPE, text=True, check=True)
    return done.stdout.split()


class Carrier:
    """A guest. nics is a list of (netdev, device) option strings; the netdev
    is "user" for user-mode networking with a net of the card's own. The nth
    card is hpvN in the guest, netN and nicN in QEMU."""

    def __init__(self, nics, machine="pc", cpus=1, disks=(), extra=(),
                 trace=""):
        self.kernel, self.initrd = build()
        self.dir = Path(tempfile.mkdtemp(prefix="helenos-pv-"))
        self.console_path = self.dir / "console"
        self.console_path.touch()
        self.trace_path = self.dir / "trace"
        self.process = self.qmp = self.shell = None
        self.command = [
            # A processor that has what sanitizers are built for, and room
            # for another one: see host/run-hosted.sh
            QEMU, "-machine", f"{machine},accel=tcg", "-cpu", "Nehalem",
            "-smp", f"{cpus},maxcpus={max(cpus, 2)}",
            "-m", "512", "-nodefaults", "-display", "none", "-no-reboot",
            "-kernel", self.kernel, "-initrd", self.initrd,
            # Linux says BUG of a processor that the host let wait, too
            "-append", "console=ttyS0 quiet loglevel=4 panic=-1 "
            "mitigations=off nosoftlockup mode=remote",
            "-serial", f"file:{self.console_path}",
            "-serial", f"unix:{self.dir}/shell,server=on,wait=off",
            "-qmp", f"unix:{self.dir}/qmp,server=on,wait=off"]
        if trace:
            self.command += ["-d", trace, "-D", str(self.trace_path)]
        self.command += list(extra)
        for i, (netdev, device) in enumerate(nics):
            self.command += ["-netdev", self.netdev(i, netdev),
                             "-device", self.device(i, device)]
        for i, (path, device) in enumerate(disks):
            self.command += [
                "-drive", f"if=none,id=disk{i},format=raw,file={path}",
                "-device", f"virtio-blk-pci,drive=disk{i}"
                + (f",{device}" if device else "")]

    @staticmethod
    def netdev(i, netdev):
        if netdev == "user":
            netdev = f"user,net=10.0.{i + 2}.0/24"
        kind, _, rest = netdev.partition(",")
        return f"{kind},id=net{i}" + (f",{rest}" if rest else "")

    @staticmethod
    def device(i, device):
        return f"virtio-net-pci,id=nic{i},netdev=net{i},romfile=" + \
            (f",{device}" if device else "")

    # Life

    def __enter__(self):
        with open(self.dir / "stderr", "wb") as err:
            self.process = subprocess.Popen(
                self.command, stdin=subprocess.DEVNULL, stdout=err,
                stderr=err, preexec_fn=die_with_parent)
        try:
            wait_for(lambda: self.alive() and (self.dir / "qmp").exists() and
                     (self.dir / "shell").exists(), "monitor of QEMU", 60)
            self.qmp = Qmp(self.dir / "qmp")
            sock = socket.socket(socket.AF_UNIX)
            sock.connect(str(self.dir / "shell"))
            sock.settimeout(BOOT_LIMIT)
            self.shell = sock.makefile("rwb", buffering=0)
            self.wait_console("HOSTED: ready for commands", BOOT_LIMIT)
            self._until(b"READY")
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *exc):
        if self.process:
            self.process.kill()
            self.process.wait()
        keep = os.environ.get("KEEP_LOGS")
        if keep:
            Path(keep).mkdir(parents=True, exist_ok=True)
            shutil.copy(self.console_path,
                        Path(keep) / f"{self.dir.name}.console")
        shutil.rmtree(self.dir)

    def alive(self):
        if self.process.poll() is not None:
            said = (self.dir / "stderr").read_text(errors="replace").strip()
            raise GuestError(f"QEMU ended: {said}\n" + self.console()[-2000:])
        return True

    # Console

    def console(self):
        return self.console_path.read_text(errors="replace")

    def trace(self):
        return self.trace_path.read_text(errors="replace") \
            if self.trace_path.exists() else ""

    def crashes(self):
        return [line for line in self.console().splitlines()
                if CRASH.search(line)]

    def wait_console(self, text, limit=COMMAND_LIMIT):
        def look():
            self.alive()
            crashes = self.crashes()
            if crashes and text not in self.console():
                raise GuestError("\n".join(self.console().splitlines()[-40:]))
            return text in self.console()
        wait_for(look, f"{text!r} on the console", limit)

    def quit(self):
        """End the drivers; the console's line that says how they did."""
        self.ctl("quit")
        self.wait_console("drivers ended with")
        return next(line for line in self.console().splitlines()
                    if "drivers ended with" in line)

    # Shell

    def _until(self, end):
        lines = []
        while True:
            line = self.shell.readline()
            if not line:
                raise GuestError("the guest closed its shell:\n"
                                 + self.console()[-2000:])
            line = line.strip(b"\r\n")
            if line.startswith(end):
                return lines, line[len(end):]
            lines.append(line.decode(errors="replace"))

    def run(self, command, check=True):
        """Run a command line in the guest; what it printed. With check, a
        command that fails is an error; else its exit code comes along."""
        self.shell.write(command.encode() + b"\n")
        lines, code = self._until(b"EXIT ")
        text, code = "\n".join(lines), int(code)
        if not check:
            return code, text
        if code != 0:
            raise GuestError(f"{command}: exit code {code}: {text}")
        return text

    def ctl(self, *words, check=True):
        return self.run("hostctl " + " ".join(map(str, words)), check)

    def fields(self, *words):
        """Answer to a command, each line of which is a name and a value."""
        return dict(line.split(" ", 1) if " " in line else (line, "")
                    for line in self.ctl(*words).splitlines())

    def stats(self, n):
        return {k: int(v) for k, v in self.fields(n, "stats").items()}

    # Cards

    def up(self, n):
        """Get a lease on a card; the guest's address."""
        self.run(f"ip link set hpv{n} up")
        self.run(f"udhcpc -i hpv{n} -s /etc/udhcpc -n -q -f -t 20 -T 3")
        return self.run(f"cat /run/lease.hpv{n}").split("/")[0]

    def ping(self, n, target, count=3, size=56):
        """Ping; how many answers came."""
        code, text = self.run(f"ping -c {count} -i 0.02 -W 30 -s {size} -I hpv{n} "
                              f"{target}", check=False)
        found = re.search(r"(\d+) packets received", text)
        return int(found[1]) if found else 0

    def pci_slot(self, n):
        """Where the guest sees a device, by its number in hosted."""
        return self.ctl("list").splitlines()[n].split()[1]

    # The device, by QEMU's monitor

    def virtio_path(self, n):
        return next(d["path"] for d in self.qmp.command("x-query-virtio")
                    if f"/nic{n}/" in d["path"])

    def virtio_status(self, n):
        """What QEMU says of a virtio device: features, status."""
        return self.qmp.command("x-query-virtio-status",
                                path=self.virtio_path(n))

    def virtio_queue(self, n, queue):
        """What QEMU says of a virtqueue: addresses, indices."""
        return self.qmp.command("x-query-virtio-queue-status",
                                path=self.virtio_path(n), queue=queue)

    def rx_filter(self, n):
        return self.qmp.command("query-rx-filter", name=f"nic{n}")[0]
