# -*- coding: utf-8 -*-
"""
Statistics of the samples of a region in one channel.

All are computed from all samples that are not missing, sums in float64:

- ``voxels``: how many samples there are;
- ``mean``, ``std`` (of the population, dividing by the count), ``min``, ``max``, ``median``;
- ``p0`` to ``p100``: percentiles, linear between neighbouring values (type 7 of Hyndman and Fan
  1996); ``p99.5`` too;
- ``skewness``: the third standardised moment, ``m3 / m2 ** 1.5`` (Fisher and Pearson's g1);
- ``kurtosis``: the fourth standardised moment less 3, ``m4 / m2 ** 2 - 3`` (Fisher's g2; 0 for a
  normal distribution).

The last two are not corrected for small samples, as with scipy's ``skew`` and ``kurtosis``; they
are NaN where all samples are equal.
"""

import math
import re
from typing import Callable, Dict, List, NamedTuple, Optional, Sequence

import numpy as np

from niftynet_activations.errors import OptionError

COVARIANCE = 'cov'
DEFAULT = ('mean', 'std', 'min', 'max', 'p10', 'median', 'p90', 'skewness', 'kurtosis')
PIECE = 1 << 16  # values in float64 at a time
PIECE_ROWS = 1024  # samples in float64 at a time; with their channels they fit a cache
_PERCENTILE = re.compile(r'p(\d{1,3}(?:\.\d+)?)')


class Moments(NamedTuple):
    """The mean and the central moments (mean powers of value minus mean), in float64."""

    number: int  # how many values
    mean: float
    second: float
    third: float
    fourth: float
    largest: float  # absolute value

    def standardised(self, power: int) -> float:
        """
        :param power: 3 or 4
        :return: the standardised moment; NaN where all values are equal
        """
        # equal values have a second moment of about this size, from rounding alone
        if self.second <= (1e-14 * max(1e-300, self.largest)) ** 2:
            return float('nan')
        return {3: self.third, 4: self.fourth}[power] / self.second ** (power / 2.0)


def moments(values: np.ndarray, all_of_them: bool = True) -> Moments:
    """
    :param values: (n,), n above 0, none missing
    :param all_of_them: False computes only the mean and the second moment, which takes less time
    :return: their moments; only a piece of the values is held as float64 at a time
    """
    pieces = [slice(first, first + PIECE) for first in range(0, len(values), PIECE)]
    mean = sum(float(values[part].sum(dtype=np.float64)) for part in pieces) / len(values)
    second = third = fourth = largest = 0.0
    for part in pieces:
        piece = values[part].astype(np.float64)
        largest = max(largest, float(piece.max()), -float(piece.min()))
        piece -= mean
        squares = piece * piece
        second += float(squares.sum())
        if all_of_them:
            third += float(np.einsum('i,i->', squares, piece))
            fourth += float(np.einsum('i,i->', squares, squares))
    count = len(values)
    return Moments(count, mean, second / count, third / count, fourth / count, largest)


def percentiles(values: np.ndarray, percents: Sequence[float]) -> List[float]:
    """
    :param values: (n,), n above 0, none missing
    :param percents: from 0 to 100
    :return: the percentiles, linear between neighbouring values
    """
    places = [(len(values) - 1) * (percent / 100.0) for percent in percents]
    needed = {place for each in places for place in (int(np.floor(each)), int(np.ceil(each)))}
    found = np.partition(values, sorted(needed))
    made = []
    for place in places:
        low, high = (float(found[int(end)]) for end in (np.floor(place), np.ceil(place)))
        made.append(float(low + (high - low) * (place - np.floor(place))))
    return made


_NAMED: Dict[str, Callable[[Moments], float]] = {
    'voxels': lambda found: float(found.number),
    'mean': lambda found: found.mean,
    'std': lambda found: math.sqrt(found.second),
    'skewness': lambda found: found.standardised(3),
    'kurtosis': lambda found: found.standardised(4) - 3.0,
}
_PLACED = {'min': 0.0, 'median': 50.0, 'max': 100.0}  # percents


def parse_statistics(names: Sequence[str]) -> List[str]:
    """
    :param names: of statistics, ``cov`` among them where covariances are wanted
    :return: the same without spaces, each once
    :raises OptionError: if there is none, or one that is not known
    """
    found = list(dict.fromkeys(name.strip() for name in names if name.strip()))
    for name in found:
        if name != COVARIANCE and name not in _NAMED and _percent(name) is None:
            raise OptionError(
                "statistic '{}' is not known; there are {}, p0 to p100 for percentiles, and {} for "
                'the covariances of all pairs of channels'.format(
                    name, ', '.join(list(_NAMED) + list(_PLACED)), COVARIANCE
                )
            )
    if not found:
        raise OptionError('no statistic was named; for example mean,std,p10')
    return found


