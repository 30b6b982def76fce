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
"""Compares what a frame costs with the budget, a test a row.

usage: check.py BUDGET CSV...           the CSV of measure.py
       check.py -w BUDGET CSV...        write the budget anew"""

import csv
import sys

import measure

# What a row may pass its limit by: what a compiler's update changes
SLACK = 1.03


def read(paths):
    rows = {}
    for path in paths:
        with open(path, encoding="utf-8") as f:
            for row in csv.DictReader(f):
                rows[row["card"], row["way"], int(row["size"])] = (
                    int(row["instructions"]), int(row["memcpys"]))
    return rows


def write(path, rows):
    with open(path, "w", encoding="utf-8") as f:
        out = csv.writer(f, lineterminator="\n")
        out.writerow(measure.FIELDS)
        out.writerows(key + cost for key, cost in rows.items())


def problem(row, limit):
    """What is wrong with a row's cost, None if nothing is."""
    if row is None:
        return "was not measured"
    if limit is None:
        return "has no limit in the budget"
    if row[0] > limit[0] * SLACK:
        return f"more than {limit[0]} instructions and 3 %"
    if row[1] > limit[1]:
        return f"more than {limit[1]} calls of memcpy()"
    return None


def main(budget, paths):
    limits, rows = read([budget]), read(paths)
    failed = 0
    for key in limits | rows:
        row, limit = rows.get(key), limits.get(key)
        wrong = problem(row, limit)
        name = f"{key[0]}, {key[1]}, {key[2]} bytes: " + (
            f"{row[0]} instructions, {row[1]} memcpy" if row else "nothing")
        print(f"FAILED: {name}: {wrong}" if wrong else f"ok: {name}")
        failed += wrong is not None
    print(f"{len(limits | rows) - failed} passed, {failed} failed, 0 skipped")
    return failed > 0


if __name__ == "__main__":
    args = sys.argv[1:]
    if args[:1] == ["-w"] and len(args) > 2:
        write(args[1], read(args[2:]))
    elif len(args) > 1:
        sys.exit(main(args[0], args[1:]))
    else:
        sys.exit(__doc__)
