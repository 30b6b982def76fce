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

"""Every kind of virtio network device that QEMU offers, on both machines and
with one and two processors: a lease, frames of all sizes, data both ways."""

import json

import pytest

from helenos import wait_for
from hosted import Carrier

# Names of features as QEMU's monitor gives them
MRG_RXBUF = "VIRTIO_NET_F_MRG_RXBUF"
CTRL_VQ = "VIRTIO_NET_F_CTRL_VQ"
EVENT_IDX = "VIRTIO_RING_F_EVENT_IDX"
INDIRECT = "VIRTIO_RING_F_INDIRECT_DESC"
STATUS = "VIRTIO_NET_F_STATUS"
MTU = "VIRTIO_NET_F_MTU"
VERSION_1 = "VIRTIO_F_VERSION_1"
IOMMU = "VIRTIO_F_IOMMU_PLATFORM"
SPEED = "VIRTIO_NET_F_SPEED_DUPLEX"

# What the driver takes from a device that offers everything
WANTED = {MRG_RXBUF, CTRL_VQ, EVENT_IDX, INDIRECT, STATUS, VERSION_1,
          "VIRTIO_NET_F_MAC", "VIRTIO_NET_F_CTRL_RX",
          "VIRTIO_NET_F_CTRL_RX_EXTRA", "VIRTIO_NET_F_CTRL_MAC_ADDR",
          "VIRTIO_NET_F_GUEST_ANNOUNCE"}
# What it must not take: it could not keep the promise
FORBIDDEN = {"VIRTIO_NET_F_MQ", "VIRTIO_NET_F_RSS", "VIRTIO_NET_F_CSUM",
             "VIRTIO_NET_F_GUEST_CSUM", "VIRTIO_NET_F_GUEST_TSO4",
             "VIRTIO_NET_F_GUEST_TSO6", "VIRTIO_NET_F_HOST_TSO4",
             "VIRTIO_NET_F_HOST_TSO6", "VIRTIO_NET_F_GUEST_UFO",
             "VIRTIO_F_RING_PACKED", "VIRTIO_F_IN_ORDER",
             "VIRTIO_NET_F_CTRL_GUEST_OFFLOADS"}

# Name, device options, features of WANTED that it does not offer (None: many),
# features that are offered and of which those in FORBIDDEN are not taken
DEVICES = [
    ("modern", "disable-legacy=on,disable-modern=off", set(), set()),
    ("transitional", "", set(), set()),
    ("legacy", "disable-modern=on", {VERSION_1}, set()),
    ("legacy_no_mrg", "disable-modern=on,mrg_rxbuf=off",
     {VERSION_1, MRG_RXBUF}, set()),
    ("legacy_plain", "disable-modern=on,mrg_rxbuf=off,event_idx=off,"
     "indirect_desc=off,ctrl_vq=off,status=off,any_layout=off", None, set()),
    ("no_mrg", "mrg_rxbuf=off", {MRG_RXBUF}, set()),
    ("no_ctrl_vq", "ctrl_vq=off,ctrl_rx=off,ctrl_rx_extra=off,ctrl_vlan=off,"
     "ctrl_mac_addr=off,guest_announce=off", None, set()),
    ("no_event_idx", "event_idx=off", {EVENT_IDX}, set()),
    ("no_indirect", "indirect_desc=off", {INDIRECT}, set()),
    ("no_status", "status=off", {STATUS}, set()),
    ("plain", "mrg_rxbuf=off,event_idx=off,indirect_desc=off,status=off",
     {MRG_RXBUF, EVENT_IDX, INDIRECT, STATUS}, set()),
    ("mq", "mq=on", set(), {"VIRTIO_NET_F_MQ"}),
    ("packed", "packed=on", set(), {"VIRTIO_F_RING_PACKED"}),
    ("host_mtu", "host_mtu=1400", set(), {MTU}),
    ("rings_1024", "rx_queue_size=1024,tx_queue_size=256", set(), set()),
    ("rings_512", "rx_queue_size=512,disable-modern=on", {VERSION_1}, set()),
    ("speed", "speed=1000,duplex=full", set(), {SPEED}),
    ("notify_page", "page-per-vq=on", set(), set()),
    ("registers_in_ports", "modern-pio-notify=on", set(), set()),
    ("no_vectors", "vectors=0", set(), set()),
    # It insists on the feature; without an IOMMU that costs nothing
    ("iommu", "iommu_platform=on,disable-legacy=on", set(), {IOMMU}),
]
NUMBER = {name: i for i, (name, *_) in enumerate(DEVICES)}

