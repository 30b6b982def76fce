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


# Counts with valgrind what a frame costs virtio-net and the libraries of the
# tree: instructions in code under uspace/, so without what copies the payload,
# HelenOS's own libraries, and the model. Two runs, one with more frames, are
# compared: what happens once does not count. Needs no more than a minute.
#
# usage: test/model/cost.sh

set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
o=$top/build/host-gcc-none
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

if ! command -v valgrind > /dev/null; then
	echo "$0: valgrind is missing; apt-get install valgrind" >&2
	exit 2
fi
make -s -j2 -C "$here" O="$o" CC=gcc SAN=none

# Instructions of code under uspace/ in a profile. A line after "calls=" is
# what was called cost, and counts there.
count()
{
	awk -F '[ =]' '
	/^c?f[lie]=/ {
		name = $0
		sub(/^[^=]*=/, "", name)
		id = name
		sub(/ .*/, "", id)
		if (sub(/^[^ ]* /, "", name))
			file[id] = name
		if ($0 ~ /^f/)
			ours = file[id] ~ /uspace\//
		next
	}
	/^calls=/ { getline; next }
	/^[0-9+*-]/ { if (ours) sum += $2 }
	END { print sum + 0 }' "$1"
}

# run WAY FRAMES
run()
{
	local best="" profile

	rm -f "$out"/profile.*
	MODEL_FRAMES=$2 valgrind -q --tool=callgrind \
	    --callgrind-out-file="$out/profile.%p" \
	    "$o/model" -j 1 "whose cost is counted get through: $1" \
	    > "$out/log" 2>&1 || { cat "$out/log" >&2; exit 1; }
	# The one of the test is that in which the driver did something
	for profile in "$out"/profile.*; do
		profile=$(count "$profile")
		[ "$profile" -gt "${best:-0}" ] && best=$profile
	done
	echo "$best"
}

for way in "sent" "received in batches of 64" "received alone"; do
	few=$(run "$way" 1280)
	many=$(run "$way" 6400)
	echo "$way: $(((many - few) / 5120)) instructions a frame"
done
