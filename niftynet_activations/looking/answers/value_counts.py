# -*- coding: utf-8 -*-
"""
How often values of a channel occur in each group of samples, gathered over any number of maps.

Values are counted in *bins* that need no range beforehand: a bin holds all float32 numbers whose
first 20 bits are the same, when numbers are written so that their bits sort as they do. A bin is
then at most 2 ** -11 of its values wide (0.05 percent), and a bin holds 0 and what is next to it
alone. What is worked out from counts is exact where every bin holds one value only, which is told
of each (the many zeros behind a ReLU, a saturated value), and has a bound otherwise.
"""

from typing import Dict, List, NamedTuple, Optional

import numpy as np

BITS = 20
_SHIFT = np.uint32(32 - BITS)
_SIGN = np.uint32(0x80000000)
_BEHIND = np.uint32((1 << (32 - BITS)) - 1)
Columns = Dict[str, np.ndarray]


def bins_of(values: np.ndarray) -> np.ndarray:
    """
    :param values: float32, none missing
    :return: the number of each value's bin, int64; greater values have no smaller numbers
    """
    return (_ordered_bits(values) >> _SHIFT).astype(np.int64)


def _ordered_bits(values: np.ndarray) -> np.ndarray:
    """Give whole numbers, uint32, that sort as the values do."""
    # adding 0 makes -0 to 0, which is the same number and must fall into the same bin
    bits = (np.ascontiguousarray(values, np.float32) + np.float32(0)).view(np.uint32)
    return np.where(bits & _SIGN, ~bits, bits | _SIGN)


def lowest_of(bins: np.ndarray) -> np.ndarray:
    """
    :param bins: numbers of bins
    :return: the smallest value that each holds, float32
    """
    ordered = np.asarray(bins, np.uint32) << _SHIFT
    bits = np.where(ordered & _SIGN, ordered ^ _SIGN, ~ordered)
    return bits.astype(np.uint32).view(np.float32)


class Counts(NamedTuple):
    """Bins in ascending order, and how many samples of each group fall into them."""

    bins: np.ndarray  # (n,) int64
    counts: np.ndarray  # (groups, n) int64
    single: np.ndarray  # (n,) bool, whether all values in the bin are one


class ValueCounts(object):
    """Counts of one channel's values in groups of samples."""

    def __init__(self) -> None:
        self._groups: Dict[int, Columns] = {}
        self._within: Columns = {}

    def add(self, group: int, values: np.ndarray) -> None:
        """
        :param group: of the samples
        :param values: (n,); missing ones are NaN and do not count
        """
        known = values[~np.isnan(values)]
        if not known.size:
            return
        bits = _ordered_bits(known)
        numbers = (bits >> _SHIFT).astype(np.int64)
        # a bin holds one value exactly if the bits behind its number have no variance
        behind = (bits & _BEHIND).astype(np.float64)
        counted = np.bincount(numbers)
        bins = np.flatnonzero(counted)
        sums = np.bincount(numbers, behind)[bins].astype(np.int64)
        squares = np.bincount(numbers, behind**2)[bins].astype(np.int64)
        found = {'bins': bins, 'counts': counted[bins].astype(np.int64)}
        self._groups[group] = _joined(self._groups.get(group), found)
        self._within = _joined(self._within, dict(found, sums=sums, squares=squares))

    @property
    def groups(self) -> List[int]:
        return sorted(self._groups)

    def table(self) -> Counts:
        """
        :return: all groups on the same bins, rows in the order of ``groups``
        """
        parts = [self._groups[group] for group in self.groups]
        if not parts:
            nothing = np.zeros(0, np.int64)
            return Counts(nothing, np.zeros((0, 0), np.int64), nothing.astype(bool))
        bins = self._within['bins']
        counts = np.zeros((len(parts), len(bins)), np.int64)
        for row, part in zip(counts, parts):
            row[np.searchsorted(bins, part['bins'])] = part['counts']
        within = self._within
        # Python's whole numbers, since the products go beyond 64 bits
        counted, sums, squares = (
            within[name].astype(object) for name in ('counts', 'sums', 'squares')
        )
        return Counts(bins, counts, (counted * squares == sums * sums).astype(bool))


def _joined(one: Optional[Columns], other: Columns) -> Columns:
    """Add up what is counted of the same bins."""
    if not one:
        return other
    bins = np.union1d(one['bins'], other['bins'])
    joined = {name: np.zeros(len(bins), np.int64) for name in other if name != 'bins'}
    for part in (one, other):
        places = np.searchsorted(bins, part['bins'])
        for name, column in joined.items():
            column[places] += part[name]
    return dict(joined, bins=bins)
