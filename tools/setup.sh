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
# Installs the Debian packages that running and testing take, where they are
# missing. Downloads nothing when all are there. On other systems it does
# nothing: what is missing is found where it is used.

set -euo pipefail

usage() {
	cat <<'END'
Usage: tools/setup.sh [--check] [--boot] [--run] [--xen]

Installs, as root, what is missing of the packages that all tests take; or
only of
  --boot     what booting a HelenOS image takes
  --run      what running the hosted drivers takes
  --xen      what tools/run-xen.sh takes
With --check, or for another user, it only says what is missing.
END
}

only_check='' uses=()
while [ $# -gt 0 ]; do
	case $1 in
	-h | --help) usage; exit ;;
	--check) only_check=yes ;;
	--boot | --run | --xen) uses+=("${1#--}") ;;
	*) printf 'setup.sh: %s?\n' "$1" >&2; usage >&2; exit 2 ;;
	esac
	shift
done
[ ${#uses[@]} -gt 0 ] || uses=(all)
command -v apt-cache > /dev/null && command -v dpkg-query > /dev/null || {
	command -v python3 > /dev/null && exit
	echo "setup.sh: python3 is missing" >&2   # all that is found takes it
	exit 1
}

# What the releases name differently. apt-cache is slow: it is asked twice.
known=
ask_apt() {
	known=$(apt-cache depends linux-image-cloud-amd64 clang libelf1t64 \
	    2> /dev/null) || true
}

# The first of the packages depended on whose name has the form $1.
dependency() {
	sed -nE "s/^ *Depends: ($1)\$/\1/p" <<< "$known" | head -n 1
}

boot=(python3 qemu-system-x86)
xen=(python3 qemu-system-x86 xorriso grub-pc-bin grub-common mtools tar
    busybox-static cpio)

# The hosted drivers' guest takes Debian's kernel, by way of apt's lists, and a
# module for it takes the compiler of that.
name_run() {
	local kernel gcc
	kernel=$(dependency 'linux-image-.*')
	gcc=$(apt-cache depends "linux-headers-${kernel#linux-image-}" \
	    2> /dev/null | grep -oE 'gcc-[0-9]+' | head -n 1) || true
	packages+=("${boot[@]}" gcc ${gcc:+"$gcc"} make libc6-dev binutils
	    busybox-static cpio kmod iperf3 iproute2)
	if grep -q '^libelf1t64' <<< "$known"; then
		# Since then a kernel's modules are packed, too
		packages+=(libelf1t64 xz-utils)
	else
		packages+=(libelf1)
	fi
}

name_all() {
	local clang
	name_run
	clang=$(dependency 'clang-[0-9]+')
	packages+=("${xen[@]}" clang "libclang-rt-${clang#clang-}-dev"
	    qemu-utils tcpdump python3-pytest git shellcheck valgrind)
}

list_missing() {
	local use packages=()
	for use in "${uses[@]}"; do
		case $use in
		boot) packages+=("${boot[@]}") ;;
		xen) packages+=("${xen[@]}") ;;
		run) name_run ;;
		all) name_all ;;
		esac
	done
	mapfile -t missing < <(comm -23 \
	    <(printf '%s\n' "${packages[@]}" | LC_ALL=C sort -u) \
	    <(dpkg-query -W -f '${Package} ${db:Status-Status}\n' \
	        "${packages[@]}" 2> /dev/null | sed -n 's/ installed$//p' |
	        LC_ALL=C sort -u))
}

may_install=
[ "$(id -u)" != 0 ] || [ -n "$only_check" ] || may_install=yes
if [[ "${uses[*]}" == *run* || "${uses[*]}" == *all* ]]; then
	ask_apt
	if ! grep -q '^linux-image-cloud-amd64' <<< "$known"; then
		[ -n "$may_install" ] || {
			echo "setup.sh: apt's lists are missing;" \
			    "as root: apt-get update" >&2
			exit 1
		}
		apt-get update -q > /dev/null
		ask_apt
	fi
fi
list_missing
[ ${#missing[@]} -gt 0 ] || exit 0
[ -n "$may_install" ] || {
	echo "setup.sh: missing; as root: apt-get install ${missing[*]}" >&2
	exit 1
}
printf 'setup.sh: installing %s\n' "${missing[*]}"
apt-get update -q > /dev/null
DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends \
	"${missing[@]}" > /dev/null
