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
/** @file Start, and the devices
 */

#include <ddf/log.h>
#include <host/ddf.h>
#include <mem.h>
#include <stdlib.h>
#include <str.h>
#include <str_error.h>
#include <unistd.h>
#include "hosted.h"

/** Where the drivers' .ma files are */
#define DRIVER_DIR	"/drv"

device_t devices[MAX_DEVICES];
size_t device_count;

static unsigned int card_count;
/** Guards card_count, and who has which place: cards of a bus come at the same
 * time */
static FIBRIL_MUTEX_INITIALIZE(cards_lock);

/** A driver that may be linked in */
typedef struct {
	const char *name;
	int (*main)(int, char *[]);
} linked_driver_t;

extern int virtio_net_main(int, char *[]) __attribute__((weak));
extern int virtio_blk_main(int, char *[]) __attribute__((weak));
extern int xen_platform_main(int, char *[]) __attribute__((weak));
extern int xenbus_main(int, char *[]) __attribute__((weak));
extern int xen_netfront_main(int, char *[]) __attribute__((weak));

static errno_t start_drivers(void)
{
	const linked_driver_t drivers[] = {
		{ "virtio-net", virtio_net_main },
		{ "virtio-blk", virtio_blk_main },
		{ "xen-platform", xen_platform_main },
		{ "xenbus", xenbus_main },
		{ "xen-netfront", xen_netfront_main }
	};
	char path[128];

	for (size_t i = 0; i < sizeof(drivers) / sizeof(*drivers); i++) {
		if (drivers[i].main == NULL)
			continue;
		snprintf(path, sizeof(path), DRIVER_DIR "/%s.ma",
		    drivers[i].name);
		errno_t rc = host_driver_load_matches(drivers[i].name, path);
		if (rc != EOK) {
			fprintf(stderr, "hosted: %s: %s\n", path,
			    str_error(rc));
			return rc;
		}
		rc = host_driver_start(drivers[i].main, drivers[i].name);
		if (rc != EOK) {
			fprintf(stderr, "hosted: %s does not start\n",
			    drivers[i].name);
			return rc;
		}
	}
	return EOK;
}

/** The device that a bus's child is below of, by its name; NULL if there is
 * none */
static device_t *device_above(const char *name)
{
	for (size_t i = 0; i < MAX_DEVICES; i++) {
		char prefix[HOST_PCI_NAME_SIZE + 8];

		if (devices[i].pci[0] == '\0')
			continue;
		snprintf(prefix, sizeof(prefix), "pci0/%s/",
		    devices[i].pci + 5);
		if (str_lcmp(name, prefix, str_length(prefix)) == 0)
			return &devices[i];
	}
	return NULL;
}

/** Find the place of a device's card: the one that it had, or one that nobody
 * has; NULL if there is none. */
static card_t **card_slot(device_t *device, const char *name)
{
	card_t **free_slot = NULL;

	for (size_t i = 0; i < MAX_CARDS; i++) {
		card_t **slot = &device->cards[i];

		if (*slot == NULL) {
			if (free_slot == NULL)
				free_slot = slot;
		} else if (str_cmp((*slot)->name, name) == 0) {
			return slot;
		}
	}
	return free_slot;
}

/** Find the card of a device, and make it if it is not there. */
static errno_t card_find(device_t *device, const char *name, card_t **rcard)
{
	errno_t rc = EOK;

	fibril_mutex_lock(&cards_lock);
	card_t **slot = card_slot(device, name);
	if (slot == NULL) {
		rc = ELIMIT;
	} else if (*slot == NULL) {
		rc = card_create(card_count, name, slot);
		if (rc == EOK)
			card_count++;
	}
	fibril_mutex_unlock(&cards_lock);

	if (rc == EOK)
		*rcard = *slot;
	return rc;
}

/** Connect a card's function to the card's interface. */
static errno_t card_comes(device_t *device, ddf_fun_t *fun)
{
	card_t *card;

	errno_t rc = card_find(device,
	    ddf_dev_get_name(ddf_fun_get_dev(fun)), &card);
	if (rc != EOK)
		return rc;
	if (card->old != NULL)
		host_nic_client_destroy(card->old);
	card->old = NULL;
	return card_plug(card, fun);
}

/** A card on a bus of ours comes or goes. */
static void function_changed(ddf_fun_t *fun, bool bound, void *arg)
{
	const char *name = ddf_dev_get_name(ddf_fun_get_dev(fun));

	if (host_fun_iface(fun, NIC_DEV_IFACE) == NULL)
		return;
	device_t *device = device_above(name);
	if (device == NULL)
		return;

	if (bound) {
		if (card_comes(device, fun) != EOK)
			fprintf(stderr, "hosted: %s cannot be used\n", name);
		return;
	}
	fibril_mutex_lock(&cards_lock);
	card_t **slot = card_slot(device, name);
	card_t *card = slot != NULL ? *slot : NULL;
	fibril_mutex_unlock(&cards_lock);
	if (card != NULL && card->old == NULL)
		card->old = card_unplug(card);
}

