# -*- coding: utf-8 -*-
"""
The samples of a layer on one axis, as seen from the network's input window.

    voxels            0   1   2   3   4   5   6   7
    kernel 3, stride 2, VALID:
      sample 0       [0       2]
      sample 1               [2       4]
      sample 2                       [4       6]     stride 2, offset 1, receptive field 3

- *voxel*: of the input window, 0 at its start; intervals of voxels include both ends and are not
  clipped to the window, so that they may begin below 0;
- *interval*: from the first to the last voxel that a sample depends on;
- *phase*: intervals repeat after ``cycle`` samples, moved by ``stride * cycle`` voxels; the phase
  of a sample is its index modulo the cycle;
- *counting interval*: where branches meet, the interval of the branch with the smallest
  receptive field; it alone says where the sample lies. Elsewhere it is the interval;
- *offset*: centre of sample 0 in voxels; the centre is that of the counting interval, averaged
  over the phases;
- *period*: least common multiple of the cumulative strides of all operations behind the samples;
- an axis *spans* the window if a sample depends on all of it, so that its interval says nothing.
"""

from fractions import Fraction
from typing import NamedTuple, Optional, Sequence, Tuple, Union

import numpy as np

from niftynet_activations.errors import GeometryError

Phases = Tuple[int, ...]


class AxisGeometry(
    NamedTuple(
        'AxisGeometry',
        [
            ('window', int),  # voxels of the input window
            ('size', int),  # samples in the window
            ('spacing', Fraction),  # the stride, exactly; below 1 after upsampling
            ('first', Phases),  # first voxel of samples 0 ... cycle - 1
            ('last', Phases),
            ('counting_first', Phases),
            ('counting_last', Phases),
            ('period', int),  # voxels
            ('spans', bool),
        ],
    )
):
    """One axis of a layer; see the module for the words. Nothing of it can be changed."""

    @property
    def stride(self) -> float:
        """
        :return: voxels from sample to sample, on the average of a cycle
        """
        return float(self.spacing)

    @property
    def cycle(self) -> int:
        """
        :return: samples after which the intervals repeat
        """
        return len(self.first)

    @property
    def offset(self) -> float:
        """
        :return: centre of sample 0 in voxels, averaged over the phases
        """
        twice = sum(self.counting_first) + sum(self.counting_last)
        drift = self.spacing * sum(range(self.cycle))
        return float((Fraction(twice, 2) - drift) / self.cycle)

    @property
    def receptive_field(self) -> Optional[int]:
        """
        :return: voxels of the longest interval over the phases; None if it spans the window
        """
        return None if self.spans else _longest(self.first, self.last)

    @property
    def counting_field(self) -> int:
        """
        :return: voxels of the longest counting interval over the phases
        """
        return _longest(self.counting_first, self.counting_last)

    @property
    def below(self) -> float:
        """
        :return: voxels that a sample sees below its centre, the largest over the phases; infinite
            if it spans the window
        """
        if self.spans:
            return float('inf')
        return float(max(centre - voxel for centre, voxel in zip(self._centres(), self.first)))

    @property
    def above(self) -> float:
        """
        :return: as ``below``, above the centre
        """
        if self.spans:
            return float('inf')
        return float(max(voxel - centre for centre, voxel in zip(self._centres(), self.last)))

    def interval(self, index) -> Tuple[np.ndarray, np.ndarray]:
        """
        :param index: sample numbers of the window, any shape; may lie outside of it
        :return: first and last voxel relative to the window's start, int64 of that shape; those
            of the whole window where the axis spans it
        """
        index = np.asarray(index, np.int64)
        if self.spans:
            return np.zeros_like(index), np.full_like(index, self.window - 1)
        return self._at(self.first, index), self._at(self.last, index)

    def counting_interval(self, index) -> Tuple[np.ndarray, np.ndarray]:
        """
        :param index: sample numbers, any shape
        :return: first and last voxel of the counting interval, int64 of that shape
        """
        index = np.asarray(index, np.int64)
        return self._at(self.counting_first, index), self._at(self.counting_last, index)

    def centre(self, index) -> np.ndarray:
        """
        :param index: sample numbers, any shape
        :return: centres in voxels relative to the window's start, float64 of that shape
        """
        return self.offset + self.stride * np.asarray(index, np.float64)

    def _at(self, phases: Phases, index: np.ndarray) -> np.ndarray:
        turns, phase = np.divmod(index, self.cycle)
        return np.asarray(phases, np.int64)[phase] + turns * int(self.spacing * self.cycle)

    def _centres(self) -> Sequence[float]:
        return [self.offset + self.stride * phase for phase in range(self.cycle)]


def voxels(window: int) -> AxisGeometry:
    """
    :param window: voxels of the window
    :return: the geometry of the network's input itself: each sample is one voxel
    :raises GeometryError: if the window has no voxel
    """
    if window < 1:
        raise GeometryError(
            'a window of {} voxels; expected at least 1: give spatial_window_size'.format(window)
        )
    return AxisGeometry(window, window, Fraction(1), (0,), (0,), (0,), (0,), 1, False)


def make_axis(
    window: int,
    size: int,
    spacing: Fraction,
    intervals: Sequence[Sequence[int]],
    period: int,
    spans: bool = False,
) -> AxisGeometry:
    """
    :param window: voxels of the input window
    :param size: samples in the window, at least 1
    :param spacing: voxels from sample to sample
    :param intervals: first, last, counting first and counting last voxel, each of the samples
        of one cycle; the cycle times the spacing must be whole
    :param period: voxels
    :param spans: whether a sample depends on the whole window
    :return: the axis, with the shortest cycle that says the same
    :raises GeometryError: if no sample is left
    """
    if size < 1:
        raise GeometryError(
            'a window of {} voxels leaves a layer with {} samples; expected at least 1: '
            'take a larger spatial_window_size'.format(window, size)
        )
    table = np.asarray(intervals, np.int64)
    cycle = table.shape[1]
    assert (spacing * cycle).denominator == 1, 'phases are counted in whole voxels'
    for shorter in range(1, cycle + 1):
        if cycle % shorter == 0 and _repeats(table, shorter, spacing):
            break
    kept = [tuple(int(voxel) for voxel in row[:shorter]) for row in table]
    first, last, counting_first, counting_last = kept
    return AxisGeometry(
        window, size, Fraction(spacing), first, last, counting_first, counting_last, period, spans
    )


def common_multiple(values: Sequence[Union[int, Fraction]]) -> int:
    """
    :param values: strides above 0; fractions or whole numbers
    :return: the smallest whole number that is a multiple of each, and of 1
    """
    result = 1
    for value in values:
        # a whole number is a multiple of p/q in lowest terms just if it is one of p
        numerator = Fraction(value).numerator
        result = result * numerator // int(np.gcd(result, numerator))
    return result


def _repeats(table: np.ndarray, cycle: int, spacing: Fraction) -> bool:
    advance = spacing * cycle
    if advance.denominator != 1:
        return False
    return bool(np.all(table[:, cycle:] == table[:, :-cycle] + int(advance)))


def _longest(first: Phases, last: Phases) -> int:
    return max(end - start + 1 for start, end in zip(first, last))
