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
"""Makes conformance.md of clauses.txt, and looks whether it is true: each clause
of the model is in it, each function, test and message that it names is there.

usage: conformance.py            write conformance.md
       conformance.py --check    say whether it is as it would be written"""

import pathlib
import re
import sys

TOP = pathlib.Path(__file__).resolve().parents[1]
OUT = TOP / "doc/conformance.md"

# Where a component of clauses.txt is
FOLDERS = {
    "libvirtio": "uspace/lib/virtio/src",
    "libringnic": "uspace/lib/ringnic/src",
    "libxen": "uspace/lib/xen/src",
    "virtio-net": "uspace/drv/nic/virtio-net",
    "virtio-blk": "uspace/drv/block/virtio-blk",
    "xen-netfront": "uspace/drv/nic/xen-netfront",
    "xenbus": "uspace/drv/bus/xenbus",
    "xen-platform": "uspace/drv/bus/xen-platform",
    "kernel": "kernel/generic/src/xen",
}

HEAD = """# Conformance

Each clause of the specification that binds a driver and applies to this one, the
place where the code obeys it, and the test that fails when it does not. Made by
`doc/conformance.py` from `doc/clauses.txt`; the style suite looks whether it is
fresh, and whether all that it names is there.

*Each access*: the model checks the clause whenever the driver does what it is
about, in all tests of `test/model`; a run fails if it was never looked at.
*Seen*: the test of the model itself in which a driver breaks just that clause.
*Model of Xen*: likewise, with the words by which it ends the test.
"""


def texts(*globs):
    return {p.relative_to(TOP).as_posix(): p.read_text(encoding="utf-8")
            for g in globs for p in sorted(TOP.glob(g))}


class Table:
    def __init__(self):
        self.wrong = []
        self.sources = texts("uspace/**/*.c", "kernel/**/*.c")
        self.tests = texts("test/model/*.c", "test/xen/model/*.c",
                           "uspace/lib/*/test/*.c")
        self.xen = "".join(t for p, t in self.tests.items()
                           if p.startswith("test/xen"))
        self.clauses = self.read_clauses()
        self.left = dict(self.clauses)

    @staticmethod
    def read_clauses():
        """Text of each clause of the model, by its identifier."""
        header = (TOP / "test/model/clauses.h").read_text(encoding="utf-8")
        return {m[1]: "".join(re.findall(r'"((?:[^"\\]|\\.)*)"', m[2]))
                .replace('\\"', '"')
                for m in re.finditer(
                    r'C\((\w+), "[\d.]+", \\\n((?:\s*"(?:[^"\\]|\\.)*"'
                    r'[ \\\n]*)+)\)', header)}

    def code(self, places):
        out = []
        for place in [] if places == "-" else places.split(", "):
            file, name = place.split()
            folder, base = file.split("/")
            path = f"{FOLDERS[folder]}/{base}"
            if not re.search(rf"^\w[^;=\n]*\b{name}\(",
                             self.sources.get(path, ""), re.M):
                self.wrong.append(f"no function {name} in {path}")
            out.append(f"`{file}` `{name}()`")
        return "<br>".join(out) or "-"

    def test(self, name):
        for path, text in self.tests.items():
            if re.search(rf"^(?:PCUT_)?TEST(?:_ROWS)?\({name}\b", text, re.M):
                return f"`{path}`: {name.replace('_', ' ')}"
        self.wrong.append(f"no test {name}")
        return name

    def checked(self, ident):
        """How the model proves a clause."""
        if not any(f"DEMAND({ident}," in t for t in self.tests.values()):
            self.wrong.append(f"nothing demands {ident}")
        offences = [n for t in self.tests.values() for n in re.findall(
            rf'{{ "([^"]+)",\s*CLAUSE_{ident},', t)]
        return "each access" + "".join(f"<br>seen: who {n}" for n in offences)

    def proof(self, text):
        if text.startswith("none: "):
            return "none: " + text[6:]
        out = []
        for part in text.split("; "):
            kind, rest = part.split(" ", 1)
            if kind == "test":
                out += [self.test(n) for n in rest.split(", ")]
            elif kind == "clause":
                out.append(f"as {rest}: {self.checked(rest)}")
            elif kind == "model":
                for words in re.findall(r'"([^"]*)"', rest):
                    if f'"{words}"' not in self.xen:
                        self.wrong.append(f"no model says '{words}'")
                    out.append(f"model of Xen: \"{words.strip()}\"")
            else:
                self.wrong.append(f"what is '{part}'?")
        return "<br>".join(out)

    def row(self, line):
        parts = line.split(" | ")
        if len(parts) == 2:
            ident, places = parts
            if self.left.pop(ident, None) is None:
                self.wrong.append(f"no clause {ident}, or twice")
            text = self.clauses.get(ident, "")
            return (f"| {text} | {self.code(places)} "
                    f"| {self.checked(ident)} |")
        text, places, proof = parts
        return f"| {text} | {self.code(places)} | {self.proof(proof)} |"

    def make(self):
        out = [HEAD]
        source = (TOP / "doc/clauses.txt").read_text(encoding="utf-8")
        for line in source.splitlines():
            if line.startswith("== "):
                out += ["", "### " + line[3:], "",
                        "| clause | code | proof |", "|---|---|---|"]
            elif line.startswith("= "):
                out += ["", "## " + line[2:]]
            elif line and not line.startswith("#"):
                out.append(self.row(line))
        self.wrong += [f"clause {ident} is missing" for ident in self.left]
        return "\n".join(out) + "\n"


def main(args):
    if args not in ([], ["--check"]):
        sys.exit(__doc__)
    table = Table()
    text = table.make()
    if not args:
        OUT.write_text(text, encoding="utf-8")
    elif OUT.read_text(encoding="utf-8") != text:
        table.wrong.append("conformance.md is not fresh: conformance.py "
                           "makes it")
    for wrong in table.wrong:
        print(wrong)
    return bool(table.wrong)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
