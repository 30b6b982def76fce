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

# Builds and runs the unit tests on Linux, under sanitizers, with gcc and with
# clang.
#
# usage: test/unit/run.sh [-c COMPILER]... [-s SANITIZER]... [NAME...]
#   -c  gcc or clang (default: both)
#   -s  address, thread or none (default: address)
#   NAME  only tests with this in their name

set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
compilers=()
sanitizers=()
while getopts c:s: opt; do
	case $opt in
	c) compilers+=("$OPTARG") ;;
	s) sanitizers+=("$OPTARG") ;;
	*) sed -n '/^# usage/,/^$/s/^# *//p' "$0" >&2; exit 2 ;;
	esac
done
shift $((OPTIND - 1))
[ ${#compilers[@]} -gt 0 ] || compilers=(gcc clang)
[ ${#sanitizers[@]} -gt 0 ] || sanitizers=(address)

for tool in make ar objcopy "${compilers[@]}"; do
	if ! command -v "$tool" > /dev/null; then
		echo "$0: $tool is missing; apt-get install gcc clang" \
		    "binutils make" >&2
		exit 2
	fi
done

# Runs a test program; adds what it counted to the sums.
passed=0 failed=0 skipped=0
run_program() {
	local name=$1 out rc=0
	shift
	echo "== $name"
	out=$(mktemp)
	"$@" > "$out" 2>&1 || rc=$?
	cat "$out"
	local sum
	sum=$(tail -n 1 "$out")
	if [[ $sum =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed,\ ([0-9]+) ]]; then
		passed=$((passed + BASH_REMATCH[1]))
		failed=$((failed + BASH_REMATCH[2]))
		skipped=$((skipped + BASH_REMATCH[3]))
	elif [ $rc -ne 3 ] || [ ${#names[@]} -eq 0 ]; then
		echo "FAIL $name: no result (exit code $rc)"
		failed=$((failed + 1))
	fi
	rm -f "$out"
}

names=("$@")
export ASAN_OPTIONS=${ASAN_OPTIONS:-detect_leaks=1:abort_on_error=0}
export UBSAN_OPTIONS=${UBSAN_OPTIONS:-print_stacktrace=1}
for cc in "${compilers[@]}"; do
	for san in "${sanitizers[@]}"; do
		o=$top/build/host-$cc-$san
		mkdir -p "$o"
		if ! make -s -j2 -f "$here/Makefile" CC="$cc" SAN="$san" \
		    O="$o" tests; then
			echo "FAIL unit, $cc-$san: does not build"
			failed=$((failed + 1))
			continue
		fi
		for program in $(make -s -f "$here/Makefile" CC="$cc" \
		    SAN="$san" O="$o" list); do
			run_program "$(basename "$program"), $cc, $san" \
			    "$program" ${names[@]+"${names[@]}"}
		done
	done
done
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
