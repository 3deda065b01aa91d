# -*- coding: utf-8 -*-
"""Where branches meet, by hand on one axis."""

import pytest

from niftynet_activations.errors import GeometryError
from niftynet_activations.geometry.axis import AxisGeometry
from niftynet_activations.geometry.meeting import meet
from niftynet_activations.geometry.resized import enlarge

WINDOW = AxisGeometry.of_window(24)


def test_where_branches_meet_the_smallest_field_gives_the_place():
    pooled = WINDOW.convolve(12, 2, 2)
    met = meet([enlarge(pooled, 2, linear=True), WINDOW.convolve(24, 3, padding=1)])
    assert (met.size, met.stride, met.offset, met.period) == (24, 1, 0, 2)
    assert met.receptive_field == 4
    again = meet([met.convolve(24, 5, padding=2), WINDOW.convolve(24, 3, padding=1)])
    assert again.offset == 0


def test_branches_of_different_strides_cannot_meet():
    with pytest.raises(GeometryError, match='strides'):
        meet([WINDOW, WINDOW.convolve(24, 2, 2)])


def test_a_branch_of_one_value_spans_the_window():
    assert meet([WINDOW, AxisGeometry.of_window(1)]).receptive_field is None


def test_what_padding_touched_of_one_is_touched():
    padded = WINDOW.convolve(24, 4, padding=1)
    assert meet([padded, WINDOW.convolve(24, 3, padding=2)]).touched == (2, 2)