# Bytes of ping's data, for frames of 60 to 1514 bytes
SIZES = [18, 19, 64, 511, 1024, 1470, 1471, 1472]


@pytest.fixture(scope="module", params=[("pc", 1), ("q35", 2)],
                ids=["pc-1", "q35-2"])
def carrier(request):
    machine, cpus = request.param
    nics = [("user", options) for _, options, _, _ in DEVICES]
    with Carrier(nics, machine=machine, cpus=cpus) as guest:
        guest.leases = {}
        yield guest


def features(side):
    """Names of the features that a side of the device has."""
    return {f.split(":")[0] for part in ("dev-features", "transports")
            for f in side[part]}


def peer_of(n):
    return f"10.0.{n + 2}.2"


@pytest.mark.parametrize("name", NUMBER)
def test_card_gets_a_lease_and_its_features(carrier, name):
    n = NUMBER[name]
    if name == "host_mtu":
        carrier.run(f"ip link set hpv{n} mtu 1400")
    carrier.leases[n] = carrier.up(n)
    assert carrier.leases[n] == f"10.0.{n + 2}.15"

    status = carrier.virtio_status(n)
    offered = features(status["host-features"])
    taken = features(status["guest-features"])
    _, _, missing, more = DEVICES[n]
    assert more <= offered
    assert not taken & FORBIDDEN
    if missing is not None:
        assert (WANTED - missing | more) - FORBIDDEN <= taken
        assert not taken & missing
    assert "VIRTIO_CONFIG_S_DRIVER_OK: Driver setup and ready" in \
        status["status"]["statuses"]


@pytest.mark.parametrize("name", NUMBER)
def test_frames_of_every_size_come_back(carrier, name):
    n = NUMBER[name]
    sizes = SIZES if name != "host_mtu" else [18, 1372]
    answered = {size: carrier.ping(n, peer_of(n), 2, size) for size in sizes}
    assert answered == {size: 2 for size in sizes}


@pytest.mark.parametrize("way", ["to_the_network", "from_the_network"])
@pytest.mark.parametrize("name", NUMBER)
def test_data_flows(carrier, iperf_port, name, way, record_property):
    n = NUMBER[name]
    reverse = "-R" if way == "from_the_network" else ""

    def run():
        """None while the server has not done with the client before."""
        report = json.loads(carrier.run(
            f"iperf3 -c {peer_of(n)} -p {iperf_port} -n 2M "
            f"-B {carrier.leases[n]} -J {reverse}"))
        return None if "busy" in report.get("error", "") else report

    report = wait_for(run, "free iperf3 server", 120)
    assert "sum_received" in report["end"], report.get("error")
    result = report["end"]["sum_received"]
    record_property("mbit_s", result["bits_per_second"] / 1e6)
    assert result["bytes"] > 1 << 20


def test_speed_of_the_device_is_reported(carrier):
    assert carrier.fields(NUMBER["speed"], "info")["speed"] == "1000 Mb/s"


@pytest.mark.parametrize("name", NUMBER)
def test_statistics_know_no_error(carrier, name):
    stats = carrier.stats(NUMBER[name])
    assert stats["receive_packets"] > 0 and stats["send_packets"] > 0
    assert {k: v for k, v in stats.items() if v and "error" in k} == {}


def test_drivers_end_without_a_leak(carrier):
    assert carrier.quit().endswith("ended with 0")
