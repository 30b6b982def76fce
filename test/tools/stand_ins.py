#!/usr/bin/python3 -S
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
"""The programs of the machine of conftest.py, each under its own name.

EVENTS names the file that calls are written to. STOP_AT is PROGRAM:N: there the
Nth call of it says so and waits for its end; PROGRAM:N:deaf does not hear INT
and TERM. QEMU_IS says what QEMU is: hosted (a guest that is done at once, or
says GUEST_SAYS), guest (one like HelenOS), refuses (a machine that cannot be,
which QEMU says when its monitor is there), or real (QEMU itself, without a
guest)."""

import fcntl
import os
import re
import shutil
import signal
import sys
import time
from pathlib import Path

ME = Path(sys.argv[0]).name
ARGS = sys.argv[1:]
KERNEL = "9.9.0-1-cloud-amd64"
XEN_KERNEL = "9.9.0-1-amd64"


def event(name):
    """Say that something happened; stop if that is where to stop."""
    with open(os.environ["EVENTS"], "a+") as f:
        fcntl.flock(f, fcntl.LOCK_EX)
        f.seek(0)
        nth = f.read().count(f"{name}\n") + 1
        f.write(f"{name}\n")
        stop = os.environ["STOP_AT"].split(":")
        if stop[:2] != [name, str(nth)]:
            return
        f.write(f"{os.environ['STOP_AT']}: stopped\n")
        if "deaf" in stop:
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
    while True:
        time.sleep(1000)


def real():
    path = "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin"
    os.execv(shutil.which(ME, path=path), [ME, *ARGS])


def write(path, text=""):
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_text(text)


def apt_cache():
    depends = {
        "linux-image-cloud-amd64": [f"linux-image-{KERNEL}"],
        "linux-image-amd64": [f"linux-image-{XEN_KERNEL}"],
        f"linux-headers-{KERNEL}": ["linux-headers-9.9.0-1-common",
                                    "linux-kbuild-9.9", os.environ.get(
                                        "KERNEL_CC",
                                        "linux-compiler-gcc-12-x86")],
        "clang": [f"clang-{os.environ.get('CLANG', '14')}"],
        "xen-system-amd64": ["xen-hypervisor-4.17-amd64"],
    }
    if os.environ.get("CLANG") == "19":
        depends["libelf1t64"] = []
    if ARGS[0] == "show":
        print("Version: 9.9-1")
        return
    for name in ARGS[1:]:
        if name in depends:
            print(name, *(f"  Depends: {p}" for p in depends[name]), sep="\n")


def dpkg_query():
    for name in ARGS[3:]:
        if name not in os.environ.get("MISSING", "").split():
            print(name, "installed")


def apt_get():
    if "download" in ARGS:
        for name in ARGS[ARGS.index("download") + 1:]:
            write(f"{name}.deb")


def dpkg_deb():
    to = Path(ARGS[2])
    write(to / f"boot/vmlinuz-{KERNEL}")
    for name in ("tun", "virtio_pci", "virtio_net", "xen-netfront"):
        write(to / f"lib/modules/{KERNEL}/kernel/drivers/{name}.ko")
    write(to / f"usr/src/linux-headers-{KERNEL}/Makefile",
          "include /usr/src/x\n")


def make():
    given = dict(a.split("=", 1) for a in ARGS if "=" in a)
    if "M" in given:
        if given.get("CONFIG_DEBUG_INFO_BTF_MODULES") != "":
            sys.exit("pahole: not found")   # Debian 13's kernel asks for it
        write(Path(given["M"]) / "hpv.ko")
    elif "O" in given:
        for name in ("hosted", "hostctl"):
            write(Path(given["O"]) / name)
    else:
        real()


def xorriso():
    write(Path(ARGS[-1]) / "grub/grub.cfg", "multiboot /boot/kernel.elf\n")
    write(Path(ARGS[-1]) / "kernel.elf")


def grub_mkrescue():
    write(ARGS[ARGS.index("-o") + 1])


def busybox():
    sys.stdin.read()
    print("a RAM disk")


def qemu():
    if ARGS[-1] == "nosuch,help":
        return      # QEMU 7.2 has no word for it, and no status
    if ARGS[-1].endswith(",help"):
        print("  disable-modern=<bool>\n  addr=<int>\n  romfile=<str>\n"
              "  mac=<str>\n  mrg_rxbuf=<bool>")
        return
    kind = os.environ["QEMU_IS"]
    if kind == "real":
        with open(os.environ["EVENTS"], "a") as f:
            f.write("real: stopped\n")
        os.execv("/usr/bin/qemu-system-x86_64",
                 [ME, "-machine", "none", "-nodefaults", "-display", "none"])
    if kind == "guest":
        import guest
        guest.run(ARGS, event)
        return
    if kind == "refuses":
        import guest
        guest.refuse(ARGS)
    console = next(re.search("path=([^,]*)", a)[1] for a in ARGS
                   if a.startswith("file,id=console"))
    said = os.environ.get("GUEST_SAYS", "HOSTED: lease\nHOSTED: done")
    for line in said.splitlines():
        with open(console, "a") as f:
            f.write(line + "\n")
        event(line.split()[1])


if __name__ == "__main__":
    event(ME)
    {"apt-cache": apt_cache, "dpkg-query": dpkg_query, "apt-get": apt_get,
     "dpkg-deb": dpkg_deb, "make": make, "xorriso": xorriso,
     "grub-mkrescue": grub_mkrescue, "busybox": busybox,
     "qemu-system-x86_64": qemu, "ldd": real, "tail": real}.get(
         ME, lambda: None)()
