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
"""Fixes of HelenOS itself: laid on request, each by itself, and taken off."""

import re

import pytest

from conftest import (HELENOS, TOP, git, installed, make_repo, refused,
                      refused_untouched, run, says, snapshot, status, write)

WAIT = """int wait(void)
{
	sleep();
	return 0;
}

int wake(void)
{
	sleep();
	return 0;
}
"""

# What two lines of that have for a checksum: "{", "\tsleep();" and so on
FIXES = {
    "fixes/awake/message": "Do not sleep when there is something to do\n\nWhy.\n",
    "fixes/awake/rows.sh":
        "need kernel/wait.c 'int wait(void)' 'a wait'\n"
        "edit kernel/wait.c after 'int wait(void)' '/* ours */'\n"
        "edit kernel/meson.build after $'\\t\\'wait.c\\',' "
        "$'\\t\\'awake.c\\','\n",
    "fixes/awake/kernel/awake.c": "int awake;\n",
    "fixes/awake/kernel/awake.c~": "an editor's copy\n",
    "fixes/brief/message": "Say less\n",
    "fixes/brief/rows.sh":
        "edit uspace/app/say.c replace $'\\tsay(\"hello, world\");' "
        "$'\\tsay(\"hello\");'\n",
}

FIXABLE = {
    **HELENOS,
    "kernel/wait.c": WAIT,
    "kernel/meson.build": "src = [\n\t'wait.c',\n]\n",
    "uspace/app/say.c": 'void f(void)\n{\n\tsay("hello, world");\n}\n',
}


@pytest.fixture
def ours(ours):
    write(ours, FIXES)
    return ours


@pytest.fixture
def tree(tmp_path):
    return make_repo(tmp_path / "helenos", FIXABLE)


def laid(tree):
    """The names of the fixes whose edits are in the tree."""
    names = set()
    if "ours" in (tree / "kernel/wait.c").read_text():
        assert (tree / "kernel/awake.c").read_text() == "int awake;\n"
        assert (tree / "kernel/meson.build").read_text() == \
            "src = [\n\t'wait.c',\n\t'awake.c',\n]\n"
        names.add("awake")
    else:
        assert not (tree / "kernel/awake.c").exists()
    if 'say("hello");' in (tree / "uspace/app/say.c").read_text():
        names.add("brief")
    return names


@pytest.mark.parametrize("options, names", [
    ([], set()),
    (["--with-fixes"], {"awake", "brief"}),
    (["--with-fixes=brief"], {"brief"}),
    (["--with-fixes=brief,awake"], {"awake", "brief"}),
    (["--with-fixes", "--without", "brief"], {"awake"}),
    (["--without=awake", "--with-fixes"], {"brief"}),
    (["--with-fixes", "--without", "brief,awake"], set()),
])
def test_the_fixes_that_are_asked_for_are_laid_and_no_others(
        ours, tree, options, names):
    assert "fits" in installed(ours, "--check", *options, tree)
    assert laid(tree) == set() and status(tree) == ""
    installed(ours, *options, tree)
    assert laid(tree) == names
    assert (tree / "uspace/drv/card/card.c").exists()
    assert not list(tree.rglob("*~")) and not (tree / "fixes").exists()
    before = snapshot(tree)
    installed(ours, *options, tree)
    assert snapshot(tree) == before
    installed(ours, "--remove", tree)
    assert status(tree) == ""


def test_a_later_run_takes_off_the_fixes_that_it_does_not_name(ours, tree):
    installed(ours, "--with-fixes", tree)
    installed(ours, "--with-fixes=awake", tree)
    assert laid(tree) == {"awake"}
    installed(ours, tree)
    assert laid(tree) == set()
    assert status(tree) != ""


def test_the_drivers_say_which_fixes_are_laid_with_them(ours, tree):
    drivers = installed(ours, "--digest").strip()
    both = installed(ours, "--digest", "--with-fixes").strip()
    assert re.fullmatch(drivers + ", fixes [0-9a-f]{16}: awake brief", both)
    installed(ours, "--with-fixes", tree)
    assert (tree / "uspace/drv/card/card.c").read_text() == says(both)
    one = installed(ours, "--digest", "--with-fixes=brief").strip()
    assert re.fullmatch(drivers + ", fixes [0-9a-f]{16}: brief", one)


