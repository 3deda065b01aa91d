# -*- coding: utf-8 -*-
"""Compressed and integer files, read back with nibabel and the standard library."""

import gzip
import os
import zlib
from functools import partial

import nibabel as nib
import numpy as np
import pytest

from niftynet_activations.errors import WriteError
from niftynet_activations.store.formats.nifti import plan_files
from niftynet_activations.store.formats.nifti_spooled import SpooledNifti
from niftynet_activations.store.formats.table import file_names
from tests.store.maps import AFFINE, cut, make_spec, make_values


def make(tmp_path, **changes):
    scratch = partial(os.path.join, str(tmp_path))
    spec = make_spec(**changes)
    planned = plan_files(spec, file_names(spec))
    compressed = spec.format == 'nii.gz'
    return SpooledNifti(spec, planned, scratch, str(tmp_path / 'spool'), compressed)


def stack(made):
    return np.stack([np.asarray(nib.load(path).dataobj) for path, _ in made], -1)


@pytest.mark.parametrize('layout', ['4d', '5d', 'split'])
def test_boxes_become_the_volume(tmp_path, layout):
    values = make_values()
    sink = make(tmp_path, layout=layout)
    for corner, block in cut(values):
        sink.write(corner, block)
    made = sink.finish()
    assert np.array_equal(stack(made).reshape(values.shape), values)
    assert np.array_equal(nib.load(made[0][0]).affine, AFFINE)
    assert sorted(os.listdir(str(tmp_path))) == sorted(name for _, name in made)


def test_gzip_has_one_member(tmp_path):
    sink = make(tmp_path)
    sink.write((0, 0, 0), make_values())
    ((path, _),) = sink.finish()
    with open(path, 'rb') as stream:
        packed = stream.read()
    reader = zlib.decompressobj(31)
    raw = reader.decompress(packed)
    # browsers refuse a second member
    assert reader.eof and not reader.unused_data
    assert len(raw) == 352 + 5 * 7 * 11 * 3 * 4
    assert gzip.decompress(packed) == raw


@pytest.mark.parametrize('file_format', ['nii', 'nii.gz'])
@pytest.mark.parametrize('layout', ['4d', 'split'])
@pytest.mark.parametrize('dtype, missing', [('int16', -32768), ('uint8', 0)])
def test_integers_keep_the_values_within_the_bound(tmp_path, file_format, layout, dtype, missing):
    values = (make_values() * [1, 10, 0.1] + [0, 5, 0]).astype(np.float32)
    sink = make(tmp_path, format=file_format, layout=layout, dtype=dtype)
    sink.write((0, 0, 0), values[:, :4])
    sink.fill_missing((0, 4, 0), (5, 3, 11))
    made = sink.finish()
    scaling = sink.scaling
    found = stack(made).reshape(values.shape)
    assert np.abs(found - values)[:, :4].max() <= scaling.error_bound
    codes = np.stack([nib.load(path).dataobj.get_unscaled() for path, _ in made], -1)
    codes = codes.reshape(values.shape)
    assert codes.dtype == dtype
    assert (codes[:, 4:] == missing).all()
    assert not (codes[:, :4] == missing).any()
    assert (found[:, 4:] == missing * scaling.slope + scaling.inter).all()


def test_integers_refuse_nan_at_once(tmp_path):
    sink = make(tmp_path, dtype='uint8')
    with pytest.raises(WriteError, match='NaN or infinite'):
        sink.write((0, 0, 0), np.full((1, 1, 1, 3), np.nan))


def test_stopped_while_it_compresses(tmp_path):
    sink = make(tmp_path)
    sink.write((0, 0, 0), make_values())
    sink.stop()
    with pytest.raises(WriteError, match='given up'):
        sink.finish()
    sink.abandon()
    assert not list(tmp_path.iterdir())
