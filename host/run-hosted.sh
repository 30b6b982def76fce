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
# answer to a ping. The options are those of tools/run-qemu.sh.
#
# usage: host/run-hosted.sh [OPTION]...
#   --machine pc|q35         the machine (default: pc, the i440fx)
#   --cpus N                 processors (1)
#   --memory MIB             memory (256; 512 with a sanitizer)
#   --device-opts OPTS       options of QEMU's virtio-net-pci, such as
#                            "disable-modern=on"; each time it is given it
#                            means one more network card
#   --tap IF                 put the first card on this tap interface instead
#                            of QEMU's user-mode network
#   --socket HOST:PORT       put it on a socket back end that listens there
#   --pcap FILE              write the first card's frames to FILE
#   --disk FILE              a raw disk image, given to the guest as
#                            virtio-blk; can be given again
#   --script FILE            run this shell script in the guest instead of the
#                            report; "hostctl" there commands the drivers
#   --shell                  keep running with a shell in the guest
#   --sanitizer address|thread
#                            build the drivers so
#   --gdb PORT               wait for gdb on 127.0.0.1:PORT
#   --log FILE               keep the guest's console in FILE
#   --timeout SECONDS        give up after so long (300; 0: never)
#   --verbose                show all of the guest's console
#   -- ARG...                more arguments for QEMU
#   --help                   this text
#
# Status: 0 if all of it worked, 1 if not, 2 for a wrong use, 130 and 143 when a
# signal ended it.

set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
top=$here/..
command -v python3 > /dev/null || "$top/tools/setup.sh" --run || exit 1
[ "${SUPERVISOR-}" = $PPID ] ||
	exec python3 "$top/tools/supervise.py" "$0" "$@"
qemu=${QEMU:-qemu-system-x86_64}
machine=pc cpus=1 memory='' backend=user pcap='' script='' mode=report
san=none gdb='' timeout=300 verbose='' log=''
cards=() disks=() extra=() looks=()

die() {
	echo "run-hosted.sh: $*" >&2
	exit 1
}

misuse() {
	echo "run-hosted.sh: $* See --help" >&2
	exit 2
}

while [ $# -gt 0 ]; do
	option=${1%%=*}
	case $1 in
	-h | --help) sed -n '/^# Runs/,/^$/s/^# \{0,1\}//p' "$0"; exit ;;
	--shell=* | --verbose=*) misuse "${1%%=*} takes no value." ;;
	--shell) mode=shell timeout=0; shift; continue ;;
	--window) misuse "--window: this guest has no screen." ;;
	--nic-model*)
		misuse "--nic-model: this guest has drivers for virtio only."
		;;
	--verbose) verbose=yes; shift; continue ;;
	--) shift; extra=("$@"); break ;;
	--*=*) value=${1#*=}; shift ;;
	--*) [ $# -ge 2 ] || misuse "$1: what?"; value=$2; shift 2 ;;
	*) misuse "$1?" ;;
	esac
	case $option in
	--machine) machine=$value ;;
	--cpus) cpus=$value ;;
	--memory) memory=$value ;;
	--device-opts) cards+=("$value") ;;
	--tap) backend=tap,ifname=$value,script=no,downscript=no ;;
	--socket) backend=socket,connect=$value ;;
	--disk) disks+=("$value") ;;
	--pcap) pcap=$value ;;
	--script) mode=script script=$value ;;
	--sanitizer) san=$value ;;
	--gdb) gdb=$value timeout=0 ;;
	--log) log=$value ;;
	--timeout) timeout=$value ;;
	*) misuse "$option?" ;;
	esac
	case $option in
	--cpus | --memory | --timeout | --gdb | --tap | --socket | --disk | \
	    --pcap | --script | --log)
		looks+=("$option=$value")
		;;
	esac
done

