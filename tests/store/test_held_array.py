# -*- coding: utf-8 -*-
"""An array in pieces reads as one that is whole."""

import numpy as np
import pytest

from niftynet_activations.store.held_array import HeldArray, Piece

SHAPE = (5, 7, 11, 3)
WHOLE = np.random.RandomState(6).normal(size=SHAPE).astype(np.float32)
# for each piece its corner and one behind its end: all, one end, a corner, the middle, two of them
PIECES = [
    [((0, 0, 0), (5, 7, 11))],
    [((0, 0, 6), (5, 7, 11))],
    [((2, 3, 4), (5, 7, 11))],
    [((1, 2, 3), (4, 5, 9))],
    [((0, 0, 0), (5, 2, 11)), ((0, 4, 2), (3, 7, 10))],
]
INDICES = [
    np.s_[...],
    np.s_[:, :, 6:7],
    np.s_[1:2, 6, 1::4],
    np.s_[::-2, 1::3, ::5, [2, 0]],
    np.s_[0, 0, 10, 1],
    np.s_[3:3],
    np.s_[4, :, -5:-1:2],
]


def in_pieces(places):
    """WHOLE, with something else beneath the pieces; what they hold needs nothing beneath it."""
    values, pieces = WHOLE.copy(), []
    for first, end in places:
        inside = tuple(slice(*each) for each in zip(first, end))
        values[inside] = np.nan
        pieces.append(Piece(first, WHOLE[inside]))
    return HeldArray(SHAPE, None if np.isnan(values).all() else values, pieces)


@pytest.mark.parametrize('places', PIECES)
def test_slices(places):
    array = in_pieces(places)
    assert array.shape == SHAPE and array.dtype == np.float32 and not array.all_nan
    for index in INDICES:
        np.testing.assert_array_equal(array[index], WHOLE[index], err_msg=str(index))
    whole = array[...]
    assert whole.flags.c_contiguous and whole.flags.writeable
    whole[:] = 0
    np.testing.assert_array_equal(array, WHOLE)


def test_it_is_nan_throughout():
    """What lies beneath the pieces does not count."""
    nan = np.full(SHAPE, np.nan, np.float32)
    pieces = [Piece((0, 2, 0), nan[:, :3])]
    assert HeldArray(SHAPE, nan).all_nan and not HeldArray(SHAPE, WHOLE).all_nan
    beneath = nan.copy()
    beneath[:, 2:5] = 1
    assert HeldArray(SHAPE, beneath, pieces).all_nan
    for place in ((4, 6, 10, 2), (0, 0, 0, 1)):
        one = nan.copy()
        one[place] = 1
        assert not HeldArray(SHAPE, one).all_nan and not HeldArray(SHAPE, one, pieces).all_nan
    assert not HeldArray(SHAPE, None, [Piece((0, 0, 0), WHOLE)]).all_nan
