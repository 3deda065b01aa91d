# -*- coding: utf-8 -*-
"""Statistics of one channel beside scipy's, and covariances beside numpy's."""

import numpy as np
import pytest
from scipy import stats

from niftynet_activations.errors import OptionError
from niftynet_activations.looking.answers.statistics import (
    Covariance,
    covariance_of,
    parse_statistics,
    statistics,
)


def test_values_are_those_of_scipy_and_numpy():
    values = np.random.RandomState(1).gamma(2.0, size=1001).astype(np.float32)
    values[7] = np.nan
    known = values[~np.isnan(values)].astype(np.float64)
    found = statistics(values, 'voxels mean std min max median p10 p99.5 skewness kurtosis'.split())
    expected = {
        'voxels': 1000,
        'mean': known.mean(),
        'std': known.std(),
        'min': known.min(),
        'max': known.max(),
        'median': np.median(known),
        'p10': np.percentile(known, 10),
        'p99.5': np.percentile(known, 99.5),
        'skewness': stats.skew(known),
        'kurtosis': stats.kurtosis(known),
    }
    assert list(found) == list(expected)
    for name, value in expected.items():
        assert found[name] == pytest.approx(value, rel=1e-9), name


@pytest.mark.parametrize('level', [0.0, 1e-3, 12345.67])
def test_equal_values_have_no_shape(level):
    found = statistics(np.full(17, level, np.float32), ['std', 'skewness', 'kurtosis'])
    assert found['std'] == pytest.approx(0, abs=1e-9)
    assert np.isnan(found['skewness']) and np.isnan(found['kurtosis'])


def test_no_sample_gives_no_value_and_no_voxels():
    found = statistics(np.array([np.nan]), ['voxels', 'mean', 'p50'])
    assert found['voxels'] == 0 and np.isnan(found['mean']) and np.isnan(found['p50'])


@pytest.mark.parametrize('wrong', ['p101', 'average', 'p', 'p10.'])
def test_an_unknown_statistic_is_named_with_those_there_are(wrong):
    with pytest.raises(OptionError, match='skewness') as caught:
        parse_statistics(['mean', wrong])
    assert "'{}'".format(wrong) in str(caught.value)


def test_no_statistic_is_an_error():
    with pytest.raises(OptionError, match='for example'):
        parse_statistics(['', ' '])


def test_covariance_keeps_its_digits_beside_a_large_mean():
    random = np.random.RandomState(2)
    rows = random.normal(1e6, 1.0, (5000, 3)) + random.normal(size=(5000, 1))
    gathered = Covariance(3)
    for part in np.array_split(rows, [1, 1, 700, 701]):
        gathered.add(part)
    assert gathered.count == 5000
    np.testing.assert_allclose(gathered.matrix(), np.cov(rows.T, bias=True), rtol=1e-6)
    np.testing.assert_allclose(gathered.correlation(), np.corrcoef(rows.T), rtol=1e-6)


def test_covariances_of_parts_are_joined():
    random = np.random.RandomState(5)
    rows = (random.normal(1e4, 1.0, (9000, 3)) + random.normal(size=(9000, 1))).astype(np.float32)
    rows[[3, 4500, 8999], [0, 1, 2]] = np.nan, np.inf, np.nan
    known = rows[np.isfinite(rows).all(axis=1)].astype(np.float64)
    gathered = Covariance(3)
    for part in np.array_split(rows, [0, 10, 5000]):
        gathered.merge(covariance_of(part))
    assert gathered.count == len(known)
    np.testing.assert_allclose(gathered.mean, known.mean(axis=0), rtol=1e-12)
    np.testing.assert_allclose(gathered.matrix(), np.cov(known.T, bias=True), rtol=1e-9)


def test_a_channel_of_one_value_has_no_correlation():
    gathered = Covariance(2)
    gathered.add(np.array([[1.0, 2.0], [1.0, 3.0]]))
    assert np.isnan(gathered.correlation()[0, 1]) and gathered.correlation()[1, 1] == 1
