# -*- coding: utf-8 -*-
"""Reductions of the package by numpy's, and what is said of an extension's."""

import numpy as np
import pytest

pytestmark = pytest.mark.slow
pytest.importorskip('niftynet')

import tensorflow as tf  # noqa: E402

from niftynet_activations.capturing.reduction import pick_channels, reduce_channels  # noqa: E402
from niftynet_activations.errors import OptionError, SelectionError  # noqa: E402

SHAPE = (1, 5, 7, 11, 6)
VALUES = np.random.RandomState(2).normal(size=SHAPE).astype(np.float32)
EXPECTED = {
    'none': VALUES,
    'mean': VALUES.mean(axis=-1, keepdims=True),
    'max': VALUES.max(axis=-1, keepdims=True),
    'l2': np.sqrt((VALUES.astype(float) ** 2).sum(axis=-1, keepdims=True)),
    'std': VALUES.astype(float).std(axis=-1, keepdims=True),
    'argmax': VALUES.argmax(axis=-1)[..., np.newaxis],
    __name__ + '.lowest_and_highest': np.stack([VALUES.min(-1), VALUES.max(-1)], axis=-1),
}


def lowest_and_highest(tensor):
    return tf.stack([tf.reduce_min(tensor, -1), tf.reduce_max(tensor, -1)], axis=-1)


def without_channels(tensor):
    return tf.reduce_sum(tensor, -1)


def raising(tensor):
    raise RuntimeError('not\nfor {}'.format(tensor.shape.ndims))


def run(function):
    with tf.Graph().as_default(), tf.Session() as session:
        images = tf.placeholder(tf.float32, SHAPE)
        return session.run(function(images), {images: VALUES})


@pytest.mark.parametrize('name', sorted(EXPECTED))
def test_by_numpy(name):
    found = run(lambda tensor: reduce_channels(tensor, name, 'conv'))
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, EXPECTED[name], rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(
    'channels', [[0, 1, 2, 3, 4, 5], [1, 3, 5], [4], [5, 0], [3, 2, 1], [0, 4, 5]]
)
def test_channels_in_the_order_wanted(channels):
    np.testing.assert_array_equal(
        run(lambda tensor: pick_channels(tensor, channels)), VALUES[..., channels]
    )


@pytest.mark.parametrize(
    'name, error, message',
    [
        (
            __name__ + '.without_channels',
            SelectionError,
            "layer 'conv' returned a tensor of shape",
        ),
        (
            __name__ + '.raising',
            SelectionError,
            'failed with RuntimeError: not for 5; it is given',
        ),
        (__name__ + '.nowhere', OptionError, 'expected module.function'),
        (__name__ + '.SHAPE', OptionError, 'is no function'),
    ],
)
def test_what_is_wrong_with_a_reducer_is_one_line(name, error, message):
    with pytest.raises(error, match=message) as caught:
        run(lambda tensor: reduce_channels(tensor, name, 'conv'))
    assert '\n' not in str(caught.value)
