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
"""A net on which DHCP is not as it should be: the server is late, and what it says
to others, or says wrong, comes first. The tests need an image with the fix
dhcp-client."""

import pytest

from conftest import IMAGE, Rig, image_fixes
from peer import Peer

pytestmark = pytest.mark.skipif(
    IMAGE.is_file() and "dhcp-client" not in image_fixes(),
    reason="the image lacks the fix dhcp-client")

DHCP_AT = 14 + 20 + 8       # in a frame
XID_AT, YIADDR_AT, CHADDR_AT, OPTIONS_AT = 4, 16, 28, 240
MISSED = 8                  # HelenOS gave up after six


class Muddle(Peer):
    """Answers each question wrongly in several ways, then as it should be."""

    def _answer_dhcp(self, src, request):
        answer = super()._answer_dhcp(src, request)
        if answer:
            self.send(*self._wrong(answer))
        return answer

    def _wrong(self, answer):
        """Others' answers, and wrong ones, all with addresses of their own."""
        good = bytearray(answer[DHCP_AT:])
        good[YIADDR_AT:YIADDR_AT + 4] = 10, 66, 66, 66

        def changed(at):
            message = bytearray(good)
            message[at] ^= 0xff
            return message

        def without(option):
            at = OPTIONS_AT
            while good[at] != option:
                at += 2 + good[at + 1]
            return good[:at] + good[at + 2 + good[at + 1]:]

        messages = [changed(0), changed(XID_AT), changed(CHADDR_AT + 5),
                    changed(OPTIONS_AT - 1), good[:OPTIONS_AT - 40],
                    without(1), without(54)]
        return [self._dhcp_frame(m, answer[:6]) for m in messages]


@pytest.fixture(scope="module")
def rig(accel):
    with Rig(accel, peer=Muddle(discovers_missed=MISSED)) as running:
        yield running


def test_a_server_that_is_late_is_waited_for(rig):
    assert rig.peer.discovers_missed == 0
    assert rig.peer.leases == 1


def test_only_the_answer_to_the_card_is_taken(rig):
    lease, = (a for a in rig.guest.addresses()
              if a["address"].startswith((rig.peer.guest_ip, "10.66.")))
    assert lease["address"] == rig.peer.guest_ip
    assert lease["width"] == 24
    assert not rig.peer.ping([b"echo"], 60)
