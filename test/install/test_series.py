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
"""The drivers and the fixes as a branch of commits."""

import re
import subprocess

import pytest

from conftest import (GIT_ENV, HELENOS, OURS, TOP, git, installed, make_repo,
                      refused, run, says, snapshot, status, write)

FIXES = {
    "fixes/brief/message": "Say less\n\nWhy.\n\n",
    "fixes/brief/rows.sh": "edit kernel/k.c replace 'say(2);' 'say(1);'\n",
    "fixes/brief/kernel/brief.c": "int brief;\n",
}


@pytest.fixture
def ours(ours):
    write(ours, FIXES)
    return ours


@pytest.fixture
def tree(tmp_path):
    return make_repo(tmp_path / "helenos",
                     {**HELENOS, "kernel/k.c": "say(2);\n"})


def refs(tree):
    return git(tree, "for-each-ref") + git(tree, "symbolic-ref", "HEAD")


def refused_whole(ours, tree, *args):
    """Refused, with neither a file nor a branch changed; what was said."""
    before = snapshot(tree), refs(tree), git(tree, "status", "--porcelain")
    message = refused(ours, *args, tree)
    assert before == (snapshot(tree), refs(tree),
                      git(tree, "status", "--porcelain"))
    return message


def commits(tree, since="HEAD@{1}"):
    return git(tree, "rev-list", "--reverse", f"{since}..HEAD").split()


def changed(tree, commit):
    return set(git(tree, "diff-tree", "-r", "--no-renames", "--name-status",
                   "--no-commit-id", commit).splitlines())


def test_each_part_and_each_fix_is_a_commit_of_what_belongs_to_it(ours, tree):
    base = git(tree, "rev-parse", "HEAD").strip()
    installed(ours, "--series", tree)
    assert git(tree, "symbolic-ref", "HEAD") == "refs/heads/paravirt\n"
    assert status(tree) == ""
    ring, card, brief = commits(tree, base)
    assert changed(tree, ring) == {
        "M\tuspace/lib/ring/ring.c", "D\tuspace/lib/ring/old.c",
        "A\tabi/ring.h", "M\tuspace/lib/meson.build",
        "D\tuspace/drv/card/oldcard.c", "M\tuspace/drv/meson.build"}
    assert changed(tree, card) == {
        "A\tuspace/drv/card/card.c", "M\tuspace/drv/meson.build"}
    assert changed(tree, brief) == {
        "M\tkernel/k.c", "A\tkernel/brief.c"}
    assert git(tree, "log", "-3", "--format=%an %ae %cn|%B|") == \
        "".join(f"t t@localhost t|{text}\n\nWhy.\n|\n" for text in
                ["Say less", "Add cards", "Add rings"])


def test_a_list_is_right_at_each_commit(ours, tree):
    installed(ours, "--series", tree)
    assert git(tree, "show", "HEAD~2:uspace/drv/meson.build") == \
        "drvs = [\n\t'first',\n]\n"
    assert git(tree, "show", "HEAD~1:uspace/drv/meson.build") == \
        "drvs = [\n\t'first',\n\t'card',\n\t'card2',\n\t'card3',\n]\n"


@pytest.mark.parametrize("options", [
    ["--with-fixes"], ["--with-fixes=brief"],
    ["--with-fixes", "--without", "brief"]])
def test_the_last_commit_is_what_a_plain_install_lays_but_for_the_stamp(
        ours, tree, options):
    installed(ours, "--series", *options, tree)
    assert (tree / "uspace/drv/card/card.c").read_text() == \
        OURS["uspace/drv/card/card.c"]
    assert ((tree / "kernel/brief.c").exists()) == ("--without" not in options)
    digest = installed(ours, "--digest", *options).strip()
    git(tree, "checkout", "-q", "-b", "plain", "HEAD~2" if "--without" in
        options else "HEAD~3")
    installed(ours, *options, tree)
    assert (tree / "uspace/drv/card/card.c").read_text() == says(digest)
    write(tree, {"uspace/drv/card/card.c": OURS["uspace/drv/card/card.c"]})
    git(tree, "add", "-A")
    assert git(tree, "diff", "--cached", "paravirt") == ""


def test_the_branch_has_the_name_that_it_is_given(ours, tree):
    installed(ours, "--series=upstream/net", tree)
    assert git(tree, "symbolic-ref", "HEAD") == \
        "refs/heads/upstream/net\n"


def test_a_branch_that_is_there_is_refused_by_name(ours, tree):
    git(tree, "branch", "paravirt")
    assert "a branch paravirt already" in \
        refused_whole(ours, tree, "--series")
    installed(ours, "--series=other", tree)


@pytest.mark.parametrize("name", ["kernel/k.c", "abi/a.h",
                                  "uspace/lib/meson.build"])
def test_local_changes_anywhere_are_refused_by_name(ours, tree, name):
    write(tree, {name: "mine\n"})
    assert name in refused_whole(ours, tree, "--series")
    git(tree, "add", name)
    assert name in refused_whole(ours, tree, "--series")


def test_files_of_the_users_are_refused_where_ours_go_and_nowhere_else(
        ours, tree):
    write(tree, {"build/out": "mine\n"})
    write(tree, {"kernel/brief.c": "mine\n"})
    assert "kernel/brief.c" in refused_whole(ours, tree, "--series")
    (tree / "kernel/brief.c").unlink()
    installed(ours, "--series", tree)
    assert status(tree) == "?? build/\n"