@pytest.mark.parametrize("name, changes", [
    ("fixes/awake/rows.sh", True), ("fixes/awake/kernel/awake.c", True),
    ("fixes/awake/message", False), ("fixes/awake/kernel/awake.c~", False),
])
def test_a_fix_changes_the_digest_of_the_fixes_alone(ours, name, changes):
    drivers = installed(ours, "--digest")
    awake = installed(ours, "--digest", "--with-fixes=awake")
    brief = installed(ours, "--digest", "--with-fixes=brief")
    with (ours / name).open("a") as f:
        f.write("# more\n")
    assert installed(ours, "--digest") == drivers
    assert installed(ours, "--digest", "--with-fixes=brief") == brief
    assert (installed(ours, "--digest", "--with-fixes=awake") != awake) == \
        changes


def test_the_fixes_are_listed_with_what_they_are_for(ours):
    lines = installed(ours, "--fixes").splitlines()
    assert [line.split()[0] for line in lines] == ["awake", "brief"]
    assert "Do not sleep when there is something to do" in lines[0]


@pytest.mark.parametrize("args", [
    ["--with-fixes=nap"], ["--with-fixes=brief,nap"],
    ["--with-fixes", "--without", "nap"], ["--without", "brief"],
    ["--with-fixes="], ["--with-fixes", "--without="],
    ["--remove", "--with-fixes"], ["--remove", "--check"],
])
def test_what_cannot_be_meant_is_refused_with_the_usage(ours, tree, args):
    before = snapshot(tree)
    r = run(ours, *args, tree)
    assert r.returncode == 2 and "Usage:" in r.stderr
    assert "nap" not in " ".join(args) or "'nap'" in r.stderr
    assert snapshot(tree) == before


def test_fixes_that_do_not_fit_are_all_named_and_the_others_go_on(
        ours, tmp_path):
    tree = make_repo(tmp_path / "other", {
        **FIXABLE, "kernel/wait.c": "int waits(void);\n",
        "uspace/app/say.c": "void f(void);\n"})
    message = refused_untouched(ours, tree, "--with-fixes")
    assert "fix awake does not fit" in message
    assert "kernel/wait.c lacks" in message
    assert "fix brief does not fit" in message
    assert 'say("hello, world");' in message
    assert "--without awake,brief" in message
    installed(ours, tree)
    write(tree, {"uspace/app/say.c": FIXABLE["uspace/app/say.c"]})
    git(tree, "commit", "-q", "-m", "say", "uspace/app/say.c")
    message = refused_untouched(ours, tree, "--with-fixes")
    assert "awake" in message and "brief" not in message
    installed(ours, "--with-fixes", "--without", "awake", tree)


def test_a_file_of_a_fix_replaces_none_of_helenos(ours, tmp_path):
    tree = make_repo(tmp_path / "other",
                     {**FIXABLE, "kernel/awake.c": "int theirs;\n"})
    message = refused_untouched(ours, tree, "--with-fixes")
    assert "fix awake" in message and "kernel/awake.c" in message
    installed(ours, "--with-fixes=brief", tree)


def test_two_fixes_with_the_same_file_are_refused(ours, tree):
    write(ours, {"fixes/brief/kernel/awake.c": ""})
    assert "kernel/awake.c" in refused_untouched(ours, tree, "--with-fixes")


def test_a_missing_file_that_a_fix_edits_is_named(ours, tmp_path):
    files = dict(FIXABLE)
    del files["uspace/app/say.c"]
    tree = make_repo(tmp_path / "other", files)
    message = refused_untouched(ours, tree, "--with-fixes")
    assert "fix brief" in message and "no uspace/app/say.c" in message


def test_local_changes_where_a_fix_goes_are_refused_by_name(ours, tree):
    write(tree, {"kernel/awake.c": "mine\n"})
    assert "kernel/awake.c" in refused_untouched(ours, tree, "--with-fixes")
    installed(ours, "--with-fixes=brief", tree)


