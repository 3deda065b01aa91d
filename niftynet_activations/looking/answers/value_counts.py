# -*- coding: utf-8 -*-
"""
How often values of a channel occur in each group of samples, counted over any number of maps.

Values are counted in *bins* that need no range beforehand: a bin holds all float32 numbers whose
first 20 bits are the same, after the bits are rearranged so that they sort as the numbers do. A bin
is then at most 2 ** -11 of its values wide (0.05 percent); 0 shares its bin only with numbers next
to it.

A bin is *single* where all its samples are known to have one value, as the zeros behind a ReLU.
This is looked up for bins that many samples fall into. Statistics computed from counts are exact
where all bins are single; otherwise their error has a bound.
"""

from typing import Callable, Dict, List, NamedTuple, Optional, Sequence, Tuple

import numpy as np

BITS = 20
_SHIFT = np.uint32(32 - BITS)
_SIGN = np.uint32(0x80000000)
_BEHIND = np.uint32((1 << (32 - BITS)) - 1)
Columns = Dict[str, np.ndarray]
SAMPLES = 1 << 17  # how many samples are searched for bins that may be single
SELDOM = 1e-3  # a bin with a smaller share of many samples is not examined, and not single
FEW = 8  # up to so many values are compared with all samples one by one
PIECE = 1 << 15  # values at a time; with intermediate results they fit a processor's cache
DENSE = 1 << 22  # largest array of counts for all bins in a range, 32 MiB


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
    # all bits of a negative number are inverted, of other numbers only the sign bit
    turned = (bits.view(np.int32) >> 31).view(np.uint32)
    turned |= _SIGN
    bits ^= turned
    return bits


def lowest_of(bins: np.ndarray) -> np.ndarray:
    """
    :param bins: numbers of bins
    :return: the smallest value that each holds, float32
    """
    return _values_of(np.asarray(bins, np.uint32) << _SHIFT)


def _values_of(ordered: np.ndarray) -> np.ndarray:
    """Turn what :func:`_ordered_bits` made back into values."""
    bits = np.where(ordered & _SIGN, ordered ^ _SIGN, ~ordered)
    return bits.astype(np.uint32).view(np.float32)


class Counts(NamedTuple):
    """Bins in ascending order, and how many samples of each group fall into them."""

    bins: np.ndarray  # (n,) int64
    counts: np.ndarray  # (groups, n) int64
    single: np.ndarray  # (n,) bool, whether all samples in the bin are known to have one value


class ValueCounts(object):
    """Counts of one channel's values in groups of samples."""

    def __init__(self) -> None:
        self._groups: Dict[int, Columns] = {}
        self._within: Columns = {}

    def add(self, group: int, values: np.ndarray) -> None:
        """
        :param group: number of the group that the samples belong to
        :param values: (n,); missing ones are NaN and do not count
        """
        self.add_all([group], None, values)

    def add_all(
        self, groups: Sequence[int], places: Optional[np.ndarray], values: np.ndarray
    ) -> None:
        """
        :param groups: numbers of the groups
        :param places: (n,) each sample's index into ``groups``; samples with an index of
            ``len(groups)`` do not count. None: all samples belong to the first group
        :param values: (n,); missing ones are NaN and do not count
        """
        values = values.astype(np.float32, copy=False)
        if values.size and np.isnan(values.min()):
            known = ~np.isnan(values)
            values = values[known]
            places = None if places is None else places[known]
        if not values.size:
            return
        found, counts = _counted(values, places, len(groups))
        bins = found & (1 << BITS) - 1
        ends = np.searchsorted(found, np.arange(len(groups) + 1) << BITS)
        for group, first, last in zip(groups, ends[:-1], ends[1:]):
            if last > first:
                own = {'bins': bins[first:last], 'counts': counts[first:last]}
                self._groups[group] = _joined(self._groups.get(group), own)
        together, places_in = np.unique(bins, return_inverse=True)
        sums = np.bincount(places_in, counts).astype(np.int64)
        single = _find_single(values, together, sums)
        # samples that do not count may have bins of their own, which are dropped
        kept = np.unique(places_in[: ends[-1]])
        single = {name: column[kept] for name, column in single.items()}
        self._within = _joined_single(self._within, single)

    def save(self, path: str) -> None:
        """
        :param path: of a file, ``.npz``, that :meth:`read` takes
        """
        parts = {str(group): part for group, part in self._groups.items()}
        parts['within'] = self._within
        columns: Dict[str, np.ndarray] = {
            '{}/{}'.format(name, column): values
            for name, part in parts.items()
            for column, values in part.items()
        }
        save: Callable[..., None] = np.savez  # the names in the file differ from its own parameters
        save(path, **columns)

    @classmethod
    def read(cls, path: str) -> 'ValueCounts':
        """
        :param path: of a file that :meth:`save` wrote
        :return: the counts in it
        """
        made = cls()
        with np.load(path) as columns:
            for name in columns.files:
                part, column = name.split('/')
                whose = made._within if part == 'within' else made._groups.setdefault(int(part), {})
                whose[column] = columns[name]
        return made

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


