# -*- coding: utf-8 -*-
"""What goes in in boxes comes out in file order."""

import os

import numpy as np
import pytest

from niftynet_activations.store.formats.spool import Spool
from tests.store.maps import SHAPE, cut, make_values


@pytest.mark.parametrize('limit', [1, 5 * 7 * 4 * 3, 1 << 20])
def test_slabs_are_the_volume_channel_by_channel(tmp_path, limit):
    values = make_values()
    spool = Spool(str(tmp_path / 'spool'), SHAPE, 3)
    for corner, block in cut(values):
        spool.append(corner, block)
    planned = list(spool.slabs([0, 2], limit))
    assert planned == sorted(planned)
    for channel in (0, 2):
        parts = [spool.slab(*each) for each in planned if each[0] == channel]
        assert all(part.nbytes <= max(limit, 5 * 7 * 4) for part in parts)
        found = np.concatenate(parts)
        assert np.array_equal(found.transpose(2, 1, 0), values[..., channel])
    assert os.path.getsize(spool.path) == values.nbytes


def test_what_never_came_is_nan(tmp_path):
    spool = Spool(str(tmp_path / 'spool'), SHAPE, 3)
    spool.append((1, 2, 3), np.ones((2, 3, 4, 3)))
    spool.append_missing((0, 0, 0), (5, 7, 2))
    expected = np.full((11, 7, 5), np.nan)
    expected[3:7, 2:5, 1:3] = 1
    assert np.array_equal(np.isnan(spool.slab(1, 0, 11)), np.isnan(expected))


def test_file_cut_short_is_told(tmp_path):
    spool = Spool(str(tmp_path / 'spool'), SHAPE, 3)
    spool.append((0, 0, 0), make_values())
    os.truncate(spool.path, 100)
    with pytest.raises(OSError, match='was cut short'):
        spool.slab(2, 0, 11)


def test_nothing_is_left(tmp_path):
    spool = Spool(str(tmp_path / 'spool'), SHAPE, 3)
    spool.remove()
    spool.remove()
    assert not list(tmp_path.iterdir())
