#!/usr/bin/env python3
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

"""Break the drivers one line at a time, and see which test notices.

The breaks are in test/mutate/*.txt, blocks with a blank line between them:

    @ uspace/lib/virtio/src/irq.c
    -		if (vdev == arg) {
    +		if (true) {
    ? model NAME-OF-A-TEST; unit

The lines with - must be in the file once, one after the other; those with +
stand for them. What follows ? runs, one after the other, until something
fails: "unit" is all unit tests, "model" and "xen" take a part of a test's
name. Where a break changes nothing, "= SENTENCE" stands instead and says why.
A line with # is a comment.

All of it happens in copies of the tree, which are built once and removed at
the end. What is to notice breaks must pass without one first.
"""

import argparse
import concurrent.futures
import os
import queue
import re
import shutil
import signal
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))

# A test of a model may wait so long for a state, in seconds
PATIENCE = 10
# More than a run of all tests of a suite takes
SUITE_SECONDS = 1800

# Suite: what builds it, program(s), does it take names?
SUITES = {
    'unit': ('test/unit/Makefile', None, False),
    'model': ('test/model/Makefile', 'model', True),
    'xen': ('test/xen/model/Makefile', 'xen-model', True),
}


class BadRow(Exception):
    """The list is wrong, not the driver."""


class Row:
    """One break"""

    def __init__(self, where):
        self.where = where
        self.file = None
        self.old = []
        self.new = []
        self.tests = []
        self.reason = None

    def add(self, line):
        mark, text = line[0], line[1:]
        if mark == '@':
            self.file = text.strip()
        elif mark == '-':
            self.old.append(text)
        elif mark == '+':
            self.new.append(text)
        elif mark == '?':
            self.tests += [t.strip() for t in text.split(';')]
        elif mark == '=':
            self.reason = ' '.join(filter(None,
                                          [self.reason, text.strip()]))
        else:
            raise BadRow(f'{self.where}: no such mark: {line}')

    def check(self):
        if not self.file or not self.old:
            raise BadRow(f'{self.where}: needs @ and -')
        if bool(self.tests) == bool(self.reason):
            raise BadRow(f'{self.where}: needs either ? or =')
        for test in self.tests:
            if test.split()[0] not in SUITES:
                raise BadRow(f'{self.where}: no suite for: {test}')

    def apply(self, text):
        """The file's text with the break in it"""
        lines = text.split('\n')
        want = [line.strip() for line in self.old]
        at = [i for i in range(len(lines) - len(want) + 1)
              if [s.strip() for s in lines[i:i + len(want)]] == want]
        if len(at) != 1:
            raise BadRow(f'{self.where}: found {len(at)} times in '
                         f'{self.file}: {want[0]}')
        lines[at[0]:at[0] + len(want)] = self.new
        return '\n'.join(lines), at[0] + 1

    def suites(self):
        """Suites that may notice"""
        if '/lib/virtio/' in self.file:
            return ['unit', 'model']
        if '/lib/ringnic/' in self.file:
            return ['unit', 'model', 'xen']
        if '/virtio-' in self.file:
            return ['model']
        return ['unit', 'xen']

    def __str__(self):
        return f'{self.file}: {self.old[0].strip()} -> ' \
            f'{" ".join(s.strip() for s in self.new) or "(nothing)"}'


def read_rows(names):
    rows = []
    for name in sorted(os.listdir(HERE)):
        if not name.endswith('.txt'):
            continue
        row = None
        with open(os.path.join(HERE, name), encoding='utf-8') as file:
            for number, line in enumerate(file, 1):
                line = line.rstrip('\n')
                if line.startswith('#'):
                    continue
                if not line.strip():
                    row = None
                    continue
                if row is None:
                    row = Row(f'{name}:{number}')
                    rows.append(row)
                row.add(line)
    for row in rows:
        row.check()
    return [row for row in rows if not names or
            any(n in f'{row.where} {row}' for n in names)]


