# -*- coding: utf-8 -*-
"""Slices, by lattices written out by hand."""

import pytest

pytestmark = pytest.mark.slow
pytest.importorskip('niftynet')

import tensorflow as tf  # noqa: E402

from geometry.rules.reading import geometry_of, lattice  # noqa: E402


@pytest.mark.parametrize(
    'function, expected',
    [
        (
            lambda x: tf.slice(x, [0, 1, 2, 3, 0], [1, 4, -1, 5, 2]),
            [(4, 1, 1), (10, 1, 2), (5, 1, 3)],
        ),
        (lambda x: x[:, 1:, ::2, 3:-1], [(7, 1, 1), (6, 2, 0), (11, 1, 3)]),
        (lambda x: x[:, ::3, 1::4, 2:9:5, :1], [(3, 3, 0), (3, 4, 1), (2, 5, 2)]),
        (lambda x: x[..., 1], [(8, 1, 0), (12, 1, 0), (15, 1, 0)]),
        (lambda x: x[:, None, 2:][:, 0], [(6, 1, 2), (12, 1, 0), (15, 1, 0)]),
        (lambda x: x[:, 2:, 1:][:, 1:, ::2], [(5, 1, 3), (6, 2, 1), (15, 1, 0)]),
    ],
)
def test_samples_lie_where_the_slice_took_them(function, expected):
    geometry = geometry_of(function)
    assert (lattice(geometry), geometry.inexact_because) == (expected, ())


def test_counting_from_the_upper_end_is_said():
    geometry = geometry_of(lambda x: x[:, -5:])
    assert lattice(geometry)[0] == (5, 1, 3)
    assert 'counts voxels from the upper end' in geometry.inexact_because[0]


@pytest.mark.parametrize(
    'function, reason',
    [
        (lambda x: x[:, 3], 'takes a single sample of an axis'),
        (lambda x: x[:, ::-1], 'takes samples in steps of -1'),
        (lambda x: x[:1], 'takes a part of the batch'),
        (lambda x: tf.slice(x, [1, 0, 0, 0, 0], [1, 8, 12, 15, 2]), 'takes a part of the batch'),
        (lambda x: x[:, tf.cast(tf.reduce_max(x), tf.int32) :], 'was expected to be constant'),
    ],
)
def test_what_cannot_be_placed_is_named(function, reason):
    geometry = geometry_of(function, batch=2)
    assert geometry.axes is None and reason in geometry.unknown[0]
