# -*- coding: utf-8 -*-
"""The script that finds a Python, tried with interpreters kept in made-up places."""

import os
import subprocess
import sys

import pytest

SCRIPT = os.path.join(os.path.dirname(__file__), os.pardir, 'scripts', 'find_python.sh')
VERSION = '{}.{}'.format(*sys.version_info[:2])
TOOLS = ('bash', 'sort', 'tr', 'tail', 'sed')
WORKS = '#!/bin/sh\nexec {} "$@"\n'.format(sys.executable)
FAILS = '#!/bin/sh\necho "pyenv: {0}: command not found" >&2\nexit 127\n'
WITHOUT_ENSUREPIP = '#!/bin/sh\necho lacks ensurepip >&2\nexit 1\n'


def put(folder, name, text):
    """Write an executable file and make its folder."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(text)
    path.chmod(0o755)
    return path


@pytest.fixture
def find(tmp_path):
    """Run the script with a PATH and a home folder that hold only what a test puts there."""
    tools = tmp_path / 'tools'
    tools.mkdir()
    for tool in TOOLS:
        place = next(p for p in ('/bin', '/usr/bin') if os.path.exists(os.path.join(p, tool)))
        (tools / tool).symlink_to(os.path.join(place, tool))

    def run(*versions):
        environment = {
            'PATH': '{}:{}'.format(tmp_path / 'path', tools),
            'HOME': str(tmp_path / 'home'),
        }
        command = ['bash', SCRIPT] + list(versions)
        done = subprocess.run(
            command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        return done.returncode, done.stdout.decode().strip(), done.stderr.decode()

    return run


@pytest.mark.parametrize(
    'place',
    [
        'path',
        'home/.pyenv/versions/{}.99/bin',
        'home/.asdf/installs/python/{}.99/bin',
        'home/.local/share/uv/python/cpython-{}.99-linux-x86_64-gnu/bin',
        'home/miniconda3/envs/old/bin',
    ],
)
def test_an_interpreter_is_found_where_managers_keep_it(find, tmp_path, place):
    put(tmp_path / place.format(VERSION), 'python3', WORKS)
    assert find(VERSION) == (0, sys.executable, '')


def test_a_shim_that_fails_is_passed_over(find, tmp_path):
    put(tmp_path / 'path', 'python' + VERSION, FAILS)
    put(tmp_path / 'home/.pyenv/versions/{}.99/bin'.format(VERSION), 'python3', WORKS)
    assert find(VERSION) == (0, sys.executable, '')


def test_the_order_of_versions_decides(find, tmp_path):
    put(tmp_path / 'path', 'python' + VERSION, WORKS)
    assert find('3.99', VERSION)[:2] == (0, sys.executable)


def test_where_there_is_none_one_line_says_what_is_needed(find):
    status, output, error = find('3.98', '3.99')
    assert (status, output) == (1, '')
    assert error.count('\n') == 1
    assert 'CPython 3.98 or 3.99 with venv and ensurepip is needed' in error


def test_the_line_names_what_was_in_the_way(find, tmp_path):
    shim = put(tmp_path / 'path', 'python3.99', FAILS)
    poor = put(tmp_path / 'home/miniconda3/bin', 'python3', WITHOUT_ENSUREPIP)
    _, _, error = find('3.99')
    assert error.count('\n') == 1
    assert '({} does not run; {} lacks ensurepip)'.format(shim, poor) in error
