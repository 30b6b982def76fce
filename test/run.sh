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
#
# Runs all tests and adds their results up. Each suite is a program that ends
# with a line "N passed, N failed, N skipped" and fails when a test does.

set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1
command -v python3 > /dev/null || tools/setup.sh || exit 1
[ "${SUPERVISOR-}" = $PPID ] ||
	exec python3 tools/supervise.py test/run.sh "$@"

suites=(style install tools unit fuzz model cost host e2e xen)

usage() {
	cat <<END
Usage: test/run.sh [SUITE...]

Runs the suites: ${suites[*]} (all of them if none is named;
then e2e is its short part, one boot of a HelenOS image).
By name alone: peers, the drivers on DPDK's and passt's devices.

Status: 0 if all tests passed or were skipped, 1 if not, 2 for a wrong use, 130
and 143 when a signal ended it.
END
}

case ${1:-} in
-h | --help) usage; exit 0 ;;
-*) echo "run.sh: $1: no such option" >&2; usage >&2; exit 2 ;;
esac
for suite in "$@"; do
	[ -x "test/$suite/run.sh" ] || {
		echo "run.sh: there is no suite '$suite' (test/$suite/run.sh)" >&2
		exit 2
	}
done
if [ $# -gt 0 ]; then
	suites=("$@")
else
	export E2E_SHORT=yes
fi

tools/setup.sh || exit 1

passed=0 failed=0 skipped=0
summary='^([0-9]+) passed, ([0-9]+) failed, ([0-9]+) skipped$'
log=$(mktemp) failures=$(mktemp)
trap 'trap "" INT TERM HUP; rm -f "$log" "$failures"' EXIT

# What a test that failed says of itself: the line that names it, and those
# below that are indented
what_failed='
/^(FAIL|ERROR)/ { left = 10; print; next }
/^[ \t]/ && left-- > 0 { print; next }
{ left = 0 }'

for suite in "${suites[@]}"; do
	printf '== %s\n' "$suite"
	"test/$suite/run.sh" 2>&1 | tee "$log"
	rc=${PIPESTATUS[0]}
	awk "$what_failed" "$log" >> "$failures"

	if [[ $(tail -n 1 "$log") =~ $summary ]]; then
		passed=$((passed + BASH_REMATCH[1]))
		failed=$((failed + BASH_REMATCH[2]))
		skipped=$((skipped + BASH_REMATCH[3]))
		# A suite that fails without naming a test has failed as a whole
		if [ "$rc" != 0 ] && [ "${BASH_REMATCH[2]}" = 0 ]; then
			echo "FAIL $suite, as a whole (exit $rc)" |
				tee -a "$failures"
			failed=$((failed + 1))
		fi
	else
		echo "FAIL $suite ended without its result (exit $rc)" |
			tee -a "$failures"
		failed=$((failed + 1))
	fi
done

# Once more, as who sees but the end of a long log wants to know
[ "$failed" = 0 ] || { echo '== what failed'; cat "$failures"; }
printf '== all suites\n%d passed, %d failed, %d skipped\n' \
	"$passed" "$failed" "$skipped"
[ "$failed" = 0 ]
