# -*- coding: utf-8 -*-
"""Stores written box by box, read back with zarr and with the OME-Zarr reader."""

import errno
import json
import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import numpy as np
import pytest

from niftynet_activations.errors import WriteError
from niftynet_activations.space.place import place_of_affine
from niftynet_activations.store.formats.table import file_names
from tests.store.maps import AFFINE, cut, make_spec, make_values

zarr = pytest.importorskip('zarr', reason='the zarr package is not installed')
from niftynet_activations.store.formats import (  # noqa: E402  (they need zarr)
    zarr_chunks,
    zarr_columns,
    zarr_map,
)


def make(tmp_path, cache_bytes=128 << 20, **changes):
    spec = make_spec(format='zarr', **changes)
    (name,) = file_names(spec)
    return zarr_map.ZarrMap(spec, name, partial(os.path.join, str(tmp_path)), cache_bytes)


def read(made):
    ((path, name),) = made
    assert name == 'activation_res.conv-1_s_1_out.zarr'
    return zarr.open_group(path, mode='r')


@pytest.fixture(params=[2, 3, 32])
def edge(request, monkeypatch):
    """
    :return: size of the chunks
    """
    monkeypatch.setattr(zarr_columns, 'EDGES', ((request.param,) * 3,))
    return request.param


@pytest.mark.parametrize('cache', [0, 1000, 1 << 20])
@pytest.mark.parametrize('dtype', ['float32', 'float16'])
def test_boxes_become_the_array(tmp_path, edge, cache, dtype):
    values = make_values()
    values[4, 5, 6, 1] = np.nan
    sink = make(tmp_path, cache_bytes=cache, dtype=dtype)
    for corner, block in cut(values):
        sink.write(corner, block)
        assert sink._parts.held_bytes <= cache
        assert [path.suffix for path in tmp_path.iterdir()] == ['.zarr']  # no scratch beside it
    array = read(sink.finish())['0']
    assert array.dtype == dtype
    assert array.chunks == (1,) + tuple(min(edge, size) for size in (11, 7, 5))
    assert np.isnan(array.fill_value)
    found = array[:].transpose(3, 2, 1, 0)
    np.testing.assert_array_equal(found, values.astype(dtype))
    if dtype == 'float16':
        assert np.nanmax(np.abs(found.astype(float) - values)) <= sink.scaling.error_bound < 2e-3


@pytest.mark.parametrize('cache', [0, 1 << 20])
def test_missing_boxes_are_nan(tmp_path, edge, cache):
    values = make_values()
    sink = make(tmp_path, cache_bytes=cache)
    sink.fill_missing((0, 0, 0), (5, 2, 11))
    sink.write((0, 2, 0), values[:, 2:, :8])
    sink.fill_missing((0, 2, 8), (5, 5, 3))
    found = read(sink.finish())['0'][:].transpose(3, 2, 1, 0)
    values[:, :2] = values[:, :, 8:] = np.nan
    np.testing.assert_array_equal(found, values)


def test_full_columns_do_not_wait(tmp_path, edge):
    sink = make(tmp_path)
    sink.write((0, 0, 0), make_values())
    assert not sink._parts.places()


@pytest.mark.parametrize('cache', [0, 1000, 1 << 20])
def test_threads_fill_columns_together(tmp_path, edge, cache):
    values = np.random.RandomState(2).rand(13, 17, 19, 3).astype(np.float32)
    sink = make(tmp_path, cache, shape_xyz=values.shape[:3])
    boxes = [
        ((x, y, z), values[x : x + 3, y : y + 5, z : z + 4])
        for x in range(0, 13, 3)
        for y in range(0, 17, 5)
        for z in range(0, 19, 4)
    ]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda box: sink.write(*box), boxes))
    found = read(sink.finish())['0'][:].transpose(3, 2, 1, 0)
    assert not sink._parts.places() and not sink._parts.held_bytes
    np.testing.assert_array_equal(found, values)
    assert [path.suffix for path in tmp_path.iterdir()] == ['.zarr']


def test_format_and_place(tmp_path):
    sink = make(tmp_path)
    sink.write((0, 0, 0), make_values())
    ((path, _),) = sink.finish()
    with open(os.path.join(path, '.zgroup')) as stream:
        assert json.load(stream) == {'zarr_format': 2}
    with open(os.path.join(path, '0', '.zarray')) as stream:
        described = json.load(stream)
    assert described['zarr_format'] == 2
    assert described['dimension_separator'] == '/'
    assert described['fill_value'] == 'NaN'
    assert os.path.exists(os.path.join(path, '0', '0', '0', '0', '0'))
    with open(os.path.join(path, '.zattrs')) as stream:
        attributes = json.load(stream)
    (image,) = attributes['multiscales']
    assert image['version'] == '0.4'
    assert image['axes'] == [
        {'name': 'c', 'type': 'channel'},
        space_axis('z', 'inferior-to-superior'),
        # the affine of the tests maps x to world y, and y to world -x
        space_axis('y', 'right-to-left'),
        space_axis('x', 'posterior-to-anterior'),
    ]
    scale, translation = image['datasets'][0]['coordinateTransformations']
    assert scale == {'type': 'scale', 'scale': [1, 4, 2, 3]}
    assert translation == {'type': 'translation', 'translation': [0, 7, -10, -5]}
    assert attributes['affine'] == AFFINE.tolist()
    assert attributes['channels'] == [2, 4, 9]


