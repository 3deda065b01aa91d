# -*- coding: utf-8 -*-
"""Amounts of non-negative parts beside scipy's solver, sample by sample."""

import numpy as np
import pytest
from scipy.optimize import nnls

from niftynet_activations.store.non_negative import MOST_PARTS, amounts_of


@pytest.mark.parametrize('number, channels, spread', [(1, 3, 0.1), (4, 9, 1.0), (13, 17, 0.5)])
def test_amounts_are_those_of_scipy(number, channels, spread):
    random = np.random.RandomState(number)
    parts = random.gamma(0.5, size=(number, channels))
    values = np.maximum(random.normal(size=(301, number)), 0) @ parts
    values = np.maximum(values + random.normal(0, spread, values.shape), 0)
    values[7] = 0
    made, found = amounts_of(parts, values)
    expected = np.array([nnls(parts.T, each)[0] for each in values])
    assert found.all()
    np.testing.assert_allclose(made, expected, atol=1e-9 * expected.max())
    assert (expected == 0).mean() > 0.05  # there is something to find out


def test_parts_that_repeat_or_are_empty_do_not_spoil_the_sum():
    random = np.random.RandomState(3)
    parts = random.gamma(1.0, size=(3, 8))
    parts = np.stack([parts[0], parts[1], parts[0], np.zeros(8), parts[2]])
    values = random.gamma(1.0, size=(50, 8))
    made, found = amounts_of(parts, values)
    expected = np.array([nnls(parts[[0, 1, 4]].T, each)[1] for each in values])
    away = np.linalg.norm(values - made @ parts, axis=1)
    np.testing.assert_allclose(away[found], expected[found], rtol=1e-9)
    assert found.mean() > 0.9 and not made[~found].any()


def test_more_parts_than_can_be_told_apart_are_left_to_others():
    made, found = amounts_of(np.ones((MOST_PARTS + 1, 2)), np.ones((3, 2)))
    assert made.shape == (3, MOST_PARTS + 1) and not found.any()
