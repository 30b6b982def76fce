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
"""A HelenOS guest under QEMU, seen from outside: its boot log on the serial
port, its shell by telnet (remcons), QEMU's monitor by QMP.

Nothing here is timed: what is waited for is a state, with a limit that is
generous for an emulated machine on a busy host.
"""

import ctypes
import functools
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

from disks import boot_options

QEMU = "qemu-system-x86_64"
IMAGE = Path(os.environ.get("HELENOS_IMAGE") or
             "~/.cache/helenos-pv/image.iso").expanduser()
REMCONS_PORT = 2223
BOOT_LIMIT = 300
COMMAND_LIMIT = 120

# What the kernel or a task's runtime writes when something died.
CRASH = re.compile("Kernel panic|Assertion failed|killed due to an exception|"
                   "Kill message:")

# HelenOS's device manager takes its tree's lock for reading twice when it waits
# for a function to become stable (devman_drv_fun_wait_stable). If a writer
# comes between, which happens on a slow host now and then, it ends itself, and
# the rest of the boot is a ruin, whatever the network card is.
DEVMAN_DEADLOCK = re.compile(r"/srv/devman\(\d+\)\] Deadlock detected")
BOOTS = 4

# The remote console has told HelenOS's system server, which goes on, that it
# listens. A connection that comes while it begins to can wedge HelenOS's TCP:
# seen once, no segment was answered any more, while the card, ICMP and another
# card were well.
REMCONS_LISTENS = re.compile(
    r"remcons: HelenOS Remote console.*?system: (?:Starting|Spawning) ", re.S)

# It was left out (the kernel's argument remcons=off)
REMCONS_OFF = re.compile(
    r"Starting /srv/clipboard(?:(?!Starting /srv/hid/remcons).)*?"
    r"Starting /srv/hid/input", re.S)

# The web server that HelenOS started by itself, and its port
WEBSRV = re.compile(r"system: Starting /app/websrv -p (\d+)")

LEASE = re.compile(r"\[dhcp\] note: (\S+): Successfully configured")


@functools.cache
def image_fixes(image=IMAGE):
    """The names of the fixes of HelenOS that an image says it has."""
    fixes = re.search(rb"[0-9a-f]{16}, fixes [0-9a-f]{16}: ([a-z0-9 -]+)",
                      Path(image).read_bytes())
    return fixes[1].decode().split() if fixes else []


class GuestError(Exception):
    """The guest or QEMU did not do what was waited for."""


class BootRace(GuestError):
    """HelenOS lost a race with itself while booting."""


def wait_for(condition, what, limit, poll=0.2):
    """Poll until condition() is true and return its value."""
    end = time.monotonic() + limit
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise GuestError(f"no {what} within {limit} s")
        time.sleep(poll)


def die_with_parent(number=signal.SIGKILL):
    """In the child: get that signal when the parent dies, however it dies."""
    pr_set_pdeathsig = 1
    ctypes.CDLL(None).prctl(pr_set_pdeathsig, number)


def kvm_works():
    """Does KVM run a guest here, and in hardware? The device file alone does
    not tell. A processor without VMX or SVM means a KVM that interprets, which
    is slower than QEMU's own emulation; where there is one of them, let the
    firmware run and say its name on the debug port."""
    if not os.access("/dev/kvm", os.R_OK | os.W_OK):
        return False
    if not re.search(r"^flags\s*:.*\b(vmx|svm)\b",
                     Path("/proc/cpuinfo").read_text(), re.M):
        return False
    with tempfile.TemporaryDirectory(prefix="helenos-pv-") as tmp:
        out = Path(tmp) / "firmware"
        cmd = [QEMU, "-accel", "kvm", "-nodefaults", "-display", "none",
               "-chardev", f"file,id=f,path={out}",
               "-device", "isa-debugcon,iobase=0x402,chardev=f"]
        with subprocess.Popen(cmd, stdin=subprocess.DEVNULL,
                              stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL,
                              preexec_fn=die_with_parent) as qemu:
            try:
                wait_for(lambda: qemu.poll() is not None or
                         (out.exists() and b"SeaBIOS" in out.read_bytes()),
                         "firmware", 10)
                return qemu.poll() is None
            except GuestError:
                return False
            finally:
                qemu.kill()