/** What a device's exposed function is for: a card or a disk. */
static errno_t connect_function(device_t *device)
{
	ddf_fun_t *fun = host_dev_get_fun(device->dev, NULL);

	if (fun == NULL)
		return EOK;
	errno_t rc = host_fun_iface(fun, NIC_DEV_IFACE) != NULL ?
	    card_comes(device, fun) : host_bd_open(fun, &device->disk);
	host_fun_put(fun);
	return rc;
}

static void device_close(device_t *device)
{
	if (device->fn != NULL)
		host_real_pci_close(device->fn);
	device->fn = NULL;
}

/** Give a device to its driver. */
errno_t device_add(device_t *device)
{
	char name[32];
	errno_t rc;

	if (device->dev != NULL)
		return EEXIST;
	if (device->fn == NULL) {
		rc = host_real_pci_open(device->pci, &device->fn);
		if (rc != EOK)
			return rc;
	}
	device->sess = host_pci_sess_create(device->fn);
	/* Without the domain, as HelenOS names it */
	snprintf(name, sizeof(name), "pci0/%s", device->pci + 5);
	rc = host_dev_add(device->driver, name, device->sess, &device->dev);
	if (rc != EOK) {
		host_pci_sess_destroy(device->sess);
		device->sess = NULL;
		device->dev = NULL;
		device_close(device);
		return rc;
	}
	return connect_function(device);
}

/** The device of a card is gone. */
static void card_end(card_t *card, host_nic_client_t *client)
{
	if (client != NULL)
		host_nic_client_destroy(client);
	if (card->offline != NULL)
		host_fun_put(card->offline);
	card->offline = NULL;
}

static errno_t device_end(device_t *device, errno_t (*op)(ddf_dev_t *))
{
	host_nic_client_t *clients[MAX_CARDS] = { NULL };

	if (device->dev == NULL)
		return ENOENT;
	if (device->disk != NULL) {
		host_bd_close(device->disk);
		device->disk = NULL;
	}
	for (size_t i = 0; i < MAX_CARDS; i++) {
		if (device->cards[i] != NULL)
			clients[i] = card_unplug(device->cards[i]);
	}
	errno_t rc = op(device->dev);
	if (rc != EOK)
		return rc;
	for (size_t i = 0; i < MAX_CARDS; i++) {
		if (device->cards[i] != NULL)
			card_end(device->cards[i], clients[i]);
	}
	device->dev = NULL;
	host_pci_sess_destroy(device->sess);
	device->sess = NULL;
	return EOK;
}

/** The bus driver's side of the device stays. */
errno_t device_remove(device_t *device)
{
	return device_end(device, host_dev_remove);
}

errno_t device_gone(device_t *device)
{
	errno_t rc = device_end(device, host_dev_gone);
	if (rc == EOK)
		device_close(device);
	return rc;
}

static bool is_known(const char *pci)
{
	for (size_t i = 0; i < device_count; i++) {
		if (str_cmp(devices[i].pci, pci) == 0)
			return true;
	}
	return false;
}

static void found_device(const char *pci, uint16_t vendor, uint16_t id,
    void *arg)
{
	FILE *out = arg;
	char match[64];

	snprintf(match, sizeof(match), "pci/ven=%04x&dev=%04x", vendor, id);
	const char *driver = host_driver_find(match);
	if (driver == NULL || is_known(pci) || device_count == MAX_DEVICES)
		return;

	device_t *device = &devices[device_count];
	str_cpy(device->pci, sizeof(device->pci), pci);
	device->driver = driver;
	errno_t rc = device_add(device);
	fprintf(out, "%zu %s %s %s\n", device_count, pci, driver,
	    rc == EOK ?
	    (device->cards[0] != NULL ? device->cards[0]->tap : "-") :
	    str_error_name(rc));
	if (rc == EOK)
		device_count++;
}

/** Find devices that are not there yet, and start them. */
errno_t devices_scan(FILE *out)
{
	return host_real_pci_scan(found_device, out);
}

static int usage(void)
{
	fputs("usage: hosted            run the drivers\n"
	    "       hosted ctl CMD... send a command to them: hostctl CMD...\n",
	    stderr);
	return 2;
}

int main(int argc, char *argv[])
{
	if (argc > 1 && str_cmp(argv[1], "ctl") == 0) {
		execvp("hostctl", argv + 1);
		perror("hosted: hostctl");
		return 2;
	}
	if (argc > 1)
		return usage();

	errno_t rc = host_real_init();
	if (rc != EOK) {
		fprintf(stderr, "hosted: %s; this wants to be root in "
		    "a guest with the module hpv\n", str_error(rc));
		return 1;
	}
	host_fun_set_cb(function_changed, NULL);
	if (start_drivers() != EOK)
		return 1;
	devices_scan(stdout);
	fflush(stdout);
	rc = control_serve();
	fprintf(stderr, "hosted: %s: %s\n", CONTROL_SOCKET, str_error(rc));
	return 1;
}

/** @}
 */
