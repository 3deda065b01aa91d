# -*- coding: utf-8 -*-
"""Numbers with equal values along a dimension, and numbers that belong to places."""

import pytest

pytestmark = pytest.mark.slow
pytest.importorskip('niftynet')

import niftynet  # noqa: E402, F401  before tensorflow, so that it is what NiftyNet sees
import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402

from niftynet_activations.geometry.rules.even import is_even  # noqa: E402

SHAPE = (1, 5, 7, 3)


def rates():
    return tf.placeholder(tf.float32, [3])


@pytest.mark.parametrize(
    'make, even',
    [
        (lambda: tf.zeros(SHAPE), True),
        (lambda: tf.constant(np.arange(5.0).reshape(1, 5, 1, 1)), False),
        (lambda: tf.fill(SHAPE, rates()[0]), True),
        (lambda: tf.tile(tf.reshape(rates(), [1, 1, 1, 3]), [1, 5, 7, 1]), True),
        (lambda: tf.nn.softmax(tf.exp(tf.fill(SHAPE, rates()[0]) * rates())), True),
        (lambda: tf.zeros(SHAPE) * rates() / tf.linspace(1.0, 2.0, 5)[None, :, None, None], False),
        (lambda: tf.reduce_sum(tf.zeros(SHAPE) * rates(), -1, keepdims=True), True),
        (lambda: tf.placeholder(tf.float32, SHAPE), False),
    ],
)
def test_values_along_an_axis(make, even):
    with tf.Graph().as_default():
        assert is_even(make(), -3) is even
