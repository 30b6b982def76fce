/*
 * Copyright (c) 2026 helenos-pv authors
 * All rights reserved.
 *
 * Redistribution and use in source and binary forms, with or without
 * modification, are permitted provided that the following conditions
 * are met:
 *
 * - Redistributions of source code must retain the above copyright
 *   notice, this list of conditions and the following disclaimer.
 * - Redistributions in binary form must reproduce the above copyright
 *   notice, this list of conditions and the following disclaimer in the
 *   documentation and/or other materials provided with the distribution.
 * - The name of the author may not be used to endorse or promote products
 *   derived from this software without specific prior written permission.
 *
 * THIS SOFTWARE IS PROVIDED BY THE AUTHOR ``AS IS'' AND ANY EXPRESS OR
 * IMPLIED WARRANTIES, INCLUDING, BUT NOT LIMITED TO, THE IMPLIED WARRANTIES
 * OF MERCHANTABILITY AND FITNESS FOR A PARTICULAR PURPOSE ARE DISCLAIMED.
 * IN NO EVENT SHALL THE AUTHOR BE LIABLE FOR ANY DIRECT, INDIRECT,
 * INCIDENTAL, SPECIAL, EXEMPLARY, OR CONSEQUENTIAL DAMAGES (INCLUDING, BUT
 * NOT LIMITED TO, PROCUREMENT OF SUBSTITUTE GOODS OR SERVICES; LOSS OF USE,
 * DATA, OR PROFITS; OR BUSINESS INTERRUPTION) HOWEVER CAUSED AND ON ANY
 * THEORY OF LIABILITY, WHETHER IN CONTRACT, STRICT LIABILITY, OR TORT
 * (INCLUDING NEGLIGENCE OR OTHERWISE) ARISING IN ANY WAY OUT OF THE USE OF
 * THIS SOFTWARE, EVEN IF ADVISED OF THE POSSIBILITY OF SUCH DAMAGE.
 */

/** @addtogroup test
 * @{
 */
/** @file A device's configuration space of any contents
 *
 * Whatever it says, a structure that the library takes lies within its BAR.
 */

#include "../../uspace/lib/virtio/private/pci_caps.h"
#include "input.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	input_t in = { data, size };
	uint8_t config[PCI_CONFIG_SIZE];
	virtio_bar_t bars[PCI_BARS];
	virtio_pci_caps_t caps;

	for (size_t i = 0; i < PCI_BARS; i++) {
		uint8_t kind = input_u8(&in);

		bars[i].io = (kind & 1) != 0;
		bars[i].base = (kind & 2) != 0 ? 0x1000 : 0;
		/* Of every magnitude, 0 and no powers of two among them */
		bars[i].size = (uint64_t) input_u16(&in) << (kind >> 2);
	}
	input_take(&in, config, sizeof(config));
	memset(&caps, 0xff, sizeof(caps));

	bool found = virtio_pci_find_caps("fuzz", config, bars, &caps);
	if (!found)
		return 0;

	HOLD(caps.cap[VIRTIO_PCI_CAP_COMMON].present);
	HOLD(caps.cap[VIRTIO_PCI_CAP_NOTIFY].present);
	for (size_t i = 0; i < VIRTIO_PCI_CAP_USED; i++) {
		const virtio_pci_cap_t *cap = &caps.cap[i];

		if (!cap->present)
			continue;
		HOLD(cap->bar < PCI_BARS);
		HOLD(cap->length > 0);
		HOLD(bars[cap->bar].base != 0);
		HOLD((uint64_t) cap->offset + cap->length <=
		    bars[cap->bar].size);
	}
	return 0;
}

/** @}
 */
