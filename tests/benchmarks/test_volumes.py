# -*- coding: utf-8 -*-
"""The volume that the benchmark reads."""

import importlib.util

import nibabel as nib
import numpy as np
import pytest

from benchmarks.volumes import MODALITIES, middle, modalities, write_volume

needs_template = pytest.mark.skipif(
    importlib.util.find_spec('nilearn') is None,
    reason='nilearn, which ships the template, is not installed',
)


def test_middle():
    assert [middle(10, 4), middle(9, 4), middle(5, 5)] == [slice(3, 7), slice(2, 6), slice(0, 5)]
    with pytest.raises(ValueError, match='a cut of 6 voxels was asked for on an axis of 5'):
        middle(5, 6)


def test_modalities():
    assert list(modalities(2)) == ['T1', 'GM'] and len(modalities(3)) == 3
    for number in (0, 4):
        with pytest.raises(ValueError, match=r'{} modalities .* 3 images: T1, GM'.format(number)):
            modalities(number)


@needs_template
def test_each_modality_has_its_own_content(tmp_path):
    found = []
    for name in MODALITIES:
        path = str(tmp_path / (name + '.nii'))
        assert write_volume(path, (50, 60, 70), 1, name) == (50, 60, 70)
        image = nib.load(path)
        found.append(np.asanyarray(image.dataobj).astype(float))
        np.testing.assert_array_equal(image.affine, nib.load(str(tmp_path / 'T1.nii')).affine)
    for one, other in ((0, 1), (0, 2), (1, 2)):
        # neither the same image nor a scaled one
        assert abs(np.corrcoef(found[one].ravel(), found[other].ravel())[0, 1]) < 0.9


@needs_template
def test_a_cut_that_stands_twice(tmp_path):
    path = str(tmp_path / 'cut.nii.gz')
    assert write_volume(path, (20, 30, 40), 2) == (20, 30, 80)
    values = np.asanyarray(nib.load(path).dataobj)
    assert values.shape == (20, 30, 80) and values.any()
    np.testing.assert_array_equal(values[..., :40], values[..., 40:])
