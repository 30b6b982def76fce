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

/** @addtogroup xen-platform
 * @{
 */
/** @file
 * Where xenstore is, and one question to it
 *
 * Xenstore is the business of xenbus, which comes when devman has started it.
 * That is late for the emulated NICs: their drivers start at the same time as
 * this one, and have brought their cards up by then. So this driver asks for
 * itself, once, before anybody else can.
 */

#include <as.h>
#include <ddi.h>
#include <fibril.h>
#include <str.h>
#include <time.h>
#include <xen/hypercall.h>
#include <xen/xs_wire.h>

#include "xen-platform.h"

/** How long to wait for xenstored, in microseconds, and how often to look.
 * Nothing but time is lost if it does not answer: xenbus asks again.
 */
#define ANSWER_TIMEOUT_US  2000000
#define POLL_US            1000

/** Number of the request; those of xenbus are smaller for a long time. */
#define REQ_ID  UINT32_MAX

/** Find xenstore's ring and event channel.
 *
 * @param frame Place for the number of the ring's page
 * @param port  Place for the port
 *
 * @return EOK, ENOENT if there is none, or an error of the hypercall
 */
errno_t store_find(uint64_t *frame, uint64_t *port)
{
	errno_t rc = xen_hvm_get_param(HVM_PARAM_STORE_PFN, frame);
	if (rc != EOK)
		return rc;

	rc = xen_hvm_get_param(HVM_PARAM_STORE_EVTCHN, port);
	if (rc != EOK)
		return rc;

	return *frame == 0 || *port == 0 ? ENOENT : EOK;
}

/** Put bytes of a request into the ring, which has room for all of it. */
static bool put(volatile xs_interface_t *intf, const void *data, size_t size)
{
	size_t n;
	return xs_ring_write(intf, data, size, &n) == EOK && n == size;
}

/** Ask for the names in a directory. */
static bool ask(volatile xs_interface_t *intf, const char *path)
{
	const xs_msg_hdr_t hdr = {
		.type = XS_DIRECTORY,
		.req_id = REQ_ID,
		.len = str_size(path) + 1
	};

	/* Whoever was here before us may not have come to an end. */
	if (intf->connection != XS_CONNECTION_CONNECTED ||
	    intf->req_prod != intf->req_cons)
		return false;

	xs_ring_drain(intf);
	return put(intf, &hdr, sizeof(hdr)) && put(intf, path, hdr.len);
}

/** Judge the answer.
 *
 * A directory that is empty is one that something was in, which may come back.
 *
 * @return EOK, or EIO if it says neither yes nor no
 */
static errno_t judge(const xs_reader_t *reader, bool *has)
{
	*has = reader->hdr.type == XS_DIRECTORY;
	if (*has)
		return reader->hdr.len > 0 ? EOK : EIO;

	return reader->hdr.type == XS_ERROR && xs_error_to_errno(
	    reader->payload, reader->hdr.len) == ENOENT ? EOK : EIO;
}

/** Wait for the answer, for a limited time.
 *
 * There is no interrupt yet.
 */
static errno_t await_answer(volatile xs_interface_t *intf, uint32_t port,
    bool *has)
{
	struct timespec start;
	struct timespec now;
	xs_reader_t reader;
	bool complete;

	xs_reader_init(&reader);
	getuptime(&start);
	do {
		(void) xen_evtchn_send(port);
		do {
			if (xs_reader_step(&reader, intf, &complete) != EOK)
				return EIO;
			if (complete && reader.hdr.req_id == REQ_ID)
				return judge(&reader, has);
		} while (complete);
		fibril_usleep(POLL_US);
		getuptime(&now);
	} while (NSEC2USEC(ts_sub_diff(&now, &start)) < ANSWER_TIMEOUT_US);

	return ETIMEOUT;
}

/** Find out whether a directory of xenstore is there.
 *
 * Only for as long as nobody has claimed xenstore.
 *
 * @param path Path, which fits into the ring with its header
 * @param has  Place for the answer
 *
 * @return EOK, or another error code if xenstored does not say
 */
errno_t store_has(const char *path, bool *has)
{
	uint64_t frame;
	uint64_t port;
	errno_t rc = store_find(&frame, &port);
	if (rc != EOK)
		return rc;

	void *virt = AS_AREA_ANY;
	rc = physmem_map(frame << PAGE_WIDTH, 1, AS_AREA_READ |
	    AS_AREA_WRITE | AS_AREA_CACHEABLE, &virt);
	if (rc != EOK)
		return rc;

	rc = ask(virt, path) ? await_answer(virt, port, has) : EBUSY;
	physmem_unmap(virt);
	return rc;
}

/** @}
 */