def test_drivers_that_are_laid_over_are_to_be_taken_off_first(ours, tree):
    installed(ours, tree)
    assert "--remove" in refused_whole(ours, tree, "--series")
    installed(ours, "--remove", tree)
    installed(ours, "--series", tree)


def test_another_base_is_refused_by_what_it_lacks(ours, tree):
    write(tree, {"uspace/lib/meson.build": "libs = [\n]\n"})
    git(tree, "commit", "-q", "-a", "-m", "other")
    message = refused_whole(ours, tree, "--series")
    assert "uspace/lib/meson.build" in message and "'base'," in message


def test_a_base_that_has_the_series_is_refused(ours, tree):
    installed(ours, "--series", tree)
    refused_whole(ours, tree, "--series=again")


def test_a_missing_message_is_refused_by_name(ours, tree):
    (ours / "tools/series/card").unlink()
    assert "card" in refused_whole(ours, tree, "--series")


def test_without_a_name_for_the_author_nothing_is_made(ours, tree):
    before = refs(tree)
    env = {k: v for k, v in GIT_ENV.items()
           if not re.match("GIT_(AUTHOR|COMMITTER)|EMAIL", k)}
    git(tree, "config", "user.useConfigOnly", "true")
    r = subprocess.run([str(ours / "tools/install.sh"), "--series", str(tree)],
                       env=env, capture_output=True, text=True)
    assert r.returncode == 1 and "user.name" in r.stderr
    assert refs(tree) == before


@pytest.mark.parametrize("args", [
    ["--series="], ["--series=a..b"], ["--series", "--check"],
    ["--series", "--with-fixes=nap"]])
def test_what_cannot_be_meant_is_refused_with_the_usage(ours, tree, args):
    before = snapshot(tree), refs(tree)
    r = run(ours, *args, tree)
    assert r.returncode == 2 and "Usage:" in r.stderr
    assert before == (snapshot(tree), refs(tree))


def survives_the_mail(tree, base, tmp_path):
    """Is the branch the same after git format-patch and git am?"""
    patches = tmp_path / "patches"
    git(tree, "format-patch", "-q", "-o", str(patches), base)
    git(tree, "worktree", "add", "-q", str(tmp_path / "mailed"), base)
    git(tmp_path / "mailed", "am", "-q", *map(str, sorted(patches.iterdir())))
    form = "--format=%T%n%an %ae %at%n%B"
    sent = git(tree, "log", form, f"{base}..")
    assert sent == git(tmp_path / "mailed", "log", form, f"{base}..")


def test_the_branch_survives_the_mail(ours, tree, tmp_path):
    base = git(tree, "rev-parse", "HEAD").strip()
    installed(ours, "--series", tree)
    survives_the_mail(tree, base, tmp_path)


def messages():
    return sorted([*(TOP / "tools/series").iterdir(),
                   *(TOP / "fixes").glob("*/message")])


@pytest.mark.parametrize("path", messages(),
                         ids=lambda p: str(p.relative_to(TOP)))
def test_a_message_has_the_form_that_helenos_has(path):
    first, *rest = path.read_text().splitlines()
    assert 0 < len(first) <= 72 and first[0].isupper()
    assert not re.match(r"\S+:", first) and not first.endswith(".")
    assert len(rest) > 1 and rest[0] == ""


def test_the_real_helenos_takes_the_series_commit_by_commit(real, tmp_path):
    base = git(real, "rev-parse", "HEAD").strip()
    fixes = [line.split()[0] for line in
             installed(TOP, "--fixes").splitlines()]
    parts = re.findall(r"^part (\S+)", (TOP / "tools/overlay.sh").read_text(),
                       re.M)
    installed(TOP, "--series", real)
    assert status(real) == ""
    series = commits(real, base)
    assert len(series) == len(parts) + len(fixes)
    for name, commit in zip(parts + fixes, series):
        assert git(real, "diff", "--check", f"{commit}~", commit) == "", name
        for path in git(real, "ls-tree", "-r", "--name-only",
                        commit, "uspace/drv", "uspace/lib").splitlines():
            assert not path.endswith("digest.h"), (name, path)
        listed_drivers_are_there(real, commit)
    survives_the_mail(real, base, tmp_path)
    git(real, "checkout", "-q", "--detach", base)
    installed(TOP, "--with-fixes", real)
    git(real, "add", "-A")
    stamps = [line for line in
              git(real, "diff", "--cached", "-U0", "paravirt").splitlines()
              if re.match(r"[-+](?!\+\+ |-- )", line)]
    assert len(stamps) == 5
    assert all(re.match(r'\+\tprintf\("[-a-z]+: helenos-pv digest ', line)
               for line in stamps)


def listed_drivers_are_there(tree, commit):
    """Does each of our drivers stand in the lists exactly when it is there?"""
    files = git(tree, "ls-tree", "-r", "--name-only", commit).splitlines()
    for driver in ("block/virtio-blk", "nic/virtio-net", "bus/xen-platform",
                   "bus/xenbus", "nic/xen-netfront"):
        there = f"uspace/drv/{driver}/meson.build" in files
        for path, text in [
                ("uspace/drv/meson.build", f"\t'{driver}',\n"),
                ("meson/arch/amd64/meson.build", f"\t'drv/{driver}',\n"),
                ("meson/arch/ia32/meson.build", f"\t'drv/{driver}',\n")]:
            listed = git(tree, "show", f"{commit}:{path}").count(text)
            assert listed == there, (commit, driver, path)
