# -*- coding: utf-8 -*-
"""The order in which variants take turns."""

import collections

import pytest

from benchmarks.__main__ import balanced_order


@pytest.mark.parametrize('count', [1, 2, 3, 4, 5, 6])
def test_each_variant_follows_each_other_one_equally_often(count):
    names = list(range(count))
    orders = [balanced_order(names, turn) for turn in range(count * (1 + count % 2))]
    assert all(sorted(order) == names for order in orders)
    behind = collections.Counter(pair for order in orders for pair in zip(order, order[1:]))
    assert set(behind) == {(one, two) for one in names for two in names if one != two}
    assert len(set(behind.values())) <= 1
