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
# What tests of the hosted drivers on a real Xen use. Run in the first domain.
# The guest takes commands on its second serial line, which has nothing to do
# with the card.

# shellcheck shell=dash
# shellcheck disable=SC2154 # the rest is in lib.sh
# shellcheck disable=SC2016 # what is quoted so is the guest's
# shellcheck disable=SC2034 # others use what is set here

mac=00:16:3e:12:34:56
host_ip=192.168.77.1
line=/tmp/guest
answer=$line.answer

# Connect the guest's second serial line with two pipes. They stay open when a
# device model ends and another begins.
guest_line() {
	mkfifo $line.in $line.out
	sed -i "s|^serial = .*|serial = [ \"file:$SERIAL\", \"pipe:$line\" ]|" \
	    guest.cfg
	cat <> $line.out >> $answer &
}

# Start the guest, and wait until it takes commands.
guest_listens() {
	: > $answer
	guest_start
	set_back 0
	wait_for 600 grep -q READY $answer || fail "the guest does not start"
}

# End the guest.
guest_ends() {
	printf 'poweroff -f\n' > $line.in
	wait_for 60 guest_is_gone ||
		{ say "the guest does not end"; xl destroy "$guest"; }
}

# in_guest SECONDS COMMAND: run it in the guest, as one line; what it prints is
# in $answer
in_guest() {
	: > $answer
	echo "$2" | tr '\n\t' '  ' | sed 's/ *$/\n/' > $line.in
	wait_for "$1" grep -q '^EXIT' $answer ||
		{ cat $answer; fail "the guest does not end in $1 s: $2"; }
	sed '/^EXIT/d; s/^HOSTED: //; s/^/HOSTED: /' $answer
	grep -q '^EXIT 0' $answer || { say "the guest failed: $2"; return 1; }
}

after_failure() {
	in_guest 60 'tail -n 20 /run/drivers.log'
}

