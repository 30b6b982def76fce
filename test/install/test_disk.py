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
"""tools/make-disk.sh: what it refuses, what it makes, and that this boots.

The ISO is one of our own with the files that HelenOS's has; its kernel is
kernel.S, which says what the boot loader gave it."""

import json
import os
import shutil
import signal
import subprocess
import tarfile
from pathlib import Path

import pytest

from conftest import TOP
from e2e.disks import BUSES, boot_options, image_format

MAKE_DISK = TOP / "tools/make-disk.sh"
GIB = 1 << 30
LIMIT = 300
GRUB_CFG = """set default=0
set timeout=10

insmod vbe

menuentry 'HelenOS' --class os {
	echo 'Loading kernel'
\tmultiboot /boot/kernel.elf
	module /boot/first /boot/first
	module /boot/second /boot/second
}
"""
MODULES = {"first": "the first module", "second": "and the second"}


def make_iso(path, files):
    tree = path.with_suffix(".tree")
    for name, data in files.items():
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        (tree / name).write_bytes(data)
    tree.mkdir(exist_ok=True)
    subprocess.run(["xorriso", "-as", "mkisofs", "-quiet", "-r", "-o", path,
                    tree], check=True, capture_output=True)
    return path


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """What the ISO has."""
    kernel = tmp_path_factory.mktemp("kernel") / "kernel.elf"
    subprocess.run(["gcc", "-m32", "-nostdlib", "-static", "-no-pie",
                    "-Wl,-Ttext=0x100000,--build-id=none", "-o", kernel,
                    TOP / "test/install/kernel.S"], check=True)
    return {"boot/kernel.elf": kernel.read_bytes(),
            "boot/grub/grub.cfg": GRUB_CFG.encode(),
            **{f"boot/{k}": v.encode() for k, v in MODULES.items()}}


@pytest.fixture(scope="module")
def image(tmp_path_factory, files):
    return make_iso(tmp_path_factory.mktemp("image") / "image.iso", files)


@pytest.fixture
def out(tmp_path):
    folder = tmp_path / "out"
    folder.mkdir()
    return folder


def run(*args, **options):
    return subprocess.run([str(MAKE_DISK), *map(str, args)], text=True,
                          capture_output=True, check=False, **options)


def made(*args):
    r = run(*args)
    assert r.returncode == 0, r.stderr
    assert r.stdout + r.stderr == ""
    return Path(args[-1])


def refused(out, *args, **options):
    """What it says when it refuses and leaves nothing behind."""
    before = sorted(out.iterdir())
    r = run(*args, **options)
    assert r.returncode == 1 and r.stdout == "", (r.stdout, r.stderr)
    assert sorted(out.iterdir()) == before
    return r.stderr


def test_help_is_asked_for_and_told():
    r = run("--help")
    assert r.returncode == 0 and r.stderr == ""
    assert "Usage: tools/make-disk.sh [OPTION...] IMAGE DISK" in r.stdout


@pytest.mark.parametrize("options", [
    ["--disk"], ["--args"], ["--size=0"], ["--size=1.5"], ["--size", "big"],
    ["--gce", "--vhd"], ["--console="], ["--args=it's"], ["--args=a\nb"],
    ["--args=" + 256 * "x"], ["--args=" + 240 * "x", "--console=devices/com1"],
    ["third"], [""],
])
def test_wrong_use_is_told_with_the_usage(image, out, options):
    r = run(image, out / "disk", *options)
    assert r.returncode == 2 and r.stdout == ""
    assert "Usage:" in r.stderr
    assert not list(out.iterdir())


def test_two_names_are_needed(image):
    assert run().returncode == 2
    assert run(image).returncode == 2


@pytest.mark.parametrize("left_out, reason", [
    (["boot"], "has no folder /boot"),
    (["boot/grub"], "no /boot/grub/grub.cfg"),
    (["boot/kernel.elf"], "no /boot/kernel.elf"),
])
def test_an_iso_that_is_not_helenos_is_refused(tmp_path, out, files, left_out,
                                               reason):
    rest = {k: v for k, v in files.items()
            if not any(k.startswith(name) for name in left_out)}
    iso = make_iso(tmp_path / "other.iso", {"README": b"", **rest})
    message = refused(out, iso, out / "disk")
    assert str(iso) in message and reason in message


