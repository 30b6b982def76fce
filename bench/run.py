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
"""Figures that depend on no host: what a frame costs the drivers, in
instructions counted by valgrind on the models (see test/cost), and how that
grows with the length of queues and with cards.

usage: bench/run.py     takes about a minute, valgrind, and gnuplot-nox

Writes to bench/results, for each group, a table as CSV (each row with the commit
and the compiler) and a plot as SVG, and README.md with all tables."""

import csv
import pathlib
import shutil
import subprocess
import sys

TOP = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(TOP / "test/cost"))
import measure          # noqa: E402

RESULTS = TOP / "bench/results"
BUILD = TOP / "build/host-gcc-none"

WAYS = ["sent", "received in batches", "received alone"]

# name: title, explanation, programs with the names of their tests, what the
# axes of the plot are
GROUPS = {
    "frames": (
        "Instructions a frame",
        "One card with queues of 256; batches of 64. `memcpy()` is counted "
        "apart, by its calls: one copies the frame, the other, if there is "
        "one, takes a header or a response out of shared memory.",
        [("model", "whose cost is counted"),
         ("xen-model", "whose cost is counted")]),
    "growth": (
        "How the cost grows",
        "virtio-net, modern, frames of 590 bytes, batches of 8.",
        [("model", "frames of more cards and queues")]),
}

PLOT = """
set terminal svg size 800,420 font "Helvetica,12" background "white"
set output "{svg}"
set title "{title}"
set ylabel "instructions a frame"
set yrange [0:*]
set grid ytics
set key outside below
set style data histogram
set style histogram clustered gap 1
set style fill pattern 1 border rgb "black"
set boxwidth 0.9
set xtics rotate by -20 scale 0
plot {plots}
"""


def output(*args):
    return subprocess.run(args, check=True, cwd=TOP, text=True,
                          stdout=subprocess.PIPE).stdout.strip()


def build():
    for model in "test/model", "test/xen/model":
        subprocess.run(["make", "-s", "-j2", "-C", str(TOP / model),
                        f"O={BUILD}", "CC=gcc", "SAN=none"], check=True)


def write_csv(path, rows):
    with open(path, "w", encoding="utf-8") as f:
        out = csv.DictWriter(f, rows[0].keys(), lineterminator="\n")
        out.writeheader()
        out.writerows(rows)


def cases(rows):
    """Names of what is compared, and instructions of each by its way."""
    sizes = {row["size"] for row in rows}
    table = {}
    for row in rows:
        name = row["card"]
        if len(sizes) > 1:
            name += f", {row['size']} bytes"
        table.setdefault(name, {})[row["way"]] = row
    return table


def markdown(rows):
    lines = ["| | " + " | ".join(WAYS) + " |",
             "|---|" + "--:|" * len(WAYS)]
    for name, ways in cases(rows).items():
        cells = (f"{ways[w]['instructions']} + {ways[w]['memcpys']} memcpy"
                 for w in WAYS)
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def plot(svg, title, rows):
    table = cases(rows)
    data = "\n".join(
        f'"{name}" ' + " ".join(str(ways[w]["instructions"]) for w in WAYS)
        for name, ways in table.items())
    plots = ", ".join(
        f'$rows using {i + 2}:xtic(1) title "{way}" lc rgb "black"'
        for i, way in enumerate(WAYS))
    subprocess.run(["gnuplot"], check=True, text=True,
                   input=f"$rows << EOD\n{data}\nEOD\n" +
                   PLOT.format(svg=svg, title=title, plots=plots))


def main():
    missing = [p for t, p in (("valgrind", "valgrind"),
                              ("gnuplot", "gnuplot-nox"))
               if shutil.which(t) is None]
    if missing:
        sys.exit("bench: missing; apt-get install " + " ".join(missing))

    RESULTS.mkdir(exist_ok=True)
    build()
    of = {"commit": output("git", "describe", "--always", "--dirty",
                           "--exclude", "*"),
          "measured_with": f"gcc {output('gcc', '-dumpfullversion')} -O1, "
                           + output("valgrind", "--version")}
    page = ["# Figures", "", "`make bench` writes this folder. Measured with "
            f"{of['measured_with']}, commit {of['commit']}: no clock, so any "
            "machine with that compiler gives the same."]
    for name, (title, text, programs) in GROUPS.items():
        rows = [row | of for program, test in programs
                for row in measure.measure(str(BUILD / program), [test])]
        write_csv(RESULTS / f"{name}.csv", rows)
        plot(RESULTS / f"{name}.svg", title, rows)
        page += ["", f"## {title}", "", text, "", markdown(rows), "",
                 f"![{title}]({name}.svg)"]
        print(f"{title}: bench/results/{name}.csv, .svg")
    (RESULTS / "README.md").write_text("\n".join(page) + "\n",
                                       encoding="utf-8")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        sys.exit(__doc__)
    main()
