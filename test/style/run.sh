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
# Checks what a reviewer would otherwise have to say: a licence in every source
# file, lines of at most 80 columns, no white space at line ends, shell scripts
# that shellcheck has nothing to say about, a table of clauses that is fresh.

set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1

passed=0 failed=0 skipped=0

# check NAME OUTPUT: a test that passes when there is no output
check() {
	if [ -z "$2" ]; then
		echo "ok: $1"
		passed=$((passed + 1))
	else
		printf 'FAILED: %s\n%s\n' "$1" "$2"
		failed=$((failed + 1))
	fi
}

mapfile -t c_files < <(git ls-files -- '*.c' '*.h')
mapfile -t text_files < <(git ls-files -- '*.c' '*.h' '*.sh' '*.py' '*.ma' '*.build' Makefile .ci/run)
mapfile -t scripts < <(git ls-files -- '*.sh' .ci/run)

check every_source_file_has_the_licence \
    "$(grep -L 'Redistribution and use in source and binary forms' -- "${c_files[@]}")"
check no_line_of_c_is_longer_than_80_columns \
    "$(for f in "${c_files[@]}"; do
	expand -t 8 "$f" | awk -v f="$f" 'length > 80 { print f ":" NR }'
    done)"
check no_line_ends_with_white_space \
    "$(grep -nE '[[:space:]]+$' -- "${text_files[@]}" | head -20)"
check shellcheck_has_nothing_to_say \
    "$(shellcheck -x -S warning -- "${scripts[@]}" 2>&1 | head -40)"

check table_of_conformance_is_fresh_and_names_what_is_there \
    "$(doc/conformance.py --check 2>&1)"

# What a document calls a test or a file is one
mapfile -t named < <(grep -oE '`[a-z0-9]+(_[a-z0-9]+){3,}`' doc/security.md |
    tr -d '`' | sort -u)
mapfile -t files < <(grep -oE '`test/[a-z_/]+(\.[ch]|)`' doc/security.md |
    tr -d '`' | sort -u)
check security_names_tests_and_files_that_are_there \
    "$(for t in "${named[@]}"; do
	git grep -qE "^(PCUT_)?TEST(_ROWS)?\($t\b" -- '*.c' || echo "$t"
    done
    for f in "${files[@]}"; do
	[ -e "$f" ] || echo "$f"
    done)"

# HelenOS's own style checker, over what goes into HelenOS
mapfile -t theirs < <(git ls-files -- {abi,kernel,uspace,fixes}/'*.[ch]')
name=helenos_style_checker_has_no_findings
if ccheck=$(command -v "${CCHECK:-ccheck}"); then
	check $name "$(for f in "${theirs[@]}"; do
		"$ccheck" "$f" 2>&1 || echo "$f: not understood"
	    done)"
else
	echo "skipped: $name: no ccheck in the path, and CCHECK names none" \
	    "(HelenOS's tools/build-ccheck.sh makes it)"
	skipped=$((skipped + 1))
fi

echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ]
