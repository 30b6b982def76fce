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
# script, which checks every row before it writes anything.
#
#   part NAME                    what follows is a commit of --series, whose
#                                message is tools/series/NAME
#   need FILE TEXT WHY           FILE of HelenOS must have a line with TEXT
#   lay PATH                     a folder or a file of ours; a folder replaces
#                                HelenOS's of the same name as a whole
#   drop PATH                    HelenOS's PATH goes until a later part lays it
#   edit FILE after ANCHOR TEXT  one line (or more, with \n) of ours beside
#   edit FILE before ANCHOR TEXT the one line of FILE that equals ANCHOR
#   edit FILE replace ANCHOR TEXT  or in its place (nothing, if TEXT is empty)
#   stamp FILE ANCHOR            FILE of ours is the main program of a driver,
#                                which says the digest of this tree after ANCHOR
#   driver PATH OTHER TEXT [LAST]
#                                a folder of ours that is a driver. It comes after
#                                OTHER in the list, and after LAST (or OTHER) in
#                                the RAM disks; TEXT is what it prints first
#
# after:N:SUM, before:N:SUM and replace:N:SUM mean the N lines that begin with
# ANCHOR and have the checksum SUM, where one line does not tell or does not do;
# with a wrong SUM the refusal says which there are.

# shellcheck shell=bash

driver() {
	local path=$1 other=$2 image=${4:-$2} arch
	lay "uspace/drv/$path"
	stamp "uspace/drv/$path/${path##*/}.c" $'\tprintf('"$3"$'\\n");'
	edit uspace/drv/meson.build after $'\t\''"$other'," $'\t\''"$path',"
	for arch in amd64 ia32; do
		edit meson/arch/$arch/meson.build after \
		    $'\t\''"drv/$image'," $'\t\''"drv/$path',"
	done
}

need uspace/lib/drv/include/ddf/interrupt.h \
    'interrupt_handler_t(ipc_call_t *, void *)' \
    'interrupt handlers that take an argument'
need uspace/lib/drv/include/ddf/driver.h \
    '(*dev_quiesce)(ddf_dev_t *)' \
    'the dev_quiesce operation of a driver'
need uspace/lib/nic/include/nic.h \
    'nic_fun_add_to_cats(ddf_fun_t *' \
    'the NIC categories of libnic'

# HelenOS has the library and both drivers, and has them in its lists. Its
# drivers do not build with our library: they go with its own.
part libvirtio
need uspace/lib/meson.build "'virtio'," 'libvirtio among the libraries'
lay uspace/lib/virtio
drop uspace/drv/nic/virtio-net
drop uspace/drv/block/virtio-blk
edit uspace/drv/meson.build replace $'\t\'nic/virtio-net\',' ''
edit uspace/drv/meson.build replace $'\t\'block/virtio-blk\',' ''
for arch in amd64 ia32; do
	edit meson/arch/$arch/meson.build replace \
	    $'\t\'drv/nic/virtio-net\',' ''
	edit meson/arch/$arch/meson.build replace \
	    $'\t\'drv/block/virtio-blk\',' ''
done

part libringnic
lay uspace/lib/ringnic
edit uspace/lib/meson.build after $'\t\'nic\',' $'\t\'ringnic\','

part virtio-net
driver nic/virtio-net nic/ar9271 \
    '"virtio-net: HelenOS virtio network adapter driver' nic/rtl8169

part virtio-blk
driver block/virtio-blk block/usbmast \
    'NAME ": HelenOS virtio block device driver'

part hypercall
lay abi/include/abi/xen.h
lay kernel/generic/include/xen
lay kernel/generic/src/xen
lay kernel/genarch/src/xen
edit abi/include/abi/syscall.h after $'\tSYS_KIO_READ,' \
    $'\tSYS_XEN_HYPERCALL,'
edit kernel/generic/src/syscall/syscall.c after '#include <log.h>' \
    '#include <xen/hypercall.h>'
edit kernel/generic/src/syscall/syscall.c after \
    $'\t[SYS_KIO_READ] = (syshandler_t) sys_kio_read,' \
    $'\t[SYS_XEN_HYPERCALL] = (syshandler_t) sys_xen_hypercall,'
edit kernel/generic/src/proc/thread.c after '#include <halt.h>' \
    '#include <xen/hypercall.h>'
edit kernel/generic/src/proc/thread.c after \
    $'\t\t\tsys_waitq_task_cleanup();' $'\t\t\txen_task_cleanup();'
edit kernel/generic/meson.build after $'\t\'src/time/timeout.c\',' \
    $'\t\'src/xen/hypercall.c\','
edit kernel/genarch/meson.build before 'genarch_src = []' \
    "if KARCH == 'amd64' or KARCH == 'ia32'
	_src += [ 'xen/x86.c' ]
else
	_src += [ 'xen/none.c' ]
endif
"
edit uspace/app/trace/syscalls.c after \
    $'\t[SYS_KIO_READ] = { "kio_read", 3, V_INTEGER },' \
    $'\t[SYS_XEN_HYPERCALL] = { "xen_hypercall", 5, V_ERRNO },'

part libxen
lay uspace/lib/xen
edit uspace/lib/meson.build after $'\t\'virtio\',' $'\t\'xen\','

part xen-platform
driver bus/xen-platform bus/usb/xhci \
    'NAME ": HelenOS Xen platform device driver'

part xenbus
driver bus/xenbus bus/xen-platform 'NAME ": HelenOS Xen bus driver'

part xen-netfront
driver nic/xen-netfront nic/virtio-net \
    '"xen-netfront: HelenOS Xen network adapter driver'
