# -*- coding: utf-8 -*-
"""How large a volume fits, by hand."""

import pytest

from niftynet_activations.errors import OptionError
from niftynet_activations.verification.crop_size import crop_size

WINDOW = (5, 7, 11)
VOXEL_BYTES = 10
WINDOW_BYTES = VOXEL_BYTES * 5 * 7 * 11


def needs(sizes):
    return VOXEL_BYTES * sizes[0] * sizes[1] * sizes[2]


def test_what_fits_stays():
    volume = (9, 15, 13)
    limit = needs(volume) - WINDOW_BYTES
    assert crop_size(volume, WINDOW, (0, 0, 0), WINDOW_BYTES, limit) == list(volume)


@pytest.mark.parametrize('part', [0.9, 0.5, 0.2])
def test_what_does_not_fit_is_cut_along_the_axes_of_most_windows(part):
    volume = (50, 21, 13)
    limit = int(part * needs(volume))
    kept = crop_size(volume, WINDOW, (1, 2, 3), WINDOW_BYTES, limit)
    assert needs(kept) <= limit + WINDOW_BYTES
    assert kept[0] < 50 and all(size >= wide for size, wide in zip(kept, WINDOW))
    assert part < 0.9 or kept[1:] == [21, 13]
    # one step less would not have been enough
    assert needs(kept) > 0.8 * limit


def test_an_axis_one_voxel_thick_is_left_alone():
    kept = crop_size((40, 7, 30), (5, 7, 1), (0, 0, 0), VOXEL_BYTES * 35, VOXEL_BYTES * 70)
    assert kept[2] == 30 and 5 < kept[0] <= 15


def test_more_than_the_padding_is_kept():
    kept = crop_size((40, 7, 11), WINDOW, (12, 0, 0), WINDOW_BYTES, int(1.8 * WINDOW_BYTES))
    assert kept[0] >= 13


@pytest.mark.parametrize('limit', [0, 10])
def test_a_window_alone_proves_nothing(limit):
    with pytest.raises(OptionError, match='activation_memory = .*raise it'):
        crop_size((9, 15, 13), WINDOW, (0, 0, 0), WINDOW_BYTES, limit)


def test_padding_that_alone_is_too_much():
    with pytest.raises(OptionError, match='more than one window of 5 x 7 x 11 voxels'):
        crop_size((40, 7, 11), WINDOW, (35, 0, 0), WINDOW_BYTES, WINDOW_BYTES)


def test_a_volume_of_one_window_is_compared_as_it_is():
    assert crop_size((5, 6, 11), WINDOW, (0, 0, 0), WINDOW_BYTES, 1) == [5, 6, 11]
