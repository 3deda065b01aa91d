# -*- coding: utf-8 -*-
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from niftynet_activations.space.boxes import (
    Box,
    covered_boxes,
    missing_boxes,
    place_of,
    slabs,
    true_runs,
)

AXES = [
    np.array([False, True, True, False, True]),
    np.array([True] * 7),
    np.array([True] * 4 + [False] * 7),
]


def test_true_runs():
    assert true_runs(np.array([True, True, False, True])) == [(0, 2), (3, 1)]
    assert true_runs(np.zeros(3, bool)) == []


def test_boxes_written_by_hand():
    assert covered_boxes(AXES) == [Box((1, 0, 0), (2, 7, 4)), Box((4, 0, 0), (1, 7, 4))]
    assert missing_boxes(AXES) == [
        Box((0, 0, 0), (1, 7, 11)),
        Box((3, 0, 0), (1, 7, 11)),
        Box((1, 0, 4), (2, 7, 7)),
        Box((4, 0, 4), (1, 7, 7)),
    ]


flags = st.lists(st.booleans(), min_size=1, max_size=7).map(lambda each: np.array(each, bool))


@settings(max_examples=100, deadline=None)
@given(flags, flags, flags, st.integers(1, 60))
def test_each_sample_lies_in_one_box(along_x, along_y, along_z, limit):
    axes = [along_x, along_y, along_z]
    covered = np.einsum('i,j,k->ijk', *axes)
    count = np.zeros(covered.shape, int)
    for box in covered_boxes(axes):
        for slab in slabs(box, limit):
            count[place_of(slab)] += 1
            assert np.prod(slab.shape) <= max(limit, slab.shape[0])
    np.testing.assert_array_equal(count, covered)
    for box in missing_boxes(axes):
        count[place_of(box)] += 1
    assert (count == 1).all()


def test_slabs_are_cut_across_the_last_axis_first():
    assert slabs(Box((1, 2, 3), (5, 7, 11)), 5 * 7 * 4) == [
        Box((1, 2, 3), (5, 7, 4)),
        Box((1, 2, 7), (5, 7, 4)),
        Box((1, 2, 11), (5, 7, 3)),
    ]
