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

/** @file
 * xenstored of the model
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "store_ring.h"
#include "xen.h"

#define HOME       "/local/domain/1/"
#define FRONT_STATE  HOME "device/vif/0/state"
#define NODES      160
#define WATCHES    32
#define PATH_SIZE  160
#define VALUE_SIZE (XS_PAYLOAD_MAX + 1)

typedef struct {
	char path[PATH_SIZE];
	/** Value and a zero after it, which may not be the first */
	char value[VALUE_SIZE];
	size_t len;
	/** In a transaction: not written, but removed */
	bool removed;
} node_t;

typedef struct {
	bool used;
	char path[PATH_SIZE];
	char token[32];
} watch_t;

unsigned int store_conflicts;
bool store_is_mad;
bool store_detaches;
store_override_t store_override;
store_refusal_t store_refusal;
store_echo_t store_echo;
store_hook_t store_hook;
unsigned int store_lost_events;
size_t store_part_size;
unsigned int store_part_changes;

static node_t nodes[NODES];
static size_t node_count;
static watch_t watches[WATCHES];
static uint32_t tx_id;
/** One that was under way when the domain was restored */
static uint32_t tx_cut;
/** Writes of the transaction */
static node_t tx_nodes[NODES];
static size_t tx_count;
/** Changes, all ever, and when the transaction began */
static unsigned int changes;
static unsigned int tx_changes;

/** The connection is made anew: nothing of before is left. */
void store_connect(void)
{
	memset(watches, 0, sizeof(watches));
	store_ring_connect();
}

void store_reset(void)
{
	store_ring_reset(true);
	memset(watches, 0, sizeof(watches));
	node_count = tx_count = 0;
	tx_cut = 0;
	tx_id = 0;
	store_conflicts = 0;
	store_is_mad = false;
	store_refusal.count = 0;
	store_echo.path = NULL;
	store_hook.count = 0;
	store_lost_events = 0;
}

/** Another xenstored has the domain, and knows of it what the toolstack told:
 * not what it watches, nor what it wrote. */
void store_restore(void)
{
	store_ring_reset(false);
	memset(watches, 0, sizeof(watches));
	node_count = tx_count = 0;
	tx_cut = tx_id;
	tx_id = 0;
	store_set("control/shutdown", "");
}

/** A request is on its way, or a transaction under way, unless that is one that
 * nobody knows of, as its answer was spoiled. */
bool store_is_asked(void)
{
	return (tx_id != 0 && !netback_forgives) || store_ring_is_asked();
}

static void absolute(const char *path, char *abs)
{
	snprintf(abs, PATH_SIZE, "%s%s", path[0] == '/' ? "" : HOME, path);
}

/** Whether a path is another or under it */
static bool is_under(const char *path, const char *top)
{
	size_t n = strlen(top);
	return strncmp(path, top, n) == 0 && (path[n] == '\0' ||
	    path[n] == '/');
}

static void fire_one(const watch_t *watch, const char *path)
{
	char event[2 * PATH_SIZE];
	size_t n = 0;

	if (store_lost_events > 0) {
		store_lost_events--;
		return;
	}
	if (watch->path[0] != '/' && is_under(path, HOME "device"))
		path += strlen(HOME);
	n += sprintf(event, "%s", path) + 1;
	n += sprintf(event + n, "%s", watch->token) + 1;
	store_put(XS_WATCH_EVENT, 0, event, n);
}

static void fire(const char *path)
{
	char abs[PATH_SIZE];

	for (size_t i = 0; i < WATCHES; i++) {
		if (!watches[i].used)
			continue;
		absolute(watches[i].path, abs);
		if (is_under(path, abs) || is_under(abs, path))
			fire_one(&watches[i], path);
	}
}

static node_t *find(const char *path)
{
	for (size_t i = 0; i < node_count; i++) {
		if (strcmp(nodes[i].path, path) == 0)
			return &nodes[i];
	}
	return NULL;
}

static void set_node(const char *path, const char *value, size_t len)
{
	char abs[PATH_SIZE];

	absolute(path, abs);
	if (store_override.path != NULL) {
		char over[PATH_SIZE];
		absolute(store_override.path, over);
		if (strcmp(over, abs) == 0) {
			value = store_override.value;
			len = store_override.len;
		}
	}
	if (value == NULL)
		return;
	if (len >= VALUE_SIZE)
		model_violation("a value of %zu bytes", len);

	node_t *node = find(abs);
	if (node == NULL) {
		if (node_count == NODES)
			model_violation("xenstore is full");
		node = &nodes[node_count++];
		strcpy(node->path, abs);
	}
	memcpy(node->value, value, len);
	node->value[len] = '\0';
	node->len = len;
	changes++;
	fire(abs);
	store_flush();
}

void store_set(const char *path, const char *value)
{
	set_node(path, value, strlen(value));
}

const char *store_get(const char *path)
{
	char abs[PATH_SIZE];

	absolute(path, abs);
	node_t *node = find(abs);
	return node == NULL ? NULL : node->value;
}

