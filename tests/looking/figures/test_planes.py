# -*- coding: utf-8 -*-
"""Planes through space: the right voxel at the right place, right on the left side."""

import numpy as np
import pytest
from sample_folder import oblique_affine

from niftynet_activations.looking.figures import planes
from niftynet_activations.space import interpolation

SHAPE = (5, 7, 11)


def spot(affine, offset):
    """A volume with one bright voxel in the middle of space plus an offset in mm."""
    box = interpolation.bounding_box(affine, SHAPE)
    centre = (box[0] + box[1]) / 2
    index = interpolation.nearest(interpolation.world_to_index(centre + offset, affine))[0]
    volume = np.zeros(SHAPE)
    volume[tuple(index)] = 1.0
    place = affine[:3, :3] @ index + affine[:3, 3]
    return volume, box, place


@pytest.mark.parametrize('affine', [np.eye(4), np.diag([-2.0, 1.5, 1.0, 1.0]), oblique_affine()])
@pytest.mark.parametrize('plane', planes.PLANES, ids=lambda plane: plane.name)
def test_a_spot_lies_where_the_marker_says(affine, plane):
    volume, box, place = spot(affine, np.array([1.0, 0.7, -1.0]))
    size = planes.pixel_size(box, 220)
    points = planes.plane_points(plane, place, box, size)
    picture = planes.volume_picture(volume, affine, points)
    column, row = planes.marker(plane, place, box, size)
    assert picture[int(round(row)), int(round(column))] == 1.0
    bright = np.argwhere(picture == 1.0)
    np.testing.assert_allclose(bright.mean(axis=0), [row, column], atol=1.5)


@pytest.mark.parametrize('flip', [1.0, -1.0])
def test_the_patients_right_is_on_the_left_side(flip):
    affine = np.diag([flip, 1.0, 1.0, 1.0])
    volume, box, place = spot(affine, np.array([2.0, 3.0, 4.0]))
    for plane in planes.PLANES:
        points = planes.plane_points(plane, place, box, 0.25)
        picture = planes.volume_picture(volume, affine, points)
        row, column = np.argwhere(picture == 1.0).mean(axis=0)
        # The spot is to the right, in front and above: all these edges come first.
        assert row < picture.shape[0] / 2
        assert column < picture.shape[1] / 2


def test_pixels_beyond_the_volume_are_nan():
    box = (np.array([-5.0, -5.0, -5.0]), np.array([9.0, 11.0, 15.0]))
    points = planes.plane_points(planes.PLANES[0], np.array([0.0, 0.0, 5.0]), box, 1.0)
    picture = planes.volume_picture(np.ones(SHAPE), np.eye(4), points)
    assert picture.shape == (16, 14)
    assert np.isfinite(picture).sum() == 5 * 7
    far = planes.plane_points(planes.PLANES[0], np.array([0.0, 0.0, 99.0]), box, 1.0)
    assert np.isnan(planes.volume_picture(np.ones(SHAPE), np.eye(4), far)).all()
