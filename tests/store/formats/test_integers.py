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


@pytest.mark.parametrize('low, high', [(-1.0, 3.0), (0.0, 3.0), (-3.0, 0.0), (5.0, 9.0)])
def test_bound_is_half_a_step_of_the_range(low, high):
    # the slope is rounded up by 1/256 at most where a code stands for 0, and a step may be lost
    half = (high - low) / 65534 / 2
    assert half <= integers.scaling_for(low, high, 'int16').error_bound <= half * 1.004 + 2e-6
    half = (high - low) / 254 / 2
    assert half <= integers.scaling_for(low, high, 'uint8').error_bound <= half * 1.005


@settings(deadline=None, max_examples=300)
@given(low=FLOATS, high=FLOATS, dtype=st.sampled_from(['int16', 'uint8']))
def test_zero_is_exact_wherever_it_lies_in_the_range(low, high, dtype):
    low, high = -abs(low), abs(high)
    scaling = integers.scaling_for(low, high, dtype)
    codes = integers.encode(np.array([0, low, high, np.nan], np.float32), scaling, dtype)
    assert codes[0] * scaling.slope + scaling.inter == 0
    # to the bit in readers that compute in float32, too
    assert np.float32(codes[0]) * np.float32(scaling.slope) + np.float32(scaling.inter) == 0
    assert (codes == integers.MISSING_CODE[dtype]).tolist() == [False, False, False, True]


@pytest.mark.parametrize('value', [0.1, -0.1, 0.0, 3e-39, 9e-44, -1e-45, -7e30])
@pytest.mark.parametrize('dtype', ['int16', 'uint8'])
def test_constant_map_is_kept_as_it_is(value, dtype):
    value = float(np.float32(value))
    scaling = integers.scaling_for(value, value, dtype)
    codes = integers.encode(np.full(3, value, np.float32), scaling, dtype)
    assert codes * scaling.slope + scaling.inter == pytest.approx(value, rel=1e-7, abs=1e-45)
    assert not (codes == integers.MISSING_CODE[dtype]).any()


@pytest.mark.parametrize('dtype, code', [('int16', -32768), ('uint8', 0)])
def test_missing_has_the_lowest_code_for_itself(dtype, code):
    scaling = integers.scaling_for(0, 1, dtype)
    codes = integers.encode(np.array([0, np.nan, 1], np.float32), scaling, dtype)
    assert codes[1] == code == np.iinfo(dtype).min
    assert codes[0] == code + 1
    missing = integers.missing_value(scaling, dtype)
    assert missing == code * scaling.slope + scaling.inter < 0


@pytest.mark.parametrize('bad', [np.nan, np.inf, -np.inf])
def test_what_no_code_can_stand_for_is_refused(bad):
    with pytest.raises(WriteError, match='gave 1 NaN or infinite values .* use activation_dtype'):
        integers.check_finite(np.array([1, bad, 2]), 'int16', "layer 'a'")


def test_range_of_ordinary_values():
    assert integers.check_finite(np.array([3, -1, 2]), 'uint8', '') == (-1, 3)
