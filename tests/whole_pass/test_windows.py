# -*- coding: utf-8 -*-
"""Windows of a stage cover the volume, each sample once, and the cheapest that fit are taken."""

import itertools

import pytest

from niftynet_activations.errors import GeometryError
from niftynet_activations.whole_pass.windows import (
    AxisWindows,
    Costs,
    cheapest,
    choices_on_axis,
    owned,
    windows_on_axis,
)


def test_windows_start_on_multiples_and_end_with_the_volume():
    """Steps are 24 - 6 = 18 voxels, rounded down to 16."""
    assert windows_on_axis(40, 24, 6, 4) == AxisWindows(24, (0, 16))
    assert windows_on_axis(44, 24, 6, 4) == AxisWindows(24, (0, 16, 20))
    assert windows_on_axis(40, 40, 6, 4) == AxisWindows(40, (0,))


def test_a_window_that_is_all_overlap_gives_nothing():
    assert windows_on_axis(40, 8, 6, 4) is None


@pytest.mark.parametrize('volume, overlap, period', [(41, 5, 1), (48, 7, 8), (63, 0, 3)])
def test_choices_are_the_shortest_for_each_number(volume, overlap, period):
    found = choices_on_axis(volume, overlap, period, 1)
    assert found[0] == AxisWindows(volume, (0,))
    for each in found:
        assert all(start % period == 0 for start in each.starts)
        shorter = windows_on_axis(volume, each.size - period, overlap, period)
        assert shorter is None or len(shorter.starts) > len(each.starts)


def test_the_cheapest_that_fit_against_all_there_are():
    volume, overlap, costs = (20, 12, 16), (4, 2, 6), Costs(1000.0, 5.0, 0.01)
    axes = [choices_on_axis(n, o, 1, 1) for n, o in zip(volume, overlap)]
    for limit in (1000, 700, 300, 120):
        best = min(
            (seconds(each, volume, costs), each)
            for each in itertools.product(*axes)
            if part(each, volume) * costs.bytes <= limit
        )
        choice = cheapest(axes, volume, (0, 0, 0), costs, limit)
        assert choice.seconds == pytest.approx(best[0])
        assert choice.bytes <= limit
    assert cheapest(axes, volume, (0, 0, 0), costs, 1) is None


def part(windows, volume):
    sizes = [each.size / total for each, total in zip(windows, volume)]
    return sizes[0] * sizes[1] * sizes[2]


def seconds(windows, volume, costs):
    number = 1
    for each in windows:
        number *= len(each.starts)
    return number * (part(windows, volume) * costs.seconds + costs.window_seconds)


def test_each_sample_is_taken_from_one_window_that_has_it_right():
    """
    window 0  0 1 2 3 4 5 6 7|8 9            two at its upper end are not right
    window 1        - - - 7 8 9 10 11 12|13  three at its lower end
    window 2                    - - - 13 ..  and here the volume ends
    """
    assert owned((0, 5, 10), 10, (3, 2), 20) == [(0, 8), (8, 13), (13, 20)]


def test_samples_left_over_are_an_error():
    with pytest.raises(GeometryError, match='left over'):
        owned((0, 8), 10, (3, 2), 18)
    with pytest.raises(GeometryError, match='do not reach the end'):
        owned((0, 5), 10, (3, 2), 20)
