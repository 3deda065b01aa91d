# -*- coding: utf-8 -*-
"""Resizing and channels moved into space, by lattices written out by hand."""

import pytest

pytestmark = pytest.mark.slow
pytest.importorskip('niftynet')

import tensorflow as tf  # noqa: E402
from oracle import v1  # noqa: E402

from geometry.rules.reading import geometry_of, lattice  # noqa: E402

FLAT = (8, 12)


def nearest(size, **options):
    return lambda x: v1.image.resize_nearest_neighbor(x, size, **options)


def linear(size, **options):
    return lambda x: v1.image.resize_bilinear(x, size, **options)


@pytest.mark.parametrize(
    'function, expected',
    [
        # both samples of a voxel are centred on it: on the average a quarter before 0, 0.5, 1, ...
        (nearest((16, 12)), [(16, 0.5, -0.25), (12, 1, 0)]),
        (nearest((4, 4)), [(4, 2, 0), (4, 3, 0)]),
        (linear((16, 24)), [(16, 0.5, 0), (24, 0.5, 0)]),
        (linear((4, 12)), [(4, 2, 0), (12, 1, 0)]),
        (linear((4, 4), half_pixel_centers=True), [(4, 2, 0.5), (4, 3, 1)]),
        (lambda x: v1.space_to_depth(x, 2), [(4, 2, 0.5), (6, 2, 0.5)]),
    ],
)
def test_by_whole_numbers(function, expected):
    geometry = geometry_of(function, FLAT)
    assert (lattice(geometry), geometry.inexact_because) == (expected, ())


@pytest.mark.parametrize(
    'function, reason',
    [
        (linear((12, 12)), 'resizes 8 samples to 12, a ratio that is no whole number'),
        (linear((15, 12), align_corners=True), 'resizes 8 samples to 15, with aligned corners'),
    ],
)
def test_what_depends_on_the_window_s_size_is_said(function, reason):
    geometry = geometry_of(function, FLAT)
    assert geometry.unknown == () and reason in geometry.inexact_because[0]
    assert [axis.size for axis in geometry.axes][1] == 12


def test_channels_become_voxels():
    geometry = geometry_of(lambda x: v1.depth_to_space(x, 2), FLAT, channels=4)
    assert [(axis.size, axis.stride) for axis in geometry.axes] == [(16, 0.5), (24, 0.5)]


def test_one_sample_enlarged_tells_of_the_whole_window():
    def enlarged(x):
        return v1.image.resize_bilinear(tf.reduce_mean(x, [1, 2], keepdims=True), FLAT)

    geometry = geometry_of(enlarged, FLAT)
    assert all(axis.spans for axis in geometry.axes)
    assert 'it takes a value over the whole window' in geometry.inexact_because
