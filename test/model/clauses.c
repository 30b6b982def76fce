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

/** @addtogroup test_model
 * @{
 */
/** @file Clauses of VIRTIO 1.2: who broke which
 */

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include "clauses.h"
#include "suite.h"

static const struct {
	const char *id;
	const char *number;
	const char *text;
} clauses[VM_CLAUSE_COUNT] = {
#define VM_CLAUSE_ROW(id, number, text)	{ #id, number, text },
	VM_CLAUSES(VM_CLAUSE_ROW)
};

unsigned long *vm_clause_checks;

/** Before the first test: its counters are in memory that all tests share. */
void suite_begin(void)
{
	void *mem = mmap(NULL, VM_CLAUSE_COUNT * sizeof(unsigned long),
	    PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (mem == MAP_FAILED)
		abort();
	vm_clause_checks = mem;
}

const char *vm_clause_id(vm_clause_t clause)
{
	return clauses[clause].id;
}

void vm_clause_count(vm_clause_t clause)
{
	__atomic_fetch_add(&vm_clause_checks[clause], 1, __ATOMIC_RELAXED);
}

void vm_clause_broken(vm_clause_t clause, const char *fmt, ...)
{
	va_list args;

	fflush(stdout);
	fprintf(stderr, "BROKEN %s: %s \"%s\"\n\tThe driver: ",
	    clauses[clause].id, clauses[clause].number, clauses[clause].text);
	va_start(args, fmt);
	vfprintf(stderr, fmt, args);
	va_end(args);
	fputc('\n', stderr);
	abort();
}

/** After all tests: what is never looked at proves nothing. */
int suite_end(void)
{
	unsigned int never = 0;

	for (unsigned int i = 0; i < VM_CLAUSE_COUNT; i++) {
		if (vm_clause_checks[i] == 0) {
			printf("    never checked: %s %s\n",
			    clauses[i].number, clauses[i].id);
			never++;
		}
	}
	printf("%s every clause of the table was checked (%u clauses)\n",
	    never == 0 ? "ok  " : "FAIL", VM_CLAUSE_COUNT);
	return never == 0 ? 1 : -1;
}

void suite_describe(void)
{
	for (unsigned int i = 0; i < VM_CLAUSE_COUNT; i++)
		printf("%s\t%s\t%s\n", clauses[i].number, clauses[i].id,
		    clauses[i].text);
}

/** @}
 */
