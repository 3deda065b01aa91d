# -*- coding: utf-8 -*-
"""Bilinear samples and their gradients, against TensorFlow 1.15 and against numpy."""

import numpy as np
import pytest

pytestmark = pytest.mark.slow


def test_values_and_both_gradients_are_those_of_version_1(both):
    found, stored = both('resampler')
    for name in ('values', 'data_gradient', 'warp_gradient'):
        np.testing.assert_allclose(found[name], stored[name], rtol=1e-5, atol=2e-6, err_msg=name)


def test_a_point_between_four_pixels_is_their_weighted_mean(tf):
    data = np.arange(35, dtype=np.float32).reshape(1, 5, 7, 1)
    point = tf.constant([[[2.25, 3.5]]])
    with tf.Session() as session:
        value = session.run(tf.contrib.resampler.resampler(tf.constant(data), point))
    rows, columns = data[0, 3:5, 2:4, 0], np.array([0.75, 0.25])
    assert value[0, 0, 0] == pytest.approx(np.array([0.5, 0.5]) @ rows @ columns)


def test_a_niftynet_layer_uses_it(tf):
    from niftynet.layer.resampler import ResamplerLayer

    data = tf.constant(np.arange(35, dtype=np.float32).reshape(1, 5, 7, 1))
    grid = tf.constant([[[[1.0, 2.0], [4.0, 6.0]]]])
    with tf.Session() as session:
        value = session.run(ResamplerLayer('LINEAR')(data, grid))
    assert value.ravel().tolist() == [9.0, 34.0]
