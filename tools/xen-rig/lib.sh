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
# What scripts of the Xen host use. Read by the host's init, which has say,
# fail and wait_for.

# shellcheck shell=dash

guest=helenos
leases=/tmp/udhcpd.log
escape=$(printf '\033')

# What a script shows when a test failed: state of the guests, last words of xl,
# what the guest and its back ends say in xenstore
after_failure() {
	xl list
	tail -n 20 /tmp/xl.log
	xenstore-ls -f "/local/domain/$domain/control"
	xenstore-ls -f | grep 'backend/vif/.*/state'
}

# try NAME COMMAND...: a test; programs that read the console find its name
try() {
	name=$1
	shift
	if "$@"; then
		say "ok $name"
	else
		say "FAILED $name"
		after_failure
	fi
}

guest_is_made() {
	xl domid "$guest" || guest_is_gone
}

# xl_stays COMMAND...: xl in the background, as long as the guest lives. If it
# cannot start the guest, there is nothing left to wait for.
xl_stays() {
	{
		xl "$@" > /tmp/xl.log 2>&1
		xl_rc=$?
		[ $xl_rc = 0 ] || {
			cat /tmp/xl.log
			fail "xl $1 could not start the guest: status $xl_rc"
		}
	} &
	xl_pid=$!
}

# Start the guest; xl stays until the domain is gone.
guest_start() {
	xl_stays create -F guest.cfg
	wait_for 120 guest_is_made
	domain=$(xl domid "$guest") || { cat /tmp/xl.log; fail "xl create"; }
	say "domain $domain created"
}

# Whether the guest is gone
guest_is_gone() {
	! kill -0 "$xl_pid" 2> /dev/null
}

lease_count() {
	grep -c 'sending ACK' $leases
}

has_lease() {
	[ "$(lease_count)" -ge "$1" ] || guest_is_gone
}

# guest_lease N SECONDS: wait for lease number N and set $ip
guest_lease() {
	wait_for "$2" has_lease "$1" || fail "no lease in $2 s"
	ip=$(sed -n 's/.*sending ACK to //p' $leases | tail -n 1)
	[ -n "$ip" ] || fail "the guest ended without a lease"
	say "lease $ip"
}

# The state of the first virtual network device in xenstore, as 4
vif_state() {
	xenstore-ls -f "/local/domain/$domain/device/vif" 2> /dev/null |
	    sed -n 's/.*\/state = "\(.\)"/\1/p' | head -n 1
}

vif_state_is() {
	[ "$(vif_state)" = "$1" ]
}

answers_ping() {
	ping -c 1 -W 2 "$ip"
}

# Bear a burst to a guest that takes its time under emulation: the queue holds
# all of it, and the address of the guest, which has just answered, is known even
# if it does not answer for it while the burst is before the question. (busybox
# has an ip of its own.)
be_patient() {
	for i in /sys/class/net/vif*/tx_queue_len; do
		echo 1000 > "$i"
	done
	/bin/ip neigh show "$ip" | {
		read -r _ _ dev _ lladdr _
		/bin/ip neigh replace "$ip" dev "$dev" lladdr "$lladdr" \
		    nud permanent
	}
}

# guest_answers N SECONDS: as guest_lease, and until the guest answers; from then
# on the host is patient with it.
guest_answers() {
	guest_lease "$1" "$2"
	wait_for 60 answers_ping && be_patient
}

# Start the guest, and see it on the network by its paravirtual card.
guest_boots() {
	guest_start
	guest_answers 1 1500 && vif_state_is 4
}

# Connected, and has its prompt; asked for again if nobody listened yet
shell_answers() {
	[ "$shell_pid" ] && kill -0 "$shell_pid" || {
		nc "$ip" 2223 < /tmp/shell.in > /tmp/shell.out 2>&1 8>&- &
		shell_pid=$!
	}
	grep -q '/ # ' /tmp/shell.out
}

# Open HelenOS's shell, which listens for telnet some time after the guest has
# its lease.
shell_open() {
	mkfifo /tmp/shell.in
	exec 8<> /tmp/shell.in
	shell_pid=
	wait_for 300 shell_answers || fail "no shell in the guest"
}

shell_close() {
	exec 8>&-
	kill "$shell_pid" 2> /dev/null
	rm -f /tmp/shell.in
}

# What the shell has printed, without the terminal's commands
shell_text() {
	sed "s/$escape\[[0-9;?]*[a-zA-Z]//g" /tmp/shell.out |
	    tr '\r' '\n' | tr -cd '\n\t -~'
}

shell_has() {
	shell_text | grep -q "$1"
}

# shell COMMAND PATTERN SECONDS: run a command until a line with the pattern is
# there, and print what it printed. A program that waits for a key until it ends
# (ping) may eat the first one that follows it: the space.
shell() {
	: > /tmp/shell.out
	printf ' %s\r' "$1" >&8
	wait_for "$3" shell_has "$2"
	shell_rc=$?
	usleep 500000
	shell_text | grep -v '^$' | sed 's/^/HELENOS: /'
	[ $shell_rc = 0 ] || say "FAILED \"$1\" did not print \"$2\""
	return $shell_rc
}

# In an open shell: `nic` shows the paravirtual card.
nic_shows_the_card() {
	shell nic 'Broadcast receive mode' 60 &&
	    shell_has 'Model name: Xen paravirtual network device'
}

guest_pings() {
	shell 'ping -n 3 192.168.77.1' 'seq. no 3' 90
}

guest_shuts_down() {
	xl shutdown "$guest" && wait_for 300 guest_is_gone
}
