# -*- coding: utf-8 -*-
"""Indexing and other ways to put samples elsewhere, against what TensorFlow does with them."""

import pytest

pytestmark = pytest.mark.slow
niftynet = pytest.importorskip('niftynet')

import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402

from niftynet_activations.geometry.graph import read_geometry  # noqa: E402

v1 = tf.compat.v1
SIZE = (5, 7, 11)

EXPRESSIONS = {
    'all': lambda x: x[...],
    'ellipsis': lambda x: x[..., 1:2],
    'step': lambda x: x[:, 1::2, ::3],
    'negative': lambda x: x[:, -4:-1, :-2, -3:],
    'new_axis': lambda x: tf.squeeze(x[:, None, 1:], 1),
    'new_axis_behind': lambda x: x[:, :, 2:, ..., None][..., 0],
    'one_channel': lambda x: x[:, 1:, ..., 0, None],
    'slice': lambda x: tf.slice(x, [0, 1, 2, 3, 0], [-1, 3, -1, 5, -1]),
    'pad': lambda x: tf.pad(x, [[0, 0], [2, 1], [0, 0], [1, 0], [0, 2]]),
    'transposed_and_back': lambda x: tf.transpose(
        tf.transpose(x, [0, 3, 1, 4, 2])[:, 2:], [0, 2, 4, 1, 3]
    ),
    'through_the_batch': lambda x: tf.reshape(
        tf.reshape(x, (-1, 7, 11, 2))[:, 1:, 4:], (1, 5, 6, 7, 2)
    ),
    'split_channels': lambda x: tf.split(x[:, :3], 2, axis=-1)[1],
    'picked_channels': lambda x: tf.gather(x[:, 2:], [1, 0, 1], axis=-1),
    'stacked': lambda x: tf.stack([x[:, 1:], x[:, 1:] * 0.0], axis=-1)[..., 0],
    'joined': lambda x: tf.concat([x[..., :1], x[..., 1:] * 0.0], axis=-1)[:, 1:, ..., :1],
    'woven': lambda x: tf.reshape(tf.stack([x, x, x], axis=2)[:, :, :, 1:], (1, 15, 6, 11, 2)),
}


@pytest.mark.parametrize('name', sorted(EXPRESSIONS))
def test_samples_are_found_where_tensorflow_puts_them(name):
    voxel_numbers = np.stack(np.meshgrid(*[np.arange(n) for n in SIZE], indexing='ij'), -1) + 1.0
    for axis in range(3):
        with tf.Graph().as_default(), v1.Session() as session:
            image = v1.placeholder(tf.float64, (1,) + SIZE + (2,))
            tensor = EXPRESSIONS[name](image)
            geometry = read_geometry([tensor], image)[tensor.name]
            value = np.repeat(voxel_numbers[np.newaxis, ..., axis : axis + 1], 2, axis=-1)
            result = session.run(tensor, {image: value})[0].max(axis=-1)
        assert geometry.exactable is True
        derived = geometry.axes[axis].interval(np.arange(result.shape[axis]))
        np.testing.assert_array_equal(derived[0], derived[1])
        others = tuple(other for other in range(3) if other != axis)
        found = result.max(axis=others) - 1
        inside = (derived[0] >= 0) & (derived[0] < SIZE[axis])
        np.testing.assert_array_equal(found[inside], derived[0][inside])
        assert (found[~inside] == -1).all()


@pytest.mark.parametrize(
    'expression, match',
    [
        (lambda x: x[:, 2], 'takes one sample of an axis of space'),
        (lambda x: tf.split(x, [2, 3], axis=1)[0], 'splits an axis of space'),
        (lambda x: tf.unstack(x, axis=3)[0], 'takes an axis of space apart'),
        (lambda x: tf.tile(x, [1, 1, 2, 1, 1]), 'repeats the whole of an axis'),
        (lambda x: tf.gather(x, [0, 2], axis=1), 'picks samples of an axis'),
        (lambda x: tf.pad(x, [[0, 1]] + [[0, 0]] * 4), 'pads the batch'),
    ],
)
def test_what_is_not_known_is_named(expression, match):
    with tf.Graph().as_default():
        image = v1.placeholder(tf.float32, (1,) + SIZE + (2,))
        tensor = expression(image)
        geometry = read_geometry([tensor], image)[tensor.name]
    assert geometry.axes is None
    assert match in geometry.unknowns[0]