void store_remove(const char *path)
{
	char abs[PATH_SIZE];

	absolute(path, abs);
	changes++;
	for (size_t i = 0; i < node_count;) {
		if (is_under(nodes[i].path, abs))
			nodes[i] = nodes[--node_count];
		else
			i++;
	}
	fire(abs);
	store_flush();
}

bool store_in_transaction(void)
{
	return tx_id != 0;
}

unsigned int store_watches(void)
{
	unsigned int n = 0;

	for (size_t i = 0; i < WATCHES; i++)
		n += watches[i].used;
	return n;
}

static void error(uint32_t req, const char *name)
{
	store_put(XS_ERROR, req, name, strlen(name) + 1);
}

/** Collect the names under a path.
 *
 * @return Their size, or -1 if there is no such path
 */
static int list_names(const char *path, char *names)
{
	size_t n = 0;
	bool there = false;

	for (size_t i = 0; i < node_count; i++) {
		char name[PATH_SIZE];
		if (!is_under(nodes[i].path, path))
			continue;
		there = true;
		if (strlen(nodes[i].path) == strlen(path))
			continue;
		strcpy(name, nodes[i].path + strlen(path) + 1);
		name[strcspn(name, "/")] = '\0';

		bool known = false;
		for (size_t k = 0; k < n; k += strlen(names + k) + 1)
			known |= strcmp(names + k, name) == 0;
		if (!known)
			n += sprintf(names + n, "%s", name) + 1;
	}
	return there ? (int) n : -1;
}

static void directory(uint32_t req, const char *path)
{
	char names[XS_PAYLOAD_MAX];
	int n = list_names(path, names);

	if (n < 0)
		error(req, "ENOENT");
	else if (store_part_size > 0 && (size_t) n > store_part_size)
		error(req, "E2BIG");
	else
		store_put(XS_DIRECTORY, req, names, n);
}

/** Answer with a generation count and as many whole names from an offset on as
 * there is room for; an empty one ends the list. */
static void directory_part(uint32_t req, const char *path, const char *offset)
{
	char names[XS_PAYLOAD_MAX];
	char part[XS_PAYLOAD_MAX + 32];
	int size = list_names(path, names);
	int at = atoi(offset);

	if (size < 0 || at > size) {
		error(req, size < 0 ? "ENOENT" : "EINVAL");
		return;
	}

	size_t n = sprintf(part, "%u", changes) + 1;
	size_t limit = store_part_size > 0 ? n + store_part_size :
	    XS_PAYLOAD_MAX - 1;
	while (at < size && n + strlen(names + at) + 1 <= limit) {
		n += sprintf(part + n, "%s", names + at) + 1;
		at += strlen(names + at) + 1;
	}
	if (at == size)
		part[n++] = '\0';
	store_put(XS_DIRECTORY_PART, req, part, n);
	if (store_part_changes > 0) {
		store_part_changes--;
		changes++;
	}
}

static void watch(const xs_msg_hdr_t *hdr, const char *path,
    const char *token)
{
	for (size_t i = 0; i < WATCHES; i++) {
		watch_t *w = &watches[i];
		bool same = w->used && strcmp(w->path, path) == 0 &&
		    strcmp(w->token, token) == 0;

		if (hdr->type == XS_UNWATCH && same) {
			w->used = false;
			store_put(XS_UNWATCH, hdr->req_id, "OK", 3);
			return;
		}
		if (hdr->type == XS_WATCH && same) {
			error(hdr->req_id, "EEXIST");
			return;
		}
	}
	for (size_t i = 0; i < WATCHES; i++) {
		watch_t *w = &watches[i];

		if (hdr->type == XS_WATCH && !w->used) {
			char abs[PATH_SIZE];
			w->used = true;
			strcpy(w->path, path);
			strcpy(w->token, token);
			store_put(XS_WATCH, hdr->req_id, "OK", 3);
			absolute(path, abs);
			fire_one(w, abs);
			return;
		}
	}
	error(hdr->req_id, "ENOENT");
}

static void start_transaction(const xs_msg_hdr_t *hdr)
{
	char id[16];

	/* One that nobody knows of, as its answer was spoiled */
	if (tx_id != 0 && netback_forgives)
		tx_count = 0;
	else if (tx_id != 0)
		model_violation("a transaction is begun in another");
	tx_id = hdr->req_id;
	if (tx_id == tx_cut)
		tx_cut = 0;
	tx_changes = changes;
	sprintf(id, "%u", tx_id);
	store_put(XS_TRANSACTION_START, hdr->req_id, id, strlen(id) + 1);
}

static void end_transaction(const xs_msg_hdr_t *hdr, bool commit)
{
	bool conflict = commit && (store_conflicts > 0 ||
	    changes != tx_changes);
	unsigned int state = 0;
	size_t count = commit && !conflict ? tx_count : 0;

	tx_count = 0;
	tx_id = 0;
	if (conflict) {
		store_conflicts -= store_conflicts > 0;
		error(hdr->req_id, "EAGAIN");
		return;
	}
	for (size_t i = 0; i < count; i++) {
		if (tx_nodes[i].removed)
			store_remove(tx_nodes[i].path);
		else
			set_node(tx_nodes[i].path, tx_nodes[i].value,
			    tx_nodes[i].len);
		if (strcmp(tx_nodes[i].path, FRONT_STATE) == 0)
			state = atoi(tx_nodes[i].value);
	}
	store_put(XS_TRANSACTION_END, hdr->req_id, "OK", 3);
	if (state != 0)
		netback_frontend_state(state);
}

