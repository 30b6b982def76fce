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
"""The scripts of the Xen host: what they do when a guest does not start, or takes
long."""

import shutil
import subprocess

import pytest

from conftest import LIMIT, TOP

# The host's own shell, which the rig is made with, or one like it
SHELL = ["busybox", "sh"] if shutil.which("busybox") else ["sh"]

# What the host's init has for them, and an xl that ends once it was asked for
# the domain; FAILS names the command that fails.
HOST = """
say() { echo "DOM0: $*"; }
fail() { say "FAILED $*"; kill $$; }
wait_for() {
	shift
	until "$@" > /dev/null 2>&1; do sleep 0.1; done
}
xl() {
	case $1 in
	domid) echo 1; touch asked ;;
	list) ;;
	*)
		wait_for 0 test -e asked
		echo "what xl $1 says"
		[ "$1" != "$FAILS" ]
		;;
	esac
}
sed "s|/tmp/|$PWD/|g" "$LIB" > lib.sh
. ./lib.sh
guest_start
"""


def host(folder, fails, script):
    """A run that nothing but the scripts ends."""
    process = subprocess.run(
        [*SHELL, "-c", HOST + script], cwd=folder, capture_output=True,
        text=True, timeout=LIMIT, check=False,
        env={"PATH": "/usr/bin:/bin", "FAILS": fails,
             "LIB": str(TOP / "tools/xen-rig/lib.sh")})
    return process.returncode, process.stdout


@pytest.mark.parametrize("command, script", [
    ("create", ""), ("restore", "xl_stays restore file;")])
def test_a_guest_that_does_not_start_ends_the_run(tmp_path, command, script):
    status, out = host(tmp_path, command, script + "wait_for 600 false")
    assert status != 0
    assert f"what xl {command} says" in out
    assert f"FAILED xl {command} could not start the guest" in out


def test_a_guest_that_ends_does_not_end_the_run(tmp_path):
    status, out = host(tmp_path, "", "wait_for 600 guest_is_gone; say after it")
    assert status == 0 and "DOM0: after it" in out and "FAILED" not in out


LATE_SHELL = """
nc() {
	[ -e refused ] || { touch refused; return 1; }
	echo '/ # '
	cat
}
ip=none
shell_open
say open
shell_close
"""


def test_a_shell_that_does_not_listen_yet_is_asked_for_again(tmp_path):
    status, out = host(tmp_path, "", LATE_SHELL)
    assert status == 0 and "DOM0: open" in out and "FAILED" not in out
    assert (tmp_path / "refused").exists()


WAIT = r"""
usleep() { sleep 0.2; }
sed -n '/^seconds() {/,/^}/p; /^wait_for() {/,/^}/p' "$INIT" > wait.sh
. ./wait.sh
slow() { echo try >> tries; sleep 1; false; }
wait_for 3 slow
"""


def test_a_wait_is_as_long_as_it_says_however_long_a_try_takes(tmp_path):
    status = subprocess.run(
        [*SHELL, "-c", WAIT], cwd=tmp_path, timeout=LIMIT, check=False,
        env={"PATH": "/usr/bin:/bin", "INIT": str(TOP / "tools/xen-rig/init")}
        ).returncode
    assert status == 1
    tries = (tmp_path / "tries").read_text().splitlines()
    # One begins before the time is over
    assert 1 <= len(tries) <= 4
