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
"""A stand-in for QEMU with a HelenOS image: it boots, has a lease and a shell,
and answers QEMU's monitor. Whatever it does is an event."""

import json
import re
import socket
import sys
import threading
import time
from pathlib import Path

ANSWERS = {
    "nic": "0: net/eth1\n  MAC address: 52:54:00:12:34:56",
    "inet": "0.0.0.0/0  10.0.2.2  dhcp",
    "ping": "\n".join(["Received ICMP echo reply"] * 4),
}


def serve(listener, talk):
    def loop():
        while True:
            sock, _ = listener.accept()
            threading.Thread(target=talk, args=(sock,), daemon=True).start()
    threading.Thread(target=loop, daemon=True).start()


def monitor_path(args):
    return next(re.match("unix:([^,]*)", a)[1] for a in args
                if a.startswith("unix:"))


def refuse(args):
    """End as QEMU does over a value that cannot be: its monitor is there
    already."""
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(monitor_path(args))
        listener.listen()
        listener.accept()[0].close()
    sys.exit("this value cannot be")


def run(args, event):
    qmp = monitor_path(args)
    serial = next(Path(a[5:]) for a in args if a.startswith("file:"))
    shell = socket.create_server(("127.0.0.1", 0))
    table = (f"net0:\n TCP[HOST_FORWARD] 5 127.0.0.1 "
             f"{shell.getsockname()[1]} 10.0.2.15 2223 0 0\n")

    def monitor(sock):
        with sock:
            sock.sendall(b'{"QMP": {}}\n')
            while data := sock.recv(4096):
                command = json.loads(data)["execute"]
                event("monitor")
                answer = table if command.startswith("human") else {}
                sock.sendall(json.dumps({"return": answer}).encode() + b"\n")

    def bdsh(sock):
        event("connected")
        with sock, sock.makefile("rwb", buffering=0) as file:
            file.write(b"/ # ")
            line = b""
            while True:
                key = file.read(1)
                if not key:
                    return
                line += key
                if key == b"\r":
                    command = line.decode().split()
                    event(command[0])
                    answer = ANSWERS.get(command[0], " ".join(command))
                    file.write(f"{line.decode()}\n{answer}\n/ # ".encode())
                    line = b""

    listener = socket.socket(socket.AF_UNIX)
    listener.bind(qmp)
    listener.listen()
    serve(listener, monitor)
    serve(shell, bdsh)
    for name, line in [
            ("booting", "virtio-net: helenos-pv digest 0123456789abcdef"),
            ("lease", "[dhcp] note: net/eth1: Successfully configured"),
            ("remcons", "remcons: HelenOS Remote console\n"
             "system: Starting navigator")]:
        with serial.open("a") as f:
            f.write(line + "\n")
        event(name)
    while True:
        time.sleep(1000)
