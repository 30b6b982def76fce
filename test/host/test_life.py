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

"""What clients ask of a card, and what happens to it: modes, filters, polling,
stopping, removal, a link that goes, a device that goes; bursts; disks."""

import hashlib
import os
import re
import threading

import pytest

from helenos import wait_for
from hosted import Carrier
from peer import Peer

# Cards of the guest
MODERN, LEGACY, USER, NO_STATUS = range(4)
CARDS = ["disable-legacy=on,disable-modern=off", "disable-modern=on", "",
         "status=off,guest_announce=off"]
DISK, READ_ONLY = range(4, 6)
USER_PEER = "10.0.4.2"
# Removals in a row, on the first machine and on the second one
CYCLES = {"pc": 1000, "q35": 100}


class Rig(Carrier):
    """A guest with two cards on peers' cables and two on user-mode nets."""

    def __init__(self, machine, cpus, disks):
        self.peers = [Peer(77), Peer(78)]
        backends = [p.netdev() for p in self.peers] + ["user", "user"]
        port = ["-device", "pcie-root-port,id=rp9,port=9,chassis=9"] \
            if machine == "q35" else []
        self.cycles = CYCLES[machine]
        self.plug = {"bus": "rp9"} if machine == "q35" else {"addr": "0x18"}
        super().__init__(list(zip(backends, CARDS)), machine, cpus, disks,
                         extra=port, trace="trace:virtio_net_*")

    def __enter__(self):
        super().__enter__()
        try:
            # Linux asks for a neighbour again after a while, and the answer
            # would be one among frames that tests count
            self.run("for f in /proc/sys/net/ipv4/neigh/*/base_reachable_time_ms;"
                     " do echo 86400000 > $f; done")
            self.ips = [self.up(n) for n in range(len(CARDS))]
            for n, peer in enumerate(self.peers):
                assert self.ping(n, peer.ip, 1) == 1
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *exc):
        super().__exit__(*exc)
        for peer in self.peers:
            peer.close()


@pytest.fixture(scope="module")
def images(tmp_path_factory):
    """A disk's content, and the files that hold it."""
    folder = tmp_path_factory.mktemp("disks")
    content = os.urandom(4 << 20)
    paths = [folder / "disk", folder / "read-only"]
    for path in paths:
        path.write_bytes(content)
    return content, paths


@pytest.fixture(scope="module", params=[("pc", 1), ("q35", 2)],
                ids=["pc-1", "q35-2"])
def carrier(request, images):
    machine, cpus = request.param
    disk, read_only = images[1]
    with Rig(machine, cpus, [(disk, ""), (f"{read_only},readonly=on", "")]) \
            as rig:
        yield rig


def lives(carrier, n=USER, peer=USER_PEER):
    """True if frames go and come on a card."""
    return carrier.ping(n, peer, 3) == 3


def test_frame_that_is_too_long_for_the_carrier_is_dropped_and_counted(carrier):
    before = carrier.stats(USER)
    carrier.run(f"ip link set hpv{USER} mtu 20000")
    try:
        carrier.run(f"ping -c 1 -W 1 -s 15000 -I hpv{USER} {USER_PEER}",
                    check=False)
    finally:
        carrier.run(f"ip link set hpv{USER} mtu 1500")
    after = carrier.stats(USER)
    assert after["carrier_too_long"] == before["carrier_too_long"] + 1
    # Not a part of it either
    assert after["send_bytes"] - before["send_bytes"] < 9216
    assert after["send_errors"] == before["send_errors"]
    assert lives(carrier)


# Bursts

@pytest.mark.parametrize("n", [MODERN, LEGACY], ids=["modern", "legacy"])
def test_burst_of_512_pings_is_answered_ten_times_over(carrier, n):
    peer = carrier.peers[n]
    for turn in range(10):
        payloads = [bytes([turn, i & 0xff]) * 100 for i in range(512)]
        assert peer.ping(payloads) == []


@pytest.mark.parametrize("n", [MODERN, LEGACY], ids=["modern", "legacy"])
def test_frames_of_every_length_are_answered(carrier, n):
    lengths = [*range(18, 200), *range(1400, 1473)]
    payloads = [bytes([i & 0xff]) * i for i in lengths]
    assert carrier.peers[n].ping(payloads) == []


