# -*- coding: utf-8 -*-
"""Numbers that a graph fixes through shapes, and those that it leaves open."""

import pytest

pytestmark = pytest.mark.slow
niftynet = pytest.importorskip('niftynet')

import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402

from niftynet_activations.geometry.graph import read_geometry  # noqa: E402
from niftynet_activations.geometry.rules.constants import fixed_value  # noqa: E402

SHAPE = (None, 20, 22, 25, 3)  # the number of windows in a step is left open


def shapes():
    image = tf.placeholder(tf.float32, SHAPE)
    inner = tf.placeholder(tf.float32, [None, 16, 18, 20, 3])
    return image, tf.shape(image), tf.shape(inner)


@pytest.mark.parametrize(
    'function, expected',
    [
        (lambda x, a, b: a[1], 20),
        (lambda x, a, b: (a - b)[1:4] // 2, [2, 2, 2]),
        (lambda x, a, b: tf.stack([0, a[2] % 4, -b[3]]), [0, 2, -20]),
        (lambda x, a, b: tf.concat([[0], tf.maximum(a[1:4], b[1:4]), [1]], 0), [0, 20, 22, 25, 1]),
        (lambda x, a, b: tf.cast(tf.floor(tf.cast(a[3], tf.float32) / 2.0), tf.int32), 12),
        (lambda x, a, b: tf.reduce_prod(a[1:]), 20 * 22 * 25 * 3),
        (lambda x, a, b: tf.gather(a, [3, 1]), [25, 20]),
        (lambda x, a, b: tf.unstack(a)[-2], 25),
        (lambda x, a, b: tf.slice(a, [2], [-1]), [22, 25, 3]),
        (lambda x, a, b: tf.squeeze(tf.expand_dims(a[1:3], 0)), [20, 22]),
        (lambda x, a, b: tf.reshape(a[1:], [2, 2])[..., -1], [22, 3]),
        (lambda x, a, b: a[0] * 0 + 3, 3),
        (lambda x, a, b: tf.rank(x) - 2, 3),
        # what depends on the number of windows, or on what they hold, is not fixed
        (lambda x, a, b: a[0], None),
        (lambda x, a, b: a[:2], None),
        (lambda x, a, b: tf.size(x), None),
        (lambda x, a, b: tf.minimum(a[0], 5), None),
        (lambda x, a, b: a[0] % 2, None),
        (lambda x, a, b: tf.cast(x[0, 0, 0, 0, 0], tf.int32), None),
        (lambda x, a, b: a[7], None),
    ],
)
def test_values(function, expected):
    with tf.Graph().as_default():
        try:
            tensor = function(*shapes())
        except ValueError:  # TensorFlow itself sees that there is no such item
            assert expected is None
            return
        found = fixed_value(tensor)
    assert (found is None) == (expected is None)
    np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize('batch', [None, 1, 3])
@pytest.mark.parametrize(
    'cut',
    [
        lambda x, y, offset, size: tf.slice(x, [0] + offset + [0], [-1] + size + [2]),
        lambda x, y, offset, size: tf.slice(
            x, tf.stack([0] + offset + [0]), tf.stack([tf.shape(y)[0]] + size + [2])
        ),
    ],
)
def test_a_skip_connection_cropped_by_shapes_is_placed(cut, batch):
    """As many networks crop what they join: to the size of the smaller one, from the middle."""
    with tf.Graph().as_default():
        image = tf.placeholder(tf.float32, [batch, 20, 22, 25, 2])
        small = tf.nn.conv3d(image, tf.ones([3, 5, 7, 2, 2]), [1] * 5, 'VALID')
        difference = tf.shape(image) - tf.shape(small)
        offset = [difference[axis] // 2 for axis in (1, 2, 3)]
        size = [tf.shape(small)[axis] for axis in (1, 2, 3)]
        cropped = cut(image, small, offset, size)
        joined = tf.concat([small, cropped], -1)
        geometry = read_geometry([joined], image)[joined.name]
    if batch is None and tf.__version__.startswith('1.'):
        # TensorFlow 1 itself does not know the sizes of the slice there
        assert 'not fixed in the graph' in geometry.unknown[0]
        return
    assert geometry.inexact_because == () == geometry.unknown
    assert [(axis.stride, axis.offset, axis.size) for axis in geometry.axes] == [
        (1, 1, 18), (1, 2, 18), (1, 3, 19),
    ]  # fmt: skip


def test_a_shape_depends_on_no_value_of_the_image():
    with tf.Graph().as_default():
        image = tf.placeholder(tf.float32, [1, 20, 22, 25, 2])
        counted = tf.cast(tf.size(tf.placeholder(tf.float32, [None, 3])), tf.float32)
        scaled = image / counted
        assert read_geometry([scaled], image)[scaled.name].unknown == ()
