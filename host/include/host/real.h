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

/** @addtogroup host
 * @{
 */
/** @file Real devices: the machine is a Linux guest with the module hpv
 */

#ifndef HOST_HOST_REAL_H_
#define HOST_HOST_REAL_H_

#include <host/backend.h>

/** Longest name of a PCI function, as "0000:00:03.0", with its end */
#define HOST_PCI_NAME_SIZE	16

/** Make the machine the carrier.
 *
 * Call it first of all: threads that run already cannot access I/O ports.
 *
 * @return ENOENT if the module is not loaded, EPERM if this is not root
 */
extern errno_t host_real_init(void);

/** Attach to a PCI function, as /sys/bus/pci/devices names it.
 *
 * @return ENOENT if there is none, EBUSY if a driver of Linux has it
 */
extern errno_t host_real_pci_open(const char *, host_pci_fn_t **);
extern void host_real_pci_close(host_pci_fn_t *);

/** Called for each PCI function; vendor and device id */
typedef void (*host_real_pci_cb_t)(const char *, uint16_t, uint16_t, void *);

extern errno_t host_real_pci_scan(host_real_pci_cb_t, void *);

#endif

/** @}
 */
