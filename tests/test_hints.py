# -*- coding: utf-8 -*-
"""Names for type hints say what they stand for, and bring nothing in."""

import inspect
import re
import subprocess
import sys

import pytest

import niftynet_tf2.hints
from niftynet_activations import hints


@pytest.mark.parametrize('hints', [hints, niftynet_tf2.hints], ids=['package', 'niftynet_tf2'])
def test_each_name_says_whose_object_it_is(hints):
    lines = re.findall(r'^(\w+) = Any(.*)$', inspect.getsource(hints), re.MULTILINE)
    assert len(lines) > 15
    silent = [name for name, told in lines if name != 'Json' and not told.startswith('  # ')]
    assert silent == []


@pytest.mark.parametrize('package', ['niftynet_activations', 'niftynet_tf2'])
def test_none_of_the_packages_is_imported(package):
    code = (
        'import sys; before = set(sys.modules); import {}.hints; '
        'print([each for each in ("tensorflow", "niftynet", "matplotlib", "sklearn", "zarr") '
        'if each in set(sys.modules) - before])'
    ).format(package)
    assert subprocess.check_output([sys.executable, '-c', code]).decode().strip() == '[]'
