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
"""Figures that depend on no host's speed, or stand side by side: what a frame costs
the drivers, in instructions counted by valgrind on the models (see test/cost), and
how that grows with the length of queues and with cards; and beside Linux's how
often a driver and its device wake each other (see events.py), how much they carry
(see throughput.py), and what takes the time (see samples.py).

usage: bench/run.py [GROUP...]      default: all but those of Xen
groups: frames growth events throughput samples xen-events xen-throughput
        image

Takes some minutes, valgrind, and gnuplot-nox; image wants one of HelenOS, too (see
image.py), and is left out by default if there is none. The two of Xen are one run of
half an hour (see xen.py). Writes to bench/results, for each group, a table as CSV
(each row with the commit and what it was measured with) and a plot as SVG, and
README.md with all tables that are there."""

import collections
import csv
import functools
import pathlib
import re
import shutil
import subprocess
import sys

TOP = pathlib.Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TOP / "test/cost"), str(TOP / "test/e2e")]

import measure                              # noqa: E402
from helenos import IMAGE, image_fixes      # noqa: E402

RESULTS = TOP / "bench/results"
BUILD = TOP / "build/host-gcc-none"

LINEAR = "set yrange [0:*]"
LOGARITHMIC = "set logscale y; set yrange [0.0005:*]"
PLOT = """
set terminal svg size 800,420 font "Helvetica,12" background "white"
set output "{svg}"
set title "{title}"
set ylabel "{unit}"
{scale}
set grid ytics
set key outside below
set rmargin 8
set style data histogram
set style histogram clustered gap 1
set style fill pattern 1 border rgb "black"
set boxwidth 0.9
set xtics rotate by -30 scale 0
plot {plots}
"""


def output(*args):
    return subprocess.run(args, check=True, cwd=TOP, text=True,
                          stdout=subprocess.PIPE).stdout.strip()


# A group's rows, and its table: what is compared, then for each of its columns
# the value and how that is written


def instructions(*programs):
    """Rows of programs, each with the name of its test."""
    for model in "test/model", "test/xen/model":
        subprocess.run(["make", "-s", "-j2", "-C", str(TOP / model),
                        f"O={BUILD}", "CC=gcc", "SAN=none"], check=True)
    tool = f"gcc {output('gcc', '-dumpfullversion')} -O1, " \
        + output("valgrind", "--version")
    return [row | {"measured_with": tool} for program, test in programs
            for row in measure.measure(str(BUILD / program), [test])]


def instructions_table(rows):
    sizes = {row["size"] for row in rows}
    table = collections.defaultdict(dict)
    for row in rows:
        name = row["card"]
        if len(sizes) > 1:
            name += f", {row['size']} bytes"
        table[name][row["way"]] = row["instructions"], \
            f"{row['instructions']} + {row['memcpys']} memcpy"
    return table


def in_guest(system, *program):
    """Rows of a program that has a guest under QEMU."""
    tool = output("qemu-system-x86_64", "--version").splitlines()[0] \
        + f", TCG, {system}"
    text = output(*program)
    return [row | {"measured_with": tool}
            for row in csv.DictReader(text.splitlines())]


def linux():
    kernel = pathlib.Path(output("host/carrier.sh").splitlines()[0]).name
    return f"1 CPU, {kernel.replace('vmlinuz-', 'Linux ')}"


def in_linux(program):
    return in_guest(linux(), "unshare", "-rn", program)


FIGURES = "unit", "median", "least", "most", "of_fair", "of_fair_without"


@functools.cache
def all_in_xen():
    """Rows of all that is measured on Xen, in one run."""
    xen = output("tools/xen-rig/build.sh").splitlines()[0]
    version = re.search(r"_([0-9]+\.[0-9.]+)", xen)[1]
    return in_guest(f"Xen {version}, {linux()}", "bench/xen.py")


def in_xen(figures):
    """The rows with what guests carry if these are figures, or with their events."""
    return [{name: value for name, value in row.items()
             if (name in FIGURES) == figures
             or name in ("load", "driver", "measured_with")}
            for row in all_in_xen()]


def in_helenos(program):
    return in_guest(f"HelenOS with {len(image_fixes())} fixes",
                    "unshare", "-rn", program)


def events_table(rows):
    events = [name.removesuffix("_least") for name in rows[0]
              if name.endswith("_least")]
    once = [name for name in ("hypercalls", "exits") if name in rows[0]]
    return {
        f"{row['load']}, {row['driver']}":
            {event: (row[event], f"{row[event]} ({row[event + '_least']} to "
                                 f"{row[event + '_most']})")
             for event in events}
            | {event: (row[event], row[event]) for event in once}
        for row in rows}


