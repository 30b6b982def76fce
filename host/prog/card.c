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
#include <host/violation.h>
#include <linux/if.h>
#include <linux/if_arp.h>
#include <linux/if_ether.h>
#include <linux/if_tun.h>
#include <mem.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <str.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>
#include "hosted.h"

/** Longest frame that is sent, in bytes; what is longer is dropped and
 * counted */
#define MAX_FRAME	9216

static void tap_write(card_t *card, const struct virtio_net_hdr *hdr,
    const void *data, size_t size)
{
	const struct iovec parts[] = {
		{ .iov_base = (void *) hdr, .iov_len = sizeof(*hdr) },
		{ .iov_base = (void *) data, .iov_len = size }
	};

	/* As on a wire, a frame that nobody takes is lost. */
	(void) !writev(card->tap_fd, parts, 2);
}

/** Hand over the segments that were put together. Locked: joined_lock. */
static void flush(card_t *card)
{
	if (card->joined.size == 0)
		return;
	offload_finish(&card->joined);
	tap_write(card, &card->joined.hdr, card->joined.frame,
	    card->joined.size);
	card->joined.size = 0;
	card->joined.full = false;
}

/** From the network to the interface */
static void card_received(void *arg, const void *data, size_t size)
{
	static const struct virtio_net_hdr plain = { .flags = 0 };
	card_t *card = arg;

	fibril_mutex_lock(&card->joined_lock);
	if (!offload_join(&card->joined, data, size)) {
		flush(card);
		if (!offload_join(&card->joined, data, size))
			tap_write(card, &plain, data, size);
	}
	if (card->joined.full)
		flush(card);
	else if (card->joined.size > 0)
		fibril_condvar_signal(&card->joined_cv);
	fibril_mutex_unlock(&card->joined_lock);
}

/** Have a thread not run before another that it was woken by: it finds more to
 * do at once then. */
static void work_in_batches(void)
{
	const struct sched_param param = { .sched_priority = 0 };

	(void) sched_setscheduler(0, SCHED_BATCH, &param);
}

/** Hands segments over that no other segment follows. */
static void *flush_thread(void *arg)
{
	card_t *card = arg;

	work_in_batches();
	fibril_mutex_lock(&card->joined_lock);
	while (true) {
		flush(card);
		fibril_condvar_wait(&card->joined_cv, &card->joined_lock);
	}
	return NULL;
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

/** Send a frame. Locked: lock, for reading. */
static void card_send(void *arg, const uint8_t *frame, size_t size)
{
	card_t *card = arg;

	if (size > MAX_FRAME)
		card->too_long++;
	else if (card->client != NULL)
		(void) card->client->iface->send_frame(card->client->fun,
		    (void *) frame, size);
}

/** From the interface to the network */
static void *card_thread(void *arg)
{
	card_t *card = arg;
	struct virtio_net_hdr hdr;
	uint8_t frame[OFFLOAD_MAX_FRAME];
	const struct iovec parts[] = {
		{ .iov_base = &hdr, .iov_len = sizeof(hdr) },
		{ .iov_base = frame, .iov_len = sizeof(frame) }
	};

	work_in_batches();
	while (true) {
		ssize_t size = readv(card->tap_fd, parts, 2);
		if (size < (ssize_t) (sizeof(hdr) + ETH_HLEN))
			break;
		fibril_rwlock_read_lock(&card->lock);
		if (!offload_split(&hdr, frame, (size_t) size - sizeof(hdr),
		    card_send, card))
			card->not_split++;
		fibril_rwlock_read_unlock(&card->lock);
	}
	return NULL;
}

/** Make a card's interface. */
static errno_t tap_open(card_t *card)
{
	struct ifreq req = { .ifr_flags = IFF_TAP | IFF_NO_PI | IFF_VNET_HDR };

	str_cpy(req.ifr_name, sizeof(req.ifr_name), card->tap);
	card->tap_fd = open("/dev/net/tun", O_RDWR | O_CLOEXEC);
	if (card->tap_fd < 0)
		return errno;
	if (ioctl(card->tap_fd, TUNSETIFF, &req) != 0 ||
	    ioctl(card->tap_fd, TUNSETOFFLOAD, TUN_F_CSUM | TUN_F_TSO4) != 0) {
		errno_t rc = errno;
		close(card->tap_fd);
		return rc;
	}
	return EOK;
}

static void start_thread(void *(*func)(void *), card_t *card)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, func, card) != 0)
		host_violation("cannot start a thread for a card");
	pthread_detach(thread);
}

/** Create a card's interface; it stays as long as the program runs. */
errno_t card_create(unsigned int number, const char *name, card_t **rcard)
{
	card_t *card = calloc(1, sizeof(card_t));
	if (card == NULL)
		return ENOMEM;
	fibril_rwlock_initialize(&card->lock);
	fibril_mutex_initialize(&card->joined_lock);
	fibril_condvar_initialize(&card->joined_cv);
	str_cpy(card->name, sizeof(card->name), name);
	snprintf(card->tap, sizeof(card->tap), "hpv%u", number);
	errno_t rc = tap_open(card);
	if (rc != EOK) {
		fprintf(stderr, "hosted: no TAP interface; is the module tun "
		    "loaded?\n");
		free(card);
		return rc;
	}
	start_thread(card_thread, card);
	start_thread(flush_thread, card);
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
