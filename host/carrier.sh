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

# Makes the carrier of the hosted drivers: Debian's kernel, a module for it and
# an initial RAM disk, in a cache folder. Nothing is installed.
#
# usage: host/carrier.sh [-s SANITIZER] [-c COMPILER] [-g]
#   -s  of the hosted program: none (default), address or thread
#   -c  gcc (default) or clang
#   -g  put gdbserver into the guest
#
# Prints two lines: the kernel and the RAM disk. What an end leaves half-made
# goes at once, or when the next run has the lock.

set -euo pipefail

top=$(cd "$(dirname "$0")/.." && pwd)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/helenos-pv/carrier
san=none cc=gcc gdb=
while getopts s:c:g opt; do
	case $opt in
	s) san=$OPTARG ;;
	c) cc=$OPTARG ;;
	g) gdb=yes ;;
	*) sed -n '/^# usage/,/^#$/s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
	esac
done

die() {
	echo "$0: $*" >&2
	exit 1
}

need() {
	local tool package missing=()
	for pair in "$@"; do
		tool=${pair%%:*} package=${pair##*:}
		command -v "$tool" > /dev/null || missing+=("$package")
	done
	[ ${#missing[@]} -eq 0 ] ||
		die "missing; try: apt-get install ${missing[*]}"
}
need apt-get:apt apt-cache:apt

# The newest kernel, the way to it by its metapackage
image=$(apt-cache depends linux-image-cloud-amd64 2> /dev/null |
    sed -n 's/.*Depends: \(linux-image-.*\)/\1/p' | head -n 1)
[ -n "$image" ] ||
	die "apt knows no kernel (linux-image-cloud-amd64); this wants Debian" \
	    "on amd64 and an apt-get update"
kv=${image#linux-image-}
version=$(apt-cache show --no-all-versions "$image" |
    sed -n 's/^Version: //p')
kernel_dir=$cache/kernel-$version
# Modules are built with the compiler of the kernel.
kernel_cc=$(apt-cache depends "linux-headers-$kv" |
    grep -oE 'gcc-[0-9]+' | head -n 1) || kernel_cc=gcc

need make:make "$kernel_cc:$kernel_cc" "$cc:$cc" objcopy:binutils \
    busybox:busybox-static ${gdb:+gdbserver:gdbserver}
! ldd "$(command -v busybox)" > /dev/null 2>&1 ||
	die "busybox is not static; try: apt-get install busybox-static"
"$cc" -E -include stdlib.h -x c /dev/null > /dev/null 2>&1 ||
	die "the C library's headers are missing; try: apt-get install libc6-dev"

# Downloads and unpacks the kernel and what modules are built with.
get_kernel() {
	local headers packages p
	headers=linux-headers-$kv
	packages=("$image" "$headers")
	while read -r p; do
		packages+=("$p")
	done < <(apt-cache depends "$headers" |
	    sed -n 's/.*Depends: \(linux-\(headers\|kbuild\).*\)/\1/p')
	new_folder tmp
	echo "getting ${packages[*]}" >&2
	(cd "$tmp" && apt-get -q -o APT::Sandbox::User=root download \
	    "${packages[@]}" > log 2>&1) ||
		{ cat "$tmp/log" >&2; die "download failed"; }
	for p in "$tmp"/*.deb; do
		dpkg-deb -x "$p" "$tmp/root"
	done
	rm "$tmp"/*.deb
	# The headers name their other half by its installed place.
	sed -i "s|include /usr/src|include $kernel_dir/root/usr/src|" \
	    "$tmp/root/usr/src/$headers/Makefile"
	rm -rf "$kernel_dir"
	mv "$tmp" "$kernel_dir"
}

mkdir -p "$cache"
exec 9> "$cache/lock"
flock 9
tmp='' root='' initrd=''
rm -rf "$cache"/{tmp,root}.*
unmake() {
	trap '' INT TERM HUP
	rm -rf "$tmp" "$root" ${initrd:+"$initrd.new"}
}
trap unmake EXIT

# Sets the variable $1 to a new folder in the cache.
new_folder() {
	printf -v "$1" %s "$(mktemp -d "$cache/$1.XXXXXX")"
}

[ -e "$kernel_dir/root/boot/vmlinuz-$kv" ] || get_kernel

digest() {
	cat "$@" | sha256sum | cut -c1-16
}

# Builds the module.
module_dir=$cache/module-$version-$(digest "$top"/host/module/*)
if [ ! -e "$module_dir/hpv.ko" ]; then
	# Those of other kernels or sources will not be asked for again.
	find "$cache" -maxdepth 1 \( -name 'module-*' -o -name 'kernel-*' \
	    ! -path "$kernel_dir" \) -exec rm -rf {} +
	new_folder tmp
	cp "$top"/host/module/* "$tmp/"
	# Types for BPF would take one more program (pahole), since Debian 13
	make -C "$kernel_dir/root/usr/src/linux-headers-$kv" M="$tmp" \
	    CC="$kernel_cc" CONFIG_DEBUG_INFO_BTF_MODULES= modules \
	    > "$tmp/log" 2>&1 ||
		{ tail -n 30 "$tmp/log" >&2; die "no module"; }
	objcopy --strip-debug "$tmp/hpv.ko"
	mv "$tmp" "$module_dir"
fi

# Builds the program, apart from what tests build at the same time.
o=$top/build/carrier-$cc-$san
mkdir -p "$o"
make -s -j2 -f "$top/host/host.mk" CC="$cc" SAN="$san" O="$o" \
    "$o/hosted" "$o/hostctl" >&2 || die "the hosted drivers do not build"

# Puts programs into the RAM disk, with their libraries.
add_programs() {
	local program lib libs
	for program in "$@"; do
		cp -L "$program" "$root/bin/"
		# A static program has none.
		libs=$(ldd "$program" 2> /dev/null | grep -o '/[^ ]*' || true)
		for lib in $libs; do
			mkdir -p "$root$(dirname "$lib")"
			[ -e "$root$lib" ] || cp -L "$lib" "$root$lib"
		done
	done
}

# Puts modules of the kernel into the RAM disk, and their names, each after those
# that it needs, into a list. Debian 13 has them below /usr, and packed; what is
# built into the kernel is no module.
add_modules() {
	local name file ko needs
	for name in "$@"; do
		ko=$root/lib/modules/$name.ko
		[ ! -e "$ko" ] || continue
		! grep -q "/$name\.ko\$" "$builtin" || continue
		file=$(find "$kernel_dir/root" -path "*/$kv/kernel/*/$name.ko*")
		[ -n "$file" ] || die "the kernel $kv has no module $name"
		case $file in
		*.xz) xz -dc "$file" > "$ko" ;;
		*) cp "$file" "$ko" ;;
		esac
		read -ra needs < <(LC_ALL=C sed -nz 's/^depends=//p' "$ko" |
		    tr ',\0' ' \n') || true
		add_modules ${needs[@]+"${needs[@]}"}
		echo "$name" >> "$root/lib/modules/order"
	done
}

builtin=$(find "$kernel_dir/root" -path "*/$kv/modules.builtin")
new_folder root
mkdir -p "$root"/{bin,sbin,etc,lib/modules,lib64,proc,sys,dev,run,tmp,drv}
cp "$(command -v busybox)" "$root/bin/busybox"
ln -s busybox "$root/bin/sh"
cp "$module_dir/hpv.ko" "$root/lib/modules/"
add_modules tun virtio_pci virtio_net xen-netfront
cp "$top"/uspace/drv/*/*/*.ma "$root/drv/"
cp "$top/host/guest/init" "$root/init"
cp "$top/host/guest/report" "$top/host/guest/udhcpc" "$root/etc/"
add_programs "$o/hosted" "$o/hostctl"
for tool in iperf3 tcpdump arping ${gdb:+gdbserver}; do
	if command -v "$tool" > /dev/null; then
		add_programs "$(command -v "$tool")"
	fi
done
if [ "$san" != none ]; then
	printf 'export %s_OPTIONS=halt_on_error=1\n' ASAN UBSAN TSAN \
	    > "$root/etc/sanitizer"
fi
initrd=$o/initrd${gdb:+-gdb}
(cd "$root" && find . | busybox cpio -o -H newc -R 0:0 2> /dev/null) \
    > "$initrd.new"
mv "$initrd.new" "$initrd"
echo "$kernel_dir/root/boot/vmlinuz-$kv"
echo "$initrd"
