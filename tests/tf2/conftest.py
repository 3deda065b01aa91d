# -*- coding: utf-8 -*-
"""
Fixtures of the stand-ins' tests. ``stored`` is what ``make_fixtures.py`` found under TensorFlow
1.15; a test that compares with it is skipped under TensorFlow 1, where nothing is stood in for.
"""

import json
import os
import subprocess
import sys

import numpy as np
import pytest

from .cases import CASES

HERE = os.path.dirname(os.path.abspath(__file__))
FIXTURES = os.path.join(HERE, 'fixtures')
ROOT = os.path.dirname(os.path.dirname(HERE))


@pytest.fixture
def tf():
    """``tensorflow`` as NiftyNet sees it under TensorFlow 2, with an empty default graph."""
    pytest.importorskip('niftynet', reason='niftynet is not installed')
    import tensorflow

    if tensorflow.__version__.startswith('1.'):
        pytest.skip('needs TensorFlow 2: under version 1 there is nothing to stand in for')
    with tensorflow.Graph().as_default():
        yield tensorflow


@pytest.fixture
def both(tf):
    """A function: name of a case -> (what it returns here, what it returned under 1.15)."""

    def compare(name):
        with np.load(os.path.join(FIXTURES, name + '.npz')) as stored:
            return CASES[name](tf), {key: stored[key] for key in stored.files}

    return compare


@pytest.fixture(scope='session')
def stored_tables():
    """What pandas 1 and nibabel 4 answered in the cases of ``tables.py``."""
    with open(os.path.join(FIXTURES, 'tables.json')) as source:
        return json.load(source)


@pytest.fixture
def python(tmp_path):
    """A function that runs code in a new Python and returns what subprocess.run returns."""
    (tmp_path / 'config.ini').write_text('[global]\nhome = {}\n'.format(tmp_path))

    def run(code, *flags, **variables):
        environment = dict(os.environ, niftynet_config_home=str(tmp_path), HOME=str(tmp_path))
        environment.update(variables)
        return subprocess.run(
            [sys.executable] + list(flags) + ['-c', code],
            env=environment,
            cwd=str(tmp_path),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            universal_newlines=True,
            timeout=300,
        )

    return run