def sums(message):
    """Checksums in a refusal: line number -> sum of the lines from there."""
    return dict(re.findall(r"line (\d+) begins \d+ with the sum (\w+)",
                           message))


def test_lines_that_occur_twice_are_told_apart_by_what_follows(ours, tree):
    row = "edit kernel/wait.c {}:4:{} $'{{' {}\n"
    # the braces of the two functions begin the same four lines: no way
    write(ours, {"fixes/brief/rows.sh": row.format("after", "?", "more")})
    found = sums(refused_untouched(ours, tree, "--with-fixes=brief"))
    assert set(found) == {"2", "8"} and found["2"] == found["8"]
    write(ours, {"fixes/brief/rows.sh":
                 row.format("after", found["2"], "more")})
    assert "exactly one" in refused_untouched(ours, tree, "--with-fixes=brief")
    # seven lines from there are not the same
    row = row.replace(":4:", ":6:")
    write(ours, {"fixes/brief/rows.sh": row.format("after", "?", "more")})
    found = sums(refused_untouched(ours, tree, "--with-fixes=brief"))
    before, after = WAIT[:WAIT.index("{")], WAIT[WAIT.index("int wake"):]
    lines = WAIT.splitlines(keepends=True)
    for where, text, result in [
            ("after", "more", before + "".join(lines[1:7]) + "more\n" +
             "".join(lines[7:])),
            ("before", "more", before + "more\n" + "".join(lines[1:])),
            ("replace", "more", before + "more\n" + "".join(lines[7:])),
            ("replace", "''", before + "".join(lines[7:]))]:
        write(ours, {"fixes/brief/rows.sh":
                     row.format(where, found["2"], text)})
        installed(ours, "--with-fixes=brief", tree)
        assert (tree / "kernel/wait.c").read_text() == result, where
    assert after.startswith("int wake")


def test_lines_that_changed_inside_are_refused(ours, tree, tmp_path):
    row = "edit kernel/wait.c replace:3:{} 'int wait(void)' ''\n"
    write(ours, {"fixes/brief/rows.sh": row.format("?")})
    found = sums(refused_untouched(ours, tree, "--with-fixes=brief"))
    write(ours, {"fixes/brief/rows.sh": row.format(found["1"])})
    installed(ours, "--check", "--with-fixes=brief", tree)
    other = make_repo(tmp_path / "other", {
        **FIXABLE, "kernel/wait.c": WAIT.replace("sleep()", "doze()", 1)})
    assert "fix brief" in refused_untouched(ours, other, "--with-fixes=brief")


def test_an_edit_that_there_is_not_is_refused(ours, tree):
    write(ours, {"fixes/brief/rows.sh":
                 "edit kernel/wait.c beside 'int wait(void)' x\n"})
    assert "'beside'" in refused(ours, "--with-fixes", tree)


def names_of_the_real_fixes():
    return [line.split()[0] for line in
            installed(TOP, "--fixes").splitlines()]


def test_the_real_helenos_gives_each_fix_and_all_but_each_back(real):
    for name in names_of_the_real_fixes():
        for options in ([f"--with-fixes={name}"],
                        ["--with-fixes", "--without", name]):
            installed(TOP, "--check", *options, real)
            assert status(real) == ""
            installed(TOP, *options, real)
            assert installed(TOP, "--digest", *options).strip() in \
                (real / "uspace/drv/nic/virtio-net/virtio-net.c").read_text()
            installed(TOP, "--remove", real)
            assert status(real) == ""


def test_the_real_helenos_takes_all_fixes_and_gives_them_back(real):
    installed(TOP, "--with-fixes", real)
    names = names_of_the_real_fixes()
    assert installed(TOP, "--digest", "--with-fixes").strip() in \
        (real / "uspace/drv/nic/virtio-net/virtio-net.c").read_text()
    changed = set(git(real, "diff", "--name-only").split())
    installed(TOP, real)
    drivers = set(git(real, "diff", "--name-only").split())
    assert not names or drivers < changed
    installed(TOP, "--with-fixes", real)
    installed(TOP, "--remove", real)
    assert status(real) == ""
