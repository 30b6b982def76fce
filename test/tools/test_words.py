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
"""One set of words in all scripts, and what cannot work is said at once."""

import os
import re
import shutil
import subprocess

import pytest

from conftest import TOP
from test_ends import iso

SCRIPTS = ["tools/run-qemu.sh", "tools/run-xen.sh", "host/run-hosted.sh",
           "tools/install.sh", "tools/make-disk.sh", "tools/setup.sh",
           "test/run.sh"]
RUNS = SCRIPTS[:3]
WORDS = {"--cpus", "--memory", "--script", "--shell", "--log", "--timeout",
         "--verbose", "--help"}


@pytest.mark.parametrize("word", ["--help", "-h"])
@pytest.mark.parametrize("script", SCRIPTS)
def test_help_is_printed_and_is_no_failure(machine, script, word):
    done = subprocess.run([machine.top / script, word], env=machine.env,
                          capture_output=True, text=True, check=False)
    assert done.returncode == 0 and done.stderr == ""
    assert "usage" in done.stdout.lower()
    assert script.rpartition("/")[2] in done.stdout
    assert machine.events.read_text() == ""     # nothing was asked or started


@pytest.mark.parametrize("script", SCRIPTS)
def test_a_wrong_use_is_status_2_and_says_what_is_wrong(machine, script):
    done = subprocess.run([machine.top / script, "--nonsense"], env=machine.env,
                          capture_output=True, text=True, check=False)
    assert done.returncode == 2 and done.stdout == ""
    assert "--nonsense" in done.stderr
    assert machine.events.read_text() == ""


@pytest.mark.parametrize("script", RUNS)
def test_the_scripts_that_run_have_the_same_words(machine, script):
    _, out = machine.run(script, "--help")
    assert WORDS <= set(re.findall(r"--[a-z-]+", out)), out


def test_run_hosted_has_no_word_that_run_qemu_refuses(machine):
    words = [set(re.findall(r"^\s*(?:-\w, )?(--[a-z-]+)",
                            machine.run(script, "--help")[1], re.M))
             for script in ("host/run-hosted.sh", "tools/run-qemu.sh")]
    assert words[0] and words[0] <= words[1]


@pytest.mark.parametrize("script", RUNS)
@pytest.mark.parametrize("words", [
    ["--cpus", "0"], ["--cpus=0"], ["--memory", "0"], ["--memory=much"],
    ["--timeout", "-1"], ["--cpus"]])
def test_numbers_that_cannot_be_are_a_wrong_use(machine, script, words):
    status, out = machine.run(script, *words)
    assert status == 2 and words[0].partition("=")[0] in out, out
    assert "qemu-system-x86_64" not in machine.events.read_text()


@pytest.mark.parametrize("script", ["tools/run-qemu.sh", "host/run-hosted.sh"])
@pytest.mark.parametrize("port", ["0", "65536", "gdb"])
def test_a_port_that_cannot_be_is_a_wrong_use(machine, script, port):
    status, out = machine.run(script, "--gdb", port)
    assert status == 2 and "--gdb" in out, out
    nothing_started(machine)


@pytest.mark.parametrize("words", [
    ["--nic-model", "nosuch"], ["--vif", "nosuch"], ["--store", "nosuch"]])
def test_a_choice_that_run_xen_has_not_is_a_wrong_use(machine, words):
    status, out = machine.run("tools/run-xen.sh", *words, iso(machine))
    assert status == 2 and f"{words[0]} is" in out, out
    nothing_started(machine)


NOWHERE = "/nowhere/file"
AT_ONCE = [
    (["--log", NOWHERE], "cannot write /nowhere/file"),
    (["--log", "/"], "cannot write /: it is a folder"),
    (["--script", NOWHERE], "cannot read /nowhere/file"),
    (["--pcap", NOWHERE], "cannot write /nowhere/file"),
    (["--disk", NOWHERE], "cannot read /nowhere/file"),
    (["--tap", "no-tap0"], "no-tap0 is not a tap interface"),
    (["--tap", "lo"], "lo is not a tap interface"),
    (["--socket", "127.0.0.1:1"], "nobody listens"),
    (["--socket", "127.0.0.1"], "HOST:PORT"),
    (["--device-opts", "disable-modern=on,colour=red"],
     "has no option 'colour'"),
    (["--device-opts", "disable-modern"], "wants a value"),
]


