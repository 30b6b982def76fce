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
"""Every command of the README, CONTRIBUTING.md and doc/ is run here or by
another test, or has the reason why it is run by none in the table below."""

import os
import re
import subprocess

import pytest

from conftest import TOP
from test_ends import iso

DOCUMENTS = ["README.md", "CONTRIBUTING.md",
             *sorted(str(p.relative_to(TOP)) for p in TOP.glob("doc/*.md"))]

# Programs that are none of the tree's. An in-line command of another one is
# not seen; in an indented block every line is a command.
FOREIGN = {"make", "curl", "gcloud", "aws", "qm", "virsh", "virt-install",
           "VBoxManage", "xe", "qemu-system-x86_64"}


def hosted(machine, line):
    return machine.run("bash", "-c", line, QEMU_IS="hosted")


def image(machine, line):
    """In a folder with an image, beside stand-ins of what takes long"""
    iso(machine)
    (machine.top / "image.iso").symlink_to(machine.folder / "image.iso")
    return machine.run("bash", "-c", line, QEMU_IS="guest")


def tree(machine, line):
    """In the tree itself: it only says something"""
    return machine.run("bash", "-c", f"cd '{TOP}' && {line}")


def goal(machine, line):
    """make knows the goal, and the program behind it is there"""
    name = line.split()[-1]
    status, out = machine.run("bash", "-c",
                              f"cd '{TOP}' && unset MAKEFLAGS MAKELEVEL &&"
                              f" /usr/bin/make -n {name}")
    program = out.split()[0]
    assert os.access(TOP / program, os.X_OK), out
    suite = re.match(r"test-(\w+)", name)
    assert not suite or os.access(TOP / f"test/{suite[1]}/run.sh", os.X_OK)
    return status, out


