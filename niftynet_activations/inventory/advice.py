# -*- coding: utf-8 -*-
"""
For the list of layers: the size of a layer's map, and the border that makes the map exact.

- *advice*: a border that makes the layer's map exact with ``activation_grid = aligned``, or why
  there is none.
"""

from typing import Dict, Hashable, List, NamedTuple, Optional, Sequence

import numpy as np

from niftynet_activations.exactness.borders import smallest_border
from niftynet_activations.geometry.axis import AxisGeometry
from niftynet_activations.space.lattice import inside_image

FLOAT_BYTES, MEGABYTE = 4, 1e6


class Advice(NamedTuple):
    """What makes a layer's map exact."""

    exact_with_border: Optional[List[int]]  # voxels for x, y and z; None where no border does
    inexact_because: Optional[str]  # a sentence where no border does


class Adviser(object):
    """
    Finds borders; many layers of a network share their geometry, and each is worked out once.

    :param window: (x, y, z) in voxels
    :param least: the least border that the network allows
    """

    def __init__(self, window: Sequence[int], least: Sequence[int] = (0, 0, 0)) -> None:
        self._window, self._least = tuple(window), tuple(least)
        self._borders: Dict[Hashable, Optional[int]] = {}

    def advise(self, axes: Optional[Sequence[AxisGeometry]], reasons: Sequence[str]) -> Advice:
        """
        :param axes: the layer's geometry on x, y and z; None where it is not known
        :param reasons: sentences on why samples depend on more than their receptive fields
        :return: the advice
        """
        if axes is None or reasons:
            return Advice(None, '; '.join(reasons) or 'the place of its samples is not known')
        if any(axis.spans for axis in axes):
            return Advice(None, 'it depends on the window as a whole')
        borders = [self._border(*each) for each in zip(axes, self._window, self._least)]
        found = [border for border in borders if border is not None]
        if len(found) == len(borders):
            return Advice(found, None)
        return Advice(None, 'its receptive field is too large for the window')

    def _border(self, axis: AxisGeometry, window: int, least: int) -> Optional[int]:
        arrays = (axis.bounds.tobytes(), axis.counting.tobytes())
        key = (window, least, axis.size, axis.period, axis.touched) + arrays
        if key not in self._borders:
            self._borders[key] = smallest_border(axis, window, least)
        return self._borders[key]


def megabytes(
    axes: Optional[Sequence[AxisGeometry]],
    channels: Optional[int],
    image: Sequence[float],
    padding: Sequence[float],
) -> Optional[float]:
    """
    :param axes: the layer's geometry on x, y and z; None where it is not known
    :param channels: of the layer
    :param image: (x, y, z) in network-space voxels, without volume padding
    :param padding: voxels of volume padding below the image
    :return: size of the map of all channels on the layer's own lattice in float32, in units of 1e6
        bytes; None where it is not known
    """
    if axes is None or channels is None:
        return None
    counts = [
        inside_image(axis.stride, axis.offset, size, below).count
        for axis, size, below in zip(axes, image, padding)
    ]
    return float(np.prod(counts, dtype=np.float64)) * channels * FLOAT_BYTES / MEGABYTE
