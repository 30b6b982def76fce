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

# Builds and runs the tests of drivers against models of devices, under
# sanitizers. The last line is "N passed, N failed, N skipped".
#
# usage: test/model/run.sh [-c COMPILER]... [-s SANITIZER]... [-j JOBS] [NAME...]
#   -c  gcc or clang (default: both)
#   -s  address, thread, swap or none (default: address with each compiler, and
#       thread and swap with gcc); swap: the drivers as on a big-endian machine
#   -j  tests at a time (default: 4)
#   NAME  only tests with this in their name

set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
compilers=()
sanitizers=()
jobs=4
while getopts c:s:j: opt; do
	case $opt in
	c) compilers+=("$OPTARG") ;;
	s) sanitizers+=("$OPTARG") ;;
	j) jobs=$OPTARG ;;
	*) sed -n '/^# usage/,/^$/s/^# *//p' "$0" >&2; exit 2 ;;
	esac
done
shift $((OPTIND - 1))

builds=()
if [ ${#compilers[@]} -eq 0 ] && [ ${#sanitizers[@]} -eq 0 ]; then
	builds=(gcc-address clang-address gcc-thread gcc-swap)
else
	[ ${#compilers[@]} -gt 0 ] || compilers=(gcc clang)
	[ ${#sanitizers[@]} -gt 0 ] || sanitizers=(address)
	for cc in "${compilers[@]}"; do
		for san in "${sanitizers[@]}"; do
			builds+=("$cc-$san")
		done
	done
fi

for tool in make ar objcopy "${builds[@]%%-*}"; do
	if ! command -v "$tool" > /dev/null; then
		echo "$0: $tool is missing; apt-get install gcc clang" \
		    "binutils make" >&2
		exit 2
	fi
done

# A violation is a failure, not a report that is longer than the test's
export ASAN_OPTIONS=${ASAN_OPTIONS:-detect_leaks=1:handle_abort=0:quarantine_size_mb=32}
export UBSAN_OPTIONS=${UBSAN_OPTIONS:-print_stacktrace=1}
export TSAN_OPTIONS=${TSAN_OPTIONS:-halt_on_error=1:suppressions=$here/tsan.supp}

# What is worth a run under ThreadSanitizer: fibrils that meet
concurrent=("by the book" burst "traffic flows" "lie in a ring" "mad device"
	"sender" "any access" "a hundred times" clients)

# What a byte order can break: registers, rings, configuration, commands. Not
# "the model sees": those have a driver of their own.
swapped=("driven by the book" "a host s" "any mtu" "any speed" "odd measures"
	"queues of any size" "does not fit the table" "vlan mask" "lie in a ring"
	"is not notified")

passed=0 failed=0 skipped=0
out=$(mktemp)
trap 'rm -f "$out"' EXIT
for build in "${builds[@]}"; do
	o=$top/build/host-$build
	echo "== model, $build"
	if ! make -s -j2 -C "$here" O="$o" CC="${build%-*}" SAN="${build#*-}"
	then
		echo "FAIL model, $build: does not build"
		failed=$((failed + 1))
		continue
	fi
	names=("$@")
	if [ $# -eq 0 ]; then
		case ${build#*-} in
		thread) names=("${concurrent[@]}") ;;
		swap) names=("${swapped[@]}") ;;
		esac
	fi
	rc=0
	"$o/model" -j "$jobs" "${names[@]}" > "$out" || rc=$?
	cat "$out"
	if [[ $(tail -n 1 "$out") =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed ]]
	then
		passed=$((passed + BASH_REMATCH[1]))
		failed=$((failed + BASH_REMATCH[2]))
	else
		echo "FAIL model, $build: no result (exit code $rc)"
		failed=$((failed + 1))
	fi
done

echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
