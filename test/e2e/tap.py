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
"""A network of the tests' own: a network namespace without a name, whose only
way anywhere is a tap device that is the guest's cable. It goes with the process
that made it, however that ends.

Two hosts are on the cable: Linux, for programs such as nmap, and the peer,
which says exactly what it wants to.
"""

import contextlib
import ctypes
import fcntl
import json
import os
import socket
import struct
import subprocess
import threading

from peer import Peer

CLONE_NEWNET = 0x40000000
TUNSETIFF = 0x400454ca
TUNSETPERSIST = 0x400454cb
IFF_TAP = 0x0002
IFF_NO_PI = 0x1000
ETH_P_ALL = 3
SOL_PACKET = 263
PACKET_IGNORE_OUTGOING = 23
SO_RCVBUFFORCE = 33
RECEIVE_BUFFER = 64 << 20   # for the guest's answers to a flood
TAP = "tap0"
MTU = 9000      # longest frame that the tap takes, without its header
QUEUE = 100000  # frames that it holds until the guest takes them, so that none
                # of a flood is lost
ARP_TRIES = 1000    # of Linux's, one a second, as they wait behind those

_libc = ctypes.CDLL(None, use_errno=True)


def _check(result):
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


class Namespace:
    """An empty network namespace, as long as something in it is open."""

    def __init__(self):
        self.fd = None
        self.fd = self.do(lambda: os.open("/proc/thread-self/ns/net",
                                          os.O_RDONLY | os.O_CLOEXEC))

    def enter(self):
        """Take the calling thread, or process, there for good."""
        if self.fd is None:
            _check(_libc.unshare(CLONE_NEWNET))
        else:
            _check(_libc.setns(self.fd, CLONE_NEWNET))

    def do(self, work):
        """Do something in there, in a thread of its own; what it gave. What it
        opened stays there."""
        result = []

        def body():
            try:
                self.enter()
                result.append((work(), None))
            except BaseException as e:  # the caller's
                result.append((None, e))
        thread = threading.Thread(target=body)
        thread.start()
        thread.join()
        value, error = result[0]
        if error:
            raise error
        return value

    def run(self, *command, limit=60, check=True):
        """Run a program in there; what it printed. It is killed after that
        many seconds."""
        done = subprocess.run(command, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              text=True, errors="replace", timeout=limit,
                              preexec_fn=self.enter, check=False)
        if check and done.returncode != 0:
            raise OSError(f"{' '.join(command)}: status {done.returncode}: "
                          f"{done.stdout.strip()}")
        return done.stdout

    def close(self):
        if self.fd is not None:
            os.close(self.fd)
            self.fd = None


class TapPeer(Peer):
    """The peer on a tap in a namespace of its own, and Linux beside it at
    linux_ip. It is the router that the guest's lease names, and leads nowhere.

    Raises OSError where such a namespace may not be made."""

    def __init__(self, subnet=79, queue=QUEUE):
        self.closed = False
        with contextlib.ExitStack() as undo:
            self.net = Namespace()
            undo.callback(self.net.close)
            self.tap = self.net.do(self._make_tap)
            undo.callback(self._close_tap)
            self.linux_ip = f"192.168.{subnet}.3"
            run = self.net.run
            run("ip", "link", "set", "lo", "up")
            run("ip", "link", "set", TAP, "mtu", str(MTU), "txqueuelen",
                str(queue), "up")
            run("ip", "ntable", "change", "name", "arp_cache", "dev", TAP,
                "mcast_probes", str(ARP_TRIES))
            run("ip", "address", "add", f"{self.linux_ip}/32", "dev", TAP)
            # Linux itself sends no more than others do
            run("ip", "route", "add", f"192.168.{subnet}.0/24", "dev", TAP,
                "src", self.linux_ip, "mtu", "1500")
            self.raw = self.net.do(self._open_raw)
            undo.callback(self.raw.close)
            super().__init__(subnet, router=True)
            self._undo = undo.pop_all()

    @staticmethod
    def _make_tap():
        fd = os.open("/dev/net/tun", os.O_RDWR | os.O_CLOEXEC)
        try:
            fcntl.ioctl(fd, TUNSETIFF, struct.pack(
                "16sH22x", TAP.encode(), IFF_TAP | IFF_NO_PI))
        except BaseException:
            os.close(fd)
            raise
        return fd

    def _close_tap(self):
        if self.tap is not None:
            os.close(self.tap)
            self.tap = None

    def release_tap(self):
        """Leave the tap to a program in the namespace, which opens it by its
        name."""
        fcntl.ioctl(self.tap, TUNSETPERSIST, 1)
        self._close_tap()

    @staticmethod
    def _open_raw():
        raw = socket.socket(socket.AF_PACKET, socket.SOCK_RAW,
                            socket.htons(ETH_P_ALL))
        with contextlib.suppress(PermissionError):  # root of a user's alone
            raw.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, RECEIVE_BUFFER)
        raw.bind((TAP, 0))
        raw.setsockopt(SOL_PACKET, PACKET_IGNORE_OUTGOING, 1)
        raw.settimeout(1)
        return raw

    def netdev(self):
        return f"tap,fd={self.tap}"

    def leave(self):
        """Leave the cable to Linux: nothing is answered any more, and nothing
        is looked at."""
        self.closed = True
        self._serving.join()
        self.raw.close()

    def close(self):
        self.leave()
        super().close()
        self._undo.close()

    def send(self, *frames):
        """Put frames on the cable, where they wait for the guest."""
        for frame in frames:
            self.raw.send(frame)

    def dropped(self):
        """How many frames for the guest the tap had no room for."""
        said = self.net.run("ip", "-json", "-statistics", "link", "show", TAP)
        return json.loads(said)[0]["stats64"]["tx"]["dropped"]

    def _serve(self):
        while not self.closed:
            try:
                frame = self.raw.recv(65536)
            except socket.timeout:
                continue
            answer = self._answer(frame)
            if answer:
                self.send(answer)

    def socket(self):
        """A TCP socket of Linux's there."""
        return self.net.do(socket.socket)

    def connect(self, to, limit):
        """A TCP connection of Linux's to (address, port)."""
        return self.net.do(lambda: socket.create_connection(to, limit))
