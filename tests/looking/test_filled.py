# -*- coding: utf-8 -*-
import numpy as np
import pytest

from niftynet_activations.looking.filled import Filled
from niftynet_activations.store.lazy_arrays import LazyArray


class InMemory(LazyArray):
    """A lazy array of an array."""

    def __init__(self, values):
        super().__init__(values.shape, values.dtype)
        self._values = values

    def read(self, slices):
        return self._values[slices]


@pytest.fixture
def values():
    values = np.random.RandomState(0).normal(size=(3, 4, 5, 2))
    values[1, 2, 3] = np.nan
    return values


@pytest.mark.parametrize(
    'kind, expected', [('float16', 'float32'), ('float32', 'float32'), ('float64', 'float64')]
)
def test_nan_becomes_the_number_in_a_type_that_nifti_has(values, kind, expected):
    stored = values.astype(kind)
    filled = Filled(InMemory(stored), 70000.0)  # more than float16 holds
    assert filled.dtype == expected and filled.shape == values.shape
    np.testing.assert_array_equal(
        filled[1, 2], np.where(np.isnan(stored), 70000, stored.astype(expected))[1, 2]
    )
    assert np.isnan(stored).sum() == 2  # the source stays as it was


def test_without_a_number_nan_stays(values):
    source = InMemory(values)
    np.testing.assert_array_equal(np.asarray(Filled(source)), values)
    np.testing.assert_array_equal(
        Filled(source, 0).streaming()[..., 1], np.nan_to_num(values[..., 1])
    )
