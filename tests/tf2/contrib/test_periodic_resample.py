# -*- coding: utf-8 -*-
"""Channels moved into space, against TensorFlow 1.15 and a grid written by hand."""

import numpy as np
import pytest

pytestmark = pytest.mark.slow


def test_the_order_is_that_of_version_1(both):
    found, stored = both('periodic_resample')
    assert sorted(found) == sorted(stored)
    for name, expected in stored.items():
        np.testing.assert_array_equal(found[name], expected, err_msg=name)


def test_the_first_axis_varies_fastest(tf):
    values = tf.constant(np.arange(4, dtype=np.float32).reshape(1, 1, 1, 4))
    resampled = tf.contrib.periodic_resample.periodic_resample(values, (1, 2, 2, None))
    with tf.Session() as session:
        assert session.run(resampled)[0, :, :, 0].tolist() == [[0, 2], [1, 3]]