def test_an_iso_that_boots_something_else_is_refused(tmp_path, out, files):
    iso = make_iso(tmp_path / "other.iso", {
        **files, "boot/grub/grub.cfg": b"linux /boot/vmlinuz\n"})
    assert "boots no kernel of HelenOS" in refused(out, iso, out / "disk")


def test_what_is_no_iso_is_refused_by_name(tmp_path, out):
    disk = out / "disk"
    assert f"there is no {tmp_path}/none" in \
        refused(out, tmp_path / "none", disk)
    assert "is no file" in refused(out, tmp_path, disk)
    other = tmp_path / "other"
    other.write_bytes(b"\0" * 40000)
    assert f"{other} is not an ISO image" in refused(out, other, disk)


def test_a_disk_that_exists_is_replaced_only_when_that_is_asked_for(image,
                                                                    out):
    disk = out / "disk"
    disk.write_text("mine")
    assert "--force" in refused(out, image, disk)
    assert disk.read_text() == "mine"
    made("--force", image, disk)
    assert disk.stat().st_size == GIB
    assert [disk] == list(out.iterdir())


def test_what_is_no_place_for_a_disk_is_refused(image, out):
    assert "no plain file" in refused(out, "--force", image, out)
    assert "no plain file" in refused(out, "--force", image, "/dev/null")
    link = out / "link"
    link.symlink_to(out / "nowhere")
    assert "no plain file" in refused(out, "--force", image, link)
    assert f"mkdir -p {out}/none" in refused(out, image, out / "none/disk")
    copy = out / "image.iso"
    shutil.copy(image, copy)
    assert "the image itself" in refused(out, "--force", copy, copy)


@pytest.mark.parametrize("option, tool, package", [
    (None, "xorriso", "xorriso"), (None, "grub-mkrescue", "grub-common"),
    (None, "mformat", "mtools"), ("--vhd", "qemu-img", "qemu-utils"),
])
def test_a_missing_tool_is_named_by_its_package(tmp_path, image, out, option,
                                                tool, package):
    tools = tmp_path / "bin"
    tools.mkdir()
    for name in ("bash", "cat", "dirname", "xorriso", "grub-mkrescue",
                 "mformat", "truncate", "qemu-img"):
        if name != tool:
            (tools / name).symlink_to(shutil.which(name))
    message = refused(out, *([option] if option else []), image, out / "disk",
                      env={**os.environ, "PATH": str(tools)})
    assert message.endswith(f"apt-get install {package}\n")


def test_a_disk_for_which_there_is_no_space_is_refused(image, out):
    # A small file system of the test's own, which only its processes see
    mount = ["unshare", "--user", "--map-root-user", "--mount", "bash", "-c",
             'mount -t tmpfs -o size=2m none "$1" && shift && exec "$@"',
             "bash", str(out)]
    if subprocess.run([*mount, "true"], check=False,
                      capture_output=True).returncode:
        pytest.skip("no file system can be mounted here (unshare --mount)")
    r = subprocess.run([*mount, MAKE_DISK, image, out / "disk"], text=True,
                       capture_output=True, check=False)
    assert r.returncode == 1
    assert f"no space in {out}" in r.stderr and "2 are free" in r.stderr


def fake_tool(tmp_path, name, script):
    """An environment in which a tool does something else."""
    folder = tmp_path / "fake"
    folder.mkdir()
    (folder / name).write_text(f"#!/bin/sh\n{script}\n")
    (folder / name).chmod(0o755)
    return {**os.environ, "PATH": f"{folder}:{os.environ['PATH']}"}


@pytest.mark.parametrize("tool", ["xorriso", "grub-mkrescue", "qemu-img"])
def test_when_a_tool_fails_its_end_is_shown_and_nothing_is_left(
        tmp_path, image, out, tool):
    env = fake_tool(tmp_path, tool, "echo out of luck; exit 3")
    assert "out of luck" in refused(out, "--vhd", image, out / "disk", env=env)


