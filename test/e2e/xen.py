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
"""The machine with an address of its own (public.py) as a guest of Xen: in
tools/run-xen.sh, whose first domain has the tap in the guest's bridge. What is
to be known of it comes through that: there is no boot log, and the shell shares
the card with all else.
"""

import signal
import subprocess

from conftest import TOP
from helenos import (BOOT_LIMIT, REMCONS_PORT, GuestError, Shell,
                     die_with_parent, wait_for)
from public import BEHIND, Machine
from tap import TAP


class XenGuest:
    """A HelenOS guest of Xen on the tap that a peer has released."""

    def __init__(self, peer, disk, cpus, patience):
        self.peer = peer
        self.patience = patience
        self.process = None
        self.shell = None
        self.command = [TOP / "tools/run-xen.sh", "--tap", TAP, "--cpus",
                        str(cpus), "--timeout", "0", disk]

    def start(self):
        """Start it, and wait for its lease and its shell."""
        self.process = subprocess.Popen(
            self.command, stdin=subprocess.DEVNULL, preexec_fn=self._prepare)
        wait_for(self._has_lease, "lease", BOOT_LIMIT * self.patience)
        self.shell = Shell(REMCONS_PORT, BOOT_LIMIT * self.patience,
                           self.peer.guest_ip, self.peer.connect)

    def _prepare(self):
        """In the child. The script ends all of its own then."""
        self.peer.net.enter()
        die_with_parent(signal.SIGTERM)

    def _has_lease(self):
        if self.crashes():
            raise GuestError(self.crashes()[0])
        return self.peer.leases

    def crashes(self):
        """That it has ended. A task that died is seen by its absence."""
        status = self.process.poll()
        return [] if status is None else [f"run-xen.sh ended with {status}"]

    def run(self, command, limit=BEHIND):
        """Run a command in it, as soon as all the noise lets it; what it
        printed."""
        return self.shell.run(command, limit * self.patience)

    def stop(self):
        if self.shell:
            self.shell.close()
        if self.process:
            self.process.terminate()
            self.process.wait()


class XenRig:
    """A guest of Xen on the peer's cable, and the peer."""

    def __init__(self, peer, *options):
        self.peer = peer
        self.guest = XenGuest(peer, *options)

    def __enter__(self):
        try:
            self.peer.release_tap()
            self.guest.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *exc):
        self.guest.stop()
        self.peer.close()


class XenMachine(Machine):
    """A guest of Xen that serves pages."""

    patience = 5    # an emulated machine emulates another

    def _start(self, peer):
        self.rig = XenRig(peer, self.disk, self.cpus,
                          self.patience).__enter__()
