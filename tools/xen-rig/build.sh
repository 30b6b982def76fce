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
# Makes a Xen host that runs inside QEMU, out of Debian's packages, in a cache
# folder. The packages are downloaded and unpacked, not installed.
#
# usage: build.sh
#
# Prints three lines: Xen, the kernel of its first domain, and its RAM disk.

set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/helenos-pv/xen-rig

die() {
	echo "${0##*/}: $*" >&2
	exit 1
}

missing=()
for pair in apt-get:apt apt-cache:apt dpkg-deb:dpkg cpio:cpio \
    busybox:busybox-static; do
	command -v "${pair%%:*}" > /dev/null || missing+=("${pair##*:}")
done
[ ${#missing[@]} -eq 0 ] || die "missing; try: apt-get install ${missing[*]}"

# The newest kernel, the way to it by its metapackage
image=$(apt-cache depends linux-image-amd64 2> /dev/null |
    sed -n 's/.*Depends: \(linux-image-[^ ]*\)/\1/p' | head -n 1)
[ -n "$image" ] ||
	die "apt knows no kernel (linux-image-amd64); this wants Debian on" \
	    "amd64 and an apt-get update"
# Xen's version, the way to it by its metapackage
xv=$(apt-cache depends xen-system-amd64 2> /dev/null |
    sed -n 's/.*Depends: xen-hypervisor-\([0-9.]*\)-amd64/\1/p' | head -n 1)
[ -n "$xv" ] || die "apt knows no Xen (xen-system-amd64); this wants Debian"

# The host's own programs; what they link with is found below.
programs=("xen-hypervisor-$xv-amd64" "xen-utils-$xv" xen-utils-common
    xenstore-utils qemu-system-xen qemu-system-data seabios ipxe-qemu
    busybox-static bash iproute2 iperf3)
kv=${image#linux-image-}
version=$(apt-cache show --no-all-versions "$image" "${programs[0]}" |
    sed -n 's/^Version: //p' | tr '\n' '_' | tr -c '[:alnum:].\n-' _)
unpacked=$cache/unpacked-$version$(printf '%s ' "${programs[@]}" |
    sha256sum | cut -c1-8)

# Lists the packages that the programs link with.
libraries() {
	apt-cache depends --recurse --no-recommends --no-suggests \
	    --no-conflicts --no-breaks --no-replaces --no-enhances \
	    "${programs[@]}" | grep '^[a-z]' |
	    grep -E '^(lib|zlib)' | sort -u
}

# Downloads and unpacks.
get_packages() {
	local deb
	tmp=$(mktemp -d "$cache/tmp.XXXXXX")
	echo "getting Xen, its tools and $image" >&2
	mapfile -t libs < <(libraries)
	(cd "$tmp" && apt-get -q -o APT::Sandbox::User=root download \
	    "$image" "${programs[@]}" "${libs[@]}" > log 2>&1) ||
		{ tail -n 5 "$tmp/log" >&2; die "download failed"; }
	mkdir "$tmp/root"
	for deb in "$tmp"/*.deb; do
		dpkg-deb -x "$deb" "$tmp/root"
	done
	rm "$tmp"/*.deb
	rm -rf "$unpacked"
	mv "$tmp" "$unpacked"
}

mkdir -p "$cache"
exec 9> "$cache/lock"
flock 9
tmp='' root='' initrd=''
rm -rf "$cache"/{tmp,root}.*
unmake() {
	trap '' INT TERM HUP
	rm -rf "$tmp" "$root" ${initrd:+"$initrd.new" "$unpacked/xen.new"}
}
trap unmake EXIT
[ -e "$unpacked/root/boot/vmlinuz-$kv" ] || get_packages
u=$unpacked/root

# Runs a program of the unpacked packages.
inside() {
	if [ "$(id -u)" = 0 ]; then
		chroot "$@"
	else
		unshare -r chroot "$@"
	fi
}

# Copies programs with the libraries that they link with.
add_programs() {
	local program lib
	for program in "$@"; do
		mkdir -p "$root/$(dirname "$program")"
		cp -L --remove-destination "$u/$program" "$root/$program"
		inside "$u" /lib64/ld-linux-x86-64.so.2 --list "/$program" |
		    awk '/=>/ { print $3 }' |
		while read -r lib; do
			[ -e "$u$lib" ] || { echo "$program: $lib" >&2; continue; }
			mkdir -p "$root$(dirname "$lib")"
			[ -e "$root$lib" ] || cp -L "$u$lib" "$root$lib"
		done
	done
}

# Copies kernel modules with those that they need.
add_modules() {
	local m=lib/modules/$kv module line f
	[ -e "$u/$m/modules.dep" ] || inside "$u" /bin/busybox depmod "$kv"
	mkdir -p "$root/$m"
	for module in "$@"; do
		line=$(grep -E "/${module//[-_]/[-_]}\.ko:" "$u/$m/modules.dep") ||
			die "kernel $kv has no module $module"
		for f in ${line//:/}; do
			mkdir -p "$root/$m/$(dirname "$f")"
			cp "$u/$m/$f" "$root/$m/$f"
		done
	done
	cp "$u/$m/modules.builtin" "$u/$m/modules.order" "$root/$m/"
	inside "$root" /bin/busybox depmod "$kv"
}

make_root() {
	local tool name share=usr/share xen=usr/lib/xen-$xv
	mkdir -p "$root"/{bin,sbin,proc,sys,dev,tmp,run,root,mnt,etc,lib64} \
	    "$root"/var/{log,lib} "$root"/usr/{bin,sbin} \
	    "$root/$share"/{seabios,qemu/keymaps} "$root/$xen/boot"
	ln -s ../run "$root/var/run"
	cp "$u/bin/busybox" "$root/bin/"
	for tool in $("$u/bin/busybox" --list); do
		[ "$tool" = busybox ] || ln -sf busybox "$root/bin/$tool"
	done
	add_programs bin/bash bin/ip usr/bin/iperf3 usr/bin/xenstore \
	    "$xen"/bin/{xl,xenstored,oxenstored,xenconsoled,xen-init-dom0} \
	    "$xen"/bin/{libxl-save-helper,xentrace} \
	    usr/libexec/xen-qemu-system-i386
	cp -L "$u/lib64/ld-linux-x86-64.so.2" "$root/lib64/"
	cp "$u/$xen/boot/hvmloader" "$root/$xen/boot/"
	cp "$u/$share/seabios/bios-256k.bin" "$root/$share/seabios/"
	cp "$u/$share/seabios"/vgabios-{stdvga,cirrus}.bin "$root/$share/qemu/"
	cp "$u/$share/qemu"/{kvmvapic,linuxboot,linuxboot_dma}.bin \
	    "$root/$share/qemu/"
	for tool in rtl8139 e1000; do
		cp "$u/usr/lib/ipxe/qemu/pxe-$tool.rom" \
		    "$root/$share/qemu/efi-$tool.rom"
	done
	cp -a "$u/$share/qemu/keymaps/en-us" "$root/$share/qemu/keymaps/"
	cp -a "$u/etc/xen" "$root/etc/"
	for name in read write list ls rm exists watch chmod; do
		ln -s xenstore "$root/usr/bin/xenstore-$name"
	done
	for name in xl xenstored oxenstored xenconsoled xentrace; do
		ln -s "/$xen/bin/$name" "$root/usr/sbin/$name"
	done
	echo 'root:x:0:0:root:/root:/bin/sh' > "$root/etc/passwd"
	echo 'root:x:0:' > "$root/etc/group"
	add_modules xen-evtchn xen-gntdev xen-gntalloc xen-privcmd xenfs \
	    xen-netback bridge tun virtio_pci virtio_blk virtio_console \
	    virtio_net loop
	cp "$here/init" "$root/init"
	chmod +x "$root/init"
}

digest=$(cat "$0" "$here/init" | sha256sum | cut -c1-16)
initrd=$unpacked/dom0-$digest.cpio
if [ ! -e "$initrd" ]; then
	root=$(mktemp -d "$cache/root.XXXXXX")
	make_root
	(cd "$root" && find . | busybox cpio -o -H newc -R 0:0 2> /dev/null) \
	    > "$initrd.new"
	mv "$initrd.new" "$initrd"
fi
xen=$unpacked/xen
if [ ! -e "$xen" ]; then
	zcat "$u/boot/xen-$xv-amd64.gz" > "$xen.new"
	mv "$xen.new" "$xen"
fi

echo "$xen"
echo "$u/boot/vmlinuz-$kv"
echo "$initrd"