@pytest.mark.parametrize("number, status", [
    (signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_interrupted_it_leaves_nothing_and_the_old_disk_alone(
        tmp_path, image, out, number, status):
    fifo = tmp_path / "started"
    os.mkfifo(fifo)
    env = fake_tool(tmp_path, "grub-mkrescue",
                    f"echo > {fifo}; exec sleep {LIMIT}")
    disk = out / "disk"
    disk.write_text("mine")
    # Under nohup it would live on, as it should
    with subprocess.Popen([MAKE_DISK, "--force", image, disk], env=env,
                          start_new_session=True,
                          preexec_fn=lambda: signal.signal(
                              number, signal.SIG_DFL)) as process:
        fifo.read_text()
        assert len(list(out.iterdir())) == 2
        os.killpg(process.pid, number)
        assert process.wait(LIMIT) == status
    assert list(out.iterdir()) == [disk] and disk.read_text() == "mine"


def info(disk):
    return json.loads(subprocess.run(
        ["qemu-img", "info", "--output=json", disk], check=True,
        capture_output=True, text=True).stdout)


@pytest.mark.parametrize("option, size", [
    ("--qcow2", 1), ("--vmdk", 2), ("--vhd", 3)])
def test_a_disk_has_the_format_and_the_size_that_were_asked_for(
        image, out, option, size):
    disk = made(option, f"--size={size}", image, out / "disk")
    found = info(disk)
    assert found["format"] == {"--vhd": "vpc"}.get(option, option[2:])
    assert found["virtual-size"] == size * GIB
    assert image_format(disk) == found["format"]
    assert image_format(image) == "iso"


def test_a_raw_disk_takes_little_space_and_has_a_partition_to_boot(image, out):
    disk = made("--size", 2, image, out / "disk")
    assert disk.stat().st_size == 2 * GIB
    assert disk.stat().st_blocks * 512 < 64 << 20
    with disk.open("rb") as f:
        mbr = f.read(512)
    assert mbr[510:] == b"\x55\xaa"
    assert [mbr[446 + 16 * i] for i in range(4)].count(0x80) == 1
    assert image_format(disk) == "raw"


def test_a_disk_for_compute_engine_is_one_sparse_member_of_an_old_tar(image,
                                                                      out):
    packed = made("--gce", image, out / "disk.tar.gz")
    assert packed.stat().st_size < 64 << 20
    with tarfile.open(packed, "r:gz") as tar:
        members = tar.getmembers()
        assert [(m.name, m.size) for m in members] == [("disk.raw", GIB)]
        assert members[0].issparse()
    head = subprocess.run(f"gzip -dc {packed} | head -c 512", shell=True,
                          check=True, capture_output=True).stdout
    assert head[257:265] == b"ustar  \0"


@pytest.fixture(scope="module")
def image_with_pages(tmp_path_factory, files):
    """An ISO whose RAM disk has pages and not much space."""
    folder = tmp_path_factory.mktemp("ramdisk")
    web = folder / "root/data/web"
    web.mkdir(parents=True)
    (web / "index.html").write_text("theirs")
    (web / "foo.html").write_text("foo")
    ramdisk = folder / "initrd.img"
    subprocess.run(["/sbin/mke2fs", "-q", "-b", "4096", "-O", "none,filetype",
                    "-d", folder / "root", ramdisk, "256k"], check=True)
    return make_iso(folder / "image.iso", {
        **files, "boot/initrd.img": ramdisk.read_bytes()})


def pages_of(disk, tmp_path):
    """The pages in a disk's RAM disk, which is in order."""
    ramdisk = tmp_path / "initrd.img"
    subprocess.run(["xorriso", "-osirrox", "on", "-indev", disk, "-extract",
                    "/boot/initrd.img", ramdisk], check=True,
                   capture_output=True)
    subprocess.run(["/sbin/e2fsck", "-fn", ramdisk], check=True,
                   capture_output=True)
    subprocess.run(["/sbin/debugfs", "-R", f"rdump /data/web {tmp_path}",
                    ramdisk], check=True, capture_output=True)
    return {str(p.relative_to(tmp_path / "web")): p.read_bytes()
            for p in (tmp_path / "web").rglob("*") if p.is_file()}


def test_own_pages_are_put_among_those_of_the_image(image_with_pages, out,
                                                    tmp_path):
    pages = tmp_path / "pages"
    mine = {"index.html": b"mine", "a folder/$x 'y'.html": b"odd name",
            "a folder/deep/empty": b"", "big": bytes(range(256)) * 9000}
    for name, data in mine.items():
        (pages / name).parent.mkdir(parents=True, exist_ok=True)
        (pages / name).write_bytes(data)
    disk = made("--pages", pages, image_with_pages, out / "disk")
    assert pages_of(disk, tmp_path) == {**mine, "foo.html": b"foo"}


def test_files_are_named_from_where_one_is(image_with_pages, out, tmp_path,
                                           monkeypatch):
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages/mine.html").write_bytes(b"mine")
    monkeypatch.chdir(out)
    disk = made("--pages", "../pages", image_with_pages, "disk")
    assert pages_of(disk, tmp_path)["mine.html"] == b"mine"


def test_pages_that_cannot_be_served_are_refused(image, image_with_pages, out,
                                                 tmp_path):
    pages = tmp_path / "pages"
    disk = out / "disk"
    assert f"no folder {pages}" in refused(out, "--pages", pages, image, disk)
    pages.mkdir()
    assert "no /boot/initrd.img" in refused(out, "--pages", pages, image, disk)
    (pages / "link").symlink_to("/etc/passwd")
    assert f"{pages}/link is neither" in refused(
        out, "--pages", pages, image_with_pages, disk)
    (pages / "link").rename(pages / 'a"b')
    assert 'a"b' in refused(out, "--pages", pages, image_with_pages, disk)


def test_pages_are_not_lost_when_the_tool_for_them_fails(
        image_with_pages, out, tmp_path):
    pages = tmp_path / "pages"
    pages.mkdir()
    (pages / "index.html").write_text("mine")
    env = fake_tool(tmp_path, "debugfs", "exit 0")
    assert "the pages cannot be written" in refused(
        out, "--pages", pages, image_with_pages, out / "disk", env=env)


def booted(disk, bus):
    """What the first serial line said until our kernel ended QEMU."""
    command = ["timeout", str(LIMIT), "qemu-system-x86_64", "-accel", "tcg",
               "-m", "128", "-nodefaults", "-display", "none", "-vga", "std",
               "-serial", "stdio", "-no-reboot",
               "-device", "isa-debug-exit,iobase=0xf4,iosize=4",
               *boot_options(disk, bus)]
    r = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True,
                       text=True, check=False)
    assert r.returncode == 1, (r.returncode, r.stdout, r.stderr)
    return r.stdout


@pytest.mark.parametrize("bus, option", zip(
    sorted(BUSES), [None, "--qcow2", "--vmdk", "--vhd", "--gce"]))
def test_the_disk_boots_with_its_arguments_and_all_modules(image, out, bus,
                                                           option):
    args = r"web=8080  remcons=off console=devices/\hw\sys\00:01.0\com1\a x$y"
    disk = made(*([option] if option else []), "--args", args, image,
                out / "disk")
    if option == "--gce":
        with tarfile.open(disk, "r:gz") as tar:
            tar.extractall(out)
        disk = out / "disk.raw"
    said = booted(disk, bus)
    assert said == "\n".join([" ".join(args.replace("\\", 2 * "\\").split()),
                              *MODULES.values(), ""])


def test_the_loader_speaks_on_the_serial_line_when_that_is_asked_for(image,
                                                                     out):
    disk = made("--serial", "--console=devices/com1", "--graphics", image,
                out / "disk")
    said = booted(disk, "ide")
    assert "Loading kernel" in said
    assert "console=devices/com1\n" in said