static void write_node(const xs_msg_hdr_t *hdr, const char *path,
    const char *value, size_t len)
{
	if (hdr->tx_id != 0) {
		node_t *node = &tx_nodes[tx_count++];
		strcpy(node->path, path);
		memcpy(node->value, value, len);
		node->value[len] = '\0';
		node->len = len;
		node->removed = false;
	} else {
		set_node(path, value, len);
		if (strcmp(path, FRONT_STATE) == 0)
			netback_frontend_state(atoi(value));
	}
	store_put(XS_WRITE, hdr->req_id, "OK", 3);
}

/** Is there a node, or a directory that was made with what is in it? */
static bool is_there(const char *path)
{
	for (size_t i = 0; i < node_count; i++) {
		if (is_under(nodes[i].path, path))
			return true;
	}
	return false;
}

static void remove_node(const xs_msg_hdr_t *hdr, const char *path)
{
	if (!is_there(path)) {
		error(hdr->req_id, "ENOENT");
		return;
	}

	if (hdr->tx_id != 0) {
		strcpy(tx_nodes[tx_count].path, path);
		tx_nodes[tx_count++].removed = true;
	} else {
		store_remove(path);
	}
	store_put(XS_RM, hdr->req_id, "OK", 3);
}

/** Refuse a request, if the test wants it. */
static bool refuse(const xs_msg_hdr_t *hdr, const char *path)
{
	char abs[PATH_SIZE];

	if (store_refusal.count == 0 || hdr->type != store_refusal.type)
		return false;
	absolute(store_refusal.path, abs);
	if (!is_under(path, abs))
		return false;

	store_refusal.count--;
	error(hdr->req_id, store_refusal.error);
	return true;
}

/** A node was read: it changes, if the test wants it. */
static void echo(const char *path)
{
	char abs[PATH_SIZE];

	if (store_echo.path == NULL)
		return;
	absolute(store_echo.path, abs);
	if (strcmp(path, abs) != 0)
		return;

	store_echo.path = NULL;
	set_node(path, store_echo.value, strlen(store_echo.value));
}

/** A node is about to be read: let the test do what it wants. */
static void hook(const char *path)
{
	if (store_hook.count == 0 || strcmp(path, store_hook.path) != 0)
		return;

	store_hook.count--;
	store_hook.fn();
}

static void read_node(const xs_msg_hdr_t *hdr, const char *path)
{
	hook(path);

	const node_t *node = find(path);
	if (node == NULL)
		error(hdr->req_id, "ENOENT");
	else
		store_put(XS_READ, hdr->req_id, node->value, node->len);
	if (store_detaches && is_under(path, HOME "device/vif/0")) {
		store_detaches = false;
		netback_detach();
	}
	echo(path);
}

/** Answer a request; its payload has a zero after it. */
void store_answer(const xs_msg_hdr_t *hdr, char *payload)
{
	char abs[PATH_SIZE] = "";

	if (strlen(payload) + 32 < PATH_SIZE)
		absolute(payload, abs);
	if (store_is_mad) {
		store_put(hdr->type + 1, hdr->req_id, "?", 1);
		return;
	}
	if (hdr->tx_id != 0 && hdr->tx_id == tx_cut) {
		error(hdr->req_id, "ENOENT");
		return;
	}
	if (hdr->tx_id != 0 && hdr->tx_id != tx_id)
		model_violation("transaction %u was not begun", hdr->tx_id);

	size_t path_len = strlen(payload) + 1;
	if (path_len + 32 >= PATH_SIZE) {
		error(hdr->req_id, "EINVAL");
		return;
	}
	if (refuse(hdr, abs))
		return;
	switch (hdr->type) {
	case XS_READ:
		read_node(hdr, abs);
		break;
	case XS_DIRECTORY:
		directory(hdr->req_id, abs);
		break;
	case XS_DIRECTORY_PART:
		directory_part(hdr->req_id, abs, payload + path_len);
		break;
	case XS_WRITE:
		write_node(hdr, abs, payload + path_len, hdr->len - path_len);
		break;
	case XS_RM:
		remove_node(hdr, abs);
		break;
	case XS_WATCH:
	case XS_UNWATCH:
		watch(hdr, payload, payload + path_len);
		break;
	case XS_TRANSACTION_START:
		start_transaction(hdr);
		break;
	case XS_TRANSACTION_END:
		end_transaction(hdr, payload[0] == 'T');
		break;
	case XS_RESET_WATCHES:
		memset(watches, 0, sizeof(watches));
		store_put(XS_RESET_WATCHES, hdr->req_id, "OK", 3);
		break;
	default:
		error(hdr->req_id, "ENOSYS");
	}
}
