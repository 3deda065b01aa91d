# -*- coding: utf-8 -*-
"""``tf.contrib.slim``, against TensorFlow 1.15."""

import numpy as np
import pytest

pytestmark = pytest.mark.slow


def test_values_and_variables_are_those_of_version_1(both):
    found, stored = both('slim_functions')
    assert found['variables'].tolist() == stored['variables'].tolist()
    assert sorted(found) == sorted(stored)
    for name in set(stored) - {'variables'}:
        np.testing.assert_allclose(found[name], stored[name], rtol=1e-4, atol=1e-5, err_msg=name)


def test_it_is_imported_in_the_usual_ways(tf):
    import tensorflow.contrib.slim as slim
    from tensorflow.contrib.framework import arg_scope
    from tensorflow.contrib.layers import conv2d

    assert (slim.conv2d, slim.arg_scope) == (conv2d, arg_scope)


def test_what_is_not_supplied_is_named(tf):
    slim = tf.contrib.slim
    with pytest.raises(AttributeError, match="'tensorflow.contrib.slim.separable_conv2d' is not"):
        slim.separable_conv2d  # noqa: B018
    with pytest.raises(TypeError, match="has no argument 'weights_constraint'"):
        slim.conv2d(tf.zeros([1, 5, 5, 1]), 1, 3, weights_constraint=abs)
