# -*- coding: utf-8 -*-
"""How large chunks are, and how boxes are cut where they end, beside numpy."""

import numpy as np
import pytest

from niftynet_activations.store.formats.zarr_chunks import Chunks, chunk_shape


def test_many_channels_make_smaller_chunks():
    assert chunk_shape((80, 155, 240, 240), 4) == (1, 52, 60, 60)
    assert chunk_shape((400, 155, 240, 240), 4) == (1, 39, 48, 48)
    assert chunk_shape((3000, 155, 240, 240), 4) == (1, 23, 24, 24)
    assert chunk_shape((1, 11, 7, 5), 4) == (1, 11, 7, 5)


@pytest.mark.parametrize(
    'corner, shape', [((0, 0, 0), (5, 7, 11)), ((1, 2, 3), (4, 3, 6)), ((4, 6, 10), (1, 1, 1))]
)
def test_a_box_is_cut_where_chunks_end(corner, shape):
    chunks = Chunks((1, 4, 3, 2), (2, 11, 7, 5))
    columns = {}
    box = np.arange(np.prod(shape)).reshape(shape)
    for place, there, here in chunks.overlaps(corner, shape):
        column = columns.setdefault(place, np.full(chunks.size(place), -1))
        assert np.all(column[there] == -1)
        column[there] = box[here]
    whole = np.full((6, 9, 12), -1)  # x, y, z, in whole chunks
    for (z, y, x), column in columns.items():
        place = (2 * x, 3 * y, 4 * z)
        whole[tuple(slice(low, low + n) for low, n in zip(place, column.shape))] = column
    expected = np.full((6, 9, 12), -1)
    expected[tuple(slice(low, low + n) for low, n in zip(corner, shape))] = box
    np.testing.assert_array_equal(whole, expected)


def test_columns_at_the_upper_ends_are_shorter():
    chunks = Chunks((1, 4, 3, 2), (2, 11, 7, 5))
    assert chunks.size((0, 0, 0)) == (2, 3, 4) and chunks.size((2, 2, 2)) == (1, 1, 3)
