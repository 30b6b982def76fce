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
 *
 */

/*
 * A kernel for a boot loader that knows the Multiboot Specification 0.6.96,
 * instead of HelenOS's: writes its command line and each module, a line each,
 * to the first serial line, and ends QEMU (isa-debug-exit).
 */

	.set	MAGIC, 0x1badb002
	.set	FLAGS, 0x3		/* modules aligned, memory known */
	.set	SERIAL, 0x3f8
	.set	SERIAL_STATUS, SERIAL + 5
	.set	QEMU_EXIT, 0xf4

	/* The boot information (3.3) */
	.set	CMDLINE, 16
	.set	MODS_COUNT, 20
	.set	MODS_ADDR, 24
	.set	MOD_START, 0
	.set	MOD_END, 4
	.set	MOD_SIZE, 16

	.code32
	.text
	.align	4
	.long	MAGIC
	.long	FLAGS
	.long	-(MAGIC + FLAGS)

	.global	_start
_start:
	movl	CMDLINE(%ebx), %esi
1:	lodsb
	testb	%al, %al
	jz	2f
	movl	$1b, %edi
	jmp	put
2:	movl	$3f, %edi
	movb	$'\n', %al
	jmp	put

3:	movl	MODS_COUNT(%ebx), %ebp
	movl	MODS_ADDR(%ebx), %ecx
4:	testl	%ebp, %ebp
	jz	8f
	movl	MOD_START(%ecx), %esi
5:	cmpl	MOD_END(%ecx), %esi
	je	6f
	lodsb
	movl	$5b, %edi
	jmp	put
6:	movl	$7f, %edi
	movb	$'\n', %al
	jmp	put
7:	addl	$MOD_SIZE, %ecx
	decl	%ebp
	jmp	4b

8:	movl	$QEMU_EXIT, %edx
	xorl	%eax, %eax
	outl	%eax, %dx
9:	hlt
	jmp	9b

	/* Write %al and go on at %edi: there is no stack. */
put:
	movb	%al, %ah
	movl	$SERIAL_STATUS, %edx
1:	inb	%dx, %al
	testb	$0x20, %al
	jz	1b
	movb	%ah, %al
	movl	$SERIAL, %edx
	outb	%al, %dx
	jmp	*%edi

	.section .note.GNU-stack, "", @progbits