def qemu(machine, line):
    """QEMU itself makes the machine, and ends before it starts"""
    image(machine, "true")
    done = subprocess.run(line + " -S -display none -monitor stdio",
                          shell=True, cwd=machine.top, input="quit\n",
                          capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


NO_ACCOUNT = "no: there is no account; the commands are from the manual"
NO_HOST = "no: there is no such host; the commands are from the manual"
HOURS = "no: by hand, it takes hours"

# What a command looks like; who runs it: a function of this file, the test of
# another (FILE::TEST, below test/), or nobody, with the reason
TABLE = [
    (r"tools/run-qemu\.sh", hosted),
    (r"tools/run-qemu\.sh .*--shell image\.iso",
     "tools/test_ends.py::test_a_run_that_keeps_a_shell_ends"),
    (r"tools/run-qemu\.sh --network gce image\.iso",
     "e2e/test_cloud.py::test_run_qemu_shows_such_a_network"),
    (r"tools/run-qemu\.sh --network gce --bus virtio-scsi disk\.raw",
     "e2e/test_unattended.py::"
     "test_run_qemu_shows_a_page_without_a_key_pressed"),
    (r"tools/run-qemu\.sh --pcap FILE",
     "e2e/test_report.py::test_run_qemu_reports_on_the_card_that_is_on_the_"
     "back_end_it_was_given"),
    (r"tools/run-qemu\.sh( --(machine|cpus|device-opts) \S+)* image\.iso",
     image),
    (r"tools/run-xen\.sh( image\.iso)?",
     "tools/test_ends.py::test_a_run_under_xen_ends"),
    (r"tools/make-disk\.sh image\.iso disk\.raw",
     "install/test_disk.py::"
     "test_a_disk_has_the_format_and_the_size_that_were_asked_for"),
    (r"tools/make-disk\.sh( --\w+)? --args .* --pages ~/pages .*",
     "install/test_disk.py::test_own_pages_are_put_among_those_of_the_image"),
    (r"tools/setup\.sh",
     "tools/test_words.py::"
     "test_packages_that_are_missing_are_named_in_one_line"),
    (r"tools/install\.sh --(fixes|digest)", tree),
    (r"tools/install\.sh (~/helenos|DIR)", "install/test_install.py::"
     "test_install_replaces_folders_adds_files_and_adds_lines"),
    (r"tools/install\.sh --check ~/helenos",
     "install/test_install.py::test_check_writes_nothing"),
    (r"tools/install\.sh --remove ~/helenos", "install/test_install.py::"
     "test_remove_leaves_the_checkout_as_git_has_it"),
    (r"tools/install\.sh --with-fixes(=\w+)?( --without log-filter)?"
     r"( ~/helenos)?", "install/test_fixes.py::"
     "test_the_fixes_that_are_asked_for_are_laid_and_no_others"),
    (r"tools/install\.sh --series ~/helenos", "install/test_series.py::"
     "test_each_part_and_each_fix_is_a_commit_of_what_belongs_to_it"),
    (r"(test|host)/\S+ --help", tree),
    (r"doc/conformance\.py", "no: it writes; its --check is run by test/style"),
    (r"make test",
     "tools/test_ends.py::test_the_stand_ins_do_for_a_whole_make_test"),
    (r"(CCHECK=PATH )?make (test-\w+|bench|fuzz|soak)", goal),
    (r"test/model/run\.sh .*", "no: it is a part of make test-model"),
    (r"host/run-hosted\.sh --shell", "no: it waits for somebody to type"),
    (r"test/xen/run\.sh saves", HOURS),
    (r"test/mutate/run\.py", HOURS),
    (r"test/e2e/run\.sh -m noise", "no: by hand, it takes an hour"),
    (r"test/e2e/day\.py (IMAGE|(--xen |--cpus 2 )?--seconds \d+ --seed \d+"
     r" image\.iso)", HOURS),
    (r"bench/run\.py xen-events xen-throughput", "no: by hand, it takes long"),
    (r"test/e2e/figures\.py .*",
     "no: by hand, it boots an image with each card, for half an hour"),
    (r"HELENOS_IMAGE=image\.iso test/e2e/run\.sh -k unattended",
     "no: it is a part of make test-e2e"),
    (r"qemu-system-x86_64 .*", qemu),
    (r"curl http://ADDRESS/", "e2e/test_short.py::test_pages_are_served_whole"),
    (r"gcloud .*", NO_ACCOUNT),
    (r"(\w+=\$\()?aws .*", NO_ACCOUNT),
    (r"qm .*", NO_HOST),
    (r"cp helenos\.qcow2 /var/lib/libvirt/images/", NO_HOST),
    (r"(virt-install|virsh) .*", NO_HOST),
    (r"VBoxManage .*", NO_HOST),
    (r"(\w+=\$\()?xe .*", NO_HOST),
]


def logical_lines(block):
    """The commands of a block: lines that go on are one, without comments."""
    whole = ""
    for line in block:
        whole += re.sub(r"\s+# .*", "", line)
        if whole.endswith("\\"):
            whole = whole[:-1].rstrip() + " "
        elif whole.count("'") % 2 == 0:
            yield whole.strip()
            whole = ""
    assert whole == "", f"does not end: {whole}"


def is_command(span):
    """A foreign program, or one of the tree's, be it one that is missing"""
    words = [w for w in span.split() if not re.match(r"[A-Z_]+=", w)]
    if not words or words[0] in FOREIGN:
        return bool(words)
    path = TOP / words[0]
    if path.exists():
        return path.is_file() and os.access(path, os.X_OK)
    return re.fullmatch(
        r"(tools|test|host|bench|doc)/\S+\.(sh|py)", words[0]) is not None


def commands(text):
    """The commands of a document: indented blocks, and what is `like this`
    and begins with a program"""
    block, before, prose = [], "", []
    for line in [*text.splitlines(), ""]:
        if line.startswith("    ") and (block or before == ""):
            block.append(line.strip())
        else:
            yield from logical_lines(block)
            block = []
            prose.append(line)
        before = line
    for span in re.findall(r"`([^`]+)`", " ".join(prose)):
        if is_command(span):
            yield span


ALL = sorted({(name, command) for name in DOCUMENTS
              for command in commands((TOP / name).read_text())})


def rows(command):
    return [row for row in TABLE if re.fullmatch(row[0], command)]


def test_each_command_is_run_by_a_test_or_has_its_reason():
    assert len(ALL) > 80
    assert not [f"{name}: {command}" for name, command in ALL
                if len(rows(command)) != 1]


def test_each_row_is_of_a_command_that_is_there():
    assert not [pattern for pattern, _ in TABLE
                if not any(re.fullmatch(pattern, c) for _, c in ALL)]


@pytest.mark.parametrize("name", DOCUMENTS)
def test_links_lead_somewhere(name):
    for link in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)",
                           (TOP / name).read_text()):
        assert ((TOP / name).parent / link).exists(), link


def test_the_tests_that_are_named_are_there():
    for _, who in TABLE:
        if isinstance(who, str) and not who.startswith("no: "):
            name, _, test = who.partition("::")
            assert f"\ndef {test}(" in (TOP / "test" / name).read_text(), who


@pytest.mark.parametrize("command", sorted(
    {c for _, c in ALL for row in rows(c) if callable(row[1])}))
def test_the_command_works(machine, command):
    status, out = rows(command)[0][1](machine, command)
    assert status == 0, out


@pytest.mark.parametrize("command", sorted(
    {c for _, c in ALL if re.match(r"(tools|host)/.* --", c)}))
def test_the_options_are_those_that_the_help_has(command):
    program, *words = command.split()
    known = subprocess.run([TOP / program, "--help"], capture_output=True,
                           text=True, check=True).stdout
    for word in words:
        option = re.match(r"--[a-z0-9-]+", word)
        assert not option or re.search(rf"{option[0]}\b", known), word
