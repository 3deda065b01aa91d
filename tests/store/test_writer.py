# -*- coding: utf-8 -*-
"""A map from its boxes to its files, table and sidecar."""

import csv
import json
import threading

import nibabel as nib
import numpy as np
import pytest

from niftynet_activations.errors import OptionError, WriteError
from niftynet_activations.running.pipeline import Pipeline
from niftynet_activations.store import tables
from niftynet_activations.store.description import MapDescription
from niftynet_activations.store.folder import OutputFolder
from niftynet_activations.store.writer import MapWriter
from tests.store.maps import AFFINE, SHAPE, cut, make_spec, make_values

STEM = 'activation_res.conv-1_s_1_out'


@pytest.fixture
def folder(tmp_path):
    with OutputFolder(str(tmp_path)) as made:
        yield made


def load(tmp_path, name):
    return np.asarray(nib.load(str(tmp_path / name)).dataobj)


@pytest.mark.parametrize('file_format', ['nii', 'nii.gz'])
def test_boxes_through_a_pipeline_become_files(tmp_path, folder, file_format):
    values = make_values()
    values[1, 2, 3, 0] = np.nan
    writer = MapWriter(folder, make_spec(format=file_format, settings='abc'))
    pipeline = Pipeline(1000, workers=3)
    for corner, block in cut(values):
        pipeline.put(lambda c=corner, b=block: writer.write(c, b), block.nbytes, 'map')
    names = []
    pipeline.put(
        lambda: names.extend(writer.finish(MapDescription(exact=True))), key='map', in_turn=True
    )
    pipeline.close()
    assert names == ['{}.{}'.format(STEM, file_format)] == writer.finish(MapDescription())
    np.testing.assert_array_equal(load(tmp_path, names[0]), values)
    info = json.loads((tmp_path / (STEM + '.json')).read_text())
    assert (info['nan'], info['missing'], info['missing_value']) == (1, 0, None)
    assert (info['layer'], info['subject'], info['channels']) == ('res/conv:1', 's_1', [2, 4, 9])
    assert (info['shape'], info['dtype'], info['exact']) == ([5, 7, 11, 3], 'float32', True)
    assert info['affine'] == AFFINE.tolist()
    assert info['versions']['settings'] == 'abc'
    with open(str(tmp_path / 'activations.csv'), newline='') as stream:
        (row,) = csv.DictReader(stream)
    assert row['file'] == names[0] and row['channels'] == '3' and row['exact'] == 'true'
    assert [row['shape_' + axis] for axis in 'xyz'] == ['5', '7', '11']


def test_missing_is_counted_in_all_channels_and_nan_apart(tmp_path, folder):
    values = make_values()
    values[0, 0, 0] = np.nan
    writer = MapWriter(folder, make_spec())
    writer.write((0, 0, 0), values[:, :, :8])
    writer.fill_missing((0, 0, 8), (5, 7, 3))
    (name,) = writer.finish(MapDescription())
    info = json.loads((tmp_path / (STEM + '.json')).read_text())
    assert (info['missing'], info['nan']) == (5 * 7 * 3 * 3, 3)
    assert np.isnan(load(tmp_path, name)).sum() == 5 * 7 * 3 * 3 + 3


def test_integer_sidecar_tells_the_scaling(tmp_path, folder):
    writer = MapWriter(folder, make_spec(dtype='int16', layout='split'))
    writer.write((0, 0, 0), make_values()[:4])
    writer.fill_missing((4, 0, 0), (1, 7, 11))
    names = writer.finish(MapDescription())
    info = json.loads((tmp_path / (STEM + '.json')).read_text())
    image = nib.load(str(tmp_path / names[2]))
    found = np.asarray(image.dataobj)
    assert np.abs(found[:4] - make_values()[:4, :, :, 2]).max() <= info['error_bound']
    assert (found[4] == info['missing_value']).all()
    assert image.dataobj.slope == info['scl_slope'] and image.dataobj.inter == info['scl_inter']
    assert info['shape'] == [5, 7, 11] and info['channels'] == [2, 4, 9]
    assert [row['channels'] for row in tables.read_rows(str(tmp_path / 'activations.csv'))] == [
        '1'
    ] * 3


