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
# What tools/install.sh lays over a HelenOS checkout. It is read by that
# How a row of ours is put into a file of HelenOS. Read by tools/install.sh.

# shellcheck shell=bash

why=()          # what else there is to say when an edit found no place

# Print the checksum of the $3 lines of file $1 that begin with line $2.
span_sum() {
	sed -n "$2,$(($2 + $3 - 1))p" "$1" | sha256sum | cut -c1-8
}

# Find the place of an edit: $2 lines of file $1, the first of which equals $3;
# with a checksum $4, those that have it. Prints the number of the first line.
# Fails, and fills why, when there is not exactly one such place.
find_span() {
	local file=$1 count=$2 sum=$4 l s
	local hits=() fit=()
	mapfile -t hits < <(ANCHOR=$3 awk '$0 == ENVIRON["ANCHOR"] {
		print NR
	}' "$file")
	why=()
	for l in ${hits[@]+"${hits[@]}"}; do
		s=$(span_sum "$file" "$l" "$count")
		if [ -z "$sum" ] || [ "$s" = "$sum" ]; then
			fit+=("$l")
		else
			why+=("  (line $l begins $count with the sum $s, not $sum)")
		fi
	done
	[ ${#fit[@]} -eq 1 ] || return
	at=${fit[0]}
}

# Put text $4 (whole lines) into file $1: "after" or "before" the one line that
# equals $3, unless it stands there already, or in its place ("replace"). $2 is
# that word, or WORD:N:SUM for the N lines with that checksum that begin with
# $3.
apply_edit() {
	local file=$1 text=$4 word count sum at keep next n=0 there=
	IFS=: read -r word count sum <<< "$2"
	count=${count:-1}
	find_span "$file" "$count" "$3" "$sum" || return
	[ -z "$text" ] || n=$(wc -l <<< "$text")
	keep=$((at - 1)) next=$at       # what stays before and after the text
	case $word in
	after)
		keep=$((at + count - 1)) next=$((at + count))
		there=$(sed -n "$next,$((keep + n))p" "$file"; echo .)
		;;
	before)
		[ $keep -lt "$n" ] ||
		    there=$(sed -n "$((at - n)),${keep}p" "$file"; echo .)
		;;
	replace)
		next=$((at + count))
		;;
	*)
		fail "a row for ${file##*/} says '$2': no such edit"
		;;
	esac
	[ "$there" != "$text"$'\n'. ] || return 0
	{
		head -n $keep "$file"
		[ $n = 0 ] || printf '%s\n' "$text"
		tail -n "+$next" "$file"
	} > "$file.new"
	mv "$file.new" "$file"
}