def _percent(name: str) -> Optional[float]:
    if name in _PLACED:
        return _PLACED[name]
    match = _PERCENTILE.fullmatch(name)
    percent = float(match.group(1)) if match else None
    return percent if percent is not None and percent <= 100 else None


def statistics(values: np.ndarray, names: Sequence[str]) -> Dict[str, float]:
    """
    :param values: of one channel in one region, (n,); missing ones NaN
    :param names: as :func:`parse_statistics` gives them; ``cov`` is left out
    :return: name -> value; NaN, and 0 voxels, where no sample is left
    """
    known = np.asarray(values)
    missing = np.isnan(known)
    if missing.any():
        known = known[~missing]
    single = [name for name in names if name != COVARIANCE]
    if not known.size:
        return {name: 0.0 if name == 'voxels' else float('nan') for name in single}
    found: Dict[str, float] = {'min': float(known.min()), 'max': float(known.max())}
    ranked = [name for name in single if name not in _NAMED and name not in found]
    percents = [percent for percent in map(_percent, ranked) if percent is not None]
    found.update(zip(ranked, percentiles(known, percents) if percents else []))
    powers = [name for name in single if name in _NAMED]
    if powers:
        gathered = moments(known, 'skewness' in powers or 'kurtosis' in powers)
        found.update((name, _NAMED[name](gathered)) for name in powers)
    return {name: found[name] for name in single}


class Covariance(object):
    """
    The covariance of channels, computed piece by piece in float64.

    From each piece the mean of the samples so far is subtracted (from the first piece its own
    mean), and parts are joined by the parallel algorithm of Chan, Golub and LeVeque (1979). Both
    stay accurate where means are much larger than standard deviations.
    """

    def __init__(self, channels: int) -> None:
        """
        :param channels: how many
        """
        self.count = 0
        self.mean = np.zeros(channels)
        self._scatter = np.zeros((channels, channels))

    def add(self, rows: np.ndarray) -> None:
        """
        :param rows: (samples, channels) of any real type; samples that lack a channel do not count
        """
        for first in range(0, len(rows), PIECE_ROWS):
            columns = np.array(rows[first : first + PIECE_ROWS].T, np.float64, order='C')
            self.add_columns(complete_columns(columns))

    def add_columns(self, columns: np.ndarray) -> None:
        """
        :param columns: (channels, samples) float64, none missing; the array is overwritten
        """
        if not columns.shape[1]:
            return
        if not self.count:
            self.mean = columns.mean(axis=1)
        columns -= self.mean[:, np.newaxis]
        sums = columns.sum(axis=1)
        total = self.count + columns.shape[1]
        self._scatter += columns @ columns.T - np.outer(sums, sums) / total
        self.mean = self.mean + sums / total
        self.count = total

    def merge(self, other: 'Covariance') -> None:
        """
        :param other: the covariance of other samples, with the same channels
        """
        total = self.count + other.count
        if not other.count:
            return
        apart = other.mean - self.mean
        self._scatter += other._scatter
        self._scatter += np.outer(apart, apart) * (self.count * other.count / total)
        self.mean = self.mean + apart * (other.count / total)
        self.count = total

    def matrix(self) -> np.ndarray:
        """
        :return: (channels, channels), divided by the number of samples; NaN if there was none
        """
        if not self.count:
            return np.full_like(self._scatter, np.nan)
        return self._scatter / self.count

    def correlation(self) -> np.ndarray:
        """
        :return: (channels, channels), Pearson's; NaN for a channel whose samples are all equal
        """
        covariance = self.matrix()
        deviation = np.sqrt(np.diag(covariance))
        scale = np.outer(deviation, deviation)
        return np.divide(covariance, scale, out=np.full_like(covariance, np.nan), where=scale > 0)


def complete_columns(columns: np.ndarray) -> np.ndarray:
    """
    :param columns: (channels, samples) float64, made of float32 numbers
    :return: the samples of which no channel is missing or infinite
    """
    # a sum of float32 numbers cannot overflow float64: it is finite unless a number is not
    if np.isfinite(columns.sum()):
        return columns
    return np.ascontiguousarray(columns[:, np.isfinite(columns).all(axis=0)])


def covariance_of(block: np.ndarray) -> Covariance:
    """
    :param block: (samples, channels); samples that lack a channel do not count
    :return: the covariance of these samples
    """
    gathered = Covariance(block.shape[1])
    gathered.add(block)
    return gathered
