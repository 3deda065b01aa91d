# -*- coding: utf-8 -*-
"""What the page is told before it asks for volumes."""

import os

import numpy as np
import pytest
from sample_folder import Layer, make_sample

from niftynet_activations import open_activations
from niftynet_activations.looking.viewer import entries, quick_maps


def test_flat_maps_name_their_plane():
    affine = np.diag([1.0, 2.0, 3.0, 1.0])
    assert entries.plane_of(affine, (4, 5, 1, 2)) == 'axial'
    assert entries.plane_of(affine, (4, 1, 6, 2)) == 'coronal'
    assert entries.plane_of(affine[[2, 1, 0, 3]], (4, 5, 1, 2)) == 'sagittal'
    assert entries.plane_of(affine, (4, 5, 6, 1)) is None


def test_folders_are_told_apart_by_the_shortest_end_of_their_path(tmp_path):
    few = [Layer('conv', 1, 1, 0.0)]
    folders = []
    for end in ('a/maps', 'b/maps', 'b/other'):
        make_sample(str(tmp_path / end), ['1'], few, file_format='nii', shape=(3, 4, 5))
        folders.append(open_activations(str(tmp_path / end)))
    assert entries.folder_titles(folders[:1]) == ['maps']
    assert entries.folder_titles(folders[1:]) == ['maps', 'other']
    assert entries.folder_titles(folders) == [
        os.path.join('a', 'maps'),
        os.path.join('b', 'maps'),
        os.path.join('b', 'other'),
    ]
    assert entries.folder_titles([folders[0], folders[0]]) == [folders[0].folder] * 2


@pytest.mark.parametrize('kind, told', [('nii.gz', True), ('nii', False)])
def test_a_large_compressed_map_comes_with_advice(tmp_path, monkeypatch, kind, told):
    few = [Layer('conv', 2, 1, 0.0)]
    sample = make_sample(str(tmp_path / 'out'), ['1'], few, file_format=kind, shape=(3, 4, 5))
    one = open_activations(sample.folder)['1', 'conv']
    assert entries.map_entry(one)['advice'] is None
    monkeypatch.setattr(quick_maps, 'ADVISE', 10)
    entry = entries.map_entry(one)
    assert ('activation_format = zarr' in (entry['advice'] or '')) is told
    assert entry['field'] == [3, 3, 3] and entry['shape'] == [3, 4, 5, 2]


def test_headers_are_read_once_until_a_file_changes(tmp_path, monkeypatch):
    few = [Layer('conv', 2, 1, 0.0), Layer('pool', 3, 1, 0.0)]
    sample = make_sample(str(tmp_path / 'out'), ['1'], few, file_format='nii', shape=(3, 4, 5))
    read, made = [], entries.map_entry
    monkeypatch.setattr(entries, 'map_entry', lambda one: read.append(one.layer) or made(one))
    known = entries.MapEntries()
    maps = open_activations(sample.folder)
    first = [known.of(one) for one in maps.values()]
    assert [known.of(one) for one in maps.values()] == first
    assert read == ['conv', 'pool']
    os.remove(maps['1', 'pool'].files[0])
    assert 'is not there' in known.of(maps['1', 'pool'])['note']
    assert known.of(maps['1', 'conv'])['note'] is None
    assert read == ['conv', 'pool', 'pool']
