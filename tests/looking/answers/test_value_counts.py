# -*- coding: utf-8 -*-
"""Bins of float32 values: ordered, narrow, and counted over parts."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from niftynet_activations.looking.answers import value_counts
from niftynet_activations.looking.answers.value_counts import ValueCounts, bins_of, lowest_of

FLOATS = st.floats(width=32, allow_nan=False, allow_infinity=False)


@given(st.lists(FLOATS, min_size=1, max_size=50))
def test_bins_keep_the_order_and_are_narrow(values):
    values = np.sort(np.array(values, np.float32))
    bins = bins_of(values)
    assert (np.diff(bins) >= 0).all() and bins.min() >= 0 and bins.max() < 2**20
    lowest = lowest_of(bins)
    assert (lowest <= values).all()
    smallest_normal = np.finfo(np.float32).tiny
    assert (values - lowest <= np.abs(values) * 2.0**-11 + smallest_normal).all()


def test_zero_has_one_bin():
    assert len(set(bins_of(np.array([0.0, -0.0], np.float32)))) == 1


def test_counts_of_parts_are_those_of_the_whole():
    random = np.random.RandomState(4)
    values = random.normal(size=3000).astype(np.float32)
    groups = random.randint(0, 3, 3000)
    values[::50] = np.nan
    gathered = ValueCounts()
    for part in np.array_split(np.arange(3000), 7):
        for group in (2, 0, 1):
            gathered.add(group, values[part][groups[part] == group])
    assert gathered.groups == [0, 1, 2]
    table = gathered.table()
    for group in range(3):
        own = values[(groups == group) & ~np.isnan(values)]
        bins, counts = np.unique(bins_of(own), return_counts=True)
        row = table.counts[group]
        np.testing.assert_array_equal(table.bins[row > 0], bins)
        np.testing.assert_array_equal(row[row > 0], counts)


def test_bins_of_one_value_are_told_however_many_there_are():
    gathered = ValueCounts()
    for group in (0, 1):
        gathered.add(group, np.full(3000000, 0.3, np.float32))
        gathered.add(group, np.zeros(1000, np.float32))
    gathered.add(0, np.array([7.0, np.nextafter(np.float32(7), np.float32(8))], np.float32))
    table = gathered.table()
    assert table.single.tolist() == [True, True, False]


@pytest.mark.parametrize('labels', [2, 5000])
def test_joint_counts_are_those_of_each_group(labels, monkeypatch, tmp_path):
    """Few labels are counted in one array, very many by sorting."""
    monkeypatch.setattr(value_counts, 'DENSE', 1 << 14)
    monkeypatch.setattr(value_counts, 'SAMPLES', 1000)
    random = np.random.RandomState(labels)
    values = random.normal(size=7001).astype(np.float32)
    values[random.uniform(size=7001) < 0.3] = 0
    values[:200] = -0.0
    values[500:900] = 7
    values[900:903] = np.nan
    places = random.randint(0, labels + 1, 7001)  # the last one does not count
    gathered, expected = ValueCounts(), ValueCounts()
    names = [10 + place for place in range(labels)]
    gathered.add_all(names, places, values)
    for place, name in enumerate(names):
        expected.add(name, values[places == place])
    gathered.save(str(tmp_path / 'counts.npz'))
    found, wanted = ValueCounts.read(str(tmp_path / 'counts.npz')).table(), expected.table()
    assert gathered.groups == expected.groups and len(found.bins) > 100
    np.testing.assert_array_equal(found.bins, wanted.bins)
    np.testing.assert_array_equal(found.counts, wanted.counts)
    assert not (found.single & ~wanted.single).any()  # never told of a bin of several
    known = found.single[found.counts.sum(axis=0) > 7]
    assert known.sum() == 2  # 0 and 7


def test_bins_that_look_single_at_first_are_looked_at_to_the_end(monkeypatch):
    monkeypatch.setattr(value_counts, 'SAMPLES', 100)
    for count in (3, value_counts.FEW + 3):
        values = np.repeat(1.5 ** np.arange(1, count + 1), 1000).astype(np.float32)
        values[1] = np.nextafter(values[0], np.float32(2))  # not among those looked at first
        gathered = ValueCounts()
        gathered.add(0, values)
        assert gathered.table().single.tolist() == [False] + [True] * (count - 1)
