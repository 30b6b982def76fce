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
/** @file Commands to network cards
 */

#include <mem.h>
#include <stdlib.h>
#include <str.h>
#include <str_error.h>
#include "hosted.h"

#define MAX_ADDRS	256

typedef struct {
	const char *name;
	int value;
} word_t;

static const word_t states[] = {
	{ "stopped", NIC_STATE_STOPPED },
	{ "down", NIC_STATE_DOWN },
	{ "active", NIC_STATE_ACTIVE },
	{ NULL, 0 }
};

static const word_t cable_states[] = {
	{ "unknown", NIC_CS_UNKNOWN },
	{ "plugged", NIC_CS_PLUGGED },
	{ "unplugged", NIC_CS_UNPLUGGED },
	{ NULL, 0 }
};

static const word_t duplexes[] = {
	{ "unknown", NIC_CM_UNKNOWN },
	{ "full", NIC_CM_FULL_DUPLEX },
	{ "half", NIC_CM_HALF_DUPLEX },
	{ "simplex", NIC_CM_SIMPLEX },
	{ NULL, 0 }
};

static const word_t unicast_modes[] = {
	{ "blocked", NIC_UNICAST_BLOCKED },
	{ "default", NIC_UNICAST_DEFAULT },
	{ "list", NIC_UNICAST_LIST },
	{ "promisc", NIC_UNICAST_PROMISC },
	{ NULL, 0 }
};

static const word_t multicast_modes[] = {
	{ "blocked", NIC_MULTICAST_BLOCKED },
	{ "list", NIC_MULTICAST_LIST },
	{ "promisc", NIC_MULTICAST_PROMISC },
	{ NULL, 0 }
};

static const word_t broadcast_modes[] = {
	{ "blocked", NIC_BROADCAST_BLOCKED },
	{ "accepted", NIC_BROADCAST_ACCEPTED },
	{ NULL, 0 }
};

static const word_t poll_modes[] = {
	{ "immediate", NIC_POLL_IMMEDIATE },
	{ "demand", NIC_POLL_ON_DEMAND },
	{ "periodic", NIC_POLL_PERIODIC },
	{ "software", NIC_POLL_SOFTWARE_PERIODIC },
	{ NULL, 0 }
};

static bool find_word(const word_t *words, const char *name, int *value)
{
	for (; words->name != NULL; words++) {
		if (name != NULL && str_cmp(words->name, name) == 0) {
			*value = words->value;
			return true;
		}
	}
	return false;
}

static const char *word_of(const word_t *words, int value)
{
	for (; words->name != NULL; words++) {
		if (words->value == value)
			return words->name;
	}
	return "?";
}

static errno_t parse_addr(const char *text, nic_address_t *addr)
{
	uint8_t *a = addr->address;
	char rest;

	if (sscanf(text, "%2hhx:%2hhx:%2hhx:%2hhx:%2hhx:%2hhx%c", a, a + 1,
	    a + 2, a + 3, a + 4, a + 5, &rest) != ETH_ADDR)
		return EINVAL;
	return EOK;
}

/** What HelenOS's nic program shows, a line each. */
void card_print_info(FILE *out, card_t *card)
{
	const nic_iface_t *iface = card->client->iface;
	ddf_fun_t *fun = card->client->fun;
	nic_device_state_t state;
	nic_address_t addr;
	nic_device_info_t info;
	nic_cable_state_t cable;
	nic_channel_mode_t duplex;
	nic_role_t role;
	nic_unicast_mode_t unicast;
	nic_multicast_mode_t multicast;
	nic_broadcast_mode_t broadcast;
	int speed;
	size_t count;

	fprintf(out, "interface %s\n", card->tap);
	if (iface->get_address(fun, &addr) == EOK)
		fprintf(out, "address " PRIMAC "\n", ARGSMAC(addr.address));
	if (iface->get_state(fun, &state) == EOK)
		fprintf(out, "state %s\n", word_of(states, (int) state));
	if (iface->get_device_info != NULL &&
	    iface->get_device_info(fun, &info) == EOK)
		fprintf(out, "vendor %s\nmodel %s\n", info.vendor_name,
		    info.model_name);
	if (iface->get_cable_state != NULL &&
	    iface->get_cable_state(fun, &cable) == EOK)
		fprintf(out, "link %s\n", word_of(cable_states, (int) cable));
	if (iface->get_operation_mode != NULL &&
	    iface->get_operation_mode(fun, &speed, &duplex, &role) == EOK)
		fprintf(out, "speed %d Mb/s\nduplex %s\n", speed,
		    word_of(duplexes, (int) duplex));
	if (iface->unicast_get_mode(fun, &unicast, 0, NULL, &count) == EOK)
		fprintf(out, "unicast %s %zu\n",
		    word_of(unicast_modes, (int) unicast), count);
	if (iface->multicast_get_mode(fun, &multicast, 0, NULL, &count) == EOK)
		fprintf(out, "multicast %s %zu\n",
		    word_of(multicast_modes, (int) multicast), count);
	if (iface->broadcast_get_mode(fun, &broadcast) == EOK)
		fprintf(out, "broadcast %s\n",
		    word_of(broadcast_modes, (int) broadcast));
}

#define STAT(name)	{ #name, offsetof(nic_device_stats_t, name) }

static const struct {
	const char *name;
	size_t offset;
} stat_fields[] = {
	STAT(receive_packets),
	STAT(receive_bytes),
	STAT(send_packets),
	STAT(send_bytes),
	STAT(receive_errors),
	STAT(send_errors),
	STAT(receive_dropped),
	STAT(send_dropped),
	STAT(receive_multicast),
	STAT(receive_broadcast),
	STAT(receive_filtered_unicast),
	STAT(receive_filtered_multicast),
	STAT(receive_filtered_broadcast),
	STAT(receive_length_errors),
	STAT(receive_missed_errors)
};

