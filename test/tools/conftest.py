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
"""A copy of the tree's scripts, and a machine of stand-ins to run them on: each
program in bin/ that the scripts call says that it was called, stops there if it
is told to, and else does what is in stand_ins.py, or what the real one does."""

import os
import shutil
import signal
import subprocess
import time
import uuid
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
TOP = HERE.parents[1]
LIMIT = 60      # seconds; generous for a busy host

SCRIPTS = ["tools", "host/carrier.sh", "host/run-hosted.sh", "host/guest",
           "host/module", "test/e2e", "test/run.sh", "test/tally.py",
           "Makefile", "uspace/drv/nic/virtio-net/virtio-net.ma"]

PROGRAMS = """apt-cache apt-get dpkg-query dpkg-deb make gcc gcc-12 objcopy
busybox ldd tail iperf3 tcpdump arping xorriso grub-mkrescue mformat
qemu-system-x86_64""".split()


class Machine:
    """The tree's scripts in a folder of their own, and their surroundings."""

    def __init__(self, folder):
        self.folder = folder
        self.top = folder / "tree"
        self.tmp = folder / "tmp"
        self.cache = folder / "cache/helenos-pv"
        self.events = folder / "events"
        self.mark = f"HELENOS_PV_TEST={uuid.uuid4()}"
        for name in SCRIPTS:
            (self.top / name).parent.mkdir(parents=True, exist_ok=True)
            copy = shutil.copytree if (TOP / name).is_dir() else shutil.copy
            copy(TOP / name, self.top / name)
        self.tmp.mkdir()
        self.events.touch()
        bin_folder = folder / "bin"
        bin_folder.mkdir()
        for name in PROGRAMS:
            (bin_folder / name).symlink_to(HERE / "stand_ins.py")
        self.env = {
            **{k: v for k, v in os.environ.items() if k != "SUPERVISOR"},
            "PATH": f"{bin_folder}:{os.environ['PATH']}",
            "TMPDIR": str(self.tmp), "XDG_CACHE_HOME": str(folder / "cache"),
            "EVENTS": str(self.events), "STOP_AT": "",
            **dict([self.mark.split("=")])}

    def start(self, command, stop_at="", **env):
        """Start a script, to stop where the event stop_at is said."""
        return subprocess.Popen(
            [str(c) for c in command], cwd=self.top, start_new_session=True,
            env={**self.env, "STOP_AT": stop_at, **env},
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True)

    def run(self, *command, **env):
        with self.start(command, **env) as process:
            out, _ = process.communicate(timeout=LIMIT)
        return process.returncode, out

    def wait_event(self, process, event):
        end = time.monotonic() + LIMIT
        while f"{event}: stopped\n" not in self.events.read_text():
            if process.poll() is not None or time.monotonic() > end:
                self.kill_all()
                pytest.fail(f"{event} did not come; it said:\n"
                            f"{process.stdout.read()}\n"
                            f"{self.events.read_text()}")
            time.sleep(0.01)

    def processes(self):
        """The command lines of all processes that the script has left."""
        found = {}
        for environ in Path("/proc").glob("[0-9]*/environ"):
            try:
                if self.mark.encode() in environ.read_bytes():
                    found[int(environ.parent.name)] = \
                        (environ.parent / "cmdline").read_text()
            except OSError:
                pass
        return found

    def kill_all(self):
        for pid in self.processes():
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass

    def half_made(self):
        """What is in the temporary folder, or half-made in the cache or
        beside it."""
        return [str(p) for p in
                [*self.tmp.iterdir(), *self.cache.glob("*/tmp.*"),
                 *self.cache.glob("*/root.*"), *self.folder.rglob("*.new")]] + \
            [str(p) for p in self.cache.glob("*/module-*")
             if not (p / "hpv.ko").exists()]


@pytest.fixture
def machine(tmp_path):
    it = Machine(tmp_path)
    yield it
    it.kill_all()
