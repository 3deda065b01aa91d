# -*- coding: utf-8 -*-
"""Where chunks end, and how large they are, against loops over samples."""

import itertools

import numpy as np
import pytest

from niftynet_activations.store.formats import zarr_columns


@pytest.mark.parametrize(
    'shape, expected',
    [
        ((80, 155, 240, 240), (1, 78, 30, 60)),
        ((400, 155, 240, 240), (1, 78, 30, 60)),
        ((1000, 155, 240, 240), (1, 78, 24, 48)),
        ((3000, 155, 240, 240), (1, 52, 16, 30)),
        ((1, 11, 7, 5), (1, 11, 7, 5)),
    ],
)
def test_many_channels_make_smaller_chunks(shape, expected):
    assert zarr_columns.chunk_shape(shape, 4) == expected


@pytest.mark.parametrize('corner, shape', [((0, 0, 0), (5, 7, 11)), ((1, 2, 3), (4, 3, 8))])
def test_each_sample_of_a_box_lies_in_one_column(corner, shape):
    chunks = (1, 4, 3, 2)
    map_shape = (9, 11, 7, 5)
    seen = {}
    for place, there, here in zarr_columns.overlaps(chunks, corner, shape):
        sizes = zarr_columns.column_size(map_shape, chunks, place)
        assert all(each.stop <= size for each, size in zip(there, sizes))
        inside = itertools.product(*[range(each.start, each.stop) for each in there])
        of_box = itertools.product(*[range(each.start, each.stop) for each in here])
        for where, sample in zip(inside, of_box):
            assert sample not in seen
            seen[sample] = place, where
    assert len(seen) == int(np.prod(shape))
    for sample, (place, where) in seen.items():
        for axis in range(3):
            voxel = corner[axis] + sample[axis]
            edge = chunks[3 - axis]
            assert (place[2 - axis], where[axis]) == (voxel // edge, voxel % edge)


def test_columns_end_where_the_map_does():
    assert zarr_columns.column_size((9, 11, 7, 5), (1, 4, 3, 2), (2, 2, 2)) == (1, 1, 3)
    assert zarr_columns.column_size((9, 11, 7, 5), (1, 4, 3, 2), (0, 0, 0)) == (2, 3, 4)
