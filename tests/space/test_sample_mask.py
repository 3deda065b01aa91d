"""Which samples a mask keeps: worked out by hand on small grids."""

import numpy as np
import pytest

from niftynet_activations.errors import GeometryError
from niftynet_activations.space.sample_mask import SampleMask

UNIT = np.eye(4)


def placed(spacing, origin):
    affine = np.diag(list(spacing) + [1.0])
    affine[:3, 3] = origin
    return affine


def test_coarse_samples_take_the_nearest_voxel():
    mask = np.zeros((6, 1, 1), bool)
    mask[2:4] = True
    # samples at 0.5, 2.5, 4.5: half-way, so the voxels 1, 3 and 5 count
    found = SampleMask(mask, UNIT, placed((2, 1, 1), (0.5, 0, 0)), (3, 1, 1))
    assert found.kept[:, 0, 0].tolist() == [False, True, False]


def test_beyond_the_faces_the_face_counts():
    mask = np.array([True, False, True]).reshape(1, 3, 1)
    found = SampleMask(mask, UNIT, placed((1, 1, 1), (0, -2, 0)), (1, 6, 1))
    assert found.kept[0, :, 0].tolist() == [True, True, True, False, True, True]


def test_axes_may_be_turned():
    mask = np.random.RandomState(0).rand(4, 5, 6) > 0.5
    turn = np.array([[0, 0, -1, 5], [1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 0, 1.0]])
    # sample (i, j, k) lies at (5 - k, i, j) mm, where the mask's voxel (x, y, z) lies at itself
    found = SampleMask(mask, UNIT, turn, (5, 6, 4))
    for i, j, k in np.ndindex(5, 6, 4):
        assert found.kept[i, j, k] == mask[min(5 - k, 3), i, j]
    box = found.of((1, 2, 0), (2, 3, 4))
    np.testing.assert_array_equal(box, found.kept[1:3, 2:5, 0:4])


def test_a_mask_elsewhere_is_refused():
    with pytest.raises(GeometryError, match='no place in common'):
        SampleMask(np.ones((3, 3, 3), bool), UNIT, placed((1, 1, 1), (9, 0, 0)), (3, 3, 3))
