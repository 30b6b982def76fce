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
# Makes a disk that boots of an ISO of HelenOS. See --help.

set -euo pipefail
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
[ "${SUPERVISOR-}" = $PPID ] || ! command -v python3 > /dev/null ||
	exec python3 "$top/tools/supervise.py" "$0" "$@"

usage() {
	cat <<'END'
Usage: tools/make-disk.sh [OPTION...] IMAGE DISK

Makes DISK, which a PC with a BIOS boots without a menu, of IMAGE, a bootable
ISO of HelenOS. DISK is written in one piece when all is done, or not at all.

  --args=TEXT        arguments for the kernel, such as "web remcons=off"
  --serial           the boot loader speaks on the first serial line, too,
                     as HelenOS's kernel and servers do by themselves
  --console=DEVICE   HelenOS's console on this device instead of the screen;
                     the first serial line of QEMU's machine "pc" is
                     'devices/\hw\sys\00:01.0\com1\a' (the boot log names
                     it after "Connected serial device"). With a device that
                     is not there HelenOS does not come up.
  --pages=DIR        put the files and folders in DIR among the pages that
                     HelenOS's web server serves
  --graphics         let the loader set a graphics mode, as the ISO does
  --size=GIB         size of the disk (1); what is empty takes no space

What DISK is; without any of these, a raw image:
  --gce              tar.gz with a disk.raw, for Google Compute Engine
  --qcow2            QEMU, Proxmox, libvirt
  --vmdk             VirtualBox, VMware
  --vhd              XCP-ng, Hyper-V (generation 1)

  --force            replace DISK if it exists
  --help             this text
END
}

fail() {
	printf 'make-disk.sh: %s\n' "$@" >&2
	exit 1
}

misuse() {
	[ $# -eq 0 ] || printf 'make-disk.sh: %s\n' "$1" >&2
	usage >&2
	exit 2
}

# HelenOS's kernel keeps so many bytes of its arguments, and a zero
readonly ARGS_MAX=255

kernel_args='' serial='' console='' graphics='' pages='' size=1 format=raw
force=''
names=()

set_format() {
	[ "$format" = raw ] || misuse "a disk is --$format or --$1, not both"
	format=$1
}

while [ $# -gt 0 ]; do
	case $1 in
	--args=*) kernel_args=${1#*=} ;;
	--console=?*) console=${1#*=} ;;
	--pages=?*) pages=${1#*=} ;;
	--size=*) size=${1#*=} ;;
	--args | --console | --pages | --size)
		[ $# -gt 1 ] || misuse "$1 needs a value"
		set -- "$1=$2" "${@:3}"
		continue
		;;
	--serial) serial=yes ;;
	--graphics) graphics=yes ;;
	--gce | --qcow2 | --vmdk | --vhd) set_format "${1#--}" ;;
	--force) force=yes ;;
	--help | -h) usage; exit ;;
	'' | -*) misuse "there is no option '$1'" ;;
	*) names+=("$1") ;;
	esac
	shift
