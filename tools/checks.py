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
"""Says at once what cannot work: the arguments of run-qemu.sh, run-hosted.sh
and run-xen.sh are looked at before anything starts.

Each function returns what is the matter, in words, or None.
"""

import argparse
import ctypes
import fcntl
import os
import re
import shutil
import socket
import struct
import subprocess
import sys
from pathlib import Path

LISTEN = "0A"           # in /proc/net/tcp
SIOCETHTOOL = 0x8946
ETHTOOL_GDRVINFO = 3
DRVINFO_LEN = 196
DRIVER, BUS = slice(4, 36), slice(100, 132)     # in it


def readable(path):
    try:
        with open(path, "rb") as f:
            f.read(1)
    except OSError as e:
        return f"cannot read {path}: {e.strerror}"
    return None


def writable(path):
    """Can the file be written, or made? It is not touched."""
    path = Path(path)
    if path.is_dir():
        return f"cannot write {path}: it is a folder"
    if path.exists():
        fit = os.access(path, os.W_OK)
    elif not path.parent.is_dir():
        return f"cannot write {path}: there is no folder {path.parent}"
    else:
        fit = os.access(path.parent, os.W_OK | os.X_OK)
    return None if fit else f"cannot write {path}: permission denied"


def disk(path):
    said = readable(path)
    if not said and not os.access(path, os.W_OK):
        said = f"cannot write {path}, which a disk is for"
    return said


def tap(name):
    """Is it a tap interface? Its driver is asked: /sys may be another network
    namespace's than the one we are in."""
    info = ctypes.create_string_buffer(struct.pack("I", ETHTOOL_GDRVINFO),
                                       DRVINFO_LEN)
    try:
        with socket.socket() as any_socket:
            fcntl.ioctl(any_socket, SIOCETHTOOL, struct.pack(
                "16sP16x", name.encode(), ctypes.addressof(info)))
    except OSError:
        pass
    if len(name) > 15 or info[DRIVER].rstrip(b"\0") != b"tun" or \
            info[BUS].rstrip(b"\0") != b"tap":
        return f"{name} is not a tap interface " \
            f"(ip tuntap add dev {name} mode tap user $USER)"
    return None


def _ports_that_listen():
    ports = set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        try:
            rows = Path(table).read_text().splitlines()[1:]
        except OSError:
            continue
        fields = (row.split() for row in rows)
        ports |= {int(row[1].rpartition(":")[2], 16) for row in fields
                  if row[3] == LISTEN}
    return ports


def listener(where):
    """Does somebody listen at HOST:PORT? On this machine that can be seen
    without a connection, which the listener would take for QEMU's."""
    host, _, port = where.rpartition(":")
    if not host or not re.fullmatch(r"\d{1,5}", port):
        return f"--socket wants HOST:PORT, not {where}"
    try:
        address = socket.getaddrinfo(host, int(port), socket.AF_INET)[0][4][0]
    except OSError as e:
        return f"--socket {where}: {e.strerror}"
    if address.startswith("127.") and int(port) not in _ports_that_listen():
        return f"--socket {where}: nobody listens there"
    return None


def device(options, qemu):
    """Does this QEMU have the device MODEL[,OPTION=VALUE...], and these
    options of it?"""
    model, *given = options.rstrip(",").split(",")
    done = subprocess.run([qemu, "-device", f"{model},help"], text=True,
                          stdin=subprocess.DEVNULL, capture_output=True)
    has = set(re.findall(r"^\s+([^\s=]+)=", done.stdout, re.M))
    if not has:     # of a device that it does not know, QEMU has no help, and 0
        return f"{qemu} has no device {model}"
    has |= {"id", "bus"}
    for option in given:
        name, equals, _ = option.partition("=")
        if name not in has:
            return f"{qemu}'s {model} has no option '{name}' " \
                f"({qemu} -device {model},help lists them)"
        if not equals:
            return f"the option '{name}' of {model} wants a value: {name}=..."
    return None


def program(name, package):
    if shutil.which(name):
        return None
    return f"{name} is missing (Debian: apt install {package})"


def at_least_one(text):
    """A number from 1 on, for argparse."""
    if not re.fullmatch(r"\d{1,9}", text) or int(text) < 1:
        raise argparse.ArgumentTypeError(f"'{text}' is no number from 1 on")
    return int(text)


def port(text):
    """A number of a TCP port, for argparse."""
    if not 0 < int(text if re.fullmatch(r"\d{1,5}", text) else 0) < 65536:
        raise argparse.ArgumentTypeError(f"'{text}' is no port (1 to 65535)")
    return int(text)


def number(text):
    """A number from 0 on, for argparse."""
    if not re.fullmatch(r"\d{1,9}", text):
        raise argparse.ArgumentTypeError(f"'{text}' is no number")
    return int(text)


def main(who, argv):
    """For the shell scripts: each option is what it is in them; all that is
    the matter is said."""
    qemu = os.environ.get("QEMU", "qemu-system-x86_64")
    p = argparse.ArgumentParser(prog=who, usage="see --help", add_help=False,
                                allow_abbrev=False)
    for name, kind in [("cpus", at_least_one), ("memory", at_least_one),
                       ("timeout", number), ("gdb", port)]:
        p.add_argument(f"--{name}", type=kind)
    looks = {"script": readable, "file": readable, "image": readable,
             "log": writable, "pcap": writable, "disk": disk, "tap": tap,
             "socket": listener, "device": lambda text: device(text, qemu)}
    for name in looks:
        p.add_argument(f"--{name}", action="append", default=[])
    args = p.parse_args(argv)
    said = [looks[name](value) for name in looks
            for value in getattr(args, name)]
    said = [text for text in said if text]
    for text in said:
        print(f"{who}: {text}", file=sys.stderr)
    return 1 if said else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
