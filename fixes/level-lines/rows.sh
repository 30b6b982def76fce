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
# See tools/overlay.sh.

# shellcheck shell=bash

# What a line is
edit kernel/genarch/src/acpi/madt.c after '#include <genarch/acpi/madt.h>' \
    '#include <genarch/pic/lines.h>'
edit kernel/genarch/src/acpi/madt.c after \
    $'\tisa_irq_map[override->source] = override->global_int;' \
    $'\tline_override(override->source, override->flags);'
edit kernel/arch/ia32/src/smp/apic.c before '#include <genarch/pic/pic_ops.h>' \
    '#include <genarch/pic/lines.h>'
edit kernel/arch/ia32/src/smp/apic.c replace \
    $'\t\t\tio_apic_change_ioredtbl((uint8_t) pin, DEST_ALL, (uint8_t) (IVT_IRQBASE + i), LOPRI);' \
"			io_apic_change_ioredtbl((uint8_t) pin, DEST_ALL,
			    (uint8_t) (IVT_IRQBASE + i), LOPRI | line_flags(i));"
edit kernel/arch/ia32/src/smp/apic.c replace \
    $'\treg.trigger_mode = TRIGMOD_EDGE;' \
"	reg.trigger_mode = (flags & LINE_LEVEL) ? TRIGMOD_LEVEL :
	    TRIGMOD_EDGE;"
edit kernel/arch/ia32/src/smp/apic.c replace \
    $'\treg.intpol = POLARITY_HIGH;' \
    $'\treg.intpol = (flags & LINE_LOW) ? POLARITY_LOW : POLARITY_HIGH;'

# An interrupt that nobody claims
for arch in amd64 ia32; do
	edit kernel/arch/$arch/src/interrupt.c after \
	    '#include <genarch/pic/pic_ops.h>' \
	    '#include <genarch/pic/unclaimed.h>'
	edit kernel/arch/$arch/src/interrupt.c replace:4:02e82f59 \
	    '#ifdef CONFIG_DEBUG' $'\t\tirq_unclaimed(inum);'
done

edit kernel/genarch/meson.build before 'genarch_src = []' \
"if KARCH == 'amd64' or KARCH == 'ia32'
	_src += [ 'pic/line_kind.c', 'pic/lines.c', 'pic/unclaimed.c' ]
endif
"
