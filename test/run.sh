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

# All of them run in two rows, side by side and about as long: those that have an
# emulated machine, which takes one processor, and the others. Beside its name a
# suite may have arguments.
others=(style install tools unit fuzz model cost 'xen model')
guests=(host e2e 'xen hosted helenos')

usage() {
	cat <<END
Usage: test/run.sh [SUITE...]

Runs the suites that are named, one after the other: style install tools unit
fuzz model cost host e2e xen. If none is, all of them, two at a time, and
e2e is its short part, one boot of a HelenOS image.
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
tools/setup.sh || exit 1

passed=0 failed=0 skipped=0
summary='^([0-9]+) passed, ([0-9]+) failed, ([0-9]+) skipped$'
work=$(mktemp -d)
trap 'trap "" INT TERM HUP; rm -rf "$work"' EXIT

# What a test that failed says of itself: the line that names it, and those
# below that are indented
what_failed='
/^(FAIL|ERROR)/ { left = 10; print; next }
/^[ \t]/ && left-- > 0 { print; next }
{ left = 0 }'

# Whose line it is, where there are two at a time
label() {
	if [ -n "$side_by_side" ]; then
		sed -u "s/^/$1: /"
	else
		cat
	fi
}

# run_row ROW SUITE...: one after the other. What failed goes to the file
# ROW.failures, how many did to ROW.results, a line a suite.
run_row() {
	local row=$work/$1 suite words rc result
	shift
	for suite in "$@"; do
		read -ra words <<< "$suite"
		printf '== %s\n' "$suite"
		"test/${words[0]}/run.sh" "${words[@]:1}" 2>&1 |
			tee "$row.log" | label "${words[0]}"
		rc=${PIPESTATUS[0]}
		awk "$what_failed" "$row.log" >> "$row.failures"

		if [[ $(tail -n 1 "$row.log") =~ $summary ]]; then
			result=("${BASH_REMATCH[@]:1}")
			# A suite that fails without naming a test has failed
			# as a whole
			if [ "$rc" != 0 ] && [ "${result[1]}" = 0 ]; then
				echo "FAIL $suite, as a whole (exit $rc)" |
					tee -a "$row.failures"
				result[1]=1
			fi
		else
			echo "FAIL $suite ended without its result (exit $rc)" |
				tee -a "$row.failures"
			result=(0 1 0)
		fi
		echo "${result[*]}" >> "$row.results"
	done
}

side_by_side=
if [ $# -gt 0 ]; then
	run_row 1 "$@"
else
	export E2E_SHORT=yes
	side_by_side=yes
	run_row 1 "${others[@]}" &
	rows=$!
	run_row 2 "${guests[@]}" &
	for row in $rows $!; do
		wait "$row" || {
			echo 'FAIL suites were left out: a shell was killed' |
				tee -a "$work/killed.failures"
			failed=$((failed + 1))
		}
	done
fi
while read -r p f s; do
	passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
done < <(cat "$work"/*.results 2> /dev/null)

# Once more, as who sees but the end of a long log wants to know
[ "$failed" = 0 ] || { echo '== what failed'; cat "$work"/*.failures; }
printf '== all suites\n%d passed, %d failed, %d skipped\n' \
	"$passed" "$failed" "$skipped"
[ "$failed" = 0 ]