def _counted(
    values: np.ndarray, places: Optional[np.ndarray], groups: int
) -> Tuple[np.ndarray, np.ndarray]:
    """
    :param values: (n,) float32, n above 0, none missing
    :param places: the index of each value's group; None: all belong to the first
    :param groups: how many groups; the index ``groups`` counts as one group more
    :return: the pairs of group and bin that occur, ascending, as group * 2 ** BITS + bin; and how
        often each occurs
    """
    low, high = (int(each) for each in bins_of(np.array([values.min(), values.max()])))
    extent = high - low + 1
    numbers = np.empty(len(values), np.intp)
    for first in range(0, len(values), PIECE):
        part = slice(first, first + PIECE)
        np.subtract(_ordered_bits(values[part]) >> _SHIFT, low, out=numbers[part], casting='unsafe')
    if places is None:
        counts = np.bincount(numbers)
        occupied = np.flatnonzero(counts)
        return occupied + low, counts[occupied]
    names = np.arange(extent)
    if extent * (groups + 1) > DENSE:  # leave out the bins that nothing falls into
        names = np.flatnonzero(np.bincount(numbers))
        ranks = np.zeros(extent, np.intp)
        ranks[names] = np.arange(len(names))
        numbers = ranks[numbers]
    for first in range(0, len(values), PIECE):
        part = slice(first, first + PIECE)
        numbers[part] += places[part] * np.intp(len(names))
    if len(names) * (groups + 1) > 8 * DENSE:
        occupied, counts = np.unique(numbers, return_counts=True)
    else:
        counts = np.bincount(numbers)
        occupied = np.flatnonzero(counts)
        counts = counts[occupied]
    whose, bins = np.divmod(occupied, len(names))
    return (whose << BITS) + names[bins] + low, counts


def _find_single(values: np.ndarray, bins: np.ndarray, counts: np.ndarray) -> Columns:
    """
    Find the bins that are single, and the last bits of their value.

    :param values: (n,) float32, n above 0, none missing
    :param bins: the bins that the values fall into, ascending
    :param counts: how many values fall into each
    :return: columns ``bins``, ``single`` (0 or 1) and ``behind`` (the last bits)
    """
    some = np.unique(_ordered_bits(values[:: -(-len(values) // SAMPLES)]))
    numbers = (some >> _SHIFT).astype(np.int64)
    first = np.flatnonzero(np.diff(numbers, prepend=-1))
    alone = first[np.diff(np.append(first, len(some))) == 1]  # no other value of its bin was seen
    places = np.searchsorted(bins, numbers[alone])
    if len(values) > SAMPLES:
        often = counts[places] > SELDOM * len(values)
        alone, places = alone[often], places[often]
    found = {'bins': bins, 'single': np.zeros(len(bins), np.int64)}
    found['behind'] = np.zeros(len(bins), np.int64)
    found['behind'][places] = some[alone] & _BEHIND
    if len(values) <= SAMPLES:
        found['single'][places] = 1
    elif len(places) <= FEW:
        held = [np.count_nonzero(values == value) for value in _values_of(some[alone])]
        found['single'][places] = counts[places] == held
    else:
        last = np.zeros(1 << BITS, np.int64)
        last[bins] = found['behind']
        several = np.zeros(1 << BITS, bool)
        for start in range(0, len(values), PIECE):
            bits = _ordered_bits(values[start : start + PIECE])
            numbers = (bits >> _SHIFT).astype(np.int64)
            several[numbers[last[numbers] != (bits & _BEHIND)]] = True
        found['single'][places] = ~several[bins[places]]
    return found


def _joined(one: Optional[Columns], other: Columns) -> Columns:
    """Add the counts of the same bins."""
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
    """A bin of the joined table is single where it is so in both, with the same value."""
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