def throughput_table(rows):
    table = collections.defaultdict(dict)
    for row in rows:
        cells = table[f"{row['load']}, {row['unit']}"]
        cells[row["driver"]] = row["of_fair"], \
            f"{row['of_fair']}: {row['median']} " \
            f"({row['least']} to {row['most']})"
        if row["driver"] == "ours":
            cells["no driver"] = row["of_fair_without"], \
                str(row["of_fair_without"])
    return table


def samples_table(rows):
    places = [name for name in rows[0]
              if name not in ("load", "count", "measured_with", "commit")]
    return {f"{row['load']}, {row['count']} samples":
            {place: (row[place], row[place]) for place in places}
            for row in rows}


def image_table(rows):
    table = collections.defaultdict(dict)
    for row in rows:
        text = f"{row['median']} ({row['least']} to {row['most']})"
        if row["processors"] != "1" and row["of_one"]:
            text += f"; {row['of_one']}"
        table[f"{row['load']}, {row['card']}"][row["processors"]] = \
            row["median"], text
    return table


Group = collections.namedtuple("Group", "title unit scale text rows table")
GROUPS = {
    "frames": Group(
        "Instructions a frame", "instructions a frame", LINEAR,
        "One card with queues of 256; batches of 64. `memcpy()` is counted "
        "apart, by its calls: one copies the frame, the other, if there is "
        "one, takes a header or a response out of shared memory. No clock, so "
        "any machine with that compiler gives the same.",
        lambda: instructions(("model", "whose cost is counted"),
                             ("xen-model", "whose cost is counted")),
        instructions_table),
    "growth": Group(
        "How the cost grows", "instructions a frame", LINEAR,
        "virtio-net, modern, frames of 590 bytes, batches of 8.",
        lambda: instructions(("model", "frames of more cards and queues")),
        instructions_table),
    "events": Group(
        "Events a frame", "events a frame",
        LOGARITHMIC,
        "The driver's notifications and the device's interrupts, of the hosted "
        "virtio-net and of Linux's own, in one guest and one run, in turns: "
        "the median of five rounds (least to most). *Ours* and *Linux* have "
        "the same device, without MSI-X and offloads, *all* has both; a frame "
        "is then 1514 bytes of a segment of up to 64 KiB. Round trips have "
        "one echo outstanding; UDP datagrams have 64 bytes. Round trips "
        "depend little on load: ours have fewer interrupts when the answer is "
        "there before the driver waits for it. The other counts do depend on "
        "it: a side that is kept waiting by other work finds more frames at "
        "once, which makes all counts smaller; compare the rows of one run.",
        lambda: in_linux("bench/events.py"), events_table),
    "throughput": Group(
        "Throughput and round trips", "of Linux's without offloads", LINEAR,
        "The hosted virtio-net beside Linux's own, in one guest and one run, "
        "in turns, in five rounds: the median of what a card did for each that "
        "*Linux* did in the same round, and the median itself (least to most). "
        "*Ours* and *Linux* have the same device, without MSI-X and offloads, "
        "*all* has both. Round trips have one echo outstanding; UDP datagrams "
        "have 64 bytes, are sent as fast as the sender can, and count when the "
        "peer's interface or the guest's program has them. The hosted driver is "
        "a program behind a TAP interface: a frame, or with TCP a batch of "
        "them, costs it calls of the kernel and a switch between processes; "
        "Linux's driver has neither. *No driver* is what *ours* would be if "
        "the program took no time in user mode, where the driver is, HelenOS's "
        "part around it, what takes TCP apart, and the device while it is "
        "notified: what is missing there is not the driver's, and of the rest "
        "the driver has what *Where the time goes* tells. Host and guest share "
        "the processors, so all of it depends on what else the host does.",
        lambda: in_linux("bench/throughput.py"), throughput_table),
    "samples": Group(
        "Where the time goes", "of the samples", LINEAR,
        "The guest's processor, looked at every 5 ms while a hosted virtio-net "
        "carries the same loads, when it did not sleep. *Device* is QEMU's work "
        "for the device while the driver notifies it, *C library* copies "
        "(with TCP in one is the drivers' and one the carrier's), locks, and "
        "calls of the kernel, *carrier* the TAP interface's program and what "
        "stands for HelenOS, *drivers* the code that goes into HelenOS.",
        lambda: in_linux("bench/samples.py"), samples_table),
    "xen-events": Group(
        "Events a frame on Xen", "events a frame", LOGARITHMIC,
        "What the back end's kernel counts of notifications and the guest's of "
        "interrupts, of the hosted xen-netfront and of Linux's own, in two "
        "guests of one kernel, in one run and in turns: the median of five "
        "rounds (least to most). *Ours* has no offloads, *Linux* is sent no "
        "more than a frame at a time and segments what it sends, *all* has all. "
        "In one round more Xen's trace is counted, with the other guest "
        "standing still: hypercalls, and all exits to Xen. The kernel of the "
        "guest with the hosted driver does not use Xen, so its clock and its "
        "interrupts are emulated, and cost exits that the other guest does not "
        "have.",
        lambda: in_xen(figures=False), events_table),
    "xen-throughput": Group(
        "Throughput and round trips on Xen", "of Linux's without offloads",
        LINEAR,
        "The same run as of the events, and columns as without Xen. Xen, the "
        "first domain and the guests share one emulated processor, so all of it "
        "depends on what else the host does; the ranges tell how much that "
        "was.",
        lambda: in_xen(figures=True), throughput_table),
    "image": Group(
        "Echo requests that HelenOS answers", "answers", LINEAR,
        "HelenOS with QEMU's cards, with one processor, with two, and *1 + 1*: "
        "two guests at the same time that have one each, which is all that the "
        "host has for a second processor. In turns, five rounds: the median "
        "(least to most), and the median of what it was for each that one "
        "processor did in the same round. Requests are sent at once, and the "
        "next when all were answered, or none was for a second.",
        lambda: in_helenos("bench/image.py"), image_table),
}


