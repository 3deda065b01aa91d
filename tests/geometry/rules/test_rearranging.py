# -*- coding: utf-8 -*-
"""Dimensions that are turned, split and joined: orders and lattices written out by hand."""

import pytest

pytestmark = pytest.mark.slow
pytest.importorskip('niftynet')

import tensorflow as tf  # noqa: E402

from geometry.rules.reading import geometry_of, lattice  # noqa: E402

WHOLE = [(8, 1, 0), (12, 1, 0), (15, 1, 0)]


@pytest.mark.parametrize(
    'function, order',
    [
        (lambda x: tf.transpose(x, [0, 3, 1, 2, 4]), (0, 2, 3, 1, 4)),
        (lambda x: tf.transpose(x, [4, 0, 1, 2, 3]), (1, 2, 3, 4, 0)),
        (lambda x: tf.squeeze(tf.expand_dims(x, 2), [2]), (0, 1, 2, 3, 4)),
        (lambda x: tf.reshape(x, [1, 8, 12, 15, 2]), (0, 1, 2, 3, 4)),
        (lambda x: tf.reshape(tf.reshape(x, [-1, 2]), [1, 8, 12, 15, 2]), (0, 1, 2, 3, 4)),
        (lambda x: tf.split(x, 2, axis=-1)[1], (0, 1, 2, 3, 4)),
        (lambda x: tf.unstack(x, axis=-1)[0][..., None], (0, 1, 2, 3, 4)),
        (lambda x: tf.gather(x, [1, 0], axis=-1), (0, 1, 2, 3, 4)),
        (lambda x: tf.boolean_mask(tf.stack([x, -x, 2 * x]), [1, 0, 1])[0], (0, 1, 2, 3, 4)),
    ],
)
def test_samples_stay_in_place_whatever_their_order(function, order):
    geometry = geometry_of(function)
    assert (lattice(geometry), geometry.order, geometry.unknown) == (WHOLE, order, ())
    assert geometry.keeps_batch is True


def test_channels_that_fill_a_voxel_become_samples_of_its_axis():
    def filled(x):
        parted = tf.reshape(x, [1, 8, 12, 15, 2, 2])
        return tf.reshape(tf.transpose(parted, [0, 1, 4, 2, 3, 5]), [1, 16, 12, 15, 2])

    # both samples of a voxel are centred on it: on the average a quarter before 0, 0.5, 1, ...
    assert lattice(geometry_of(filled, channels=4)) == [(16, 0.5, -0.25), (12, 1, 0), (15, 1, 0)]


def test_channels_that_are_parted_leave_the_batch_in_its_place():
    geometry = geometry_of(
        lambda x: tf.reduce_max(tf.reshape(x, [1, 8, 12, 15, 2, 2]), -1), channels=4
    )
    assert (lattice(geometry), geometry.order, geometry.unknown) == (WHOLE, (0, 1, 2, 3, 4), ())


def test_one_sample_repeated_tells_of_the_whole_window():
    def repeated(x):
        return tf.tile(tf.reduce_mean(x, [1, 2, 3], keepdims=True), [1, 8, 12, 15, 1])

    geometry = geometry_of(repeated)
    assert [axis.size for axis in geometry.axes] == [8, 12, 15]
    assert all(axis.spans for axis in geometry.axes)


@pytest.mark.parametrize(
    'function, reason',
    [
        (lambda x: tf.split(x, 2, axis=1)[0], 'cuts the window into parts'),
        (lambda x: tf.tile(x, [1, 2, 1, 1, 1]), 'repeats the window'),
        (lambda x: tf.gather(x, [1, 0], axis=1), 'picks samples one by one'),
        (lambda x: tf.reshape(x, [1, 12, 8, 15, 2]), 'rearranges samples'),
        (lambda x: tf.reshape(tf.stack([x, -x], 1), [1, 16, 12, 15, 2]), 'joins stacked tensors'),
        (lambda x: tf.unstack(x, axis=1)[0], 'cuts the window into parts'),
        (lambda x: tf.reshape(x, tf.placeholder(tf.int32, [5])), 'not fixed in the graph'),
    ],
)
def test_what_cannot_be_placed_is_named(function, reason):
    geometry = geometry_of(function)
    assert geometry.axes is None and reason in geometry.unknown[0]
