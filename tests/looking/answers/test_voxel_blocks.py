# -*- coding: utf-8 -*-
"""Blocks of a map: the same rows from every format, whatever their size."""

import os
import time

import numpy as np
import pytest
from sample_folder import make_sample

from niftynet_activations import open_activations
from niftynet_activations.looking.answers import voxel_blocks
from niftynet_activations.looking.answers.voxel_blocks import (
    blocks_of,
    channel_columns,
    complete_rows,
    in_workers,
    planes_of,
    read_ahead,
)


@pytest.mark.parametrize(
    'form, file_format', [('4d', 'nii.gz'), ('5d', 'nii'), ('split', 'nii.gz'), ('zarr', '')]
)
@pytest.mark.parametrize('block_bytes', [1, 30000, 1 << 30])
def test_blocks_are_the_map_x_fastest(form, file_format, block_bytes, tmp_path):
    sample = make_sample(str(tmp_path / 'maps'), ['one'], form=form, file_format=file_format)
    maps = open_activations(sample.folder)
    expected = sample.data['one', 'res_1/pool:1'].reshape(-1, 6, order='F')
    blocks = list(blocks_of(maps['one', 'res_1/pool:1'], block_bytes))
    np.testing.assert_array_equal(np.concatenate(blocks), expected)
    if block_bytes == 1:
        assert len(blocks) == sample.data['one', 'res_1/pool:1'].shape[2]


def test_scratch_is_gone_afterwards(tmp_path, monkeypatch):
    (tmp_path / 'scratch').mkdir()
    monkeypatch.setenv('NIFTYNET_ACTIVATIONS_SCRATCH', str(tmp_path / 'scratch'))
    sample = make_sample(str(tmp_path / 'maps'), ['one'])
    rows = blocks_of(open_activations(sample.folder)['one', 'conv_0'], 1)
    next(rows)
    rows.close()
    assert os.listdir(str(tmp_path / 'scratch')) == []


def test_columns_have_the_network_s_numbers(tmp_path):
    sample = make_sample(str(tmp_path / 'maps'), ['one'])
    maps = open_activations(sample.folder)
    assert channel_columns(maps['one', 'logits']) == ['logits|0', 'logits|1', 'logits|2']


def test_reading_ahead_gives_everything_in_order_and_errors_too():
    def arrays():
        for number in range(5):
            yield np.full(3, number)
        raise ValueError('the file ends here')

    found = []
    with pytest.raises(ValueError, match='ends here'):
        for array in read_ahead(arrays()):
            found.append(int(array[0]))
    assert found == [0, 1, 2, 3, 4]
    # whoever stops early waits for nothing but the array under way
    assert next(read_ahead(arrays()))[0] == 0


def test_workers_give_everything_in_order_and_errors_too():
    def parts():
        for number in range(9):
            yield number

    def work(number):
        time.sleep(0.02 * (number % 2 == 0))  # later parts are ready first
        if number == 7:
            raise ValueError('part 7')
        return number * 10

    found = []
    with pytest.raises(ValueError, match='part 7'):
        for made in in_workers(work, parts()):
            found.append(made)
    assert found == [0, 10, 20, 30, 40, 50, 60]
    assert next(in_workers(work, parts())) == 0
    assert list(in_workers(work, iter([]))) == []


def test_maps_of_any_format_are_unpacked_side_by_side(tmp_path):
    samples = [
        make_sample(str(tmp_path / name), ['one'], form=form, file_format=file_format)
        for name, form, file_format in (
            ('a', '4d', 'nii.gz'),
            ('b', 'zarr', ''),
            ('c', '4d', 'nii'),
        )
    ]
    maps = [open_activations(sample.folder)['one', 'logits'] for sample in samples]
    with planes_of(*maps) as planes:
        for sample, part in zip(samples, planes):
            expected = sample.data['one', 'logits'][:, :, 3:9]
            np.testing.assert_array_equal(np.asarray(part[:, :, 3:9, :]), expected)


@pytest.mark.parametrize('order', 'CF')
def test_rows_with_all_channels_are_left(order, monkeypatch):
    monkeypatch.setattr(voxel_blocks, 'PIECE_ROWS', 7)
    rows = np.random.RandomState(1).normal(size=(40, 3)).astype(np.float32)
    rows[12, 1], rows[33] = np.nan, np.inf
    expected = np.delete(rows, [12, 33], axis=0)
    found = complete_rows(np.array(rows, order=order))
    assert found.dtype == np.float64 and found.flags['C_CONTIGUOUS']
    np.testing.assert_array_equal(found, expected)