# What Xen itself knows of the guest: its event channels, and the grants that
# another domain uses
in_xen() {
	xl dmesg -c > /dev/null
	xl debug-keys e
	xl debug-keys g
	xl dmesg | awk -v d="$domain" '
	    /Event channel information for domain/ { here = $NF == d ":" }
	    /gnttab_usage_print_all/ { here = 0 }
	    /grant-table for remote/ { here = $(NF - 1) == "d" d }
	    here && / +[0-9]+ \[[01]\/[01]/ { ports++ }
	    here && /\[0x[0-9a-f]+\]/ { grants++ }
	    END { print ports + 0 " ports, " grants + 0 " grants in use" }'
}

# The state of the back end in xenstore
back_state_is() {
	[ "$(xenstore-read "$back/state" 2> /dev/null)" = "$1" ]
}

set_back() {
	back=/local/domain/0/backend/vif/$domain/$1
}

# What a run without a script shows, with a new lease
report() {
	leases_before=$(lease_count)
	in_guest 60 'until hostctl 0 info > /dev/null 2>&1; do usleep 100000; done'
	in_guest 300 '/etc/report 2>&1' &&
	    grep -q 'ping hpv0 .* 0% packet loss' $answer &&
	    guest_lease $((leases_before + 1)) 5
}

pings() {
	in_guest 120 "ping -c 10 -i 0.2 -W 10 $host_ip" &&
	    grep -q ' 0% packet loss' $answer || return 1
	ping -c 10 -i 0.2 -W 10 "$ip" > /tmp/ping
	say "ping to the guest: $(grep packets /tmp/ping)"
	grep -q ' 0% packet loss' /tmp/ping
}

iperf3_listens() {
	netstat -ltn | grep -q ':5201 '
}

iperf3_is_gone() {
	! iperf3_listens
}

# A server for one client: it turns one away while it is not done with the last.
iperf3_serves() {
	wait_for 30 iperf3_is_gone || return 1
	iperf3 -s -1 -D
	wait_for 30 iperf3_listens
}

detaches() {
	xl network-detach "$guest" 0 && wait_for 60 vif_state_is '' &&
	    in_guest 60 'while hostctl 0 info > /dev/null 2>&1; do usleep 100000; done' &&
	    in_guest 30 'hostctl 0 usage' &&
	    grep -q '^ports 1 refs 0 granted 0 dma 0 ' $answer || return 1
	bare=$(in_xen)
	say "in Xen: $bare"
}

# attaches [OPTION...]: as xl takes them
attaches() {
	xl network-attach "$guest" bridge=xenbr0 mac=$mac type=vif "$@" ||
	    return 1
	set_back "$(xenstore-list "/local/domain/$domain/device/vif")"
	wait_for 60 back_state_is 4 && report && pings
}

# Ten frames at least have gone to the back end since $sent_before.
frames_wait() {
	sent=$(cat "/sys/class/net/vif$domain.${back##*/}/statistics/tx_packets")
	[ "$sent" -ge $((sent_before + 10)) ]
}

# The guest stands still while frames for it wait.
is_paused() {
	xl pause "$guest" || return 1
	# It may have been idle, which is told as well
	if ! xl list "$guest" | grep -q ' [r-][b-]p--- '; then
		xl unpause "$guest"
		return 1
	fi
	sent_before=0
	frames_wait
	sent_before=$sent
	ping -c 10 -i 0.2 -W 60 "$ip" > /tmp/ping &
	ping_pid=$!
	wait_for 30 frames_wait
	xl unpause "$guest" || return 1
	wait $ping_pid
	say "ping over a pause: $(grep packets /tmp/ping)"
	grep -q ' 0% packet loss' /tmp/ping
}

pauses() {
	is_paused && pings
}

# Run a command, and wait for the link to come up after it.
link_comes_up_after() {
	in_guest 30 'grep -c "link is up" /run/drivers.log > /run/ups'
	"$@" || return 1
	in_guest 60 'until [ $(grep -c "link is up" /run/drivers.log) -gt $(cat /run/ups) ]; do usleep 100000; done' &&
	    wait_for 60 back_state_is 4
}

# The back end asks for the end of the connection, and stays.
back_end_closes() {
	link_comes_up_after xenstore-write "$back/state" 5
}

# The back end's driver goes, as when it is loaded anew, and comes back. It
# keeps its state in xenstore, and takes over the rings that it finds; what
# udev or xl would do for it is done here.
back_end_restarts() {
	driver=/sys/bus/xen-backend/drivers/vif
	vif=vif$domain.${back##*/}
	echo "vif-$domain-${back##*/}" > $driver/unbind || return 1
	[ ! -e "/sys/class/net/$vif" ] || return 1
	echo "vif-$domain-${back##*/}" > $driver/bind || return 1
	wait_for 60 test -e "/sys/class/net/$vif" || return 1
	ip link set "$vif" up
	brctl addif xenbr0 "$vif"
	xenstore-write "$back/hotplug-status" connected
	# Its state may have been 4 all the time.
	wait_for 60 back_state_is 4 && wait_for 60 answers_ping
}

# back_end_stops [PINGS [SECONDS]]: it takes nothing and gives nothing while the
# guest goes on sending so many, so far apart. All that is lost; what comes when the
# bridge passes frames again, which may be a second later, is not.
back_end_stops() {
	vif=vif$domain.${back##*/}
	ip link set "$vif" down || return 1
	in_guest 300 "ping -q -c ${1:-50} -i ${2:-0.02} -W 1 $host_ip; true" ||
		return 1
	grep -q ' 100% packet loss' $answer || return 1
	ip link set "$vif" up && wait_for 60 answers_ping
}

# Times that the card goes down and up
# 1000 take the most part of an hour on an emulated machine: by hand
cycles=100

goes_down_and_up() {
	connected=$(in_xen)
	say "in Xen: $connected"
	for part in 1 2 3 4 5 6 7 8 9 10; do
		in_guest 600 "hostctl 0 updown $((cycles / 10))" || return 1
		say "$part tenths of $cycles cycles"
	done
	wait_for 60 back_state_is 4
	after=$(in_xen)
	say "in Xen: $after"
	[ "$after" = "$connected" ] && pings
}

leave_nothing() {
	in_guest 60 'hostctl quit' && grep -q '^live 0$' $answer || return 1
	after=$(in_xen)
	say "in Xen: $after"
	[ "$after" = "$bare" ]
}
