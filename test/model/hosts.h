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

/** @addtogroup test_model
 * @{
 */
/** @file Hosts: devices as hypervisors of the world have them
 *
 * hosts.c has a row for each, host_job.c what each of them must do.
 */

#ifndef TEST_MODEL_HOSTS_H_
#define TEST_MODEL_HOSTS_H_

#include "blk.h"
#include "net.h"

/** A network device */
typedef struct {
	const char *name;
	/** All of it is told: nothing is added by the kind of device. */
	vm_cfg_t cfg;
	/** Classes of commands that it refuses, as net_lies_t.ctrl_refuse */
	unsigned int refuses;
	/** Nobody listens to the control queue. */
	bool ctrl_silent;
	/** A frame that it drops takes a buffer, with a used length of 0. */
	bool drops_buffers;
	/** Most warnings of the driver each time the device is added: what it
	 * does without
	 */
	unsigned int warnings;
	/** Starts that adding the device may take beyond those by the book */
	unsigned int more_starts;
} host_net_t;

/** A disk */
typedef struct {
	const char *name;
	vm_cfg_t cfg;
	uint32_t seg_max;
	unsigned int warnings;
} host_disk_t;

/** The whole life of a card, and of a disk, on a host */
extern void host_net_job(const host_net_t *);
extern void host_disk_job(const host_disk_t *);

#endif

/** @}
 */
