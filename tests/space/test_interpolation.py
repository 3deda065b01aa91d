# -*- coding: utf-8 -*-
"""Interpolation against scipy and hand-written values."""

import numpy as np
import pytest
from sample_folder import oblique_affine
from scipy.ndimage import map_coordinates

from niftynet_activations.space import interpolation


def test_linear_equals_scipy_inside_and_nan_outside():
    random = np.random.RandomState(3)
    data = random.normal(size=(5, 7, 11, 2))
    index = random.uniform(-1, [5, 7, 11], size=(400, 3))
    values = interpolation.linear(data, index)
    for channel in range(2):
        expected = map_coordinates(
            data[..., channel], index.T, order=1, mode='constant', cval=np.nan, prefilter=False
        )
        outside = np.any((index < 0) | (index > [4, 6, 10]), axis=1)
        assert outside.any() and not outside.all()
        assert np.array_equal(np.isnan(values[:, channel]), outside)
        np.testing.assert_allclose(values[~outside, channel], expected[~outside], rtol=1e-12)


def test_a_missing_sample_spoils_only_what_it_takes_part_in():
    volume = np.arange(5 * 7 * 11, dtype=float).reshape(5, 7, 11)
    volume[2, 3, 4] = np.nan
    at = np.array([[1, 3, 4], [2, 3, 5], [2, 3, 4], [1.5, 3, 4], [2.5, 3, 4.5]])
    values = interpolation.linear_volume(volume, at)
    assert values[0] == volume[1, 3, 4]
    assert values[1] == volume[2, 3, 5]
    assert np.isnan(values[2:]).all()


def test_an_axis_of_one_sample_reaches_half_a_voxel():
    volume = np.array([3.0, 5.0]).reshape(2, 1, 1)
    at = np.array([[0.5, 0.4, -0.4], [0.5, 0.6, 0.0], [1.1, 0.0, 0.0]])
    np.testing.assert_equal(interpolation.linear_volume(volume, at), [4.0, np.nan, np.nan])


def test_only_the_box_around_the_points_is_read():
    class Watched:
        shape = (50, 60, 70, 3)
        asked = []

        def __getitem__(self, key):
            self.asked.append(key)
            return np.zeros([len(range(n)[k]) for k, n in zip(key[:3], self.shape)])

    interpolation.linear(Watched(), np.array([[10.2, 20.0, 30.7], [12.0, 21.5, 30.0]]))
    assert Watched.asked == [
        (slice(10, 14), slice(20, 23), slice(30, 32), channel) for channel in range(3)
    ]


def test_world_and_index_agree_with_the_affine():
    affine = oblique_affine()
    index = np.random.RandomState(0).uniform(0, 20, (30, 3))
    world = index @ affine[:3, :3].T + affine[:3, 3]
    np.testing.assert_allclose(interpolation.world_to_index(world, affine), index, atol=1e-9)
    assert interpolation.world_to_index(world[0], affine).shape == (1, 3)


def test_points_of_another_shape_are_refused():
    with pytest.raises(ValueError, match=r'shape \(n, 3\), in mm, got \(4, 2\)'):
        interpolation.world_to_index(np.zeros((4, 2)), np.eye(4))


def test_half_way_goes_to_the_upper_sample():
    at = np.array([-0.5, -0.51, 0.49, 0.5, 1.5, 2.5 - 1e-6])
    assert interpolation.nearest(at).tolist() == [0, -1, 0, 1, 2, 3]


def test_slab_indices_place_a_plane_in_another_grid():
    first, second = oblique_affine(), oblique_affine(5.0)
    found = interpolation.slab_indices((5, 7, 11), first, second, 4).reshape(5, 7, 3)
    for x, y in [(0, 0), (4, 1), (2, 6)]:
        world = first @ [x, y, 4, 1]
        np.testing.assert_allclose(found[x, y], (np.linalg.inv(second) @ world)[:3], atol=1e-9)


def test_bounding_box_includes_the_faces():
    low, high = interpolation.bounding_box(np.diag([2.0, 3.0, -1.0, 1.0]), (5, 7, 11))
    assert low.tolist() == [-1.0, -1.5, -10.5]
    assert high.tolist() == [9.0, 19.5, 0.5]
