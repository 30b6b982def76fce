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
# The fixes of HelenOS itself, laid over on request. Read by tools/install.sh.
#
#   fixes/NAME/message     what it mends and why, as a commit says it
#   fixes/NAME/rows.sh     need and edit rows, as in overlay.sh
#   fixes/NAME/PATH        a new file of ours, for PATH in HelenOS
#
# Each stands by itself: its rows look for HelenOS's lines alone.

# shellcheck shell=bash
# shellcheck disable=SC2154 # what install.sh sets

all_fixes=()    # the names of those that there are
fixes=()        # of those that are laid
declare -A added=()     # files of the fixes that are laid: path -> its fix
misfits=()      # what does not fit, in lines
unfit=()        # fixes that do not fit

for p in "$here"/fixes/*/rows.sh; do
	[ ! -e "$p" ] || { p=${p%/*}; all_fixes+=("${p##*/}"); }
done

# Set fixes to what of chosen is not in left_out, and read their rows.
choose_fixes() {
	local name p
	for name in ${chosen[@]+"${chosen[@]}"} \
	    ${left_out[@]+"${left_out[@]}"}; do
		[[ " ${all_fixes[*]-} " == *" $name "* ]] ||
		    misuse "there is no fix '$name' (see --fixes)"
	done
	for name in ${all_fixes[@]+"${all_fixes[@]}"}; do
		[[ " ${chosen[*]-} " == *" $name "* ]] || continue
		[[ " ${left_out[*]-} " != *" $name "* ]] || continue
		fixes+=("$name")
		part "$name"
		# shellcheck source=/dev/null
		. "$here/fixes/$name/rows.sh"
		while IFS= read -r p; do
			[ -z "${added[$p]-}" ] ||
			    fail "the fixes ${added[$p]} and $name both have $p"
			added[$p]=$name
		done < <(cd "$here/fixes/$name" && sources . -mindepth 2 |
		    cut -c3-)
	done
}

# Name all fixes, each with the first line of its message.
list_fixes() {
	local name
	for name in ${all_fixes[@]+"${all_fixes[@]}"}; do
		printf '%-16s %s\n' "$name" \
		    "$(head -n 1 "$here/fixes/$name/message")"
	done
}

# What the drivers say of themselves: their digest, then that of the fixes and
# the names of those.
stamp_text() {
	local drivers sum files
	drivers=$(digest)
	if [ ${#fixes[@]} -eq 0 ]; then
		echo "$drivers"
		return
	fi
	files=$(cd "$here" && sources "${fixes[@]/#/fixes/}")
	sum=$(grep -v '^fixes/[^/]*/message$' <<< "$files" | digest_of)
	echo "$drivers, fixes $sum: ${fixes[*]}"
}

# Note that what part $1 wants does not fit; more arguments say why. All fixes
# that do not fit are named at the end.
misfit() {
	[ -n "$1" ] && [[ " ${fixes[*]-} " == *" $1 "* ]] ||
	    fail "$dir does not fit: $2" "${@:3}"
	misfits+=("fix $1 does not fit $dir: $2" "${@:3}")
	[[ " ${unfit[*]-} " == *" $1 "* ]] || unfit+=("$1")
}

fail_misfits() {
	local IFS=,
	[ ${#unfit[@]} -eq 0 ] ||
	    fail "${misfits[@]}" "(to leave out: --without ${unfit[*]})"
}

# Put the files of fix $1 where the checkout is built. They are new ones: what
# HelenOS or the drivers have at that path is not replaced.
stage_fix() {
	local p
	for p in ${added[@]+"${!added[@]}"}; do
		[ "${added[$p]}" = "$1" ] || continue
		if git -C "$dir" cat-file -e "HEAD:$p" 2> /dev/null ||
		    [ -e "$stage/$p" ]; then
			misfit "${added[$p]}" "there is a $p already"
			continue
		fi
		mkdir -p "$stage/${p%/*}"
		cp "$here/fixes/${added[$p]}/$p" "$stage/$p"
	done
}
