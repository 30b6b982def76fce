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
# Lays this tree over a HelenOS checkout, or takes it off again. What is laid
# and where is in overlay.sh, for the fixes in fixes/NAME; this file knows how.
#
# A path may be written only when its present content is what HEAD has, what
# an earlier run of this script left (its manifest, in the checkout's .git
# folder, says so), or what is wanted already. All of it is checked before the
# first write.

set -euo pipefail
shopt -s inherit_errexit

here=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

usage() {
	cat <<'END'
Usage: tools/install.sh [FIXES] DIR          lay the drivers over the checkout DIR
       tools/install.sh --check [FIXES] DIR  only say whether they fit
       tools/install.sh --remove DIR         take all off: DIR is as git has it
       tools/install.sh --series[=BRANCH] [FIXES] DIR
                                             a branch of commits for reviewers
       tools/install.sh --digest [FIXES]     print what such drivers say at boot
       tools/install.sh --fixes              list the fixes of HelenOS itself
       tools/install.sh --help

FIXES, without which none is laid:
  --with-fixes           lay all fixes over, too
  --with-fixes=NAME,...  lay these over, too
  --without NAME,...     leave these out

DIR is a git checkout of HelenOS. Nothing is written unless all of it fits.

--series makes the branch (paravirt) on what DIR has checked out and switches
to it: a commit for each library, driver and fix, in whose order each builds.
It takes all fixes unless FIXES says otherwise.
END
}

fail() {
	printf 'install.sh: %s\n' "$@" >&2
	exit 1
}

# Print a list of paths, one a line, indented, on standard error, after what is
# the matter with them, and give up.
fail_paths() {
	printf 'install.sh: %s\n' "$1" >&2
	shift
	printf '  %s\n' "$@" >&2
	exit 1
}

laid=()         # paths of ours
edited=()       # files of HelenOS that get lines of ours
needs=()        # part, file, text, why, in fours
steps=()        # the edits: part, file, where, anchor, text, in fives
stamps=()       # file, anchor, in twos
parts=()        # the parts of the drivers, in their order, then the fixes
part=           # the one whose rows are being read
declare -A lays=() drops=()     # part -> its paths

part() { part=$1 parts+=("$1"); }
need() { needs+=("$part" "$1" "$2" "$3"); }
lay() { laid+=("$1") lays[$part]+=" $1"; }
drop() { drops[$part]+=" $1"; }
stamp() { stamps+=("$1" "$2"); }
edit() {
	steps+=("$part" "$1" "$2" "$3" "$4")
	[[ " ${edited[*]-} " == *" $1 "* ]] || edited+=("$1")
}

# shellcheck source=tools/overlay.sh
. "$here/tools/overlay.sh"
# shellcheck source=tools/edit.sh
. "$here/tools/edit.sh"
# shellcheck source=tools/fixes.sh
. "$here/tools/fixes.sh"
# shellcheck source=tools/series.sh
. "$here/tools/series.sh"

# The files under the given paths, sorted, without what editors and compilers
# leave.
sources() {
	find "$@" -type f ! -name '.*' ! -name '*~' ! -name '*.o' \
	    ! -name '*.orig' ! -name '*.rej' | LC_ALL=C sort -u
}

# The files of the drivers, relative to the top.
our_files() {
	local p
	for p in "${laid[@]}"; do
		[ -e "$here/$p" ] || fail "this tree is incomplete: $p is missing"
	done
	(cd "$here" && sources "${laid[@]}")
}

# A digest of path and content of the files of this tree named on standard
# input.
digest_of() {
	(cd "$here" && tr '\n' '\0' | xargs -0 sha256sum) |
	    sha256sum | cut -c1-16
}

# The drivers' digest: their files and the rows of overlay.sh.
digest() {
	local files
	files=$(our_files)
	printf '%s\n' "$files" tools/overlay.sh | digest_of
}

# Sets dir, manifest; refuses what is no HelenOS checkout.
open_checkout() {
	local f
	dir=$1
	[ -d "$dir" ] || fail "$dir is not a folder"
	for f in HelenOS.config abi kernel uspace/lib uspace/drv; do
		[ -e "$dir/$f" ] || fail "$dir is not a HelenOS tree: it has no $f"
	done
	command -v git > /dev/null || fail 'git is missing (Debian: apt install git)'
	dir=$(cd "$dir" && pwd -P)
	local top
	top=$(git -C "$dir" rev-parse --show-toplevel 2> /dev/null) ||
	    fail "$dir is not a git checkout: its own files could not be restored"
	[ "$(cd "$top" && pwd -P)" = "$dir" ] ||
	    fail "$dir is not the top of its git checkout ($top is)"
	git -C "$dir" rev-parse -q --verify 'HEAD^{commit}' > /dev/null ||
	    fail "$dir has no commit checked out"
	manifest=$(git -C "$dir" rev-parse --absolute-git-dir)/helenos-pv.manifest
}

