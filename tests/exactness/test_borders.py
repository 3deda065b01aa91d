# -*- coding: utf-8 -*-
import pytest
from line_network import LineNetwork

from niftynet_activations.exactness.borders import advice, least_border, smallest_border, suggest
from tests.exactness.test_verdict import NETWORKS, POINT, judged, largest_difference

WINDOW = 36


@pytest.mark.parametrize(
    'layers, border',
    [
        ([('conv', 1, 1, 1)], 0),
        ([('conv', 3, 1, 1)], 1),
        ([('conv', 3, 1, 1)] * 3, 3),
        # four taps reach one voxel down and two up
        ([('conv', 4, 1, 1)], 2),
        # a window of 36 gives 29: its first and last samples are 3 and 4 voxels from its faces
        ([('valid', 5), ('valid', 4)], 4),
        # a pair depends on a voxel more on either side, so two windows must share two pairs
        ([('conv', 3, 1, 1), ('pool', 2)], 2),
    ],
)
def test_borders_worked_out_by_hand(layers, border):
    assert smallest_border(LineNetwork(layers, 0).geometry(WINDOW), WINDOW) == border


@pytest.mark.parametrize('name', list(NETWORKS))
def test_the_border_is_exact_on_any_volume_and_a_smaller_one_is_not(name):
    network = LineNetwork(NETWORKS[name], seed=5)
    border = smallest_border(network.geometry(WINDOW), WINDOW)
    for image in range(WINDOW, 3 * WINDOW, 5):
        verdict, found, expected, there = judged(
            network, image, WINDOW, border, border, 'aligned', seed=image
        )
        assert verdict.exact is True, (image, verdict.because)
        assert largest_difference(found, expected, there) < 1e-9
        assert there.all(), 'missing with the padding that was suggested'
    if border:
        verdicts = [
            judged(network, image, WINDOW, border - 1, border - 1, 'aligned')
            for image in range(2 * WINDOW, 4 * WINDOW)
        ]
        assert not all(verdict.exact and there.all() for verdict, _, _, there in verdicts)


def test_a_smaller_output_needs_a_border():
    assert least_border((105, 57, 24, 1), (57, 8, None, 1)) == [24, 25, 0, 0]
    axis = LineNetwork([('conv', 3, 1, 1)], 0).geometry(24)
    assert smallest_border(axis, 24, 5) == 5
    assert smallest_border(axis, 24, 12) is None
    assert suggest([axis, axis, POINT], (24, 24, 1), (5, 0, 0)) == ([5, 1, 0], [5, 1, 0])
    assert 'border = 5,1,0 ' in advice([axis, axis, POINT], (24, 24, 1), (5, 0, 0))


def test_a_field_larger_than_the_window_has_no_border():
    network = LineNetwork([('conv', 5, 1, 8), ('conv', 5, 1, 8)], 0)
    assert smallest_border(network.geometry(WINDOW), WINDOW) is None
    assert suggest([network.geometry(WINDOW), POINT, POINT], (WINDOW, 1, 1)) is None


def test_three_axes_have_their_own():
    axes = [
        LineNetwork([('conv', 3, 1, 1)], 0).geometry(20),
        LineNetwork([('conv', 7, 1, 1)], 0).geometry(24),
        POINT,
    ]
    assert suggest(axes, (20, 24, 1)) == ([1, 3, 0], [1, 3, 0])


def test_what_spans_the_window_has_no_border():
    assert suggest([POINT.spanning(1), POINT, POINT], (1, 1, 1)) is None


def test_advice_is_what_a_config_takes():
    axis = LineNetwork([('conv', 7, 1, 1)], 0).geometry(24)
    assert advice([axis, axis, POINT], (24, 24, 1)) == (
        'exact with activation_grid = aligned, border = 3,3,0 and, to keep the segmentation whole, '
        'volume_padding_size = 3,3,0'
    )
    wide = LineNetwork([('conv', 5, 1, 8), ('conv', 5, 1, 8)], 0).geometry(WINDOW)
    assert advice([wide, POINT, POINT], (WINDOW, 1, 1)).startswith(
        'no border makes it exact with windows of 36 x 1 x 1'
    )
