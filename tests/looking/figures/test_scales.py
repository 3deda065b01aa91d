# -*- coding: utf-8 -*-
"""Colours of signed and unsigned maps."""

import numpy as np
import pytest
from matplotlib.figure import Figure

from niftynet_activations.looking.figures.scales import draw_values, ends_of, opacity, scale_of

RANDOM = np.random.RandomState(6)


def test_a_signed_map_has_the_same_reach_on_both_sides():
    scale = scale_of(RANDOM.normal(1.0, 1.0, 5000))
    assert scale.signed and scale.low == -scale.high
    assert scale.high == pytest.approx(np.percentile(RANDOM.normal(1, 1, 100000), 99.5), rel=0.1)


def test_behind_a_relu_colours_begin_at_zero():
    values = np.maximum(RANDOM.normal(size=5000), 0)
    scale = scale_of(values)
    assert not scale.signed and scale.low == 0
    assert scale.high == pytest.approx(np.percentile(values, 99.5))


def test_where_all_values_are_negative_the_strongest_is_farthest_from_white():
    scale = scale_of(RANDOM.uniform(-5, -1, 5000))
    assert scale.signed and scale.low == -scale.high == pytest.approx(-5, rel=0.02)


def test_a_few_values_beyond_zero_do_not_make_a_map_signed():
    values = np.concatenate([RANDOM.uniform(0, 10, 5000), [-0.1] * 40])
    assert not scale_of(values).signed


@pytest.mark.parametrize('values', [[], [np.nan] * 4, [3.0] * 9, [0.0] * 9, [-2.0] * 9])
def test_there_is_always_a_range(values):
    scale = scale_of(np.array(values))
    assert np.isfinite([scale.low, scale.high]).all() and scale.low < scale.high


def test_chosen_limits_are_kept():
    scale = scale_of(RANDOM.normal(size=50), (-1, 4))
    assert (scale.low, scale.high, scale.signed) == (-1, 4, True)
    assert not scale_of(RANDOM.normal(size=50), (0, 4)).signed


def test_no_response_hides_nothing():
    values = np.array([[0.0, -2.0], [np.nan, 0.1]])
    hidden = opacity(values, scale_of(np.zeros(1), (-2, 2)))
    assert hidden[0, 0] == hidden[1, 0] == 0 and hidden[0, 1] > hidden[1, 1] > 0


@pytest.mark.parametrize(
    'values, ends',
    [([0, 1], 'neither'), ([-3, np.nan], 'min'), ([0, 3.0], 'max'), ([-3, 3], 'both')],
)
def test_a_colour_bar_tells_at_which_ends_values_lie_beyond_it(values, ends):
    assert ends_of(np.array(values, float), scale_of(np.zeros(1), (-2, 2))) == ends


@pytest.mark.parametrize('over_image', [False, True])
def test_values_hide_what_lies_beneath_where_they_respond(over_image):
    values = np.array([[0.0, 2.0], [np.nan, 1.0]])
    scale = scale_of(values)
    axes = Figure().add_axes((0, 0, 1, 1))
    drawn = draw_values(axes, values, scale, over_image)
    assert drawn.get_clim() == (scale.low, scale.high)
    np.testing.assert_array_equal(drawn.get_array().mask, np.isnan(values))
    shown = drawn.get_alpha()
    assert (shown is None) != over_image
    if over_image:
        np.testing.assert_array_equal(shown, opacity(values, scale))