void card_print_stats(FILE *out, card_t *card)
{
	nic_device_stats_t stats;

	if (card->client->iface->get_stats(card->client->fun, &stats) != EOK)
		return;
	for (size_t i = 0; i < sizeof(stat_fields) / sizeof(*stat_fields);
	    i++) {
		unsigned long value;

		memcpy(&value, (char *) &stats + stat_fields[i].offset,
		    sizeof(value));
		fprintf(out, "%s %lu\n", stat_fields[i].name, value);
	}
	fprintf(out, "carrier_too_long %lu\ncarrier_not_split %lu\n",
	    atomic_load(&card->too_long), atomic_load(&card->not_split));
}

static errno_t cmd_address(card_t *card, int argc, char *argv[])
{
	const nic_iface_t *iface = card->client->iface;
	nic_address_t addr;

	if (argc != 1 || parse_addr(argv[0], &addr) != EOK)
		return EINVAL;
	return iface->set_address != NULL ?
	    iface->set_address(card->client->fun, &addr) : ENOTSUP;
}

static errno_t parse_addrs(int argc, char *argv[], nic_address_t *addrs)
{
	if (argc > MAX_ADDRS)
		return ELIMIT;
	for (int i = 0; i < argc; i++) {
		errno_t rc = parse_addr(argv[i], &addrs[i]);
		if (rc != EOK)
			return rc;
	}
	return EOK;
}

static errno_t cmd_filter(card_t *card, const char *kind, int argc,
    char *argv[])
{
	const nic_iface_t *iface = card->client->iface;
	ddf_fun_t *fun = card->client->fun;
	nic_address_t addrs[MAX_ADDRS];
	const nic_address_t *list = argc > 1 ? addrs : NULL;
	const char *mode = argc > 0 ? argv[0] : NULL;
	int value;

	errno_t rc = argc > 1 ? parse_addrs(argc - 1, argv + 1, addrs) : EOK;
	if (rc != EOK)
		return rc;
	size_t count = argc > 1 ? (size_t) argc - 1 : 0;
	if (str_cmp(kind, "unicast") == 0 &&
	    find_word(unicast_modes, mode, &value))
		return iface->unicast_set_mode(fun,
		    (nic_unicast_mode_t) value, list, count);
	if (str_cmp(kind, "multicast") == 0 &&
	    find_word(multicast_modes, mode, &value))
		return iface->multicast_set_mode(fun,
		    (nic_multicast_mode_t) value, list, count);
	if (str_cmp(kind, "broadcast") == 0 &&
	    find_word(broadcast_modes, mode, &value))
		return iface->broadcast_set_mode(fun,
		    (nic_broadcast_mode_t) value);
	return EINVAL;
}

/** vlan off, or the ids that pass */
static errno_t cmd_vlan(card_t *card, int argc, char *argv[])
{
	nic_vlan_mask_t mask;

	memset(&mask, 0, sizeof(mask));
	if (argc == 1 && str_cmp(argv[0], "off") == 0)
		return card->client->iface->vlan_set_mask(card->client->fun,
		    NULL);
	for (int i = 0; i < argc; i++) {
		unsigned int id = (unsigned int) atoi(argv[i]);

		if (id >= NIC_VLAN_BITMAP_SIZE * 8)
			return EINVAL;
		mask.bitmap[id >> 3] |= (uint8_t) (1 << (id & 7));
	}
	return card->client->iface->vlan_set_mask(card->client->fun, &mask);
}

static errno_t cmd_poll(card_t *card, int argc, char *argv[])
{
	struct timespec period = { 0 };
	int mode;

	if (argc < 1 || !find_word(poll_modes, argv[0], &mode))
		return EINVAL;
	if (argc > 1) {
		long usec = atol(argv[1]);

		period.tv_sec = usec / 1000000;
		period.tv_nsec = usec % 1000000 * 1000;
	}
	return card->client->iface->poll_set_mode(card->client->fun,
	    (nic_poll_mode_t) mode, argc > 1 ? &period : NULL);
}

static errno_t cmd_state(card_t *card, int argc, char *argv[])
{
	int state;

	if (argc != 1 || !find_word(states, argv[0], &state))
		return EINVAL;
	return card->client->iface->set_state(card->client->fun,
	    (nic_device_state_t) state);
}

/** Do a command for a card, argv[0] being its name. */
errno_t card_command(FILE *out, card_t *card, int argc, char *argv[])
{
	const char *cmd = argv[0];

	if (card->client == NULL)
		return ENOENT;
	argc--;
	argv++;
	if (str_cmp(cmd, "info") == 0) {
		card_print_info(out, card);
		return EOK;
	}
	if (str_cmp(cmd, "stats") == 0) {
		card_print_stats(out, card);
		return EOK;
	}
	if (str_cmp(cmd, "state") == 0)
		return cmd_state(card, argc, argv);
	if (str_cmp(cmd, "address") == 0)
		return cmd_address(card, argc, argv);
	if (str_cmp(cmd, "vlan") == 0)
		return cmd_vlan(card, argc, argv);
	if (str_cmp(cmd, "poll") == 0)
		return cmd_poll(card, argc, argv);
	if (str_cmp(cmd, "pollnow") == 0)
		return card->client->iface->poll_now(card->client->fun);
	return cmd_filter(card, cmd, argc, argv);
}

/** @}
 */
