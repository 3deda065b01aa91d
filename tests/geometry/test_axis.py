# -*- coding: utf-8 -*-
"""Arithmetic by hand on one axis."""

import numpy as np
import pytest

from niftynet_activations.errors import GeometryError
from niftynet_activations.geometry.axis import AxisGeometry, same_padding

WINDOW = AxisGeometry.of_window(24)


def summary(axis):
    return axis.size, axis.stride, axis.offset, axis.period, axis.receptive_field


@pytest.mark.parametrize(
    'size, kernel, stride, expected',
    [(48, 3, 2, 0), (49, 3, 2, 1), (48, 3, 1, 1), (48, 2, 2, 0), (49, 2, 2, 0), (48, 4, 1, 1)],
)
def test_same_padding_depends_on_the_size(size, kernel, stride, expected):
    assert same_padding(size, kernel, stride) == expected


def test_convolutions_add_up():
    axis = WINDOW.convolve(24, 3, padding=1).convolve(24, 3, padding=2, dilation=2)
    assert summary(axis) == (24, 1, 0, 1, 7)
    assert summary(WINDOW.convolve(24, 3, padding=1)) == (24, 1, 0, 1, 3)


def test_stride_two_starts_at_one_on_an_even_axis():
    assert summary(WINDOW.convolve(12, 3, 2)) == (12, 2, 1, 2, 3)


def test_a_decoder_layer_has_the_period_of_its_poolings():
    pooled = WINDOW.convolve(12, 2, 2)
    twice = pooled.convolve(6, 2, 2)
    up = twice.transpose_convolve(12, 2, 2, 0).transpose_convolve(24, 2, 2, 0)
    assert summary(up) == (24, 1, 0, 4, 4)
    first, last = up.interval(np.array([0, 1, 4, -1]))
    assert first.tolist() == [0, 0, 4, -4]
    assert last.tolist() == [3, 3, 7, -1]


def test_a_dilated_block_is_seen_from_ordinary_space():
    inside = WINDOW.folded(4).convolve(24, 3, padding=1)
    assert summary(inside) == (24, 1, 0, 1, 9)
    assert inside.unfolded(4).fold == 1
    with pytest.raises(GeometryError, match='dilated block'):
        inside.convolve(12, 3, 2)


def test_padding_touches_samples_at_both_ends():
    padded = WINDOW.convolve(24, 4, padding=1)
    assert padded.touched == (1, 2)
    assert padded.convolve(24, 3, padding=1).touched == (2, 3)
    assert padded.shift(20, 2).touched == (0, 0)
    assert WINDOW.convolve(21, 4).touched == (0, 0)
    # taps -1..1 of 24 with stride 2 are complete at the upper end: 21, 22, 23
    assert WINDOW.convolve(12, 3, 2, padding=1).touched == (1, 0)
    assert WINDOW.convolve(12, 3, 2).touched == (0, 1)


def test_padding_behind_a_crop_touches_what_lies_inside_of_the_window():
    axis = WINDOW.shift(20, 2).convolve(20, 3, padding=1)
    first, last = axis.interval(np.array([0, 19]))
    assert (first.tolist(), last.tolist()) == ([1, 20], [3, 22])
    assert axis.touched == (1, 1)
