# -*- coding: utf-8 -*-
"""The crop that verify makes before NiftyNet reads: the middle, through NiftyNet's reading."""

import nibabel as nib
import numpy as np
import pytest

pytestmark = pytest.mark.slow
pytest.importorskip('niftynet')

from niftynet.io.image_type import SpatialImage3D, SpatialImage4D  # noqa: E402

from niftynet_activations.errors import OptionError  # noqa: E402
from niftynet_activations.verification import verified_run  # noqa: E402

AFFINE = np.array([[0, -1, 0, 5], [2, 0, 0, 6], [0, 0, -3, 7], [0, 0, 0, 1]], float)


def two_files(path, axcodes):
    return SpatialImage4D(
        (path,) * 2, ('a', 'b'), (1, 1), (None, None), (axcodes,) * 2, (None, None)
    )


def test_a_reoriented_image(tmp_path):
    values = np.arange(7 * 9 * 11, dtype=np.float32).reshape(7, 9, 11)
    nib.save(nib.Nifti1Image(values, AFFINE), str(tmp_path / 'a.nii'))
    image = two_files(str(tmp_path / 'a.nii'), ('R', 'A', 'S'))
    before = image.get_data()
    assert before.shape == (9, 7, 11, 1, 2)
    box = verified_run._middle(image, image.shape[:3], (4, 5, 6))
    after = verified_run.crop_image(image, box, str(tmp_path)).get_data()
    np.testing.assert_array_equal(after, before[2:6, 1:6, 2:8])


def test_a_fourth_axis_is_kept(tmp_path):
    values = np.random.RandomState(0).normal(size=(7, 9, 11, 3)).astype(np.float32)
    nib.save(nib.Nifti1Image(values, AFFINE), str(tmp_path / 'a.nii'))
    image = SpatialImage4D((str(tmp_path / 'a.nii'),), ('a',), (1,), (None,), (None,), (None,))
    box = verified_run._middle(image, image.shape[:3], (4, 5, 6))
    after = verified_run.crop_image(image, box, str(tmp_path)).get_data()
    np.testing.assert_array_equal(after[..., 0], values[1:5, 2:7, 2:8])


def test_whole_numbers_with_a_scale_are_not_rounded_again(tmp_path):
    stored = np.arange(7 * 9 * 11, dtype=np.int16).reshape(7, 9, 11)
    scaled = nib.Nifti1Image(stored, AFFINE)
    scaled.header.set_slope_inter(0.37, 1.5)
    nib.save(scaled, str(tmp_path / 'a.nii'))
    image = SpatialImage3D((str(tmp_path / 'a.nii'),), ('a',), (1,), (None,), (None,), (None,))
    box = (slice(1, 4), slice(2, 5), slice(3, 9))
    after = verified_run.crop_image(image, box, str(tmp_path)).get_data()
    np.testing.assert_allclose(after, image.get_data()[box], rtol=1e-6)


def test_an_image_that_cannot_be_cropped(tmp_path):
    class NoSlicer(object):
        pass

    class Image(object):
        file_path, loader = ('a.xyz',), (None,)

    before = verified_run.load_image_obj
    verified_run.load_image_obj = lambda path, loader: NoSlicer()
    try:
        with pytest.raises(OptionError, match="'a.xyz' is too large .* raise activation_memory"):
            verified_run.crop_image(Image(), (slice(0, 1),) * 3, str(tmp_path))
    finally:
        verified_run.load_image_obj = before
