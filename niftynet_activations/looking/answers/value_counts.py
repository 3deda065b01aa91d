# -*- coding: utf-8 -*-
"""
How often values of a channel occur in each group of samples, gathered over any number of maps.

Values are counted in *bins* that need no range beforehand: a bin holds all float32 numbers whose
first 20 bits are the same, when numbers are written so that their bits sort as they do. A bin is
then at most 2 ** -11 of its values wide (0.05 percent), and a bin holds 0 and what is next to it
alone. What is worked out from counts is exact where every bin holds one value only, which is told
of each that many samples fall into (the zeros behind a ReLU, a saturated value), and has a bound
otherwise.
"""

from typing import Dict, List, NamedTuple, Optional, Sequence

import numpy as np

BITS = 20
_SHIFT = np.uint32(32 - BITS)
_SIGN = np.uint32(0x80000000)
_BEHIND = np.uint32((1 << (32 - BITS)) - 1)
Columns = Dict[str, np.ndarray]
SELDOM = 1e-3  # of the samples; what holds less is looked at where all bins are
FEW = 4  # bins that are looked at one by one


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
    # all bits of a negative number are turned, of others that of the sign
    turned = (bits.view(np.int32) >> 31).view(np.uint32)
    turned |= _SIGN
    bits ^= turned
    return bits


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
    single: np.ndarray  # (n,) bool, whether all values in the bin are known to be one


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
        self.add_all([group], None, values)

    def add_all(
        self, groups: Sequence[int], places: Optional[np.ndarray], values: np.ndarray
    ) -> None:
        """
        :param groups: that samples belong to
        :param places: (n,) whole numbers, of each sample's group among these; those beyond do not
            count. None: all samples belong to the first
        :param values: (n,); missing ones are NaN and do not count
        """
        missing = np.isnan(values)
        if missing.any():
            values = values[~missing]
            places = None if places is None else places[~missing]
        if not values.size:
            return
        bits = _ordered_bits(values)
        numbers = (bits >> _SHIFT).astype(np.intp)
        bits &= _BEHIND
        together = numbers if places is None else numbers + (places.astype(np.intp) << BITS)
        counted = np.bincount(together, minlength=len(groups) << BITS)
        rows = counted[: len(groups) << BITS].reshape(len(groups), 1 << BITS)
        single = self._find_single(rows, bits, numbers, places)
        for group, row in zip(groups, rows):
            bins = np.flatnonzero(row)
            if bins.size:
                found = {'bins': bins, 'counts': row[bins]}
                self._groups[group] = _joined(self._groups.get(group), found)
        self._within = _joined_single(self._within, single)

    @staticmethod
    def _find_single(
        rows: np.ndarray, behind: np.ndarray, numbers: np.ndarray, places: Optional[np.ndarray]
    ) -> Columns:
        """
        Tell of each bin whether it holds one value alone, and the bits that it has behind the bin's
        number.
        """
        count = rows.sum(axis=0)
        bins = np.flatnonzero(count)
        often = np.flatnonzero(count > SELDOM * len(numbers))
        found = {
            'bins': bins,
            'single': np.zeros(len(bins), np.int64),
            'behind': np.zeros(len(bins), np.int64),
        }
        if len(often) <= FEW:
            for number in often:
                values = behind[numbers == number]
                place = np.searchsorted(bins, number)
                found['behind'][place] = values[0]
                found['single'][place] = bool((values == values[0]).all())
            return found
        last = np.zeros(1 << BITS, np.uint32)
        last[numbers] = behind  # one of each bin
        several = np.zeros(1 << BITS, bool)
        several[numbers[last[numbers] != behind]] = True
        found['behind'], found['single'] = last[bins].astype(np.int64), (~several[bins]) * 1
        return found

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
        return Counts(bins, counts, self._within['single'].astype(bool))


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


def _joined_single(one: Columns, other: Columns) -> Columns:
    """Of the same bins: single where both are, with the same value."""
    if not one:
        return other
    bins = np.union1d(one['bins'], other['bins'])
    joined = {
        'bins': bins,
        'single': np.ones(len(bins), np.int64),
        'behind': np.full(len(bins), -1, np.int64),
    }
    for part in (one, other):
        places = np.searchsorted(bins, part['bins'])
        known = joined['behind'][places]
        same = (known < 0) | (known == part['behind'])
        joined['single'][places] &= part['single'] & same
        joined['behind'][places] = part['behind']
    return joined
