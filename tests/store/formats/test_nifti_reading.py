# -*- coding: utf-8 -*-
"""NIfTI files that are read in parts, and those that are no maps."""

import os

import nibabel as nib
import numpy as np
import pytest

from niftynet_activations.errors import ReadError
from niftynet_activations.store.formats.table import open_array
from tests.store.test_lazy_arrays import write


def test_a_slice_of_a_plain_file_reads_little(tmp_path):
    path = os.path.join(str(tmp_path), 'big.nii')
    shape = (40, 50, 60, 30)
    header = nib.Nifti1Image(np.zeros(1, np.float32).reshape(1, 1, 1, 1), np.eye(4)).header
    header.set_data_shape(shape)
    header['vox_offset'] = 352
    with open(path, 'wb') as stream:
        # Only the beginning is there: whatever reads further than it must fails.
        stream.write(header.binaryblock + bytes(4))
        stream.write(np.arange(2 * 40 * 50 * 60, dtype=np.float32).tobytes())
    lazy = open_array([path])
    assert lazy[3, 4, 5, 1] == 40 * 50 * 60 + 3 + 40 * (4 + 50 * 5)
    with pytest.raises(ReadError, match='cannot be read to its end'):
        lazy[..., 2]


def test_integer_codes_for_missing_read_as_nan(tmp_path):
    path = os.path.join(str(tmp_path), 'map.nii.gz')
    codes = np.arange(-30, 30, dtype=np.int16).reshape(5, 3, 4, 1)
    codes[1, 1, 1] = -32768
    image = nib.Nifti1Image(codes, np.eye(4))
    image.header.set_data_dtype(np.int16)
    image.header.set_slope_inter(0.25, 10.0)
    nib.save(image, path)
    stored = nib.load(path)
    slope, inter = stored.dataobj.slope, stored.dataobj.inter
    lazy = open_array([path], missing_value=slope * -32768 + inter)
    expected = np.asarray(stored.dataobj).astype(np.float32)
    assert np.isnan(lazy[1, 1, 1, 0])
    expected[1, 1, 1] = np.nan
    np.testing.assert_array_equal(lazy[...], expected)
    assert lazy.dtype == np.float32


def test_a_file_that_is_no_image(tmp_path):
    path = tmp_path / 'map.nii.gz'
    path.write_bytes(b'plain words')
    with pytest.raises(ReadError, match='is not an image that can be read'):
        open_array([str(path)])


def test_a_cut_off_file_is_named(tmp_path):
    path = write(tmp_path, '4d')[0]
    with open(path, 'rb') as stream:
        whole = stream.read()
    with open(path, 'wb') as stream:
        stream.write(whole[: len(whole) // 2])
    with pytest.raises(ReadError, match='map.nii.gz cannot be read to its end'):
        open_array([path])[...]


def test_axes_of_another_kind_are_refused(tmp_path):
    path = str(tmp_path / 'map.nii')
    nib.save(nib.Nifti1Image(np.zeros((2, 3, 4, 2, 2), np.float32), np.eye(4)), path)
    with pytest.raises(ReadError, match=r'has shape \(2, 3, 4, 2, 2\), expected'):
        open_array([path])


def test_split_files_of_different_sizes_are_refused(tmp_path):
    paths = write(tmp_path, 'split')
    nib.save(nib.Nifti1Image(np.zeros((5, 7, 10), np.float32), np.eye(4)), paths[1])
    with pytest.raises(ReadError, match='should have one size'):
        open_array(paths)
