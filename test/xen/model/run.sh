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
# Builds and runs the tests of the Xen drivers against a model of Xen, under
# sanitizers. The last line is "N passed, N failed, N skipped".
#
# usage: test/xen/model/run.sh [-c COMPILER] [-s SANITIZER] [-j JOBS] [NAME...]
#   -c  gcc or clang (default: gcc, and clang with address)
#   -s  address, thread or none (default: address, and thread with gcc)
#   -j  tests at a time (default: 16; most of them wait)
#   NAME  only tests with this in their name
#
# Without -c, -s and NAME, all tests run in the first build; in the others, only
# those that a compiler or a sanitizer can see something else in.

set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../../.." && pwd)
builds=(gcc-address clang-address gcc-thread)
cc='' san='' jobs=16
while getopts c:s:j: opt; do
	case $opt in
	c) cc=$OPTARG ;;
	s) san=$OPTARG ;;
	j) jobs=$OPTARG ;;
	*) sed -n '/^# usage/,/^$/s/^# *//p' "$0" >&2; exit 2 ;;
	esac
done
shift $((OPTIND - 1))
[ -z "$cc$san" ] || builds=("${cc:-gcc}-${san:-address}")

for tool in make ar objcopy "${builds[@]%%-*}"; do
	command -v "$tool" > /dev/null || {
		echo "$0: $tool is missing; apt-get install gcc clang" \
		    "binutils make" >&2
		exit 2
	}
done

export ASAN_OPTIONS=${ASAN_OPTIONS:-detect_leaks=1:handle_abort=0:quarantine_size_mb=32}
export UBSAN_OPTIONS=${UBSAN_OPTIONS:-print_stacktrace=1}
export TSAN_OPTIONS=${TSAN_OPTIONS:-halt_on_error=1}

# Of the long loops, a row: each step of a life fails in the first build, every
# eighth one in the others. Keys and xenstored's answers concern no two fibrils.
few=("a card" frames channel "comes and goes" restarts nobody "is not lost"
	list group filter judged quiesce twice message
	"steps 1," "seeds 1 to" "seeds 51 to" "while frames flow")
passed=0 failed=0 skipped=0
out=$(mktemp)
trap 'rm -f "$out"' EXIT
for build in "${builds[@]}"; do
	o=$top/build/host-$build
	mkdir -p "$o"
	echo "== Xen model, $build"
	if ! make -s -j2 -f "$here/Makefile" CC="${build%%-*}" \
	    SAN="${build##*-}" O="$o"; then
		echo "FAIL Xen model, $build: does not build"
		failed=$((failed + 1))
		continue
	fi
	names=("$@")
	if [ $# -eq 0 ] && [ -z "$cc$san" ] && [ "$build" != gcc-address ]; then
		names=("${few[@]}")
	fi
	"$o/xen-model" -j "$jobs" "${names[@]}" > "$out" 2>&1 || true
	cat "$out"
	if [[ $(tail -n 1 "$out") =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed,\ ([0-9]+) ]]
	then
		passed=$((passed + BASH_REMATCH[1]))
		failed=$((failed + BASH_REMATCH[2]))
		skipped=$((skipped + BASH_REMATCH[3]))
	else
		echo "FAIL Xen model, $build: no result"
		failed=$((failed + 1))
	fi
done
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