done
[ ${#names[@]} -eq 2 ] || misuse
image=${names[0]} disk=${names[1]}

[[ $size =~ ^[1-9][0-9]{0,3}$ ]] ||
    misuse "--size takes whole GiB from 1 to 9999, not '$size'"
[ -z "$console" ] || kernel_args="${kernel_args:+$kernel_args }console=$console"
# What is more than this, GRUB or HelenOS would take for something else
[[ $kernel_args =~ ^[[:print:]]*$ && $kernel_args != *\'* ]] ||
    misuse "the kernel's arguments are of one line, without '"
[ ${#kernel_args} -le $ARGS_MAX ] ||
    misuse "the kernel's arguments are too long: ${#kernel_args} of \
$ARGS_MAX characters"

check_tools() {
	local missing=() tool
	for tool in xorriso:xorriso grub-mkrescue:grub-common mformat:mtools \
	    truncate:coreutils; do
		command -v "${tool%:*}" > /dev/null || missing+=("${tool#*:}")
	done
	case $format in
	raw) ;;
	gce) command -v tar > /dev/null || missing+=(tar) ;;
	*) command -v qemu-img > /dev/null || missing+=(qemu-utils) ;;
	esac
	[ -z "$pages" ] || command -v e2fsck resize2fs debugfs > /dev/null ||
	    missing+=(e2fsprogs)
	[ -r "$grub_modules/moddep.lst" ] || missing+=(grub-pc-bin)
	[ ${#missing[@]} -eq 0 ] ||
	    fail "missing; as root: apt-get install ${missing[*]}"
}

check_image() {
	[ -e "$image" ] || fail "there is no $image"
	[ -f "$image" ] || fail "$image is no file"
	[ -r "$image" ] || fail "$image cannot be read"
	[ "$(dd if="$image" bs=1 skip=32769 count=5 2> /dev/null |
	    tr -d '\0')" = CD001 ] ||
	    fail "$image is not an ISO image (HelenOS's build leaves image.iso)"
}

# debugfs takes a name in quotes, and none for a quote or the end of a line.
check_pages() {
	local odd
	[ -d "$pages" ] || fail "there is no folder $pages"
	odd=$(find "$pages" \( -name '*"*' -o -name $'*\n*' \) -print -quit)
	[ -z "$odd" ] || fail "no page can have a name as ${odd@Q} has"
	odd=$(find "$pages" ! -type d ! -type f -print -quit)
	[ -z "$odd" ] || fail "$odd is neither a file nor a folder"
	odd=$(find "$pages" ! -readable -print -quit)
	[ -z "$odd" ] || fail "cannot read $odd"
}

check_disk() {
	if [ -e "$disk" ] || [ -L "$disk" ]; then
		if [ ! -f "$disk" ] || [ -L "$disk" ]; then
			fail "$disk is no plain file (make one and copy it:\
 dd if=FILE of=$disk bs=1M)"
		fi
		[ ! "$disk" -ef "$image" ] || fail "$disk is the image itself"
		[ -n "$force" ] || fail "$disk exists (--force replaces it)"
	fi
	[ -d "$folder" ] || fail "there is no folder $folder (mkdir -p $folder)"
	[ -w "$folder" ] || fail "cannot write into $folder"
}

# What the pages take in a file system with blocks of 4 KiB, at most
pages_kib() {
	find "$pages" -printf '%s\n' |
	    awk '{ kib += 4 * int(($1 + 8191) / 4096) } END { print kib + 64 }'
}

# The files of the ISO, the disk as a raw image and what is made of that lie
# side by side for a while; holes of the disk take nothing.
check_space() {
	local image_kib free_kib need_kib
	image_kib=$((($(stat -L -c %s "$image") + 1023) / 1024))
	need_kib=$((3 * image_kib + 16384))
	[ -z "$pages" ] || need_kib=$((need_kib + 4 * $(pages_kib)))
	free_kib=$(df -P -k "$folder" | awk 'NR == 2 { print $4 }')
	[ "$free_kib" -ge $need_kib ] ||
	    fail "no space in $folder: $((need_kib / 1024)) MiB are needed, \
$((free_kib / 1024)) are free"
}

# Run a program whose output matters only when it fails: then its end, and
# what could not be done.
run() {
	local what=$1
	shift
	"$@" > "$work/log" 2>&1 || {
		tail -n 3 "$work/log" >&2
		fail "$what"
	}
}

# The boot folder of the ISO
unpack() {
	mkdir "$work/tree"
	run "$image has no folder /boot: it is not HelenOS's" \
	    xorriso -osirrox on -indev "$image" -extract /boot "$work/tree/boot"
	chmod -R u+w "$work/tree"
	menu=$work/tree/boot/grub/grub.cfg
	[ -r "$menu" ] || fail "$image has no /boot/grub/grub.cfg: is it \
HelenOS for a PC (amd64 or ia32) with a BIOS?"
	grep -Eq "$kernel_line" "$menu" || fail "$image boots no kernel of \
HelenOS: its /boot/grub/grub.cfg has no line 'multiboot /boot/kernel.elf'"
	[ -r "$work/tree/boot/kernel.elf" ] ||
	    fail "$image has no /boot/kernel.elf, which it boots"
}

# The pages go into HelenOS's RAM disk, which becomes as much larger. debugfs
# tells nobody when it fails: what it wrote is compared.
add_pages() {
	local ramdisk=$work/tree/boot/initrd.img back=$work/pages
	[ -r "$ramdisk" ] || fail "$image has no /boot/initrd.img for the pages"
	e2fsck -fy "$ramdisk" > "$work/log" 2>&1 || [ $? = 1 ] ||
	    fail "the RAM disk of $image is not ext4 (RDFMT in HelenOS.config)"
	run "the RAM disk cannot be made larger" \
	    truncate -s "+$(pages_kib)K" "$ramdisk"
	run "the RAM disk cannot be made larger" resize2fs -f "$ramdisk"
	(
		cd "$pages"
		find . -mindepth 1 -type d -printf "mkdir \"$web_root/%P\"\n"
		find . -type f -printf "rm \"$web_root/%P\"\n" \
		    -printf "write \"%p\" \"$web_root/%P\"\n"
	) > "$work/commands"
	(cd "$pages" && debugfs -w -f "$work/commands" "$ramdisk") \
	    > "$work/log" 2>&1
	mkdir "$back"
	debugfs -R "rdump $web_root $back" "$ramdisk" > "$work/log" 2>&1
	(cd "$pages" && find . -type f -exec \
	    cmp {} "$back/${web_root##*/}/{}" \;) > "$work/log" 2>&1
	if [ -s "$work/log" ]; then
		tail -n 3 "$work/log" >&2
		fail "the pages cannot be written"
	fi
	rm -rf "$back"
}

# The ISO's menu, with its first entry at once and with our arguments
make_menu() {
	local own=$work/grub.cfg
	{
		[ -z "$serial" ] || printf '%s\n' \
		    'serial --unit=0 --speed=115200' \
		    'terminal_output console serial'
		awk -v graphics="$graphics" -v kernel_line="$kernel_line" '
		$1 == "insmod" && !graphics { next }
		$1 == "set" && $2 ~ /^(timeout|default)=/ {
			sub(/=.*/, "=0")
		}
		$0 ~ kernel_line { $0 = $0 ENVIRON["ARGS"] }
		{ print }' "$menu"
	} > "$own"
	rm -rf "$work/tree/boot/grub"
	mkdir "$work/tree/boot/grub"
	mv "$own" "$menu"
}

make_raw() {
	run "grub-mkrescue cannot make the disk" \
	    grub-mkrescue -d "$grub_modules" -o "$raw" \
	    --install-modules="$modules" --fonts= --locales= --themes= \
	    "$work/tree"
	rm -rf "$work/tree"
	run "cannot make a disk of $size GiB" truncate -s "${size}G" "$raw"
}

# $raw in the format that was asked for; sets $made
pack() {
	made=$work/made
	case $format in
	raw)
		made=$raw
		;;
	gce)
		run "cannot pack the disk" tar --format=oldgnu -S -C "$work" \
		    -czf "$made" --owner=0 --group=0 "${raw##*/}"
		;;
	qcow2)
		convert -O qcow2
		;;
	vmdk)
		convert -O vmdk
		;;
	vhd)
		# Else the size is rounded up to cylinders
		convert -O vpc -o subformat=dynamic,force_size=on
		;;
	esac
}

