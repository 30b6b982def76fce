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
/** @file Network cards as TAP interfaces
 */

#include <fcntl.h>
#include <host/ddf.h>
#include <linux/if.h>
#include <linux/if_arp.h>
#include <linux/if_tun.h>
#include <mem.h>
#include <pthread.h>
#include <stdlib.h>
#include <str.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>
#include "hosted.h"

/** Longest frame that is taken from the interface, in bytes; what is longer is
 * dropped and counted */
#define MAX_FRAME	9216

/** From the network to the interface */
static void card_received(void *arg, const void *data, size_t size)
{
	card_t *card = arg;

	/* As on a wire, a frame that nobody takes is lost. */
	(void) !write(card->tap_fd, data, size);
}

/** The interface has the card's address. It is set only if it is another one:
 * Linux forgets its neighbours then.
 */
static void card_addr_changed(void *arg, const nic_address_t *addr)
{
	card_t *card = arg;
	struct ifreq req = { .ifr_flags = 0 };

	if (ioctl(card->tap_fd, SIOCGIFHWADDR, &req) == 0 &&
	    memcmp(req.ifr_hwaddr.sa_data, addr->address, ETH_ADDR) == 0)
		return;
	req.ifr_hwaddr.sa_family = ARPHRD_ETHER;
	memcpy(req.ifr_hwaddr.sa_data, addr->address, ETH_ADDR);
	if (ioctl(card->tap_fd, SIOCSIFHWADDR, &req) != 0)
		fprintf(stderr, "hosted: %s: the address does not change\n",
		    card->tap);
}

static const host_nic_client_ops_t client_ops = {
	.received = card_received,
	.addr_changed = card_addr_changed
};

/** From the interface to the network */
static void *card_thread(void *arg)
{
	card_t *card = arg;
	/* One byte more, to know of those that are longer */
	uint8_t frame[MAX_FRAME + 1];

	while (true) {
		ssize_t size = read(card->tap_fd, frame, sizeof(frame));
		if (size < 0)
			break;
		if (size > MAX_FRAME) {
			card->too_long++;
			continue;
		}
		fibril_rwlock_read_lock(&card->lock);
		if (card->client != NULL)
			(void) card->client->iface->send_frame(
			    card->client->fun, frame, (size_t) size);
		fibril_rwlock_read_unlock(&card->lock);
	}
	return NULL;
}

/** Create a card's interface; it stays as long as the program runs. */
errno_t card_create(unsigned int number, const char *name, card_t **rcard)
{
	struct ifreq req = { .ifr_flags = IFF_TAP | IFF_NO_PI };
	pthread_t thread;

	card_t *card = calloc(1, sizeof(card_t));
	if (card == NULL)
		return ENOMEM;
	fibril_rwlock_initialize(&card->lock);
	str_cpy(card->name, sizeof(card->name), name);
	snprintf(card->tap, sizeof(card->tap), "hpv%u", number);
	snprintf(req.ifr_name, sizeof(req.ifr_name), "hpv%u", number);
	card->tap_fd = open("/dev/net/tun", O_RDWR | O_CLOEXEC);
	if (card->tap_fd < 0 || ioctl(card->tap_fd, TUNSETIFF, &req) != 0 ||
	    pthread_create(&thread, NULL, card_thread, card) != 0) {
		errno_t rc = errno;
		fprintf(stderr, "hosted: no TAP interface; is the module tun "
		    "loaded?\n");
		if (card->tap_fd >= 0)
			close(card->tap_fd);
		free(card);
		return rc;
	}
	pthread_detach(thread);
	*rcard = card;
	return EOK;
}

/** Connect a card to its interface. */
errno_t card_plug(card_t *card, ddf_fun_t *fun)
{
	host_nic_client_t *client;
	nic_address_t addr;

	errno_t rc = host_nic_connect(fun, &client_ops, card, &client);
	if (rc != EOK)
		return rc;
	rc = host_nic_bring_up(client, &addr);
	card_addr_changed(card, &addr);
	fibril_rwlock_write_lock(&card->lock);
	card->client = client;
	fibril_rwlock_write_unlock(&card->lock);
	return rc;
}

/** Take the card from its interface; its client is the caller's then. */
host_nic_client_t *card_unplug(card_t *card)
{
	fibril_rwlock_write_lock(&card->lock);
	host_nic_client_t *client = card->client;
	card->client = NULL;
	fibril_rwlock_write_unlock(&card->lock);
	return client;
}

/** @}
 */
