# -*- coding: utf-8 -*-
"""Blocks of a map: the same rows from every format, whatever their size."""

import os

import numpy as np
import pytest
from sample_folder import make_sample

from niftynet_activations import open_activations
from niftynet_activations.looking.answers.voxel_blocks import blocks_of, channel_columns, read_ahead


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
