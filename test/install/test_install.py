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
"""tools/install.sh against small git trees made here, and against a clone of
the real HelenOS where HELENOS_SRC names a checkout of it."""

import shutil
import subprocess

import pytest

from conftest import (GIT_ENV, HELENOS, TOP, git, installed, make_repo,
                      refused, refused_untouched, run, says, snapshot, status,
                      write)


def test_install_replaces_folders_adds_files_and_adds_lines(ours, tree):
    installed(ours, tree)
    assert (tree / "uspace/lib/ring/ring.c").read_text() == "int ring;\n"
    assert not (tree / "uspace/lib/ring/old.c").exists()
    assert not (tree / "uspace/drv/card/oldcard.c").exists()
    assert (tree / "abi/ring.h").exists()
    assert (tree / "uspace/lib/meson.build").read_text() == \
        "libs = [\n\t'base',\n\t'ring',\n\t'last',\n]\n"
    assert (tree / "uspace/drv/meson.build").read_text() == \
        "drvs = [\n\t'first',\n\t'card',\n\t'card2',\n\t'card3',\n]\n"
    assert not list(tree.rglob("*~"))


def test_the_digest_is_stamped_and_is_the_one_that_is_printed(ours, tree):
    digest = installed(ours, "--digest").strip()
    assert len(digest) == 16
    installed(ours, tree)
    assert (tree / "uspace/drv/card/card.c").read_text() == says(digest)


def test_the_digest_changes_with_any_source_and_with_nothing_else(ours):
    first = installed(ours, "--digest")
    write(ours, {"README.md": "text"})
    assert installed(ours, "--digest") == first
    write(ours, {"uspace/lib/ring/ring.c": "int ring2;\n"})
    assert installed(ours, "--digest") != first


def test_a_second_run_touches_no_file(ours, tree):
    installed(ours, tree)
    before = snapshot(tree)
    installed(ours, tree)
    assert snapshot(tree) == before


def test_a_later_run_takes_changes_of_ours_over_and_drops_what_we_dropped(
        ours, tree):
    write(ours, {"uspace/lib/ring/extra.c": "int extra;\n"})
    installed(ours, tree)
    (ours / "uspace/lib/ring/extra.c").unlink()
    write(ours, {"uspace/lib/ring/ring.c": "int newer;\n"})
    installed(ours, tree)
    assert (tree / "uspace/lib/ring/ring.c").read_text() == "int newer;\n"
    assert not (tree / "uspace/lib/ring/extra.c").exists()
    installed(ours, "--remove", tree)
    assert status(tree) == ""


def test_a_row_that_is_gone_gives_the_file_back(ours, tree):
    installed(ours, tree)
    write(ours, {"tools/overlay.sh": "part ring\nlay abi/ring.h\n"})
    installed(ours, tree)
    assert git(tree, "status", "--porcelain", "-uall") == "?? abi/ring.h\n"


def test_remove_leaves_the_checkout_as_git_has_it(ours, tree):
    installed(ours, tree)
    assert status(tree) != ""
    installed(ours, "--remove", tree)
    assert status(tree) == ""
    assert not (tree / "uspace/drv/card/card.c").exists()


def test_remove_of_nothing_is_refused(ours, tree):
    assert "nothing of this tree is installed" in \
        refused_untouched(ours, tree, "--remove")


@pytest.mark.parametrize("name", [
    "uspace/drv/card/card.c", "uspace/lib/ring/ring.c",
    "uspace/lib/meson.build",
])
def test_a_file_changed_after_the_install_is_not_lost(ours, tree, name):
    installed(ours, tree)
    with (tree / name).open("a") as f:
        f.write("mine\n")
    assert name in refused_untouched(ours, tree, "--remove")
    assert name in refused_untouched(ours, tree)


def test_files_of_the_users_beside_ours_are_left_alone(ours, tree):
    installed(ours, tree)
    write(tree, {"uspace/lib/ring/notes.txt": "mine\n"})
    installed(ours, tree)
    installed(ours, "--remove", tree)
    assert status(tree) == "?? uspace/lib/ring/notes.txt\n"


