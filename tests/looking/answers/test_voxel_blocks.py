# -*- coding: utf-8 -*-
"""Blocks of a map: the same rows from every format, whatever their size."""

import os

import numpy as np
import pytest
from sample_folder import make_sample

from niftynet_activations import open_activations
from niftynet_activations.looking.answers import voxel_blocks
from niftynet_activations.looking.answers.voxel_blocks import (
    blocks_of,
    channel_columns,
    complete_rows,
    planes_of,
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
    with planes_of(maps, 4) as planes:
        for sample, part in zip(samples, planes):
            expected = sample.data['one', 'logits']
            np.testing.assert_array_equal(np.asarray(part), expected)
            for index in (np.s_[:, :, 3:9, :], np.s_[2:-3:2, ::-1, 1::5, 2], np.s_[..., 4, [2, 0]]):
                np.testing.assert_array_equal(part[index], expected[index])
            assert part[:, :, 5:5].shape == expected[:, :, 5:5].shape


@pytest.mark.parametrize('order', 'CF')
def test_rows_with_all_channels_are_left(order, monkeypatch):
    monkeypatch.setattr(voxel_blocks, 'PIECE_ROWS', 7)
    rows = np.random.RandomState(1).normal(size=(40, 3)).astype(np.float32)
    rows[12, 1], rows[33] = np.nan, np.inf
    expected = np.delete(rows, [12, 33], axis=0)
    found = complete_rows(np.array(rows, order=order))
    assert found.dtype == np.float64 and found.flags['C_CONTIGUOUS']
    np.testing.assert_array_equal(found, expected)
