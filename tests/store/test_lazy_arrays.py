# -*- coding: utf-8 -*-
"""Lazy arrays give what numpy gives for the same index, in every layout."""

import os

import nibabel as nib
import numpy as np
import pytest

from niftynet_activations.errors import ReadError
from niftynet_activations.store.formats.table import open_array
from niftynet_activations.store.lazy_arrays import load_nifti

SHAPE = (5, 7, 11, 3)
DATA = np.random.RandomState(1).normal(size=SHAPE).astype(np.float32)
INDICES = [
    Ellipsis,
    (Ellipsis, 1),
    (slice(1, 4), 2, slice(None, None, 3), slice(None)),
    (slice(None, None, -2), slice(5, 1, -1), 10, -1),
    (-1, -2, -3, -1),
    (slice(2, 2),),
    (slice(None), slice(None), slice(3, 3)),
    3,
    (Ellipsis, [0, 2]),
    (slice(None), [6, 1, 1], Ellipsis),
    (slice(0, 2), Ellipsis, np.array([True, False, True])),
    (np.int64(2), slice(None), slice(None), slice(0, 1)),
    (Ellipsis, []),
]


def write(folder, form):
    """Write DATA in one layout; return its paths."""
    folder = str(folder)
    affine = np.diag([1.0, 2.0, 3.0, 1.0])
    if form == 'zarr':
        zarr = pytest.importorskip('zarr')
        path = os.path.join(folder, 'map.zarr')
        old = zarr.__version__.startswith('2.')
        group = zarr.open_group(path, mode='w', **({} if old else {'zarr_format': 2}))
        make = group.create_dataset if old else group.create_array
        make('0', shape=SHAPE[::-1], dtype='f4', chunks=(1, 4, 4, 4))[...] = DATA.transpose()
        group.attrs['multiscales'] = [{'datasets': [{'path': '0'}]}]
        return [path]
    if form == 'split':
        paths = [os.path.join(folder, 'map_c{}.nii.gz'.format(k)) for k in range(3)]
        for k, path in enumerate(paths):
            nib.save(nib.Nifti1Image(DATA[..., k], affine), path)
        return paths
    stored = DATA[:, :, :, np.newaxis] if form.startswith('5d') else DATA
    path = os.path.join(folder, 'map' + ('.nii' if form.endswith('nii') else '.nii.gz'))
    nib.save(nib.Nifti1Image(stored, affine), path)
    return [path]


@pytest.mark.parametrize('form', ['4d', '4d.nii', '5d', '5d.nii', 'split', 'zarr'])
def test_every_index_gives_what_numpy_gives(tmp_path, form):
    lazy = open_array(write(tmp_path, form))
    assert lazy.shape == SHAPE
    assert (lazy.ndim, lazy.size, len(lazy), lazy.dtype) == (4, DATA.size, 5, np.float32)
    for index in INDICES:
        got = lazy[index]
        np.testing.assert_array_equal(got, DATA[index], err_msg=repr(index))
        assert np.shape(got) == DATA[index].shape
    np.testing.assert_array_equal(np.asarray(lazy), DATA)
    streamed = lazy.streaming()
    for channel in range(3):
        np.testing.assert_array_equal(streamed[..., channel], DATA[..., channel])


@pytest.mark.parametrize(
    'index, kind, words',
    [
        ((0, 0, 0, 3), IndexError, 'index 3 on axis channel, which has 3 samples'),
        ((0, 0, 0, 0, 0), IndexError, '5 indices for the axes'),
        (DATA > 0, TypeError, 'numpy.asarray'),
        (([0], [1]), TypeError, 'one list'),
        ('x', TypeError, 'whole numbers, slices or one list'),
    ],
)
def test_other_indices_are_refused(tmp_path, index, kind, words):
    lazy = open_array(write(tmp_path, '4d'))
    with pytest.raises(kind, match=words):
        lazy[index]


@pytest.mark.parametrize('name', ['no.nii.gz', 'no.zarr'])
def test_a_file_that_is_not_there(tmp_path, name):
    with pytest.raises(ReadError, match=name + ' is not there'):
        open_array([str(tmp_path / name)])


def test_a_file_without_a_volume(tmp_path):
    path = str(tmp_path / 'surface.gii')
    points = nib.gifti.GiftiDataArray(np.zeros((5, 3), np.float32))
    nib.save(nib.GiftiImage(darrays=[points]), path)
    with pytest.raises(ReadError, match='surface.gii is a GiftiImage, which holds no volume'):
        load_nifti(path)
    image = nib.MGHImage(np.ones((5, 7, 11), np.float32), np.eye(4))
    nib.save(image, str(tmp_path / 'volume.mgz'))
    assert load_nifti(str(tmp_path / 'volume.mgz')).shape == (5, 7, 11)
