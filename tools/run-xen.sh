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
# Boots a HelenOS image as a guest of Xen and shows its network.

set -euo pipefail

top=$(cd "$(dirname "$0")/.." && pwd)
rig=$top/tools/xen-rig
cache=${XDG_CACHE_HOME:-$HOME/.cache}/helenos-pv

usage() {
	cat << 'END'
Usage: tools/run-xen.sh [OPTION...] IMAGE
       tools/run-xen.sh [OPTION...]

Boots IMAGE, a bootable ISO of HelenOS or a raw disk of tools/make-disk.sh, as
a guest of Xen with a paravirtual network device, and shows its lease, what nic
says, and pings both ways.
Without an image it runs the hosted drivers in a Linux guest.

Where there is no Xen, all of it (Xen, a Linux as its first domain, the guest)
runs inside QEMU, from Debian's packages in a cache folder. On a machine that
is a Xen host, the guest is started there with xl, and left running.

  -c, --cpus N           processors of the guest (1)
  -m, --memory MIB       memory of the guest (512)
  -v, --vif TYPE         vif: the paravirtual device only (default)
                         ioemu: also an emulated one, for the guest to unplug
  -M, --nic-model MODEL  model of the emulated one: rtl8139 (default) or e1000
  -s, --script FILE      run FILE in the first domain, instead of the report
                         (see tools/xen-rig/report and lib.sh)
  -f, --file FILE        put FILE beside the script; may be repeated
  -x, --xl LINE          add LINE to xl's configuration; may be repeated
  -S, --store NAME       the xenstore daemon: xenstored (default) or oxenstored
  -b, --verbose          show the guest's serial console; boots three times as
                         slowly
  -k, --shell            keep running, with a shell in the first domain, no
                         script
      --tap IF           put the guest's network on this tap interface; there
                         is no report, and the guest runs until it ends
                         or the time is over
      --log FILE         keep the console in FILE
  -t, --timeout SECONDS  give up after so long (900; 0: never)
  -h, --help             this text

Status: 0 if all of it worked, 1 if not, 2 for a wrong use, 130 and 143 when a
signal ended it.
END
}

misuse() {
	printf 'run-xen.sh: %s\n' "$@" >&2
	usage >&2
	exit 2
}

die() {
	printf 'run-xen.sh: %s\n' "$@" >&2
	exit 1
}

memory=512 cpus=1 vif=vif model=rtl8139 script=$rig/report serial=none
keep='' limit=900 store=xenstored log='' image='' tap=''
files=() lines=() looks=() words=("$@")
while [ $# -gt 0 ]; do
	option=$1
	case $1 in
	--*=*) option=${1%%=*} value=${1#*=} ;;
	-b | --verbose) serial="file"; shift; continue ;;
	-k | --shell) keep=yes; shift; continue ;;
	-h | --help) usage; exit ;;
	-*) [ $# -ge 2 ] || misuse "$1: what?"; value=$2; shift ;;
	*)
		[ -z "$image" ] && [ -n "$1" ] || misuse "$1: one image is enough"
		image=$1 looks+=("--image=$1")
		shift
		continue
		;;
	esac
	shift
	case $option in
	-m | --memory) memory=$value looks+=("--memory=$value") ;;
	-c | --cpus) cpus=$value looks+=("--cpus=$value") ;;
	-v | --vif) vif=$value ;;
	-M | --nic-model) model=$value ;;
	-s | --script) script=$value looks+=("--script=$value") ;;
	-f | --file) files+=("$value") looks+=("--file=$value") ;;
	-x | --xl) lines+=("$value") ;;
	-S | --store) store=$value ;;
	-t | --timeout) limit=$value looks+=("--timeout=$value") ;;
	--tap) tap=$value looks+=("--tap=$value") ;;
	--log) log=$value looks+=("--log=$value") ;;
	*) misuse "$option: no such option" ;;
	esac
done

case $vif in
vif | ioemu) ;;
*) misuse "--vif is vif or ioemu, not $vif" ;;
esac
case $model in
rtl8139 | e1000) ;;
*) misuse "--nic-model is rtl8139 or e1000, not $model" ;;
esac
case $store in
xenstored | oxenstored) ;;
*) misuse "--store is xenstored or oxenstored, not $store" ;;
esac

if [ -n "$tap" ]; then
	[ -n "$image" ] || misuse "--tap wants an image"
	[ "$script" != "$rig/report" ] || script=$rig/stay
fi

uses=(--xen)
[ -n "$image" ] || uses+=(--run)
command -v python3 > /dev/null || "$top/tools/setup.sh" "${uses[@]}"
[ "${SUPERVISOR-}" = $PPID ] ||
	exec python3 "$top/tools/supervise.py" "$0" ${words[@]+"${words[@]}"}
