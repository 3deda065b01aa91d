# -*- coding: utf-8 -*-
import pytest

from niftynet_activations.geometry.guessed import AxisBySize


@pytest.mark.parametrize(
    'window, samples, stride, offset',
    [
        (12, 12, 1, 0),  # as many samples as voxels lie on the voxels
        (12, 6, 2, 0.5),  # those that divide the window share it evenly
        (12, 3, 4, 1.5),
        (12, 8, 1, 2),  # others are a centred crop
        (13, 10, 1, 1.5),
        (12, 0, 1, 6),
    ],
)
def test_places_by_the_number_of_samples(window, samples, stride, offset):
    assert AxisBySize.guess(window, samples) == AxisBySize(samples, stride, offset, None, None)


def test_samples_lie_in_the_window_s_middle():
    for window in range(1, 20):
        for samples in range(1, window + 1):
            axis = AxisBySize.guess(window, samples)
            first, last = axis.offset, axis.offset + axis.stride * (samples - 1)
            assert first + last == window - 1 and first >= 0
