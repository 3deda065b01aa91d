# -*- coding: utf-8 -*-
"""The names for type hints bring nothing in, since a stand-in is loaded with every NiftyNet."""

import subprocess
import sys


def test_they_cost_nothing():
    code = (
        'import sys, typing; before = set(sys.modules); import niftynet_tf2.hints; '
        'print(sorted(set(sys.modules) - before - {"niftynet_tf2"}))'
    )
    assert subprocess.check_output([sys.executable, '-c', code]).decode().strip() == (
        "['niftynet_tf2.hints']"
    )
