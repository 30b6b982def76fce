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
"""A pytest plugin: the last line of a run is `N passed, N failed, N skipped`,
which is what test/run.sh adds up, and the lines above it name what failed, as
test/run.sh tells it again. TERM ends a run as INT does. What breaks outside a
test (a fixture, a file that cannot be read) counts as failed."""

import signal

import pytest

ENDS = (signal.SIGINT, signal.SIGTERM)


def end(*_):
    """Fixtures take down what they made, once."""
    for number in ENDS:
        signal.signal(number, signal.SIG_IGN)
    raise KeyboardInterrupt


def pytest_configure():
    for number in ENDS:
        signal.signal(number, end)


def tell(report):
    """Its name, and indented below what pytest marks as the reason."""
    lines = report.longreprtext.splitlines()
    reason = [line[1:] for line in lines if line.startswith("E ")] or lines[-1:]
    print(f"FAIL {report.nodeid}",
          *(f"    {line.strip()}"[:400] for line in reason[:8]), sep="\n")


@pytest.hookimpl(hookwrapper=True, tryfirst=True)
def pytest_sessionfinish(session):
    yield       # pytest's own summary is printed in here
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    passed, failed, broken, skipped = (
        reporter.stats.get(key, ())
        for key in ("passed", "failed", "error", "skipped"))
    for report in (*failed, *broken):
        tell(report)
    print(f"{len(passed)} passed, {len(failed) + len(broken)} failed, "
          f"{len(skipped)} skipped", flush=True)
