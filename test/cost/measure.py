#!/usr/bin/env python3
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
"""What a frame costs the drivers, counted by valgrind: instructions in code
under uspace/, so without what copies the payload, HelenOS's own libraries, and
the model; and calls of memcpy() there, which copy the payload.

usage: measure.py PROGRAM NAME...

Runs the tests of a model (test/model, test/xen/model) that have NAME in their
name and call cost_rows(). Writes CSV: card, way, bytes of a frame, instructions
a frame, calls of memcpy() a frame."""

import csv
import pathlib
import re
import subprocess
import sys
import tempfile

FIELDS = ["card", "way", "size", "instructions", "memcpys"]

# A position's file, "fl=(3) path", where "fl=(3)" is the same path again; c:
# that of what is called
FILE = re.compile(r"(c?)f[lie]=\((\d+)\)(?: (.*))?")
CALLED = re.compile(r"cfn=\((\d+)\)(?: (.*))?")
CALLS = re.compile(r"calls=(\d+)")
FUNCTION = re.compile(r"fn=\((\d+)\)(?: (.*))?")
COST = re.compile(r"[0-9+*-]\S* (\d+)")


def count(profile):
    """Instructions and memcpy()s of code under uspace/ in a profile."""
    files, functions = {}, {}
    instructions = memcpys = 0
    ours = is_memcpy = is_callee = False
    for line in profile.read_text().splitlines():
        if m := FILE.match(line):
            called, key, name = m.groups()
            files[key] = name or files[key]
            if not called:
                ours = "/uspace/" in files[key]
        elif m := CALLED.match(line) or FUNCTION.match(line):
            key, name = m.groups()
            functions[key] = name or functions[key]
            is_memcpy = bool(re.search("mem(cpy|move)", functions[key]))
        elif m := CALLS.match(line):
            if ours and is_memcpy:
                memcpys += int(m[1])
            is_callee = True
        elif m := COST.match(line):
            # After "calls=" is what was called cost, and counts there
            if ours and not is_callee:
                instructions += int(m[1])
            is_callee = False
    return instructions, memcpys


def measure(program, names):
    """Rows of the tests, each a dictionary of FIELDS."""
    with tempfile.TemporaryDirectory() as d:
        marks = pathlib.Path(d, "marks")
        run = subprocess.run(
            ["valgrind", "-q", "--tool=callgrind", "--dump-before=cost_mark",
             f"--callgrind-out-file={d}/profile.%p", program, "-j", "1",
             *names], env={"MODEL_COST": str(marks)},
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        if run.returncode != 0 or not marks.exists():
            sys.exit(f"{program} has failed:\n{run.stdout}")

        rows, dumps = [], {}
        for pid, card, way, size, frames in csv.reader(marks.open()):
            dumps[pid] = dumps.get(pid, 0) + 1
            if not card:        # what came before the first row
                continue
            instructions, memcpys = count(
                pathlib.Path(d, f"profile.{pid}.{dumps[pid]}"))
            rows.append(dict(zip(FIELDS, (
                card, way, int(size), round(instructions / int(frames)),
                round(memcpys / int(frames))))))
        return rows


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    out = csv.DictWriter(sys.stdout, FIELDS, lineterminator="\n")
    out.writeheader()
    out.writerows(measure(sys.argv[1], sys.argv[2:]))