@pytest.mark.parametrize("name", [
    "uspace/lib/ring/ring.c", "uspace/lib/ring/old.c",
    "uspace/lib/meson.build", "abi/ring.h",
])
def test_local_changes_in_the_way_are_refused_by_name(ours, tree, name):
    write(tree, {name: "mine\n"})
    assert name in refused_untouched(ours, tree)
    assert name in refused_untouched(ours, tree, "--check")


def test_a_file_that_the_user_deleted_is_refused_by_name(ours, tree):
    (tree / "uspace/lib/meson.build").unlink()
    assert "uspace/lib/meson.build" in refused_untouched(ours, tree)


def test_local_changes_elsewhere_are_nobodys_business(ours, tree):
    write(tree, {"kernel/k.c": "mine\n"})
    installed(ours, tree)
    installed(ours, "--remove", tree)
    assert status(tree) == " M kernel/k.c\n"


def test_check_writes_nothing(ours, tree):
    before = snapshot(tree)
    assert "fits" in installed(ours, "--check", tree)
    assert snapshot(tree) == before
    assert status(tree) == ""


@pytest.mark.parametrize("text", [
    "libs = [\n\t'last',\n]\n",
    "libs = [\n\t'base',\n\t'base',\n]\n",
    "libs = [\n\t'base', # more\n]\n",
])
def test_an_anchor_that_is_not_there_once_is_named_with_its_file(
        ours, tmp_path, text):
    tree = make_repo(tmp_path / "other",
                     {**HELENOS, "uspace/lib/meson.build": text})
    message = refused_untouched(ours, tree)
    assert "uspace/lib/meson.build" in message and "'base'," in message


def test_a_missing_list_file_is_named(ours, tmp_path):
    files = dict(HELENOS)
    del files["uspace/drv/meson.build"]
    write(tmp_path / "other", {"uspace/drv/x": ""})
    tree = make_repo(tmp_path / "other", files)
    assert "no uspace/drv/meson.build" in refused_untouched(ours, tree)


def test_an_interface_that_is_missing_is_named(ours, tmp_path):
    tree = make_repo(tmp_path / "other", {
        **HELENOS, "uspace/lib/drv.h": "void handler(int);\n"})
    message = refused_untouched(ours, tree)
    assert "uspace/lib/drv.h" in message and "handler(void *)" in message


def test_what_is_no_helenos_tree_is_refused(ours, tmp_path):
    write(tmp_path / "else", {"README": "\n", "HelenOS.config": ""})
    assert "not a HelenOS tree" in refused_untouched(ours, tmp_path / "else")
    assert "not a folder" in refused(ours, tmp_path / "none")


def test_a_tree_without_git_is_refused(ours, tmp_path):
    write(tmp_path / "tarball", HELENOS)
    write(tmp_path / "tarball", {"uspace/drv/x": ""})
    assert "not a git checkout" in \
        refused_untouched(ours, tmp_path / "tarball")


def test_a_folder_inside_another_checkout_is_refused(ours, tmp_path):
    write(tmp_path / "outer/helenos", HELENOS)
    make_repo(tmp_path / "outer", {"x": ""})
    assert "not the top" in \
        refused_untouched(ours, tmp_path / "outer/helenos")


def test_an_overlay_that_was_committed_is_not_taken_off(ours, tree):
    installed(ours, tree)
    git(tree, "add", "-A")
    git(tree, "commit", "-q", "-m", "overlay")
    assert "committed" in refused_untouched(ours, tree, "--remove")
    before = snapshot(tree)
    installed(ours, tree)
    assert snapshot(tree) == before


def test_a_linked_worktree_is_a_checkout_too(ours, tree, tmp_path):
    git(tree, "worktree", "add", "-q", str(tmp_path / "second"))
    installed(ours, tmp_path / "second")
    installed(ours, "--remove", tmp_path / "second")
    assert git(tmp_path / "second", "status", "--porcelain") == ""
    assert status(tree) == ""