@pytest.mark.parametrize("image", [True, False])
@pytest.mark.parametrize("words, said", AT_ONCE,
                         ids=lambda p: "-".join(p) if isinstance(p, list)
                         else "")
def test_what_cannot_work_is_said_before_anything_starts(
        machine, image, words, said):
    status, out = machine.run("tools/run-qemu.sh", *words,
                              *([iso(machine)] if image else []))
    assert status == 1 and said in out, out
    nothing_started(machine)


def test_a_card_that_qemu_has_not_is_said_before_anything_starts(machine):
    status, out = machine.run("tools/run-qemu.sh", "--nic-model", "nosuch",
                              iso(machine))
    assert status == 1 and "has no device nosuch" in out, out
    nothing_started(machine)


def nothing_started(machine):
    calls = set(machine.events.read_text().split())
    assert not calls & {"make", "apt-get", "grub-mkrescue", "busybox"}
    assert not (machine.cache / "carrier").exists()
    assert not list(machine.tmp.iterdir())


def test_what_qemu_itself_refuses_is_said_in_its_words(machine):
    status, out = machine.run("tools/run-qemu.sh", iso(machine),
                              QEMU_IS="refuses")
    assert status == 1 and "this value cannot be" in out, out
    assert not list(machine.tmp.iterdir())


def test_all_that_cannot_work_is_said(machine):
    status, out = machine.run(
        "tools/run-qemu.sh", "--log", NOWHERE, "--tap", "lo", "--device-opts",
        "colour=red", iso(machine))
    assert status == 1
    for said in ("/nowhere/file", "lo is not", "colour"):
        assert said in out


@pytest.mark.parametrize("words, said", [
    (["--log", NOWHERE], NOWHERE), (["--script", NOWHERE], NOWHERE),
    (["-f", NOWHERE], NOWHERE), ([NOWHERE], NOWHERE)])
def test_run_xen_says_at_once_what_it_cannot_read_or_write(
        machine, words, said):
    status, out = machine.run("tools/run-xen.sh", *words)
    assert status == 1 and said in out
    nothing_started(machine)


def test_run_xen_says_at_once_that_there_is_no_such_tap(machine):
    status, out = machine.run("tools/run-xen.sh", "--tap", "lo", iso(machine))
    assert status == 1 and "lo is not a tap interface" in out
    nothing_started(machine)


def test_run_xen_puts_no_hosted_guest_on_a_tap(machine):
    status, out = machine.run("tools/run-xen.sh", "--tap", "lo")
    assert status == 2 and "--tap wants an image" in out
    nothing_started(machine)


def test_a_tap_is_found_in_the_network_namespace_we_are_in(machine):
    def there(commands):
        return subprocess.run(
            ["unshare", "--map-root-user", "--net", "sh", "-ec", "ip tuntap "
             f"add dev tap-x mode tap; ip tuntap add dev tun-x mode tun\n"
             f"{commands}"], cwd=machine.top, capture_output=True, text=True,
            check=False)
    if there("").returncode != 0:
        pytest.skip(f"no tap can be made here: {there('').stderr}")
    look = "python3 -B tools/checks.py me --tap"
    assert there(f"{look} tap-x").returncode == 0
    for other in ("tun-x", "lo", "tap-x-of-a-long-name"):
        done = there(f"{look} {other}")
        assert done.returncode == 1
        assert f"me: {other} is not a tap interface" in done.stderr


def test_nothing_is_written_by_the_look_at_what_can_be_written(machine):
    log = machine.folder / "log"
    assert machine.run("tools/run-qemu.sh", "--log", log, "--tap", "lo",
                       iso(machine))[0] == 1
    assert not log.exists()


def test_the_boot_log_is_kept_and_shown(machine):
    log = machine.folder / "log"
    status, out = machine.run("tools/run-qemu.sh", "--log", log, "--verbose",
                              iso(machine), QEMU_IS="guest")
    assert status == 0 and "system: Starting navigator" in out
    assert "system: Starting navigator" in log.read_text()


def test_a_script_takes_the_place_of_the_report(machine):
    script = machine.folder / "script"
    script.write_text("# a comment\nnic\necho hello\n")
    status, out = machine.run("tools/run-qemu.sh", "--script", script,
                              iso(machine), QEMU_IS="guest")
    assert status == 0, out
    assert "/ # echo hello\necho hello\n" in out and "/ # ping" not in out