class Qmp:
    """QEMU's monitor on a UNIX socket."""

    def __init__(self, path):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(60)
        self.sock.connect(str(path))
        self.file = self.sock.makefile("rw")
        self.events = []
        self._read()
        self.command("qmp_capabilities")

    def _read(self):
        line = self.file.readline()
        if not line:
            raise GuestError("QEMU closed its monitor")
        return json.loads(line)

    def command(self, name, /, **arguments):
        json.dump({"execute": name, "arguments": arguments}, self.file)
        self.file.flush()
        while True:
            answer = self._read()
            if "event" in answer:
                self.events.append(answer)
            elif "error" in answer:
                raise GuestError(f"{name}: {answer['error']['desc']}")
            else:
                return answer["return"]

    def human(self, line):
        """A command of the human monitor; its output."""
        return self.command("human-monitor-command", **{"command-line": line})

    def close(self):
        self.file.close()
        self.sock.close()


class Shell:
    """bdsh in the guest over remcons, which speaks telnet."""

    PROMPT = "/ # "
    _IAC = re.compile(rb"\xff[\xfb-\xfe].|\xff[\xf0-\xfa]", re.S)
    _ESCAPE = re.compile(rb"\x1b\[[0-9;?]*[A-Za-z]")

    def __init__(self, port, limit=COMMAND_LIMIT, host="127.0.0.1",
                 connect=socket.create_connection):
        self.raw = b""
        self.sock = None
        self._open = lambda: connect((host, port), 10)
        self._connect(limit)

    def _connect(self, limit):
        """Connect until a prompt comes: the forwarded port accepts long
        before the guest listens."""
        end = time.monotonic() + limit
        while True:
            try:
                self.raw = b""
                self.sock = self._open()
                self._until_prompt(min(40, limit))
                return
            except (OSError, GuestError) as e:
                self.close()
                if time.monotonic() > end:
                    raise GuestError(
                        f"no shell in the guest within {limit} s: {e}") from e
                time.sleep(0.5)

    def _text(self):
        return self._ESCAPE.sub(b"", self._IAC.sub(b"", self.raw)) \
            .decode("utf-8", "replace").replace("\r", "")

    def _until_prompt(self, limit, lines=0):
        """Read until the prompt follows at least that many line ends."""
        end = time.monotonic() + limit
        while True:
            text = self._text()
            if text.endswith(self.PROMPT) and text.count("\n") >= lines:
                return text[:-len(self.PROMPT)]
            left = end - time.monotonic()
            if left <= 0:
                raise GuestError(f"no prompt within {limit} s after: "
                                 f"{text[-400:]!r}")
            self.sock.settimeout(left)
            try:
                data = self.sock.recv(65536)
            except socket.timeout:
                continue
            if not data:
                raise GuestError("the guest closed the shell")
            self.raw += data

    def send(self, command):
        """Type a command line, without waiting for its end.

        A program that waits for a key until it ends (ping) may eat the first
        one that follows it: that one is a space, which nobody misses."""
        self.raw = b""
        self.sock.sendall(b" " + command.encode() + b"\r")

    def finish(self, limit=COMMAND_LIMIT):
        """Wait for the end of the command that was sent; what it printed."""
        text = self._until_prompt(limit, lines=1)
        return text.partition("\n")[2].strip("\n")

    def was_killed(self):
        """Has the command that was sent been killed from elsewhere? Its last
        words may come after the prompt."""
        self.sock.settimeout(1)
        try:
            self.raw += self.sock.recv(65536)
        except socket.timeout:
            pass
        return "\n" + self.PROMPT in self._text()

    def run(self, command, limit=COMMAND_LIMIT):
        """Run a command line; what it printed."""
        self.send(command)
        return self.finish(limit)

    def screen(self):
        """What a terminal should be shown of the session so far."""
        return self._IAC.sub(b"", self.raw)

    def receive(self):
        """What the guest sends next, for a terminal; empty when it hung up."""
        data = self.sock.recv(65536)
        return self._IAC.sub(b"", data) or data

    def close(self):
        if self.sock:
            self.sock.close()
            self.sock = None


