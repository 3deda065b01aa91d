# -*- coding: utf-8 -*-
"""
Statistics of the samples of a region in one channel.

All are computed in float64 from all samples that are not missing:

- ``voxels``: how many samples there are;
- ``mean``, ``std`` (of the population, dividing by the count), ``min``, ``max``, ``median``;
- ``p0`` to ``p100``: percentiles, linear between neighbouring values (type 7 of Hyndman and Fan
  1996); ``p99.5`` too;
- ``skewness``: the third standardised moment, ``m3 / m2 ** 1.5`` (Fisher and Pearson's g1);
- ``kurtosis``: the fourth one less 3, ``m4 / m2 ** 2 - 3`` (Fisher's g2; 0 for a normal
  distribution).

The last two are not corrected for small samples, as with scipy's ``skew`` and ``kurtosis``; they
are NaN where all samples are equal.
"""

import re
from typing import Callable, Dict, List, Optional, Sequence

import numpy as np

from niftynet_activations.errors import OptionError

COVARIANCE = 'cov'
DEFAULT = ('mean', 'std', 'min', 'max', 'p10', 'median', 'p90', 'skewness', 'kurtosis')
_PERCENTILE = re.compile(r'p(\d{1,3}(?:\.\d+)?)')


def _standardised_moment(values: np.ndarray, power: int) -> float:
    centred = values - values.mean()
    variance = float(np.mean(centred**2))
    # rounding alone leaves this much of equal values
    if variance <= (1e-14 * max(1e-300, float(np.abs(values).max()))) ** 2:
        return float('nan')
    return float(np.mean(centred**power)) / variance ** (power / 2.0)


_NAMED: Dict[str, Callable[[np.ndarray], float]] = {
    'voxels': lambda values: float(values.size),
    'mean': lambda values: float(values.mean()),
    'std': lambda values: float(values.std()),
    'min': lambda values: float(values.min()),
    'max': lambda values: float(values.max()),
    'median': lambda values: float(np.median(values)),
    'skewness': lambda values: _standardised_moment(values, 3),
    'kurtosis': lambda values: _standardised_moment(values, 4) - 3.0,
}


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
                    name, ', '.join(_NAMED), COVARIANCE
                )
            )
    if not found:
        raise OptionError('no statistic was named; for example mean,std,p10')
    return found


def _percent(name: str) -> Optional[float]:
    match = _PERCENTILE.fullmatch(name)
    percent = float(match.group(1)) if match else None
    return percent if percent is not None and percent <= 100 else None


def statistics(values: np.ndarray, names: Sequence[str]) -> Dict[str, float]:
    """
    :param values: of one channel in one region, (n,); missing ones NaN
    :param names: as :func:`parse_statistics` gives them; covariances are no matter of one channel
    :return: name -> value; NaN, and 0 voxels, where no sample is left
    """
    known = np.asarray(values)[~np.isnan(values)].astype(np.float64)
    single = [name for name in names if name != COVARIANCE]
    if not known.size:
        return {name: 0.0 if name == 'voxels' else float('nan') for name in single}
    percents = {name: _percent(name) for name in single}
    wanted = [percent for percent in percents.values() if percent is not None]
    at = dict(zip(wanted, np.percentile(known, wanted))) if wanted else {}
    found = {}
    for name in single:
        percent = percents[name]
        found[name] = _NAMED[name](known) if percent is None else float(at[percent])
    return found


class Covariance(object):
    """
    The covariance of channels, gathered block by block in float64.

    Blocks are joined by the parallel form of the algorithm of Chan, Golub and LeVeque (1979), which
    keeps its digits where means are large beside deviations.
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
        :param rows: (samples, channels) float64, none missing
        """
        if not len(rows):
            return
        mean = rows.mean(axis=0)
        centred = rows - mean
        apart = mean - self.mean
        total = self.count + len(rows)
        self._scatter += centred.T @ centred
        self._scatter += np.outer(apart, apart) * (self.count * len(rows) / total)
        self.mean = self.mean + apart * (len(rows) / total)
        self.count = total

    def matrix(self) -> np.ndarray:
        """
        :return: (channels, channels), dividing by the count; NaN where there was no sample
        """
        if not self.count:
            return np.full_like(self._scatter, np.nan)
        return self._scatter / self.count

    def correlation(self) -> np.ndarray:
        """
        :return: (channels, channels), Pearson's; NaN for channels of one value
        """
        covariance = self.matrix()
        deviation = np.sqrt(np.diag(covariance))
        scale = np.outer(deviation, deviation)
        return np.divide(covariance, scale, out=np.full_like(covariance, np.nan), where=scale > 0)
