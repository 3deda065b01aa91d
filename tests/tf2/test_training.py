# -*- coding: utf-8 -*-
"""
A training that one TensorFlow has started goes on under the other, to the same weights.

Stored are the checkpoints of iterations 2 and 5 of a training under each. From iteration 2 on,
this TensorFlow has to arrive where the one that started did: with the same gradients, the same
batch statistics, and what Adam remembers.
"""

import os
import shutil

import numpy as np
import pytest

from . import training
from .conftest import FIXTURES

pytestmark = pytest.mark.slow


@pytest.mark.parametrize('stored', ['training_1', 'training_2'])
def test_a_training_goes_on(stored, tmp_path):
    pytest.importorskip('niftynet')
    import tensorflow as tf

    folder = os.path.join(FIXTURES, stored)
    name = 'model.ckpt-{}'.format(training.STARTED)
    config = training.write(str(tmp_path))
    (tmp_path / 'model' / 'models').mkdir(parents=True)
    for ending in ('.index', '.data-00000-of-00001'):
        shutil.copy(os.path.join(folder, name + ending), str(tmp_path / 'model' / 'models'))
    prefix = training.train(config, training.STARTED, training.ENDED)
    found = training.variables(tf, prefix)
    started = training.variables(tf, os.path.join(folder, name))
    expected = training.variables(tf, os.path.join(folder, os.path.basename(prefix)))
    assert sorted(found) == sorted(expected) and len(found) > 20
    for variable, value in expected.items():
        change = np.abs(value - started[variable]).max()
        assert change > 0, variable
        np.testing.assert_allclose(found[variable], value, atol=1e-4 * change, err_msg=variable)
