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
/** @file Device driver framework
 */

#ifndef HOST_DDF_DRIVER_H_
#define HOST_DDF_DRIVER_H_

#include <async.h>
#include <dev_iface.h>
#include <ipc/dev_iface.h>
#include <ipc/devman.h>

typedef struct ddf_dev ddf_dev_t;
typedef struct ddf_fun ddf_fun_t;

/** What a function offers its clients */
typedef struct ddf_dev_ops {
	errno_t (*open)(ddf_fun_t *);
	void (*close)(ddf_fun_t *);
	void *interfaces[DEV_IFACE_COUNT];
	remote_handler_t *default_handler;
} ddf_dev_ops_t;

/** What devman asks of a driver */
typedef struct driver_ops {
	errno_t (*dev_add)(ddf_dev_t *);
	errno_t (*dev_remove)(ddf_dev_t *);
	errno_t (*dev_gone)(ddf_dev_t *);
	errno_t (*dev_quiesce)(ddf_dev_t *);
	errno_t (*fun_online)(ddf_fun_t *);
	errno_t (*fun_offline)(ddf_fun_t *);
} driver_ops_t;

typedef struct driver {
	const char *name;
	const driver_ops_t *driver_ops;
} driver_t;

extern int ddf_driver_main(const driver_t *);

extern void *ddf_dev_data_alloc(ddf_dev_t *, size_t);
extern void *ddf_dev_data_get(ddf_dev_t *);
extern devman_handle_t ddf_dev_get_handle(ddf_dev_t *);
extern const char *ddf_dev_get_name(ddf_dev_t *);
extern async_sess_t *ddf_dev_parent_sess_get(ddf_dev_t *);

extern ddf_fun_t *ddf_fun_create(ddf_dev_t *, fun_type_t, const char *);
extern void ddf_fun_destroy(ddf_fun_t *);
extern devman_handle_t ddf_fun_get_handle(ddf_fun_t *);
extern void *ddf_fun_data_alloc(ddf_fun_t *, size_t);
extern void *ddf_fun_data_get(ddf_fun_t *);
extern const char *ddf_fun_get_name(ddf_fun_t *);
extern errno_t ddf_fun_set_name(ddf_fun_t *, const char *);
extern ddf_dev_t *ddf_fun_get_dev(ddf_fun_t *);
extern errno_t ddf_fun_bind(ddf_fun_t *);
extern errno_t ddf_fun_unbind(ddf_fun_t *);
extern errno_t ddf_fun_online(ddf_fun_t *);
extern errno_t ddf_fun_offline(ddf_fun_t *);
extern errno_t ddf_fun_quiesce(ddf_fun_t *);
extern errno_t ddf_fun_add_match_id(ddf_fun_t *, const char *, int);
extern void ddf_fun_set_ops(ddf_fun_t *, const ddf_dev_ops_t *);
extern void ddf_fun_set_conn_handler(ddf_fun_t *, async_port_handler_t);
extern errno_t ddf_fun_add_to_category(ddf_fun_t *, const char *);
extern errno_t ddf_fun_wait_stable(ddf_fun_t *);

#endif

/** @}
 */
