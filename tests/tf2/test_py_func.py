# -*- coding: utf-8 -*-
"""``tf.py_func``, against TensorFlow 1.15."""

import numpy as np
import pytest

pytestmark = pytest.mark.slow


def test_values_and_types_are_those_of_version_1(both):
    found, stored = both('py_func')
    for name, expected in stored.items():
        assert found[name].dtype == expected.dtype
        np.testing.assert_array_equal(found[name], expected, err_msg=name)


def test_a_wider_result_is_cast_to_the_promised_type(tf):
    numbers = tf.py_func(lambda: np.arange(3, dtype=np.int64), [], tf.int32)
    with tf.Session() as session:
        assert session.run(numbers).dtype == np.int32


def test_window_locations_may_be_wider_than_niftynet_promises(tf):
    from niftynet.engine.sampler_grid_v2 import grid_spatial_coordinates

    def locations():
        sizes = {'image': (5, 7, 11)}, {'image': (3, 3, 3)}
        return grid_spatial_coordinates(np.int64(1), *sizes, border_size=(0, 0, 0))

    placed = tf.py_func(lambda: locations()['image'], [], tf.int32)
    with tf.Session() as session:
        found = session.run(placed)
    assert found.dtype == np.int32
    np.testing.assert_array_equal(found, locations()['image'])
