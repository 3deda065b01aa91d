# -*- coding: utf-8 -*-
"""Blocks turned into the order of files, against loops."""

import numpy as np
import pytest

from niftynet_activations.store import memory_order


@pytest.mark.parametrize('limit', [1, 5 * 7 * 11 * 4 * 2, 5 * 7 * 11 * 4 * 20, 1 << 20])
@pytest.mark.parametrize('channels', [1, 3, 37])
def test_pieces_hold_every_number_at_its_place(limit, channels):
    block = np.random.RandomState(0).randn(5, 7, 11, channels).astype(np.float32)
    found = np.full((channels, 11, 7, 5), np.nan, np.float32)
    for first, piece in memory_order.pieces(block, limit=limit):
        assert piece.flags.c_contiguous
        assert piece.shape[0] == 1 or piece.nbytes <= limit
        found[first : first + len(piece)] = piece
    for c in range(channels):
        for x, y, z in ((0, 0, 0), (4, 6, 10), (1, 5, 2)):
            assert found[c, z, y, x] == block[x, y, z, c]
    assert np.array_equal(found, np.swapaxes(np.swapaxes(block, 0, 3), 1, 2))


def test_block_is_left_as_it_was_and_may_be_a_view():
    whole = np.arange(2 * 3 * 4 * 5).reshape(2, 3, 4, 5)
    before = whole.copy()
    ((_, piece),) = memory_order.pieces(whole[:, 1:, ::2, 2:4])
    assert piece.dtype == np.float32
    assert piece.tolist() == whole[:, 1:, ::2, 2:4].transpose(3, 2, 1, 0).tolist()
    assert np.array_equal(whole, before)


@pytest.mark.parametrize('narrow', [0, 128])
@pytest.mark.parametrize('tile', [1, 5 * 3 * 4 * 4, 1 << 20])
@pytest.mark.parametrize('ordered', [False, True])
def test_turning(tile, narrow, ordered, monkeypatch):
    monkeypatch.setattr(memory_order, 'TILE_BYTES', tile)
    monkeypatch.setattr(memory_order, 'NARROW_BYTES', narrow)
    block = np.random.RandomState(1).randn(5, 7, 11, 3).astype(np.float32)
    expected = np.array([[[[block[x, y, z, c] for x in range(5)] for y in range(7)]
                          for z in range(11)] for c in range(3)])  # fmt: skip
    if ordered:  # in memory as files have it
        block = np.asfortranarray(block)
    target = np.full((3, 11, 7, 5), np.nan)
    memory_order.turn(target, block)
    assert np.array_equal(target, expected)


@pytest.mark.parametrize(
    'values, expected',
    [
        ([1, 2, 3], 0),
        ([np.nan, 2, np.nan], 2),
        ([np.inf, -np.inf, 1], 0),
        ([np.inf, -np.inf, np.nan], 1),
        ([3e38, 3e38, 3e38], 0),
    ],
)
def test_nan_are_counted(values, expected):
    assert memory_order.count_nan(np.array(values, np.float32)) == expected
