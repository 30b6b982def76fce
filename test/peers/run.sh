#!/bin/bash
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

# Tests of the hosted drivers against devices that are not QEMU's: DPDK's vhost
# library, and passt for a network. Not a part of "make test", as DPDK's driver
# spins on a processor. Arguments go to pytest; HOSTED_SAN, HOSTED_CC and
# KEEP_LOGS are as for test/host/run.sh.

set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

missing=()
for pair in dpdk-testpmd:dpdk-dev passt:passt iperf3:iperf3 \
    qemu-system-x86_64:qemu-system-x86; do
	command -v "${pair%%:*}" > /dev/null || missing+=("${pair#*:}")
done
/usr/bin/python3 -c 'import pytest' 2> /dev/null ||
	missing+=(python3-pytest)
compgen -G '/usr/lib/x86_64-linux-gnu/dpdk/pmds-*/librte_net_vhost.so' \
    > /dev/null || missing+=(librte-net-vhost23)
if [ ${#missing[@]} -gt 0 ]; then
	echo "peers: missing; as root: apt-get install ${missing[*]}" >&2
	exit 1
fi
export PYTHONDONTWRITEBYTECODE=1 PYTHONPATH="$PWD:$PWD/e2e:$PWD/host"
exec /usr/bin/python3 -m pytest -v -rs -p tally -p no:cacheprovider peers "$@"
