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

"""virtio-net on devices of another make than QEMU's: DPDK's vhost library
behind QEMU's vhost-user, and QEMU's own device on passt's network."""

import os
import subprocess

import pytest

from fixtures import iperf_port, no_crash  # noqa: F401
from helenos import die_with_parent, wait_for
from hosted import Carrier

LIMIT = 120

# Name, options of the card, options of the back end
DEVICES = [
    ("modern", "disable-legacy=on,disable-modern=off", ""),
    ("transitional", "", ""),
    ("legacy", "disable-modern=on", ""),
    ("no_mrg", "mrg_rxbuf=off", ""),
    ("no_event_idx", "event_idx=off", ""),
    ("no_indirect", "indirect_desc=off", ""),
    ("plain", "mrg_rxbuf=off,event_idx=off,indirect_desc=off", ""),
    ("legacy_plain", "disable-modern=on,mrg_rxbuf=off,event_idx=off,"
     "indirect_desc=off", ""),
    ("no_ctrl_vq", "ctrl_vq=off,ctrl_rx=off,ctrl_vlan=off,ctrl_mac_addr=off,"
     "guest_announce=off", ""),
    ("rings_1024", "rx_queue_size=1024,tx_queue_size=1024", ""),
    ("packed_offered", "packed=on", ""),
    ("mtu_1400", "host_mtu=1400", ""),
]
NAMES = [name for name, *_ in DEVICES]
NUMBER = {name: n for n, name in enumerate(NAMES)}
SIZES = [18, 19, 64, 511, 1024, 1470, 1471, 1472]


class Vhost:
    """DPDK's testpmd, which answers ARP and echo requests on all of its ports.
    It connects to QEMU's sockets, again and again if need be."""

    def __init__(self, folder):
        self.folder = folder
        self.process = None

    def socket(self, n):
        return f"{self.folder}/vhost{n}"

    def netdev(self, n):
        return f"vhost-user,chardev=vhost{n}"

    def qemu_args(self):
        args = ["-object", "memory-backend-memfd,id=ram,size=512M,share=on",
                "-machine", "memory-backend=ram"]
        for n in range(len(DEVICES)):
            args += ["-chardev", f"socket,id=vhost{n},path={self.socket(n)},"
                     "server=on,wait=off"]
        return args

    def start(self):
        command = ["dpdk-testpmd", "--no-huge", "-m", "256", "--no-pci",
                   "-l", "0,1", "--no-telemetry",
                   f"--file-prefix=pv{os.getpid()}"]
        for n, (_, _, options) in enumerate(DEVICES):
            command += ["--vdev", f"net_vhost{n},iface={self.socket(n)},"
                        "queues=1,client=1" + (options and "," + options)]
        command += ["--", "--forward-mode=icmpecho", "--auto-start",
                    "--total-num-mbufs=16384", "--rxq=1", "--txq=1"]
        self.log = open(self.folder / "testpmd", "ab")
        # It ends at the end of its input
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=self.log, stderr=self.log,
            preexec_fn=die_with_parent)

    def said(self):
        return (self.folder / "testpmd").read_text(errors="replace")

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.log.close()


class Rig(Carrier):
    """A guest with a card on each vhost device, and one on passt's network."""

    def __init__(self, folder):
        self.vhost = Vhost(folder)
        self.passt_path = folder / "passt"
        nics = [(self.vhost.netdev(n), options)
                for n, (_, options, _) in enumerate(DEVICES)]
        nics.append((f"stream,addr.type=unix,addr.path={self.passt_path}", ""))
        super().__init__(nics, extra=self.vhost.qemu_args())

    def start_passt(self):
        self.passt = subprocess.Popen(
            ["passt", "--foreground", "--one-off", "--quiet", "--runas",
             "0:0", "--mtu", "1500", "--address", "10.9.0.2", "--netmask",
             "255.255.255.0", "--gateway", "10.9.0.1", "--socket",
             str(self.passt_path)],
            stdin=subprocess.DEVNULL, stdout=self.vhost.log,
            stderr=self.vhost.log, preexec_fn=die_with_parent)
        wait_for(lambda: self.passt_path.exists() or
                 self.passt.poll() is not None, "passt", LIMIT)
        assert self.passt.poll() is None, self.vhost.said()[-2000:]

    def __enter__(self):
        self.vhost.start()
        try:
            self.start_passt()
            super().__enter__()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *exc):
        super().__exit__(*exc)
        self.stop()

    def stop(self):
        self.vhost.kill()
        if hasattr(self, "passt"):
            self.passt.kill()
            self.passt.wait()

    def peer(self, n):
        return f"10.1.{n}.1"

    def lives(self, n):
        return self.ping(n, self.peer(n), 3) == 3

    def set_address(self, n):
        """testpmd answers ARP for any address: no lease is to be had."""
        self.run(f"ip link set hpv{n} up")
        self.run(f"ip addr replace 10.1.{n}.2/24 dev hpv{n}")


@pytest.fixture(scope="module")
def carrier(tmp_path_factory):
    with Rig(tmp_path_factory.mktemp("peers")) as rig:
        for n in range(len(DEVICES)):
            rig.set_address(n)
        yield rig
