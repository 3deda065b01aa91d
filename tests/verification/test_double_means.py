# -*- coding: utf-8 -*-
"""Means over space in double precision, beside numpy's on the whole network."""

import numpy as np
import pytest

pytestmark = pytest.mark.slow
pytest.importorskip('niftynet')

from niftynet_activations.host.tensorflow import tf  # noqa: E402
from niftynet_activations.verification.double_means import double_means  # noqa: E402

SHAPE = (1, 40, 48, 56, 2)


def network(image):
    """Two normalisations by the mean and the variance over space, and a mean without kept axes."""
    for _ in range(2):
        mean, variance = tf.nn.moments(image, [1, 2, 3], keep_dims=True)
        image = tf.nn.relu((image - mean) * tf.rsqrt(variance + 1e-5) + 0.1)
    pooled = tf.reduce_mean(image, [1, 2, 3])
    return image * pooled[:, tf.newaxis, tf.newaxis, tf.newaxis, :]


def network_by_numpy(values):
    values = values.astype(np.float64)
    for _ in range(2):
        mean = values.mean(axis=(1, 2, 3), keepdims=True)
        variance = values.var(axis=(1, 2, 3), keepdims=True)
        values = np.maximum((values - mean) / np.sqrt(variance + 1e-5) + 0.1, 0)
    return values * values.mean(axis=(1, 2, 3))[:, None, None, None, :]


def test_the_pass_is_nearer_to_double_precision_than_tensorflow_s_own():
    values = np.random.RandomState(3).normal(300, 1, SHAPE).astype(np.float32)
    expected = network_by_numpy(values)
    with tf.Graph().as_default(), tf.Session() as session:
        image = tf.placeholder(tf.float32, SHAPE)
        output = network(image)
        fed = double_means(session, [output], {image: values})
        assert len(fed) == 6  # the input, two means and two variances, and the pooled mean
        ours = np.abs(session.run(output, fed) - expected).max()
        plain = np.abs(session.run(output, {image: values}) - expected).max()
    assert ours < 1e-3 * np.ptp(expected) and ours < plain


def test_means_over_channels_and_of_what_is_not_fetched_are_left_alone():
    with tf.Graph().as_default(), tf.Session() as session:
        image = tf.placeholder(tf.float32, SHAPE)
        over_channels = tf.reduce_mean(image, -1, keep_dims=True)
        tf.reduce_mean(image, [1, 2, 3])
        values = np.ones(SHAPE, np.float32)
        assert list(double_means(session, [image + over_channels], {image: values})) == [image]


def test_no_part_of_the_network_is_computed_once_for_each_mean():
    calls = {}

    def counted(tensor, name):
        def count(values):
            calls[name] = calls.get(name, 0) + 1
            return values

        result = tf.py_func(count, [tensor], tf.float32)
        result.set_shape(tensor.shape)
        return result

    with tf.Graph().as_default(), tf.Session() as session:
        image = tf.placeholder(tf.float32, SHAPE)
        skip = inner = counted(image, 'skip')
        for number in range(4):
            inner = counted(inner, number)
            mean, variance = tf.nn.moments(inner, [1, 2, 3], keep_dims=True)
            inner = (inner - mean) * tf.rsqrt(variance + 1e-5)
        # reaches back beyond all of them
        pooled = tf.reduce_mean(inner + skip, [1, 2, 3])
        values = np.random.RandomState(3).normal(300, 1, SHAPE).astype(np.float32)
        fed = double_means(session, [pooled], {image: values})
    assert len(fed) == 10
    assert all(calls[number] == 1 for number in range(4))
    assert calls['skip'] <= 2  # at the beginning, and where it is met again
