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
"""What a disk or CD image is, and how QEMU boots it."""

# How a disk hangs on the machine. On the machine "pc", ide is what it says;
# q35 has AHCI in its place.
BUSES = {
    "ide": ["ide-hd"],
    "ahci": ["ahci,id=boot-bus", "ide-hd,bus=boot-bus.0"],
    "virtio-blk": ["virtio-blk-pci"],
    "virtio-scsi": ["virtio-scsi-pci,id=boot-bus", "scsi-hd,bus=boot-bus.0"],
    "nvme": ["nvme,serial=boot"],
}

# Where each format has what bytes. A disk of tools/make-disk.sh can be read as
# a CD, too.
MAGICS = [
    (0, b"QFI\xfb", "qcow2"),
    (0, b"KDMV", "vmdk"),
    (0, b"conectix", "vpc"),
    (510, b"\x55\xaa", "raw"),
    (0x8001, b"CD001", "iso"),
]


def image_format(path):
    """The name that QEMU has for an image's format, "iso" for that of a CD,
    or None."""
    with open(path, "rb") as f:
        start = f.read(0x8001 + 5)
    return next((name for at, magic, name in MAGICS
                 if start[at:at + len(magic)] == magic), None)


def boot_options(image, bus="ide"):
    """QEMU's options to boot an image, a disk on that bus. The image is not
    written to."""
    kind = image_format(image)
    if kind == "iso":
        return ["-boot", "d",
                "-drive", f"if=ide,index=0,media=cdrom,file={image}"]
    *others, device = BUSES[bus]
    options = ["-drive", f"if=none,id=boot,snapshot=on,format={kind},"
               f"file={image}"]
    for other in others:
        options += ["-device", other]
    return [*options, "-device", f"{device},drive=boot,bootindex=0"]
