# -*- coding: utf-8 -*-
"""The error bound holds, and no value takes the code of the missing."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from niftynet_activations.errors import WriteError
from niftynet_activations.store.formats import integers

LARGE = float(np.float32(1e30))
FLOATS = st.floats(-LARGE, LARGE, width=32)


@settings(deadline=None, max_examples=300)
@given(low=FLOATS, high=FLOATS, dtype=st.sampled_from(['int16', 'uint8']))
def test_no_value_is_further_off_than_the_bound(low, high, dtype):
    low, high = min(low, high), max(low, high)
    share = np.random.RandomState(0).rand(1000)
    values = np.clip(low + (high - low) * share, low, high).astype(np.float32)
    values[:2] = low, high
    scaling = integers.scaling_for(low, high, dtype)
    codes = integers.encode(values, scaling, dtype)
    assert codes.dtype == dtype
    assert not (codes == integers.MISSING_CODE[dtype]).any()
    back = codes.astype(np.float64) * scaling.slope + scaling.inter
    assert np.abs(back - values).max() <= scaling.error_bound
    assert np.float32(scaling.slope) == scaling.slope
    assert np.float32(scaling.inter) == scaling.inter


def test_bound_is_half_a_step_of_the_range():
    scaling = integers.scaling_for(-1.0, 3.0, 'int16')
    assert scaling.error_bound == pytest.approx(4 / 65534 / 2, rel=1e-5)
    assert integers.scaling_for(-1.0, 3.0, 'uint8').error_bound == pytest.approx(4 / 254 / 2)


def test_constant_map_is_kept_as_it_is():
    scaling = integers.scaling_for(0.1, 0.1, 'uint8')
    codes = integers.encode(np.full(3, 0.1, np.float32), scaling, 'uint8')
    assert codes * scaling.slope + scaling.inter == pytest.approx(0.1)


def test_missing_has_its_own_code():
    scaling = integers.scaling_for(0, 1, 'int16')
    codes = integers.encode(np.array([0, np.nan, 1], np.float32), scaling, 'int16')
    assert codes.tolist() == [-32767, -32768, 32767]
    assert integers.missing_value(scaling, 'int16') == -32768 * scaling.slope + scaling.inter


@pytest.mark.parametrize('bad', [np.nan, np.inf, -np.inf])
def test_what_no_code_can_stand_for_is_refused(bad):
    with pytest.raises(WriteError, match='gave 1 NaN or infinite values .* use activation_dtype'):
        integers.check_finite(np.array([1, bad, 2]), 'int16', "layer 'a'")


def test_range_of_ordinary_values():
    assert integers.check_finite(np.array([3, -1, 2]), 'uint8', '') == (-1, 3)