PYTHONDONTWRITEBYTECODE=1 python3 "$top/tools/checks.py" run-xen.sh \
    ${looks[@]+"${looks[@]}"}
"$top/tools/setup.sh" "${uses[@]}"

missing=()
need() {
	command -v "$1" > /dev/null || missing+=("$2")
}
need xorriso xorriso
need grub-mkrescue grub-common
need mformat mtools
need tar tar
[ -d /usr/lib/grub/i386-pc ] || missing+=(grub-pc-bin)

on_xen=
if [ -r /proc/xen/capabilities ] &&
    grep -q control_d /proc/xen/capabilities 2> /dev/null; then
	on_xen=yes
	[ -z "$tap" ] ||
		die "this is a Xen host: its bridge xenbr0 is the guest's network"
	need xl xen-utils
else
	need qemu-system-x86_64 qemu-system-x86
fi
[ ${#missing[@]} -eq 0 ] ||
	die "missing; as root: apt-get install ${missing[*]}"

# The ticks of so many processors alone take all that one emulated processor can
# do, and the guest gets nowhere. Then a second is one of the machine's own: as
# long as 500 million instructions take, and no time at all when it is idle.
# Only then: QEMU (7.2, and its newest) can deliver an interrupt twice. VMRUN keeps
# the number of one that it delivered (exception_index), and if QEMU stops the
# processor before the guest's next exit for anything but an interrupt, that number
# is delivered once more, masked or not. A Linux guest dies of it ("stack guard
# page", in the first instructions of its entry) or hangs. By the real clock that
# takes a stop at the very moment; here the end of each timer is one, and of some
# two thousand interrupts that Xen injected one came twice.
many='' accel=(-accel "tcg,thread=multi")
if [ -z "$on_xen" ] && [ "$cpus" -gt 2 ]; then
	many=yes accel=(-accel "tcg,thread=single" -icount "shift=1,sleep=off")
fi

work=$(mktemp -d)
cleanup() {
	trap '' INT TERM HUP
	[ -z "$log" ] || [ ! -e "$work/console" ] || cp "$work/console" "$log"
	rm -rf "$work"
}
trap cleanup EXIT

# HelenOS's image is a CD only, and an emulated CD is slow under emulation.
make_disk() {
	if [ "$(od -An -tx1 -j 510 -N 2 "$image")" = ' 55 aa' ]; then
		cp --sparse=always "$image" "$disk"
	else
		"$top/tools/make-disk.sh" "$image" "$disk" || exit
	fi
}

# The hosted drivers' carrier, with Linux's own Xen support off. It makes the
# report by itself; for another script it takes commands on its second serial
# line.
make_hosted_disk() {
	local out kernel initrd mode=report
	# Under emulation, Xen's HPET is the slower of the two clocks.
	local fast="hpet=disable mitigations=off"
	# The processors have one TSC, which Linux does not know.
	[ -z "$many" ] || fast+=" tsc=reliable"
	[ "$script" = "$rig/report-hosted" ] ||
		mode="remote drivers_log=/run/drivers.log"
	out=$("$top/host/carrier.sh") || die "the hosted drivers do not build"
	kernel=$(sed -n 1p <<< "$out")
	initrd=$(sed -n 2p <<< "$out")
	mkdir -p "$work/tree/boot/grub"
	cp "$kernel" "$work/tree/boot/vmlinuz"
	gzip -1 < "$initrd" > "$work/tree/boot/initrd"
	cat > "$work/tree/boot/grub/grub.cfg" << END
set timeout=0
menuentry hosted {
	linux /boot/vmlinuz console=ttyS0,115200 quiet panic=5 xen_nopv $fast mode=$mode
	initrd /boot/initrd
}
END
	grub-mkrescue -o "$disk" "$work/tree" > "$work/log" 2>&1 ||
		{ tail -n 3 "$work/log" >&2; die "grub-mkrescue failed"; }
	rm -rf "$work/tree"
}

# xl's configuration; $1 the disk, $2 the serial line
xl_config() {
	cat << END
name = "helenos"
type = "hvm"
memory = $memory
vcpus = $cpus
disk = [ "format=raw,vdev=hda,access=rw,backendtype=qdisk,target=$1" ]
hdtype = "ahci"
boot = "c"
vif = [ "type=$vif,model=$model,bridge=xenbr0,mac=00:16:3e:12:34:56" ]
serial = "$2"
vga = "stdvga"
sdl = 0
vnc = 0
usb = 0
xen_platform_pci = 1
tsc_mode = "native"
on_poweroff = "destroy"
on_reboot = "${ON_REBOOT:-destroy}"
on_crash = "destroy"
END
	[ ${#lines[@]} -eq 0 ] || printf '%s\n' "${lines[@]}"
}

mkdir -p "$cache"
disk=$work/disk.img
if [ -n "$image" ]; then
	make_disk
else
	serial="file"
	[ "$script" != "$rig/report" ] || script=$rig/report-hosted
	make_hosted_disk
fi

if [ -n "$on_xen" ]; then
	trap - EXIT
	xl_config "$disk" "$([ $serial = none ] && echo none || echo pty)" \
	    > "$work/guest.cfg"
	echo "run-xen.sh: this is a Xen host: xl create $work/guest.cfg"
	xl create "$work/guest.cfg"
	echo "run-xen.sh: end it with: xl destroy helenos; rm -r $work"
	exit
fi

out=$("$rig/build.sh") || die "the Xen host cannot be made"
mapfile -t parts <<< "$out"

mkdir "$work/conf"
cp "$rig/lib.sh" "$work/conf/lib.sh"
[ -n "$keep" ] || cp "$script" "$work/conf/script"
[ ${#files[@]} -eq 0 ] || cp "${files[@]}" "$work/conf/"
[ $serial = none ] && line=none || line='file:/dev/vport0p1'
xl_config /dev/vda "$line" > "$work/conf/guest.cfg"
tar -C "$work/conf" -cf "$work/conf.tar" .

# The first domain has room for a saved guest: its memory and a twentieth.
host_memory=$((768 + memory * 21 / 20))

# The steady choice of CPU: newer ones make the first domain or its guest
# crash under emulation.
# shellcheck disable=SC2054 # the commas are QEMU's
qemu=(timeout --foreground -k 5 "$limit" qemu-system-x86_64 -M q35
    "${accel[@]}" -cpu qemu64,+svm,+npt -smp 1
    -m $((host_memory + memory + 768))
    -nodefaults -no-user-config -no-reboot -display none
    -kernel "${parts[0]}"
    -initrd "${parts[1]} console=hvc0 quiet store=$store,${parts[2]}"
    -append "com1=115200,8n1 console=com1 dom0_mem=${host_memory}M,max:${host_memory}M dom0_max_vcpus=1 loglvl=warning guest_loglvl=warning noreboot"
    -device virtio-serial-pci
    -drive "if=none,id=d0,file=$disk,format=raw,snapshot=on"
    -device virtio-blk-pci,drive=d0,serial=image
    -drive "if=none,id=d1,file=$work/conf.tar,format=raw,readonly=on"
    -device virtio-blk-pci,drive=d1,serial=conf)
# As on a wire: what comes to the tap has its checksums, and is not too long.
[ -z "$tap" ] || qemu+=(-device "virtio-net-pci,netdev=n" -netdev
    "tap,id=n,ifname=$tap,script=no,downscript=no,vnet_hdr=off")

if [ -n "$keep" ]; then
	"${qemu[@]:5}" -serial mon:stdio \
	    -chardev null,id=g -device virtserialport,chardev=g,name=guest
	exit
fi

echo "run-xen.sh: starting Xen; $([ $serial = none ] &&
    echo 'the guest boots unseen (--verbose shows it)' || echo 'the guest is shown')"
status=0
# QEMU can lose an interrupt: VMRUN with a virtual one pending changes the word
# of pending interrupts without the lock that the timers' thread holds. If it is
# the processor's timer that is lost, everything waits for it, for ever. Any other
# interrupt makes QEMU look at all of them again: a line comes in all the time.
mkfifo "$work/ticks"
while sleep 1; do
	echo
done > "$work/ticks" &
ticker=$!
# A file descriptor, and not stdio, which stops at the end of our input.
"${qemu[@]}" \
    -serial file:/proc/self/fd/1 \
    -chardev file,id=g,path=/proc/self/fd/1,append=on \
    -device virtserialport,chardev=g,name=guest \
    -chardev stdio,id=t,signal=off \
    -device virtserialport,chardev=t,name=ticks \
    < "$work/ticks" > >(tee "$work/console" |
    grep --line-buffered -a -E '^(DOM0|HELENOS|HOSTED|\[|[a-z].*: )') ||
	status=$?
kill $ticker 2> /dev/null || true
wait
if [ $status = 124 ]; then
	die "not done after $limit seconds (--timeout gives it more)"
elif [ $status != 0 ]; then
	die "QEMU ended with $status"
fi
if grep -a -q FAILED "$work/console" ||
    ! grep -a -q 'DOM0: .* script ended' "$work/console"; then
	cp "$work/console" "$cache/run-xen.log"
	die "something failed; the whole console is in $cache/run-xen.log"
fi
