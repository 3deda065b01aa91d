# -*- coding: utf-8 -*-
"""Resizing by hand on one axis."""

from niftynet_activations.geometry.axis import AxisGeometry
from niftynet_activations.geometry.resized import enlarge, resample, thin_out

WINDOW = AxisGeometry.of_window(24)


def test_half_pixels_by_hand():
    # outputs lie at -0.25, 0.25, 0.75, 1.25 and at -1/3, 0, 1/3
    assert enlarge(WINDOW, 2, True, True).bounds.tolist() == [[-1, 0], [0, 1]]
    assert enlarge(WINDOW, 3, True, True).bounds.tolist() == [[-1, 0], [0, 0], [0, 1]]
    assert enlarge(WINDOW, 3, False, True).bounds.tolist() == [[0, 0]] * 3
    # at 0.5, 2.5 and at 1, 4
    assert thin_out(WINDOW, 12, 2, True, True).bounds.tolist() == [[0, 1]]
    assert thin_out(WINDOW, 8, 3, True, True).bounds.tolist() == [[1, 1]]
    assert thin_out(WINDOW, 12, 2, False, True).bounds.tolist() == [[1, 1]]
    assert thin_out(WINDOW, 8, 3, True).bounds.tolist() == [[0, 0]]


def test_what_interpolation_lacks_at_the_end_is_touched():
    assert enlarge(WINDOW, 2, linear=True).touched == (0, 1)


def test_any_other_ratio_depends_on_the_window():
    # 24 samples to 36: outputs lie at 0, 2/3, 4/3, 2, ...
    axis = resample(WINDOW, 36, (24, 36), linear=True)
    assert axis.bounds.tolist() == [[0, 0], [0, 1], [1, 2]]
    assert (axis.size, axis.period, axis.spans, axis.receptive_field) == (36, 2, True, None)
    # with half pixels at -1/6, 1/2, 7/6
    axis = resample(WINDOW, 36, (24, 36), linear=True, half_pixels=True)
    assert axis.bounds.tolist() == [[-1, 0], [0, 1], [1, 2]]
    nearest = resample(WINDOW, 36, (24, 36), linear=False, half_pixels=True)
    assert nearest.bounds.tolist() == [[0, 0], [1, 1], [1, 1]]
