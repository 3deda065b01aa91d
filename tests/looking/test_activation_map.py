# -*- coding: utf-8 -*-
"""One map: its numbers as arrays and images, with or without what is missing."""

import collections
import json
import os

import nibabel as nib
import numpy as np
import pytest
from sample_folder import make_sample

from niftynet_activations import open_activations
from niftynet_activations.errors import ReadError
from niftynet_activations.looking import activation_map
from niftynet_activations.looking.activation_map import join_sidecars, read_sidecar

LAYER = 'res_1/pool:1'


@pytest.fixture
def holey(tmp_path):
    """A map whose first plane is missing, and its numbers."""
    sample = make_sample(str(tmp_path / 'out'))
    one = open_activations(sample.folder)['1', LAYER]
    image = nib.load(one.files[0])
    data = np.asarray(image.dataobj).copy()
    data[0] = np.nan
    nib.save(nib.Nifti1Image(data, image.affine), one.files[0])
    return one, data


def test_channels_by_slice(holey):
    one, data = holey
    np.testing.assert_array_equal(one[..., 1:4], data[..., 1:4])
    np.testing.assert_array_equal(one[2, 3, 4], data[2, 3, 4])
    np.testing.assert_array_equal(np.asarray(one), data)
    assert one.shape == data.shape == (9, 11, 13, 6)


@pytest.mark.parametrize('missing', [None, 0, -7.5])
def test_a_number_in_the_place_of_what_is_missing(holey, tmp_path, missing):
    one, data = holey
    expected = data if missing is None else np.where(np.isnan(data), missing, data)
    image = one.to_nibabel(missing=missing)
    np.testing.assert_array_equal(np.asarray(image.dataobj), expected)
    np.testing.assert_array_equal(image.dataobj[:, 3, 4, 1:3], expected[:, 3, 4, 1:3])
    nib.save(image, str(tmp_path / 'copy.nii.gz'))
    np.testing.assert_array_equal(
        np.asarray(nib.load(str(tmp_path / 'copy.nii.gz')).dataobj), expected
    )


def test_half_precision_becomes_single(tmp_path):
    zarr = pytest.importorskip('zarr')
    sample = make_sample(str(tmp_path / 'out'), form='zarr')
    one = open_activations(sample.folder)['1', LAYER]
    group = zarr.open_group(one.files[0], mode='r+')
    halves = np.asarray(group['0']).astype(np.float16)
    del group['0']
    make = group.create_array if hasattr(group, 'create_array') else group.create_dataset
    make('0', shape=halves.shape, dtype=halves.dtype, chunks=halves.shape)[...] = halves
    image = one.to_nibabel()
    assert image.get_data_dtype() == np.float32
    np.testing.assert_array_equal(np.asarray(image.dataobj), halves.transpose(3, 2, 1, 0))


def test_sidecars_that_are_none(tmp_path):
    path = str(tmp_path / 'one.json')
    with pytest.raises(ReadError, match='one.json cannot be read'):
        read_sidecar(path)
    with open(path, 'w') as stream:
        json.dump([1, 2], stream)
    with pytest.raises(ReadError, match='should hold one object'):
        read_sidecar(path)
    os.remove(path)


def test_channels_of_several_files_are_joined():
    parts = [
        {'channels': [4], 'missing': 2, 'nan': 0},
        {'channels': [7], 'missing': 3, 'nan': None},
    ]
    assert join_sidecars(parts) == {'channels': [4, 7], 'missing': 5, 'nan': None}
    assert parts[0]['channels'] == [4]


def test_the_sidecars_of_many_maps_are_not_all_held(tmp_path, monkeypatch):
    monkeypatch.setattr(activation_map, 'MOST_SIDECARS', 2)
    monkeypatch.setattr(activation_map, '_with_sidecar', collections.deque())
    maps = list(open_activations(make_sample(str(tmp_path / 'out')).folder).values())
    told = [one.info for one in maps]
    assert [bool(one._info) for one in maps] == [False] * 4 + [True] * 2
    assert [one.info for one in maps] == told
