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
"""Networks of clouds: a lease of one address (/32), whose router is on no net,
and hosts far away behind it."""

from dataclasses import dataclass

from peer import ETH_HEADER_LEN, ETH_MAX_LEN, Peer, address

FAR_HOST = "198.51.100.8"       # TEST-NET-2 (RFC 5737)


@dataclass(frozen=True)
class Network:
    """What a cloud's DHCP server says, and the card and processors that its
    machines have."""

    name: str
    guest_ip: str
    router: str
    dns: str
    routes: tuple = ()          # option 121: (destination, length, router)
    mtu: int = 0                # option 26
    device: str = "virtio-net-pci"
    cpus: int = 2


NETWORKS = {network.name: network for network in (
    Network("gce", "10.128.0.2", "10.128.0.1", "169.254.169.254",
            routes=(("10.128.0.1", 32, "0.0.0.0"),
                    ("0.0.0.0", 0, "10.128.0.1")),
            mtu=1460, device="virtio-net-pci,disable-modern=on"),
    Network("hetzner", "203.0.113.77", "172.31.1.1", "185.12.64.1"),
)}


class Cloud(Peer):
    """The router of such a network, and the hosts behind it. ARP is answered
    for the router alone, and longer frames than the network carries vanish."""

    def __init__(self, network):
        self.network = network
        self.vanished = 0
        super().__init__()
        self.ip = network.router
        self.guest_ip = network.guest_ip

    @property
    def max_len(self):
        """Longest frame that the network carries."""
        return self.network.mtu + ETH_HEADER_LEN if self.network.mtu else \
            ETH_MAX_LEN

    def _lease_options(self):
        net = self.network
        options = bytes([1, 4]) + address("255.255.255.255")
        options += bytes([3, 4]) + address(net.router)
        options += bytes([6, 4]) + address(net.dns)
        routes = b"".join(bytes([length]) +
                          address(dest)[:(length + 7) // 8] + address(router)
                          for dest, length, router in net.routes)
        if routes:
            options += bytes([121, len(routes)]) + routes
        if net.mtu:
            options += bytes([26, 2]) + net.mtu.to_bytes(2, "big")
        return options

    def _answer(self, frame):
        if len(frame) > self.max_len:
            self.vanished += 1
            return None
        return super()._answer(frame)

    def send(self, *frames):
        super().send(*(frame for frame in frames
                       if len(frame) <= self.max_len))

    def resolve(self, limit):
        """Nobody asks for the guest's address: the network knows it."""

    def far_pings(self, count, tries=10, limit=5):
        """Ping the guest from far away, one after the other, until that many
        are answered in a row (HelenOS asks for the router's Ethernet address
        when it has the first to answer) or so many tries; were they?"""
        row = 0
        for number in range(tries + count):
            payload = f"far ping {number}".ljust(56).encode()
            row = 0 if self.ping([payload], limit, FAR_HOST) else row + 1
            if row == count:
                return True
        return False