def space_axis(name, orientation, **unit):
    unit = unit or {'unit': 'millimeter'}
    described = {'type': 'anatomical', 'value': orientation}
    return dict(unit, name=name, type='space', orientation=described)


@pytest.mark.parametrize('dtype', ['float32', 'float16'])
def test_each_channel_is_shown_from_its_lowest_to_its_highest_value(tmp_path, edge, dtype):
    values = make_values()
    values[1, 2, 3, 0] = np.nan
    values[2, 2, 2, 0] = np.inf
    values[..., 1] = 4
    values[..., 2] = np.nan
    sink = make(tmp_path, dtype=dtype, cache_bytes=300)
    for corner, block in cut(values):
        sink.write(corner, block)
    ((path, _),) = sink.finish()
    with open(os.path.join(path, '.zattrs')) as stream:
        channels = json.load(stream)['omero']['channels']
    assert [each['label'] for each in channels] == [
        'res/conv:1, channel {}'.format(number) for number in (2, 4, 9)
    ]
    assert [each['active'] for each in channels] == [True, False, False]
    finite = values[..., 0][np.isfinite(values[..., 0])].astype(dtype)
    low, high = float(finite.min()), float(finite.max())
    assert [each['window'] for each in channels] == [
        {'min': low, 'max': high, 'start': low, 'end': high},
        {'min': 4, 'max': 8, 'start': 4, 'end': 8},
        {'min': 0, 'max': 1, 'start': 0, 'end': 1},
    ]


def test_the_package_of_nifti_zarr_reads_it(tmp_path):
    niizarr = pytest.importorskip('niizarr', reason='nifti-zarr is not installed')
    values = make_values()
    sink = make(tmp_path, place=place_of_affine(AFFINE, 4, 'micron'))
    sink.write((0, 0, 0), values)
    ((path, _),) = sink.finish()
    image = niizarr.zarr2nii(path)
    np.testing.assert_array_equal(np.asarray(image.dataobj)[:, :, :, 0], values)
    np.testing.assert_allclose(image.header.get_sform(), AFFINE, atol=1e-5)
    assert image.header['sform_code'] == 4


def test_float16_refuses_what_it_cannot_hold(tmp_path):
    sink = make(tmp_path, dtype='float16')
    with pytest.raises(WriteError, match='value 70000, and float16 ends at 65504: use activation'):
        sink.write((0, 0, 0), np.full((1, 1, 1, 3), -7e4))


def test_bound_of_float16_leaves_infinite_values_out(tmp_path):
    sink = make(tmp_path, dtype='float16')
    sink.write((0, 0, 0), np.array([[[[np.inf, np.nan, -1000.0]]]]))
    sink.finish()
    assert sink.scaling == (1, 0, 0.25)


def test_stopped_and_given_up(tmp_path):
    sink = make(tmp_path, cache_bytes=0)
    sink.write((0, 0, 0), make_values()[:2])
    sink.stop()
    with pytest.raises(WriteError, match='given up'):
        sink.write((0, 0, 0), make_values())
    sink.abandon()
    assert not list(tmp_path.iterdir())


def test_a_column_that_fails_in_the_background_is_told_by_what_follows(tmp_path, monkeypatch):
    def full(self, index, chunk):
        raise OSError(errno.ENOSPC, 'full')

    monkeypatch.setattr(zarr_chunks.ChunkFiles, 'write', full)
    sink = make(tmp_path, cache_bytes=0)
    values = make_values()
    sink.write((0, 0, 0), values[:2])
    sink.write((2, 0, 0), values[2:])
    for _ in range(2):
        with pytest.raises(OSError, match='full'):
            sink.finish()
    with pytest.raises(OSError, match='full'):
        sink.write((0, 0, 0), values[:2])
    sink.abandon()
    assert not list(tmp_path.iterdir())


def test_giving_up_ends_what_goes_on_in_the_background(tmp_path, monkeypatch):
    written, begun = [], threading.Event()
    write_chunk = zarr_chunks.ChunkFiles.write

    def slow(self, index, chunk):
        begun.set()
        time.sleep(0.2)
        write_chunk(self, index, chunk)
        written.append(index)

    monkeypatch.setattr(zarr_chunks.ChunkFiles, 'write', slow)
    sink = make(tmp_path, cache_bytes=0)
    values = make_values()
    sink.write((0, 0, 0), values[:2])
    sink.write((2, 0, 0), values[2:])
    assert begun.wait(10)
    sink.abandon()
    assert len(written) <= 1  # of three
    assert not list(tmp_path.iterdir())


def test_ome_zarr_reads_it(tmp_path):
    reader = pytest.importorskip('ome_zarr.reader', reason='ome-zarr is not installed')
    location = pytest.importorskip('ome_zarr.io')
    sink = make(tmp_path)
    sink.write((0, 0, 0), make_values())
    ((path, _),) = sink.finish()
    (node,) = list(reader.Reader(location.parse_url(path))())
    assert node.metadata['axes'][0]['name'] == 'c'
    found = np.asarray(node.data[0])
    assert np.array_equal(found, make_values().transpose(3, 2, 1, 0))
