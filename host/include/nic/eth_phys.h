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
/** @file Kinds of Ethernet
 */

#ifndef HOST_NIC_ETH_PHYS_H_
#define HOST_NIC_ETH_PHYS_H_

#include <stdint.h>

/* Rows of ethernet_support in nic_device_info_t */
#define ETH_OLD			0
#define ETH_10M			1
#define ETH_100M		2
#define ETH_1000M		3
#define ETH_10G			4
#define ETH_40G_100G		5
#define ETH_PHYS_LAYERS		8

#define ETH_10BASE_T		0x0020
#define ETH_100BASE_TX		0x0001
#define ETH_1000BASE_T		0x0001
#define ETH_10GBASE_T		0x0100

#define ETH_AUTONEG_10BASE_T_HALF	UINT32_C(0x00000001)
#define ETH_AUTONEG_10BASE_T_FULL	UINT32_C(0x00000002)
#define ETH_AUTONEG_100BASE_TX_HALF	UINT32_C(0x00000004)
#define ETH_AUTONEG_100BASE_TX_FULL	UINT32_C(0x00000020)
#define ETH_AUTONEG_1000BASE_T_HALF	UINT32_C(0x00000080)
#define ETH_AUTONEG_1000BASE_T_FULL	UINT32_C(0x00000100)

#endif

/** @}
 */
