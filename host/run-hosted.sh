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

# Runs the drivers of this tree as Linux programs in a small Linux guest under
# QEMU, with QEMU's virtio devices; shows a lease, the network card and an
# answer to a ping.
#
# usage: host/run-hosted.sh [OPTION]...
#   -M, --machine pc|q35     the machine (pc)
#   -s, --smp N              processors (1)
#   -m, --memory MIB         memory (256; 512 with a sanitizer)
#   -d, --device OPTS        a network card with options of QEMU's
#                            virtio-net-pci, as disable-modern=on; can be
#                            given several times ("": no options)
#   -n, --netdev BACKEND     back end of the first card, without id (user);
#                            as tap,ifname=tap0,script=no,downscript=no
#   -b, --disk FILE          a virtio-blk disk (raw); can be given again
#   -p, --pcap FILE          capture the first card's frames
#       --script FILE        a shell script to run in the guest instead of the
#                            report; "hosted ctl" there commands the drivers
#       --shell              a shell in the guest instead of the report
#       --sanitizer address|thread   build the drivers so
#       --gdb PORT           wait for gdb on 127.0.0.1:PORT
#   -t, --timeout S          give up after so many seconds (120; 0: never)
#   -v, --verbose            show all of the guest's console
#       -- ARG...            more arguments for QEMU

set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
qemu=${QEMU:-qemu-system-x86_64}
machine=pc smp=1 memory='' netdev=user pcap='' script='' mode=report
san=none gdb='' timeout=120 verbose=''
devices=() disks=() extra=()

die() {
	echo "$0: $*" >&2
	exit 2
}

while [ $# -gt 0 ]; do
	case $1 in
	-h | --help) sed -n '/^# Runs/,/^$/s/^# \{0,1\}//p' "$0"; exit ;;
	--shell) mode=shell timeout=0 verbose=yes; shift; continue ;;
	-v | --verbose) verbose=yes; shift; continue ;;
	--) shift; extra=("$@"); break ;;
	-*) [ $# -ge 2 ] || die "$1: what? See $0 --help" ;;
	*) die "$1? See $0 --help" ;;
	esac
	case $1 in
	-M | --machine) machine=$2 ;;
	-s | --smp) smp=$2 ;;
	-m | --memory) memory=$2 ;;
	-d | --device) devices+=("$2") ;;
	-n | --netdev) netdev=$2 ;;
	-b | --disk) disks+=("$2") ;;
	-p | --pcap) pcap=$2 ;;
	--script) mode=script script=$2 ;;
	--sanitizer) san=$2 ;;
	--gdb) gdb=$2 timeout=0 ;;
	-t | --timeout) timeout=$2 ;;
	*) die "$1? See $0 --help" ;;
	esac
	shift 2
done

case $machine in
pc | q35) ;;
*) die "machine $machine? pc or q35" ;;
esac
command -v "$qemu" > /dev/null ||
	die "$qemu is missing; try: apt-get install qemu-system-x86"
[ -z "$script" ] || [ -r "$script" ] || die "$script cannot be read"
for disk in ${disks[@]+"${disks[@]}"}; do
	[ -r "$disk" ] || die "$disk cannot be read"
