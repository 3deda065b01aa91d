# -*- coding: utf-8 -*-
"""Bins of float32 values: ordered, narrow, and counted over parts."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

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
