# -*- coding: utf-8 -*-
"""The volume that the benchmark reads."""

import importlib.util

import nibabel as nib
import numpy as np
import pytest

from benchmarks.volumes import middle, write_volume


def test_middle():
    assert [middle(10, 4), middle(9, 4), middle(5, 5)] == [slice(3, 7), slice(2, 6), slice(0, 5)]
    with pytest.raises(ValueError, match='a cut of 6 voxels was asked for on an axis of 5'):
        middle(5, 6)


def test_a_cut_that_stands_twice(tmp_path):
    if importlib.util.find_spec('nilearn') is None:
        pytest.skip('nilearn, which ships the template, is not installed')
    path = str(tmp_path / 'cut.nii.gz')
    assert write_volume(path, (20, 30, 40), 2) == (20, 30, 80)
    values = np.asanyarray(nib.load(path).dataobj)
    assert values.shape == (20, 30, 80) and values.any()
    np.testing.assert_array_equal(values[..., :40], values[..., 40:])