class Tree:
    """A copy of the tree, with what is built in it"""

    def __init__(self, top):
        self.top = top
        self.out = os.path.join(top, 'build/mutate')
        self.built = set()
        self.child = None
        files = subprocess.run(
            ['git', '-C', TOP, 'ls-files', '-z', '--cached', '--others',
             '--exclude-standard'], check=True,
            stdout=subprocess.PIPE).stdout.decode().split('\0')
        for name in filter(None, files):
            if not os.path.isfile(os.path.join(TOP, name)):
                continue
            to = os.path.join(top, name)
            os.makedirs(os.path.dirname(to), exist_ok=True)
            shutil.copy2(os.path.join(TOP, name), to)

    def read(self, name):
        try:
            with open(os.path.join(self.top, name), encoding='utf-8') as file:
                return file.read()
        except FileNotFoundError as error:
            raise BadRow(f'no such file: {name}') from error

    def write(self, name, text):
        with open(os.path.join(self.top, name), 'w',
                  encoding='utf-8') as file:
            file.write(text)

    def run(self, args, seconds=SUITE_SECONDS):
        """Run a command; all that it starts ends with it."""
        env = dict(os.environ, ASAN_OPTIONS='detect_leaks=1:handle_abort=0:'
                   'quarantine_size_mb=32')
        with subprocess.Popen(args, cwd=self.top, env=env,
                              start_new_session=True,
                              stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT) as self.child:
            try:
                out = self.child.communicate(timeout=seconds)[0]
            except subprocess.TimeoutExpired:
                out = b'FAIL (did not end)'
            finally:
                self.kill()
            return self.child.wait(), out.decode(errors='replace')

    def kill(self):
        if self.child is None:
            return
        try:
            os.killpg(self.child.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass

    def make(self, suite):
        """Build a suite; -w: a break may leave something unused."""
        code, out = self.run(['make', '-s', '-j2', '-f', SUITES[suite][0],
                              'CC=gcc -w', 'SAN=address', f'O={self.out}'])
        return None if code == 0 else out

    def programs(self, suite):
        if SUITES[suite][1]:
            return [os.path.join(self.out, SUITES[suite][1])]
        return [os.path.join(self.out, name)
                for name in sorted(os.listdir(self.out))
                if name.startswith('test-') and '.' not in name]

    def fails(self, suite, names):
        """What of a suite fails, None if nothing does"""
        args = ['-x', '-w', str(PATIENCE)] + names if SUITES[suite][2] else []
        for program in self.programs(suite):
            code, out = self.run([program] + args)
            if code == 2 and 'no test has such a name' in out:
                raise BadRow(f'{suite} has no test named {names}')
            if code == 0:
                continue
            found = re.search(r'^(?:FAIL|FAILED:?) +(.*)$', out, re.M)
            return found[1] if found else f'{os.path.basename(program)} ends'
        return None


def notice(tree, row, everything):
    """Which test notices a break, None if none does"""
    tests = [(t.split()[0], ' '.join(t.split()[1:])) for t in row.tests]
    if everything:
        tests += [(suite, '') for suite in row.suites()]
    for suite, name in tests:
        log = tree.make(suite)
        if log is not None:
            raise BadRow(f'{row.where}: does not build:\n{log}')
        failed = tree.fails(suite, [name] if name else [])
        if failed:
            return f'{suite}: {failed}'
    return None


def attempt(tree, row, options):
    """What comes of a break: a word and a line that says more"""
    try:
        before = tree.read(row.file)
        text, line = row.apply(before)
        if row.reason:
            return 'same', str(row)
        if options.list:
            return 'fits', str(row)
        tree.write(row.file, text)
        try:
            by = notice(tree, row, options.all)
        finally:
            tree.write(row.file, before)
    except BadRow as error:
        return 'WRONG', str(error)
    if by is None:
        return 'SURVIVED', f'{row.where} {row}'
    return 'noticed', f'{row.file}:{line} by {by}'


def build(tree, rows):
    """Build what the rows need"""
    for suite in sorted({t.split()[0] for row in rows for t in row.tests}):
        log = tree.make(suite)
        if log is not None:
            raise BadRow(f'{suite} does not build:\n{log}')


def check_unbroken(tree, rows):
    """A test that fails anyhow notices nothing"""
    tests = {tuple((t + ' ').split(' ', 1)) for row in rows for t in row.tests}
    for suite in sorted({suite for suite, _ in tests}):
        failed = tree.fails(suite, sorted({name.strip() for s, name in tests
                                           if s == suite} - {''}))
        if failed:
            raise BadRow(f'without a break there fails {suite}: {failed}')


def main():
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('-a', '--all', action='store_true',
                        help='all tests that may, if the named ones do not '
                        'notice')
    parser.add_argument('-l', '--list', action='store_true',
                        help='only look whether the breaks fit the tree')
    parser.add_argument('-j', '--jobs', type=int, default=1,
                        help='so many breaks at a time')
    parser.add_argument('name', nargs='*', help='only breaks with this in '
                        'their list, file or lines')
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)

    counts = dict.fromkeys(['noticed', 'SURVIVED', 'same', 'fits', 'WRONG'], 0)
    rows = read_rows(options.name)
    with tempfile.TemporaryDirectory(prefix='mutate.') as top, \
            concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        trees = [Tree(os.path.join(top, str(i)))
                 for i in range(options.jobs)]
        free = queue.Queue()

        def job(row):
            tree = free.get()
            try:
                return attempt(tree, row, options)
            finally:
                free.put(tree)

        try:
            if not options.list:
                list(pool.map(lambda tree: build(tree, rows), trees))
                check_unbroken(trees[0], rows)
            for tree in trees:
                free.put(tree)
            for word, line in pool.map(job, rows):
                counts[word] += 1
                print(f'{word:8} {line}', flush=True)
        except KeyboardInterrupt:
            pool.shutdown(wait=False, cancel_futures=True)
            for tree in trees:
                tree.kill()
            raise
    print(f'{len(rows)} breaks: {counts["noticed"]} noticed, '
          f'{counts["SURVIVED"]} survived, {counts["same"]} change nothing' +
          (f', {counts["WRONG"]} wrong' if counts['WRONG'] else ''))
    return 1 if counts['SURVIVED'] or counts['WRONG'] else 0


if __name__ == '__main__':
    try:
        sys.exit(main())
    except BadRow as bad:
        sys.exit(f'{sys.argv[0]}: {bad}')
    except KeyboardInterrupt:
        sys.exit(130)
