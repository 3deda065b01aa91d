# -*- coding: utf-8 -*-
"""Channels of a large compressed map through an index."""

import gzip
import os
import shutil
import stat

import numpy as np
import pytest
from sample_folder import Layer, make_sample

from niftynet_activations import open_activations
from niftynet_activations.looking.viewer import quick_maps
from niftynet_activations.store.formats import spool

LAYER = Layer('conv', 5, 1, 0.0)


@pytest.fixture
def opened(tmp_path, monkeypatch):
    """A map that counts as large, and its values."""
    monkeypatch.setattr(quick_maps, 'LARGE', 1000)
    sample = make_sample(str(tmp_path / 'out'), ['1'], [LAYER], shape=(9, 13, 11))
    return open_activations(sample.folder)['1', 'conv'], sample.data['1', 'conv']


def test_an_index_is_made_once_and_the_values_are_the_same(opened, monkeypatch):
    one, data = opened
    quick = quick_maps.QuickMaps()
    found = quick.of(one, 3)
    assert isinstance(found, quick_maps.QuickMap)
    assert os.path.isfile(quick_maps.index_path(one.files[0]))
    for channel in (4, 0, 2):
        np.testing.assert_array_equal(found.data[..., channel], data[..., channel])
    np.testing.assert_array_equal(found.data.streaming()[2, 3, 4], data[2, 3, 4])
    monkeypatch.setattr(quick_maps, 'make_index', None)  # another server does not make it again
    again = quick_maps.QuickMaps().of(one, 4)
    np.testing.assert_array_equal(again.data[..., 4], data[..., 4])
    assert len(open_activations(os.path.dirname(one.files[0]))) == 1


def test_the_first_channel_does_not_wait(opened):
    one, _ = opened
    quick = quick_maps.QuickMaps()
    assert quick.of(one, 0) is one
    assert isinstance(quick.of(one), quick_maps.QuickMap)


def test_a_map_that_was_written_again_gets_a_new_index(opened):
    one, _ = opened
    index = quick_maps.index_path(one.files[0])
    quick_maps.QuickMaps().of(one, 1)
    os.utime(index, (5, 5))
    assert not quick_maps.is_indexed(one.files[0])
    quick_maps.QuickMaps().of(one, 1)
    assert quick_maps.is_indexed(one.files[0])


def test_a_folder_that_cannot_be_written_is_read_all_the_same(opened, monkeypatch):
    one, data = opened

    def refuse(*_):
        raise OSError(stat.S_IWUSR, 'no')

    monkeypatch.setattr(quick_maps.os, 'replace', refuse)
    assert not quick_maps.make_index(one.files[0])
    found = quick_maps.QuickMaps().of(one, 2)
    np.testing.assert_array_equal(found.data[..., 2], data[..., 2])
    assert [name for name in os.listdir(os.path.dirname(one.files[0])) if 'gzidx' in name] == []


def test_small_and_plain_files_need_none(tmp_path):
    sample = make_sample(str(tmp_path / 'out'), ['1'], [LAYER], file_format='nii', shape=(3, 4, 5))
    one = open_activations(sample.folder)['1', 'conv']
    assert quick_maps.QuickMaps().of(one, 3) is one
    assert not quick_maps.needs_index(one.files[0])


def test_an_index_of_another_file_is_not_used(opened, tmp_path):
    one, _ = opened
    quick_maps.QuickMaps().of(one, 1)
    other = make_sample(str(tmp_path / 'other'), ['1'], [LAYER], shape=(9, 13, 15))
    newer = open_activations(other.folder)['1', 'conv']
    os.utime(newer.files[0], (5, 5))
    shutil.copy2(newer.files[0], one.files[0])  # as a copy from another computer keeps its time
    assert not quick_maps.is_indexed(one.files[0])
    again = open_activations(os.path.dirname(one.files[0]))['1', 'conv']
    found = quick_maps.QuickMaps().of(again, 3)
    np.testing.assert_array_equal(found.data[..., 3], other.data['1', 'conv'][..., 3])
    assert quick_maps.is_indexed(one.files[0])


def test_few_maps_stay_open(tmp_path, monkeypatch):
    monkeypatch.setattr(quick_maps, 'LARGE', 1000)
    monkeypatch.setattr(quick_maps, 'MOST_OPEN', 2)
    layers = [Layer('conv_{}'.format(k), 3, 1, 0.0) for k in range(3)]
    sample = make_sample(str(tmp_path / 'out'), ['1'], layers, shape=(9, 13, 11))
    maps = list(open_activations(sample.folder).values())
    quick = quick_maps.QuickMaps()
    found = [quick.of(one, 1) for one in maps]
    assert quick.of(maps[2], 2) is found[2] and quick.of(maps[1], 2) is found[1]
    again = quick.of(maps[0], 2)
    assert again is not found[0]
    assert quick.of(maps[1], 0) is found[1]
    np.testing.assert_array_equal(again.data[..., 2], sample.data['1', 'conv_0'][..., 2])


@pytest.mark.parametrize('form', ['4d', '5d'])
@pytest.mark.parametrize('shape, limit', [((9, 13, 11), 9 * 13 * 4 * 3), ((9, 1, 11), 1)])
def test_the_parts_of_our_own_files_are_an_index(tmp_path, monkeypatch, form, shape, limit):
    """Nothing is decompressed for it but some parts that are tried."""
    monkeypatch.setattr(spool.slab_ranges, '__defaults__', (limit,))
    monkeypatch.setattr(spool.Spool.slabs, '__defaults__', (limit,))
    monkeypatch.setattr(quick_maps, 'LARGE', 100)
    monkeypatch.setattr(quick_maps, '_write_index', None)
    sample = make_sample(str(tmp_path / 'out'), ['1'], [LAYER], form, shape=shape)
    one = open_activations(sample.folder)['1', 'conv']
    found = quick_maps.QuickMaps().of(one, 3)
    assert os.path.getsize(quick_maps.index_path(one.files[0])) < 3000
    for channel in (4, 0, 2):
        expected = sample.data['1', 'conv'][..., channel]
        np.testing.assert_array_equal(found.data[..., channel], expected)
    np.testing.assert_array_equal(found.data[...], sample.data['1', 'conv'])


def test_files_of_other_programs_are_decompressed_for_it(opened, monkeypatch):
    one, data = opened
    path = one.files[0]
    with gzip.open(path) as stream:
        content = stream.read()
    with gzip.open(path, 'wb') as stream:
        stream.write(content)
    assert not quick_maps.write_index_of_parts(path, path + '.index')
    assert not os.path.exists(path + '.index')
    found = quick_maps.QuickMaps().of(one, 3)
    np.testing.assert_array_equal(found.data[..., 3], data[..., 3])
    assert quick_maps.is_indexed(path)