convert() {
	run "qemu-img cannot convert the disk" \
	    qemu-img convert -f raw "$@" "$raw" "$made"
}

# Where e2fsprogs is, which not everybody has in the path
PATH=$PATH:/usr/sbin:/sbin
web_root=/data/web
grub_modules=/usr/lib/grub/i386-pc
modules='normal biosdisk iso9660 multiboot multiboot2 echo test serial terminal'
[ -z "$graphics" ] || modules+=' all_video gfxterm vbe vga'
kernel_line='^[[:space:]]*multiboot2?[[:space:]]+/boot/kernel[.]elf'

folder=$(dirname -- "$disk")
check_tools
check_image
[ -z "$pages" ] || check_pages
check_disk
check_space

# Beside the disk, so that it gets its name at once; known from everywhere
work=$(mktemp -d "$(cd -- "$folder" && pwd)/.make-disk.XXXXXX")
trap 'trap "" INT TERM HUP; rm -rf "$work"' EXIT
raw=$work/disk.raw

unpack
# A quoted word is nothing special to GRUB, and the kernel gets it unquoted
read -ra words <<< "$kernel_args"
ARGS=${words[*]+$(printf " '%s'" "${words[@]}")} make_menu
[ -z "$pages" ] || add_pages
make_raw
pack
mv -f -- "$made" "$disk"
