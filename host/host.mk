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

# Rules for building the hosted drivers, to be included:
#
#   O     directory for what is built
#   CC    gcc or clang
#   SAN   sanitizers: address (with undefined), thread, none; swap: address, and
#         the drivers as on a big-endian machine (byteorder.h)
#
# They give:
#
#   $(O)/libhost.a     the host library
#   $(O)/libvirtio.a   and one lib*.a for each library of the tree
#   $(O)/NAME.drv.o    a driver, all of it, with main() renamed NAME_main
#                      (- becomes _) and no other global symbol
#   HOST_CFLAGS        for programs that use the host library
#   HOST_LDFLAGS       for linking them

TOP := $(patsubst %/,%,$(dir $(patsubst %/,%,$(dir \
    $(abspath $(lastword $(MAKEFILE_LIST)))))))
CC := $(if $(filter default,$(origin CC)),gcc,$(CC))
SAN ?= address
O ?= $(TOP)/build/host-$(CC)-$(SAN)

SAN_FLAGS_address := -fsanitize=address,undefined -fno-sanitize-recover=all
SAN_FLAGS_thread := -fsanitize=thread
SAN_FLAGS_fuzz := -fsanitize=address,undefined,fuzzer-no-link \
    -fno-sanitize-recover=all
SAN_FLAGS_swap := $(SAN_FLAGS_address) -DHOST_SWAPS
SAN_FLAGS_none :=
SAN_FLAGS := $(SAN_FLAGS_$(SAN))

HOST_CFLAGS := -std=gnu11 -D_GNU_SOURCE -D_HELENOS_SOURCE \
    -Wall -Wextra -Werror -Wno-unused-parameter -g -O1 \
    -fno-omit-frame-pointer -pthread -MMD -MP $(SAN_FLAGS) \
    -I$(TOP)/host/include \
    -I$(TOP)/uspace/lib/ringnic/include \
    -I$(TOP)/uspace/lib/virtio/include -I$(TOP)/uspace/lib/xen/include \
    -idirafter $(TOP)/abi/include
HOST_LDFLAGS := -pthread $(SAN_FLAGS)

HOST_OBJS := $(patsubst $(TOP)/host/lib/%.c,$(O)/host/%.o,\
    $(wildcard $(TOP)/host/lib/*.c))

$(O)/host/%.o: $(TOP)/host/lib/%.c
	@mkdir -p $(@D)
	$(CC) $(HOST_CFLAGS) -c -o $@ $<

$(O)/libhost.a: $(HOST_OBJS)
	rm -f $@
	ar rcs $@ $^

$(O)/uspace/%.o: $(TOP)/uspace/%.c
	@mkdir -p $(@D)
	$(CC) $(HOST_CFLAGS) -c -o $@ $<

objs_in = $(patsubst $(TOP)/%.c,$(O)/%.o,$(wildcard $(TOP)/$(1)/*.c))

# lib NAME: its sources under src/
define lib_rule
$$(O)/lib$(1).a: $$(call objs_in,uspace/lib/$(1)/src)
	rm -f $$@
	ar rcs $$@ $$^
endef
$(foreach lib,ringnic virtio xen,$(eval $(call lib_rule,$(lib))))

# drv DIRECTORY: its sources; the object is named after the last part
define drv_rule
$$(O)/uspace/drv/$(1)/%.o: HOST_CFLAGS += \
    -Dmain=$(subst -,_,$(notdir $(1)))_main
$$(O)/$(notdir $(1)).drv.o: $$(call objs_in,uspace/drv/$(1))
	$$(CC) -r -nostdlib -o $$@.all $$^
	objcopy --keep-global-symbol=$(subst -,_,$(notdir $(1)))_main \
	    $$@.all $$@
	rm -f $$@.all
endef
DRIVERS := nic/virtio-net block/virtio-blk bus/xen-platform bus/xenbus \
    nic/xen-netfront
$(foreach drv,$(DRIVERS),$(eval $(call drv_rule,$(drv))))

# The program of hosted drivers, with those that the tree has
HOSTED_OBJS := $(patsubst $(TOP)/host/prog/%.c,$(O)/prog/%.o,\
    $(wildcard $(TOP)/host/prog/*.c))
HOSTED_DRIVERS ?= virtio-net virtio-blk xen-platform xenbus xen-netfront

$(O)/prog/%.o: $(TOP)/host/prog/%.c
	@mkdir -p $(@D)
	$(CC) $(HOST_CFLAGS) -c -o $@ $<

$(O)/hosted: $(HOSTED_OBJS) $(HOSTED_DRIVERS:%=$(O)/%.drv.o) \
    $(O)/libringnic.a $(O)/libvirtio.a $(O)/libxen.a $(O)/libhost.a
	$(CC) $(HOST_LDFLAGS) -o $@ $^

# Its commander: no sanitizer, no host library
$(O)/hostctl: $(TOP)/host/ctl/hostctl.c $(TOP)/host/prog/socket.h
	@mkdir -p $(@D)
	$(CC) -std=gnu11 -D_GNU_SOURCE -Wall -Wextra -Werror -O1 -static \
	    -o $@ $<

-include $(shell find $(O) -name '*.d' 2>/dev/null)
