# -*- coding: utf-8 -*-
"""What ``tensorflow.contrib`` holds: functions that only moved, and clear words for the rest."""

import os

import numpy as np
import pytest

from ..cases import draw
from ..conftest import FIXTURES

pytestmark = pytest.mark.slow
CHECKPOINT = os.path.join(FIXTURES, 'checkpoint', 'model.ckpt')


def test_confusion_matrix_is_that_of_version_1(both):
    found, stored = both('confusion_matrix')
    np.testing.assert_array_equal(found['counts'], stored['counts'])
    assert str(found['dtype']) == str(stored['dtype'])


def test_hash_table_is_that_of_version_1(both):
    found, stored = both('dense_hash_table')
    for name, expected in stored.items():
        np.testing.assert_array_equal(found[name], expected, err_msg=name)


def test_crf_layer_is_that_of_version_1(both):
    found, stored = both('crf')
    for name, expected in stored.items():
        np.testing.assert_allclose(found[name], expected, rtol=1e-4, atol=1e-5, err_msg=name)


def test_a_checkpoint_of_version_1_is_listed_and_read(tf):
    from tensorflow.contrib.framework import list_variables

    assert list_variables(CHECKPOINT) == [('net/conv/w', [3, 2]), ('net/step', [])]
    weights = tf.contrib.framework.load_variable(CHECKPOINT, 'net/conv/w')
    np.testing.assert_array_equal(weights, draw(30, 3, 2))


def test_a_checkpoint_of_version_1_is_restored(tf):
    weights = tf.get_variable('net/conv/w', [3, 2])
    step = tf.get_variable('net/step', [], tf.int32)
    with tf.Session() as session:
        tf.train.Saver().restore(session, CHECKPOINT)
        np.testing.assert_array_equal(session.run(weights), draw(30, 3, 2))
        assert session.run(step) == 7


def test_a_missing_name_is_said_to_be_missing(tf):
    with pytest.raises(AttributeError, match=r"'tensorflow.contrib.rnn' is not supplied"):
        tf.contrib.rnn  # noqa: B018
    with pytest.raises(AttributeError, match=r"'tensorflow.contrib.layers.layer_norm' is"):
        tf.contrib.layers.layer_norm  # noqa: B018


def test_a_missing_module_is_said_to_be_missing(tf):
    with pytest.raises(ImportError, match="'tensorflow.contrib.rnn' is not supplied: niftynet_tf2"):
        import tensorflow.contrib.rnn  # noqa: F401