case $machine in
pc | q35) ;;
*) misuse "machine $machine? pc or q35." ;;
esac
case $san in
none | address | thread) ;;
*) misuse "sanitizer $san? address or thread." ;;
esac
"$top/tools/setup.sh" --run
command -v "$qemu" > /dev/null ||
	die "$qemu is missing; try: apt-get install qemu-system-x86"
[ ${#cards[@]} -gt 0 ] || cards=("")
QEMU=$qemu PYTHONDONTWRITEBYTECODE=1 python3 "$top/tools/checks.py" \
    run-hosted.sh ${looks[@]+"${looks[@]}"} \
    "${cards[@]/#/--device=virtio-net-pci,}"
[ -n "$memory" ] || { [ "$san" = none ] && memory=256; } || memory=512

echo "Making the guest (kernel, module, RAM disk) ..."
carrier=$("$here/carrier.sh" -s "$san" ${gdb:+-g})
kernel=$(head -n 1 <<< "$carrier")
initrd=$(tail -n 1 <<< "$carrier")

tmp=$(mktemp -d)
pid=
cleanup() {
	trap '' INT TERM HUP
	[ -z "$pid" ] || kill "$pid" 2> /dev/null || true
	[ -z "$log" ] || [ ! -e "$tmp/console" ] || cp "$tmp/console" "$log"
	rm -rf "$tmp"
}
trap cleanup EXIT
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

# A processor that has what sanitizers are built for, and room for another one:
# without, QEMU before 8.1 leaves out the memory barriers when it emulates.
args=(-M "$machine,accel=$accel" -cpu Nehalem -m "$memory"
    -smp "$cpus,maxcpus=$((cpus > 2 ? cpus : 2))" -nodefaults -display none
    -no-reboot -kernel "$kernel" -initrd "$tmp/initrd"
    -append "console=ttyS0 quiet loglevel=4 panic=-1 mitigations=off \
mode=$mode${gdb:+ gdb=/dev/ttyS1}")
i=0
for options in "${cards[@]}"; do
	if [ $i -gt 0 ] || [ "$backend" = user ]; then
		netdev=user,net=10.0.$((i + 2)).0/24
	else
		netdev=$backend
	fi
	args+=(-netdev "$netdev,id=net$i"
	    -device "virtio-net-pci,netdev=net$i,romfile=${options:+,$options}")
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
	args+=(-chardev "stdio,id=console,mux=on,signal=off${log:+,logfile=$log}"
	    -serial chardev:console -mon chardev=console)
	log=
else
	args+=(-chardev "file,id=console,path=$tmp/console"
	    -serial chardev:console)
fi
if [ -n "$gdb" ]; then
	args+=(-serial "tcp:127.0.0.1:$gdb,server=on,wait=off")
	echo "When it waits for gdb: gdb build/carrier-gcc-$san/hosted" \
	    "-ex 'set sysroot /' -ex 'target remote 127.0.0.1:$gdb'"
fi
args+=(${extra[@]+"${extra[@]}"})

echo "Starting QEMU: machine $machine, $cpus CPU, accelerator $accel," \
    "cards: ${#cards[@]}, disks: ${#disks[@]}"
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
		echo "run-hosted.sh: nothing after $timeout s; the last lines:" >&2
		tail -n 20 "$tmp/console" >&2
		exit 1
	fi
done
wait "$pid" || die "QEMU failed"
pid=
wait "$show" || true

if grep -q '^HOSTED: drivers ended with [^0]' "$tmp/console"; then
	[ -n "$verbose" ] || tail -n 30 "$tmp/console" >&2
	die "the drivers failed"
fi
if [ "$mode" = script ]; then
	grep -q '^HOSTED: script ended with 0' "$tmp/console" ||
		die "the script failed"
elif grep -q '^HOSTED: FAILED' "$tmp/console" ||
    ! grep -q '^HOSTED: done' "$tmp/console"; then
	echo "run-hosted.sh: the report is not complete" >&2
	[ -n "$verbose" ] || tail -n 30 "$tmp/console" >&2
	exit 1
fi