class Guest:
    """One QEMU with a HelenOS image.

    nics is a list of (netdev, device) option strings for QEMU. The one whose
    netdev has CONTROL in it carries the shell; CONTROL is replaced by the
    port forwarding. A disk to boot from is on that bus. prepare() gets the
    guest before its processors run their first instruction. QEMU gets the file
    descriptors pass_fds, by their numbers.
    """

    CONTROL = "@control@"
    USER_NET = f"user,{CONTROL}"
    USER_NET_ALONE = f"user,restrict=on,{CONTROL}"      # names no router

    def __init__(self, image, nics, machine="pc", cpus=1, memory=512,
                 extra=(), window=False, accel=None, keep_log=None,
                 bus="ide", prepare=None, pass_fds=()):
        self.dir = Path(tempfile.mkdtemp(prefix="helenos-pv-"))
        self.prepare = prepare
        self.pass_fds = pass_fds
        self.log_path = self.dir / "serial"
        self.log_path.touch()
        self._shell = None
        self.qmp = None
        self.process = None
        self.control = None
        self.keep_log = keep_log
        self.command = [
            QEMU, "-accel", accel or "tcg", "-machine", machine,
            "-smp", str(cpus), "-m", str(memory),
            "-no-reboot", "-nodefaults",
            "-vga", "std", "-display", "gtk" if window else "none",
            "-serial", f"file:{self.log_path}",
            "-qmp", f"unix:{self.dir}/qmp,server=on,wait=off",
        ]
        for i, (netdev, device) in enumerate(nics):
            if self.CONTROL in netdev:
                self.control = f"net{i}"
                netdev = netdev.replace(
                    self.CONTROL,
                    f"hostfwd=tcp:127.0.0.1:0-:{REMCONS_PORT}")
            kind, _, rest = netdev.partition(",")
            self.command += [
                "-netdev", f"{kind},id=net{i}" + (f",{rest}" if rest else ""),
                "-device", f"{device},id=nic{i},netdev=net{i}"]
        self.command += [*boot_options(image, bus), *extra,
                         *(["-S"] if prepare else [])]

    def start(self):
        err = open(self.dir / "stderr", "wb")
        with err:
            self.process = subprocess.Popen(
                self.command, stdin=subprocess.DEVNULL, stdout=err, stderr=err,
                pass_fds=self.pass_fds, preexec_fn=die_with_parent)
        self.qmp = wait_for(self._monitor, "monitor of QEMU", 60)
        if self.prepare:
            self.prepare(self)
            self.qmp.command("cont")
        return self

    def _monitor(self):
        """QEMU's monitor, or None while there is none that listens; or none
        any more, as QEMU ends, whose own words say why."""
        self.check_alive()
        try:
            return Qmp(self.dir / "qmp")
        except (FileNotFoundError, ConnectionError, GuestError):
            return None

    def check_alive(self):
        """Raise an error with QEMU's own words when it has ended."""
        status = self.process.poll()
        if status is not None:
            said = (self.dir / "stderr").read_text(errors="replace").strip()
            raise GuestError(f"QEMU ended with status {status}: {said}")
        return True

    def log(self):
        """The boot log so far."""
        return self.log_path.read_text(errors="replace")

    def crashes(self):
        """The lines of the boot log that tell of a crash in the guest."""
        return [line for line in self.log().splitlines()
                if CRASH.search(line)]

    def wait_log(self, pattern, limit=BOOT_LIMIT, what=None):
        """Wait for a match in the boot log; the match."""
        def look():
            self.check_alive()
            return re.search(pattern, self.log())
        return wait_for(look, what or f"line like {pattern!r} in the boot log",
                        limit)

    def has_remcons(self):
        """Did the guest, which has booted, start its remote console?"""
        return not REMCONS_OFF.search(self.log())

    def wait_boot(self, leases=1, limit=BOOT_LIMIT, tell=lambda log: None):
        """Wait until the remote console listens, if there is one, and that
        many links have a lease; their names. What dies before that fails the
        boot. tell() gets the boot log now and then."""
        def look():
            self.check_alive()
            log = self.log()
            if DEVMAN_DEADLOCK.search(log):
                raise BootRace("HelenOS's device manager locked itself up")
            if self.crashes():
                raise GuestError(f"{self.crashes()[0]} (while booting)")
            tell(log)
            links = sorted(set(LEASE.findall(log)))
            return (REMCONS_LISTENS.search(log) or REMCONS_OFF.search(log)) \
                and len(links) >= leases and links
        try:
            return wait_for(look, f"remote console and {leases} DHCP lease(s)",
                            limit)
        except BootRace:
            raise
        except GuestError as e:
            tail = "\n".join(self.log().splitlines()[-20:])
            raise GuestError(f"{e}; the boot log ends with:\n{tail}") from e

    def control_port(self):
        """The port of this host that leads to the guest's remote console."""
        table = self.qmp.human("info usernet")
        hub = table[table.index(self.control):]
        return int(re.search(
            rf"TCP\[HOST_FORWARD\]\s+\d+\s+127\.0\.0\.1\s+(\d+)\s+\S+\s+"
            rf"{REMCONS_PORT}", hub)[1])

    @property
    def shell(self):
        if self._shell is None:
            self._shell = Shell(self.control_port())
        return self._shell

    def run(self, command, limit=COMMAND_LIMIT):
        """Run a command in the guest; what it printed. A shell that was lost
        (its connection is a link under test, at times) is opened anew."""
        self.check_alive()
        try:
            return self.shell.run(command, limit)
        except OSError:
            self.drop_shell()
            return self.shell.run(command, limit)

    def drop_shell(self):
        if self._shell:
            self._shell.close()
        self._shell = None

    def addresses(self):
        """What `inet list-addr` lists: link, name, address, prefix length."""
        rows = re.findall(r"^([0-9a-fA-F.:]+)/(\d+)\s+(\S+)\s+(\S+)\s+(\d+)",
                          self.run("inet list-addr"), re.M)
        return [{"address": a, "width": int(w), "link": link, "name": name,
                 "mtu": int(mtu)} for a, w, link, name, mtu in rows]

    def nics(self):
        """What `nic` lists: one table of its lines for each card."""
        cards = []
        for line in self.run("nic").splitlines():
            start = re.match(r"(\d+): (\S+)$", line.strip())
            if start:
                cards.append({"index": int(start[1]), "service": start[2]})
            elif ": " in line and cards:
                key, _, value = line.strip().partition(": ")
                cards[-1][key] = value
        return cards

    def stop(self):
        self.drop_shell()
        if self.qmp:
            self.qmp.close()
            self.qmp = None
        if self.process:
            self.process.kill()
            self.process.wait()
            self.process = None
        if self.keep_log and self.log_path.exists():
            shutil.copy(self.log_path, self.keep_log)
        shutil.rmtree(self.dir, ignore_errors=True)

    def __enter__(self):
        try:
            return self.start()
        except BaseException:
            self.stop()
            raise

    def __exit__(self, *exc):
        self.stop()


def boot(make_guest, leases=1, limit=BOOT_LIMIT, tell=lambda log: None):
    """Start the guest that make_guest() gives and wait for its leases; the
    guest. A boot in which HelenOS lost a race with itself is tried again."""
    for last in (False,) * (BOOTS - 1) + (True,):
        guest = make_guest()
        try:
            guest.start()
            guest.wait_boot(leases, limit, tell)
            return guest
        except BootRace as e:
            guest.stop()
            if last:
                raise
            print(f"{e}; booting again", flush=True)
        except BaseException:
            guest.stop()
            raise
    return None