done
[ ${#devices[@]} -gt 0 ] || [ ${#disks[@]} -gt 0 ] || devices=("")
[ -n "$memory" ] || { [ "$san" = none ] && memory=256; } || memory=512

echo "Making the guest (kernel, module, RAM disk) ..."
carrier=$("$here/carrier.sh" -s "$san" ${gdb:+-g})
kernel=$(head -n 1 <<< "$carrier")
initrd=$(tail -n 1 <<< "$carrier")

tmp=$(mktemp -d)
pid=
cleanup() {
	[ -z "$pid" ] || kill "$pid" 2> /dev/null || true
	rm -rf "$tmp"
}
trap cleanup EXIT
trap 'exit 130' INT TERM
cp "$initrd" "$tmp/initrd"
if [ -n "$script" ]; then
	mkdir "$tmp/extra"
	cp "$script" "$tmp/extra/script"
	(cd "$tmp/extra" && echo script |
	    busybox cpio -o -H newc -R 0:0 2> /dev/null) >> "$tmp/initrd"
fi

# Hardware virtualisation, if there is any: QEMU falls back by itself if KVM
# does not start; one that has no such processor below is slower than QEMU.
accel=tcg
if [ -w /dev/kvm ] && grep -qE '^flags.* (vmx|svm)( |$)' /proc/cpuinfo; then
	accel=kvm:tcg
fi

args=(-M "$machine,accel=$accel" -m "$memory" -smp "$smp" -nodefaults
    -display none -no-reboot -kernel "$kernel" -initrd "$tmp/initrd"
    -append "console=ttyS0 quiet loglevel=4 panic=-1 mitigations=off \
mode=$mode${gdb:+ gdb=/dev/ttyS1}")
i=0
for device in ${devices[@]+"${devices[@]}"}; do
	backend=user,net=10.0.$((i + 2)).0/24
	if [ $i -eq 0 ] && [ "$netdev" != user ]; then
		backend=$netdev
	fi
	args+=(-netdev "$backend,id=net$i"
	    -device "virtio-net-pci,netdev=net$i,romfile=${device:+,$device}")
	i=$((i + 1))
done
for disk in ${disks[@]+"${disks[@]}"}; do
	args+=(-drive "if=none,id=disk$i,format=raw,file=$disk"
	    -device "virtio-blk-pci,drive=disk$i")
	i=$((i + 1))
done
[ -z "$pcap" ] ||
	args+=(-object "filter-dump,id=pcap,netdev=net0,file=$pcap")
if [ "$mode" = shell ]; then
	args+=(-serial mon:stdio)
else
	args+=(-chardev "file,id=console,path=$tmp/console"
	    -serial chardev:console)
fi
if [ -n "$gdb" ]; then
	args+=(-serial "tcp:127.0.0.1:$gdb,server=on,wait=off")
	echo "When the guest is up: gdb build/host-gcc-$san/hosted" \
	    "-ex 'target remote 127.0.0.1:$gdb'"
fi
args+=(${extra[@]+"${extra[@]}"})

echo "Starting QEMU: machine $machine, $smp CPU, accelerator $accel," \
    "cards: ${#devices[@]}, disks: ${#disks[@]}"
if [ "$mode" = shell ]; then
	"$qemu" "${args[@]}"
	exit
fi

: > "$tmp/console"
"$qemu" "${args[@]}" < /dev/null &
pid=$!
# The console as it comes, with or without what is only the guest's affair
if [ -n "$verbose" ] || [ "$mode" = script ]; then
	tail -n +1 -f --pid=$pid "$tmp/console" &
else
	tail -n +1 -f --pid=$pid "$tmp/console" |
	    sed -un 's/\r//; s/^HOSTED: //p' &
fi
show=$!
waited=0
while kill -0 "$pid" 2> /dev/null; do
	sleep 0.5
	waited=$((waited + 1))
	if [ "$timeout" -gt 0 ] && [ $waited -ge $((timeout * 2)) ]; then
		echo "$0: nothing after $timeout s; the last lines:" >&2
		tail -n 20 "$tmp/console" >&2
		exit 1
	fi
done
wait "$pid" || die "QEMU failed"
pid=
wait "$show" || true

if [ "$mode" = script ]; then
	grep -q '^HOSTED: script ended with 0' "$tmp/console"
elif grep -q '^HOSTED: FAILED' "$tmp/console" ||
    ! grep -q '^HOSTED: done' "$tmp/console"; then
	echo "$0: the report is not complete" >&2
	[ -n "$verbose" ] || tail -n 30 "$tmp/console" >&2
	exit 1
fi
