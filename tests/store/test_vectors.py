# -*- coding: utf-8 -*-
"""Vectors of windows, read back with pandas' plain relative."""

import csv
import json

import numpy as np
import pytest

from niftynet_activations.errors import WriteError
from niftynet_activations.store import existing, tables
from niftynet_activations.store.description import MapDescription
from niftynet_activations.store.folder import OutputFolder
from niftynet_activations.store.vectors import VectorTable, vector_spec

SPEC = vector_spec('s_1', 'res/conv:1', 'out', (2, 4, 9), 'abc')
STEM = 'activation_res.conv-1_s_1_out'


@pytest.fixture
def folder(tmp_path):
    with OutputFolder(str(tmp_path)) as made:
        yield made


def test_a_row_for_each_window(tmp_path, folder):
    values = np.random.RandomState(0).randn(2, 3).astype(np.float32)
    values[1, 2] = np.nan
    table = VectorTable(folder, SPEC)
    table.append((0, 1, 2, 5, 6, 7), values[0])
    table.append(np.array([3, 1, 2, 8, 6, 7]), values[1])
    table.append((0, 1, 2, 5, 6, 7), values[0])
    assert table.finish(MapDescription()) == [STEM + '.csv'] == table.finish(MapDescription())
    table.abandon()
    with open(str(tmp_path / (STEM + '.csv')), newline='') as stream:
        rows = list(csv.reader(stream))
    assert rows[0] == 'x_start,y_start,z_start,x_end,y_end,z_end,c2,c4,c9'.split(',')
    assert [row[:6] for row in rows[1:]] == [list('012567'), list('312867')]
    found = np.array([row[6:] for row in rows[1:]], dtype=np.float32)
    np.testing.assert_array_equal(found, values)
    info = json.loads((tmp_path / (STEM + '.json')).read_text())
    assert (info['shape'], info['windows'], info['nan']) == ([2, 3], 2, 1)
    assert info['affine'] is None
    (row,) = tables.read_rows(str(tmp_path / 'activations.csv'))
    assert (row['file'], row['channels'], row['shape_x']) == (STEM + '.csv', '3', '')
    assert existing.is_complete(str(tmp_path), SPEC)


def test_nothing_is_left_after_giving_up(tmp_path, folder):
    table = VectorTable(folder, SPEC)
    table.abandon()
    table.abandon()
    with pytest.raises(WriteError, match='complete or given up'):
        table.append(range(6), np.zeros(3))
    assert not [p for p in tmp_path.iterdir() if not p.name.startswith('.')]


@pytest.mark.parametrize(
    'location, values',
    [(range(7), np.zeros(3)), (range(6), np.zeros((1, 3)))],
)
def test_other_shapes_are_a_fault(folder, location, values):
    with pytest.raises(ValueError, match='six places and 3 channels are expected'):
        VectorTable(folder, SPEC).append(location, values)
