# -*- coding: utf-8 -*-
"""Switching on by the .pth file, and off by the environment; other programs notice nothing."""

import importlib.util
import sys

import pytest

import niftynet_tf2

NAME = 'niftynet_tf2'
QUIET = """
import sys
assert 'niftynet_tf2' in sys.modules, 'the .pth file is not installed'
import json, decimal
print(sorted({'tensorflow', 'numpy', 'niftynet', 'niftynet_tf2.preparation'} & set(sys.modules)))
"""


def test_a_program_without_niftynet_imports_nothing_more(python):
    done = python(QUIET)
    if 'the .pth file is not installed' in done.stderr:
        pytest.skip('niftynet_tf2 is on the path, but not installed')
    assert done.stdout.strip() == '[]', done.stderr


def test_the_switch_itself_needs_no_other_module(python):
    done = python(
        'import sys; before = set(sys.modules); import niftynet_tf2; '
        'print(sorted(set(sys.modules) - before))',
        '-S',
        PYTHONPATH=niftynet_tf2.__path__[0].rsplit('niftynet_tf2', 1)[0],
    )
    assert done.stdout.strip() == "['niftynet_tf2']", done.stderr


def test_only_niftynet_is_found_here():
    finder = niftynet_tf2.HostFinder
    assert sys.meta_path.count(finder) == 1
    assert finder.find_spec('json') is None
    assert finder.find_spec('niftynet.layer') is None


def test_a_look_for_niftynet_does_not_prepare(python):
    pytest.importorskip('importlib.metadata' if sys.version_info > (3, 8) else 'importlib_metadata')
    done = python(
        'import sys, importlib.util; importlib.util.find_spec("niftynet"); '
        'print("tensorflow" in sys.modules)'
    )
    assert done.stdout.strip() == 'False', done.stderr


def test_it_can_be_switched_off(monkeypatch):
    if importlib.util.find_spec('niftynet') is None:
        pytest.skip('niftynet is not installed')
    monkeypatch.setenv('NIFTYNET_TF2', '0')
    assert niftynet_tf2.HostFinder.find_spec('niftynet') is None
    monkeypatch.setenv('NIFTYNET_TF2', '1')
    assert niftynet_tf2.HostFinder.find_spec('niftynet') is not None


def test_a_start_of_python_takes_at_most_two_milliseconds_more(python):
    """Also where the module is compiled at each start; the best of some, as others use the CPU."""
    if sys.version_info < (3, 8):
        pytest.skip('measured where it matters: under Python 3.7 nothing needs to be switched on')
    best = min(_start_up_cost(python) for _ in range(7))
    assert best <= 2000, '{} microseconds'.format(best)


def _start_up_cost(python):
    """In microseconds."""
    done = python('pass', '-X', 'importtime', PYTHONDONTWRITEBYTECODE='1')
    lines = [line for line in done.stderr.splitlines() if line.split('|')[-1].strip() == NAME]
    if not lines:
        pytest.skip('niftynet_tf2 is on the path, but not installed')
    return int(lines[0].split('|')[1])
