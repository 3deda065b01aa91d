# -*- coding: utf-8 -*-
"""
Compare a saved map, sample by sample, with the same layer's output in one pass over the whole
volume.

- *pass*: the network's one call on the reference volume;
- *first*: which sample of the pass the map's first one is, on each axis; negative where the map
  begins before the pass does (those samples are left out);
- *difference*: the largest absolute one over all samples and channels;
- *share*: the difference as a part of the range that the pass's values take.

TensorFlow and NiftyNet are not imported.
"""

from typing import Iterable, List, NamedTuple, Optional, Sequence, Tuple

import numpy as np

from niftynet_activations.geometry.guessed import AxisReading
from niftynet_activations.hints import JsonObject

MOST_SHARE = 1e-4  # an exact map may differ by so much: float32 rounding over many layers
# times what the pass differs from itself: an exact map of mere rounding may differ by so much
ROUNDING = 10
ON_LATTICE = 1e-3  # voxels; rounding of affines in float32 headers


class Difference(NamedTuple):
    """The largest difference between a map and the pass over the whole volume."""

    difference: float  # infinite where only one of both is NaN, beyond the missing samples
    share: float
    place: Optional[Tuple[int, ...]]  # (x, y, z) index in the map; None without samples
    samples: int  # compared, all channels together


class LayerResult(NamedTuple):
    """The result of the comparison for one layer."""

    layer: str
    exact: Optional[bool]  # what the map says of itself
    difference: Optional[float]
    share: Optional[float]
    voxel: Optional[List[float]]  # where the largest difference lies, network-space voxels
    world: Optional[List[float]]  # the same place in mm
    samples: int
    reference_shape: Optional[List[int]]
    inexact_because: Optional[str]
    not_compared: Optional[str]  # why it was not compared; None where it was
    # how much the pass changes with the image's last digits, as a share; None where not asked for
    rounding: Optional[float] = None

    @property
    def wrong(self) -> bool:
        """Whether the map calls itself exact and the comparison does not confirm it."""
        if not self.exact:
            return False
        most = ROUNDING * (self.rounding or 0.0) if self.is_rounding else MOST_SHARE
        return self.share is None or not self.share <= most

    @property
    def is_rounding(self) -> bool:
        """Whether the layer's values are nothing but rounding."""
        return self.rounding is not None and self.rounding > MOST_SHARE


def first_sample(
    centre: Sequence[float], spacing: Sequence[float], axes: Sequence[AxisReading]
) -> Optional[List[int]]:
    """
    :param centre: of the map's first sample, network-space voxels, for x, y and z
    :param spacing: of the map's samples, voxels
    :param axes: ``stride`` and ``offset`` of the pass's samples on each axis
    :return: which sample of the pass it is on each axis; None where the map's samples are not
        among those of the pass
    """
    found = []
    for at, step, axis in zip(centre, spacing, axes):
        index = int(round((at - axis.offset) / axis.stride))
        if abs(index * axis.stride + axis.offset - at) > ON_LATTICE:
            return None
        if abs(step - axis.stride) > ON_LATTICE:
            return None
        found.append(index)
    return found


def compare(
    channels: Iterable[np.ndarray], whole: np.ndarray, first: Sequence[int], missing: int = 0
) -> Difference:
    """
    :param channels: the map's, one by one, (x, y, z) floating-point
    :param whole: (x, y, z, channel), the pass
    :param first: which sample of the pass the map begins with, on x, y and z
    :param missing: how many of the map's samples no window could give, over all channels
    :return: the largest difference
    """
    largest, place, samples, not_given = -1.0, None, 0, 0
    for number, values in enumerate(channels):
        from_map, from_whole = _overlap(values.shape, whole.shape, first)
        one, other = values[from_map], whole[from_whole + (number,)]
        gap = _gap(one, other)
        given = ~np.isnan(gap)
        samples += int(given.sum())
        not_given += gap.size - int(given.sum())
        if given.any():
            at = np.unravel_index(int(np.nanargmax(gap)), gap.shape)
            if gap[at] > largest:
                largest = float(gap[at])
                place = tuple(int(i) + part.start for i, part in zip(at, from_map))
    if not_given > missing:
        return Difference(np.inf, np.inf, place, samples)
    largest = max(largest, 0.0)
    return Difference(largest, _share(largest, whole), place, samples)


def _overlap(
    shape: Sequence[int], whole: Sequence[int], first: Sequence[int]
) -> Tuple[Tuple[slice, ...], Tuple[slice, ...]]:
    """Slices that take the common samples out of the map, and out of the pass."""
    from_map, from_whole = [], []
    for count, size, start in zip(shape, whole, first):
        low = max(-start, 0)
        high = max(min(count, size - start), low)
        from_map.append(slice(low, high))
        from_whole.append(slice(low + start, high + start))
    return tuple(from_map), tuple(from_whole)


def _gap(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """
    :param one: of the map
    :param other: of the pass, the same shape
    :return: float64 absolute differences: 0 where both are NaN or the same infinity, NaN where only
        the map is NaN, infinite where only the pass is NaN
    """
    one, other = one.astype(np.float64), other.astype(np.float64)
    with np.errstate(invalid='ignore'):
        gap = np.abs(one - other)
    gap[(one == other) | (np.isnan(one) & np.isnan(other))] = 0
    gap[~np.isnan(one) & np.isnan(other)] = np.inf
    gap[np.isnan(gap) & ~np.isnan(one)] = np.inf
    return gap


def _share(difference: float, whole: np.ndarray) -> float:
    finite = whole[np.isfinite(whole)]
    extent = float(np.ptp(finite)) if finite.size else 0.0
    if difference == 0:
        return 0.0
    return difference / extent if extent > 0 else np.inf


def to_object(result: LayerResult) -> JsonObject:
    """
    :param result: of one layer
    :return: the same for JSON, in which infinite numbers become null
    """
    found = dict(result._asdict(), wrong=result.wrong)
    for key in ('difference', 'share'):
        if found[key] is not None and not np.isfinite(found[key]):
            found[key] = None
    return found
