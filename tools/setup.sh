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
# missing. Downloads nothing when all are there.

set -euo pipefail

packages=(
	gcc gcc-12 make libc6-dev binutils
	qemu-system-x86 grub-pc-bin grub-common xorriso mtools
	busybox-static cpio kmod libelf1 iperf3 iproute2 python3
)
for_tests=(
	clang libclang-rt-14-dev qemu-utils tcpdump python3-pytest git shellcheck
	valgrind
)

usage() {
	cat <<'END'
Usage: tools/setup.sh          install what is missing (as root)
       tools/setup.sh --run    only what running takes, not the tests
       tools/setup.sh --check  only say what is missing
END
}

case ${1:-} in
'' | --check) packages+=("${for_tests[@]}") ;;
--run) ;;
--help) usage; exit 0 ;;
*) usage >&2; exit 2 ;;
esac

missing=()
for p in "${packages[@]}"; do
	[ "$(dpkg-query -W -f '${db:Status-Status}' "$p" 2>/dev/null)" = installed ] ||
		missing+=("$p")
done

# The hosted drivers' guest takes Debian's kernel, by way of apt's lists
apt_lists=1
apt-cache show linux-image-cloud-amd64 >/dev/null 2>&1 || apt_lists=0

[ ${#missing[@]} -gt 0 ] || [ $apt_lists = 0 ] || exit 0

if [ "${1:-}" = --check ] || [ "$(id -u)" != 0 ]; then
	printf 'setup.sh: packages or lists are missing; as root: apt-get update && apt-get install %s\n' "${missing[*]}" >&2
	exit 1
fi

apt-get update -q >/dev/null
[ ${#missing[@]} -gt 0 ] || exit 0
printf 'setup.sh: installing %s\n' "${missing[*]}"
DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends \
	"${missing[@]}" >/dev/null
