# -*- coding: utf-8 -*-
"""An array in pieces reads as one that is whole."""

import numpy as np
import pytest

from niftynet_activations.store.held_array import HeldArray, Piece

SHAPE = (5, 7, 11, 3)
WHOLE = np.random.RandomState(6).normal(size=SHAPE).astype(np.float32)
# corner and one behind the end of what the last window gave: all, one end, a corner, the middle
LASTS = [((0, 0, 0), (5, 7, 11)), ((0, 0, 6), (5, 7, 11)), ((2, 3, 4), (5, 7, 11))]
LASTS += [((1, 2, 3), (4, 5, 9))]
INDICES = [
    np.s_[...],
    np.s_[:, :, 6:7],
    np.s_[1:2, 6, 1::4],
    np.s_[::-2, 1::3, ::5, [2, 0]],
    np.s_[0, 0, 10, 1],
    np.s_[3:3],
    np.s_[4, :, -5:-1:2],
]


def in_pieces(first, end, filling=np.nan):
    """WHOLE, with something else beneath the last piece."""
    inside = tuple(slice(*each) for each in zip(first, end))
    values = WHOLE.copy()
    values[inside] = filling
    return HeldArray(values, Piece(first, WHOLE[inside]))


@pytest.mark.parametrize('first, end', LASTS)
def test_slices(first, end):
    array = in_pieces(first, end)
    assert array.shape == SHAPE and array.dtype == np.float32 and not array.all_nan
    for index in INDICES:
        found = array[index]
        np.testing.assert_array_equal(found, WHOLE[index], err_msg=str(index))
    assert sum(each.values.size for each in array.pieces) == WHOLE.size
    array[...][:] = 0
    assert array[...].flags.c_contiguous and array[...].flags.writeable
    np.testing.assert_array_equal(array, WHOLE)


def test_it_is_nan_throughout():
    """What lies beneath the last piece does not count."""
    last = Piece((0, 2, 0), np.full((5, 3, 11, 3), np.nan, np.float32))
    nan = np.full(SHAPE, np.nan, np.float32)
    assert HeldArray(nan).all_nan and not HeldArray(WHOLE).all_nan
    beneath = nan.copy()
    beneath[:, 2:5] = 1
    assert HeldArray(beneath, last).all_nan
    nan[4, 6, 10, 2] = 1
    assert not HeldArray(nan).all_nan and not HeldArray(nan, last).all_nan
