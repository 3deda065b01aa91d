# -*- coding: utf-8 -*-
"""One axis: what can be read off its intervals, on values written by hand."""

from fractions import Fraction

import numpy as np
import pytest

from niftynet_activations.errors import GeometryError
from niftynet_activations.geometry.axis import common_multiple, make_axis, voxels


def test_the_input_itself():
    axis = voxels(11)
    assert (axis.size, axis.stride, axis.offset, axis.period) == (11, 1, 0.0, 1)
    assert (axis.receptive_field, axis.below, axis.above) == (1, 0.0, 0.0)
    np.testing.assert_array_equal(axis.interval([0, 4, -2]), [[0, 4, -2], [0, 4, -2]])


def test_lopsided_field():
    axis = make_axis(7, 4, Fraction(2), [[0], [1], [0], [1]], 2)
    assert (axis.offset, axis.receptive_field, axis.below, axis.above) == (0.5, 2, 0.5, 0.5)
    wide = make_axis(7, 4, Fraction(2), [[-3], [5], [0], [1]], 2)
    assert (wide.offset, wide.receptive_field, wide.counting_field) == (0.5, 9, 2)
    assert (wide.below, wide.above) == (3.5, 4.5)
    np.testing.assert_array_equal(wide.centre([0, 3]), [0.5, 6.5])


def test_phases_of_a_repeated_sample():
    #   voxels 0 1 2 3 4 5, averaged in pairs, each repeated: samples 0 0 1 1 2 2
    axis = make_axis(6, 6, Fraction(1), [[0, 0], [1, 1], [0, 0], [1, 1]], 2)
    first, last = axis.interval(np.arange(6))
    np.testing.assert_array_equal(first, [0, 0, 2, 2, 4, 4])
    np.testing.assert_array_equal(last, [1, 1, 3, 3, 5, 5])
    # centres 0.5, 0.5, 2.5, 2.5: on average half a voxel above and below the sample's number
    assert (axis.offset, axis.below, axis.above, axis.cycle) == (0.0, 1.0, 1.0, 2)


def test_interval_outside_the_window_goes_on():
    axis = make_axis(6, 6, Fraction(1), [[0, 0], [1, 1], [0, 0], [1, 1]], 2)
    np.testing.assert_array_equal(axis.interval([[-1], [6]])[0], [[-2], [6]])


def test_shortest_cycle_is_kept():
    axis = make_axis(12, 6, Fraction(2), [[0, 2, 4], [1, 3, 5], [0, 2, 4], [1, 3, 5]], 2)
    assert axis.cycle == 1


def test_fractional_stride():
    axis = make_axis(4, 8, Fraction(1, 2), [[0, 0], [0, 0], [0, 0], [0, 0]], 1)
    np.testing.assert_array_equal(axis.interval(np.arange(8))[0], [0, 0, 1, 1, 2, 2, 3, 3])
    assert axis.offset == -0.25


def test_spanning_axis():
    axis = voxels(5)._replace(spans=True)
    assert axis.receptive_field is None
    assert axis.below == axis.above == float('inf')
    np.testing.assert_array_equal(axis.interval([0, 3]), [[0, 0], [4, 4]])


@pytest.mark.parametrize('window', [0, -3])
def test_window_without_voxels(window):
    with pytest.raises(GeometryError, match='a window of {} voxels; expected'.format(window)):
        voxels(window)


def test_no_sample_left():
    with pytest.raises(GeometryError, match='7 voxels leaves a layer with -1 samples'):
        make_axis(7, -1, Fraction(1), [[0]] * 4, 1)


@pytest.mark.parametrize(
    'values, expected', [([2, 3], 6), ([4, 2, 1], 4), ([Fraction(3, 2), 2], 6), ([], 1)]
)
def test_common_multiple(values, expected):
    assert common_multiple(values) == expected
