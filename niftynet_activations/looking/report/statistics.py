# -*- coding: utf-8 -*-
"""
What the numbers of a map look like, in one pass over its channels.

Vocabulary of this module:

dead
    of a channel: all its samples have one value (a ReLU that never fires).
saturated
    of a channel: at least half of its samples lie within a hundredth of its range from its
    largest value, or from its smallest one where that is not zero (zero is where a ReLU
    rests, and many samples there are no fault).
weight
    of a sample, for the centre of mass: the mean over the channels of the absolute value.
thinned
    a regular subset of a channel's samples; percentiles and histograms are taken from it.
"""

from typing import List, NamedTuple, Tuple

import numpy as np

from niftynet_activations.looking.activation_map import ActivationMap

NEAR_THE_END = 0.01
SATURATED_SHARE = 0.5
THINNED_SAMPLES = 20000
BINS = 60


class ChannelFacts(NamedTuple):
    """The statistics of one channel."""

    number: int  # the network's
    mean: float
    std: float
    lowest: float
    highest: float
    missing: int  # samples
    dead: bool
    saturated: bool


class MapFacts(NamedTuple):
    """The statistics of a map."""

    channels: List[ChannelFacts]
    centre: np.ndarray  # (3,), of mass, in mm
    scale: Tuple[float, float]  # 1st and 99th percentile
    edges: np.ndarray  # (bins + 1,), of a histogram between the smallest and largest thinned value
    counts: np.ndarray  # (bins,)
    shape: Tuple[int, ...]


def describe(one: ActivationMap) -> MapFacts:
    """
    Go through a map once, channel by channel.

    :param one: the map
    :return: its facts
    """
    facts, thinned = [], []
    data = one.data
    total = np.zeros(data.shape[:3], np.float32)
    for number, volume in zip(one.channels, one.channel_volumes()):
        facts.append(channel_facts(number, volume))
        thinned.append(thin(volume))
        total += np.abs(np.where(np.isfinite(volume), volume, 0))
    values = np.concatenate(thinned)
    low, high = percentile_range(values)
    counts, edges = np.histogram(values, bins=BINS) if values.size else (np.zeros(1), np.zeros(2))
    centre = centre_of_mass(total, one.affine)
    return MapFacts(facts, centre, (low, high), edges, counts, data.shape)


def channel_facts(number: int, volume: np.ndarray) -> ChannelFacts:
    """
    The statistics of one channel.

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
    Whether half of the samples lie at an end of their range.

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
    A regular subset of the finite samples.

    :param volume: array (x, y, z)
    :return: array (n,), float32, n about THINNED_SAMPLES at most
    """
    step = max(1, volume.size // THINNED_SAMPLES)
    # An even step would keep one parity of x, and so one phase of a strided layer.
    chosen = volume.ravel(order='F')[:: step | 1]
    return chosen[np.isfinite(chosen)].astype(np.float32)


def percentile_range(values: np.ndarray) -> Tuple[float, float]:
    """
    The range to show: from the 1st to the 99th percentile.

    :param values: finite values (n,)
    :return: two numbers, the second larger than the first
    """
    if not values.size:
        return 0.0, 1.0
    low, high = (float(v) for v in np.percentile(values, [1, 99]))
    if high <= low:
        low, high = float(values.min()), float(values.max())
    return (low, high) if high > low else (low, low + 1.0)


def centre_of_mass(weight: np.ndarray, affine: np.ndarray) -> np.ndarray:
    """
    The centre of mass, in space.

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
