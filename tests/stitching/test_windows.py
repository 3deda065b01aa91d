# -*- coding: utf-8 -*-
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from niftynet_activations.errors import GeometryError
from niftynet_activations.exactness.verdict import reference_size
from niftynet_activations.stitching.windows import aligned_starts, extend


@pytest.mark.parametrize(
    'reference, window, border, period, starts',
    [
        (50, 32, 8, 2, [0, 16, 18]),
        (64, 32, 8, 4, [0, 16, 32]),
        (64, 32, 7, 4, [0, 16, 32]),  # 18 between the borders, of which 16 are periods
        (65, 33, 0, 32, [0, 32]),
        (32, 32, 0, 8, [0]),
        (3, 1, 0, 1, [0, 1, 2]),
    ],
)
def test_starts_written_by_hand(reference, window, border, period, starts):
    assert aligned_starts(reference, window, border, period) == starts


def test_less_than_one_period_between_the_borders_is_refused():
    with pytest.raises(GeometryError, match='leaves 6 between borders of 13.*period of 8'):
        aligned_starts(64, 32, 13, 8)


def test_a_window_larger_than_the_volume_is_refused():
    with pytest.raises(GeometryError, match='window of 32 voxels is larger than the volume of 24'):
        aligned_starts(24, 32, 0, 8)


@settings(max_examples=200, deadline=None)
@given(st.integers(1, 60), st.integers(1, 40), st.integers(0, 20), st.sampled_from([1, 2, 3, 4, 8]))
def test_windows_run_over_the_reference_volume_on_multiples(volume, window, border, period):
    volume = max(volume, window)
    reference = reference_size(volume, window, period)
    assert volume <= reference < volume + period
    assert (reference - window) % period == 0
    if window - 2 * border < period:
        return
    starts = aligned_starts(reference, window, border, period)
    assert all(start % period == 0 for start in starts)
    assert starts[0] == 0 and starts[-1] + window == reference
    steps = np.diff(starts)
    assert (steps <= window - 2 * border).all()
    assert len(set(steps[:-1])) <= 1  # only the last window is pulled back


def test_the_extension_repeats_the_last_voxel():
    volume = np.arange(5 * 7 * 2, dtype=np.float32).reshape(5, 7, 1, 2)
    extended = extend(volume, [7, 8, 1])
    assert extended.shape == (7, 8, 1, 2)
    np.testing.assert_array_equal(extended[:5, :7], volume)
    np.testing.assert_array_equal(extended[6, :7], volume[4])
    np.testing.assert_array_equal(extended[:5, 7], volume[:, 6])
    assert extend(volume, [5, 7, 1]) is volume  # no copy where there is nothing to repeat
