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
/** @file Drivers, and which device is whose
 */

#include <ddf/driver.h>
#include <errno.h>
#include <fibril_synch.h>
#include <host/ddf.h>
#include <mem.h>
#include <stdio.h>
#include <stdlib.h>
#include <str.h>
#include "private.h"

typedef struct {
	link_t link;
	char *driver;
	char *match_id;
} match_t;

typedef struct {
	link_t link;
	const driver_t *driver;
} driver_entry_t;

/** Guards both lists */
static FIBRIL_MUTEX_INITIALIZE(drivers_lock);
static LIST_INITIALIZE(drivers);
static LIST_INITIALIZE(matches);

int ddf_driver_main(const driver_t *driver)
{
	driver_entry_t *entry = calloc(1, sizeof(driver_entry_t));
	if (entry == NULL)
		return 1;
	entry->driver = driver;
	fibril_mutex_lock(&drivers_lock);
	list_append(&entry->link, &drivers);
	fibril_mutex_unlock(&drivers_lock);
	return 0;
}

errno_t host_driver_start(int (*driver_main)(int, char *[]), const char *name)
{
	char *argv[] = { (char *) name, NULL };

	return driver_main(1, argv) == 0 ? EOK : EIO;
}

errno_t host_driver_add_match(const char *driver, const char *match_id)
{
	match_t *match = calloc(1, sizeof(match_t));
	if (match == NULL)
		return ENOMEM;
	match->driver = str_dup(driver);
	match->match_id = str_dup(match_id);
	fibril_mutex_lock(&drivers_lock);
	list_append(&match->link, &matches);
	fibril_mutex_unlock(&drivers_lock);
	return EOK;
}

errno_t host_driver_load_matches(const char *driver, const char *path)
{
	char line[256], id[256];
	int score;
	errno_t rc = EOK;

	FILE *f = fopen(path, "re");
	if (f == NULL)
		return ENOENT;
	while (rc == EOK && fgets(line, sizeof(line), f) != NULL) {
		size_t blanks = strspn(line, " \t\r\n");

		if (line[blanks] == '#' || line[blanks] == 0)
			continue;
		if (sscanf(line, "%d %255s", &score, id) != 2)
			rc = EINVAL;
		else
			rc = host_driver_add_match(driver, id);
	}
	fclose(f);
	return rc;
}

const driver_t *host_find_driver(const char *name)
{
	const driver_t *found = NULL;

	fibril_mutex_lock(&drivers_lock);
	list_foreach(drivers, link, driver_entry_t, entry) {
		if (str_cmp(entry->driver->name, name) == 0)
			found = entry->driver;
	}
	fibril_mutex_unlock(&drivers_lock);
	return found;
}

const char *host_driver_find(const char *id)
{
	const char *driver = NULL;

	if (id == NULL)
		return NULL;
	fibril_mutex_lock(&drivers_lock);
	list_foreach(matches, link, match_t, match) {
		if (str_cmp(match->match_id, id) == 0)
			driver = match->driver;
	}
	fibril_mutex_unlock(&drivers_lock);
	return driver;
}

/** @}
 */
