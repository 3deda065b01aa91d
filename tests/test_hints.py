# -*- coding: utf-8 -*-
"""Names for type hints say what they stand for, and bring nothing in."""

import inspect
import re
import subprocess
import sys

from niftynet_activations import hints


def test_each_name_says_whose_object_it_is():
    lines = re.findall(r'^(\w+) = Any(.*)$', inspect.getsource(hints), re.MULTILINE)
    assert len(lines) > 20
    silent = [name for name, told in lines if name != 'Json' and not told.startswith('  # ')]
    assert silent == []


def test_none_of_the_packages_is_imported():
    code = (
        'import sys; before = set(sys.modules); import niftynet_activations.hints; '
        'print([each for each in ("tensorflow", "niftynet", "matplotlib", "sklearn", "zarr") '
        'if each in set(sys.modules) - before])'
    )
    assert subprocess.check_output([sys.executable, '-c', code]).decode().strip() == '[]'