@pytest.mark.parametrize("n", [MODERN, LEGACY], ids=["modern", "legacy"])
def test_runts_and_oversized_frames_do_no_harm(carrier, n):
    peer = carrier.peers[n]
    for length in (1, 6, 11, 12, 13, 14, 59):
        peer.send((peer.guest_mac + peer.mac + b"\x08\0" + bytes(60))[:length])
    for length in (1515, 1518, 1519, 2000, 4096, 9000):
        peer.send(peer.guest_mac + peer.mac + b"\x08\0" + bytes(length - 14))
    assert peer.ping([b"alive"] * 8) == []


def test_both_cards_carry_bursts_at_once(carrier):
    peers = carrier.peers
    lost = {}

    def burst(n):
        lost[n] = peers[n].ping([bytes([i & 0xff]) * 500
                                 for i in range(1000)])
    threads = [threading.Thread(target=burst, args=(n,))
               for n in (MODERN, LEGACY)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert lost == {MODERN: [], LEGACY: []}


# Link

def link(carrier, n):
    return carrier.fields(n, "info")["link"]


def test_link_that_goes_is_reported_and_comes_back(carrier):
    assert link(carrier, USER) == "plugged"
    for turn in range(3):
        carrier.qmp.command("set_link", name=f"nic{USER}", up=False)
        wait_for(lambda: link(carrier, USER) == "unplugged", "link down", 60)
        carrier.qmp.command("set_link", name=f"nic{USER}", up=True)
        wait_for(lambda: link(carrier, USER) == "plugged", "link up", 60)
        assert lives(carrier)


def test_card_without_status_has_a_link_always(carrier):
    carrier.qmp.command("set_link", name=f"nic{NO_STATUS}", up=False)
    assert link(carrier, NO_STATUS) in ("plugged", "unknown")
    carrier.qmp.command("set_link", name=f"nic{NO_STATUS}", up=True)
    assert lives(carrier, NO_STATUS, "10.0.5.2")


def test_announcement_is_acknowledged(carrier):
    """QEMU's trace tells of the request and of the answer."""
    before = carrier.trace().count("virtio_net_handle_announce")
    carrier.qmp.command("announce-self", initial=50, max=50, rounds=2, step=0)

    def acknowledged():
        return carrier.trace().count("virtio_net_handle_announce") > before
    wait_for(acknowledged, "answer to the announcement", 60)
    assert "virtio_net_announce_notify" in carrier.trace()
    assert lives(carrier)


def test_machine_that_was_stopped_goes_on(carrier):
    carrier.qmp.command("stop")
    carrier.peers[MODERN].send(
        *(carrier.peers[MODERN].echo_request(9999, i, b"x" * 64)
          for i in range(300)))
    carrier.qmp.command("cont")
    assert carrier.peers[MODERN].ping([b"alive"] * 64) == []
    assert lives(carrier)


def test_device_that_needs_a_reset_gets_it(carrier):
    """An entry that is spoiled makes QEMU's device ask for a reset."""
    peer = carrier.peers[MODERN]
    for turn in range(3):
        said = carrier.console().count("device needs a reset")
        ring = carrier.virtio_queue(MODERN, 0)
        at = ring["last-avail-idx"] % ring["vring-num"]
        carrier.ctl("poke", ring["vring-avail"] + 4 + 2 * at, 0xffff)
        peer.send(peer.frame(bytes(46), 0x88b5, b"\xff" * 6))
        wait_for(lambda: carrier.console().count("device needs a reset") >
                 said, "line about the reset", 120)
        wait_for(lambda: any("DRIVER_OK" in s for s in carrier.virtio_status(
            MODERN)["status"]["statuses"]), "device that works again", 120)
        assert peer.ping([b"alive"] * 64) == []


# State, address, filters

def test_stopped_card_delivers_nothing_and_forgets(carrier):
    carrier.ctl(MODERN, "state", "stopped")
    assert carrier.fields(MODERN, "info")["state"] == "stopped"
    peer = carrier.peers[MODERN]
    peer.send(*(peer.echo_request(9998, i, b"x") for i in range(600)))
    assert carrier.stats(MODERN)["receive_packets"] == 0
    carrier.ctl(MODERN, "state", "active")
    assert peer.ping([b"alive"] * 300) == []


def test_card_goes_down_and_up_again_and_again(carrier):
    script = (f"for i in $(seq 20); do hostctl {USER} state down && "
              f"hostctl {USER} state active || exit 1; done")
    carrier.run(script)
    assert lives(carrier)


@pytest.mark.parametrize("n", [MODERN, LEGACY, USER],
                         ids=["modern", "legacy", "transitional"])
def test_address_can_be_changed(carrier, n):
    old = carrier.fields(n, "info")["address"]
    new = f"52:54:00:99:00:{n:02x}"
    carrier.ctl(n, "address", new)
    try:
        assert carrier.fields(n, "info")["address"] == new
        assert carrier.rx_filter(n)["main-mac"] == new
        if n in (MODERN, LEGACY):
            peer = carrier.peers[n]
            carrier.run(f"arping -c 1 -w 30 -I hpv{n} {peer.ip}",
                        check=False)
            wait_for(lambda: peer.guest_mac ==
                     bytes.fromhex(new.replace(":", "")),
                     "frame from the new address", 60)
            assert peer.ping([b"alive"] * 8) == []
        else:
            assert lives(carrier)
    finally:
        carrier.ctl(n, "address", old)
    if n in (MODERN, LEGACY):
        carrier.run(f"ping -c 1 -W 30 -I hpv{n} {carrier.peers[n].ip}")
        assert carrier.peers[n].ping([b"alive"]) == []


def test_multicast_address_is_refused(carrier):
    assert carrier.ctl(USER, "address", "01:00:5e:00:00:01",
                       check=False)[0] == 1
    assert lives(carrier)


def test_multicast_list_reaches_the_device(carrier):
    groups = [f"01:00:5e:00:00:{i:02x}" for i in range(1, 6)]
    carrier.ctl(USER, "multicast", "list", *groups)
    got = carrier.rx_filter(USER)
    assert got["multicast"] == "normal"
    assert sorted(got["multicast-table"]) == groups
    carrier.ctl(USER, "multicast", "promisc")
    assert carrier.rx_filter(USER)["multicast"] == "all"
    carrier.ctl(USER, "multicast", "blocked")
    assert carrier.rx_filter(USER)["multicast"] == "none"
    assert lives(carrier)


def test_list_too_long_for_the_device_falls_back(carrier):
    groups = [f"01:00:5e:00:01:{i:02x}" for i in range(100)]
    carrier.ctl(USER, "multicast", "list", *groups)
    got = carrier.rx_filter(USER)
    assert got["multicast"] == "all" or got["promiscuous"] or \
        got["multicast-overflow"]
    carrier.ctl(USER, "multicast", "blocked")
    assert lives(carrier)


def test_unicast_modes_reach_the_device(carrier):
    carrier.ctl(USER, "unicast", "promisc")
    got = carrier.rx_filter(USER)
    assert got["promiscuous"] or got["unicast"] == "all"
    carrier.ctl(USER, "unicast", "list", "52:54:00:aa:bb:cc")
    got = carrier.rx_filter(USER)
    assert not got["promiscuous"]
    assert got["unicast-table"] == ["52:54:00:aa:bb:cc"]
    carrier.ctl(USER, "unicast", "default")
    assert carrier.rx_filter(USER)["unicast-table"] == []
    assert lives(carrier)


def received(carrier, peer, n, to, count=20):
    """How many frames to an address the guest's stack got to see."""
    frame = peer.frame(b"\0" * 46, 0x88b5, to)
    before = carrier.stats(n)
    peer.send(*[frame] * count)
    # What comes behind them tells that they are through.
    assert peer.ping([b"alive"]) == []
    after = carrier.stats(n)
    return after["receive_packets"] - before["receive_packets"] - 1


@pytest.mark.parametrize("n", [MODERN, LEGACY], ids=["modern", "legacy"])
def test_modes_decide_what_clients_get(carrier, n):
    peer = carrier.peers[n]
    group, other, foreign = (bytes.fromhex(a) for a in (
        "01005e000001", "01005e000002", "525400ffffff"))
    assert received(carrier, peer, n, group) == 0
    assert received(carrier, peer, n, foreign) == 0
    assert received(carrier, peer, n, b"\xff" * 6) == 20

    carrier.ctl(n, "multicast", "list", "01:00:5e:00:00:01")
    assert received(carrier, peer, n, group) == 20
    assert received(carrier, peer, n, other) == 0
    carrier.ctl(n, "multicast", "promisc")
    assert received(carrier, peer, n, other) == 20
    carrier.ctl(n, "multicast", "blocked")

    carrier.ctl(n, "unicast", "promisc")
    assert received(carrier, peer, n, foreign) == 20
    carrier.ctl(n, "unicast", "list", "52:54:00:ff:ff:ff")
    assert received(carrier, peer, n, foreign) == 20
    carrier.ctl(n, "unicast", "default")
    assert received(carrier, peer, n, foreign) == 0

    carrier.ctl(n, "broadcast", "blocked")
    assert received(carrier, peer, n, b"\xff" * 6) == 0
    carrier.ctl(n, "broadcast", "accepted")
    assert received(carrier, peer, n, b"\xff" * 6) == 20


@pytest.mark.parametrize("n", [MODERN, LEGACY], ids=["modern", "legacy"])
def test_vlan_filter_lets_its_vlans_through(carrier, n):
    peer = carrier.peers[n]

    def tagged(vlan):
        frame = peer.guest_mac + peer.mac + b"\x81\0" + \
            vlan.to_bytes(2, "big") + b"\x88\xb5" + bytes(46)
        before = carrier.stats(n)["receive_packets"]
        peer.send(*[frame] * 10)
        assert peer.ping([b"alive"]) == []
        return carrier.stats(n)["receive_packets"] - before - 1

    assert tagged(7) == 10
    carrier.ctl(n, "vlan", 7, 4000)
    assert (tagged(7), tagged(8), tagged(4000)) == (10, 0, 10)
    carrier.ctl(n, "vlan", "off")
    assert tagged(8) == 10


# Polling

def test_polling_on_demand_delivers_on_demand_only(carrier):
    n, peer = MODERN, carrier.peers[MODERN]
    carrier.ctl(n, "poll", "demand")
    try:
        before = carrier.stats(n)["receive_packets"]
        used = carrier.virtio_queue(n, 0)["used-idx"]
        peer.send(*(peer.echo_request(9997, i, b"x" * 32) for i in range(10)))
        wait_for(lambda: carrier.virtio_queue(n, 0)["used-idx"] ==
                 (used + 10) & 0xffff, "frames in the ring", 60)
        # Twice as long as the driver's watchdog sleeps
        carrier.run("sleep 2")
        assert carrier.stats(n)["receive_packets"] == before

        def polled():
            carrier.ctl(n, "pollnow")
            return carrier.stats(n)["receive_packets"] == before + 10
        wait_for(polled, "frames that were polled", 60)
    finally:
        carrier.ctl(n, "poll", "immediate")
    assert peer.ping([b"alive"] * 64) == []


@pytest.mark.parametrize("mode", ["periodic", "software"])
def test_periodic_polling_delivers(carrier, mode):
    carrier.ctl(MODERN, "poll", mode, 5000)
    try:
        assert carrier.peers[MODERN].ping([b"polled"] * 64) == []
    finally:
        carrier.ctl(MODERN, "poll", "immediate")
    assert carrier.peers[MODERN].ping([b"alive"] * 64) == []


# Disks

def test_disk_reads_what_the_file_holds(carrier, images):
    content, _ = images
    for disk in (DISK, READ_ONLY):
        info = carrier.fields(disk, "info")
        assert info == {"block_size": "512", "blocks": str(len(content) // 512)}
    # The first disk is written to by another test.
    carrier.ctl(READ_ONLY, "read", 0, len(content) // 512, "/tmp/all")
    assert carrier.run("sha256sum < /tmp/all").split()[0] == \
        hashlib.sha256(content).hexdigest()


def test_disk_keeps_what_is_written(carrier, images):
    _, paths = images
    carrier.run("dd if=/dev/urandom of=/tmp/new bs=512 count=2000")
    carrier.ctl(DISK, "write", 100, 2000, "/tmp/new")
    carrier.ctl(DISK, "sync")
    carrier.ctl(DISK, "read", 100, 2000, "/tmp/back")
    carrier.run("cmp /tmp/new /tmp/back")
    part = paths[0].read_bytes()[100 * 512:2100 * 512]
    assert carrier.run("sha256sum < /tmp/new").split()[0] == \
        hashlib.sha256(part).hexdigest()


def test_disk_refuses_what_it_cannot_do(carrier, images):
    content, _ = images
    blocks = len(content) // 512
    carrier.run("dd if=/dev/zero of=/tmp/zero bs=512 count=8")
    assert carrier.ctl(READ_ONLY, "write", 0, 8, "/tmp/zero",
                       check=False)[0] == 1
    assert carrier.ctl(DISK, "read", blocks - 4, 8, "/tmp/x",
                       check=False)[0] == 1
    assert carrier.ctl(DISK, "write", blocks, 1, "/tmp/zero",
                       check=False)[0] == 1


# Removal

def test_quiesced_device_is_reset(carrier):
    carrier.ctl(NO_STATUS, "quiesce")
    assert carrier.virtio_status(NO_STATUS)["status"]["statuses"] == []
    carrier.ctl(NO_STATUS, "remove")
    carrier.ctl(NO_STATUS, "add")
    carrier.up(NO_STATUS)
    assert lives(carrier, NO_STATUS, "10.0.5.2")


@pytest.mark.parametrize("n", [MODERN, LEGACY, DISK],
                         ids=["modern", "legacy", "disk"])
def test_removals_in_a_row_leave_nothing_behind(carrier, n):
    got = carrier.fields(n, "cycle", carrier.cycles)
    assert all(re.fullmatch(r"(\d+) was \1", v) for v in got.values()), got
    if n != DISK:
        assert carrier.peers[n].ping([b"alive"] * 64) == []
    else:
        carrier.ctl(n, "read", 0, 8, "/tmp/x")


def test_removal_under_load_does_no_harm(carrier):
    peer = carrier.peers[MODERN]
    peer.send(*(peer.echo_request(9996, i, b"x" * 1000) for i in range(2000)))
    carrier.ctl(MODERN, "cycle", 20)
    assert peer.ping([b"alive"] * 64) == []


def test_device_that_is_unplugged_can_be_plugged_again(carrier):
    for turn in range(2):
        carrier.qmp.command("netdev_add", type="user", id="hot",
                            net="10.0.99.0/24")
        carrier.qmp.command("device_add", driver="virtio-net-pci",
                            id="hot", netdev="hot", romfile="", **carrier.plug)

        if turn == 0:
            def found():
                carrier.ctl("scan")
                return len(carrier.ctl("list").splitlines()) > READ_ONLY + 1
        else:
            def found():
                return carrier.ctl(READ_ONLY + 1, "add", check=False)[0] == 0
        wait_for(found, "plugged device", 120)
        name = carrier.ctl("list").splitlines()[-1].split()[-1]
        number = name.removeprefix("hpv")
        carrier.run(f"ip link set {name} up")
        carrier.run(f"udhcpc -i {name} -s /etc/udhcpc -n -q -f -t 20 -T 3")
        assert carrier.ping(number, "10.0.99.2", 3) == 3

        carrier.qmp.command("device_del", id="hot")

        def deleted():
            carrier.qmp.command("query-status")
            return any(e["event"] == "DEVICE_DELETED" and
                       e["data"].get("device") == "hot"
                       for e in carrier.qmp.events)
        wait_for(deleted, "unplugged device", 120)
        # Frames to a device that is gone are lost, no more.
        carrier.run(f"ping -c 2 -i 0.02 -W 1 -I {name} 10.0.99.2",
                    check=False)
        carrier.ctl(READ_ONLY + 1, "gone")
        carrier.qmp.command("netdev_del", id="hot")
        carrier.qmp.events.clear()
    assert lives(carrier)


def test_drivers_end_without_a_leak(carrier):
    assert carrier.quit().endswith("ended with 0")