def test_nothing_has_its_name_before_the_end(tmp_path, folder):
    writer = MapWriter(folder, make_spec(format='nii'))
    writer.write((0, 0, 0), make_values())
    assert not [p for p in tmp_path.iterdir() if not p.name.startswith('.')]
    writer.abandon()
    writer.abandon()
    with pytest.raises(WriteError, match='complete or given up'):
        writer.write((0, 0, 0), make_values())


def test_giving_up_after_the_end_keeps_the_files(tmp_path, folder):
    writer = MapWriter(folder, make_spec())
    writer.write((0, 0, 0), make_values())
    (name,) = writer.finish(MapDescription())
    writer.abandon()
    assert (tmp_path / name).exists()


def test_map_with_holes_is_refused(tmp_path, folder):
    writer = MapWriter(folder, make_spec())
    writer.write((0, 0, 0), make_values()[:4])
    with pytest.raises(WriteError, match='1155 samples, of which 924 were written and 0 marked'):
        writer.finish(MapDescription())
    assert not (tmp_path / (STEM + '.json')).exists()


@pytest.mark.parametrize('corner', [(-1, 0, 0), (1, 0, 0), (0, 0, 1)])
def test_box_outside_the_map_is_a_fault(folder, corner):
    writer = MapWriter(folder, make_spec())
    with pytest.raises(ValueError, match='does not lie in a map of'):
        writer.write(corner, make_values())
    with pytest.raises(ValueError, match='does not lie in a map of'):
        writer.fill_missing(corner, SHAPE)


def test_block_of_other_channels_is_a_fault(folder):
    with pytest.raises(ValueError, match='block of 3 channels is expected'):
        MapWriter(folder, make_spec()).write((0, 0, 0), make_values(channels=2))


def test_options_are_checked(folder):
    with pytest.raises(OptionError, match='float16'):
        MapWriter(folder, make_spec(dtype='float16'))


def test_empty_box_is_no_box(folder):
    writer = MapWriter(folder, make_spec())
    writer.write((5, 0, 0), make_values()[5:])
    writer.write((0, 0, 0), make_values())
    writer.fill_missing((0, 7, 0), (5, 0, 11))
    assert writer.finish(MapDescription())


def test_giving_up_waits_for_a_write_under_way(tmp_path, folder):
    writer = MapWriter(folder, make_spec())
    entered, go = threading.Event(), threading.Event()
    plain = writer._sink.write

    def slow(corner, block):
        entered.set()
        go.wait(5)
        plain(corner, block)

    writer._sink.write = slow
    thread = threading.Thread(target=writer.write, args=((0, 0, 0), make_values()))
    thread.start()
    entered.wait(5)
    ending = threading.Thread(target=writer.abandon)
    ending.start()
    ending.join(0.05)
    assert ending.is_alive()
    go.set()
    ending.join(5)
    thread.join(5)
    assert not ending.is_alive()


def test_zarr_store_replaces_the_one_before(tmp_path, folder):
    zarr = pytest.importorskip('zarr', reason='the zarr package is not installed')
    for seed in (0, 1):
        writer = MapWriter(folder, make_spec(format='zarr', dtype='float16'))
        for corner, block in cut(make_values(seed)):
            writer.write(corner, block)
        (name,) = writer.finish(MapDescription())
    found = zarr.open_group(str(tmp_path / name), mode='r')['0'][:]
    np.testing.assert_array_equal(found.T, make_values(1).astype(np.float16))
    info = json.loads((tmp_path / (STEM + '.json')).read_text())
    assert (info['shape'], info['dtype']) == ([3, 11, 7, 5], 'float16')
    assert info['missing_value'] is None and 0 < info['error_bound'] < 2e-3
    (row,) = tables.read_rows(str(tmp_path / 'activations.csv'))
    assert (row['file'], row['shape_x'], row['channels']) == (name, '5', '3')
