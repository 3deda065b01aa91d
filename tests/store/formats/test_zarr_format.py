# -*- coding: utf-8 -*-
"""Stores as the format opens, places and checks them; and folders that are no stores."""

import shutil

import numpy as np
import pytest
import zarr

from niftynet_activations.errors import ReadError
from niftynet_activations.store.description import MapDescription
from niftynet_activations.store.folder import OutputFolder
from niftynet_activations.store.formats.zarr_format import OmeZarr
from niftynet_activations.store.writer import MapWriter
from tests.store.maps import AFFINE, make_spec, make_values

SPEC = make_spec(format='zarr')


@pytest.fixture
def path(tmp_path):
    with OutputFolder(str(tmp_path)) as folder:
        writer = MapWriter(folder, SPEC)
        writer.write((0, 0, 0), make_values())
        (name,) = writer.finish(MapDescription())
    return str(tmp_path / name)


def test_a_store_is_opened_where_it_lies(path):
    kind = OmeZarr()
    assert path.endswith(kind.file_names(SPEC)[0])
    np.testing.assert_array_equal(kind.open([path])[1:3, ..., 2], make_values()[1:3, ..., 2])
    np.testing.assert_allclose(kind.place(path).affine, AFFINE, atol=1e-5)
    assert kind.is_whole(path, SPEC)
    shutil.rmtree(path + '/0')
    assert not kind.is_whole(path, SPEC)


def test_a_store_without_a_header_does_not_tell_its_place(path):
    shutil.rmtree(path + '/nifti')
    assert OmeZarr().place(path) is None


def test_an_array_alone_is_opened_too(tmp_path):
    path = str(tmp_path / 'a.zarr')
    zarr.save_array(path, np.arange(24.0).reshape(2, 3, 4, 1))
    assert OmeZarr().open([path]).shape == (1, 4, 3, 2)
    assert OmeZarr().place(path) is None


def test_what_is_no_store_is_named(tmp_path, path):
    with pytest.raises(ReadError, match='no.zarr is not there'):
        OmeZarr().open([str(tmp_path / 'no.zarr')])
    empty = tmp_path / 'empty.zarr'
    empty.mkdir()
    with pytest.raises(ReadError, match='empty.zarr is not an OME-Zarr store'):
        OmeZarr().open([str(empty)])
    flat = str(tmp_path / 'flat.zarr')
    zarr.save_array(flat, np.zeros((3, 4)))
    with pytest.raises(ReadError, match='has 2 axes, expected 4'):
        OmeZarr().open([flat])
