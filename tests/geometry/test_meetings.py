# -*- coding: utf-8 -*-
"""Branches that meet, and axes that are taken apart and woven again."""

import numpy as np
import pytest

from niftynet_activations.errors import GeometryError
from niftynet_activations.geometry.axis import voxels
from niftynet_activations.geometry.meetings import meet, take_apart, weave
from niftynet_activations.geometry.transitions import (
    collapse,
    convolve,
    cut,
    repeat,
    resize_linear,
    transpose_convolve,
)


def test_decoder_lies_on_its_skip_connection():
    skip = convolve(voxels(12), 3)
    # kernel 3, stride 2 on 12 voxels samples at 1, 3, 5: the way back lies half a voxel off
    deep = repeat(convolve(skip, 3, 2), 2)
    assert deep.offset == 0.5
    both = meet([deep, skip])
    assert (both.offset, both.stride, both.period) == (0.0, 1, 2)
    assert (both.receptive_field, both.counting_field) == (5, 3)
    np.testing.assert_array_equal(both.interval([0, 1])[0], [-1, -1])
    assert (both.below, both.above) == (2.0, 3.0)


def test_later_meeting_counts_with_the_smaller_branch():
    wide_with_small_core = meet([convolve(voxels(9), 9), cut(voxels(10), 1, 9)])
    middle = convolve(voxels(9), 3)
    # a field of 9 that counts as 1 wins against a field of 3
    assert meet([middle, wide_with_small_core]).offset == 1.0


def test_a_layer_behind_a_meeting_counts_with_the_branch_that_placed_it():
    pooled = convolve(voxels(24), 2, 2)
    met = meet([resize_linear(pooled, 24), convolve(voxels(24), 3)])
    assert (met.offset, met.period, met.receptive_field, met.counting_field) == (0.0, 2, 4, 3)
    deeper = convolve(met, 5)
    assert (deeper.receptive_field, deeper.counting_field) == (8, 7)
    # a branch half a voxel off, with a field between the two
    assert meet([deeper, resize_linear(convolve(pooled, 4), 24)]).offset == 0.0


def test_equal_fields_follow_the_first():
    moved = cut(voxels(10), 1, 9)
    assert meet([moved, voxels(9)]).offset == 1.0
    assert meet([voxels(9), moved]).offset == 0.0


def test_branch_over_the_whole_window_has_no_say():
    axis = meet([collapse(voxels(9)), convolve(voxels(9), 5)])
    assert (axis.size, axis.offset, axis.receptive_field) == (9, 0.0, None)


def test_spanning_branch_has_no_say():
    spread = voxels(10)._replace(spans=True)
    axis = meet([cut(spread, 1, 9), convolve(voxels(9), 3)])
    assert (axis.offset, axis.receptive_field) == (0.0, None)


def test_branches_of_drifting_strides_are_covered():
    odd = resize_linear(voxels(11), 10)
    axis = meet([odd, convolve(cut(voxels(11), 0, 10), 3)])
    first, last = axis.interval(np.arange(10))
    for sample in range(10):
        assert first[sample] <= min(sample - 1, int(sample * 1.1))
        assert last[sample] >= max(sample + 1, int(sample * 1.1))


def test_sizes_that_do_not_meet():
    with pytest.raises(GeometryError, match='branches with 9 and 8 samples meet'):
        meet([voxels(9), voxels(8)])


def test_dilation_adds_no_stride():
    parts = [convolve(part, 3) for part in take_apart(voxels(12), 4, 0, 0)]
    axis = weave(parts, 0, 0)
    assert axis == convolve(voxels(12), 3, 1, 4)
    assert (axis.period, axis.receptive_field) == (1, 9)


def test_dilation_by_valid_with_padding_and_crops():
    # tf.nn.convolution, kernel 3, dilation 2, SAME, on 7 voxels: pads 2 and 2 + 1, crops 1
    parts = [convolve(part, 3, padding='VALID') for part in take_apart(voxels(7), 2, 2, 3)]
    assert weave(parts, 0, 1) == convolve(voxels(7), 3, 1, 2)


def test_stride_inside_a_dilated_block_counts():
    parts = [convolve(part, 2, 2) for part in take_apart(voxels(12), 2, 0, 0)]
    axis = weave(parts, 0, 0)
    # samples 0, 1, 2, 3 see voxels 0 2, 1 3, 4 6, 5 7
    np.testing.assert_array_equal(axis.interval(np.arange(4)), [[0, 1, 4, 5], [2, 3, 6, 7]])
    assert (axis.size, axis.stride, axis.period) == (6, 2, 4)


def test_blocks_within_blocks():
    outer = take_apart(voxels(24), 2, 0, 0)
    inner = [take_apart(part, 3, 0, 0) for part in outer]
    parts = [weave([convolve(p, 3) for p in group], 0, 0) for group in inner]
    assert weave(parts, 0, 0) == convolve(voxels(24), 3, 1, 6)


def test_upsampling_inside_a_dilated_block():
    parts = [transpose_convolve(p, 2, 2, 12) for p in take_apart(voxels(12), 2, 0, 0)]
    axis = weave(parts, 0, 0)
    np.testing.assert_array_equal(axis.interval(np.arange(6))[0], [0, 1, 0, 1, 2, 3])


def test_block_that_does_not_divide():
    with pytest.raises(GeometryError, match='13 samples is dilated by 4'):
        take_apart(voxels(13), 4, 0, 0)
