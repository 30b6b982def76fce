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
/** @file Devices and functions, as the host library keeps them
 */

#ifndef HOST_LIB_DDF_PRIVATE_H_
#define HOST_LIB_DDF_PRIVATE_H_

#include <ddf/driver.h>
#include <fibril_synch.h>
#include <stdatomic.h>

struct ddf_dev {
	link_t link;
	/** By the list of devices, each function, each call in progress */
	atomic_int refs;
	const driver_t *driver;
	char *name;
	devman_handle_t handle;
	async_sess_t *parent;
	/** Function that the device is attached to, with a reference, or NULL;
	 * parent is a session with it then, and hung up with the device.
	 */
	ddf_fun_t *parent_fun;
	void *data;
};

struct ddf_fun {
	link_t link;
	/** By the driver, by being bound, each client */
	atomic_int refs;
	ddf_dev_t *dev;
	fun_type_t type;
	char *name;
	devman_handle_t handle;
	bool bound;
	bool online;
	bool in_category;
	/** The function's callback was told that it is there. */
	bool told;
	void *data;
	const ddf_dev_ops_t *ops;
	async_port_handler_t conn_handler;
	char *match_id;
	/** True while a driver is asked to take an inner function's device */
	bool attaching;
	/** That device, once it was taken */
	ddf_dev_t *child;
};

/** Guards the lists, handles and the fields bound, online, attaching, child */
extern fibril_mutex_t host_ddf_lock;
extern list_t host_devices;
extern list_t host_functions;
extern devman_handle_t host_last_handle;

/** Devices and functions that were not freed */
extern atomic_size_t host_objects;

extern errno_t host_dev_attach(const char *, const char *, async_sess_t *,
    ddf_fun_t *, ddf_dev_t **);
extern void host_dev_put(ddf_dev_t *);

#endif

/** @}
 */
