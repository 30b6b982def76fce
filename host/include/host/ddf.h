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
/** @file Devices, drivers and functions, devman's side
 */

#ifndef HOST_HOST_DDF_H_
#define HOST_HOST_DDF_H_

/*
 * Drivers are the unmodified sources, with main() renamed by the compiler's
 * -Dmain=NAME_main. ddf_driver_main() registers the driver and returns 0; from
 * then on the program does what devman would.
 */

#include <ddf/driver.h>

/** Run a driver's main().
 *
 * @return EOK, or EIO if main() did not return 0
 */
extern errno_t host_driver_start(int (*)(int, char *[]), const char *);

/** Let a driver have devices with a match id (a line of its .ma file).
 *
 * Needed for devices that another driver's inner functions bring.
 */
extern errno_t host_driver_add_match(const char *, const char *);

/** Read a driver's .ma file: host_driver_add_match() for each line.
 *
 * @return ENOENT if there is no such file, EINVAL if it has a bad line
 */
extern errno_t host_driver_load_matches(const char *, const char *);
/** The driver for a match id, NULL if there is none */
extern const char *host_driver_find(const char *);

/** Give a device to a driver: its dev_add.
 *
 * @param driver Name of the driver, as in its driver_t
 * @param name   Name of the device, as its driver logs it
 * @param parent Session to the parent; NULL if there is none
 * @param dev    Set to the device, valid until it is removed or gone
 * @return       What dev_add returned, ENOENT if there is no such driver
 */
extern errno_t host_dev_add(const char *, const char *, async_sess_t *,
    ddf_dev_t **);
/** devctl offline of the parent's function: dev_remove; dev ends on EOK. */
extern errno_t host_dev_remove(ddf_dev_t *);
/** Surprise removal: dev_gone; dev ends on EOK. */
extern errno_t host_dev_gone(ddf_dev_t *);
/** Reboot: dev_quiesce. */
extern errno_t host_dev_quiesce(ddf_dev_t *);
extern errno_t host_fun_online(ddf_fun_t *);
extern errno_t host_fun_offline(ddf_fun_t *);

/** A bound function of a device, with a reference that the caller puts back;
 * NULL if there is none. A NULL name means the first one.
 */
extern ddf_fun_t *host_dev_get_fun(ddf_dev_t *, const char *);
/** The function that a device is attached to, with a reference that the caller
 * puts back; NULL if it was added by host_dev_add().
 */
extern ddf_fun_t *host_dev_get_parent_fun(ddf_dev_t *);
extern void host_fun_get(ddf_fun_t *);
extern void host_fun_put(ddf_fun_t *);
/** True while the function is bound and online */
extern bool host_fun_is_bound(ddf_fun_t *);
/** An interface of the function, NULL if it has none */
extern void *host_fun_iface(ddf_fun_t *, dev_inferface_idx_t);
/** Connect to a function as a client does; NULL if it takes no clients */
extern async_sess_t *host_fun_connect(ddf_fun_t *);

/** Called when clients may find a function, and when they may not any more,
 * from the driver's fibril: an inner one when it is bound, an exposed one when
 * it is in a category, too
 */
typedef void (*host_fun_cb_t)(ddf_fun_t *, bool there, void *arg);
extern void host_fun_set_cb(host_fun_cb_t, void *);

/** Devices and functions that are still there, for tests of leaks */
extern size_t host_ddf_objects(void);

#endif

/** @}
 */