def test_each_device_opts_is_a_card_and_each_disk_a_disk(machine):
    disks = [machine.folder / name for name in ("one", "two")]
    for disk in disks:
        disk.write_bytes(bytes(512))
    status, out = machine.run(
        "tools/run-qemu.sh", "--device-opts", "mac=52:54:00:00:00:01",
        "--device-opts", "addr=0x7", "--disk", disks[0], "--disk", disks[1],
        "--timeout", "1", iso(machine), "--", "-name", "mine",
        QEMU_IS="guest")
    command = next(line for line in out.splitlines() if " -smp " in line)
    assert "virtio-net-pci,mac=52:54:00:00:00:01,id=nic0" in command
    assert "virtio-net-pci,addr=0x7,id=nic1" in command
    assert all(f"file={disk}" in command for disk in disks)
    assert command.endswith("-name mine")
    # the stand-in has one lease, and two were waited for
    assert status == 1 and "2 DHCP lease" in out


def test_packages_that_are_missing_are_named_in_one_line(machine):
    missing = "libc6-dev gcc busybox-static"
    done = subprocess.run([machine.top / "tools/setup.sh", "--check", "--run"],
                          env={**machine.env, "MISSING": missing},
                          capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        "setup.sh: missing; as root: apt-get install busybox-static gcc "
        "libc6-dev"]


@pytest.mark.parametrize("what, package, wanted", [
    ("--boot", "gcc", False), ("--boot", "qemu-system-x86", True),
    ("--run", "gcc", True), ("--run", "clang", False),
    ("--xen", "xorriso", True)])
def test_each_use_takes_its_own_packages(machine, what, package, wanted):
    status, out = machine.run("tools/setup.sh", "--check", what,
                              MISSING=package)
    assert status == wanted and (package in out) == wanted


SHELL = "bash dirname id grep sed head sort comm".split()


@pytest.mark.parametrize("script, image, wanted", [
    ("tools/run-qemu.sh", False, {"gcc"}),
    ("tools/run-qemu.sh", True, set()),
    ("tools/run-xen.sh", False, {"gcc", "xorriso"}),
    ("tools/run-xen.sh", True, {"xorriso"}),
    ("host/run-hosted.sh", False, {"gcc"})])
def test_where_not_even_python_is_all_is_named_at_once(
        machine, script, image, wanted):
    for name in SHELL:
        (machine.folder / "bin" / name).symlink_to(shutil.which(name))
    needed = {"python3", "qemu-system-x86", *wanted}
    _, out = machine.run(script, *([iso(machine)] if image else []),
                         PATH=str(machine.folder / "bin"),
                         MISSING="python3 qemu-system-x86 gcc xorriso clang")
    line = out.splitlines()[0]
    assert set(re.split(r"installing |apt-get install ", line)[1].split()) == \
        needed, out


@pytest.mark.parametrize("script", [*RUNS, "test/run.sh"])
def test_python_that_is_missing_where_there_is_no_apt_is_said(machine, script):
    bare = machine.folder / "bare"
    bare.mkdir()
    for name in SHELL:
        (bare / name).symlink_to(shutil.which(name))
    status, out = machine.run(script, PATH=str(bare))
    assert status == 1 and out == "setup.sh: python3 is missing\n"


RELEASES = {
    "12": ({"CLANG": "14", "KERNEL_CC": "linux-compiler-gcc-12-x86"},
           {"gcc-12", "libclang-rt-14-dev", "libelf1"}),
    "13": ({"CLANG": "19", "KERNEL_CC": "gcc-14"},
           {"gcc-14", "libclang-rt-19-dev", "libelf1t64", "xz-utils"}),
}


@pytest.mark.parametrize("release", RELEASES)
def test_packages_have_the_names_that_the_release_has(machine, release):
    env, names = RELEASES[release]
    every = set.union(*(names for _, names in RELEASES.values()))
    status, out = machine.run("tools/setup.sh", "--check",
                              MISSING=" ".join(every), **env)
    assert status == 1
    assert set(out.partition("install ")[2].split()) == names


def test_what_is_no_checkout_is_named_as_it_was_given(machine):
    for given in ("/", ".", "none", "tools/"):
        done = subprocess.run([TOP / "tools/install.sh", given],
                              cwd=machine.top, capture_output=True, text=True,
                              check=False, env={**os.environ})
        assert done.returncode == 1
        assert re.search(rf"(^|: ){re.escape(given)} is not a ", done.stderr), \
            done.stderr