# Fill the table $1 with the blob ids of the files named on standard input
# (relative to $2); a file that is not there gets none.
# shellcheck disable=SC2034,SC2004 # ids is the caller's table, its keys paths
hash_files() {
	local -n ids=$1
	local base=$2 p
	local present=()
	while IFS= read -r p; do
		if [ -L "$base/$p" ] || [ -d "$base/$p" ]; then
			# never ours: matches no id, so it is in the way
			ids[$p]=other
		elif [ -e "$base/$p" ]; then
			present+=("$p")
		fi
	done
	[ ${#present[@]} -gt 0 ] || return 0
	local out i=0
	mapfile -t out < <(cd "$base" &&
	    git hash-object --no-filters -- "${present[@]}")
	for p in "${present[@]}"; do
		ids[$p]=${out[i]}
		i=$((i + 1))
	done
}

declare -A want=() head=() now=() recorded=()
partial=        # the file that is being written

# Fill head with the ids of all files that git has at or under the given paths.
read_head() {
	[ $# -gt 0 ] || return 0
	local mode type id path
	while IFS=$' \t' read -r -d '' mode type id path; do
		if [ "$type" = blob ] && [ "$mode" != 120000 ]; then
			head[$path]=$id
		fi
	done < <(git -C "$dir" ls-tree -r -z --full-tree HEAD -- "$@")
}

# Fill recorded from the manifest: lines of "ID PATH", several for a path when
# a run was interrupted, ID "-" for a file that was taken away.
read_manifest() {
	local id path
	[ -f "$manifest" ] || return 0
	while read -r id path; do
		recorded[$path]+=" $id "
	done < "$manifest"
}

check_needs() {
	local i file text
	for ((i = 0; i < ${#needs[@]}; i += 4)); do
		file=${needs[i + 1]} text=${needs[i + 2]}
		if ! git -C "$dir" cat-file -e "HEAD:$file" 2> /dev/null; then
			misfit "${needs[i]}" "it has no $file"
		elif ! git -C "$dir" cat-file blob "HEAD:$file" |
		    grep -F -- "$text" > /dev/null; then
			misfit "${needs[i]}" "$file lacks" "  $text" \
			    "  (${needs[i + 3]}; an older or newer HelenOS?)"
		fi
	done
}

# Put into $stage what part $1 adds to what is there.
stage_part() {
	local files p i
	if [ -n "${lays[$1]-}" ]; then
		# shellcheck disable=SC2086 # paths, none of which has a blank
		files=$(cd "$here" && sources ${lays[$1]})
		(cd "$here" && tr '\n' '\0' <<< "$files" |
		    xargs -0 cp --parents -t "$stage" --)
	fi
	stage_fix "$1"
	for ((i = 0; i < ${#steps[@]}; i += 5)); do
		[ "${steps[i]}" = "$1" ] || continue
		p=${steps[i + 1]}
		if [ ! -e "$stage/$p" ]; then
			mkdir -p "$stage/${p%/*}"
			git -C "$dir" cat-file blob "HEAD:$p" > "$stage/$p" \
			    2> /dev/null || rm -f "$stage/$p"
		fi
		if [ ! -e "$stage/$p" ]; then
			misfit "${steps[i]}" "it has no $p"
		elif ! apply_edit "$stage/$p" "${steps[@]:i+2:3}"; then
			misfit "${steps[i]}" "$p needs exactly one line that reads" \
			    "  ${steps[i + 3]}" ${why[@]+"${why[@]}"}
		fi
	done
}

# Let the staged drivers say what this tree is.
stage_stamps() {
	local stamp i
	stamp=$(stamp_text)
	for ((i = 0; i < ${#stamps[@]}; i += 2)); do
		apply_edit "$stage/${stamps[i]}" after "${stamps[i + 1]}" \
		    "$(driver_says "${stamps[i]}" "$stamp")" || fail \
		    "${stamps[i]} needs exactly one line that reads" \
		    "  ${stamps[i + 1]}"
	done
}

# The line of C with which the driver in file $1 says $2.
driver_says() {
	local name=${1%/*}
	printf '\tprintf("%s: helenos-pv digest %s\\n");\n' "${name##*/}" "$2"
}

# Build in $stage what the checkout is to hold, and fill want.
make_stage() {
	local p
	our_files > /dev/null
	for p in "${parts[@]}"; do
		stage_part "$p"
	done
	fail_misfits
	stage_stamps
	hash_files want "$stage" < <(staged)
}

# The files that are staged.
staged() {
	(cd "$stage" && find . -type f -printf '%P\n' | LC_ALL=C sort)
}

# Make the stage, a folder that is gone when this script ends.
open_stage() {
	stage=$(mktemp -d)
	trap 'rm -rf "$stage" "$stage".* ${partial:+"$partial"}' EXIT
}

# Of the given paths, list those whose present content nobody here vouches
# for. Allowed: what HEAD has, what an earlier run left, what is wanted.
paths_in_the_way() {
	local p cur
	for p in "$@"; do
		cur=${now[$p]:--}
		[ "$cur" = "${want[$p]:--}" ] || [ "$cur" = "${head[$p]:--}" ] ||
		    [[ "${recorded[$p]-}" == *" $cur "* ]] || printf '%s\n' "$p"
	done
}

# Remove a file and the folders that it leaves empty.
take_away() {
	rm -f -- "$dir/$1"
	(cd "$dir" && rmdir -p --ignore-fail-on-non-empty -- "${1%/*}" \
	    2> /dev/null) || true
}

install() {
	local only_check=$1
	local p conflicts targets changed=0
	check_needs
	open_stage
	make_stage
	read_manifest
	read_head "${laid[@]}" ${edited[@]+"${edited[@]}"} \
	    ${added[@]+"${!added[@]}"} ${recorded[@]+"${!recorded[@]}"}
	# A path of an earlier run that is ours no longer goes back to HEAD's.
	for p in ${recorded[@]+"${!recorded[@]}"}; do
		[ -n "${want[$p]-}" ] || is_laid "$p" || [ -z "${head[$p]-}" ] ||
		    want[$p]="head"
	done
	mapfile -t targets < <(printf '%s\n' "${!want[@]}" \
	    ${head[@]+"${!head[@]}"} ${recorded[@]+"${!recorded[@]}"} |
	    LC_ALL=C sort -u)
	hash_files now "$dir" < <(printf '%s\n' "${targets[@]}")

	mapfile -t conflicts < <(paths_in_the_way "${targets[@]}")
	[ ${#conflicts[@]} -eq 0 ] || fail_paths \
	    "local changes in $dir are in the way (commit, stash or remove them):" \
	    "${conflicts[@]}"
	if "$only_check"; then
		echo "$dir fits (digest $(stamp_text))"
		return
	fi

	# An interrupted run must find both the old and the new content known.
	manifest_lines "${targets[@]}" > "$stage.manifest"
	if ! cmp -s "$stage.manifest" "$manifest"; then
		cat "$stage.manifest" >> "$manifest"
	fi
	for p in "${targets[@]}"; do
		if [ "${want[$p]-}" = head ]; then
			[ "${now[$p]-}" = "${head[$p]}" ] && continue
			git -C "$dir" restore --source=HEAD --worktree -- "$p"
		elif [ "${now[$p]:--}" = "${want[$p]:--}" ]; then
			continue
		elif [ -z "${want[$p]-}" ]; then
			take_away "$p"
		else
			put "$p"
		fi
		changed=$((changed + 1))
	done
	cmp -s "$stage.manifest" "$manifest" || cp "$stage.manifest" "$manifest"
	echo "$dir: ${#want[@]} files laid, $changed changed (digest $(stamp_text))"
}

# Is path $1 at or under one of ours?
is_laid() {
	local p
	for p in "${laid[@]}"; do
		[[ "$1" == "$p" || "$1" == "$p"/* ]] && return
	done
	return 1
}

# The manifest: what this run leaves wherever that is not what HEAD has.
manifest_lines() {
	local p
	for p in "$@"; do
		[ "${want[$p]-}" != head ] || continue
		[ "${want[$p]:--}" != "${head[$p]:--}" ] || continue
		printf '%s %s\n' "${want[$p]:--}" "$p"
	done
}

# Put the staged file $1 in its place, whole or not at all.
put() {
	mkdir -p "$dir/$(dirname "$1")"
	partial=$(mktemp "$dir/$(dirname "$1")/.install.XXXXXX")
	cat "$stage/$1" > "$partial"
	chmod "$([ -x "$stage/$1" ] && echo 755 || echo 644)" "$partial"
	mv -f "$partial" "$dir/$1"
	partial=
}

remove() {
	local p paths conflicts committed=()
	[ -f "$manifest" ] || fail "nothing of this tree is installed in $dir"
	read_manifest
	mapfile -t paths < <(printf '%s\n' ${recorded[@]+"${!recorded[@]}"} |
	    LC_ALL=C sort)
	if [ ${#recorded[@]} -gt 0 ]; then
		read_head "${paths[@]}"
		hash_files now "$dir" < <(printf '%s\n' "${paths[@]}")
		for p in "${paths[@]}"; do
			[[ "${recorded[$p]}" != *" ${head[$p]:--} "* ]] ||
			    committed+=("$p")
		done
		[ ${#committed[@]} -eq 0 ] || fail_paths \
		    "these are committed in $dir (revert that commit instead):" \
		    "${committed[@]}"
		mapfile -t conflicts < <(paths_in_the_way "${paths[@]}")
		[ ${#conflicts[@]} -eq 0 ] || fail_paths \
		    "changed since they were installed (save and restore them first):" \
		    "${conflicts[@]}"
		for p in "${paths[@]}"; do
			if [ -z "${head[$p]-}" ]; then
				take_away "$p"
			elif [ "${now[$p]-}" != "${head[$p]}" ]; then
				git -C "$dir" restore --source=HEAD --worktree -- "$p"
			fi
		done
	fi
	rm -f "$manifest"
	echo "$dir: ${#recorded[@]} files taken off"
}

# Say that it was used wrongly.
misuse() {
	[ $# -eq 0 ] || printf 'install.sh: %s\n' "$@" >&2
	usage >&2
	exit 2
}

mode=install
dirs=() chosen=() left_out=()
fixes_wanted=false branch=paravirt

while [ $# -gt 0 ]; do
	case $1 in
	--help | -h)
		usage
		exit
		;;
	--check | --remove | --digest | --fixes)
		[ "$mode" = install ] || misuse "$1 does not go with --$mode"
		mode=${1#--}
		;;
	--with-fixes)
		fixes_wanted=true
		chosen+=(${all_fixes[@]+"${all_fixes[@]}"})
		;;
	--with-fixes=?*)
		fixes_wanted=true
		IFS=, read -r -a names <<< "${1#*=}"
		chosen+=("${names[@]}")
		;;
	--without=?*)
		IFS=, read -r -a names <<< "${1#*=}"
		left_out+=("${names[@]}")
		;;
	--without)
		[ -n "${2-}" ] || misuse '--without needs the name of a fix'
		IFS=, read -r -a names <<< "$2"
		left_out+=("${names[@]}")
		shift
		;;
	--series | --series=?*)
		[ "$mode" = install ] || misuse "--series does not go with --$mode"
		mode=series
		[[ "$1" != *=* ]] || branch=${1#*=}
		;;
	'' | -*)
		misuse "${1:+$1: no such option}"
		;;
	*)
		dirs+=("$1")
		;;
	esac
	shift
done

if [ $mode = series ] && ! "$fixes_wanted"; then
	fixes_wanted=true
	chosen=(${all_fixes[@]+"${all_fixes[@]}"})
fi
"$fixes_wanted" || [ ${#left_out[@]} -eq 0 ] ||
    misuse '--without leaves out what --with-fixes lays'
case $mode in
install | check)
	[ ${#dirs[@]} -eq 1 ] || misuse
	choose_fixes
	open_checkout "${dirs[0]}"
	if [ $mode = check ]; then install true; else install false; fi
	;;
series)
	[ ${#dirs[@]} -eq 1 ] || misuse
	choose_fixes
	open_checkout "${dirs[0]}"
	series "$branch"
	;;
remove)
	[ ${#dirs[@]} -eq 1 ] || misuse
	! "$fixes_wanted" || misuse '--remove takes all off, the fixes too'
	open_checkout "${dirs[0]}"
	remove
	;;
digest)
	[ ${#dirs[@]} -eq 0 ] || misuse
	choose_fixes
	stamp_text
	;;
fixes)
	[ ${#dirs[@]} -eq 0 ] || misuse
	! "$fixes_wanted" || misuse
	list_fixes
	;;
esac
