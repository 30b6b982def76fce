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

/** @addtogroup hosttest
 * @{
 */
/** @file Test of packets that wait for the Ethernet address of their host
 */

#include <fibril.h>
#include <fibril_synch.h>
#include <mem.h>
#include <net.h>
#include <pcut/pcut.h>
#include <pending.h>

PCUT_INIT;

PCUT_TEST_SUITE(pending);

/** What pending.c has for limits */
#define HOSTS	32
#define PACKETS	8

const eth_addr_t eth_addr_broadcast = { { 255, 255, 255, 255, 255, 255 } };

/** Guards the following */
static FIBRIL_MUTEX_INITIALIZE(lock);
static bool answered;
static FIBRIL_CONDVAR_INITIALIZE(answer_cv);
static unsigned asked;
static errno_t answer;
static unsigned sent;
static uint8_t order[HOSTS * PACKETS];

errno_t arp_translate(ethip_nic_t *nic, addr32_t src, addr32_t dest,
    eth_addr_t *mac)
{
	fibril_mutex_lock(&lock);
	asked++;
	while (!answered)
		fibril_condvar_wait(&answer_cv, &lock);
	errno_t rc = answer;
	fibril_mutex_unlock(&lock);
	return rc;
}

errno_t atrans_lookup(addr32_t addr, eth_addr_t *mac)
{
	memset(mac, 1, sizeof(*mac));
	return addr == 1 ? EOK : ENOENT;
}

static errno_t take(iplink_srv_t *srv, iplink_sdu_t *sdu)
{
	fibril_mutex_lock(&lock);
	order[sent++] = *(uint8_t *) sdu->data;
	fibril_mutex_unlock(&lock);
	return EOK;
}

static iplink_ops_t ops = { .send = take };
static ethip_nic_t nic = { .iplink = { .ops = &ops } };
static ethip_nic_t other_nic = { .iplink = { .ops = &ops } };

static void send(ethip_nic_t *card, addr32_t dest, uint8_t number)
{
	uint8_t data[1500];
	iplink_sdu_t sdu = { 2, dest, data, sizeof(data) };

	memset(data, number, sizeof(data));
	pending_send(card, &sdu);
}

static unsigned value(const unsigned *number)
{
	fibril_mutex_lock(&lock);
	unsigned now = *number;
	fibril_mutex_unlock(&lock);
	return now;
}

/** Wait until a number is at least that high, a minute at most; is it? */
static bool grows_to(const unsigned *number, unsigned least)
{
	for (unsigned i = 0; i < 60000 && value(number) < least; i++)
		fibril_usleep(1000);
	return value(number) >= least;
}

/** Let all who ask have that answer, now and later */
static void let_answer(errno_t rc)
{
	fibril_mutex_lock(&lock);
	answered = true;
	answer = rc;
	fibril_condvar_broadcast(&answer_cv);
	fibril_mutex_unlock(&lock);
}

PCUT_TEST_BEFORE
{
	asked = sent = 0;
	answered = false;
}

PCUT_TEST(who_is_known_is_not_asked_for)
{
	eth_addr_t mac;

	PCUT_ASSERT_ERRNO_VAL(EOK, pending_lookup(1, &mac));
	PCUT_ASSERT_INT_EQUALS(1, mac.b[0]);
	PCUT_ASSERT_ERRNO_VAL(EOK, pending_lookup(0xffffffff, &mac));
	PCUT_ASSERT_INT_EQUALS(255, mac.b[0]);
	PCUT_ASSERT_ERRNO_VAL(ENOENT, pending_lookup(3, &mac));
	PCUT_ASSERT_INT_EQUALS(0, asked);
}

PCUT_TEST(a_host_is_asked_for_once_and_gets_all_in_order)
{
	for (unsigned i = 0; i < PACKETS + 3; i++)
		send(&nic, 3, i);
	PCUT_ASSERT_TRUE(grows_to(&asked, 1));
	let_answer(EOK);
	PCUT_ASSERT_TRUE(grows_to(&sent, PACKETS));
	for (unsigned i = 0; i < PACKETS; i++)
		PCUT_ASSERT_INT_EQUALS(i, order[i]);
	/* What came when there was no room is lost. */
	send(&nic, 3, 77);
	PCUT_ASSERT_TRUE(grows_to(&sent, PACKETS + 1));
	PCUT_ASSERT_INT_EQUALS(77, order[PACKETS]);
	PCUT_ASSERT_INT_EQUALS(2, value(&asked));
}

PCUT_TEST(who_does_not_answer_is_asked_for_again)
{
	send(&nic, 3, 0);
	send(&nic, 3, 1);
	PCUT_ASSERT_TRUE(grows_to(&asked, 1));
	let_answer(ENOENT);
	for (unsigned i = 0; i < 60000 && value(&asked) < 2; i++) {
		send(&nic, 3, 2);
		fibril_usleep(1000);
	}
	let_answer(EOK);
	for (unsigned i = 0; i < 60000 && value(&sent) == 0; i++) {
		send(&nic, 3, 3);
		fibril_usleep(1000);
	}
	PCUT_ASSERT_TRUE(value(&sent) > 0);
	PCUT_ASSERT_TRUE(order[0] >= 2);
}

PCUT_TEST(hosts_do_not_wait_for_each_other_and_are_not_too_many)
{
	for (unsigned i = 0; i < HOSTS + 5; i++)
		send(&nic, 100 + i, i);
	PCUT_ASSERT_TRUE(grows_to(&asked, HOSTS));
	let_answer(EOK);
	PCUT_ASSERT_TRUE(grows_to(&sent, HOSTS));
	PCUT_ASSERT_INT_EQUALS(HOSTS, value(&asked));
	for (unsigned i = 0; i < HOSTS; i++)
		PCUT_ASSERT_TRUE(order[i] < HOSTS);
	send(&nic, 100 + HOSTS, 77);
	PCUT_ASSERT_TRUE(grows_to(&sent, HOSTS + 1));
	PCUT_ASSERT_INT_EQUALS(77, order[HOSTS]);
}

PCUT_TEST(two_cards_ask_for_the_same_address)
{
	send(&nic, 3, 0);
	send(&other_nic, 3, 1);
	PCUT_ASSERT_TRUE(grows_to(&asked, 2));
	let_answer(EOK);
	PCUT_ASSERT_TRUE(grows_to(&sent, 2));
}

PCUT_EXPORT(pending);

/** @}
 */
