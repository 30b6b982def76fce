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
"""A small tree of ours, a small HelenOS to lay it over, and how both are
looked at."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

TOP = Path(__file__).resolve().parents[2]
GIT_ENV = {
    **os.environ,
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_CONFIG_SYSTEM": "/dev/null",
    "GIT_AUTHOR_NAME": "t", "GIT_AUTHOR_EMAIL": "t@localhost",
    "GIT_COMMITTER_NAME": "t", "GIT_COMMITTER_EMAIL": "t@localhost",
}

OVERLAY = """
need uspace/lib/drv.h 'handler(void *)' 'handlers with an argument'
part ring
lay uspace/lib/ring
lay abi/ring.h
drop uspace/drv/card
edit uspace/drv/meson.build replace $'\\t\\'card\\',' ''
edit uspace/lib/meson.build after $'\\t\\'base\\',' $'\\t\\'ring\\','
part card
lay uspace/drv/card
stamp uspace/drv/card/card.c $'\\tprintf("card\\\\n");'
edit uspace/drv/meson.build after $'\\t\\'first\\',' $'\\t\\'card\\','
edit uspace/drv/meson.build before ']' $'\\t\\'card2\\',\\n\\t\\'card3\\','
"""

OURS = {
    "uspace/lib/ring/ring.c": "int ring;\n",
    "uspace/lib/ring/ring.c~": "an editor's copy\n",
    "uspace/drv/card/card.c": 'int main(void)\n{\n\tprintf("card\\n");\n}\n',
    "tools/series/ring": "Add rings\n\nWhy.\n",
    "tools/series/card": "Add cards\n\nWhy.\n",
    "abi/ring.h": "#define RING\n",
}

HELENOS = {
    "HelenOS.config": "",
    "kernel/k.c": "",
    "abi/a.h": "",
    "uspace/lib/drv.h": "void handler(void *);\n",
    "uspace/lib/meson.build": "libs = [\n\t'base',\n\t'last',\n]\n",
    "uspace/drv/meson.build": "drvs = [\n\t'first',\n\t'card',\n]\n",
    "uspace/drv/card/oldcard.c": "int old_card;\n",
    "uspace/lib/ring/ring.c": "int old_ring;\n",
    "uspace/lib/ring/old.c": "int old;\n",
}


def git(tree, *args):
    return subprocess.run(["git", "-C", str(tree), *args], env=GIT_ENV,
                          check=True, capture_output=True, text=True).stdout


def write(top, files):
    for name, text in files.items():
        path = top / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def make_repo(top, files):
    write(top, files)
    git(top, "init", "-q")
    git(top, "add", "-A")
    git(top, "commit", "-q", "-m", "base")
    return top


@pytest.fixture
def ours(tmp_path):
    """A tree of ours: the real script with files and rows of its own."""
    top = tmp_path / "ours"
    write(top, OURS)
    write(top, {"tools/overlay.sh": OVERLAY})
    for name in ("install.sh", "edit.sh", "fixes.sh", "series.sh"):
        shutil.copy(TOP / "tools" / name, top / "tools" / name)
    return top


@pytest.fixture
def tree(tmp_path):
    return make_repo(tmp_path / "helenos", HELENOS)


def says(digest):
    """The card's driver when it says that digest."""
    return ('int main(void)\n{\n\tprintf("card\\n");\n'
            f'\tprintf("card: helenos-pv digest {digest}\\n");\n}}\n')


def run(ours, *args):
    return subprocess.run([str(ours / "tools/install.sh"), *map(str, args)],
                          env=GIT_ENV, capture_output=True, text=True)


def installed(ours, *args):
    r = run(ours, *args)
    assert r.returncode == 0, r.stderr
    return r.stdout


def refused(ours, *args):
    r = run(ours, *args)
    assert r.returncode == 1, (r.returncode, r.stdout, r.stderr)
    return r.stderr


def snapshot(top):
    """Content and modification time of every file but git's."""
    return {str(p.relative_to(top)): (p.read_bytes(), p.stat().st_mtime_ns)
            for p in top.rglob("*") if p.is_file() and ".git" not in p.parts}


def refused_untouched(ours, tree, *args):
    before = snapshot(tree)
    message = refused(ours, *args, tree)
    assert snapshot(tree) == before
    return message


def status(tree):
    return git(tree, "status", "--porcelain", "--ignored")


@pytest.fixture
def real(tmp_path):
    src = os.environ.get("HELENOS_SRC")
    if not src:
        pytest.skip("HELENOS_SRC names no HelenOS checkout")
    subprocess.run(["git", "clone", "-q", "--shared", src,
                    str(tmp_path / "real")], check=True)
    return tmp_path / "real"
