# -*- coding: utf-8 -*-
"""Files and arrays that have no name, and leave none behind."""

import os

import nibabel as nib
import numpy as np
import pytest

from niftynet_activations.errors import WriteError
from niftynet_activations.store import nameless
from niftynet_activations.store.lazy_arrays import load_nifti
from niftynet_activations.store.nameless import (
    NamelessArrays,
    NamelessFiles,
    is_nameless,
    load_nameless,
    path_of,
)

VALUES = np.random.RandomState(1).normal(size=(5, 7, 11)).astype('f4')


@pytest.mark.parametrize('memory', [True, False])
@pytest.mark.parametrize('kind', ['Nifti1Image', 'Nifti2Image'])
@pytest.mark.parametrize('endianness', ['<', '>'])
def test_an_image_in_a_file_without_a_name(tmp_path, monkeypatch, memory, kind, endianness):
    folder = str(tmp_path / 'here')
    os.mkdir(folder)
    if not memory:
        monkeypatch.setattr(nameless, 'MEMORY_FOLDER', '/nowhere')
        monkeypatch.setattr(nameless.tempfile, 'tempdir', folder)
    image = getattr(nib, kind)(VALUES, np.diag([2, 3, 4, 1]))
    image = type(image)(VALUES, image.affine, image.header.as_byteswapped(endianness))
    with NamelessFiles() as files:
        stream = files.new()
        image.to_file_map({'image': nib.FileHolder(fileobj=stream)})
        stream.flush()
        path = path_of(stream)
        assert is_nameless(path) and os.path.isfile(path) and os.listdir(folder) == []
        for read in (load_nameless(path), load_nifti(path)):
            assert type(read).__name__ == kind
            np.testing.assert_array_equal(np.asanyarray(read.dataobj), VALUES)
            np.testing.assert_array_equal(read.affine, image.affine)
    assert not os.path.exists(path)
    assert not is_nameless(str(tmp_path / 'x.nii'))


@pytest.mark.parametrize('order', ['C', 'F'])
@pytest.mark.parametrize('on_disk', [False, True])
def test_arrays(tmp_path, order, on_disk):
    arrays = NamelessArrays(str(tmp_path) if on_disk else None)
    assert arrays.in_memory != on_disk
    made = arrays.zeros((5, 7, 11, 2), order)
    assert made.shape == (5, 7, 11, 2) and made.dtype == np.float32 and not made.any()
    assert made.flags['{}_CONTIGUOUS'.format(order)]
    made[1:3] = 4
    assert made.sum() == 4 * 2 * 7 * 11 * 2
    assert list(tmp_path.iterdir()) == []  # though the file is mapped


def test_no_room(tmp_path):
    with pytest.raises(OSError):
        NamelessArrays(str(tmp_path)).zeros((1 << 56, 1, 11))
    with pytest.raises(WriteError, match='finds no room in memory: give a smaller in_memory'):
        NamelessArrays().zeros((1 << 56, 1, 11))
    assert list(tmp_path.iterdir()) == []
