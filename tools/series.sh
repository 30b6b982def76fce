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
# The drivers and the fixes as a branch of commits. Read by tools/install.sh.
#
#   tools/series/PART      the message of a part of overlay.sh; a fix has its own
#
# The commits are made beside the checkout, in an index of their own: nothing of
# it is touched until all are there.

# shellcheck shell=bash
# shellcheck disable=SC2154 # what install.sh sets

# Refuse what the branch $1 cannot be made of.
check_series() {
	local paths who
	git check-ref-format --branch "$1" > /dev/null 2>&1 ||
	    misuse "--series: '$1' is no name of a branch"
	! git -C "$dir" show-ref --verify --quiet "refs/heads/$1" ||
	    fail "$dir has a branch $1 already (another name: --series=NAME)"
	[ ! -s "$manifest" ] || fail \
	    "the drivers are laid over $dir (take them off first: --remove)"
	mapfile -t paths < <(git -C "$dir" status --porcelain \
	    --untracked-files=no)
	[ ${#paths[@]} -eq 0 ] || fail_paths \
	    "$dir has local changes (commit, stash or remove them):" \
	    "${paths[@]}"
	for who in AUTHOR COMMITTER; do
		git -C "$dir" var GIT_${who}_IDENT > /dev/null 2>&1 || fail \
		    'git does not know who you are (git config user.name, user.email)'
	done
}

# The message of part $1.
message_of() {
	local file=$here/tools/series/$1
	[ -e "$file" ] || file=$here/fixes/$1/message
	[ -s "$file" ] || fail "this tree is incomplete: $file is missing"
	git stripspace < "$file"
}

# Bring the index from what the parts before $1 left to what $1 leaves.
index_part() {
	local files blobs i
	# shellcheck disable=SC2086 # paths, none of which has a blank
	[ -z "${lays[$1]-}${drops[$1]-}" ] ||
	    git ls-files -z -- ${lays[$1]-} ${drops[$1]-} |
	    git update-index -z --force-remove --stdin
	stage_part "$1"
	mapfile -t files < <(staged)
	mapfile -t blobs < <(printf '%s\n' "${files[@]/#/$stage/}" |
	    git hash-object -w --no-filters --stdin-paths)
	for i in "${!files[@]}"; do
		printf '%s %s\t%s\n' "$([ -x "$stage/${files[i]}" ] &&
		    echo 100755 || echo 100644)" "${blobs[i]}" "${files[i]}"
	done | git update-index --index-info
}

# Make the branch $1 and switch to it.
series() {
	local p tree before commit in_the_way=()
	check_series "$1"
	check_needs
	open_stage
	make_stage
	for p in "${!want[@]}"; do
		git -C "$dir" cat-file -e "HEAD:$p" 2> /dev/null ||
		    [ ! -e "$dir/$p" ] || in_the_way+=("$p")
	done
	[ ${#in_the_way[@]} -eq 0 ] || fail_paths \
	    "local files in $dir are in the way (move them away):" \
	    "${in_the_way[@]}"

	rm -rf "${stage:?}"/*
	commit=$(cd "$dir" && export GIT_INDEX_FILE="$stage.index"
		git read-tree HEAD
		commit=$(git rev-parse HEAD)
		before=$(git rev-parse 'HEAD^{tree}')
		for p in "${parts[@]}"; do
			index_part "$p"
			tree=$(git write-tree)
			[ "$tree" != "$before" ] ||
			    fail "$dir has $p already, as HEAD has it"
			commit=$(message_of "$p" |
			    git commit-tree -p "$commit" "$tree")
			before=$tree
		done
		echo "$commit")
	git -C "$dir" checkout -q -b "$1" "$commit"
	echo "$dir: ${#parts[@]} commits on the branch $1, which is checked out"
}
