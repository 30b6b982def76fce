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
# Tests of the Xen drivers: against a model of Xen, hosted on a real one, and,
# if there is a HelenOS image, in HelenOS on a real one. The last line is
# "N passed, N failed, N skipped".
#
# usage: test/xen/run.sh [model] [hosted] [clouds] [helenos] [saves] [web]
#
# HELENOS_IMAGE names the image, else it is the one in the cache folder. With
# E2E_SHORT set, HelenOS on Xen is left out by name: it takes half an hour.

set -uo pipefail

here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
parts=(model hosted helenos)
[ $# -eq 0 ] || parts=("$@")
image=${HELENOS_IMAGE:-$HOME/.cache/helenos-pv/image.iso}
passed=0 failed=0 skipped=0
summary='^([0-9]+) passed, ([0-9]+) failed, ([0-9]+) skipped$'
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

count() {
	if [ "$1" = 0 ]; then
		echo "ok   $2"
		passed=$((passed + 1))
	else
		echo "FAIL $2"
		failed=$((failed + 1))
	fi
}

run_model() {
	"$here/model/run.sh" | tee "$work/log"
	if [[ $(tail -n 1 "$work/log") =~ $summary ]]; then
		passed=$((passed + BASH_REMATCH[1]))
		failed=$((failed + BASH_REMATCH[2]))
		skipped=$((skipped + BASH_REMATCH[3]))
	else
		count 1 model
	fi
}

# The tests of a script: its lines "try NAME COMMAND..."
names() {
	sed -n 's/^try \([a-z0-9_]*\) .*/\1/p' "$here/$1"
}

# hosted_run KIND SCRIPT [OPTION...]: one test for each line "try NAME ..." of the
# script; one that is not heard of failed. A Linux guest that QEMU gave an
# interrupt twice (see tools/run-xen.sh) tells nothing of the drivers in it.
hosted_run() {
	local kind=$1 script=$2 name
	shift 2
	for _ in 1 2 3; do
		"$top/tools/run-xen.sh" -t 3600 -s "$here/$script" \
		    -f "$here/hosted-lib.sh" "$@" | tee "$work/log"
		grep -aq 'ENTRY_TRAMPOLINE stack guard page' "$work/log" || break
		echo "run.sh: QEMU gave the guest's Linux an interrupt twice"
	done
	while read -r name; do
		grep -qw "ok $name" "$work/log"
		count $? "hosted.$kind$name"
	done < <(names "$script")
}

# A quarter of an hour on an idle machine
run_hosted() {
	hosted_run '' hosted -t 2400
}

# Not a part of the whole: four cards, four processors and oxenstored take long
# on an emulated machine.
run_clouds() {
	hosted_run cards. hosted-cards
	hosted_run four_processors. hosted-kinds -c 4
	hosted_run oxenstored. hosted-kinds -S oxenstored
}

# Do the drivers in the image have the digest of this tree's sources, with the
# fixes that they name?
image_is_fresh() {
	local fixes
	xorriso -osirrox on -indev "$image" -extract /boot "$work/boot" \
	    > /dev/null 2>&1 || return 1
	zcat -f "$work"/boot/initrd* > "$work/initrd"
	fixes=$(grep -aom 1 'fixes [0-9a-f]\{16\}: [a-z0-9 -]*' "$work/initrd" |
	    head -n 1 | sed 's/.*: *//; s/ *$//; s/ /,/g')
	grep -aqF "$("$top/tools/install.sh" --digest \
	    ${fixes:+--with-fixes="$fixes"})" "$work/initrd"
}

skip() {
	echo "skip $1 ($2)"
	skipped=$((skipped + 1))
}

# helenos_run KIND SCRIPT [OPTION...]: as run_hosted, in a HelenOS guest, unless
# there is a $reason to skip it
helenos_run() {
	local kind=$1 script=$2 name
	shift 2
	if [ -z "$reason" ]; then
		"$top/tools/run-xen.sh" -t 3600 -s "$here/$script" \
		    -f "$work/burst" "$@" "$image" | tee "$work/log"
	fi
	while read -r name; do
		if [ -n "$reason" ]; then
			skip "helenos.$kind.$name" "$reason"
		else
			grep -qw "ok $name" "$work/log"
			count $? "helenos.$kind.$name"
		fi
	done < <(names "$script")
}

# Sets $reason if the image cannot be run, and makes what runs with it.
image_ready() {
	reason=
	if [ -n "${E2E_SHORT-}" ]; then
		reason='too long for the short run: test/xen/run.sh helenos'
	elif [ ! -r "$image" ]; then
		reason='no image'
	elif ! image_is_fresh; then
		reason='stale image'
	else
		cc -static -O2 -Wall -Wextra -Werror -o "$work/burst" \
		    "$here/burst.c" || count 1 helenos.burst_builds
	fi
}

run_helenos() {
	local reason
	image_ready
	helenos_run guest guest
	helenos_run two_processors kinds -c 2
	helenos_run emulated_card kinds -v ioemu
	helenos_run compare compare
}

# Not a part of the whole either: a guest is saved and restored, hosted and in
# HelenOS.
run_saves() {
	local reason
	hosted_run save. hosted-save -m 192
	image_ready
	helenos_run save save
	helenos_run save_two_processors save -c 2
	helenos_run save_two_cards save -x 'vif = [
	    "type=vif,bridge=xenbr0,mac=00:16:3e:12:34:56",
	    "type=vif,bridge=xenbr1,mac=00:16:3e:12:34:57" ]'
}

# Nor is this: pages of HelenOS's web server, thousands of them. A page takes two
# segments.
run_web() {
	local reason numbers=$work/pages/numbers.txt
	image_ready
	if [ -z "$reason" ]; then
		mkdir "$work/client"
		cc -static -D_GNU_SOURCE -O2 -Wall -Wextra -Werror \
		    -o "$work/client/pages" "$here/pages.c" ||
			count 1 helenos.web_client_builds
		mkdir "$work/pages"
		seq 400 > "$numbers"
		"$top/tools/make-disk.sh" --args=web --pages="$work/pages" \
		    "$image" "$work/disk" ||
		    count 1 helenos.web_disk_is_made
	fi
	local image=$work/disk
	helenos_run web web -f "$numbers" -f "$work/client/pages"
	helenos_run web_two_processors web -f "$numbers" \
	    -f "$work/client/pages" -c 2
}

for part in "${parts[@]}"; do
	case $part in
	model | hosted | clouds | helenos | saves | web) "run_$part" ;;
	*) echo "run.sh: there is no part '$part'" >&2; exit 2 ;;
	esac
done
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
