#
# Copyright (c) 2026 helenos-pv authors
# All rights reserved.
#
# Redistribution and use in source and binary forms, with or without
# modification, are permitted provided that the following conditions
# are met:
#
# - Redistributions of source code must retain the above copyright
#   notice, this list of conditions and the following disclaimer.
# - Redistributions in binary form must reproduce the above copyright
#   notice, this list of conditions and the following disclaimer in the
#   documentation and/or other materials provided with the distribution.
# - The name of the author may not be used to endorse or promote products
#   derived from this software without specific prior written permission.
#
# THIS SOFTWARE IS PROVIDED BY THE AUTHOR ``AS IS'' AND ANY EXPRESS OR
# IMPLIED WARRANTIES, INCLUDING, BUT NOT LIMITED TO, THE IMPLIED WARRANTIES
# OF MERCHANTABILITY AND FITNESS FOR A PARTICULAR PURPOSE ARE DISCLAIMED.
# IN NO EVENT SHALL THE AUTHOR BE LIABLE FOR ANY DIRECT, INDIRECT,
# INCIDENTAL, SPECIAL, EXEMPLARY, OR CONSEQUENTIAL DAMAGES (INCLUDING, BUT
# NOT LIMITED TO, PROCUREMENT OF SUBSTITUTE GOODS OR SERVICES; LOSS OF USE,
# DATA, OR PROFITS; OR BUSINESS INTERRUPTION) HOWEVER CAUSED AND ON ANY
# THEORY OF LIABILITY, WHETHER IN CONTRACT, STRICT LIABILITY, OR TORT
# (INCLUDING NEGLIGENCE OR OTHERWISE) ARISING IN ANY WAY OUT OF THE USE OF
# THIS SOFTWARE, EVEN IF ADVISED OF THE POSSIBILITY OF SUCH DAMAGE.
#

# Fuzzers that lead whole drivers through a life over a model of the other side:
#
#   MODEL  the model's folder: test/model or test/xen/model
#   LIVES  names; the life NAME is the model's fuzz_NAME()

SAN := fuzz
CC := clang
include $(dir $(lastword $(MAKEFILE_LIST)))/../../$(MODEL)/Makefile

$(O)/fuzz-obj/%.o: $(TOP)/test/fuzz/%.c
	@mkdir -p $(@D)
	$(CC) $(HOST_CFLAGS) -c -o $@ $<

$(LIVES:%=$(O)/fuzz-%): $(O)/fuzz-%: $(O)/fuzz-obj/life/suite.o \
    $(filter-out %/suite.o,$(PARTS))
	$(CC) $(HOST_LDFLAGS) -fsanitize=fuzzer $(WRAPPED:%=-Wl,--wrap=%) \
	    -Wl,--defsym=LLVMFuzzerTestOneInput=fuzz_$* -o $@ $^

.PHONY: lives
lives: $(LIVES:%=$(O)/fuzz-%)
.DEFAULT_GOAL := lives
.SECONDARY:
