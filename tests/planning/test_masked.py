"""Masks that are read: once while they stay the same, and refused where they are none."""

import os

import nibabel as nib
import numpy as np
import pytest

from niftynet_activations.errors import ReadError
from niftynet_activations.planning.masked import read_mask


def saved(path, values):
    nib.save(nib.Nifti1Image(values, np.diag([2.0, 3, 4, 1])), str(path))
    return str(path)


def test_zero_and_nan_are_out(tmp_path):
    values = np.array([0, 1, -2, np.nan, 0.25], np.float32).reshape(5, 1, 1, 1)
    found = read_mask(saved(tmp_path / 'mask.nii', values))
    assert found.voxels.shape == (5, 1, 1)
    assert found.voxels[:, 0, 0].tolist() == [False, True, True, False, True]
    np.testing.assert_array_equal(found.affine, np.diag([2, 3, 4, 1]))


def test_a_changed_mask_is_read_again(tmp_path):
    path = saved(tmp_path / 'mask.nii', np.ones((2, 2, 2), np.uint8))
    first = read_mask(path)
    assert read_mask(path) is first
    saved(path, np.zeros((2, 2, 2), np.uint8))
    os.utime(path, (1, 1))
    assert not read_mask(path).voxels.any()


def test_what_is_no_mask(tmp_path):
    with pytest.raises(ReadError, match='one value a voxel'):
        read_mask(saved(tmp_path / 'two.nii', np.ones((2, 2, 2, 3), np.uint8)))
    with pytest.raises(ReadError, match='is not there'):
        read_mask(str(tmp_path / 'nowhere.nii'))
