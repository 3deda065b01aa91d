# -*- coding: utf-8 -*-
"""The Makefile where no suitable Python is found: uv brings one, or one line says what to do."""

import os
import shutil
import subprocess

import pytest
from test_find_python import put

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
NEEDED = ('Makefile', 'setup.py', 'pyproject.toml', 'scripts/find_python.sh')
# a stand-in of uv that notes its words, and makes an environment whose Python does nothing
UV = """#!/bin/sh
echo "$@" >> {log}
case "$*" in *"{fails}"*) exit 2;; esac
for word; do :; done
mkdir -p "$word/bin"
printf '#!/bin/sh\\nexit 0\\n' > "$word/bin/python"
chmod +x "$word/bin/python"
"""
pytestmark = pytest.mark.skipif(not shutil.which('make'), reason='there is no make')


@pytest.fixture
def make(tmp_path):
    """Run ``make`` in a copy where no Python is found: PYTHON is empty."""
    for name in NEEDED:
        target = tmp_path / 'copy' / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(os.path.join(ROOT, name), str(target))

    def run(*words):
        path = os.pathsep.join([str(tmp_path / 'path'), '/usr/bin', '/bin'])
        environment = {'PATH': path, 'HOME': str(tmp_path / 'home')}
        done = subprocess.run(
            ['make', '-C', str(tmp_path / 'copy'), 'PYTHON='] + list(words),
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        return done.returncode, done.stdout.decode()

    return run


def log_of(tmp_path, fails='nothing'):
    put(tmp_path / 'path', 'uv', UV.format(log=tmp_path / 'log', fails=fails))
    return lambda: (tmp_path / 'log').read_text().splitlines()


def test_uv_makes_the_environment_once(make, tmp_path):
    log = log_of(tmp_path)
    status, said = make('environment')
    assert (status, log()) == (0, ['venv --seed --python 3.13 .venv-3.13']), said
    assert make('environment')[0] == 0 and len(log()) == 1
    assert make('clean')[0] == 0 and len(log()) == 1


def test_uv_takes_its_own_python_where_it_trips_over_a_shim(make, tmp_path):
    log = log_of(tmp_path, fails='3.13 .venv')
    status, said = make('environment')
    own = 'venv --seed --python 3.13 --python-preference only-managed .venv-3.13'
    assert (status, log()[1]) == (0, own), said


def test_without_uv_it_ends(make, tmp_path):
    status, said = make('environment')
    assert status != 0 and 'Error 1' in said
