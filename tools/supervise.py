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
"""Runs a command so that nothing of it outlives an end by signal.

usage: supervise.py COMMAND...

INT, TERM or HUP, to this process or to its group, ends the command with all
that it started, in other groups and sessions too, and gives 130, 143 or 129.
What still runs when it has had its time to clean up is killed. Without a signal
the status is the command's, and what it leaves behind is left alone.

The command finds the id of this process in SUPERVISOR. It stays in the
terminal's foreground.
"""

import ctypes
import os
import signal
import sys
import time
from pathlib import Path

GRACE = 5.0         # seconds to clean up in
ALONE = 0.5         # seconds to end in for who had the signal, too
POLL = 0.05         # seconds

PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36

ENDS = {signal.SIGHUP, signal.SIGINT, signal.SIGTERM}


def prctl(what, value):
    ctypes.CDLL(None).prctl(what, value)


def descendants():
    """The processes that come from this one, parents first: they are not to
    go on as their children end. Those whose parent is gone are children of this
    one, as it is their reaper."""
    parent = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            pid, rest = stat.read_text().split(" ", 1)
            parent[int(pid)] = int(rest.rpartition(") ")[2].split()[1])
        except (OSError, ValueError):
            pass        # it has ended
    found = [os.getpid()]
    for one in found:
        found += [pid for pid, its in parent.items() if its == one]
    return found[1:]


def send(number, pids):
    for pid in pids:
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            pass


def reap():
    """Take the status of all children that have ended; are others left?"""
    while True:
        try:
            if os.waitpid(-1, os.WNOHANG)[0] == 0:
                return True
        except ChildProcessError:
            return False


def end_all(number):
    # A shell that has a second signal as it begins to clean up may not do it.
    limit = time.monotonic() + (0 if number == signal.SIGINT else ALONE)
    while reap() and time.monotonic() < limit:
        time.sleep(POLL)
    send(signal.SIGTERM, descendants())
    limit = time.monotonic() + GRACE
    while reap():
        if time.monotonic() > limit:
            send(signal.SIGKILL, descendants())
        time.sleep(POLL)


def main(command):
    prctl(PR_SET_CHILD_SUBREAPER, 1)
    ends = {number for number in ENDS if number != signal.SIGHUP or
            signal.getsignal(number) != signal.SIG_IGN}     # nohup
    signal.pthread_sigmask(signal.SIG_BLOCK, ends | {signal.SIGCHLD})
    me = os.getpid()
    child = os.fork()
    if child == 0:
        prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        # Of INT a shell dies without its EXIT trap, if it comes as a program
        # begins: it has the TERM alone. HUP may have been ignored before this.
        for number in ends:
            signal.signal(number, signal.SIG_IGN if number == signal.SIGINT
                          else signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, ends | {signal.SIGCHLD})
        os.environ["SUPERVISOR"] = str(me)
        try:
            os.execvp(command[0], command)
        except OSError as e:
            print(f"{command[0]}: {e.strerror}", file=sys.stderr)
            os._exit(127)
    while True:
        number = signal.sigwait(ends | {signal.SIGCHLD})
        if number != signal.SIGCHLD:
            end_all(number)
            return 128 + number
        while True:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                break
            if pid == child:
                code = os.waitstatus_to_exitcode(status)
                return code if code >= 0 else 128 - code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
