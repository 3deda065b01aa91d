# -*- coding: utf-8 -*-
"""Plain files, box by box, read back with nibabel."""

import os
from functools import partial

import nibabel as nib
import numpy as np
import pytest

from niftynet_activations.store.formats import nifti_in_place
from niftynet_activations.store.formats.nifti import plan_files
from niftynet_activations.store.formats.nifti_in_place import InPlaceNifti
from niftynet_activations.store.formats.table import file_names
from tests.store.maps import AFFINE, CHANNELS, SHAPE, cut, make_spec, make_values


def make(tmp_path, fill=False, **changes):
    spec = make_spec(format='nii', **changes)
    planned = plan_files(spec, file_names(spec))
    return InPlaceNifti(spec, planned, partial(os.path.join, str(tmp_path)), fill)


@pytest.mark.parametrize('layout', ['4d', '5d', 'split'])
@pytest.mark.parametrize('fill', [False, True])
@pytest.mark.parametrize('mapped', [1, 1 << 20])
def test_boxes_become_the_volume(tmp_path, layout, fill, mapped, monkeypatch):
    monkeypatch.setattr(nifti_in_place, 'MAPPED_BYTES', mapped)
    values = make_values()
    sink = make(tmp_path, layout=layout, fill=fill)
    for corner, block in cut(values):
        sink.write(corner, block)
    made = sink.finish()
    images = [nib.load(path) for path, _ in made]
    found = np.stack([np.asarray(i.dataobj) for i in images], -1)
    assert found.dtype == np.float32
    assert np.array_equal(found.reshape(values.shape), values)
    assert all(np.array_equal(image.affine, AFFINE) for image in images)
    if layout == 'split':
        assert [name.split('_c')[1] for _, name in made] == ['%d.nii' % c for c in CHANNELS]


def test_missing_boxes_are_nan(tmp_path):
    sink = make(tmp_path)
    sink.write((0, 0, 0), np.ones(SHAPE[:2] + (9, 3)))
    sink.fill_missing((0, 0, 9), (5, 7, 2))
    ((path, _),) = sink.finish()
    found = nib.load(path).get_fdata()
    assert np.isnan(found[:, :, 9:]).all()
    assert (found[:, :, :9] == 1).all()


def test_room_is_taken_at_the_start(tmp_path):
    make(tmp_path)
    (path,) = tmp_path.iterdir()
    assert path.stat().st_blocks * 512 >= 5 * 7 * 11 * 3 * 4


def test_nothing_is_left_after_giving_up(tmp_path):
    sink = make(tmp_path, layout='split')
    sink.write((0, 0, 0), make_values())
    sink.abandon()
    sink.abandon()
    assert not list(tmp_path.iterdir())
