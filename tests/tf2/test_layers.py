# -*- coding: utf-8 -*-
"""``tf.layers``, against TensorFlow 1.15: values, sizes, variables' names, moving statistics."""

import numpy as np
import pytest

pytestmark = pytest.mark.slow


@pytest.mark.parametrize('case', ['dense', 'layer_functions'])
def test_values_and_variables_are_those_of_version_1(both, case):
    found, stored = both(case)
    assert found['variables'].tolist() == stored['variables'].tolist()
    assert sorted(found) == sorted(stored)
    for name in set(stored) - {'variables'}:
        np.testing.assert_allclose(found[name], stored[name], rtol=1e-4, atol=1e-5, err_msg=name)


def test_another_layer_is_said_to_be_missing(tf):
    with pytest.raises(AttributeError, match="'tensorflow.layers.separable_conv2d' is not suppl"):
        tf.layers.separable_conv2d  # noqa: B018


@pytest.mark.parametrize(
    'options, message',
    [
        ({'kernel_constraint': abs}, "tf.layers.conv2d of niftynet_tf2 has no argument 'kernel_c"),
        ({'data_format': 'channels_first'}, "takes channels last, got data_format = 'channels_fi"),
    ],
)
def test_what_is_not_supplied_is_named(tf, options, message):
    with pytest.raises(TypeError, match=message):
        tf.layers.conv2d(tf.zeros([1, 5, 5, 1]), 1, 3, **options)


def test_sizes_that_the_graph_leaves_open(tf):
    image = tf.placeholder(tf.float32, [None, None, None, 2])
    enlarged = tf.layers.conv2d_transpose(image, 3, 3, 2)
    flat = tf.layers.flatten(image)
    assert enlarged.shape.as_list() == [None, None, None, 3]
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        values = session.run([enlarged, flat], {image: np.zeros([2, 4, 5, 2])})
    assert [value.shape for value in values] == [(2, 9, 11, 3), (2, 40)]
