# -*- coding: utf-8 -*-
"""The spread of random weights, against TensorFlow 1.15; its numbers themselves are others."""

import pytest

pytestmark = pytest.mark.slow


@pytest.mark.parametrize('case', ['variance_scaling', 'xavier'])
def test_mean_spread_and_largest_value_are_those_of_version_1(both, case):
    found, stored = both(case)
    assert sorted(found) == sorted(stored)
    for name in stored:
        mean, spread, largest = (float(each) for each in stored[name])
        assert found[name][0] == pytest.approx(mean, abs=spread / 100), name
        assert found[name][1] == pytest.approx(spread, rel=0.01), name
        assert found[name][2] == pytest.approx(largest, rel=0.01), name
