# -*- coding: utf-8 -*-
"""What operations do to an axis: by hand, and against sets of voxels on random chains."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geometry import brute_force
from niftynet_activations.errors import GeometryError
from niftynet_activations.geometry import transitions as ops
from niftynet_activations.geometry.axis import voxels


def intervals(axis):
    first, last = axis.interval(np.arange(axis.size))
    return list(zip(first.tolist(), last.tolist()))


@pytest.mark.parametrize(
    'size, kernel, stride, expected',
    [
        (48, 3, 2, (0, 1)),
        (49, 3, 2, (1, 1)),
        (48, 3, 1, (1, 1)),
        (48, 2, 2, (0, 0)),
        (49, 2, 2, (0, 1)),
        (48, 4, 1, (1, 2)),
    ],
)
def test_same_padding_depends_on_the_size(size, kernel, stride, expected):
    assert ops.same_padding(size, kernel, stride) == expected


def test_same_stride_two_depends_on_the_size():
    # the figures that NiftyNet's users meet: 48 voxels are sampled at 1, 3, 5; 49 at 0, 2, 4
    even, odd = (ops.convolve(voxels(n), 3, 2) for n in (48, 49))
    assert (even.size, even.offset, odd.size, odd.offset) == (24, 1.0, 25, 0.0)
    assert intervals(even)[:2] == [(0, 2), (2, 4)]
    assert intervals(odd)[:2] == [(-1, 1), (1, 3)]


def test_even_kernel_is_lopsided():
    axis = ops.convolve(voxels(7), 4)
    assert intervals(axis)[2] == (1, 4)
    assert (axis.offset, axis.below, axis.above) == (0.5, 1.5, 1.5)


def test_valid_dilated():
    axis = ops.convolve(voxels(11), 3, 1, 2, 'VALID')
    assert (axis.size, axis.offset, axis.receptive_field, axis.period) == (7, 2.0, 5, 1)


def test_explicit_padding():
    axis = ops.convolve(voxels(7), 3, 1, 1, 'EXPLICIT', (2, 0))
    assert (axis.size, intervals(axis)[0]) == (7, (-2, 0))


def test_two_poolings_and_back():
    # a full-resolution decoder layer behind two poolings has stride 1 and period 4
    pooled = ops.convolve(ops.convolve(voxels(16), 2, 2), 2, 2)
    assert (pooled.stride, pooled.offset, pooled.period) == (4, 1.5, 4)
    back = ops.transpose_convolve(ops.transpose_convolve(pooled, 2, 2, 8), 2, 2, 16)
    assert (back.stride, back.offset, back.period, back.receptive_field) == (1, 0.0, 4, 4)
    assert intervals(back)[:5] == [(0, 3)] * 4 + [(4, 7)]


def test_transposed_kernel_three():
    axis = ops.transpose_convolve(ops.convolve(voxels(8), 2, 2), 3, 2, 8)
    # sample 0 gets pairs -1 and 0, sample 1 gets pair 0 alone
    assert intervals(axis)[:3] == [(-2, 1), (0, 1), (0, 3)]


def test_transposed_needs_connected_sizes():
    with pytest.raises(GeometryError, match='from 5 to 11 samples with kernel 2 and stride 2'):
        ops.transpose_convolve(voxels(5), 2, 2, 11)


def test_transposed_with_kernel_below_stride():
    axis = ops.transpose_convolve(voxels(3), 1, 2, 6)
    assert intervals(axis) == [(0, 0), (0, 0), (1, 1), (1, 1), (2, 2), (2, 2)]


def test_linear_resizing_by_two_hits_every_other_sample():
    axis = ops.resize_linear(ops.convolve(voxels(12), 2, 2), 12)
    assert intervals(axis)[:4] == [(0, 1), (0, 3), (2, 3), (2, 5)]
    assert (axis.offset, axis.receptive_field, axis.period) == (0.5, 4, 2)


def test_linear_resizing_with_half_pixels():
    axis = ops.resize_linear(voxels(5), 10, half_pixels=True)
    assert intervals(axis)[:4] == [(-1, 0), (0, 1), (0, 1), (1, 2)]
    assert axis.offset == -0.25


def test_linear_resizing_with_aligned_corners():
    axis = ops.resize_linear(voxels(5), 9, corners=True)
    assert intervals(axis) == [(i // 2, (i + 1) // 2) for i in range(9)]


def test_linear_shrinking_adds_to_the_period():
    axis = ops.resize_linear(voxels(12), 4)
    assert (axis.stride, axis.period, axis.receptive_field) == (3, 3, 1)


def test_odd_ratio_leaves_the_period():
    axis = ops.resize_linear(voxels(11), 10)
    assert (float(axis.stride), axis.period) == (1.1, 1)
    assert intervals(axis)[:3] == [(0, 0), (1, 2), (2, 3)]


def test_nearest_resizing():
    assert intervals(ops.resize_nearest(voxels(2), 6)) == [(0, 0)] * 3 + [(1, 1)] * 3
    halves = ops.resize_nearest(voxels(6), 2, half_pixels=True)
    assert (intervals(halves), halves.period) == ([(1, 1), (4, 4)], 3)


def test_cut_and_pad():
    axis = ops.pad(ops.cut(voxels(11), 3, 5), 1, 2)
    assert (axis.size, axis.offset) == (8, 2.0)
    stepped = ops.cut(voxels(11), 1, 5, 2)
    assert (stepped.offset, stepped.stride, stepped.period) == (1.0, 2, 2)


def test_collapsed_and_spanning():
    axis = ops.collapse(ops.convolve(voxels(8), 2, 2))
    assert (axis.size, axis.receptive_field, axis.period) == (1, None, 2)
    assert ops.convolve(ops.span(voxels(8)), 3).receptive_field is None


@pytest.mark.parametrize('before, after, whole', [(5, 10, True), (10, 5, True), (11, 10, False)])
def test_whole_ratios(before, after, whole):
    assert ops.is_whole_ratio(before, after) is whole


STEPS = st.one_of(
    st.tuples(
        st.just('convolve'),
        st.integers(1, 5),
        st.integers(1, 3),
        st.integers(1, 2),
        st.sampled_from(['SAME', 'VALID']),
    ),
    st.tuples(st.just('transpose'), st.integers(2, 4), st.integers(1, 3)),
    st.tuples(st.just('repeat'), st.integers(2, 3)),
    st.tuples(st.just('linear'), st.integers(2, 4)),
)


def apply(step, axis, sets):
    kind, numbers = step[0], step[1:]
    if kind == 'convolve':
        return ops.convolve(axis, *numbers), brute_force.convolve(sets, *numbers)
    if kind == 'repeat':
        return ops.repeat(axis, *numbers), brute_force.repeat(sets, *numbers)
    if kind == 'linear':
        size = axis.size * numbers[0]
        return ops.resize_linear(axis, size), brute_force.resize_linear(sets, size)
    kernel, stride = max(numbers), numbers[1]
    options = (kernel, stride, axis.size * stride, 'SAME')
    return (
        ops.transpose_convolve(axis, *options),
        brute_force.transpose_convolve(sets, *options),
    )


@settings(max_examples=150, deadline=None)
@given(st.integers(37, 60), st.lists(STEPS, min_size=1, max_size=4))
def test_chains_against_sets_of_voxels(window, steps):
    axis, sets = voxels(window), brute_force.voxels(window)
    for step in steps:
        try:
            axis, sets = apply(step, axis, sets)
        except GeometryError:
            return  # too small a window
        if axis.size > 400:
            return
    assert axis.size == len(sets)
    reach = axis.receptive_field
    for (first, last), found in zip(intervals(axis), sets):
        # padding lies in intervals, not in sets; away from the faces they are the same
        assert all(first <= voxel <= last for voxel in found)
        if first >= reach and last < window - reach:
            assert (first, last) == (min(found), max(found))


@settings(max_examples=60, deadline=None)
@given(st.lists(STEPS, min_size=1, max_size=3), st.integers(1, 3))
def test_period_is_a_shift_that_the_sets_follow(steps, times):
    window = 60
    axis, sets = voxels(window), brute_force.voxels(window)
    for step in steps:
        try:
            axis, sets = apply(step, axis, sets)
        except GeometryError:
            return
    samples = axis.period / axis.spacing * times
    assert samples.denominator == 1
    for low, high in zip(range(axis.size), range(int(samples), axis.size)):
        shifted = {voxel + axis.period * times for voxel in sets[low]}
        reach = axis.receptive_field
        if reach <= min(sets[low] or {0}) and max(sets[high] or {window}) < window - reach:
            assert shifted == sets[high]
