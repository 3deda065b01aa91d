# -*- coding: utf-8 -*-
"""
Statistics of a map and its channels for the report, computed in one pass over the channels.

Vocabulary of this module:

dead
    of a channel: all its samples have one value (a ReLU that never fires).
saturated
    of a channel: at least half of its samples lie within a hundredth of its range from its
    largest value, or from its smallest one where that is not zero (behind a ReLU many samples
    are zero, which is no fault).
duplicate
    of a channel: an earlier channel of the map has the same value in every sample.
weight
    of a sample, for the centre of mass: the mean over the channels of the absolute value.
thinned
    reduced to a regular subset of samples; percentiles and histograms are taken from it.
"""

import hashlib
from typing import Callable, Dict, List, NamedTuple, Optional, Tuple

import numpy as np

from niftynet_activations.looking.activation_map import ActivationMap
from niftynet_activations.looking.figures.scales import Scale, scale_of

NEAR_THE_END = 0.01  # of the range
SATURATED_SHARE = 0.5  # of the samples
THINNED_SAMPLES = 20000  # of each channel
BINS = 60


class ChannelFacts(NamedTuple):
    """The statistics of one channel."""

    number: int  # the network's
    mean: float
    std: float
    lowest: float
    highest: float
    missing: int  # number of missing samples
    dead: bool
    saturated: bool
    duplicate_of: Optional[int] = None  # the network's number of the first channel like it

    @property
    def state(self) -> str:
        """What is wrong with the channel, in words; empty where nothing is."""
        if self.dead:
            return 'dead'
        if self.duplicate_of is not None:
            return 'same as {}'.format(self.duplicate_of)
        return 'saturated' if self.saturated else ''


class MapFacts(NamedTuple):
    """The statistics of a map."""

    channels: List[ChannelFacts]
    centre: np.ndarray  # (3,), of mass, in mm
    scale: Scale  # of the colours, for all channels
    edges: np.ndarray  # (bins + 1,), of a histogram between the smallest and largest thinned value
    counts: np.ndarray  # (bins,)
    shape: Tuple[int, ...]


def describe(
    one: ActivationMap, visit: Optional[Callable[[int, np.ndarray], None]] = None
) -> MapFacts:
    """
    Go through a map once, channel by channel.

    :param one: the map
    :param visit: function that is called with each channel's index in the map, from 0, and its
        array (x, y, z)
    :return: its facts
    """
    facts, thinned = [], []
    data = one.data
    total = np.zeros(data.shape[:3], np.float32)
    first_with: Dict[bytes, int] = {}
    for place, (number, volume) in enumerate(zip(one.channels, one.channel_volumes())):
        same = first_with.setdefault(hashlib.sha1(np.ascontiguousarray(volume)).digest(), number)
        told = channel_facts(number, volume)
        facts.append(told._replace(duplicate_of=None if same == number or told.dead else same))
        thinned.append(thin(volume))
        total += np.abs(np.where(np.isfinite(volume), volume, 0))
        if visit is not None:
            visit(place, volume)
    values = np.concatenate(thinned)
    counts, edges = np.histogram(values, bins=BINS) if values.size else (np.zeros(1), np.zeros(2))
    centre = centre_of_mass(total, one.affine)
    return MapFacts(facts, centre, scale_of(values), edges, counts, data.shape)


def channel_facts(number: int, volume: np.ndarray) -> ChannelFacts:
    """
    Compute the statistics of one channel.

    :param number: the network's number of the channel
    :param volume: array (x, y, z), missing samples NaN
    :return: its facts; NaN where no sample is finite
    """
    known = volume[np.isfinite(volume)].astype(np.float32, copy=False)
    missing = int(np.isnan(volume).sum())
    if not known.size:
        nan = float('nan')
        return ChannelFacts(number, nan, nan, nan, nan, missing, False, False)
    lowest, highest = float(known.min()), float(known.max())
    return ChannelFacts(
        number,
        float(known.mean(dtype=np.float64)),
        float(known.std(dtype=np.float64)),
        lowest,
        highest,
        missing,
        lowest == highest,
        is_saturated(known, lowest, highest),
    )


def is_saturated(known: np.ndarray, lowest: float, highest: float) -> bool:
    """
    Say whether half of the samples lie at an end of their range.

    :param known: finite samples, any shape
    :param lowest: the smallest of them
    :param highest: the largest of them
    :return: False too for a dead channel, which has no range
    """
    near = NEAR_THE_END * (highest - lowest)
    if near == 0:
        return False
    enough = SATURATED_SHARE * known.size
    upper = np.count_nonzero(known >= highest - near) >= enough
    lower = lowest != 0 and np.count_nonzero(known <= lowest + near) >= enough
    return bool(upper or lower)


def thin(volume: np.ndarray) -> np.ndarray:
    """
    Give a regular subset of the finite samples.

    :param volume: array (x, y, z)
    :return: array (n,), float32, n about THINNED_SAMPLES at most
    """
    step = max(1, volume.size // THINNED_SAMPLES)
    # Where x has an even length, an even step would keep only even (or only odd) x.
    chosen = volume.ravel(order='F')[:: step | 1]
    return chosen[np.isfinite(chosen)].astype(np.float32)


def centre_of_mass(weight: np.ndarray, affine: np.ndarray) -> np.ndarray:
    """
    Give the centre of mass in world coordinates.

    :param weight: array (x, y, z), not negative
    :param affine: matrix (4, 4) from voxels to mm
    :return: (3,), in mm; the middle of the array where all weights are zero
    """
    index = [(length - 1) / 2.0 for length in weight.shape]
    total = weight.sum(dtype=np.float64)
    if total > 0:
        for axis, length in enumerate(weight.shape):
            others = tuple(other for other in range(3) if other != axis)
            profile = weight.sum(axis=others, dtype=np.float64)
            index[axis] = float(np.dot(profile, np.arange(length)) / total)
    return affine[:3, :3] @ np.array(index) + affine[:3, 3]