def write_csv(path, rows):
    with open(path, "w", encoding="utf-8") as f:
        out = csv.DictWriter(f, rows[0].keys(), lineterminator="\n")
        out.writeheader()
        out.writerows(rows)


def read_csv(path):
    with open(path, encoding="utf-8") as f:
        return list(csv.DictReader(f))


def columns(table):
    return list(next(iter(table.values())))


def markdown(table):
    lines = ["| | " + " | ".join(columns(table)).replace("_", " ") + " |",
             "|---|" + "--:|" * len(columns(table))]
    for name, cells in table.items():
        lines.append(f"| {name} | " + " | ".join(
            text for _, text in cells.values()) + " |")
    return "\n".join(lines)


def plot(svg, group, table):
    data = "\n".join(
        f'"{name}" ' + " ".join(str(value) for value, _ in cells.values())
        for name, cells in table.items())
    plots = ", ".join(
        f'$rows using {i + 2}:xtic(1) title "{column}" lc rgb "black"'
        for i, column in enumerate(columns(table))).replace("_", " ")
    subprocess.run(["gnuplot"], check=True, text=True,
                   input=f"$rows << EOD\n{data}\nEOD\n" + PLOT.format(
                       svg=svg, title=group.title, unit=group.unit,
                       scale=group.scale, plots=plots))


def measure_group(name, commit):
    rows = GROUPS[name].rows()
    write_csv(RESULTS / f"{name}.csv", [row | {"commit": commit}
                                        for row in rows])
    plot(RESULTS / f"{name}.svg", GROUPS[name], GROUPS[name].table(rows))
    print(f"{GROUPS[name].title}: bench/results/{name}.csv, .svg", flush=True)


def write_page():
    page = ["# Figures", "", "`make bench` writes this folder."]
    for name, group in GROUPS.items():
        if not (RESULTS / f"{name}.csv").exists():
            continue
        rows = read_csv(RESULTS / f"{name}.csv")
        page += ["", f"## {group.title}", "",
                 f"{group.text} Measured with {rows[0]['measured_with']}, "
                 f"commit {rows[0]['commit']}.", "",
                 markdown(group.table(rows)), "",
                 f"![{group.title}]({name}.svg)"]
    (RESULTS / "README.md").write_text("\n".join(page) + "\n",
                                       encoding="utf-8")


def main(names):
    missing = [p for t, p in (("valgrind", "valgrind"),
                              ("gnuplot", "gnuplot-nox"))
               if shutil.which(t) is None]
    if missing:
        sys.exit("bench: missing; apt-get install " + " ".join(missing))
    subprocess.run([TOP / "tools/setup.sh", "--run"], check=True)

    # Before results change
    commit = output("git", "describe", "--always", "--dirty", "--exclude", "*")
    RESULTS.mkdir(exist_ok=True)
    failed = False
    for name in names:
        try:
            measure_group(name, commit)
        except subprocess.CalledProcessError as error:
            print(f"{GROUPS[name].title}: not measured: {error}",
                  file=sys.stderr)
            failed = True
    write_page()
    return failed


if __name__ == "__main__":
    if not set(sys.argv[1:]) <= set(GROUPS):
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1:] or
                  [name for name in GROUPS if not name.startswith("xen")
                   and (name != "image" or IMAGE.is_file())]))
