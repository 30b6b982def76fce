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
/** @file Commands to a bus of ours, and to the card that is on it
 */

#include <host/ddf.h>
#include <mem.h>
#include <stdlib.h>
#include <str.h>
#include <time.h>
#include <unistd.h>
#include <xen/platform.h>
#include "hosted.h"

/** How long a state may take to come about, and how often it is looked at, in
 * microseconds */
#define STATE_LIMIT_US	60000000
#define STATE_STEP_US	10000

/** What a card on the bus can leave behind */
typedef struct {
	xen_platform_usage_t xen;
	host_dma_stats_t dma;
	size_t objects;
} usage_t;

/** Nobody sends events to a client without channels. */
static void no_event(void *arg, uint32_t port)
{
}

/** Find out what is in use, as a client of the bus. */
static errno_t get_usage(device_t *device, usage_t *usage)
{
	xen_platform_t *platform;

	ddf_fun_t *fun = host_dev_get_fun(device->dev, "xenbus");
	if (fun == NULL)
		return ENOTSUP;
	async_sess_t *sess = host_fun_connect(fun);
	host_fun_put(fun);
	if (sess == NULL)
		return ENOMEM;
	errno_t rc = xen_platform_open(sess, no_event, NULL, &platform);
	if (rc != EOK)
		return rc;
	rc = xen_platform_get_usage(platform, &usage->xen);
	xen_platform_close(platform);
	host_dma_get_stats(&usage->dma);
	usage->objects = host_ddf_objects();
	return rc;
}

static void print_usage(FILE *out, const usage_t *usage)
{
	fprintf(out, "ports %zu refs %zu granted %zu dma %zu dma_bytes %zu "
	    "objects %zu\n", usage->xen.ports, usage->xen.refs,
	    usage->xen.granted, usage->dma.live, usage->dma.live_bytes,
	    usage->objects);
}

static errno_t cmd_usage(FILE *out, device_t *device)
{
	usage_t usage;

	errno_t rc = get_usage(device, &usage);
	if (rc == EOK)
		print_usage(out, &usage);
	return rc;
}

/** devctl's fun-offline of the bus's function that the card is below */
static errno_t card_offline(card_t *card)
{
	if (card == NULL || card->client == NULL || card->offline != NULL)
		return ENOENT;
	ddf_fun_t *fun = host_dev_get_parent_fun(
	    ddf_fun_get_dev(card->client->fun));
	if (fun == NULL)
		return ENOTSUP;
	errno_t rc = host_fun_offline(fun);
	if (rc != EOK) {
		host_fun_put(fun);
		return rc;
	}
	card->offline = fun;
	return EOK;
}

static bool link_is_up(card_t *card)
{
	nic_cable_state_t state = NIC_CS_UNKNOWN;

	fibril_rwlock_read_lock(&card->lock);
	if (card->client != NULL)
		(void) card->client->iface->get_cable_state(card->client->fun,
		    &state);
	fibril_rwlock_read_unlock(&card->lock);
	return state == NIC_CS_PLUGGED;
}

/** Bring the function online and wait for the card's link. */
static errno_t card_online(card_t *card)
{
	if (card == NULL || card->offline == NULL)
		return ENOENT;
	errno_t rc = host_fun_online(card->offline);
	if (rc != EOK)
		return rc;
	host_fun_put(card->offline);
	card->offline = NULL;
	for (unsigned int us = 0; us < STATE_LIMIT_US; us += STATE_STEP_US) {
		if (link_is_up(card))
			return EOK;
		usleep(STATE_STEP_US);
	}
	return ETIMEOUT;
}

static uint64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t) now.tv_sec * 1000 + (uint64_t) now.tv_nsec / 1000000;
}

static bool is_same(const usage_t *a, const usage_t *b)
{
	return a->xen.ports == b->xen.ports && a->xen.refs == b->xen.refs &&
	    a->xen.granted == b->xen.granted && a->dma.live == b->dma.live &&
	    a->dma.live_bytes == b->dma.live_bytes &&
	    a->objects == b->objects;
}

/** Take the card offline and online again and again; nothing must be left
 * over. */
static errno_t cmd_updown(FILE *out, device_t *device, card_t *card,
    unsigned long count)
{
	usage_t before, after;
	uint64_t start, middle, down_ms = 0, up_ms = 0;

	errno_t rc = get_usage(device, &before);
	if (rc != EOK)
		return rc;
	for (unsigned long i = 0; i < count; i++) {
		start = now_ms();
		rc = card_offline(card);
		middle = now_ms();
		if (rc == EOK)
			rc = card_online(card);
		down_ms += middle - start;
		up_ms += now_ms() - middle;
		if (rc != EOK) {
			fprintf(out, "cycle %lu failed\n", i);
			return rc;
		}
	}
	/* The last card's function is there until its connection has ended. */
	for (unsigned int us = 0; us < STATE_LIMIT_US; us += STATE_STEP_US) {
		rc = get_usage(device, &after);
		if (rc != EOK)
			return rc;
		if (is_same(&before, &after))
			break;
		usleep(STATE_STEP_US);
	}
	fprintf(out, "down %llu ms, up %llu ms, in all\n",
	    (unsigned long long) down_ms, (unsigned long long) up_ms);
	print_usage(out, &before);
	print_usage(out, &after);
	return is_same(&before, &after) ? EOK : ELIMIT;
}

/** Do a command for a bus, argv[0] being its name, or for a card on it.
 *
 * @return ENOTSUP if the device is no bus, or the command another's
 */
errno_t bus_command(FILE *out, device_t *device, card_t *card, int argc,
    char *argv[])
{
	if (str_cmp(argv[0], "usage") == 0)
		return cmd_usage(out, device);
	if (str_cmp(argv[0], "offline") == 0)
		return card_offline(card);
	if (str_cmp(argv[0], "online") == 0)
		return card_online(card);
	if (str_cmp(argv[0], "updown") == 0 && argc == 2)
		return cmd_updown(out, device, card,
		    strtoul(argv[1], NULL, 0));
	return ENOTSUP;
}

/** @}
 */
