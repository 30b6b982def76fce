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
"""A machine that nobody sits at: a disk whose kernel arguments start the web
server, in a cloud's network. The image needs the fix boot-arguments."""

import subprocess

import pytest

from cloud import FAR_HOST, NETWORKS, Cloud
from conftest import IMAGE, TOP, Rig, image_fixes
from helenos import REMCONS_PORT, WEBSRV, wait_for
from tcp import Refused, answer, connect, fetch

PORT = 8080
LIMIT = 120     # seconds for one page
MINE = b"<html>" + b"mine " * 50000 + b"</html>"
IN_FOLDER = {"index.html": "<html>of the folder</html>",
             "style.css": "p { color: red }", "none": "of no kind"}

pytestmark = pytest.mark.skipif(
    IMAGE.is_file() and
    not {"boot-arguments", "host-route"} <= set(image_fixes()),
    reason="the image lacks the fix boot-arguments or host-route")


def make_disk(folder, args):
    """A disk with a page of our own, longer than HelenOS's RAM disk has room
    for."""
    (folder / "pages/folder").mkdir(parents=True)
    (folder / "pages/mine.html").write_bytes(MINE)
    for name, text in IN_FOLDER.items():
        (folder / "pages/folder" / name).write_text(text)
    disk = folder / "disk.raw"
    subprocess.run([TOP / "tools/make-disk.sh", "--args", args, "--pages",
                    folder / "pages", IMAGE, disk], check=True)
    return disk


def refuses(peer, port):
    with pytest.raises(Refused):
        connect(peer, port, 4, src=FAR_HOST)
    return True


# Before the fixture, whose machine runs to the end
def test_run_qemu_shows_a_page_without_a_key_pressed(tmp_path):
    disk = make_disk(tmp_path, "web remcons=off")
    log = tmp_path / "log"
    done = subprocess.run(
        [TOP / "tools/run-qemu.sh", "--network", "gce", "--bus", "virtio-scsi",
         "--log", log, disk], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"four pings in a row from {FAR_HOST}" in done.stdout
    assert "200 OK" in done.stdout
    assert "Starting /srv/hid/remcons" not in log.read_text()


@pytest.fixture(scope="module")
def rig(accel, tmp_path_factory):
    net = NETWORKS["gce"]
    disk = make_disk(tmp_path_factory.mktemp("disk"), f"web={PORT}")
    with Rig(accel, net.device, cpus=net.cpus, peer=Cloud(net), image=disk,
             bus="virtio-scsi") as running:
        yield running


def page_comes(rig):
    status, page = fetch(rig.peer, "/", PORT, src=FAR_HOST)
    return status.endswith("200 OK") and b"</html>" in page.lower()


def test_a_page_comes_from_the_port_that_was_named(rig):
    assert page_comes(rig)
    assert refuses(rig.peer, 80)


def test_pages_of_our_own_are_served(rig):
    status, page = fetch(rig.peer, "/mine.html", PORT, src=FAR_HOST)
    assert status.endswith("200 OK") and page == MINE


@pytest.mark.parametrize("path, kind, name", [
    ("", "text/html", "index.html"), ("style.css", "text/css", "style.css"),
    ("none", "application/octet-stream", "none"),
])
def test_files_in_folders_are_served_with_their_type(rig, path, kind, name):
    head, body = answer(connect(rig.peer, PORT, src=FAR_HOST),
                        f"/folder/{path}", LIMIT)
    assert head.split("\r\n") == ["HTTP/1.0 200 OK", f"Content-Type: {kind}"]
    assert body.decode() == IN_FOLDER[name]


def test_a_web_server_that_ends_is_started_again(rig):
    assert "Killed task ID" in rig.guest.run("killall /app/websrv")
    rig.guest.wait_log("/app/websrv has ended; starting it again in 1 s", 60)
    wait_for(lambda: len(WEBSRV.findall(rig.guest.log())) > 1,
             "second web server", 60)
    if "tcp-clients" not in image_fixes():
        pytest.skip("the image lacks the fix tcp-clients: the port is lost "
                    "with the first web server")
    assert page_comes(rig)
