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
/** @file Doubly linked lists
 */

#ifndef HOST_ADT_LIST_H_
#define HOST_ADT_LIST_H_

#include <assert.h>
#include <member.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Link; both pointers are NULL while it is in no list */
typedef struct host_link {
	struct host_link *prev;
	struct host_link *next;
} link_t;

/** List: a ring of links through its head */
typedef struct {
	link_t head;
} list_t;

#define LIST_INITIALIZER(name) \
	{ .head = { .prev = &(name).head, .next = &(name).head } }

#define LIST_INITIALIZE(name) \
	list_t name = LIST_INITIALIZER(name)

#define list_get_instance(link, type, member) \
	member_to_inst(link, type, member)

/* The outer loop runs once and only declares the iterator. */
#define list_foreach(list, member, itype, iterator) \
	for (itype *iterator = NULL; iterator == NULL; \
	    iterator = (itype *) (uintptr_t) 1) \
		for (link_t *host_l_ = (list).head.next; \
		    iterator = list_get_instance(host_l_, itype, member), \
		    host_l_ != &(list).head; host_l_ = host_l_->next)

#define list_foreach_safe(list, iterator, next_iter) \
	for (link_t *iterator = (list).head.next, \
	    *next_iter = iterator->next; iterator != &(list).head; \
	    iterator = next_iter, next_iter = iterator->next)

#define list_pop(list, type, member) \
	((type *) list_pop_internal(list, offsetof(type, member)))

#define assert_link_not_used(link)	assert(!link_used(link))

static inline void link_initialize(link_t *link)
{
	link->prev = NULL;
	link->next = NULL;
}

static inline bool link_in_use(const link_t *link)
{
	return link->prev != NULL && link->next != NULL;
}

static inline bool link_used(const link_t *link)
{
	assert((link->prev == NULL) == (link->next == NULL));
	return link->prev != NULL;
}

static inline void list_initialize(list_t *list)
{
	list->head.prev = &list->head;
	list->head.next = &list->head;
}

static inline void list_insert_before(link_t *link, link_t *place)
{
	link->next = place;
	link->prev = place->prev;
	place->prev->next = link;
	place->prev = link;
}

static inline void list_insert_after(link_t *link, link_t *place)
{
	list_insert_before(link, place->next);
}

static inline void list_append(link_t *link, list_t *list)
{
	list_insert_before(link, &list->head);
}

static inline void list_prepend(link_t *link, list_t *list)
{
	list_insert_before(link, list->head.next);
}

static inline void list_remove(link_t *link)
{
	if (link_in_use(link)) {
		link->next->prev = link->prev;
		link->prev->next = link->next;
	}
	link_initialize(link);
}

static inline bool list_empty(const list_t *list)
{
	return list->head.next == &list->head;
}

static inline link_t *list_next(const link_t *link, const list_t *list)
{
	return link->next == &list->head ? NULL : link->next;
}

static inline link_t *list_prev(const link_t *link, const list_t *list)
{
	return link->prev == &list->head ? NULL : link->prev;
}

static inline link_t *list_first(const list_t *list)
{
	return list_next(&list->head, list);
}

static inline link_t *list_last(const list_t *list)
{
	return list_prev(&list->head, list);
}

static inline link_t *list_nth(const list_t *list, size_t n)
{
	link_t *link = list_first(list);

	while (link != NULL && n-- > 0)
		link = list_next(link, list);
	return link;
}

static inline size_t list_count(const list_t *list)
{
	size_t count = 0;

	for (link_t *l = list->head.next; l != &list->head; l = l->next)
		count++;
	return count;
}

static inline bool list_member(const link_t *link, const list_t *list)
{
	for (link_t *l = list->head.next; l != &list->head; l = l->next) {
		if (l == link)
			return true;
	}
	return false;
}

/** Move all of one list to the end of another. */
static inline void list_concat(list_t *to, list_t *from)
{
	while (!list_empty(from)) {
		link_t *link = list_first(from);

		list_remove(link);
		list_append(link, to);
	}
}

static inline void *list_pop_internal(list_t *list, size_t offset)
{
	link_t *link = list_first(list);

	if (link == NULL)
		return NULL;
	list_remove(link);
	return (char *) link - offset;
}

#endif

/** @}
 */
