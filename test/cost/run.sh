#!/bin/bash
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

# What a frame costs the drivers, in instructions counted by valgrind on the
# models, must not be more than the budget allows. The last line is
# "N passed, N failed, N skipped".
#
# usage: test/cost/run.sh [-w]
#   -w  write the budget anew

set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
o=$top/build/host-gcc-none
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

skip()
{
	echo "skipped: a_frame_costs_no_more_than_its_budget: $1"
	echo "0 passed, 0 failed, 1 skipped"
	exit 0
}

command -v valgrind > /dev/null ||
    skip "valgrind is missing; apt-get install valgrind"
# Of another compiler's code the limits say nothing
[ "$(gcc -dumpversion)" = 12 ] && [ "$(uname -m)" = x86_64 ] ||
    skip "the limits are for what gcc 12 makes for x86-64"

make -s -j2 -C "$top/test/model" O="$o" CC=gcc SAN=none
make -s -j2 -C "$top/test/xen/model" O="$o" CC=gcc SAN=none

for model in model xen-model; do
	"$here/measure.py" "$o/$model" "whose cost is counted" \
	    > "$out/$model.csv"
done
"$here/check.py" "$@" "$here/budget.csv" "$out"/*.csv