def test_an_incomplete_tree_of_ours_is_refused(ours, tree):
    shutil.rmtree(ours / "uspace/drv/card")
    assert "uspace/drv/card is missing" in refused_untouched(ours, tree)


def test_an_interrupted_run_is_taken_up_again(ours, tree, tmp_path):
    installed(ours, tree)
    write(ours, {"abi/ring.h": "#define RING2\n",
                 "uspace/lib/ring/ring.c": "int ring2;\n"})
    write(tmp_path, {"bin/mv": "#!/bin/sh\n"
                     'case "$*" in */ring.c) exit 1;; esac\n'
                     'exec /bin/mv "$@"\n'})
    (tmp_path / "bin/mv").chmod(0o755)
    r = subprocess.run(
        [str(ours / "tools/install.sh"), str(tree)], capture_output=True,
        env={**GIT_ENV, "PATH": f"{tmp_path}/bin:{GIT_ENV['PATH']}"})
    assert r.returncode != 0
    assert (tree / "abi/ring.h").read_text() == "#define RING2\n"
    assert (tree / "uspace/lib/ring/ring.c").read_text() == "int ring;\n"
    installed(ours, tree)
    assert (tree / "uspace/lib/ring/ring.c").read_text() == "int ring2;\n"
    installed(ours, "--remove", tree)
    assert status(tree) == ""


@pytest.mark.parametrize("args", [[], ["--nonsense"], ["--check"],
                                  ["--remove"], ["a", "b"]])
def test_wrong_arguments_get_the_usage_and_status_2(ours, args):
    r = run(ours, *args)
    assert r.returncode == 2 and "Usage:" in r.stderr


def test_help_is_printed(ours):
    assert "--remove" in installed(ours, "--help")


def rows_of_the_real_table():
    """overlay.sh as lists of words, one a row."""
    script = r"""
        need() { printf '%s\0' need "$#" "$@"; }
        lay() { printf '%s\0' lay "$#" "$@"; }
        edit() { printf '%s\0' edit "$#" "$@"; }
        part() { :; }; drop() { :; }; stamp() { :; }
        . "$1"
    """
    words = subprocess.run(
        ["bash", "-c", script, "-", str(TOP / "tools/overlay.sh")],
        check=True, capture_output=True, text=True).stdout.split("\0")[:-1]
    rows = []
    while words:
        count = int(words[1])
        rows.append(words[:1] + words[2:2 + count])
        words = words[2 + count:]
    return rows


def test_the_real_table_goes_on_and_comes_off_a_tree_of_its_anchors(tmp_path):
    lines = {}
    for row in rows_of_the_real_table():
        if row[0] == "need":
            lines.setdefault(row[1], [])
            if not any(row[2] in line for line in lines[row[1]]):
                lines[row[1]].append(row[2])
        elif row[0] == "edit":
            lines.setdefault(row[1], [])
            if row[3] not in lines[row[1]]:
                lines[row[1]].append(row[3])
    files = {name: "\n".join(text) + "\n" for name, text in lines.items()}
    tree = make_repo(tmp_path / "helenos", {
        **files, "HelenOS.config": "", "kernel/k.c": "", "abi/a.h": ""})
    installed(TOP, tree)
    before = snapshot(tree)
    installed(TOP, tree)
    assert snapshot(tree) == before
    installed(TOP, "--remove", tree)
    assert status(tree) == ""


def test_the_real_helenos_takes_the_overlay_and_gives_it_back(real):
    assert "fits" in installed(TOP, "--check", real)
    installed(TOP, real)
    assert status(real) != ""
    installed(TOP, "--remove", real)
    assert status(real) == ""


def test_release_0_14_1_is_refused_by_what_it_lacks(real):
    try:
        git(real, "checkout", "-q", "b3af08117e")
    except subprocess.CalledProcessError:
        pytest.skip("HELENOS_SRC has no commit b3af08117e")
    message = refused_untouched(TOP, real)
    assert "interrupt.h" in message and "interrupt_handler_t" in message
