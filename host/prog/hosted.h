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

/** @addtogroup hosted
 * @{
 */
/** @file A program of hosted drivers
 */

#ifndef HOST_PROG_HOSTED_H_
#define HOST_PROG_HOSTED_H_

/*
 * The program runs the drivers of the tree that it was linked with, in a Linux
 * guest. Each network card is the other end of a TAP interface, hpv0, hpv1 and
 * so on; each block device can be read and written by commands. Commands come
 * over a socket, see control.c.
 */

#include <ddf/driver.h>
#include <errno.h>
#include <fibril_synch.h>
#include <host/bd_client.h>
#include <host/nic_client.h>
#include <host/real.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include "offload.h"
#include "socket.h"

#define MAX_DEVICES	32

/** Cards that a bus of ours can have */
#define MAX_CARDS	8

/** Room for the name of a device */
#define MAX_NAME	64

/** A network card and its TAP interface */
typedef struct {
	/** Name of the device that it is; one that comes again gets the same
	 * interface. */
	char name[MAX_NAME];
	/** Name of the interface */
	char tap[16];
	int tap_fd;
	/** Guards client: held for reading while it is used */
	fibril_rwlock_t lock;
	/** NULL while there is no card */
	host_nic_client_t *client;
	/** That of the card that went, or NULL: it can be destroyed when its
	 * device is gone, which it is when the next one comes. */
	host_nic_client_t *old;
	/** Frames from the interface that were too long to be sent */
	atomic_ulong too_long;
	/** Frames from the interface that were not understood */
	atomic_ulong not_split;
	/** Guards joined */
	fibril_mutex_t joined_lock;
	/** Segments from the network that the interface has not got yet */
	offload_joined_t joined;
	/** Signalled when there are some */
	fibril_condvar_t joined_cv;
	/** The function of a bus of ours that the card was taken offline by,
	 * with a reference; NULL while it is online */
	ddf_fun_t *offline;
} card_t;

/** A device that a driver of ours has, or can have */
typedef struct {
	/** As in /sys/bus/pci/devices */
	char pci[HOST_PCI_NAME_SIZE];
	const char *driver;
	host_pci_fn_t *fn;
	async_sess_t *sess;
	/** NULL while it is removed */
	ddf_dev_t *dev;
	/** Network cards: several of a bus of ours, one of another device; NULL
	 * where there never was one */
	card_t *cards[MAX_CARDS];
	/** NULL if it is no block device */
	host_bd_t *disk;
} device_t;

extern device_t devices[MAX_DEVICES];
extern size_t device_count;

extern errno_t devices_scan(FILE *);
extern errno_t device_add(device_t *);
extern errno_t device_remove(device_t *);
extern errno_t device_gone(device_t *);

extern errno_t card_create(unsigned int, const char *, card_t **);
extern errno_t card_plug(card_t *, ddf_fun_t *);
extern host_nic_client_t *card_unplug(card_t *);

extern void card_print_info(FILE *, card_t *);
extern void card_print_stats(FILE *, card_t *);
extern errno_t card_command(FILE *, card_t *, int, char *[]);

extern errno_t bus_command(FILE *, device_t *, card_t *, int, char *[]);
extern errno_t disk_command(FILE *, host_bd_t *, int, char *[]);

extern errno_t control_serve(void);

#endif

/** @}
 */
