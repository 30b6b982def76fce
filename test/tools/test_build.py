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
"""The makefiles: what more than one make builds."""

import os
import subprocess

from conftest import LIMIT, TOP

# What the compiler, ar and objcopy of these builds do: their output, and a line
# for it
TOOL = """#!/bin/sh
for arg do
	case ${0##*/}:$before in
	ar:rcs | clang:-o) of=$arg ;;
	objcopy:*) of=$arg ;;
	esac
	before=$arg
done
sleep 0.2
mkdir -p "${of%/*}"
: > "$of"
echo "$of" >> "$BUILT"
"""


def test_two_makes_of_the_fuzzers_do_not_build_the_same_file(tmp_path):
    path, built = tmp_path / "bin", tmp_path / "built"
    path.mkdir()
    for name in ("clang", "ar", "objcopy"):
        (path / name).write_text(TOOL)
        (path / name).chmod(0o755)
    subprocess.run(
        ["make", "-s", "-j8", "-f", TOP / "test/fuzz/Makefile",
         f"O={tmp_path / 'o'}"], cwd=tmp_path, timeout=LIMIT, check=True,
        env={**os.environ, "PATH": f"{path}:/usr/bin:/bin", "MAKEFLAGS": "",
             "BUILT": str(built)})
    files = built.read_text().splitlines()
    assert any(f.endswith("/libvirtio.a") for f in files)
    assert sorted({f for f in files if files.count(f) > 1}) == []
