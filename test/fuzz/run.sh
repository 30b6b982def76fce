#!/bin/bash
#
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
# Feeds the fuzzers: each begins with its corpus, the inputs of
# test/fuzz/corpus/TARGET that are kept, and goes on from there. The last line
# is "N passed, N failed, N skipped".
#
# usage: test/fuzz/run.sh [-t SECONDS] [-k] [TARGET...]
#   -t  for each target (default: 10)
#   -k  keep what reaches something new: it is added to the corpus, which is
#       then made as small as it can be
#   TARGET  only this one; see the .c files beside this script, and Makefile

set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
seconds=10
keep=0
while getopts t:k opt; do
	case $opt in
	t) seconds=$OPTARG ;;
	k) keep=1 ;;
	*) sed -n '/^# usage/,/^$/s/^# *//p' "$0" >&2; exit 2 ;;
	esac
done
shift $((OPTIND - 1))
if ! [[ $seconds =~ ^[1-9][0-9]*$ ]]; then
	echo "$0: '$seconds' is not a number of seconds" >&2
	exit 2
fi

if ! command -v clang > /dev/null; then
	echo "$0: clang is missing; tools/setup.sh installs it" >&2
	exit 2
fi

build=$top/build/host-clang-fuzz
make_fuzz() {
	make -s -j2 -f "$here/Makefile" O="$build" "$@"
}

read -ra targets <<< "$(make_fuzz list)"
for name in "$@"; do
	if [[ " ${targets[*]} " != *" $name "* ]]; then
		echo "$0: no target '$name'; there are: ${targets[*]}" >&2
		exit 2
	fi
done
[ $# -eq 0 ] || targets=("$@")
make_fuzz fuzzers

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

passed=0 failed=0
for target in "${targets[@]}"; do
	corpus=$here/corpus/$target
	found=$work/$target
	mkdir -p "$corpus" "$found" "$build/findings"

	# A first run over the corpus alone, then what the time allows
	if "$build/fuzz-$target" -max_total_time="$seconds" \
	    -artifact_prefix="$build/findings/$target-" -timeout=120 \
	    -max_len=1024 -len_control=0 \
	    -rss_limit_mb=1024 -print_final_stats=1 -verbosity=1 \
	    "$found" "$corpus" > "$work/log" 2>&1; then
		echo "ok: $target: $(grep -E '^#[0-9]+.*cov:' "$work/log" |
		    tail -n 1 | grep -oE '^#[0-9]+|cov: [0-9]+' |
		    paste -sd' ' | sed 's/#//; s/ cov:/ runs, edges/')"
		passed=$((passed + 1))
	else
		tail -n 40 "$work/log"
		echo "FAILED: $target; the input is in $build/findings"
		failed=$((failed + 1))
	fi
	if [ $keep = 1 ]; then
		mkdir "$work/small"
		"$build/fuzz-$target" -set_cover_merge=1 -max_len=1024 \
		    "$work/small" "$corpus" "$found" > /dev/null 2>&1
		rm -rf "$corpus"
		mv "$work/small" "$corpus"
	fi
done

echo "$passed passed, $failed failed, 0 skipped"
[ "$failed" = 0 ]
