# -*- coding: utf-8 -*-
"""A store without chunks, read with zarr and with nibabel."""

import io
import json

import nibabel as nib
import numpy as np
import pytest
import zarr
from numcodecs import Blosc

from niftynet_activations.space.place import Form, as_matrix, place_of_affine
from niftynet_activations.store.formats.zarr_store import create_store, nifti_header
from tests.store.maps import AFFINE, SHAPE, make_spec


def make(path, dtype='<f4', **changes):
    header = nifti_header(make_spec(**changes))
    create_store(str(path), (3, 11, 7, 5), (1, 4, 4, 4), np.dtype(dtype), Blosc('zstd'), header)
    return zarr.open_group(str(path), mode='r')


@pytest.mark.parametrize('dtype', ['<f4', '<f2'])
def test_what_is_not_there_is_nan(tmp_path, dtype):
    array = make(tmp_path / 'a.zarr', dtype)['0']
    assert (array.shape, array.chunks, array.dtype) == ((3, 11, 7, 5), (1, 4, 4, 4), dtype)
    assert np.isnan(array[:]).all()
    names = sorted(path.name for path in (tmp_path / 'a.zarr' / '0').iterdir())
    assert '.zarray' in names and not [name for name in names if name[0].isdigit()]


def test_the_description_is_that_of_zarr_s_own(tmp_path):
    codec = Blosc('lz4', clevel=1, shuffle=Blosc.SHUFFLE)
    shape, chunks, header = (3, 11, 7, 5), (1, 4, 4, 4), bytes(range(1, 101))
    create_store(str(tmp_path / 'ours'), shape, chunks, np.dtype('<f2'), codec, header)
    options = dict(shape=shape, chunks=chunks, dtype='<f2', fill_value=np.nan)
    if zarr.__version__.startswith('2.'):
        group = zarr.open_group(str(tmp_path / 'zarr'), mode='w')
        group.create_dataset('0', compressor=codec, dimension_separator='/', **options)
    else:
        group = zarr.open_group(str(tmp_path / 'zarr'), mode='w', zarr_format=2)
        nested = {'name': 'v2', 'separator': '/'}
        group.create_array('0', compressors=codec, chunk_key_encoding=nested, **options)
    for name in ('.zgroup', '0/.zarray'):
        ours, theirs = (
            json.loads((tmp_path / kind / name).read_text(encoding='utf-8'))
            for kind in ('ours', 'zarr')
        )
        assert ours == theirs
    assert np.asarray(zarr.open(str(tmp_path / 'ours' / 'nifti'), mode='r')).tobytes() == header


def test_the_header_that_travels_with_the_store_holds_both_forms(tmp_path):
    other = AFFINE.copy()
    other[:3, 3] += [1, 2, 3]
    place = place_of_affine(AFFINE, 4, 'micron')._replace(qform=Form(as_matrix(other), 1))
    head = np.asarray(make(tmp_path / 'a.zarr', place=place)['nifti']).tobytes()
    header = nib.Nifti1Header.from_fileobj(io.BytesIO(head))
    assert len(head) == 348
    # axes as NIfTI counts them: x, y, z, time, channel
    assert header.get_data_shape() == SHAPE + (1, 3)
    assert header['intent_code'] == 1007
    np.testing.assert_allclose(header.get_sform(), AFFINE, atol=1e-5)
    np.testing.assert_allclose(header.get_qform(), other, atol=2e-3)
    assert (header['sform_code'], header['qform_code']) == (4, 1)
    assert header.get_xyzt_units()[0] == 'micron'


def test_an_axis_too_long_for_the_first_version_takes_the_second():
    head = nifti_header(make_spec(shape_xyz=(40000, 1, 1)))
    assert len(head) == nib.Nifti2Header.sizeof_hdr == 540
