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
"""Taking a PCI card out of a running guest and putting it back, on QEMU's
i440fx machine.

HelenOS has no ACPI and no hot-plug controller driver: it never answers a
removal request, and gives no resources to a card that comes later. What
firmware would do in a guest that has both is done here from outside, with the
guest stopped: writing the eject register, and copying the BARs, the interrupt
line and the command register from the card that was there before.
"""

import re

from helenos import wait_for

EJECT_PORT = 0xae08         # QEMU's ACPI hot-plug registers (acpi_pcihp)
BUS_SELECT_PORT = 0xae10
CONFIG_ADDRESS = 0xcf8
CONFIG_DATA = 0xcfc
COMMAND = 0x04
CAPABILITIES = 0x34
BARS = range(0x10, 0x28, 4)
INTERRUPT = 0x3c
CAP_MSIX = 0x11
MSIX_ENABLE = 1 << 31       # in the dword with the capability's head


class Slot:
    """The slot of bus 0 that holds the device with the given QEMU id."""

    def __init__(self, guest, device, slot):
        self.qmp = guest.qmp
        self.device = device
        self.slot = slot
        self.saved = {}

    def _out(self, size, port, value):
        self.qmp.human(f"o /{size} {port:#x} {value:#x}")

    def _in(self, port):
        answer = self.qmp.human(f"i /w {port:#x}")
        return int(re.search(r"= (0x[0-9a-f]+)", answer)[1], 16)

    def _select(self, register):
        self._out("w", CONFIG_ADDRESS,
                  0x80000000 | self.slot << 11 | register)

    def _read(self, register):
        self._select(register)
        return self._in(CONFIG_DATA)

    def _msix(self):
        """Where the MSI-X capability is, and its first dword."""
        at = self._read(CAPABILITIES) & 0xff
        while at:
            head = self._read(at)
            if head & 0xff == CAP_MSIX:
                return at, head
            at = head >> 8 & 0xff
        raise LookupError(f"{self.device} has no MSI-X")

    def leave_msix_on(self):
        """As firmware does that used it; the guest is stopped."""
        at, head = self._msix()
        self._select(at)
        self._out("w", CONFIG_DATA, head | MSIX_ENABLE)
        assert self.msix_is_on()

    def msix_is_on(self):
        """Is MSI-X on? The guest is stopped."""
        return bool(self._msix()[1] & MSIX_ENABLE)

    def stopped(self, work):
        """Do work with the guest stopped, and leave the configuration
        address, which it may be about to use, as it was; what it gave."""
        self.qmp.command("stop")
        address = self._in(CONFIG_ADDRESS)
        result = work()
        self._out("w", CONFIG_ADDRESS, address)
        self.qmp.command("cont")
        return result

    def _save(self):
        for register in (*BARS, INTERRUPT, COMMAND):
            self.saved[register] = self._read(register)

    def _restore(self):
        for register in (*BARS, INTERRUPT, COMMAND):
            self._select(register)
            value = self.saved[register]
            if register == COMMAND:
                value &= 0xffff     # its other half is write-1-to-clear
            self._out("w", CONFIG_DATA, value)

    def remove(self):
        """Pull the card: the guest is not asked."""
        self.stopped(self._save)
        self.qmp.command("device_del", id=self.device)
        self._out("w", BUS_SELECT_PORT, 0)
        self._out("w", EJECT_PORT, 1 << self.slot)
        wait_for(lambda: not self._present(), "empty slot", 60)

    def _present(self):
        return f'id "{self.device}"' in self.qmp.human("info pci")

    def insert(self, options, netdev):
        """Put a card in; options are those of QEMU's -device."""
        driver, *rest = options.split(",")
        properties = dict(option.split("=", 1) for option in rest)
        self.qmp.command("stop")
        self.qmp.command("device_add", driver=driver, id=self.device,
                         netdev=netdev, **properties)
        self.stopped(self._restore)
